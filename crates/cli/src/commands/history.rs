//! `imglint history`: the steps that made an image, newest first, as `docker history` has them.

use std::io::Write as _;

use imglint_lint::{HistoryRow, ImageView, human_size};
use serde::Serialize;

use super::Output;
use crate::{
    args::{HistoryArgs, ReportFormat},
    exit::Verdict,
    failure::Failure,
    load,
    report::{escape::shortened, table::table},
};

/// As `docker history` cuts instructions.
const INSTRUCTION_WIDTH: usize = 45;

/// One step; layers are numbered from 0, lowest first.
#[derive(Debug, Serialize)]
#[serde(rename_all = "snake_case")]
struct Step {
    /// The image ID for the newest step, as Docker shows it; `<missing>` for the others.
    id: String,
    created: Option<String>,
    created_by: String,
    /// The same as a Dockerfile would have it.
    instruction: Option<String>,
    comment: String,
    /// As `docker history` counts on overlay2; 0 for a step without a layer.
    size: u64,
    layer: Option<LayerSizes>,
}

/// What stands behind a step that made a layer; bytes.
#[derive(Debug, Serialize)]
struct LayerSizes {
    index: usize,
    diff_id: Option<String>,
    /// Of the uncompressed tar.
    tar_size: u64,
    /// As stored in the archive.
    blob_size: u64,
}

pub(crate) fn run(args: &HistoryArgs, out: &mut Output) -> Result<Verdict, Failure> {
    load::with_image(&args.look, out, |image, out| {
        let mut steps: Vec<Step> = steps(image);
        // Before they are cut to fit.
        for step in &mut steps {
            step.comment = out.gate().text(&step.comment).into_owned();
            step.created_by = out.gate().text(&step.created_by).into_owned();
        }
        match args.look.format {
            ReportFormat::Json => super::write_json(&steps, out)?,
            ReportFormat::Human => {
                let width = if args.no_trunc {
                    usize::MAX
                } else {
                    INSTRUCTION_WIDTH
                };
                writeln!(out, "{}", listing(&steps, width))?;
            }
        }
        Ok(())
    })
}

/// Newest first; layers that no history row tells of come on top, as Docker shows them.
fn steps(image: &ImageView<'_>) -> Vec<Step> {
    let told = image
        .history()
        .iter()
        .map(|row| step(image, Some(row), row.layer));
    let untold = image
        .layers()
        .iter()
        .filter(|layer| layer.history.is_none());
    let untold = untold.map(|layer| step(image, None, Some(layer.index)));
    let mut steps: Vec<Step> = told.chain(untold).collect();
    steps.reverse();
    if let (Some(newest), Some(id)) = (steps.first_mut(), load::image_id(image.image())) {
        newest.id = id;
    }
    steps
}

fn step(image: &ImageView<'_>, row: Option<&HistoryRow<'_>>, layer: Option<usize>) -> Step {
    let entry = row.map(|row| row.entry);
    let sizes = layer
        .and_then(|index| image.layers().get(index))
        .map(|layer| LayerSizes {
            index: layer.index,
            diff_id: load::diff_id(layer).map(|id| id.to_string()),
            tar_size: layer.facts.map_or(0, |facts| facts.index.tar_size),
            blob_size: layer.facts.map_or(0, |facts| facts.index.blob_size),
        });
    Step {
        id: "<missing>".to_owned(),
        created: entry.and_then(|entry| Some(entry.created.as_ref()?.as_str().to_owned())),
        created_by: row
            .map(|row| row.created_by().into_owned())
            .unwrap_or_default(),
        instruction: row.map(|row| row.instruction.text.clone()),
        comment: entry.map(|entry| entry.comment.clone()).unwrap_or_default(),
        size: layer.map_or(0, |index| image.stack().docker_size(index)),
        layer: sizes,
    }
}

fn listing(steps: &[Step], width: usize) -> String {
    let header = [
        "IMAGE",
        "LAYER",
        "CREATED",
        "CREATED BY",
        "SIZE",
        "TAR",
        "STORED",
        "COMMENT",
    ];
    let rows = steps.iter().map(|step| {
        let layer = step.layer.as_ref();
        [
            load::short_id(&step.id),
            layer.map_or_else(String::new, |layer| layer.index.to_string()),
            step.created.as_deref().map(day).unwrap_or_default(),
            shortened(&step.created_by, width),
            human_size(step.size),
            layer.map_or_else(String::new, |layer| human_size(layer.tar_size)),
            layer.map_or_else(String::new, |layer| human_size(layer.blob_size)),
            shortened(&step.comment, width),
        ]
    });
    table(header, &[1, 4, 5, 6], rows)
}

/// The date of an RFC 3339 time; Docker leaves out what is before 2000, when nobody set a time.
fn day(created: &str) -> String {
    match created.split_once('T') {
        Some((day, _)) if day >= "2000-01-02" => day.to_owned(),
        _ => String::new(),
    }
}
