//! Running the binary in a directory of its own, with an empty environment.

use std::{
    fs,
    io::Write as _,
    path::{Path, PathBuf},
    process::{Command, Output, Stdio},
    thread,
};

use serde_json::Value;
use tempfile::TempDir;

/// A working directory with the archives of one test.
#[derive(Debug)]
pub(crate) struct Workdir(TempDir);

/// What a run left: exit code and what it printed, which must be UTF-8.
#[derive(Debug)]
pub(crate) struct Outcome {
    pub(crate) code: i32,
    pub(crate) stdout: String,
    pub(crate) stderr: String,
}

impl Workdir {
    pub(crate) fn new() -> Self {
        Self(TempDir::new().unwrap())
    }

    /// One more file.
    pub(crate) fn with(self, name: &str, bytes: impl AsRef<[u8]>) -> Self {
        fs::write(self.path(name), bytes).unwrap();
        self
    }

    pub(crate) fn path(&self, name: impl AsRef<Path>) -> PathBuf {
        self.0.path().join(name)
    }

    pub(crate) fn read(&self, name: &str) -> String {
        fs::read_to_string(self.path(name)).unwrap()
    }

    pub(crate) fn run(&self, arguments: &[&str]) -> Outcome {
        self.run_in(arguments, b"", &[])
    }

    /// With these bytes on stdin and these variables, the only ones.
    pub(crate) fn run_in(
        &self,
        arguments: &[&str],
        stdin: &[u8],
        variables: &[(&str, &str)],
    ) -> Outcome {
        self.start(&self.path(""), arguments, stdin, variables)
    }

    /// In a directory below.
    pub(crate) fn run_below(&self, directory: &str, arguments: &[&str]) -> Outcome {
        self.start(&self.path(directory), arguments, b"", &[])
    }

    fn start(
        &self,
        directory: &Path,
        arguments: &[&str],
        stdin: &[u8],
        variables: &[(&str, &str)],
    ) -> Outcome {
        let mut child = Command::new(env!("CARGO_BIN_EXE_imglint"))
            .args(arguments)
            .current_dir(directory)
            .env_clear()
            .env("TMPDIR", self.0.path())
            .envs(variables.iter().copied())
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .stderr(Stdio::piped())
            .spawn()
            .unwrap();
        let mut pipe = child.stdin.take().unwrap();
        thread::scope(|scope| {
            // A run that does not want its stdin closes it early.
            scope.spawn(move || drop(pipe.write_all(stdin)));
            Outcome::from(child.wait_with_output().unwrap())
        })
    }

    /// A run of the bare command with `--format json`, as its report.
    pub(crate) fn report(&self, arguments: &[&str]) -> Value {
        self.run(&[&["--format", "json"], arguments].concat())
            .json()
    }
}

impl From<Output> for Outcome {
    fn from(output: Output) -> Self {
        Self {
            code: output.status.code().unwrap_or(-1), // ended by a signal
            stdout: String::from_utf8(output.stdout).unwrap(),
            stderr: String::from_utf8(output.stderr).unwrap(),
        }
    }
}

impl Outcome {
    /// stdout as one JSON document.
    pub(crate) fn json(&self) -> Value {
        let parsed = serde_json::from_str(&self.stdout);
        parsed.unwrap_or_else(|error| panic!("not JSON: {error}\n{self:#?}"))
    }

    /// Everything a person would see.
    pub(crate) fn text(&self) -> String {
        format!("{}{}", self.stdout, self.stderr)
    }

    /// Fails unless the run ended with this code and without a panic.
    #[track_caller]
    pub(crate) fn ended(&self, code: i32) -> &Self {
        assert_eq!(self.code, code, "{self:#?}");
        assert!(!self.text().contains("panicked"), "{self:#?}");
        self
    }

    /// Fails if any twelve bytes in a row of a secret are seen, beyond what names its kind.
    #[track_caller]
    pub(crate) fn hides(&self, secret: &str) -> &Self {
        let text = self.text();
        let windows = secret.as_bytes().windows(12);
        let mut windows = windows.map(|window| std::str::from_utf8(window).unwrap());
        let shown = windows.find(|window| text.contains(window));
        assert_eq!(shown, None, "{self:#?}");
        self
    }

    /// Fails unless all of these are seen.
    #[track_caller]
    pub(crate) fn shows(&self, parts: &[&str]) -> &Self {
        let text = self.text();
        for part in parts {
            assert!(text.contains(part), "{part:?} is missing in {self:#?}");
        }
        self
    }
}

/// `[rule, message]` of each finding, of archives and images alike.
pub(crate) fn findings(report: &Value) -> Vec<(String, String)> {
    let of = |list: &Value| list.as_array().cloned().unwrap_or_default();
    let bearers = [of(&report["archives"]), of(&report["images"])].concat();
    bearers
        .iter()
        .flat_map(|bearer| of(&bearer["findings"]))
        .map(|finding| (text(&finding["rule"]), text(&finding["message"])))
        .collect()
}

/// The rules that found something, each once, in order of the alphabet.
pub(crate) fn rules(report: &Value) -> Vec<String> {
    let mut rules: Vec<String> = findings(report).into_iter().map(|(rule, _)| rule).collect();
    rules.sort();
    rules.dedup();
    rules
}

pub(crate) fn text(value: &Value) -> String {
    value
        .as_str()
        .unwrap_or_else(|| panic!("no text: {value}"))
        .to_owned()
}
