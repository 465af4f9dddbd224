//! Names of archive members, cleaned the way engines clean them before they look one up.

/// A member name without leading `/`, `.`, `..` or empty components; empty for the root.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Cleaned {
    /// Components joined by single slashes.
    pub(crate) name: Vec<u8>,
    /// Whether the raw name was absolute or climbed above the root.
    pub(crate) escapes: bool,
}

/// Cleans `raw` relative to the root of the archive; what would climb above it stays at it.
pub(crate) fn clean(raw: &[u8]) -> Cleaned {
    resolve(b"", raw)
}

/// Cleans `raw` relative to the cleaned directory `base`; an absolute `raw` starts at the root again.
pub(crate) fn resolve(base: &[u8], raw: &[u8]) -> Cleaned {
    let absolute = raw.first() == Some(&b'/');
    let mut name = if absolute { Vec::new() } else { base.to_vec() };
    let mut escapes = absolute;
    for component in raw.split(|&byte| byte == b'/') {
        match component {
            b"" | b"." => {}
            b".." => escapes |= !pop(&mut name),
            _ => push(&mut name, component),
        }
    }
    Cleaned { name, escapes }
}

/// The directory part of a cleaned name; empty at the root.
pub(crate) fn parent(name: &[u8]) -> &[u8] {
    let end = name.iter().rposition(|&byte| byte == b'/').unwrap_or(0);
    name.get(..end).unwrap_or_default()
}

/// The last component of a cleaned name.
pub(crate) fn base(name: &[u8]) -> &[u8] {
    name.rsplit(|&byte| byte == b'/').next().unwrap_or_default()
}

/// The first component of a cleaned name.
pub(crate) fn first(name: &[u8]) -> &[u8] {
    name.split(|&byte| byte == b'/').next().unwrap_or_default()
}

/// `name` below `dir`, both clean.
pub(crate) fn join(dir: &[u8], name: &[u8]) -> Vec<u8> {
    let mut joined = dir.to_vec();
    push(&mut joined, name);
    joined
}

/// A name for messages: control characters and what is not UTF-8 escaped.
pub(crate) fn show(name: &[u8]) -> String {
    let mut shown = String::with_capacity(name.len());
    for chunk in name.utf8_chunks() {
        shown.extend(chunk.valid().chars().flat_map(escape));
        for &byte in chunk.invalid() {
            shown.extend(std::ascii::escape_default(byte).map(char::from));
        }
    }
    shown
}

fn escape(character: char) -> impl Iterator<Item = char> {
    let hidden = character.is_control()
        || matches!(character, '\u{202a}'..='\u{202e}' | '\u{2066}'..='\u{2069}' | '\u{200e}' | '\u{200f}' | '\u{2028}' | '\u{2029}');
    let (plain, escaped) = if hidden {
        (None, Some(character.escape_default()))
    } else {
        (Some(character), None)
    };
    plain.into_iter().chain(escaped.into_iter().flatten())
}

/// Whether `text` is `length` lowercase hexadecimal digits.
pub(crate) fn is_hex(text: &[u8], length: usize) -> bool {
    text.len() == length
        && text
            .iter()
            .all(|byte| matches!(byte, b'0'..=b'9' | b'a'..=b'f'))
}

fn push(name: &mut Vec<u8>, component: &[u8]) {
    if !name.is_empty() && !component.is_empty() {
        name.push(b'/');
    }
    name.extend_from_slice(component);
}

fn pop(name: &mut Vec<u8>) -> bool {
    let had = !name.is_empty();
    name.truncate(parent(name).len());
    had
}

#[cfg(test)]
mod tests {
    use super::*;

    fn cleaned(raw: &str) -> (String, bool) {
        let Cleaned { name, escapes } = clean(raw.as_bytes());
        (String::from_utf8(name).unwrap(), escapes)
    }

    #[test]
    fn spellings_of_one_name_are_equal() {
        for raw in ["a/b", "./a/b", "a//b", "a/./b/", "a/c/../b"] {
            assert_eq!(cleaned(raw), ("a/b".to_owned(), false), "{raw}");
        }
        assert_eq!(cleaned("./"), (String::new(), false));
    }

    #[test]
    fn names_that_climb_out_stay_at_the_root_and_say_so() {
        assert_eq!(cleaned("../../etc/passwd"), ("etc/passwd".to_owned(), true));
        assert_eq!(cleaned("/a"), ("a".to_owned(), true));
        assert_eq!(cleaned("a/../../b"), ("b".to_owned(), true));
    }

    #[test]
    fn link_targets_start_at_their_directory() {
        assert_eq!(
            resolve(b"id", b"../other/layer.tar").name,
            b"other/layer.tar"
        );
        assert_eq!(resolve(b"id", b"/blobs/x").name, b"blobs/x");
        assert!(resolve(b"id", b"../../x").escapes);
    }

    #[test]
    fn parts_of_a_name() {
        assert_eq!(parent(b"a/b/c"), b"a/b");
        assert_eq!(parent(b"a"), b"");
        assert_eq!(base(b"a/b/c"), b"c");
        assert_eq!(first(b"a/b/c"), b"a");
        assert_eq!(join(b"", b"a"), b"a");
        assert_eq!(join(b"r", b"a/b"), b"r/a/b");
        assert_eq!(join(b"r", b""), b"r");
    }

    #[test]
    fn hostile_names_are_shown_escaped() {
        assert_eq!(show(b"a\x1b[31m\xff"), "a\\u{1b}[31m\\xff");
        assert_eq!(show("x\u{202e}y é".as_bytes()), "x\\u{202e}y é");
    }
}
