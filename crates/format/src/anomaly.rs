//! What is wrong with an archive's documents and container, or divides the engines that read it.

use std::fmt;

use thiserror::Error;

use crate::{Digest, DigestError, DocumentError, JsonAnomaly, Platform, ReferenceError};

/// One thing that breaks a specification or that engines read differently, and where it stands.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Anomaly {
    /// The member of the archive it stands in, as the archive names it.
    pub document: String,
    /// Byte offset within that member.
    pub offset: Option<u64>,
    /// What it is.
    pub kind: AnomalyKind,
}

impl Anomaly {
    /// An anomaly of a whole member.
    #[must_use]
    pub fn new(document: impl Into<String>, kind: AnomalyKind) -> Self {
        Self {
            document: document.into(),
            offset: None,
            kind,
        }
    }

    /// An anomaly at one byte of a member.
    #[must_use]
    pub fn at(document: impl Into<String>, offset: u64, kind: AnomalyKind) -> Self {
        Self {
            document: document.into(),
            offset: Some(offset),
            kind,
        }
    }

    /// Whether something that should have been judged could not be read because of it.
    #[must_use]
    pub fn incomplete(&self) -> bool {
        self.kind.incomplete()
    }
}

impl fmt::Display for Anomaly {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.offset {
            Some(offset) => write!(f, "{}, byte {offset}: {}", self.document, self.kind),
            None => write!(f, "{}: {}", self.document, self.kind),
        }
    }
}

