//! Assignments in text: a name, an operator and a value, in whatever language.
//!
//! `k=v`, `k: v`, `"k": "v"`, `k := v`, `k => v`, `<k>v</k>`, `<add key="k" value="v"/>`,
//! `name: k` and on the next line `value: v`, `let k: String = "v"`, `-e K=v`, `?k=v&`.

use std::ops::Range;

use memchr::memrchr;

/// Longest name that is looked at.
const MAX_NAME: usize = 96;

/// Longest value that is looked at.
const MAX_VALUE: usize = 400;

/// Blanks that may stand around an operator, as in aligned columns.
const MAX_BLANKS: usize = 32;

/// Bytes before a `value` that may hold its `name`.
const MAX_APART: usize = 160;

/// A value with its name, as places in a window.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Assignment {
    pub(super) name: Range<usize>,
    pub(super) value: Range<usize>,
    /// Whether the value stands in quotes, or is the text of an XML element.
    pub(super) quoted: bool,
}

/// The last three letters, in lower case, of names that may be those of secrets.
const ENDINGS: [[u8; 3]; 31] = [
    *b"ord", *b"swd", *b"pwd", *b"ass", *b"ase", *b"ode", *b"ort", *b"ret", *b"ets", *b"ken",
    *b"ens", *b"key", *b"eys", *b"uth", *b"red", *b"eds", *b"ial", *b"als", *b"rer", *b"jwt",
    *b"psk", *b"psw", *b"ing", *b"str", *b"est", *b"rod", *b"dev", *b"lue", *b"val", *b"ive",
    *b"hor",
];

/// A bit for each three letters.
#[expect(clippy::indexing_slicing, reason = "evaluated when this is compiled")]
const LETTERS: [u64; 512] = {
    let mut bits = [0; 512];
    let mut at = 0;
    while at < ENDINGS.len() {
        let [a, b, c] = ENDINGS[at];
        let key = triple(a, b, c);
        bits[key >> 6] |= 1 << (key & 63);
        at += 1;
    }
    bits
};

const fn triple(a: u8, b: u8, c: u8) -> usize {
    ((a & 31) as usize) << 10 | ((b & 31) as usize) << 5 | (c & 31) as usize
}

/// What a byte may be between a name's letters and its operator.
#[expect(clippy::indexing_slicing, reason = "evaluated when this is compiled")]
const BETWEEN: [bool; 256] = {
    let mut table = [false; 256];
    let between = b" \t\"'`]\\_:?.+|0123456789";
    let mut at = 0;
    while at < between.len() {
        table[between[at] as usize] = true;
        at += 1;
    }
    table
};

/// Whether the name before the operator at `at` may be that of a secret, by its last letters: the
/// one question that is asked of every operator in a file.
pub(super) fn may_be_secret(window: &[u8], at: usize) -> bool {
    let before = window.get(..at).unwrap_or_default();
    let mut last = before.len();
    let first = last.saturating_sub(MAX_BLANKS);
    while last > first
        && before
            .get(last - 1)
            .is_some_and(|&b| BETWEEN.get(usize::from(b)).copied().unwrap_or(false))
    {
        last -= 1;
    }
    match before.get(last.saturating_sub(3)..last) {
        Some(&[a, b, c]) if a >= b'A' && b >= b'A' && c >= b'A' => {
            let key = triple(a, b, c);
            LETTERS
                .get(key >> 6)
                .is_some_and(|bits| bits >> (key & 63) & 1 == 1)
        }
        _ => false,
    }
}

/// The assignment whose operator is at `at`.
pub(super) fn assignment(window: &[u8], at: usize) -> Option<Assignment> {
    let byte = |at: usize| window.get(at).copied();
    let after = byte(at + 1);
    let before = at.checked_sub(1).and_then(byte);
    let is_operator = match byte(at)? {
        b'=' => after != Some(b'=') && !matches!(before, Some(b'=' | b'!' | b'<' | b'>')),
        b':' => !matches!(after, Some(b':' | b'=' | b'/')) && before != Some(b':'),
        b'>' => {
            !matches!(before, Some(b'=' | b'-' | b'/' | b'?'))
                && !matches!(after, Some(b'>' | b'='))
        }
        _ => false,
    };
    if !is_operator {
        return None;
    }
    let element = byte(at) == Some(b'>');
    let (value, quoted) = value(window, at + 1, element)?;
    let name = name(window, at)?;
    let name = match window.get(name.clone())? {
        word if is_type(word) => typed(window, name.start)?,
        word if word.eq_ignore_ascii_case(b"value") => named_before(window, name.start)?,
        _ => name,
    };
    Some(Assignment {
        name,
        value,
        quoted,
    })
}

