//! Inputs that are no image archive, or were one once: each has its own message.

use std::{fs, path::Path};

use imglint_archive::{Archive, OpenError, Options};
use imglint_testkit::{Compress, Image, Layer, Outer, archive, compress};

use crate::{refused, told};

fn image() -> Image {
    Image::new("app:1.0").layer(Layer::new().file("f", "x".repeat(2000)), "RUN f")
}

#[track_caller]
fn says(bytes: &[u8], parts: &[&str]) {
    let error = told(&refused(bytes));
    for part in ["app.tar: "].iter().chain(parts) {
        assert!(error.contains(part), "{part:?} is not in {error:?}");
    }
}

fn manifest(content: &str) -> Vec<u8> {
    Outer::new().file("manifest.json", content).bytes()
}

#[test]
fn nothing() {
    says(b"", &["empty, not an image archive"]);
    says(&compress(b"", Compress::Gzip), &["empty"]);
}

#[test]
fn error_message_of_an_engine() {
    says(
        b"Error response from daemon: reference does not exist\n",
        &["an engine's error message: Error response from daemon: reference does not exist"],
    );
}

#[test]
fn text() {
    says(
        b"FROM debian\nRUN true\n",
        &["not a container image archive but text that begins with `FROM debian`"],
    );
    says(
        "x\u{1b}]0;title\n".repeat(400).as_bytes(),
        &["`x\\u{1b}]0;title`"],
    );
}

#[test]
fn other_formats() {
    says(b"{\"Id\": 1}", &["JSON that begins with `{\"Id\": 1}`"]);
    says(b"PK\x03\x04....", &["a zip archive"]);
    says(&[0; 4096], &["zero bytes where a tar would begin"]);
    says(&vec![0; 1 << 20], &["zero bytes where a tar would begin"]);
    says(
        &[7; 4096],
        &["data of an unknown kind", "cat parts* | imglint -"],
    );
    says(
        &compress(b"just text", Compress::Gzip),
        &["but gzip-compressed text that begins with `just text`"],
    );
}

#[test]
fn root_filesystem_of_docker_export() {
    let rootfs = Layer::new().dir("bin").file("bin/sh", "").dir("usr");
    says(
        &archive::docker_export(&rootfs),
        &[
            "not a container image archive but a root filesystem without image metadata (docker export?)",
            "docker save",
        ],
    );
}

#[test]
fn tars_of_other_things() {
    says(
        &Outer::new()
            .file("Dockerfile", "FROM x")
            .file("a.c", "")
            .bytes(),
        &["a build context"],
    );
    says(
        &Outer::new()
            .file("meta.json", "{}")
            .file("tls/docker/ca.pem", "")
            .bytes(),
        &["an exported Docker context"],
    );
    says(
        &Outer::new().file("docker/registry/v2/blobs/x", "").bytes(),
        &["the storage folder of a registry"],
    );
    says(
        &Outer::new().file("readme", "").bytes(),
        &["files without any image metadata"],
    );
}

#[test]
fn cut_inside_an_entry_names_entry_and_offset() {
    let bytes = archive::docker_save(&[image()]);
    says(
        &bytes[..4200],
        &[
            "ends early at byte 4200 inside entry \"",
            "cat parts* | imglint -",
        ],
    );
    says(
        &compress(&bytes[..4200], Compress::Gzip),
        &["ends early at byte 4200 inside entry \""],
    );
}

/// `docker save` and podman write v1 folders first and `manifest.json` last.
#[test]
fn cut_between_members_does_not_turn_an_archive_into_v1() {
    for whole in [
        archive::docker_save(&[image()]),
        archive::podman_docker(&[image()]),
        archive::docker_v1(&[image()]),
    ] {
        let last = [&b"manifest.json\0"[..], b"repositories\0"];
        let begins = |cut: &usize| last.iter().any(|name| whole[*cut..].starts_with(name));
        let cuts = (512..whole.len()).step_by(512);
        for cut in cuts.take_while(|cut| !begins(&(cut - 512))) {
            refused(&whole[..cut]);
        }
    }
}

#[test]
fn cut_inside_an_entry_that_nobody_needs() {
    let bytes = archive::docker_save(&[image()]);
    let whole = [
        &bytes[..bytes.len() - 1024],
        &Outer::new().file("unneeded", "x".repeat(900)).bytes(),
    ]
    .concat();
    let cut = whole.len() - 1024 - 600;
    says(
        &whole[..cut],
        &[&format!(
            "ends early at byte {cut} inside entry \"unneeded\""
        )],
    );
}

#[test]
fn damaged_header_names_its_offset() {
    let mut bytes = archive::docker_save(&[image()]);
    bytes[1024] ^= 1;
    says(&bytes, &["cannot be read as a tar", "at byte 1024"]);
}

#[test]
fn damaged_and_cut_compression() {
    let plain = archive::docker_save(&[image()]);
    for how in [
        Compress::Gzip,
        Compress::Zstd,
        Compress::Xz,
        Compress::Bzip2,
    ] {
        let whole = compress(&plain, how);
        says(
            &whole[..whole.len() / 2],
            &["compression is damaged", "ends at byte "],
        );
    }
    let mut gzip = compress(&plain, Compress::Gzip);
    let crc = gzip.len() - 8;
    gzip[crc] ^= 1;
    says(
        &gzip,
        &["the gzip compression is damaged", "damaged at byte "],
    );
}

#[test]
fn compressed_twice() {
    let twice = compress(
        &compress(&archive::docker_save(&[image()]), Compress::Zstd),
        Compress::Gzip,
    );
    says(&twice, &["compressed twice (zstd within gzip)"]);
}

