//! Every kind of place, and what is told of it.

use std::num::NonZeroUsize;

use imglint_format::{BlobId, MemoryBlobs};
use imglint_secrets::{Proof, Scanner};
use imglint_testkit::{Compress, compress};

use super::*;
use crate::{
    finding::Severity,
    linter::{ArchiveView, Linter},
    packages::Ownership,
    scan::{ScanOptions, Scope, scan},
    testing::{Image, Layer, blobs, lint, md5sums, private_key, read, token},
};

/// The finding about the one token that an image holds.
fn of_token(image: &Image) -> Finding {
    let mut list = lint(image);
    list.retain(|finding| finding.rule == "secret-token");
    assert_eq!(list.len(), 1, "{list:#?}");
    list.remove(0)
}

/// Its places in words.
fn places(image: &Image) -> Vec<String> {
    let finding = of_token(image);
    assert!(!format!("{finding:?}").contains(&token()), "{finding:?}");
    finding.places.iter().map(ToString::to_string).collect()
}

fn layers(layers: impl IntoIterator<Item = Layer>) -> Image {
    layers.into_iter().fold(Image::new(""), |image, layer| {
        image.layer(layer, "RUN a # buildkit")
    })
}

#[test]
fn a_file_is_told_by_what_became_of_it() {
    let file = || Layer::new().dir("d").file("d/a", token());
    let cases = [
        (layers([file()]), "in /d/a"),
        (
            layers([file(), Layer::new().whiteout("d/a")]),
            "in /d/a, deleted in layer 1 but shipped in layer 0",
        ),
        (
            layers([file(), Layer::new(), Layer::new().file("d/a", "other")]),
            "in /d/a, overwritten in layer 2 but shipped in layer 0",
        ),
        (
            layers([file(), Layer::new().dir("d").file("d/.wh..wh..opq", "")]),
            "in /d/a, hidden in layer 1 but shipped in layer 0",
        ),
        (
            layers([file().file("d/a", "other")]),
            "in /d/a, never visible but shipped in layer 0",
        ),
    ];
    for (image, expected) in cases {
        assert_eq!(places(&image), [expected]);
    }
}

#[test]
fn names_links_owners_and_attributes_are_looked_at() {
    let name = format!("srv/{}.txt", token());
    let owner = token();
    let cases = [
        (
            Layer::new().file(&name, ""),
            "in the name /srv/********.txt",
        ),
        (
            Layer::new().dir(&name).file(format!("{name}/a"), ""),
            "in the name /srv/********.txt",
        ),
        (
            Layer::new().symlink("current", format!("releases/{}", token())),
            "in the link target of /current",
        ),
        (
            Layer::new().xattr_file("a", "", &[("user.note", token().as_bytes())]),
            "in the attribute user.note of /a",
        ),
        (
            Layer::new()
                .pax(&[("uname", owner.as_bytes())])
                .file("a", ""),
            "in the owner of /a",
        ),
        (
            Layer::new().file("a", "").zero_blocks(2).raw(token()),
            "in bytes of the layer that belong to no file",
        ),
    ];
    for (layer, expected) in cases {
        assert_eq!(places(&layers([layer])), [expected]);
    }
}

