//! Private keys in DER: PKCS#1 (RFC 8017 A.1.2), SEC 1 (RFC 5915), DSA, PKCS#8 (RFC 5208, RFC 5958).

use std::ops::RangeInclusive;

use super::Kind;

pub(super) const INTEGER: u8 = 0x02;
pub(super) const OCTETS: u8 = 0x04;
const OID: u8 = 0x06;
pub(super) const SEQUENCE: u8 = 0x30;
const PARAMETERS: u8 = 0xa0;

/// A tag and its content.
pub(super) type Element<'a> = (u8, &'a [u8]);

/// Private numbers shorter than this are no key's.
const SHORTEST: usize = 20;

/// Says what kind of private key `der` is; what follows the outer sequence is ignored.
pub(super) fn kind(der: &[u8]) -> Option<Kind> {
    let ((SEQUENCE, body), _) = element(der)? else {
        return None;
    };
    match elements(body)?.as_slice() {
        [(INTEGER, [0 | 1]), (INTEGER, _), ..] => numbers(body),
        [(INTEGER, [1]), (OCTETS, key), rest @ ..] => {
            let curve = named_curve(rest);
            is_scalar(key, curve).then(|| Kind::open(elliptic(curve)))
        }
        [(INTEGER, [0 | 1]), (SEQUENCE, algorithm), (OCTETS, key), ..] => {
            Some(Kind::open(pkcs8(&elements(algorithm)?, key)?))
        }
        [(SEQUENCE, algorithm), (OCTETS, key)] if key.len() >= 32 => {
            let ((OID, oid), _) = element(algorithm)? else {
                return None;
            };
            let by_password = SCHEMES.iter().any(|scheme| oid.starts_with(scheme));
            by_password.then(|| Kind::sealed("encrypted PKCS#8 private key"))
        }
        _ => None,
    }
}

/// The outer element that `der` begins with, as it is written.
pub(super) fn whole(der: &[u8]) -> Option<&[u8]> {
    let (_, rest) = element(der)?;
    der.get(..der.len() - rest.len())
}

/// Password-based schemes of PKCS#5, of PKCS#12 and of Java's key stores.
const SCHEMES: [&[u8]; 4] = [
    &[0x2a, 0x86, 0x48, 0x86, 0xf7, 0x0d, 1, 5],
    &[0x2a, 0x86, 0x48, 0x86, 0xf7, 0x0d, 1, 12, 1],
    &[0x2b, 6, 1, 4, 1, 0x2a, 2, 0x11, 1, 1],
    &[0x2b, 6, 1, 4, 1, 0x2a, 2, 0x13, 1],
];

/// RSA and DSA keys are sequences of integers.
#[expect(clippy::many_single_char_names, reason = "so RFC 8017 calls them")]
fn numbers(body: &[u8]) -> Option<Kind> {
    match elements(body)?.as_slice() {
        [
            (INTEGER, [version @ (0 | 1)]),
            (INTEGER, n),
            (INTEGER, e),
            (INTEGER, d),
            (INTEGER, p),
            (INTEGER, q),
            rest @ ..,
        ] if rest.len() >= 3 => {
            // Version 1 has more primes than two.
            let product = *version == 1 || low(p).wrapping_mul(low(q)) == low(n);
            let sizes = bits(n) >= 512 && bits(e) >= 2 && (2..=bits(n)).contains(&bits(d));
            let fits = product && sizes && is_odd(n) && is_odd(e) && bits(p) > 1 && bits(q) > 1;
            fits.then(|| Kind::open(format!("RSA private key ({} bits)", bits(n))))
        }
        [
            (INTEGER, [0]),
            (INTEGER, p),
            (INTEGER, q),
            (INTEGER, _),
            (INTEGER, _),
            (INTEGER, x),
        ] => {
            let fits = bits(p) >= 512 && is_odd(p) && (2..=bits(q)).contains(&bits(x));
            fits.then(|| Kind::open(format!("DSA private key ({} bits)", bits(p))))
        }
        _ => None,
    }
}

fn is_odd(integer: &[u8]) -> bool {
    integer.last().is_some_and(|last| last & 1 == 1)
}

/// The last 64 bits: those of a product follow from those of its factors.
fn low(integer: &[u8]) -> u64 {
    integer.iter().fold(0, |sum, &b| sum << 8 | u64::from(b))
}

/// The object identifier of the curve that an `ECPrivateKey` names.
fn named_curve<'a>(rest: &[Element<'a>]) -> Option<&'a [u8]> {
    let (_, parameters) = rest.iter().find(|(tag, _)| *tag == PARAMETERS)?;
    match element(parameters)? {
        ((OID, oid), _) => Some(oid),
        _ => None,
    }
}

