//! The bare command: judge images.

use std::{
    fs::File,
    io::{self, BufWriter, Write as _},
    path::{Path, PathBuf},
};

use imglint_lint::{ArchiveView, ImageView, Linter};

use super::Output;
use crate::{
    args::{LintArgs, ReportFile, ReportFormat},
    exit::Verdict,
    failure::Failure,
    load,
    report::{ArchiveReport, ImageReport, Problem, Run, text},
};

pub(crate) fn run(args: &LintArgs, out: &mut Output) -> Result<Verdict, Failure> {
    let linter = Linter::default();
    let mut files = Vec::with_capacity(args.output.len());
    for file in &args.output {
        spare_sources(file, &args.sources)?;
        files.push(open_report(file)?);
    }
    let archives = args
        .sources
        .iter()
        .map(|source| judge(source, args, &linter))
        .collect();
    let run = Run {
        fail_on: args.fail_on,
        archives,
    };
    match run.write(args.format, style(args), out) {
        // Whoever stopped reading still gets the verdict.
        Err(error) if error.kind() == io::ErrorKind::BrokenPipe => {}
        written => written?,
    }
    for (report, file) in args.output.iter().zip(files) {
        write_report(&run, report, file, args)?;
    }
    Ok(run.verdict())
}

/// Errs when a report would overwrite what is to be judged.
fn spare_sources(report: &ReportFile, sources: &[PathBuf]) -> Result<(), Failure> {
    let Ok(path) = report.path.canonicalize() else {
        return Ok(());
    };
    let spared = |source: &&PathBuf| source.canonicalize().is_ok_and(|source| source == path);
    match sources.iter().find(spared) {
        Some(source) => Err(Failure::Overwrite {
            path: source.clone(),
        }),
        None => Ok(()),
    }
}

/// Opens a report before the work, so that a wrong path is told before it.
///
/// What stands there is kept until the new report is made.
fn open_report(report: &ReportFile) -> Result<File, Failure> {
    let mut options = File::options();
    let options = options.write(true).create(true).truncate(false);
    options
        .open(&report.path)
        .map_err(|source| cannot_write(report, source))
}

/// A file holds what stdout would, without colours.
fn write_report(
    run: &Run,
    report: &ReportFile,
    file: File,
    args: &LintArgs,
) -> Result<(), Failure> {
    let write = || {
        // Only a regular file has a length; a pipe or a device is written on.
        if file.metadata()?.is_file() {
            file.set_len(0)?;
        }
        let mut out = BufWriter::new(anstream::StripStream::new(file));
        run.write(report.format, style(args), &mut out)?;
        out.flush()
    };
    write().map_err(|source| cannot_write(report, source))
}

fn cannot_write(report: &ReportFile, source: io::Error) -> Failure {
    Failure::Write {
        path: report.path.clone(),
        source,
    }
}

fn style(args: &LintArgs) -> text::Style {
    text::Style {
        quiet: args.quiet,
        verbose: args.verbose,
    }
}

/// One bad archive among several does not keep the others from being judged.
fn judge(source: &Path, args: &LintArgs, linter: &Linter) -> ArchiveReport {
    let name = source.display().to_string();
    match try_judge(&name, source, args, linter) {
        Ok(report) => report,
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
    let formats = args.output.iter().map(|report| report.format);
    let wants_dive = formats
        .chain([args.format])
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
