//! The report for people: worst first, one line of summary last.

use std::{collections::BTreeMap, io};

use anstyle::{AnsiColor, Style as Ansi};
use imglint_lint::{Finding, Origin, Place, Severity, human_size, percent};

use super::{
    ArchiveReport, ImageReport, Problem, Run,
    escape::{Escaped, shortened},
};

/// How much is printed.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Style {
    /// Print nothing of what passes.
    pub(crate) quiet: bool,
    /// Print every finding and all its evidence.
    pub(crate) verbose: bool,
}

/// How many findings of one rule are printed unless all are asked for.
const FIRST: usize = 3;

/// How many lines of evidence are printed unless all are asked for.
const NOTES: usize = 5;

/// How many further places of a secret are printed unless all are asked for.
const PLACES: usize = 5;

/// Columns that a line of evidence may take.
const NOTE_WIDTH: usize = 110;

/// Columns that an instruction may take.
const INSTRUCTION_WIDTH: usize = 72;

/// Writes the report.
///
/// Colours are written as escapes; the stream takes them out where they do not belong.
pub(crate) fn write(run: &Run, style: Style, out: &mut dyn io::Write) -> io::Result<()> {
    let mut first = true;
    for archive in &run.archives {
        if style.quiet && passes(run, archive) {
            continue;
        }
        if !first {
            writeln!(out)?;
        }
        first = false;
        write_archive(run, archive, style, out)?;
    }
    let judged = run
        .archives
        .iter()
        .map(|archive| archive.images.len())
        .sum::<usize>();
    if !style.quiet && (run.archives.len() > 1 || judged > 1) {
        writeln!(out, "\n{}", total(run, judged))?;
    }
    Ok(())
}

/// Whether `--quiet` has nothing to say of an archive.
fn passes(run: &Run, archive: &ArchiveReport) -> bool {
    let images = archive.images.iter().flat_map(|image| &image.findings);
    let mut findings = archive.findings.iter().chain(images);
    let fails =
        |finding: &Finding| finding.suppressed.is_none() && run.fail_on.fails(finding.severity);
    archive.judged_whole() && !findings.any(fails)
}

fn write_archive(
    run: &Run,
    archive: &ArchiveReport,
    style: Style,
    out: &mut dyn io::Write,
) -> io::Result<()> {
    if let Some(problem) = &archive.problem {
        write_problem(problem, out)?;
        if archive.form.is_some() {
            writeln!(out)?;
        }
    }
    for reason in &archive.incomplete {
        write_incomplete(reason, out)?;
    }
    if !archive.findings.is_empty() {
        let form = archive.form.as_deref().unwrap_or_default();
        writeln!(
            out,
            "{}{}{} · {form}\n",
            bold(),
            Escaped(&archive.source),
            bold().render_reset()
        )?;
        write_findings(run, &archive.findings, style, out)?;
        writeln!(out)?;
    }
    for (position, image) in archive.images.iter().enumerate() {
        if position > 0 {
            writeln!(out)?;
        }
        write_image(run, archive, image, style, out)?;
    }
    write_absent(archive, out)
}

/// An archive that did not open is an error like any other, and says what to do; the message names it.
fn write_problem(problem: &Problem, out: &mut dyn io::Write) -> io::Result<()> {
    let red = colour(Severity::Error);
    let reset = red.render_reset();
    writeln!(out, "{red}error{reset}: {}", Escaped(&problem.message))?;
    match &problem.help {
        Some(help) => writeln!(out, "  fix: {}", Escaped(help)),
        None => Ok(()),
    }
}

fn write_incomplete(reason: &str, out: &mut dyn io::Write) -> io::Result<()> {
    let red = colour(Severity::Error);
    let reset = red.render_reset();
    writeln!(out, "{red}not judged whole{reset}: {}", Escaped(reason))
}

