//! Where archives come from: stdin, several arguments, nowhere.

use std::fs;

use imglint_testkit::{Compress, archive, compress};
use serde_json::json;

use crate::{images, run::Workdir};

#[test]
fn stdin_gives_the_verdict_of_the_file() {
    for bytes in [
        archive::docker_save(&[images::faulty()]),
        archive::containerd(&[images::faulty()], &Compress::Gzip.into()),
        compress(&archive::docker_save(&[images::faulty()]), Compress::Zstd),
    ] {
        let workdir = Workdir::new().with("app.tar", &bytes);
        let file = workdir.report(&["app.tar"]);
        let piped = workdir
            .run_in(&["--format", "json", "-"], &bytes, &[])
            .json();
        assert_eq!(
            piped["images"][0]["findings"],
            file["images"][0]["findings"]
        );
        assert_eq!(piped["images"][0]["waste"], file["images"][0]["waste"]);
        assert_eq!(piped["verdict"]["exit_code"], file["verdict"]["exit_code"]);
    }
}

#[test]
fn stdin_leaves_no_file_behind() {
    let workdir = Workdir::new();
    workdir
        .run_in(&["-"], &archive::docker_save(&[images::clean()]), &[])
        .ended(0);
    workdir
        .run_in(&["-"], &archive::nix(&[images::clean()]), &[])
        .ended(0);
    assert_eq!(fs::read_dir(workdir.path(".")).unwrap().count(), 0);
}

#[test]
fn empty_stdin_is_no_clean_image() {
    Workdir::new()
        .run_in(&["-"], b"", &[])
        .ended(3)
        .shows(&["empty"]);
}

#[test]
fn stdin_beyond_its_cap_is_not_judged() {
    let bytes = archive::docker_save(&[images::faulty()]);
    let outcome = Workdir::new().run_in(&["--spool-limit", "1MiB", "-"], &bytes, &[]);
    outcome.ended(3).shows(&["1048576 bytes"]);
}

#[test]
fn several_archives_are_judged_in_the_order_given() {
    let workdir = Workdir::new()
        .with("b.tar", archive::docker_save(&[images::faulty()]))
        .with("a.tar", archive::podman_docker(&[images::clean()]));
    let report = workdir.report(&["b.tar", "a.tar"]);
    let sources: Vec<_> = report["images"]
        .as_array()
        .unwrap()
        .iter()
        .map(|image| &image["source"])
        .collect();
    assert_eq!(sources, ["b.tar", "a.tar"]);
}

#[test]
fn what_could_be_read_is_judged_beside_what_could_not() {
    let workdir = Workdir::new()
        .with("faulty.tar", archive::docker_save(&[images::faulty()]))
        .with("text.tar", "no archive");
    let outcome = workdir.run(&["--fail-on", "warning", "text.tar", "faulty.tar", "gone.tar"]);
    outcome
        .ended(3)
        .shows(&["root-user", "text.tar", "gone.tar"]);

    let report = workdir.report(&["text.tar", "faulty.tar", "gone.tar"]);
    let complete = |index: usize| report["archives"][index]["complete"].clone();
    assert_eq!(
        [complete(0), complete(1), complete(2)],
        [json!(false), json!(true), json!(false)]
    );
    assert_eq!(report["verdict"]["exit_code"], 3);
}

#[test]
fn an_archive_given_twice_is_judged_twice() {
    let workdir = Workdir::new().with("a.tar", archive::docker_save(&[images::clean()]));
    let report = workdir.report(&["a.tar", "a.tar"]);
    assert_eq!(report["images"].as_array().unwrap().len(), 2);
}

#[test]
fn a_directory_that_is_no_image_is_not_judged() {
    let workdir = Workdir::new();
    fs::create_dir(workdir.path("empty")).unwrap();
    workdir.run(&["empty"]).ended(3).shows(&["empty"]);
}
