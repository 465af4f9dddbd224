//! Scanning one file, or other text, as its bytes arrive.

use std::mem;

use crate::{
    assign::Assigned,
    context::{Context, OwnedContext},
    credential::{self, Row},
    decode::{Cut, Decode, Depth, Nested, Work},
    hit::{Family, Hit},
    hits::{Hits, MAX_HITS},
    key::HeadScan,
    scanner::Scanner,
    sweep::Sweep,
};

/// Credential files up to this size are held whole; larger ones are only swept.
const MAX_HELD: usize = 8 * 1024 * 1024;

/// State of one file, reusable for the next one without new allocations.
pub struct FileScan<'s> {
    scanner: &'s Scanner,
    context: OwnedContext,
    sweep: Sweep,
    /// What is assigned to a name, in text.
    assigned: Assigned,
    /// The kinds of credential file that this one may be by its path.
    rows: Vec<&'static Row>,
    /// The whole file so far, while there are rows.
    held: Vec<u8>,
    /// The file, if it begins as a key file does.
    head: HeadScan,
    hits: Hits,
    /// What is hidden in the file.
    decode: Decode<'s>,
    /// What all scans inside this one share; none if this one is inside another.
    work: Option<Box<Work<'s>>>,
}

impl<'s> FileScan<'s> {
    pub(crate) fn new(scanner: &'s Scanner, context: Context<'_>) -> Self {
        let mut scan = Self {
            work: Some(Box::new(Work::new(scanner))),
            ..Self::within(scanner)
        };
        scan.reset(context);
        scan
    }

    /// A scan of what is inside another file; to be reset before use.
    pub(crate) fn within(scanner: &'s Scanner) -> Self {
        Self {
            scanner,
            context: OwnedContext::default(),
            sweep: Sweep::default(),
            assigned: Assigned::default(),
            rows: Vec::new(),
            held: Vec::new(),
            head: HeadScan::default(),
            hits: Hits::new(scanner.key()),
            decode: Decode::default(),
            work: None,
        }
    }

    /// Forgets the file so far and begins another one.
    pub fn reset(&mut self, context: Context<'_>) {
        self.reset_within(context, Depth::default());
        if let Some(work) = &mut self.work {
            work.reset();
        }
    }

    pub(crate) fn reset_within(&mut self, context: Context<'_>, depth: Depth) {
        self.context.set(context);
        self.rows.clear();
        if let Context::File(path) = context {
            self.rows.extend(credential::rows_for(path));
        }
        self.held.clear();
        self.head.reset();
        self.sweep.reset();
        self.assigned.reset(context);
        self.hits.clear();
        self.decode.reset(depth);
    }

    /// Takes the next bytes; any cut into chunks gives the same hits.
    pub fn feed(&mut self, bytes: &[u8]) {
        if let Some(mut work) = self.work.take() {
            self.feed_within(bytes, &mut work);
            self.work = Some(work);
        }
    }

    pub(crate) fn feed_within(&mut self, bytes: &[u8], work: &mut Work<'s>) {
        self.hold(bytes);
        self.head.feed(bytes);
        let (detectors, context) = (self.scanner.detectors(), self.context.get());
        self.sweep.feed(detectors, context, bytes, &mut self.hits);
        self.assigned.feed(bytes, &mut self.hits);
        self.decode.feed(bytes, context, work);
    }

    /// Ends the file: its hits, by offset. Call [`reset`](Self::reset) before feeding another.
    ///
    /// No more than a thousand are given for one file.
    #[must_use]
    pub fn finish(&mut self) -> Vec<Hit> {
        let Some(mut work) = self.work.take() else {
            return Vec::new();
        };
        let found = self.finish_within(&mut work);
        self.work = Some(work);
        found.into_iter().map(|nested| nested.hit).collect()
    }

    pub(crate) fn finish_within(&mut self, work: &mut Work<'s>) -> Vec<Nested> {
        let (detectors, context) = (self.scanner.detectors(), self.context.get());
        self.sweep.finish(detectors, context, &mut self.hits);
        self.assigned.finish(&mut self.hits);
        self.decode.finish(context, work);
        self.head.finish(&mut self.hits);
        if self.sweep.is_cut() {
            work.cut_by(Cut::Anchors);
        }
        let held = mem::take(&mut self.held);
        for row in mem::take(&mut self.rows) {
            self.judge(row, &held);
        }
        self.held = held;
        self.decode.merge(self.hits.take())
    }

    /// The first limit that kept something inside the file from being looked at.
    #[must_use]
    pub fn cut(&self) -> Option<Cut> {
        self.work.as_ref().and_then(|work| work.cut())
    }

    /// Whether there were more hits than [`finish`](Self::finish) gave, all of them behind the last one.
    #[must_use]
    pub fn more(&self) -> bool {
        self.hits.more()
    }

    /// How many tokens were no finding since their checksum is wrong.
    #[must_use]
    pub fn rejected(&self) -> u64 {
        self.hits.rejected().saturating_add(self.decode.rejected())
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
    /// but a value that is a published key is no credential, and a token says more than its file.
    fn judge(&mut self, row: &Row, file: &[u8]) {
        for value in row.values(file).into_iter().take(MAX_HITS) {
            let span = value.span.start as u64..value.span.end as u64;
            let is_inside = |hit: &Hit| span.contains(&hit.offset);
            let published = |hit: &Hit| hit.family == Family::PublishedKey && is_inside(hit);
            if self.hits.list().iter().any(published) {
                continue;
            }
            let is_token = |hit: &Hit| hit.family == Family::Token;
            self.hits.retain(|hit| is_token(hit) || !is_inside(hit));
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
