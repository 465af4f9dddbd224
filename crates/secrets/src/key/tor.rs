//! Keys of Tor's onion services (rend-spec-v3, "hidden service directory format").

use super::{Kind, found};
use crate::detector::{Candidate, Detector, Found};
use crate::hit::Family;
use crate::secret::Secret;

/// What begins `hs_ed25519_secret_key`; the program holds it too, without a key behind it.
const HEADER: &[u8; 32] = b"== ed25519v1-secret: type0 ==\0\0\0";

pub(super) const DETECTOR: Detector = Detector::form(
    "tor-key",
    "Tor onion service key",
    Family::PrivateKey,
    &["ed25519v1-secret: type0 =="],
    judge,
)
.reach(3, 128);

fn judge(candidate: &Candidate<'_>) -> Option<Found> {
    let begin = candidate.at.checked_sub(3)?;
    let key = candidate.window.get(begin..)?.strip_prefix(HEADER)?;
    let key: &[u8; 64] = key.first_chunk()?;
    // The first half is a scalar of Curve25519, expanded from a seed (RFC 8032 §5.1.5).
    let scalar: &[u8; 32] = key.first_chunk()?;
    if !super::wireguard::is_clamped(scalar) || !super::looks_random(scalar) {
        return None;
    }
    let span = begin..begin + HEADER.len() + key.len();
    let kind = Kind::open("Tor onion service key");
    Some(found(span, kind, Secret::new(*key), String::new()))
}

#[cfg(test)]
pub(super) fn examples() -> Vec<super::tests::Example> {
    use super::tests::{Example, bytes};
    let mut key = bytes(64);
    (key[0], key[31]) = (8, 0x41);
    let whole = [&HEADER[..], &key].concat();
    key[0] = 1;
    vec![Example::of("tor-key").found([whole.clone()]).silent([
        HEADER.to_vec(),
        whole[..95].to_vec(),
        [&HEADER[..], &key].concat(),
        [&HEADER[..], &[0x40; 64]].concat(),
    ])]
}
