//! OCI layouts in a tar (image-spec, `image-layout.md`).

use serde_json::{Value, json};

use crate::{
    Compress, Image,
    archive::{
        member::{Member, pack_sorted},
        name,
    },
    compress, digest,
    image::set,
};

const INDEX: &str = "application/vnd.oci.image.index.v1+json";
const MANIFEST: &str = "application/vnd.oci.image.manifest.v1+json";
const CONFIG: &str = "application/vnd.oci.image.config.v1+json";
const LAYER: &str = "application/vnd.oci.image.layer.v1.tar";

/// What containerd and BuildKit may put into a layout besides images.
#[derive(Clone, Debug, Default)]
pub struct Oci {
    /// How layers are compressed.
    pub compress: Compress,
    /// The text of an in-toto statement that attests each image.
    pub attestation: Option<String>,
    /// Platforms, as `os/architecture`, that the index lists and the archive lacks.
    pub absent: Vec<String>,
}

impl From<Compress> for Oci {
    fn from(compress: Compress) -> Self {
        Self {
            compress,
            ..Self::default()
        }
    }
}

/// containerd's exporter: `docker save` with the containerd store, nerdctl, ctr.
///
/// Images of one name share a nested index, one entry for each platform;
/// `manifest.json` lists the first of them alone.
#[must_use]
pub fn containerd(images: &[Image], options: &Oci) -> Vec<u8> {
    let mut blobs = Blobs::default();
    let (mut manifests, mut items) = (Vec::new(), Vec::new());
    for group in images.chunk_by(|a, b| !a.names.is_empty() && a.names == b.names) {
        let (descriptor, item) = blobs.group(group, options);
        items.push(item);
        manifests.extend(named(&descriptor, names(group)));
    }
    let mut members = blobs.layout(&manifests);
    members.push(Member::json("manifest.json", &items.into()));
    pack_sorted(members)
}

/// BuildKit's `--output type=oci`: containerd's form without `manifest.json`.
#[must_use]
pub fn buildkit_oci(images: &[Image], options: &Oci) -> Vec<u8> {
    let archive = containerd(images, options);
    super::edit(&archive, |members| {
        members.retain(|member| member.path != "manifest.json");
    })
}

/// podman's, buildah's and skopeo's `oci-archive:`.
#[must_use]
pub fn oci_archive(images: &[Image], how: Compress) -> Vec<u8> {
    let mut blobs = Blobs::default();
    let mut manifests = Vec::new();
    for image in images {
        let descriptor = blobs.image(image, how).descriptor;
        manifests.extend(each_name(&image.names, |name| match name {
            Some(name) => annotated(&descriptor, json!({ REF_NAME: name })),
            None => descriptor.clone(),
        }));
    }
    pack_sorted(blobs.layout(&manifests))
}

const REF_NAME: &str = "org.opencontainers.image.ref.name";

fn names(group: &[Image]) -> &[String] {
    group.first().map_or(&[], |image| &image.names)
}

/// One descriptor for each name, or one without, as containerd annotates them.
pub(super) fn named(descriptor: &Value, names: &[String]) -> Vec<Value> {
    each_name(names, |name| match name {
        Some(name) => {
            let (_, tag) = name::split(name);
            let names = json!({ "io.containerd.image.name": name::full(name), REF_NAME: tag });
            annotated(descriptor, names)
        }
        None => descriptor.clone(),
    })
}

fn each_name(names: &[String], make: impl Fn(Option<&str>) -> Value) -> Vec<Value> {
    if names.is_empty() {
        return vec![make(None)];
    }
    names.iter().map(|name| make(Some(name))).collect()
}

fn annotated(descriptor: &Value, annotations: Value) -> Value {
    let mut descriptor = descriptor.clone();
    set(&mut descriptor, "annotations", annotations);
    descriptor
}

/// Blobs by their digest.
#[derive(Default)]
pub(super) struct Blobs(Vec<Member>);

/// Descriptors of an image's blobs.
pub(super) struct Stored {
    pub(super) descriptor: Value,
    config: Value,
    pub(super) layers: Vec<Value>,
}

impl Blobs {
    pub(super) fn put(&mut self, media_type: &str, bytes: impl Into<Vec<u8>>) -> Value {
        let bytes = bytes.into();
        let digest = digest::sha256(&bytes);
        let descriptor = json!({ "mediaType": media_type, "digest": digest, "size": bytes.len() });
        self.0.push(Member::file(blob_path(&descriptor), bytes));
        descriptor
    }

