//! The bare command: judge images.

use std::path::Path;

use imglint_lint::{ArchiveView, Ignore, ImageView, Linter};

use super::Output;
use crate::{
    args::{LintArgs, ReportFormat},
    config,
    exit::Verdict,
    failure::Failure,
    load,
    report::{ArchiveReport, ImageReport, Problem, Run, files::ReportFiles},
};

pub(crate) fn run(args: &LintArgs, out: &mut Output) -> Result<Verdict, Failure> {
    let linter = Linter::default();
    let config = config::load(&args.report.config)?;
    let files = ReportFiles::open(&args.report, &args.sources)?;
    let archives = args
        .sources
        .iter()
        .map(|source| judge(source, args, &linter, &config.ignores))
        .collect();
    let mut run = Run {
        fail_on: args.report.fail_on,
        archives,
    };
    files.write(&mut run, out)?;
    Ok(run.verdict())
}

/// One bad archive among several does not keep the others from being judged.
fn judge(source: &Path, args: &LintArgs, linter: &Linter, ignores: &[Ignore]) -> ArchiveReport {
    let name = source.display().to_string();
    match try_judge(&name, source, args, linter) {
        Ok(mut report) => {
            report.ignore(ignores);
            report
        }
        Err(failure) => ArchiveReport::unopened(name, Problem::of(&failure)),
    }
}

fn try_judge(
    name: &str,
    source: &Path,
    args: &LintArgs,
    linter: &Linter,
) -> Result<ArchiveReport, Failure> {
    let archive = load::open(source, &args.select)?;
    let images = load::select(source, &archive, &args.select)?;
    let facts = load::facts(&archive, &images, &args.select, true);
    let mut report = ArchiveReport::of(name, &archive);
    // Only the JSON report has dive's numbers, and they cost as much as stacking.
    let formats = args.report.output.iter().map(|report| report.format);
    let wants_dive = formats
        .chain([args.report.format])
        .any(|format| format == ReportFormat::Json);
    report.images = images
        .into_iter()
        .map(|image| {
            let view = ImageView::new(image, &facts);
            let report = ImageReport::of(&view, linter.lint(&view));
            if wants_dive {
                report.with_dive(&view)
            } else {
                report
            }
        })
        .collect();
    let told: Vec<_> = report
        .images
        .iter()
        .flat_map(|image| &image.findings)
        .collect();
    report.findings = linter.lint_archive(&ArchiveView {
        name,
        anomalies: archive.anomalies(),
        facts: Some(&facts),
        told: &told,
    });
    report.incomplete = facts.incomplete_reasons();
    report.complete &= report.incomplete.is_empty();
    // What was found stands, but as less than a verdict.
    if let Err(error) = archive.check_unchanged() {
        report.problem = Some(Problem::of(&error));
        report.complete = false;
    }
    Ok(report)
}
