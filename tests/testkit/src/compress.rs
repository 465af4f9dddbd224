//! The four compressions that layers and whole archives come in.

use std::io::Write as _;

/// How bytes are compressed.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Compress {
    /// Not at all.
    #[default]
    None,
    /// One gzip member (RFC 1952) without name and time.
    Gzip,
    /// One zstd frame (RFC 8878) with a checksum, as klauspost's encoder makes it.
    Zstd,
    /// An xz stream with CRC-64.
    Xz,
    /// One bzip2 stream.
    Bzip2,
}

impl Compress {
    /// What OCI layer media types append, `+gzip`; xz and bzip2 have no such
    /// type and say nothing.
    pub(crate) fn media_suffix(self) -> &'static str {
        match self {
            Self::Gzip => "+gzip",
            Self::Zstd => "+zstd",
            Self::None | Self::Xz | Self::Bzip2 => "",
        }
    }
}

/// Compresses the bytes; the same bytes always give the same result.
#[must_use]
pub fn compress(bytes: &[u8], how: Compress) -> Vec<u8> {
    match how {
        Compress::None => bytes.to_vec(),
        Compress::Gzip => gzip(bytes),
        Compress::Zstd => zstd(bytes),
        Compress::Xz => liblzma::encode_all(bytes, 6).unwrap(),
        Compress::Bzip2 => bzip2(bytes),
    }
}

fn gzip(bytes: &[u8]) -> Vec<u8> {
    let mut encoder = flate2::write::GzEncoder::new(Vec::new(), flate2::Compression::default());
    encoder.write_all(bytes).unwrap();
    encoder.finish().unwrap()
}

fn zstd(bytes: &[u8]) -> Vec<u8> {
    let mut encoder = zstd::Encoder::new(Vec::new(), 3).unwrap();
    encoder.include_checksum(true).unwrap();
    encoder.write_all(bytes).unwrap();
    encoder.finish().unwrap()
}

fn bzip2(bytes: &[u8]) -> Vec<u8> {
    let mut encoder = bzip2::write::BzEncoder::new(Vec::new(), bzip2::Compression::default());
    encoder.write_all(bytes).unwrap();
    encoder.finish().unwrap()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_begins_with_its_magic_number() {
        assert_eq!(&compress(b"x", Compress::Gzip)[..3], b"\x1f\x8b\x08");
        assert_eq!(&compress(b"x", Compress::Zstd)[..4], b"\x28\xb5\x2f\xfd");
        assert_eq!(&compress(b"x", Compress::Xz)[..6], b"\xfd7zXZ\0");
        assert_eq!(&compress(b"x", Compress::Bzip2)[..3], b"BZh");
        assert_eq!(compress(b"x", Compress::None), b"x");
    }
}
