//! `imglint secrets`: plain files.

use std::fs;

use imglint_testkit::planted;
use serde_json::Value;

use crate::run::Workdir;

fn text(name: &str) -> String {
    format!("one\ntoken = {}\n", planted::token(name))
}

fn findings(report: &Value) -> &Vec<Value> {
    report["archives"][0]["findings"].as_array().unwrap()
}

#[test]
fn a_directory_is_looked_through_as_if_it_were_an_image() {
    let workdir = Workdir::new();
    fs::create_dir_all(workdir.path("root/app/deep")).unwrap();
    let workdir = workdir
        .with("root/app/a.txt", text("a"))
        .with("root/app/deep/b.txt", text("a"))
        .with("root/app/clean.txt", "nothing\n");
    let report = workdir
        .run(&["secrets", "--format", "json", "root"])
        .ended(1)
        .json();
    let [finding] = findings(&report).as_slice() else {
        panic!("{report:#}");
    };
    assert_eq!(finding["rule"], "secret-token");
    let places = finding["places"].as_array().unwrap().iter();
    let places: Vec<_> = places
        .map(|place| (&place["location"]["path"], &place["location"]["line"]))
        .collect();
    assert_eq!(places[0].0, "/app/a.txt");
    assert_eq!(places[1].0, "/app/deep/b.txt");
    assert_eq!((places[0].1, places.len()), (&2.into(), 2));
    let shown = workdir.run(&["secrets", "root"]);
    shown
        .ended(1)
        .shows(&["GitHub token", "/app/a.txt", "/app/deep/b.txt", "3 files"]);
}

#[test]
fn files_and_stdin_are_looked_through() {
    let workdir = Workdir::new()
        .with("a.txt", text("a"))
        .with("b.txt", "nothing");
    workdir
        .run(&["secrets", "a.txt"])
        .ended(1)
        .shows(&["a.txt"]);
    workdir
        .run(&["secrets", "b.txt"])
        .ended(0)
        .shows(&["1 file,"]);
    let piped = workdir.run_in(&["secrets", "-"], text("a").as_bytes(), &[]);
    piped.ended(1).shows(&["GitHub token"]);
    let quiet = workdir.run(&["secrets", "--quiet", "b.txt"]);
    assert_eq!(quiet.ended(0).text(), "");
}

#[test]
fn what_cannot_be_read_makes_the_run_incomplete() {
    let workdir = Workdir::new().with("a.txt", text("a"));
    workdir
        .run(&["secrets", "a.txt", "gone"])
        .ended(3)
        .shows(&["gone", "GitHub token"]);
}

#[test]
fn a_mark_on_the_line_allows_a_secret() {
    let token = planted::token("a");
    let marked = format!("token = {token} # imglint:allow\n");
    let workdir = Workdir::new().with("a.txt", marked);
    workdir.run(&["secrets", "a.txt"]).ended(0);
}

#[test]
fn the_number_of_threads_changes_no_byte() {
    let workdir = Workdir::new();
    fs::create_dir(workdir.path("root")).unwrap();
    for number in 0..200 {
        let name = format!("root/{number}");
        fs::write(workdir.path(name), text(&format!("{}", number % 7))).unwrap();
    }
    for format in ["human", "json"] {
        let run = |jobs: &str| {
            workdir
                .run(&["secrets", "--jobs", jobs, "--format", format, "root"])
                .stdout
        };
        assert_eq!(run("1"), run("8"));
    }
}

#[test]
fn links_in_directories_are_not_followed() {
    let workdir = Workdir::new().with("a.txt", text("a"));
    fs::create_dir(workdir.path("root")).unwrap();
    std::os::unix::fs::symlink("../a.txt", workdir.path("root/link")).unwrap();
    std::os::unix::fs::symlink("..", workdir.path("root/up")).unwrap();
    workdir.run(&["secrets", "root"]).ended(0);
}

#[test]
fn secrets_are_shown_to_those_who_ask_and_say_so() {
    let workdir = Workdir::new().with("a.txt", text("a"));
    let token = planted::token("a");
    let hidden = workdir.run(&["secrets", "a.txt"]);
    assert!(!hidden.text().contains(&token));
    for format in ["human", "json"] {
        let shown = workdir.run(&["secrets", "--show-secrets", "--format", format, "a.txt"]);
        assert!(shown.ended(1).stdout.contains(&token), "{shown:#?}");
        assert!(shown.stderr.contains("--show-secrets"), "{shown:#?}");
    }
}

/// A line of 64 MB, most of it never held.
#[test]
fn one_long_line_is_read_in_pieces() {
    let workdir = Workdir::new();
    let file = fs::File::create(workdir.path("line")).unwrap();
    file.set_len(64 << 20).unwrap();
    workdir
        .run(&["secrets", "line"])
        .ended(0)
        .shows(&["1 file,"]);
}
