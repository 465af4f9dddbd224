//! One token in each place that an image has, in each form of archive: all are told, each with its place.

use imglint_testkit::{
    Compress, Image, Layer,
    archive::{self, Member, Oci},
    planted::{self, token},
};
use serde_json::{Value, json};

use crate::{images, run::Workdir};

/// Enough to take many chunks.
const LOG_SIZE: usize = 2 << 20;

/// What is special about a place, and what must be said of it.
type Row = (&'static str, String);

fn row(place: &'static str, told: &str) -> Row {
    (place, told.to_owned())
}

fn line(place: &str) -> String {
    format!("token = {}\n", token(place))
}

/// The image, and where its secrets are.
fn image() -> (Image, Vec<Row>) {
    let mut rows = vec![
        row("base layer", "/etc/base.conf"),
        row("deleted file", "/etc/gone.conf"),
        row("overwritten file", "/etc/app.conf"),
        row("opaque directory", "/opaque/a.conf"),
        row("file name", "/srv/names/"),
        row("symlink target", "/srv/names/link"),
        row("hard link target", "/srv/names/hard"),
        row("extended attribute", "/etc/attribute"),
        row("after the end of the tar", "belong to no file"),
        row("ENV", "config.Env"),
        row("LABEL", "config.Labels"),
        row("CMD", "config.Cmd"),
        row("ENTRYPOINT", "config.Entrypoint"),
        row("HEALTHCHECK", "config.Healthcheck"),
        row("history", "history[1]"),
        row("build argument", "history[5]"),
        row("comment", "comment"),
        row("author", "author"),
    ];
    let base = Layer::new()
        .file("etc/base.conf", line("base layer"))
        .file("etc/gone.conf", line("deleted file"))
        .file("etc/app.conf", line("overwritten file"))
        .file("opaque/a.conf", line("opaque directory"))
        .xattr_file(
            "etc/attribute",
            "x",
            &[("user.note", line("extended attribute").as_bytes())],
        );
    let mut files = Layer::new();
    for file in planted::files(LOG_SIZE) {
        rows.push(row(file.place, &format!("/{}", file.path)));
        files = files.file(&file.path, &file.content);
    }
    let names = Layer::new()
        .file(format!("srv/names/{}.txt", token("file name")), "named")
        .symlink("srv/names/link", token("symlink target"))
        .file(token("hard link target"), "x")
        .hard_link("srv/names/hard", token("hard link target"));
    let hiding = Layer::new()
        .whiteout("etc/gone.conf")
        .file("etc/app.conf", "token =\n")
        .opaque("opaque")
        .zero_blocks(2)
        .raw(line("after the end of the tar"));
    let curl = |place: &str| format!("curl -H 'X-Token: {}' https://api.corp.io", token(place));
    let image = images::labelled(Image::new("app:1.0"))
        .layer(base, "/bin/sh -c #(nop) ADD file:0123 in / ")
        .empty_step(&format!("/bin/sh -c {}", curl("history")))
        .layer(files, "COPY files/ / # buildkit")
        .layer(names, "COPY names/ /srv/names/ # buildkit")
        .layer(hiding, "RUN /bin/sh -c rm -rf /opaque # buildkit")
        .empty_step(&format!(
            "RUN |1 BUILD_TOKEN={} /bin/sh -c make # buildkit",
            token("build argument")
        ))
        .env(&format!("API={}", token("ENV")))
        .label("io.corp.note", &format!("see {}", token("LABEL")))
        .cmd(&["serve", "--with", &token("CMD")])
        .entrypoint(&["/bin/sh", "-c", &curl("ENTRYPOINT")])
        .user("1000")
        .config_json(|config| {
            let test = json!({ "Test": ["CMD-SHELL", curl("HEALTHCHECK")] });
            config["config"]["Healthcheck"] = test;
            config["comment"] = format!("built with {}", token("comment")).into();
            config["author"] = format!("me {}", token("author")).into();
        });
    (image, rows)
}

/// What only a layout holds: an annotation, an attestation and a stray blob.
fn layout(image: &Image, rows: &mut Vec<Row>) -> Vec<u8> {
    rows.extend([
        row("index annotation", "index.json"),
        row("descriptor annotation", "index.json"),
        row("attestation", "attestation"),
        row("unreferenced blob", "blobs/sha256/"),
    ]);
    let statement = json!({ "predicate": { "args": token("attestation") } });
    let options = Oci {
        attestation: Some(statement.to_string()),
        ..Compress::Zstd.into()
    };
    let archive = archive::containerd(std::slice::from_ref(image), &options);
    archive::edit(&archive, |members| {
        let stray = line("unreferenced blob");
        let digest = imglint_testkit::sha256(stray.as_bytes());
        let path = digest.replace(':', "/");
        members.push(Member::file(format!("blobs/{path}"), stray));
        let index = members.iter_mut().find(|it| it.path == "index.json");
        let index = index.unwrap();
        let mut json: Value = serde_json::from_slice(&index.content).unwrap();
        json["annotations"] = json!({ "io.corp.note": token("index annotation") });
        let note = token("descriptor annotation");
        json["manifests"][0]["annotations"]["io.corp.note"] = note.into();
        index.content = json.to_string().into_bytes();
    })
}

/// The rows that no finding tells.
fn missed(workdir: &Workdir, rows: &[Row]) -> Vec<String> {
    let arguments = ["--show-secrets", "--format", "json", "app.tar"];
    let report = workdir.run(&arguments).ended(1).json();
    let of = |list: &Value| list.as_array().cloned().unwrap_or_default();
    let bearers = [of(&report["archives"]), of(&report["images"])].concat();
    let findings = bearers.iter().flat_map(|bearer| of(&bearer["findings"]));
    let findings: Vec<String> = findings.map(|finding| finding.to_string()).collect();
    let is_told = |(place, told): &&Row| {
        let secret = token(place);
        let mut of_secret = findings.iter().filter(|text| text.contains(&secret));
        of_secret.any(|text| text.contains(told))
    };
    let missed = rows.iter().filter(|row| !is_told(row));
    missed
        .map(|(place, told)| format!("{place}: {told}"))
        .collect()
}

#[test]
fn every_planted_token_is_told_with_its_place() {
    let (image, mut rows) = image();
    let one = std::slice::from_ref(&image);
    let none: Vec<String> = Vec::new();
    for bytes in [
        archive::docker_save(one),
        archive::docker_save_25(one),
        archive::podman_docker(one),
        archive::oci_archive(one, Compress::Gzip),
    ] {
        let workdir = Workdir::new().with("app.tar", bytes);
        assert_eq!(missed(&workdir, &rows), none);
    }
    let bytes = layout(&image, &mut rows);
    let workdir = Workdir::new().with("app.tar", bytes);
    assert_eq!(missed(&workdir, &rows), none);
}

#[test]
fn no_planted_token_is_shown() {
    let (image, mut rows) = image();
    let workdir = Workdir::new().with("app.tar", layout(&image, &mut rows));
    for arguments in [
        &["app.tar"][..],
        &["--verbose", "app.tar"],
        &["--format", "json", "--output", "human=app.txt", "app.tar"],
        &["inspect", "app.tar"],
        &["inspect", "--format", "json", "app.tar"],
        &["history", "app.tar"],
        &["history", "--no-trunc", "app.tar"],
        &["history", "--format", "json", "app.tar"],
        &["tree", "app.tar"],
        &["tree", "--format", "json", "app.tar"],
        &["tree", "--layer", "2", "app.tar"],
        &["tree", "--layer", "2", "--format", "json", "app.tar"],
        &["waste", "app.tar"],
        &["waste", "--format", "json", "app.tar"],
    ] {
        let outcome = workdir.run(arguments);
        for (place, _) in &rows {
            outcome.hides(&token(place));
        }
    }
    let file = workdir.read("app.txt");
    let shown = |(place, _): &&Row| file.contains(&token(place)[8..20]);
    assert_eq!(rows.iter().find(shown), None);
}
