//! JSON documents and the references between members.

use imglint_testkit::{
    Compress, Layer, Outer,
    archive::{self, Member},
    sha256,
};
use serde_json::{Value, json};

use super::{Case, case, image};

pub(super) fn cases() -> Vec<Case> {
    [manifests(), references(), configs(), chains(), layouts()]
        .into_iter()
        .flatten()
        .collect()
}

fn saved() -> Vec<u8> {
    archive::docker_save(&[image(Layer::new().file("b", "second"))])
}

/// `docker save` with one member's content changed.
fn with(path: &str, change: impl FnOnce(&mut Member)) -> Vec<u8> {
    archive::edit(&saved(), |members| {
        change(
            members
                .iter_mut()
                .find(|member| member.path.ends_with(path))
                .unwrap(),
        );
    })
}

fn with_manifest(text: impl Into<Vec<u8>>) -> Vec<u8> {
    with("manifest.json", |member| member.content = text.into())
}

/// `manifest.json` with its only item changed.
fn with_item(change: impl FnOnce(&mut Value)) -> Vec<u8> {
    with("manifest.json", |member| {
        let mut items: Value = serde_json::from_slice(&member.content).unwrap();
        change(&mut items[0]);
        member.content = items.to_string().into_bytes();
    })
}

fn manifests() -> Vec<Case> {
    let deep = "[".repeat(20_000) + &"]".repeat(20_000);
    let huge = format!("[{}]", " ".repeat(30 << 20));
    let folder = archive::edit(&saved(), |members| {
        members.retain(|member| member.path != "manifest.json");
        members.push(Member::dir("manifest.json"));
    });
    vec![
        case(
            "no item",
            with_manifest("[]"),
            &["manifest.json", "no image"],
        ),
        case("null manifest", with_manifest("null"), &["manifest.json"]),
        case("object manifest", with_manifest("{}"), &["manifest.json"]),
        case("scalar manifest", with_manifest("12"), &["manifest.json"]),
        case("empty manifest", with_manifest(""), &["manifest.json"]),
        case(
            "broken manifest",
            with_manifest("[{\"Config\": x}]"),
            &["manifest.json"],
        )
        .at(12),
        case(
            "cut manifest",
            with_manifest("[{\"Config\": \"a"),
            &["manifest.json"],
        ),
        case("deep manifest", with_manifest(deep), &["manifest.json"]),
        case("huge manifest", with_manifest(huge), &["manifest.json"]),
        case("manifest is a directory", folder, &["manifest.json"]),
    ]
}

fn references() -> Vec<Case> {
    let layer = |path: &'static str| with_item(|item| item["Layers"][1] = path.into());
    let link = |target: &'static str| {
        archive::edit(&layer("a"), |members| {
            members.push(Member::symlink("a", target));
        })
    };
    let chain = archive::edit(&layer("l0"), |members| {
        let links = (0..20).map(|i| Member::symlink(format!("l{i}"), format!("l{}", i + 1)));
        members.extend(links);
        members.push(Member::file("l20", Layer::new().bytes()));
    });
    let config = |path: &'static str| with_item(|item| item["Config"] = path.into());
    let short = with_item(|item| {
        item["Layers"].as_array_mut().unwrap().pop();
    });
    vec![
        case(
            "missing layer",
            layer("gone/layer.tar"),
            &["layer 1", "gone/layer.tar"],
        ),
        case("partial archive", layer(""), &["layer 1"]),
        case(
            "layer outside",
            layer("../../../../etc/passwd"),
            &["layer 1"],
        ),
        case("absolute layer", layer("/etc/passwd"), &["layer 1"]),
        case("link outside", link("../../../../etc/passwd"), &["layer 1"]),
        case("link to itself", link("a"), &["layer 1"]),
        case("twenty links", chain, &["layer 1"]),
        case(
            "missing config",
            config("gone.json"),
            &["config", "not in the archive"],
        ),
        case(
            "config outside",
            config("../../etc/hostname"),
            &["etc/hostname"],
        ),
        case("fewer layers than diff ids", short, &["1", "2"]),
    ]
}

fn configs() -> Vec<Case> {
    let config = |text: &'static str| {
        archive::edit(
            &with_item(|item| item["Config"] = "c.json".into()),
            |members| {
                members.push(Member::file("c.json", text));
            },
        )
    };
    vec![
        case("config is no json", config("rootfs"), &["c.json"]).at(0),
        case("config is a list", config("[]"), &["c.json"]),
        case("config is empty", config(""), &["c.json"]),
        case(
            "config is cut",
            config("{\"rootfs\": {\"type\""),
            &["c.json"],
        ),
        case(
            "config without layers",
            config("{\"rootfs\": {\"diff_ids\": []}}"),
            &["0", "2"],
        ),
    ]
}

