//! `compression-mismatch` (IL707).

use imglint_format::Compression as Promised;
use imglint_layers::Compression as Found;

use crate::{finding::Findings, image::ImageView, linter::LintOptions, rule::rule};

rule!(
    /// ## What it checks
    /// Whether a layer is compressed as its media type says.
    ///
    /// ## Why it matters
    /// containerd believes the media type of an OCI layer and cannot unpack such an image; Docker
    /// looks at the bytes and can.
    ///
    /// ## How to fix it
    /// Let the builder write the archive: `docker buildx build --output
    /// type=oci,compression=zstd,dest=app.tar .`
    CompressionMismatch, "compression-mismatch", "IL707", Warning, check;
    "let the builder compress the layers: docker buildx build --output type=oci,compression=gzip,dest=app.tar ."
);

fn check(image: &ImageView<'_>, _: &LintOptions, findings: &mut Findings) {
    for layer in image.layers() {
        let Some((facts, media_type)) = layer.facts.zip(layer.reference.media_type.as_ref()) else {
            continue;
        };
        let promised = media_type.layer().and_then(|media| media.compression);
        let found = facts.index.compression;
        if facts.index.blob_size == 0 || promised.is_none_or(|promised| fits(promised, found)) {
            continue;
        }
        let name = &layer.reference.name;
        let message = format!("{name} has media type {media_type} but {}", describe(found));
        findings
            .report(layer.location(), message)
            .origin(layer.origin)
            .evidence([media_type.as_str().as_bytes(), found.to_string().as_bytes()]);
    }
}

fn fits(promised: Promised, found: Found) -> bool {
    match promised {
        Promised::Uncompressed => found == Found::None,
        Promised::Gzip => found == Found::Gzip,
        Promised::Zstd => found == Found::Zstd,
        _ => true,
    }
}

fn describe(found: Found) -> String {
    match found {
        Found::None => "is not compressed".to_owned(),
        other => format!("is compressed with {other}"),
    }
}

#[cfg(test)]
mod tests {
    use imglint_format::MediaType;

    use super::CompressionMismatch;
    use crate::testing::{Image, Layer, findings_edited};

    fn as_type(media_type: &str) -> String {
        let image = Image::new("").layer(Layer::new().file("a", "a"), "a");
        findings_edited(&CompressionMismatch, &image, |image| {
            image.layers[0].media_type = Some(MediaType::new(media_type));
        })
    }

    #[test]
    fn a_plain_tar_called_gzip_is_found() {
        let text = as_type("application/vnd.oci.image.layer.v1.tar+gzip");
        assert!(
            text.starts_with("warning layer 0: layer-0.tar has media type application/vnd.oci"),
            "{text}"
        );
        assert!(text.contains("but is not compressed\n"), "{text}");
    }

    #[test]
    fn a_plain_tar_called_so_is_fine() {
        assert_eq!(as_type("application/vnd.oci.image.layer.v1.tar"), "");
    }

    #[test]
    fn an_unknown_media_type_promises_nothing() {
        assert_eq!(as_type("application/x-other"), "");
    }
}
