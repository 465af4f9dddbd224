//! The JSON report, schema `imglint/v1`.
//!
//! This is a contract: `schema/imglint-v1.schema.json` describes it, and a test
//! compares both. Fields may be added; none is removed or changes its meaning.

use std::io;

use clap::ValueEnum as _;
use imglint_layers::Dive;
use imglint_lint::{Finding, FoundSecret, Location, Place, Severity, rules};
use serde::Serialize;

use super::{
    Absent, ArchiveReport, ImageReport, LayerReport, Problem, Run, WasteItem, WasteReport,
};
use crate::{exit::Verdict, output::Output};

/// Writes the report and a final newline.
pub(crate) fn write(run: &Run, out: &mut Output) -> io::Result<()> {
    out.json(&report(run))
}

/// What `imglint waste --format json` prints: the waste of one image as in a report.
pub(crate) fn waste_answer(image: &ImageReport) -> impl Serialize + '_ {
    #[derive(Serialize)]
    struct Answer<'a> {
        waste: WasteJson<'a>,
        dive: Option<DiveJson>,
    }
    Answer {
        waste: waste_json(&image.waste, &image.layers),
        dive: image.dive.as_ref().map(dive_json),
    }
}

#[derive(Debug, Serialize)]
struct Report<'a> {
    schema: &'static str,
    version: &'static str,
    verdict: VerdictJson,
    archives: Vec<ArchiveJson<'a>>,
    images: Vec<ImageJson<'a>>,
}

#[derive(Debug, Serialize)]
struct VerdictJson {
    exit_code: u8,
    complete: bool,
    fail_on: String,
    errors: usize,
    warnings: usize,
    infos: usize,
}

#[derive(Debug, Serialize)]
struct ArchiveJson<'a> {
    source: &'a str,
    #[serde(skip_serializing_if = "Option::is_none")]
    form: Option<&'a str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    compression: Option<&'a str>,
    complete: bool,
    #[serde(skip_serializing_if = "Option::is_none")]
    error: Option<ProblemJson<'a>>,
    absent_platforms: Vec<AbsentJson<'a>>,
    findings: Vec<FindingJson<'a>>,
    incomplete_reasons: &'a [String],
}

#[derive(Debug, Serialize)]
struct ProblemJson<'a> {
    #[serde(skip_serializing_if = "Option::is_none")]
    code: Option<&'a str>,
    message: &'a str,
    #[serde(skip_serializing_if = "Option::is_none")]
    help: Option<&'a str>,
}

#[derive(Debug, Serialize)]
struct AbsentJson<'a> {
    #[serde(skip_serializing_if = "Option::is_none")]
    platform: Option<&'a str>,
    digest: String,
}

#[derive(Debug, Serialize)]
struct ImageJson<'a> {
    source: &'a str,
    names: &'a [String],
    #[serde(skip_serializing_if = "Option::is_none")]
    platform: Option<&'a str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    image_id: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    manifest_digest: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    created: Option<&'a str>,
    size: u64,
    layers: Vec<LayerJson<'a>>,
    waste: WasteJson<'a>,
    #[serde(skip_serializing_if = "Option::is_none")]
    dive: Option<DiveJson>,
    findings: Vec<FindingJson<'a>>,
    rejected_tokens: u64,
    complete: bool,
    incomplete_reasons: &'a [String],
}

#[derive(Debug, Serialize)]
struct LayerJson<'a> {
    index: usize,
    #[serde(skip_serializing_if = "Option::is_none")]
    diff_id: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    digest: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    chain_id: Option<&'a str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    media_type: Option<&'a str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    compression: Option<&'a str>,
    size: u64,
    tar_size: u64,
    content_size: u64,
    docker_size: u64,
    live_bytes: u64,
    wasted_bytes: u64,
    entries: usize,
    #[serde(skip_serializing_if = "Option::is_none")]
    created_by: Option<&'a str>,
    origin: &'static str,
    complete: bool,
}

#[derive(Debug, Serialize)]
struct WasteJson<'a> {
    wasted_bytes: u64,
    total_bytes: u64,
    duplicate_bytes: u64,
    efficiency: f64,
    items: Vec<WasteItemJson<'a>>,
}

#[derive(Debug, Serialize)]
struct WasteItemJson<'a> {
    path: &'a str,
    cause: &'static str,
    bytes: u64,
    files: usize,
    layer: usize,
    killer_layer: usize,
    #[serde(skip_serializing_if = "Option::is_none")]
    created_by: Option<&'a str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    killed_by: Option<&'a str>,
}