    pub(super) fn image(&mut self, image: &Image, how: Compress) -> Stored {
        let media_type = format!("{LAYER}{}", how.media_suffix());
        let config = self.put(CONFIG, image.config());
        let layers: Vec<Value> = image
            .layers()
            .map(|layer| self.put(&media_type, compress(&layer.bytes(), how)))
            .collect();
        let descriptor = self.manifest(&config, &layers);
        Stored {
            descriptor,
            config,
            layers,
        }
    }

    fn manifest(&mut self, config: &Value, layers: &[Value]) -> Value {
        let manifest = json!({
            "schemaVersion": 2,
            "mediaType": MANIFEST,
            "config": config,
            "layers": layers,
        });
        self.put(MANIFEST, manifest.to_string())
    }

    /// The descriptor of one name's images, and their item of `manifest.json`.
    fn group(&mut self, group: &[Image], options: &Oci) -> (Value, Value) {
        let stored: Vec<Stored> = group
            .iter()
            .map(|image| self.image(image, options.compress))
            .collect();
        let (first, first_stored) = group.iter().zip(&stored).next().unwrap();
        let item = first_stored.manifest_item(first);
        let mut entries: Vec<Value> = group.iter().zip(&stored).map(platform_entry).collect();
        entries.extend(options.absent.iter().map(|platform| absent_entry(platform)));
        if let Some(statement) = &options.attestation {
            let attested = stored
                .iter()
                .map(|stored| self.attestation(stored, statement));
            entries.extend(attested.collect::<Vec<_>>());
        }
        if entries.len() == 1 {
            return (first_stored.descriptor.clone(), item);
        }
        let index = json!({ "schemaVersion": 2, "mediaType": INDEX, "manifests": entries });
        (self.put(INDEX, index.to_string()), item)
    }

    /// BuildKit's `docs/attestations/attestation-storage.md`.
    fn attestation(&mut self, attested: &Stored, statement: &str) -> Value {
        let mut layer = self.put("application/vnd.in-toto+json", statement);
        let predicate = json!({ "in-toto.io/predicate-type": "https://slsa.dev/provenance/v0.2" });
        set(&mut layer, "annotations", predicate);
        let config = json!({
            "architecture": "unknown",
            "os": "unknown",
            "config": {},
            "rootfs": { "type": "layers", "diff_ids": [layer["digest"]] },
        });
        let config = self.put(CONFIG, config.to_string());
        let mut manifest = self.manifest(&config, &[layer]);
        set(
            &mut manifest,
            "annotations",
            json!({
                "vnd.docker.reference.digest": attested.descriptor["digest"],
                "vnd.docker.reference.type": "attestation-manifest",
            }),
        );
        set(
            &mut manifest,
            "platform",
            json!({ "architecture": "unknown", "os": "unknown" }),
        );
        manifest
    }

    pub(super) fn into_members(self) -> Vec<Member> {
        self.0
    }

    /// The members of a layout whose `index.json` lists these.
    pub(super) fn layout(self, manifests: &[Value]) -> Vec<Member> {
        let mut members = self.into_members();
        let index = json!({ "schemaVersion": 2, "mediaType": INDEX, "manifests": manifests });
        members.extend([
            Member::dir("blobs"),
            Member::dir("blobs/sha256"),
            Member::json("index.json", &index),
            Member::json("oci-layout", &json!({ "imageLayoutVersion": "1.0.0" })),
        ]);
        members
    }
}

impl Stored {
    /// The item of `manifest.json`.
    pub(super) fn manifest_item(&self, image: &Image) -> Value {
        json!({
            "Config": blob_path(&self.config),
            "RepoTags": name::repo_tags(&image.names, name::familiar),
            "Layers": self.layers.iter().map(blob_path).collect::<Vec<_>>(),
        })
    }
}

fn blob_path(descriptor: &Value) -> String {
    format!(
        "blobs/{}",
        descriptor["digest"].as_str().unwrap().replace(':', "/")
    )
}

fn platform_entry((image, stored): (&Image, &Stored)) -> Value {
    let mut entry = stored.descriptor.clone();
    set(&mut entry, "platform", image.platform_value());
    entry
}

fn absent_entry(platform: &str) -> Value {
    let (os, architecture) = platform.split_once('/').unwrap();
    json!({
        "mediaType": MANIFEST,
        "digest": digest::sha256(platform.as_bytes()),
        "size": 1000,
        "platform": { "architecture": architecture, "os": os },
    })
}
