//! Runs of base64 (RFC 4648 §4 and §5), on one line or wrapped over many with indentation or `\n`.
//!
//! Most runs of these characters are words, paths and digests. A run is decoded if it begins as text,
//! as a compressed stream, or if it is long and mixed enough to be nothing else.

use super::{
    encodings::{Ground, Piece},
    limits::Cut,
    outlet::{Origin, Outlet, Scale, Step},
};
use crate::{
    context::Context,
    hit::{Hit, Proof},
};

/// Characters of the shortest run that is decoded.
const SHORTEST: usize = 24;

/// Characters by which a run is judged.
const JUDGED: usize = 64;

/// Characters that the lines of a wrapped run have at least.
const SHORTEST_LINE: usize = 40;

/// Blanks between two lines of a run, at most.
const LONGEST_GAP: usize = 128;

/// Decoded bytes passed on at a time.
const OUTPUT: usize = 3072;

/// Stands for a byte that is no digit.
const NONE: u8 = 0xff;

/// What each byte stands for, in both alphabets.
static DIGITS: [u8; 256] = digits();

#[expect(
    clippy::indexing_slicing,
    clippy::cast_possible_truncation,
    reason = "a table of all bytes, made when compiling"
)]
const fn digits() -> [u8; 256] {
    let mut table = [NONE; 256];
    let alphabet = b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/-_";
    let mut at = 0;
    while at < alphabet.len() {
        let value = if at < 64 { at } else { at - 2 };
        table[alphabet[at] as usize] = value as u8;
        at += 1;
    }
    table
}

fn digit(byte: u8) -> Option<u8> {
    DIGITS
        .get(usize::from(byte))
        .copied()
        .filter(|&digit| digit != NONE)
}

/// The same without a table.
#[expect(clippy::needless_bitwise_bool, reason = "branches would be slower")]
fn is_digit(b: u8) -> bool {
    let letter = (b | 0x20).wrapping_sub(b'a') < 26;
    let other = (b.wrapping_sub(b'-') < 13) & (b != b'.');
    letter | other | (b == b'+') | (b == b'_')
}

/// Base64 as its bytes pass.
#[derive(Default)]
pub(super) struct Base64<'s> {
    outlet: Outlet<'s>,
    state: State,
    gap: Option<Gap>,
    /// The first characters of a run that is not judged yet.
    head: Vec<u8>,
    armoured: bool,
    at: u64,
    place: Option<(u64, u64)>,
    /// Characters in the line so far.
    line: usize,
    bits: u32,
    digits: u8,
    output: Vec<u8>,
    binary: bool,
}

#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
enum State {
    #[default]
    Idle,
    /// Not judged yet.
    Held,
    Open,
    /// Nothing to decode.
    Dull,
}

/// Between two lines of a run.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
struct Gap {
    length: usize,
    newline: bool,
    escape: bool,
}

impl Gap {
    /// Takes a byte; says whether it may be part of a gap.
    fn take(&mut self, byte: u8) -> bool {
        self.length += 1;
        let fits = match (self.escape, byte) {
            (true, b'n') | (false, b'\n') => !std::mem::replace(&mut self.newline, true),
            (true, b'r' | b't') | (false, b'\r' | b' ' | b'\t' | b'\\') => true,
            _ => false,
        };
        self.escape = !self.escape && byte == b'\\';
        fits && self.length <= LONGEST_GAP
    }
}

/// What the first characters of a run are.
enum Judgement {
    /// Text, once so many of them are left out.
    Text(usize),
    Binary,
    Dull,
}

impl<'s> Base64<'s> {
    pub(super) fn reset(&mut self) {
        self.outlet.drop_scan();
        self.forget();
    }

    pub(super) fn feed(&mut self, piece: &Piece<'_>, ground: &mut Ground<'_, 's>) {
        let bytes = piece.bytes;
        let mut from = 0;
        while from < bytes.len() {
            if self.state == State::Idle {
                let Some(start) = find(bytes, from) else {
                    return;
                };
                self.begin(piece, start);
                from = start;
            }
            from = self.run(bytes, from, ground);
        }
    }

    /// Ends a run.
    pub(super) fn end(&mut self, ground: &mut Ground<'_, 's>) {
        if self.state == State::Held {
            self.judge(ground);
        }
        if self.state == State::Open {
            match (self.digits, self.bits) {
                (2, bits) => self
                    .output
                    .extend(bits.to_be_bytes().get(2).map(|_| low(bits >> 4))),
                (3, bits) => self.output.extend([low(bits >> 10), low(bits >> 2)]),
                _ => {}
            }
            self.flush(ground);
        }
        let binary = self.binary;
        let keep = |hit: &Hit| !binary || hit.proof > Proof::Name;
        self.outlet
            .close_with(ground.work, ground.inside, self.at, keep);
        self.forget();
    }

