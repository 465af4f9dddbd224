//! Archives that mean different images to different engines.

use imglint_testkit::{
    Compress, Image, Layer, Outer,
    archive::{self, Member},
};

use crate::{anomalies, open};

fn image(name: &str, content: &str) -> Image {
    Image::new(name).layer(Layer::new().file("f", content), "RUN f")
}

/// The hybrid archive of one image with the `index.json` of another, and both images' blobs.
fn spliced(docker: &Image, oci: &Image) -> Vec<u8> {
    let other = archive::docker_save_25(std::slice::from_ref(oci));
    archive::edit(
        &archive::docker_save_25(std::slice::from_ref(docker)),
        |members| {
            members.retain(|member| member.path != "index.json");
            let fresh = |member: &Member| {
                member.path == "index.json"
                    || member.path.starts_with("blobs/")
                        && !members.iter().any(|it| it.path == member.path)
            };
            let added: Vec<_> = archive::members(&other).into_iter().filter(fresh).collect();
            members.extend(added);
        },
    )
}

const DISAGREE: &str = "index.json: index.json and manifest.json name different images";

#[test]
fn index_and_manifest_of_different_images_are_both_linted() {
    for name in ["app:1.0", "other:1.0"] {
        let archive = open(&spliced(&image("app:1.0", "good"), &image(name, "evil")));
        assert_eq!(archive.images().len(), 2, "{name}");
        let found = anomalies(&archive);
        assert!(found[0].starts_with(DISAGREE), "{found:?}");
        assert!(
            found[1].contains("no manifest names it"),
            "of the first image: {found:?}"
        );
        assert_eq!(found.len(), 2, "{found:?}");
    }
}

#[test]
fn name_that_means_another_image_is_a_disagreement_though_both_list_both() {
    let (a, b) = (image("app:1", "a"), image("app:2", "b"));
    let swapped = [image("app:2", "a"), image("app:1", "b")];
    let index = archive::members(&archive::docker_save_25(&swapped));
    let index = index
        .into_iter()
        .find(|member| member.path == "index.json")
        .unwrap();
    let bytes = archive::edit(&archive::docker_save_25(&[a, b]), |members| {
        members.retain(|member| member.path != "index.json");
        members.push(index);
    });
    let archive = open(&bytes);
    assert_eq!(archive.images().len(), 2);
    assert!(anomalies(&archive)[0].starts_with(DISAGREE));
}

#[test]
fn short_index_of_docker_25_is_no_disagreement() {
    let images = [image("", "a"), image("", "b")];
    let full = archive::docker_save_25(&images);
    for index in [
        "{\"schemaVersion\":2,\"manifests\":null}",
        "{\"schemaVersion\":2,\"manifests\":[]}",
    ] {
        let bytes = archive::edit(&full, |members| {
            for member in members
                .iter_mut()
                .filter(|member| member.path == "index.json")
            {
                member.content = index.into();
            }
        });
        let archive = open(&bytes);
        assert_eq!(archive.images().len(), 2);
        let mut found = anomalies(&archive);
        found.retain(|line| !line.contains("no manifest names it"));
        assert_eq!(found, Vec::<String>::new());
    }
}

#[test]
fn containerd_manifest_json_lists_one_platform_only() {
    let arm = image("app:1.0", "a").platform("linux", "arm64", None);
    let bytes = archive::containerd(&[image("app:1.0", "a"), arm], &Compress::Gzip.into());
    let archive = open(&bytes);
    assert_eq!(archive.images().len(), 2);
    assert_eq!(anomalies(&archive), Vec::<String>::new());
}

#[test]
fn manifest_json_twice_is_linted_twice() {
    let other = archive::members(&archive::docker_save(&[image("app:1.0", "evil")]));
    for name in ["manifest.json", "./manifest.json", "x/../manifest.json"] {
        let bytes = archive::edit(
            &archive::docker_save(&[image("app:1.0", "good")]),
            |members| {
                for mut member in other.clone() {
                    if member.path == "manifest.json" {
                        name.clone_into(&mut member.path);
                        members.push(member);
                    } else if !members.iter().any(|it| it.path == member.path) {
                        members.push(member);
                    }
                }
            },
        );
        let archive = open(&bytes);
        assert_eq!(archive.images().len(), 2, "{name}");
        let found = anomalies(&archive);
        assert!(
            found[0].contains("manifest.json appears twice (entries "),
            "{found:?}"
        );
        assert!(found[0].ends_with("docker loads the second, podman the first; both were linted"));
    }
}

