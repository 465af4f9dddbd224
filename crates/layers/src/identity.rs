//! Identity of file content, made while the content passes.

use xxhash_rust::xxh3::{Xxh3Default, xxh3_128_with_seed};

use crate::index::ContentId;

/// Keeps the identities of sparse files apart from those of dense ones.
const SPARSE_SEED: u64 = 0x5350_4152_5345;

/// Hashes one file after the other.
///
/// The stored bytes and the places of the holes go into hashes of their own, so that no content can
/// pass for a hole, and a hole of any length costs nothing.
pub(crate) struct ContentHasher {
    stored: Xxh3Default,
    holes: Xxh3Default,
    sparse: bool,
    position: u64,
}

impl ContentHasher {
    pub(crate) fn new() -> Self {
        Self {
            stored: Xxh3Default::new(),
            holes: Xxh3Default::new(),
            sparse: false,
            position: 0,
        }
    }

    pub(crate) fn update(&mut self, offset: u64, bytes: &[u8]) {
        self.skip_to(offset);
        self.stored.update(bytes);
        self.position = offset.saturating_add(bytes.len() as u64);
    }

    /// The identity of the file, which has that size, and a fresh start.
    pub(crate) fn finish(&mut self, size: u64) -> ContentId {
        self.skip_to(size);
        let mut identity = self.stored.digest128();
        if self.sparse {
            let parts = [identity.to_le_bytes(), self.holes.digest128().to_le_bytes()];
            identity = xxh3_128_with_seed(parts.as_flattened(), SPARSE_SEED);
            self.holes.reset();
        }
        self.stored.reset();
        self.sparse = false;
        self.position = 0;
        ContentId(identity)
    }

    fn skip_to(&mut self, offset: u64) {
        if offset > self.position {
            self.sparse = true;
            self.holes.update(&self.position.to_le_bytes());
            self.holes.update(&offset.to_le_bytes());
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn identity(pieces: &[(u64, &[u8])], size: u64) -> ContentId {
        let mut hasher = ContentHasher::new();
        for (offset, bytes) in pieces {
            hasher.update(*offset, bytes);
        }
        hasher.finish(size)
    }

    #[test]
    fn pieces_do_not_matter() {
        let whole = identity(&[(0, b"abcdef")], 6);
        assert_eq!(identity(&[(0, b"ab"), (2, b"c"), (3, b"def")], 6), whole);
        assert_ne!(identity(&[(0, b"abcdeg")], 6), whole);
    }

    #[test]
    fn places_of_holes_matter() {
        let files = [
            identity(&[(0, b"abcdef")], 6),
            identity(&[(1, b"abcdef")], 7),
            identity(&[(0, b"abc"), (4, b"def")], 7),
            identity(&[(0, b"abcdef")], 7),
            identity(&[], 7),
            identity(&[], 6),
        ];
        let distinct = std::collections::HashSet::from(files);
        assert_eq!(distinct.len(), files.len());
    }

    #[test]
    fn stored_bytes_cannot_imitate_a_hole() {
        let frame = [0_u64.to_le_bytes(), 16_u64.to_le_bytes()].concat();
        assert_ne!(identity(&[(0, &frame)], 16), identity(&[], 16));
    }

    #[test]
    fn one_file_leaves_nothing_for_the_next() {
        let mut hasher = ContentHasher::new();
        hasher.update(5, b"x");
        hasher.finish(9);
        hasher.update(0, b"y");
        assert_eq!(hasher.finish(1), identity(&[(0, b"y")], 1));
    }
}
