//! The same layers as two archives: in Docker's form, and as OCI gzip.

use std::{
    fs::{self, File},
    io::{BufWriter, Read, Write as _},
    path::{Path, PathBuf},
};

use miette::{IntoDiagnostic as _, Result};
use serde_json::{Value, json};
use sha2::{Digest as _, Sha256};

use super::layers::{self, Blob, Layer, create, open};

/// The two archives of the same layers.
pub(super) struct Archives {
    pub(super) docker: PathBuf,
    pub(super) oci: PathBuf,
}

/// Makes the archives unless they are there.
pub(super) fn make(folder: &Path, size: u64, fresh: bool) -> Result<Archives> {
    let archives = Archives {
        docker: folder.join("docker-save.tar"),
        oci: folder.join("oci-gzip.tar"),
    };
    if fresh || !archives.docker.exists() || !archives.oci.exists() {
        println!(
            "making {} MiB of layers in {}",
            size >> 20,
            folder.display()
        );
        let layers = layers::make(folder, size)?;
        docker_save(&archives.docker, &layers)?;
        oci(&archives.oci, &layers)?;
        for path in layers
            .iter()
            .flat_map(|layer| [&layer.tar.path, &layer.gzip.path])
        {
            fs::remove_file(path).into_diagnostic()?;
        }
    }
    for path in [&archives.docker, &archives.oci] {
        let size = fs::metadata(path).into_diagnostic()?.len();
        println!("{}: {size} bytes", path.display());
    }
    Ok(archives)
}

/// Docker's form of 1.10 to 24: plain layers, `manifest.json`.
fn docker_save(path: &Path, layers: &[Layer]) -> Result<()> {
    let config = config(layers);
    let config_name = format!("{}.json", hex(&config));
    let names: Vec<String> = layers
        .iter()
        .map(|layer| format!("{}/layer.tar", layer.tar.hex))
        .collect();
    let manifest = json!([{ "Config": config_name, "RepoTags": ["bench:1.0"], "Layers": names }]);
    let mut out = Outer::new(path)?;
    for (layer, name) in layers.iter().zip(&names) {
        out.blob(name, &layer.tar)?;
    }
    out.document(&config_name, &config)?;
    out.document("manifest.json", &text(&manifest))?;
    out.finish()
}

/// An OCI layout of gzipped layers.
fn oci(path: &Path, layers: &[Layer]) -> Result<()> {
    let config = config(layers);
    let descriptors = layers.iter().map(|layer| {
        descriptor(
            "application/vnd.oci.image.layer.v1.tar+gzip",
            &layer.gzip.hex,
            layer.gzip.size,
        )
    });
    let manifest = text(&json!({
        "schemaVersion": 2,
        "mediaType": MANIFEST,
        "config": described("application/vnd.oci.image.config.v1+json", &config),
        "layers": descriptors.collect::<Vec<_>>(),
    }));
    let index = json!({ "schemaVersion": 2, "manifests": [described(MANIFEST, &manifest)] });
    let mut out = Outer::new(path)?;
    for layer in layers {
        out.blob(&blob_name(&layer.gzip.hex), &layer.gzip)?;
    }
    out.document(&blob_name(&hex(&config)), &config)?;
    out.document(&blob_name(&hex(&manifest)), &manifest)?;
    out.document(
        "oci-layout",
        &text(&json!({ "imageLayoutVersion": "1.0.0" })),
    )?;
    out.document("index.json", &text(&index))?;
    out.finish()
}

const MANIFEST: &str = "application/vnd.oci.image.manifest.v1+json";

fn config(layers: &[Layer]) -> Vec<u8> {
    let diff_ids: Vec<String> = layers
        .iter()
        .map(|layer| format!("sha256:{}", layer.tar.hex))
        .collect();
    let step = json!({ "created": "2024-01-01T00:00:00Z", "created_by": "COPY . / # buildkit" });
    text(&json!({
        "architecture": "amd64",
        "os": "linux",
        "config": { "User": "1000" },
        "rootfs": { "type": "layers", "diff_ids": diff_ids },
        "history": vec![step; layers.len()],
    }))
}

fn blob_name(hex: &str) -> String {
    format!("blobs/sha256/{hex}")
}

fn described(media_type: &str, document: &[u8]) -> Value {
    descriptor(media_type, &hex(document), document.len() as u64)
}

fn descriptor(media_type: &str, hex: &str, size: u64) -> Value {
    json!({ "mediaType": media_type, "digest": format!("sha256:{hex}"), "size": size })
}

fn text(document: &Value) -> Vec<u8> {
    document.to_string().into_bytes()
}

fn hex(bytes: &[u8]) -> String {
    layers::hex(Sha256::new_with_prefix(bytes))
}

/// The tar around everything.
struct Outer {
    builder: tar::Builder<BufWriter<File>>,
}

impl Outer {
    fn new(path: &Path) -> Result<Self> {
        Ok(Self {
            builder: tar::Builder::new(create(path)?),
        })
    }

    fn blob(&mut self, name: &str, blob: &Blob) -> Result<()> {
        self.member(name, blob.size, open(&blob.path)?)
    }

    fn document(&mut self, name: &str, bytes: &[u8]) -> Result<()> {
        self.member(name, bytes.len() as u64, bytes)
    }

    fn member(&mut self, name: &str, size: u64, content: impl Read) -> Result<()> {
        let mut header = tar::Header::new_gnu();
        header.set_size(size);
        header.set_mode(0o644);
        self.builder
            .append_data(&mut header, name, content)
            .into_diagnostic()
    }

    fn finish(self) -> Result<()> {
        let mut file = self.builder.into_inner().into_diagnostic()?;
        file.flush().into_diagnostic()
    }
}
