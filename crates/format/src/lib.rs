//! Digests, references, manifests and configs of OCI and Docker container images.
//!
//! Every document that an image archive may hold, from Docker 1.0 to OCI 1.1, as engines read it: JSON is
//! taken by the rules of Go's `encoding/json`, in which they are written, and whatever another reader would
//! take differently is reported with its byte offset. Bytes are never trusted and never make it panic.
//!
//! This crate opens no files and unpacks no layers.
//!
//! # Example
//!
//! ```
//! use imglint_format::{Limits, Manifest};
//!
//! let bytes = br#"{"layers": [], "Layers": [{"size": 7}]}"#;
//! let manifest = Manifest::parse(bytes, &Limits::default())?;
//! assert_eq!(manifest.value.layers.len(), 1, "as Docker sees it");
//! assert_eq!(manifest.anomalies[0].offset, 15);
//! # Ok::<(), imglint_format::DocumentError>(())
//! ```

mod ambiguity;
mod anomaly;
mod blob;
mod config;
mod descriptor;
mod digest;
mod docker_manifest;
mod document;
mod excerpt;
mod history;
mod image;
mod index;
mod instruction;
mod json;
mod limits;
mod manifest;
mod media_type;
mod platform;
mod reference;
mod repositories;
mod schema1;
mod time;
mod v1;

pub use crate::{
    anomaly::{Anomaly, AnomalyKind, BlobRole},
    blob::{BlobId, BlobReader, BlobSource, MemoryBlobs},
    config::{ContainerConfig, Healthcheck, ImageConfig, RootFs},
    descriptor::{Data, Descriptor},
    digest::{Algorithm, ChainId, DiffId, Digest, DigestError, ImageId},
    docker_manifest::{DockerManifest, DockerManifestItem},
    document::{Located, Parsed},
    history::{Alignment, HistoryEntry, HistoryFit, align},
    image::{Image, LayerRef},
    index::Index,
    instruction::{Builder, Instruction, InstructionKind},
    json::{DocumentError, JsonAnomaly, Position, Trailing},
    limits::Limits,
    manifest::Manifest,
    media_type::{Compression, LayerFormat, LayerMedia, MediaKind, MediaType},
    platform::{Platform, PlatformError},
    reference::{Reference, ReferenceError},
    repositories::Repositories,
    schema1::{FsLayer, Schema1, Schema1History},
    time::Time,
    v1::V1Layer,
};
