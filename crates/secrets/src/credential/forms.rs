//! Credential files that no list of keys describes.

use std::ops::Range;

use base64::{Engine, prelude::BASE64_STANDARD};
use memchr::memmem;

use super::{Secret, Value, field, is_named, json, pairs, part, xml};
use crate::{
    assign::{is_opaque, names, value},
    key,
};

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
        if login.is_none() && names::names_secret(key) && is_opaque(text) {
            values.extend(part(file, span, &[key]));
        }
        values.extend(login.map(|login| Value {
            field: field(&[key.to_owned()]),
            ..login
        }));
    });
    values
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

/// Values in lines of words, `requirepass SECRET`, under one of these words.
pub(super) fn spaced(file: &[u8], keys: &[&str]) -> Vec<Value> {
    let value = |line: Range<usize>| {
        let words: Vec<Range<usize>> = words(file, line).take(MOST_WORDS).collect();
        let is_key = |word: &Range<usize>| {
            let word = file.get(word.clone()).unwrap_or_default();
            keys.iter()
                .any(|key| word.eq_ignore_ascii_case(key.as_bytes()))
        };
        let key = words.iter().position(is_key)?;
        let name = String::from_utf8_lossy(file.get(words.get(key)?.clone())?);
        let next = words
            .iter()
            .skip(key + 1)
            .find(|word| !matches!(file.get((*word).clone()), Some(b"=" | b":" | b"is")))?;
        let next = unquoted(file, without_semicolon(file, next.clone()));
        part(file, next, &[name])
    };
    lines(file).filter_map(value).collect()
}

/// Most words of a line that are looked at.
const MOST_WORDS: usize = 16;

fn without_semicolon(file: &[u8], span: Range<usize>) -> Range<usize> {
    match file.get(span.clone()) {
        Some([.., b';']) => span.start..span.end - 1,
        _ => span,
    }
}

/// Passwords in attributes of XML elements, and in texts of elements.
pub(super) fn attributes(file: &[u8], names: &[&str]) -> Vec<Value> {
    let mut values = Vec::new();
    let is_wanted = |name: &str| names.iter().any(|wanted| is_named(name, wanted));
    for (at, tag) in xml::tags(file) {
        for name in names.iter().map(|name| name.trim_start_matches('=')) {
            let span = xml::attribute(tag, name).filter(|span| !span.is_empty());
            values
                .extend(span.and_then(|span| part(file, at + span.start..at + span.end, &[name])));
        }
        let label = xml::attribute(tag, "name").or_else(|| xml::attribute(tag, "key"));
        let label = label.and_then(|span| str::from_utf8(tag.get(span)?).ok());
        if let (Some(label), Some(span)) = (
            label.filter(|label| is_wanted(label)),
            xml::attribute(tag, "value"),
        ) {
            values.extend(part(file, at + span.start..at + span.end, &[label]));
        }
    }
    xml::texts(file, |path, span| {
        if path.last().is_some_and(|name| is_wanted(name)) {
            values.extend(part(file, span, path));
        }
    });
    values
}

/// `define('DB_PASSWORD', '…')` and `$db_password = '…'` of PHP.
pub(super) fn php(file: &[u8]) -> Vec<Value> {
    let value = |line: Range<usize>| {
        let text = file.get(line.clone())?;
        if text.starts_with(b"//") || text.starts_with(b"*") {
            return None;
        }
        let quotes = memchr::memchr2_iter(b'\'', b'"', text).collect::<Vec<_>>();
        let (name, open, close) = match quotes.as_slice() {
            [a, b, c, .., d] => (text.get(a + 1..*b)?, *c, *d),
            [a, b] => (text.get(..*a)?, *a, *b),
            _ => return None,
        };
        let name = str::from_utf8(name).ok()?;
        let name = name.trim_matches(|c: char| !c.is_ascii_alphanumeric());
        let secret = text.get(open + 1..close)?;
        let salt = name.ends_with("_SALT") || name.ends_with("_KEY");
        let is_secret = if salt {
            value::is_random(secret)
        } else {
            names::names_secret(name) && is_opaque(secret)
        };
        let span = line.start + open + 1..line.start + close;
        is_secret.then(|| part(file, span, &[name])).flatten()
    };
    lines(file).filter_map(value).collect()
}

/// `user:hash:…` of `shadow` and its kin, where the hash is one and no mark of a locked account.
pub(super) fn shadow(file: &[u8]) -> Vec<Value> {
    let hash = |line: Range<usize>| {
        let text = file.get(line.clone())?;
        let mut fields = text.split(|&b| b == b':');
        let (user, hash) = (fields.next()?, fields.next()?);
        let start = line.start + user.len() + 1;
        let user = String::from_utf8_lossy(user);
        is_hash(hash)
            .then(|| part(file, start..start + hash.len(), &[user]))
            .flatten()
    };
    lines(file).filter_map(hash).collect()
}

