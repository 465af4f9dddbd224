//! gzip: members, their headers and trailers, and what follows the last (RFC 1952).

use flate2::{Crc, Decompress, FlushDecompress, Status};

use super::{
    Hidden,
    codec::{Codec, Step, What, gather},
};

const HAS_CRC: u8 = 2;
const HAS_EXTRA: u8 = 4;
const HAS_NAME: u8 = 8;
const HAS_COMMENT: u8 = 16;

/// Decodes all members, resetting one inflater: eStargz has a member for each file.
pub(super) struct Gzip {
    state: State,
    // Flags of the header whose parts are still to come.
    flags: u8,
    // Fixed-size parts that may be cut by the input's chunks.
    part: [u8; 10],
    filled: usize,
    inflate: Decompress,
    crc: Crc,
}

#[derive(Clone, Copy)]
enum State {
    /// Before a member, perhaps not the first.
    Start {
        first: bool,
    },
    /// In the ten fixed bytes of a header.
    Fixed,
    /// In the two bytes that say how long the extra field is.
    ExtraLength,
    Extra(usize),
    /// In the parts of the header that the remaining flags tell.
    Options,
    /// In a name or comment, up to its NUL.
    Text,
    HeaderCrc,
    Body,
    Trailer,
    /// After the last member.
    Padding,
    Junk,
}

impl Gzip {
    pub(super) fn new() -> Self {
        Self {
            state: State::Start { first: true },
            flags: 0,
            part: [0; 10],
            filled: 0,
            inflate: Decompress::new(false),
            crc: Crc::new(),
        }
    }

    /// After a member, anything but the first magic byte is no member.
    fn start(&mut self, input: &[u8], first: bool) {
        self.state = match input.first() {
            Some(0x1f) => State::Fixed,
            _ if first => State::Fixed,
            _ => State::Padding,
        };
    }

    /// Takes what `input` has of a part of `length` bytes, and gives the part once it is whole.
    fn fixed_part(&mut self, input: &[u8], length: usize) -> (Step, Option<[u8; 10]>) {
        let room = self.part.get_mut(..length).unwrap_or_default();
        let read = gather(input, room, &mut self.filled);
        if self.filled < length {
            return (Step::new(read, 0), None);
        }
        self.filled = 0;
        (Step::new(read, 0), Some(self.part))
    }

    fn header(&mut self, part: [u8; 10]) -> Result<(), String> {
        let [0x1f, 0x8b, 8, flags, ..] = part else {
            return Err("no gzip header".into());
        };
        self.flags = flags;
        self.state = if flags & HAS_EXTRA > 0 {
            State::ExtraLength
        } else {
            State::Options
        };
        Ok(())
    }

    /// Goes to the next part of the header, or to the body.
    fn options(&mut self) {
        self.state = if self.flags & HAS_NAME > 0 {
            self.flags &= !HAS_NAME;
            State::Text
        } else if self.flags & HAS_COMMENT > 0 {
            self.flags &= !HAS_COMMENT;
            State::Text
        } else if self.flags & HAS_CRC > 0 {
            State::HeaderCrc
        } else {
            self.inflate.reset(false);
            self.crc.reset();
            State::Body
        };
    }

    fn extra(&mut self, input: &[u8], left: usize) -> Step {
        let read = left.min(input.len());
        self.state = if read == left {
            State::Options
        } else {
            State::Extra(left - read)
        };
        if read == 0 {
            Step::STUCK
        } else {
            Step::hidden(read, Hidden::GzipHeader)
        }
    }

    fn text(&mut self, input: &[u8]) -> Step {
        match memchr::memchr(0, input) {
            Some(0) => {
                self.state = State::Options;
                Step::new(1, 0)
            }
            Some(end) => Step::hidden(end, Hidden::GzipHeader),
            None if input.is_empty() => Step::STUCK,
            None => Step::hidden(input.len(), Hidden::GzipHeader),
        }
    }

    fn body(&mut self, input: &[u8], output: &mut [u8]) -> Result<Step, String> {
        let (read_before, written_before) = (self.inflate.total_in(), self.inflate.total_out());
        let status = self
            .inflate
            .decompress(input, output, FlushDecompress::None)
            .map_err(|error| error.to_string())?;
        let read = difference(self.inflate.total_in(), read_before);
        let written = difference(self.inflate.total_out(), written_before);
        self.crc.update(output.get(..written).unwrap_or_default());
        if status == Status::StreamEnd {
            self.state = State::Trailer;
            if read + written == 0 {
                return self.step(input, output);
            }
        }
        Ok(Step::new(read, written))
    }

    fn trailer(&mut self, part: [u8; 10]) -> Result<(), String> {
        let (sum, length) = part.split_at(4);
        if sum != self.crc.sum().to_le_bytes() {
            return Err("the checksum does not match".into());
        }
        if !length.starts_with(&self.crc.amount().to_le_bytes()) {
            return Err("the length does not match".into());
        }
        self.state = State::Start { first: false };
        Ok(())
    }

    fn padding(&mut self, input: &[u8]) -> Step {
        if input.is_empty() {
            return Step::END;
        }
        let zeros = input
            .iter()
            .position(|byte| *byte != 0)
            .unwrap_or(input.len());
        if zeros > 0 {
            return Step {
                read: zeros,
                what: What::Padding,
            };
        }
        self.state = State::Junk;
        Step::hidden(input.len(), Hidden::TrailingJunk)
    }
}

impl Codec for Gzip {
    fn step(&mut self, input: &[u8], output: &mut [u8]) -> Result<Step, String> {
        let (step, part) = match self.state {
            State::Start { first } => {
                self.start(input, first);
                return self.step(input, output);
            }
            State::Fixed => self.fixed_part(input, 10),
            State::ExtraLength | State::HeaderCrc => self.fixed_part(input, 2),
            State::Trailer => self.fixed_part(input, 8),
            State::Extra(left) => (self.extra(input, left), None),
            State::Options => {
                self.options();
                return self.step(input, output);
            }
            State::Text => (self.text(input), None),
            State::Body => return self.body(input, output),
            State::Padding => (self.padding(input), None),
            State::Junk if input.is_empty() => (Step::END, None),
            State::Junk => (Step::hidden(input.len(), Hidden::TrailingJunk), None),
        };
        if let Some(part) = part {
            self.part_done(part)?;
        }
        Ok(step)
    }
}

impl Gzip {
    fn part_done(&mut self, part: [u8; 10]) -> Result<(), String> {
        match self.state {
            State::Fixed => self.header(part)?,
            State::Trailer => self.trailer(part)?,
            State::ExtraLength => {
                let [low, high, ..] = part;
                let length = usize::from(u16::from_le_bytes([low, high]));
                self.state = if length > 0 {
                    State::Extra(length)
                } else {
                    State::Options
                };
            }
            _ => {
                self.flags = 0;
                self.state = State::Options;
            }
        }
        Ok(())
    }
}

/// How much a counter of flate2 has grown in one call, which a slice's length bounds.
fn difference(after: u64, before: u64) -> usize {
    usize::try_from(after.saturating_sub(before)).unwrap_or_default()
}
