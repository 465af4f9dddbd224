//! What engines judge differently about a layer, or the specification forbids.

use std::fmt;

use imglint_tar::{AnomalyKind, Compression, CompressionAnomaly, Hidden};

use crate::{
    path::ImagePath,
    whiteout::{Meaning, Whiteout},
};

/// Something about a layer that engines do not agree on, with its place.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub struct LayerAnomaly {
    /// Where in the uncompressed tar of the layer; in the stored blob for [`LayerAnomalyKind::Compression`].
    pub offset: u64,
    /// The path it is about, if it is about one.
    pub path: Option<ImagePath>,
    /// What it is.
    pub kind: LayerAnomalyKind,
}

/// How much an anomaly matters.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Level {
    /// Worth knowing; engines agree.
    Info,
    /// Engines disagree, or some refuse the layer.
    Warning,
    /// Engines refuse the layer, or it hides something.
    Error,
}

/// The kinds of [`LayerAnomaly`]; which engine does what was found by running them.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub enum LayerAnomalyKind {
    /// The tar itself.
    Tar(imglint_tar::Anomaly),
    /// The compressed stream around the tar.
    Compression(CompressionAnomaly),
    /// A compression that not every engine reads in a layer.
    UnportableCompression(Compression),
    /// A PAX global header.
    GlobalHeader,
    /// A name with a `..` component.
    DotDot,
    /// `.wh.`, `.wh..` or `.wh...`.
    InvalidWhiteout,
    /// A whiteout that carries content.
    WhiteoutWithContent {
        /// Bytes of that content.
        size: u64,
    },
    /// A character device 0/0, which overlayfs takes for a whiteout.
    OverlayWhiteoutDevice,
    /// The attribute by which overlayfs marks an opaque directory.
    OverlayOpaqueAttribute,
    /// An entry of the AUFS storage driver.
    AufsMetadata,
    /// A whiteout after an entry with the name it hides, in one layer.
    WhiteoutAfterEntry,
    /// A directory and its whiteout in one layer, over a directory below.
    WhiteoutBesideDirectory,
    /// A whiteout and entries below the path it hides, but none for the path itself, in one layer.
    WhiteoutBesideChildren,
    /// A whiteout below a path that another whiteout of the layer hides.
    RedundantWhiteout,
    /// An opaque marker in the root.
    RootOpaque,
    /// A whiteout of a path that does not exist in the layers below.
    WhiteoutOfNothing,
    /// An entry or whiteout below a path that was a file, and thereby becomes a directory.
    FileBecomesDirectory {
        /// What was there.
        ancestor: ImagePath,
        /// Whether this layer put it there.
        same_layer: bool,
    },
    /// An entry or whiteout below a path that was a symbolic link, and thereby becomes a directory.
    SymlinkBecomesDirectory {
        /// The link.
        ancestor: ImagePath,
        /// Whether this layer put it there.
        same_layer: bool,
    },
    /// A hard link to a file that only a lower layer ships.
    CrossLayerHardLink {
        /// The target.
        target: ImagePath,
    },
    /// A hard link to nothing that can be linked to.
    UnresolvedHardLink {
        /// The target.
        target: ImagePath,
    },
    /// A path that an earlier entry of the same layer has.
    DuplicateEntry,
    /// Something else than a directory under the name of the root.
    RootNotDirectory,
}

