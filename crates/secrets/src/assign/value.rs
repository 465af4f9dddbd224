//! Whether a text looks like a generated secret: no word, name, path, number or sequence.

/// For each letter, the letters that often follow it in English and in the names of programs.
///
/// Of the pairs in such words 85 % are among these, of random ones 37 %.
const COMMON_PAIRS: [&str; 26] = [
    "abcdfgiklmnprstuvy",
    "abceilorsu",
    "acdehiklorstu",
    "abdefilorsu",
    "abcdefgilmnprstvwxy",
    "adefilorsu",
    "aehilnorsu",
    "aeiot",
    "abcdefglmnoprstvz",
    "ae",
    "aeios",
    "adeilostuy",
    "abeimopsu",
    "acdefgiknostuv",
    "abcdfgiklmnoprstuvw",
    "aehiloprstu",
    "u",
    "acdegiklmnoprstuy",
    "acehiklopstuy",
    "acehilmoprstuy",
    "abceilmnprst",
    "aei",
    "aei",
    "t",
    "ps",
    "e",
];

/// A bit for each letter that often follows the letter of the row.
const COMMON: [u32; 26] = masks();

/// Tenths of a nat that a pair speaks for chance: logarithms of how often it occurs in random text
/// over how often in words, `ln(0.37/0.85)`, `ln(0.63/0.15)` and so on.
mod pair {
    pub(super) const COMMON: i32 = -8;
    pub(super) const UNCOMMON: i32 = 14;
    pub(super) const HUMP: i32 = 5;
    pub(super) const LETTER_AND_DIGIT: i32 = 16;
}

/// What a random text must score at least: `e^3` times likelier by chance than in a program.
const RANDOM: i32 = 30;

#[expect(clippy::indexing_slicing, reason = "evaluated when this is compiled")]
const fn masks() -> [u32; 26] {
    let mut masks = [0; 26];
    let mut row = 0;
    while row < 26 {
        let mut rest = COMMON_PAIRS[row].as_bytes();
        while let [letter, tail @ ..] = rest {
            masks[row] |= 1 << (*letter - b'a');
            rest = tail;
        }
        row += 1;
    }
    masks
}

/// Whether `text` looks as if drawn by chance.
pub(crate) fn is_random(text: &[u8]) -> bool {
    let letters = text.iter().filter(|b| b.is_ascii_alphabetic());
    text.len() >= 8
        && letters.count() >= 2
        && score(text) >= RANDOM
        && is_varied(text)
        && !is_stepwise(text)
        && !is_periodic(text)
}

/// How much speaks for chance, in tenths of a nat.
pub(crate) fn score(text: &[u8]) -> i32 {
    let scores = text.windows(2).map(|pair| match pair {
        [a, b] => of_pair(*a, *b),
        _ => 0,
    });
    scores.fold(0, i32::saturating_add)
}

fn of_pair(a: u8, b: u8) -> i32 {
    if a.is_ascii_lowercase() && b.is_ascii_uppercase() {
        return pair::HUMP;
    }
    match (row(a), row(b)) {
        (Some(a), Some(b)) if COMMON.get(a).is_some_and(|row| row >> b & 1 == 1) => pair::COMMON,
        (Some(_), Some(_)) => pair::UNCOMMON,
        (Some(_), None) if b.is_ascii_digit() => pair::LETTER_AND_DIGIT,
        (None, Some(_)) if a.is_ascii_digit() => pair::LETTER_AND_DIGIT,
        _ => 0,
    }
}

fn row(letter: u8) -> Option<usize> {
    letter
        .is_ascii_alphabetic()
        .then(|| usize::from(letter.to_ascii_lowercase() - b'a'))
}

/// Whether there are as many different characters as chance gives: of `n` drawn from 16, the smallest
/// alphabet, fewer than a third are different only in long texts.
fn is_varied(text: &[u8]) -> bool {
    distinct(text) >= (text.len() / 3).clamp(5, 10)
}

