//! Every archive form of one image gives the same verdict.

use imglint_testkit::{
    Compress,
    archive::{self, Oci},
    compress,
};
use serde_json::{Value, json};

use crate::{images, run::Workdir};

/// What must not depend on the form: layers, waste and findings.
fn verdict(report: &Value) -> Value {
    let images = report["images"].as_array().unwrap();
    images.iter().map(image_verdict).collect()
}

fn image_verdict(image: &Value) -> Value {
    let layers = image["layers"].as_array().unwrap();
    let fields = [
        "index",
        "diff_id",
        "tar_size",
        "content_size",
        "docker_size",
        "created_by",
    ];
    let layer = |layer: &Value| fields.map(|field| layer[field].clone()).to_vec();
    json!({
        "layers": layers.iter().map(layer).collect::<Vec<_>>(),
        "waste": image["waste"],
        "dive": image["dive"],
        "findings": image["findings"],
        "complete": image["complete"],
    })
}

/// The report of one archive, which must be whole and without a fault of form.
#[track_caller]
fn report(workdir: &Workdir, name: &str) -> Value {
    let outcome = workdir.run(&["--format", "json", "--fail-on", "never", name]);
    let report = outcome.ended(0).json();
    assert_eq!(report["archives"][0]["findings"], json!([]), "{name}");
    assert_eq!(report["images"].as_array().unwrap().len(), 1, "{name}");
    report
}

#[test]
fn every_writers_archive_of_one_image_gives_one_verdict() {
    let image = [images::faulty()];
    let gzip = Oci::from(Compress::Gzip);
    let expected = verdict(&report(
        &Workdir::new().with("app.tar", archive::docker_save(&image)),
        "app.tar",
    ));
    assert_eq!(expected[0]["layers"].as_array().unwrap().len(), 5);
    assert_eq!(expected[0]["waste"]["wasted_bytes"], 3_000_000 + 20 + 1);

    for (name, bytes) in [
        ("docker-25.tar", archive::docker_save_25(&image)),
        ("containerd.tar", archive::containerd(&image, &gzip)),
        (
            "containerd-zstd.tar",
            archive::containerd(&image, &Compress::Zstd.into()),
        ),
        ("buildkit.tar", archive::buildkit_oci(&image, &gzip)),
        ("podman.tar", archive::podman_docker(&image)),
        (
            "oci-archive.tar",
            archive::oci_archive(&image, Compress::Gzip),
        ),
        (
            "oci-archive-plain.tar",
            archive::oci_archive(&image, Compress::None),
        ),
        ("crane.tar", archive::crane(&image)),
        ("kaniko.tar", archive::kaniko(&image)),
        ("jib.tar", archive::jib(&image[0])),
        ("bazel.tar", archive::bazel(&image)),
        ("nix.tar.gz", archive::nix(&image)),
        ("nix-stream.tar", archive::nix_stream(&image)),
    ] {
        let workdir = Workdir::new().with(name, bytes);
        assert_eq!(verdict(&report(&workdir, name)), expected, "{name}");
    }
}

#[test]
fn directories_give_the_verdict_of_archives() {
    let image = [images::faulty()];
    let workdir = Workdir::new().with("app.tar", archive::docker_save(&image));
    archive::oci_layout_dir(&image, &Compress::Gzip.into(), &workdir.path("layout"));
    archive::dir_transport(&image[0], Compress::Gzip, &workdir.path("dir"));
    archive::unpack(&archive::docker_save(&image), &workdir.path("unpacked"));
    let expected = verdict(&report(&workdir, "app.tar"));
    for name in ["layout", "unpacked", "dir"] {
        assert_eq!(verdict(&report(&workdir, name)), expected, "{name}");
    }
}

#[test]
fn whole_file_compression_is_told_by_its_magic_number() {
    let plain = archive::docker_save(&[images::faulty()]);
    let workdir = Workdir::new().with("app.tar", &plain);
    let expected = verdict(&report(&workdir, "app.tar"));
    for how in [
        Compress::Gzip,
        Compress::Zstd,
        Compress::Xz,
        Compress::Bzip2,
    ] {
        let workdir = Workdir::new().with("app.tar", compress(&plain, how));
        assert_eq!(verdict(&report(&workdir, "app.tar")), expected, "{how:?}");
    }
}

#[test]
fn docker_1_9_gives_the_waste_of_later_versions() {
    let image = [images::faulty()];
    let workdir = Workdir::new()
        .with("app.tar", archive::docker_save(&image))
        .with("v1.tar", archive::docker_v1(&image));
    let (new, old) = (report(&workdir, "app.tar"), report(&workdir, "v1.tar"));
    assert_eq!(new["images"][0]["waste"], old["images"][0]["waste"]);
    assert_eq!(crate::run::findings(&new), crate::run::findings(&old));
}

#[test]
fn attestations_and_absent_platforms_are_not_judged_as_images() {
    let options = Oci {
        compress: Compress::Gzip,
        attestation: Some(json!({ "_type": "https://in-toto.io/Statement/v0.1" }).to_string()),
        absent: vec!["linux/arm64".to_owned(), "linux/s390x".to_owned()],
    };
    let workdir = Workdir::new().with("app.tar", archive::containerd(&[images::clean()], &options));
    let outcome = workdir.run(&["--format", "json", "--fail-on", "warning", "app.tar"]);
    let report = outcome.ended(0).json();
    assert_eq!(report["images"].as_array().unwrap().len(), 1);
    let absent = report["archives"][0]["absent_platforms"]
        .as_array()
        .unwrap();
    let platforms: Vec<&Value> = absent.iter().map(|absent| &absent["platform"]).collect();
    assert_eq!(platforms, ["linux/arm64", "linux/s390x"]);
}