/// Ratios that dive prints as NaN or infinity are null: JSON has neither.
#[derive(Debug, Serialize)]
struct DiveJson {
    efficiency: f64,
    wasted_bytes: u64,
    wasted_user_ratio: f64,
    size_bytes: u64,
    user_size_bytes: u64,
}

#[derive(Debug, Serialize)]
struct FindingJson<'a> {
    rule: &'static str,
    code: &'static str,
    severity: &'static str,
    message: &'a str,
    #[serde(skip_serializing_if = "Option::is_none")]
    help: Option<&'a str>,
    notes: &'a [String],
    #[serde(skip_serializing_if = "Option::is_none")]
    origin: Option<&'static str>,
    location: LocationJson<'a>,
    #[serde(skip_serializing_if = "Option::is_none")]
    bytes: Option<u64>,
    fingerprint: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    secret: Option<SecretJson<'a>>,
    places: Vec<PlaceJson<'a>>,
    #[serde(skip_serializing_if = "Option::is_none")]
    suppressed: Option<SuppressedJson<'a>>,
}

#[derive(Debug, Serialize)]
struct SecretJson<'a> {
    detector: &'a str,
    what: &'a str,
    excerpt: &'a str,
}

#[derive(Debug, Serialize)]
struct PlaceJson<'a> {
    severity: &'static str,
    message: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    origin: Option<&'static str>,
    location: LocationJson<'a>,
    within: &'a [String],
    #[serde(skip_serializing_if = "Option::is_none")]
    name: Option<&'a str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    hidden_by: Option<HiddenByJson<'a>>,
    #[serde(skip_serializing_if = "Option::is_none")]
    suppressed: Option<SuppressedJson<'a>>,
}

#[derive(Debug, Serialize)]
struct HiddenByJson<'a> {
    layer: usize,
    cause: &'static str,
    #[serde(skip_serializing_if = "Option::is_none")]
    instruction: Option<&'a str>,
}

#[derive(Debug, Serialize)]
struct SuppressedJson<'a> {
    reason: &'a str,
}

#[derive(Debug, Serialize)]
struct LocationJson<'a> {
    #[serde(skip_serializing_if = "Option::is_none")]
    layer: Option<usize>,
    #[serde(skip_serializing_if = "Option::is_none")]
    diff_id: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    path: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    line: Option<u64>,
    #[serde(skip_serializing_if = "Option::is_none")]
    column: Option<u64>,
    #[serde(skip_serializing_if = "Option::is_none")]
    offset: Option<u64>,
    #[serde(skip_serializing_if = "Option::is_none")]
    instruction: Option<&'a str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    field: Option<&'a str>,
}

fn report(run: &Run) -> Report<'_> {
    let images = run.archives.iter().flat_map(|archive| {
        archive
            .images
            .iter()
            .map(|image| image_json(&archive.source, image))
    });
    Report {
        schema: "imglint/v1",
        version: env!("CARGO_PKG_VERSION"),
        verdict: verdict(run),
        archives: run.archives.iter().map(archive_json).collect(),
        images: images.collect(),
    }
}

fn verdict(run: &Run) -> VerdictJson {
    let verdict = run.verdict();
    let fail_on = run.fail_on.to_possible_value();
    VerdictJson {
        exit_code: verdict.code(),
        complete: verdict != Verdict::Incomplete,
        fail_on: fail_on
            .map(|value| value.get_name().to_owned())
            .unwrap_or_default(),
        errors: run.count(Severity::Error),
        warnings: run.count(Severity::Warning),
        infos: run.count(Severity::Info),
    }
}

fn archive_json(archive: &ArchiveReport) -> ArchiveJson<'_> {
    ArchiveJson {
        source: &archive.source,
        form: archive.form.as_deref(),
        compression: archive.compression,
        complete: archive.complete,
        error: archive.problem.as_ref().map(problem_json),
        absent_platforms: archive.absent.iter().map(absent_json).collect(),
        findings: archive.findings.iter().map(finding_json).collect(),
        incomplete_reasons: &archive.incomplete,
    }
}

fn problem_json(problem: &Problem) -> ProblemJson<'_> {
    ProblemJson {
        code: problem.code.as_deref(),
        message: &problem.message,
        help: problem.help.as_deref(),
    }
}

fn absent_json(absent: &Absent) -> AbsentJson<'_> {
    AbsentJson {
        platform: absent.platform.as_deref(),
        digest: absent.digest.to_string(),
    }
}

