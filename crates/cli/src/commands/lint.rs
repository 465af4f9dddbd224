//! The bare command: judge images.

use std::{
    fs::File,
    io::{self, BufWriter, Write as _},
    path::Path,
};

use imglint_lint::{ArchiveView, ImageView, Linter};

use super::Output;
use crate::{
    args::{LintArgs, ReportFile},
    exit::Verdict,
    failure::Failure,
    load,
    report::{ArchiveReport, Problem, Run, text},
};

pub(crate) fn run(args: &LintArgs, out: &mut Output) -> Result<Verdict, Failure> {
    let linter = Linter::default();
    let archives = args
        .sources
        .iter()
        .map(|source| judge(source, args, &linter))
        .collect();
    let run = Run {
        fail_on: args.fail_on,
        archives,
    };
    for file in &args.output {
        write_file(&run, file, args)?;
    }
    match run.write(args.format, style(args), out) {
        // Whoever stopped reading still gets the verdict.
        Err(error) if error.kind() == io::ErrorKind::BrokenPipe => {}
        written => written?,
    }
    Ok(run.verdict())
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
    let images = load::select(&archive, &args.select)?;
    let facts = load::facts(&archive, &images, &args.select, true);
    let mut report = ArchiveReport::of(name, &archive);
    report.findings = linter.lint_archive(&ArchiveView {
        name,
        anomalies: archive.anomalies(),
    });
    report.images = images
        .into_iter()
        .map(|image| {
            let view = ImageView::new(image, &facts);
            crate::report::ImageReport::of(&view, linter.lint(&view))
        })
        .collect();
    Ok(report)
}

/// A file holds what stdout would, without colours.
fn write_file(run: &Run, file: &ReportFile, args: &LintArgs) -> Result<(), Failure> {
    let write = || {
        let mut out = BufWriter::new(anstream::StripStream::new(File::create(&file.path)?));
        run.write(file.format, style(args), &mut out)?;
        out.flush()
    };
    write().map_err(|source| Failure::Write {
        path: file.path.clone(),
        source,
    })
}
