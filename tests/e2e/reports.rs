//! Formats, files, colours, thresholds and exit codes.

use std::fs;

use imglint_testkit::{
    Compress, Image, Layer,
    archive::{self, Oci},
};
use serde_json::Value;

use crate::{images, run::Workdir};

fn schema() -> jsonschema::Validator {
    let path = concat!(env!("CARGO_MANIFEST_DIR"), "/schema/imglint-v1.schema.json");
    let schema: Value = serde_json::from_str(&fs::read_to_string(path).unwrap()).unwrap();
    jsonschema::validator_for(&schema).unwrap()
}

#[track_caller]
pub(crate) fn fits_schema(report: &Value) {
    let errors: Vec<String> = schema()
        .iter_errors(report)
        .map(|error| format!("{}: {error}", error.instance_path()))
        .collect();
    assert!(errors.is_empty(), "{errors:#?}\n{report:#}");
    assert_eq!(report["schema"], "imglint/v1");
}

fn workdir() -> Workdir {
    Workdir::new()
        .with("clean.tar", archive::docker_save(&[images::clean()]))
        .with("faulty.tar", archive::docker_save(&[images::faulty()]))
}

#[test]
fn json_of_every_kind_of_outcome_fits_the_schema() {
    let bare = Image::new("").no_history().config_json(|config| {
        config
            .as_object_mut()
            .unwrap()
            .retain(|key, _| key == "rootfs");
    });
    let options = Oci {
        absent: vec!["windows/amd64".to_owned()],
        ..Compress::Zstd.into()
    };
    let short = archive::docker_save(&[images::faulty()]);
    let workdir = workdir()
        .with("v1.tar", archive::docker_v1(&[images::faulty()]))
        .with(
            "containerd.tar",
            archive::containerd(&[images::faulty()], &options),
        )
        .with("bare.tar", archive::docker_save(&[bare]))
        .with("short.tar", &short[..short.len() - 5000])
        .with("text.tar", "text");
    let all = [
        "clean",
        "faulty",
        "v1",
        "containerd",
        "bare",
        "short",
        "text",
        "gone",
    ];
    let all = all.map(|name| format!("{name}.tar"));
    for name in &all {
        fits_schema(&workdir.report(&[name]));
    }
    fits_schema(&workdir.report(&all.each_ref().map(String::as_str)));
}

#[test]
fn json_of_plain_files_fits_the_schema() {
    let secret = imglint_testkit::planted::token("plain");
    let workdir = Workdir::new().with("a.txt", secret);
    for arguments in [&["a.txt"][..], &["gone.txt"], &["a.txt", "gone.txt"]] {
        let command = ["secrets", "--format", "json"];
        fits_schema(&workdir.run(&[&command, arguments].concat()).json());
    }
}

#[test]
fn the_schema_refuses_what_no_report_is() {
    assert!(!schema().is_valid(&serde_json::json!({ "schema": "imglint/v1" })));
    let mut report = workdir().report(&["faulty.tar"]);
    report["images"][0]["waste"]["wasted_bytes"] = "many".into();
    assert!(!schema().is_valid(&report));
}

#[test]
fn exit_codes_mean_what_the_help_says() {
    let workdir = workdir();
    workdir.run(&["clean.tar"]).ended(0);
    workdir
        .run(&["faulty.tar", "--fail-on", "warning"])
        .ended(1);
    workdir.run(&["--no-such-option", "clean.tar"]).ended(2);
    workdir.run(&[]).ended(2);
    workdir.run(&["gone.tar"]).ended(3).shows(&["gone.tar"]);
    workdir
        .run(&["--help"])
        .ended(0)
        .shows(&["Exit codes", "could not be judged"]);
}

#[test]
fn the_threshold_decides_what_fails() {
    let workdir = workdir();
    for (severity, code) in [("info", 1), ("warning", 1), ("never", 0)] {
        workdir
            .run(&["--fail-on", severity, "faulty.tar"])
            .ended(code);
        let json = workdir.run(&["--fail-on", severity, "--format", "json", "faulty.tar"]);
        assert_eq!(json.ended(code).json()["verdict"]["exit_code"], code);
    }
    let short = &archive::docker_save(&[images::faulty()])[..5000];
    workdir
        .with("short.tar", short)
        .run(&["--fail-on", "never", "short.tar"])
        .ended(3);
}

