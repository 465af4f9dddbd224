//! Archives that say one thing and hold another: read whole, and an error all the same.

use imglint_testkit::{
    Compress, EntryType, Image, Layer, Outer,
    archive::{self, Member},
    compress,
};
use serde_json::Value;

use crate::{
    images,
    run::{Workdir, rules},
};

/// Fails unless this rule finds an error in an archive that was read whole.
#[track_caller]
fn is_an_error(rule: &str, bytes: &[u8]) {
    ends(rule, bytes, 1);
}

/// Fails unless this rule says that what was read is not what should ship.
#[track_caller]
fn is_not_judged_whole(rule: &str, bytes: &[u8]) {
    ends(rule, bytes, 3);
}

#[track_caller]
fn ends(rule: &str, bytes: &[u8], code: i32) {
    let workdir = Workdir::new().with("app.tar", bytes);
    let report = workdir
        .run(&["--format", "json", "app.tar"])
        .ended(code)
        .json();
    assert!(
        rules(&report).contains(&rule.to_owned()),
        "{rule}: {report:#}"
    );
    assert_eq!(report["verdict"]["complete"], code != 3);
    workdir
        .run(&["app.tar"])
        .ended(code)
        .shows(&["app.tar", rule]);
}

fn image() -> Image {
    images::clean().layer(Layer::new().file("second", "2"), "COPY second /")
}

fn saved() -> Vec<u8> {
    archive::docker_save(&[image()])
}

/// An archive with the content of the members that end so changed.
fn changed(archive: &[u8], path: &str, change: impl Fn(&mut Vec<u8>)) -> Vec<u8> {
    archive::edit(archive, |members| {
        for member in members
            .iter_mut()
            .filter(|member| member.path.ends_with(path))
        {
            change(&mut member.content);
        }
    })
}

fn replaced(archive: &[u8], path: &str, from: &str, to: &str) -> Vec<u8> {
    changed(archive, path, |content| {
        let text = String::from_utf8(content.clone()).unwrap();
        assert!(text.contains(from), "{text}");
        *content = text.replace(from, to).into_bytes();
    })
}

#[test]
fn a_layer_other_than_its_diff_id_says() {
    let other = Layer::new().file("second", "forged").bytes();
    let forged = changed(&saved(), "/layer.tar", |content| {
        if content.windows(6).any(|window| window == b"second") {
            other.clone_into(content);
        }
    });
    is_not_judged_whole("diff-id-mismatch", &forged);
}

#[test]
fn layers_in_another_order_than_the_diff_ids() {
    let forged = changed(&saved(), "manifest.json", |content| {
        let mut items: Value = serde_json::from_slice(content).unwrap();
        items[0]["Layers"].as_array_mut().unwrap().reverse();
        *content = items.to_string().into_bytes();
    });
    is_not_judged_whole("layer-order-mismatch", &forged);
}

#[test]
fn a_blob_other_than_its_name_says() {
    let oci = archive::oci_archive(&[image()], Compress::None);
    let second = Layer::new().file("second", "2");
    let name = second.diff_id().replace("sha256:", "blobs/sha256/");
    let forged = changed(&oci, &name, |content| {
        Layer::new().file("second", "3").bytes().clone_into(content);
    });
    is_not_judged_whole("digest-mismatch", &forged);
}

#[test]
fn a_config_other_than_its_name_says() {
    let name = format!("{}.json", image().image_id().replace("sha256:", ""));
    is_not_judged_whole(
        "digest-mismatch",
        &replaced(&saved(), &name, "amd64", "arm64"),
    );
}

#[test]
fn two_blobs_of_one_name() {
    let oci = archive::oci_archive(&[image()], Compress::None);
    let second = Layer::new().file("second", "2");
    let name = second.diff_id().replace("sha256:", "blobs/sha256/");
    let forged = archive::edit(&oci, |members| {
        members.insert(
            0,
            Member::file(name, Layer::new().file("second", "3").bytes()),
        );
    });
    is_an_error("ambiguous-archive", &forged);
}

/// Go takes `layers` for `Layers`, and the last of both.
#[test]
fn a_key_in_another_case_after_the_real_one() {
    let forged = replaced(&saved(), "manifest.json", "}]", ",\"layers\":[]}]");
    let workdir = Workdir::new().with("app.tar", forged);
    let report = workdir.report(&["app.tar"]);
    assert!(
        rules(&report).contains(&"ambiguous-json".to_owned()),
        "{report:#}"
    );
    assert_ne!(report["verdict"]["exit_code"], 0);
}

#[test]
fn a_key_given_twice() {
    let forged = replaced(
        &saved(),
        "manifest.json",
        "}]",
        ",\"RepoTags\":[\"other:1.0\"]}]",
    );
    is_an_error("ambiguous-json", &forged);
}

#[test]
fn a_name_that_docker_refuses() {
    let forged = replaced(&saved(), "manifest.json", "app:1.0", "App:1.0");
    is_an_error("invalid-reference", &forged);
}

#[test]
fn a_whiteout_of_nothing_at_all() {
    is_an_error(
        "engines-disagree",
        &images::saved(Layer::new().file("d/.wh.", "")),
    );
}

#[test]
fn a_lone_zero_block_within_a_layer() {
    let layer = Layer::new().file("a", "1").zero_blocks(1).file("b", "2");
    is_an_error("ambiguous-tar", &images::saved(layer));
}

/// A directory that claims bytes hides the next entry from readers unlike Go's.
#[test]
fn an_entry_that_only_some_readers_see() {
    let layer = Layer::new()
        .header("d/", EntryType::Directory, 1024, |_| ())
        .file("d/hidden", "seen by engines");
    let workdir = Workdir::new().with("app.tar", images::saved(layer));
    let report = workdir.report(&["app.tar"]);
    assert!(
        rules(&report).contains(&"ambiguous-tar".to_owned()),
        "{report:#}"
    );
    workdir
        .run(&["tree", "app.tar"])
        .ended(0)
        .shows(&["hidden"]);
}

/// podman and gzip itself refuse what docker accepts.
#[test]
fn junk_after_a_compressed_layer_is_told() {
    let gzip = compress(&Layer::new().file("a", "1").bytes(), Compress::Gzip);
    let layer = Layer::new()
        .raw([&gzip[..], b"trailing junk"].concat())
        .without_end();
    let workdir = Workdir::new().with("app.tar", images::saved(layer));
    let report = workdir.report(&["app.tar"]);
    assert!(
        rules(&report).contains(&"trailing-data".to_owned()),
        "{report:#}"
    );
}

/// Engines refuse the archive; other readers end there and miss the image.
#[test]
fn a_lone_zero_block_among_the_members_is_told() {
    let outer = Outer::new()
        .file("one", "1")
        .zero_blocks(1)
        .raw(saved())
        .without_end();
    is_an_error("ambiguous-archive", &outer.bytes());
    let report = Workdir::new()
        .with("app.tar", outer.bytes())
        .report(&["app.tar"]);
    assert_eq!(report["images"][0]["names"][0], "app:1.0");
}

#[test]
fn a_second_archive_after_the_end_is_told() {
    let bytes = [saved(), archive::docker_save(&[images::faulty()])].concat();
    let report = Workdir::new().with("app.tar", bytes).report(&["app.tar"]);
    assert!(
        rules(&report).contains(&"trailing-data".to_owned()),
        "{report:#}"
    );
}
