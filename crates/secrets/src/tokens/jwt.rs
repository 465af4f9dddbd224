//! Signed JSON Web Tokens (RFC 7519, RFC 7515): read, and weighed by what they claim.

use serde_json::{Map, Value};
use sha2::{Digest, Sha256};

use super::members;
use crate::{detector::Candidate, hit::Weight};

/// How headers begin: `{"` and the name of a member (RFC 7515, section 4.1, and RFC 9449) in base64,
/// also with a blank or a line break before it.
pub(super) const ANCHORS: &[&str] = &[
    "eyJhbGci",     // alg
    "eyJ0eXAi",     // typ
    "eyJraWQi",     // kid
    "eyJjdHki",     // cty
    "eyJ4NXQi",     // x5t
    "eyJ4NXQj",     // x5t#S256
    "eyJqa3Ui",     // jku
    "eyJpc3Mi",     // iss
    "eyJ6aXAi",     // zip
    "eyJ2ZXIi",     // ver
    "eyJpYXQi",     // iat
    "eyJleHAi",     // exp
    "eyJub25j",     // nonce
    "eyJjcml0",     // crit
    "eyAiYWxn",     // alg after a blank
    "eyAidHlw",     // typ after a blank
    "ewogICJhbGci", // alg on a line of its own
    "ewogICJ0eXAi", // typ on a line of its own
];

/// Longest header, and longest token, that are read.
const MAX_HEADER: usize = 2048;
pub(super) const MAX_TOKEN: usize = 8192;

/// 2020-01-01, in seconds: what expired before it has expired whatever the clock says.
const LONG_AGO: f64 = 1_577_836_800.0;

/// A year in seconds: nobody makes a session that long.
const LONG_LIFE: f64 = 365.0 * 86_400.0;

/// Keys that documentation signs with, so that anybody can make such a token.
const PUBLISHED_KEYS: &[&str] = &[
    "secret",
    "your-256-bit-secret",
    "a-string-secret-at-least-256-bits-long",
    "secretkey",
    "secret-key",
    "super-secret-jwt-token-with-at-least-32-characters-long",
    "mysecret",
    "key",
    "test",
];

/// Claims that say whom or what a token stands for.
const IDENTITY: &[&str] = &[
    "aud",
    "azp",
    "client_id",
    "email",
    "oid",
    "permissions",
    "role",
    "roles",
    "scope",
    "scopes",
    "scp",
    "sub",
    "uid",
    "upn",
    "user",
    "user_id",
    "userId",
    "username",
];

/// A token whose header names an algorithm that its signature fits, and whose payload is an object.
pub(super) struct Jwt<'a> {
    pub(super) text: &'a [u8],
    /// Header and payload with the dot between them.
    signed: &'a [u8],
    signature: Vec<u8>,
    is_hs256: bool,
    pub(super) claims: Map<String, Value>,
}

impl<'a> Jwt<'a> {
    /// The token that begins at the candidate's anchor.
    pub(super) fn at(candidate: &Candidate<'a>) -> Option<Self> {
        let text = candidate.window.get(candidate.at..)?;
        // Looked at first, so that each of many anchors in one long run costs nothing.
        let apart = candidate.is_apart(candidate.at..candidate.window.len());
        let before = candidate.window.get(..candidate.at)?.last();
        (apart && before != Some(&b'-')).then(|| Self::parse(text))?
    }

    /// The token that `text` begins with.
    pub(super) fn parse(text: &'a [u8]) -> Option<Self> {
        let header = run(text, MAX_HEADER);
        let rest = after(text, header.len())?;
        let object = members::object(header)?;
        let algorithm = members::text(&object, "alg")?;
        let payload = run(rest, MAX_TOKEN);
        let claims = members::object(payload)?;
        let signed = header.len().checked_add(1)?.checked_add(payload.len())?;
        let signature = run(after(text, signed)?, MAX_TOKEN);
        let length = signed.checked_add(1)?.checked_add(signature.len())?;
        // Of five parts, it is encrypted.
        let goes_on = after(text, length).is_some_and(|rest| !run(rest, 1).is_empty());
        let token = Self {
            text: text.get(..length)?,
            signed: text.get(..signed)?,
            signature: members::base64(signature)?,
            is_hs256: algorithm == "HS256",
            claims,
        };
        (!goes_on && fits(algorithm, token.signature.len())).then_some(token)
    }

