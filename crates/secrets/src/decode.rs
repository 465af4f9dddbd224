//! What is hidden in a file: members of archives, compressed streams, encoded text.
//!
//! Bytes are looked at in blocks that begin at multiples of their size, so whatever way a file is cut
//! into chunks, every decoder sees the same. What comes out of one is scanned like a file of its own.

mod ar;
mod base64;
mod codec;
mod container;
mod encodings;
mod escapes;
mod git;
mod limits;
mod outlet;
mod pdf;
mod png;
#[cfg(test)]
mod samples;
mod starts;
mod stream;
mod tar;
#[cfg(test)]
mod tests;
mod utf16;
mod zip;

use std::{mem, ops::Range};

pub use self::limits::{Cut, Limits};
pub(crate) use self::outlet::{Depth, Nested, Work};
use self::{
    codec::Codec,
    container::{Container, Fed, Port},
    encodings::{Encodings, Ground},
    outlet::{Inside, Outlet},
    starts::Starts,
};
use crate::{context::Context, hit::Hit, hits::MAX_HITS};

/// Bytes of a file that are looked at together.
const BLOCK: usize = 16 * 1024;

/// The decoders of one file, or of what is inside one.
#[derive(Default)]
pub(crate) struct Decode<'s> {
    depth: Depth,
    /// The bytes of a block so far.
    block: Vec<u8>,
    /// Where the block begins.
    position: u64,
    container: Option<Container>,
    member: Outlet<'s>,
    codec: Codec,
    held: Vec<u8>,
    starts: Starts,
    encodings: Encodings<'s>,
    inside: Inside,
}

impl<'s> Decode<'s> {
    /// Begins another file.
    pub(crate) fn reset(&mut self, depth: Depth) {
        self.depth = depth;
        self.block.clear();
        self.position = 0;
        self.container = None;
        self.member.drop_scan();
        self.held.clear();
        self.starts.reset();
        self.encodings.reset();
        self.inside.hits.clear();
        self.inside.rejected = 0;
    }

    /// Takes the next bytes.
    pub(crate) fn feed(&mut self, bytes: &[u8], context: Context<'_>, work: &mut Work<'s>) {
        let mut bytes = bytes;
        if !self.block.is_empty() {
            let room = BLOCK.saturating_sub(self.block.len());
            let (front, rest) = bytes.split_at_checked(room).unwrap_or((bytes, &[]));
            self.block.extend_from_slice(front);
            bytes = rest;
            if self.block.len() < BLOCK {
                return;
            }
            let mut block = mem::take(&mut self.block);
            self.look(&block, context, work);
            block.clear();
            self.block = block;
        }
        let (blocks, rest) = bytes.as_chunks::<BLOCK>();
        for block in blocks {
            self.look(block, context, work);
        }
        self.block.extend_from_slice(rest);
    }

    /// Ends the file.
    pub(crate) fn finish(&mut self, context: Context<'_>, work: &mut Work<'s>) {
        let mut block = mem::take(&mut self.block);
        self.look(&block, context, work);
        block.clear();
        self.block = block;
        self.member.close(work, &mut self.inside, self.position);
        self.container = None;
        let mut ground = Ground {
            work,
            inside: &mut self.inside,
            depth: self.depth,
            context,
        };
        self.encodings.end(&mut ground);
    }

    /// Tokens inside with a wrong checksum.
    pub(crate) fn rejected(&self) -> u64 {
        self.inside.rejected
    }

    /// What was found in the file itself and inside, by where it begins in the file.
    ///
    /// What stands in the file as it is and was found inside too is told once, as inside.
    pub(crate) fn merge(&mut self, own: Vec<Hit>) -> Vec<Nested> {
        let mut inside = mem::take(&mut self.inside.hits);
        let place = |hit: &Hit| (hit.outer_offset, hit.offset, hit.fingerprint);
        inside.retain(|nested| !own.iter().any(|hit| nested.is_told_by(hit)));
        let own = own
            .into_iter()
            .filter(|hit| !inside.iter().any(|nested| nested.tells(hit)));
        let mut all: Vec<Nested> = own.map(Nested::own).collect();
        all.append(&mut inside);
        all.sort_by_key(|nested| nested.hit.outer_offset);
        all.dedup_by(|a, b| place(&a.hit) == place(&b.hit));
        all.truncate(MAX_HITS);
        all
    }

    /// Looks at a block; an empty one is the end of a file.
    fn look(&mut self, block: &[u8], context: Context<'_>, work: &mut Work<'s>) {
        if self.position == 0 {
            self.container = Container::of_file(block);
        }
        self.starts.begin_block(block, self.position == 0);
        let (mut at, mut free) = (0, 0);
        while let Some(rest) = block.get(at..).filter(|rest| !rest.is_empty()) {
            let here = self.position.saturating_add(at as u64);
            if self.container.is_some() {
                at += self.contain(rest, here, context, work);
                free = at;
            } else if let Some((before, container)) = self.starts.across(rest, here) {
                self.container = Some(container);
                let begin = here.saturating_sub(before.len() as u64);
                self.contain(&before, begin, context, work);
            } else if let Some(start) = self.starts.find(block, at, self.position) {
                self.free(block, at..start.at, context, work);
                at = start.at;
                self.container = Some(start.container);
            } else {
                self.free(block, at..block.len(), context, work);
                break;
            }
        }
        if self.container.is_none() {
            self.starts.end_block(block.get(free..).unwrap_or_default());
        }
        self.position = self.position.saturating_add(block.len() as u64);
    }

    /// Looks at bytes of a block that belong to no container.
    fn free(
        &mut self,
        block: &[u8],
        range: Range<usize>,
        context: Context<'_>,
        work: &mut Work<'s>,
    ) {
        let at = self.position.saturating_add(range.start as u64);
        let mut ground = Ground {
            work,
            inside: &mut self.inside,
            depth: self.depth,
            context,
        };
        let bytes = block.get(range).unwrap_or_default();
        self.encodings.feed(bytes, at, &mut ground);
    }

    /// Lets the container take bytes; how many are its own.
    fn contain(
        &mut self,
        bytes: &[u8],
        at: u64,
        context: Context<'_>,
        work: &mut Work<'s>,
    ) -> usize {
        let Some(mut container) = self.container.take() else {
            return 0;
        };
        let mut port = Port {
            outlet: &mut self.member,
            codec: &mut self.codec,
            inside: &mut self.inside,
            held: &mut self.held,
            work,
            depth: self.depth,
            context,
        };
        let own = match container.feed(bytes, at, &mut port) {
            Fed::All => {
                self.container = Some(container);
                bytes.len()
            }
            Fed::Ended(own) => {
                port.close(at.saturating_add(own as u64));
                self.starts.follow(&mut self.held);
                own
            }
        };
        let mut ground = Ground {
            work,
            inside: &mut self.inside,
            depth: self.depth,
            context,
        };
        let own_bytes = bytes.get(..own).unwrap_or_default();
        self.encodings.skip(own_bytes, &mut ground);
        own
    }
}

impl std::fmt::Debug for Decode<'_> {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("Decode") // its blocks may hold a secret
    }
}
