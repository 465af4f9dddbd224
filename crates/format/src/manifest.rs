//! Manifests: which config and layers make an image.

use std::collections::BTreeMap;

use crate::{
    AnomalyKind, Descriptor, DocumentError, Limits, MediaKind, MediaType,
    document::{self, Located, Parsed},
    json::{self, Trailing, decode_object},
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
});

impl Manifest {
    /// Reads a manifest; a media type that says it is something else is an anomaly.
    ///
    /// # Errors
    /// When the bytes are not a JSON object within the limits.
    pub fn parse(bytes: &[u8], limits: &Limits) -> Result<Parsed<Self>, DocumentError> {
        let mut parsed: Parsed<Self> =
            document::object(bytes, limits.manifest, limits, Trailing::Refused)?;
        let manifest = &parsed.value;
        let why = manifest
            .ambiguity()
            .map(|why| AnomalyKind::AmbiguousManifest { why });
        let data = manifest.config.iter().chain(&manifest.layers);
        let kinds = why
            .into_iter()
            .chain(data.filter_map(Descriptor::data_anomaly));
        let located: Vec<_> = kinds.map(|kind| Located { offset: 0, kind }).collect();
        parsed.anomalies.extend(located);
        Ok(parsed)
    }

    fn ambiguity(&self) -> Option<String> {
        if !self.manifests.is_empty() && (self.config.is_some() || !self.layers.is_empty()) {
            return Some("it lists both layers and manifests".to_owned());
        }
        let media_type = self.media_type.as_ref()?;
        let other = matches!(media_type.kind(), MediaKind::Index | MediaKind::Schema1);
        let has_layers = self.config.is_some() || !self.layers.is_empty();
        (other && has_layers).then(|| format!("it has layers but calls itself {media_type}"))
    }
}