/// Where the name before an operator stands.
fn name(window: &[u8], operator: usize) -> Option<Range<usize>> {
    let before = window.get(..operator)?;
    let is_between = |b: &u8| {
        matches!(
            b,
            b' ' | b'\t'
                | b'"'
                | b'\''
                | b'`'
                | b']'
                | b'['
                | b'\\'
                | b':'
                | b'?'
                | b'.'
                | b'+'
                | b'|'
                | b'*'
        )
    };
    let end = before.iter().rposition(|b| !is_between(b))? + 1;
    if operator - end > MAX_BLANKS {
        return None;
    }
    run(window, end)
}

/// The letters, digits and separators that end at `end`.
fn run(window: &[u8], end: usize) -> Option<Range<usize>> {
    let least = end.saturating_sub(MAX_NAME);
    let text = window.get(least..end)?;
    let is_part = |b: &u8| b.is_ascii_alphanumeric() || matches!(b, b'_' | b'-' | b'.' | b'$');
    let start = text
        .iter()
        .rposition(|b| !is_part(b))
        .map_or(least, |at| least + at + 1);
    // Of an escape before the name, `\nTOKEN=`, the letter is no part of it.
    let escaped = start.checked_sub(1).and_then(|at| window.get(at)) == Some(&b'\\')
        && matches!(window.get(start), Some(b'n' | b't' | b'r'));
    let start = start + usize::from(escaped);
    (start < end).then_some(start..end)
}

/// Whether a word is a type rather than a name: `let k: String =`, `var k string =`, `k: str =`.
fn is_type(word: &[u8]) -> bool {
    [&b"string"[..], b"str", b"std.string"]
        .iter()
        .any(|name| word.eq_ignore_ascii_case(name))
}

/// The name before a type.
fn typed(window: &[u8], start: usize) -> Option<Range<usize>> {
    let before = window.get(..start)?;
    let is_between = |b: &u8| matches!(b, b' ' | b':' | b'&' | b'\'');
    let end = before.iter().rposition(|b| !is_between(b))? + 1;
    (start - end <= 4).then(|| run(window, end)).flatten()
}

/// What a `name`, `key` or `Name` just before a `value` says.
fn named_before(window: &[u8], start: usize) -> Option<Range<usize>> {
    let least = start.saturating_sub(MAX_APART);
    let text = window.get(least..start)?;
    let is_blank = |b: &u8| b.is_ascii_whitespace() || matches!(b, b'"' | b'\'' | b',' | b'\\');
    let end = text.iter().rposition(|b| !is_blank(b))? + 1;
    let name = run(window, least + end)?;
    let label = window.get(least..name.start)?;
    let label = label.trim_ascii_end();
    let label = label
        .strip_suffix(b"\\\"")
        .or(label.strip_suffix(b"\""))
        .or(label.strip_suffix(b"'"))
        .unwrap_or(label);
    let label = label
        .trim_ascii_end()
        .strip_suffix(b"=")
        .or(label.trim_ascii_end().strip_suffix(b":"))?;
    let label = label.trim_ascii_end();
    let label = label
        .strip_suffix(b"\\\"")
        .or(label.strip_suffix(b"\""))
        .unwrap_or(label)
        .to_ascii_lowercase();
    let words: [&[u8]; 3] = [b"name", b"key", b"variable"];
    words
        .iter()
        .any(|word| label.ends_with(word))
        .then_some(name)
}

/// Where the value behind an operator stands, and whether in quotes.
fn value(window: &[u8], start: usize, element: bool) -> Option<(Range<usize>, bool)> {
    let rest = window.get(start..)?;
    let is_blank = |b: &u8| matches!(b, b' ' | b'\t') || element && matches!(b, b'\r' | b'\n');
    let skipped = rest
        .iter()
        .position(|b| !is_blank(b) && (element || !matches!(b, b'=' | b'>' | b'~')))?;
    if skipped > MAX_BLANKS {
        return None;
    }
    let start = start + skipped;
    let text = window.get(start..)?;
    let text = text.get(..MAX_VALUE).unwrap_or(text);
    if element {
        return element_text(text).map(|length| (start..start + length, true));
    }
    if let Some((open, close)) = quotes(text) {
        let inside = text.get(open..)?;
        let length = memchr::memmem::find(inside, close)?;
        let length = length - usize::from(close == b"\"" && inside.get(..length)?.ends_with(b"\\"));
        return Some((start + open..start + open + length, true));
    }
    let is_end = |b: &u8| b.is_ascii_whitespace() || b"\"'`;,<>&|\\()[]{}".contains(b);
    let length = text.iter().position(is_end).unwrap_or(text.len());
    let called = matches!(text.get(length), Some(b'[' | b'('));
    (length > 0 && !called).then_some((start..start + length, false))
}

