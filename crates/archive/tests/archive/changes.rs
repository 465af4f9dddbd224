//! Files that somebody writes to while the archive is open.

use std::{
    fs::{self, File},
    io::Write as _,
    path::Path,
    time::{Duration, SystemTime},
};

use imglint_archive::{Archive, Options};
use imglint_testkit::{
    Compress, Image, Layer,
    archive::{self, members},
};

use crate::{open, told};

fn image() -> Image {
    Image::new("app:1.0").layer(Layer::new().file("f", "content"), "RUN f")
}

/// What is told of an archive that `change` has changed after it was opened.
fn after(path: &Path, change: impl FnOnce(&Path)) -> Option<String> {
    let archive = Archive::open(path, &Options::default()).unwrap();
    assert!(archive.check_unchanged().is_ok(), "nothing has changed yet");
    change(path);
    let error = archive.check_unchanged().err()?;
    let told = told(&error);
    let line = told.lines().next()?;
    Some(line.strip_prefix(path.to_str()?)?.to_owned())
}

fn after_in_file(bytes: &[u8], change: impl FnOnce(&Path)) -> Option<String> {
    let dir = tempfile::tempdir().unwrap();
    let path = dir.path().join("app.tar");
    fs::write(&path, bytes).unwrap();
    after(&path, change)
}

fn after_in_directory(change: impl FnOnce(&Path)) -> Option<String> {
    let dir = tempfile::tempdir().unwrap();
    for member in members(&archive::oci_archive(&[image()], Compress::None)) {
        let path = dir.path().join(&member.path);
        fs::create_dir_all(path.parent().unwrap()).unwrap();
        if !member.path.ends_with('/') {
            fs::write(path, &member.content).unwrap();
        }
    }
    after(dir.path(), change)
}

fn append(path: &Path) {
    let mut file = File::options().append(true).open(path).unwrap();
    file.write_all(b"more").unwrap();
}

/// Whatever the resolution of the clock, this is another time than that of the write.
fn touch(path: &Path) {
    let file = File::options().write(true).open(path).unwrap();
    let later = SystemTime::now() + Duration::from_secs(60);
    file.set_modified(later).unwrap();
}

#[test]
fn file_that_grows() {
    let bytes = archive::docker_save(&[image()]);
    let size = bytes.len();
    let told = after_in_file(&bytes, append);
    let expected = format!(
        ": changed while it was read ({size} bytes, now {})",
        size + 4
    );
    assert_eq!(told, Some(expected));
}

#[test]
fn file_that_shrinks() {
    let bytes = archive::docker_save(&[image()]);
    let size = bytes.len();
    let told = after_in_file(&bytes, |path| fs::write(path, "").unwrap());
    let expected = format!(": changed while it was read ({size} bytes, now 0)");
    assert_eq!(told, Some(expected));
}

#[test]
fn file_that_is_rewritten_at_the_same_length() {
    let bytes = archive::docker_save(&[image()]);
    let size = bytes.len();
    let told = after_in_file(&bytes, touch);
    let expected = format!(": changed while it was read ({size} bytes, now as many others)");
    assert_eq!(told, Some(expected));
}

#[test]
fn file_that_is_unlinked_stays_what_it_was() {
    let bytes = archive::docker_save(&[image()]);
    let replace = |path: &Path| {
        fs::remove_file(path).unwrap();
        fs::write(path, "another").unwrap();
    };
    assert_eq!(after_in_file(&bytes, replace), None);
}

#[test]
fn compressed_file_was_copied_and_may_change() {
    let bytes = imglint_testkit::compress(&archive::docker_save(&[image()]), Compress::Gzip);
    assert_eq!(after_in_file(&bytes, append), None);
    let copied = open(&bytes);
    assert!(copied.check_unchanged().is_ok());
}

#[test]
fn file_of_a_directory_that_grows() {
    let told = after_in_directory(|dir| append(&dir.join("oci-layout")));
    let size = r#"{"imageLayoutVersion":"1.0.0"}"#.len();
    let expected = format!(
        "/oci-layout: changed while it was read ({size} bytes, now {})",
        size + 4
    );
    assert_eq!(told, Some(expected));
}

#[test]
fn file_of_a_directory_that_is_replaced_or_goes() {
    let replace = |dir: &Path| {
        let (from, to) = (dir.join("new"), dir.join("index.json"));
        fs::copy(&to, &from).unwrap();
        fs::rename(from, to).unwrap();
    };
    let told = after_in_directory(replace).unwrap();
    assert!(
        told.starts_with("/index.json: ") && told.ends_with("now as many others)"),
        "{told}"
    );
    let told = after_in_directory(|dir| fs::remove_file(dir.join("index.json")).unwrap()).unwrap();
    assert!(
        told.starts_with("/index.json: ") && told.ends_with("now gone)"),
        "{told}"
    );
}
