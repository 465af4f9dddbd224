//! `unreadable-layer` (IL715).

use crate::{finding::Findings, image::ImageView, linter::LintOptions, rule::rule};

rule!(
    /// ## What it checks
    /// Layers that could not be read whole: damaged, cut short, encrypted, kept elsewhere, of an
    /// unknown kind, or over a limit.
    ///
    /// ## Why it matters
    /// What was not read was not judged. Such an image is never clean, and the exit code is 3.
    ///
    /// ## How to fix it
    /// Save the image again. For an encrypted or foreign layer, check the image before it is
    /// encrypted or where its layers are kept.
    UnreadableLayer, "unreadable-layer", "IL715", Error, check;
    "save the image again, whole"
);

fn check(image: &ImageView<'_>, _: &LintOptions, findings: &mut Findings) {
    for layer in image.layers() {
        let faults = layer
            .facts
            .map(|facts| facts.index.faults.as_slice())
            .unwrap_or_default();
        for fault in faults {
            let mut location = layer.location();
            location.offset = fault.tar_offset.or(fault.blob_offset);
            let message = format!("{}: {fault}", layer.reference.name);
            let mut draft = findings.report(location, message);
            draft
                .origin(layer.origin)
                .evidence([fault.message.as_bytes()]);
            if let Some(help) = miette::Diagnostic::help(fault) {
                draft.help(help.to_string());
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use imglint_testkit::{Compress, compress};

    use super::UnreadableLayer;
    use crate::testing::{Image, Layer, findings, findings_of_blobs};

    fn layer() -> Layer {
        Layer::new().file("a", "a")
    }

    /// Cut inside the deflate stream, inside the checksum behind it, and before anything of it.
    #[test]
    fn a_layer_cut_short_is_found_wherever_it_is_cut() {
        let blob = compress(&layer().bytes(), Compress::Gzip);
        for length in [blob.len() - 9, blob.len() - 4, 10] {
            let image = Image::new("").layer(layer(), "a");
            let text = findings_of_blobs(&UnreadableLayer, &image, &[blob[..length].to_vec()]);
            assert!(
                text.starts_with("error layer 0: layer-0.tar: "),
                "{length}: {text}"
            );
        }
    }

    #[test]
    fn a_whole_layer_is_fine() {
        assert_eq!(
            findings(&UnreadableLayer, &Image::new("").layer(layer(), "a")),
            ""
        );
    }
}
