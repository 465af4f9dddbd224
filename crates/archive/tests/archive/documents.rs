//! Documents that contradict the blobs, each other, or themselves.

use imglint_testkit::{
    Compress, Image, Layer,
    archive::{self, Member},
    compress, sha256,
};
use serde_json::{Value, json};

use crate::{anomalies, open};

fn image() -> Image {
    let base = Image::new("app:1.0").layer(Layer::new().file("f", "content"), "RUN f");
    base.layer(Layer::new().file("g", "more"), "RUN g")
}

/// The archive with one of its documents changed, and the anomalies that this makes.
fn changed(bytes: &[u8], name: &str, change: impl Fn(&mut Value)) -> Vec<String> {
    anomalies(&open(&edited(bytes, name, change)))
}

fn edited(bytes: &[u8], name: &str, change: impl Fn(&mut Value)) -> Vec<u8> {
    archive::edit(bytes, |members| {
        let named = members
            .iter_mut()
            .filter(|member| member.path.contains(name));
        for member in named {
            let mut value = serde_json::from_slice(&member.content).unwrap();
            change(&mut value);
            member.content = value.to_string().into_bytes();
        }
    })
}

fn without(bytes: &[u8], name: &str) -> Vec<u8> {
    archive::edit(bytes, |members| {
        members.retain(|member| !member.path.contains(name));
    })
}

fn hex(digest: &str) -> &str {
    digest.strip_prefix("sha256:").unwrap()
}

/// An OCI archive whose manifest was changed, with digests to match, and its anomalies.
fn manifest_changed(change: impl Fn(&mut Value)) -> Vec<String> {
    anomalies(&open(&with_manifest(change)))
}

fn with_manifest(change: impl Fn(&mut Value)) -> Vec<u8> {
    let bytes = archive::oci_archive(&[image()], Compress::None);
    let mut members = archive::members(&bytes);
    let index = members
        .iter()
        .position(|member| member.path == "index.json")
        .unwrap();
    let mut top: Value = serde_json::from_slice(&members[index].content).unwrap();
    let descriptor = &mut top["manifests"][0];
    let path = format!(
        "blobs/sha256/{}",
        hex(descriptor["digest"].as_str().unwrap())
    );
    let manifest = members
        .iter_mut()
        .find(|member| member.path == path)
        .unwrap();
    let mut value: Value = serde_json::from_slice(&manifest.content).unwrap();
    change(&mut value);
    manifest.content = value.to_string().into_bytes();
    let digest = sha256(&manifest.content);
    manifest.path = format!("blobs/sha256/{}", hex(&digest));
    descriptor["size"] = manifest.content.len().into();
    descriptor["digest"] = digest.into();
    members[index].content = top.to_string().into_bytes();
    archive::pack(&members)
}

#[test]
fn missing_layer_names_its_place_and_digest() {
    let bytes = archive::oci_archive(&[image()], Compress::None);
    let layer = image().layers().nth(1).unwrap().diff_id();
    let archive = open(&without(&bytes, hex(&layer)));
    let found = anomalies(&archive);
    assert!(
        found[0].starts_with("blobs/sha256/"),
        "the manifest: {found:?}"
    );
    let expected = format!(": layer 1 ({layer}) is not in the archive; not scanned");
    assert!(found[0].ends_with(&expected), "{found:?}");
    assert!(archive.images()[0].anomalies[0].incomplete());
}

#[test]
fn missing_config_keeps_the_layers() {
    let archive = open(&without(
        &archive::docker_save(&[image()]),
        hex(&image().image_id()),
    ));
    let expected = format!(
        "manifest.json: config ({}.json) is not in the archive; not scanned",
        hex(&image().image_id())
    );
    assert_eq!(anomalies(&archive), [expected]);
    assert_eq!(archive.images()[0].layers.len(), 2);
    assert!(
        archive.images()[0]
            .layers
            .iter()
            .all(|layer| layer.blob.is_some())
    );
}