#[test]
fn manifest_json_twice_with_the_same_bytes_is_silent() {
    let bytes = archive::edit(&archive::docker_save(&[image("app:1.0", "x")]), |members| {
        let again = members
            .iter()
            .find(|member| member.path == "manifest.json")
            .unwrap()
            .clone();
        members.push(again);
    });
    let archive = open(&bytes);
    assert_eq!(archive.images().len(), 1);
    assert_eq!(anomalies(&archive), Vec::<String>::new());
}

#[test]
fn index_json_twice_is_linted_twice() {
    let other = archive::members(&archive::oci_archive(
        &[image("app:1.0", "evil")],
        Compress::None,
    ));
    let bytes = archive::edit(
        &archive::oci_archive(&[image("app:1.0", "good")], Compress::None),
        |members| {
            let known: Vec<_> = members.iter().map(|member| member.path.clone()).collect();
            let fresh = |it: &Member| it.path == "index.json" || !known.contains(&it.path);
            members.extend(other.into_iter().filter(fresh));
        },
    );
    let archive = open(&bytes);
    assert_eq!(archive.images().len(), 2);
    assert!(anomalies(&archive)[0].contains("member \"index.json\" stands twice (entries "));
}

#[test]
fn manifest_json_may_be_a_link() {
    let bytes = archive::edit(&archive::docker_save(&[image("app:1.0", "x")]), |members| {
        for member in members
            .iter_mut()
            .filter(|member| member.path == "manifest.json")
        {
            "real.json".clone_into(&mut member.path);
        }
        members.push(Member::symlink("manifest.json", "real.json"));
    });
    assert_eq!(open(&bytes).images().len(), 1);
}

#[test]
fn empty_manifest_json_beside_a_full_index_is_told() {
    let bytes = archive::edit(
        &archive::docker_save_25(&[image("app:1.0", "x")]),
        |members| {
            for member in members
                .iter_mut()
                .filter(|member| member.path == "manifest.json")
            {
                member.content = b"[]".to_vec();
            }
        },
    );
    let archive = open(&bytes);
    assert_eq!(archive.images().len(), 1);
    let expected = "manifest.json: manifest.json is an empty list: docker loads nothing, \
                    containerd and podman what index.json names";
    assert_eq!(anomalies(&archive), [expected]);
}

#[test]
fn unreadable_index_beside_a_full_manifest_is_incomplete() {
    let bytes = archive::edit(
        &archive::docker_save_25(&[image("app:1.0", "x")]),
        |members| {
            for member in members
                .iter_mut()
                .filter(|member| member.path == "index.json")
            {
                member.content = b"{\"manifests\": [".to_vec();
            }
        },
    );
    let archive = open(&bytes);
    assert_eq!(archive.images().len(), 1);
    assert!(
        archive
            .anomalies()
            .iter()
            .any(|it| it.document == "index.json" && it.incomplete())
    );
}

#[test]
fn key_in_another_case_is_read_as_go_reads_it() {
    // Docker, containerd and skopeo load the second.
    let (good, evil) = (Layer::new().file("good", ""), Layer::new().file("evil", ""));
    let config = image("", "").config_json(|config| {
        config["rootfs"]["diff_ids"] = serde_json::json!([evil.diff_id()]);
    });
    let manifest = "[{\"Config\":\"c.json\",\"Layers\":[\"good.tar\"],\"layers\":[\"evil.tar\"]}]";
    let bytes = Outer::new()
        .file("c.json", config.config())
        .file("good.tar", good.bytes())
        .file("evil.tar", evil.bytes())
        .file("manifest.json", manifest)
        .bytes();
    let archive = open(&bytes);
    assert_eq!(archive.images()[0].layers[0].name, "evil.tar");
    let found = anomalies(&archive);
    assert!(
        found[0].starts_with("manifest.json, byte 42: key \"layers\" is read as \"Layers\""),
        "{found:?}"
    );
    assert!(
        found[1].contains("\"good.tar\" (") && found[1].contains("no manifest names it"),
        "{found:?}"
    );
}
