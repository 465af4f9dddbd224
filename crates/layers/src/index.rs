//! What one pass over a layer leaves behind: plain data, independent of other layers.

use imglint_format::{DiffId, Digest};
use imglint_tar::{Compression, Timestamp};

use crate::{anomaly::LayerAnomaly, fault::ReadFault, path::ImagePath, whiteout::Whiteout};

/// Position of an entry in the tar of its layer, from 0.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct EntryId(u32);

impl EntryId {
    /// The entry at this position.
    #[must_use]
    pub const fn new(position: u32) -> Self {
        Self(position)
    }

    /// The position, for indexing [`LayerIndex::entries`].
    #[must_use]
    pub const fn index(self) -> usize {
        self.0 as usize
    }
}

/// Identity of a file's content: equal identity and size, equal content.
///
/// XXH3-128 of the bytes. The holes of a sparse file are not read as zeros but as their places,
/// so a sparse file never equals a dense one. This is no digest: it never leaves the program and
/// withstands accidents, not attacks.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Default)]
pub struct ContentId(pub u128);

/// One layer as its tar tells it, without regard to the layers below.
#[derive(Debug, Clone)]
#[non_exhaustive]
pub struct LayerIndex {
    /// Every entry, in tar order.
    pub entries: Vec<LayerEntry>,
    /// What engines judge differently or the specification forbids, in the order seen.
    pub anomalies: Vec<LayerAnomaly>,
    /// How the blob is compressed, told by its first bytes.
    pub compression: Compression,
    /// SHA-256 of the stored blob; `None` if it could not be read to its end.
    pub blob_digest: Option<Digest>,
    /// SHA-512 of the stored blob, if asked for by [`ReadOptions::sha512`](crate::ReadOptions::sha512).
    pub blob_sha512: Option<Digest>,
    /// Bytes of the stored blob.
    pub blob_size: u64,
    /// SHA-256 of the uncompressed tar, whatever follows its end mark included; `None` if it could not be
    /// read or decompressed to its end.
    pub diff_id: Option<DiffId>,
    /// Bytes of the uncompressed tar.
    pub tar_size: u64,
    /// Bytes of regular files, holes of sparse files and names given twice included; hard links count once.
    pub content_size: u64,
    /// What kept the pass from seeing all of the layer, in the order met; empty when it saw everything.
    pub faults: Vec<ReadFault>,
    /// Bytes of memory that the entries take, roughly, with a tree made of them.
    pub memory: u64,
}

/// A layer without entries and without a blob.
impl Default for LayerIndex {
    fn default() -> Self {
        Self {
            entries: Vec::new(),
            anomalies: Vec::new(),
            compression: Compression::None,
            blob_digest: None,
            blob_sha512: None,
            blob_size: 0,
            diff_id: None,
            tar_size: 0,
            content_size: 0,
            faults: Vec::new(),
            memory: 0,
        }
    }
}

impl LayerIndex {
    /// Whether the whole layer was read and understood.
    #[must_use]
    pub fn is_complete(&self) -> bool {
        self.faults.is_empty()
    }

    /// The entry with that id; `None` if it belongs to another layer.
    #[must_use]
    pub fn entry(&self, id: EntryId) -> Option<&LayerEntry> {
        self.entries.get(id.index())
    }

    /// Entries with their ids, in tar order.
    pub fn iter(&self) -> impl Iterator<Item = (EntryId, &LayerEntry)> {
        (0..).map(EntryId).zip(&self.entries)
    }
}

/// One member of a layer's tar.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub struct LayerEntry {
    /// Its own path; that of a whiteout still has the `.wh.`.
    pub path: ImagePath,
    /// Where its first header block begins in the uncompressed tar, extension headers included.
    pub offset: u64,
    /// Where its content begins in the uncompressed tar.
    pub data_offset: u64,
    /// What it is.
    pub node: Node,
    /// Permission, setuid, setgid and sticky bits, as in the header.
    pub mode: u32,
    /// Owner.
    pub uid: i64,
    /// Group.
    pub gid: i64,
    /// Time of last modification.
    pub mtime: Timestamp,
    /// Extended attributes (`SCHILY.xattr.` records), names without that prefix.
    pub xattrs: Box<[Xattr]>,
    /// The size its header states, also where size means nothing (links, directories).
    pub header_size: i64,
}

/// An extended attribute.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub struct Xattr {
    /// Its name, such as `security.capability`.
    pub name: Box<[u8]>,
    /// Its value.
    pub value: Box<[u8]>,
}

impl LayerEntry {
    /// Bytes of its content if it is a regular file, else 0.
    #[must_use]
    pub fn size(&self) -> u64 {
        match self.node {
            Node::File { size, .. } => size,
            _ => 0,
        }
    }

    /// What `stat` says of its size once extracted: symbolic links have the length of their target.
    pub(crate) fn stat_size(&self) -> u64 {
        match &self.node {
            Node::File { size, .. } | Node::AufsMetadata { size, .. } => *size,
            Node::Symlink { target } => target.len() as u64,
            _ => 0,
        }
    }
}

/// What an entry of a layer is.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub enum Node {
    /// A regular file.
    File {
        /// Bytes of its content, the holes of a sparse file included.
        size: u64,
        /// Bytes of its content that stand in the tar.
        stored: u64,
        /// Identity of its content.
        identity: ContentId,
    },
    /// Another name of a file.
    HardLink {
        /// The first name.
        target: ImagePath,
    },
    /// A symbolic link.
    Symlink {
        /// Its text, as it stands in the header.
        target: Box<[u8]>,
    },
    /// A directory.
    Directory,
    /// A character device.
    CharDevice {
        /// Major number.
        major: i64,
        /// Minor number.
        minor: i64,
    },
    /// A block device.
    BlockDevice {
        /// Major number.
        major: i64,
        /// Minor number.
        minor: i64,
    },
    /// A named pipe.
    Fifo,
    /// A whiteout, whatever the type of the entry that carries it.
    Whiteout(Whiteout),
    /// `.wh.`, `.wh..` or `.wh...`: hides nothing, and engines refuse the layer.
    InvalidWhiteout,
    /// Bookkeeping of the AUFS storage driver (`.wh..wh.plnk` and the like): never part of the tree.
    AufsMetadata {
        /// Bytes of its content.
        size: u64,
        /// Identity of its content.
        identity: ContentId,
    },
    /// A type that engines refuse; not part of the tree.
    Unknown {
        /// The type byte of its header.
        typeflag: u8,
        /// Bytes of its content.
        size: u64,
    },
}

impl Node {
    /// Size and identity of the body that it carries.
    pub(crate) fn content(&self) -> Option<(u64, ContentId)> {
        match *self {
            Self::File { size, identity, .. } | Self::AufsMetadata { size, identity } => {
                Some((size, identity))
            }
            _ => None,
        }
    }
}

impl std::fmt::Display for ContentId {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "{:032x}", self.0)
    }
}
