//! Indexes: which manifests there are, and for which platforms.

use std::collections::BTreeMap;

use crate::{
    Descriptor, DocumentError, Limits, MediaKind, MediaType,
    ambiguity::Expected,
    document::{self, Parsed},
    json::{self, Context, Json, Trailing, decode_object},
};

/// OCI image index or Docker manifest list (image-spec, `image-index.md`).
///
/// The `index.json` of an OCI layout is one too.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
#[non_exhaustive]
pub struct Index {
    /// 2 in all known versions.
    pub schema_version: Option<i64>,
    /// Optional in OCI.
    pub media_type: Option<MediaType>,
    /// Kind of the artifact, when it is not an image.
    pub artifact_type: Option<MediaType>,
    /// Manifests and further indexes.
    pub manifests: Vec<Descriptor>,
    /// Of a manifest; an index has none, and one that has is ambiguous (CVE-2021-41190).
    pub layers: Vec<Descriptor>,
    /// Of a manifest, like `layers`.
    pub config: Option<Descriptor>,
    /// The manifest that this index says something about.
    pub subject: Option<Descriptor>,
    /// Key and value pairs.
    pub annotations: BTreeMap<String, String>,
}

decode_object!(Index {
    "schemaVersion" => schema_version,
    "mediaType" => media_type,
    "artifactType" => artifact_type,
    "manifests" => manifests,
    "layers" => layers,
    "config" => config by json::pointer,
    "subject" => subject by json::pointer,
    "annotations" => annotations,
} then Index::check);

impl Index {
    /// Reads an index; fields or a media type that say it is something else are an anomaly.
    ///
    /// # Errors
    /// When the bytes are not a JSON object within the limits.
    pub fn parse(bytes: &[u8], limits: &Limits) -> Result<Parsed<Self>, DocumentError> {
        document::object(bytes, limits.index, limits, Trailing::Allowed)
    }

    fn check(&self, json: &Json<'_>, cx: &mut Context<'_>) {
        let expected = Expected {
            name: "an index",
            kind: MediaKind::Index,
            foreign: &["config", "layers", "fsLayers", "history"],
        };
        expected.check(self.media_type.as_ref(), json, cx);
    }
}
