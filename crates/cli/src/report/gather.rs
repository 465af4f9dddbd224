//! From an archive and the view of an image to what reports print.

use imglint_archive::{AbsentPlatform, Archive};
use imglint_format::ChainId;
use imglint_layers::{Compression, Dive, HiddenGroup, Stack};
use imglint_lint::{Finding, ImageView, LayerView};
use miette::Diagnostic;

use super::{Absent, ArchiveReport, ImageReport, LayerReport, Problem, WasteItem, WasteReport};
use crate::load;

impl Problem {
    /// The error with all its causes on one line.
    pub(crate) fn of(error: &dyn Diagnostic) -> Self {
        let mut message = error.to_string();
        let mut cause = std::error::Error::source(error);
        while let Some(next) = cause {
            let text = next.to_string();
            // A transparent error repeats its cause.
            if !message.ends_with(&text) {
                message = format!("{message}: {text}");
            }
            cause = next.source();
        }
        Self {
            code: error.code().map(|code| code.to_string()),
            message,
            help: error.help().map(|help| help.to_string()),
        }
    }
}

impl ArchiveReport {
    /// An archive that opened; its findings and images are still to come.
    pub(crate) fn of(source: &str, archive: &Archive) -> Self {
        Self {
            source: source.to_owned(),
            form: Some(archive.form().to_string()),
            compression: Some(compression(archive.compression())),
            problem: None,
            absent: archive.absent().iter().map(absent).collect(),
            findings: Vec::new(),
            complete: !archive
                .anomalies()
                .iter()
                .any(imglint_format::Anomaly::incomplete),
            incomplete: Vec::new(),
            images: Vec::new(),
        }
    }
}

fn absent(absent: &AbsentPlatform) -> Absent {
    Absent {
        platform: absent.platform.as_ref().map(ToString::to_string),
        digest: absent.digest.clone(),
    }
}

impl ImageReport {
    /// What is known of an image, and what the rules found.
    pub(crate) fn of(view: &ImageView<'_>, findings: Vec<Finding>) -> Self {
        let image = view.image();
        let layers = layers(view);
        Self {
            names: image.names.clone(),
            platform: image.platform.as_ref().map(ToString::to_string),
            id: image.id.clone(),
            manifest_digest: image.manifest_digest.clone(),
            created: image
                .config
                .created
                .as_ref()
                .map(|time| time.as_str().to_owned()),
            size: layers
                .iter()
                .fold(0, |sum, layer| layer.docker_size.saturating_add(sum)),
            layers,
            waste: waste(view.stack()),
            dive: None,
            findings,
            rejected: view.rejected_tokens(),
            incomplete: view.incomplete_reasons(),
        }
    }

    /// The same with dive's numbers.
    pub(crate) fn with_dive(self, view: &ImageView<'_>) -> Self {
        Self {
            dive: Some(Dive::of(view.stack().layers())),
            ..self
        }
    }
}

fn layers(view: &ImageView<'_>) -> Vec<LayerReport> {
    let diff_ids: Option<Vec<_>> = view.layers().iter().map(load::diff_id).collect();
    // Chain IDs need every diff ID below.
    let chain = diff_ids.map(|ids| ChainId::of(&ids)).unwrap_or_default();
    let layers = view.layers().iter().enumerate();
    layers
        .map(|(index, layer)| LayerReport {
            chain_id: chain.get(index).map(ToString::to_string),
            ..layer_report(layer, view.stack())
        })
        .collect()
}

fn layer_report(layer: &LayerView<'_>, stack: &Stack<'_>) -> LayerReport {
    let facts = layer.facts.map(|facts| &facts.index);
    let bytes = stack.layer_bytes(layer.index);
    LayerReport {
        diff_id: load::diff_id(layer),
        digest: facts
            .and_then(|index| index.blob_digest.clone())
            .or_else(|| layer.reference.digest.clone()),
        chain_id: None,
        media_type: layer.reference.media_type.as_ref().map(ToString::to_string),
        compression: facts.map(|index| compression(index.compression)),
        size: facts
            .map(|index| index.blob_size)
            .or(layer.reference.size)
            .unwrap_or(0),
        tar_size: facts.map_or(0, |index| index.tar_size),
        content_size: facts.map_or(0, |index| index.content_size),
        docker_size: stack.docker_size(layer.index),
        live_bytes: bytes.live,
        wasted_bytes: bytes.wasted,
        entries: facts.map_or(0, |index| index.entries.len()),
        created_by: layer
            .instruction
            .as_ref()
            .map(|instruction| instruction.text.clone()),
        origin: layer.origin,
        complete: facts.is_some_and(imglint_layers::LayerIndex::is_complete),
    }
}

fn waste(stack: &Stack<'_>) -> WasteReport {
    let bytes = stack.bytes();
    WasteReport {
        wasted_bytes: bytes.wasted,
        total_bytes: bytes.total(),
        duplicate_bytes: stack
            .duplicates()
            .iter()
            .fold(0, |sum, group| group.extra_bytes().saturating_add(sum)),
        items: stack.hidden_groups().iter().map(waste_item).collect(),
    }
}

fn waste_item(group: &HiddenGroup<'_>) -> WasteItem {
    WasteItem {
        path: group.path.to_string(),
        cause: group.cause().code(),
        bytes: group.size,
        files: group.files.len(),
        layer: group.layer(),
        killer_layer: group.killer_layer(),
    }
}

/// The name that reports use.
fn compression(compression: Compression) -> &'static str {
    match compression {
        Compression::Gzip => "gzip",
        Compression::Zstd => "zstd",
        Compression::Xz => "xz",
        Compression::Bzip2 => "bzip2",
        _ => "none",
    }
}
