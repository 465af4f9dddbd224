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

/// The hits of one file.
#[derive(Debug)]
pub(crate) struct Hits {
    key: [u8; 32],
    list: Vec<Hit>,
    rejected: u64,
}

impl Hits {
    pub(crate) fn new(key: [u8; 32]) -> Self {
        Self {
            key,
            list: Vec::new(),
            rejected: 0,
        }
    }

    pub(crate) fn clear(&mut self) {
        self.list.clear();
        self.rejected = 0;
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

    /// All of them, by offset; of those that overlap, the one with the best proof.
    pub(crate) fn take(&mut self) -> Vec<Hit> {
        let mut list = std::mem::take(&mut self.list);
        list.sort_by(|a, b| a.offset.cmp(&b.offset).then_with(|| rank(b).cmp(&rank(a))));
        let mut kept: Vec<Hit> = Vec::with_capacity(list.len());
        for hit in list {
            match kept.last_mut() {
                Some(last) if overlap(last, &hit) => {
                    if rank(&hit) > rank(last) {
                        *last = hit;
                    }
                }
                _ => kept.push(hit),
            }
        }
        kept.truncate(MAX_HITS);
        kept
    }

    /// A value of a credential file.
    pub(crate) fn credential(&mut self, row: &Row, value: Value, file: &[u8]) {
        let mut place = Place::default();
        place.advance(file.get(..value.span.start).unwrap_or_default());
        let (proof, weight) = match row.confirmed {
            true => (Proof::Structure, Weight::Full),
            false => (Proof::Structure, Weight::Doubtful),
        };
        let found = Found {
            span: value.span,
            secret: value.secret,
            what: Cow::Borrowed(row.what),
            family: Family::CredentialFile,
            weight,
            proof,
            field: value.field,
            excerpt: String::new(),
        };
        self.add(row.id, found, &place, false);
    }

    /// Adds what was found at `place`.
    fn add(&mut self, detector: &'static str, found: Found, place: &Place, allowed: bool) {
        let known = |hit: &Hit| hit.offset == place.offset && hit.detector == detector;
        if self.list.len() >= 2 * MAX_HITS || self.list.last().is_some_and(known) {
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
    after.offset < before.offset.saturating_add(before.length)
}

fn rank(hit: &Hit) -> (Proof, u64) {
    (hit.proof, hit.length)
}
