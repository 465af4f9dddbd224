//! Each form as its writer writes it.

use imglint_archive::{Archive, Form, Options};
use imglint_tar::Compression;
use imglint_testkit::{
    Compress, Image, Layer,
    archive::{self, Oci},
    compress,
};

use crate::{anomalies, layers, open};

/// Three layers, the last of them the first again, and a step without a layer.
fn image(name: &str) -> Image {
    let first = Layer::new().dir("d").file("d/a", "one");
    Image::new(name)
        .layer(first.clone(), "/bin/sh -c #(nop) ADD file:1 in / ")
        .empty_step("/bin/sh -c #(nop)  CMD [\"sh\"]")
        .layer(Layer::new().whiteout("d/a"), "/bin/sh -c rm /d/a")
        .layer(first, "/bin/sh -c #(nop) ADD file:1 in / ")
}

fn check(archive: &Archive, form: Form, names: &[&str], how: Compress) {
    assert_eq!(archive.form(), form);
    assert_eq!(anomalies(archive), Vec::<String>::new());
    assert_eq!(archive.images().len(), 1);
    let (found, written) = (&archive.images()[0], image("app:1.0"));
    assert_eq!(found.names, names);
    assert_eq!(found.id.as_ref().unwrap().to_string(), written.image_id());
    assert_eq!(found.platform.as_ref().unwrap().to_string(), "linux/amd64");
    assert_eq!(found.config.history.len(), 4);
    assert_eq!(found.config_bytes, written.config());
    let expected: Vec<_> = written
        .layers()
        .map(|layer| compress(&layer.bytes(), how))
        .collect();
    assert_eq!(layers(archive, found), expected);
    for (layer, written) in found.layers.iter().zip(written.layers()) {
        assert_eq!(
            layer.diff_id.as_ref().unwrap().to_string(),
            written.diff_id()
        );
    }
    assert!(archive.unreferenced().iter().all(|it| it.expected));
}

#[test]
fn docker_save_from_1_10_with_linked_layers() {
    let bytes = archive::docker_save(&[image("app:1.0")]);
    let archive = open(&bytes);
    check(&archive, Form::DockerSave, &["app:1.0"], Compress::None);
    let found = &archive.images()[0];
    assert_eq!(
        found.layers[0].blob, found.layers[2].blob,
        "the link was followed"
    );
}

#[test]
fn docker_save_from_25_tells_legacy_json_from_stray_blobs() {
    let archive = open(&archive::docker_save_25(&[image("app:1.0")]));
    check(&archive, Form::DockerSaveOci, &["app:1.0"], Compress::None);
    assert!(
        archive.unreferenced().len() >= 3,
        "a json for each layer, oci-layout, repositories"
    );
    let layer = &archive.images()[0].layers[0];
    assert_eq!(
        layer.digest.as_ref().unwrap(),
        layer.diff_id.as_ref().unwrap().digest()
    );
    assert!(layer.size.is_some() && layer.media_type.is_some());
}

#[test]
fn containerd_with_attestation_and_absent_platform() {
    let options = Oci {
        compress: Compress::Gzip,
        attestation: Some("{\"predicate\":{}}".to_owned()),
        absent: vec!["linux/arm64".to_owned()],
    };
    let archive = open(&archive::containerd(&[image("app:1.0")], &options));
    let found = anomalies(&archive);
    assert_eq!(found.len(), 1, "{found:?}");
    assert!(
        found[0].contains("platform linux/arm64 (sha256:"),
        "{found:?}"
    );
    assert!(!archive.anomalies()[0].incomplete());
    assert_eq!(archive.form(), Form::Containerd);
    assert_eq!(archive.images().len(), 1);
    assert_eq!(
        archive.absent()[0].platform.as_ref().unwrap().to_string(),
        "linux/arm64"
    );
    assert_eq!(archive.attestations().len(), 1);
    assert_eq!(
        archive.attestations()[0].subject,
        archive.images()[0].manifest_digest
    );
    assert_eq!(
        archive.attestations()[0].blobs.len(),
        3,
        "manifest, config, statement"
    );
}

#[test]
fn containerd_layers_stay_compressed() {
    for how in [Compress::Gzip, Compress::Zstd] {
        let archive = open(&archive::containerd(&[image("app:1.0")], &how.into()));
        check(&archive, Form::Containerd, &["app:1.0"], how);
    }
}

#[test]
fn buildkit_oci() {
    let archive = open(&archive::buildkit_oci(
        &[image("app:1.0")],
        &Compress::Gzip.into(),
    ));
    check(
        &archive,
        Form::OciLayout,
        &["docker.io/library/app:1.0"],
        Compress::Gzip,
    );
}

#[test]
fn podman_docker_archive() {
    let archive = open(&archive::podman_docker(&[image("app:1.0")]));
    check(
        &archive,
        Form::Podman,
        &["docker.io/library/app:1.0"],
        Compress::None,
    );
}

#[test]
fn oci_archive() {
    for how in [Compress::Gzip, Compress::Zstd, Compress::None] {
        let archive = open(&archive::oci_archive(&[image("app:1.0")], how));
        check(&archive, Form::OciLayout, &["app:1.0"], how);
    }
}

#[test]
fn crane_names_config_and_layers_by_digest() {
    let archive = open(&archive::crane(&[image("app:1.0")]));
    check(&archive, Form::Crane, &["app:1.0"], Compress::Gzip);
    let layer = &archive.images()[0].layers[1];
    let digest = layer.digest.as_ref().unwrap();
    assert_eq!(layer.name, format!("{}.tar.gz", digest.hex()));
}

