//! Encoded text among the bytes that belong to no container.

use super::{
    base64::Base64,
    escapes::Escapes,
    outlet::{Depth, Inside, Work},
    utf16::Utf16,
};
use crate::{context::Context, place::Place};

/// Bytes before those at hand that are kept.
pub(super) const KEPT: usize = 256;

/// The decoders of encoded text.
#[derive(Default)]
pub(super) struct Encodings<'s> {
    base64: Base64<'s>,
    escapes: Escapes<'s>,
    utf16: Utf16<'s>,
    /// The bytes before.
    kept: Vec<u8>,
    /// Where those begin.
    place: Place,
}

/// What the decoders of encoded text work with.
pub(super) struct Ground<'a, 's> {
    pub(super) work: &'a mut Work<'s>,
    pub(super) inside: &'a mut Inside,
    pub(super) depth: Depth,
    pub(super) context: Context<'a>,
}

/// Some bytes, what came before them, and where that is.
pub(super) struct Piece<'a> {
    pub(super) bytes: &'a [u8],
    /// Offset of the bytes.
    pub(super) at: u64,
    /// At most [`KEPT`] bytes.
    pub(super) before: &'a [u8],
    place: &'a Place,
}

impl Piece<'_> {
    /// The place of the byte at `at`, or of one so many before.
    pub(super) fn place(&self, at: usize, back: usize) -> Place {
        let mut place = self.place.clone();
        let kept = self.before.len().saturating_add(at).saturating_sub(back);
        let (before, after) = (
            kept.min(self.before.len()),
            kept.saturating_sub(self.before.len()),
        );
        place.advance(self.before.get(..before).unwrap_or_default());
        place.advance(self.bytes.get(..after).unwrap_or_default());
        place
    }

    /// Whether lines mean something here.
    pub(super) fn is_text(&self) -> bool {
        self.place.line_and_column().is_some()
            && memchr::memchr(0, self.before).is_none()
            && memchr::memchr(0, self.bytes).is_none()
    }
}

impl<'s> Encodings<'s> {
    /// Begins another file.
    pub(super) fn reset(&mut self) {
        self.base64.reset();
        self.escapes.reset();
        self.utf16.reset();
        self.kept.clear();
        self.place = Place::default();
    }

    /// Takes the next bytes, which begin at offset `at`.
    pub(super) fn feed(&mut self, bytes: &[u8], at: u64, ground: &mut Ground<'_, 's>) {
        if bytes.is_empty() {
            return;
        }
        let piece = Piece {
            bytes,
            at,
            before: &self.kept,
            place: &self.place,
        };
        let text = piece.is_text();
        if !text {
            self.utf16.feed(&piece, ground);
        }
        self.base64.feed(&piece, ground);
        if text {
            self.escapes.feed(&piece, ground);
        } else {
            self.escapes.end(ground);
        }
        self.keep(bytes);
    }

    /// Passes over bytes that a container has taken.
    pub(super) fn skip(&mut self, bytes: &[u8], ground: &mut Ground<'_, 's>) {
        self.end(ground);
        self.place.advance(&self.kept);
        self.place.advance(bytes);
        self.kept.clear();
    }

    /// Ends what goes on to the last byte.
    pub(super) fn end(&mut self, ground: &mut Ground<'_, 's>) {
        self.base64.end(ground);
        self.escapes.end(ground);
        self.utf16.end(ground);
    }

    fn keep(&mut self, bytes: &[u8]) {
        let leave = bytes.len().saturating_sub(KEPT);
        let (leaving, staying) = bytes.split_at_checked(leave).unwrap_or_default();
        let old = (self.kept.len() + staying.len()).saturating_sub(KEPT);
        self.place.advance(self.kept.get(..old).unwrap_or_default());
        self.place.advance(leaving);
        self.kept.drain(..old);
        self.kept.extend_from_slice(staying);
    }
}