/// How long the text of an element is, without blanks at its end; none if it is not closed.
fn element_text(text: &[u8]) -> Option<usize> {
    let end = memchr::memchr(b'<', text)?;
    let closed = text.get(end + 1) == Some(&b'/');
    let length = text.get(..end)?.trim_ascii_end().len();
    (closed && length > 0).then_some(length)
}

/// How long the opening of a quoted text is, and what closes it.
fn quotes(text: &[u8]) -> Option<(usize, &'static [u8])> {
    let (prefix, rest) = match text {
        [b'b' | b'r' | b'u' | b'f' | b'@' | b'L' | b'$', rest @ ..]
            if matches!(rest.first(), Some(b'"' | b'\'')) =>
        {
            (1, rest)
        }
        _ => (0, text),
    };
    let (open, close): (_, &[u8]) = match rest {
        [b'\\', b'"', ..] => (2, b"\\\""),
        [b'\\', b'\'', ..] => (2, b"\\'"),
        [b'"', b'"', b'"', ..] => (3, b"\"\"\""),
        [b'"', ..] => (1, b"\""),
        [b'\'', ..] => (1, b"'"),
        [b'`', ..] => (1, b"`"),
        [b'&', b'q', b'u', b'o', b't', b';', ..] => (6, b"&quot;"),
        _ => return None,
    };
    Some((prefix + open, close))
}

/// What stands on the line before a name, at most so many bytes of it.
pub(super) fn line_before(window: &[u8], start: usize, most: usize) -> &[u8] {
    let before = window
        .get(start.saturating_sub(most)..start)
        .unwrap_or_default();
    let line = memrchr(b'\n', before).map_or(0, |at| at + 1);
    before.get(line..).unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use super::*;

    /// The names and values of all assignments in a text.
    fn read(text: &str) -> Vec<String> {
        let window = text.as_bytes();
        (0..window.len())
            .filter(|&at| b"=:>".contains(&window[at]))
            .filter_map(|at| assignment(window, at))
            .map(|found| format!("{}|{}", &text[found.name], &text[found.value]))
            .collect()
    }

    #[test]
    fn operators_of_all_languages() {
        for text in [
            "k=v1",
            "k = v1",
            "k: v1",
            "k:v1",
            "k := \"v1\"",
            "k ::= \"v1\"",
            "k :::= 'v1'",
            "k ?= v1",
            "k .= \"v1\"",
            "k += 'v1'",
            "\"k\" => \"v1\"",
            "'k': 'v1',",
            "{\"k\": \"v1\"}",
            "{\\\"k\\\": \\\"v1\\\"}",
            "<k>v1</k>",
            "<k>\n  v1\n</k>",
            "<a x=\"0\" k=\"v1\"/>",
            "var k string = \"v1\"",
            "let k: &str = \"v1\"",
            "k: str = 'v1'",
            "k = b'v1'",
            "k = `v1`",
            "a[\"k\"] = \"v1\"",
            "char k[] = \"v1\"",
            "-e k=v1 x",
            "?x&k=v1&y",
            "\"x\\nk=v1\\ny\"",
            "<add key=\"k\" value=\"v1\"/>",
            "- name: k\n  value: v1",
            "{\"name\": \"k\", \"value\": \"v1\"}",
            "k=&quot;v1&quot;",
            "k = \"\"\"v1\"\"\"",
        ] {
            let found = read(text);
            assert!(found.contains(&"k|v1".to_owned()), "{text}: {found:?}");
        }
    }

    #[test]
    fn what_is_no_assignment() {
        for text in [
            "k == v", "k != v", "k <= v", "k >= v", "k->v", "a::k", "http://k", "k = v(1)", "k = ",
            "k: [", "<k>v", "<k/>v<",
        ] {
            let found = read(text);
            assert!(
                !found.iter().any(|found| found.starts_with("k|")),
                "{text}: {found:?}"
            );
        }
    }

    #[test]
    fn endings_of_names() {
        for text in [
            "password=",
            "API_KEY =",
            "\"token\":",
            "token2:",
            "secret_1 =",
            "a['apiKey'] =",
            "x_token ::=",
        ] {
            let at = text.len() - 1;
            assert!(may_be_secret(text.as_bytes(), at), "{text}");
        }
        for text in ["width=", "a =", "x:", "", "=", "name:", "if (x) {}:"] {
            let at = text.len().saturating_sub(1);
            assert!(!may_be_secret(text.as_bytes(), at), "{text}");
        }
    }
}
