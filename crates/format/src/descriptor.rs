//! Descriptors: what points at content.

use std::collections::BTreeMap;

use base64::{Engine as _, alphabet, engine::GeneralPurpose, engine::general_purpose::PAD};

use crate::{
    AnomalyKind, Digest, MediaType, Platform,
    json::{self, Refused, Scalar, Value, decode_object},
};

/// Media type, digest and size that point at content (image-spec, `descriptor.md`).
#[derive(Debug, Clone, Default, PartialEq, Eq)]
#[non_exhaustive]
pub struct Descriptor {
    /// Kind of the content.
    pub media_type: Option<MediaType>,
    /// Of the content; `None` when absent or malformed.
    pub digest: Option<Digest>,
    /// Bytes of the content; negative numbers are read like others.
    pub size: Option<i64>,
    /// Where else the content may be fetched.
    pub urls: Vec<String>,
    /// Key and value pairs.
    pub annotations: BTreeMap<String, String>,
    /// The content itself.
    pub data: Option<Data>,
    /// Kind of the artifact that a manifest describes.
    pub artifact_type: Option<MediaType>,
    /// What an image runs on; in an index.
    pub platform: Option<Platform>,
}

/// Content embedded in a [`Descriptor`].
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Data(pub Vec<u8>);

impl Descriptor {
    /// Bytes of the content, when stated and possible.
    #[must_use]
    pub fn size_bytes(&self) -> Option<u64> {
        self.size.and_then(|size| u64::try_from(size).ok())
    }

    /// What contradicts digest and size in the embedded data.
    #[must_use]
    pub fn data_anomaly(&self) -> Option<AnomalyKind> {
        let (Data(data), digest) = (self.data.as_ref()?, self.digest.as_ref()?);
        let why = if self
            .size_bytes()
            .is_some_and(|size| size != data.len() as u64)
        {
            "is not of the stated size"
        } else if digest.verify(data) == Some(false) {
            "is other content"
        } else {
            return None;
        };
        Some(AnomalyKind::DescriptorData {
            digest: digest.clone(),
            why,
        })
    }
}

decode_object!(Descriptor {
    "mediaType" => media_type,
    "digest" => digest,
    "size" => size,
    "urls" => urls,
    "annotations" => annotations,
    "data" => data,
    "artifactType" => artifact_type,
    "platform" => platform by json::pointer,
});

decode_object!(Platform {
    "os" => os,
    "architecture" => architecture,
    "variant" => variant,
    "os.version" => os_version,
    "os.features" => os_features,
});

impl Scalar for Digest {
    fn read(value: &Value<'_>) -> Result<Self, Refused> {
        match value {
            Value::String(text) => Self::parse(text).map_err(Refused::Digest),
            _ => Err(Refused::Type("a digest")),
        }
    }
}

impl Scalar for MediaType {
    fn read(value: &Value<'_>) -> Result<Self, Refused> {
        match value {
            Value::String(text) => Ok(Self::new(text.as_ref())),
            _ => Err(Refused::Type("a media type")),
        }
    }
}

/// Go's standard alphabet, with padding; bits that do not fill a byte may be anything.
const BASE64: GeneralPurpose = GeneralPurpose::new(
    &alphabet::STANDARD,
    PAD.with_decode_allow_trailing_bits(true),
);

impl Scalar for Data {
    fn read(value: &Value<'_>) -> Result<Self, Refused> {
        let bytes = match value {
            // Go skips line ends within Base64.
            Value::String(text) => BASE64.decode(text.replace(['\r', '\n'], "")).ok(),
            _ => None,
        };
        bytes.map(Self).ok_or(Refused::Type("Base64 text"))
    }
}
