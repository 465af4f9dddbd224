//! Secrets are found wherever they ship, and never shown.

use base64::{Engine as _, prelude::BASE64_STANDARD};
use imglint_testkit::{Compress, EntryType, Image, Layer, archive};
use serde_json::Value;

use crate::{
    images,
    run::{Outcome, Workdir},
};

/// The secret half of a key: 64 bytes that no test vector has.
fn key_material() -> Vec<u8> {
    (0..64_u8)
        .map(|index| index.wrapping_mul(151).wrapping_add(89))
        .collect()
}

/// An unencrypted Ed25519 key in OpenSSH's form (openssh `PROTOCOL.key`).
fn private_key() -> String {
    let field = |bytes: &[u8]| {
        let length = u32::try_from(bytes.len()).unwrap().to_be_bytes();
        [&length, bytes].concat()
    };
    let secret = key_material();
    let kind = field(b"ssh-ed25519");
    let public = [kind.clone(), field(&secret[32..])].concat();
    let check = [7, 7, 7, 7, 7, 7, 7, 7].to_vec();
    let mut private = [check, public.clone(), field(&secret), field(b"me@host")].concat();
    private.extend((1..=u8::MAX).take(private.len().next_multiple_of(8) - private.len()));
    let body = [
        b"openssh-key-v1\0".to_vec(),
        field(b"none"),
        field(b"none"),
        field(b""),
        1_u32.to_be_bytes().to_vec(),
        field(&public),
        field(&private),
    ]
    .concat();
    let lines = BASE64_STANDARD.encode(body);
    let lines: Vec<&str> = lines
        .as_bytes()
        .chunks(70)
        .map(|line| std::str::from_utf8(line).unwrap())
        .collect();
    let mark = |word: &str| format!("-----{word} OPENSSH PRIVATE {}-----", "KEY");
    format!("{}\n{}\n{}\n", mark("BEGIN"), lines.join("\n"), mark("END"))
}

/// A token that is not a placeholder, made of parts so that no scanner of this repository minds.
fn token() -> String {
    [
        "npm",
        "_",
        "Zk3vQ9xL2m",
        "T7wR4yB8nC",
        "1dF6hJ0pS5",
        "aXeG9u",
    ]
    .concat()
}

/// Fails if any window of a secret is printed.
#[track_caller]
fn hides(outcome: &Outcome, secret: &str) {
    let text = outcome.text();
    let shown = secret.as_bytes().windows(12).find(|window| {
        let window = std::str::from_utf8(window).unwrap();
        !window.contains('\n') && !window.starts_with('-') && text.contains(window)
    });
    assert_eq!(shown.map(String::from_utf8_lossy), None, "{text}");
}

/// What of the key's text is secret: all beyond the magic, the cipher and the public half.
fn secret_lines(key: &str) -> String {
    key.lines()
        .skip(3)
        .filter(|line| !line.starts_with('-'))
        .collect()
}

/// A key and a token, both deleted by the next layer.
fn leaky() -> Image {
    let key = Layer::new()
        .dir("root/.ssh")
        .file("root/.ssh/id_ed25519", private_key());
    let npmrc = format!(
        "registry=https://registry.example.com/\n//registry.example.com/:_authToken={}\n",
        token()
    );
    let key = key.file("root/.npmrc", npmrc);
    let deleted = Layer::new()
        .whiteout("root/.ssh/id_ed25519")
        .whiteout("root/.npmrc");
    images::clean()
        .layer(key, "COPY secrets /root/ # buildkit")
        .layer(deleted, "RUN rm -rf /root/.ssh /root/.npmrc # buildkit")
}

fn of_rule<'a>(report: &'a Value, rule: &str) -> &'a Value {
    let findings = report["images"][0]["findings"].as_array().unwrap();
    findings
        .iter()
        .find(|finding| finding["rule"] == rule)
        .unwrap_or_else(|| panic!("{report:#}"))
}

