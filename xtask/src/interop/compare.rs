//! Comparing the archives of one folder, and telling what differs.

use std::{
    collections::BTreeSet,
    fs,
    path::{Path, PathBuf},
};

use miette::{IntoDiagnostic as _, Result, WrapErr as _, miette};

use super::{
    engines::Engines,
    planted,
    reading::{self, Lines, Reading},
    unpacked,
};

/// Prints a table of the folder's archives, and gives the number of differences.
pub(super) fn folder(program: &Path, engines: &Engines, folder: &Path) -> Result<usize> {
    println!("\n{}", folder.display());
    let (exports, images): (Vec<_>, Vec<_>) = archives(folder)?
        .into_iter()
        .partition(|path| is_export(path));
    let readings = images.iter().map(|archive| reading::read(program, archive));
    let readings = readings.collect::<Result<Vec<_>>>()?;
    let (buildkit, first): (Vec<_>, Vec<_>) = readings.into_iter().partition(is_buildkit);
    let mut table = Table::new();
    if let Some(seed) = first.first() {
        for reading in &first {
            table.row(reading, "same build", &reading.exact, &seed.exact)?;
        }
    }
    for reading in &buildkit {
        let other = first.first().unwrap_or(reading);
        table.row(reading, "other build", &reading.loose, &other.loose)?;
    }
    for reading in first.iter().chain(&buildkit) {
        if let Some(missed) = planted::missed(program, &reading.path)? {
            let problem = (!missed.is_empty()).then(|| missed.join(", "));
            table.check(&reading.path, "planted secrets", problem);
        }
    }
    for export in exports {
        let code = reading::exit_code(program, &export)?;
        let problem = format!("exit code {code:?} for files that are no image, not 3");
        table.check(&export, "no image", (code != Some(3)).then_some(problem));
    }
    let witnessed =
        [&first, &buildkit].map(|build| build.iter().find(|reading| reading.path.is_file()));
    // Names that hold planted secrets are masked, so they cannot be what umoci has.
    let comparable = |_: &&Reading| !folder.join(planted::LIST).exists();
    for reading in witnessed.into_iter().flatten().filter(comparable) {
        match unpacked::difference(engines, reading) {
            Ok(problem) => table.check(&reading.path, "umoci unpack", problem),
            Err(reason) => println!(
                "  {} not compared with umoci: {reason}",
                name(&reading.path)
            ),
        }
    }
    Ok(table.finish())
}

/// Archives by name; folders count when they hold an image.
fn archives(folder: &Path) -> Result<Vec<PathBuf>> {
    let entries = fs::read_dir(folder)
        .into_diagnostic()
        .wrap_err_with(|| folder.display().to_string())?;
    let paths = entries.map(|entry| entry.map(|entry| entry.path()).into_diagnostic());
    let mut paths = paths.collect::<Result<Vec<_>>>()?;
    paths.retain(|path| {
        path.is_dir() || path.extension().is_some_and(|extension| extension == "tar")
    });
    paths.sort();
    if paths.is_empty() {
        Err(miette!("{} holds no archives", folder.display()))
    } else {
        Ok(paths)
    }
}

fn is_export(path: &Path) -> bool {
    name(path) == "docker-export.tar"
}

fn is_buildkit(reading: &Reading) -> bool {
    name(&reading.path).starts_with("buildkit-")
}

fn name(path: &Path) -> String {
    path.file_name()
        .unwrap_or_default()
        .to_string_lossy()
        .into_owned()
}

/// Rows are printed as they come; what differs is told at the end.
struct Table {
    problems: Vec<String>,
}

impl Table {
    fn new() -> Self {
        println!(
            "  {:30} {:11} tree  findings waste history  form",
            "archive", "compared"
        );
        Self {
            problems: Vec::new(),
        }
    }

    fn row(&mut self, reading: &Reading, how: &str, lines: &Lines, expected: &Lines) -> Result<()> {
        let name = name(&reading.path);
        let mut cell = |what: &str, problem: Option<String>| {
            let word = if problem.is_some() { "DIFF" } else { "same" };
            self.problems
                .extend(problem.map(|problem| format!("{name}: {what}: {problem}")));
            word
        };
        let whole = reading.incomplete.is_empty();
        cell(
            "judged whole",
            (!whole).then(|| reading.incomplete.join("; ")),
        );
        let tree = cell("tree", difference(&lines.tree, &expected.tree));
        let findings = cell("findings", difference(&lines.findings, &expected.findings));
        let waste = cell("waste", difference(&lines.waste, &expected.waste));
        let history = match docker_history(&reading.path)? {
            Some(docker) => cell("history", history_difference(&reading.history, &docker)),
            None => "-",
        };
        println!(
            "  {name:30} {how:11} {tree:5} {findings:8} {waste:5} {history:8} {}",
            reading.form
        );
        Ok(())
    }

