//! `size-mismatch` (IL702).

use crate::{finding::Findings, image::ImageView, linter::LintOptions, rule::rule};

rule!(
    /// ## What it checks
    /// Whether each blob has as many bytes as its descriptor states.
    ///
    /// ## Why it matters
    /// Engines that read as many bytes as stated see other content than those that read the blob to
    /// its end, or refuse it.
    ///
    /// ## How to fix it
    /// Save the image again; if the size still differs, rebuild it: `docker build --no-cache .`
    SizeMismatch, "size-mismatch", "IL702", Error, check;
    "save the image again, or rebuild it"
);

fn check(image: &ImageView<'_>, _: &LintOptions, findings: &mut Findings) {
    for layer in image.layers() {
        if let Some((stated, actual)) = layer.wrong_size() {
            let message = format!(
                "{} should have {stated} bytes but has {actual}",
                layer.reference.name
            );
            findings
                .report(layer.location(), message)
                .origin(layer.origin)
                .evidence([stated.to_string().as_bytes(), actual.to_string().as_bytes()]);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::SizeMismatch;
    use crate::testing::{Image, Layer, findings, findings_edited};

    fn image() -> Image {
        Image::new("").layer(Layer::new().file("a", "a"), "COPY a /")
    }

    /// A tar of one file of one byte: a header, a block, and two blocks of zeros.
    #[test]
    fn another_size_than_promised_is_found() {
        let text = findings_edited(&SizeMismatch, &image(), |image| {
            image.layers[0].size = Some(7);
        });
        assert!(
            text.starts_with("error layer 0: layer-0.tar should have 7 bytes but has 2048"),
            "{text}"
        );
    }

    #[test]
    fn the_right_size_is_fine() {
        assert_eq!(findings(&SizeMismatch, &image()), "");
    }
}
