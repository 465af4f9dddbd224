//! The commands that look inside an image.

use imglint_testkit::{Image, Layer, Meta, archive};

use crate::{
    images,
    run::{Workdir, text},
};

/// Built, loaded into Docker 20.10 and 26.1 (overlay2), and asked for `docker history`.
fn known_to_docker() -> Image {
    let base = Layer::new()
        .dir("etc")
        .file("etc/passwd", "root:x:0:0:root:/root:/bin/sh\n")
        .file("hi", "");
    let second = Layer::new()
        .whiteout("hi")
        .file_with("opt/x", "xx", Meta::mode(0o755));
    Image::new("app:1.0")
        .layer(base.clone(), "/bin/sh -c touch /hi")
        .layer(second, "/bin/sh -c rm /hi")
        .empty_step("/bin/sh -c #(nop)  CMD [\"echo\"]")
        .layer(base, "/bin/sh -c again")
}

#[test]
fn history_gives_the_sizes_that_docker_gives() {
    let workdir = Workdir::new().with("app.tar", archive::docker_save(&[known_to_docker()]));
    let history = workdir
        .run(&["history", "--format", "json", "app.tar"])
        .ended(0)
        .json();
    let rows = history.as_array().unwrap().iter();
    let rows: Vec<_> = rows
        .map(|row| (text(&row["created_by"]), row["size"].clone()))
        .collect();
    let expected = [
        ("/bin/sh -c again", 30),
        ("/bin/sh -c #(nop)  CMD [\"echo\"]", 0),
        ("/bin/sh -c rm /hi", 2),
        ("/bin/sh -c touch /hi", 30),
    ];
    assert_eq!(
        rows,
        expected.map(|(created_by, size)| (created_by.to_owned(), size.into()))
    );
    let shown = workdir.run(&["history", "app.tar"]);
    shown.ended(0).shows(&["30B", "2B", "rm /hi", "<missing>"]);
}

#[test]
fn inspect_gives_what_docker_image_inspect_gives() {
    let image = images::clean()
        .env("A=b")
        .entrypoint(&["/srv/app"])
        .workdir("/srv")
        .expose("80/tcp");
    let workdir = Workdir::new().with(
        "app.tar",
        archive::docker_save(std::slice::from_ref(&image)),
    );
    let inspect = workdir
        .run(&["inspect", "--format", "json", "app.tar"])
        .ended(0)
        .json();
    let inspect = &inspect[0];
    assert_eq!(inspect["Id"], image.image_id().as_str());
    assert_eq!(inspect["RepoTags"][0], "app:1.0");
    assert_eq!(inspect["Config"]["User"], "1000");
    assert_eq!(inspect["Config"]["WorkingDir"], "/srv");
    assert_eq!(inspect["Config"]["Entrypoint"][0], "/srv/app");
    assert_eq!(inspect["Architecture"], "amd64");
    assert_eq!(inspect["RootFS"]["Layers"].as_array().unwrap().len(), 1);
    workdir
        .run(&["inspect", "app.tar"])
        .ended(0)
        .shows(&["app:1.0", "linux/amd64", "/srv"]);
}

#[test]
fn a_tree_shows_what_is_seen_at_the_end() {
    let workdir = Workdir::new().with("app.tar", archive::docker_save(&[images::faulty()]));
    let tree = workdir.run(&["tree", "app.tar"]);
    tree.ended(0).shows(&["passwd", "tool", "new", "one"]);
    assert!(!tree.stdout.contains("cache"), "{}", tree.stdout);
    let layer = workdir.run(&["tree", "--layer", "2", "app.tar"]);
    layer.ended(0).shows(&["cache", "cache2"]);
    let beyond = workdir.run(&["tree", "--layer", "5", "app.tar"]);
    beyond.ended(2).shows(&["no layer 5", "0 to 4"]);
}

#[test]
fn waste_names_the_bytes_the_cause_and_both_instructions() {
    let workdir = Workdir::new().with("app.tar", archive::docker_save(&[images::faulty()]));
    let waste = workdir.run(&["waste", "app.tar"]);
    waste
        .ended(0)
        .shows(&["opt/cache", "3MB", "rm /opt/cache*"]);
}

#[test]
fn looking_into_a_damaged_archive_is_incomplete() {
    let whole = archive::docker_save(&[images::faulty()]);
    let workdir = Workdir::new().with("short.tar", &whole[..whole.len() / 2]);
    for command in ["inspect", "history", "tree", "waste"] {
        workdir
            .run(&[command, "short.tar"])
            .ended(3)
            .shows(&["short.tar"]);
        workdir
            .run(&[command, "gone.tar"])
            .ended(3)
            .shows(&["gone.tar"]);
    }
}

#[test]
fn every_rule_that_is_listed_is_explained() {
    let workdir = Workdir::new();
    let rules = workdir.run(&["rules", "--format", "json"]).ended(0).json();
    let rules = rules.as_array().unwrap();
    assert!(rules.len() > 20);
    for rule in rules {
        let name = text(&rule["rule"]);
        let page = workdir.run(&["explain", &name]);
        page.ended(0)
            .shows(&[&name, "What it checks", "Why it matters", "How to fix it"]);
    }
}

#[test]
fn a_rule_by_another_name_is_suggested() {
    Workdir::new()
        .run(&["explain", "root-usr"])
        .ended(2)
        .shows(&["root-usr", "root-user"]);
}
