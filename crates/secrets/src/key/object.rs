//! Keys as objects of JSON: JWK (RFC 7517), Tink's keysets, Ethereum's key files.

use std::ops::Range;

use base64::{Engine, prelude::BASE64_URL_SAFE_NO_PAD};
use memchr::{memchr, memmem, memrchr};
use serde_json::{Map, Value};

use super::{Kind, decoded, found};
use crate::detector::{Candidate, Detector, Found};
use crate::hit::Family;
use crate::secret::Secret;

type Object = Map<String, Value>;

/// What a key is, and the secret part of it.
type Key = (Kind, Vec<u8>);

pub(super) const JWK: Detector = Detector::form(
    "jwk",
    "JSON web key",
    Family::PrivateKey,
    &["\"kty\"", "kty\\\""],
    |candidate| judge(candidate, "kty", jwk),
)
.reach(8192, 8192);

pub(super) const TINK: Detector = Detector::form(
    "tink-key",
    "Tink keyset",
    Family::PrivateKey,
    &["\"keyMaterialType\"", "keyMaterialType\\\""],
    |candidate| judge(candidate, "keyMaterialType", tink),
)
.reach(8192, 8192);

pub(super) const ETHEREUM: Detector = Detector::form(
    "ethereum-key-file",
    "Ethereum key file",
    Family::EncryptedPrivateKey,
    &["\"kdfparams\""],
    |candidate| judge(candidate, "kdfparams", ethereum),
)
.reach(1024, 2048);

fn judge(candidate: &Candidate<'_>, name: &str, read: fn(&Object) -> Option<Key>) -> Option<Found> {
    let (span, object) = object_with(candidate, name)?;
    let (kind, key) = read(&object)?;
    Some(found(span, kind, Secret::new(key), String::new()))
}

/// The innermost object that holds the anchor, the first member of that name in it.
fn object_with(candidate: &Candidate<'_>, name: &str) -> Option<(Range<usize>, Object)> {
    let before = candidate.window.get(..candidate.at)?;
    let begin = innermost(before)?;
    if memmem::find(before.get(begin..)?, name.as_bytes()).is_some() {
        return None;
    }
    let text = candidate.window.get(begin..)?;
    let escaped = text
        .get(1..)
        .and_then(|rest| rest.trim_ascii_start().first())
        == Some(&b'\\');
    if escaped {
        let end = memchr(b'}', text)? + 1;
        let plain: Vec<u8> = text
            .get(..end)?
            .iter()
            .copied()
            .filter(|&b| b != b'\\')
            .collect();
        return Some((begin..begin + end, serde_json::from_slice(&plain).ok()?));
    }
    let mut objects = serde_json::Deserializer::from_slice(text).into_iter::<Object>();
    let object = objects.next()?.ok()?;
    Some((begin..begin + objects.byte_offset(), object))
}

/// The last brace that is not closed again.
fn innermost(before: &[u8]) -> Option<usize> {
    let mut end = before.len();
    let mut closed = 0_u32;
    for _ in 0..16 {
        let text = before.get(..end)?;
        let open = memrchr(b'{', text)?;
        let inside = text.get(open..)?;
        closed =
            closed.saturating_add(u32::try_from(memchr::memchr_iter(b'}', inside).count()).ok()?);
        if closed == 0 {
            return Some(open);
        }
        closed -= 1;
        end = open;
    }
    None
}

fn text<'a>(object: &'a Object, name: &str) -> Option<&'a str> {
    object.get(name)?.as_str()
}

fn url_decoded(object: &Object, name: &str) -> Option<Vec<u8>> {
    let value = text(object, name)?.trim_end_matches('=');
    BASE64_URL_SAFE_NO_PAD.decode(value).ok()
}

/// RFC 7518 §6 and RFC 8037.
fn jwk(object: &Object) -> Option<Key> {
    let family = text(object, "kty")?;
    if family == "oct" {
        let key = url_decoded(object, "k").filter(|key| key.len() >= 16)?;
        return Some((Kind::open("JSON web key (symmetric)"), key));
    }
    let key = url_decoded(object, "d")?;
    let (what, fits) = match family {
        "RSA" => {
            let modulus = url_decoded(object, "n")?;
            let fits = modulus.len() >= 64 && key.len() <= modulus.len() && key.len() >= 32;
            ("RSA".to_owned(), fits)
        }
        "EC" | "OKP" => {
            let curve = text(object, "crv")?;
            let fits = scalar(curve)? == key.len() && object.contains_key("x");
            (curve.to_owned(), fits)
        }
        _ => return None,
    };
    fits.then(|| (Kind::open(format!("JSON web key ({what})")), key))
}

