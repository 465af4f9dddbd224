//! `imglint waste`: bytes that ship but that no file of the final image reaches.

use std::io::Write as _;

use imglint_lint::{ImageView, human_size, percent};

use super::Output;
use crate::{
    args::{ReportFormat, WasteArgs},
    exit::Verdict,
    failure::Failure,
    gate::Gate,
    load,
    report::{
        ImageReport, WasteItem, WasteReport,
        escape::{cut_front, shortened},
        json_v1,
        table::table,
    },
};

/// Columns that a path may take.
const PATH_WIDTH: usize = 60;

/// Columns that an instruction may take.
const INSTRUCTION_WIDTH: usize = 40;

pub(crate) fn run(args: &WasteArgs, out: &mut Output) -> Result<Verdict, Failure> {
    load::with_image(&args.look, out, |image, out| {
        let mut report = ImageReport::of(image, Vec::new()).with_dive(image);
        // Before paths are cut to fit.
        out.gate().image(&mut report);
        match args.look.format {
            ReportFormat::Json => super::write_json(&json_v1::waste_answer(&report), out)?,
            ReportFormat::Human => show(args, image, &report, out)?,
        }
        Ok(())
    })
}

fn show(
    args: &WasteArgs,
    image: &ImageView<'_>,
    report: &ImageReport,
    out: &mut Output,
) -> Result<(), Failure> {
    let waste = &report.waste;
    if waste.items.is_empty() {
        writeln!(
            out,
            "nothing is wasted: every one of the {} shipped is in the final image",
            human_size(waste.total_bytes)
        )?;
    } else {
        let shown = if args.top == 0 {
            waste.items.len()
        } else {
            args.top
        };
        writeln!(out, "{}", listing(image, waste, shown, out.gate()))?;
        if waste.items.len() > shown {
            writeln!(
                out,
                "… {} more; --top 0 shows them",
                waste.items.len() - shown
            )?;
        }
        writeln!(out, "\n{}", causes(waste))?;
        let share = percent(waste.wasted_bytes, waste.total_bytes);
        writeln!(
            out,
            "{} of {} wasted ({share})",
            human_size(waste.wasted_bytes),
            human_size(waste.total_bytes)
        )?;
    }
    if waste.duplicate_bytes > 0 {
        writeln!(
            out,
            "{} more stand at several paths with the same content",
            human_size(waste.duplicate_bytes)
        )?;
    }
    if let Some(dive) = &report.dive {
        writeln!(
            out,
            "dive: efficiency {:.4}, {} inefficient bytes, user waste {:.4}",
            dive.efficiency, dive.wasted_bytes, dive.wasted_user_ratio
        )?;
    }
    Ok(())
}

fn listing(image: &ImageView<'_>, waste: &WasteReport, shown: usize, gate: &Gate) -> String {
    let instruction = |layer: usize| {
        let layer = image
            .layers()
            .get(layer)
            .and_then(|layer| layer.instruction.as_ref());
        layer
            .map(|instruction| shortened(&gate.text(&instruction.text), INSTRUCTION_WIDTH))
            .unwrap_or_default()
    };
    let rows = waste.items.iter().take(shown).map(|item| {
        [
            human_size(item.bytes),
            item.files.to_string(),
            item.cause.to_owned(),
            cut_front(&item.path, PATH_WIDTH),
            format!("{} {}", item.layer, instruction(item.layer)),
            format!("{} {}", item.killer_layer, instruction(item.killer_layer)),
        ]
    });
    table(
        ["BYTES", "FILES", "CAUSE", "PATH", "SHIPPED BY", "HIDDEN BY"],
        &[0, 1],
        rows,
    )
}

/// `deleted-dir 12MB · overwritten 3kB`, largest first.
fn causes(waste: &WasteReport) -> String {
    let mut sums = std::collections::BTreeMap::<&str, u64>::new();
    for WasteItem { cause, bytes, .. } in &waste.items {
        let sum = sums.entry(cause).or_default();
        *sum = sum.saturating_add(*bytes);
    }
    let mut sums: Vec<_> = sums.into_iter().collect();
    sums.sort_by_key(|&(cause, bytes)| (std::cmp::Reverse(bytes), cause));
    sums.iter()
        .map(|(cause, bytes)| format!("{cause} {}", human_size(*bytes)))
        .collect::<Vec<_>>()
        .join(" · ")
}
