//! Names of settings and variables: which of them hold secrets.

/// What a name says of its value.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Named {
    /// A password: chosen by people.
    Password,
    /// A token, key or secret: made by a program.
    Key,
}

/// Ends of words that name passwords.
const PASSWORDS: &[&str] = &[
    "password",
    "passwd",
    "passphrase",
    "passcode",
    "passwort",
    "pwd",
    "passw",
];

/// Ends of words that name generated secrets.
const KEYS: &[&str] = &[
    "secret",
    "token",
    "apikey",
    "accesskey",
    "secretkey",
    "privatekey",
    "authkey",
    "signingkey",
    "encryptionkey",
    "masterkey",
    "licensekey",
    "credential",
    "sharedkey",
    "apitoken",
];

/// Whole words that name secrets.
const WHOLE: &[(&str, Named)] = &[
    ("pass", Named::Password),
    ("psw", Named::Password),
    ("cred", Named::Key),
    ("auth", Named::Key),
    ("jwt", Named::Key),
    ("bearer", Named::Key),
    ("psk", Named::Key),
];

/// Words that make a `key` after them a secret.
const KEY_OF: &[&str] = &[
    "access",
    "account",
    "admin",
    "api",
    "app",
    "application",
    "auth",
    "cipher",
    "client",
    "cookie",
    "crypt",
    "crypto",
    "decryption",
    "deploy",
    "encrypt",
    "encryption",
    "hmac",
    "ingest",
    "ingestion",
    "integration",
    "jwt",
    "license",
    "licence",
    "master",
    "merchant",
    "oauth",
    "preshared",
    "private",
    "secret",
    "security",
    "server",
    "service",
    "session",
    "shared",
    "sign",
    "signing",
    "storage",
    "stream",
    "subscription",
    "symmetric",
    "webhook",
    "write",
    "developer",
    "sdk",
    "web",
    "cloud",
    "team",
    "account",
    "user",
    "personal",
    "functions",
    "search",
];

/// Words after the one that counts: where and in what form it is used.
const QUALIFIERS: &[&str] = &[
    "b64", "base", "base64", "dev", "live", "local", "new", "old", "prod", "staging", "str",
    "string", "test", "val", "value", "v1", "v2",
];

/// Words that make anything after them something else than a secret.
const VETOES: &[&str] = &[
    "alg",
    "algorithm",
    "anon",
    "antiforgery",
    "authenticity",
    "bucket",
    "cache",
    "change",
    "checksum",
    "column",
    "confirm",
    "continuation",
    "count",
    "csrf",
    "cursor",
    "default",
    "digest",
    "dummy",
    "enable",
    "enabled",
    "error",
    "example",
    "expected",
    "fake",
    "fingerprint",
    "foreign",
    "forgot",
    "has",
    "hash",
    "hashed",
    "hint",
    "idempotency",
    "index",
    "integrity",
    "invalid",
    "is",
    "label",
    "length",
    "max",
    "md5",
    "message",
    "min",
    "missing",
    "mock",
    "name",
    "next",
    "no",
    "num",
    "object",
    "page",
    "partition",
    "path",
    "placeholder",
    "primary",
    "pub",
    "public",
    "publickey",
    "publishable",
    "recaptcha",
    "require",
    "required",
    "reset",
    "resume",
    "row",
    "sequence",
    "sha",
    "sha1",
    "sha256",
    "sha512",
    "show",
    "site",
    "sort",
    "sync",
    "tag",
    "test",
    "type",
    "uri",
    "url",
    "use",
    "valid",
    "verification",
    "validate",
    "wrong",
    "xsrf",
    "parse",
    "parser",
    "lexer",
    "syntax",
    "unit",
    "purchase",
    "action",
    "websocket",
    "clientrequest",
    "idempotent",
    "keyid",
];

/// Words that tell in a name of a variable what it is about besides a secret: never a secret itself.
const HARMLESS: &[&str] = &[
    "algorithm",
    "audience",
    "count",
    "dir",
    "disabled",
    "enabled",
    "expires",
    "expiry",
    "file",
    "fingerprint",
    "format",
    "header",
    "host",
    "id",
    "ids",
    "issuer",
    "length",
    "max",
    "method",
    "min",
    "mode",
    "name",
    "path",
    "policy",
    "prefix",
    "provider",
    "pub",
    "public",
    "publishable",
    "realm",
    "region",
    "size",
    "suffix",
    "timeout",
    "ttl",
    "type",
    "uri",
    "url",
    "version",
];

/// Words any of which makes a variable one for a secret.
const IN_VARIABLES: &[&str] = &[
    "apikey",
    "auth",
    "credential",
    "credentials",
    "creds",
    "key",
    "pass",
    "passphrase",
    "passwd",
    "password",
    "pw",
    "pwd",
    "pword",
    "secret",
    "secrets",
    "token",
];

/// Words, in lower case, of a name in any style: `DB_PASSWORD`, `dbPassword`, `db-password`.
pub(super) fn words(name: &[u8]) -> Vec<String> {
    let mut words: Vec<String> = Vec::new();
    let mut before = b'_';
    for (at, &b) in name.iter().enumerate() {
        let after = name.get(at + 1).copied().unwrap_or(b'_');
        if b.is_ascii_alphanumeric() {
            let hump = b.is_ascii_uppercase()
                && (before.is_ascii_lowercase()
                    || !before.is_ascii_lowercase() && after.is_ascii_lowercase());
            if !before.is_ascii_alphanumeric() || hump {
                words.push(String::new());
            }
            if let Some(word) = words.last_mut() {
                word.push(char::from(b.to_ascii_lowercase()));
            }
        }
        before = b;
    }
    words
}