    fn forget(&mut self) {
        self.state = State::Idle;
        self.gap = None;
        self.head.clear();
        self.output.clear();
        (self.line, self.bits, self.digits) = (0, 0, 0);
    }

    fn begin(&mut self, piece: &Piece<'_>, start: usize) {
        self.state = State::Held;
        self.at = piece.at.saturating_add(start as u64);
        self.place = piece.place(start, 0).line_and_column();
        self.armoured = is_armoured(piece.before, piece.bytes.get(..start).unwrap_or_default());
    }

    /// Takes the characters of a run from `from` on; where it ends.
    fn run(&mut self, bytes: &[u8], from: usize, ground: &mut Ground<'_, 's>) -> usize {
        let rest = bytes.get(from..).unwrap_or_default();
        for (at, &byte) in rest.iter().enumerate() {
            if let Some(gap) = &mut self.gap {
                // In `\n`, the letter is a digit too.
                if gap.escape || digit(byte).is_none() || !gap.newline {
                    if !gap.take(byte) {
                        self.end(ground);
                        return from + at;
                    }
                    continue;
                }
                self.gap = None;
                self.line = 0;
            }
            if let Some(digit) = digit(byte) {
                self.line = self.line.saturating_add(1);
                self.take(byte, digit, ground);
                continue;
            }
            let mut gap = Gap::default();
            let wraps = self.state != State::Dull && self.line >= SHORTEST_LINE && gap.take(byte);
            if !wraps {
                self.end(ground);
                return from + at;
            }
            self.gap = Some(gap);
        }
        bytes.len()
    }

    fn take(&mut self, byte: u8, digit: u8, ground: &mut Ground<'_, 's>) {
        match self.state {
            State::Open => self.decode(digit, ground),
            State::Held => {
                self.head.push(byte);
                if self.head.len() >= JUDGED {
                    self.judge(ground);
                }
            }
            State::Idle | State::Dull => {}
        }
    }

    fn decode(&mut self, digit: u8, ground: &mut Ground<'_, 's>) {
        self.bits = self.bits << 6 | u32::from(digit);
        self.digits += 1;
        if self.digits == 4 {
            let [_, a, b, c] = self.bits.to_be_bytes();
            self.output.extend([a, b, c]);
            (self.bits, self.digits) = (0, 0);
            if self.output.len() >= OUTPUT {
                self.flush(ground);
            }
        }
    }

    fn flush(&mut self, ground: &mut Ground<'_, 's>) {
        if !self.output.is_empty() && !self.outlet.feed(ground.work, &self.output) {
            self.state = State::Dull;
        }
        self.output.clear();
    }

    /// Decides by the first characters what a run is.
    fn judge(&mut self, ground: &mut Ground<'_, 's>) {
        self.state = State::Dull;
        if self.armoured || self.head.len() < SHORTEST {
            return;
        }
        let left_out = match judgement(&self.head) {
            Judgement::Text(left_out) => {
                self.binary = false;
                left_out
            }
            Judgement::Binary => {
                self.binary = true;
                0
            }
            Judgement::Dull => return,
        };
        let limit = ground.work.limits.base64_depth;
        if ground.depth.base64 >= limit {
            if !self.binary {
                ground.work.cut_by(Cut::Base64Depth(limit));
            }
            return;
        }
        let origin = Origin {
            step: Step::Base64,
            scale: Scale::None,
            at: self.at,
            place: self.place,
        };
        self.outlet.open(ground.depth, origin, Context::File(b""));
        self.state = State::Open;
        let head = std::mem::take(&mut self.head);
        for &byte in head.get(left_out..).unwrap_or_default() {
            self.decode(digit(byte).unwrap_or_default(), ground);
        }
        self.head = head;
        self.head.clear();
    }
}

fn low(bits: u32) -> u8 {
    let [.., low] = bits.to_be_bytes();
    low
}

