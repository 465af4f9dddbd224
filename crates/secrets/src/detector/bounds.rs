//! Where a token may begin and end.
//!
//! In text a letter, digit or underscore beside it makes it part of something else. Binary files write
//! strings side by side: string tables of Go programs, cells of sqlite, constants of `.pyc` files with
//! a length before and a type behind. There neighbours mean nothing where the token begins with its
//! anchor. Nowhere is it a token amid a long run of base64 or hex digits: by chance such a run holds
//! any short anchor, and what it encodes is looked at decoded.

use std::ops::Range;

use super::Candidate;

/// So many digits around a token make a run; a line of base64 has 64 or 76.
const RUN: usize = 40;

/// Digits looked at on either side.
const REACH: usize = 128;

impl Candidate<'_> {
    /// Whether the bytes at `span` are a word of their own; of an empty span, whether one begins there.
    pub(crate) fn is_apart(&self, span: Range<usize>) -> bool {
        self.is_apart_in(span.clone(), span)
    }

    /// The same of a token that the pattern knows more bytes around.
    pub(super) fn is_apart_in(&self, span: Range<usize>, whole: Range<usize>) -> bool {
        let (before, after) = self.around(span.clone());
        let free = self.binary && span.start == self.at;
        let joined_before =
            before.last().copied().is_some_and(is_word) && !ends_with_escape(before);
        let joined_after = after.first().copied().is_some_and(is_word);
        let (before, after) = self.around(whole);
        (free || !(joined_before || joined_after)) && !is_amid_digits(before, after)
    }

    /// What stands on either side; nothing behind an empty span, whose own bytes those are.
    fn around(&self, span: Range<usize>) -> (&[u8], &[u8]) {
        let before = self.window.get(..span.start).unwrap_or_default();
        let after = self.window.get(span.end..).unwrap_or_default();
        (before, if span.is_empty() { &[] } else { after })
    }
}

fn is_word(byte: u8) -> bool {
    byte.is_ascii_alphanumeric() || byte == b'_'
}

/// Whether the last letters belong to an escape: `\n`, `\u003d`, `%3D`, or to a colour of a terminal.
fn ends_with_escape(before: &[u8]) -> bool {
    let hex = |digits: &[u8]| digits.iter().all(u8::is_ascii_hexdigit);
    match before {
        [.., b'\\', b'n' | b'r' | b't' | b'b' | b'f' | b'v' | b'0'] => true,
        [.., b'\\', b'x', a, b] | [.., b'%', a, b] => hex(&[*a, *b]),
        [.., b'\\', b'u', a, b, c, d] => hex(&[*a, *b, *c, *d]),
        [rest @ .., b'm'] => ends_with_colour(rest),
        _ => false,
    }
}

/// ECMA-48, select graphic rendition: `ESC [ 1 ; 31 m`.
fn ends_with_colour(before: &[u8]) -> bool {
    let digits = |byte: &&u8| byte.is_ascii_digit() || **byte == b';';
    let length = before.iter().rev().take(12).take_while(digits).count();
    before
        .get(..before.len().saturating_sub(length))
        .is_some_and(|before| before.ends_with(b"\x1b["))
}

