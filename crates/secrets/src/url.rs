//! Passwords inside URLs and connection strings.

mod connection;

use std::{borrow::Cow, ops::Range};

use memchr::memmem;

use crate::{
    assign::value,
    credential::placeholder,
    detector::{Candidate, Detector, Found},
    hit::{Family, Proof, Weight},
    secret::Secret,
};

pub(crate) static DETECTORS: &[Detector] = &[
    Detector::form(
        "url-password",
        "password in a URL",
        Family::UrlPassword,
        &["://"],
        url,
    )
    .reach(40, 768)
    .in_text(),
    Detector::form(
        "oracle-url-password",
        "password in an Oracle JDBC URL",
        Family::UrlPassword,
        &["jdbc:oracle:"],
        oracle,
    )
    .in_text(),
    Detector::form(
        "connection-string-password",
        "password in a connection string",
        Family::UrlPassword,
        &[
            "Password=",
            "password=",
            "PASSWORD=",
            "Pwd=",
            "pwd=",
            "PWD=",
        ],
        connection::connection_string,
    )
    .reach(320, 512)
    .in_text(),
];

/// Schemes whose URLs log in, without what stands behind a `+`.
const SCHEMES: &[&str] = &[
    "acme",
    "amqp",
    "amqps",
    "clickhouse",
    "cockroachdb",
    "couchbase",
    "couchbases",
    "db2",
    "ftp",
    "ftps",
    "git",
    "http",
    "https",
    "imap",
    "imaps",
    "influxdb",
    "jdbc",
    "kafka",
    "ldap",
    "ldaps",
    "mariadb",
    "memcached",
    "mongo",
    "mongodb",
    "mqtt",
    "mqtts",
    "mssql",
    "mysql",
    "mysql2",
    "mysqlx",
    "nats",
    "neo4j",
    "neo4js",
    "bolt",
    "opensearch",
    "oracle",
    "pgsql",
    "pop3",
    "pop3s",
    "postgis",
    "postgres",
    "postgresql",
    "presto",
    "proxy",
    "rabbitmq",
    "redis",
    "rediss",
    "redshift",
    "rtmp",
    "rtmps",
    "rtsp",
    "rtsps",
    "s3",
    "sentinel",
    "sftp",
    "smb",
    "smtp",
    "smtps",
    "snowflake",
    "socks",
    "socks4",
    "socks5",
    "socks5h",
    "sqlserver",
    "ssh",
    "svn",
    "telnet",
    "tls",
    "trino",
    "vnc",
    "webdav",
    "ws",
    "wss",
    "xmpp",
    "elasticsearch",
    "cassandra",
    "stomp",
];

/// Schemes of the web, whose hosts have a dot in their names.
const WEB: &[&str] = &["http", "https", "ftp", "git", "ws", "wss"];

/// Hosts of documentation that RFC 2606 does not reserve.
const NO_HOSTS: &[&str] = &[
    "address",
    "domain",
    "foo",
    "host",
    "hostname",
    "ip",
    "localdomain",
    "myhost",
    "proxy",
    "remote",
    "server",
    "servername",
    "site",
    "somehost",
    "target",
    "url",
    "yourhost",
    "yourserver",
    "host.com",
    "host.tld",
    "domain.com",
    "domain.tld",
    "site.com",
    "server.com",
    "yourdomain.com",
    "mydomain.com",
    "hostname.com",
    "foo.com",
    "bar.com",
    "foo.bar",
    "proxy.com",
    "company.com",
    "mycompany.com",
    "test.com",
    "website.com",
    "address.com",
    "somewhere.com",
    "somehost.com",
    "myserver.com",
    "provider.com",
];

