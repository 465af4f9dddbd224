//! Git packs (`gitformat-pack`): objects one after the other, each a zlib stream.
//!
//! Of a delta, which describes an object by another one, the bytes that it adds are looked at.

use super::{
    codec::{Compression, Pushed},
    container::{Fed, Flow, Port, drive},
    outlet::{Scale, Step},
};

/// Length of the header, and of the name of an object that a delta refers to.
const HEADER: usize = 12;
const NAME: usize = 20;

/// A pack whose bytes are passing.
#[derive(Debug)]
pub(super) struct Pack {
    state: State,
    objects: u32,
    /// Where the object began.
    at: u64,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum State {
    Header,
    /// In an object's type and size, the first byte of which says the type.
    Type(Option<u8>),
    /// In the distance to an object that a delta refers to.
    Distance,
    /// In the name of one.
    Reference,
    Body,
}

impl Pack {
    /// Whether a pack begins here.
    pub(super) fn is(start: &[u8]) -> bool {
        matches!(start, [b'P', b'A', b'C', b'K', 0, 0, 0, 2 | 3, ..])
    }

    pub(super) fn new() -> Self {
        Self {
            state: State::Header,
            objects: 0,
            at: 0,
        }
    }

    /// Takes the next bytes, which begin at offset `at`.
    pub(super) fn feed(&mut self, bytes: &[u8], at: u64, port: &mut Port<'_, '_>) -> Fed {
        drive(bytes, at, |rest, here| match self.state {
            State::Header => self.header(rest, port),
            State::Type(kind) => self.object(kind, rest, here, port),
            State::Distance => self.distance(rest, port),
            State::Reference => self.reference(rest, port),
            State::Body => self.body(rest, here, port),
        })
    }

    fn header(&mut self, rest: &mut &[u8], port: &mut Port<'_, '_>) -> Flow {
        if !port.gather(HEADER, rest) {
            return Flow::Wait;
        }
        let count = port.held.last_chunk().copied().map(u32::from_be_bytes);
        port.held.clear();
        self.objects = count.unwrap_or_default();
        self.next()
    }

    fn next(&mut self) -> Flow {
        if self.objects == 0 {
            return Flow::Over;
        }
        self.objects -= 1;
        self.state = State::Type(None);
        Flow::On
    }

    fn object(
        &mut self,
        kind: Option<u8>,
        rest: &mut &[u8],
        here: u64,
        port: &mut Port<'_, '_>,
    ) -> Flow {
        let Some((byte, behind)) = rest.split_first() else {
            return Flow::Wait;
        };
        *rest = behind;
        if kind.is_none() {
            self.at = here;
        }
        let kind = kind.unwrap_or(byte >> 4 & 7);
        if byte & 0x80 != 0 {
            self.state = State::Type(Some(kind));
            return Flow::On;
        }
        match kind {
            1..=4 => self.begin(false, port),
            6 => {
                self.state = State::Distance;
                Flow::On
            }
            7 => {
                self.state = State::Reference;
                Flow::On
            }
            _ => Flow::Over,
        }
    }

    fn distance(&mut self, rest: &mut &[u8], port: &mut Port<'_, '_>) -> Flow {
        let Some((byte, behind)) = rest.split_first() else {
            return Flow::Wait;
        };
        *rest = behind;
        if byte & 0x80 != 0 {
            return Flow::On;
        }
        self.begin(true, port)
    }

    fn reference(&mut self, rest: &mut &[u8], port: &mut Port<'_, '_>) -> Flow {
        if !port.gather(NAME, rest) {
            return Flow::Wait;
        }
        port.held.clear();
        self.begin(true, port)
    }

    fn begin(&mut self, delta: bool, port: &mut Port<'_, '_>) -> Flow {
        self.state = State::Body;
        let step = if delta {
            Step::GitDelta
        } else {
            Step::GitObject
        };
        port.open(step, Scale::None, self.at, b"");
        if port.begin(Compression::Zlib) {
            Flow::On
        } else {
            Flow::Over
        }
    }

    fn body(&mut self, rest: &mut &[u8], here: u64, port: &mut Port<'_, '_>) -> Flow {
        let (taken, pushed) = port.decode(rest);
        *rest = rest.get(taken..).unwrap_or_default();
        match pushed {
            Pushed::More => Flow::Wait,
            Pushed::End => {
                port.close(here.saturating_add(taken as u64));
                self.next()
            }
            Pushed::Broken | Pushed::Cut(_) | Pushed::Refused => Flow::Over,
        }
    }
}

/// What a delta adds, as its bytes pass.
#[derive(Debug, Default)]
pub(super) struct Delta {
    state: DeltaState,
}

#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
enum DeltaState {
    /// In the size of the object referred to, or of the one described.
    #[default]
    FromSize,
    ToSize,
    Instruction,
    /// In the offset and size of bytes to copy.
    Copy(u32),
    /// In so many bytes to add.
    Add(u8),
}

impl Delta {
    /// Writes what the next bytes add to `plain`; what is copied becomes a line end.
    pub(super) fn undo(&mut self, mut bytes: &[u8], plain: &mut Vec<u8>) {
        while let Some((&byte, rest)) = bytes.split_first() {
            let mut behind = rest;
            self.state = match self.state {
                DeltaState::FromSize if byte & 0x80 == 0 => DeltaState::ToSize,
                DeltaState::ToSize if byte & 0x80 == 0 => DeltaState::Instruction,
                DeltaState::Instruction if byte & 0x80 != 0 => {
                    plain.push(b'\n');
                    copy((byte & 0x7f).count_ones())
                }
                DeltaState::Instruction if byte > 0 => DeltaState::Add(byte),
                DeltaState::Copy(left) => copy(left.saturating_sub(1)),
                DeltaState::Add(left) => {
                    let count = usize::from(left).min(bytes.len());
                    let (add, after) = bytes.split_at_checked(count).unwrap_or((bytes, &[]));
                    plain.extend_from_slice(add);
                    behind = after;
                    match u8::try_from(usize::from(left) - count) {
                        Ok(left @ 1..) => DeltaState::Add(left),
                        _ => DeltaState::Instruction,
                    }
                }
                same => same,
            };
            bytes = behind;
        }
    }
}

fn copy(left: u32) -> DeltaState {
    match left {
        0 => DeltaState::Instruction,
        left => DeltaState::Copy(left),
    }
}

/// A loose object without its header, `blob 12\0` (`gitrepository-layout`, `objects`).
pub(super) fn without_header(start: &[u8]) -> Option<&[u8]> {
    let kinds: [&[u8]; 4] = [b"blob ", b"tree ", b"commit ", b"tag "];
    let rest = kinds.iter().find_map(|kind| start.strip_prefix(*kind))?;
    let digits = rest
        .iter()
        .take(20)
        .take_while(|b| b.is_ascii_digit())
        .count();
    rest.get(digits..)?.strip_prefix(b"\0")
}
