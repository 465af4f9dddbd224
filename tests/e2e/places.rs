//! One secret in many places is one finding that names them.

use imglint_testkit::{Image, Layer, archive, planted};
use serde_json::Value;

use crate::{images, reports::fits_schema, run::Workdir};

/// A token in eight files, of which a later layer deletes one, and in a variable.
fn spread() -> Image {
    let token = planted::token("spread");
    let write = |layer: Layer, n: usize| layer.file(format!("srv/{n}.txt"), format!("\n{token}\n"));
    images::clean()
        .layer(
            (0..8).fold(Layer::new().dir("srv"), write),
            "COPY . /srv # buildkit",
        )
        .layer(
            Layer::new().whiteout("srv/0.txt"),
            "RUN /bin/sh -c rm /srv/0.txt # buildkit",
        )
        .env(&format!("TOKEN={token}"))
}

fn workdir() -> Workdir {
    Workdir::new().with("app.tar", archive::docker_save(&[spread()]))
}

#[test]
fn the_report_has_every_place_and_fits_the_schema() {
    let report = workdir().report(&["app.tar"]);
    fits_schema(&report);
    let findings = report["images"][0]["findings"].as_array().unwrap();
    let of_rule = |finding: &&Value| finding["rule"] == "secret-token";
    let found: Vec<&Value> = findings.iter().filter(of_rule).collect();
    assert_eq!(found.len(), 1, "{report:#}");
    let places = found[0]["places"].as_array().unwrap();
    assert_eq!(places.len(), 9);
    assert_eq!(found[0]["location"], places[0]["location"]);
    assert_eq!(found[0]["secret"]["detector"], "github-token");
    assert_eq!(places[0]["location"]["path"], "/srv/0.txt");
    assert_eq!(places[0]["location"]["line"], 2);
    assert_eq!(places[0]["hidden_by"]["layer"], 2);
    assert_eq!(places[0]["hidden_by"]["cause"], "deleted-file");
    assert_eq!(places[0]["hidden_by"]["instruction"], "RUN rm /srv/0.txt");
    assert_eq!(places[1].get("hidden_by"), None);
    assert_eq!(places[8]["location"]["field"], "config.Env");
    assert_eq!(places[8]["message"], "in ENV TOKEN");
}

#[test]
fn people_see_the_first_places_and_all_of_them_if_they_ask() {
    let workdir = workdir();
    let short = workdir.run(&["app.tar"]);
    short.ended(1).shows(&[
        "in /srv/0.txt, deleted in layer 2 but shipped in layer 1",
        "out of sight since layer 2: RUN rm /srv/0.txt",
        "also in /srv/1.txt · layer 1 · line 2",
        "… and 3 more places",
    ]);
    assert!(!short.text().contains("in ENV TOKEN"), "{short:#?}");
    let whole = workdir.run(&["--verbose", "app.tar"]);
    whole
        .ended(1)
        .shows(&["also in /srv/7.txt · layer 1 · line 2", "also in ENV TOKEN"]);
}
