//! Descriptors: what points at content.

use std::collections::BTreeMap;

use base64::{Engine as _, alphabet, engine::GeneralPurpose, engine::general_purpose::PAD};

use crate::{
    AnomalyKind, Digest, MediaType, Platform,
    json::{self, Context, Json, Refused, Scalar, Value, decode_object},
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

    /// Notes embedded data that contradicts digest or size.
    fn check(&self, json: &Json<'_>, cx: &mut Context<'_>) {
        let (Some(Data(data)), Some(digest)) = (&self.data, &self.digest) else {
            return;
        };
        let why = if self
            .size_bytes()
            .is_some_and(|size| size != data.len() as u64)
        {
            "is not of the stated size"
        } else if digest.verify(data) == Some(false) {
            "is other content"
        } else {
            return;
        };
        let digest = digest.clone();
        cx.note(json.offset, AnomalyKind::DescriptorData { digest, why });
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
} then Descriptor::check);

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

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;
    use crate::{Index, Limits, Parsed};

    fn parse(descriptor: &str) -> Parsed<Descriptor> {
        let text = format!(r#"{{"manifests":[{descriptor}]}}"#);
        let parsed = Index::parse(text.as_bytes(), &Limits::default()).unwrap();
        parsed.map(|index| index.manifests.into_iter().next().unwrap())
    }

    #[test]
    fn descriptor_of_an_index() {
        let parsed = parse(
            r#"{"mediaType":"application/vnd.oci.image.manifest.v1+json","digest":"x:a","size":7143,"urls":["https://a"],
            "annotations":{"org.opencontainers.image.ref.name":"latest"},"artifactType":"a/b",
            "platform":{"architecture":"amd64","os":"windows","os.version":"10.0","os.features":["win32k"],"features":["sse4"]}}"#,
        );
        let descriptor = parsed.value;
        assert_eq!(parsed.anomalies, []);
        assert_eq!(descriptor.size_bytes(), Some(7143));
        assert_eq!(
            descriptor.annotations["org.opencontainers.image.ref.name"],
            "latest"
        );
        let platform = descriptor.platform.unwrap();
        assert_eq!(
            (platform.to_string(), platform.os_version.as_str()),
            ("windows/amd64".to_owned(), "10.0")
        );
        assert_eq!(platform.os_features, ["win32k"]);
    }

    #[test]
    fn negative_size_is_no_number_of_bytes() {
        let descriptor = parse(r#"{"size":-1}"#).value;
        assert_eq!((descriptor.size, descriptor.size_bytes()), (Some(-1), None));
    }

    #[test]
    fn embedded_data_must_be_the_content() {
        let digest = Digest::of_bytes(b"{}");
        let told = |size: u64, data: &str| {
            let parsed = parse(&format!(
                r#"{{"digest":"{digest}","size":{size},"data":"{data}"}}"#
            ));
            let told = parsed
                .anomalies
                .iter()
                .map(|located| located.kind.to_string());
            told.collect::<Vec<_>>().join("; ")
        };
        assert_eq!(told(2, "e30="), "");
        assert_eq!(told(2, "e3\\n0="), "");
        assert_eq!(
            told(3, "e30="),
            format!("embedded data of {digest} is not of the stated size")
        );
        assert_eq!(
            told(2, "e3t="),
            format!("embedded data of {digest} is other content")
        );
        assert!(told(2, "e30").starts_with("manifests[0].data should be Base64 text"));
    }

    fn digest() -> impl Strategy<Value = Digest> {
        any::<[u8; 32]>().prop_map(Digest::sha256)
    }

    proptest! {
        #[test]
        fn what_serde_writes_is_read_back(
            digest in digest(),
            size in any::<i64>(),
            urls in proptest::collection::vec(any::<String>(), 0..3),
            annotations in proptest::collection::btree_map(any::<String>(), any::<String>(), 0..3),
            variant in any::<String>(),
        ) {
            let written = serde_json::json!({
                "digest": digest.as_str(), "size": size, "urls": &urls, "annotations": &annotations,
                "platform": { "os": "linux", "variant": &variant },
            });
            let parsed = parse(&written.to_string());
            prop_assert_eq!(parsed.anomalies, []);
            let platform = Platform { os: "linux".to_owned(), variant, ..Platform::default() };
            let expected = Descriptor {
                digest: Some(digest), size: Some(size), urls, annotations, platform: Some(platform),
                ..Descriptor::default()
            };
            prop_assert_eq!(parsed.value, expected);
        }
    }
}
