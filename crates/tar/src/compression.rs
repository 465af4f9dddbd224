//! Compressed streams, told by magic number and decoded in one pass.

#[cfg(feature = "bzip2")]
mod bzip2;
mod codec;
mod decoder;
#[cfg(feature = "gzip")]
mod gzip;
#[cfg(test)]
mod tests;
#[cfg(feature = "xz")]
mod xz;
#[cfg(feature = "zstd")]
mod zstd;

use std::{fmt, io};

use miette::Diagnostic;
use thiserror::Error;

pub use decoder::{Decoded, Decoder};

/// How a stream is compressed.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum Compression {
    /// Not at all, or in a way we do not know.
    None,
    /// RFC 1952.
    Gzip,
    /// RFC 8878.
    Zstd,
    /// The `.xz` file format.
    Xz,
    /// bzip2.
    Bzip2,
}

impl Compression {
    /// Bytes that [`detect`](Self::detect) looks at, at most.
    pub const MAGIC_BYTES: usize = 6;

    /// Tells the compression by the first bytes of a stream, never by a name or media type.
    #[must_use]
    pub fn detect(start: &[u8]) -> Self {
        match start {
            [0x1f, 0x8b, 0x08, ..] => Self::Gzip,
            [0x28, 0xb5, 0x2f, 0xfd, ..] | [0x50..=0x5f, 0x2a, 0x4d, 0x18, ..] => Self::Zstd,
            [0xfd, b'7', b'z', b'X', b'Z', 0, ..] => Self::Xz,
            [b'B', b'Z', b'h', ..] => Self::Bzip2,
            _ => Self::None,
        }
    }
}

impl fmt::Display for Compression {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::None => "none",
            Self::Gzip => "gzip",
            Self::Zstd => "zstd",
            Self::Xz => "xz",
            Self::Bzip2 => "bzip2",
        })
    }
}

/// Bytes of the compressed stream that no decoder shows.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[non_exhaustive]
pub enum Hidden {
    /// Name, comment or extra field of a gzip header.
    GzipHeader,
    /// Payload of a zstd skippable frame.
    SkippableFrame,
    /// What follows the last gzip member and is not all zero.
    TrailingJunk,
}

/// Something odd about a compressed stream that decodes.
///
/// There is one for each kind and place, however often it occurs.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[non_exhaustive]
pub enum CompressionAnomaly {
    /// Bytes that decoding does not show; [`Decoder::decode`] hands them out.
    Hidden {
        /// Where they hide.
        place: Hidden,
        /// Where the first of them is in the compressed stream.
        offset: u64,
        /// How many they are.
        length: u64,
    },
    /// Zero bytes after the last gzip member, which Go's gzip refuses and `unpigz` takes.
    Padding {
        /// Where they begin in the compressed stream.
        offset: u64,
        /// How many they are.
        length: u64,
    },
}

impl CompressionAnomaly {
    /// Stable name of the kind, in kebab-case.
    #[must_use]
    pub fn code(&self) -> &'static str {
        match self {
            Self::Hidden {
                place: Hidden::GzipHeader,
                ..
            } => "gzip-header-data",
            Self::Hidden {
                place: Hidden::SkippableFrame,
                ..
            } => "skippable-frame",
            Self::Hidden {
                place: Hidden::TrailingJunk,
                ..
            } => "trailing-junk",
            Self::Padding { .. } => "trailing-padding",
        }
    }
}

impl fmt::Display for CompressionAnomaly {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let (offset, length, what) = match self {
            Self::Hidden {
                place,
                offset,
                length,
            } => (
                offset,
                length,
                match place {
                    Hidden::GzipHeader => "in gzip headers",
                    Hidden::SkippableFrame => "in zstd skippable frames",
                    Hidden::TrailingJunk => "of junk after the last gzip member",
                },
            ),
            Self::Padding { offset, length } => {
                (offset, length, "of zero padding after the last gzip member")
            }
        };
        write!(
            f,
            "{length} bytes {what}, from byte {offset} of the compressed stream"
        )
    }
}

/// A compressed stream that cannot be decoded whole.
#[derive(Debug, Clone, PartialEq, Eq, Error, Diagnostic)]
#[non_exhaustive]
pub enum CompressionError {
    /// The feature for this compression is off.
    #[error("built without {compression}")]
    #[diagnostic(code(imglint::tar::not_built))]
    NotBuilt {
        /// The compression of the stream.
        compression: Compression,
    },
    /// The stream ends too early.
    #[error("{compression} stream ends at byte {offset}, after {output} bytes of output")]
    #[diagnostic(
        code(imglint::tar::compressed_truncated),
        help("write the archive again; the disk may have been full, or the transfer cut")
    )]
    Truncated {
        /// The compression of the stream.
        compression: Compression,
        /// Length of the compressed stream.
        offset: u64,
        /// Bytes decoded before.
        output: u64,
    },
    /// The stream is damaged, or something else follows it.
    #[error(
        "{compression} stream is damaged at byte {offset}, after {output} bytes of output: {problem}"
    )]
    #[diagnostic(
        code(imglint::tar::compressed_damaged),
        help("write the archive again")
    )]
    Damaged {
        /// The compression of the stream.
        compression: Compression,
        /// Near which byte of the compressed stream.
        offset: u64,
        /// Bytes decoded before.
        output: u64,
        /// What the decoder said.
        problem: String,
    },
    /// `Limits::decoded_bytes` was met.
    #[error("{compression} stream gives more than {limit} bytes")]
    #[diagnostic(
        code(imglint::tar::decoded_bytes),
        help("raise the limit if the archive is trusted")
    )]
    Limit {
        /// The compression of the stream.
        compression: Compression,
        /// How far the compressed stream was read.
        offset: u64,
        /// The limit in bytes.
        limit: u64,
    },
}

impl CompressionError {
    /// The error that a [`Decoder`] has wrapped for `Read`, if it is one of these.
    #[must_use]
    pub fn of(error: &io::Error) -> Option<&Self> {
        error.get_ref()?.downcast_ref()
    }
}

impl From<CompressionError> for io::Error {
    fn from(error: CompressionError) -> Self {
        let kind = match error {
            CompressionError::Truncated { .. } => io::ErrorKind::UnexpectedEof,
            CompressionError::Damaged { .. } => io::ErrorKind::InvalidData,
            CompressionError::Limit { .. } => io::ErrorKind::QuotaExceeded,
            CompressionError::NotBuilt { .. } => io::ErrorKind::Unsupported,
        };
        Self::new(kind, error)
    }
}
