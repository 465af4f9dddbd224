//! What `docker save` wrote over the years, and those who write like it.

use serde_json::{Value, json};

use crate::{
    Compress, Image, Layer,
    archive::{
        member::{Member, pack_once, pack_sorted},
        name,
        oci::{self, Blobs},
    },
    compress, digest,
    image::set,
};

const EPOCH: &str = "1970-01-01T00:00:00Z";

/// `docker save` of Docker ≤ 1.9: a directory for each instruction, chained by
/// `parent`, and `repositories` if anything is tagged.
#[must_use]
pub fn docker_v1(images: &[Image]) -> Vec<u8> {
    let (mut members, mut heads) = (Vec::new(), Vec::new());
    for image in images {
        let head = v1_chain(image, &mut members);
        heads.extend(image.names.iter().map(|name| (name.clone(), head.clone())));
    }
    members.sort_by(|a, b| a.path.cmp(&b.path));
    members.extend(repositories_member(&heads));
    pack_once(members)
}

/// Adds a directory for each step; the ID of the last.
fn v1_chain(image: &Image, members: &mut Vec<Member>) -> String {
    let config = image.config_value();
    let last = image.steps.len().saturating_sub(1);
    let mut parent = String::new();
    for (index, step) in image.steps.iter().enumerate() {
        let mut layer_json = json!({
            "created": config["created"],
            "container_config": { "Cmd": v1_command(&step.created_by) },
            "docker_version": "1.9.1",
            "architecture": config["architecture"],
            "os": config["os"],
        });
        if index == last {
            set(&mut layer_json, "config", config["config"].clone());
        }
        if !parent.is_empty() {
            set(&mut layer_json, "parent", parent.as_str());
        }
        let layer = step.layer.clone().unwrap_or_default().bytes();
        let id = digest::hex(&[layer_json.to_string().as_bytes(), &layer].concat());
        set(&mut layer_json, "id", id.as_str());
        members.extend(legacy_dir(&id, &layer_json));
        members.push(Member::file(format!("{id}/layer.tar"), layer));
        parent = id;
    }
    parent
}

/// Docker joins `Cmd` with spaces to show it, so this is the way back.
fn v1_command(created_by: &str) -> Value {
    match created_by.strip_prefix("/bin/sh -c ") {
        Some(line) => json!(["/bin/sh", "-c", line]),
        None => json!([created_by]),
    }
}

fn legacy_dir(id: &str, layer_json: &Value) -> [Member; 3] {
    [
        Member::dir(id),
        Member::file(format!("{id}/VERSION"), "1.0"),
        Member::json(format!("{id}/json"), layer_json),
    ]
}

/// `docker save` of Docker 1.10 to 24: `manifest.json`, and the directories of
/// v1 for older readers; a layer met again is a symbolic link to the first.
#[must_use]
pub fn docker_save(images: &[Image]) -> Vec<u8> {
    let (mut members, mut items, mut heads) = (Vec::new(), Vec::new(), Vec::new());
    let mut homes: Vec<(String, String)> = Vec::new();
    for image in images {
        let ids = legacy_ids(image);
        for (layer, (id, layer_json)) in image.layers().zip(&ids) {
            members.extend(legacy_dir(id, layer_json));
            members.push(layer_or_link(layer, id, &mut homes));
        }
        let config = format!("{}.json", image.config_hex());
        members.push(Member::file(&config, image.config()));
        let paths: Vec<String> = ids
            .iter()
            .map(|(id, _)| format!("{id}/layer.tar"))
            .collect();
        let tags = name::repo_tags(&image.names, name::familiar);
        items.push(json!({ "Config": config, "RepoTags": tags, "Layers": paths }));
        let top = ids.last().map(|(id, _)| id.clone()).unwrap_or_default();
        heads.extend(image.names.iter().map(|name| (name.clone(), top.clone())));
    }
    members.push(Member::json("manifest.json", &items.into()));
    members.extend(repositories_member(&heads));
    pack_sorted(members)
}

fn layer_or_link(layer: &Layer, id: &str, homes: &mut Vec<(String, String)>) -> Member {
    let (diff, path) = (layer.diff_hex(), format!("{id}/layer.tar"));
    match homes.iter().find(|(known, _)| *known == diff) {
        Some((_, home)) if home != id => Member::symlink(path, format!("../{home}/layer.tar")),
        Some(_) => Member::file(path, layer.bytes()),
        None => {
            homes.push((diff, id.to_owned()));
            Member::file(path, layer.bytes())
        }
    }
}

/// The v1 ID and json of each layer: made up, but the same for the same chain.
fn legacy_ids(image: &Image) -> Vec<(String, Value)> {
    let count = image.layers().count();
    let mut ids: Vec<(String, Value)> = Vec::new();
    for (index, layer) in image.layers().enumerate() {
        let mut layer_json = if index + 1 == count {
            let mut top = image.config_value().clone();
            top.as_object_mut()
                .unwrap()
                .retain(|key, _| key != "rootfs" && key != "history");
            top
        } else {
            json!({ "created": EPOCH, "container_config": { "Cmd": null }, "os": "linux" })
        };
        if let Some((parent, _)) = ids.last() {
            set(&mut layer_json, "parent", parent.as_str());
        }
        let id = digest::hex(format!("{layer_json} {}", layer.diff_id()).as_bytes());
        set(&mut layer_json, "id", id.as_str());
        ids.push((id, layer_json));
    }
    ids
}

