//! Scanning a file as its bytes arrive.

use crate::{hit::Hit, secret::SecretFingerprint};

/// All detectors, prepared once and shared by any number of threads.
#[derive(Debug)]
pub struct Scanner {
    key: [u8; 32],
}

impl Scanner {
    /// A scanner whose fingerprints can be compared between all users.
    #[must_use]
    pub fn new() -> Self {
        Self::with_key([0; 32])
    }

    /// A scanner whose fingerprints mean nothing without `key`.
    #[must_use]
    pub fn with_key(key: [u8; 32]) -> Self {
        Self { key }
    }

    /// Begins a file; `path` is relative to the root of the image, with or without a leading slash.
    #[must_use]
    pub fn file(&self, path: &[u8]) -> FileScan<'_> {
        let mut scan = FileScan { scanner: self };
        scan.reset(path);
        scan
    }
}

impl Default for Scanner {
    fn default() -> Self {
        Self::new()
    }
}

/// State of one file, reusable for the next one without new allocations.
#[derive(Debug)]
pub struct FileScan<'s> {
    scanner: &'s Scanner,
}

impl FileScan<'_> {
    /// Forgets the file so far and begins another one.
    pub fn reset(&mut self, path: &[u8]) {
        let _ = path;
    }

    /// Takes the next bytes of the file; any cut into chunks gives the same hits.
    pub fn feed(&mut self, bytes: &[u8]) {
        let _ = (bytes, SecretFingerprint::of(&self.scanner.key, "", b""));
    }

    /// Ends the file: its hits, by offset. Call [`reset`](Self::reset) before feeding another.
    #[must_use]
    pub fn finish(&mut self) -> Vec<Hit> {
        Vec::new()
    }
}
