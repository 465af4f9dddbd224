//! Names of images as users write them.

use std::{fmt, str::FromStr};

use miette::Diagnostic;
use thiserror::Error;

use crate::{Algorithm, Digest, DigestError};

/// A full image name: `docker.io/library/debian:latest`.
///
/// Read and shortened as Docker does (distribution/reference, `ParseNormalizedNamed`).
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Reference {
    // Invariant: each part matches its grammar, and an image of docker.io has a directory.
    domain: String,
    path: String,
    tag: Option<String>,
    digest: Option<Digest>,
}

/// Why some text is not an image name.
#[derive(Debug, Clone, PartialEq, Eq, Error, Diagnostic)]
#[non_exhaustive]
pub enum ReferenceError {
    /// The grammar is broken.
    #[error("it is not of the form name:tag")]
    #[diagnostic(
        code(imglint::format::reference),
        help("write it as registry.example/path/name:tag")
    )]
    Format,
    /// Upper-case letters where none may be.
    #[error("the repository name must be lowercase")]
    #[diagnostic(
        code(imglint::format::reference_uppercase),
        help("only the tag and the registry's host may have upper-case letters")
    )]
    Uppercase,
    /// 64 hex digits are an image ID.
    #[error("64 hex digits are an image ID, not a name")]
    #[diagnostic(
        code(imglint::format::reference_image_id),
        help("give the image a name")
    )]
    ImageId,
    /// More than 255 characters.
    #[error("the repository name is longer than 255 characters")]
    #[diagnostic(
        code(imglint::format::reference_too_long),
        help("registries store no longer names")
    )]
    TooLong,
    /// What follows `@` is not a digest that can be verified.
    #[error("what follows \"@\" is not a digest of a known algorithm")]
    #[diagnostic(
        code(imglint::format::reference_digest),
        help("write it as sha256: and 64 lowercase hex digits")
    )]
    Digest(#[source] Option<DigestError>),
}

const DOCKER: &str = "docker.io";
const OFFICIAL: &str = "library";
const NAME_LIMIT: usize = 255;

impl Reference {
    /// Reads a name as users write it, and completes its registry and directory.
    ///
    /// # Errors
    /// When Docker would refuse the name.
    pub fn parse(text: &str) -> Result<Self, ReferenceError> {
        if is_image_id(text) {
            return Err(ReferenceError::ImageId);
        }
        let (domain, rest) = split_domain(text);
        let (name, digest) = match rest.split_once('@') {
            Some((name, digest)) => (name, Some(parse_digest(digest)?)),
            None => (rest, None),
        };
        let (path, tag) = match name.split_once(':') {
            Some((path, tag)) => (path, Some(tag)),
            None => (name, None),
        };
        check_path(path)?;
        if !is_domain(domain) || !tag.is_none_or(is_tag) {
            return Err(ReferenceError::Format);
        }
        let official = domain == DOCKER && !path.contains('/');
        let path = if official {
            format!("{OFFICIAL}/{path}")
        } else {
            path.to_owned()
        };
        // Newer distribution/reference counts the path alone, older ones the host as well.
        if path.len() > NAME_LIMIT {
            return Err(ReferenceError::TooLong);
        }
        Ok(Self {
            domain: domain.to_owned(),
            path,
            tag: tag.map(str::to_owned),
            digest,
        })
    }

    /// Host of the registry, and its port if stated: `docker.io`.
    #[must_use]
    pub fn domain(&self) -> &str {
        &self.domain
    }

    /// The repository within its registry: `library/debian`.
    #[must_use]
    pub fn path(&self) -> &str {
        &self.path
    }

    /// The tag, when stated.
    #[must_use]
    pub fn tag(&self) -> Option<&str> {
        self.tag.as_deref()
    }

    /// The digest, when stated.
    #[must_use]
    pub fn digest(&self) -> Option<&Digest> {
        self.digest.as_ref()
    }

    /// The same, with the tag `latest` when it has neither tag nor digest.
    #[must_use]
    pub fn or_latest(mut self) -> Self {
        if self.tag.is_none() && self.digest.is_none() {
            self.tag = Some("latest".to_owned());
        }
        self
    }

    /// As Docker shows it: without `docker.io` and `library`.
    #[must_use]
    pub fn familiar(&self) -> String {
        let directory = self.path.split_once('/');
        let name = match (self.domain.as_str(), directory) {
            (DOCKER, Some((OFFICIAL, name))) if !name.contains('/') => name.to_owned(),
            (DOCKER, _) => self.path.clone(),
            _ => format!("{}/{}", self.domain, self.path),
        };
        format!("{name}{}", self.suffix())
    }

    fn suffix(&self) -> String {
        let tag = self.tag.iter().flat_map(|tag| [":", tag]);
        let digest = self.digest.iter().flat_map(|digest| ["@", digest.as_str()]);
        tag.chain(digest).collect()
    }
}

impl fmt::Display for Reference {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}/{}{}", self.domain, self.path, self.suffix())
    }
}

impl FromStr for Reference {
    type Err = ReferenceError;