/// What the name of a value in source code or a settings file says.
pub(super) fn named(words: &[String]) -> Option<Named> {
    let is_number = |word: &str| word.bytes().all(|b| b.is_ascii_digit());
    let is_qualifier = |word: &&String| QUALIFIERS.contains(&word.as_str()) || is_number(word);
    let qualified = words.iter().rev().take_while(is_qualifier).count();
    let words = words.get(..words.len().checked_sub(qualified)?)?;
    let (last, before) = words.split_last()?;
    if before.iter().any(|word| VETOES.contains(&word.as_str())) {
        return None;
    }
    let last = last.trim_end_matches(|c: char| c.is_ascii_digit());
    let last = match last.strip_suffix('s') {
        Some(one) if !one.ends_with('s') => one,
        _ => last,
    };
    if PASSWORDS.iter().any(|end| last.ends_with(end)) {
        return Some(Named::Password);
    }
    if KEYS.iter().any(|end| last.ends_with(end)) {
        let own = KEYS
            .iter()
            .find_map(|end| last.strip_suffix(end))
            .unwrap_or_default();
        return (!VETOES.contains(&own)).then_some(Named::Key);
    }
    if let Some((_, named)) = WHOLE.iter().find(|(word, _)| *word == last) {
        return Some(*named);
    }
    let of = before.last().map_or("", String::as_str);
    let is_key = last == "key"
        && (KEY_OF.contains(&of)
            || before.len() >= 2 && before.iter().any(|word| KEY_OF.contains(&word.as_str())));
    is_key.then_some(Named::Key)
}

/// Whether the name of an environment variable says that it holds a secret.
///
/// The words are those of BuildKit's `SecretsUsedInArgOrEnv`; further ones tell what a name of that
/// kind is about besides the secret itself.
pub(crate) fn names_secret(name: &str) -> bool {
    let words = words(name.as_bytes());
    let has = |list: &[&str]| words.iter().any(|word| list.contains(&word.as_str()));
    (has(IN_VARIABLES) || named(&words).is_some()) && !has(HARMLESS)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn of(name: &str) -> Option<Named> {
        named(&words(name.as_bytes()))
    }

    #[test]
    fn words_of_every_style() {
        for (name, want) in [
            ("DB_PASSWORD", "db password"),
            ("dbPassword", "db password"),
            ("db-password", "db password"),
            ("spring.datasource.password", "spring datasource password"),
            ("AWSSecretKey", "aws secret key"),
            ("$apiKey", "api key"),
            ("oauth2Token", "oauth2 token"),
            ("", ""),
        ] {
            assert_eq!(words(name.as_bytes()).join(" "), want);
        }
    }

    #[test]
    fn names_of_secrets() {
        for name in [
            "token",
            "githubToken",
            "GITHUB_TOKEN",
            "some_api_token_123",
            "mySecretString",
            "creds",
            "secret_key_base",
            "x-api-key",
            "apikey",
            "aws.secret.access.key",
            "client_secret",
            "APP_KEY",
            "encryptionKey",
            "private-key",
            "user_auth",
            "credentials",
            "tokens",
        ] {
            assert_eq!(of(name), Some(Named::Key), "{name}");
        }
        for name in [
            "password",
            "dbPasswd",
            "DB_PWD",
            "rootPass",
            "passphrase",
            "PASSWORD_PROD",
            "mypassword2",
        ] {
            assert_eq!(of(name), Some(Named::Password), "{name}");
        }
    }

    #[test]
    fn names_of_other_things() {
        for name in [
            "key",
            "primaryKey",
            "foreign_key",
            "publicKey",
            "public_token",
            "csrf-token",
            "nextToken",
            "NextPageToken",
            "cache_key",
            "partitionKey",
            "sortKey",
            "author",
            "keyboard",
            "monkey",
            "token_type",
            "password_length",
            "secretName",
            "tokenUrl",
            "access_id",
            "hash_key",
            "ingredients",
            "compass",
            "",
            "_",
            "bypass",
        ] {
            assert_eq!(of(name), None, "{name}");
        }
    }

    #[test]
    fn variables_that_hold_secrets() {
        for name in [
            "DB_PASSWORD",
            "GITHUB_TOKEN",
            "API_KEY_PROD",
            "PGPASSWORD",
            "AWS_SECRET_ACCESS_KEY",
            "KEY_FOR_X",
            "dbPassword",
        ] {
            assert!(names_secret(name), "{name}");
        }
        for name in [
            "GPG_KEY_ID",
            "DB_PASSWORD_FILE",
            "SSH_KEY_PATH",
            "NEXT_PUBLIC_API_KEY",
            "TOKEN_TTL",
            "PASSWORD_MIN_LENGTH",
            "PYTHON_VERSION",
            "PATH",
            "AWS_ACCESS_KEY_ID",
            "KEYBOARD",
            "AUTHOR",
            "TOKEN_URL",
        ] {
            assert!(!names_secret(name), "{name}");
        }
    }
}
