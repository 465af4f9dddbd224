//! Strings of a JSON document with their place and the members that lead to them.
//!
//! Lenient: what is broken or cut gives the strings before the break, since a leak in a cut file is one too.

use std::ops::Range;

use super::{Secret, Value, field, is_named};

/// Documents nested deeper are read no further.
const MAX_DEPTH: usize = 128;

/// A string that is not the name of a member.
pub(super) struct Text {
    /// Where it is written, without quotes.
    pub(super) span: Range<usize>,
    /// What it means, without escapes.
    pub(super) text: Vec<u8>,
}

impl Text {
    pub(super) fn into_value(self, path: &[String]) -> Value {
        Value {
            span: self.span,
            field: field(path),
            secret: Secret::new(self.text),
        }
    }
}

/// Calls `each` with every string value and its path; elements of arrays are `*`.
pub(super) fn strings(file: &[u8], mut each: impl FnMut(&[String], Text)) {
    let mut path: Vec<String> = Vec::new();
    let mut at = 0;
    while let Some(&byte) = file.get(at) {
        at += 1;
        match byte {
            b'{' | b'[' if path.len() < MAX_DEPTH => path.push("*".to_owned()),
            b'{' | b'[' => return,
            b'}' | b']' => drop(path.pop()),
            b'"' => {
                let Some(text) = string(file, at) else { return };
                at = text.span.end + 1;
                if is_name(file, at) {
                    if let Some(last) = path.last_mut() {
                        *last = String::from_utf8_lossy(&text.text).into_owned();
                    }
                } else {
                    each(&path, text);
                }
            }
            _ => {}
        }
    }
}

/// Whether `path` is what `key` describes: the last member's name, or with dots a whole path.
pub(super) fn is_at(path: &[String], key: &str) -> bool {
    if !key.contains('.') {
        return path.last().is_some_and(|name| is_named(name, key));
    }
    let steps: Vec<&str> = key.split('.').collect();
    steps.len() == path.len()
        && steps
            .iter()
            .zip(path)
            .all(|(step, name)| *step == "*" || step == name)
}

/// The string whose opening quote is just before `start`.
fn string(file: &[u8], start: usize) -> Option<Text> {
    let mut text = Vec::new();
    let mut at = start;
    loop {
        let rest = file.get(at..)?;
        let plain = memchr::memchr2(b'"', b'\\', rest)?;
        text.extend_from_slice(rest.get(..plain)?);
        at += plain;
        if rest.get(plain) == Some(&b'"') {
            return Some(Text {
                span: start..at,
                text,
            });
        }
        at += escape(rest.get(plain + 1..)?, &mut text)? + 1;
    }
}

/// Reads what follows a backslash; returns how long it is.
fn escape(rest: &[u8], text: &mut Vec<u8>) -> Option<usize> {
    let byte = match rest.first()? {
        b'n' => b'\n',
        b'r' => b'\r',
        b't' => b'\t',
        b'u' => {
            let hex = str::from_utf8(rest.get(1..5)?).ok()?;
            let code = u32::from_str_radix(hex, 16).ok()?;
            let char = char::from_u32(code).unwrap_or(char::REPLACEMENT_CHARACTER);
            text.extend_from_slice(char.encode_utf8(&mut [0; 4]).as_bytes());
            return Some(5);
        }
        &other => other,
    };
    text.push(byte);
    Some(1)
}

fn is_name(file: &[u8], at: usize) -> bool {
    file.get(at..)
        .unwrap_or_default()
        .trim_ascii_start()
        .first()
        == Some(&b':')
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(file: &str) -> Vec<String> {
        let mut found = Vec::new();
        strings(file.as_bytes(), |path, text| {
            let value = String::from_utf8(text.text).unwrap();
            found.push(format!("{}={value}@{}", path.join("."), text.span.start));
        });
        found
    }

    #[test]
    fn paths_lead_to_strings() {
        assert_eq!(
            read(r#"{"a": {"b": "c"}, "d": ["e", {"f": "g"}]}"#),
            ["a.b=c@13", "d.*=e@25", "d.*.f=g@36"]
        );
    }

    #[test]
    fn escapes_are_undone() {
        assert_eq!(
            read(r#"{"\u0061": "x\"\\\/\n\u00e9"}"#),
            ["a=x\"\\/\n\u{e9}@12"]
        );
    }

    #[test]
    fn broken_documents_give_what_stands_before() {
        assert_eq!(read(r#"{"a": "b", "c": "d"#), ["a=b@7"]);
        assert_eq!(read(r#"{"a": "b", ]]] "c"}"#)[0], "a=b@7");
        assert_eq!(read(&"[".repeat(100_000)), [""; 0]);
        assert_eq!(read(r#"{"a": "\u12"#), [""; 0]);
    }

    #[test]
    fn keys_match_the_last_name_or_a_whole_path() {
        let path = [
            "auths".to_owned(),
            "registry.example.com".to_owned(),
            "auth".to_owned(),
        ];
        assert!(is_at(&path, "auth") && is_at(&path, "auths.*.auth"));
        assert!(!is_at(&path, "*.auth") && !is_at(&path, "auths"));
    }
}