/// What an [`Anomaly`] is.
#[derive(Debug, Clone, PartialEq, Eq, Error)]
#[non_exhaustive]
pub enum AnomalyKind {
    /// JSON that readers take differently.
    #[error(transparent)]
    Json(JsonAnomaly),
    /// A document that could not be read at all.
    #[error("cannot be read: {0}")]
    Unreadable(DocumentError),
    /// A digest that breaks the grammar stands at this JSON path.
    #[error("{path}: {why}")]
    InvalidDigest {
        /// Where in the document, such as `layers[2].digest`.
        path: String,
        /// What is wrong with it.
        why: DigestError,
    },
    /// A member stands twice in the archive.
    #[error("member {member:?} stands twice (entries {first_entry} and {second_entry}), {}",
        if *same_bytes { "with the same bytes" } else { "with different bytes: docker and containerd read the second, podman the first" })]
    DuplicateMember {
        /// Its name.
        member: String,
        /// Number of the first entry in the archive, from 1.
        first_entry: u64,
        /// Number of the other one.
        second_entry: u64,
        /// Whether it makes no difference which one is read.
        same_bytes: bool,
    },
    /// `manifest.json` stands twice in the archive.
    #[error(
        "manifest.json appears twice (entries {first_entry} and {second_entry}): docker loads the second, podman the first; both were linted"
    )]
    ManifestTwice {
        /// Number of the first entry in the archive, from 1.
        first_entry: u64,
        /// Number of the other one.
        second_entry: u64,
    },
    /// `index.json` and `manifest.json` do not name the same images.
    #[error(
        "index.json and manifest.json name different images: docker loads those of manifest.json, containerd and podman those of index.json; both were linted"
    )]
    IndexManifestDisagree,
    /// A document that is both a manifest and an index, or says it is the other (CVE-2021-41190).
    #[error("ambiguous manifest: {why}; containerd and podman refuse it")]
    AmbiguousManifest {
        /// Which fields contradict each other.
        why: String,
    },
    /// A blob is not in the archive.
    #[error("{blob}{} is not in the archive; not scanned", in_brackets(name.as_ref()))]
    MissingBlob {
        /// What it would have been.
        blob: BlobRole,
        /// What it should have been found by: a digest, or a path, escaped.
        name: Option<String>,
    },
    /// A layer that is to be fetched from elsewhere.
    #[error("{layer} is foreign: its bytes are elsewhere; not scanned")]
    ForeignLayer {
        /// Which one.
        layer: BlobRole,
    },
    /// A layer whose bytes need a key.
    #[error("{layer} is encrypted; not scanned")]
    EncryptedLayer {
        /// Which one.
        layer: BlobRole,
    },
    /// A blob of a kind that nobody here knows how to read.
    #[error("{blob} has the unknown media type {media_type:?}; not scanned")]
    UnknownMediaType {
        /// What it stands for.
        blob: BlobRole,
        /// As spelled.
        media_type: String,
    },
    /// The bytes are not those that a descriptor or a name promises.
    #[error("{blob} should be {expected} but is {actual}")]
    DigestMismatch {
        /// What it stands for.
        blob: BlobRole,
        /// As promised.
        expected: Digest,
        /// As found.
        actual: Digest,
    },
    /// An uncompressed layer is not what the config states.
    #[error(
        "{layer} should have diff ID {expected} but has {actual}; every engine refuses the image"
    )]
    DiffIdMismatch {
        /// Which one.
        layer: BlobRole,
        /// As the config states.
        expected: Digest,
        /// As found.
        actual: Digest,
    },
    /// The number of bytes is not the one that a descriptor states.
    #[error("{blob} should have {expected} bytes but has {actual}")]
    SizeMismatch {
        /// What it stands for.
        blob: BlobRole,
        /// Bytes, as stated; negative numbers have been seen.
        expected: i64,
        /// Bytes found.
        actual: u64,
    },
    /// The `data` of a descriptor is not the content that it describes.
    #[error("embedded data of {digest} {why}")]
    DescriptorData {
        /// What is described.
        digest: Digest,
        /// What is wrong with the data.
        why: &'static str,
    },
    /// Manifest and config do not count the same layers.
    #[error(
        "the manifest lists {layers} layers but the config states {diff_ids} diff IDs; every engine refuses the image"
    )]
    LayerCountMismatch {
        /// In the manifest.
        layers: usize,
        /// In the config.
        diff_ids: usize,
    },
    /// Links that lead back to where they started.
    #[error("link {member:?} leads back to itself")]
    LinkCycle {
        /// The link.
        member: String,
    },
    /// Links that lead to links for too long.
    #[error("link {member:?} leads through more than {limit} links")]
    LinkTooLong {
        /// The first link.
        member: String,
        /// How many were followed.
        limit: usize,
    },
    /// A blob that ships although no document names it.
    #[error("{member:?} ({size} bytes) ships but no manifest names it")]
    UnreferencedBlob {
        /// Its name.
        member: String,
        /// Its length in bytes.
        size: u64,
    },
    /// An index names a platform of which the archive has nothing.
    #[error("platform {} ({digest}) is not in the archive", platform.as_ref().map_or_else(|| "without a name".to_owned(), ToString::to_string))]
    AbsentPlatform {
        /// As the descriptor says.
        platform: Option<Platform>,
        /// Of its manifest.
        digest: Digest,
    },
    /// A name that Docker would not load.
    #[error("image name {reference:?}: {why}; docker and containerd refuse to load it")]
    InvalidReference {
        /// As the archive says.
        reference: String,
        /// What is wrong with it.
        why: ReferenceError,
    },
    /// `rootfs.type` is not `layers`, as the spec demands though no engine checks.
    #[error("rootfs.type is {found:?}, not \"layers\"")]
    RootfsType {
        /// What it is.
        found: String,
    },
    /// A v1 layer names a parent that is not there.
    #[error("parent layer {parent:?} is not in the archive")]
    ParentMissing {
        /// Its id.
        parent: String,
    },
    /// v1 layers that are each other's parents; dockerd dies of it.
    #[error("layer {id:?} is its own ancestor")]
    ParentCycle {
        /// The id where the circle was noticed.
        id: String,
    },
    /// Everything lies below one directory.
    #[error(
        "everything lies below {prefix:?}: no engine loads it so; pack it again from inside that folder"
    )]
    CommonPrefix {
        /// The directory.
        prefix: String,
    },
    /// A Docker archive without layers that the receiving daemon is supposed to have.
    #[error("{layer} has been left out of the archive; not scanned")]
    PartialArchive {
        /// Which one.
        layer: BlobRole,
    },
    /// Something about the outer tar or its compression.
    #[error("{detail}")]
    Container {
        /// A path that never changes, for programs.
        code: &'static str,
        /// A full message.
        detail: String,
        /// Whether bytes were lost to it.
        incomplete: bool,
    },
    /// Indexes within indexes, too many to follow.
    #[error("indexes are nested more than {limit} deep; what lies below was not read")]
    NestedIndexTooDeep {
        /// How many were followed.
        limit: usize,
    },
}

