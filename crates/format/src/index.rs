//! Indexes: which manifests there are, and for which platforms.

use std::collections::BTreeMap;

use crate::{
    AnomalyKind, Descriptor, DocumentError, Limits, MediaKind, MediaType,
    document::{self, Located, Parsed},
    json::{self, Trailing, decode_object},
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
});

impl Index {
    /// Reads an index; a media type that says it is something else is an anomaly.
    ///
    /// # Errors
    /// When the bytes are not a JSON object within the limits.
    pub fn parse(bytes: &[u8], limits: &Limits) -> Result<Parsed<Self>, DocumentError> {
        let mut parsed: Parsed<Self> =
            document::object(bytes, limits.index, limits, Trailing::Allowed)?;
        let index = &parsed.value;
        let why = index
            .ambiguity()
            .map(|why| AnomalyKind::AmbiguousManifest { why });
        let data = index.manifests.iter().filter_map(Descriptor::data_anomaly);
        let located: Vec<_> = why
            .into_iter()
            .chain(data)
            .map(|kind| Located { offset: 0, kind })
            .collect();
        parsed.anomalies.extend(located);
        Ok(parsed)
    }

    fn ambiguity(&self) -> Option<String> {
        if self.config.is_some() || !self.layers.is_empty() {
            return Some("it is an index but has layers or a config".to_owned());
        }
        let media_type = self.media_type.as_ref()?;
        let other = matches!(media_type.kind(), MediaKind::Manifest | MediaKind::Schema1);
        (other && !self.manifests.is_empty())
            .then(|| format!("it lists manifests but calls itself {media_type}"))
    }
}