/// Passwords, in lower case, that documentation writes into URLs.
const NO_PASSWORDS: &[&str] = &[
    "apikey",
    "api_key",
    "api-key",
    "authtoken",
    "auth_token",
    "auth-token",
    "accesstoken",
    "access_token",
    "access-token",
    "bar",
    "baz",
    "credentials",
    "key",
    "letmein",
    "my_password",
    "my-password",
    "mypass",
    "opensesame",
    "p",
    "pa55",
    "passphrase",
    "passw",
    "passw0rd",
    "pat",
    "port",
    "ps",
    "psw",
    "pw",
    "s3cr3t",
    "s3cret",
    "somepassword",
    "somepass",
    "sekret",
    "supersecret",
    "super-secret",
    "the_password",
    "thepassword",
    "u",
    "user_password",
    "userpass",
    "userpassword",
    "user-password",
    "your",
    "yourpassword",
    "foopass",
    "testpass",
    "geheim",
];

/// A password shorter than this is an example, unless the file is made of settings.
const SHORTEST: usize = 4;

/// The parts of `user:password@host`, as places in the window.
struct Login {
    user: Range<usize>,
    password: Range<usize>,
    host: Range<usize>,
}

/// `scheme://user:password@host`, and `scheme://host/…?user=…&password=…` of JDBC.
fn url(candidate: &Candidate<'_>) -> Option<Found> {
    let window = candidate.window;
    let scheme = scheme(window.get(..candidate.at)?)?;
    let start = candidate.at.checked_add(3)?;
    let Some(login) = login(window, start) else {
        return parameter(window, start, &scheme);
    };
    let host = host(window.get(login.host.clone())?)?;
    if WEB.contains(&scheme.as_str()) && !(host.contains('.') || is_here(&host)) {
        return None;
    }
    let user = window.get(login.user.clone())?;
    let password = window.get(login.password.clone())?;
    let (span, user, written): (_, &[u8], _) = match password {
        // GitHub takes a token as the user's name beside this constant.
        b"x-oauth-basic" => (login.user, b"", user),
        _ => (login.password, user, password),
    };
    found(span, written, user, host, &scheme)
}

fn found(
    span: Range<usize>,
    written: &[u8],
    user: &[u8],
    host: String,
    scheme: &str,
) -> Option<Found> {
    let password = percent_decoded(written);
    if is_no_password(&password) {
        return None;
    }
    let weight = weight(&password, user, &host)?;
    Some(Found {
        span,
        secret: Secret::new(password),
        what: Cow::Owned(format!("password in a URL ({scheme})")),
        family: Family::UrlPassword,
        weight,
        proof: Proof::Form,
        field: Some(host),
        excerpt: String::new(),
    })
}

/// The scheme at the end of `before`, in lower case.
fn scheme(before: &[u8]) -> Option<String> {
    let is_part = |b: &u8| b.is_ascii_alphanumeric() || matches!(b, b'+' | b'.' | b'-');
    let start = before
        .iter()
        .rposition(|b| !is_part(b))
        .map_or(0, |at| at + 1);
    let name = str::from_utf8(before.get(start..)?).ok()?;
    let name = name.to_ascii_lowercase();
    let known = |part: &str| SCHEMES.contains(&part);
    name.split('+').any(known).then_some(name)
}

/// The login that begins at `start`, if there is one.
fn login(window: &[u8], start: usize) -> Option<Login> {
    let rest = window.get(start..)?;
    let end = rest.iter().position(|&b| !is_authority(b));
    let authority = rest.get(..end.unwrap_or(rest.len()))?;
    let at = memchr::memrchr(b'@', authority)?;
    let colon = memchr::memchr(b':', authority.get(..at)?)?;
    Some(Login {
        user: start..start + colon,
        password: start + colon + 1..start + at,
        host: start + at + 1..start + authority.len(),
    })
}

fn is_authority(b: u8) -> bool {
    b > b' '
        && b < 0x7f
        && !matches!(
            b,
            b'/' | b'?' | b'#' | b'"' | b'\'' | b'`' | b'\\' | b'<' | b'>' | b'|'
        )
}