/// What a blob is for in its image.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
#[non_exhaustive]
pub enum BlobRole {
    /// An index or manifest list.
    Index,
    /// A manifest.
    Manifest,
    /// A config.
    Config,
    /// A layer.
    Layer {
        /// From 0, lowest first.
        index: usize,
        /// How many there are.
        total: usize,
    },
    /// An attestation, a signature, or another thing that no root file system is made of.
    Artifact,
}

impl fmt::Display for BlobRole {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Index => f.write_str("index"),
            Self::Manifest => f.write_str("manifest"),
            Self::Config => f.write_str("config"),
            Self::Layer { index, .. } => write!(f, "layer {index}"),
            Self::Artifact => f.write_str("artifact"),
        }
    }
}

impl AnomalyKind {
    /// Whether something that should have been judged could not be read because of it.
    ///
    /// Says no only of what was read in each of its readings all the same.
    #[must_use]
    pub fn incomplete(&self) -> bool {
        match self {
            Self::Json(json) => json.incomplete(),
            Self::Container { incomplete, .. } => *incomplete,
            Self::DuplicateMember { .. }
            | Self::ManifestTwice { .. }
            | Self::IndexManifestDisagree
            | Self::AmbiguousManifest { .. }
            | Self::UnreferencedBlob { .. }
            | Self::AbsentPlatform { .. }
            | Self::InvalidReference { .. }
            | Self::RootfsType { .. }
            | Self::CommonPrefix { .. }
            | Self::DescriptorData { .. } => false,
            Self::Unreadable(_)
            | Self::InvalidDigest { .. }
            | Self::MissingBlob { .. }
            | Self::ForeignLayer { .. }
            | Self::EncryptedLayer { .. }
            | Self::UnknownMediaType { .. }
            | Self::DigestMismatch { .. }
            | Self::DiffIdMismatch { .. }
            | Self::SizeMismatch { .. }
            | Self::LayerCountMismatch { .. }
            | Self::LinkCycle { .. }
            | Self::LinkTooLong { .. }
            | Self::ParentMissing { .. }
            | Self::ParentCycle { .. }
            | Self::PartialArchive { .. }
            | Self::NestedIndexTooDeep { .. } => true,
        }
    }
}

fn in_brackets(name: Option<&String>) -> String {
    name.map_or_else(String::new, |name| format!(" ({name})"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn messages_say_where() {
        let layer = BlobRole::Layer { index: 2, total: 5 };
        let digest = Digest::of_bytes(b"");
        let missing = AnomalyKind::MissingBlob {
            blob: layer,
            name: Some(digest.to_string()),
        };
        assert_eq!(
            Anomaly::new("manifest.json", missing).to_string(),
            format!("manifest.json: layer 2 ({digest}) is not in the archive; not scanned")
        );
        let found = "x".to_owned();
        assert_eq!(
            Anomaly::at("a.json", 12, AnomalyKind::RootfsType { found }).to_string(),
            "a.json, byte 12: rootfs.type is \"x\", not \"layers\""
        );
    }

    #[test]
    fn duplicate_members_tell_whether_it_matters() {
        let duplicate = |same_bytes| AnomalyKind::DuplicateMember {
            member: "a".to_owned(),
            first_entry: 1,
            second_entry: 2,
            same_bytes,
        };
        assert!(
            duplicate(true)
                .to_string()
                .ends_with("(entries 1 and 2), with the same bytes")
        );
        assert!(
            duplicate(false)
                .to_string()
                .ends_with("docker and containerd read the second, podman the first")
        );
    }

    #[test]
    fn absent_platform_is_named() {
        let absent = |platform: Option<&str>| AnomalyKind::AbsentPlatform {
            platform: platform.map(|text| text.parse().unwrap()),
            digest: Digest::parse("x:a").unwrap(),
        };
        assert_eq!(
            absent(Some("linux/arm64")).to_string(),
            "platform linux/arm64 (x:a) is not in the archive"
        );
        assert_eq!(
            absent(None).to_string(),
            "platform without a name (x:a) is not in the archive"
        );
    }

    #[test]
    fn what_was_not_read_is_incomplete() {
        let layer = BlobRole::Layer { index: 0, total: 1 };
        assert!(AnomalyKind::EncryptedLayer { layer }.incomplete());
        assert!(AnomalyKind::Unreadable(DocumentError::Empty).incomplete());
        assert!(!AnomalyKind::IndexManifestDisagree.incomplete());
        assert!(!AnomalyKind::Json(JsonAnomaly::InvalidUtf8).incomplete());
    }
}
