//! The `repositories` file of `docker save`.

use std::collections::BTreeMap;

use crate::{
    DocumentError, Limits,
    document::{self, Parsed},
    json::Trailing,
};

/// Which name and tag means which top layer (Docker image spec 1, "Combined Image JSON + Filesystem Changeset Format").
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Repositories(
    /// Name to tag to v1 id; since Docker 25 the hex of the top layer's diff ID.
    pub BTreeMap<String, BTreeMap<String, String>>,
);

impl Repositories {
    /// Reads a `repositories` file.
    ///
    /// # Errors
    /// When the bytes are not a JSON object within the limits.
    pub fn parse(bytes: &[u8], limits: &Limits) -> Result<Parsed<Self>, DocumentError> {
        document::object(bytes, limits.docker_manifest, limits, Trailing::Allowed)
            .map(|parsed| parsed.map(Self))
    }

    /// `name:tag` and the id that it means, in the order of names and tags.
    pub fn tags(&self) -> impl Iterator<Item = (String, &str)> {
        self.0.iter().flat_map(|(name, tags)| {
            tags.iter()
                .map(move |(tag, id)| (format!("{name}:{tag}"), id.as_str()))
        })
    }
}
