//! Docker's manifest of schema 1.

use crate::{
    Digest, DocumentError, ImageConfig, Limits, V1Layer,
    document::{self, Located, Parsed},
    json::{Trailing, decode_object},
};

/// Docker manifest of schema 1, signed or not (distribution, `manifest-v2-1.md`).
///
/// Unlike everywhere else, the *top* layer comes first.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
#[non_exhaustive]
pub struct Schema1 {
    /// 1.
    pub schema_version: Option<i64>,
    /// Repository that it was made for.
    pub name: String,
    /// Tag that it was made for.
    pub tag: String,
    /// Such as `amd64`.
    pub architecture: String,
    /// Blobs, top first.
    pub fs_layers: Vec<FsLayer>,
    /// As many as there are blobs, top first.
    pub history: Vec<Schema1History>,
}

/// One blob of a [`Schema1`] manifest.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
#[non_exhaustive]
pub struct FsLayer {
    /// Of the compressed layer.
    pub blob_sum: Option<Digest>,
}

/// What made one blob of a [`Schema1`] manifest.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
#[non_exhaustive]
pub struct Schema1History {
    /// A [`V1Layer`] as JSON within a string.
    pub v1_compatibility: String,
}

decode_object!(Schema1 {
    "schemaVersion" => schema_version,
    "name" => name,
    "tag" => tag,
    "architecture" => architecture,
    "fsLayers" => fs_layers,
    "history" => history,
});

decode_object!(FsLayer {
    "blobSum" => blob_sum,
});

decode_object!(Schema1History {
    "v1Compatibility" => v1_compatibility,
});

impl Schema1 {
    /// Reads a manifest of schema 1.
    ///
    /// # Errors
    /// When the bytes are not a JSON object within the limits.
    pub fn parse(bytes: &[u8], limits: &Limits) -> Result<Parsed<Self>, DocumentError> {
        document::object(bytes, limits.manifest, limits, Trailing::Refused)
    }

    /// What the history says of each layer, lowest first.
    ///
    /// Offsets of anomalies count from the start of the string that they stand in.
    ///
    /// # Errors
    /// When one of the strings is not a JSON object within the limits.
    pub fn v1_layers(&self, limits: &Limits) -> Result<Parsed<Vec<V1Layer>>, DocumentError> {
        let mut layers = Vec::new();
        let mut anomalies: Vec<Located> = Vec::new();
        for entry in self.history.iter().rev() {
            let layer = V1Layer::parse(entry.v1_compatibility.as_bytes(), limits)?;
            layers.push(layer.value);
            anomalies.extend(layer.anomalies);
        }
        Ok(Parsed {
            value: layers,
            anomalies,
        })
    }

    /// The config that engines make of it.
    ///
    /// # Errors
    /// As [`Schema1::v1_layers`].
    pub fn config(&self, limits: &Limits) -> Result<Parsed<ImageConfig>, DocumentError> {
        self.v1_layers(limits)
            .map(|layers| layers.map(|layers| ImageConfig::of_v1(&layers)))
    }
}
