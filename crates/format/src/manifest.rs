//! Manifests: which config and layers make an image.

use std::collections::BTreeMap;

use crate::{
    Descriptor, DocumentError, Limits, MediaKind, MediaType,
    ambiguity::Expected,
    document::{self, Parsed},
    json::{self, Context, Json, Trailing, decode_object},
};

/// Docker manifest of schema 2, or OCI image manifest (image-spec, `manifest.md`).
#[derive(Debug, Clone, Default, PartialEq, Eq)]
#[non_exhaustive]
pub struct Manifest {
    /// 2 in all known versions.
    pub schema_version: Option<i64>,
    /// Optional in OCI.
    pub media_type: Option<MediaType>,
    /// Kind of the artifact, when it is not an image.
    pub artifact_type: Option<MediaType>,
    /// The config.
    pub config: Option<Descriptor>,
    /// Lowest first.
    pub layers: Vec<Descriptor>,
    /// Of an index; a manifest has none, and one that has is ambiguous (CVE-2021-41190).
    pub manifests: Vec<Descriptor>,
    /// The manifest that this one says something about.
    pub subject: Option<Descriptor>,
    /// Key and value pairs.
    pub annotations: BTreeMap<String, String>,
}

decode_object!(Manifest {
    "schemaVersion" => schema_version,
    "mediaType" => media_type,
    "artifactType" => artifact_type,
    "config" => config by json::pointer,
    "layers" => layers,
    "manifests" => manifests,
    "subject" => subject by json::pointer,
    "annotations" => annotations,
} then Manifest::check);

impl Manifest {
    /// Reads a manifest; fields or a media type that say it is something else are an anomaly.
    ///
    /// # Errors
    /// When the bytes are not a JSON object within the limits.
    pub fn parse(bytes: &[u8], limits: &Limits) -> Result<Parsed<Self>, DocumentError> {
        document::object(bytes, limits.manifest, limits, Trailing::Refused)
    }

    fn check(&self, json: &Json<'_>, cx: &mut Context<'_>) {
        let expected = Expected {
            name: "a manifest",
            kind: MediaKind::Manifest,
            foreign: &["manifests", "fsLayers", "history"],
        };
        expected.check(self.media_type.as_ref(), json, cx);
    }
}