    fn from_str(text: &str) -> Result<Self, ReferenceError> {
        Self::parse(text)
    }
}

fn is_image_id(text: &str) -> bool {
    text.len() == 64 && text.bytes().all(|b| matches!(b, b'0'..=b'9' | b'a'..=b'f'))
}

/// The registry and what follows it. The first part of a path is a registry when it looks like a host.
fn split_domain(text: &str) -> (&str, &str) {
    match text.split_once('/') {
        Some(("index.docker.io", rest)) => (DOCKER, rest),
        Some((first, rest))
            if first == "localhost"
                || first.contains(['.', ':'])
                || first.bytes().any(|b| b.is_ascii_uppercase()) =>
        {
            (first, rest)
        }
        _ => (DOCKER, text),
    }
}

/// `host(:port)?`, the host being labels with dots between, or an IPv6 address in brackets.
fn is_domain(text: &str) -> bool {
    if let Some((address, port)) = text.strip_prefix('[').and_then(|rest| rest.split_once(']')) {
        let legal = |b: u8| b.is_ascii_hexdigit() || b == b':';
        let port = port.is_empty() || port.strip_prefix(':').is_some_and(is_port);
        return !address.is_empty() && address.bytes().all(legal) && port;
    }
    let (host, port) = match text.split_once(':') {
        Some((host, port)) => (host, Some(port)),
        None => (text, None),
    };
    host.split('.').all(is_label) && port.is_none_or(is_port)
}

fn is_port(text: &str) -> bool {
    !text.is_empty() && text.bytes().all(|b| b.is_ascii_digit())
}

fn is_label(text: &str) -> bool {
    let legal = |b: u8| b.is_ascii_alphanumeric() || b == b'-';
    !text.is_empty() && text.bytes().all(legal) && !text.starts_with('-') && !text.ends_with('-')
}

fn check_path(path: &str) -> Result<(), ReferenceError> {
    if path.split('/').all(is_path_component) {
        return Ok(());
    }
    let lower = path.to_ascii_lowercase();
    if lower.split('/').all(is_path_component) {
        return Err(ReferenceError::Uppercase);
    }
    Err(ReferenceError::Format)
}

/// Runs of `a-z0-9` with one of `.`, `_`, `__` or any number of `-` between them.
fn is_path_component(text: &str) -> bool {
    let is_alphanumeric = |c: char| c.is_ascii_lowercase() || c.is_ascii_digit();
    let separators = text.trim_matches(is_alphanumeric).split(is_alphanumeric);
    let inner =
        !text.is_empty() && text.starts_with(is_alphanumeric) && text.ends_with(is_alphanumeric);
    let is_separator =
        |text: &str| matches!(text, "" | "." | "_" | "__") || text.bytes().all(|b| b == b'-');
    inner && separators.into_iter().all(is_separator)
}

/// A word character and up to 127 more, or `.` and `-`.
fn is_tag(text: &str) -> bool {
    let is_word = |b: u8| b.is_ascii_alphanumeric() || b == b'_';
    let legal = |b: u8| is_word(b) || b == b'.' || b == b'-';
    text.len() <= 128 && text.bytes().next().is_some_and(is_word) && text.bytes().all(legal)
}

