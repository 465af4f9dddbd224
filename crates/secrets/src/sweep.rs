//! The pass over all bytes: anchors, then what the detectors say of the bytes around them.
//!
//! Whatever way a file was cut into chunks, each anchor is judged by the same bytes: as many before
//! and after it as its detector asks for, fewer only at the ends of the file. So nothing depends on
//! the cut, and no more than those are ever carried from chunk to chunk.

use crate::{
    anchors::{Anchored, Anchors},
    context::Context,
    detector::{Candidate, Compiled, Detector, Found, Opinion},
    place::Place,
};

/// Bytes behind a detector's reach that may hold a mark that allows the secret.
const MARK_REACH: usize = 160;

/// Bytes whose anchors are collected at a time.
const BLOCK: usize = 64 * 1024;

/// Detectors with their anchors, prepared once.
#[derive(Debug)]
pub(crate) struct Detectors {
    list: Vec<(&'static Detector, Compiled)>,
    anchors: Anchors,
    /// The detectors of each anchor, by their place in the list.
    of_anchor: Vec<Vec<usize>>,
    before: usize,
    after: usize,
}

impl Detectors {
    pub(crate) fn new(list: Vec<&'static Detector>) -> Self {
        let mut pairs: Vec<(&'static [u8], usize)> = list
            .iter()
            .enumerate()
            .flat_map(|(at, detector)| detector.anchors.iter().map(move |a| (a.as_bytes(), at)))
            .collect();
        pairs.sort_unstable();
        let mut anchors: Vec<&'static [u8]> = Vec::new();
        let mut of_anchor: Vec<Vec<usize>> = Vec::new();
        for (anchor, detector) in pairs {
            if anchors.last() != Some(&anchor) {
                anchors.push(anchor);
                of_anchor.push(Vec::new());
            }
            if let Some(detectors) = of_anchor.last_mut() {
                detectors.push(detector);
            }
        }
        let anchors = Anchors::new(&anchors);
        let after = list
            .iter()
            .map(|detector| detector.after)
            .max()
            .unwrap_or(0);
        Self {
            before: list
                .iter()
                .map(|detector| detector.before)
                .max()
                .unwrap_or(0),
            after: after.max(anchors.longest()).saturating_add(MARK_REACH),
            list: list
                .into_iter()
                .map(|detector| (detector, Compiled::default()))
                .collect(),
            anchors,
            of_anchor,
        }
    }
}

impl Detectors {
    /// All of them.
    pub(crate) fn iter(&self) -> impl Iterator<Item = &'static Detector> {
        self.list.iter().map(|(detector, _)| *detector)
    }
}

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
    /// Nothing more can be judged before there are bytes up to this offset.
    wanted: u64,
    /// Not after the earliest byte that can still be part of a secret.
    place: Place,
    found: Vec<Anchored>,
}

impl Sweep {
    /// Bytes held.
    #[cfg(test)]
    pub(crate) fn carried(&self) -> usize {
        self.carry.len()
    }

    /// Begins another file.
    pub(crate) fn reset(&mut self) {
        self.carry.clear();
        (self.begin, self.judged, self.wanted) = (0, 0, 0);
        self.place = Place::default();
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
        let seam = detectors.before + detectors.after;
        let mut bytes = bytes;
        if !carry.is_empty() {
            let (near, _) = bytes.split_at_checked(seam).unwrap_or((bytes, &[]));
            let old = carry.len();
            carry.extend_from_slice(near);
            self.sweep(detectors, context, &carry, false, report);
            let fits = near.len() == bytes.len();
            let done = self.passed(detectors, carry.len());
            if fits || done < old {
                // Without the whole of `bytes` in it, the carry has a seam's worth of them, so all of
                // the old ones were passed.
                carry.drain(..done);
                self.begin = self.begin.saturating_add(done as u64);
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
        let judged = usize::try_from(self.judged.saturating_sub(self.begin)).unwrap_or(length);
        judged.min(length).saturating_sub(detectors.before)
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
        let from = usize::try_from(self.judged.saturating_sub(self.begin)).unwrap_or(window.len());
        let mut found = std::mem::take(&mut self.found);
        let mut judged = window.len();
        if !last {
            judged = judged.saturating_sub(detectors.anchors.longest().saturating_sub(1));
        }
        let mut block = from..from;
        'blocks: while block.end < judged {
            block = block.end..block.end.saturating_add(BLOCK).min(judged);
            detectors.anchors.find(window, block.clone(), &mut found);
            for Anchored { at, anchor } in &found {
                let of_anchor = detectors.of_anchor.get(*anchor);
                let of_anchor = of_anchor.map_or(&[][..], Vec::as_slice);
                for (detector, _) in of_anchor.iter().filter_map(|at| detectors.list.get(*at)) {
                    let reach = at.saturating_add(detector.after.saturating_add(MARK_REACH));
                    if !last && reach > window.len() {
                        judged = *at;
                        self.wanted = self.begin.saturating_add(reach as u64);
                        break 'blocks;
                    }
                }
                for detector in of_anchor.iter().filter_map(|at| detectors.list.get(*at)) {
                    self.judge(detector, context, window, *at, detectors.before, report);
                }
            }
        }
        self.found = found;
        self.judged = self.judged.max(self.begin.saturating_add(judged as u64));
        self.advance(window, judged.saturating_sub(detectors.before));
    }

    fn judge(
        &mut self,
        (detector, compiled): &(&'static Detector, Compiled),
        context: Context<'_>,
        window: &[u8],
        at: usize,
        most_before: usize,
        report: &mut dyn Report,
    ) {
        self.advance(window, at.saturating_sub(most_before));
        let begin = at.saturating_sub(detector.before);
        let end = at.saturating_add(detector.after).min(window.len());
        let mut place = self.place.clone();
        let gone = usize::try_from(place.offset.saturating_sub(self.begin)).unwrap_or(begin);
        place.advance(window.get(gone..begin).unwrap_or_default());
        let near = window.get(begin..end).unwrap_or_default();
        let at = at - begin;
        let candidate = Candidate {
            window: near,
            at,
            binary: place.is_binary() || near.iter().take(at).any(|&b| b == 0),
            context,
        };
        match detector.judge(&candidate, compiled) {
            Opinion::Nothing => {}
            Opinion::Wrong => report.wrong(),
            Opinion::Secret(found) => {
                let end = end.saturating_add(MARK_REACH).min(window.len());
                let window = window.get(begin..end).unwrap_or_default();
                report.secret(detector.id, found, window, &place);
            }
        }
    }

    /// Moves the place on to `to` in the window, never back.
    fn advance(&mut self, window: &[u8], to: usize) {
        let gone = usize::try_from(self.place.offset.saturating_sub(self.begin)).unwrap_or(to);
        self.place.advance(window.get(gone..to).unwrap_or_default());
    }
}
