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