    fn check(&mut self, path: &Path, what: &str, problem: Option<String>) {
        let name = name(path);
        println!(
            "  {name:30} {what:11}{}",
            if problem.is_some() {
                " DIFF"
            } else {
                " as expected"
            }
        );
        self.problems
            .extend(problem.map(|problem| format!("{name}: {what}: {problem}")));
    }

    fn finish(self) -> usize {
        for problem in &self.problems {
            println!("  {problem}");
        }
        self.problems.len()
    }
}

/// How many lines only one of both has, and the first of them.
pub(super) fn difference(lines: &[String], expected: &[String]) -> Option<String> {
    if lines == expected {
        return None;
    }
    let (lines, expected): (BTreeSet<_>, BTreeSet<_>) =
        (lines.iter().collect(), expected.iter().collect());
    let show = |sign: char, lines: &[&&String]| {
        let first = lines
            .iter()
            .take(3)
            .map(|line| format!("\n      {sign} {line}"));
        first.collect::<String>()
    };
    let more: Vec<_> = lines.difference(&expected).collect();
    let fewer: Vec<_> = expected.difference(&lines).collect();
    let counts = format!("{} lines more, {} fewer", more.len(), fewer.len());
    Some(format!("{counts}{}{}", show('+', &more), show('-', &fewer)))
}

/// What `docker history` said, where it counts content.
fn docker_history(archive: &Path) -> Result<Option<Vec<(u64, String)>>> {
    let Ok(text) = fs::read_to_string(archive.with_extension("history")) else {
        return Ok(None);
    };
    let rows = parse_history(&text).ok_or_else(|| miette!("{}: bad history", archive.display()))?;
    Ok(Some(rows).filter(|rows| !counts_blocks(rows)))
}

/// Bytes, tab and instruction of each step; an instruction may have more lines.
fn parse_history(text: &str) -> Option<Vec<(u64, String)>> {
    let mut rows: Vec<(u64, String)> = Vec::new();
    for line in text.lines() {
        let row = line
            .split_once('\t')
            .and_then(|(size, by)| Some((size.parse().ok()?, by.to_owned())));
        match row {
            Some(row) => rows.push(row),
            None => rows.last_mut()?.1.extend(["\n", line]),
        }
    }
    Some(rows)
}

/// The containerd store counts blocks of its file system, all layers in whole blocks.
fn counts_blocks(rows: &[(u64, String)]) -> bool {
    rows.iter().any(|(size, _)| *size > 0) && rows.iter().all(|(size, _)| size % 4096 == 0)
}

/// The first step with another size; Docker prints tabs as blanks, so only sizes are compared.
fn history_difference(ours: &[(u64, String)], docker: &[(u64, String)]) -> Option<String> {
    if ours.len() != docker.len() {
        return Some(format!("{} steps, docker has {}", ours.len(), docker.len()));
    }
    let mut steps = ours.iter().zip(docker);
    let ((size, _), (expected, instruction)) = steps.find(|(ours, docker)| ours.0 != docker.0)?;
    Some(format!(
        "{size} bytes, docker says {expected}: {instruction}"
    ))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn row(size: u64, instruction: &str) -> (u64, String) {
        (size, instruction.to_owned())
    }

    #[test]
    fn lines_of_one_side_alone_are_counted_and_shown() {
        let ours = ["a", "b"].map(str::to_owned);
        let theirs = ["a", "c"].map(str::to_owned);
        assert_eq!(difference(&ours, &ours), None);
        let told = difference(&ours, &theirs).unwrap();
        assert_eq!(
            told,
            "1 lines more, 1 fewer
      + b
      - c"
        );
        let twice = ["a", "b", "b"].map(str::to_owned);
        assert!(difference(&twice, &ours).is_some());
    }

    #[test]
    fn a_history_may_have_instructions_of_many_lines() {
        let rows = parse_history("0\tCMD [\"sh\"]\n12\tRUN <<E\necho\nE\n").unwrap();
        assert_eq!(rows, [row(0, "CMD [\"sh\"]"), row(12, "RUN <<E\necho\nE")]);
        assert_eq!(parse_history("no size\n"), None);
    }

    #[test]
    fn sizes_in_whole_blocks_are_the_containerd_stores() {
        assert!(counts_blocks(&[row(0, ""), row(8192, "")]));
        assert!(!counts_blocks(&[row(0, ""), row(8191, ""), row(4096, "")]));
        assert!(!counts_blocks(&[row(0, "")]));
    }

    #[test]
    fn the_first_step_of_another_size_is_told() {
        let docker = [row(0, "CMD"), row(5, "RUN")];
        assert_eq!(history_difference(&docker, &docker), None);
        let told = history_difference(&[row(0, "CMD"), row(4, "RUN")], &docker).unwrap();
        assert_eq!(told, "4 bytes, docker says 5: RUN");
    }
}
