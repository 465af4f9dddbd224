//! `missing-blob` (IL705).

use imglint_format::Anomaly;

use crate::{finding::Findings, image::ImageView, linter::LintOptions, rule::rule};

rule!(
    /// ## What it checks
    /// Layers and configs that a manifest names but the archive does not hold.
    ///
    /// ## Why it matters
    /// Nobody can load the image from this archive, and what is not there could not be judged: a
    /// clean verdict would say nothing about it.
    ///
    /// ## How to fix it
    /// Save the image again, whole: `docker save app:1.0 -o app.tar`. Archives of the containerd
    /// store leave blobs of other platforms out; save with `--platform` to get the one you mean.
    MissingBlob, "missing-blob", "IL705", Error, check;
    "save the image again, whole"
);

/// Tells of layers without bytes that no document explains.
fn check(image: &ImageView<'_>, _: &LintOptions, findings: &mut Findings) {
    if image.anomalies().iter().any(Anomaly::incomplete) {
        return;
    }
    for layer in image
        .layers()
        .iter()
        .filter(|layer| layer.reference.blob.is_none())
    {
        let name = &layer.reference.name;
        findings
            .report(
                layer.location(),
                format!("{name} is not in the archive; not scanned"),
            )
            .origin(layer.origin)
            .evidence([name.as_bytes()]);
    }
}

#[cfg(test)]
mod tests {
    use imglint_format::{AnomalyKind, BlobRole};

    use super::{Anomaly, MissingBlob};
    use crate::testing::{Image, Layer, findings, findings_edited};

    fn image() -> Image {
        Image::new("").layer(Layer::new().file("a", "a"), "a")
    }

    #[test]
    fn a_layer_without_bytes_is_found() {
        let text = findings_edited(&MissingBlob, &image(), |image| image.layers[0].blob = None);
        assert!(
            text.starts_with("error layer 0: layer-0.tar is not in the archive; not scanned"),
            "{text}"
        );
    }

    #[test]
    fn what_the_archive_reader_tells_is_not_told_twice() {
        let text = findings_edited(&MissingBlob, &image(), |image| {
            image.layers[0].blob = None;
            let blob = BlobRole::Layer { index: 0, total: 1 };
            let kind = AnomalyKind::MissingBlob {
                blob,
                name: image.layers[0].digest.as_ref().map(ToString::to_string),
            };
            image.anomalies.push(Anomaly::new("manifest.json", kind));
        });
        assert_eq!(text.matches("error").count(), 1, "{text}");
        assert!(text.starts_with("error layer 0 manifest.json: "), "{text}");
    }

    #[test]
    fn a_whole_image_is_fine() {
        assert_eq!(findings(&MissingBlob, &image()), "");
    }
}
