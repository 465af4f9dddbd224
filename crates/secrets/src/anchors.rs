//! Where the anchors of the detectors stand in some bytes.
//!
//! This is the one search that every byte of an image goes through. Of each anchor of four bytes or
//! more, two neighbouring triples are kept in a table that fits the nearest cache; of the bytes, every
//! second triple is looked up there, so one of the two is met at any alignment. Shorter anchors have
//! no two triples and are searched for apart.

mod short;

use std::ops::Range;

use self::short::Short;

/// Every so many bytes a triple is looked up.
const STRIDE: usize = 2;

/// Triples looked up for one branch.
const LANES: usize = 8;

/// Bytes that one round moves on by.
const STEP: usize = STRIDE * LANES;

/// Bytes that one round loads: a triple is cut out of four.
const ROUND: usize = STEP + 2;

/// Bytes of a triple.
const TRIPLE: usize = 3;

/// Anchors shorter than this are [`Short`].
const LEAST: usize = TRIPLE + STRIDE - 1;

/// Cells of the table, in bits: 32 KiB.
const CELL_BITS: u32 = 15;
const CELLS: usize = 1 << CELL_BITS;

type Cells = [u8; CELLS];

/// All anchors, prepared once.
pub(crate) struct Anchors {
    /// For each hash, the marks of the triples of anchors that have it.
    cells: Box<Cells>,
    /// For each hash, where its triples lie in `triples`.
    slots: Vec<Range<u32>>,
    triples: Vec<Triple>,
    list: Vec<&'static [u8]>,
    short: Short,
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

/// Three bytes of an anchor.
#[derive(Debug, Clone, Copy)]
struct Triple {
    /// Little-endian.
    bytes: u32,
    anchor: usize,
    /// Where in the anchor they stand.
    offset: usize,
}

impl Anchors {
    pub(crate) fn new(anchors: &[&'static [u8]]) -> Self {
        let mut triples: Vec<Triple> = anchors.iter().enumerate().flat_map(triples_of).collect();
        triples.sort_by_key(|triple| hash(triple.bytes));
        let mut cells = cells();
        let mut slots = vec![0..0; CELLS];
        for (place, triple) in (0..).zip(&triples) {
            let hash = hash(triple.bytes);
            if let Some(cell) = cells.get_mut(hash) {
                *cell |= mark(triple.bytes);
            }
            if let Some(slot) = slots.get_mut(hash) {
                *slot = if slot.start == slot.end {
                    place
                } else {
                    slot.start
                }..place + 1;
            }
        }
        let short = anchors.iter().copied().enumerate();
        Self {
            cells,
            slots,
            triples,
            list: anchors.to_vec(),
            short: Short::new(short.filter(|(_, anchor)| anchor.len() < LEAST)),
            longest: anchors.iter().map(|anchor| anchor.len()).max().unwrap_or(0),
        }
    }

    /// Length of the longest: one that begins later than so many bytes before an end may be cut there.
    pub(crate) fn longest(&self) -> usize {
        self.longest
    }

    /// All anchors that begin in `range` of `bytes` and stand whole in `bytes`, in order, into `found`.
    ///
    /// There may be several at each byte, so `range` bounds the memory that is taken.
    pub(crate) fn find(&self, bytes: &[u8], range: Range<usize>, found: &mut Vec<Anchored>) {
        found.clear();
        let last = range.end.saturating_add(self.longest).min(bytes.len());
        let bytes = bytes.get(..last).unwrap_or_default();
        if !self.triples.is_empty() {
            self.find_long(bytes, range.clone(), found);
        }
        self.short.find(bytes, range, found);
        found.sort_unstable();
    }

    fn find_long(&self, bytes: &[u8], range: Range<usize>, found: &mut Vec<Anchored>) {
        let mut at = range.start;
        let mut rest = bytes.get(at..).unwrap_or_default();
        while let Some(round) = rest.first_chunk() {
            let lanes = lanes(round);
            if lanes.iter().fold(0, |any, lane| any | self.cell(*lane)) != 0 {
                for (lane, four) in lanes.iter().enumerate() {
                    if self.cell(*four) & mark(*four) != 0 {
                        self.verify(bytes, at + STRIDE * lane, *four, &range, found);
                    }
                }
            }
            at += STEP;
            rest = rest.get(STEP..).unwrap_or_default();
        }
        while let Some(&[a, b, c]) = rest.first_chunk() {
            let triple = u32::from_le_bytes([a, b, c, 0]);
            self.verify(bytes, at, triple, &range, found);
            at += STRIDE;
            rest = rest.get(STRIDE..).unwrap_or_default();
        }
    }

    #[inline]
    fn cell(&self, four: u32) -> u8 {
        self.cells.get(hash(four)).copied().unwrap_or(0)
    }

    /// Adds the anchors that hold the triple at `at`, the lower three bytes of `four`.
    #[inline(never)]
    fn verify(
        &self,
        bytes: &[u8],
        at: usize,
        four: u32,
        range: &Range<usize>,
        found: &mut Vec<Anchored>,
    ) {
        let slot = self.slots.get(hash(four));
        let triples = slot.and_then(|slot| {
            let (start, end) = (usize::try_from(slot.start), usize::try_from(slot.end));
            self.triples.get(start.ok()?..end.ok()?)
        });
        for triple in triples.unwrap_or_default() {
            if triple.bytes != four & 0x00ff_ffff {
                continue;
            }
            let (Some(begin), Some(anchor)) =
                (at.checked_sub(triple.offset), self.list.get(triple.anchor))
            else {
                continue;
            };
            let here = bytes.get(begin..).unwrap_or_default();
            if range.contains(&begin) && here.starts_with(anchor) {
                found.push(Anchored {
                    at: begin,
                    anchor: triple.anchor,
                });
            }
        }
    }
}

impl std::fmt::Debug for Anchors {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "Anchors({})", self.list.len())
    }
}

