//! Small archives that ask for much work.

use std::fmt::Write as _;

use imglint_testkit::{Layer, archive};

use crate::{
    images,
    run::{Outcome, Workdir},
};

fn run(layers: impl IntoIterator<Item = Layer>) -> Outcome {
    let image = layers.into_iter().fold(images::clean(), |image, layer| {
        image.layer(layer, "RUN flood")
    });
    Workdir::new()
        .with("app.tar", archive::docker_save(&[image]))
        .run(&["app.tar"])
}

fn many(each: impl Fn(Layer, usize) -> Layer) -> Layer {
    (0..20_000).fold(Layer::new(), each)
}

#[test]
fn whiteouts_opaque_markers_and_duplicates() {
    let files = || many(|layer, n| layer.file(format!("d/{n}"), "x"));
    run([files(), many(|layer, n| layer.whiteout(format!("d/{n}")))]).ended(0);
    run([files(), many(|layer, _| layer.file("d/.wh..wh..opq", ""))]).ended(0);
    run([many(|layer, _| layer.file("d/same", "x"))]).ended(0);
}

#[test]
fn links_that_lead_in_a_circle_or_a_long_way() {
    run([many(|layer, n| {
        layer.hard_link(format!("f{}", n + 1), format!("f{n}"))
    })])
    .ended(0);
    run([many(|layer, n| {
        layer.symlink(format!("s{n}"), format!("s{}", n + 1))
    })])
    .ended(0);
    run([Layer::new()
        .symlink("etc/passwd", "group")
        .symlink("etc/group", "passwd")])
    .ended(0);
}

#[test]
fn a_path_of_more_components_than_any_file_system_takes() {
    let path = vec!["a"; 20_000].join("/");
    run([Layer::new()
        .pax(&[("path", path.as_bytes())])
        .file("x", "1")])
    .ended(3)
    .shows(&["more than 4096 components", "app.tar"]);
}

#[test]
fn documents_nested_without_end() {
    let mut deep = String::new();
    for _ in 0..100_000 {
        write!(deep, "[").unwrap();
    }
    for name in ["manifest.json", "index.json"] {
        let outer = imglint_testkit::Outer::new()
            .file("oci-layout", "{\"imageLayoutVersion\":\"1.0.0\"}")
            .file(name, &deep);
        Workdir::new()
            .with("app.tar", outer.bytes())
            .run(&["app.tar"])
            .ended(3)
            .shows(&["app.tar", name]);
    }
}