fn elliptic(curve: Option<&[u8]>) -> String {
    match curve {
        Some(oid) => format!("EC private key ({})", curve_name(oid)),
        None => "EC private key".to_owned(),
    }
}

/// Some programs drop leading zeros, so a scalar may be a little too short, but not too long.
fn is_scalar(key: &[u8], curve: Option<&[u8]>) -> bool {
    let most = match curve.map(curve_name) {
        Some("P-256" | "secp256k1") => 32,
        Some("P-384") => 48,
        _ => 66,
    };
    (SHORTEST..=most).contains(&key.len()) && key.iter().any(|&b| b != 0)
}

fn pkcs8(algorithm: &[Element<'_>], key: &[u8]) -> Option<String> {
    let (&(OID, oid), parameters) = algorithm.split_first()? else {
        return None;
    };
    let (name, fits) = match (oid, parameters) {
        ([0x2a, 0x86, 0x48, 0x86, 0xf7, 0x0d, 1, 1, _], _) => ("RSA", kind(key).is_some()),
        ([0x2a, 0x86, 0x48, 0xce, 0x3d, 2, 1], [(OID, named), ..]) => {
            (curve_name(named), holds_scalar(key, Some(named)))
        }
        ([0x2a, 0x86, 0x48, 0xce, 0x3d, 2, 1], _) => ("EC", holds_scalar(key, None)),
        ([0x2a, 0x86, 0x48, 0xce, 0x38, 4, 1], _) => ("DSA", holds(key, INTEGER, 16..=66)),
        ([0x2b, 0x65, 0x6e], _) => ("X25519", holds(key, OCTETS, 32..=32)),
        ([0x2b, 0x65, 0x6f], _) => ("X448", holds(key, OCTETS, 56..=56)),
        ([0x2b, 0x65, 0x70], _) => ("Ed25519", holds(key, OCTETS, 32..=32)),
        ([0x2b, 0x65, 0x71], _) => ("Ed448", holds(key, OCTETS, 57..=57)),
        _ if key.len() >= 32 => return Some("PKCS#8 private key".to_owned()),
        _ => return None,
    };
    fits.then(|| format!("PKCS#8 private key ({name})"))
}

/// Whether `key` is one element of this kind and size.
fn holds(key: &[u8], tag: u8, sizes: RangeInclusive<usize>) -> bool {
    element(key).is_some_and(|((found, content), _)| found == tag && sizes.contains(&content.len()))
}

/// Whether `key` is an `ECPrivateKey` that fits on the curve.
fn holds_scalar(key: &[u8], curve: Option<&[u8]>) -> bool {
    let Some(((SEQUENCE, body), _)) = element(key) else {
        return false;
    };
    match elements(body).as_deref() {
        Some([(INTEGER, [1]), (OCTETS, key), ..]) => is_scalar(key, curve),
        _ => false,
    }
}

fn curve_name(oid: &[u8]) -> &'static str {
    match oid {
        [0x2a, 0x86, 0x48, 0xce, 0x3d, 3, 1, 7] => "P-256",
        [0x2b, 0x81, 4, 0, 0x22] => "P-384",
        [0x2b, 0x81, 4, 0, 0x23] => "P-521",
        [0x2b, 0x81, 4, 0, 0x0a] => "secp256k1",
        _ => "another curve",
    }
}

/// Size of a big-endian integer.
pub(super) fn bits(integer: &[u8]) -> usize {
    let zeros = integer.iter().take_while(|&&b| b == 0).count();
    let first = integer.get(zeros).map_or(0, |b| b.leading_zeros() as usize);
    (integer.len() - zeros) * 8 - first
}

/// All elements of `der`, or none if one is cut or follows another form than DER.
pub(super) fn elements(mut der: &[u8]) -> Option<Vec<Element<'_>>> {
    let mut found = Vec::new();
    while !der.is_empty() {
        let (next, rest) = element(der)?;
        found.push(next);
        der = rest;
    }
    Some(found)
}