#[test]
fn reports_go_to_files_as_well() {
    let workdir = workdir();
    let arguments = [
        "--output",
        "json=a.json",
        "--output",
        "human=b.txt",
        "--output",
        "json=c.json",
    ];
    let outcome = workdir.run(&[&arguments[..], &["faulty.tar"]].concat());
    assert_eq!(workdir.read("a.json"), workdir.read("c.json"));
    assert_eq!(workdir.read("b.txt"), outcome.stdout);
    let report: Value = serde_json::from_str(&workdir.read("a.json")).unwrap();
    assert_eq!(report, workdir.report(&["faulty.tar"]));
}

#[test]
fn a_report_that_cannot_be_written_is_not_silent() {
    let workdir = workdir();
    let outcome = workdir.run(&["--output", "json=no/such/dir/a.json", "clean.tar"]);
    assert_ne!(outcome.code, 0);
    outcome.shows(&["no/such/dir/a.json"]);
    workdir
        .run(&["--output", "xml=a.xml", "clean.tar"])
        .ended(2)
        .shows(&["xml", "json"]);
}

#[test]
fn colours_are_for_terminals_and_for_those_who_force_them() {
    let workdir = workdir();
    let coloured = |arguments: &[&str], variables: &[(&str, &str)]| {
        workdir
            .run_in(arguments, b"", variables)
            .text()
            .contains('\x1b')
    };
    let force = ("CLICOLOR_FORCE", "1");
    assert!(!coloured(&["faulty.tar"], &[]));
    assert!(coloured(&["faulty.tar"], &[force]));
    assert!(!coloured(&["faulty.tar"], &[force, ("NO_COLOR", "1")]));
    assert!(!coloured(&["--no-color", "faulty.tar"], &[force]));
    assert!(!coloured(&["--format", "json", "faulty.tar"], &[force]));
    assert!(coloured(&["gone.tar"], &[force]));
    assert!(!coloured(&["gone.tar", "--no-color"], &[force]));
}

#[test]
fn files_have_no_colours() {
    let workdir = workdir();
    let arguments = ["--output", "human=b.txt", "faulty.tar"];
    workdir.run_in(&arguments, b"", &[("CLICOLOR_FORCE", "1")]);
    assert!(!workdir.read("b.txt").contains('\x1b'));
}

#[test]
fn quiet_says_nothing_of_what_passes() {
    let workdir = workdir();
    assert_eq!(workdir.run(&["--quiet", "clean.tar"]).ended(0).text(), "");
    let outcome = workdir.run(&["--quiet", "--fail-on", "warning", "clean.tar", "faulty.tar"]);
    outcome.ended(1).shows(&["faulty.tar", "root-user"]);
    assert!(!outcome.text().contains("clean.tar"));
    workdir
        .run(&["--quiet", "gone.tar"])
        .ended(3)
        .shows(&["gone.tar"]);
}

#[test]
fn findings_go_to_stdout_and_nothing_to_stderr() {
    let outcome = workdir().run(&["faulty.tar"]);
    assert_eq!(outcome.stderr, "");
    assert!(
        outcome.stdout.contains("deleted-in-later-layer"),
        "{}",
        outcome.stdout
    );
}

#[test]
fn the_number_of_threads_changes_no_byte() {
    let image = (0..12).fold(images::faulty(), |image, number| {
        let layer = Layer::new()
            .file(format!("data/{number}"), vec![number; 50_000])
            .whiteout(format!("data/{}", u32::from(number).wrapping_sub(2)));
        image.layer(layer, &format!("RUN step {number}"))
    });
    let bytes = archive::containerd(&[image], &Compress::Gzip.into());
    let workdir = Workdir::new().with("app.tar", bytes);
    for format in ["json", "human"] {
        let run = |jobs: &str| {
            workdir
                .run(&["--jobs", jobs, "--format", format, "app.tar"])
                .stdout
        };
        let one = run("1");
        assert_eq!(one, run("2"));
        assert_eq!(one, run("16"));
    }
}

#[test]
fn a_report_never_overwrites_what_is_judged() {
    let archive = archive::docker_save(&[images::clean()]);
    let workdir = Workdir::new().with("app.tar", &archive);
    let outcome = workdir.run(&["--output", "json=./app.tar", "app.tar"]);
    outcome
        .ended(2)
        .shows(&["--output would overwrite app.tar"]);
    assert_eq!(fs::read(workdir.path("app.tar")).unwrap(), archive);
}
