//! Key stores of Java programs.

pub(super) mod bouncy_castle;
pub(super) mod java;

use std::ops::Range;

use super::{Kind, found};
use crate::{detector::Found, secret::Secret};

/// Longer aliases are cut.
const MAX_ALIAS: usize = 64;

/// A store that holds more is none: the number of its entries is four bytes of it.
const MAX_ENTRIES: u64 = 10_000;

/// A key that stands in a store under its alias.
fn entry(span: Range<usize>, alias: &[u8], kind: Kind, key: impl Into<Vec<u8>>) -> Found {
    let alias = String::from_utf8_lossy(alias);
    let plain = |c: char| {
        if c.is_control() {
            char::REPLACEMENT_CHARACTER
        } else {
            c
        }
    };
    let alias: String = alias.chars().map(plain).take(MAX_ALIAS).collect();
    let field = (!alias.is_empty()).then_some(alias);
    Found {
        field,
        ..found(span, kind, Secret::new(key), String::new())
    }
}