#[test]
fn kaniko_lists_one_layer_file_many_times() {
    let same = Layer::new().file("a", "1");
    let image = (0..90).fold(Image::new("app:1"), |image, _| {
        image.layer(same.clone(), "RUN x")
    });
    let archive = open(&archive::kaniko(&[image]));
    assert_eq!(anomalies(&archive), Vec::<String>::new());
    assert_eq!(archive.images()[0].layers.len(), 90);
}

#[test]
fn jib() {
    let archive = open(&archive::jib(&image("app:1.0")));
    check(&archive, Form::Jib, &["app:1.0"], Compress::Gzip);
}

#[test]
fn bazel_writes_a_repeated_layer_twice() {
    let archive = open(&archive::bazel(&[image("app:1.0")]));
    check(&archive, Form::Bazel, &["app:1.0"], Compress::Gzip);
}

#[test]
fn nix_is_gzipped_whole() {
    let archive = open(&archive::nix(&[image("app:1.0")]));
    check(&archive, Form::DockerSave, &["app:1.0"], Compress::None);
    assert_eq!(archive.compression(), Compression::Gzip);
}

#[test]
fn nix_stream() {
    let archive = open(&archive::nix_stream(&[image("app:1.0")]));
    check(&archive, Form::DockerArchive, &["app:1.0"], Compress::None);
}

#[test]
fn whole_file_in_any_compression() {
    let plain = archive::docker_save(&[image("app:1.0")]);
    for (how, expected) in [
        (Compress::Gzip, Compression::Gzip),
        (Compress::Zstd, Compression::Zstd),
        (Compress::Xz, Compression::Xz),
        (Compress::Bzip2, Compression::Bzip2),
    ] {
        let archive = open(&compress(&plain, how));
        check(&archive, Form::DockerSave, &["app:1.0"], Compress::None);
        assert_eq!(archive.compression(), expected);
    }
}

#[test]
fn file_needs_no_copy_and_may_be_compressed() {
    let dir = tempfile::tempdir().unwrap();
    let path = dir.path().join("app.tar");
    let plain = archive::docker_save(&[image("app:1.0")]);
    for bytes in [plain.clone(), compress(&plain, Compress::Gzip)] {
        std::fs::write(&path, bytes).unwrap();
        let archive = Archive::open(&path, &Options::default()).unwrap();
        check(&archive, Form::DockerSave, &["app:1.0"], Compress::None);
    }
}

#[test]
fn oci_layout_directory() {
    let dir = tempfile::tempdir().unwrap();
    archive::oci_layout_dir(&[image("app:1.0")], &Compress::Zstd.into(), dir.path());
    let archive = Archive::open(dir.path(), &Options::default()).unwrap();
    check(
        &archive,
        Form::OciLayout,
        &["docker.io/library/app:1.0"],
        Compress::Zstd,
    );
}

#[test]
fn dir_transport() {
    let dir = tempfile::tempdir().unwrap();
    archive::dir_transport(&image("app:1.0"), Compress::Gzip, dir.path());
    let archive = Archive::open(dir.path(), &Options::default()).unwrap();
    check(&archive, Form::Dir, &[], Compress::Gzip);
}

#[test]
fn unpacked_docker_save_directory() {
    let dir = tempfile::tempdir().unwrap();
    archive::unpack(&archive::docker_save(&[image("app:1.0")]), dir.path());
    let archive = Archive::open(dir.path(), &Options::default()).unwrap();
    check(&archive, Form::DockerSave, &["app:1.0"], Compress::None);
}

#[test]
fn several_images_in_one_archive() {
    let other = Image::new("other:2")
        .tag("other:latest")
        .layer(Layer::new().file("b", "2"), "RUN b");
    let images = [image("app:1.0"), other];
    for bytes in [
        archive::docker_save(&images),
        archive::docker_save_25(&images),
        archive::podman_docker(&images),
        archive::containerd(&images, &Compress::Gzip.into()),
        archive::crane(&images),
    ] {
        let archive = open(&bytes);
        assert_eq!(anomalies(&archive), Vec::<String>::new());
        assert_eq!(archive.images().len(), 2);
        assert_eq!(archive.images()[1].names.len(), 2);
        assert_eq!(archive.select(Some("other"), None).unwrap().len(), 1);
    }
}

#[test]
fn one_image_under_two_names_is_one_image() {
    let twice = image("app:1.0").tag("app:2.0");
    for bytes in [
        archive::docker_save_25(std::slice::from_ref(&twice)),
        archive::oci_archive(&[twice], Compress::Gzip),
        archive::docker_save(&[image("app:1.0"), image("app:2.0")]),
    ] {
        let archive = open(&bytes);
        assert_eq!(archive.images().len(), 1);
        assert_eq!(archive.images()[0].names, ["app:1.0", "app:2.0"]);
    }
}

#[test]
fn platforms_of_a_nested_index() {
    let amd = image("app:1.0");
    let arm = image("app:1.0").platform("linux", "arm64", Some("v8"));
    let archive = open(&archive::containerd(&[amd, arm], &Compress::Gzip.into()));
    assert_eq!(anomalies(&archive), Vec::<String>::new());
    assert_eq!(archive.images().len(), 2);
    let wanted = "linux/arm64".parse().unwrap();
    let found = archive.select(Some("app:1.0"), Some(&wanted)).unwrap();
    assert_eq!(
        found[0].platform.as_ref().unwrap().to_string(),
        "linux/arm64/v8"
    );
}
