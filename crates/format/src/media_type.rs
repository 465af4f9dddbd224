//! Media types of the documents and blobs of an image.

use std::fmt;

/// A media type: what it was spelled as, and what that means.
///
/// Compared byte for byte, as engines do. See image-spec, `media-types.md`.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct MediaType {
    text: String,
    kind: MediaKind,
}

/// What kind of content a [`MediaType`] stands for.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
#[non_exhaustive]
pub enum MediaKind {
    /// Docker manifest of schema 2, or OCI image manifest.
    Manifest,
    /// Docker manifest list, or OCI image index.
    Index,
    /// Docker manifest of schema 1, signed or not.
    Schema1,
    /// Docker or OCI image config.
    Config,
    /// A layer that an engine unpacks into a root file system.
    Layer(LayerMedia),
    /// An in-toto statement: an attestation about an image.
    InToto,
    /// The two bytes `{}` that stand where a spec wants a descriptor.
    Empty,
    /// Something else.
    Other,
}

/// What the media type of a layer tells about its blob.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct LayerMedia {
    /// How its files are stored.
    pub format: LayerFormat,
    /// The compression that it promises; `None` when engines are to look at the bytes.
    pub compression: Option<Compression>,
    /// Not to be pushed: `foreign` for Docker, `nondistributable` for OCI.
    pub foreign: bool,
    /// Encrypted by ocicrypt (`+encrypted`).
    pub encrypted: bool,
}

/// How a layer stores files.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
#[non_exhaustive]
pub enum LayerFormat {
    /// A tar of changes.
    Tar,
    /// An EROFS file system (containerd).
    Erofs,
}

/// A compression that a media type can promise.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
#[non_exhaustive]
pub enum Compression {
    /// Stored as it is.
    Uncompressed,
    /// Gzip.
    Gzip,
    /// Zstandard.
    Zstd,
}

impl MediaType {
    /// Any text is a media type; what is not known is [`MediaKind::Other`].
    #[must_use]
    pub fn new(text: impl Into<String>) -> Self {
        let text = text.into();
        let kind = kind_of(&text);
        Self { text, kind }
    }

    /// As it was spelled.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.text
    }

    /// What it stands for.
    #[must_use]
    pub fn kind(&self) -> MediaKind {
        self.kind
    }

    /// What it says about a layer, when it is one.
    #[must_use]
    pub fn layer(&self) -> Option<LayerMedia> {
        match self.kind {
            MediaKind::Layer(layer) => Some(layer),
            _ => None,
        }
    }
}

fn kind_of(text: &str) -> MediaKind {
    match text {
        "application/vnd.docker.distribution.manifest.v2+json"
        | "application/vnd.oci.image.manifest.v1+json" => MediaKind::Manifest,
        "application/vnd.docker.distribution.manifest.list.v2+json"
        | "application/vnd.oci.image.index.v1+json" => MediaKind::Index,
        "application/vnd.docker.distribution.manifest.v1+json"
        | "application/vnd.docker.distribution.manifest.v1+prettyjws" => MediaKind::Schema1,
        "application/vnd.docker.container.image.v1+json"
        | "application/vnd.oci.image.config.v1+json" => MediaKind::Config,
        "application/vnd.in-toto+json" => MediaKind::InToto,
        "application/vnd.oci.empty.v1+json" => MediaKind::Empty,
        _ => layer_of(text).map_or(MediaKind::Other, MediaKind::Layer),
    }
}

fn layer_of(text: &str) -> Option<LayerMedia> {
    let (plain, encrypted) = match text.strip_suffix("+encrypted") {
        Some(plain) => (plain, true),
        None => (text, false),
    };
    let layer = docker_layer(plain).or_else(|| oci_layer(plain))?;
    Some(LayerMedia { encrypted, ..layer })
}