/// `client server secret address` of pppd.
pub(super) fn chap(file: &[u8]) -> Vec<Value> {
    let secret = |line: Range<usize>| {
        let words: Vec<_> = words(file, line).take(3).collect();
        let [client, _, secret] = words.as_slice() else {
            return None;
        };
        let client = String::from_utf8_lossy(file.get(client.clone())?);
        part(file, unquoted(file, secret.clone()), &[client])
    };
    lines(file).filter_map(secret).collect()
}

/// `host user:password` of Postfix.
pub(super) fn sasl(file: &[u8]) -> Vec<Value> {
    let password = |line: Range<usize>| {
        let words: Vec<_> = words(file, line).take(2).collect();
        let [host, login] = words.as_slice() else {
            return None;
        };
        let colon = memchr::memchr(b':', file.get(login.clone())?)?;
        let host = String::from_utf8_lossy(file.get(host.clone())?);
        part(file, login.start + colon + 1..login.end, &[host])
    };
    lines(file).filter_map(password).collect()
}

/// `BUNDLE_GEMS__EXAMPLE__COM: "user:password"` of Bundler, by names that stand for hosts.
pub(super) fn bundle(file: &[u8]) -> Vec<Value> {
    let mut values = Vec::new();
    pairs::pairs(file, |_, key, span| {
        let text = file.get(span.clone()).unwrap_or_default();
        let host = key
            .strip_prefix("BUNDLE_")
            .filter(|host| host.contains("__"));
        let flat = !text.contains(&b'/') && !matches!(text, b"true" | b"false");
        if let (Some(host), true) = (host, flat && text.len() >= 6) {
            let colon = memchr::memchr(b':', text).map_or(0, |at| at + 1);
            let host = host.replace("__", ".").to_ascii_lowercase();
            values.extend(part(file, span.start + colon..span.end, &[host]));
        }
    });
    values
}

/// `.mylogin.cnf` of `mysql`: four zero bytes, a key of twenty bytes, and lines that are encrypted with
/// it, each after its length. Whoever has the file has the passwords.
pub(super) fn mylogin(file: &[u8]) -> Vec<Value> {
    const HEADER: usize = 24;
    let mut rest = file.get(HEADER..).unwrap_or_default();
    let mut lines = 0;
    while let Some((length, after)) = rest.split_first_chunk::<4>() {
        let length = usize::try_from(u32::from_le_bytes(*length)).unwrap_or(0);
        let Some(after) = after
            .get(length..)
            .filter(|_| length > 0 && length % 16 == 0)
        else {
            return Vec::new();
        };
        (rest, lines) = (after, lines + 1);
    }
    let whole = file.starts_with(&[0; 4]) && lines > 0 && rest.is_empty();
    whole
        .then(|| part(file, HEADER..file.len(), &[""; 0]))
        .flatten()
        .into_iter()
        .collect()
}

/// A Kubernetes `Secret` in YAML: what is under `data` in Base64, and under `stringData`.
pub(super) fn kubernetes(file: &[u8]) -> Vec<Value> {
    if memmem::find(file, b"kind: Secret").is_none() {
        return Vec::new();
    }
    let mut values = Vec::new();
    let mut under: &[u8] = b"";
    for line in lines(file) {
        let text = file.get(line.clone()).unwrap_or_default();
        let top = line
            .start
            .checked_sub(1)
            .is_none_or(|at| file.get(at) == Some(&b'\n'));
        if top {
            under = text;
            continue;
        }
        let colon = memmem::find(text, b": ");
        let (Some(colon), b"data:" | b"stringData:") = (colon, under) else {
            continue;
        };
        let name = String::from_utf8_lossy(text.get(..colon).unwrap_or_default());
        let start = text.len()
            - text
                .get(colon + 2..)
                .unwrap_or_default()
                .trim_ascii_start()
                .len();
        let span = unquoted(file, line.start + start..line.end);
        let written = file.get(span.clone()).unwrap_or_default();
        let clear = match under {
            b"data:" => BASE64_STANDARD.decode(written).ok(),
            _ => Some(written.to_vec()),
        };
        let clear = clear.filter(|clear| clear.len() >= 4 && clear.iter().all(|b| *b >= b' '));
        values.extend(clear.map(|clear| Value {
            span,
            field: field(&[name]),
            secret: Secret::new(clear),
        }));
    }
    values.retain(|value| {
        let name = value.field.as_deref().unwrap_or_default();
        names::names_secret(name) || name.starts_with(".docker")
    });
    values
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
    let forms: [&[u8]; 11] = [
        b"$apr1$", b"$1$", b"$2y$", b"$2a$", b"$2b$", b"$5$", b"$6$", b"$7$", b"$y$", b"$gy$",
        b"{SHA}",
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
        Some([b'"', .., b'"'] | [b'\'', .., b'\'']) => span.start + 1..span.end - 1,
        _ => span,
    }
}
