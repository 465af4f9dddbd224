//! Checksums that issuers put into their tokens.

use crate::detector::{Token, Verdict};

/// Digits of base 62 as GitHub and npm order them; the first 36, in lower case, are those of base 36.
const BASE62: &[u8; 62] = b"0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz";

/// The check of `prefix_` and a body whose last six digits are the checksum of the others.
pub(super) fn crc32_base62_tail(token: &Token<'_>) -> Verdict {
    let body = token.text.splitn(2, |&b| b == b'_').nth(1);
    match body.and_then(<[u8]>::split_last_chunk) {
        Some((body, sum)) if crc32_base62(body) == *sum => Verdict::Proven,
        _ => Verdict::Wrong,
    }
}

/// The check of tokens that end in the seven digits of the checksum of all before (GitLab).
pub(super) fn crc32_base36_tail(token: &Token<'_>) -> Verdict {
    match token.text.split_last_chunk() {
        Some((rest, sum)) if crc32_base36(rest) == *sum => Verdict::Proven,
        _ => Verdict::Wrong,
    }
}

/// The check of tokens that end in the eight hexadecimal digits of the checksum of all before
/// (Atlassian).
pub(super) fn crc32_hex_tail(token: &Token<'_>) -> Verdict {
    match token.text.split_last_chunk::<8>() {
        Some((rest, sum)) if crc32_hex(rest).eq_ignore_ascii_case(sum) => Verdict::Proven,
        _ => Verdict::Wrong,
    }
}

/// CRC-32 of `body` in base 62, six digits (GitHub, "Behind GitHub's new authentication token formats").
pub(super) fn crc32_base62(body: &[u8]) -> [u8; 6] {
    digits(crc32fast::hash(body), 62)
}

/// CRC-32 of `body` in base 36, seven digits in lower case.
pub(super) fn crc32_base36(body: &[u8]) -> [u8; 7] {
    digits(crc32fast::hash(body), 36).map(|digit| digit.to_ascii_lowercase())
}

/// CRC-32 of `body` in hexadecimal, upper case.
pub(super) fn crc32_hex(body: &[u8]) -> [u8; 8] {
    digits(crc32fast::hash(body), 16)
}

/// The lowest digits of a number.
fn digits<const N: usize>(mut rest: u32, base: u32) -> [u8; N] {
    let mut digits = [b'0'; N];
    for digit in digits.iter_mut().rev() {
        let value = usize::try_from(rest % base).unwrap_or_default();
        *digit = BASE62.get(value).copied().unwrap_or(b'0');
        rest /= base;
    }
    digits
}

#[cfg(test)]
mod tests {
    use super::*;

    /// 0xcbf43926 is the check value of CRC-32, by which catalogues name it.
    #[test]
    fn the_check_value_in_every_base() {
        let body = b"123456789";
        assert_eq!(&crc32_hex(body), b"CBF43926");
        let number = |digits: &[u8], base: u64| {
            digits.iter().fold(0, |number, digit| {
                let digit = BASE62.iter().position(|d| d == digit).unwrap();
                number * base + digit as u64
            })
        };
        assert_eq!(number(&crc32_base62(body), 62), 0xcbf4_3926);
        let base36 = crc32_base36(body);
        assert!(
            base36
                .iter()
                .all(|b| b.is_ascii_lowercase() || b.is_ascii_digit())
        );
        assert_eq!(number(&base36.to_ascii_uppercase(), 36), 0xcbf4_3926);
    }
}
