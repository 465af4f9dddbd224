//! Which images of an archive are judged.

use imglint_testkit::{
    Compress, Image, Layer,
    archive::{self, Oci},
};
use serde_json::Value;

use crate::{images, run::Workdir};

fn names(report: &Value) -> Vec<String> {
    let images = report["images"].as_array().unwrap();
    images
        .iter()
        .map(|image| crate::run::text(&image["names"][0]))
        .collect()
}

fn platforms(report: &Value) -> Vec<String> {
    let images = report["images"].as_array().unwrap();
    images
        .iter()
        .map(|image| crate::run::text(&image["platform"]))
        .collect()
}

fn two_images() -> Workdir {
    let other = Image::new("quay.io/me/other:2").layer(Layer::new().file("x", "y"), "COPY x /");
    Workdir::new().with("two.tar", archive::docker_save(&[images::clean(), other]))
}

#[test]
fn every_image_of_an_archive_is_judged() {
    let workdir = two_images();
    assert_eq!(
        names(&workdir.report(&["two.tar"])),
        ["app:1.0", "quay.io/me/other:2"]
    );
    workdir.run(&["--fail-on", "warning", "two.tar"]).ended(1);
}

#[test]
fn an_image_is_named_as_docker_names_it() {
    let workdir = two_images();
    for name in ["app:1.0", "library/app:1.0", "docker.io/library/app:1.0"] {
        assert_eq!(
            names(&workdir.report(&["--image", name, "two.tar"])),
            ["app:1.0"],
            "{name}"
        );
    }
    workdir
        .run(&["--image", "app:1.0", "--fail-on", "warning", "two.tar"])
        .ended(0);
}

#[test]
fn a_name_that_is_not_there_is_not_judged_and_tells_what_is() {
    let outcome = two_images().run(&["--image", "app:3.0", "two.tar"]);
    outcome
        .ended(3)
        .shows(&["app:3.0", "app:1.0", "quay.io/me/other:2"]);
}

fn two_platforms() -> Workdir {
    let arm = images::clean().platform("linux", "arm64", Some("v8"));
    let options = Oci {
        compress: Compress::Gzip,
        absent: vec!["linux/s390x".to_owned()],
        ..Oci::default()
    };
    Workdir::new().with(
        "app.tar",
        archive::containerd(&[images::clean(), arm], &options),
    )
}

#[test]
fn every_platform_present_is_judged() {
    let report = two_platforms().report(&["app.tar"]);
    assert_eq!(platforms(&report), ["linux/amd64", "linux/arm64/v8"]);
}

#[test]
fn a_platform_narrows() {
    let workdir = two_platforms();
    let report = workdir.report(&["--platform", "linux/arm64", "app.tar"]);
    assert_eq!(platforms(&report), ["linux/arm64/v8"]);
    let absent = workdir.run(&["--platform", "linux/s390x", "app.tar"]);
    absent.ended(3).shows(&["linux/s390x", "linux/amd64"]);
}

#[test]
fn an_image_reachable_from_both_documents_is_judged_once() {
    let bytes = archive::docker_save_25(&[images::clean()]);
    let workdir = Workdir::new().with("app.tar", bytes);
    assert_eq!(names(&workdir.report(&["app.tar"])), ["app:1.0"]);
}

/// The attack of an archive that shows one image to Docker and another to containerd.
#[test]
fn index_and_manifest_that_disagree_have_both_images_judged() {
    let shown = archive::docker_save_25(&[images::clean()]);
    let hidden = archive::docker_save_25(&[images::faulty()]);
    let manifest = archive::members(&hidden);
    let both = archive::edit(&shown, |members| {
        members.retain(|member| member.path != "manifest.json");
        members.extend(
            manifest
                .into_iter()
                .filter(|member| member.path != "index.json"),
        );
    });
    let workdir = Workdir::new().with("app.tar", both);
    let report = workdir.report(&["app.tar"]);
    assert_eq!(report["images"].as_array().unwrap().len(), 2, "{report:#}");
    assert!(
        crate::run::rules(&report).contains(&"ambiguous-archive".to_owned()),
        "{report:#}"
    );
    workdir.run(&["app.tar"]).ended(1);
}

#[test]
fn two_manifests_have_both_images_judged() {
    let hidden = archive::docker_save(&[images::faulty()]);
    let both = archive::edit(&archive::docker_save(&[images::clean()]), |members| {
        members.extend(archive::members(&hidden));
    });
    let report = Workdir::new().with("app.tar", both).report(&["app.tar"]);
    assert_eq!(report["images"].as_array().unwrap().len(), 2, "{report:#}");
    assert!(
        crate::run::rules(&report).contains(&"ambiguous-archive".to_owned()),
        "{report:#}"
    );
}
