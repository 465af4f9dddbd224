//! A private key in the words of the history.

use imglint_testkit::{Layer, archive};

use crate::{images, run::Workdir};

/// Base64 of a key's first bytes, which must never be shown.
const BODY: &str = "MIIEvQIBADANBgkqhkiG9w0BAQEFAASCBKcwggSjAgEAAoIBAQC7";

#[test]
fn a_private_key_in_an_instruction_is_never_shown() {
    let kind = "PRIVATE KEY";
    let run = format!(
        "RUN /bin/sh -c cat > /k <<E\n-----BEGIN {kind}-----\n{BODY}\n{BODY}\n-----END {kind}-----\nE # buildkit"
    );
    let image = images::clean()
        .layer(Layer::new().file("gone", vec![b'x'; 2 << 20]), &run)
        .layer(Layer::new().whiteout("gone"), &format!("{run} rm"));
    let workdir = Workdir::new().with("app.tar", archive::docker_save(&[image]));
    for arguments in [
        &["app.tar"][..],
        &["--verbose", "app.tar"],
        &["--format", "json", "app.tar"],
        &["history", "--no-trunc", "app.tar"],
        &["history", "--format", "json", "app.tar"],
        &["tree", "--layer", "1", "app.tar"],
        &["waste", "app.tar"],
        &["waste", "--format", "json", "app.tar"],
        &["inspect", "app.tar"],
        &["inspect", "--format", "json", "app.tar"],
    ] {
        let outcome = workdir.run(arguments).ended(0).text();
        assert!(!outcome.contains(BODY), "{arguments:?}: {outcome}");
    }
    workdir
        .run(&["history", "--no-trunc", "app.tar"])
        .shows(&["[private key]"]);
}
