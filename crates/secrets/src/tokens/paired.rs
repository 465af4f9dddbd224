//! Secrets without a form of their own that stand next to an id that has one.

use std::{borrow::Cow, ops::Range};

use super::plausible::is_random;
use crate::{
    detector::{Candidate, Found},
    hit::{Family, Proof, Weight},
    secret::Secret,
};

/// Lines between an id and its secret, at most.
const MOST_LINES: usize = 6;

/// What an id and its secret look like.
pub(super) struct Pair {
    /// For people.
    pub(super) what: &'static str,
    /// What the id begins with.
    pub(super) prefix: &'static [u8],
    /// Lengths that an id may have, with its prefix.
    pub(super) ids: &'static [usize],
    pub(super) of_id: fn(u8) -> bool,
    /// Length of the secret.
    pub(super) length: usize,
    pub(super) of_secret: fn(u8) -> bool,
}

/// The first secret behind the id that begins at the anchor, or else the last one before it.
pub(super) fn secret(candidate: &Candidate<'_>, pair: &Pair) -> Option<Found> {
    let rest = candidate.window.get(candidate.at..)?;
    let length = rest.iter().take_while(|&&b| (pair.of_id)(b)).count();
    let id = candidate.at..candidate.at.checked_add(length)?;
    if !pair.ids.contains(&length)
        || !candidate.is_apart(id.clone())
        || !is_random(candidate.window.get(id.clone())?)
    {
        return None;
    }
    let span = runs(candidate.window, id.end..candidate.window.len(), pair)
        .next()
        .or_else(|| runs(candidate.window, 0..id.start, pair).last())
        .filter(|span| is_near(candidate.window, &id, span))?;
    let clear = candidate.window.get(span.clone())?;
    Some(Found {
        secret: Secret::new(clear),
        span,
        what: Cow::Borrowed(pair.what),
        family: Family::Token,
        weight: Weight::Full,
        proof: Proof::Form,
        field: None,
        excerpt: String::new(),
    })
}

/// Runs of the secret's bytes and length in a part of the window that look random.
fn runs<'a>(
    window: &'a [u8],
    part: Range<usize>,
    pair: &'a Pair,
) -> impl Iterator<Item = Range<usize>> + 'a {
    let mut at = part.start;
    let bytes = window.get(part).unwrap_or_default();
    bytes
        .split(|&b| !(pair.of_secret)(b))
        .map(move |run| {
            let span = at..at.saturating_add(run.len());
            at = span.end.saturating_add(1);
            (span, run)
        })
        .filter(|(span, run)| run.len() == pair.length && is_mixed(run) && !is_cut(window, span))
        .map(|(span, _)| span)
}

/// Whether it holds what forty random characters hold, and paths, words and digests do not.
fn is_mixed(run: &[u8]) -> bool {
    let any = |test: fn(&u8) -> bool| run.iter().any(test);
    any(u8::is_ascii_digit)
        && any(u8::is_ascii_uppercase)
        && any(u8::is_ascii_lowercase)
        && is_random(run)
}

/// Whether the window's end or a longer word may have cut it.
fn is_cut(window: &[u8], span: &Range<usize>) -> bool {
    let of_word = |b: &u8| matches!(b, b'-' | b'_' | b'+' | b'/');
    let before = span.start.checked_sub(1).and_then(|at| window.get(at));
    before.is_some_and(of_word) || window.get(span.end).is_some_and(of_word)
}

fn is_near(window: &[u8], id: &Range<usize>, secret: &Range<usize>) -> bool {
    let between = id.end.min(secret.end)..id.start.max(secret.start);
    let between = window.get(between).unwrap_or_default();
    memchr::memchr_iter(b'\n', between).count() <= MOST_LINES
}
