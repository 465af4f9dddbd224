//! Scanning a file as its bytes arrive.
//!
//! A cheap search finds markers; what a marker begins is judged once its next [`key::LOOKAHEAD`] bytes
//! are there, or the end of the file. So every judgement sees the same bytes however the file was
//! cut, and no more than that window is ever carried from chunk to chunk.

use std::{borrow::Cow, mem, ops::Range};

use memchr::memmem::Finder;

use crate::{
    credential::{self, Row, Value},
    hit::{Family, Hit},
    key::{self, Key},
    place::Place,
    secret::SecretFingerprint,
};

/// Further hits in the same file change no verdict, and a hostile file can hold millions.
const MAX_HITS: usize = 1000;

/// Credential files up to this size are held whole; larger ones are only searched for keys.
const MAX_HELD: usize = 1024 * 1024;

/// Carried at least: a marker may have begun in these bytes.
const MARKER: usize = longest(&key::MARKERS);

const fn longest(markers: &[&[u8]; 2]) -> usize {
    let [a, b] = markers;
    if a.len() > b.len() { a.len() } else { b.len() }
}

/// All detectors, prepared once and shared by any number of threads.
#[derive(Debug)]
pub struct Scanner {
    key: [u8; 32],
    finders: [Finder<'static>; 2],
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
        Self {
            key,
            finders: key::MARKERS.map(Finder::new),
        }
    }

    /// Begins a file; `path` is relative to the root of the image, with or without a leading slash.
    #[must_use]
    pub fn file(&self, path: &[u8]) -> FileScan<'_> {
        let mut scan = FileScan {
            scanner: self,
            rows: Vec::new(),
            held: Vec::new(),
            carry: Vec::new(),
            place: Place::default(),
            hits: Vec::new(),
        };
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
pub struct FileScan<'s> {
    scanner: &'s Scanner,
    /// The kinds of credential file that this one may be by its path.
    rows: Vec<&'static Row>,
    /// The whole file so far, while there are rows.
    held: Vec<u8>,
    /// The last bytes fed, not yet judged. Invariant: they begin at `place`.
    carry: Vec<u8>,
    place: Place,
    hits: Vec<Hit>,
}