fn docker_layer(text: &str) -> Option<LayerMedia> {
    let rest = text.strip_prefix("application/vnd.docker.image.rootfs.")?;
    let (rest, foreign) = match rest.strip_prefix("foreign.") {
        Some(rest) => (rest, true),
        None => (rest, false),
    };
    // Builders have compressed layers and named them plain; engines look (containerd, DiffCompression).
    let compression = match rest {
        "diff.tar" => None,
        "diff.tar.gzip" => Some(Compression::Gzip),
        "diff.tar.zstd" => Some(Compression::Zstd),
        _ => return None,
    };
    Some(tar_layer(compression, foreign))
}

fn oci_layer(text: &str) -> Option<LayerMedia> {
    if text == "application/vnd.erofs.layer.v1" {
        return Some(LayerMedia {
            format: LayerFormat::Erofs,
            ..tar_layer(Some(Compression::Uncompressed), false)
        });
    }
    let rest = text.strip_prefix("application/vnd.oci.image.layer.")?;
    let (rest, foreign) = match rest.strip_prefix("nondistributable.") {
        Some(rest) => (rest, true),
        None => (rest, false),
    };
    let compression = match rest {
        "v1.tar" => Compression::Uncompressed,
        "v1.tar+gzip" => Compression::Gzip,
        "v1.tar+zstd" => Compression::Zstd,
        _ => return None,
    };
    Some(tar_layer(Some(compression), foreign))
}

fn tar_layer(compression: Option<Compression>, foreign: bool) -> LayerMedia {
    LayerMedia {
        format: LayerFormat::Tar,
        compression,
        foreign,
        encrypted: false,
    }
}

impl fmt::Display for MediaType {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(&self.text)
    }
}

impl From<&str> for MediaType {
    fn from(text: &str) -> Self {
        Self::new(text)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn layer(text: &str) -> (Option<Compression>, bool, bool) {
        let layer = MediaType::from(text).layer().unwrap();
        (layer.compression, layer.foreign, layer.encrypted)
    }

    #[test]
    fn layers_promise_their_compression() {
        use Compression::{Gzip, Uncompressed, Zstd};
        let docker = "application/vnd.docker.image.rootfs";
        let oci = "application/vnd.oci.image.layer";
        for (text, expected) in [
            (format!("{docker}.diff.tar"), (None, false, false)),
            (
                format!("{docker}.diff.tar.gzip"),
                (Some(Gzip), false, false),
            ),
            (
                format!("{docker}.diff.tar.zstd"),
                (Some(Zstd), false, false),
            ),
            (format!("{docker}.foreign.diff.tar"), (None, true, false)),
            (
                format!("{docker}.foreign.diff.tar.gzip"),
                (Some(Gzip), true, false),
            ),
            (format!("{oci}.v1.tar"), (Some(Uncompressed), false, false)),
            (format!("{oci}.v1.tar+gzip"), (Some(Gzip), false, false)),
            (format!("{oci}.v1.tar+zstd"), (Some(Zstd), false, false)),
            (
                format!("{oci}.nondistributable.v1.tar+gzip"),
                (Some(Gzip), true, false),
            ),
            (
                format!("{oci}.v1.tar+gzip+encrypted"),
                (Some(Gzip), false, true),
            ),
            (
                format!("{oci}.v1.tar+encrypted"),
                (Some(Uncompressed), false, true),
            ),
        ] {
            assert_eq!(layer(&text), expected, "{text}");
        }
    }

    #[test]
    fn near_misses_stay_unknown() {
        for text in [
            "",
            "application/vnd.oci.image.layer.v1.tar+lz4",
            "application/vnd.oci.image.layer.v1.tar.gzip",
            "application/vnd.docker.image.rootfs.diff.tar+gzip",
            "Application/vnd.oci.image.index.v1+json",
            "application/vnd.oci.image.index.v1+json; charset=utf-8",
        ] {
            assert_eq!(MediaType::from(text).kind(), MediaKind::Other, "{text}");
            assert_eq!(MediaType::from(text).as_str(), text);
        }
    }

    #[test]
    fn erofs_is_a_layer_of_its_own_format() {
        let layer = MediaType::from("application/vnd.erofs.layer.v1")
            .layer()
            .unwrap();
        assert_eq!(layer.format, LayerFormat::Erofs);
    }
}