/// Empty cells; made on the heap, since many threads have small stacks.
fn cells() -> Box<Cells> {
    let cells = vec![0; CELLS].into_boxed_slice();
    #[expect(clippy::expect_used, reason = "the slice was made with that length")]
    cells.try_into().expect("the length of the cells")
}

/// Four bytes at every second place: a triple and one more, which [`hash`] drops.
#[inline]
fn lanes(round: &[u8; ROUND]) -> [u32; LANES] {
    #[expect(
        clippy::indexing_slicing,
        reason = "the last lane ends with the round; the compiler sees it and checks nothing"
    )]
    std::array::from_fn(|lane| {
        let at = STRIDE * lane;
        u32::from_le_bytes([round[at], round[at + 1], round[at + 2], round[at + 3]])
    })
}

/// Shifts the fourth byte out of a product.
const FACTOR: u32 = 0x9e37_79b1 << 8;

/// Hash of the lower three bytes.
#[inline]
fn hash(four: u32) -> usize {
    (four.wrapping_mul(FACTOR) >> (u32::BITS - CELL_BITS)) as usize
}

/// One of eight bits, by further bits of the same product: most triples that share a hash differ in it.
fn mark(four: u32) -> u8 {
    1 << (four.wrapping_mul(FACTOR) >> (u32::BITS - CELL_BITS - 3) & 7)
}

/// The neighbouring triples of an anchor that files hold least often.
fn triples_of((anchor, bytes): (usize, &&'static [u8])) -> impl Iterator<Item = Triple> + use<> {
    let triples = || bytes.windows(TRIPLE);
    let starts = (bytes.len() + 1).saturating_sub(LEAST);
    let cost = |start: &usize| -> u32 { triples().skip(*start).take(STRIDE).map(commonness).sum() };
    let start = (0..starts).min_by_key(cost);
    let chosen: Vec<Triple> = triples()
        .enumerate()
        .skip(start.unwrap_or(0))
        .take(start.map_or(0, |_| STRIDE))
        .map(|(offset, triple)| Triple {
            bytes: triple
                .iter()
                .rfold(0, |bytes, &byte| bytes << 8 | u32::from(byte)),
            anchor,
            offset,
        })
        .collect();
    chosen.into_iter()
}

/// How common a triple is, as a product of rough weights of its bytes.
fn commonness(triple: &[u8]) -> u32 {
    triple.iter().map(|&byte| weight(byte)).product()
}

fn weight(byte: u8) -> u32 {
    match byte {
        b'e' | b't' | b'a' | b'o' | b'i' | b'n' | b's' | b'r' | b' ' | 0 => 24,
        b'l' | b'd' | b'c' | b'u' | b'p' | b'm' | b'f' | b'g' | b'h' | b'_' => 12,
        b'a'..=b'z' | b'.' | b'-' | b'/' | b'"' | b'=' | b':' => 6,
        b'0'..=b'9' => 5,
        b'A'..=b'Z' => 3,
        _ => 2,
    }
}

#[cfg(test)]
mod tests;
