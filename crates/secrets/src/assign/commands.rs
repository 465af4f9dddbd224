//! Secrets in commands, calls and statements: what stands there without an operator.

use std::ops::Range;

use super::{
    judge::{self, Pair},
    trust::Trust,
    value,
    words::words,
};
use crate::{
    detector::{Candidate, Detector, Found},
    hit::{Family, Weight},
};

pub(crate) static DETECTORS: &[Detector] = &[
    Detector::form(
        "command-password",
        "secret in the arguments of a command",
        Family::AssignedSecret,
        &[
            "curl ",
            "mysql ",
            "mysqldump ",
            "mysqladmin ",
            "mariadb ",
            "sshpass -p",
            "docker login",
            "podman login",
            "buildah login",
            "skopeo login",
            "az login ",
            "redis-cli ",
            "mongosh ",
            "mongodump ",
            "mongorestore ",
            "psexec ",
            "smbclient ",
            "ldapsearch ",
            "ldapadd ",
            "keytool ",
            "wget ",
            "htpasswd ",
            "setx ",
        ],
        command,
    )
    .reach(0, 768)
    .in_text(),
    Detector::form(
        "flag-secret",
        "secret behind the flag of a command",
        Family::AssignedSecret,
        &[
            "--password ",
            "--passwd ",
            "--pass ",
            "--token ",
            "--api-key ",
            "--apikey ",
            "--secret ",
            "--auth-token ",
            "--access-token ",
            "--client-secret ",
            "--secret-key ",
            "--access-key ",
            "--passphrase ",
            "--api-token ",
            "-Password ",
            "-AccessToken ",
        ],
        flag,
    )
    .in_text(),
    Detector::form(
        "call-secret",
        "secret in the arguments of a call",
        Family::AssignedSecret,
        &[
            "setProperty(",
            "define(",
            "env(",
            "OrDefault(",
            "environ.get(",
            "ENV.fetch(",
            "Setenv(",
            "putString(",
        ],
        call,
    )
    .in_text(),
    Detector::form(
        "sql-password",
        "password in an SQL statement",
        Family::AssignedSecret,
        &[
            "IDENTIFIED BY ",
            "identified by ",
            "WITH PASSWORD ",
            "with password ",
            "ENCRYPTED PASSWORD ",
            "encrypted password ",
            "ConvertTo-SecureString ",
            "passin pass:",
            "passout pass:",
        ],
        quoted,
    )
    .in_text(),
    Detector::form(
        "chpasswd-password",
        "password that a command sets",
        Family::AssignedSecret,
        &["chpasswd"],
        chpasswd,
    )
    .reach(160, 8)
    .in_text(),
];