#[test]
fn texts_of_the_config_are_looked_at() {
    let token = token();
    let image = || Image::new("");
    let cases = [
        (image().env(&format!("A={token}")), "in ENV A", "config.Env"),
        (
            image().label("a.b", &token),
            "in LABEL a.b",
            "config.Labels",
        ),
        (image().cmd(&["run", &token]), "in CMD", "config.Cmd"),
        (
            image().entrypoint(&["run", "--token", &token]),
            "in ENTRYPOINT",
            "config.Entrypoint",
        ),
        (
            image().config_json(|config| {
                config["config"]["Healthcheck"] =
                    serde_json::json!({ "Test": ["CMD", "curl", token] });
            }),
            "in HEALTHCHECK",
            "config.Healthcheck",
        ),
        (
            image().config_json(|config| {
                config["config"]["OnBuild"] = serde_json::json!([format!("RUN login {token}")]);
            }),
            "in ONBUILD",
            "config.OnBuild",
        ),
        (
            image().config_json(|config| config["author"] = token.as_str().into()),
            "in the author of the image",
            "author",
        ),
        (
            image().empty_step(&format!("RUN /bin/sh -c login {token} # buildkit")),
            "in the history",
            "history[0].created_by",
        ),
        (
            image().empty_step(&format!("RUN |1 A={token} /bin/sh -c make # buildkit")),
            "in the build argument A",
            "history[0].created_by",
        ),
        (
            image().config_json(|config| {
                let config = &mut config["container_config"];
                config["Env"] = serde_json::json!([format!("A={token}")]);
            }),
            "in ENV A",
            "container_config.Env",
        ),
    ];
    for (image, text, field) in cases {
        let finding = of_token(&image);
        assert_eq!(finding.message, format!("GitHub token {text}"));
        assert_eq!(finding.location.field.as_deref(), Some(field));
        assert_eq!(
            (finding.severity, finding.places.len()),
            (Severity::Error, 1)
        );
    }
}

type Edit = fn(&mut imglint_format::Image);

fn annotation() -> Vec<(String, String)> {
    vec![("a.b".to_owned(), token())]
}

#[test]
fn annotations_names_and_urls_are_looked_at() {
    let edits: [(Edit, &str); 5] = [
        (
            |image| image.index_annotations = annotation(),
            "in the annotation a.b",
        ),
        (
            |image| image.manifest_annotations = annotation(),
            "in the annotation a.b",
        ),
        (
            |image| image.layers[0].annotations = annotation(),
            "in the annotation a.b",
        ),
        (
            |image| image.layers[0].urls = vec![format!("https://example.com/{}", token())],
            "in a URL of a layer",
        ),
        (
            |image| image.names = vec![format!("app:{}", token())],
            "in a name of the image",
        ),
    ];
    let plain = layers([Layer::new().file("a", "a")]);
    for (edit, expected) in edits {
        let (image, facts) = read(&plain, &blobs(&plain), edit);
        let list = Linter::default().lint(&ImageView::new(&image, &facts));
        let finding = list.iter().find(|finding| finding.rule == "secret-token");
        let places = &finding.unwrap_or_else(|| panic!("{expected}")).places;
        assert_eq!(places[0].to_string(), expected);
    }
}

#[test]
fn a_step_of_the_history_has_its_layer_and_its_owner() {
    let image = Image::new("")
        .layer(
            Layer::new().file("a", "a"),
            &format!("RUN login {} # buildkit", token()),
        )
        .empty_step("CMD [\"sh\"]")
        .layer(Layer::new().file("b", "b"), "COPY b / # buildkit");
    let finding = of_token(&image);
    assert_eq!(finding.location.layer, Some(0));
    assert_eq!(finding.origin, Some(Origin::Base));
    let instruction = finding.location.instruction.unwrap();
    assert!(instruction.starts_with("RUN login "), "{instruction}");
    assert!(!instruction.contains(&token()), "{instruction}");
}

#[test]
fn the_worst_place_is_the_headline() {
    let layer = Layer::new()
        .file("usr/share/doc/a", token())
        .file("usr/share/doc/b", token())
        .file("x", token());
    let finding = of_token(&layers([layer]));
    assert_eq!(finding.message, "GitHub token in /x");
    assert_eq!(finding.severity, Severity::Error);
    assert_eq!(finding.places.len(), 3);
}

#[test]
fn a_secret_s_identity_is_not_its_place() {
    let of = |path: &str| of_token(&layers([Layer::new().file(path, token())])).fingerprint;
    assert_eq!(of("a"), of("b/c"));
    let in_env = of_token(&Image::new("").env(&format!("A={}", token())));
    assert_eq!(of("a"), in_env.fingerprint);
}

