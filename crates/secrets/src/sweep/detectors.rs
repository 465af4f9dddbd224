//! Detectors with their anchors, prepared once.

use super::MARK_REACH;
use crate::{
    anchors::Anchors,
    detector::{Compiled, Detector},
};

#[derive(Debug)]
pub(crate) struct Detectors {
    pub(super) list: Vec<(&'static Detector, Compiled)>,
    pub(super) anchors: Anchors,
    of_anchor: Vec<OfAnchor>,
    /// The most bytes that any looks at before an anchor.
    pub(super) before: usize,
    /// The most bytes that any needs from an anchor on, with what may hold a mark behind them.
    pub(super) after: usize,
}

/// What to do at an anchor.
#[derive(Debug, Default)]
struct OfAnchor {
    /// Its detectors, by their place in the list.
    detectors: Vec<usize>,
    /// The most bytes that one of them looks at.
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
        pairs.dedup();
        let mut anchors: Vec<&'static [u8]> = Vec::new();
        let mut of_anchor: Vec<OfAnchor> = Vec::new();
        for (anchor, detector) in pairs {
            if anchors.last() != Some(&anchor) {
                anchors.push(anchor);
                of_anchor.push(OfAnchor::default());
            }
            if let (Some(of), Some(row)) = (of_anchor.last_mut(), list.get(detector)) {
                of.detectors.push(detector);
                of.after = of.after.max(row.after);
            }
        }
        let most = |bytes: fn(&Detector) -> usize| list.iter().map(|row| bytes(row)).max();
        let anchors = Anchors::new(&anchors);
        let after = most(|row| row.after).unwrap_or(0).max(anchors.longest());
        Self {
            before: most(|row| row.before).unwrap_or(0),
            after: after.saturating_add(MARK_REACH),
            list: list
                .into_iter()
                .map(|detector| (detector, Compiled::default()))
                .collect(),
            anchors,
            of_anchor,
        }
    }

    /// All of them.
    pub(crate) fn iter(&self) -> impl Iterator<Item = &'static Detector> {
        self.list.iter().map(|(detector, _)| *detector)
    }

    /// Those that look at an anchor, by their place in the list.
    pub(super) fn of(&self, anchor: usize) -> &[usize] {
        self.of_anchor.get(anchor).map_or(&[], |of| &of.detectors)
    }

    /// The most bytes that they look at from it on.
    pub(super) fn reach(&self, anchor: usize) -> usize {
        self.of_anchor.get(anchor).map_or(0, |of| of.after)
    }
}