/// How a program is told a password.
enum Flag {
    /// In the next word.
    Next(&'static str),
    /// In the same word.
    Joined(&'static str),
    /// In the next word, after a user's name and a colon.
    Login(&'static str),
}

/// Programs, by the beginning of their commands.
const PROGRAMS: &[(&str, &[Flag])] = &[
    (
        "curl",
        &[
            Flag::Login("-u"),
            Flag::Login("--user"),
            Flag::Login("--proxy-user"),
            Flag::Login("-U"),
        ],
    ),
    ("mysql", &[Flag::Joined("-p"), Flag::Joined("--password=")]),
    (
        "mariadb",
        &[Flag::Joined("-p"), Flag::Joined("--password=")],
    ),
    ("sshpass", &[Flag::Next("-p"), Flag::Joined("-p")]),
    ("docker", &[Flag::Next("-p"), Flag::Joined("--password=")]),
    ("podman", &[Flag::Next("-p"), Flag::Joined("--password=")]),
    ("buildah", &[Flag::Next("-p")]),
    ("skopeo", &[Flag::Next("-p")]),
    ("az", &[Flag::Next("-p")]),
    ("redis-cli", &[Flag::Next("-a")]),
    ("mongo", &[Flag::Next("-p")]),
    ("psexec", &[Flag::Next("-p")]),
    ("ldap", &[Flag::Next("-w")]),
    (
        "keytool",
        &[Flag::Next("-storepass"), Flag::Next("-keypass")],
    ),
    (
        "wget",
        &[
            Flag::Joined("--password="),
            Flag::Joined("--http-password="),
            Flag::Joined("--ftp-password="),
        ],
    ),
];

/// A password or token in a command, judged by where the command stands.
fn told(candidate: &Candidate<'_>, span: Range<usize>, name: &str) -> Option<Found> {
    let text = candidate.window.get(span.clone())?;
    let weight = match Trust::of(candidate.context) {
        Trust::None => return None,
        Trust::Name => Weight::Full,
        Trust::Hint => Weight::Doubtful,
    };
    let enough = weight == Weight::Full || is_mixed(text);
    (enough && judge::is_opaque(text) && text.iter().all(u8::is_ascii_graphic))
        .then(|| judge::found(name.as_bytes(), text, span, weight))
}

/// Whether a password has letters and digits in an order that no word or version has.
fn is_mixed(text: &[u8]) -> bool {
    text.len() >= 8 && value::is_random(text)
}

/// The flags of the programs above.
fn command(candidate: &Candidate<'_>) -> Option<Found> {
    let window = candidate.window;
    let rest = window.get(candidate.at..)?;
    if rest.starts_with(b"setx ") {
        return pair(candidate, 1);
    }
    let (program, flags) = PROGRAMS
        .iter()
        .find(|(name, _)| rest.starts_with(name.as_bytes()))?;
    let words = words(window, candidate.at);
    let text = |word: &Range<usize>| window.get(word.clone()).unwrap_or_default();
    for (at, word) in words.iter().enumerate().skip(1) {
        let next = words.get(at + 1);
        for flag in *flags {
            let span = match flag {
                Flag::Next(name) if text(word) == name.as_bytes() => next.cloned(),
                Flag::Joined(name)
                    if text(word).len() > name.len() && text(word).starts_with(name.as_bytes()) =>
                {
                    Some(word.start + name.len()..word.end)
                }
                Flag::Login(name) if text(word) == name.as_bytes() => next.and_then(|next| {
                    let colon = memchr::memchr(b':', text(next))?;
                    let start = next.start + colon + 1;
                    // A shell joins what stands in quotes to the word before.
                    let quoted = (start == next.end).then(|| string(window, start)).flatten();
                    Some(quoted.unwrap_or(start..next.end))
                }),
                _ => None,
            };
            if let Some(found) = span.and_then(|span| told(candidate, span, program)) {
                return Some(found);
            }
        }
    }
    None
}

/// A name and a value that are two words of a command.
fn pair(candidate: &Candidate<'_>, at: usize) -> Option<Found> {
    let words = words(candidate.window, candidate.at);
    let (name, value) = (words.get(at)?, words.get(at + 1)?);
    judged(candidate, name.clone(), value.clone())
}

/// A value whose name decides as it does where there is an operator.
fn judged(candidate: &Candidate<'_>, name: Range<usize>, value: Range<usize>) -> Option<Found> {
    let pair = Pair {
        name: candidate.window.get(name)?,
        value: candidate.window.get(value.clone())?,
        quoted: true,
        trust: Trust::of(candidate.context),
    };
    pair.judge(b"", value).map(|(_, found)| found)
}

/// `--password SECRET`.
fn flag(candidate: &Candidate<'_>) -> Option<Found> {
    let words = words(candidate.window, candidate.at);
    let (name, value) = (words.first()?, words.get(1)?);
    judged(candidate, name.clone(), value.clone())
}

/// `define('NAME', 'SECRET')`.
fn call(candidate: &Candidate<'_>) -> Option<Found> {
    let rest = candidate.window.get(candidate.at..)?;
    let open = candidate.at + memchr::memchr(b'(', rest)? + 1;
    let name = string(candidate.window, open)?;
    let after = candidate.window.get(name.end + 1..)?;
    let comma = after
        .iter()
        .position(|b| !b.is_ascii_whitespace())
        .filter(|at| after.get(*at) == Some(&b','))?;
    let value = string(candidate.window, name.end + 1 + comma + 1)?;
    judged(candidate, name, value)
}

/// The quoted text at `start` or after blanks.
fn string(window: &[u8], start: usize) -> Option<Range<usize>> {
    let rest = window.get(start..)?;
    let blanks = rest.iter().position(|b| !b.is_ascii_whitespace())?;
    let quote = *rest.get(blanks)?;
    if !matches!(quote, b'"' | b'\'' | b'`') {
        return None;
    }
    let begin = start + blanks + 1;
    let length = memchr::memchr(quote, window.get(begin..)?)?;
    Some(begin..begin + length)
}

/// `IDENTIFIED BY 'SECRET'`, `-passin pass:SECRET`.
fn quoted(candidate: &Candidate<'_>) -> Option<Found> {
    let window = candidate.window;
    let rest = window.get(candidate.at..)?;
    if rest.starts_with(b"pass") {
        let word = words(window, candidate.at).into_iter().nth(1)?;
        let span = word.start + "pass:".len()..word.end;
        return told(candidate, span, "pass");
    }
    // What follows `IDENTIFIED BY PASSWORD` is a hash.
    let words = [
        &b"ConvertTo-SecureString -String "[..],
        b"ConvertTo-SecureString ",
    ];
    let open = match words.iter().find(|words| rest.starts_with(words)) {
        Some(words) => words.len(),
        None => rest.iter().position(|b| matches!(b, b'"' | b'\''))?,
    };
    let statement = rest.get(..open)?;
    let names = memchr::memchr_iter(b' ', statement).count();
    if names > 2 || !statement.ends_with(b" ") {
        return None;
    }
    let span = string(window, candidate.at + open)?;
    told(candidate, span, "password")
}

/// `echo 'root:SECRET' | chpasswd`.
fn chpasswd(candidate: &Candidate<'_>) -> Option<Found> {
    let before = candidate.window.get(..candidate.at)?;
    let echo = memchr::memmem::rfind(before, b"echo ")?;
    let words = words(before, echo);
    let login = words.iter().skip(1).find(|word| {
        before
            .get((*word).clone())
            .is_some_and(|word| !word.starts_with(b"-"))
    })?;
    let colon = memchr::memchr(b':', before.get(login.clone())?)?;
    told(candidate, login.start + colon + 1..login.end, "chpasswd")
}

#[cfg(test)]
mod tests {
    use crate::{
        Context, Hit, Scanner, Weight,
        tokens::tests::{ALNUM, chars},
    };

    fn hits(context: Context<'_>, text: &str) -> Vec<Hit> {
        Scanner::shared().text(context, text.as_bytes())
    }

    fn clear(context: Context<'_>, text: &str) -> Vec<String> {
        let hits = hits(context, text);
        hits.iter()
            .map(|hit| String::from_utf8(hit.clear().to_vec()).unwrap())
            .collect()
    }

    /// Commands around `{}`, which is a password.
    const COMMANDS: &[&str] = &[
        "curl -sSf -u app:{} https://git.acme.io/x",
        "curl --user 'app:{}' https://git.acme.io/x",
        "curl --user app:'{}' https://git.acme.io/x",
        "mysql -u root -p{} -e 'select 1'",
        "mysqldump --single-transaction -p{} app",
        "sshpass -p {} ssh a@b.acme.io",
        "sshpass -p'{}' ssh a@b.acme.io",
        "docker login -u app -p {} registry.acme.io",
        "redis-cli -h cache -a {} ping",
        "keytool -import -storepass {} -file a.pem",
        "tool --password {} --verbose",
        "tool --api-key \"{}\"",
        "setx API_TOKEN {}",
        "CREATE USER a IDENTIFIED BY '{}'",
        "ALTER ROLE a WITH PASSWORD '{}'",
        "echo 'root:{}' | chpasswd",
        "openssl rsa -passin pass:{} -in a.pem",
        "define('DB_PASSWORD', '{}');",
        "System.setProperty(\"ACME_TOKEN\", \"{}\")",
        "os.getenv(\"ACME_TOKEN\", \"{}\")",
    ];

    #[test]
    fn found_in_commands_and_files() {
        let password = chars(ALNUM, 24);
        for command in COMMANDS {
            let text = command.replace("{}", &password);
            for (context, weight) in [
                (Context::Command, Weight::Full),
                (Context::File(b"srv/build.sh"), Weight::Doubtful),
            ] {
                let hits = hits(context, &text);
                let found: Vec<_> = hits.iter().map(|hit| (hit.clear(), hit.weight)).collect();
                assert_eq!(found, [(password.as_bytes(), weight)], "{text}");
                assert!(!hits[0].excerpt.contains(&password));
            }
        }
    }

    #[test]
    fn weak_passwords_count_in_commands_only() {
        let text = "mysql -u root -phunter2 app";
        assert_eq!(clear(Context::Command, text), ["hunter2"]);
        assert_eq!(clear(Context::File(b"srv/build.sh"), text), [""; 0]);
    }

    #[test]
    fn placeholders_and_other_flags_are_silent() {
        for text in [
            "curl -u user:$PASSWORD https://acme.io",
            "curl -u user:password https://acme.io",
            "curl -L https://acme.io/x -o /tmp/x",
            "mysql -u root -p app",
            "mysql -u root --port=3306",
            "sshpass -p $PW ssh a",
            "docker login -u a --password-stdin",
            "docker run -p 8080:80 a",
            "tool --password ${PASSWORD}",
            "tool --token-file /run/secrets/token",
            "echo hello | chpasswd",
            "Authorization: Bearer $TOKEN",
            "Authorization: Bearer <token>",
            "CREATE USER a IDENTIFIED BY '${PW}'",
            "CREATE USER a IDENTIFIED BY PASSWORD '*2470c0c06dee42fd1618bb99005adca2ec9d1e19'",
            "define('DB_PASSWORD', 'database_password_here');",
            "openssl rsa -passin pass:${PW} -in a",
            "os.environ.get('ACME_TOKEN', None)",
        ] {
            assert_eq!(clear(Context::Command, text), [""; 0], "{text}");
        }
    }
}
