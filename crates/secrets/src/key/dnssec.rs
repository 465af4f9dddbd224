//! Keys of name servers: DNSSEC's private key files as BIND writes them, and shared keys in its
//! configuration (TSIG, RFC 8945).

use super::{Kind, decoded, found};
use crate::detector::{Candidate, Detector, Found, Token, Verdict};
use crate::hit::Family;
use crate::secret::Secret;

pub(super) const PRIVATE: Detector = Detector::form(
    "dnssec-key",
    "DNSSEC private key",
    Family::PrivateKey,
    &["Private-key-format: v1"],
    judge,
)
.reach(0, 8192);

pub(super) const SHARED: Detector = Detector {
    family: Family::PrivateKey,
    ..Detector::token(
        "tsig-key",
        "TSIG key",
        &["algorithm hmac-", "algorithm \"hmac-"],
        r#"algorithm\s+"?hmac-[0-9a-z-]{3,16}"?\s*;\s*secret\s+"?([0-9A-Za-z+/]{20,100}={0,2})"?\s*;"#,
    )
    .checked(check)
};

/// Fields that hold the private part, for each family of algorithms.
const FIELDS: [&[u8]; 4] = [
    b"PrivateKey: ",
    b"PrivateExponent: ",
    b"Private_value(x): ",
    b"Key: ",
];

fn judge(candidate: &Candidate<'_>) -> Option<Found> {
    let text = candidate.window.get(candidate.at..)?;
    let mut end = 0;
    for line in text.split_inclusive(|&b| b == b'\n') {
        end += line.len();
        let line = line.trim_ascii();
        if !line.is_empty() && memchr::memchr(b':', line).is_none() {
            return None;
        }
        if let Some(value) = FIELDS.iter().find_map(|name| line.strip_prefix(*name)) {
            let key = decoded(value).filter(|key| key.len() >= 16)?;
            let span = candidate.at..candidate.at + end;
            let kind = Kind::open("DNSSEC private key");
            return Some(found(span, kind, Secret::new(key), String::new()));
        }
    }
    None
}

fn check(token: &Token<'_>) -> Verdict {
    match decoded(token.text) {
        Some(key) if key.len() >= 14 && super::looks_random(&key) => Verdict::Proven,
        _ => Verdict::No,
    }
}

#[cfg(test)]
pub(super) fn examples() -> Vec<super::tests::Example> {
    use super::tests::{Example, bytes};
    use base64::{Engine, prelude::BASE64_STANDARD};
    let key = BASE64_STANDARD.encode(bytes(32));
    let text = |text: String| text.into_bytes();
    let head = "Private-key-format: v1.3\nAlgorithm:";
    vec![
        Example::of("dnssec-key")
            .found([
                text(format!("{head} 13 (ECDSAP256SHA256)\nPrivateKey: {key}\n")),
                text(format!(
                    "{head} 8 (RSASHA256)\nModulus: {key}\nPublicExponent: AQAB\nPrivateExponent: {key}\n"
                )),
            ])
            .silent([
                text(format!("{head} 8 (RSASHA256)\nModulus: {key}\n")),
                text(format!("{head} 13\nPrivateKey: ...\n")),
                text(format!("{head} is what BIND writes\nand so on\nPrivateKey: {key}\n")),
            ]),
        Example::of("tsig-key")
            .found([
                text(format!("key k {{ algorithm hmac-sha256; secret \"{key}\"; }};")),
                text(format!("key k {{\n\talgorithm \"hmac-md5\";\n\tsecret {key};\n}};")),
            ])
            .silent([
                text("key k { algorithm hmac-sha256; secret \"a secret shared by all\"; };".into()),
                text(format!("key k {{ algorithm hmac-sha256; secret \"{}\"; }};", "A".repeat(44))),
            ]),
    ]
}
