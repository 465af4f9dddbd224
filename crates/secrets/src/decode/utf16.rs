//! UTF-16: whole files that begin with a byte order mark, and runs of ASCII with a zero byte after each
//! character anywhere, as programs for Windows and the registry hold them.
//!
//! Each unit becomes one byte, so offsets stay simple; what is not ASCII becomes a question mark, since
//! no token has any.

use super::{
    encodings::{Ground, Piece},
    outlet::{Origin, Outlet, Scale, Step},
};
use crate::context::Context;

/// Characters that a run must have.
const SHORTEST: usize = 16;

/// Bytes before a piece in which a run may have begun without being long enough yet.
const BACK: usize = 2 * SHORTEST;

/// Characters passed on at a time.
const OUTPUT: usize = 4096;

/// UTF-16 text as its bytes pass.
#[derive(Default)]
pub(super) struct Utf16<'s> {
    outlet: Outlet<'s>,
    state: State,
    output: Vec<u8>,
    joined: Vec<u8>,
}

#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
enum State {
    #[default]
    Idle,
    /// In a run, before a character or before a zero.
    Run { zero: bool },
    /// In a file with a byte order mark, behind the first byte of a unit.
    Whole { big: bool, first: Option<u8> },
}

/// The odd ones of sixteen bytes.
const ODD: u128 = 0xff00_ff00_ff00_ff00_ff00_ff00_ff00_ff00;

fn is_text(byte: u8) -> bool {
    matches!(byte, b'\t' | b'\n' | b'\r' | b' '..=b'~')
}

impl<'s> Utf16<'s> {
    pub(super) fn reset(&mut self) {
        self.outlet.drop_scan();
        self.state = State::Idle;
        self.output.clear();
    }

    pub(super) fn feed(&mut self, piece: &Piece<'_>, ground: &mut Ground<'_, 's>) {
        let mut bytes = piece.bytes;
        if piece.at == 0 {
            let big = match bytes {
                [0xff, 0xfe, 0, 0, ..] => None, // UTF-32
                [0xff, 0xfe, ..] => Some(false),
                [0xfe, 0xff, ..] => Some(true),
                _ => None,
            };
            if let Some(big) = big {
                self.open(2, ground);
                self.state = State::Whole { big, first: None };
                bytes = bytes.get(2..).unwrap_or_default();
            }
        }
        if let State::Whole { big, first } = self.state {
            self.whole(bytes, big, first, ground);
            return;
        }
        if self.state == State::Idle && continues(bytes) {
            let mut joined = std::mem::take(&mut self.joined);
            let back = piece.before.len().min(BACK);
            joined.clear();
            joined.extend_from_slice(piece.before.get(piece.before.len() - back..).unwrap_or(&[]));
            joined.extend_from_slice(bytes);
            self.runs(&joined, piece.at.saturating_sub(back as u64), ground);
            self.joined = joined;
        } else {
            self.runs(bytes, piece.at, ground);
        }
    }

    /// Ends a run, or the file.
    pub(super) fn end(&mut self, ground: &mut Ground<'_, 's>) {
        self.flush(ground);
        self.outlet.close(ground.work, ground.inside, 0);
        self.state = State::Idle;
    }

    fn open(&mut self, at: u64, ground: &mut Ground<'_, 's>) {
        let from_start = at <= 2;
        let origin = Origin {
            step: Step::Utf16,
            scale: Scale::Half,
            at,
            place: from_start.then_some((1, 1)),
        };
        let context = if from_start {
            ground.context
        } else {
            Context::File(b"")
        };
        self.output.clear();
        self.outlet.open(ground.depth, origin, context);
    }

    fn push(&mut self, byte: u8, ground: &mut Ground<'_, 's>) {
        self.output.push(byte);
        if self.output.len() >= OUTPUT {
            self.flush(ground);
        }
    }

    fn flush(&mut self, ground: &mut Ground<'_, 's>) {
        if !self.output.is_empty() {
            self.outlet.feed(ground.work, &self.output);
        }
        self.output.clear();
    }

    fn whole(
        &mut self,
        bytes: &[u8],
        big: bool,
        mut first: Option<u8>,
        ground: &mut Ground<'_, 's>,
    ) {
        for &byte in bytes {
            let Some(before) = first.take() else {
                first = Some(byte);
                continue;
            };
            let (low, high) = if big { (byte, before) } else { (before, byte) };
            self.push(if high == 0 && low < 0x80 { low } else { b'?' }, ground);
        }
        self.state = State::Whole { big, first };
    }

    fn runs(&mut self, bytes: &[u8], at: u64, ground: &mut Ground<'_, 's>) {
        let mut from = 0;
        loop {
            if let State::Run { zero } = self.state {
                from = self.run(bytes, from, zero, ground);
                if from >= bytes.len() {
                    return;
                }
                self.end(ground);
            }
            let Some(start) = find(bytes, from) else {
                return;
            };
            from = start;
            self.open(at.saturating_add(start as u64), ground);
            self.state = State::Run { zero: false };
        }
    }

    /// Takes the characters of a run from `from` on, up to the end that is returned.
    fn run(
        &mut self,
        bytes: &[u8],
        from: usize,
        mut zero: bool,
        ground: &mut Ground<'_, 's>,
    ) -> usize {
        for (at, &byte) in bytes.iter().enumerate().skip(from) {
            match zero {
                true if byte == 0 => {}
                false if is_text(byte) => self.push(byte, ground),
                _ => return at,
            }
            zero = !zero;
        }
        self.state = State::Run { zero };
        bytes.len()
    }
}

/// Whether a run may go on from before into these bytes.
fn continues(bytes: &[u8]) -> bool {
    match bytes {
        [0, a, 0, ..] | [a, 0, ..] => is_text(*a),
        _ => false,
    }
}

/// Where the first run of enough characters begins.
fn find(bytes: &[u8], from: usize) -> Option<usize> {
    let mut floor = from;
    let (groups, _) = bytes.get(from..)?.as_chunks::<16>();
    for (at, group) in groups.iter().enumerate() {
        let group = u128::from_le_bytes(*group);
        let parity = match group {
            0 => continue,
            _ if group & ODD == 0 => 0,
            _ if group & !ODD == 0 => 1,
            _ => continue,
        };
        let here = from + at * 16;
        if here + parity < floor || !is_text(*bytes.get(here + parity)?) {
            continue;
        }
        let start = begin(bytes, here + parity, floor);
        let end = finish(bytes, start);
        if (end - start).div_ceil(2) >= SHORTEST {
            return Some(start);
        }
        floor = end;
    }
    None
}

/// The first character of the run that has one at `at`.
fn begin(bytes: &[u8], at: usize, floor: usize) -> usize {
    let mut start = at;
    while let Some(before) = start.checked_sub(2).filter(|before| *before >= floor)
        && let Some([char, 0]) = bytes.get(before..start)
        && is_text(*char)
    {
        start = before;
    }
    start
}

/// Behind the last byte of the run that begins at `start`.
fn finish(bytes: &[u8], start: usize) -> usize {
    let (units, rest) = bytes.get(start..).unwrap_or_default().as_chunks::<2>();
    let whole = units
        .iter()
        .take_while(|[char, zero]| is_text(*char) && *zero == 0)
        .count();
    let next = units
        .get(whole)
        .map(|[char, _]| *char)
        .or(rest.first().copied());
    start + 2 * whole + usize::from(next.is_some_and(is_text))
}
