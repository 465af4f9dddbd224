//! The pass over all bytes: anchors, then what the detectors say of the bytes around them.
//!
//! Whatever way a file was cut into chunks, each anchor is judged by the same bytes: as many before
//! and after it as its detector asks for, fewer only at the ends of the file; and in the same order.
//! So nothing depends on the cut, and no more than those are ever carried from chunk to chunk.

mod budget;
mod detectors;

use self::budget::Budget;
pub(crate) use self::detectors::Detectors;
use crate::{
    anchors::Anchored,
    context::Context,
    detector::{Candidate, Found, Opinion},
    place::Place,
};

/// Bytes behind a detector's reach that may hold a mark that allows the secret.
const MARK_REACH: usize = 160;

/// Bytes whose anchors are collected at a time.
const BLOCK: usize = 64 * 1024;

/// Small chunks are gathered up to so many bytes.
const PACE: usize = 4096;

/// Is told of each secret.
pub(crate) trait Report {
    /// `found` lies in `window`, which begins at `place`.
    fn secret(&mut self, detector: &'static str, found: Found, window: &[u8], place: &Place);

    /// A token had a wrong checksum.
    fn wrong(&mut self);
}

/// State of the pass over one file.
#[derive(Debug, Default)]
pub(crate) struct Sweep {
    /// The last bytes fed. Invariant: they begin at `begin`.
    carry: Vec<u8>,
    begin: u64,
    /// Anchors that begin before this offset were judged.
    judged: u64,
    /// Nothing more is judged before there are bytes up to this offset.
    wanted: u64,
    /// Not after the earliest byte that can still be part of a secret.
    place: Place,
    /// Up to where NUL bytes were looked for, and whether there was one.
    seen: u64,
    binary: bool,
    /// For each detector, where its last secret ends.
    covered: Vec<u64>,
    budget: Budget,
    found: Vec<Anchored>,
}

impl Sweep {
    /// Bytes held.
    #[cfg(test)]
    pub(crate) fn carried(&self) -> usize {
        self.carry.len()
    }

    /// Whether there were more anchors than are judged in one file.
    pub(crate) fn is_cut(&self) -> bool {
        self.budget.is_exhausted()
    }

    /// Begins another file.
    pub(crate) fn reset(&mut self) {
        self.carry.clear();
        (self.begin, self.judged, self.wanted) = (0, 0, 0);
        self.place = Place::default();
        (self.seen, self.binary) = (0, false);
        self.covered.clear();
        self.budget.reset();
    }

    /// Takes the next bytes.
    pub(crate) fn feed(
        &mut self,
        detectors: &Detectors,
        context: Context<'_>,
        bytes: &[u8],
        report: &mut dyn Report,
    ) {
        let mut carry = std::mem::take(&mut self.carry);
        let mut bytes = bytes;
        if !carry.is_empty() {
            let seam = detectors.before + detectors.after + PACE;
            let (near, _) = bytes.split_at_checked(seam).unwrap_or((bytes, &[]));
            let old = carry.len();
            carry.extend_from_slice(near);
            self.sweep(detectors, context, &carry, false, report);
            let done = self.passed(detectors, carry.len());
            if near.len() == bytes.len() || done < old {
                // Without the whole of `bytes` in it, the carry has a seam's worth of them, so all of
                // the old ones were passed.
                if done >= carry.len() / 2 {
                    carry.drain(..done);
                    self.begin = self.begin.saturating_add(done as u64);
                }
                self.carry = carry;
                return;
            }
            self.begin = self.begin.saturating_add(done as u64);
            bytes = bytes.get(done - old..).unwrap_or_default();
            carry.clear();
        }
        self.sweep(detectors, context, bytes, false, report);
        let done = self.passed(detectors, bytes.len());
        self.begin = self.begin.saturating_add(done as u64);
        carry.extend_from_slice(bytes.get(done..).unwrap_or_default());
        self.carry = carry;
    }

    /// Ends the file.
    pub(crate) fn finish(
        &mut self,
        detectors: &Detectors,
        context: Context<'_>,
        report: &mut dyn Report,
    ) {
        let carry = std::mem::take(&mut self.carry);
        self.sweep(detectors, context, &carry, true, report);
        self.carry = carry;
    }

    /// How many of `length` bytes from `begin` on are not needed any more.
    fn passed(&self, detectors: &Detectors, length: usize) -> usize {
        self.index(self.judged, length)
            .min(length)
            .saturating_sub(detectors.before)
    }