fn repositories_member(heads: &[(String, String)]) -> Option<Member> {
    (!heads.is_empty()).then(|| Member::json("repositories", &name::repositories(heads)))
}

/// `docker save` of Docker 25 to 29 with a graph driver: an OCI layout of
/// uncompressed layers with `manifest.json`, `LayerSources`, and an
/// unreferenced v1 json for each layer.
#[must_use]
pub fn docker_save_25(images: &[Image]) -> Vec<u8> {
    let mut blobs = Blobs::default();
    let (mut items, mut heads, mut manifests) = (Vec::new(), Vec::new(), Vec::new());
    for image in images {
        for (_, layer_json) in legacy_ids(image) {
            blobs.put("", layer_json.to_string());
        }
        let stored = blobs.image(image, Compress::None);
        let mut item = stored.manifest_item(image);
        let sources = image
            .layers()
            .map(Layer::diff_id)
            .zip(stored.layers.iter().cloned());
        set(&mut item, "LayerSources", Value::Object(sources.collect()));
        items.push(item);
        let top = image
            .layers()
            .last()
            .map(Layer::diff_hex)
            .unwrap_or_default();
        heads.extend(image.names.iter().map(|name| (name.clone(), top.clone())));
        manifests.extend(oci::named(&stored.descriptor, &image.names));
    }
    let mut members = blobs.layout(&manifests);
    members.push(Member::json("manifest.json", &items.into()));
    members.extend(repositories_member(&heads));
    pack_sorted(members)
}

/// `podman save`, `skopeo copy … docker-archive:`, `buildah push … docker-archive:`.
#[must_use]
pub fn podman_docker(images: &[Image]) -> Vec<u8> {
    let (mut members, mut items, mut heads) = (Vec::new(), Vec::new(), Vec::new());
    for image in images {
        members.extend(image.layers().map(diff_tar));
        let config = format!("{}.json", image.config_hex());
        members.push(Member::file(&config, image.config()));
        let ids = legacy_ids(image);
        for (layer, (id, layer_json)) in image.layers().zip(&ids) {
            let [_, version, layer_json] = legacy_dir(id, layer_json);
            let target = format!("../{}.tar", layer.diff_hex());
            let link = Member::symlink(format!("{id}/layer.tar"), target);
            members.extend([version, link, layer_json]);
        }
        let paths: Vec<String> = image.layers().map(|layer| diff_tar(layer).path).collect();
        let tags = name::repo_tags(&image.names, name::full);
        items.push(json!({ "Config": config, "RepoTags": tags, "Layers": paths }));
        let top = ids.last().map(|(id, _)| id.clone()).unwrap_or_default();
        heads.extend(
            image
                .names
                .iter()
                .map(|name| (name::full(name), top.clone())),
        );
    }
    members.push(Member::json("manifest.json", &items.into()));
    members.push(Member::json("repositories", &name::repositories(&heads)));
    pack_once(members)
}

fn diff_tar(layer: &Layer) -> Member {
    Member::file(format!("{}.tar", layer.diff_hex()), layer.bytes())
}

/// nixpkgs `dockerTools.buildImage`: Docker's form of 1.10, gzipped whole.
#[must_use]
pub fn nix(images: &[Image]) -> Vec<u8> {
    compress(&docker_save(images), Compress::Gzip)
}

/// nixpkgs `dockerTools.streamLayeredImage`: no v1 directories but their paths.
#[must_use]
pub fn nix_stream(images: &[Image]) -> Vec<u8> {
    let (mut members, mut items) = (Vec::new(), Vec::new());
    for image in images {
        let path = |layer: &Layer| format!("{}/layer.tar", layer.diff_hex());
        members.extend(
            image
                .layers()
                .map(|layer| Member::file(path(layer), layer.bytes())),
        );
        let config = format!("{}.json", image.config_hex());
        members.push(Member::file(&config, image.config()));
        let paths: Vec<String> = image.layers().map(path).collect();
        let tags = name::repo_tags(&image.names, name::familiar);
        items.push(json!({ "Config": config, "RepoTags": tags, "Layers": paths }));
    }
    members.push(Member::json("manifest.json", &items.into()));
    pack_once(members)
}

/// `docker export`: the files of a container, which are no image.
#[must_use]
pub fn docker_export(rootfs: &Layer) -> Vec<u8> {
    let marks = Layer::new()
        .file(".dockerenv", "")
        .dir("dev")
        .file("dev/console", "")
        .dir("etc")
        .file("etc/hostname", "")
        .file("etc/hosts", "")
        .file("etc/resolv.conf", "")
        .without_end();
    [marks.bytes(), rootfs.bytes()].concat()
}