/// A name only takes digests that can be verified.
fn parse_digest(text: &str) -> Result<Digest, ReferenceError> {
    match Digest::parse(text) {
        Ok(digest) if digest.algorithm() == Algorithm::Other => Err(ReferenceError::Digest(None)),
        Ok(digest) => Ok(digest),
        Err(why) => Err(ReferenceError::Digest(Some(why))),
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    const HEX: &str = "ffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff";

    fn full(text: &str) -> String {
        Reference::parse(text).unwrap().to_string()
    }

    fn familiar(text: &str) -> String {
        Reference::parse(text).unwrap().familiar()
    }

    // The cases below are those of distribution/reference, normalize_test.go and reference_test.go.

    #[test]
    fn valid_names() {
        for name in [
            "docker/docker",
            "library/debian",
            "debian",
            "docker.io/docker/docker",
            "docker.io/library/debian",
            "docker.io/debian",
            "index.docker.io/docker/docker",
            "index.docker.io/library/debian",
            "index.docker.io/debian",
            "127.0.0.1:5000/docker/docker",
            "127.0.0.1:5000/library/debian",
            "127.0.0.1:5000/debian",
            "192.168.0.1",
            "192.168.0.1:80",
            "192.168.0.1:8/debian",
            "192.168.0.2:25000/debian",
            "thisisthesongthatneverendsitgoesonandonandonthisisthesongthatnev",
            "docker.io/1a3f5e7d9c1b3a5f7e9d1c3b5a7f9e1d3c5b7a9f1e3d5d7c9b1a3f5e7d9c1b3a",
            "[fc00::1]:5000/docker",
            "[fc00::1]:5000/docker/docker",
            "[fc00:1:2:3:4:5:6:7]:5000/library/debian",
            "dock__er/docker",
            "docker.io/a/a--b",
            "foo_bar.com:8080",
            "Uppercase/name",
            "a/b/c/d",
        ] {
            assert!(Reference::parse(name).is_ok(), "{name}");
        }
    }

    #[test]
    fn invalid_names() {
        for name in [
            "",
            ":justtag",
            "@sha256:ffff",
            "https://github.com/docker/docker",
            "docker/Docker",
            "-docker",
            "-docker/docker",
            "-docker.io/docker/docker",
            "docker///docker",
            "docker.io/docker/Docker",
            "docker.io/docker///docker",
            HEX,
            "repo@sha256:ffff",
            "validname@invaliddigest:ffff",
            "uppercase/lowercase:tag spaces",
            "a//a",
            "-test:5000",
            "aa/asdf$$^/aa",
            "a/a/a_/b",
            "xn--n3h-.com/x:",
            "[fe80::1%eth0]:5000/docker",
            "[2001:db8:3:4::192.0.2.33]:5000/debian",
            "a:b:c/d",
            "x/..",
            "x/_a",
            "lowercase/Uppercase",
            "debian:",
            "debian@",
            "a___b",
            "a..b",
            "é",
            "debian:é",
        ] {
            assert!(Reference::parse(name).is_err(), "{name}");
        }
    }

    #[test]
    fn debian_alone_is_completed() {
        assert_eq!(
            Reference::parse("debian").unwrap().or_latest().to_string(),
            "docker.io/library/debian:latest"
        );
    }

    #[test]
    fn completed_and_shortened() {
        for (given, short, whole) in [
            ("fooo", "fooo", "docker.io/library/fooo"),
            ("library/fooo", "fooo", "docker.io/library/fooo"),
            ("docker.io/library/fooo", "fooo", "docker.io/library/fooo"),
            ("index.docker.io/fooo", "fooo", "docker.io/library/fooo"),
            ("fooo/bar", "fooo/bar", "docker.io/fooo/bar"),
            ("test.com/foo", "test.com/foo", "test.com/foo"),
            ("test_com/foo", "test_com/foo", "docker.io/test_com/foo"),
            (
                "library/foo/bar",
                "library/foo/bar",
                "docker.io/library/foo/bar",
            ),
            (
                "docker.io/library/foo/bar",
                "library/foo/bar",
                "docker.io/library/foo/bar",
            ),
            (
                "localhost/library/foo",
                "localhost/library/foo",
                "localhost/library/foo",
            ),
            ("localhost:5000/x", "localhost:5000/x", "localhost:5000/x"),
            (
                "private.registry:1/a:v1",
                "private.registry:1/a:v1",
                "private.registry:1/a:v1",
            ),
            ("UPPER/x", "UPPER/x", "UPPER/x"),
        ] {
            assert_eq!(familiar(given), short, "{given}");
            assert_eq!(full(given), whole, "{given}");
        }
    }

    #[test]
    fn tag_and_digest() {
        let text = format!("debian:12@sha256:{HEX}");
        let reference = Reference::parse(&text).unwrap().or_latest();
        assert_eq!(reference.tag(), Some("12"));
        assert_eq!(reference.digest().unwrap().hex(), HEX);
        assert_eq!(reference.familiar(), text);
        let digest_only = format!("debian@sha256:{HEX}");
        assert_eq!(
            Reference::parse(&digest_only).unwrap().or_latest().tag(),
            None
        );
    }

    #[test]
    fn tag_of_128_characters_is_the_longest() {
        assert!(Reference::parse(&format!("a:{}", "t".repeat(128))).is_ok());
        assert_eq!(
            Reference::parse(&format!("a:{}", "t".repeat(129))),
            Err(ReferenceError::Format)
        );
    }

    #[test]
    fn errors_tell_what_is_wrong() {
        assert_eq!(
            Reference::parse("lower/UPPER:tag"),
            Err(ReferenceError::Uppercase)
        );
        assert_eq!(Reference::parse(HEX), Err(ReferenceError::ImageId));
        assert_eq!(
            Reference::parse(&format!("x/{}", "a".repeat(254))),
            Err(ReferenceError::TooLong)
        );
        assert_eq!(
            Reference::parse(&format!("a.b/{}", "a".repeat(255))).map(|_| ()),
            Ok(())
        );
        assert_eq!(
            Reference::parse("a@blake3:aa"),
            Err(ReferenceError::Digest(None))
        );
    }

    proptest! {
        #[test]
        fn full_and_familiar_forms_parse_to_the_same(text in "([a-zA-Z0-9.-]{1,6}(:[0-9]{1,2})?/)?[a-z0-9._/-]{1,10}(:[\\w.-]{1,5})?") {
            if let Ok(reference) = Reference::parse(&text) {
                prop_assert_eq!(&Reference::parse(&reference.to_string()).unwrap(), &reference);
                prop_assert_eq!(&Reference::parse(&reference.familiar()).unwrap(), &reference);
            }
        }

        #[test]
        fn any_text_is_read_or_refused(text in any::<String>()) {
            let _ = Reference::parse(&text);
        }
    }
}
