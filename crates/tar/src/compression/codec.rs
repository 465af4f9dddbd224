//! What a decoder of one format does: step by step, without input or output of its own.

use super::{Compression, CompressionError, Hidden};
use crate::source::copy;

/// A format that is decoded in steps.
pub(super) trait Codec: Send {
    /// Decodes some of `input` into `output`, which is not empty.
    ///
    /// An empty `input` means that the stream ends here. A step that neither reads nor writes
    /// says that it cannot go on.
    fn step(&mut self, input: &[u8], output: &mut [u8]) -> Result<Step, String>;
}

/// What a step has done with the first `read` bytes of the input.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct Step {
    pub(super) read: usize,
    pub(super) what: What,
}

#[cfg_attr(
    not(feature = "gzip"),
    expect(dead_code, reason = "gzip alone does all of this")
)]
#[derive(Debug, PartialEq, Eq)]
pub(super) enum What {
    /// Decoded them, and wrote that many bytes, perhaps none.
    Output(usize),
    /// Found that they are no part of the output.
    Hidden(Hidden),
    /// Found that they are zeros after the end.
    Padding,
    /// Found that the stream ends here as it should.
    End,
}

impl Step {
    pub(super) fn new(read: usize, written: usize) -> Self {
        Self {
            read,
            what: What::Output(written),
        }
    }

    #[cfg(any(feature = "gzip", feature = "zstd"))]
    pub(super) fn hidden(read: usize, place: Hidden) -> Self {
        Self {
            read,
            what: What::Hidden(place),
        }
    }

    pub(super) const END: Self = Self {
        read: 0,
        what: What::End,
    };
    /// Cannot go on: more input is needed, and there is none.
    #[cfg(any(feature = "gzip", feature = "zstd"))]
    pub(super) const STUCK: Self = Self {
        read: 0,
        what: What::Output(0),
    };
}

/// The codec of a compression.
pub(super) fn codec(compression: Compression) -> Result<Box<dyn Codec>, CompressionError> {
    match compression {
        Compression::None => Ok(Box::new(Plain)),
        #[cfg(feature = "gzip")]
        Compression::Gzip => Ok(Box::new(super::gzip::Gzip::new())),
        #[cfg(feature = "zstd")]
        Compression::Zstd => super::zstd::Zstd::new()
            .map(|codec| Box::new(codec) as Box<dyn Codec>)
            .map_err(|problem| unable(compression, &problem)),
        #[cfg(feature = "xz")]
        Compression::Xz => super::xz::Xz::new()
            .map(|codec| Box::new(codec) as Box<dyn Codec>)
            .map_err(|problem| unable(compression, &problem)),
        #[cfg(feature = "bzip2")]
        Compression::Bzip2 => Ok(Box::new(super::bzip2::Bzip2::new())),
        #[cfg(not(all(feature = "gzip", feature = "zstd", feature = "xz", feature = "bzip2")))]
        _ => Err(CompressionError::NotBuilt { compression }),
    }
}

/// A library that cannot even start, for want of memory.
#[cfg(any(feature = "zstd", feature = "xz"))]
fn unable(compression: Compression, problem: &impl ToString) -> CompressionError {
    CompressionError::Damaged {
        compression,
        offset: 0,
        output: 0,
        problem: problem.to_string(),
    }
}

/// No compression.
struct Plain;

impl Codec for Plain {
    fn step(&mut self, input: &[u8], output: &mut [u8]) -> Result<Step, String> {
        if input.is_empty() {
            return Ok(Step::END);
        }
        let count = copy(input, output);
        Ok(Step::new(count, count))
    }
}

/// Fills `buffer` from `filled` on; says how much of `input` that took.
#[cfg(any(feature = "gzip", feature = "zstd"))]
pub(super) fn gather(input: &[u8], buffer: &mut [u8], filled: &mut usize) -> usize {
    let room = buffer.get_mut(*filled..).unwrap_or_default();
    let count = copy(input, room);
    *filled += count;
    count
}

#[cfg(all(test, not(feature = "xz")))]
mod tests {
    use super::*;

    #[test]
    fn a_compression_without_its_feature_is_named() {
        let error = codec(Compression::Xz).err().unwrap();
        assert_eq!(error.to_string(), "built without xz");
    }
}
