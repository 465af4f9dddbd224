//! Private keys: an armour marker finds them, the structure of the decoded body proves them.
//!
//! What the marker calls the key does not matter, only what its body is: a PKCS#8 key under an RSA
//! label is a key, and so many programs carry markers as strings that a marker alone means nothing.

mod age;
mod ansible;
mod armour;
mod base58;
mod bech32;
mod bytes;
mod capi;
mod der;
mod dnssec;
mod gnupg;
mod head;
mod keystore;
mod keytab;
mod minisign;
mod object;
mod openssh;
mod pgp;
mod pkcs12;
mod published;
mod putty;
mod raw;
mod ssh2;
mod tor;
mod wallet;
mod wireguard;

pub(crate) use head::{HEADS, HeadScan};
pub(crate) use published::contains as is_published;

use std::ops::Range;

use base64::{Engine, prelude::BASE64_STANDARD_NO_PAD};
use memchr::memmem;

use crate::{
    detector::{Candidate, Detector, Found},
    hit::{Family, Proof, Weight},
    secret::Secret,
};

/// Bytes from the first of a marker that are looked at: a 16384-bit RSA key in PuTTY form takes 20 KiB.
const LOOKAHEAD: usize = 64 * 1024;

/// Begins armour.
pub(crate) const MARKER: &[u8] = armour::MARKER;

/// Longest label of armour with its dashes, before the words that make it private.
const LABEL: usize = 40;

/// Keys that stand anywhere in a file.
pub(crate) static DETECTORS: &[Detector] = &[
    Detector::form(
        "private-key",
        "private key",
        Family::PrivateKey,
        &["PRIVATE KEY"],
        armoured,
    )
    .reach(LABEL, LOOKAHEAD),
    Detector::form(
        "putty-key",
        "PuTTY private key",
        Family::PrivateKey,
        &["PuTTY-User-Key-File-"],
        |candidate| written(candidate, candidate.at),
    )
    .reach(0, LOOKAHEAD),
    age::AGE,
    age::NOSTR,
    ansible::DETECTOR,
    capi::DETECTOR,
    dnssec::PRIVATE,
    dnssec::SHARED,
    gnupg::DETECTOR,
    minisign::DETECTOR,
    object::ETHEREUM,
    object::JWK,
    object::TINK,
    raw::CURVES,
    raw::OPENSSH,
    raw::RSA,
    raw::SEALED,
    ssh2::DETECTOR,
    tor::DETECTOR,
    wallet::EXTENDED,
    wallet::IMPORTED,
    wireguard::DETECTOR,
];

fn armoured(candidate: &Candidate<'_>) -> Option<Found> {
    let before = candidate.window.get(..candidate.at)?;
    written(candidate, memmem::rfind(before, armour::MARKER)?)
}

/// The key whose marker stands at `at`.
fn written(candidate: &Candidate<'_>, at: usize) -> Option<Found> {
    let key = read(candidate.window.get(at..)?)?;
    let kind = Kind {
        what: key.what,
        sealed: key.sealed,
    };
    Some(found(at..at + key.title.len(), kind, key.secret, key.title))
}

/// A private key whose structure holds; with an empty excerpt, nothing but its name is shown.
fn found(span: Range<usize>, kind: Kind, secret: Secret, excerpt: String) -> Found {
    let (family, weight) = match kind.sealed {
        _ if published::contains(&secret) => (Family::PublishedKey, Weight::Harmless),
        true => (Family::EncryptedPrivateKey, Weight::Doubtful),
        false => (Family::PrivateKey, Weight::Full),
    };
    Found {
        span,
        secret,
        what: kind.what.into(),
        family,
        weight,
        proof: Proof::Structure,
        field: None,
        excerpt,
    }
}

/// Decodes Base64 with or without its padding.
fn decoded(text: &[u8]) -> Option<Vec<u8>> {
    let end = text.iter().rposition(|&b| b != b'=')?;
    BASE64_STANDARD_NO_PAD.decode(text.get(..=end)?).ok()
}

/// Whether the first bytes of a key are as varied as random ones nearly always are.
fn looks_random(key: &[u8]) -> bool {
    let near = key.get(..64).unwrap_or(key);
    let mut seen = [false; 256];
    for &byte in near {
        if let Some(seen) = seen.get_mut(usize::from(byte)) {
            *seen = true;
        }
    }
    let distinct = seen.iter().filter(|&&seen| seen).count();
    distinct * 8 >= near.len() * 5
}

/// A private key whose structure holds.
pub(crate) struct Key {
    pub(crate) what: String,
    /// It needs a passphrase or a hardware token.
    pub(crate) sealed: bool,
    /// The marker line, safe to show.
    pub(crate) title: String,
    pub(crate) secret: Secret,
}

/// Bytes of the armour marker that `window` begins with, if it is that of a private key.
pub(crate) fn marker_length(window: &[u8]) -> Option<usize> {
    let label = armour::private_label(window)?;
    Some(armour::MARKER.len() + label.len() + "-----".len())
}

/// Bytes that the armour which `window` begins with decodes to.
pub(crate) fn body_length(window: &[u8]) -> usize {
    armour::read(window).map_or(0, |armour| armour.body.len())
}

/// The private key whose marker `window` begins with, if its body is one.
pub(crate) fn read(window: &[u8]) -> Option<Key> {
    if window.starts_with(putty::MARKER) {
        return putty::read(window);
    }
    let armour = armour::read(window)?;
    let kind = kind(&armour)?;
    Some(Key {
        what: kind.what,
        sealed: kind.sealed,
        title: format!("-----BEGIN {}-----", armour.label),
        secret: Secret::new(whole(&armour.body)),
    })
}

/// What a decoded body turned out to be.
#[derive(Debug, PartialEq, Eq)]
struct Kind {
    what: String,
    sealed: bool,
}

impl Kind {
    fn open(what: impl Into<String>) -> Self {
        Self {
            what: what.into(),
            sealed: false,
        }
    }

    fn sealed(what: impl Into<String>) -> Self {
        Self {
            what: what.into(),
            sealed: true,
        }
    }
}

fn kind(armour: &armour::Armour<'_>) -> Option<Kind> {
    if armour.label.ends_with("BLOCK") {
        pgp::kind(&armour.body)
    } else if armour.encrypted {
        is_ciphertext(&armour.body).then(|| Kind::sealed("encrypted PEM private key"))
    } else if armour.body.starts_with(openssh::MAGIC) {
        openssh::kind(&armour.body)
    } else {
        der::kind(&armour.body)
    }
}

/// The body without what follows the key in it, so that the same key has one identity in any form.
fn whole(body: &[u8]) -> &[u8] {
    openssh::whole(body)
        .or_else(|| der::kind(body).and_then(|_| der::whole(body)))
        .unwrap_or(body)
}

/// RFC 1421 bodies are whole cipher blocks; the smallest EC key takes six of DES.
fn is_ciphertext(body: &[u8]) -> bool {
    body.len() >= 48 && body.len().is_multiple_of(8)
}

#[cfg(test)]
mod tests;
