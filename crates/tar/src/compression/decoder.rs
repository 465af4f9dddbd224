//! The driver of all codecs: counts, limits, lends what is hidden, fails once and for all.

use std::{
    fmt,
    io::{self, BufRead, ErrorKind, Read},
};

use super::{
    Compression, CompressionAnomaly, CompressionError, Hidden,
    codec::{self, Codec, Step, What},
};
use crate::limits::Limits;

/// What one step of decoding gave.
#[derive(Debug, PartialEq, Eq)]
pub enum Decoded<'a> {
    /// That many bytes were written to the output; 0 only if it has no room.
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
pub struct Decoder<R> {
    input: R,
    codec: Box<dyn Codec>,
    compression: Compression,
    limit: u64,
    consumed: u64,
    produced: u64,
    // Bytes at the front of the input's buffer that the caller may still look at.
    lent: usize,
    anomalies: Vec<CompressionAnomaly>,
    failure: Option<CompressionError>,
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
        Ok(Self {
            input,
            codec: codec::codec(compression)?,
            compression,
            limit: limits.decoded_bytes,
            consumed: 0,
            produced: 0,
            lent: 0,
            anomalies: Vec::new(),
            failure: None,
        })
    }

    /// Decodes on, into `output`.
    ///
    /// # Errors
    ///
    /// As [`CompressionError`], wrapped; the same one again when called again.
    pub fn decode(&mut self, output: &mut [u8]) -> io::Result<Decoded<'_>> {
        if let Some(failure) = &self.failure {
            return Err(failure.clone().into());
        }
        self.release();
        if output.is_empty() {
            return Ok(Decoded::Output(0));
        }
        loop {
            let offset = self.consumed;
            let Step { read, what } = self.step(output)?;
            match what {
                What::Output(0) => self.consume(read),
                What::Output(written) => {
                    self.consume(read);
                    self.count_output(written)?;
                    return Ok(Decoded::Output(written));
                }
                What::Padding => {
                    self.note_padding(offset, read as u64);
                    self.consume(read);
                }
                What::Hidden(place) => {
                    self.note_hidden(place, offset, read as u64);
                    self.consumed += read as u64;
                    self.lent = read;
                    let bytes = self.input.fill_buf()?.get(..read).unwrap_or_default();
                    return Ok(Decoded::Hidden {
                        place,
                        offset,
                        bytes,
                    });
                }
                What::End => return Ok(Decoded::End),
            }
        }
    }

    /// One step of the codec, which must get somewhere.
    fn step(&mut self, output: &mut [u8]) -> io::Result<Step> {
        let input = loop {
            match self.input.fill_buf() {
                Ok(_) => break self.input.fill_buf()?,
                Err(error) if error.kind() == ErrorKind::Interrupted => {}
                Err(error) => return Err(error),
            }
        };
        let at_end = input.is_empty();
        let (compression, offset, produced) = (self.compression, self.consumed, self.produced);
        match self.codec.step(input, output) {
            Ok(Step {
                read: 0,
                what: What::Output(0),
            }) if at_end => Err(self.fail(CompressionError::Truncated {
                compression,
                offset,
                output: produced,
            })),
            Ok(Step {
                read: 0,
                what: What::Output(0),
            }) => Err(self.damaged("the decoder does not go on".into())),
            Ok(step) => Ok(step),
            Err(problem) => Err(self.damaged(problem)),
        }
    }

    fn count_output(&mut self, written: usize) -> io::Result<()> {
        self.produced = self.produced.saturating_add(written as u64);
        if self.produced <= self.limit {
            return Ok(());
        }
        let (compression, offset, limit) = (self.compression, self.consumed, self.limit);
        Err(self.fail(CompressionError::Limit {
            compression,
            offset,
            limit,
        }))
    }

    fn consume(&mut self, count: usize) {
        self.input.consume(count);
        self.consumed += count as u64;
    }

    fn release(&mut self) {
        self.input.consume(std::mem::take(&mut self.lent));
    }

    /// The input, after the bytes that were read.
    pub fn into_inner(mut self) -> R {
        self.release();
        self.input
    }
}

impl<R> Decoder<R> {
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

    /// The input; reading from it breaks the decoding.
    pub fn get_mut(&mut self) -> &mut R {
        &mut self.input
    }

    fn damaged(&mut self, problem: String) -> io::Error {
        self.fail(CompressionError::Damaged {
            compression: self.compression,
            offset: self.consumed,
            output: self.produced,
            problem,
        })
    }

    fn fail(&mut self, failure: CompressionError) -> io::Error {
        self.failure = Some(failure.clone());
        failure.into()
    }

    fn note_hidden(&mut self, place: Hidden, offset: u64, more: u64) {
        for anomaly in &mut self.anomalies {
            if let CompressionAnomaly::Hidden {
                place: known,
                length,
                ..
            } = anomaly
                && *known == place
            {
                *length += more;
                return;
            }
        }
        self.anomalies.push(CompressionAnomaly::Hidden {
            place,
            offset,
            length: more,
        });
    }

    fn note_padding(&mut self, offset: u64, more: u64) {
        if let Some(CompressionAnomaly::Padding { length, .. }) = self.anomalies.last_mut() {
            *length += more;
        } else {
            self.anomalies.push(CompressionAnomaly::Padding {
                offset,
                length: more,
            });
        }
    }
}

impl<R: BufRead> Read for Decoder<R> {
    fn read(&mut self, buf: &mut [u8]) -> io::Result<usize> {
        loop {
            match self.decode(buf)? {
                Decoded::Output(count) => return Ok(count),
                Decoded::Hidden { .. } => {}
                Decoded::End => return Ok(0),
            }
        }
    }
}

impl<R> fmt::Debug for Decoder<R> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Decoder")
            .field("compression", &self.compression)
            .field("consumed", &self.consumed)
            .field("produced", &self.produced)
            .field("failure", &self.failure)
            .finish_non_exhaustive()
    }
}
