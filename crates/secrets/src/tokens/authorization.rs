//! Credentials in `Authorization` headers (RFC 7617, RFC 6750), however a program writes those.

use std::{borrow::Cow, ops::Range};

use super::{members, plausible::is_random};
use crate::{
    context::Context,
    credential::placeholder,
    detector::{Candidate, Detector, Found},
    hit::{Family, Proof, Weight},
    secret::Secret,
};

pub(super) static ROWS: &[Detector] = &[
    Detector::form(
        "basic-authorization",
        "user name and password of an HTTP header",
        Family::Token,
        NAMES,
        basic,
    )
    .reach(8, REACH)
    .in_text(),
    Detector::form(
        "bearer-authorization",
        "token of an HTTP header",
        Family::Token,
        NAMES,
        bearer,
    )
    .reach(8, REACH)
    .in_text(),
    Detector::form(
        "elasticsearch-key",
        "Elasticsearch API key",
        Family::Token,
        NAMES,
        elasticsearch,
    )
    .reach(8, REACH)
    .in_text(),
];

/// The header's name without its first letter, whose case differs.
const NAMES: &[&str] = &["uthorization", "UTHORIZATION"];

/// From the name of the header on; longer tokens are cut and not judged.
const REACH: usize = 640;

/// Quotes, colons, blanks and the like between the name and the scheme, at most.
const MOST_MARKS: usize = 12;

/// Schemes whose credentials are one opaque token.
const TOKEN_SCHEMES: &[&[u8]] = &[
    b"bearer",
    b"token",
    b"apikey",
    b"api-token",
    b"api-key",
    b"bot",
    b"key",
];

/// User names of the examples in RFC 7617 and RFC 6749.
const DOCUMENTED_USERS: &[&str] = &["Aladdin", "s6BhdRkqt3"];

/// Shortest token that is told from a word.
const SHORTEST: usize = 20;

/// Length of a UUID as text.
const UUID: usize = 36;

/// What stands behind the name of a header.
struct Credentials<'a> {
    /// In lower case; empty where there is none.
    scheme: Vec<u8>,
    text: &'a [u8],
    span: Range<usize>,
}

/// The credentials behind the candidate's anchor.
fn credentials<'a>(candidate: &Candidate<'a>) -> Option<Credentials<'a>> {
    let name = NAMES.first().map_or(0, |name| name.len());
    let mut at = candidate.at.checked_add(name)?;
    let rest = |at: usize| candidate.window.get(at..).unwrap_or_default();
    let marks = count(rest(at), MOST_MARKS, is_mark);
    let is_assigned = rest(at).iter().take(marks).any(|b| b":=,>'\"".contains(b));
    at += marks;
    let letters = count(rest(at), MOST_MARKS, |b| {
        b.is_ascii_alphabetic() || b == b'-'
    });
    let blanks = count(rest(at + letters), 4, |b| matches!(b, b' ' | b'\'' | b'"'));
    let mut scheme = Vec::new();
    if blanks > 0 {
        scheme = rest(at).get(..letters)?.to_ascii_lowercase();
        at += letters + blanks;
    }
    let length = count(rest(at), REACH, is_token);
    let text = rest(at).get(..length)?;
    // One that reaches the end of the window may go on.
    let is_whole = rest(at).len() > length || candidate.window.len() < REACH;
    (is_assigned && is_whole).then(|| Credentials {
        scheme,
        text,
        span: at..at + length,
    })
}

fn count(bytes: &[u8], most: usize, of: fn(u8) -> bool) -> usize {
    bytes.iter().take(most).take_while(|&&b| of(b)).count()
}

fn is_mark(byte: u8) -> bool {
    byte == b' ' || byte.is_ascii_punctuation()
}

fn is_token(byte: u8) -> bool {
    byte.is_ascii_alphanumeric() || b"-._~+/=|:".contains(&byte)
}

fn basic(candidate: &Candidate<'_>) -> Option<Found> {
    let credentials = credentials(candidate)?;
    if credentials.scheme != b"basic" {
        return None;
    }
    let clear = members::base64(credentials.text)?;
    let (user, password) = str::from_utf8(&clear).ok()?.split_once(':')?;
    let printable = !clear.iter().any(u8::is_ascii_control);
    let told = !placeholder::is(password.as_bytes())
        && !password.eq_ignore_ascii_case(user)
        && !DOCUMENTED_USERS.contains(&user);
    // Some services take a key as the name, and no password.
    let key_alone = password.is_empty() && user.len() >= SHORTEST && is_random(user.as_bytes());
    let what = "user name and password of an HTTP header";
    let weight = if key_alone || password.len() >= 8 && !holds_pass(password) {
        Weight::Full
    } else {
        weight(candidate)
    };
    (printable && (told || key_alone)).then(|| found(&credentials, what, Proof::Structure, weight))
}

fn bearer(candidate: &Candidate<'_>) -> Option<Found> {
    let credentials = credentials(candidate)?;
    let text = credentials.text;
    let is_known = match credentials.scheme.as_slice() {
        [] => is_alone(text),
        scheme => TOKEN_SCHEMES.contains(&scheme),
    };
    // Of signed tokens, another detector says more.
    let is_signed = text.starts_with(b"ey") && text.contains(&b'.');
    if !is_known || text.len() < SHORTEST || is_signed || !is_opaque(text) {
        return None;
    }
    let what = "token of an HTTP header";
    Some(found(&credentials, what, Proof::Name, weight(candidate)))
}

/// That of what may be an example: what was run is none.
fn weight(candidate: &Candidate<'_>) -> Weight {
    match candidate.context {
        Context::Command | Context::Variable(_) => Weight::Full,
        _ => Weight::Doubtful,
    }
}

