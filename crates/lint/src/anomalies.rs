//! Which rule tells which anomaly of documents, layers and tar streams.
//!
//! The tables end in a rule for whatever they do not know, so that nothing is lost in silence.

use std::collections::BTreeMap;

use imglint_format::{Anomaly, AnomalyKind, BlobRole, JsonAnomaly, Trailing};
use imglint_layers::{LayerAnomaly, LayerAnomalyKind, Level};

use crate::{
    finding::{Finding, Findings, Location, Severity},
    image::{ImageView, LayerView},
    linter::ArchiveView,
    rule::Rule,
    rules,
};

use Severity::{Error, Info, Warning};

type Verdict = (&'static dyn Rule, Severity);

/// Anomalies of one kind told one by one for each layer; the rest is only counted.
const TOLD: usize = 10;

/// All that documents and layers of an image have to tell.
pub(crate) fn of_image(image: &ImageView<'_>) -> Vec<Finding> {
    let mut list = Vec::new();
    for anomaly in image.anomalies() {
        let layer = layer_of(&anomaly.kind).map(|layer| image.location(layer));
        tell_document(anomaly, layer.unwrap_or_default(), &mut list);
    }
    for layer in image.layers() {
        let reading = layer
            .facts
            .map(|facts| facts.index.anomalies.as_slice())
            .unwrap_or_default();
        tell_layer(
            layer,
            reading.iter().chain(image.stack().anomalies(layer.index)),
            &mut list,
        );
    }
    list
}

/// All that the documents around the images have to tell.
pub(crate) fn of_archive(archive: &ArchiveView<'_>) -> Vec<Finding> {
    let mut list = Vec::new();
    archive
        .anomalies
        .iter()
        .for_each(|anomaly| tell_document(anomaly, Location::default(), &mut list));
    list
}

fn tell_document(anomaly: &Anomaly, layer: Location, list: &mut Vec<Finding>) {
    let (rule, severity) = document_rule(&anomaly.kind);
    let document = Some(&anomaly.document).filter(|name| !name.is_empty());
    let location = Location {
        offset: anomaly.offset,
        field: document.cloned(),
        ..layer
    };
    let kind = anomaly.kind.to_string();
    let mut findings = Findings::new(rule);
    findings
        .report(location, anomaly.to_string())
        .severity(severity)
        .evidence([anomaly.document.as_bytes(), kind.as_bytes()]);
    list.append(&mut findings.into_list());
}

fn tell_layer<'a>(
    layer: &LayerView<'_>,
    anomalies: impl Iterator<Item = &'a LayerAnomaly>,
    list: &mut Vec<Finding>,
) {
    let mut kinds: BTreeMap<&str, (usize, &LayerAnomaly)> = BTreeMap::new();
    for anomaly in anomalies {
        let (count, _) = kinds.entry(anomaly.code()).or_insert((0, anomaly));
        *count += 1;
        if *count <= TOLD {
            let location = Location {
                offset: Some(anomaly.offset),
                path: anomaly.path.clone(),
                ..layer.location()
            };
            tell(layer, anomaly, location, anomaly.to_string(), list);
        }
    }
    for (code, (count, first)) in kinds {
        if let Some(more) = count.checked_sub(TOLD).filter(|more| *more > 0) {
            tell(
                layer,
                first,
                layer.location(),
                format!("{more} more of this kind ({code})"),
                list,
            );
        }
    }
}

fn tell(
    layer: &LayerView<'_>,
    anomaly: &LayerAnomaly,
    place: Location,
    message: String,
    list: &mut Vec<Finding>,
) {
    let (rule, severity) = layer_rule(anomaly);
    let path = place.path.clone().unwrap_or_default();
    let mut findings = Findings::new(rule);
    findings
        .report(place, message)
        .severity(severity)
        .origin(layer.origin)
        .evidence([anomaly.code().as_bytes(), path.as_bytes()]);
    list.append(&mut findings.into_list());
}

