//! `digest-mismatch` (IL701).

use crate::{
    finding::{Findings, Severity},
    image::ImageView,
    linter::LintOptions,
    rule::rule,
};

rule!(
    /// ## What it checks
    /// Whether each blob has the digest by which manifest, index or file name calls it. A layer whose
    /// digest is of another kind than SHA-256 and SHA-512 cannot be verified, which is a warning.
    ///
    /// ## Why it matters
    /// The bytes are not those that were built or signed: the archive is damaged or was tampered
    /// with. containerd and podman refuse it; Docker loads it in some of its forms.
    ///
    /// ## How to fix it
    /// Save the image again; if the digest still differs, rebuild it: `docker build --no-cache .`
    DigestMismatch, "digest-mismatch", "IL701", Error, check;
    "save the image again, or rebuild it"
);

fn check(image: &ImageView<'_>, _: &LintOptions, findings: &mut Findings) {
    for layer in image.layers() {
        if let Some((stated, actual)) = layer.wrong_digest() {
            let message = format!(
                "{} should have digest {stated} but has {actual}",
                layer.reference.name
            );
            findings
                .report(layer.location(), message)
                .origin(layer.origin)
                .evidence([stated.as_str().as_bytes(), actual.as_str().as_bytes()]);
        }
        if let Some(stated) = layer.unverifiable_digest() {
            let message = format!(
                "{} has digest {stated}, which cannot be verified here",
                layer.reference.name
            );
            findings
                .report(layer.location(), message)
                .severity(Severity::Warning)
                .origin(layer.origin)
                .help("write the archive with sha256 digests")
                .evidence([stated.as_str().as_bytes()]);
        }
    }
}

#[cfg(test)]
mod tests {
    use imglint_format::Digest;

    use super::DigestMismatch;
    use crate::testing::{Image, Layer, digest_of, findings, findings_edited};

    fn image() -> Image {
        Image::new("").layer(Layer::new().file("a", "a"), "COPY a /")
    }

    #[test]
    fn other_bytes_than_promised_are_found() {
        let text = findings_edited(&DigestMismatch, &image(), |image| {
            image.layers[0].digest = Some(digest_of(b"other"));
        });
        let start = format!(
            "error layer 0: layer-0.tar should have digest {} but has sha256:",
            digest_of(b"other")
        );
        assert!(text.starts_with(&start), "{text}");
    }

    #[test]
    fn a_digest_that_cannot_be_made_here_is_told() {
        let text = findings_edited(&DigestMismatch, &image(), |image| {
            let digest = format!("blake3:{}", "0".repeat(64));
            image.layers[0].digest = Some(Digest::parse(&digest).unwrap());
        });
        assert!(
            text.starts_with("warning layer 0: layer-0.tar has digest blake3:0000"),
            "{text}"
        );
    }

    #[test]
    fn the_right_digest_and_none_are_fine() {
        assert_eq!(findings(&DigestMismatch, &image()), "");
        assert_eq!(
            findings_edited(&DigestMismatch, &image(), |image| image.layers[0].digest =
                None),
            ""
        );
    }
}