/// Bytes of a private key on a curve.
fn scalar(curve: &str) -> Option<usize> {
    Some(match curve {
        "P-256" | "P-256K" | "secp256k1" | "Ed25519" | "X25519" => 32,
        "P-384" => 48,
        "P-521" => 66,
        "Ed448" => 57,
        "X448" => 56,
        _ => return None,
    })
}

fn tink(object: &Object) -> Option<Key> {
    let private = matches!(
        text(object, "keyMaterialType")?,
        "SYMMETRIC" | "ASYMMETRIC_PRIVATE"
    );
    let url = text(object, "typeUrl")?;
    let name = url.strip_prefix("type.googleapis.com/google.crypto.tink.")?;
    let plain = name.len() <= 64 && name.bytes().all(|b| b.is_ascii_alphanumeric());
    let key = decoded(text(object, "value")?.as_bytes())?;
    (private && plain && key.len() >= 16).then(|| (Kind::open(format!("Tink key ({name})")), key))
}

/// Web3 Secret Storage: `kdfparams` stands beside the ciphertext and its checksum.
fn ethereum(object: &Object) -> Option<Key> {
    let hex = |name: &str, length: usize| {
        let value = text(object, name)?;
        let fits = value.len() == length && value.bytes().all(|b| b.is_ascii_hexdigit());
        fits.then_some(value)
    };
    let (key, _) = (hex("ciphertext", 64)?, hex("mac", 64)?);
    let kind = Kind::sealed("encrypted Ethereum private key");
    Some((kind, key.to_ascii_lowercase().into_bytes()))
}

#[cfg(test)]
pub(super) fn examples() -> Vec<super::tests::Example> {
    use super::tests::{Example, bytes};
    use base64::prelude::BASE64_STANDARD;
    let of = |count| BASE64_URL_SAFE_NO_PAD.encode(bytes(count));
    let ec = |d: &str| {
        let (x, y) = (of(32), of(31));
        format!(r#"{{"crv":"P-256","x":"{x}","kty":"EC","y":"{y}"{d}}}"#)
    };
    let rsa = |d: &str| format!(r#"{{"kty": "RSA", "e": "AQAB", "n": "{}"{d}}}"#, of(256));
    let okp = format!(
        r#"{{"kty":"OKP","crv":"Ed25519","d":"{}","x":"{}"}}"#,
        of(32),
        of(32)
    );
    let oct = |k: &str| format!(r#"{{"keys":[{{"key_ops":["sign"],"kty":"oct","k":"{k}"}}]}}"#);
    let d = |count| format!(r#", "d": "{}""#, of(count));
    let tink = |kind: &str, value: &str| {
        format!(
            r#"{{"key":[{{"keyData":{{"typeUrl":"type.googleapis.com/google.crypto.tink.AesGcmKey","value":"{value}","keyMaterialType":"{kind}"}},"keyId":1}}]}}"#
        )
    };
    let key = BASE64_STANDARD.encode(bytes(18));
    let hex: String = bytes(64)
        .iter()
        .map(|b| char::from(b"0123456789abcdef"[usize::from(b % 16)]))
        .collect();
    let ethereum = |text: &str| {
        format!(
            r#"{{"crypto":{{"cipher":"aes-128-ctr","cipherparams":{{"iv":"00"}},"ciphertext":"{text}","kdf":"scrypt","kdfparams":{{"n":8}},"mac":"{hex}"}},"version":3}}"#
        )
    };
    let all = |texts: Vec<String>| texts.into_iter().map(String::into_bytes);
    vec![
        Example::of("jwk")
            .found(all(vec![
                ec(&d(32)),
                rsa(&d(256)),
                rsa(&d(255)),
                okp.clone(),
                oct(&of(32)),
                okp.replace('"', "\\\""),
            ]))
            .silent(all(vec![
                ec(""),
                ec(&d(31)),
                rsa(r#", "d": "...""#),
                rsa(&d(8)),
                oct("c2VjcmV0"),
                okp.replace("Ed25519", "Ed448"),
                okp[..okp.len() - 1].to_owned(),
            ])),
        Example::of("tink-key")
            .found(all(vec![
                tink("SYMMETRIC", &key),
                tink("ASYMMETRIC_PRIVATE", &key),
            ]))
            .silent(all(vec![
                tink("ASYMMETRIC_PUBLIC", &key),
                tink("REMOTE", &key),
                tink("SYMMETRIC", "..."),
            ])),
        Example::of("ethereum-key-file")
            .found(all(vec![ethereum(&hex)]))
            .silent(all(vec![ethereum(""), ethereum(&hex[1..])])),
    ]
}
