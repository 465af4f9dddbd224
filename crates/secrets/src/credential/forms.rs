//! Credential files that no list of keys describes.

use std::ops::Range;

use base64::{Engine, prelude::BASE64_STANDARD};
use memchr::memmem;

use super::{Secret, Value, field, json, pairs, part, xml};
use crate::key;

/// Docker's `config.json`, the older `.dockercfg` and Podman's `auth.json`: `auth` is base64 of `user:password`.
pub(super) fn docker(file: &[u8]) -> Vec<Value> {
    let mut values = Vec::new();
    json::strings(file, |path, text| {
        let secret = match path.last().map(String::as_str) {
            Some("auth") => password_of(&text.text),
            Some("password" | "identitytoken" | "registrytoken") => Some(Secret::new(text.text)),
            _ => None,
        };
        values.extend(secret.map(|secret| Value {
            span: text.span,
            field: field(path),
            secret,
        }));
    });
    values
}

fn password_of(auth: &[u8]) -> Option<Secret> {
    let pair = BASE64_STANDARD.decode(auth.trim_ascii()).ok()?;
    let colon = memchr::memchr(b':', &pair)?;
    // Docker itself trims NUL bytes from passwords (`decodeAuth` in docker/cli).
    let password = pair.get(colon + 1..)?.trim_ascii_end();
    Some(Secret::new(password.split(|&b| b == 0).next()?))
}

/// Google's service account keys and user credentials; `type` tells which (google-auth's "ADC" files).
pub(super) fn google(file: &[u8]) -> Vec<Value> {
    let mut known = false;
    let mut values = Vec::new();
    json::strings(file, |path, text| {
        let name = path.last().map_or("", String::as_str);
        match (name, text.text.as_slice()) {
            ("type", b"service_account" | b"authorized_user") => known = true,
            ("private_key", text) if !holds_key(text) => {}
            ("private_key" | "refresh_token" | "client_secret", _) => {
                values.push(text.into_value(path));
            }
            _ => {}
        }
    });
    if known { values } else { Vec::new() }
}

fn holds_key(text: &[u8]) -> bool {
    let block = memchr::memchr(b'-', text).and_then(|at| text.get(at..));
    block.and_then(key::read).is_some()
}

/// `machine HOST login USER password SECRET`, in any layout (`netrc` of inetutils and curl).
pub(super) fn netrc(file: &[u8]) -> Vec<Value> {
    let mut values = Vec::new();
    let mut machine = "default".to_owned();
    let mut before: &[u8] = b"";
    for span in lines(file).flat_map(|line| words(file, line)) {
        let word = file.get(span.clone()).unwrap_or_default();
        match before {
            b"machine" => machine = String::from_utf8_lossy(word).into_owned(),
            b"password" => values.extend(part(file, unquoted(file, span), &[&machine])),
            _ => {}
        }
        // A value is never a keyword, even if it reads like one.
        before = if matches!(before, b"machine" | b"login" | b"password" | b"account") {
            b""
        } else {
            word
        };
    }
    values
}

/// Git's configuration and `store` helper: URLs, and headers as `actions/checkout` leaves them behind.
pub(super) fn git(file: &[u8]) -> Vec<Value> {
    let mut values = urls(file);
    pairs::pairs(file, |_, key, span| {
        let header = file.get(span.clone()).unwrap_or_default();
        let is_login = header.to_ascii_lowercase().starts_with(b"authorization:");
        let word = words(file, span).last().filter(|_| is_login);
        if key.eq_ignore_ascii_case("extraheader") {
            values.extend(word.and_then(|word| part(file, word, &[key])));
        }
    });
    values
}

/// Variables of a `.env` file whose name says that they hold a secret, and URLs with a password.
pub(super) fn dotenv(file: &[u8]) -> Vec<Value> {
    let mut values = Vec::new();
    pairs::pairs(file, |_, key, span| {
        let key = key.strip_prefix("export ").unwrap_or(key).trim();
        let text = file.get(span.clone()).unwrap_or_default();
        let login = url_login(file, span.clone());
        if login.is_none() && names_secret(key) && is_opaque(text) {
            values.extend(part(file, span, &[key]));
        }
        values.extend(login.map(|login| Value {
            field: field(&[key.to_owned()]),
            ..login
        }));
    });
    values
}

/// Whether the words of a variable's name say so.
///
/// The words are those of BuildKit's `SecretsUsedInArgOrEnv`; further ones tell what a name of that
/// kind is about besides the secret itself.
fn names_secret(key: &str) -> bool {
    const SECRET: &[&str] = &[
        "apikey",
        "auth",
        "credential",
        "credentials",
        "key",
        "passwd",
        "password",
        "pword",
        "secret",
        "token",
    ];
    const HARMLESS: &[&str] = &[
        "algorithm",
        "audience",
        "dir",
        "enabled",
        "expires",
        "expiry",
        "file",
        "header",
        "host",
        "id",
        "issuer",
        "length",
        "method",
        "mode",
        "name",
        "path",
        "prefix",
        "provider",
        "public",
        "realm",
        "region",
        "ttl",
        "type",
        "uri",
        "url",
        "version",
    ];
    let key = key.to_ascii_lowercase();
    let mut words = key.split('_');
    words.clone().any(|word| SECRET.contains(&word)) && !words.any(|word| HARMLESS.contains(&word))
}

/// Whether a value may be a secret: no address, path, number or word that says how something is done.
fn is_opaque(text: &[u8]) -> bool {
    let is_path = text.starts_with(b"/") || text.starts_with(b"./") || text.starts_with(b"~/");
    let is_number = text.iter().all(u8::is_ascii_digit) && text.len() < 6;
    let is_url = memmem::find(text, b"://").is_some();
    text.len() >= 4 && !is_path && !is_number && !is_url
}

