//! Names of images as users write them.

use std::{fmt, str::FromStr};

use miette::Diagnostic;
use thiserror::Error;

use crate::{Digest, DigestError};

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

impl Reference {
    /// Reads a name as users write it, and completes its registry and directory.
    ///
    /// # Errors
    /// When Docker would refuse the name.
    pub fn parse(text: &str) -> Result<Self, ReferenceError> {
        let _ = text;
        Err(ReferenceError::Format)
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
