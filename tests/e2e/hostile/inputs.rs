//! Inputs without an end, and inputs that are no files.

use std::{fs, os::unix::fs::symlink, process::Command};

use imglint_testkit::{Layer, Outer, archive};

use crate::{images, run::Workdir};

#[test]
fn endless_zeros_are_refused_at_once() {
    Workdir::new()
        .run(&["/dev/zero"])
        .ended(3)
        .shows(&["/dev/zero", "zero bytes where a tar would begin"]);
}

#[test]
fn an_endless_hole_is_refused_at_once() {
    let workdir = Workdir::new().with("hole.tar", "");
    let file = fs::File::options()
        .write(true)
        .open(workdir.path("hole.tar"))
        .unwrap();
    file.set_len(1 << 40).unwrap();
    workdir.run(&["hole.tar"]).ended(3).shows(&["hole.tar"]);
}

#[test]
fn a_member_that_claims_more_than_the_file_holds() {
    let outer = Outer::new().header(
        "a",
        imglint_testkit::EntryType::Regular,
        u64::MAX >> 1,
        |_| (),
    );
    Workdir::new()
        .with("huge.tar", outer.without_end().bytes())
        .run(&["huge.tar"])
        .ended(3)
        .shows(&["ends early at byte 512"]);
}

#[test]
fn a_file_of_eight_exbibytes_in_a_layer_is_only_counted() {
    let layer = Layer::new().sparse_file("huge", i64::MAX.unsigned_abs(), &[(0, b"x")]);
    Workdir::new()
        .with("app.tar", images::saved(layer))
        .run(&["app.tar"])
        .ended(0)
        .shows(&["9.22EB"]);
}

#[test]
fn pipes_devices_and_links_out_of_a_folder_do_not_hang() {
    let workdir = Workdir::new();
    let root = workdir.path("layout");
    fs::create_dir(&root).unwrap();
    fs::write(
        root.join("oci-layout"),
        "{\"imageLayoutVersion\":\"1.0.0\"}",
    )
    .unwrap();
    let made = Command::new("mkfifo").arg(root.join("index.json")).status();
    assert!(made.unwrap().success());
    workdir.run(&["layout"]).ended(3).shows(&["index.json"]);

    fs::remove_file(root.join("index.json")).unwrap();
    symlink("/dev/zero", root.join("index.json")).unwrap();
    workdir.run(&["layout"]).ended(3).shows(&["index.json"]);
}

#[test]
fn no_room_for_the_spool_is_told() {
    let bytes = archive::docker_save(&[images::clean()]);
    Workdir::new()
        .run_in(&["-"], &bytes, &[("TMPDIR", "/no/such/folder")])
        .ended(3)
        .shows(&["temporary file", "TMPDIR"]);
}