fn write_absent(archive: &ArchiveReport, out: &mut dyn io::Write) -> io::Result<()> {
    if archive.absent.is_empty() {
        return Ok(());
    }
    let platform = |absent: &super::Absent| {
        absent
            .platform
            .clone()
            .unwrap_or_else(|| absent.digest.to_string())
    };
    let names: Vec<_> = archive.absent.iter().map(platform).collect();
    writeln!(
        out,
        "\nnot in this archive, so not judged: {}",
        Escaped(&names.join(", "))
    )
}

fn write_image(
    run: &Run,
    archive: &ArchiveReport,
    image: &ImageReport,
    style: Style,
    out: &mut dyn io::Write,
) -> io::Result<()> {
    writeln!(
        out,
        "{}{}{}{}",
        bold(),
        Escaped(&archive.source),
        bold().render_reset(),
        headline(image)
    )?;
    for reason in &image.incomplete {
        write_incomplete(reason, out)?;
    }
    if !image.findings.is_empty() {
        writeln!(out)?;
        write_findings(run, &image.findings, style, out)?;
    }
    writeln!(out, "\n{}", summary(image, style))
}

/// ` · app:1.0 · linux/amd64 · 5 layers · 78.1MB`
fn headline(image: &ImageReport) -> String {
    let name = match image.names.as_slice() {
        [] => image.id.as_ref().map(|id| shortened(&id.to_string(), 20)),
        names => Some(shortened(&names.join(", "), 100)),
    };
    let layers = match image.layers.len() {
        1 => "1 layer".to_owned(),
        count => format!("{count} layers"),
    };
    let platform = image
        .platform
        .as_deref()
        .map(|platform| Escaped(platform).to_string());
    let parts = [name, platform, Some(layers), Some(human_size(image.size))];
    let parts = parts.into_iter().flatten();
    parts.fold(String::new(), |line, part| line + " · " + &part)
}

/// Findings come sorted; those of one rule beyond the first few are counted.
fn write_findings(
    run: &Run,
    findings: &[Finding],
    style: Style,
    out: &mut dyn io::Write,
) -> io::Result<()> {
    let mut printed: BTreeMap<(&str, Severity), usize> = BTreeMap::new();
    for (position, finding) in findings.iter().enumerate() {
        if finding.suppressed.is_some() && !style.verbose
            || style.quiet && !run.fail_on.fails(finding.severity)
        {
            continue;
        }
        let count = printed.entry((finding.rule, finding.severity)).or_default();
        *count += 1;
        if style.verbose || *count <= FIRST {
            write_finding(finding, style, out)?;
        }
        let last = findings
            .get(position + 1)
            .is_none_or(|next| group(next) != group(finding));
        if last && !style.verbose && *count > FIRST {
            let more = *count - FIRST;
            writeln!(
                out,
                "  … {more} more of {}; --verbose shows them",
                finding.rule
            )?;
        }
    }
    Ok(())
}

/// Findings that are counted together.
fn group(finding: &Finding) -> (&str, Severity, bool) {
    (finding.rule, finding.severity, finding.suppressed.is_some())
}

fn write_finding(finding: &Finding, style: Style, out: &mut dyn io::Write) -> io::Result<()> {
    let paint = colour(finding.severity);
    let reset = paint.render_reset();
    writeln!(
        out,
        "{paint}{}{reset}[{}]: {}",
        finding.severity,
        finding.rule,
        Escaped(&finding.message)
    )?;
    if let Some(place) = place(finding) {
        writeln!(out, "  at {place}")?;
    }
    let shown = if style.verbose {
        finding.notes.len()
    } else {
        NOTES
    };
    for note in finding.notes.iter().take(shown) {
        let note = if style.verbose {
            Escaped(note).to_string()
        } else {
            shortened(note, NOTE_WIDTH)
        };
        writeln!(out, "     {note}")?;
    }
    if finding.notes.len() > shown {
        writeln!(out, "     … {} more", finding.notes.len() - shown)?;
    }
    write_places(finding, style, out)?;
    if let Some(reason) = &finding.suppressed {
        writeln!(out, "     suppressed: {}", Escaped(reason))?;
    }
    if style.verbose {
        writeln!(out, "     fingerprint: {}", finding.fingerprint)?;
    }
    match &finding.help {
        Some(help) if style.verbose || finding.severity > Severity::Info => {
            let mut lines = help.lines();
            writeln!(out, "  fix: {}", Escaped(lines.next().unwrap_or_default()))?;
            lines.try_for_each(|line| writeln!(out, "       {}", Escaped(line)))
        }
        _ => Ok(()),
    }
}

