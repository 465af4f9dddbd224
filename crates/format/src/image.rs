//! One runnable image as an archive presents it.

use crate::{Anomaly, BlobId, DiffId, Digest, ImageConfig, ImageId, MediaType, Platform};

/// A runnable image: its config and its layers, and where the archive keeps them.
///
/// Plain data, made by whoever opens an archive.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Image {
    /// As the archive says (`RepoTags`, `ref.name` annotations), order kept, without duplicates.
    pub names: Vec<String>,
    /// From the config, else from the descriptor.
    pub platform: Option<Platform>,
    /// Digest of the config; `None` for a v1 archive, which has none.
    pub id: Option<ImageId>,
    /// The id of the top layer of a v1 archive.
    pub v1_id: Option<String>,
    /// Digest of the manifest, when there is one.
    pub manifest_digest: Option<Digest>,
    /// Annotations of the descriptor that led to the manifest.
    pub index_annotations: Vec<(String, String)>,
    /// Annotations of the manifest itself.
    pub manifest_annotations: Vec<(String, String)>,
    /// The config as read.
    pub config: ImageConfig,
    /// The config as stored, byte for byte.
    pub config_bytes: Vec<u8>,
    /// Lowest first.
    pub layers: Vec<LayerRef>,
    /// What is wrong with this image: a missing blob, a wrong digest, and the like.
    pub anomalies: Vec<Anomaly>,
}

/// One layer of an [`Image`], and what its manifest and config say about it.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct LayerRef {
    /// Its bytes; `None` when they are not in the archive.
    pub blob: Option<BlobId>,
    /// How the archive names it, for messages.
    pub name: String,
    /// As its descriptor says.
    pub media_type: Option<MediaType>,
    /// Of the stored blob, when a descriptor or file name states it.
    pub digest: Option<Digest>,
    /// Bytes of the stored blob, as a descriptor states.
    pub size: Option<u64>,
    /// As the config states.
    pub diff_id: Option<DiffId>,
    /// Where else it may be fetched.
    pub urls: Vec<String>,
    /// Of its descriptor.
    pub annotations: Vec<(String, String)>,
}