/// The first element of `der`, which must be whole, and what follows it.
pub(super) fn element(der: &[u8]) -> Option<(Element<'_>, &[u8])> {
    let (&[tag, first], rest) = der.split_first_chunk::<2>()?;
    let (len, rest) = match first {
        0..=0x7f => (usize::from(first), rest),
        0x81..=0x84 => {
            let (len, rest) = rest.split_at_checked(usize::from(first - 0x80))?;
            (
                len.iter().fold(0, |sum, &b| sum << 8 | usize::from(b)),
                rest,
            )
        }
        _ => return None,
    };
    let (content, rest) = rest.split_at_checked(len)?;
    Some(((tag, content), rest))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::samples::{der, ec_key, pkcs8_key, rsa_key};

    fn what(der: &[u8]) -> Option<String> {
        kind(der).map(|kind| kind.what)
    }

    #[test]
    fn rsa_key_tells_its_size() {
        assert_eq!(what(&rsa_key(2048)).unwrap(), "RSA private key (2048 bits)");
    }

    #[test]
    fn dsa_key_has_six_integers() {
        let integer = der(INTEGER, &[0x55; 128]);
        let key = der(
            SEQUENCE,
            &[&der(INTEGER, &[0])[..], &integer.repeat(5)].concat(),
        );
        assert_eq!(what(&key).unwrap(), "DSA private key (1023 bits)");
        let cut = der(
            SEQUENCE,
            &[&der(INTEGER, &[0])[..], &integer.repeat(4)].concat(),
        );
        assert_eq!(what(&cut), None);
    }

    #[test]
    fn ec_key_tells_its_curve() {
        assert_eq!(what(&ec_key()).unwrap(), "EC private key (P-256)");
    }

    #[test]
    fn pkcs8_key_tells_its_algorithm() {
        let ed25519 = pkcs8_key(&[0x2b, 0x65, 0x70], &der(OCTETS, &[7; 32]));
        assert_eq!(what(&ed25519).unwrap(), "PKCS#8 private key (Ed25519)");
        let rsa = pkcs8_key(
            &[0x2a, 0x86, 0x48, 0x86, 0xf7, 0x0d, 1, 1, 1],
            &rsa_key(512),
        );
        assert_eq!(what(&rsa).unwrap(), "PKCS#8 private key (RSA)");
    }

    #[test]
    fn encrypted_pkcs8_key_is_sealed() {
        let pbes2 = der(
            SEQUENCE,
            &der(OID, &[0x2a, 0x86, 0x48, 0x86, 0xf7, 0x0d, 1, 5, 13]),
        );
        let key = der(SEQUENCE, &[pbes2, der(OCTETS, &[9; 48])].concat());
        assert_eq!(
            kind(&key),
            Some(Kind::sealed("encrypted PKCS#8 private key"))
        );
    }

    #[test]
    fn numbers_that_do_not_fit_are_no_key() {
        let key = rsa_key(1024);
        assert!(what(&key).is_some());
        let n = key.len() - 5 * 66 - 131 - 5;
        let mut even = key.clone();
        even[n - 1] ^= 1;
        assert_eq!(what(&even), None);
        let curve = der(OID, &[0x2a, 0x86, 0x48, 0xce, 0x3d, 3, 1, 7]);
        for scalar in [&[0x42; 33][..], &[0; 32], &[0x42; 19]] {
            let parts = [
                der(INTEGER, &[1]),
                der(OCTETS, scalar),
                der(PARAMETERS, &curve),
            ];
            assert_eq!(what(&der(SEQUENCE, &parts.concat())), None);
        }
        for inner in [der(OCTETS, &[7; 31]), vec![7; 34], der(INTEGER, &[7; 32])] {
            assert_eq!(what(&pkcs8_key(&[0x2b, 0x65, 0x70], &inner)), None);
        }
    }

    #[test]
    fn digest_info_is_no_encrypted_key() {
        let sha256 = der(OID, &[0x60, 0x86, 0x48, 1, 0x65, 3, 4, 2, 1]);
        let info = [der(SEQUENCE, &sha256), der(OCTETS, &[9; 32])].concat();
        assert_eq!(what(&der(SEQUENCE, &info)), None);
    }

    #[test]
    fn cut_or_foreign_der_is_no_key() {
        let key = rsa_key(1024);
        assert_eq!(what(&key[..key.len() - 1]), None);
        let public = der(
            SEQUENCE,
            &[der(INTEGER, &[5; 128]), der(INTEGER, &[1, 0, 1])].concat(),
        );
        for der in [
            &b""[..],
            b"\x30",
            b"\x30\x80\x02\x01\x00",
            b"\x30\x84\xff\xff\xff\xff",
            &public,
        ] {
            assert_eq!(what(der), None, "{der:?}");
        }
    }

    #[test]
    fn every_cut_of_a_key_is_silent_and_none_panics() {
        let key = rsa_key(512);
        for end in 0..key.len() {
            assert_eq!(what(&key[..end]), None, "{end}");
        }
    }
}
