//! Bech32 (BIP 173): text whose last six characters are a checksum of all others.

const ALPHABET: &[u8; 32] = b"qpzry9x8gf2tvdw0s3jn54khce6mua7l";

const GENERATOR: [u32; 5] = [
    0x3b6a_57b2,
    0x2650_8e6d,
    0x1ea1_19fa,
    0x3d42_33dd,
    0x2a14_62b3,
];

/// Whether the checksum of `text` holds; in upper or lower case, but not mixed.
pub(super) fn holds(text: &[u8]) -> bool {
    let upper = text.iter().any(u8::is_ascii_uppercase);
    if upper && text.iter().any(u8::is_ascii_lowercase) {
        return false;
    }
    let text = text.to_ascii_lowercase();
    let Some(split) = memchr::memrchr(b'1', &text) else {
        return false;
    };
    let (name, digits) = text.split_at(split);
    let values: Option<Vec<u32>> = digits.iter().skip(1).map(|&b| value(b)).collect();
    match values {
        Some(values) if !name.is_empty() && values.len() >= 6 => checksum(name, &values) == 1,
        _ => false,
    }
}

fn value(digit: u8) -> Option<u32> {
    let at = memchr::memchr(digit, ALPHABET)?;
    u32::try_from(at).ok()
}

fn checksum(name: &[u8], values: &[u32]) -> u32 {
    let high = name.iter().map(|&b| u32::from(b >> 5));
    let low = name.iter().map(|&b| u32::from(b & 31));
    let all = high.chain([0]).chain(low).chain(values.iter().copied());
    all.fold(1, |sum, value| {
        let next = (sum & 0x1ff_ffff) << 5 ^ value;
        let bits = GENERATOR.iter().enumerate();
        bits.fold(next, |next, (at, &term)| match sum >> (25 + at) & 1 {
            1 => next ^ term,
            _ => next,
        })
    })
}

/// Appends the checksum to `name`, `1` and so many digits of value `digit`.
#[cfg(test)]
pub(super) fn sample(name: &str, digit: u32, count: usize) -> String {
    let mut values = vec![digit; count];
    values.extend([0; 6]);
    let sum = checksum(name.as_bytes(), &values) ^ 1;
    for at in 0..6 {
        values[count + at] = sum >> (5 * (5 - at)) & 31;
    }
    let digit = |&value: &u32| ALPHABET[value as usize] as char;
    format!("{name}1{}", values.iter().map(digit).collect::<String>())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn addresses_of_the_standard_hold() {
        for text in [
            "A12UEL5L",
            "a12uel5l",
            "an83characterlonghumanreadablepartthatcontainsthenumber1andtheexcludedcharactersbio1tt5tgs",
            "abcdef1qpzry9x8gf2tvdw0s3jn54khce6mua7lmqqqxw",
            "split1checkupstagehandshakeupstreamerranterredcaperred2y9e3w",
        ] {
            assert!(holds(text.as_bytes()), "{text}");
        }
    }

    #[test]
    fn changed_mixed_or_short_text_does_not() {
        for text in [
            "A12UEL5M", "A12uEL5L", "1nwldj5", "a1qqqqq", "", "abc", "a1b2c",
        ] {
            assert!(!holds(text.as_bytes()), "{text}");
        }
    }

    #[test]
    fn a_sample_holds() {
        assert!(holds(sample("any-name-", 7, 52).as_bytes()));
    }
}