    /// The text of a claim.
    pub(super) fn claim(&self, name: &str) -> Option<&str> {
        members::text(&self.claims, name)
    }

    /// How much harm it may do: without a clock, as long as it was made to last.
    pub(super) fn weight(&self) -> Weight {
        let time = |name| self.claims.get(name).and_then(Value::as_f64);
        let expires = time("exp");
        let made = time("iat").or(time("nbf"));
        let has_holder = IDENTITY.iter().any(|name| self.claims.contains_key(*name));
        let says_nothing = !has_holder && expires.is_none() && made.is_none();
        if says_nothing || self.is_documentation() || expires.is_some_and(|at| at < LONG_AGO) {
            return Weight::Harmless;
        }
        let lasts = match (expires, made) {
            (None, _) => true,
            (Some(end), Some(start)) => end - start >= LONG_LIFE,
            (Some(_), None) => false,
        };
        if lasts && has_holder {
            Weight::Full
        } else {
            Weight::Doubtful
        }
    }

    /// Whether it is the token of a tutorial, or anybody can make one like it.
    fn is_documentation(&self) -> bool {
        self.claim("sub") == Some("1234567890")
            || self.claim("name") == Some("John Doe")
            || self.is_hs256
                && PUBLISHED_KEYS
                    .iter()
                    .any(|key| hmac_sha256(key.as_bytes(), self.signed) == *self.signature)
    }
}

/// The characters of base64 in a URL that `text` begins with, at most so many.
fn run(text: &[u8], most: usize) -> &[u8] {
    let is_part = |b: &u8| b.is_ascii_alphanumeric() || matches!(b, b'-' | b'_');
    let end = text.iter().take(most).take_while(|b| is_part(b)).count();
    text.get(..end).unwrap_or_default()
}

/// What follows a dot at `at`.
fn after(text: &[u8], at: usize) -> Option<&[u8]> {
    text.get(at..)?.strip_prefix(b".")
}

/// Whether an algorithm (RFC 7518, section 3.1, and RFC 8037) makes signatures of so many bytes.
fn fits(algorithm: &str, length: usize) -> bool {
    match algorithm {
        "none" | "NONE" | "None" => false,
        "HS256" => length == 32,
        "HS384" => length == 48,
        "HS512" | "ES256" | "ES256K" => length == 64,
        "ES384" => length == 96,
        "ES512" => length == 132,
        "EdDSA" => length == 64 || length == 114,
        _ if algorithm.starts_with("RS") || algorithm.starts_with("PS") => {
            length >= 128 && length.is_multiple_of(8)
        }
        _ => length >= 32,
    }
}

/// HMAC (RFC 2104) with SHA-256 and a key of at most 64 bytes.
fn hmac_sha256(key: &[u8], message: &[u8]) -> [u8; 32] {
    let pad = |with: u8| {
        let mut block = [with; 64];
        for (byte, key) in block.iter_mut().zip(key) {
            *byte ^= key;
        }
        Sha256::new().chain_update(block)
    };
    let inner = pad(0x36).chain_update(message).finalize();
    pad(0x5c).chain_update(inner).finalize().into()
}

#[cfg(test)]
pub(super) mod tests {
    use base64::{Engine, engine::general_purpose::URL_SAFE_NO_PAD};

    use super::*;

    /// A token of the given claims, signed with `key`.
    pub(in super::super) fn hs256(claims: &str, key: &str) -> String {
        let head = URL_SAFE_NO_PAD.encode("{\"alg\":\"HS256\",\"typ\":\"JWT\"}");
        let signed = format!("{head}.{}", URL_SAFE_NO_PAD.encode(claims));
        let sum = hmac_sha256(key.as_bytes(), signed.as_bytes());
        format!("{signed}.{}", URL_SAFE_NO_PAD.encode(sum))
    }

    /// A token with any header and signature.
    pub(in super::super) fn token(header: &str, claims: &str, signature: usize) -> String {
        let part = |text: &[u8]| URL_SAFE_NO_PAD.encode(text);
        let bytes: Vec<u8> = (0..=u8::MAX)
            .map(|at| at.wrapping_mul(151))
            .cycle()
            .take(signature)
            .collect();
        format!(
            "{}.{}.{}",
            part(header.as_bytes()),
            part(claims.as_bytes()),
            part(&bytes)
        )
    }

