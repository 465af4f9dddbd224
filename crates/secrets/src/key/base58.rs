//! `Base58Check`: big numbers in 58 digits that end with a double SHA-256.

use sha2::{Digest, Sha256};

const ALPHABET: &[u8; 58] = b"123456789ABCDEFGHJKLMNPQRSTUVWXYZabcdefghijkmnopqrstuvwxyz";

/// Decodes `text` into a payload of `N` bytes with its checksum of four more, if that holds.
pub(super) fn decoded<const N: usize>(text: &[u8]) -> Option<[u8; N]> {
    let mut number = vec![0_u8; N.checked_add(4)?];
    for &digit in text {
        let mut carry = u32::try_from(memchr::memchr(digit, ALPHABET)?).ok()?;
        for byte in number.iter_mut().rev() {
            carry = carry.checked_add(u32::from(*byte).checked_mul(58)?)?;
            let [.., low] = carry.to_be_bytes();
            *byte = low;
            carry >>= 8;
        }
        if carry != 0 {
            return None;
        }
    }
    let (payload, sum) = number.split_last_chunk::<4>()?;
    let digest = Sha256::digest(Sha256::digest(payload));
    digest.starts_with(sum).then(|| payload.try_into().ok())?
}

/// Encodes a payload that does not begin with a zero.
#[cfg(test)]
pub(super) fn sample(payload: &[u8]) -> Vec<u8> {
    let digest = Sha256::digest(Sha256::digest(payload));
    let mut number = [payload, &digest[..4]].concat();
    let mut text = Vec::new();
    while number.iter().any(|&byte| byte != 0) {
        let mut rest = 0;
        for byte in &mut number {
            let value = rest * 256 + usize::from(*byte);
            *byte = u8::try_from(value / 58).unwrap();
            rest = value % 58;
        }
        text.insert(0, ALPHABET[rest]);
    }
    text
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_sample_decodes_and_a_changed_one_does_not() {
        let payload: [u8; 34] = std::array::from_fn(|at| u8::try_from(128 + at).unwrap());
        let mut text = sample(&payload);
        assert_eq!(text.len(), 52);
        assert_eq!(decoded(&text), Some(payload));
        assert_eq!(decoded::<33>(&text), None);
        text[20] = if text[20] == b'3' { b'4' } else { b'3' };
        assert_eq!(decoded::<34>(&text), None);
        assert_eq!(decoded::<34>(b"0OIl"), None);
    }
}
