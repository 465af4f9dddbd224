//! Key blobs of Microsoft's `CryptoAPI`: strong-name keys (`.snk`) and what else begins with `RSA2`.

use super::{Kind, found};
use crate::detector::{Candidate, Detector, Found};
use crate::hit::Family;
use crate::secret::Secret;

pub(super) const DETECTOR: Detector = Detector::form(
    "strong-name-key",
    "RSA private key blob",
    Family::PrivateKey,
    &["\0\0RSA2"],
    judge,
)
.reach(6, 20 * 1024);

/// `PRIVATEKEYBLOB`, version 2, two reserved bytes, then the algorithm: for signatures, for exchange.
const HEADS: [[u8; 6]; 2] = [[7, 2, 0, 0, 0, 0x24], [7, 2, 0, 0, 0, 0xa4]];

fn judge(candidate: &Candidate<'_>) -> Option<Found> {
    let begin = candidate.at.checked_sub(6)?;
    let blob = candidate.window.get(begin..)?;
    let rest = HEADS.iter().find_map(|head| blob.strip_prefix(head))?;
    let (bits, rest) = number(rest.strip_prefix(b"\0\0RSA2")?)?;
    let (_, rest) = number(rest)?;
    let modulus = bits / 8;
    if !(512..=16384).contains(&bits) || bits % 64 != 0 {
        return None;
    }
    // Modulus, two primes, three numbers of their size, and the private exponent; last byte first.
    let (p, q) = (rest.get(modulus..)?, rest.get(modulus + modulus / 2..)?);
    if low(p)?.wrapping_mul(low(q)?) != low(rest)? || low(p)? <= 1 {
        return None;
    }
    let length = 20 + modulus + modulus / 2 * 5 + modulus;
    let key = blob.get(..length)?;
    let kind = Kind::open(format!("RSA private key blob ({bits} bits)"));
    Some(found(
        begin..begin + length,
        kind,
        Secret::new(key),
        String::new(),
    ))
}

fn number(bytes: &[u8]) -> Option<(usize, &[u8])> {
    let (number, rest) = bytes.split_first_chunk()?;
    Some((usize::try_from(u32::from_le_bytes(*number)).ok()?, rest))
}

fn low(number: &[u8]) -> Option<u64> {
    number.first_chunk().map(|low| u64::from_le_bytes(*low))
}

#[cfg(test)]
pub(super) fn examples() -> Vec<super::tests::Example> {
    use super::tests::{Example, bytes};
    let key = |algorithm: u8, change: u8| {
        let mut numbers = bytes(128 + 5 * 64 + 128);
        let number = |at: usize| u64::from_le_bytes(numbers[at..at + 8].try_into().unwrap());
        let product = number(128).wrapping_mul(number(192)).to_le_bytes();
        numbers[..8].copy_from_slice(&product);
        numbers[0] ^= change;
        let head = [7, 2, 0, 0, 0, algorithm, 0, 0];
        [&head[..], b"RSA2", &[0, 4, 0, 0, 1, 0, 1, 0], &numbers].concat()
    };
    vec![
        Example::of("strong-name-key")
            .found([key(0x24, 0), key(0xa4, 0)])
            .silent([key(0x24, 2), key(0x25, 0), key(0x24, 0)[..595].to_vec()]),
    ]
}
