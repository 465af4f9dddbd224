//! JSON that is safe to look at on a terminal, and without secrets.

use std::{borrow::Cow, fmt::Write as _, io};

use serde::Serialize;

use super::escape::hides;
use crate::gate::Gate;

/// Writes a value on several lines, and a final newline.
///
/// JSON lets C1 controls and bidirectional marks stand as they are; here they
/// are written as `\uXXXX`, which every parser reads as the same text.
pub(crate) fn write(
    value: &impl Serialize,
    gate: &Gate,
    out: &mut dyn io::Write,
) -> io::Result<()> {
    let text = serde_json::to_string_pretty(value)?;
    let mut safe = String::with_capacity(text.len());
    let mut rest = text.as_str();
    while let Some((before, string, after)) = next_string(rest) {
        safe.push_str(before);
        push(&masked(string, gate)?, &mut safe);
        rest = after;
    }
    safe.push_str(rest);
    writeln!(out, "{safe}")
}

/// The text before the first string, that string with its quotes, and what follows.
fn next_string(text: &str) -> Option<(&str, &str, &str)> {
    let begin = text.find('"')?;
    let mut escaped = false;
    let inside = text.get(begin + 1..)?.bytes();
    let length = { inside }.position(|b| {
        let ends = b == b'"' && !escaped;
        escaped = b == b'\\' && !escaped;
        ends
    })?;
    let end = begin + 1 + length + 1;
    Some((text.get(..begin)?, text.get(begin..end)?, text.get(end..)?))
}

/// A string, as JSON has it, without the secrets in it.
fn masked<'s>(string: &'s str, gate: &Gate) -> io::Result<Cow<'s, str>> {
    let inside = string.get(1..string.len() - 1).unwrap_or_default();
    let clear = if inside.contains('\\') {
        Cow::Owned(serde_json::from_str::<String>(string)?)
    } else {
        Cow::Borrowed(inside)
    };
    Ok(match gate.text(&clear) {
        Cow::Borrowed(_) => Cow::Borrowed(string),
        Cow::Owned(shown) => Cow::Owned(serde_json::to_string(&shown)?),
    })
}

fn push(string: &str, safe: &mut String) {
    for c in string.chars() {
        if hides(c) {
            let _infallible = write!(safe, "\\u{:04x}", u32::from(c));
        } else {
            safe.push(c);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_hides_is_escaped_and_means_the_same() {
        let text = "a\u{9b}2J\u{202e}b\u{7f}\u{feff} ملف\n";
        let mut out = Vec::new();
        write(&text, &Gate::default(), &mut out).unwrap();
        let out = String::from_utf8(out).unwrap();
        assert_eq!(out, "\"a\\u009b2J\\u202eb\\u007f\\ufeff ملف\\n\"\n");
        assert_eq!(serde_json::from_str::<String>(&out).unwrap(), text);
    }

    #[test]
    fn quotes_and_backslashes_end_no_string_too_early() {
        let value = serde_json::json!({ "a\\": "\"", "\\\"": ["\\", "x\"y"], "n": 1 });
        let mut out = Vec::new();
        write(&value, &Gate::default(), &mut out).unwrap();
        let read: serde_json::Value = serde_json::from_slice(&out).unwrap();
        assert_eq!(read, value);
    }
}
