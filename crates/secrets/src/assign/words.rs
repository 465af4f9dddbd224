//! Words of shell commands.

use std::ops::Range;

/// Most words of a command that are looked at.
const MOST: usize = 64;

/// The words of the command that begins at `start`, up to its end, without quotes around them.
pub(super) fn words(text: &[u8], start: usize) -> Vec<Range<usize>> {
    let mut words = Vec::new();
    let mut at = start;
    while words.len() < MOST {
        at = match next_word(text, at) {
            Some(next) => next,
            None => break,
        };
        let Some((word, after)) = word(text, at) else {
            break;
        };
        words.push(word);
        at = after;
    }
    words
}

/// Where the next word begins; none at the end of the command.
fn next_word(text: &[u8], mut at: usize) -> Option<usize> {
    loop {
        match text.get(at..)? {
            [b' ' | b'\t' | b'"' | b'\'', b' ' | b'\t', ..] | [b' ' | b'\t', ..] => at += 1,
            [b'\\', b'\r', b'\n', ..] => at += 3,
            [b'\\', b'\n', ..] => at += 2,
            []
            | [
                b'\n' | b'\r' | b';' | b'|' | b'&' | b'>' | b'<' | b')' | b'`',
                ..,
            ] => return None,
            _ => return Some(at),
        }
    }
}

/// The word that begins at `at`, and where it ends with its quotes.
fn word(text: &[u8], at: usize) -> Option<(Range<usize>, usize)> {
    let rest = text.get(at..)?;
    let (open, quote): (_, Option<&[u8]>) = match rest {
        [b'\\', b'"', ..] => (2, Some(b"\\\"")),
        [b'"', ..] => (1, Some(b"\"")),
        [b'\'', ..] => (1, Some(b"'")),
        _ => (0, None),
    };
    let inside = rest.get(open..)?;
    let (length, close) = match quote {
        Some(quote) => (memchr::memmem::find(inside, quote)?, quote.len()),
        None => (bare(inside), 0),
    };
    let start = at + open;
    Some((start..start + length, start + length + close))
}

/// How long a word without quotes at its beginning is; those inside it belong to it.
fn bare(text: &[u8]) -> usize {
    let is_end = |b: &u8| b.is_ascii_whitespace() || b"\"'`;|&<>)\\,".contains(b);
    text.iter().position(is_end).unwrap_or(text.len())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(text: &str) -> Vec<&str> {
        let words = words(text.as_bytes(), 0);
        words.into_iter().map(|word| &text[word]).collect()
    }

    #[test]
    fn words_with_and_without_quotes() {
        assert_eq!(
            read("curl -u 'a:b c' \"x\" y"),
            ["curl", "-u", "a:b c", "x", "y"]
        );
        assert_eq!(read("a \\\n  b"), ["a", "b"]);
        assert_eq!(read("a -H \\\"x: y\\\" b"), ["a", "-H", "x: y", "b"]);
    }

    #[test]
    fn a_command_ends() {
        for text in ["a b; c", "a b && c", "a b | c", "a b\nc", "a b)", "a b > c"] {
            assert_eq!(read(text), ["a", "b"], "{text}");
        }
        assert_eq!(read(""), [""; 0]);
        assert_eq!(read("a 'b"), ["a"]);
        assert_eq!(read(&"a ".repeat(1000)).len(), MOST);
    }
}