    /// Where in the bytes from `begin` on `offset` is; `otherwise` where no index says it.
    fn index(&self, offset: u64, otherwise: usize) -> usize {
        usize::try_from(offset.saturating_sub(self.begin)).unwrap_or(otherwise)
    }

    /// Judges what anchors `window`, which begins at `begin`, holds, as far as it reaches.
    fn sweep(
        &mut self,
        detectors: &Detectors,
        context: Context<'_>,
        window: &[u8],
        last: bool,
        report: &mut dyn Report,
    ) {
        let end = self.begin.saturating_add(window.len() as u64);
        if !last && end < self.wanted {
            return;
        }
        self.wanted = end.saturating_add(PACE as u64);
        let mut judged = window.len();
        if !last {
            judged = judged.saturating_sub(detectors.anchors.longest().saturating_sub(1));
        }
        let from = self.index(self.judged, judged);
        let mut found = std::mem::take(&mut self.found);
        let mut block = from..from;
        'blocks: while block.end < judged {
            block = block.end..block.end.saturating_add(BLOCK).min(judged);
            detectors.anchors.find(window, block.clone(), &mut found);
            for &Anchored { at, anchor } in &found {
                let reach = at.saturating_add(detectors.reach(anchor) + MARK_REACH);
                if !last && reach > window.len() {
                    judged = at;
                    self.wanted = self.begin.saturating_add(reach as u64);
                    break 'blocks;
                }
                for &detector in detectors.of(anchor) {
                    self.judge(detectors, detector, context, window, at, report);
                }
            }
        }
        self.found = found;
        self.judged = self.judged.max(self.begin.saturating_add(judged as u64));
        self.look_for_nul(window, judged);
        self.advance(window, judged.saturating_sub(detectors.before));
    }

    /// Judges one anchor, unless a secret of the detector covers it or it is one too many.
    fn judge(
        &mut self,
        detectors: &Detectors,
        detector: usize,
        context: Context<'_>,
        window: &[u8],
        at: usize,
        report: &mut dyn Report,
    ) {
        let Some((row, compiled)) = detectors.list.get(detector) else {
            return;
        };
        self.look_for_nul(window, at);
        let offset = self.begin.saturating_add(at as u64);
        let is_covered = self.covered.get(detector).is_some_and(|end| offset < *end);
        if is_covered || (row.text_only && self.binary) {
            return;
        }
        let reach = row.before.saturating_add(row.after);
        if !self.budget.allows(offset, detector, reach) {
            return;
        }
        let begin = at.saturating_sub(row.before);
        let end = at.saturating_add(row.after).min(window.len());
        let candidate = Candidate {
            window: window.get(begin..end).unwrap_or_default(),
            at: at - begin,
            binary: self.binary,
            context,
        };
        match row.judge(&candidate, compiled) {
            Opinion::Nothing => {}
            Opinion::Wrong => report.wrong(),
            Opinion::Secret(found) => {
                self.cover(detectors, detector, begin.saturating_add(found.span.end));
                self.advance(window, at.saturating_sub(detectors.before));
                let gone = self.index(self.place.offset, begin);
                let mut place = self.place.clone();
                place.advance(window.get(gone..begin).unwrap_or_default());
                let end = end.saturating_add(MARK_REACH).min(window.len());
                let window = window.get(begin..end).unwrap_or_default();
                report.secret(row.id, found, window, &place);
            }
        }
    }

    /// Notes that a secret of `detector` ends at `end` in the window.
    fn cover(&mut self, detectors: &Detectors, detector: usize, end: usize) {
        if self.covered.is_empty() {
            self.covered.resize(detectors.list.len(), 0);
        }
        let end = self.begin.saturating_add(end as u64);
        if let Some(covered) = self.covered.get_mut(detector) {
            *covered = end.max(*covered);
        }
    }

    /// Looks for NUL bytes up to `to` in the window, once at each.
    fn look_for_nul(&mut self, window: &[u8], to: usize) {
        if !self.binary {
            let rest = window
                .get(self.index(self.seen, to)..to)
                .unwrap_or_default();
            self.binary = memchr::memchr(0, rest).is_some();
        }
        self.seen = self.seen.max(self.begin.saturating_add(to as u64));
    }

    /// Moves the place on to `to` in the window, never back.
    fn advance(&mut self, window: &[u8], to: usize) {
        let gone = self.index(self.place.offset, to);
        self.place.advance(window.get(gone..to).unwrap_or_default());
    }
}

#[cfg(test)]
mod tests;