/// Where else the secret stands that a finding is about.
fn write_places(finding: &Finding, style: Style, out: &mut dyn io::Write) -> io::Result<()> {
    let mut headline = false;
    let others: Vec<&Place> = finding
        .places
        .iter()
        .filter(|place| style.verbose || place.suppressed.is_none())
        .filter(|place| {
            let first = !headline && place.location == finding.location;
            headline |= first;
            !first
        })
        .collect();
    let hidden = finding
        .places
        .iter()
        .find(|place| place.location == finding.location);
    if let Some(hidden) = hidden.and_then(|place| place.hidden.as_ref()) {
        let by = hidden
            .instruction
            .as_deref()
            .unwrap_or("an unknown instruction");
        let line = format!("out of sight since layer {}: {by}", hidden.layer);
        writeln!(out, "     {}", shortened(&line, NOTE_WIDTH))?;
    }
    let shown = if style.verbose { others.len() } else { PLACES };
    for place in others.iter().take(shown) {
        let line = other_place(place);
        let line = if style.verbose {
            Escaped(&line).to_string()
        } else {
            shortened(&line, NOTE_WIDTH)
        };
        writeln!(out, "     {line}")?;
    }
    match others.len().saturating_sub(shown) {
        0 => Ok(()),
        more => writeln!(out, "     … and {more} more places"),
    }
}

/// `also in /app/.env · layer 2 · line 3`
fn other_place(place: &Place) -> String {
    let location = &place.location;
    let mut line = format!("also {place}");
    if let (Some(layer), None) = (location.layer, &place.hidden) {
        line = format!("{line} · layer {layer}");
    }
    if let Some(number) = location.line {
        line = format!("{line} · line {number}");
    }
    if place.origin == Some(Origin::Base) {
        line.push_str(" · from the base image");
    }
    match &place.suppressed {
        Some(reason) => format!("{line} · suppressed: {reason}"),
        None => line,
    }
}

/// `layer 2, line 3 of root/.ssh/id_rsa, by RUN … (base image)`
fn place(finding: &Finding) -> Option<String> {
    let location = &finding.location;
    let mut parts = Vec::new();
    if let Some(layer) = location.layer {
        parts.push(format!("layer {layer}"));
    }
    if let Some(path) = &location.path {
        let line = location
            .line
            .map(|line| format!(":{line}"))
            .unwrap_or_default();
        parts.push(format!("{path}{line}"));
    }
    if let Some(field) = &location.field {
        parts.push(Escaped(field).to_string());
    }
    if let (Some(offset), None) = (location.offset, location.line) {
        parts.push(format!("byte {offset}"));
    }
    if let Some(instruction) = &location.instruction {
        parts.push(shortened(instruction, INSTRUCTION_WIDTH));
    }
    if finding.origin == Some(Origin::Base) {
        parts.push("from the base image".to_owned());
    }
    (!parts.is_empty()).then(|| parts.join(" · "))
}

