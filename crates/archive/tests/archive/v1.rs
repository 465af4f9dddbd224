//! Docker up to 1.9: layer folders that name their parents.

use imglint_archive::Form;
use imglint_testkit::{Image, Layer, Outer, archive};

use crate::{anomalies, layers, open};

/// A layer folder with this id, made by `cmd` on top of `parent`.
fn folder(outer: Outer, id: &str, parent: &str, cmd: &str) -> Outer {
    let json = serde_json::json!({
        "id": id,
        "parent": parent,
        "created": "2016-06-20T14:53:14.904907708Z",
        "author": "Jamie",
        "comment": "by hand",
        "container_config": { "Cmd": ["/bin/sh", "-c", cmd] },
        "config": { "User": "1001" },
        "architecture": "amd64",
        "os": "linux",
    });
    outer
        .file(format!("{id}/VERSION"), "1.0")
        .file(format!("{id}/json"), json.to_string())
        .file(
            format!("{id}/layer.tar"),
            Layer::new().file(cmd, "").bytes(),
        )
}

fn id(digit: char) -> String {
    digit.to_string().repeat(64)
}

#[test]
fn chain_by_parent_with_a_layer_for_each_step() {
    let image = Image::new("app:1.0")
        .layer(
            Layer::new().file("a", "1"),
            "/bin/sh -c #(nop) ADD file:1 in /",
        )
        .empty_step("/bin/sh -c #(nop) CMD [\"sh\"]")
        .layer(Layer::new().whiteout("a"), "/bin/sh -c rm /a");
    let archive = open(&archive::docker_v1(std::slice::from_ref(&image)));
    assert_eq!(archive.form(), Form::DockerV1);
    assert_eq!(anomalies(&archive), Vec::<String>::new());
    let found = &archive.images()[0];
    assert_eq!(found.names, ["app:1.0"]);
    assert_eq!(
        (found.id.clone(), found.v1_id.as_ref().unwrap().len()),
        (None, 64)
    );
    let written: Vec<_> = image.layers().map(Layer::bytes).collect();
    let empty = Layer::new().bytes();
    assert_eq!(
        layers(&archive, found),
        [written[0].clone(), empty, written[1].clone()]
    );
    let rows: Vec<_> = found
        .config
        .history
        .iter()
        .map(|row| row.created_by.as_str())
        .collect();
    assert_eq!(rows[0], "/bin/sh -c #(nop) ADD file:1 in /");
    assert_eq!(rows[2], "/bin/sh -c rm /a");
    assert!(found.config.history.iter().all(|row| !row.empty_layer));
}

#[test]
fn saved_by_id_has_no_repositories() {
    let outer = folder(
        folder(Outer::new(), &id('b'), &id('a'), "two"),
        &id('a'),
        "",
        "one",
    );
    let archive = open(&outer.bytes());
    assert_eq!(archive.images().len(), 1);
    let found = &archive.images()[0];
    assert_eq!(found.v1_id, Some(id('b')));
    assert_eq!(found.names, Vec::<String>::new());
    assert_eq!(found.layers[0].name, format!("{}/layer.tar", id('a')));
    assert_eq!(found.config.history[1].created_by, "/bin/sh -c two");
    assert_eq!(found.config.history[0].author, "Jamie");
    assert_eq!(found.config.config.user, "1001");
}

#[test]
fn one_layer_alone_is_an_image() {
    let archive = open(&folder(Outer::new(), &id('a'), "", "one").bytes());
    assert_eq!(anomalies(&archive), Vec::<String>::new());
    assert_eq!(archive.images()[0].layers.len(), 1);
}

#[test]
fn forks_give_an_image_for_each_head() {
    let outer = folder(Outer::new(), &id('a'), "", "base");
    let outer = folder(outer, &id('b'), &id('a'), "left");
    let outer = folder(outer, &id('c'), &id('a'), "right");
    let archive = open(&outer.bytes());
    let heads: Vec<_> = archive
        .images()
        .iter()
        .map(|image| image.v1_id.clone().unwrap())
        .collect();
    assert_eq!(heads, [id('b'), id('c')]);
}

#[test]
fn tagged_layer_in_the_middle_is_an_image_too() {
    let outer = folder(Outer::new(), &id('a'), "", "base");
    let outer = folder(outer, &id('b'), &id('a'), "top");
    let tags = format!("{{\"base\":{{\"1\":\"{}\"}}}}", id('a'));
    let archive = open(&outer.file("repositories", tags).bytes());
    assert_eq!(archive.images().len(), 2);
    assert_eq!(archive.images()[0].names, ["base:1"]);
    assert_eq!(archive.images()[0].layers.len(), 1);
}

#[test]
fn missing_parent_leaves_the_image_incomplete() {
    let archive = open(&folder(Outer::new(), &id('b'), &id('a'), "two").bytes());
    let expected = format!(
        "{}/json: parent layer \"{}\" is not in the archive",
        id('b'),
        id('a')
    );
    assert_eq!(anomalies(&archive), [expected]);
    assert!(archive.images()[0].anomalies[0].incomplete());
    assert_eq!(archive.images()[0].layers.len(), 1);
}

#[test]
fn circle_of_parents_ends() {
    let outer = folder(Outer::new(), &id('a'), &id('b'), "one");
    let outer = folder(outer, &id('b'), &id('a'), "two");
    let archive = open(&outer.bytes());
    let expected = format!(
        "{}/json: layer \"{}\" is its own ancestor",
        id('a'),
        id('a')
    );
    assert_eq!(anomalies(&archive), [expected]);
    assert!(archive.images()[0].anomalies[0].incomplete());
    assert_eq!(archive.images()[0].layers.len(), 2);
}

#[test]
fn tag_without_its_layer_is_incomplete() {
    let tags = format!("{{\"app\":{{\"1\":\"{}\"}}}}", id('f'));
    let outer = folder(Outer::new(), &id('a'), "", "one").file("repositories", tags);
    let archive = open(&outer.bytes());
    assert!(anomalies(&archive)[0].starts_with("repositories: \"app:1\" names layer"));
    assert!(archive.anomalies()[0].incomplete());
}

#[test]
fn folder_without_layer_tar_is_incomplete() {
    let json = format!("{{\"id\":\"{}\"}}", id('a'));
    let archive = open(&Outer::new().file(format!("{}/json", id('a')), json).bytes());
    let expected = format!(
        "{0}/json: layer 0 ({0}/layer.tar) is not in the archive; not scanned",
        id('a')
    );
    assert_eq!(anomalies(&archive), [expected]);
}