#[test]
fn config_that_is_not_what_its_name_says() {
    for bytes in [
        archive::docker_save(&[image()]),
        archive::crane(&[image()]),
        archive::bazel(&[image()]),
    ] {
        let found = changed(&bytes, hex(&image().image_id()), |config| {
            config["author"] = "me".into();
        });
        let expected = format!("config should be {} but is sha256:", image().image_id());
        assert!(
            found.iter().any(|line| line.contains(&expected)),
            "{found:?}"
        );
    }
}

#[test]
fn config_that_is_not_what_its_descriptor_says() {
    let bytes = archive::oci_archive(&[image()], Compress::None);
    let found = changed(&bytes, hex(&image().image_id()), |config| {
        config["author"] = "me".into();
    });
    assert!(found[0].contains("config should be sha256:"), "{found:?}");
    assert!(
        found[1].contains("config should have") && found[1].contains("bytes but has"),
        "{found:?}"
    );
}

#[test]
fn manifest_that_is_not_what_the_index_says() {
    let found = changed(
        &archive::oci_archive(&[image()], Compress::None),
        "index.json",
        |index| {
            index["manifests"][0]["size"] = 1.into();
        },
    );
    assert!(
        found[0].contains(": manifest should have 1 bytes but has "),
        "{found:?}"
    );
}

#[test]
fn layers_and_diff_ids_that_do_not_match_in_number() {
    let found = changed(
        &archive::docker_save(&[image()]),
        "manifest.json",
        |manifest| {
            manifest[0]["Layers"].as_array_mut().unwrap().pop();
        },
    );
    let expected = "manifest.json: the manifest lists 1 layers but the config states 2 diff IDs; \
                    every engine refuses the image";
    assert!(found.iter().any(|line| line == expected), "{found:?}");
}

#[test]
fn layer_names_state_digests_where_their_writer_means_it() {
    let digests = |bytes: &[u8]| {
        let archive = open(bytes);
        let layers = archive.images()[0].layers.iter();
        let digests: Vec<_> = layers
            .map(|layer| layer.digest.as_ref().map(ToString::to_string))
            .collect();
        digests
    };
    let image = image();
    let stated: Vec<_> = image.layers().map(|layer| Some(layer.diff_id())).collect();
    assert_eq!(
        digests(&archive::podman_docker(std::slice::from_ref(&image))),
        stated
    );
    let gzipped = image
        .layers()
        .map(|layer| Some(sha256(&compress(&layer.bytes(), Compress::Gzip))));
    assert_eq!(
        digests(&archive::crane(std::slice::from_ref(&image))),
        gzipped.collect::<Vec<_>>()
    );
    assert_eq!(
        digests(&archive::jib(&image)),
        [None, None],
        "jib states its layers' digests nowhere"
    );
}

#[test]
fn left_out_layer_of_a_partial_archive() {
    let found = changed(
        &archive::docker_save(&[image()]),
        "manifest.json",
        |manifest| {
            manifest[0]["Layers"][0] = "".into();
        },
    );
    let expected = "manifest.json: layer 0 has been left out of the archive; not scanned";
    assert!(found.iter().any(|line| line == expected), "{found:?}");
}

#[test]
fn names_that_docker_refuses() {
    for (name, why) in [
        ("App:1.0", "the repository name must be lowercase"),
        ("app", "it is not of the form name:tag"),
        ("a b:1", "it is not of the form name:tag"),
    ] {
        let found = changed(
            &archive::docker_save(&[image()]),
            "manifest.json",
            |manifest| {
                manifest[0]["RepoTags"] = json!([name]);
            },
        );
        let expected = format!(
            "manifest.json: image name {name:?}: {why}; docker and containerd refuse to load it"
        );
        assert_eq!(found, [expected]);
    }
}

#[test]
fn foreign_layer_is_incomplete() {
    let foreign = "application/vnd.docker.image.rootfs.foreign.diff.tar.gzip";
    let bytes = with_manifest(|manifest| {
        manifest["layers"][0] = json!({
            "mediaType": foreign, "size": 9, "digest": sha256(b"elsewhere"), "urls": ["https://example.com/l"],
        });
    });
    let archive = open(&bytes);
    assert!(anomalies(&archive).iter().any(|line| {
        line.ends_with("layer 0 is foreign: its bytes are elsewhere; not scanned")
    }));
    assert_eq!(
        archive.images()[0].layers[0].urls,
        ["https://example.com/l"]
    );
}