/// The host without its port; none if it is a template, a word of documentation or no name at all.
fn host(written: &[u8]) -> Option<String> {
    let text = str::from_utf8(written).ok()?;
    let text = text
        .split([')', ']', ';', '}'])
        .next()
        .filter(|_| !text.starts_with('['))
        .unwrap_or(text);
    let name = match text.strip_prefix('[') {
        Some(address) => address.split(']').next()?,
        None => text.split([':', ',']).next()?,
    };
    let name = name.trim_end_matches(['.', ',', '*']);
    let plain = |b: u8| b.is_ascii_alphanumeric() || matches!(b, b'-' | b'.' | b'_' | b':');
    let named = name
        .bytes()
        .next()
        .is_some_and(|b| b.is_ascii_alphanumeric() || b == b':');
    let lower = name.to_ascii_lowercase();
    let documented = NO_HOSTS.contains(&lower.as_str());
    (named && !documented && name.bytes().all(plain)).then_some(lower)
}

/// Whether a host is the machine itself.
fn is_here(host: &str) -> bool {
    matches!(host, "localhost" | "::1" | "0.0.0.0") || host.starts_with("127.")
}

/// Whether RFC 2606 or RFC 5737 reserve a host for documentation.
fn is_reserved(host: &str) -> bool {
    let last = host.rsplit('.').next().unwrap_or_default();
    let second = host.rsplit('.').nth(1).unwrap_or_default();
    let documentation = ["192.0.2.", "198.51.100.", "203.0.113."];
    matches!(last, "example" | "test" | "invalid" | "localhost")
        || second == "example"
        || documentation.iter().any(|net| host.starts_with(net))
}

/// Whether the password is a template or a word of documentation.
fn is_no_password(password: &[u8]) -> bool {
    let lower = password.to_ascii_lowercase();
    let letters = letters(&lower);
    let is_text = |b: &u8| (b' '..0x7f).contains(b) || *b >= 0x80;
    let digitless = !password.iter().any(u8::is_ascii_digit);
    let is_filler = |b: &u8| matches!(b, b'x' | b'X' | b'*' | b'.' | b'-' | b'_');
    !password.iter().all(is_text)
        || placeholder::is(password)
        || placeholder::is(&letters)
        || password.iter().all(is_filler)
        || NO_PASSWORDS.iter().any(|word| word.as_bytes() == lower)
        || digitless && speaks_of_itself(&letters)
        || is_template(password)
}

/// The letters of a text and what stands for letters: `p@5s` is `pass`.
fn letters(lower: &[u8]) -> Vec<u8> {
    let letter = |b: &u8| match b {
        b'@' => Some(b'a'),
        b'0' => Some(b'o'),
        b'1' => Some(b'i'),
        b'3' => Some(b'e'),
        b'5' | b'$' => Some(b's'),
        b if b.is_ascii_lowercase() => Some(*b),
        _ => None,
    };
    lower.iter().filter_map(letter).collect()
}

/// Whether these letters call themselves a password.
fn speaks_of_itself(letters: &[u8]) -> bool {
    let words: [&[u8]; 6] = [
        b"passw",
        b"ssword",
        b"secret",
        b"sensitive",
        b"passwd",
        b"userpass",
    ];
    words
        .iter()
        .any(|word| memmem::find(letters, word).is_some())
        || letters.starts_with(b"pass")
        || letters.ends_with(b"pass")
}

/// Whether a program fills in a part of it: `$VAR`, `%s`, `{name}`, `:name`, `#{name}`.
fn is_template(text: &[u8]) -> bool {
    let variable = text.windows(2).any(|pair| {
        matches!(pair, [b'$', b] if b.is_ascii_alphabetic() || matches!(b, b'{' | b'(' | b'_'))
            || matches!(pair, [b'#' | b'%' | b'{', b'{'])
            || matches!(pair, [b'%', b's' | b'd' | b'v' | b'(' | b'q'])
    });
    let starts = text.first().is_some_and(|b| b":{<[(%$@".contains(b));
    let wraps = text.contains(&b'{') && text.contains(&b'}');
    variable || starts || wraps
}