/// Whether what touches the token on both sides together is a long run of base64 or hex digits.
fn is_amid_digits(before: &[u8], after: &[u8]) -> bool {
    let digit = |byte: &&u8| byte.is_ascii_alphanumeric() || matches!(byte, b'+' | b'/' | b'=');
    let before = before.iter().rev().take(REACH).take_while(digit);
    let around = before.chain(after.iter().take(REACH).take_while(digit));
    let (mut length, mut upper, mut lower, mut number) = (0, false, false, false);
    let mut hex = true;
    for byte in around {
        length += 1;
        upper |= byte.is_ascii_uppercase();
        lower |= byte.is_ascii_lowercase();
        number |= byte.is_ascii_digit();
        hex &= byte.is_ascii_hexdigit();
    }
    // Words run together are mostly of one case.
    length >= RUN && number && (hex || upper && lower)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::context::Context;

    fn apart(before: &[u8], after: &[u8], binary: bool) -> bool {
        let token = ["AK", "IA", "ABCDEFGHIJKLMNOP"].concat();
        let window = [before, token.as_bytes(), after].concat();
        let candidate = Candidate {
            window: &window,
            at: before.len(),
            binary,
            context: Context::Document,
        };
        candidate.is_apart(before.len()..before.len() + token.len())
    }

    /// 100 base64 digits.
    fn blob() -> Vec<u8> {
        b"Zm9vYmFyMTIzNDU2Nzg5QUJDREVG".repeat(4)[..100].to_vec()
    }

    #[test]
    fn words_of_text_end_a_token() {
        for (before, after) in [
            ("", ""),
            ("a=", ";"),
            ("\"", "\""),
            (r"a\n", r"\nb"),
            (r"a\u003d", "%26"),
            ("a%3D", "&b"),
            (r"\x22", r"\x22"),
            ("\x1b[1;31m", "\x1b[0m"),
            ("é", "é"),
            ("-", "-"),
            ("s3://", "/path/of/a/file"),
            ("/da39a3ee5e6b4b0d3255bfef95601890afd80709/", "/objects"),
        ] {
            assert!(
                apart(before.as_bytes(), after.as_bytes(), false),
                "{before:?} {after:?}"
            );
        }
        for (before, after) in [
            ("a", ""),
            ("", "a"),
            ("_", ""),
            ("", "0"),
            ("%zz", ""),
            ("[1m", ""),
        ] {
            assert!(
                !apart(before.as_bytes(), after.as_bytes(), false),
                "{before:?} {after:?}"
            );
        }
    }

    #[test]
    fn minified_script_has_quotes() {
        assert!(apart(b"function(){var a=\"", b"\",b=1;return a}", false));
    }

    #[test]
    fn neighbours_in_binaries_mean_nothing() {
        let cases: [(&[u8], &[u8]); 4] = [
            (b"\0\0z\x14", b"r\x03\0\0"), // .pyc: a short string of 20 bytes, then a reference
            (b"\x0f5production", b"2024-05-01"), // cells of sqlite
            (
                b"unexpected EOFinvalid argument",
                b"1907348632812595367431640625",
            ), // Go
            (b"\0a", b"a\0"),
        ];
        for (before, after) in cases {
            assert!(apart(before, after, true), "{before:?}");
            assert!(!apart(before, after, false), "{before:?}");
        }
    }

    #[test]
    fn digits_around_hide_a_token() {
        let blob = blob();
        for (before, after) in [
            ([&blob[..], b"/"].concat(), [b"+", &blob[..]].concat()),
            (Vec::new(), [b"/", &blob[..]].concat()),
            ([&blob[..], b"+"].concat(), Vec::new()),
        ] {
            assert!(!apart(&before, &after, false));
            assert!(!apart(&before, &after, true));
        }
        assert!(!apart(&blob, &blob, true));
        assert!(!apart(b"\0", &b"0123456789abcdef".repeat(4), true));
    }

    #[test]
    fn digits_on_other_lines_hide_nothing() {
        let blob = blob();
        let (before, after) = ([&blob[..], b"\n"].concat(), [b"\n", &blob[..]].concat());
        assert!(apart(&before, &after, false));
    }

    #[test]
    fn token_that_does_not_begin_with_its_anchor_needs_an_edge_in_binaries_too() {
        let candidate = Candidate {
            window: b"abcQ~1234",
            at: 3,
            binary: true,
            context: Context::Document,
        };
        assert!(!candidate.is_apart(1..9));
        assert!(candidate.is_apart(0..9));
    }

    #[test]
    fn empty_span_says_whether_a_token_may_begin() {
        let window = [&b" "[..], &blob()].concat();
        let candidate = Candidate {
            window: &window,
            at: 1,
            binary: false,
            context: Context::Document,
        };
        assert!(candidate.is_apart(1..1));
        assert!(!candidate.is_apart(3..3));
    }
}
