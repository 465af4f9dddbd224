//! What one layer changes in the tree below it.

use std::fmt;

use crate::{
    index::{LayerEntry, Node, Xattr},
    path::ImagePath,
};

/// What a layer does to one path.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub struct PathChange {
    /// The path.
    pub path: ImagePath,
    /// What happens to it.
    pub change: Change,
    /// Bytes of the file that the layer leaves there; of the one that was there if it is removed.
    pub size: u64,
}

/// How a path differs from the tree below the layer.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[non_exhaustive]
pub enum Change {
    /// It was not there.
    Added,
    /// Other content, another link target or another device.
    Modified,
    /// Something of another type.
    TypeChanged,
    /// The same content with these attributes changed.
    MetadataOnly(Attributes),
    /// The layer ships it again as it was, as builders do with parent directories.
    Unchanged,
    /// It is gone.
    Removed,
}

/// A set of attributes of a file.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Attributes(u8);

/// An attribute of a file that may change without its content.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
#[non_exhaustive]
pub enum Attribute {
    /// Permission, setuid, setgid or sticky bits.
    Mode,
    /// User or group.
    Owner,
    /// Time of last modification.
    Mtime,
    /// Linux capabilities (`security.capability`).
    Capabilities,
    /// Another extended attribute.
    Xattrs,
}

impl Attribute {
    const ALL: [Self; 5] = [
        Self::Mode,
        Self::Owner,
        Self::Mtime,
        Self::Capabilities,
        Self::Xattrs,
    ];

    const fn bit(self) -> u8 {
        1 << self as u8
    }
}

impl fmt::Display for Attribute {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Mode => "mode",
            Self::Owner => "owner",
            Self::Mtime => "mtime",
            Self::Capabilities => "capabilities",
            Self::Xattrs => "xattrs",
        })
    }
}

impl Attributes {
    /// Whether the set holds the attribute.
    #[must_use]
    pub const fn contains(self, attribute: Attribute) -> bool {
        self.0 & attribute.bit() != 0
    }

    /// Whether the set is empty.
    #[must_use]
    pub const fn is_empty(self) -> bool {
        self.0 == 0
    }

    /// The attributes in the set.
    pub fn iter(self) -> impl Iterator<Item = Attribute> {
        Attribute::ALL
            .into_iter()
            .filter(move |&attribute| self.contains(attribute))
    }

    /// The attributes in which two entries differ.
    #[must_use]
    pub fn differing(a: &LayerEntry, b: &LayerEntry) -> Self {
        let differ = |attribute: &Attribute| match attribute {
            Attribute::Mode => a.mode != b.mode,
            Attribute::Owner => (a.uid, a.gid) != (b.uid, b.gid),
            Attribute::Mtime => a.mtime != b.mtime,
            Attribute::Capabilities => xattrs(a, true) != xattrs(b, true),
            Attribute::Xattrs => xattrs(a, false) != xattrs(b, false),
        };
        let differing = Attribute::ALL.iter().filter(|attribute| differ(attribute));
        Self(differing.fold(0, |bits, attribute| bits | attribute.bit()))
    }
}

/// The capabilities of an entry, or its other extended attributes, in an order of their own.
fn xattrs(entry: &LayerEntry, capabilities: bool) -> Vec<&Xattr> {
    let wanted = |xattr: &&Xattr| (*xattr.name == *b"security.capability") == capabilities;
    let mut xattrs: Vec<_> = entry.xattrs.iter().filter(wanted).collect();
    xattrs.sort_unstable();
    xattrs
}

impl fmt::Display for Attributes {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for (position, attribute) in self.iter().enumerate() {
            let separator = if position == 0 { "" } else { ", " };
            write!(f, "{separator}{attribute}")?;
        }
        Ok(())
    }
}

/// One name with its content, as two entries tell it: a hard link has its attributes from one entry
/// and its content from another.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Named<'a> {
    pub(crate) entry: &'a LayerEntry,
    pub(crate) inode: &'a LayerEntry,
}

impl Change {
    /// From one to the other; a directory that no entry describes is `None`, and has no attributes to compare.
    pub(crate) fn between(before: Option<Named<'_>>, after: Option<Named<'_>>) -> Self {
        let (before, after) = match (before, after) {
            (Some(before), Some(after)) => (before, after),
            (None, None) => return Self::Unchanged,
            (Some(named), None) | (None, Some(named)) => {
                return Self::with_implied_directory(named);
            }
        };
        let (old, new) = (&before.inode.node, &after.inode.node);
        let attributes = Attributes::differing(before.entry, after.entry);
        if std::mem::discriminant(old) != std::mem::discriminant(new) {
            Self::TypeChanged
        } else if !same_content(old, new) {
            Self::Modified
        } else if attributes.is_empty() {
            Self::Unchanged
        } else {
            Self::MetadataOnly(attributes)
        }
    }

    fn with_implied_directory(named: Named<'_>) -> Self {
        match named.inode.node {
            Node::Directory => Self::Unchanged,
            _ => Self::TypeChanged,
        }
    }
}

/// Whether two nodes of one kind hold the same.
pub(crate) fn same_content(a: &Node, b: &Node) -> bool {
    let file = |node: &Node| match node {
        Node::File { size, identity, .. } => Some((*size, *identity)),
        _ => None,
    };
    file(a) == file(b) && (file(a).is_some() || a == b)
}
