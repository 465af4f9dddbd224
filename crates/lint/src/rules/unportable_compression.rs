//! `unportable-compression` (IL708).

use crate::rule::rule;

rule!(
    /// ## What it checks
    /// Layers compressed with xz or bzip2.
    ///
    /// ## Why it matters
    /// Docker and podman load them, containerd does not, and no media type names them.
    ///
    /// ## How to fix it
    /// Use gzip, or zstd for engines of the last years:
    /// `docker buildx build --output type=oci,compression=zstd,dest=app.tar .`
    UnportableCompression, "unportable-compression", "IL708", Warning;
    "compress layers with gzip or zstd"
);

#[cfg(test)]
mod tests {
    use imglint_testkit::{Compress, compress};

    use super::UnportableCompression;
    use crate::testing::{Image, Layer, findings_of_blobs};

    fn compressed(how: Compress) -> String {
        let layer = Layer::new().file("a", "a");
        let blob = compress(&layer.bytes(), how);
        findings_of_blobs(
            &UnportableCompression,
            &Image::new("").layer(layer, "a"),
            &[blob],
        )
    }

    #[test]
    fn xz_and_bzip2_are_found() {
        for how in [Compress::Xz, Compress::Bzip2] {
            assert!(compressed(how).starts_with("warning layer 0"));
        }
    }

    #[test]
    fn gzip_and_zstd_are_fine() {
        for how in [Compress::Gzip, Compress::Zstd, Compress::None] {
            assert_eq!(compressed(how), "");
        }
    }
}