#[test]
fn own_layers_may_allow_a_secret_and_base_layers_may_not() {
    let allowed = || Layer::new().file("a", format!("{} # imglint:allow\n", token()));
    let finding = of_token(&layers([allowed()]));
    assert_eq!(
        finding.suppressed.as_deref(),
        Some("imglint:allow on its line")
    );
    let twice = of_token(&layers([allowed().file("b", token())]));
    assert_eq!(
        (twice.suppressed, twice.message.as_str()),
        (None, "GitHub token in /b")
    );
    let base = Image::new("")
        .layer(allowed(), "ADD a / # buildkit")
        .empty_step("CMD [\"sh\"]")
        .layer(Layer::new().file("b", "b"), "COPY b / # buildkit");
    assert_eq!(of_token(&base).suppressed, None);
}

#[test]
fn a_published_file_is_information_and_a_changed_one_is_not() {
    let severity = |listed: &str| {
        let layer = md5sums("usr/lib/x", listed).file("usr/lib/x", token());
        of_token(&layers([layer])).severity
    };
    assert_eq!(severity(&token()), Severity::Info);
    assert_eq!(severity("other"), Severity::Error);
}

#[test]
fn what_a_language_s_package_publishes_lowers_guesses_only() {
    let hit = |proof| {
        let mut hits = Scanner::shared().text(Context::Document, token().as_bytes());
        let mut hit = hits.remove(0);
        hit.proof = proof;
        hit
    };
    let of = |proof, owner| severity::of_file(&hit(proof), &ImagePath::from("usr/lib/x"), owner);
    let package = Some(Ownership::Package);
    assert_eq!(of(Proof::Name, package), Severity::Info);
    assert_eq!(of(Proof::Structure, package), Severity::Error);
    assert_eq!(of(Proof::Name, None), Severity::Error);
}

/// What is said of an archive that ships `bytes` besides its image.
fn loose(bytes: &[u8], role: LooseRole) -> Vec<Finding> {
    let mut source = MemoryBlobs::new();
    let blob: BlobId = source.add("blobs/x", bytes).unwrap();
    let blobs = [blob];
    let mut scope = Scope::default();
    match role {
        LooseRole::Document => scope.documents = &blobs,
        LooseRole::Attestation => scope.attestations = &blobs,
        LooseRole::Unreferenced => scope.unreferenced = &blobs,
    }
    let facts = scan(&source, &scope, &ScanOptions::default(), &());
    assert_eq!(facts.incomplete_reasons(), Vec::<String>::new());
    let archive = ArchiveView {
        name: "app.tar",
        anomalies: &[],
        facts: Some(&facts),
        told: &[],
    };
    Linter::default().lint_archive(&archive)
}

#[test]
fn blobs_that_are_no_layers_are_looked_at() {
    let json = format!("{{\"a\": \"{}\"}}", token());
    let tar = Layer::new().file("root/a", token()).bytes();
    let cases: [(Vec<u8>, LooseRole, &str); 6] = [
        (
            json.clone().into(),
            LooseRole::Document,
            "in the document blobs/x",
        ),
        (
            json.clone().into(),
            LooseRole::Attestation,
            "in the attestation blobs/x",
        ),
        (
            json.clone().into(),
            LooseRole::Unreferenced,
            "in blobs/x, which no document leads to",
        ),
        (
            tar.clone(),
            LooseRole::Unreferenced,
            "in /root/a of blobs/x, which no document leads to",
        ),
        (
            compress(&tar, Compress::Gzip),
            LooseRole::Unreferenced,
            "in /root/a of blobs/x, which no document leads to",
        ),
        (
            [b"\x1f\x8b\x08 no gzip ".as_slice(), token().as_bytes()].concat(),
            LooseRole::Unreferenced,
            "in blobs/x, which no document leads to",
        ),
    ];
    for (bytes, role, expected) in cases {
        let findings = loose(&bytes, role);
        let places: Vec<_> = findings.iter().flat_map(|it| &it.places).collect();
        assert!(!places.is_empty(), "{expected}");
        assert_eq!(places[0].to_string(), expected);
    }
}

