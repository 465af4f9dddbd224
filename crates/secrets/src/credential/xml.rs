//! Texts and attributes of an XML document, with comments left out.

use std::ops::Range;

use memchr::{memchr, memmem};

/// Documents nested deeper are read no further.
const MAX_DEPTH: usize = 128;

/// Calls `each` with the names of the elements around every text and its place, without blanks around it.
pub(super) fn texts<'a>(file: &'a [u8], mut each: impl FnMut(&[&'a str], Range<usize>)) {
    let mut path = Vec::new();
    for (text, tag) in pieces(file) {
        let trimmed = trim(file, text);
        if !trimmed.is_empty() {
            each(&path, trimmed);
        }
        match tag {
            [b'/', ..] => drop(path.pop()),
            [b'?' | b'!', ..] | [.., b'/'] => {}
            _ if path.len() < MAX_DEPTH => path.push(name(tag)),
            _ => return,
        }
    }
}

/// The tags of a document that are not in comments: where they begin, and what stands in their brackets.
pub(super) fn tags(file: &[u8]) -> impl Iterator<Item = (usize, &[u8])> {
    let shown = pieces(file).filter(|(_, tag)| !tag.starts_with(b"!--"));
    shown.map(|(text, tag)| (text.end + 1, tag))
}

/// The place of an attribute's value in `tag`.
pub(super) fn attribute(tag: &[u8], name: &str) -> Option<Range<usize>> {
    let open = [b" ", name.as_bytes(), b"=\""].concat();
    let start = memmem::find(tag, &open)? + open.len();
    let len = memchr(b'"', tag.get(start..)?)?;
    Some(start..start + len)
}

/// Each text together with the tag that ends it.
fn pieces(file: &[u8]) -> impl Iterator<Item = (Range<usize>, &[u8])> {
    let mut at = 0;
    std::iter::from_fn(move || {
        let start = at;
        let open = start + memchr(b'<', file.get(start..)?)?;
        let rest = file.get(open + 1..)?;
        let (len, end) = if rest.starts_with(b"!--") {
            (memmem::find(rest, b"-->")?, 3)
        } else {
            (memchr(b'>', rest)?, 1)
        };
        at = open + 1 + len + end;
        Some((start..open, rest.get(..len)?))
    })
}

fn trim(file: &[u8], text: Range<usize>) -> Range<usize> {
    let bytes = file.get(text.clone()).unwrap_or_default();
    let start = text.start + bytes.len() - bytes.trim_ascii_start().len();
    start..start + bytes.trim_ascii().len()
}

fn name(tag: &[u8]) -> &str {
    let end = tag
        .iter()
        .position(u8::is_ascii_whitespace)
        .unwrap_or(tag.len());
    tag.get(..end)
        .and_then(|name| str::from_utf8(name).ok())
        .unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(file: &str) -> Vec<String> {
        let mut found = Vec::new();
        texts(file.as_bytes(), |path, span| {
            found.push(format!("{}={}", path.join("."), &file[span]));
        });
        found
    }

    #[test]
    fn texts_know_their_elements() {
        let file = "<?xml version='1.0'?><a x=\"1\"><b> c </b><d/><e>f</e></a>";
        assert_eq!(read(file), ["a.b=c", "a.e=f"]);
    }

    #[test]
    fn comments_are_silent() {
        assert_eq!(read("<a><!-- <b>c</b> --><d>e</d></a>"), ["a.d=e"]);
    }

    #[test]
    fn broken_documents_give_what_stands_before() {
        assert_eq!(read("<a>b</a></a></a><c>d</c><e"), ["a=b", "c=d"]);
        assert_eq!(read("<a>b<!-- "), [""; 0]);
        assert_eq!(read(&"<a>".repeat(100_000)), [""; 0]);
    }

    #[test]
    fn attributes_have_places() {
        let tag = br#"add key="Password" value="x""#;
        assert_eq!(&tag[attribute(tag, "value").unwrap()], b"x");
        assert_eq!(attribute(tag, "alue"), None);
    }
}
