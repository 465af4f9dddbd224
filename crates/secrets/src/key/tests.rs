//! Every kind of key is found wherever it stands, and near misses are not.
//!
//! Keys are made at run time from parts, so that none stands in the repository.

use std::collections::BTreeSet;

use super::*;
use crate::{Context, Hit, Scanner};

/// What one detector must find, and what it must not.
pub(super) struct Example {
    id: &'static str,
    found: Vec<Vec<u8>>,
    silent: Vec<Vec<u8>>,
}

impl Example {
    pub(super) fn of(id: &'static str) -> Self {
        Self {
            id,
            found: Vec::new(),
            silent: Vec::new(),
        }
    }

    /// Bytes with such a key in them.
    pub(super) fn found(mut self, keys: impl IntoIterator<Item = Vec<u8>>) -> Self {
        self.found.extend(keys);
        self
    }

    /// Near misses.
    pub(super) fn silent(mut self, keys: impl IntoIterator<Item = Vec<u8>>) -> Self {
        self.silent.extend(keys);
        self
    }
}

/// So many bytes that look random and are the same in each run.
pub(super) fn bytes(count: usize) -> Vec<u8> {
    let mut state = 0x9e37_79b9_7f4a_7c15_u64 ^ count as u64;
    let mut next = || {
        state ^= state << 13;
        state ^= state >> 7;
        state ^= state << 17;
        state.to_be_bytes()[2]
    };
    (0..count).map(|_| next()).collect()
}

fn examples() -> Vec<Example> {
    [
        age::examples(),
        ansible::examples(),
        capi::examples(),
        dnssec::examples(),
        gnupg::examples(),
        minisign::examples(),
        object::examples(),
        raw::examples(),
        ssh2::examples(),
        tor::examples(),
        wallet::examples(),
        wireguard::examples(),
    ]
    .into_iter()
    .flatten()
    .collect()
}

fn hits(scanner: &Scanner, bytes: &[u8]) -> Vec<Hit> {
    scanner.text(Context::File(b"srv/notes.txt"), bytes)
}

fn finds(scanner: &Scanner, id: &str, bytes: &[u8]) -> bool {
    hits(scanner, bytes).iter().any(|hit| hit.detector == id)
}

#[test]
fn every_kind_of_key_has_an_example_and_a_near_miss() {
    let armoured = ["putty-key"]; // tested with the scan of files
    let examples = examples();
    let with: BTreeSet<_> = examples
        .iter()
        .filter(|example| !example.found.is_empty() && !example.silent.is_empty())
        .map(|example| example.id)
        .chain(armoured)
        .collect();
    let all: BTreeSet<_> = DETECTORS.iter().map(|row| row.id).collect();
    assert_eq!(with, all);
}

#[test]
fn every_key_is_found_wherever_it_stands() {
    let scanner = Scanner::new();
    for example in examples() {
        for (at, key) in example.found.iter().enumerate() {
            for (before, after) in [
                ("", ""),
                ("first line\n", "\nlast line\n"),
                ("\0\u{1}\n", "\n\0"),
            ] {
                let text = [before.as_bytes(), key, after.as_bytes()].concat();
                assert!(
                    finds(&scanner, example.id, &text),
                    "{} {at} {before:?}",
                    example.id
                );
            }
        }
    }
}

#[test]
fn no_near_miss_is_found() {
    let scanner = Scanner::new();
    for example in examples() {
        for (at, key) in example.silent.iter().enumerate() {
            assert!(!finds(&scanner, example.id, key), "{} {at}", example.id);
        }
    }
}

#[test]
fn cuts_of_keys_never_panic_and_no_excerpt_quotes_a_key() {
    let scanner = Scanner::new();
    for key in examples().iter().flat_map(|example| &example.found) {
        for end in (0..key.len()).step_by(7) {
            hits(&scanner, &key[..end]);
        }
        for hit in hits(&scanner, key) {
            let clear = String::from_utf8_lossy(hit.clear()).into_owned();
            assert!(!hit.excerpt.contains(&clear), "{}", hit.detector);
        }
    }
}

#[test]
fn bytes_that_repeat_do_not_look_random() {
    assert!(looks_random(&bytes(16)) && looks_random(&bytes(32)) && looks_random(&bytes(300)));
    assert!(!looks_random(&[7; 32]));
    assert!(!looks_random(b"aaaaaaaabbbbbbbbccccccccdddddddd"));
}
