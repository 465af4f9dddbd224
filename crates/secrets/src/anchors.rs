//! Where the anchors of the detectors stand in some bytes.
//!
//! This is the one search that every byte of an image goes through.

use memchr::memmem::Finder;

/// All anchors, prepared once.
#[derive(Debug)]
pub(crate) struct Anchors {
    finders: Vec<Finder<'static>>,
    longest: usize,
}

/// An anchor in some bytes.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) struct Anchored {
    /// Where it begins.
    pub(crate) at: usize,
    /// Which one it is, by its place in the list that [`Anchors::new`] was given.
    pub(crate) anchor: usize,
}

impl Anchors {
    pub(crate) fn new(anchors: &[&'static [u8]]) -> Self {
        Self {
            finders: anchors.iter().map(|anchor| Finder::new(*anchor)).collect(),
            longest: anchors.iter().map(|anchor| anchor.len()).max().unwrap_or(0),
        }
    }

    /// Length of the longest: one that begins later than so many bytes before an end may be cut there.
    pub(crate) fn longest(&self) -> usize {
        self.longest
    }

    /// All anchors that stand whole in `bytes`, in order, into `found`.
    pub(crate) fn find(&self, bytes: &[u8], found: &mut Vec<Anchored>) {
        found.clear();
        for (anchor, finder) in self.finders.iter().enumerate() {
            found.extend(finder.find_iter(bytes).map(|at| Anchored { at, anchor }));
        }
        found.sort_unstable();
    }
}