#[test]
fn deleted_secrets_fail_the_run_and_name_layer_path_and_instruction() {
    let workdir = Workdir::new().with("app.tar", archive::docker_save(&[leaky()]));
    let report = workdir
        .run(&["--format", "json", "app.tar"])
        .ended(1)
        .json();
    let key = of_rule(&report, "private-key");
    assert_eq!(key["severity"], "error");
    assert_eq!(key["location"]["path"], "/root/.ssh/id_ed25519");
    assert_eq!(key["location"]["layer"], 1);
    assert_eq!(key["location"]["line"], 1);
    let credential = of_rule(&report, "credential-file");
    assert_eq!(credential["location"]["path"], "/root/.npmrc");
    assert_eq!(credential["location"]["line"], 2);
    let shown = workdir.run(&["app.tar"]);
    shown.ended(1).shows(&[
        "id_ed25519",
        "layer 1",
        "layer 2",
        "COPY secrets",
        "/root/.npmrc",
    ]);
}

#[test]
fn no_format_and_no_command_shows_a_secret() {
    let quoting = leaky()
        .env(&format!("DEPLOY_KEY={}", private_key()))
        .label("com.example.key", &private_key())
        .empty_step(&format!(
            "/bin/sh -c #(nop) ENV DEPLOY_KEY={}",
            private_key()
        ));
    let bytes = archive::containerd(&[quoting], &Compress::Zstd.into());
    let workdir = Workdir::new().with("app.tar", bytes);
    for arguments in [
        &["app.tar"][..],
        &["--verbose", "app.tar"],
        &["--format", "json", "app.tar"],
        &["waste", "app.tar"],
        &["tree", "--layer", "1", "app.tar"],
        &["inspect", "app.tar"],
        &["inspect", "--format", "json", "app.tar"],
        &["history", "--no-trunc", "app.tar"],
        &["history", "--format", "json", "app.tar"],
    ] {
        let outcome = workdir.run(arguments);
        hides(&outcome, &secret_lines(&private_key()));
        hides(&outcome, &token());
    }
}

#[test]
fn public_keys_and_placeholders_are_silent() {
    let public = format!(
        "-----{} PUBLIC KEY-----\nMCowBQYDK2VwAyEA\n-----END PUBLIC KEY-----\n",
        "BEGIN"
    );
    let layer = Layer::new()
        .file("etc/ssl/key.pub", public)
        .file(
            "root/.npmrc",
            "//registry.example.com/:_authToken=${NPM_TOKEN}\n",
        )
        .file(
            "usr/share/doc/readme",
            format!("it starts with -----{} RSA PRIVATE KEY-----\n", "BEGIN"),
        );
    let workdir = Workdir::new().with("app.tar", images::saved(layer));
    workdir.run(&["--fail-on", "warning", "app.tar"]).ended(0);
}

#[test]
fn a_secret_in_a_damaged_layer_is_found_and_the_run_is_incomplete() {
    let layer = Layer::new()
        .file("root/.ssh/id_ed25519", private_key())
        .header("next", EntryType::Regular, 1 << 40, |_| ());
    let workdir = Workdir::new().with("app.tar", images::saved(layer));
    workdir
        .run(&["app.tar"])
        .ended(3)
        .shows(&["private-key", "id_ed25519"]);
}

#[test]
fn a_secret_outside_of_every_file_is_found() {
    let after_the_end = Layer::new()
        .file("a", "1")
        .zero_blocks(2)
        .raw(private_key());
    let attribute = Layer::new().xattr_file("a", "1", &[("user.key", private_key().as_bytes())]);
    for layer in [after_the_end, attribute] {
        let workdir = Workdir::new().with("app.tar", images::saved(layer));
        let outcome = workdir.run(&["app.tar"]);
        outcome.ended(1).shows(&["private-key"]);
        hides(&outcome, &secret_lines(&private_key()));
    }
}