#[test]
fn layers_that_cannot_be_scanned_are_incomplete() {
    for (media_type, says) in [
        (
            "application/vnd.oci.image.layer.v1.tar+gzip+encrypted",
            "layer 0 is encrypted; not scanned",
        ),
        (
            "application/vnd.erofs.layer.v1",
            "layer 0 has the unknown media type \"application/vnd.erofs.layer.v1\"; not scanned",
        ),
        (
            "application/x-thing",
            "layer 0 has the unknown media type \"application/x-thing\"; not scanned",
        ),
    ] {
        let found =
            manifest_changed(|manifest| manifest["layers"][0]["mediaType"] = media_type.into());
        assert!(found[0].ends_with(says), "{found:?}");
    }
}

#[test]
fn negative_and_malformed_descriptors() {
    let found = manifest_changed(|manifest| manifest["layers"][0]["size"] = (-5).into());
    assert!(
        found[0].contains("layer 0 should have -5 bytes but has "),
        "{found:?}"
    );
    for digest in ["sha256:../../etc/passwd", "sha256:ABCDEF", "md5", ""] {
        let found = manifest_changed(|manifest| manifest["layers"][0]["digest"] = digest.into());
        assert!(
            found.iter().any(|line| line.contains("layers[0].digest: ")),
            "{digest}: {found:?}"
        );
        assert!(
            found
                .iter()
                .any(|line| line.ends_with("layer 0 is not in the archive; not scanned")),
            "{found:?}"
        );
    }
}

#[test]
fn manifest_that_is_an_index_too_is_followed_both_ways() {
    let bytes = archive::oci_archive(&[image(), Image::new("b:1")], Compress::None);
    let index = archive::members(&bytes)
        .into_iter()
        .find(|member| member.path == "index.json")
        .unwrap();
    let index: Value = serde_json::from_slice(&index.content).unwrap();
    let hidden = index["manifests"][1].clone();
    let double = with_manifest(|manifest| manifest["manifests"] = json!([hidden]));
    let bytes = archive::edit(&double, |members| {
        let known: Vec<String> = members.iter().map(|member| member.path.clone()).collect();
        members.extend(
            archive::members(&bytes)
                .into_iter()
                .filter(|member| !known.contains(&member.path)),
        );
    });
    let archive = open(&bytes);
    assert_eq!(archive.images().len(), 2);
    let found = anomalies(&archive);
    let says = "ambiguous manifest: ";
    assert!(found.iter().any(|line| line.contains(says)), "{found:?}");
}

#[test]
fn nested_indexes_end_at_eight() {
    let mut members = archive::members(&archive::oci_archive(&[image()], Compress::None));
    let mut index = members
        .iter()
        .position(|member| member.path == "index.json")
        .map(|at| members.remove(at))
        .unwrap();
    for _ in 0..9 {
        let digest = sha256(&index.content);
        let above = json!({ "schemaVersion": 2, "manifests": [{
            "mediaType": "application/vnd.oci.image.index.v1+json", "size": index.content.len(), "digest": digest,
        }] });
        members.push(Member::file(
            format!("blobs/sha256/{}", hex(&digest)),
            index.content,
        ));
        index = Member::file("index.json", above.to_string());
        if members.len() == 3 + 1 + 8 {
            let mut fine = members.clone();
            fine.push(index.clone());
            assert_eq!(open(&archive::pack(&fine)).images().len(), 1);
        }
    }
    members.push(index);
    let error = crate::told(&crate::refused(&archive::pack(&members)));
    assert!(
        error.contains("indexes are nested more than 8 deep"),
        "{error}"
    );
}

#[test]
fn one_nested_index_named_a_thousand_times_is_read_once() {
    let bytes = archive::containerd(
        &[image(), image().platform("linux", "arm64", None)],
        &Compress::None.into(),
    );
    let found = changed(&bytes, "index.json", |index| {
        let one = index["manifests"][0].clone();
        index["manifests"] = vec![one; 1000].into();
    });
    assert_eq!(found, Vec::<String>::new());
}