fn image_json<'a>(source: &'a str, image: &'a ImageReport) -> ImageJson<'a> {
    ImageJson {
        source,
        names: &image.names,
        platform: image.platform.as_deref(),
        image_id: image.id.as_ref().map(ToString::to_string),
        manifest_digest: image.manifest_digest.as_ref().map(ToString::to_string),
        created: image.created.as_deref(),
        size: image.size,
        layers: image
            .layers
            .iter()
            .enumerate()
            .map(|(index, layer)| layer_json(index, layer))
            .collect(),
        waste: waste_json(&image.waste, &image.layers),
        dive: image.dive.as_ref().map(dive_json),
        findings: image.findings.iter().map(finding_json).collect(),
        rejected_tokens: image.rejected,
        complete: image.incomplete.is_empty(),
        incomplete_reasons: &image.incomplete,
    }
}

fn layer_json(index: usize, layer: &LayerReport) -> LayerJson<'_> {
    LayerJson {
        index,
        diff_id: layer.diff_id.as_ref().map(ToString::to_string),
        digest: layer.digest.as_ref().map(ToString::to_string),
        chain_id: layer.chain_id.as_deref(),
        media_type: layer.media_type.as_deref(),
        compression: layer.compression,
        size: layer.size,
        tar_size: layer.tar_size,
        content_size: layer.content_size,
        docker_size: layer.docker_size,
        live_bytes: layer.live_bytes,
        wasted_bytes: layer.wasted_bytes,
        entries: layer.entries,
        created_by: layer.created_by.as_deref(),
        origin: layer.origin.name(),
        complete: layer.complete,
    }
}

fn waste_json<'a>(waste: &'a WasteReport, layers: &'a [LayerReport]) -> WasteJson<'a> {
    let created_by = |layer: usize| {
        layers
            .get(layer)
            .and_then(|layer| layer.created_by.as_deref())
    };
    let item = |item: &'a WasteItem| WasteItemJson {
        path: &item.path,
        cause: item.cause,
        bytes: item.bytes,
        files: item.files,
        layer: item.layer,
        killer_layer: item.killer_layer,
        created_by: created_by(item.layer),
        killed_by: created_by(item.killer_layer),
    };
    WasteJson {
        wasted_bytes: waste.wasted_bytes,
        total_bytes: waste.total_bytes,
        duplicate_bytes: waste.duplicate_bytes,
        efficiency: waste.efficiency(),
        items: waste.items.iter().map(item).collect(),
    }
}

fn dive_json(dive: &Dive) -> DiveJson {
    DiveJson {
        efficiency: dive.efficiency,
        wasted_bytes: dive.wasted_bytes,
        wasted_user_ratio: dive.wasted_user_ratio,
        size_bytes: dive.size_bytes,
        user_size_bytes: dive.user_size_bytes,
    }
}

fn finding_json(finding: &Finding) -> FindingJson<'_> {
    FindingJson {
        rule: finding.rule,
        code: rules::find(finding.rule).map_or("", |rule| rule.code()),
        severity: finding.severity.name(),
        message: &finding.message,
        help: finding.help.as_deref(),
        notes: &finding.notes,
        origin: finding.origin.map(imglint_lint::Origin::name),
        location: location_json(&finding.location),
        bytes: finding.bytes,
        fingerprint: finding.fingerprint.to_string(),
        secret: finding.secret.as_ref().map(secret_json),
        places: finding.places.iter().map(place_json).collect(),
        suppressed: finding.suppressed.as_deref().map(suppressed_json),
    }
}

fn secret_json(secret: &FoundSecret) -> SecretJson<'_> {
    SecretJson {
        detector: secret.detector(),
        what: secret.what(),
        excerpt: secret.excerpt(),
    }
}

fn place_json(place: &Place) -> PlaceJson<'_> {
    PlaceJson {
        severity: place.severity.name(),
        message: place.to_string(),
        origin: place.origin.map(imglint_lint::Origin::name),
        location: location_json(&place.location),
        within: &place.within,
        name: place.name.as_deref(),
        hidden_by: place.hidden.as_ref().map(|hidden| HiddenByJson {
            layer: hidden.layer,
            cause: hidden.cause.code(),
            instruction: hidden.instruction.as_deref(),
        }),
        suppressed: place.suppressed.as_deref().map(suppressed_json),
    }
}

fn suppressed_json(reason: &str) -> SuppressedJson<'_> {
    SuppressedJson { reason }
}

fn location_json(location: &Location) -> LocationJson<'_> {
    LocationJson {
        layer: location.layer,
        diff_id: location.diff_id.as_ref().map(ToString::to_string),
        path: location.path.as_ref().map(ToString::to_string),
        line: location.line,
        column: location.column,
        offset: location.offset,
        instruction: location.instruction.as_deref(),
        field: location.field.as_deref(),
    }
}