fn layer_of(kind: &AnomalyKind) -> Option<usize> {
    match kind {
        AnomalyKind::MissingBlob { blob: role, .. }
        | AnomalyKind::UnknownMediaType { blob: role, .. }
        | AnomalyKind::DigestMismatch { blob: role, .. }
        | AnomalyKind::SizeMismatch { blob: role, .. }
        | AnomalyKind::ForeignLayer { layer: role }
        | AnomalyKind::EncryptedLayer { layer: role }
        | AnomalyKind::DiffIdMismatch { layer: role, .. }
        | AnomalyKind::PartialArchive { layer: role } => match role {
            BlobRole::Layer { index, .. } => Some(*index),
            _ => None,
        },
        _ => None,
    }
}

fn document_rule(kind: &AnomalyKind) -> Verdict {
    match kind {
        AnomalyKind::Json(json) => json_rule(json),
        AnomalyKind::DuplicateMember {
            same_bytes: true, ..
        } => (&rules::DuplicateEntries, Info),
        AnomalyKind::Container {
            code, incomplete, ..
        } => container_rule(code, *incomplete),
        AnomalyKind::DuplicateMember { .. }
        | AnomalyKind::ManifestTwice { .. }
        | AnomalyKind::IndexManifestDisagree
        | AnomalyKind::AmbiguousManifest { .. }
        | AnomalyKind::LinkCycle { .. }
        | AnomalyKind::LinkTooLong { .. }
        | AnomalyKind::ParentCycle { .. } => (&rules::AmbiguousArchive, Error),
        AnomalyKind::MissingBlob { .. }
        | AnomalyKind::PartialArchive { .. }
        | AnomalyKind::ParentMissing { .. } => (&rules::MissingBlob, Error),
        AnomalyKind::ForeignLayer { .. }
        | AnomalyKind::EncryptedLayer { .. }
        | AnomalyKind::UnknownMediaType { .. } => (&rules::UnreadableLayer, Error),
        AnomalyKind::DigestMismatch { .. } | AnomalyKind::DescriptorData { .. } => {
            (&rules::DigestMismatch, Error)
        }
        AnomalyKind::SizeMismatch { .. } => (&rules::SizeMismatch, Error),
        AnomalyKind::DiffIdMismatch { .. } | AnomalyKind::LayerCountMismatch { .. } => {
            (&rules::DiffIdMismatch, Error)
        }
        AnomalyKind::UnreferencedBlob { .. } => (&rules::UnreferencedBlob, Warning),
        AnomalyKind::AbsentPlatform { .. } => (&rules::AbsentPlatform, Info),
        AnomalyKind::InvalidReference { .. } => (&rules::InvalidReference, Error),
        AnomalyKind::RootfsType { .. } | AnomalyKind::CommonPrefix { .. } => {
            (&rules::MalformedDocument, Warning)
        }
        _ => (&rules::MalformedDocument, Error),
    }
}

/// What is odd about the file around the documents: its tar and its compression, by their codes.
fn container_rule(code: &str, incomplete: bool) -> Verdict {
    let (rule, severity): Verdict = match code {
        "trailing-data" => (&rules::TrailingData, Warning),
        "gzip-header" | "zstd-skippable-frame" => (&rules::TrailingData, Info),
        // No engine loads such an archive.
        "lone-zero-block" | "sparse-length" | "name-escapes" => (&rules::AmbiguousArchive, Error),
        code if ships_unseen_bytes(code) => (&rules::TrailingData, Warning),
        _ => (&rules::AmbiguousArchive, Warning),
    };
    (rule, if incomplete { Error } else { severity })
}

/// Whether an anomaly of a tar is about bytes that no member has.
fn ships_unseen_bytes(code: &str) -> bool {
    matches!(code, "data-after-end" | "hidden-bytes")
}

fn json_rule(json: &JsonAnomaly) -> Verdict {
    match json {
        JsonAnomaly::DuplicateKey { .. }
        | JsonAnomaly::CaseVariant { .. }
        | JsonAnomaly::InvalidUtf8
        | JsonAnomaly::LoneSurrogate => (&rules::AmbiguousJson, Error),
        JsonAnomaly::TrailingBytes {
            trailing: Trailing::Refused,
            ..
        } => (&rules::TrailingData, Error),
        JsonAnomaly::TrailingBytes { .. } => (&rules::TrailingData, Warning),
        JsonAnomaly::CommandAsString { .. } => (&rules::MalformedDocument, Warning),
        _ => (&rules::MalformedDocument, Error),
    }
}

