//! Scanning one file, or other text, as its bytes arrive.

use std::mem;

use crate::{
    context::{Context, OwnedContext},
    credential::{self, Row},
    hit::{Family, Hit},
    hits::Hits,
    scanner::Scanner,
    sweep::Sweep,
};

/// Credential files up to this size are held whole; larger ones are only swept.
const MAX_HELD: usize = 1024 * 1024;

/// State of one file, reusable for the next one without new allocations.
pub struct FileScan<'s> {
    scanner: &'s Scanner,
    context: OwnedContext,
    sweep: Sweep,
    /// The kinds of credential file that this one may be by its path.
    rows: Vec<&'static Row>,
    /// The whole file so far, while there are rows.
    held: Vec<u8>,
    hits: Hits,
}

impl<'s> FileScan<'s> {
    pub(crate) fn new(scanner: &'s Scanner, context: Context<'_>) -> Self {
        let mut scan = Self {
            scanner,
            context: OwnedContext::default(),
            sweep: Sweep::default(),
            rows: Vec::new(),
            held: Vec::new(),
            hits: Hits::new(scanner.key()),
        };
        scan.reset(context);
        scan
    }

    /// Forgets the file so far and begins another one.
    pub fn reset(&mut self, context: Context<'_>) {
        self.context.set(context);
        self.rows.clear();
        if let Context::File(path) = context {
            self.rows.extend(credential::rows_for(path));
        }
        self.held.clear();
        self.sweep.reset();
        self.hits.clear();
    }

    /// Takes the next bytes; any cut into chunks gives the same hits.
    pub fn feed(&mut self, bytes: &[u8]) {
        self.hold(bytes);
        let (detectors, context) = (self.scanner.detectors(), self.context.get());
        self.sweep.feed(detectors, context, bytes, &mut self.hits);
    }

    /// Ends the file: its hits, by offset. Call [`reset`](Self::reset) before feeding another.
    ///
    /// No more than a thousand are given for one file.
    #[must_use]
    pub fn finish(&mut self) -> Vec<Hit> {
        let (detectors, context) = (self.scanner.detectors(), self.context.get());
        self.sweep.finish(detectors, context, &mut self.hits);
        let held = mem::take(&mut self.held);
        for row in mem::take(&mut self.rows) {
            self.judge(row, &held);
        }
        self.held = held;
        self.hits.take()
    }

    /// How many tokens were no finding since their checksum is wrong.
    #[must_use]
    pub fn rejected(&self) -> u64 {
        self.hits.rejected()
    }

    fn hold(&mut self, bytes: &[u8]) {
        if self.rows.is_empty() {
            return;
        }
        if bytes.len() > MAX_HELD - self.held.len() {
            self.rows.clear();
            self.held.clear();
        } else {
            self.held.extend_from_slice(bytes);
        }
    }

    /// Reports what `row` finds in the whole file. A private key inside a value is told as part of it,
    /// but a value that is a published key is no credential.
    fn judge(&mut self, row: &Row, file: &[u8]) {
        for value in row.values(file) {
            let span = value.span.start as u64..value.span.end as u64;
            let is_inside = |hit: &Hit| span.contains(&hit.offset);
            let published = |hit: &Hit| hit.family == Family::PublishedKey && is_inside(hit);
            if self.hits.list().iter().any(published) {
                continue;
            }
            self.hits.retain(|hit| !is_inside(hit));
            self.hits.credential(row, value, file);
        }
    }
}

impl std::fmt::Debug for FileScan<'_> {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        // The bytes held may be a secret.
        f.debug_struct("FileScan").finish_non_exhaustive()
    }
}

#[cfg(test)]
mod tests;
