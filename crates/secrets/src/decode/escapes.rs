//! Text whose characters are written as escapes: `%5F` (RFC 3986 §2.1), `\u005f` (RFC 8259 §7), `\x5f`,
//! `&#95;` (HTML), `:\/\/`. Only around escapes for characters that tokens and URLs are made of is text
//! looked at again, without them.

use super::{
    encodings::{Ground, KEPT, Piece},
    outlet::{Bond, Inside, Nested, Origin, Outlet, Scale, Step},
};
use crate::{context::Context, hit::Proof, place::Place};

/// Bytes that are looked at behind an escape.
const BEHIND: usize = 512;

/// Bytes that are looked at together.
const LONGEST: usize = 16 * 1024;

/// Bytes of the longest escape: `&#x0005f;`.
const ESCAPE: usize = 10;

/// Text around escapes, as it passes.
#[derive(Default)]
pub(super) struct Escapes<'s> {
    outlet: Outlet<'s>,
    /// The text as it is written; empty while there is no escape near.
    window: Vec<u8>,
    at: u64,
    place: Place,
    /// Bytes of the window behind its last escape.
    behind: usize,
    plain: Vec<u8>,
    /// Where escapes end: in the plain text, and as it is written.
    ends: Vec<(usize, usize)>,
}

impl<'s> Escapes<'s> {
    pub(super) fn reset(&mut self) {
        self.outlet.drop_scan();
        self.window.clear();
    }

    /// Takes the next bytes of a text.
    pub(super) fn feed(&mut self, piece: &Piece<'_>, ground: &mut Ground<'_, 's>) {
        let mut from = 0;
        if self.window.is_empty() && straddles(piece) {
            self.begin(piece, 0);
        }
        for at in memchr::memchr3_iter(b'%', b'\\', b'&', piece.bytes) {
            let rest = piece.bytes.get(at..).unwrap_or_default();
            let before = at.checked_sub(1).and_then(|at| piece.bytes.get(at));
            if !is_telling(before.or(piece.before.last()), rest) {
                continue;
            }
            from = self.follow(piece.bytes, from, at, ground);
            if self.window.is_empty() {
                self.begin(piece, at);
                from = at;
            }
            self.behind = 0;
            if self.window.len() >= LONGEST {
                self.end(ground);
                self.begin(piece, at);
                from = at;
            }
        }
        self.follow(piece.bytes, from, piece.bytes.len(), ground);
    }

    /// Ends the text.
    pub(super) fn end(&mut self, ground: &mut Ground<'_, 's>) {
        if self.window.is_empty() {
            return;
        }
        self.undo();
        let origin = Origin {
            step: Step::Escapes,
            scale: Scale::None,
            at: self.at,
            place: None,
        };
        self.outlet.open(ground.depth, origin, Context::File(b""));
        let mut found = Inside::default();
        self.outlet.feed(ground.work, &self.plain);
        self.outlet.close_with(ground.work, &mut found, 0, |hit| {
            hit.within.is_empty() && hit.proof > Proof::Name
        });
        for nested in found.hits {
            self.report(nested, ground);
        }
        self.window.clear();
    }

    /// Begins a window some way before the byte at `at`.
    fn begin(&mut self, piece: &Piece<'_>, at: usize) {
        let (near, back) = if let Some(far) = at.checked_sub(KEPT) {
            (piece.bytes.get(far..at).unwrap_or_default(), KEPT)
        } else {
            self.window.extend_from_slice(piece.before);
            let near = piece.bytes.get(..at).unwrap_or_default();
            (near, piece.before.len() + at)
        };
        self.window.extend_from_slice(near);
        self.at = piece
            .at
            .saturating_add(at as u64)
            .saturating_sub(back as u64);
        self.place = piece.place(at, back);
        self.behind = 0;
    }

    /// Takes the bytes up to an escape at `to`, or those that are near the one before; where it is.
    fn follow(
        &mut self,
        bytes: &[u8],
        from: usize,
        to: usize,
        ground: &mut Ground<'_, 's>,
    ) -> usize {
        if self.window.is_empty() {
            return to;
        }
        let next = bytes.get(from..to).unwrap_or_default();
        let room = BEHIND.saturating_sub(self.behind);
        let near = next.get(..room).unwrap_or(next);
        self.window.extend_from_slice(near);
        self.behind += near.len();
        if self.behind >= BEHIND {
            self.end(ground);
        }
        to
    }