/// Words that hold `scheme://user:password@host`.
pub(super) fn urls(file: &[u8]) -> Vec<Value> {
    let words = lines(file).flat_map(|line| words(file, line));
    words.filter_map(|word| url_login(file, word)).collect()
}

fn url_login(file: &[u8], word: Range<usize>) -> Option<Value> {
    let text = file.get(word.clone())?;
    let scheme = memmem::find(text, b"://")? + 3;
    let rest = text.get(scheme..)?;
    let end = rest.iter().position(|b| b"/?#\"'".contains(b));
    let authority = rest.get(..end.unwrap_or(rest.len()))?;
    let at = memchr::memrchr(b'@', authority)?;
    let colon = memchr::memchr(b':', authority.get(..at)?)?;
    let host = String::from_utf8_lossy(authority.get(at + 1..)?);
    // GitHub takes a token as the user's name beside this constant.
    let secret = match authority.get(colon + 1..at)? {
        b"x-oauth-basic" => 0..colon,
        _ => colon + 1..at,
    };
    let start = word.start + scheme;
    part(file, start + secret.start..start + secret.end, &[host])
}

/// A file that is one token and nothing else.
pub(super) fn token(file: &[u8]) -> Vec<Value> {
    let start = file.len() - file.trim_ascii_start().len();
    let text = file.trim_ascii();
    let shaped = (16..=8192).contains(&text.len()) && text.iter().all(u8::is_ascii_graphic);
    let value = shaped
        .then(|| part(file, start..start + text.len(), &[""; 0]))
        .flatten();
    value.into_iter().collect()
}

/// `<add key="ClearTextPassword" value="…"/>`; the other kinds are encrypted for one machine.
pub(super) fn nuget(file: &[u8]) -> Vec<Value> {
    let mut values = Vec::new();
    for (at, tag) in xml::tags(file) {
        let key = xml::attribute(tag, "key").and_then(|span| tag.get(span));
        if key.is_some_and(|key| key.eq_ignore_ascii_case(b"ClearTextPassword"))
            && let Some(span) = xml::attribute(tag, "value")
        {
            values.extend(part(
                file,
                at + span.start..at + span.end,
                &["ClearTextPassword"],
            ));
        }
    }
    values
}

/// `user:hash`, the hash in one of the forms of Apache's `htpasswd`.
pub(super) fn htpasswd(file: &[u8]) -> Vec<Value> {
    let hash = |line: Range<usize>| {
        let text = file.get(line.clone())?;
        let colon = memchr::memchr(b':', text)?;
        let (user, hash) = (text.get(..colon)?, text.get(colon + 1..)?);
        let user = String::from_utf8_lossy(user);
        is_hash(hash)
            .then(|| part(file, line.start + colon + 1..line.end, &[user]))
            .flatten()
    };
    lines(file).filter_map(hash).collect()
}

fn is_hash(text: &[u8]) -> bool {
    let forms: [&[u8]; 7] = [
        b"$apr1$", b"$2y$", b"$2a$", b"$2b$", b"$5$", b"$6$", b"{SHA}",
    ];
    let is_crypt = |b: &u8| b.is_ascii_alphanumeric() || matches!(b, b'.' | b'/');
    let crypt = text.len() == 13 && text.iter().all(is_crypt);
    crypt || text.len() >= 30 && forms.iter().any(|form| text.starts_with(form))
}

/// `host:port:database:user:password`, where a backslash spares a colon (libpq, "The Password File").
pub(super) fn pgpass(file: &[u8]) -> Vec<Value> {
    let password = |line: Range<usize>| {
        let text = file.get(line.clone())?;
        let colons: Vec<usize> = bare_colons(text).take(4).collect();
        let &[_, _, _, last] = colons.as_slice() else {
            return None;
        };
        let field = String::from_utf8_lossy(text.get(..last)?);
        part(file, line.start + last + 1..line.end, &[field])
    };
    lines(file).filter_map(password).collect()
}

fn bare_colons(text: &[u8]) -> impl Iterator<Item = usize> {
    let mut escaped = false;
    text.iter().enumerate().filter_map(move |(at, &b)| {
        let bare = !escaped && b == b':';
        escaped = !escaped && b == b'\\';
        bare.then_some(at)
    })
}

/// Lines without blanks around them that are not comments.
fn lines(file: &[u8]) -> impl Iterator<Item = Range<usize>> {
    let mut start = 0;
    file.split_inclusive(|&b| b == b'\n')
        .filter_map(move |line| {
            let at = start + line.len() - line.trim_ascii_start().len();
            start += line.len();
            let text = line.trim_ascii();
            let silent = text.is_empty() || text.starts_with(b"#") || text.starts_with(b";");
            (!silent).then_some(at..at + text.len())
        })
}

/// The words of a line.
fn words(file: &[u8], line: Range<usize>) -> impl Iterator<Item = Range<usize>> {
    let mut at = line.start;
    let text = file.get(line).unwrap_or_default();
    text.split(u8::is_ascii_whitespace).filter_map(move |word| {
        let start = at;
        at += word.len() + 1;
        (!word.is_empty()).then_some(start..start + word.len())
    })
}

fn unquoted(file: &[u8], span: Range<usize>) -> Range<usize> {
    match file.get(span.clone()) {
        Some([b'"', .., b'"']) => span.start + 1..span.end - 1,
        _ => span,
    }
}