fn layer_rule(anomaly: &LayerAnomaly) -> Verdict {
    let severity = match anomaly.level() {
        Level::Info => Info,
        Level::Warning => Warning,
        Level::Error => Error,
    };
    let rule: &'static dyn Rule = match &anomaly.kind {
        LayerAnomalyKind::Compression(_) => &rules::TrailingData,
        LayerAnomalyKind::Tar(tar) if ships_unseen_bytes(tar.code()) => &rules::TrailingData,
        LayerAnomalyKind::Tar(_) | LayerAnomalyKind::DotDot => &rules::AmbiguousTar,
        LayerAnomalyKind::UnportableCompression(_) => &rules::UnportableCompression,
        LayerAnomalyKind::DuplicateEntry => &rules::DuplicateEntries,
        _ => &rules::EnginesDisagree,
    };
    (rule, severity)
}

#[cfg(test)]
mod tests {
    use imglint_format::Digest;

    use super::*;
    use crate::testing::{Image, Layer, findings, findings_edited};

    fn told(kind: AnomalyKind) -> String {
        let anomalies = [Anomaly::at("manifest.json", 7, kind)];
        let list = of_archive(&ArchiveView {
            name: "app.tar",
            anomalies: &anomalies,
            facts: None,
            told: &[],
        });
        let words = |finding: &Finding| format!("{} {}", finding.severity, finding.rule);
        list.iter().map(words).collect::<Vec<_>>().join("\n")
    }

    #[test]
    fn each_kind_of_document_has_its_rule() {
        let digest = Digest::of_bytes(b"");
        let layer = BlobRole::Layer { index: 1, total: 2 };
        let member = |same_bytes| AnomalyKind::DuplicateMember {
            member: "a".to_owned(),
            first_entry: 1,
            second_entry: 2,
            same_bytes,
        };
        let trailing =
            |trailing| AnomalyKind::Json(JsonAnomaly::TrailingBytes { bytes: 1, trailing });
        let cases = [
            (
                AnomalyKind::Json(JsonAnomaly::InvalidUtf8),
                "error ambiguous-json",
            ),
            (
                AnomalyKind::Json(JsonAnomaly::More {
                    count: 3,
                    incomplete: true,
                }),
                "error malformed-document",
            ),
            (
                AnomalyKind::Json(JsonAnomaly::DuplicateKey {
                    key: "a".to_owned(),
                    first: 1,
                }),
                "error ambiguous-json",
            ),
            (
                AnomalyKind::InvalidReference {
                    reference: "A".to_owned(),
                    why: imglint_format::Reference::parse("A").unwrap_err(),
                },
                "error invalid-reference",
            ),
            (
                AnomalyKind::UnreferencedBlob {
                    member: "a".to_owned(),
                    size: 1,
                },
                "warning unreferenced-blob",
            ),
            (member(true), "info duplicate-entries"),
            (member(false), "error ambiguous-archive"),
            (
                AnomalyKind::IndexManifestDisagree,
                "error ambiguous-archive",
            ),
            (trailing(Trailing::Allowed), "warning trailing-data"),
            (trailing(Trailing::Refused), "error trailing-data"),
            (AnomalyKind::PartialArchive { layer }, "error missing-blob"),
            (
                AnomalyKind::MissingBlob {
                    blob: layer,
                    name: None,
                },
                "error missing-blob",
            ),
            (
                AnomalyKind::EncryptedLayer { layer },
                "error unreadable-layer",
            ),
            (
                AnomalyKind::ForeignLayer { layer },
                "error unreadable-layer",
            ),
            (
                AnomalyKind::LayerCountMismatch {
                    layers: 1,
                    diff_ids: 2,
                },
                "error diff-id-mismatch",
            ),
            (
                AnomalyKind::AbsentPlatform {
                    platform: None,
                    digest,
                },
                "info absent-platform",
            ),
            (
                AnomalyKind::RootfsType {
                    found: String::new(),
                },
                "warning malformed-document",
            ),
            (
                AnomalyKind::NestedIndexTooDeep { limit: 8 },
                "error malformed-document",
            ),
        ];
        for (kind, expected) in cases {
            assert_eq!(told(kind.clone()), expected, "{kind:?}");
        }
    }

