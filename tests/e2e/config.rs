//! `imglint.toml`: where it is looked for, what it says, and how its faults are shown.

use std::fs;

use imglint_testkit::{Layer, archive, planted};
use serde_json::Value;

use crate::{images, run::Workdir};

/// One token in two files.
fn workdir() -> Workdir {
    let text = format!("token = {}\n", planted::token("config"));
    let layer = Layer::new()
        .file("app/a.txt", &text)
        .file("app/test/b.txt", &text);
    Workdir::new().with("app.tar", images::saved(layer))
}

fn finding(report: &Value) -> &Value {
    &report["images"][0]["findings"][0]
}

fn ignore(what: &str) -> String {
    format!("[[ignore]]\n{what}\nreason = \"made up for tests\"\n")
}

#[test]
fn an_ignored_finding_is_listed_but_does_not_fail() {
    let plain = workdir();
    let report = plain.run(&["--format", "json", "app.tar"]).ended(1).json();
    let fingerprint = finding(&report)["fingerprint"].as_str().unwrap().to_owned();
    for what in [
        format!("fingerprint = \"{fingerprint}\""),
        "path = \"app/**\"".to_owned(),
        "rule = \"secret-token\"".to_owned(),
        "rule = \"github-token\"\npath = \"/app/**\"".to_owned(),
    ] {
        let workdir = workdir().with("imglint.toml", ignore(&what));
        let report = workdir
            .run(&["--format", "json", "app.tar"])
            .ended(0)
            .json();
        let suppressed = &finding(&report)["suppressed"]["reason"];
        assert_eq!(suppressed, "made up for tests", "{what}\n{report:#}");
        assert_eq!(report["verdict"]["errors"], 0);
        workdir
            .run(&["--verbose", "app.tar"])
            .ended(0)
            .shows(&["secret-token", "made up for tests"]);
        workdir.run(&["--no-ignores", "app.tar"]).ended(1);
        workdir.run(&["--no-config", "app.tar"]).ended(1);
    }
}

#[test]
fn an_ignore_for_one_place_leaves_the_others() {
    let workdir = workdir().with("imglint.toml", ignore("path = \"app/test/**\""));
    let report = workdir
        .run(&["--format", "json", "app.tar"])
        .ended(1)
        .json();
    let places = finding(&report)["places"].as_array().unwrap();
    let suppressed: Vec<_> = places
        .iter()
        .map(|place| place["suppressed"]["reason"].as_str())
        .collect();
    assert_eq!(suppressed, [None, Some("made up for tests")]);
}

#[test]
fn an_ignore_for_something_else_changes_nothing() {
    let zeros = format!("fingerprint = \"{}\"", "0".repeat(32));
    for what in ["path = \"srv/**\"", "rule = \"root-user\"", &zeros] {
        let workdir = workdir().with("imglint.toml", ignore(what));
        workdir.run(&["app.tar"]).ended(1);
    }
}

#[test]
fn the_nearest_configuration_upwards_counts() {
    let workdir = workdir().with("imglint.toml", ignore("rule = \"secret-token\""));
    fs::create_dir_all(workdir.path("a/b")).unwrap();
    let archive = workdir.path("app.tar");
    let archive = archive.to_str().unwrap();
    workdir.run_below("a/b", &[archive]).ended(0);
    fs::write(workdir.path("a/imglint.toml"), "").unwrap();
    workdir.run_below("a/b", &[archive]).ended(1);
    let root = workdir.path("imglint.toml");
    let config = ["--config", root.to_str().unwrap(), archive];
    workdir.run_below("a/b", &config).ended(0);
}

#[test]
fn a_wrong_configuration_is_shown_at_its_place_and_nothing_is_judged() {
    for (text, place, parts) in [
        (
            "\n[[ignore]]\nfingerprnt = \"0\"\nreason = \"x\"\n",
            "imglint.toml:3:1",
            ["fingerprnt", "did you mean fingerprint?"],
        ),
        (
            "[[ignore]]\nrule = \"secret-tokn\"\nreason = \"x\"\n",
            "imglint.toml:2:8",
            ["secret-tokn", "did you mean secret-token?"],
        ),
        (
            "[[ignore]]\nrule = \"root-user\"\n",
            "imglint.toml:1:1",
            ["no reason", "reason = "],
        ),
        ("[[ignore\n", "imglint.toml:1:", ["]]", "ignore"]),
    ] {
        let workdir = workdir().with("imglint.toml", text);
        let outcome = workdir.run(&["app.tar"]);
        outcome.ended(2).shows(&[place]).shows(&parts);
        assert_eq!(outcome.stdout, "");
        workdir.run(&["secrets", "app.tar"]).ended(2);
        workdir.run(&["--no-config", "app.tar"]).ended(1);
    }
    let missing = workdir().run(&["--config", "gone.toml", "app.tar"]);
    missing.ended(2).shows(&["gone.toml"]);
}

#[test]
fn a_base_image_cannot_allow_its_own_secrets_with_a_file() {
    let layer = Layer::new()
        .file("imglint.toml", ignore("rule = \"secret-token\""))
        .file("a.txt", planted::token("base"));
    let workdir = Workdir::new().with(
        "app.tar",
        archive::docker_save(&[images::clean().layer(layer, "COPY . /")]),
    );
    workdir.run(&["app.tar"]).ended(1);
}