#[test]
fn unknown_media_type_in_an_index_is_no_error() {
    let bytes = edited(
        &archive::oci_archive(&[image()], Compress::None),
        "index.json",
        |index| {
            let other =
                json!({ "mediaType": "application/x-thing", "size": 2, "digest": sha256(b"{}") });
            index["manifests"].as_array_mut().unwrap().push(other);
        },
    );
    let bytes = archive::edit(&bytes, |members| {
        members.push(Member::file(
            format!("blobs/sha256/{}", hex(&sha256(b"{}"))),
            "{}",
        ));
    });
    let archive = open(&bytes);
    assert_eq!(anomalies(&archive), Vec::<String>::new());
    assert_eq!(
        (archive.images().len(), archive.attestations().len()),
        (1, 1)
    );
}

#[test]
fn no_label_hides_an_image() {
    let plain = archive::oci_archive(&[image()], Compress::None);
    let attestation = json!({ "vnd.docker.reference.type": "attestation-manifest" });
    let found = |change: &dyn Fn(&mut Value)| {
        let archive = open(&edited(&plain, "index.json", |index| {
            change(&mut index["manifests"][0]);
        }));
        let layers = archive.images()[0]
            .layers
            .iter()
            .filter(|layer| layer.blob.is_some())
            .count();
        (layers, anomalies(&archive).len())
    };
    assert_eq!(found(&|it| it["annotations"] = attestation.clone()), (2, 0));
    assert_eq!(
        found(&|it| it["mediaType"] = "application/x-thing".into()),
        (2, 0)
    );
    assert_eq!(found(&|it| it["mediaType"] = Value::Null), (2, 0));
    let index = "application/vnd.oci.image.index.v1+json";
    assert_eq!(
        found(&|it| it["mediaType"] = index.into()),
        (2, 1),
        "and the lie is told"
    );
}

#[test]
fn helm_chart_beside_an_image_is_no_image() {
    let chart = with_manifest(|manifest| {
        manifest["config"]["mediaType"] = "application/vnd.cncf.helm.config.v1+json".into();
        for layer in manifest["layers"].as_array_mut().unwrap() {
            layer["mediaType"] = "application/vnd.cncf.helm.chart.content.v1.tar+gzip".into();
        }
    });
    let error = crate::told(&crate::refused(&chart));
    assert!(
        error.starts_with("app.tar: no image in it: only attestations or other artifacts"),
        "{error}"
    );
}

#[test]
fn schema_1_manifest_in_a_dir_folder_lists_the_top_layer_first() {
    let dir = tempfile::tempdir().unwrap();
    let write = |name: &str, bytes: &[u8]| std::fs::write(dir.path().join(name), bytes).unwrap();
    let blobs = [b"top".as_slice(), b"empty", b"base"];
    for blob in blobs {
        write(hex(&sha256(blob)), blob);
    }
    let sums: Vec<_> = blobs
        .iter()
        .map(|blob| json!({ "blobSum": sha256(blob) }))
        .collect();
    let history = [
        json!({ "id": "c", "parent": "b", "os": "linux", "architecture": "amd64", "container_config": { "Cmd": ["top"] } }),
        json!({ "id": "b", "parent": "a", "throwaway": true }),
        json!({ "id": "a", "container_config": { "Cmd": ["base"] } }),
    ];
    let history: Vec<_> = history
        .iter()
        .map(|row| json!({ "v1Compatibility": row.to_string() }))
        .collect();
    let manifest = json!({ "schemaVersion": 1, "fsLayers": sums, "history": history });
    write("manifest.json", manifest.to_string().as_bytes());
    write("version", b"Directory Transport Version: 1.1\n");
    let archive =
        imglint_archive::Archive::open(dir.path(), &imglint_archive::Options::default()).unwrap();
    let image = &archive.images()[0];
    assert_eq!(
        crate::layers(&archive, image),
        [b"base".to_vec(), b"top".to_vec()]
    );
    assert_eq!(image.config.history[0].created_by, "base");
    assert_eq!(image.v1_id.as_deref(), Some("c"));
}