/// How many different bytes there are.
pub(crate) fn distinct(text: &[u8]) -> usize {
    let mut seen = [false; 256];
    text.iter()
        .filter(|&&b| {
            let known = seen.get_mut(usize::from(b));
            known.is_some_and(|known| !std::mem::replace(known, true))
        })
        .count()
}

/// Whether many characters are the successor of one shortly before, `abcdef`, `aaaa`, `a1b2c3d4`, or
/// the letters are those of the alphabet.
fn is_stepwise(text: &[u8]) -> bool {
    let lower = text.to_ascii_lowercase();
    let letters: Vec<u8> = lower
        .iter()
        .copied()
        .filter(u8::is_ascii_alphabetic)
        .collect();
    let near = lower
        .windows(2)
        .filter(|pair| matches!(pair, [a, b] if a.abs_diff(*b) <= 1));
    near.count() * 5 > text.len() * 2
        || (2..=4).any(|apart| successors(&lower, apart) * 5 > text.len() * 2)
        || letters.len() >= 5 && successors(&letters, 1) * 5 > letters.len() * 3
}

/// How many bytes are one greater than the one so far before them.
fn successors(text: &[u8], apart: usize) -> usize {
    let pairs = text.iter().zip(text.iter().skip(apart));
    pairs.filter(|(a, b)| **b == a.wrapping_add(1)).count()
}

/// Whether it is some shorter text over and over.
fn is_periodic(text: &[u8]) -> bool {
    (1..=text.len() / 2).any(|period| {
        text.get(period..)
            .is_some_and(|tail| text.starts_with(tail))
    })
}

/// `8-4-4-4-12` hexadecimal digits.
pub(crate) fn is_uuid(text: &[u8]) -> bool {
    text.len() == 36
        && text.iter().enumerate().all(|(at, b)| match at {
            8 | 13 | 18 | 23 => *b == b'-',
            _ => b.is_ascii_hexdigit(),
        })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::tokens::tests::chars;

    const ALPHABETS: [&str; 4] = [
        "0123456789abcdef",
        "ABCDEFGHIJKLMNOPQRSTUVWXYZ234567",
        "0123456789abcdefghijklmnopqrstuvwxyz",
        "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/",
    ];

    #[test]
    fn what_chance_drew_is_random() {
        for alphabet in ALPHABETS {
            for length in [20, 24, 32, 40, 64] {
                let text = chars(alphabet, length);
                assert!(is_random(text.as_bytes()), "{text}");
            }
        }
    }

    #[test]
    fn names_words_and_paths_are_not() {
        for text in [
            "AuthenticationTokenProvider",
            "settings.GITHUB_API_SECRET",
            "my-secret-password-for-tests",
            "usr/share/doc/libssl/demos",
            "KeyboardInterruptException",
            "SharedAccessSignatureCredential",
            "the_quick_brown_fox_jumps",
            "application/x-www-form-urlencoded",
            "org.springframework.security",
            "2021-11-30T12:00:00",
            "1.2.3.4567.89",
        ] {
            assert!(!is_random(text.as_bytes()), "{text}");
        }
    }

    #[test]
    fn sequences_and_repetitions_are_not() {
        for text in [
            "0123456789abcdef",
            "abcdefghijklmnopqrstuvwxyz",
            "xxxxxxxxxxxxxxxxxxxx",
            "a1b2a1b2a1b2a1b2a1b2",
            "a1b2c3d4e5f6a7b8c9d0",
            "aB1cD2eF3gH4iJ5kL6mN7",
            "1234567890",
            "00000000-0000-0000-0000-000000000000",
        ] {
            assert!(!is_random(text.as_bytes()), "{text}");
        }
    }

    #[test]
    fn uuids() {
        assert!(is_uuid(b"12345678-90ab-cdef-1234-567890ABCDEF"));
        assert!(!is_uuid(b"12345678-90ab-cdef-1234_567890ABCDEF"));
        assert!(!is_uuid(b"12345678-90ab-cdef-1234-567890ABCDE"));
    }
}
