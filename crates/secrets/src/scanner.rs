//! The scanner: all detectors, prepared once.

use std::sync::LazyLock;

use crate::{
    assign, context::Context, decode::Limits, hit::Hit, key, scan::FileScan, sweep::Detectors,
    tokens, url,
};

/// All detectors, prepared once and shared by any number of threads.
#[derive(Debug)]
pub struct Scanner {
    key: [u8; 32],
    detectors: Detectors,
    limits: Limits,
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
        let others = [key::DETECTORS, url::DETECTORS, assign::commands::DETECTORS];
        let tables = tokens::TABLES.iter().copied().chain(others);
        Self {
            key,
            detectors: Detectors::new(tables.flatten().collect()),
            limits: Limits::default(),
        }
    }

    /// A scanner as [`new`](Self::new) makes it, made once for all who ask.
    #[must_use]
    pub fn shared() -> &'static Self {
        static SHARED: LazyLock<Scanner> = LazyLock::new(Scanner::new);
        &SHARED
    }

    /// The same, with other limits for what is inside files.
    #[must_use]
    pub fn with_limits(mut self, limits: Limits) -> Self {
        self.limits = limits;
        self
    }

    /// Begins a file; `path` is relative to the root of the image, with or without a leading slash.
    #[must_use]
    pub fn file(&self, path: &[u8]) -> FileScan<'_> {
        FileScan::new(self, Context::File(path))
    }

    /// Looks through a short text at once.
    #[must_use]
    pub fn text(&self, context: Context<'_>, text: &[u8]) -> Vec<Hit> {
        let mut scan = FileScan::new(self, context);
        scan.feed(text);
        scan.finish()
    }

    pub(crate) fn key(&self) -> [u8; 32] {
        self.key
    }

    pub(crate) fn limits(&self) -> &Limits {
        &self.limits
    }

    pub(crate) fn detectors(&self) -> &Detectors {
        &self.detectors
    }
}

impl Default for Scanner {
    fn default() -> Self {
        Self::new()
    }
}