#[test]
fn a_document_does_not_tell_again_what_its_texts_told() {
    let image = Image::new("").env(&format!("A={}", token()));
    let mut source = MemoryBlobs::new();
    let documents = [source.add("config.json", image.config()).unwrap()];
    let scope = Scope {
        documents: &documents,
        ..Scope::default()
    };
    let facts = scan(&source, &scope, &ScanOptions::default(), &());
    let told = lint(&image);
    assert_eq!(of_loose(&facts, &[]).len(), 1);
    assert_eq!(of_loose(&facts, &told.iter().collect::<Vec<_>>()).len(), 0);
}

#[test]
fn more_secrets_than_are_listed_leave_an_image_incomplete() {
    let key = private_key();
    let (prefix, body) = key.split_at(key.len() / 2);
    let keys = |count: usize| -> String {
        let number = |n: usize| format!("{n:06}");
        let marked = |n: usize| [prefix, &number(n), &body[6..]].concat();
        (0..count).map(marked).collect()
    };
    for (count, reasons) in [(10, 0), (1500, 1)] {
        let image = layers([Layer::new().file("a", keys(count))]);
        let (image, facts) = read(&image, &blobs(&image), |_| {});
        let view = ImageView::new(&image, &facts);
        assert_eq!(view.incomplete_reasons().len(), reasons, "{count}");
    }
}

#[test]
fn a_file_that_a_limit_cut_is_named() {
    let nested = |levels: usize| {
        let wrap = |bytes: Vec<u8>, _| compress(&bytes, Compress::Gzip);
        (0..levels).fold(token().into_bytes(), wrap)
    };
    let reasons = |levels: usize| {
        let image = layers([Layer::new().file("srv/a.gz", nested(levels))]);
        let (image, facts) = read(&image, &blobs(&image), |_| {});
        ImageView::new(&image, &facts).incomplete_reasons()
    };
    assert_eq!(reasons(2), Vec::<String>::new());
    let cut = reasons(20);
    assert_eq!(cut.len(), 1);
    assert!(
        cut[0].starts_with("layer 0 (layer-0.tar): /srv/a.gz was not looked at whole: "),
        "{cut:?}"
    );
}

#[test]
fn any_number_of_threads_tells_the_same() {
    let layer = |n: usize| {
        let file = |layer: Layer, m: usize| layer.file(format!("{n}/{m}"), private_key());
        (0..20).fold(Layer::new(), file).file("a", token())
    };
    let mut source = MemoryBlobs::new();
    let references = (0..12).map(|n| imglint_format::LayerRef {
        blob: source.add(format!("{n}"), layer(n).bytes()),
        ..imglint_format::LayerRef::default()
    });
    let image = imglint_format::Image {
        layers: references.collect(),
        ..imglint_format::Image::default()
    };
    let loose: Vec<_> = (0..8)
        .map(|n| {
            source
                .add(format!("loose {n}"), format!("{n} {}", token()))
                .unwrap()
        })
        .collect();
    let told = |jobs: usize| {
        let options = ScanOptions {
            jobs: NonZeroUsize::new(jobs).unwrap(),
            ..ScanOptions::default()
        };
        let scope = Scope {
            images: &[&image],
            unreferenced: &loose,
            ..Scope::default()
        };
        let facts = scan(&source, &scope, &options, &());
        let findings = Linter::default().lint(&ImageView::new(&image, &facts));
        format!("{findings:?} {:?}", of_loose(&facts, &[]))
    };
    let one = told(1);
    assert!(one.contains("loose 7"));
    for jobs in [2, 7, 100] {
        assert_eq!(told(jobs), one);
    }
}
