//! Hits as they are collected: named, placed, masked.

use std::borrow::Cow;

use crate::{
    credential::{Row, Value},
    detector::Found,
    hit::{Family, Hit, Proof, Weight},
    place::Place,
    secret::SecretFingerprint,
    sweep::Report,
};

/// Further hits in the same file change no verdict, and a hostile file can hold millions.
pub(crate) const MAX_HITS: usize = 1000;

/// So many are collected, the first by offset, so that those told are chosen after overlaps are gone.
const MAX_COLLECTED: usize = 4 * MAX_HITS;

/// The hits of one file.
///
/// Which are kept depends on what they are, never on the order in which they come.
#[derive(Debug)]
pub(crate) struct Hits {
    key: [u8; 32],
    list: Vec<Hit>,
    rejected: u64,
    /// Hits behind this offset are too many.
    end: u64,
    more: bool,
}

impl Hits {
    pub(crate) fn new(key: [u8; 32]) -> Self {
        Self {
            key,
            list: Vec::new(),
            rejected: 0,
            end: u64::MAX,
            more: false,
        }
    }

    pub(crate) fn clear(&mut self) {
        self.list.clear();
        self.rejected = 0;
        self.end = u64::MAX;
        self.more = false;
    }

    pub(crate) fn list(&self) -> &[Hit] {
        &self.list
    }

    pub(crate) fn retain(&mut self, keep: impl FnMut(&Hit) -> bool) {
        self.list.retain(keep);
    }

    pub(crate) fn rejected(&self) -> u64 {
        self.rejected
    }

    /// Whether there were more than are told. Known when they were taken.
    pub(crate) fn more(&self) -> bool {
        self.more
    }

    /// All of them, by offset; of those that overlap, the most specific. It keeps the name that one
    /// which held it is assigned to.
    pub(crate) fn take(&mut self) -> Vec<Hit> {
        self.sort();
        let mut kept: Vec<Hit> = Vec::with_capacity(self.list.len());
        for mut hit in self.list.drain(..) {
            match kept.last_mut() {
                Some(other) if overlap(other, &hit) => {
                    if rank(&hit) > rank(other) {
                        hit.field = hit.field.or(other.field.take());
                        *other = hit;
                    } else if holds(&hit, other) {
                        other.field = other.field.take().or(hit.field);
                    }
                }
                _ => kept.push(hit),
            }
        }
        self.more |= kept.len() > MAX_HITS;
        kept.truncate(MAX_HITS);
        kept
    }

    /// By offset, each once.
    fn sort(&mut self) {
        // Equals stay in the order of the pass; those of other passes are of another family.
        let by_rank = |a: &Hit, b: &Hit| rank(b).cmp(&rank(a)).then(a.family.cmp(&b.family));
        self.list
            .sort_by(|a, b| a.offset.cmp(&b.offset).then_with(|| by_rank(a, b)));
        self.list
            .dedup_by(|b, a| a.offset == b.offset && a.detector == b.detector);
    }

    /// Drops the last ones, if there are too many.
    fn prune(&mut self) {
        if self.list.len() < 2 * MAX_COLLECTED {
            return;
        }
        self.sort();
        if self.list.len() > MAX_COLLECTED {
            self.more = true;
            self.list.truncate(MAX_COLLECTED);
            self.end = self.list.last().map_or(self.end, |hit| hit.offset);
        }
    }

    /// A value of a credential file.
    pub(crate) fn credential(&mut self, row: &Row, value: Value, file: &[u8]) {
        let mut place = Place::default();
        place.advance(file.get(..value.span.start).unwrap_or_default());
        let weight = if row.confirmed {
            Weight::Full
        } else {
            Weight::Doubtful
        };
        let found = Found {
            span: value.span,
            secret: value.secret,
            what: Cow::Borrowed(row.what),
            family: Family::CredentialFile,
            weight,
            proof: Proof::Structure,
            field: value.field,
            excerpt: String::new(),
        };
        self.add(row.id, found, &place, false);
    }

    /// Adds what was found at `place`.
    fn add(&mut self, detector: &'static str, found: Found, place: &Place, allowed: bool) {
        if place.offset > self.end {
            return;
        }
        let position = place.line_and_column();
        let excerpt = match (found.excerpt.as_str(), &found.field) {
            ("", Some(field)) => format!("{field}: {}", found.secret.masked()),
            ("", None) => found.secret.masked(),
            _ => found.excerpt,
        };
        self.list.push(Hit {
            detector: Cow::Borrowed(detector),
            family: found.family,
            offset: place.offset,
            length: found.span.len() as u64,
            line: position.map(|(line, _)| line),
            column: position.map(|(_, column)| column),
            within: Vec::new(),
            outer_offset: place.offset,
            what: found.what.into_owned(),
            field: found.field,
            excerpt,
            fingerprint: SecretFingerprint::of(&self.key, detector, &found.secret),
            weight: found.weight,
            proof: found.proof,
            allowed,
            secret: found.secret,
        });
        self.prune();
    }
}

impl Report for Hits {
    fn secret(&mut self, detector: &'static str, found: Found, window: &[u8], place: &Place) {
        let mut place = place.clone();
        place.advance(window.get(..found.span.start).unwrap_or_default());
        let allowed = is_allowed(window.get(found.span.end..).unwrap_or_default());
        self.add(detector, found, &place, allowed);
    }

    fn wrong(&mut self) {
        self.rejected = self.rejected.saturating_add(1);
    }
}

/// Whether the rest of a secret's line carries the mark.
fn is_allowed(rest: &[u8]) -> bool {
    let line = rest.split(|&b| b == b'\n').next().unwrap_or_default();
    memchr::memmem::find(line, b"imglint:allow").is_some()
}

fn overlap(before: &Hit, after: &Hit) -> bool {
    after.offset < end(before)
}

fn holds(outer: &Hit, inner: &Hit) -> bool {
    outer.offset <= inner.offset && end(inner) <= end(outer)
}

fn end(hit: &Hit) -> u64 {
    hit.offset.saturating_add(hit.length)
}

/// How much a hit says: most by structure, then by form, by the file it is in, by its name.
fn rank(hit: &Hit) -> (u8, u64) {
    let says = match (hit.family, hit.proof) {
        (Family::CredentialFile, _) => 1,
        (_, Proof::Name) => 0,
        (_, Proof::Form) => 2,
        (_, Proof::Structure) => 3,
    };
    (says, hit.length)
}

#[cfg(test)]
mod tests;
