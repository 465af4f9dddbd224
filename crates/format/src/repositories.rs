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

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_and_tags() {
        let text = br#"{"busybox":{"latest":"a","1":"b"},"localhost:5000/x":{"v":"c"}}"#;
        let repositories = Repositories::parse(text, &Limits::default()).unwrap().value;
        let tags: Vec<_> = repositories.tags().collect();
        let expected = [
            ("busybox:1", "b"),
            ("busybox:latest", "a"),
            ("localhost:5000/x:v", "c"),
        ];
        assert_eq!(tags, expected.map(|(name, id)| (name.to_owned(), id)));
    }

    #[test]
    fn null_in_place_of_tags_is_no_tag() {
        let parsed = Repositories::parse(br#"{"x":null}"#, &Limits::default()).unwrap();
        assert_eq!(parsed.value.tags().count(), 0);
        assert_eq!(parsed.anomalies, []);
        assert!(Repositories::parse(b"[]", &Limits::default()).is_err());
    }
}