/// How much harm a password does on its host; none if it is an example.
fn weight(password: &[u8], user: &[u8], host: &str) -> Option<Weight> {
    let random = value::is_random(password);
    let weak = password.eq_ignore_ascii_case(user) || user.eq_ignore_ascii_case(b"anonymous");
    if is_here(host) || weak {
        return Some(Weight::Harmless);
    }
    let mixed = password.iter().any(u8::is_ascii_alphabetic)
        && password.iter().any(|b| !b.is_ascii_alphabetic())
        && password.len() >= 6;
    if is_reserved(host) {
        return (random || mixed).then_some(Weight::Harmless);
    }
    if password.len() < SHORTEST {
        return None;
    }
    let plain = speaks_of_itself(&letters(&password.to_ascii_lowercase()));
    if random || mixed && !plain {
        Some(Weight::Full)
    } else {
        Some(Weight::Doubtful)
    }
}

/// `password=…` among the parameters of a database's URL.
fn parameter(window: &[u8], start: usize, scheme: &str) -> Option<Found> {
    let base = scheme.split('+').next()?;
    if WEB.contains(&base) {
        return None;
    }
    let rest = window.get(start..)?;
    let end = rest
        .iter()
        .position(|&b| b <= b' ' || matches!(b, b'"' | b'\'' | b'`' | b'<'));
    let rest = rest.get(..end.unwrap_or(rest.len()))?;
    let query = rest.iter().position(|b| matches!(b, b'?' | b';'))?;
    let host = host(rest.get(..query)?.split(|&b| b == b'/').next()?)?;
    let mut at = query;
    let mut user: &[u8] = b"";
    let mut password = None;
    for part in rest
        .get(query..)?
        .split(|b| matches!(b, b'?' | b';' | b'&'))
    {
        let equals = memchr::memchr(b'=', part).unwrap_or(0);
        let (name, value) = part.split_at_checked(equals)?;
        match name.to_ascii_lowercase().as_slice() {
            b"user" | b"username" => user = value.get(1..)?,
            b"password" | b"pwd" => {
                let begin = start + at + equals + 1;
                password = Some((begin..start + at + part.len(), value.get(1..)?));
            }
            _ => {}
        }
        at += part.len() + 1;
    }
    let (span, written) = password?;
    found(span, written, user, host, scheme)
}

/// `jdbc:oracle:thin:user/password@host`.
fn oracle(candidate: &Candidate<'_>) -> Option<Found> {
    let start = candidate.at + "jdbc:oracle:".len();
    let rest = candidate.window.get(start..)?;
    let end = rest
        .iter()
        .position(|&b| b <= b' ' || matches!(b, b'"' | b'\'' | b'<'));
    let rest = rest.get(..end.unwrap_or(rest.len()))?;
    let at = memchr::memchr(b'@', rest)?;
    let slash = memchr::memchr(b'/', rest.get(..at)?)?;
    let colon = memchr::memrchr(b':', rest.get(..slash)?)?;
    let host = rest.get(at + 1..)?;
    let host = host.strip_prefix(b"//").unwrap_or(host);
    let host = self::host(host.split(|&b| b == b'/').next()?)?;
    let span = start + slash + 1..start + at;
    found(
        span,
        rest.get(slash + 1..at)?,
        rest.get(colon + 1..slash)?,
        host,
        "jdbc:oracle",
    )
}

/// Without percent-encoding; a percent sign that begins none stays.
fn percent_decoded(text: &[u8]) -> Vec<u8> {
    let mut out = Vec::with_capacity(text.len());
    let mut rest = text;
    while let [first, tail @ ..] = rest {
        rest = tail;
        let byte = match tail {
            [high, low, after @ ..] if *first == b'%' => {
                let digits = [*high, *low].map(|digit| char::from(digit).to_digit(16));
                let byte = match digits {
                    [Some(high), Some(low)] => u8::try_from(high * 16 + low).ok(),
                    _ => None,
                };
                byte.inspect(|_| rest = after)
            }
            _ => None,
        };
        out.push(byte.unwrap_or(*first));
    }
    out
}

#[cfg(test)]
mod tests;
