//! Credential files: a path says what a file may be, its content whether it is.
//!
//! To add a kind, add a row to `rows`; where naming its keys is not enough, also a reader in `forms`.

mod forms;
mod json;
mod pairs;
pub(crate) mod placeholder;
mod rows;
mod xml;

use std::ops::Range;

pub(crate) use rows::Row;

use self::rows::{Read, rows};
use crate::secret::Secret;

/// Longer names are cut: a hostile file can repeat one of a megabyte for each of its values.
const MAX_FIELD: usize = 256;

/// A value in a file.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Value {
    /// Where it is written in the file.
    pub(crate) span: Range<usize>,
    pub(crate) field: Option<String>,
    pub(crate) secret: Secret,
}

/// The kinds of credential file that a file at `path` may be.
pub(crate) fn rows_for(path: &[u8]) -> impl Iterator<Item = &'static Row> {
    rows().filter(move |row| row.at.iter().any(|end| is_at(path, end)))
}

/// Name and description of every kind.
pub(crate) fn kinds() -> impl Iterator<Item = (&'static str, &'static str)> {
    rows().map(|row| (row.id, row.what))
}

fn is_at(path: &[u8], end: &str) -> bool {
    if let Some(directory) = end.strip_suffix("/*") {
        let parent = memchr::memrchr(b'/', path).and_then(|at| path.get(..at));
        return parent.is_some_and(|parent| is_at(parent, directory));
    }
    let name_end = end.strip_prefix('*');
    let end = name_end.unwrap_or(end).as_bytes();
    let last = |bytes: &[u8]| bytes.last().map(u8::to_ascii_lowercase);
    if last(path) != last(end) {
        return false; // as nearly all, and every member of an archive comes here
    }
    let Some((before, tail)) = path
        .len()
        .checked_sub(end.len())
        .and_then(|at| path.split_at_checked(at))
    else {
        return false;
    };
    let whole = name_end.is_some() || before.last().is_none_or(|&b| b == b'/');
    whole && tail.eq_ignore_ascii_case(end)
}

impl Row {
    /// The secrets in `file`, in order, without placeholders.
    pub(crate) fn values(&self, file: &[u8]) -> Vec<Value> {
        let mut values = match self.read {
            Read::Keys(keys) => by_keys(file, keys),
            Read::Words(keys) => forms::spaced(file, keys),
            Read::Attributes(names) => forms::attributes(file, names),
            Read::Form(read) => read(file),
        };
        values.retain(|value| !placeholder::is(value.secret.clear()));
        values.sort_by_key(|value| value.span.start);
        values
    }
}

/// Reads JSON, XML or lines, as the first byte that is not blank says.
fn by_keys(file: &[u8], keys: &[&str]) -> Vec<Value> {
    let text = file.trim_ascii_start();
    let text = text
        .strip_prefix(b"\xef\xbb\xbf")
        .unwrap_or(text)
        .trim_ascii_start();
    let mut values = Vec::new();
    match text.first() {
        Some(b'{') => json::strings(file, |path, value| {
            if keys.iter().any(|key| json::is_at(path, key)) {
                values.push(value.into_value(path));
            }
        }),
        Some(b'<') => xml::texts(file, |path, span| {
            let name = path.last().copied().unwrap_or_default();
            if keys.iter().any(|key| is_named(name, key)) {
                values.extend(part(file, span, path));
            }
        }),
        _ => pairs::pairs(file, |section, key, span| {
            if keys.iter().any(|wanted| is_named(key, wanted)) {
                let path = section.map_or(vec![key], |section| vec![section, key]);
                values.extend(part(file, span, &path));
            }
        }),
    }
    values
}

/// Whether `name` ends with `key` in any case, or is what stands after its `=`.
fn is_named(name: &str, key: &str) -> bool {
    let tail = match key.strip_prefix('=') {
        Some(whole) => return name.eq_ignore_ascii_case(whole),
        None => name.len().checked_sub(key.len()),
    };
    tail.and_then(|at| name.get(at..))
        .is_some_and(|tail| tail.eq_ignore_ascii_case(key))
}

/// The bytes at `span` as a value; without a path it has no field.
fn part(file: &[u8], span: Range<usize>, path: &[impl AsRef<str>]) -> Option<Value> {
    let secret = Secret::new(file.get(span.clone())?);
    Some(Value {
        span,
        field: field(path),
        secret,
    })
}

/// The names of a path joined by dots, safe to print.
fn field(path: &[impl AsRef<str>]) -> Option<String> {
    let mut name = String::new();
    for (at, step) in path.iter().enumerate() {
        let dot = (at > 0).then_some('.');
        for char in dot.into_iter().chain(step.as_ref().chars()) {
            if name.len() >= MAX_FIELD {
                return Some(name);
            }
            name.push(if char.is_control() {
                char::REPLACEMENT_CHARACTER
            } else {
                char
            });
        }
    }
    (!path.is_empty()).then_some(name)
}

#[cfg(test)]
mod tests;
