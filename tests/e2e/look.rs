//! What people see, word for word. Read a snapshot before you accept it.

use imglint_testkit::archive;
use insta::{assert_snapshot, with_settings};

use crate::{images, run::Workdir};

/// Identities of the build differ where nobody looks for them: digests and times are cut out.
fn seen(arguments: &[&str]) -> String {
    let workdir = Workdir::new().with("app.tar", archive::docker_save(&[images::faulty()]));
    workdir.run(arguments).stdout
}

macro_rules! assert_seen {
    ($arguments:expr) => {
        with_settings!({
            filters => [(r"[0-9a-f]{64}", "[digest]"), (r"\b[0-9a-f]{12}\b", "[id]")],
            omit_expression => true,
        }, { assert_snapshot!(seen($arguments)) });
    };
}

#[test]
fn a_report() {
    assert_seen!(&["app.tar"]);
}

#[test]
fn a_verbose_report() {
    assert_seen!(&["--verbose", "app.tar"]);
}

#[test]
fn waste() {
    assert_seen!(&["waste", "app.tar"]);
}

#[test]
fn history() {
    assert_seen!(&["history", "app.tar"]);
}

#[test]
fn inspect() {
    assert_seen!(&["inspect", "app.tar"]);
}

#[test]
fn tree() {
    assert_seen!(&["tree", "app.tar"]);
}

#[test]
fn tree_of_a_layer() {
    assert_seen!(&["tree", "--layer", "1", "app.tar"]);
}

#[test]
fn help() {
    assert_seen!(&["--help"]);
}