/// Docker 1.9's chain of parents.
fn chains() -> Vec<Case> {
    let id = |digit: &str| digit.repeat(64);
    let layer = |outer: Outer, own: &str, parent: &str| {
        let text = json!({ "id": id(own), "parent": id(parent), "os": "linux" }).to_string();
        outer
            .file(format!("{}/VERSION", id(own)), "1.0")
            .file(format!("{}/json", id(own)), text)
            .file(format!("{}/layer.tar", id(own)), Layer::new().bytes())
    };
    let heads = |outer: Outer| {
        outer
            .file(
                "repositories",
                json!({ "app": { "1.0": id("a") } }).to_string(),
            )
            .bytes()
    };
    let cycle = layer(layer(Outer::new(), "a", "b"), "b", "a");
    let orphan = layer(Outer::new(), "a", "b");
    vec![
        case("parents in a circle", heads(cycle), &["parent"]),
        case("missing parent", heads(orphan), &[&id("b")[..12]]),
        case(
            "missing head",
            heads(layer(Outer::new(), "c", "d")),
            &[&id("a")[..12]],
        ),
    ]
}

fn layouts() -> Vec<Case> {
    let good = archive::oci_archive(&[image(Layer::new().file("b", "second"))], Compress::Gzip);
    let without = |path: &'static str| {
        archive::edit(&good, |members| {
            members.retain(|member| !member.path.ends_with(path));
        })
    };
    let manifest = manifest_path(&good);
    let no_manifest = archive::edit(&good, |members| {
        members.retain(|member| member.path != manifest);
    });
    let index = |text: String| {
        archive::edit(&good, |members| {
            members
                .iter_mut()
                .find(|m| m.path == "index.json")
                .unwrap()
                .content = text.into();
        })
    };
    let listing = |digest: &str| {
        let media_type = "application/vnd.oci.image.manifest.v1+json";
        json!({ "schemaVersion": 2, "manifests": [
            { "mediaType": media_type, "digest": digest, "size": 400 }
        ] })
        .to_string()
    };
    let upper = sha256(b"x").to_uppercase().replace("SHA256", "sha256");
    vec![
        case("no index", without("index.json"), &["index.json"]),
        case(
            "empty index",
            index(json!({ "manifests": [] }).to_string()),
            &["index.json"],
        ),
        case(
            "broken index",
            index("{\"manifests\": }".to_owned()),
            &["index.json"],
        )
        .at(14),
        case("missing manifest", no_manifest, &["sha256:"]),
        case(
            "digest with a path",
            index(listing("sha256:../../etc/passwd")),
            &["index.json"],
        ),
        case(
            "digest in capitals",
            index(listing(&upper)),
            &["index.json"],
        ),
        case(
            "digest too short",
            index(listing("sha256:abc")),
            &["index.json"],
        ),
        case("twenty indexes deep", nested(20), &["index"]),
    ]
}

/// The name of the blob that `index.json` points at.
fn manifest_path(layout: &[u8]) -> String {
    let members = archive::members(layout);
    let index = members
        .iter()
        .find(|member| member.path == "index.json")
        .unwrap();
    let index: Value = serde_json::from_slice(&index.content).unwrap();
    let digest = index["manifests"][0]["digest"].as_str().unwrap();
    format!("blobs/{}", digest.replace(':', "/"))
}

/// An index within an index, this many times, and no image at the end.
fn nested(depth: usize) -> Vec<u8> {
    let media_type = "application/vnd.oci.image.index.v1+json";
    let mut text = json!({ "schemaVersion": 2, "manifests": [] }).to_string();
    let mut outer = Outer::new().file("oci-layout", r#"{"imageLayoutVersion":"1.0.0"}"#);
    for _ in 0..depth {
        let digest = sha256(text.as_bytes());
        outer = outer.file(format!("blobs/{}", digest.replace(':', "/")), &text);
        let entry = json!({ "mediaType": media_type, "digest": digest, "size": text.len() });
        text = json!({ "schemaVersion": 2, "manifests": [entry] }).to_string();
    }
    outer.file("index.json", text).bytes()
}