impl LayerAnomaly {
    /// Its name in kebab-case; never changes.
    #[must_use]
    pub fn code(&self) -> &'static str {
        use LayerAnomalyKind as K;
        match &self.kind {
            K::Tar(anomaly) => anomaly.code(),
            K::Compression(anomaly) => anomaly.code(),
            K::UnportableCompression(_) => "unportable-compression",
            K::GlobalHeader => "pax-global-header",
            K::DotDot => "dot-dot-path",
            K::InvalidWhiteout => "invalid-whiteout",
            K::WhiteoutWithContent { .. } => "whiteout-with-content",
            K::OverlayWhiteoutDevice => "overlay-whiteout-device",
            K::OverlayOpaqueAttribute => "overlay-opaque-attribute",
            K::AufsMetadata => "aufs-metadata",
            K::WhiteoutAfterEntry => "whiteout-after-entry",
            K::WhiteoutBesideDirectory => "whiteout-beside-directory",
            K::WhiteoutBesideChildren => "whiteout-beside-children",
            K::RedundantWhiteout => "redundant-whiteout",
            K::RootOpaque => "root-opaque",
            K::WhiteoutOfNothing => "whiteout-of-nothing",
            K::FileBecomesDirectory { .. } => "file-becomes-directory",
            K::SymlinkBecomesDirectory { .. } => "symlink-becomes-directory",
            K::CrossLayerHardLink { .. } => "cross-layer-hard-link",
            K::UnresolvedHardLink { .. } => "unresolved-hard-link",
            K::DuplicateEntry => "duplicate-entry",
            K::RootNotDirectory => "root-not-directory",
        }
    }

    /// How much it matters.
    #[must_use]
    pub fn level(&self) -> Level {
        use LayerAnomalyKind as K;
        match &self.kind {
            K::Tar(anomaly) if anomaly.go_refuses() => Level::Error,
            K::InvalidWhiteout | K::RootNotDirectory => Level::Error,
            K::Tar(anomaly) if matches!(anomaly.kind, AnomalyKind::MissingEndMark) => Level::Info,
            K::Compression(CompressionAnomaly::Hidden { place, .. })
                if *place != Hidden::TrailingJunk =>
            {
                Level::Info
            }
            K::GlobalHeader | K::AufsMetadata | K::WhiteoutOfNothing => Level::Info,
            _ => Level::Warning,
        }
    }

    pub(crate) fn compression(anomaly: CompressionAnomaly) -> Self {
        let offset = match anomaly {
            CompressionAnomaly::Hidden { offset, .. }
            | CompressionAnomaly::Padding { offset, .. } => offset,
            _ => 0,
        };
        Self {
            offset,
            path: None,
            kind: LayerAnomalyKind::Compression(anomaly),
        }
    }

    pub(crate) fn unportable(compression: Compression) -> Self {
        Self {
            offset: 0,
            path: None,
            kind: LayerAnomalyKind::UnportableCompression(compression),
        }
    }
}

impl fmt::Display for LayerAnomaly {
    /// Writes a lowercase fragment that names the entry and what which engine makes of it.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        use LayerAnomalyKind as K;
        match (&self.kind, &self.path) {
            // These name their place themselves.
            (K::Tar(anomaly), _) => return anomaly.fmt(f),
            (K::Compression(anomaly), _) => return write_compression(f, anomaly),
            (K::UnportableCompression(compression), _) => {
                return write!(
                    f,
                    "compressed with {compression}: docker and podman load it, containerd refuses it"
                );
            }
            (kind @ K::WhiteoutBesideDirectory, Some(path)) => {
                let hidden = hidden_path(path);
                return write!(
                    f,
                    "entry \"{hidden}\" and its whiteout \"{path}\" in one layer: {}",
                    kind.text()
                );
            }
            (_, Some(path)) => write!(f, "entry \"{path}\"")?,
            (_, None) => f.write_str("entry")?,
        }
        write!(f, " at byte {} {}", self.offset, self.kind)
    }
}

impl fmt::Display for LayerAnomalyKind {
    /// Writes what follows the name of the entry.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Tar(anomaly) => anomaly.fmt(f),
            Self::Compression(anomaly) => write_compression(f, anomaly),
            Self::UnportableCompression(compression) => {
                write!(f, "is compressed with {compression}")
            }
            Self::WhiteoutWithContent { size } => write!(
                f,
                "is a whiteout with {size} bytes of content: every engine takes it by its name, and the bytes ship unseen"
            ),
            Self::FileBecomesDirectory {
                ancestor,
                same_layer: false,
            } => write!(
                f,
                "is below \"{ancestor}\", a file of a lower layer: the overlay drivers of docker, containerd and \
                 podman make it a directory, docker vfs refuses the layer"
            ),
            Self::FileBecomesDirectory {
                ancestor,
                same_layer: true,
            } => write!(
                f,
                "is below \"{ancestor}\", a file of the same layer: docker, containerd and podman refuse the layer"
            ),
            Self::SymlinkBecomesDirectory {
                ancestor,
                same_layer: false,
            } => write!(
                f,
                "is below \"{ancestor}\", a symbolic link of a lower layer: the overlay drivers of docker, containerd \
                 and podman make it a directory, docker vfs and umoci follow it"
            ),
            Self::SymlinkBecomesDirectory {
                ancestor,
                same_layer: true,
            } => write!(
                f,
                "is below \"{ancestor}\", a symbolic link of the same layer: docker overlay2 and podman refuse the \
                 layer, containerd, docker vfs and umoci follow the link"
            ),
            Self::CrossLayerHardLink { target } => write!(
                f,
                "is a hard link to \"{target}\", which a lower layer ships: docker overlay2, containerd and podman \
                 refuse the layer, docker vfs and umoci link it"
            ),
            Self::UnresolvedHardLink { target } => {
                write!(
                    f,
                    "is a hard link to \"{target}\", which is no file at that point, unless through a symbolic link: \
                     most engines refuse the layer"
                )
            }
            fixed => f.write_str(fixed.text()),
        }
    }
}

