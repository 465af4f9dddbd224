//! Whether what should be random looks it: placeholders and documentation do not.
//!
//! Each test rejects at most some ten in a million random bodies of twenty hexadecimal digits, and
//! fewer of longer ones or larger alphabets.

use crate::detector::{Token, Verdict};

/// Words of which placeholders are made, in lower case.
const WORDS: &[&[u8]] = &[
    b"12345",
    b"abcde",
    b"changeme",
    b"deadbeef",
    b"dummy",
    b"example",
    b"foobar",
    b"insert",
    b"notreal",
    b"placeholder",
    b"redacted",
    b"replace",
    b"sample",
    b"secret",
    b"token",
    b"xxxx",
    b"your-",
    b"your_",
    b"yourapi",
    b"yourkey",
];

/// Longest period after which a body is said to repeat itself.
const LONGEST_PERIOD: usize = 64;

/// The check of tokens without a checksum: what follows the prefix looks random.
pub(super) fn random(token: &Token<'_>) -> Verdict {
    if is_random(body(token.text)) {
        Verdict::Formed
    } else {
        Verdict::No
    }
}

/// The same, and no `-` follows: for tokens that may hold one and whose length is fixed.
pub(super) fn random_whole(token: &Token<'_>) -> Verdict {
    let end = token.at.saturating_add(token.text.len());
    match token.candidate.window.get(end) {
        Some(b'-') => Verdict::No,
        _ => random(token),
    }
}

/// Whether it begins a word also in a binary file: for anchors that base64 may hold by chance, of which
/// binary files have more than the engine tells from text.
pub(super) fn begins_a_word(token: &Token<'_>) -> bool {
    let before = token.at.checked_sub(1);
    let before = before.and_then(|at| token.candidate.window.get(at));
    !token.candidate.binary || !before.is_some_and(|b| b.is_ascii_alphanumeric() || *b == b'+')
}

/// The same as [`random`], of a token whose anchor is so short that names in programs end with it.
pub(super) fn random_word(token: &Token<'_>) -> Verdict {
    if begins_a_word(token) {
        random(token)
    } else {
        Verdict::No
    }
}

/// The same as [`random`], with a capital and a digit somewhere: words and digests have no such.
pub(super) fn random_mixed(token: &Token<'_>) -> Verdict {
    let any = |test: fn(&u8) -> bool| token.text.iter().any(test);
    if any(u8::is_ascii_uppercase) && any(u8::is_ascii_digit) {
        random(token)
    } else {
        Verdict::No
    }
}

/// Whether these bytes, a token without its prefix, look random.
pub(super) fn is_random(body: &[u8]) -> bool {
    is_varied(body)
        && !is_periodic(body)
        && !is_stepped(body, 1)
        && !is_stepped(body, 2)
        && !is_name(body)
        && !holds_a_word(body)
}

/// A token without its prefix: behind the last separator of its first half, or else without its
/// first fifth. At least half of the token.
fn body(text: &[u8]) -> &[u8] {
    let (first, _) = text.split_at(text.len().min(48) / 2);
    let prefix = first
        .iter()
        .rposition(|b| b"_-.:/".contains(b))
        .map_or(text.len() / 5, |at| at.saturating_add(1));
    text.get(prefix..).unwrap_or_default()
}

/// Whether enough different bytes occur: random ones of any alphabet hold more.
fn is_varied(body: &[u8]) -> bool {
    let mut seen = [false; 256];
    for &byte in body {
        if let Some(seen) = seen.get_mut(usize::from(byte)) {
            *seen = true;
        }
    }
    let different = seen.iter().filter(|&&seen| seen).count();
    different >= (body.len() / 3).clamp(3, 7)
}

/// Whether the bytes are the same ones again and again.
fn is_periodic(body: &[u8]) -> bool {
    (1..=LONGEST_PERIOD.min(body.len() / 2)).any(|period| {
        let again = body.get(period..).unwrap_or_default();
        body.iter().zip(again).all(|(a, b)| a == b)
    })
}

/// Whether most bytes equal the one `lag` bytes before or follow it in the alphabet: `9876…`,
/// `a1b2c3…`.
fn is_stepped(body: &[u8], lag: usize) -> bool {
    let later = body.get(lag..).unwrap_or_default();
    let steps = body.iter().zip(later).filter(|(a, b)| a.abs_diff(**b) <= 1);
    steps.count().saturating_mul(5) >= later.len().saturating_mul(3)
}

/// Whether it is words joined by `-` or `_`, all in one case, as programs name things.
fn is_name(body: &[u8]) -> bool {
    let any = |test: fn(&u8) -> bool| body.iter().any(test);
    any(|b| matches!(b, b'-' | b'_'))
        && !any(u8::is_ascii_digit)
        && !(any(u8::is_ascii_uppercase) && any(u8::is_ascii_lowercase))
}

fn holds_a_word(body: &[u8]) -> bool {
    WORDS.iter().any(|word| {
        body.windows(word.len())
            .any(|window| window.eq_ignore_ascii_case(word))
    })
}

#[cfg(test)]
mod tests {
    use super::super::tests::{ALNUM, BASE32, BASE64URL, HEX, chars};
    use super::*;

    #[test]
    fn random_bodies_look_random() {
        for alphabet in [ALNUM, BASE32, BASE64URL, HEX] {
            for count in 16..600 {
                let body = chars(alphabet, count);
                assert!(is_random(body.as_bytes()), "{body}");
            }
        }
        let uuid = "9b2f4c1e-7d35-4a80-b6e9-0f8a3d57c214";
        assert!(is_random(uuid.as_bytes()));
    }

    #[test]
    fn placeholders_do_not() {
        for text in [
            "",
            "a",
            "xxxxxxxxxxxxxxxxxxxxxxxx",
            "0000000000000000",
            "abababababababababab",
            "1234567890123456789012345678901234567890",
            "zyxwvutsrqponmlkjihgfedcba9876543210",
            "a1b2c3d4e5f6g7h8i9j0",
            "00000000-0000-0000-0000-000000000000",
            "7mKq9ZtR7mKq9ZtR7mKq9ZtR",
            "get_all_of_the_things_in_there",
            "GET-ALL-OF-THE-THINGS-IN-THERE",
            "IOSFODNN7EXAMPLE",
            "Kd83YourApiKeyHere0Zq7",
            "k7Qw9xXxXzP0vB3nM5tR",
        ] {
            assert!(!is_random(text.as_bytes()), "{text}");
        }
    }

    #[test]
    fn a_prefix_is_not_judged() {
        let text = |prefix: &str, body: &str| format!("{prefix}{body}");
        let random = chars(ALNUM, 32);
        for prefix in ["abcd_secret_", "xx-", "AKIA", "API-", "token:"] {
            let token = text(prefix, &random);
            assert!(is_random(body(token.as_bytes())), "{token}");
            let token = text(prefix, &"x".repeat(32));
            assert!(!is_random(body(token.as_bytes())), "{token}");
        }
    }
}
