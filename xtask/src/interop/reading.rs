//! What the program reads from one archive, as lines that can be compared.

use std::{
    path::{Path, PathBuf},
    process::Command,
};

use miette::{IntoDiagnostic as _, Result, WrapErr as _, miette};
use serde_json::{Value, json};

use crate::process;

/// What is compared, sorted.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct Lines {
    /// Files of the squashed tree.
    pub(super) tree: Vec<String>,
    /// Findings, but for those on the form of the archive.
    pub(super) findings: Vec<String>,
    pub(super) waste: Vec<String>,
}

/// One archive as it was read.
#[derive(Debug)]
pub(super) struct Reading {
    pub(super) path: PathBuf,
    /// Who writes archives of this form.
    pub(super) form: String,
    /// Why it could not be judged whole.
    pub(super) incomplete: Vec<String>,
    /// Everything that archives of one build have in common.
    pub(super) exact: Lines,
    /// What builds of one Dockerfile have in common: neither times nor the numbers of layers.
    pub(super) loose: Lines,
    /// Size in bytes and instruction of each step, newest first.
    pub(super) history: Vec<(u64, String)>,
    /// The files as the program gave them.
    pub(super) files: Vec<Value>,
}

/// Reads an archive with the program.
pub(super) fn read(program: &Path, archive: &Path) -> Result<Reading> {
    let run = |arguments: &[&str]| json(Command::new(program).args(arguments).arg(archive));
    let report = run(&["--format", "json", "--fail-on", "never"])?;
    let files = list(run(&["tree", "--format", "json"])?)?;
    let history = list(run(&["history", "--format", "json"])?)?;
    let image = report
        .pointer("/images/0")
        .ok_or_else(|| miette!("{}: no image", archive.display()))?;
    Ok(Reading {
        path: archive.to_owned(),
        form: text(&report, "/archives/0/form").to_owned(),
        incomplete: incomplete(image),
        exact: exact(image, &files),
        loose: loose(image, &files),
        history: history
            .iter()
            .map(|step| (number(step, "/size"), text(step, "/created_by").to_owned()))
            .collect(),
        files,
    })
}

/// The exit code of linting the archive.
pub(super) fn exit_code(program: &Path, archive: &Path) -> Result<Option<i32>> {
    let output = process::output(Command::new(program).arg("--quiet").arg(archive))?;
    Ok(output.status.code())
}

/// What the command prints; exit code 3 is told by the report itself.
fn json(command: &mut Command) -> Result<Value> {
    let output = process::output(command)?;
    let said = || {
        let stderr = String::from_utf8_lossy(&output.stderr);
        format!(
            "{}: {}: {}",
            process::show(command),
            output.status,
            stderr.trim_end()
        )
    };
    serde_json::from_slice(&output.stdout)
        .into_diagnostic()
        .wrap_err_with(said)
}

fn incomplete(image: &Value) -> Vec<String> {
    let reasons = image
        .get("incomplete_reasons")
        .and_then(Value::as_array)
        .into_iter()
        .flatten();
    reasons
        .map(|reason| reason.as_str().unwrap_or_default().to_owned())
        .collect()
}

fn list(value: Value) -> Result<Vec<Value>> {
    match value {
        Value::Array(list) => Ok(list),
        _ => Err(miette!("expected an array")),
    }
}

fn exact(image: &Value, files: &[Value]) -> Lines {
    Lines {
        tree: lines(files.iter().cloned()),
        findings: lines(findings(image).cloned()),
        waste: lines(image.get("waste").cloned()),
    }
}

fn loose(image: &Value, files: &[Value]) -> Lines {
    let tree = files.iter().filter(|file| !is_mount_point(file));
    let tree = tree.map(|file| without(file, &["mtime", "layer"]));
    let findings = findings(image).map(|finding| {
        // One deletion is one whiteout to some engines and many to others, so the place may differ.
        let place = match finding.get("bytes") {
            Some(bytes) => bytes.clone(),
            None => text(finding, "/location/path").into(),
        };
        json!([text(finding, "/rule"), text(finding, "/severity"), place])
    });
    let waste = ["wasted_bytes", "total_bytes"]
        .map(|key| json!([key, number(image, &format!("/waste/{key}"))]));
    Lines {
        tree: lines(tree),
        findings: lines(findings),
        waste: lines(waste),
    }
}

/// Findings on the image: codes of IL7 are for the archive and its form.
fn findings(image: &Value) -> impl Iterator<Item = &Value> {
    let all = image
        .get("findings")
        .and_then(Value::as_array)
        .into_iter()
        .flatten();
    all.filter(|finding| !text(finding, "/code").starts_with("IL7"))
}

/// What buildah makes for the mounts of a `RUN` and leaves in the image where it was not.
fn is_mount_point(file: &Value) -> bool {
    let path = text(file, "/path").trim_start_matches('/');
    let empty = number(file, "/size") == 0;
    empty && ["etc/hostname", "etc/hosts", "etc/resolv.conf", "run"].contains(&path)
}

fn without(value: &Value, keys: &[&str]) -> Value {
    let mut value = value.clone();
    if let Some(object) = value.as_object_mut() {
        object.retain(|key, _| !keys.contains(&key.as_str()));
    }
    value
}

pub(super) fn lines(values: impl IntoIterator<Item = Value>) -> Vec<String> {
    let mut lines: Vec<String> = values.into_iter().map(|value| value.to_string()).collect();
    lines.sort();
    lines
}

pub(super) fn text<'a>(value: &'a Value, pointer: &str) -> &'a str {
    value
        .pointer(pointer)
        .and_then(Value::as_str)
        .unwrap_or_default()
}

pub(super) fn number(value: &Value, pointer: &str) -> u64 {
    value
        .pointer(pointer)
        .and_then(Value::as_u64)
        .unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn image(layer: u64, mtime: u64) -> (Value, Vec<Value>) {
        let finding = |code| {
            json!({ "rule": "r", "code": code, "severity": "error", "message": format!("layer {layer}"),
                    "location": { "path": "a", "layer": layer }, "bytes": 3 })
        };
        let image = json!({
            "findings": [finding("IL501"), finding("IL702")],
            "waste": { "wasted_bytes": 1, "total_bytes": 2, "items": [{ "layer": layer }] },
        });
        (
            image,
            vec![json!({ "path": "a", "size": 3, "mtime": mtime, "layer": layer })],
        )
    }

    #[test]
    fn another_build_differs_in_layers_and_times_alone() {
        let ((first, files), (second, other)) = (image(1, 7), image(2, 8));
        assert_ne!(exact(&first, &files), exact(&second, &other));
        assert_eq!(loose(&first, &files), loose(&second, &other));
    }

    #[test]
    fn what_buildah_mounts_is_left_out_of_another_build_alone() {
        let (image, _) = image(1, 7);
        let files = [
            json!({ "path": "/etc/hosts", "size": 0 }),
            json!({ "path": "/etc/passwd", "size": 0 }),
            json!({ "path": "/run", "size": 5 }),
        ];
        assert_eq!(exact(&image, &files).tree.len(), 3);
        assert_eq!(loose(&image, &files).tree.len(), 2);
    }

    #[test]
    fn findings_on_the_form_of_the_archive_are_left_out() {
        let (image, files) = image(1, 7);
        assert_eq!(exact(&image, &files).findings.len(), 1);
        assert_eq!(loose(&image, &files).findings, [r#"["r","error",3]"#]);
    }
}