impl LayerAnomalyKind {
    /// What is always said in the same words.
    fn text(&self) -> &'static str {
        match self {
            Self::GlobalHeader => {
                "is a pax global header: docker ignores it, containerd, podman and docker vfs leave a stray \
                 directory, umoci refuses the layer"
            }
            Self::DotDot => {
                "has \"..\" in its name: engines clamp it to the root, newer docker refuses the layer"
            }
            Self::InvalidWhiteout => {
                "is a whiteout that names no file: docker overlay2, containerd, podman and umoci refuse the layer, \
                 docker vfs deletes the directory"
            }
            Self::OverlayWhiteoutDevice => {
                "is a character device 0/0: overlay drivers hide the file below it, docker vfs and umoci make a device"
            }
            Self::OverlayOpaqueAttribute => {
                "has the attribute trusted.overlay.opaque: docker overlay2 and podman hide the files below it, \
                 containerd, docker vfs and umoci do not"
            }
            Self::AufsMetadata => {
                "is metadata of the aufs driver: docker vfs drops it, docker overlay2, containerd, podman and umoci \
                 unpack it as a file"
            }
            Self::WhiteoutAfterEntry => {
                "is a whiteout of an entry before it in one layer: docker overlay2, containerd and podman refuse the \
                 layer, docker vfs deletes the entry or refuses the layer, umoci keeps it"
            }
            Self::WhiteoutBesideDirectory => {
                "docker overlay2, containerd and podman show the deleted lower files again"
            }
            Self::WhiteoutBesideChildren => {
                "is the whiteout of a directory that the same layer has files in, without an entry of its own: docker \
                 overlay2, containerd and podman refuse the layer"
            }
            Self::RedundantWhiteout => {
                "is a whiteout below a path that another whiteout of the layer hides: docker overlay2 and containerd \
                 refuse the layer, docker vfs leaves an empty directory"
            }
            Self::RootOpaque => {
                "is an opaque marker in the root: it has no effect in docker overlay2, containerd and podman, which \
                 show the lower files, while docker vfs and umoci hide all of them"
            }
            Self::WhiteoutOfNothing => {
                "is a whiteout of a path that no lower layer has: engines ignore it"
            }
            Self::DuplicateEntry => {
                "has the same path as an earlier entry of the layer: docker overlay2, docker vfs and podman refuse \
                 the layer, containerd and umoci take the last"
            }
            Self::RootNotDirectory => {
                "stands for the root and is no directory: engines refuse the layer"
            }
            _ => "",
        }
    }
}

/// The path that a whiteout is about.
fn hidden_path(whiteout: &ImagePath) -> ImagePath {
    match Meaning::of(whiteout) {
        Meaning::Whiteout(Whiteout::Path(path) | Whiteout::Opaque(path)) => path,
        _ => whiteout.clone(),
    }
}

fn write_compression(f: &mut fmt::Formatter<'_>, anomaly: &CompressionAnomaly) -> fmt::Result {
    match anomaly {
        CompressionAnomaly::Hidden {
            place,
            offset,
            length,
        } => {
            let place = match place {
                Hidden::GzipHeader => "in a gzip header",
                Hidden::SkippableFrame => "in a skippable zstd frame",
                Hidden::TrailingJunk => {
                    "after the end of the compressed data (docker and containerd ignore them, others refuse the layer)"
                }
                _ => "beside the compressed data",
            };
            write!(
                f,
                "{length} bytes at byte {offset} of the blob that no file shows, {place}"
            )
        }
        CompressionAnomaly::Padding { offset, length } => write!(
            f,
            "{length} zero bytes at byte {offset} of the blob, after the end of the compressed data: docker and containerd ignore them, others refuse the layer"
        ),
        _ => f.write_str("an odd compressed stream"),
    }
}
