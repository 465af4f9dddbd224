//! Documents that one reader takes for a manifest and another for an index (CVE-2021-41190).

use crate::{
    AnomalyKind, MediaKind, MediaType,
    excerpt::excerpt,
    json::{Context, Json},
};

/// What a document is read as, and what else it could be taken for.
pub(crate) struct Expected {
    /// `a manifest`, for messages.
    pub(crate) name: &'static str,
    pub(crate) kind: MediaKind,
    /// Fields of other kinds of document, which this kind must not have even when they are `null`.
    pub(crate) foreign: &'static [&'static str],
}

impl Expected {
    /// Notes what containers/image refuses in `ValidateUnambiguousManifestFormat`, and containerd in
    /// `validateMediaType`.
    pub(crate) fn check(&self, stated: Option<&MediaType>, json: &Json<'_>, cx: &mut Context<'_>) {
        for field in self.foreign {
            if let Some(member) = json.member(field) {
                let why = format!("it is read as {} but has {field:?}", self.name);
                cx.note(member.offset, AnomalyKind::AmbiguousManifest { why });
            }
        }
        let manifests = [MediaKind::Manifest, MediaKind::Index, MediaKind::Schema1];
        let other =
            |stated: &&MediaType| stated.kind() != self.kind && manifests.contains(&stated.kind());
        if let Some(stated) = stated.filter(other) {
            let offset = json
                .member("mediaType")
                .map_or(json.offset, |member| member.offset);
            let why = format!(
                "it is read as {} but calls itself {:?}",
                self.name,
                excerpt(stated.as_str())
            );
            cx.note(offset, AnomalyKind::AmbiguousManifest { why });
        }
    }
}

#[cfg(test)]
mod tests {
    use crate::{Index, Limits, Located, Manifest, Schema1};

    fn told(anomalies: &[Located]) -> Vec<String> {
        anomalies
            .iter()
            .map(|located| format!("{}: {}", located.offset, located.kind))
            .collect()
    }

    fn manifest(text: &str) -> Vec<String> {
        told(
            &Manifest::parse(text.as_bytes(), &Limits::default())
                .unwrap()
                .anomalies,
        )
    }

    fn index(text: &str) -> Vec<String> {
        told(
            &Index::parse(text.as_bytes(), &Limits::default())
                .unwrap()
                .anomalies,
        )
    }

    #[test]
    fn layers_and_manifests_at_once() {
        let text = r#"{"layers":[],"manifests":null}"#;
        assert_eq!(
            manifest(text),
            [
                "13: ambiguous manifest: it is read as a manifest but has \"manifests\"; containerd and podman refuse it"
            ]
        );
        assert_eq!(index(text).len(), 1);
        assert_eq!(
            index(r#"{"manifests":[],"config":{},"fsLayers":[]}"#).len(),
            2
        );
    }

    #[test]
    fn media_type_of_another_kind() {
        let text = r#"{"mediaType":"application/vnd.oci.image.index.v1+json","layers":[]}"#;
        assert_eq!(
            manifest(text),
            [
                "1: ambiguous manifest: it is read as a manifest but calls itself \
              \"application/vnd.oci.image.index.v1+json\"; containerd and podman refuse it"
            ]
        );
        assert_eq!(index(&text.replace("layers", "manifests")), [""; 0]);
        assert_eq!(
            index(r#"{"mediaType":"application/vnd.oci.image.manifest.v1+json"}"#).len(),
            1
        );
        assert_eq!(manifest(r#"{"mediaType":"text/plain"}"#), [""; 0]);
    }

    #[test]
    fn schema_1_has_no_layers_of_schema_2() {
        let schema1 = Schema1::parse(
            br#"{"fsLayers":[],"history":[],"layers":[]}"#,
            &Limits::default(),
        );
        assert_eq!(told(&schema1.unwrap().anomalies).len(), 1);
    }
}