    #[test]
    fn each_oddity_of_the_container_has_its_rule() {
        let cases = [
            ("link-leaves-directory", true, "error ambiguous-archive"),
            ("size-without-content", false, "warning ambiguous-archive"),
            ("lone-zero-block", false, "error ambiguous-archive"),
            ("sparse-length", false, "error ambiguous-archive"),
            ("name-escapes", false, "error ambiguous-archive"),
            ("trailing-data", false, "warning trailing-data"),
            ("trailing-data", true, "error trailing-data"),
            ("data-after-end", false, "warning trailing-data"),
            ("hidden-bytes", false, "warning trailing-data"),
            ("gzip-header", false, "info trailing-data"),
            ("zstd-skippable-frame", false, "info trailing-data"),
        ];
        for (code, incomplete, expected) in cases {
            let kind = AnomalyKind::Container {
                code,
                detail: "x".to_owned(),
                incomplete,
            };
            assert_eq!(told(kind), expected, "{code}");
        }
    }

    #[test]
    fn an_anomaly_about_a_layer_is_told_with_its_place() {
        let image = Image::new("").layer(Layer::new(), "COPY a /");
        let text = findings_edited(&rules::UnreadableLayer, &image, |image| {
            let kind = AnomalyKind::EncryptedLayer {
                layer: BlobRole::Layer { index: 0, total: 1 },
            };
            image.anomalies.push(Anomaly::new("manifest.json", kind));
        });
        assert!(
            text.starts_with("error layer 0 manifest.json: manifest.json: layer 0 is encrypted"),
            "{text}"
        );
        assert!(text.contains("help: save the image again"), "{text}");
    }

    #[test]
    fn what_engines_unpack_differently_is_told() {
        let image = Image::new("")
            .layer(Layer::new().file("d/old", "a"), "a")
            .layer(Layer::new().whiteout("d").dir("d").file("d/new", "b"), "b");
        let text = findings(&rules::EnginesDisagree, &image);
        assert!(text.starts_with("warning layer 1 /.wh.d: "), "{text}");
        let image = Image::new("")
            .layer(Layer::new().file("d/old", "a"), "a")
            .layer(Layer::new().dir("d").opaque("d").file("d/new", "b"), "b");
        assert_eq!(findings(&rules::EnginesDisagree, &image), "");
    }

    #[test]
    fn a_path_given_twice_is_told() {
        let image = Image::new("").layer(Layer::new().file("a", "1").file("a", "2"), "a");
        assert!(findings(&rules::DuplicateEntries, &image).starts_with("warning layer 0 /a: "));
        let once = Image::new("").layer(Layer::new().file("a", "1").file("b", "2"), "a");
        assert_eq!(findings(&rules::DuplicateEntries, &once), "");
    }

    #[test]
    fn data_behind_the_end_and_a_lone_zero_block_have_different_rules() {
        let behind = Layer::new().file("a", "a").zero_blocks(2).raw("more");
        let image = Image::new("").layer(behind, "a");
        assert!(findings(&rules::TrailingData, &image).starts_with("warning layer 0: "));
        assert_eq!(findings(&rules::AmbiguousTar, &image), "");
        let lone = Layer::new().file("a", "a").zero_blocks(1).file("b", "b");
        let image = Image::new("").layer(lone, "a");
        assert!(findings(&rules::AmbiguousTar, &image).starts_with("error layer 0: "));
        assert_eq!(findings(&rules::TrailingData, &image), "");
    }

    #[test]
    fn what_is_told_often_is_counted() {
        let twice = |layer: Layer, n: usize| {
            layer
                .file(format!("{n:02}"), "1")
                .file(format!("{n:02}"), "2")
        };
        let image = Image::new("").layer((0..15).fold(Layer::new(), twice), "a");
        let text = findings(&rules::DuplicateEntries, &image);
        assert_eq!(text.matches("warning").count(), TOLD + 1, "{text}");
        assert!(
            text.contains("warning layer 0: 5 more of this kind (duplicate-entry)\n"),
            "{text}"
        );
    }
}