fn judgement(head: &[u8]) -> Judgement {
    let is_text = |b: u8| matches!(b, b'\t' | b'\n' | b'\r' | b' '..=b'~');
    if let Some(left_out) = (0..4).find(|left_out| decoded(head, *left_out).all(is_text)) {
        return Judgement::Text(left_out);
    }
    let mut zero = true;
    let wide = decoded(head, 0).all(|b| {
        zero = !zero;
        if zero { b == 0 } else { is_text(b) }
    });
    let mut start = [0; 6];
    for (to, from) in start.iter_mut().zip(decoded(head, 0)) {
        *to = from;
    }
    let packed = matches!(
        start,
        [0x1f, 0x8b, 8, ..]
            | [b'P', b'K', 3, 4, ..]
            | [b'B', b'Z', b'h', b'1'..=b'9', ..]
            | [0xfd, b'7', b'z', b'X', b'Z', ..]
            | [0x28, 0xb5, 0x2f, 0xfd, ..]
            | [0x78, 0x9c | 0xda, ..]
    );
    let any = |is: fn(&u8) -> bool| head.iter().any(is);
    let mixed = any(u8::is_ascii_uppercase)
        && any(|b| matches!(b, b'g'..=b'z'))
        && any(u8::is_ascii_digit)
        && !head.windows(5).any(|dashes| dashes == b"-----");
    if wide || packed || (mixed && head.len() >= JUDGED) {
        Judgement::Binary
    } else {
        Judgement::Dull
    }
}

/// The first bytes that a run stands for, without its first characters.
fn decoded(head: &[u8], left_out: usize) -> impl Iterator<Item = u8> {
    let (quads, _) = head.get(left_out..).unwrap_or_default().as_chunks::<4>();
    quads.iter().take(8).flat_map(|quad| {
        let bits = quad.iter().fold(0, |bits, &byte| {
            bits << 6 | u32::from(digit(byte).unwrap_or_default())
        });
        let [_, a, b, c] = bits.to_be_bytes();
        [a, b, c]
    })
}

/// Whether the bytes before a run end in the marker of a PEM block: that is read by those who know keys.
fn is_armoured(before: &[u8], bytes: &[u8]) -> bool {
    let all = before.iter().chain(bytes);
    let mut blanks = all
        .rev()
        .take(LONGEST_GAP)
        .skip_while(|b| matches!(b, b'\n' | b'\r' | b' ' | b'\t' | b'\\' | b'n' | b'r' | b't'));
    (0..5).all(|_| blanks.next() == Some(&b'-'))
}

/// Where the next run begins that may be long enough, or goes on to the end.
///
/// Wherever a run of [`SHORTEST`] lies, two words of eight bytes are part of it.
fn find(bytes: &[u8], from: usize) -> Option<usize> {
    let (groups, _) = bytes.get(from..)?.as_chunks::<64>();
    let mut last = 0;
    for (at, group) in groups.iter().enumerate() {
        let (words, _) = group.as_chunks::<8>();
        // No branch for a word: in text they are guessed wrong too often.
        let free = words.iter().rev().fold(0_u32, |free, word| {
            free << 1 | u32::from(!holds_a_gap(u64::from_le_bytes(*word)))
        });
        let pairs = free & (free << 1 | last);
        last = free >> 7;
        if pairs != 0
            && let Some(start) = long_run(bytes, from, from + at * group.len(), pairs)
        {
            return Some(start);
        }
    }
    // What is left is short; so is what a run at its start has before it.
    let mut start = begin(bytes, from + groups.len() * 64, from);
    while let Some(rest) = bytes.get(start..).filter(|rest| !rest.is_empty()) {
        let length = rest.iter().take_while(|b| is_digit(**b)).count();
        if length >= SHORTEST || (length > 0 && length == rest.len()) {
            return Some(start);
        }
        start += length + 1;
    }
    None
}

/// Where a long run begins that holds one of the words from `group` on that `pairs` marks, and the one
/// before it.
fn long_run(bytes: &[u8], floor: usize, group: usize, pairs: u32) -> Option<usize> {
    (0..8)
        .filter(|word| pairs >> word & 1 == 1)
        .find_map(|word| {
            let place = group + 8 * word;
            let pair = bytes.get(place.checked_sub(8)?..place + 8)?;
            if !pair.iter().all(|b| is_digit(*b)) {
                return None;
            }
            let start = begin(bytes, place, floor);
            let rest = bytes.get(start..).unwrap_or_default();
            let enough = rest.get(..SHORTEST).unwrap_or(rest);
            enough.iter().all(|b| is_digit(*b)).then_some(start)
        })
}

/// Whether one of eight bytes is less than any digit, as blanks and quotes are, or not ASCII.
fn holds_a_gap(word: u64) -> bool {
    const ONES: u64 = u64::MAX / 0xff;
    const LEAST: u64 = 0x2b; // `+`
    let less = word.wrapping_sub(ONES * LEAST);
    (less | word) & (ONES << 7) != 0
}

/// The first of the characters before `at` without a gap.
fn begin(bytes: &[u8], at: usize, floor: usize) -> usize {
    let before = bytes.get(floor..at).unwrap_or_default();
    let digits = before.iter().rev().take_while(|b| is_digit(**b)).count();
    at - digits
}