    fn weight(text: &str) -> Option<Weight> {
        Some(Jwt::parse(text.as_bytes())?.weight())
    }

    #[test]
    fn hmac_is_that_of_rfc_4231() {
        // Section 4.3, test case 2.
        let sum = hmac_sha256(b"Jefe", b"what do ya want for nothing?");
        assert_eq!(sum[..8], [0x5b, 0xdc, 0xc1, 0x46, 0xbf, 0x60, 0x75, 0x4e]);
    }

    #[test]
    fn anchors_begin_headers() {
        for name in [
            "alg", "typ", "kid", "cty", "x5t", "x5t#S256", "jku", "iss", "zip", "ver", "iat",
            "exp", "nonce", "crit",
        ] {
            let header = URL_SAFE_NO_PAD.encode(format!("{{\"{name}\":\"\"}}"));
            let begins = |anchor: &&str| header.starts_with(*anchor);
            assert_eq!(ANCHORS.iter().filter(|a| begins(a)).count(), 1, "{name}");
        }
        for text in ["{ \"alg\"", "{ \"typ\"", "{\n  \"alg\"", "{\n  \"typ\""] {
            let header = URL_SAFE_NO_PAD.encode(text);
            assert!(ANCHORS.iter().any(|a| header.starts_with(a)), "{text}");
        }
    }

    #[test]
    fn weight_is_that_of_its_life() {
        let of = |claims: &str| weight(&hs256(claims, "not a published key"));
        assert_eq!(of("{\"sub\":\"a\"}"), Some(Weight::Full));
        assert_eq!(
            of("{\"sub\":\"a\",\"exp\":1577836799}"),
            Some(Weight::Harmless)
        );
        assert_eq!(
            of("{\"sub\":\"a\",\"exp\":1893456000}"),
            Some(Weight::Doubtful)
        );
        let hour = "{\"sub\":\"a\",\"iat\":1893456000,\"exp\":1893459600}";
        assert_eq!(of(hour), Some(Weight::Doubtful));
        let year = "{\"sub\":\"a\",\"iat\":1893456000,\"exp\":1924992000}";
        assert_eq!(of(year), Some(Weight::Full));
        assert_eq!(
            of("{\"colour\":\"red\",\"iat\":1893456000}"),
            Some(Weight::Doubtful)
        );
        assert_eq!(of("{\"colour\":\"red\"}"), Some(Weight::Harmless));
    }

    #[test]
    fn tokens_of_documentation_are_harmless() {
        for key in PUBLISHED_KEYS {
            assert!(key.len() <= 64, "{key}");
            let token = hs256("{\"sub\":\"admin\"}", key);
            assert_eq!(weight(&token), Some(Weight::Harmless), "{key}");
        }
        let token = hs256("{\"sub\":\"1234567890\"}", "some other key");
        assert_eq!(weight(&token), Some(Weight::Harmless));
    }

    #[test]
    fn signature_must_fit_the_algorithm() {
        let of = |alg: &str, length| {
            let header = format!("{{\"alg\":\"{alg}\"}}");
            weight(&token(&header, "{\"sub\":\"a\"}", length)).is_some()
        };
        for (alg, length) in [
            ("HS256", 32),
            ("HS512", 64),
            ("RS256", 256),
            ("PS256", 512),
            ("ES384", 96),
            ("EdDSA", 64),
            ("Ed448", 114),
        ] {
            assert!(of(alg, length), "{alg}");
            assert!(!of(alg, 31), "{alg}");
        }
        assert!(!of("none", 32));
        assert!(!of("HS256", 33));
    }

    #[test]
    fn other_text_is_no_token() {
        let good = hs256("{\"sub\":\"a\"}", "some key");
        assert!(weight(&good).is_some());
        assert!(weight(&format!("{good}. And so on")).is_some());
        for bad in [
            format!("{good}.AAAA.BBBB"),
            good.replacen('.', "..", 1),
            good.replacen("eyJ", "eyK", 1),
            good[..good.len() - 1].to_owned(),
            good[..good.rfind('.').unwrap()].to_owned(),
            token("{\"typ\":\"JWT\"}", "{\"sub\":\"a\"}", 32),
            token("{\"alg\":\"HS256\"}", "[1]", 32),
            String::new(),
        ] {
            assert_eq!(weight(&bad), None, "{bad}");
        }
    }
}
