//! Reports in files, besides the one on stdout.

use std::{
    fs::File,
    io::{self, Write as _},
    path::PathBuf,
};

use super::{Run, text};
use crate::{
    args::{ReportArgs, ReportFile},
    failure::Failure,
    gate,
    output::{self, Output},
};

/// The reports that `--output` asks for, opened before the work so that a wrong path is told first.
///
/// What stands there is kept until the new report is made.
#[derive(Debug)]
pub(crate) struct ReportFiles<'a> {
    args: &'a ReportArgs,
    files: Vec<File>,
}

impl<'a> ReportFiles<'a> {
    /// Errs when a report could not be written, or would overwrite what is to be judged.
    pub(crate) fn open(args: &'a ReportArgs, sources: &[PathBuf]) -> Result<Self, Failure> {
        let open = |report| spare_sources(report, sources).and_then(|()| open_report(report));
        let files = args.output.iter().map(open).collect::<Result<_, _>>()?;
        Ok(Self { args, files })
    }

    /// Prints a run wherever it is asked for, without its secrets unless they are asked for.
    pub(crate) fn write(self, run: &mut Run, out: &mut Output) -> Result<(), Failure> {
        if self.args.show_secrets {
            *out.gate_mut() = gate::Gate::open();
            gate::reveal(run);
            let warning = "warning: what follows shows secrets in clear (--show-secrets)";
            output::complain(out.gate(), warning);
        } else {
            out.gate_mut().mask_run(run);
        }
        let style = style(self.args);
        match run.write(self.args.format, style, out) {
            // Whoever stopped reading still gets the verdict.
            Err(error) if error.kind() == io::ErrorKind::BrokenPipe => {}
            written => written?,
        }
        for (report, file) in self.args.output.iter().zip(self.files) {
            let written = write_report(run, report, file, style, out);
            written.map_err(|source| cannot_write(report, source))?;
        }
        Ok(())
    }
}

fn style(args: &ReportArgs) -> text::Style {
    text::Style {
        quiet: args.quiet,
        verbose: args.verbose,
    }
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
    style: text::Style,
    out: &Output,
) -> io::Result<()> {
    // Only a regular file has a length; a pipe or a device is written on.
    if file.metadata()?.is_file() {
        file.set_len(0)?;
    }
    let mut out = out.file(file);
    run.write(report.format, style, &mut out)?;
    out.flush()
}

fn cannot_write(report: &ReportFile, source: io::Error) -> Failure {
    Failure::Write {
        path: report.path.clone(),
        source,
    }
}
