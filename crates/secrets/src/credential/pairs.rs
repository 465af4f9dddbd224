//! Lines of `key = value` or `key: value`: INI, properties, flat TOML and YAML.

use std::ops::Range;

/// Calls `each` with the section, key and place of the value of every line that has one.
///
/// Sections are lines in brackets. Quotes around keys and values and comments are left out; blocks of
/// several lines are not read.
pub(super) fn pairs<'a>(
    file: &'a [u8],
    mut each: impl FnMut(Option<&'a str>, &'a str, Range<usize>),
) {
    let mut section = None;
    let mut start = 0;
    for line in file.split_inclusive(|&b| b == b'\n') {
        if let Some(name) = header(line) {
            section = Some(name);
        } else if let Some((key, value)) = pair(line) {
            each(section, key, start + value.start..start + value.end);
        }
        start += line.len();
    }
}

fn header(line: &[u8]) -> Option<&str> {
    let name = line.trim_ascii().strip_prefix(b"[")?.strip_suffix(b"]")?;
    let name = name
        .strip_prefix(b"[")
        .map_or(name, |name| name.strip_suffix(b"]").unwrap_or(name));
    str::from_utf8(name).ok().map(str::trim)
}

fn pair(line: &[u8]) -> Option<(&str, Range<usize>)> {
    let text = line.trim_ascii_start();
    if matches!(text.first()?, b'#' | b';') {
        return None;
    }
    let split = separator(line)?;
    let key = str::from_utf8(line.get(..split)?).ok()?.trim();
    let key = key
        .strip_prefix("- ")
        .unwrap_or(key)
        .trim()
        .trim_matches(['"', '\'']);
    let key = key.trim_start_matches('\u{feff}');
    let value = value(line.get(split + 1..)?);
    (!key.is_empty()).then(|| (key, split + 1 + value.start..split + 1 + value.end))
}

/// The first `=`, or colon before a blank or the end; npm's keys hold colons, base64 ends with `=`.
fn separator(line: &[u8]) -> Option<usize> {
    let colon = |at: usize| line.get(at + 1).is_none_or(u8::is_ascii_whitespace);
    let mut bytes = line.iter().enumerate();
    let found = bytes.find(|&(at, &b)| b == b'=' || b == b':' && colon(at));
    found
        .map(|(at, _)| at)
        .or_else(|| memchr::memchr(b':', line))
}

/// Where the value lies in what follows the separator.
fn value(rest: &[u8]) -> Range<usize> {
    let start = rest.len() - rest.trim_ascii_start().len();
    let text = rest.trim_ascii();
    let (open, len) = match text.split_first() {
        Some((quote @ (b'"' | b'\''), tail)) => {
            (1, memchr::memchr(*quote, tail).unwrap_or(tail.len()))
        }
        _ => (0, comment(text).unwrap_or(text.len())),
    };
    start + open..start + open + len
}

/// Where a comment after a bare value begins, with the blank before it.
fn comment(text: &[u8]) -> Option<usize> {
    let is_start = |pair: &[u8]| matches!(pair, [b' ' | b'\t', b'#' | b';']);
    text.windows(2).position(is_start)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(text: &str) -> Vec<String> {
        let mut found = Vec::new();
        pairs(text.as_bytes(), |section, key, span| {
            found.push(format!("{}/{key}/{}", section.unwrap_or("-"), &text[span]));
        });
        found
    }

    #[test]
    fn forms_of_lines() {
        let cases = [
            ("k=v", "-/k/v"),
            ("  k = v  \r\n", "-/k/v"),
            ("k: v", "-/k/v"),
            ("k:v", "-/k/v"),
            ("k = \"v # w\" # c", "-/k/v # w"),
            ("k = v # c", "-/k/v"),
            ("k = v#w", "-/k/v#w"),
            ("- k: 'v'", "-/k/v"),
            ("'k': v==", "-/k/v=="),
            ("//host:80/:_auth=dg==", "-///host:80/:_auth/dg=="),
            (":gem_key: v", "-/:gem_key/v"),
            ("[a]\nk=v", "a/k/v"),
            ("[[a.b]]\nk=v", "a.b/k/v"),
            ("\u{feff}k=v", "-/k/v"),
            ("k =", "-/k/"),
        ];
        for (text, want) in cases {
            assert_eq!(read(text), [want], "{text:?}");
        }
    }

    #[test]
    fn comments_and_other_lines_are_silent() {
        assert_eq!(read("# k=v\n  ; k=v\n\nword\n=v\n"), [""; 0]);
    }
}
