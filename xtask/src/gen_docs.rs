//! Pages and tables that are made from the rules themselves.

use std::{
    collections::BTreeMap,
    fs,
    path::{Path, PathBuf},
};

use imglint_lint::{Rule, rules};
use miette::{IntoDiagnostic as _, Result, WrapErr as _, miette};

use crate::{
    demo,
    workspace::{self, write},
};

/// How to write the documents.
#[derive(Debug, clap::Args)]
pub(crate) struct Args {
    /// Write nothing; fail if something is not as it would be written
    #[arg(long)]
    pub(crate) check: bool,
}

const FOLDER: &str = "docs/rules";
const README: &str = "README.md";
/// Where the table of rules stands in the README.
const TABLE: [&str; 2] = [
    "<!-- rules: written by `cargo xtask gen-docs` -->\n",
    "<!-- end of rules -->\n",
];
/// Where the run of the demo stands in the README.
const RUN: [&str; 2] = [
    "<!-- demo: written by `cargo xtask gen-docs` -->\n",
    "<!-- end of demo -->\n",
];
/// Where the search through plain files stands in the README.
const SEARCH: [&str; 2] = [
    "<!-- secrets: written by `cargo xtask gen-docs` -->\n",
    "<!-- end of secrets -->\n",
];

/// Writes what is not as it should be, or with `--check` errs and names it.
pub(crate) fn run(args: &Args) -> Result<()> {
    let root = workspace::root();
    let readme = fs::read_to_string(root.join(README))
        .into_diagnostic()
        .wrap_err(README)?;
    let documents = documents(&readme, &demo::transcript()?, &demo::plain_files()?)?;
    let changed = documents
        .iter()
        .filter(|(path, text)| !is(&root.join(path), text));
    let changed: Vec<_> = changed.collect();
    let stale = stale(root, &documents)?;
    if args.check {
        let names = changed.iter().map(|(path, _)| *path).chain(&stale);
        return agree(
            &names
                .map(|path| path.display().to_string())
                .collect::<Vec<_>>(),
        );
    }
    fs::create_dir_all(root.join(FOLDER)).into_diagnostic()?;
    for (path, text) in changed {
        write(&root.join(path), text)?;
        println!("wrote {}", path.display());
    }
    for path in stale {
        fs::remove_file(root.join(&path)).into_diagnostic()?;
        println!("removed {}", path.display());
    }
    Ok(())
}

fn agree(differing: &[String]) -> Result<()> {
    if differing.is_empty() {
        return Ok(());
    }
    let help = "run `cargo xtask gen-docs`";
    Err(miette!(
        help = help,
        "not as the rules say: {}",
        differing.join(", ")
    ))
}

fn is(path: &Path, text: &str) -> bool {
    fs::read(path).is_ok_and(|found| found == text.as_bytes())
}

/// Every document with its text, by its path in the workspace.
fn documents(readme: &str, run: &str, search: &str) -> Result<BTreeMap<PathBuf, String>> {
    let folder = Path::new(FOLDER);
    let pages = rules::ALL
        .iter()
        .map(|rule| (folder.join(format!("{}.md", rule.id())), page(*rule)));
    let mut documents: BTreeMap<_, _> = pages.collect();
    documents.insert(folder.join(README), format!("# Rules\n\n{}", table("")));
    let readme = between(readme, TABLE, &table("docs/rules/"))?;
    let readme = between(&readme, RUN, &format!("```text\n{run}```\n"))?;
    let readme = between(&readme, SEARCH, &format!("```text\n{search}```\n"))?;
    documents.insert(README.into(), readme);
    Ok(documents)
}

/// Files among the pages that no rule has.
fn stale(root: &Path, documents: &BTreeMap<PathBuf, String>) -> Result<Vec<PathBuf>> {
    let Ok(entries) = fs::read_dir(root.join(FOLDER)) else {
        return Ok(Vec::new());
    };
    let paths =
        entries.map(|entry| Ok(Path::new(FOLDER).join(entry.into_diagnostic()?.file_name())));
    let paths = paths.collect::<Result<Vec<_>>>()?;
    Ok(paths
        .into_iter()
        .filter(|path| !documents.contains_key(path))
        .collect())
}

fn page(rule: &dyn Rule) -> String {
    let (id, code, severity) = (rule.id(), rule.code(), rule.severity().name());
    format!("# {id}\n\n{code}, {severity}\n\n{}\n", rule.page().trim())
}

/// All rules by code, with links to their pages in `folder`.
fn table(folder: &str) -> String {
    let rows = rules::ALL.iter().map(|rule| {
        let (code, id, severity) = (rule.code(), rule.id(), rule.severity().name());
        let summary = rule.summary().replace('|', "\\|");
        format!("| {code} | [`{id}`]({folder}{id}.md) | {severity} | {summary} |\n")
    });
    let head = "| Code | Rule | Severity | What it checks |\n|---|---|---|---|\n";
    std::iter::once(head.to_owned()).chain(rows).collect()
}

/// The text with something else between its marks.
fn between(text: &str, [begin, end]: [&str; 2], content: &str) -> Result<String> {
    let parts = text.split_once(begin).and_then(|(before, rest)| {
        let (_, after) = rest.split_once(end)?;
        Some((before, after))
    });
    let (before, after) = parts.ok_or_else(|| miette!("{README} has no {}", begin.trim_end()))?;
    Ok(format!("{before}{begin}{content}{end}{after}"))
}

#[cfg(test)]
mod tests {
    use super::*;

    const MARKS: [&str; 2] = ["<begin>", "<end>"];

    #[test]
    fn content_stands_between_its_marks_and_nowhere_else() {
        let new = between("before <begin>old<end> after", MARKS, "new").unwrap();
        assert_eq!(new, "before <begin>new<end> after");
        assert_eq!(between(&new, MARKS, "new").unwrap(), new);
    }

    #[test]
    fn a_text_without_marks_is_an_error() {
        assert!(between("nothing here", MARKS, "new").is_err());
        assert!(between("<end><begin>", MARKS, "new").is_err());
    }

    #[test]
    fn every_rule_has_a_page_and_a_row() {
        let readme = [TABLE, RUN, SEARCH].concat().concat();
        let documents = documents(&readme, "$ imglint\n", "$ imglint\n").unwrap();
        assert_eq!(documents.len(), rules::ALL.len() + 2);
        for rule in rules::ALL {
            assert!(documents.contains_key(&Path::new(FOLDER).join(format!("{}.md", rule.id()))));
            assert!(documents[Path::new(README)].contains(&format!("docs/rules/{}.md", rule.id())));
        }
    }
}
