//! Compressed streams, decoded as their bytes arrive.

use flate2::{Decompress, FlushDecompress, Status};

use super::limits::{Cut, Limits};

/// Bytes decoded at a time.
const OUTPUT: usize = 32 * 1024;

/// How a stream is compressed.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Compression {
    Deflate,
    Zlib,
    Bzip2,
    Xz,
    Zstd,
}

/// How a push ended.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Pushed {
    /// All was taken, and there may be more.
    More,
    /// The stream has ended.
    End,
    /// The stream is damaged.
    Broken,
    /// A limit forbids to go on.
    #[cfg_attr(
        not(any(feature = "xz", feature = "zstd")),
        expect(dead_code, reason = "only their streams ask for memory")
    )]
    Cut(Cut),
    /// Whoever takes the output wants no more.
    Refused,
}

/// A decoder, reused from stream to stream.
#[derive(Default)]
pub(super) struct Codec {
    inflate: Option<Decompress>,
    engine: Engine,
    output: Vec<u8>,
}

#[derive(Default)]
enum Engine {
    #[default]
    None,
    Inflate,
    #[cfg(feature = "bzip2")]
    Bzip2(bzip2::Decompress),
    #[cfg(feature = "xz")]
    Xz(liblzma::stream::Stream, u64),
    #[cfg(feature = "zstd")]
    Zstd(zstd::stream::raw::Decoder<'static>, u64),
}

/// What a step read and wrote.
struct Step {
    read: usize,
    written: usize,
    ended: bool,
}

impl Codec {
    /// Begins a stream; says whether it can.
    #[cfg_attr(
        not(any(feature = "xz", feature = "zstd")),
        expect(unused_variables, reason = "only their streams ask for memory")
    )]
    pub(super) fn begin(&mut self, compression: Compression, limits: &Limits) -> bool {
        self.output.resize(OUTPUT, 0);
        self.engine = match compression {
            Compression::Deflate | Compression::Zlib => {
                let zlib = compression == Compression::Zlib;
                match &mut self.inflate {
                    Some(inflate) => inflate.reset(zlib),
                    None => self.inflate = Some(Decompress::new(zlib)),
                }
                Engine::Inflate
            }
            #[cfg(feature = "bzip2")]
            Compression::Bzip2 => Engine::Bzip2(bzip2::Decompress::new(false)),
            #[cfg(feature = "xz")]
            Compression::Xz => {
                match liblzma::stream::Stream::new_stream_decoder(limits.window_bytes, 0) {
                    Ok(stream) => Engine::Xz(stream, limits.window_bytes),
                    Err(_) => Engine::None,
                }
            }
            #[cfg(feature = "zstd")]
            Compression::Zstd => begin_zstd(limits),
            #[cfg(not(all(feature = "bzip2", feature = "xz", feature = "zstd")))]
            _ => Engine::None,
        };
        !matches!(self.engine, Engine::None)
    }

    /// Decodes `input` into `sink`, which says whether it wants more; how many bytes that took.
    pub(super) fn push(
        &mut self,
        input: &[u8],
        sink: &mut dyn FnMut(&[u8]) -> bool,
    ) -> (usize, Pushed) {
        let mut taken = 0;
        loop {
            let rest = input.get(taken..).unwrap_or_default();
            let step = match self.step(rest) {
                Ok(step) => step,
                Err(how) => return (taken, how),
            };
            taken += step.read;
            let output = self.output.get(..step.written).unwrap_or_default();
            if !output.is_empty() && !sink(output) {
                return (taken, Pushed::Refused);
            }
            if step.ended {
                return (taken, Pushed::End);
            }
            let stuck = step.read == 0 && step.written == 0;
            if taken == input.len() && (stuck || step.written < self.output.len()) {
                return (taken, Pushed::More);
            }
            if stuck {
                return (taken, Pushed::Broken);
            }
        }
    }

    fn step(&mut self, input: &[u8]) -> Result<Step, Pushed> {
        let output = self.output.as_mut_slice();
        match &mut self.engine {
            Engine::None => Err(Pushed::Broken),
            Engine::Inflate => {
                let inflate = self.inflate.as_mut().ok_or(Pushed::Broken)?;
                let before = (inflate.total_in(), inflate.total_out());
                let status = inflate
                    .decompress(input, output, FlushDecompress::None)
                    .map_err(|_| Pushed::Broken)?;
                let after = (inflate.total_in(), inflate.total_out());
                Ok(Step::between(before, after, status == Status::StreamEnd))
            }
            #[cfg(feature = "bzip2")]
            Engine::Bzip2(stream) => {
                let before = (stream.total_in(), stream.total_out());
                let status = stream
                    .decompress(input, output)
                    .map_err(|_| Pushed::Broken)?;
                let after = (stream.total_in(), stream.total_out());
                let ended = status == bzip2::Status::StreamEnd;
                Ok(Step::between(before, after, ended))
            }
            #[cfg(feature = "xz")]
            Engine::Xz(stream, window) => {
                use liblzma::stream::{Action, Error, Status};
                let before = (stream.total_in(), stream.total_out());
                let status = match stream.process(input, output, Action::Run) {
                    Ok(status) => status,
                    Err(Error::MemLimit) => return Err(Pushed::Cut(Cut::Window(*window))),
                    Err(_) => return Err(Pushed::Broken),
                };
                let after = (stream.total_in(), stream.total_out());
                Ok(Step::between(before, after, status == Status::StreamEnd))
            }
            #[cfg(feature = "zstd")]
            Engine::Zstd(stream, window) => {
                use zstd::stream::raw::Operation;
                let status = stream
                    .run_on_buffers(input, output)
                    .map_err(|error| zstd_failure(&error, *window))?;
                Ok(Step {
                    read: status.bytes_read,
                    written: status.bytes_written,
                    ended: status.remaining == 0 && status.bytes_read + status.bytes_written > 0,
                })
            }
        }
    }
}

impl Step {
    fn between(before: (u64, u64), after: (u64, u64), ended: bool) -> Self {
        let length = |from: u64, to: u64| usize::try_from(to - from).unwrap_or_default();
        Self {
            read: length(before.0, after.0),
            written: length(before.1, after.1),
            ended,
        }
    }
}

#[cfg(feature = "zstd")]
fn begin_zstd(limits: &Limits) -> Engine {
    use zstd::stream::raw::{DParameter, Decoder};
    let log = limits.window_bytes.max(1024).ilog2();
    let decoder = Decoder::new().and_then(|mut decoder| {
        decoder.set_parameter(DParameter::WindowLogMax(log.min(31)))?;
        Ok(decoder)
    });
    match decoder {
        Ok(decoder) => Engine::Zstd(decoder, limits.window_bytes),
        Err(_) => Engine::None,
    }
}

/// The library gives its errors as texts only (`zstd_errors.h`: `frameParameter_windowTooLarge`).
#[cfg(feature = "zstd")]
fn zstd_failure(error: &std::io::Error, window: u64) -> Pushed {
    if error.to_string().contains("too much memory") {
        Pushed::Cut(Cut::Window(window))
    } else {
        Pushed::Broken
    }
}

impl std::fmt::Debug for Codec {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("Codec") // its output may hold a secret
    }
}
