//! Zstandard: frames and skippable frames, one after the other (RFC 8878).

use std::io;

use zstd::stream::raw::{DParameter, Decoder, Operation};

use super::{
    Hidden,
    codec::{Codec, Step, gather},
};

/// Largest window, as a power of two: 512 MiB. The library's default refuses good images.
const WINDOW_LOG: u32 = 29;

pub(super) struct Zstd {
    state: State,
    // Magic number and length of a skippable frame, which the input's chunks may cut.
    head: [u8; 8],
    filled: usize,
    decoder: Decoder<'static>,
}

#[derive(Clone, Copy)]
enum State {
    /// Before a frame, perhaps not the first.
    Start {
        first: bool,
    },
    /// In the length of a skippable frame.
    Length,
    Skip(usize),
    Body,
}

impl Zstd {
    pub(super) fn new() -> io::Result<Self> {
        let mut decoder = Decoder::new()?;
        decoder.set_parameter(DParameter::WindowLogMax(WINDOW_LOG))?;
        Ok(Self {
            state: State::Start { first: true },
            head: [0; 8],
            filled: 0,
            decoder,
        })
    }

    fn start(&mut self, input: &[u8], output: &mut [u8], first: bool) -> Result<Step, String> {
        if input.is_empty() && self.filled == 0 && !first {
            return Ok(Step::END);
        }
        let (magic, _) = self.head.split_at_mut(4);
        let read = gather(input, magic, &mut self.filled);
        if self.filled < 4 {
            return Ok(Step::new(read, 0));
        }
        match self.head {
            [0x50..=0x5f, 0x2a, 0x4d, 0x18, ..] => {
                self.state = State::Length;
                Ok(Step::new(read, 0))
            }
            [0x28, 0xb5, 0x2f, 0xfd, ..] => {
                self.filled = 0;
                self.state = State::Body;
                let [a, b, c, d, ..] = self.head;
                let step = self.body(&[a, b, c, d], output)?;
                Ok(Step { read, ..step })
            }
            _ => Err("something that is no zstd frame follows".into()),
        }
    }

    fn length(&mut self, input: &[u8]) -> Step {
        let read = gather(input, &mut self.head, &mut self.filled);
        if self.filled == 8 {
            self.filled = 0;
            let [.., a, b, c, d] = self.head;
            let length = u32::from_le_bytes([a, b, c, d]);
            self.skip_to(usize::try_from(length).unwrap_or(usize::MAX));
        }
        Step::new(read, 0)
    }

    fn skip(&mut self, input: &[u8], left: usize) -> Step {
        let read = left.min(input.len());
        if read == 0 {
            return Step::STUCK;
        }
        self.skip_to(left - read);
        Step::hidden(read, Hidden::SkippableFrame)
    }

    fn skip_to(&mut self, left: usize) {
        self.state = if left > 0 {
            State::Skip(left)
        } else {
            State::Start { first: false }
        };
    }

    fn body(&mut self, input: &[u8], output: &mut [u8]) -> Result<Step, String> {
        let status = self
            .decoder
            .run_on_buffers(input, output)
            .map_err(|error| error.to_string())?;
        if status.remaining == 0 {
            self.state = State::Start { first: false };
        }
        Ok(Step::new(status.bytes_read, status.bytes_written))
    }
}

impl Codec for Zstd {
    fn step(&mut self, input: &[u8], output: &mut [u8]) -> Result<Step, String> {
        match self.state {
            State::Start { first } => self.start(input, output, first),
            State::Length => Ok(self.length(input)),
            State::Skip(left) => Ok(self.skip(input, left)),
            State::Body => self.body(input, output),
        }
    }
}
