//! Whether a value under a name is a secret.

use std::{borrow::Cow, ops::Range};

use super::{
    names::{self, Named},
    providers,
    trust::Trust,
    value,
};
use crate::{
    credential::placeholder,
    detector::Found,
    hit::{Family, Proof, Weight},
    secret::Secret,
};

/// Name of the detector of values that no row of providers knows.
pub(super) const ASSIGNED: &str = "assigned-secret";
pub(super) const WHAT: &str = "secret by the name of its variable";

/// Longest name that is told.
const MAX_FIELD: usize = 96;

/// Shortest generated values, by what their names say.
const SHORTEST_KEY: usize = 14;
const SHORTEST_PASSWORD: usize = 10;

/// Longest generated value; longer ones are data.
const LONGEST: usize = 256;

/// Shortest value where the name decides.
const SHORTEST_NAMED: usize = 4;

/// Beginnings of tokens with a checksum: if that is wrong, they are none. Signed web tokens are left to
/// their own detectors as well.
const CHECKSUMMED: [&[u8]; 7] = [
    b"ghp_", b"gho_", b"ghu_", b"ghs_", b"ghr_", b"npm_", b"glsa_",
];

/// Values of settings that choose a way rather than keep a secret.
const CHOICES: &[&str] = &[
    "always",
    "auto",
    "basic",
    "bearer",
    "client",
    "default",
    "disable",
    "disabled",
    "enable",
    "enabled",
    "ident",
    "jwt",
    "ldap",
    "login",
    "md5",
    "never",
    "oauth",
    "oauth2",
    "optional",
    "peer",
    "plain",
    "required",
    "scram-sha-256",
    "session",
    "system",
    "trust",
    "unset",
];

/// A name with its value, and what is known of where they stand.
pub(super) struct Pair<'a> {
    pub(super) name: &'a [u8],
    pub(super) value: &'a [u8],
    /// Whether the value stands in quotes.
    pub(super) quoted: bool,
    pub(super) trust: Trust,
}

impl Pair<'_> {
    /// The secret, as a value at `span` after `before` on the same line, if it is one.
    pub(super) fn judge(&self, before: &[u8], span: Range<usize>) -> Option<(&'static str, Found)> {
        let words = names::words(self.name);
        if let Some(found) = self.provided(&words, before, span.clone()) {
            return Some(found);
        }
        let is_secret = match self.trust {
            Trust::None => false,
            Trust::Hint => self.looks_generated(names::named(&words)?),
            Trust::Name => self.is_named(&words),
        };
        if !is_secret {
            return None;
        }
        let weight = match self.trust {
            Trust::Name => Weight::Full,
            _ => Weight::Doubtful,
        };
        Some((ASSIGNED, found(self.name, self.value, span, weight)))
    }

    /// A token whose issuer the name tells.
    fn provided(
        &self,
        words: &[String],
        before: &[u8],
        span: Range<usize>,
    ) -> Option<(&'static str, Found)> {
        let secret = self.trust != Trust::None && names::named(words).is_some();
        if !secret || placeholder::is(self.value) || has_checksum(self.value) {
            return None;
        }
        let row = providers::provider(words, &names::words(before), self.value)?;
        Some((
            row.id,
            Found {
                what: Cow::Borrowed(row.what),
                family: Family::Token,
                proof: Proof::Name,
                ..found(self.name, self.value, span, Weight::Full)
            },
        ))
    }

    /// Where the name decides: anything but placeholders, choices, numbers and places.
    fn is_named(&self, words: &[String]) -> bool {
        let name = String::from_utf8_lossy(self.name);
        let weak = words
            .last()
            .is_some_and(|word| matches!(word.as_str(), "key" | "keys" | "auth"));
        let strong = match names::named(words) {
            Some(Named::Password) => true,
            Some(Named::Key) => !weak || value::is_random(self.value),
            None => value::is_random(self.value),
        };
        strong
            && names::names_secret(&name)
            && is_opaque(self.value)
            && !is_fingerprint(words, self.value)
            && !has_checksum(self.value)
    }

    /// Where the name is a hint: what chance drew, in the letters of keys and passwords.
    fn looks_generated(&self, named: Named) -> bool {
        let shortest = match named {
            Named::Key => SHORTEST_KEY,
            Named::Password => SHORTEST_PASSWORD,
        };
        let is_key = |b: &u8| b.is_ascii_alphanumeric() || b"-_+/=.~".contains(b);
        let is_password = |b: &u8| b.is_ascii_graphic();
        let length = (shortest..=LONGEST).contains(&self.value.len());
        let alphabet = match named {
            Named::Password if self.quoted => self.value.iter().all(is_password),
            _ => self.value.iter().all(is_key),
        };
        length
            && alphabet
            && value::is_random(self.value)
            && !placeholder::is(self.value)
            && !is_code(self.value)
            && !has_checksum(self.value)
    }
}

