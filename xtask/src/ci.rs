//! Everything that a change must pass, in the order of what fails soonest.

use std::{
    collections::BTreeSet,
    fs,
    path::{Path, PathBuf},
    process::Command,
    time::Instant,
};

use cargo_metadata::Package;
use miette::{IntoDiagnostic as _, Result, WrapErr as _, miette};

use crate::{
    gen_docs, process,
    workspace::{self, cargo},
};

/// Runs every step and stops at the first that fails.
pub(crate) fn run() -> Result<()> {
    let begin = Instant::now();
    step("format", || {
        process::run(cargo().args(["fmt", "--all", "--check"]))
    })?;
    step("clippy", || {
        process::run(&mut clippy(&[
            "--workspace",
            "--all-targets",
            "--all-features",
        ]))
    })?;
    step("rules' pages", || {
        gen_docs::run(&gen_docs::Args { check: true })
    })?;
    step("tests and snapshots", tests)?;
    step("doctests", || {
        process::run(cargo().args(["test", "--quiet", "--workspace", "--all-features", "--doc"]))
    })?;
    step("documentation", documentation)?;
    step("each feature alone", features)?;
    let missing: Vec<&str> = TOOLS
        .iter()
        .filter_map(|tool| tool.run().transpose())
        .collect::<Result<_>>()?;
    println!(
        "\neverything passed in {:.0} s",
        begin.elapsed().as_secs_f64()
    );
    for tool in missing {
        println!("not run, for it is not installed: {tool}");
    }
    Ok(())
}

/// Runs one step between a line that names it and a line with its time.
fn step(name: &str, work: impl FnOnce() -> Result<()>) -> Result<()> {
    println!("== {name}");
    let begin = Instant::now();
    work().wrap_err_with(|| format!("{name} failed"))?;
    println!("== {name}: {:.1} s\n", begin.elapsed().as_secs_f64());
    Ok(())
}

fn clippy(selection: &[&str]) -> Command {
    let mut command = cargo();
    command
        .args(["clippy", "--quiet"])
        .args(selection)
        .args(["--", "--deny", "warnings"]);
    command
}

/// Runs the tests, and errs when a snapshot file is left that none of them reads.
fn tests() -> Result<()> {
    let read = workspace::target("ci")?.join("snapshots-read");
    workspace::write(&read, "")?;
    let mut command = cargo();
    if process::succeeds(cargo().args(["nextest", "--version"])) {
        command.args(["nextest", "run", "--no-fail-fast", "--status-level", "fail"]);
    } else {
        command.args([
            "test",
            "--quiet",
            "--no-fail-fast",
            "--lib",
            "--bins",
            "--tests",
        ]);
    }
    command.args(["--workspace", "--all-features"]);
    process::run(
        command
            .env("INSTA_UPDATE", "no")
            .env("INSTA_SNAPSHOT_REFERENCES_FILE", &read),
    )?;
    let read = fs::read_to_string(read).into_diagnostic()?;
    let read = read
        .lines()
        .filter_map(|line| Path::new(line).canonicalize().ok())
        .collect();
    let stale = stale_snapshots(&read, snapshots(workspace::root())?);
    if stale.is_empty() {
        Ok(())
    } else {
        Err(miette!("no test reads {}", stale.join(", ")))
    }
}

fn stale_snapshots(read: &BTreeSet<PathBuf>, snapshots: Vec<PathBuf>) -> Vec<String> {
    let stale = snapshots
        .into_iter()
        .filter(|snapshot| !read.contains(snapshot));
    stale
        .map(|snapshot| snapshot.display().to_string())
        .collect()
}

/// The snapshot files below a folder of sources.
fn snapshots(root: &Path) -> Result<Vec<PathBuf>> {
    let mut found = Vec::new();
    let mut folders = vec![root.canonicalize().into_diagnostic()?];
    while let Some(folder) = folders.pop() {
        for entry in fs::read_dir(folder).into_diagnostic()? {
            let entry = entry.into_diagnostic()?;
            let name = entry.file_name();
            if entry.file_type().into_diagnostic()?.is_dir() {
                let hidden = name.as_encoded_bytes().starts_with(b".");
                folders.extend((!hidden && name != "target").then(|| entry.path()));
            } else if entry
                .path()
                .extension()
                .is_some_and(|extension| extension == "snap")
            {
                found.push(entry.path());
            }
        }
    }
    found.sort();
    Ok(found)
}

