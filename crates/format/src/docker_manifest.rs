//! The `manifest.json` of `docker save`.

use std::collections::BTreeMap;

use crate::{
    Descriptor, DocumentError, Limits,
    document::{self, Parsed},
    json::{Decode, Trailing, Value, decode_object},
};

/// What stands in a `manifest.json` at the top of an archive or directory.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub enum DockerManifest {
    /// One item for each image; an empty list loads nothing, and Docker says it succeeded.
    Items(Vec<DockerManifestItem>),
    /// `null`, which loads nothing either.
    Null,
    /// An object: the manifest of a `dir:` transport, to be read with [`Manifest::parse`](crate::Manifest::parse).
    Object,
}

/// One image of a `docker save` archive (Docker image spec 1.2, "Combined Image JSON").
#[derive(Debug, Clone, Default, PartialEq, Eq)]
#[non_exhaustive]
pub struct DockerManifestItem {
    /// Member that holds the config.
    pub config: String,
    /// `name:tag`, one for each name.
    pub repo_tags: Vec<String>,
    /// Members that hold the layers, lowest first; an empty text in a partial archive.
    pub layers: Vec<String>,
    /// `sha256:` image ID of another item, on which this image was built.
    pub parent: String,
    /// Diff ID to descriptor: of foreign layers before Docker 25, of all since.
    pub layer_sources: BTreeMap<String, Descriptor>,
}

decode_object!(DockerManifestItem {
    "Config" => config,
    "RepoTags" => repo_tags,
    "Layers" => layers,
    "Parent" => parent,
    "LayerSources" => layer_sources,
});

impl DockerManifest {
    /// Reads a `manifest.json`.
    ///
    /// # Errors
    /// When the bytes are not JSON within the limits, or neither array, object nor `null`.
    pub fn parse(bytes: &[u8], limits: &Limits) -> Result<Parsed<Self>, DocumentError> {
        let size = limits.docker_manifest;
        document::read(
            bytes,
            size,
            limits,
            Trailing::Allowed,
            |json, cx| match json.value {
                Value::Array(_) => {
                    let mut items = Vec::new();
                    items.decode(json, cx);
                    Ok(Self::Items(items))
                }
                Value::Null => Ok(Self::Null),
                Value::Object(_) => Ok(Self::Object),
                _ => Err(DocumentError::Shape {
                    offset: json.offset,
                    expected: "an array of images",
                    found: json.value.kind(),
                }),
            },
        )
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::Digest;

    fn parse(text: &str) -> Result<DockerManifest, DocumentError> {
        DockerManifest::parse(text.as_bytes(), &Limits::default()).map(|parsed| parsed.value)
    }

    fn items(text: &str) -> Vec<DockerManifestItem> {
        match parse(text).unwrap() {
            DockerManifest::Items(items) => items,
            other => panic!("{other:?}"),
        }
    }

    #[test]
    fn docker_save() {
        let items = items(
            r#"[{"Config":"adf6.json","RepoTags":["investitest:latest"],"Layers":["aa0f/layer.tar","2d89/layer.tar"]},
                {"Config":"b.json","RepoTags":null,"Layers":null,"Parent":"sha256:ab"}]"#,
        );
        assert_eq!(items.len(), 2);
        assert_eq!(items[0].config, "adf6.json");
        assert_eq!(items[0].repo_tags, ["investitest:latest"]);
        assert_eq!(items[0].layers, ["aa0f/layer.tar", "2d89/layer.tar"]);
        assert_eq!(items[1].parent, "sha256:ab");
        assert_eq!(items[1].repo_tags, [""; 0]);
    }

    #[test]
    fn layer_sources_of_docker_25() {
        let digest = Digest::of_bytes(b"layer");
        let text = format!(
            r#"[{{"LayerSources":{{"{digest}":{{"mediaType":"m","size":5,"digest":"{digest}"}}}}}}]"#
        );
        let source = items(&text)[0].layer_sources[digest.as_str()].clone();
        assert_eq!((source.digest, source.size), (Some(digest), Some(5)));
    }

    #[test]
    fn empty_list_null_and_object_are_told_apart() {
        assert_eq!(parse("[]"), Ok(DockerManifest::Items(Vec::new())));
        assert_eq!(parse("null"), Ok(DockerManifest::Null));
        assert_eq!(parse(r#"{"schemaVersion":2}"#), Ok(DockerManifest::Object));
        assert_eq!(
            parse("\"x\"").unwrap_err().to_string(),
            "expected an array of images at byte 0, found a string"
        );
    }

    #[test]
    fn left_out_layer_of_a_partial_archive_is_an_empty_text() {
        assert_eq!(items(r#"[{"Layers":[""]}]"#)[0].layers, [""]);
    }

    #[test]
    fn too_large_is_refused_before_it_is_read() {
        let limits = Limits {
            docker_manifest: 2,
            ..Limits::default()
        };
        assert!(DockerManifest::parse(b"[]", &limits).is_ok());
        let error = DockerManifest::parse(b"[] ", &limits).unwrap_err();
        assert_eq!(
            error.to_string(),
            "document has 3 bytes, more than the limit of 2"
        );
    }
}
