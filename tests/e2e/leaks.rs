//! Errors quote documents and names; secrets in those stay hidden.

use imglint_testkit::{
    Compress, Image, Layer,
    archive::{self, Member},
    planted::token,
};

use crate::{images, run::Workdir};

/// The ways that print most; [`crate::planted`] has the others. Fails if any part of the secret is seen.
#[track_caller]
fn hides_everywhere(case: &str, bytes: &[u8], secret: &str) {
    let workdir = Workdir::new().with("app.tar", bytes);
    for arguments in [
        &["--verbose", "app.tar"][..],
        &["--format", "json", "app.tar"],
        &["inspect", "--format", "json", "app.tar"],
        &["history", "app.tar"],
        &["tree", "app.tar"],
        &["waste", "app.tar"],
    ] {
        let outcome = workdir.run(arguments);
        outcome.hides(secret);
        assert!(!outcome.text().contains("panicked"), "{case}: {outcome:#?}");
    }
}

fn edited(change: impl FnOnce(&mut Vec<Member>)) -> Vec<u8> {
    archive::edit(&archive::docker_save(&[images::faulty()]), change)
}

fn with_document(name: &'static str, text: String) -> Vec<u8> {
    edited(|members| {
        let document = members.iter_mut().find(|it| it.path.ends_with(name));
        document.unwrap().content = text.into_bytes();
    })
}

#[test]
fn documents_that_cannot_be_read_are_not_quoted_with_their_secrets() {
    let secret = token("document");
    for (case, text) in [
        ("unquoted", format!("[{{\"Config\": {secret}}}]")),
        (
            "as a key",
            format!("[{{\"{secret}\": 1, \"{secret}\": 2}}]"),
        ),
        (
            "of the wrong kind",
            format!("[{{\"Layers\": \"{secret}\"}}]"),
        ),
        (
            "as a name",
            format!("[{{\"Config\": \"{secret}\", \"Layers\": []}}]"),
        ),
        ("cut short", format!("[{{\"Config\": \"{secret}")),
        ("at the edge of an excerpt", {
            let before = "x ".repeat(42);
            format!("[{{\"Layers\": \"{before}{secret}\"}}]")
        }),
        ("behind the document", format!("[] {secret}")),
        (
            "as a tag",
            format!("[{{\"RepoTags\": [\"A B:{secret}\"], \"Config\": \"a\"}}]"),
        ),
    ] {
        hides_everywhere(case, &with_document("manifest.json", text), &secret);
    }
}

#[test]
fn names_in_an_archive_are_not_quoted_with_their_secrets() {
    let secret = token("name");
    let path = format!("blobs/{secret}");
    let stray = edited(|members| members.push(Member::file(path.clone(), "x")));
    let twice = edited(|members| {
        members.push(Member::file(path.clone(), "x"));
        members.push(Member::file(path.clone(), "y"));
    });
    let outside = edited(|members| members.push(Member::file(format!("../{secret}"), "x")));
    let link = edited(|members| members.push(Member::symlink("a", secret.clone())));
    for (case, bytes) in [
        ("a stray", stray),
        ("twice", twice),
        ("outside", outside),
        ("a link", link),
    ] {
        hides_everywhere(case, &bytes, &secret);
    }
    let tagged = Image::new(&format!("app:{secret}")).layer(Layer::new().file("a", "1"), "RUN a");
    hides_everywhere("a tag", &archive::docker_save(&[tagged]), &secret);
}

#[test]
fn odd_entries_of_a_layer_are_not_quoted_with_their_secrets() {
    let secret = token("entry");
    let name = format!("srv/{secret}");
    for (case, layer) in [
        ("twice", Layer::new().file(&name, "1").file(&name, "2")),
        ("whiteout", Layer::new().whiteout(&name)),
        ("outside", Layer::new().file(format!("../../{secret}"), "1")),
        (
            "loop",
            Layer::new()
                .symlink(&name, &name)
                .file(format!("{name}/a"), "1"),
        ),
        ("hard link", Layer::new().hard_link("a", &name)),
        (
            "record",
            Layer::new().pax(&[(secret.as_str(), b"1")]).file("a", "1"),
        ),
        (
            "wrong record",
            Layer::new()
                .raw_pax(format!("99 path={secret}\n").as_bytes())
                .file("a", "1"),
        ),
        ("wasted", Layer::new().file(&name, vec![7; 2_000_000])),
    ] {
        let image = images::clean()
            .layer(layer, "COPY . / # buildkit")
            .layer(Layer::new().whiteout(&name), "RUN rm # buildkit");
        hides_everywhere(
            case,
            &archive::docker_save(std::slice::from_ref(&image)),
            &secret,
        );
        let short = &archive::docker_save(&[image])[..6000];
        hides_everywhere(case, short, &secret);
    }
}

/// Passwords have no form: only their names tell.
#[test]
fn what_is_a_secret_by_its_name_is_hidden_by_it() {
    let secret = ["tQ7", "vLm2x", "Rw9KzB4", "nH6s"].concat();
    let layer = Layer::new().file(format!("srv/{secret}.txt"), "1");
    let image = images::clean()
        .layer(
            layer,
            &format!("RUN |1 DB_PASSWORD={secret} /bin/sh -c make # buildkit"),
        )
        .env(&format!("DB_PASSWORD={secret}"))
        .label("com.example.db-password", &secret)
        .cmd(&["serve", "--note", &format!("uses {secret}")]);
    let bytes = archive::containerd(&[image], &Compress::Gzip.into());
    hides_everywhere("password", &bytes, &secret);
}

#[test]
fn passwords_in_urls_are_hidden() {
    let secret = ["pX8", "kQz3", "WmT6", "vY1r"].concat();
    let url = format!("https://deploy:{secret}@git.corp.io/a.git");
    let image = images::clean()
        .layer(Layer::new().file("a", "1"), &format!("RUN git clone {url}"))
        .label("org.opencontainers.image.url", &url)
        .cmd(&["fetch", &url])
        .config_json(|config| config["author"] = url.clone().into());
    hides_everywhere("url", &archive::docker_save(&[image]), &secret);
}
