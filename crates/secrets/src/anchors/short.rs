//! Anchors of two and three bytes: all of them in one vectorised search where the machine has one.

use std::ops::Range;

use aho_corasick::{
    Span,
    packed::{Config, MatchKind, Searcher},
};
use memchr::memmem::Finder;

use super::Anchored;

/// Anchors too short for the table, with their places in the list.
pub(super) struct Short {
    anchors: Vec<(usize, &'static [u8])>,
    search: Search,
}

enum Search {
    /// For any of them.
    All(Searcher),
    /// For one after the other.
    Each(Vec<Finder<'static>>),
}

impl Short {
    pub(super) fn new(anchors: impl Iterator<Item = (usize, &'static [u8])>) -> Self {
        let anchors: Vec<_> = anchors.filter(|(_, anchor)| !anchor.is_empty()).collect();
        let mut builder = Config::new().match_kind(MatchKind::LeftmostFirst).builder();
        builder.extend(anchors.iter().map(|(_, anchor)| anchor));
        let search = match builder.build() {
            Some(searcher) => Search::All(searcher),
            None => Search::each(&anchors),
        };
        Self { anchors, search }
    }

    /// Adds all that begin in `range` of `bytes` and stand whole in `bytes`.
    pub(super) fn find(&self, bytes: &[u8], range: Range<usize>, found: &mut Vec<Anchored>) {
        match &self.search {
            Search::All(searcher) => {
                let mut span = Span::from(range.start..bytes.len());
                while span.start < range.end
                    && let Some(first) = searcher.find_in(bytes, span)
                    && first.start() < range.end
                {
                    let at = first.start();
                    let here = bytes.get(at..).unwrap_or_default();
                    let all = self.anchors.iter();
                    let all = all.filter(|(_, anchor)| here.starts_with(anchor));
                    found.extend(all.map(|&(anchor, _)| Anchored { at, anchor }));
                    span.start = at + 1;
                }
            }
            Search::Each(finders) => {
                for ((anchor, _), finder) in self.anchors.iter().zip(finders) {
                    find_each(*anchor, finder, bytes, range.clone(), found);
                }
            }
        }
    }
}

impl Search {
    fn each(anchors: &[(usize, &'static [u8])]) -> Self {
        Self::Each(
            anchors
                .iter()
                .map(|(_, anchor)| Finder::new(*anchor))
                .collect(),
        )
    }
}

/// Also those that overlap themselves.
fn find_each(
    anchor: usize,
    finder: &Finder<'static>,
    bytes: &[u8],
    range: Range<usize>,
    found: &mut Vec<Anchored>,
) {
    let mut from = range.start;
    while let Some(next) = bytes.get(from..).and_then(|rest| finder.find(rest)) {
        let at = from + next;
        if at >= range.end {
            return;
        }
        found.push(Anchored { at, anchor });
        from = at + 1;
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn one_search_and_many_find_the_same() {
        let anchors: &[(usize, &'static [u8])] = &[(4, b"aa"), (7, b"aab"), (9, b"Q~"), (2, b"ba")];
        let together = Short::new(anchors.iter().copied());
        let apart = Short {
            anchors: anchors.to_vec(),
            search: Search::each(anchors),
        };
        let bytes = b"aaab..Q~Qbaab~~aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaabaQ~";
        for range in [0..bytes.len(), 1..20, 5..5, 60..bytes.len()] {
            let [mut one, mut many] = [Vec::new(), Vec::new()];
            together.find(bytes, range.clone(), &mut one);
            apart.find(bytes, range, &mut many);
            one.sort_unstable();
            many.sort_unstable();
            assert_eq!(one, many);
        }
    }
}
