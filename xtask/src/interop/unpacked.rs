//! The same image as umoci unpacks it: files on a disk, an independent witness of the squashed tree.

use std::{
    fs::{self, Metadata},
    os::unix::{ffi::OsStrExt as _, fs::MetadataExt as _},
    path::{Path, PathBuf},
    process::Command,
};

use imglint_layers::Escaped;
use miette::{IntoDiagnostic as _, Result, miette};
use serde_json::{Value, json};

use super::{
    compare,
    engines::{Engines, utf8},
    reading::{Reading, lines, number, text},
};
use crate::process;

/// What differs between the tree that was read and the one that umoci makes.
pub(super) fn difference(engines: &Engines, reading: &Reading) -> Result<Option<String>> {
    if let Some(tool) = ["skopeo", "umoci"]
        .into_iter()
        .find(|tool| !engines.has(tool))
    {
        return Err(miette!("{tool} is lacking"));
    }
    let folder = tempfile::tempdir().into_diagnostic()?;
    let rootfs = unpack(reading, folder.path())?;
    let unpacked = lines(walk(&rootfs)?);
    Ok(compare::difference(
        &lines(reading.files.iter().filter_map(read)),
        &unpacked,
    ))
}

/// Unpacks through an OCI layout, the one form that umoci knows.
fn unpack(reading: &Reading, folder: &Path) -> Result<PathBuf> {
    let (folder, archive) = (utf8(folder)?, utf8(&reading.path)?);
    let is_layout = reading.form.starts_with("OCI layout");
    let transport = if is_layout {
        "oci-archive"
    } else {
        "docker-archive"
    };
    let (from, to) = (
        format!("{transport}:{archive}"),
        format!("oci:{folder}/layout:1.0"),
    );
    let mut skopeo = Command::new("skopeo");
    let gzip = ["--dest-compress-format", "gzip"];
    skopeo
        .args(["--insecure-policy", "copy", "--quiet"])
        .args(gzip)
        .args([from, to]);
    process::stdout(&mut skopeo)?;
    let (image, bundle) = (format!("{folder}/layout:1.0"), format!("{folder}/bundle"));
    process::stdout(Command::new("umoci").args(["unpack", "--image", &image, &bundle]))?;
    Ok(Path::new(&bundle).join("rootfs"))
}

/// Every file below the root.
fn walk(rootfs: &Path) -> Result<Vec<Value>> {
    let (mut found, mut folders) = (Vec::new(), vec![rootfs.to_owned()]);
    while let Some(folder) = folders.pop() {
        for entry in fs::read_dir(folder).into_diagnostic()? {
            let path = entry.into_diagnostic()?.path();
            let metadata = path.symlink_metadata().into_diagnostic()?;
            found.push(unpacked(rootfs, &path, &metadata)?);
            folders.extend(metadata.is_dir().then_some(path));
        }
    }
    Ok(found)
}

fn unpacked(rootfs: &Path, path: &Path, metadata: &Metadata) -> Result<Value> {
    let name = path.strip_prefix(rootfs).into_diagnostic()?;
    let name = Escaped(name.as_os_str().as_bytes()).to_string();
    if metadata.is_symlink() {
        let target = fs::read_link(path).into_diagnostic()?;
        return Ok(json!([
            name,
            "symlink",
            Escaped(target.as_os_str().as_bytes()).to_string()
        ]));
    }
    let kind = if metadata.is_dir() {
        "directory"
    } else if metadata.is_file() {
        "file"
    } else {
        "special"
    };
    let size = if metadata.is_file() {
        metadata.len()
    } else {
        0
    };
    let mode = format!("{:04o}", metadata.mode() & 0o7777);
    Ok(json!([
        name,
        kind,
        size,
        mode,
        metadata.uid(),
        metadata.gid()
    ]))
}

/// The same of a file that was read; none for the root.
fn read(file: &Value) -> Option<Value> {
    let (name, kind) = (
        text(file, "/path").trim_start_matches('/'),
        text(file, "/kind"),
    );
    if name.is_empty() {
        return None;
    }
    if kind == "symlink" {
        return Some(json!([name, kind, text(file, "/target")]));
    }
    let size = if kind == "file" {
        number(file, "/size")
    } else {
        0
    };
    let kind = if ["file", "directory"].contains(&kind) {
        kind
    } else {
        "special"
    };
    let owner = [number(file, "/uid"), number(file, "/gid")];
    Some(json!([
        name,
        kind,
        size,
        text(file, "/mode"),
        owner[0],
        owner[1]
    ]))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_file_reads_as_it_is_unpacked() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("a");
        fs::write(&path, "abc").unwrap();
        let metadata = path.metadata().unwrap();
        let file = json!({
            "path": "a", "kind": "file", "size": 3, "mtime": 5, "layer": 0,
            "mode": format!("{:04o}", metadata.mode() & 0o7777),
            "uid": metadata.uid(), "gid": metadata.gid(),
        });
        assert_eq!(walk(folder.path()).unwrap(), [read(&file).unwrap()]);
    }

    #[test]
    fn a_link_is_its_target() {
        let folder = tempfile::tempdir().unwrap();
        std::os::unix::fs::symlink("to/there", folder.path().join("l")).unwrap();
        let link = json!({ "path": "l", "kind": "symlink", "size": 8, "mode": "0777", "target": "to/there" });
        assert_eq!(walk(folder.path()).unwrap(), [read(&link).unwrap()]);
    }
}
