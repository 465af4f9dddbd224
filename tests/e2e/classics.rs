//! The images of the first articles that looked inside `docker save`.

use imglint_testkit::{Image, Layer, archive};
use serde_json::Value;

use crate::run::{Workdir, findings};

/// FROM ubuntu · RUN echo hihi · RUN touch /hi · RUN rm /hi · CMD echo hello.
fn investitest() -> Image {
    let ubuntu = Layer::new()
        .dir("etc")
        .file("etc/os-release", "ID=ubuntu\n");
    Image::new("investitest:latest")
        .layer(ubuntu, "/bin/sh -c #(nop) ADD file:d13b09e8b3cc98bf0 in / ")
        .empty_step("/bin/sh -c #(nop)  CMD [\"/bin/bash\"]")
        .layer(Layer::new(), "/bin/sh -c echo hihi")
        .layer(Layer::new().file("hi", ""), "/bin/sh -c touch /hi")
        .layer(Layer::new().whiteout("hi"), "/bin/sh -c rm /hi")
        .empty_step("/bin/sh -c #(nop)  CMD [\"echo\" \"hello\"]")
        .cmd(&["echo", "hello"])
}

#[test]
fn a_file_touched_and_removed_is_deleted_in_a_later_layer() {
    let workdir = Workdir::new().with("investitest.tar", archive::docker_save(&[investitest()]));
    let report = workdir.report(&["investitest.tar"]);
    let deleted: Vec<&Value> = report["images"][0]["findings"]
        .as_array()
        .unwrap()
        .iter()
        .filter(|finding| finding["rule"] == "deleted-in-later-layer")
        .collect();
    assert_eq!(deleted.len(), 1, "{report:#}");
    assert_eq!(deleted[0]["location"]["path"], "/hi");
    assert_eq!(deleted[0]["location"]["layer"], 2);
    let shown = workdir.run(&["--verbose", "investitest.tar"]);
    shown.shows(&["/hi", "touch /hi", "rm /hi", "deleted-in-later-layer"]);
}

/// Twenty-seven rows of history, each a directory, most of them empty.
fn php_demo_app() -> Image {
    let image = (0..26).fold(Image::new("jeduncan/php-demo-app:latest"), |image, step| {
        if step % 4 == 1 {
            let layer = Layer::new().file(format!("step-{step:02}"), step.to_string());
            image.layer(layer, &format!("/bin/sh -c make step-{step:02}"))
        } else {
            image.empty_step(&format!("/bin/sh -c #(nop) LABEL step={step:02}"))
        }
    });
    image
        .layer(Layer::new().whiteout("step-01"), "/bin/sh -c rm /step-01")
        .user("1001")
}

#[test]
fn a_chain_of_docker_1_8_is_read_from_its_root() {
    let workdir = Workdir::new().with("php.tar", archive::docker_v1(&[php_demo_app()]));
    let report = workdir.report(&["php.tar"]);
    let layers = report["images"][0]["layers"].as_array().unwrap();
    let created_by: Vec<&Value> = layers.iter().map(|layer| &layer["created_by"]).collect();
    assert_eq!(layers.len(), 27);
    assert_eq!(created_by[0], "LABEL step=00");
    assert_eq!(created_by[1], "RUN make step-01");
    assert_eq!(created_by[25], "RUN make step-25");
    assert_eq!(created_by[26], "RUN rm /step-01");
    let hidden = findings(&report)
        .into_iter()
        .any(|(rule, _)| rule == "deleted-in-later-layer");
    assert!(hidden, "{report:#}");
    assert_eq!(
        report["images"][0]["names"][0],
        "jeduncan/php-demo-app:latest"
    );
}
