//! Docker's manifest of schema 1.

use crate::{
    Digest, DocumentError, ImageConfig, Limits, MediaKind, MediaType, V1Layer,
    ambiguity::Expected,
    document::{self, Located, Parsed},
    json::{Context, Json, Trailing, decode_object},
};

/// Docker manifest of schema 1, signed or not (distribution, `manifest-v2-1.md`).
///
/// Unlike everywhere else, the *top* layer comes first.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
#[non_exhaustive]
pub struct Schema1 {
    /// 1.
    pub schema_version: Option<i64>,
    /// Not stated by most.
    pub media_type: Option<MediaType>,
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
    "mediaType" => media_type,
    "name" => name,
    "tag" => tag,
    "architecture" => architecture,
    "fsLayers" => fs_layers,
    "history" => history,
} then Schema1::check);

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

    fn check(&self, json: &Json<'_>, cx: &mut Context<'_>) {
        let expected = Expected {
            name: "a manifest of schema 1",
            kind: MediaKind::Schema1,
            foreign: &["config", "layers", "manifests"],
        };
        expected.check(self.media_type.as_ref(), json, cx);
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

#[cfg(test)]
mod tests {
    use super::*;

    const SIGNED: &[u8] = br#"{"schemaVersion":1,"name":"library/x","tag":"latest","architecture":"amd64",
        "fsLayers":[{"blobSum":"x:top"},{"blobSum":"x:low"}],
        "history":[{"v1Compatibility":"{\"id\":\"top\",\"os\":\"linux\",\"throwaway\":true}"},{"v1Compatibility":"{\"id\":\"low\"}"}],
        "signatures":[{"header":{}}]}"#;

    #[test]
    fn top_layer_comes_first() {
        let parsed = Schema1::parse(SIGNED, &Limits::default()).unwrap();
        assert_eq!(parsed.anomalies, []);
        let schema1 = parsed.value;
        assert_eq!(
            schema1.fs_layers[0].blob_sum.as_ref().unwrap().as_str(),
            "x:top"
        );
        let layers = schema1.v1_layers(&Limits::default()).unwrap().value;
        assert_eq!(
            layers
                .iter()
                .map(|layer| layer.id.as_str())
                .collect::<Vec<_>>(),
            ["low", "top"]
        );
        let config = schema1.config(&Limits::default()).unwrap().value;
        assert_eq!(config.os, "linux");
        assert_eq!(
            config
                .history
                .iter()
                .map(|entry| entry.empty_layer)
                .collect::<Vec<_>>(),
            [false, true]
        );
    }

    #[test]
    fn history_that_is_not_json_is_an_error() {
        let text = br#"{"history":[{"v1Compatibility":"{"}]}"#;
        let schema1 = Schema1::parse(text, &Limits::default()).unwrap().value;
        let error = schema1.v1_layers(&Limits::default()).unwrap_err();
        assert!(
            error
                .to_string()
                .starts_with("expected a key in double quotes at byte 1")
        );
    }
}
