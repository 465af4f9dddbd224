//! Writers that pack what a registry would hold into Docker's form.

use serde_json::{Value, json};

use crate::{
    Compress, Image,
    archive::{
        member::{Member, pack, pack_once},
        name,
    },
    compress, digest,
};

/// crane, ko and whatever uses go-containerregistry's `tarball`.
#[must_use]
pub fn crane(images: &[Image]) -> Vec<u8> {
    let (mut members, mut items) = (Vec::new(), Vec::new());
    for image in images {
        let config = image.image_id();
        members.push(Member::file(&config, image.config()));
        let layers = gzipped(image, "");
        items.push(item(image, &config, &layers));
        members.extend(layers);
    }
    members.push(Member::json("manifest.json", &items.into()));
    pack_once(members)
}

/// kaniko's `--tar-path`, by the same library.
#[must_use]
pub fn kaniko(images: &[Image]) -> Vec<u8> {
    crane(images)
}

/// `jib dockerBuild`'s tar: one image, whose configuration is `config.json`.
#[must_use]
pub fn jib(image: &Image) -> Vec<u8> {
    let mut members = gzipped(image, "");
    let items = json!([item(image, "config.json", &members)]);
    members.push(Member::file("config.json", image.config()));
    members.push(Member::json("manifest.json", &items));
    pack_once(members)
}

/// `rules_oci`'s `oci_load`: blobs without a layout, a repeated layer written twice.
#[must_use]
pub fn bazel(images: &[Image]) -> Vec<u8> {
    let (mut members, mut items) = (Vec::new(), Vec::new());
    for image in images {
        let config = format!("blobs/sha256/{}", image.config_hex());
        members.push(Member::file(&config, image.config()));
        let layers = gzipped(image, "blobs/sha256/");
        items.push(item(image, &config, &layers));
        members.extend(layers);
    }
    members.push(Member::json("manifest.json", &items.into()));
    pack(&members)
}

fn gzipped(image: &Image, folder: &str) -> Vec<Member> {
    let layers = image
        .layers()
        .map(|layer| compress(&layer.bytes(), Compress::Gzip));
    layers
        .map(|blob| Member::file(format!("{folder}{}.tar.gz", digest::hex(&blob)), blob))
        .collect()
}

fn item(image: &Image, config: &str, layers: &[Member]) -> Value {
    let paths: Vec<&str> = layers.iter().map(|layer| layer.path.as_str()).collect();
    let tags = name::repo_tags(&image.names, name::familiar);
    json!({ "Config": config, "RepoTags": tags, "Layers": paths })
}
