//! Names of a tree, and walks over them.

use std::collections::btree_map;

use super::{NodeId, Slot, SquashedTree};
use crate::{
    index::{EntryId, LayerEntry, Node},
    path::ImagePath,
    payload::PayloadId,
};

/// One name of a [`SquashedTree`].
#[derive(Debug, Clone, Copy)]
pub struct TreeNode<'t, 'a> {
    pub(super) tree: &'t SquashedTree<'a>,
    pub(super) id: NodeId,
}

impl<'t, 'a> TreeNode<'t, 'a> {
    fn slot(&self) -> &'t Slot<'a> {
        self.tree.slot(self.id)
    }

    /// Its path from the root.
    #[must_use]
    pub fn path(&self) -> ImagePath {
        ImagePath::from_components(self.tree.names(self.id).into_iter().rev())
    }

    /// The last component of its path; empty for the root.
    #[must_use]
    pub fn name(&self) -> &'a [u8] {
        self.slot().name
    }

    /// The layer it is from: for a directory, the last one with an entry for it.
    #[must_use]
    pub fn layer(&self) -> usize {
        self.slot().state.layer as usize
    }

    /// Its entry in that layer; `None` for a directory that is only implied by what it holds.
    #[must_use]
    pub fn entry_id(&self) -> Option<EntryId> {
        self.slot().state.entry
    }

    /// The entry that gave it its name and attributes; `None` for an implied directory.
    #[must_use]
    pub fn entry(&self) -> Option<&'a LayerEntry> {
        self.tree.entry(self.slot().state.layer, self.entry_id()?)
    }

    /// The entry that holds its content: that of the first name for a hard link, else its own.
    #[must_use]
    pub fn inode(&self) -> Option<&'a LayerEntry> {
        let (layer, entry) = self.slot().state.inode?;
        self.tree.entry(layer, entry)
    }

    /// The body that its name reaches; `None` unless it is a regular file.
    #[must_use]
    pub fn payload(&self) -> Option<PayloadId> {
        self.slot().state.payload
    }

    /// Whether it is a directory.
    #[must_use]
    pub fn is_directory(&self) -> bool {
        self.slot().state.directory
    }

    /// Whether no layer has an entry for it.
    #[must_use]
    pub fn is_implied(&self) -> bool {
        self.slot().state.entry.is_none()
    }

    /// The text of a symbolic link.
    #[must_use]
    pub fn symlink_target(&self) -> Option<&'a [u8]> {
        match &self.inode()?.node {
            Node::Symlink { target } => Some(target),
            _ => None,
        }
    }

    /// Bytes of file content at and below it; a file with several names there counts once.
    #[must_use]
    pub fn subtree_size(&self) -> u64 {
        self.slot().subtree_size
    }

    /// What a directory holds under a name.
    #[must_use]
    pub fn child(&self, name: &[u8]) -> Option<Self> {
        self.tree.child(self.id, name).map(|id| self.tree.node(id))
    }

    /// What a directory holds, names in byte order.
    pub fn children(&self) -> impl Iterator<Item = Self> + use<'t, 'a> {
        let tree = self.tree;
        self.slot().children().map(move |&id| tree.node(id))
    }

    /// Every node below it, depth first, names in byte order.
    #[must_use]
    pub fn descendants(&self) -> Walk<'t, 'a> {
        Walk {
            tree: self.tree,
            open: vec![self.slot().children()],
        }
    }
}

/// A depth-first walk over a [`SquashedTree`].
#[derive(Debug, Clone)]
pub struct Walk<'t, 'a> {
    tree: &'t SquashedTree<'a>,
    open: Vec<btree_map::Values<'t, &'a [u8], NodeId>>,
}

impl<'t, 'a> Iterator for Walk<'t, 'a> {
    type Item = TreeNode<'t, 'a>;

    fn next(&mut self) -> Option<Self::Item> {
        loop {
            let Some(&id) = self.open.last_mut()?.next() else {
                self.open.pop();
                continue;
            };
            self.open.push(self.tree.slot(id).children());
            return Some(self.tree.node(id));
        }
    }
}

impl<'t, 'a> IntoIterator for &'t SquashedTree<'a> {
    type Item = TreeNode<'t, 'a>;
    type IntoIter = Walk<'t, 'a>;

    fn into_iter(self) -> Walk<'t, 'a> {
        self.iter()
    }
}