/// `1 error, 2 warnings · 12.3MB of 78.1MB wasted (15.7 %)`
fn summary(image: &ImageReport, style: Style) -> String {
    let counted = |finding: &&Finding| finding.suppressed.is_none();
    let count = |severity| {
        let findings = image.findings.iter().filter(counted);
        findings
            .filter(|finding| finding.severity == severity)
            .count()
    };
    let suppressed = match image.findings.iter().filter(|it| !counted(it)).count() {
        0 => String::new(),
        count => format!(", {count} suppressed"),
    };
    let rejected = match image.rejected {
        1 if style.verbose => " · 1 token with a wrong checksum passed over".to_owned(),
        count if style.verbose && count > 1 => {
            format!(" · {count} tokens with a wrong checksum passed over")
        }
        _ => String::new(),
    };
    let waste = &image.waste;
    let verdict = if image.incomplete.is_empty() {
        ""
    } else {
        " · not judged whole"
    };
    format!(
        "{}{}{}{suppressed} · {} of {} wasted ({}){rejected}{verdict}",
        bold(),
        counts([
            count(Severity::Error),
            count(Severity::Warning),
            count(Severity::Info)
        ]),
        bold().render_reset(),
        human_size(waste.wasted_bytes),
        human_size(waste.total_bytes),
        percent(waste.wasted_bytes, waste.total_bytes),
    )
}

fn total(run: &Run, images: usize) -> String {
    let all =
        [Severity::Error, Severity::Warning, Severity::Info].map(|severity| run.count(severity));
    let unread = run
        .archives
        .iter()
        .filter(|archive| !archive.judged_whole())
        .count();
    let unread = match unread {
        0 => String::new(),
        count => format!(
            " · {count} of {} archives not judged whole",
            run.archives.len()
        ),
    };
    let images = if images == 1 {
        "1 image".to_owned()
    } else {
        format!("{images} images")
    };
    format!(
        "{}{images}: {}{}{unread}",
        bold(),
        counts(all),
        bold().render_reset()
    )
}

/// `2 errors, 1 warning`; `no findings`.
fn counts(counts: [usize; 3]) -> String {
    let names = [
        ("error", "errors"),
        ("warning", "warnings"),
        ("note", "notes"),
    ];
    let parts: Vec<_> = counts
        .into_iter()
        .zip(names)
        .filter(|(count, _)| *count > 0)
        .map(|(count, (one, many))| format!("{count} {}", if count == 1 { one } else { many }))
        .collect();
    if parts.is_empty() {
        "no findings".to_owned()
    } else {
        parts.join(", ")
    }
}

fn bold() -> Ansi {
    Ansi::new().bold()
}

fn colour(severity: Severity) -> Ansi {
    let colour = match severity {
        Severity::Error => AnsiColor::Red,
        Severity::Warning => AnsiColor::Yellow,
        Severity::Info => AnsiColor::Cyan,
    };
    colour.on_default().bold()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn counts_read_as_people_say_them() {
        assert_eq!(counts([0, 0, 0]), "no findings");
        assert_eq!(counts([1, 0, 2]), "1 error, 2 notes");
        assert_eq!(counts([2, 1, 1]), "2 errors, 1 warning, 1 note");
    }

    #[test]
    fn a_problem_met_late_does_not_hide_what_was_found() {
        let problem = Problem {
            code: None,
            message: "app.tar: changed".to_owned(),
            help: None,
        };
        let absent = super::super::Absent {
            platform: Some("linux/arm64".to_owned()),
            digest: imglint_format::Digest::of_bytes(b""),
        };
        let archive = ArchiveReport {
            form: Some("docker save".to_owned()),
            absent: vec![absent],
            ..ArchiveReport::unopened("app.tar".to_owned(), problem)
        };
        let run = Run {
            fail_on: crate::args::FailOn::Never,
            archives: vec![archive],
        };
        let style = Style {
            quiet: false,
            verbose: false,
        };
        let mut out = anstream::StripStream::new(Vec::new());
        write_archive(&run, &run.archives[0], style, &mut out).unwrap();
        let told = String::from_utf8(out.into_inner()).unwrap();
        assert!(told.contains("error: app.tar: changed\n"), "{told}");
        assert!(told.contains("not judged: linux/arm64"), "{told}");
    }
}
