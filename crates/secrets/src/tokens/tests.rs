//! Every detector finds its examples wherever they stand, and is silent about its near misses.
//!
//! Examples are made at run time from parts, so that no token stands in the repository.

use std::collections::BTreeSet;

use super::*;
use crate::{Context, Hit, Scanner};

pub(crate) const ALNUM: &str = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz";
pub(crate) const HEX: &str = "0123456789abcdef";
pub(crate) const UPPER: &str = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ";
pub(crate) const LOWER: &str = "0123456789abcdefghijklmnopqrstuvwxyz";
pub(crate) const BASE32: &str = "ABCDEFGHIJKLMNOPQRSTUVWXYZ234567";
pub(crate) const BASE64: &str = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
pub(crate) const BASE64URL: &str =
    "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_";

/// What one detector must find, and what it must not.
pub(crate) struct Example {
    id: &'static str,
    found: Vec<String>,
    silent: Vec<String>,
}

impl Example {
    pub(crate) fn of(id: &'static str) -> Self {
        Self {
            id,
            found: Vec::new(),
            silent: Vec::new(),
        }
    }

    /// Tokens of `prefix` and `count` characters, or more: not fewer, and not always the same one.
    pub(crate) fn prefixed(id: &'static str, prefix: &str, alphabet: &str, count: usize) -> Self {
        let of = |body: String| [format!("{prefix}{body}")];
        Self::of(id)
            .found(of(chars(alphabet, count)))
            .silent(of(chars(alphabet, count - 1)))
            .silent(of("x".repeat(count)))
            .silent(of("0".repeat(count)))
    }

    /// Texts with the secret in them: `TOKEN` alone where nothing else is needed.
    pub(crate) fn found(mut self, texts: impl IntoIterator<Item = String>) -> Self {
        self.found.extend(texts);
        self
    }

    /// Near misses.
    pub(crate) fn silent(mut self, texts: impl IntoIterator<Item = String>) -> Self {
        self.silent.extend(texts);
        self
    }
}

/// So many characters out of `alphabet` that look random and are the same in each run.
pub(crate) fn chars(alphabet: &str, count: usize) -> String {
    let alphabet = alphabet.as_bytes();
    let mut state = 0x9e37_79b9_7f4a_7c15_u64 ^ count as u64;
    let mut next = || {
        state ^= state << 13;
        state ^= state >> 7;
        state ^= state << 17;
        alphabet[usize::try_from((state >> 20) % alphabet.len() as u64).unwrap()] as char
    };
    (0..count).map(|_| next()).collect()
}

/// A UUID of version 4 that looks random.
pub(crate) fn uuid(seed: usize) -> String {
    let hex = chars(HEX, 32 + seed);
    let part = |from: usize, to: usize| hex[from + seed..to + seed].to_owned();
    let parts = [
        part(0, 8),
        part(8, 12),
        format!("4{}", part(13, 16)),
        format!("a{}", part(17, 20)),
        part(20, 32),
    ];
    parts.join("-")
}

fn examples() -> Vec<Example> {
    [
        ai::examples(),
        aws::examples(),
        azure::examples(),
        cloud::examples(),
        data::examples(),
        services::examples(),
        authorization::examples(),
        frameworks::examples(),
        identity::examples(),
        forges::examples(),
        infrastructure::examples(),
        messaging::examples(),
        observability::examples(),
        payments::examples(),
        registries::examples(),
        saas::examples(),
    ]
    .into_iter()
    .flatten()
    .collect()
}

fn hits(scanner: &Scanner, text: &str) -> Vec<Hit> {
    scanner.text(Context::File(b"srv/notes.txt"), text.as_bytes())
}

fn finds(scanner: &Scanner, id: &str, text: &str) -> bool {
    hits(scanner, text).iter().any(|hit| hit.detector == id)
}

#[test]
fn every_detector_has_an_example_and_a_near_miss() {
    let examples = examples();
    let with: BTreeSet<_> = examples
        .iter()
        .filter(|example| !example.found.is_empty() && !example.silent.is_empty())
        .map(|example| example.id)
        .collect();
    let all: BTreeSet<_> = TABLES
        .iter()
        .flat_map(|table| table.iter())
        .map(|row| row.id)
        .collect();
    assert_eq!(with, all);
    let rows: usize = TABLES.iter().map(|table| table.len()).sum();
    assert_eq!(all.len(), rows, "two detectors have one name");
}

#[test]
fn every_example_is_found_wherever_it_stands() {
    let scanner = Scanner::new();
    for example in examples() {
        for text in &example.found {
            for around in [
                "{}",
                "first line\n\t{}\nlast",
                "{\"a\": \"{}\"}",
                "export A='{}';",
                "\\n{}\\n",
            ] {
                let text = around.replace("{}", text);
                assert!(finds(&scanner, example.id, &text), "{}: {text}", example.id);
            }
        }
    }
}

#[test]
fn no_near_miss_is_found() {
    let scanner = Scanner::new();
    for example in examples() {
        for text in &example.silent {
            assert!(!finds(&scanner, example.id, text), "{}: {text}", example.id);
        }
    }
}

/// Also of the texts around them, which may hold another secret.
#[test]
fn no_excerpt_quotes_a_secret() {
    let scanner = Scanner::new();
    for text in examples().iter().flat_map(|example| &example.found) {
        for hit in hits(&scanner, text) {
            let clear = String::from_utf8_lossy(hit.clear()).into_owned();
            assert!(!hit.excerpt.contains(&clear), "{}", hit.detector);
            assert!(!format!("{hit:?}").contains(&clear), "{}", hit.detector);
        }
    }
}

#[test]
fn every_pattern_is_one_and_holds_its_anchors_in_reach() {
    for row in TABLES.iter().flat_map(|table| table.iter()) {
        if let crate::detector::Judge::Pattern { pattern, .. } = &row.judge {
            assert!(crate::detector::compile(pattern).is_ok(), "{}", row.id);
        }
        assert!(!row.anchors.is_empty(), "{}", row.id);
        assert!(
            row.anchors.iter().all(|anchor| anchor.len() >= 2),
            "{}",
            row.id
        );
    }
}
