//! Keys of `OpenBSD`'s signify and of minisign: Base64 that begins with the names of algorithms.

use base64::{Engine, prelude::BASE64_STANDARD};
use sha2::{Digest, Sha512};

use super::{Kind, found};
use crate::detector::{Candidate, Detector, Found};
use crate::hit::Family;
use crate::secret::Secret;

pub(super) const DETECTOR: Detector = Detector::form(
    "minisign-key",
    "minisign or signify key",
    Family::PrivateKey,
    // `EdScB2`, `Ed\0\0B2` and `EdBK` with less than 2^20 rounds.
    &["RWRTY0Iy", "RWQAAEIy", "RWRCSwAA"],
    judge,
)
.reach(0, 256);

fn judge(candidate: &Candidate<'_>) -> Option<Found> {
    let text = candidate.window.get(candidate.at..)?;
    let digit = |b: &u8| b.is_ascii_alphanumeric() || matches!(b, b'+' | b'/' | b'=');
    let end = text.iter().position(|b| !digit(b)).unwrap_or(text.len());
    let body = BASE64_STANDARD.decode(text.get(..end)?).ok()?;
    let kind = kind(&body)?;
    let span = candidate.at..candidate.at + end;
    Some(found(span, kind, Secret::new(body), String::new()))
}

fn kind(body: &[u8]) -> Option<Kind> {
    match (body, body.len()) {
        ([b'E', b'd', b'S', b'c', b'B', b'2', ..], 158) => {
            Some(Kind::sealed("encrypted minisign private key"))
        }
        ([b'E', b'd', 0, 0, b'B', b'2', ..], 158) => Some(Kind::open("minisign private key")),
        ([b'E', b'd', b'B', b'K', rounds @ ..], 104) if rounds.starts_with(&[0; 4]) => {
            is_whole(body).then(|| Kind::open("signify private key"))
        }
        ([b'E', b'd', b'B', b'K', ..], 104) => Some(Kind::sealed("encrypted signify private key")),
        _ => None,
    }
}

/// Whether the checksum of an open signify key holds: rounds, salt, checksum, number, key.
fn is_whole(body: &[u8]) -> bool {
    let (checksum, key) = (body.get(24..32), body.get(40..));
    let digest = Sha512::digest(key.unwrap_or_default());
    checksum.is_some_and(|checksum| digest.starts_with(checksum))
}

#[cfg(test)]
pub(super) fn examples() -> Vec<super::tests::Example> {
    use super::tests::{Example, bytes};
    let text = |body: &[u8]| {
        let body = BASE64_STANDARD.encode(body);
        format!("untrusted comment: secret key\n{body}\n").into_bytes()
    };
    let minisign = |kdf: &[u8]| [b"Ed", kdf, b"B2", &bytes(152)].concat();
    let mut open = [&b"EdBK\0\0\0\0"[..], &bytes(96)].concat();
    let wrong = text(&open);
    let sum = Sha512::digest(&open[40..]);
    open[24..32].copy_from_slice(&sum[..8]);
    vec![
        Example::of("minisign-key")
            .found([
                text(&minisign(b"Sc")),
                text(&minisign(b"\0\0")),
                text(&[&b"EdBK\0\0\0\x2a"[..], &bytes(96)].concat()),
                text(&open),
            ])
            .silent([
                wrong,
                text(&minisign(b"Sc")[..157]),
                text(&[&b"EdBK\0\0\0\x2a"[..], &bytes(95)].concat()),
                text(&[&b"Ed"[..], &bytes(40)].concat()),
            ]),
    ]
}