fn documentation() -> Result<()> {
    let arguments = [
        "doc",
        "--quiet",
        "--workspace",
        "--all-features",
        "--no-deps",
    ];
    process::run(
        cargo()
            .args(arguments)
            .env("RUSTDOCFLAGS", "--deny warnings"),
    )
}

/// Checks each library without features, and with each of its features alone.
fn features() -> Result<()> {
    for package in workspace::metadata()?.workspace_packages() {
        for feature in alone(package) {
            let selection = ["--package", &package.name, "--lib", "--no-default-features"];
            let mut command = clippy(&[&selection[..], &["--features", feature]].concat());
            println!("{} with {feature:?}", package.name);
            process::run(&mut command)?;
        }
    }
    Ok(())
}

/// The empty set and each single feature of a package that has features.
fn alone(package: &Package) -> Vec<&str> {
    let features = package
        .features
        .keys()
        .map(String::as_str)
        .filter(|name| *name != "default");
    let features: Vec<&str> = features.collect();
    if features.is_empty() {
        features
    } else {
        [&[""], &features[..]].concat()
    }
}

/// A tool that not everyone has.
struct Tool {
    name: &'static str,
    /// What succeeds where it is installed.
    probe: &'static [&'static str],
    run: &'static [&'static str],
}

const TOOLS: &[Tool] = &[
    Tool {
        name: "cargo-deny",
        probe: &["cargo", "deny", "--version"],
        run: &[
            "cargo",
            "deny",
            "--workspace",
            "check",
            "bans",
            "licenses",
            "sources",
        ],
    },
    Tool {
        name: "cargo-hack",
        probe: &["cargo", "hack", "--version"],
        run: &["cargo", "hack", "check", "--workspace", "--each-feature"],
    },
    Tool {
        name: "cargo-semver-checks with a release tag v0.1.0 or later",
        probe: &[
            "sh",
            "-c",
            "cargo semver-checks --version && git describe --match 'v*'",
        ],
        run: &["cargo", "semver-checks", "--workspace"],
    },
    Tool {
        name: concat!(
            "Rust ",
            env!("CARGO_PKG_RUST_VERSION"),
            " (the oldest that we support)"
        ),
        probe: &[
            "rustup",
            "run",
            env!("CARGO_PKG_RUST_VERSION"),
            "cargo",
            "--version",
        ],
        run: &[
            "rustup",
            "run",
            env!("CARGO_PKG_RUST_VERSION"),
            "cargo",
            "check",
            "--workspace",
            "--all-features",
        ],
    },
];

impl Tool {
    /// Runs the tool; gives its name where it is missing.
    fn run(&self) -> Result<Option<&'static str>> {
        if !command(self.probe).is_some_and(|mut probe| process::succeeds(&mut probe)) {
            return Ok(Some(self.name));
        }
        let run = || command(self.run).map_or(Ok(()), |mut run| process::run(&mut run));
        step(self.name, run).map(|()| None)
    }
}

fn command(words: &[&str]) -> Option<Command> {
    let (program, arguments) = words.split_first()?;
    let mut command = Command::new(program);
    command.args(arguments).current_dir(workspace::root());
    Some(command)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_snapshot_that_no_test_reads_is_stale() {
        let folder = tempfile::tempdir().unwrap();
        for name in [
            "src/snapshots/a.snap",
            "src/snapshots/b.snap",
            "target/c.snap",
            ".git/d.snap",
        ] {
            let path = folder.path().join(name);
            fs::create_dir_all(path.parent().unwrap()).unwrap();
            fs::write(path, "").unwrap();
        }
        let found = snapshots(folder.path()).unwrap();
        assert_eq!(found.len(), 2, "{found:?}");
        let read = BTreeSet::from([found[0].clone()]);
        assert_eq!(
            stale_snapshots(&read, found.clone()),
            [found[1].display().to_string()]
        );
    }

    #[test]
    fn the_decoders_are_each_tried_alone() {
        let metadata = workspace::metadata().unwrap();
        let packages = metadata.workspace_packages();
        let tar = packages
            .iter()
            .find(|package| package.name == "imglint-tar")
            .unwrap();
        assert_eq!(alone(tar), ["", "bzip2", "gzip", "xz", "zstd"]);
    }
}
