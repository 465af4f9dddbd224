//! Private keys in DER: PKCS#1 (RFC 8017 A.1.2), SEC 1 (RFC 5915), DSA, PKCS#8 (RFC 5208, RFC 5958).

use super::Kind;

const INTEGER: u8 = 0x02;
const OCTETS: u8 = 0x04;
const OID: u8 = 0x06;
const SEQUENCE: u8 = 0x30;
const PARAMETERS: u8 = 0xa0;

/// A tag and its content.
type Element<'a> = (u8, &'a [u8]);

/// Says what kind of private key `der` is; what follows the outer sequence is ignored.
pub(super) fn kind(der: &[u8]) -> Option<Kind> {
    let ((SEQUENCE, body), _) = element(der)? else {
        return None;
    };
    match elements(body)?.as_slice() {
        [
            (INTEGER, [0 | 1]),
            (INTEGER, n),
            (INTEGER, _),
            (INTEGER, _),
            (INTEGER, _),
            rest @ ..,
        ] if rest.len() >= 4 => Some(Kind::open(format!("RSA private key ({} bits)", bits(n)))),
        [
            (INTEGER, [0]),
            (INTEGER, p),
            (INTEGER, _),
            (INTEGER, _),
            (INTEGER, _),
            (INTEGER, _),
        ] => Some(Kind::open(format!("DSA private key ({} bits)", bits(p)))),
        [(INTEGER, [1]), (OCTETS, key), rest @ ..] if (20..=66).contains(&key.len()) => {
            Some(Kind::open(elliptic(rest)))
        }
        [(INTEGER, [0 | 1]), (SEQUENCE, algorithm), (OCTETS, key), ..] if key.len() >= 32 => {
            Some(Kind::open(pkcs8(&elements(algorithm)?)?))
        }
        [(SEQUENCE, algorithm), (OCTETS, key)] if key.len() >= 32 => {
            let ((OID, _), _) = element(algorithm)? else {
                return None;
            };
            Some(Kind::sealed("encrypted PKCS#8 private key"))
        }
        _ => None,
    }
}

fn elliptic(rest: &[Element<'_>]) -> String {
    let parameters = rest.iter().find(|(tag, _)| *tag == PARAMETERS);
    match parameters.and_then(|(_, content)| element(content)) {
        Some(((OID, oid), _)) => format!("EC private key ({})", curve(oid)),
        _ => "EC private key".to_owned(),
    }
}

fn pkcs8(algorithm: &[Element<'_>]) -> Option<String> {
    let (&(OID, oid), parameters) = algorithm.split_first()? else {
        return None;
    };
    let name = match (oid, parameters) {
        ([0x2a, 0x86, 0x48, 0x86, 0xf7, 0x0d, 1, 1, _], _) => "RSA",
        ([0x2a, 0x86, 0x48, 0xce, 0x3d, 2, 1], [(OID, named), ..]) => curve(named),
        ([0x2a, 0x86, 0x48, 0xce, 0x3d, 2, 1], _) => "EC",
        ([0x2a, 0x86, 0x48, 0xce, 0x38, 4, 1], _) => "DSA",
        ([0x2b, 0x65, 0x6e], _) => "X25519",
        ([0x2b, 0x65, 0x6f], _) => "X448",
        ([0x2b, 0x65, 0x70], _) => "Ed25519",
        ([0x2b, 0x65, 0x71], _) => "Ed448",
        _ => return Some("PKCS#8 private key".to_owned()),
    };
    Some(format!("PKCS#8 private key ({name})"))
}

fn curve(oid: &[u8]) -> &'static str {
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
fn elements(mut der: &[u8]) -> Option<Vec<Element<'_>>> {
    let mut found = Vec::new();
    while !der.is_empty() {
        let (next, rest) = element(der)?;
        found.push(next);
        der = rest;
    }
    Some(found)
}

/// The first element of `der`, which must be whole, and what follows it.
fn element(der: &[u8]) -> Option<(Element<'_>, &[u8])> {
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