/// Whether a password says that it is one.
fn holds_pass(password: &str) -> bool {
    password.to_ascii_lowercase().contains("pass")
}

/// `ApiKey` and base64 of `ID:KEY`, of 20 and 22 characters.
fn elasticsearch(candidate: &Candidate<'_>) -> Option<Found> {
    let credentials = credentials(candidate)?;
    let clear = members::base64(credentials.text)?;
    let mut parts = clear.split(|&b| b == b':');
    let part = |part: Option<&[u8]>, length| {
        part.is_some_and(|part| part.len() == length && is_random(part) && part.is_ascii())
    };
    let is_key = part(parts.next(), 20) && part(parts.next(), 22) && parts.next().is_none();
    let what = "Elasticsearch API key";
    (credentials.scheme == b"apikey" && is_key)
        .then(|| found(&credentials, what, Proof::Structure, Weight::Full))
}

/// Whether it is random, with letters and digits mixed, and no address, path or name.
fn is_opaque(text: &[u8]) -> bool {
    let digits = text.iter().filter(|b| b.is_ascii_digit()).count();
    let letters = text.iter().filter(|b| b.is_ascii_alphabetic()).count();
    let marks = text
        .iter()
        .filter(|b| matches!(b, b'.' | b'/' | b':'))
        .count();
    let dashes = text.split(|&b| b == b'-').skip(1).count();
    let is_name = dashes >= 3 && text.len() != UUID;
    !is_name
        && digits >= 2
        && letters >= 2
        && marks.saturating_mul(8) <= text.len()
        && is_random(text)
}

/// Whether it is a token even where no scheme says so: long, and an eighth of it digits.
fn is_alone(text: &[u8]) -> bool {
    let digits = text.iter().filter(|b| b.is_ascii_digit()).count();
    text.len() >= 32 && digits.saturating_mul(8) >= text.len()
}

fn found(credentials: &Credentials<'_>, what: &'static str, proof: Proof, weight: Weight) -> Found {
    Found {
        span: credentials.span.clone(),
        secret: Secret::new(credentials.text),
        what: Cow::Borrowed(what),
        family: Family::Token,
        weight,
        proof,
        field: None,
        excerpt: String::new(),
    }
}

#[cfg(test)]
pub(super) fn examples() -> Vec<super::tests::Example> {
    use super::tests::{ALNUM, BASE64URL, Example, HEX, chars, uuid};
    use base64::{Engine, engine::general_purpose::STANDARD};
    let basic = |pair: &str| format!("Authorization: Basic {}", STANDARD.encode(pair));
    let git = |pair: &str| {
        format!(
            "extraheader = AUTHORIZATION: basic {}",
            STANDARD.encode(pair)
        )
    };
    let bearer = |token: &str| format!("Authorization: Bearer {token}");
    let key = |id: usize, key: usize| {
        let pair = format!("{}:{}", chars(ALNUM, id), chars(BASE64URL, key));
        format!("Authorization: ApiKey {}", STANDARD.encode(pair))
    };
    vec![
        Example::of("basic-authorization")
            .found([
                basic("admin:tr0ub4dor&3"),
                basic(&format!("{}:", chars(ALNUM, 32))),
                git(&format!("x-access-token:{}", chars(ALNUM, 36))),
                basic("admin:tr0ub4dor&3").replace(": ", "\", \""),
                basic("admin:tr0ub4dor&3").replace(": ", "'] = '"),
            ])
            .silent([
                basic("user:password"),
                basic("admin:admin"),
                basic("Aladdin:open sesame"),
                basic("no colon in this text"),
                "Authorization: Basic auth is described below".to_owned(),
                "Authorization: Basic ${CREDENTIALS}".to_owned(),
            ]),
        Example::of("bearer-authorization")
            .found([
                bearer(&chars(ALNUM, 40)),
                bearer(&uuid(1)),
                bearer(&chars(HEX, 40)).replace("Bearer", "token"),
                bearer(&chars(ALNUM, 32)).replace(": ", "\" => \""),
                bearer(&uuid(2)).replace("Bearer ", " "),
            ])
            .silent([
                bearer(&chars(ALNUM, 19)),
                bearer("$ACCESS_TOKEN_OF_THE_SERVICE"),
                bearer("xxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxx"),
                bearer("mF_9.B5f-4.1JqM"),
                bearer("authentication-is-described-below"),
                bearer("status-of-a-request-1480533854499"),
                format!("authorization {}", chars(HEX, 40)),
                bearer(&chars(ALNUM, 40)).replace("Bearer", "Digest"),
                "Authorization: AWS4-HMAC-SHA256 Credential=a".to_owned(),
                "authorizationUrlOfTheOauth2ServerOnPort8443".to_owned(),
            ]),
        Example::of("elasticsearch-key")
            .found([key(20, 22)])
            .silent([key(20, 21), key(20, 22).replace("ApiKey", "Other")]),
    ]
}

#[cfg(test)]
mod tests {
    use super::super::tests::{ALNUM, chars};
    use crate::{Context, Scanner, Weight};

    #[test]
    fn a_token_in_a_command_was_used() {
        let text = format!("curl -H 'Authorization: Bearer {}'", chars(ALNUM, 40));
        let weight = |context| {
            let hits = Scanner::new().text(context, text.as_bytes());
            hits.into_iter()
                .find(|hit| hit.detector == "bearer-authorization")
                .map(|hit| hit.weight)
        };
        assert_eq!(weight(Context::Command), Some(Weight::Full));
        assert_eq!(
            weight(Context::File(b"usr/share/doc/a")),
            Some(Weight::Doubtful)
        );
    }
}