/// What is found under a name.
pub(super) fn found(name: &[u8], value: &[u8], span: Range<usize>, weight: Weight) -> Found {
    Found {
        span,
        secret: Secret::new(value),
        what: Cow::Borrowed(WHAT),
        family: Family::AssignedSecret,
        weight,
        proof: Proof::Name,
        field: field(name),
        excerpt: String::new(),
    }
}

/// A name that is safe to print.
pub(super) fn field(name: &[u8]) -> Option<String> {
    let name: String = String::from_utf8_lossy(name)
        .chars()
        .filter(|c| !c.is_control())
        .take(MAX_FIELD)
        .collect();
    (!name.is_empty()).then_some(name)
}

/// Whether a value may be a secret where its name says so: no address, path, number, placeholder or
/// word that says how something is done.
pub(crate) fn is_opaque(value: &[u8]) -> bool {
    let lower = value.to_ascii_lowercase();
    let is_path = [&b"/"[..], b"./", b"../", b"~/", b"c:\\"]
        .iter()
        .any(|start| lower.starts_with(start));
    let is_number = value.iter().all(|b| b.is_ascii_digit() || *b == b'.') && value.len() < 6;
    let is_url = memchr::memmem::find(value, b"://").is_some();
    let is_choice = CHOICES.iter().any(|word| word.as_bytes() == lower);
    let is_shell = value.starts_with(b"$")
        && value
            .get(1)
            .is_some_and(|b| b.is_ascii_alphanumeric() || b"_{(".contains(b));
    value.len() >= SHORTEST_NAMED
        && !is_path
        && !is_number
        && !is_url
        && !is_choice
        && !is_shell
        && !placeholder::is(value)
}

/// Whether it is the fingerprint of a public key, as `GPG_KEY` of the official images.
fn is_fingerprint(words: &[String], value: &[u8]) -> bool {
    let of_key = words.iter().any(|word| {
        matches!(
            word.as_str(),
            "gpg" | "pgp" | "gnupg" | "sha256" | "release"
        )
    });
    let digits = value.strip_prefix(b"0x").unwrap_or(value);
    of_key && digits.iter().all(|b| b.is_ascii_hexdigit() || *b == b' ')
}

fn has_checksum(value: &[u8]) -> bool {
    let signed = value.starts_with(b"eyJ") && memchr::memchr_iter(b'.', value).count() == 2;
    signed || CHECKSUMMED.iter().any(|start| value.starts_with(start))
}

/// Whether a value is an expression, a path or a name in a program.
fn is_code(value: &[u8]) -> bool {
    let is_path = value.starts_with(b"/")
        || value.starts_with(b"./")
        || memchr::memmem::find(value, b"//").is_some();
    let parts = value
        .split(|b| b"._-/".contains(b))
        .filter(|part| !part.is_empty());
    let is_word = |part: &[u8]| {
        let digits = part.iter().rev().take_while(|b| b.is_ascii_digit()).count();
        let stem = part.get(..part.len() - digits).unwrap_or_default();
        stem.len() >= 3 && stem.iter().all(u8::is_ascii_alphabetic) && value::score(stem) < 10
    };
    let (words, all) = parts.fold((0, 0), |(words, all), part| {
        (words + usize::from(is_word(part)), all + 1)
    });
    is_path || all > 1 && words * 2 >= all
}
