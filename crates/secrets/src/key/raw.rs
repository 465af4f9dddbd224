//! Keys without armour: DER (X.690) and OpenSSH's form, as files, inside programs and in decoded Base64.
//!
//! The anchors are bytes that the encoding fixes. Around them the whole structure must parse.

use memchr::memmem;

use super::{Kind, der, found, looks_random, openssh};
use crate::detector::{Candidate, Detector, Found};
use crate::hit::Family;
use crate::secret::Secret;

/// A sequence with a long length, a version, and the algorithm of PKCS#8 up to an anchor in it.
const HEAD: usize = 40;

/// An RSA modulus of 16384 bits with its header, before the public exponent.
const MODULUS: usize = 2 * 1024 + 8;

/// RSA: 65537 between modulus and private exponent; the algorithm before an octet string.
pub(super) const RSA: Detector = Detector::form(
    "private-key",
    "private key",
    Family::PrivateKey,
    &["\x02\x03\x01\x00\x01\x02", "\x01\x01\x01\x05\x00\x04"],
    rsa,
)
.reach(MODULUS + HEAD, 12 * 1024);

/// Curves: version and scalar of `ECPrivateKey`; the algorithms of RFC 8410 with the key's headers.
pub(super) const CURVES: Detector = Detector::form(
    "private-key",
    "private key",
    Family::PrivateKey,
    &[
        "\x02\x01\x01\x04\x20",
        "\x02\x01\x01\x04\x30",
        "\x02\x01\x01\x04\x42",
        "\x06\x03\x2b\x65\x6e\x04\x22\x04\x20",
        "\x06\x03\x2b\x65\x6f\x04\x3a\x04\x38",
        "\x06\x03\x2b\x65\x70\x04\x22\x04\x20",
        "\x06\x03\x2b\x65\x71\x04\x3b\x04\x39",
    ],
    curves,
)
.reach(HEAD, 512);

/// The end of the identifier of PBES2 (RFC 8018).
pub(super) const SEALED: Detector = Detector::form(
    "private-key",
    "private key",
    Family::PrivateKey,
    &["\x0d\x01\x05\x0d\x30"],
    |candidate| outermost(candidate, candidate.at),
)
.reach(HEAD, 12 * 1024);

pub(super) const OPENSSH: Detector = Detector::form(
    "private-key",
    "private key",
    Family::PrivateKey,
    &["openssh-key-v1\0"],
    |candidate| {
        let blob = candidate.window.get(candidate.at..)?;
        let (kind, blob) = (openssh::kind(blob)?, openssh::whole(blob)?);
        Some(bare(candidate.at, kind, blob))
    },
)
.reach(0, 12 * 1024);

fn rsa(candidate: &Candidate<'_>) -> Option<Found> {
    let before = candidate.window.get(..candidate.at)?;
    let is_exponent = candidate.window.get(candidate.at) == Some(&der::INTEGER);
    let version = is_exponent.then(|| memmem::rfind(before, b"\x02\x01\x00\x02"));
    outermost(candidate, version.unwrap_or(Some(candidate.at))?)
}

fn curves(candidate: &Candidate<'_>) -> Option<Found> {
    let rest = candidate.window.get(candidate.at..)?;
    let is_scalar = rest.first() == Some(&der::INTEGER);
    let head = if is_scalar { 5 } else { 9 };
    let end = head + usize::from(*rest.get(head - 1)?);
    let key = rest.get(head..end)?;
    let found = outermost(candidate, candidate.at)?;
    // Alone, a number and an octet string are too little: a curve or a public key must follow.
    let wrapped = candidate.at.saturating_sub(found.span.start) > 3;
    let followed = matches!(rest.get(end), Some(0xa0 | 0xa1));
    (looks_random(key) && (!is_scalar || wrapped || followed)).then_some(found)
}

/// The outermost key that begins shortly before `inside` and reaches over the anchor.
fn outermost(candidate: &Candidate<'_>, inside: usize) -> Option<Found> {
    (inside.saturating_sub(HEAD)..inside).find_map(|begin| {
        let window = candidate.window.get(begin..)?;
        let key = match window.first() {
            Some(&der::SEQUENCE) => der::whole(window)?,
            _ => return None,
        };
        let reaches = begin + key.len() > candidate.at;
        reaches.then(|| Some(bare(begin, der::kind(key)?, key)))?
    })
}

fn bare(begin: usize, kind: Kind, key: &[u8]) -> Found {
    found(
        begin..begin + key.len(),
        kind,
        Secret::new(key),
        String::new(),
    )
}

#[cfg(test)]
pub(super) fn examples() -> Vec<super::tests::Example> {
    use super::tests::{Example, bytes};
    use crate::samples::{der, openssh_key, pkcs8_key, rsa_key};
    const CURVE: [u8; 8] = [0x2a, 0x86, 0x48, 0xce, 0x3d, 3, 1, 7];
    let sec1 = |after: &[u8]| {
        let parts = [&der(2, &[1])[..], &der(4, &bytes(32)), after].concat();
        der(0x30, &parts)
    };
    let named = sec1(&der(0xa0, &der(6, &CURVE)));
    let ed25519 = |key: &[u8]| pkcs8_key(&[0x2b, 0x65, 0x70], &der(4, key));
    let rsa_oid = [0x2a, 0x86, 0x48, 0x86, 0xf7, 0x0d, 1, 1, 1];
    let algorithm = der(0x30, &[der(6, &rsa_oid), der(5, &[])].concat());
    let wrapped = [der(2, &[0]), algorithm, der(4, &rsa_key(1024))].concat();
    let scheme = |last| {
        let oid = der(6, &[0x2a, 0x86, 0x48, 0x86, 0xf7, 0x0d, 1, 5, last]);
        let algorithm = der(0x30, &[oid, der(0x30, &bytes(60))].concat());
        der(0x30, &[algorithm, der(4, &bytes(128))].concat())
    };
    let mut other = rsa_key(2048);
    other[270] ^= 2;
    let cut = |key: Vec<u8>| key[..key.len() - 1].to_vec();
    vec![
        Example::of("private-key")
            .found([
                rsa_key(512),
                rsa_key(2048),
                rsa_key(4096),
                der(0x30, &wrapped),
                named.clone(),
                ed25519(&bytes(32)),
                scheme(13),
                openssh_key("none", "ssh-ed25519"),
            ])
            .silent([
                cut(rsa_key(2048)),
                other,
                cut(named),
                sec1(&[]),
                cut(ed25519(&bytes(32))),
                ed25519(&[7; 32]),
                cut(scheme(13)),
                cut(openssh_key("none", "ssh-ed25519")),
            ]),
    ]
}
