//! How much a hostile stream may make us do.

/// Bounds that legitimate archives never meet.
///
/// Meeting one is an error that names it: what lies beyond was not judged.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[non_exhaustive]
pub struct Limits {
    /// Members of one stream.
    pub entries: u64,
    /// Bytes of one PAX header, GNU long name or sparse map; 1 MiB, as in Go.
    pub record_bytes: u64,
    /// Bytes of a member's path or link target.
    pub path_bytes: u64,
    /// Data ranges of one sparse file.
    pub sparse_segments: u64,
    /// Bytes that a [`Decoder`](crate::Decoder) gives out.
    pub decoded_bytes: u64,
}

impl Default for Limits {
    fn default() -> Self {
        Self {
            entries: 5_000_000,
            record_bytes: 1 << 20,
            path_bytes: 64 << 10,
            sparse_segments: 1 << 16,
            decoded_bytes: 64 << 30,
        }
    }
}
