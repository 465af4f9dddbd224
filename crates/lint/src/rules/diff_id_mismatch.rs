//! `diff-id-mismatch` (IL703).

use crate::{
    finding::{Findings, Severity},
    image::ImageView,
    integrity,
    linter::LintOptions,
    rule::rule,
};

rule!(
    /// ## What it checks
    /// Whether each uncompressed layer has the diff ID that the config states, and whether there
    /// are as many of both. A diff ID of another kind than SHA-256 cannot be verified, which is a
    /// warning.
    ///
    /// ## Why it matters
    /// The config, and with it the image ID, is of other layers than these. Every engine refuses
    /// the image.
    ///
    /// ## How to fix it
    /// Save the image again; if the diff ID still differs, rebuild it: `docker build --no-cache .`
    DiffIdMismatch, "diff-id-mismatch", "IL703", Error, check;
    "save the image again, or rebuild it"
);

fn check(image: &ImageView<'_>, _: &LintOptions, findings: &mut Findings) {
    if integrity::wrong_order(image) {
        return;
    }
    for layer in image.layers() {
        if let Some((stated, actual)) = layer.wrong_diff_id() {
            let message = format!(
                "{} should have diff ID {stated} but has {actual}",
                layer.reference.name
            );
            findings
                .report(layer.location(), message)
                .origin(layer.origin)
                .evidence([stated.to_string().as_bytes(), actual.to_string().as_bytes()]);
        }
        if let Some(stated) = layer.unverifiable_diff_id() {
            let message = format!(
                "{} has diff ID {stated}, which cannot be verified here",
                layer.reference.name
            );
            findings
                .report(layer.location(), message)
                .severity(Severity::Warning)
                .origin(layer.origin)
                .help("rebuild the image with sha256 diff IDs")
                .evidence([stated.to_string().as_bytes()]);
        }
    }
}

#[cfg(test)]
mod tests {
    use imglint_format::Digest;

    use super::DiffIdMismatch;
    use crate::testing::{Image, Layer, digest_of, findings, findings_edited};

    fn image() -> Image {
        Image::new("")
            .layer(Layer::new().file("a", "a"), "COPY a /")
            .layer(Layer::new().file("b", "b"), "COPY b /")
    }

    #[test]
    fn another_layer_than_the_config_states_is_found() {
        let text = findings_edited(&DiffIdMismatch, &image(), |image| {
            image.layers[1].diff_id = Some(digest_of(b"other").into());
        });
        assert!(
            text.starts_with("error layer 1: layer-1.tar should have diff ID sha256:"),
            "{text}"
        );
    }

    #[test]
    fn a_diff_id_that_cannot_be_made_here_is_told() {
        let text = findings_edited(&DiffIdMismatch, &image(), |image| {
            let digest = format!("sha512:{}", "0".repeat(128));
            image.layers[1].diff_id = Some(Digest::parse(&digest).unwrap().into());
        });
        assert!(
            text.starts_with("warning layer 1: layer-1.tar has diff ID sha512:0000"),
            "{text}"
        );
    }

    #[test]
    fn a_swap_is_left_to_the_rule_for_order() {
        let text = findings_edited(&DiffIdMismatch, &image(), |image| {
            let (first, second) = (
                image.layers[0].diff_id.take(),
                image.layers[1].diff_id.take(),
            );
            image.layers[0].diff_id = second;
            image.layers[1].diff_id = first;
        });
        assert_eq!(text, "");
        assert_eq!(findings(&DiffIdMismatch, &image()), "");
    }

    /// Both forms of an empty layer are loaded by docker, containerd and podman.
    #[test]
    fn an_empty_layer_may_be_no_bytes_or_a_tar_of_zeros() {
        let image = Image::new("").layer(Layer::new(), "x");
        let text = findings_edited(&DiffIdMismatch, &image, |image| {
            image.layers[0].diff_id = Some(digest_of(b"").into());
        });
        assert_eq!(text, "");
    }
}
