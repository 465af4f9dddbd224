//! Connection strings of ADO, ODBC and libpq: pairs of a key and a value in a row.

use std::borrow::Cow;

use super::found;
use crate::detector::{Candidate, Found};

/// Keys of ADO, ODBC and libpq, in lower case, that name the host in a connection string.
const HOST_KEYS: &[&str] = &[
    "server",
    "data source",
    "datasource",
    "host",
    "hostname",
    "address",
    "addr",
];

/// Further ones that stand beside a password.
const CONNECTION_KEYS: &[&str] = &[
    "network address",
    "initial catalog",
    "database",
    "dbname",
    "uid",
    "user id",
    "userid",
    "user",
    "username",
    "dsn",
    "provider",
    "driver",
    "trusted_connection",
    "port",
    "hostaddr",
];

/// Most pairs of a connection string that are looked at on either side.
const MOST_PAIRS: usize = 24;

/// `Server=…;User Id=…;Password=…;` and `host=… user=… password=…`.
pub(super) fn connection_string(candidate: &Candidate<'_>) -> Option<Found> {
    let window = candidate.window;
    let equals = candidate.at + memchr::memchr(b'=', window.get(candidate.at..)?)?;
    let is_end = |b: &u8| {
        matches!(
            b,
            b'"' | b'\'' | b'\n' | b'\r' | b'`' | b'<' | b'>' | b'\\' | 0
        )
    };
    let begin = window
        .get(..candidate.at)?
        .iter()
        .rposition(is_end)
        .map_or(0, |at| at + 1);
    let rest = window.get(equals + 1..)?;
    let after = rest.get(..rest.iter().position(is_end).unwrap_or(rest.len()))?;
    let before = window.get(begin..candidate.at)?;
    let separator = match before
        .last()
        .or_else(|| after.iter().find(|b| **b == b';'))?
    {
        b';' => b';',
        b' ' if before.trim_ascii_end().ends_with(b";") => b';',
        b' ' => b' ',
        _ => return None,
    };
    let written = after.split(|&b| b == separator).next()?;
    if separator == b' ' && written.ends_with(b",") || is_member(written) {
        return None;
    }
    let pairs = || {
        let left = before.rsplit(|&b| b == separator).take(MOST_PAIRS);
        left.chain(after.split(|&b| b == separator).take(MOST_PAIRS))
            .filter_map(pair)
    };
    let known = |(key, _): &(String, &[u8])| {
        let key = key.as_str();
        HOST_KEYS.contains(&key) || CONNECTION_KEYS.contains(&key)
    };
    if pairs().filter(known).count() < 2 {
        return None;
    }
    let value_of = |keys: &[&str]| {
        pairs()
            .find(|(key, _)| keys.contains(&key.as_str()))
            .map(|(_, value)| value)
    };
    let host = value_of(HOST_KEYS);
    let host = host.map(|host| String::from_utf8_lossy(host).to_ascii_lowercase());
    let host = host.unwrap_or_default();
    let user = value_of(&["uid", "user id", "userid", "user", "username"]).unwrap_or_default();
    let start = equals + 1;
    let mut found = found(
        start..start + written.len(),
        written,
        user,
        host,
        "connection string",
    )?;
    found.what = Cow::Borrowed("password in a connection string");
    found.field = found
        .field
        .filter(|host| !host.is_empty() && !host.contains(char::is_control));
    Some(found)
}

/// Whether it is `object.member`.
fn is_member(text: &[u8]) -> bool {
    let plain = |b: &u8| b.is_ascii_alphabetic() || matches!(b, b'_' | b'.');
    text.contains(&b'.') && text.iter().all(plain)
}

fn pair(text: &[u8]) -> Option<(String, &[u8])> {
    let equals = memchr::memchr(b'=', text).filter(|at| *at < 32)?;
    let (key, value) = text.split_at_checked(equals)?;
    let key = str::from_utf8(key).ok()?.trim().to_ascii_lowercase();
    Some((key, value.get(1..)?.trim_ascii()))
}
