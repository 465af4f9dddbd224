//! A build context with a secret in every place that a Dockerfile can put one, and whether each is told.

use std::{fmt::Write as _, fs, os::unix::fs::symlink, path::Path, process::Command};

use imglint_testkit::planted;
use miette::{IntoDiagnostic as _, Result, WrapErr as _};
use serde_json::Value;

use crate::process;

/// Beside the archives of such a context: place, secret and where it must be told, tabs between.
pub(super) const LIST: &str = "planted.tsv";

/// As large as logs get that people forget.
const LOG_SIZE: usize = 60 << 20;

/// One secret: what is special about its place, and what a finding's place must hold.
struct Row {
    place: &'static str,
    secret: String,
    told: String,
}

/// Writes the context, and the list of what is in it.
pub(super) fn write(context: &Path) -> Result<()> {
    let mut rows = Vec::new();
    let mut row = |place: &'static str, told: &str| {
        let secret = planted::token(place);
        rows.push(Row {
            place,
            secret: secret.clone(),
            told: told.to_owned(),
        });
        secret
    };
    let text = |secret: &str| format!("token = {secret}\n");
    put(
        context,
        "base.conf",
        text(&row("base layer", "/etc/base.conf")),
    )?;
    put(
        context,
        "first.conf",
        text(&row("overwritten file", "/etc/app.conf")),
    )?;
    put(context, "second.conf", "token =\n")?;
    put(
        context,
        "gone.conf",
        text(&row("deleted file", "/etc/gone.conf")),
    )?;
    put(
        context,
        "opaque/a.conf",
        text(&row("opaque directory", "/opaque/a.conf")),
    )?;
    let name = row("file name", "/srv/names/");
    put(context, &format!("names/{name}.txt"), "named\n")?;
    symlink(
        row("symlink target", "/srv/names/link"),
        context.join("names/link"),
    )
    .into_diagnostic()?;
    let dockerfile = dockerfile(&mut row);
    put(context, "Dockerfile", &dockerfile)?;
    for file in planted::files(LOG_SIZE) {
        put(context, &format!("files/{}", file.path), file.content)?;
        rows.push(Row {
            place: file.place,
            secret: file.secret,
            told: format!("/{}", file.path),
        });
    }
    let mut list = String::new();
    for Row {
        place,
        secret,
        told,
    } in &rows
    {
        writeln!(list, "{place}\t{secret}\t{told}").into_diagnostic()?;
    }
    put(context, LIST, list)
}

fn dockerfile(row: &mut impl FnMut(&'static str, &str) -> String) -> String {
    let variable = row("ENV", "config.Env");
    let label = row("LABEL", "config.Labels");
    let command = row("CMD", "config.Cmd");
    let argument = row("build argument", "history");
    format!(
        "FROM scratch\n\
         ADD rootfs.tar /\n\
         COPY base.conf /etc/base.conf\n\
         CMD [\"/bin/sh\"]\n\
         ENV API={variable}\n\
         LABEL io.corp.note=\"see {label}\"\n\
         ARG BUILD_TOKEN={argument}\n\
         RUN : \"$BUILD_TOKEN\" && touch /built\n\
         COPY files/ /\n\
         COPY names/ /srv/names/\n\
         COPY first.conf /etc/app.conf\n\
         COPY second.conf /etc/app.conf\n\
         COPY gone.conf /etc/gone.conf\n\
         RUN rm /etc/gone.conf\n\
         COPY opaque/ /opaque/\n\
         RUN rm -rf /opaque && mkdir /opaque && touch /opaque/b\n\
         CMD [\"serve\", \"{command}\"]\n"
    )
}

fn put(context: &Path, name: &str, bytes: impl AsRef<[u8]>) -> Result<()> {
    let path = context.join(name);
    if let Some(folder) = path.parent() {
        fs::create_dir_all(folder).into_diagnostic()?;
    }
    fs::write(&path, bytes)
        .into_diagnostic()
        .wrap_err_with(|| path.display().to_string())
}

/// The places whose secret the program does not tell for this archive, or shows unasked; none if
/// nothing was planted.
pub(super) fn missed(program: &Path, archive: &Path) -> Result<Option<Vec<String>>> {
    let list = archive.with_file_name(LIST);
    let Ok(list) = fs::read_to_string(list) else {
        return Ok(None);
    };
    let report = |options: &[&str]| {
        let mut command = Command::new(program);
        let command = command.args(["--format", "json", "--fail-on", "never"]);
        Ok::<_, miette::Report>(process::output(command.args(options).arg(archive))?.stdout)
    };
    let shown = report(&["--show-secrets"])?;
    let masked = report(&[])?;
    let shown: Value = serde_json::from_slice(&shown).into_diagnostic()?;
    let masked = String::from_utf8_lossy(&masked);
    let findings: Vec<&Value> = findings(&shown).collect();
    let mut missed = Vec::new();
    for row in list.lines() {
        let mut cells = row.split('\t');
        let (Some(place), Some(secret), Some(told)) = (cells.next(), cells.next(), cells.next())
        else {
            continue;
        };
        let is_told = |finding: &&Value| {
            let text = finding.to_string();
            text.contains(secret) && text.contains(told)
        };
        if !findings.iter().any(is_told) {
            missed.push(place.to_owned());
        }
        if masked.contains(secret) {
            missed.push(format!("{place} (shown unasked)"));
        }
    }
    Ok(Some(missed))
}

fn findings(report: &Value) -> impl Iterator<Item = &Value> {
    let images = report.get("images").and_then(Value::as_array);
    images
        .into_iter()
        .flatten()
        .filter_map(|image| image.get("findings")?.as_array())
        .flatten()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_place_has_a_secret_of_its_own() {
        let context = tempfile::tempdir().unwrap();
        write(context.path()).unwrap();
        let list = fs::read_to_string(context.path().join(LIST)).unwrap();
        let mut secrets: Vec<_> = list
            .lines()
            .filter_map(|row| row.split('\t').nth(1))
            .collect();
        let count = secrets.len();
        assert!(count > 30, "{list}");
        secrets.sort_unstable();
        secrets.dedup();
        assert_eq!(secrets.len(), count);
        let dockerfile = fs::read_to_string(context.path().join("Dockerfile")).unwrap();
        assert!(dockerfile.starts_with("FROM scratch\n"));
    }
}