    /// Makes the plain text of the window.
    fn undo(&mut self) {
        self.plain.clear();
        self.ends.clear();
        let mut from = 0;
        for at in memchr::memchr3_iter(b'%', b'\\', b'&', &self.window) {
            let rest = self.window.get(at..).unwrap_or_default();
            let Some((char, length)) = escape(rest).filter(|_| at >= from) else {
                continue;
            };
            self.plain
                .extend_from_slice(self.window.get(from..at).unwrap_or_default());
            self.plain.push(char);
            from = at + length;
            self.ends.push((self.plain.len(), from));
        }
        self.plain
            .extend_from_slice(self.window.get(from..).unwrap_or_default());
    }

    /// Where in the window a byte of the plain text is written.
    fn written(&self, plain: u64) -> usize {
        let plain = usize::try_from(plain).unwrap_or(usize::MAX);
        let after = self.ends.partition_point(|(end, _)| *end <= plain);
        match after.checked_sub(1).and_then(|last| self.ends.get(last)) {
            Some((end, written)) => written + (plain - end),
            None => plain,
        }
    }

    /// Tells of a hit where it is written.
    fn report(&self, mut nested: Nested, ground: &mut Ground<'_, 's>) {
        let hit = &mut nested.hit;
        let begin = self.written(hit.offset);
        let end = self.written(hit.offset.saturating_add(hit.length));
        let mut place = self.place.clone();
        place.advance(self.window.get(..begin).unwrap_or_default());
        (hit.line, hit.column) = place.line_and_column().unzip();
        hit.offset = self.at.saturating_add(begin as u64);
        hit.outer_offset = hit.offset;
        hit.length = end.saturating_sub(begin) as u64;
        nested.span = hit.offset..hit.offset.saturating_add(hit.length);
        nested.bond = Bond::View;
        ground.inside.add(nested);
    }
}

/// Whether an escape that tells something lies across the end of the bytes before.
fn straddles(piece: &Piece<'_>) -> bool {
    let near = piece.before.len().saturating_sub(ESCAPE);
    let near = piece.before.get(near..).unwrap_or_default();
    let next = piece.bytes.get(..ESCAPE).unwrap_or(piece.bytes);
    let joined = [near, next].concat();
    memchr::memchr3_iter(b'%', b'\\', b'&', near).any(|at| {
        let before = at.checked_sub(1).and_then(|at| joined.get(at));
        is_telling(before, joined.get(at..).unwrap_or_default())
    })
}

/// Whether an escape begins here that may hide a token: one for a character that tokens are made of.
fn is_telling(before: Option<&u8>, rest: &[u8]) -> bool {
    match escape(rest) {
        Some((b'/', 2)) => before == Some(&b':'),
        Some((char, length)) => {
            length > 2 && (char.is_ascii_alphanumeric() || b"_-.:/@+=$".contains(&char))
        }
        None => false,
    }
}

/// The character that an escape stands for, if it is in ASCII, and its length.
fn escape(bytes: &[u8]) -> Option<(u8, usize)> {
    let (value, length) = match bytes {
        [b'%', a, b, ..] => (hex(&[*a, *b])?, 3),
        [b'\\', b'u', a, b, c, d, ..] => (hex(&[*a, *b, *c, *d])?, 6),
        [b'\\', b'x', a, b, ..] => (hex(&[*a, *b])?, 4),
        [b'\\', char @ (b'/' | b'"'), ..] => (u32::from(*char), 2),
        [b'&', b'#', b'x' | b'X', rest @ ..] => {
            let digits = length_of(rest, u8::is_ascii_hexdigit)?;
            (hex(rest.get(..digits)?)?, digits + 4)
        }
        [b'&', b'#', rest @ ..] => {
            let digits = length_of(rest, u8::is_ascii_digit)?;
            let text = str::from_utf8(rest.get(..digits)?).ok()?;
            (text.parse().ok()?, digits + 3)
        }
        [b'&', b'a', b'm', b'p', b';', ..] => (u32::from(b'&'), 5),
        [b'&', b'q', b'u', b'o', b't', b';', ..] => (u32::from(b'"'), 6),
        _ => return None,
    };
    let char = u8::try_from(value).ok()?;
    (char == b'\t' || char == b'\n' || matches!(char, b' '..=b'~')).then_some((char, length))
}

/// Digits up to a semicolon.
fn length_of(bytes: &[u8], is_digit: fn(&u8) -> bool) -> Option<usize> {
    let digits = bytes.iter().take(6).take_while(|b| is_digit(b)).count();
    (digits > 0 && bytes.get(digits) == Some(&b';')).then_some(digits)
}

fn hex(digits: &[u8]) -> Option<u32> {
    digits.iter().try_fold(0, |value, &b| {
        Some(value << 4 | char::from(b).to_digit(16)?)
    })
}