#[test]
fn bomb_is_stopped_at_the_cap() {
    let mut options = Options::default();
    options.spool_cap = 100_000;
    for bytes in [
        compress(&vec![0; 1 << 20], Compress::Gzip),
        archive::docker_save(&[image()]).repeat(40),
    ] {
        let error = Archive::from_reader("app.tar", bytes.as_slice(), &options).unwrap_err();
        assert_eq!(
            error.to_string(),
            "app.tar: takes more than 100000 bytes on disk while it is read"
        );
    }
}

#[test]
fn too_many_members() {
    let mut options = Options::default();
    options.tar.entries = 3;
    let error = Archive::from_reader(
        "app.tar",
        archive::docker_save(&[image()]).as_slice(),
        &options,
    )
    .unwrap_err();
    assert_eq!(error.to_string(), "app.tar: has more than 3 members");
}

#[test]
fn no_room_for_the_temporary_file() {
    let mut options = Options::default();
    options.spool_dir = Some("/nonexistent".into());
    let error = Archive::from_reader("-", archive::docker_save(&[image()]).as_slice(), &options)
        .unwrap_err();
    assert!(told(&error).starts_with("-: cannot be kept in a temporary file (at byte 0)\n"));
}

#[test]
fn manifest_json_without_images() {
    says(
        &manifest("[]"),
        &["no image in it: manifest.json is an empty list"],
    );
    says(
        &manifest("null"),
        &["no image in it: manifest.json is null"],
    );
    says(
        &manifest("{}"),
        &[
            "manifest.json is an object, not a list of images",
            "`dir:` folder",
        ],
    );
    says(
        &Outer::new().dir("manifest.json").bytes(),
        &["manifest.json is not a file"],
    );
    says(
        &Outer::new()
            .file("index.json", "{\"manifests\":null}")
            .bytes(),
        &["index.json lists none"],
    );
}

#[test]
fn documents_that_are_not_json_name_the_byte() {
    says(
        &manifest("[{\"Config\": }]"),
        &["manifest.json cannot be understood", "byte 12"],
    );
    says(
        &manifest(""),
        &["manifest.json cannot be understood", "document is empty"],
    );
    says(&manifest("\u{feff}[]"), &["byte order mark at byte 0"]);
    says(&manifest("7"), &["expected an array of images at byte 0"]);
    says(
        &manifest(&"[".repeat(5000)),
        &["nested more than 1000 deep"],
    );
    says(
        &Outer::new().file("index.json", "[]").bytes(),
        &[
            "index.json cannot be understood",
            "expected an object at byte 0",
        ],
    );
}

#[test]
fn document_over_its_limit() {
    let mut options = Options::default();
    options.documents.docker_manifest = 10;
    let bytes = archive::docker_save(&[image()]);
    let error = Archive::from_reader("app.tar", bytes.as_slice(), &options).unwrap_err();
    assert!(
        told(&error).contains("more than the limit of 10"),
        "{}",
        told(&error)
    );
}

#[test]
fn index_of_absent_platforms_only() {
    let whole = archive::containerd(
        &[image()],
        &archive::Oci {
            absent: vec!["linux/arm64".into()],
            ..Compress::None.into()
        },
    );
    let index = archive::members(&whole)
        .into_iter()
        .find(|member| member.path == "index.json")
        .unwrap();
    let digest = String::from_utf8(index.content.clone()).unwrap();
    let nested = digest
        .split("sha256:")
        .nth(1)
        .unwrap()
        .get(..64)
        .unwrap()
        .to_owned();
    let bytes = archive::edit(&whole, |members| {
        members.retain(|member| member.path == "index.json" || member.path.ends_with(&nested));
    });
    says(
        &bytes,
        &[
            "no image in it: its index lists platforms",
            "docker pull --platform",
        ],
    );
}

#[test]
fn index_whose_manifest_is_missing() {
    let bytes = archive::edit(
        &archive::oci_archive(&[image()], Compress::Gzip),
        |members| {
            members.retain(|member| !member.path.starts_with("blobs/sha256/"));
        },
    );
    says(
        &bytes,
        &[
            "no image in it: index.json: manifest (sha256:",
            "is not in the archive",
        ],
    );
}

fn open_path(path: &Path) -> OpenError {
    Archive::open(path, &Options::default()).unwrap_err()
}

#[test]
fn paths_that_are_no_archive() {
    let dir = tempfile::tempdir().unwrap();
    let missing = dir.path().join("missing.tar");
    assert!(
        open_path(&missing)
            .to_string()
            .ends_with("missing.tar: no such file or directory")
    );
    assert!(told(&open_path(dir.path())).contains("files without any image metadata"));
    let empty = dir.path().join("empty.tar");
    fs::write(&empty, "").unwrap();
    assert!(
        open_path(&empty)
            .to_string()
            .ends_with("empty.tar: empty, not an image archive")
    );
}

#[test]
fn directories_of_other_things() {
    for (names, says) in [
        (["bin", "etc", "usr"], "a root filesystem"),
        (["Dockerfile", "src", "test"], "a build context"),
        (
            ["docker/registry/v2", "a", "b"],
            "the storage folder of a registry",
        ),
    ] {
        let dir = tempfile::tempdir().unwrap();
        for name in names {
            fs::create_dir_all(dir.path().join(name)).unwrap();
        }
        let error = told(&open_path(dir.path()));
        assert!(error.contains(says), "{error}");
    }
}