impl FileScan<'_> {
    /// Forgets the file so far and begins another one.
    pub fn reset(&mut self, path: &[u8]) {
        self.rows.clear();
        self.rows.extend(credential::rows_for(path));
        self.held.clear();
        self.carry.clear();
        self.place = Place::default();
        self.hits.clear();
    }

    /// Takes the next bytes of the file; any cut into chunks gives the same hits.
    pub fn feed(&mut self, bytes: &[u8]) {
        self.hold(bytes);
        let mut carry = mem::take(&mut self.carry);
        let mut bytes = bytes;
        while !carry.is_empty() && !bytes.is_empty() {
            bytes = self.top_up(&mut carry, bytes);
        }
        if carry.is_empty() {
            let judged = self.sweep(bytes, false);
            carry.extend_from_slice(bytes.get(judged..).unwrap_or_default());
        }
        self.carry = carry;
    }

    /// Ends the file: its hits, by offset. Call [`reset`](Self::reset) before feeding another.
    ///
    /// No more than a thousand are given for one file.
    #[must_use]
    pub fn finish(&mut self) -> Vec<Hit> {
        let carry = mem::take(&mut self.carry);
        self.sweep(&carry, true);
        self.carry = carry;
        let held = mem::take(&mut self.held);
        for row in mem::take(&mut self.rows) {
            self.judge(row, &held);
        }
        self.held = held;
        self.hits.sort_by_key(|hit| hit.offset);
        self.hits.truncate(MAX_HITS);
        mem::take(&mut self.hits)
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

    /// Moves enough bytes to the carried ones to judge what began there; gives those left to sweep.
    fn top_up<'b>(&mut self, carry: &mut Vec<u8>, bytes: &'b [u8]) -> &'b [u8] {
        let old = carry.len();
        let want = if old < MARKER { MARKER } else { key::LOOKAHEAD };
        let (more, rest) = bytes.split_at_checked(want).unwrap_or((bytes, &[]));
        carry.extend_from_slice(more);
        let judged = self.sweep(carry, false);
        if let Some(used) = judged.checked_sub(old) {
            carry.clear();
            bytes.get(used..).unwrap_or_default()
        } else {
            carry.drain(..judged);
            rest
        }
    }

    /// Judges every marker in `window`, which begins at `place`, and moves there; returns how many
    /// bytes are done with. Unless the window is the `last`, the rest must be seen again with more.
    fn sweep(&mut self, window: &[u8], last: bool) -> usize {
        let markers = Markers::new(&self.scanner.finders, window);
        let mut done = 0;
        for at in markers {
            let rest = window.get(at..).unwrap_or_default();
            match judge_marker(rest, last) {
                Verdict::NeedsMore => return self.pass(window, done..at),
                Verdict::Nothing => {}
                Verdict::Key(key) => {
                    done = self.pass(window, done..at);
                    self.report_key(key);
                }
            }
        }
        let end = if last {
            window.len()
        } else {
            window.len().saturating_sub(MARKER - 1)
        };
        self.pass(window, done..end.max(done))
    }

    fn pass(&mut self, window: &[u8], range: Range<usize>) -> usize {
        let end = range.end;
        self.place.advance(window.get(range).unwrap_or_default());
        end
    }

    fn report_key(&mut self, key: Key) {
        if self.hits.len() >= MAX_HITS {
            return;
        }
        let position = self.place.line_and_column();
        self.hits.push(Hit {
            detector: Cow::Borrowed(key::DETECTOR),
            family: key.family(),
            offset: self.place.offset,
            line: position.map(|(line, _)| line),
            column: position.map(|(_, column)| column),
            fingerprint: SecretFingerprint::of(&self.scanner.key, key::DETECTOR, &key.secret),
            what: key.what,
            field: None,
            excerpt: key.title,
            confirmed: true,
        });
    }

    /// Reports what `row` finds in the whole file. A private key inside a value is told as part of it,
    /// but a value that is a published key is no credential.
    fn judge(&mut self, row: &Row, file: &[u8]) {
        let mut place = Place::default();
        for value in row.values(file).into_iter().take(MAX_HITS) {
            let span = value.span.start as u64..value.span.end as u64;
            let is_inside = |hit: &Hit| span.contains(&hit.offset);
            let published = |hit: &Hit| hit.family == Family::PublishedKey && is_inside(hit);
            if self.hits.iter().any(published) {
                continue;
            }
            self.hits.retain(|hit| !is_inside(hit));
            let gone = usize::try_from(place.offset).unwrap_or(usize::MAX);
            place.advance(file.get(gone..value.span.start).unwrap_or_default());
            self.hits.push(self.credential(row, value, &place));
        }
    }

    fn credential(&self, row: &Row, value: Value, place: &Place) -> Hit {
        let position = place.line_and_column();
        let masked = value.secret.masked();
        Hit {
            detector: Cow::Borrowed(row.id),
            family: Family::CredentialFile,
            offset: value.span.start as u64,
            line: position.map(|(line, _)| line),
            column: position.map(|(_, column)| column),
            what: row.what.to_owned(),
            excerpt: match &value.field {
                Some(field) => format!("{field}: {masked}"),
                None => masked,
            },
            field: value.field,
            fingerprint: SecretFingerprint::of(&self.scanner.key, row.id, &value.secret),
            confirmed: row.confirmed,
        }
    }
}

impl std::fmt::Debug for FileScan<'_> {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        // The bytes held may be a secret.
        f.debug_struct("FileScan")
            .field("place", &self.place)
            .finish_non_exhaustive()
    }
}

enum Verdict {
    NeedsMore,
    Nothing,
    Key(Key),
}

/// Judges the marker that `rest` begins with by a fixed number of bytes, fewer only at the end of the file.
fn judge_marker(rest: &[u8], last: bool) -> Verdict {
    let head = rest.get(..key::HEAD);
    match head.or(last.then_some(rest)).map(key::is_promising) {
        None => return Verdict::NeedsMore,
        Some(false) => return Verdict::Nothing,
        Some(true) => {}
    }
    let Some(window) = rest.get(..key::LOOKAHEAD).or(last.then_some(rest)) else {
        return Verdict::NeedsMore;
    };
    key::read(window).map_or(Verdict::Nothing, Verdict::Key)
}

/// Where markers begin in a window, in order. Each search stops at its next match, which is kept
/// until the others have passed it, so the window is searched once for each marker.
struct Markers<'a> {
    finders: &'a [Finder<'static>; 2],
    window: &'a [u8],
    next: [Option<usize>; 2],
}

impl<'a> Markers<'a> {
    fn new(finders: &'a [Finder<'static>; 2], window: &'a [u8]) -> Self {
        let next = finders.each_ref().map(|finder| finder.find(window));
        Self {
            finders,
            window,
            next,
        }
    }
}

impl Iterator for Markers<'_> {
    type Item = usize;

    fn next(&mut self) -> Option<usize> {
        let at = self.next.iter().flatten().copied().min()?;
        for (next, finder) in self.next.iter_mut().zip(self.finders) {
            if *next == Some(at) {
                let rest = self.window.get(at + 1..).unwrap_or_default();
                *next = finder.find(rest).map(|found| at + 1 + found);
            }
        }
        Some(at)
    }
}

#[cfg(test)]
mod tests;
