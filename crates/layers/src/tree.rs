//! The files one sees after all layers, as a tree of names.

mod node;

use std::collections::{BTreeMap, HashMap, btree_map};

use crate::{
    index::{EntryId, LayerEntry, LayerIndex},
    path::{self, ImagePath},
    payload::{Payload, PayloadId},
};

pub use self::node::{TreeNode, Walk};

/// Symbolic links followed before a path counts as a loop, as Linux does (`path_resolution(7)`).
const MAX_LINKS: usize = 40;

/// The files that a container sees: every layer applied, lowest first.
///
/// Directories that no layer has an entry for, but that hold entries, are there too
/// ([`TreeNode::is_implied`]). Symbolic links in the middle of a path are not followed but by
/// [`resolve`](Self::resolve).
#[derive(Debug, Clone)]
pub struct SquashedTree<'a> {
    layers: Vec<&'a LayerIndex>,
    // Invariant: the first slot is the root; slots are never removed, so each `NodeId` stays good
    // and what was detached still knows its path.
    slots: Vec<Slot<'a>>,
}

/// A place in the arena of a [`SquashedTree`]; memory ends long before the numbers do.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub(crate) struct NodeId(u32);

#[derive(Debug, Clone)]
pub(crate) struct Slot<'a> {
    parent: NodeId,
    name: &'a [u8],
    #[expect(clippy::box_collection, reason = "most nodes are files and have none")]
    children: Option<Box<BTreeMap<&'a [u8], NodeId>>>,
    /// The layer that made the node; its state may be of a later one.
    pub(crate) born: u32,
    pub(crate) state: State,
    /// Whether it is in the tree still.
    pub(crate) attached: bool,
    /// Bytes of payloads at and below the node, each once; known when all layers are applied.
    subtree_size: u64,
}

impl<'a> Slot<'a> {
    fn children(&self) -> btree_map::Values<'_, &'a [u8], NodeId> {
        let children = self.children.as_deref();
        children.map(BTreeMap::values).unwrap_or_default()
    }
}

/// What stands at a node.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct State {
    /// The layer that put it there.
    pub(crate) layer: u32,
    /// Its entry in that layer; `None` if it is only implied by what it holds.
    pub(crate) entry: Option<EntryId>,
    /// Layer and entry of the first name: its own, but for a hard link.
    pub(crate) inode: Option<(u32, EntryId)>,
    pub(crate) payload: Option<PayloadId>,
    pub(crate) directory: bool,
}

impl State {
    pub(crate) fn implied_directory(layer: u32) -> Self {
        Self {
            layer,
            entry: None,
            inode: None,
            payload: None,
            directory: true,
        }
    }
}

/// What a look-up without following links comes to.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Lookup {
    Found(NodeId),
    Missing,
    /// A node that is no directory stands above.
    Blocked(NodeId),
}

impl<'a> SquashedTree<'a> {
    pub(crate) fn new(layers: &[&'a LayerIndex]) -> Self {
        let root = Slot {
            parent: NodeId(0),
            name: b"",
            children: None,
            born: 0,
            state: State::implied_directory(0),
            attached: true,
            subtree_size: 0,
        };
        Self {
            layers: layers.to_vec(),
            slots: vec![root],
        }
    }

    /// The root directory.
    #[must_use]
    pub fn root(&self) -> TreeNode<'_, 'a> {
        self.node(Self::ROOT)
    }

    /// What stands at a path; no symbolic link is followed.
    #[must_use]
    pub fn get(&self, path: &ImagePath) -> Option<TreeNode<'_, 'a>> {
        match self.find(path.as_bytes()) {
            Lookup::Found(id) => Some(self.node(id)),
            Lookup::Missing | Lookup::Blocked(_) => None,
        }
    }

    /// What a process in the container finds at a path, symbolic links followed inside the root.
    ///
    /// `None` when nothing is there, or the links run in a circle.
    #[must_use]
    pub fn resolve(&self, path: &ImagePath) -> Option<TreeNode<'_, 'a>> {
        let mut here = self.root();
        let mut rest: Vec<&[u8]> = path.components().rev().collect();
        let mut links = 0;
        while let Some(name) = rest.pop() {
            if name == b".." && here.is_directory() {
                here = self.node(self.slot(here.id).parent);
                continue;
            }
            let child = here.child(name)?;
            let Some(target) = child.symlink_target() else {
                here = child;
                continue;
            };
            links += 1;
            if links > MAX_LINKS {
                return None;
            }
            if target.first() == Some(&b'/') {
                here = self.root();
            }
            rest.extend(path::components(target).rev().filter(|name| *name != b"."));
        }
        Some(here)
    }

    /// Every node but the root, depth first, names in byte order.
    #[must_use]
    pub fn iter(&self) -> Walk<'_, 'a> {
        self.root().descendants()
    }

    pub(crate) const ROOT: NodeId = NodeId(0);

    pub(crate) fn node(&self, id: NodeId) -> TreeNode<'_, 'a> {
        TreeNode { tree: self, id }
    }

    #[expect(
        clippy::indexing_slicing,
        reason = "ids are made by `add` alone and slots never go"
    )]
    pub(crate) fn slot(&self, id: NodeId) -> &Slot<'a> {
        &self.slots[id.0 as usize]
    }

    #[expect(
        clippy::indexing_slicing,
        reason = "ids are made by `add` alone and slots never go"
    )]
    pub(crate) fn slot_mut(&mut self, id: NodeId) -> &mut Slot<'a> {
        &mut self.slots[id.0 as usize]
    }

    pub(crate) fn child(&self, id: NodeId, name: &[u8]) -> Option<NodeId> {
        self.slot(id).children.as_ref()?.get(name).copied()
    }

    pub(crate) fn children(&self, id: NodeId) -> impl Iterator<Item = NodeId> {
        self.slot(id).children().copied()
    }

    /// The parent of a node, and its name there.
    pub(crate) fn place(&self, id: NodeId) -> (NodeId, &'a [u8]) {
        (self.slot(id).parent, self.slot(id).name)
    }

    pub(crate) fn entry(&self, layer: u32, entry: EntryId) -> Option<&'a LayerEntry> {
        self.layers.get(layer as usize)?.entry(entry)
    }

    pub(crate) fn find(&self, path: &[u8]) -> Lookup {
        let mut here = Self::ROOT;
        for name in path::components(path) {
            if !self.slot(here).state.directory {
                return Lookup::Blocked(here);
            }
            match self.child(here, name) {
                Some(child) => here = child,
                None => return Lookup::Missing,
            }
        }
        Lookup::Found(here)
    }

    /// What stands now where the node stands or stood.
    pub(crate) fn successor(&self, id: NodeId) -> Option<NodeId> {
        let mut here = Self::ROOT;
        for name in self.names(id).into_iter().rev() {
            here = self.child(here, name)?;
        }
        Some(here)
    }

    /// Puts a new node below a directory, over whatever has its name there.
    pub(crate) fn add(&mut self, parent: NodeId, name: &'a [u8], state: State) -> NodeId {
        let id = NodeId(u32::try_from(self.slots.len()).unwrap_or(u32::MAX));
        self.slots.push(Slot {
            parent,
            name,
            children: None,
            born: state.layer,
            state,
            attached: true,
            subtree_size: 0,
        });
        let children = &mut self.slot_mut(parent).children;
        children.get_or_insert_default().insert(name, id);
        id
    }

    /// Takes a node and all below it out of the tree, and says which, parents first.
    pub(crate) fn detach(&mut self, id: NodeId) -> Vec<NodeId> {
        let Slot { parent, name, .. } = *self.slot(id);
        if let Some(children) = &mut self.slot_mut(parent).children {
            children.remove(name);
        }
        let mut detached = vec![id];
        let mut next = 0;
        while let Some(&id) = detached.get(next) {
            let slot = self.slot_mut(id);
            slot.attached = false;
            if let Some(children) = slot.children.take() {
                detached.extend(children.into_values());
            }
            next += 1;
        }
        detached
    }

    /// Names from the node up to the root.
    fn names(&self, mut id: NodeId) -> Vec<&'a [u8]> {
        let mut names = Vec::new();
        while id != Self::ROOT {
            names.push(self.slot(id).name);
            id = self.slot(id).parent;
        }
        names
    }

    fn depth(&self, id: NodeId) -> usize {
        self.names(id).len()
    }

    /// The deepest directory that holds both.
    fn common_ancestor(&self, mut a: NodeId, mut b: NodeId) -> NodeId {
        let (mut depth_a, mut depth_b) = (self.depth(a), self.depth(b));
        while a != b {
            if depth_a >= depth_b {
                a = self.slot(a).parent;
                depth_a = depth_a.saturating_sub(1);
            } else {
                b = self.slot(b).parent;
                depth_b = depth_b.saturating_sub(1);
            }
        }
        a
    }

    /// Sums the bytes below each directory, a payload with several names once.
    ///
    /// Each name adds its size on the way up; where the ways of two neighbouring names of one
    /// payload meet, it is taken away once.
    pub(crate) fn sum_sizes(&mut self, payloads: &[Payload]) {
        let order: Vec<NodeId> = self.iter().map(|node| node.id).collect();
        let mut last_names: Vec<Option<NodeId>> = vec![None; payloads.len()];
        let mut surplus: HashMap<NodeId, u64> = HashMap::new();
        for &id in &order {
            let payload = self.slot(id).state.payload.map(PayloadId::index);
            let known = payload.and_then(|at| payloads.get(at).zip(last_names.get_mut(at)));
            let Some((payload, last_name)) = known else {
                continue;
            };
            self.slot_mut(id).subtree_size = payload.size;
            if let Some(before) = last_name.replace(id) {
                let sum = surplus.entry(self.common_ancestor(before, id)).or_default();
                *sum = sum.saturating_add(payload.size);
            }
        }
        for &id in order.iter().rev() {
            self.settle_size(id, &surplus);
            let Slot {
                parent,
                subtree_size,
                ..
            } = *self.slot(id);
            let above = &mut self.slot_mut(parent).subtree_size;
            *above = above.saturating_add(subtree_size);
        }
        self.settle_size(Self::ROOT, &surplus);
    }

    fn settle_size(&mut self, id: NodeId, surplus: &HashMap<NodeId, u64>) {
        let size = &mut self.slot_mut(id).subtree_size;
        *size = size.saturating_sub(surplus.get(&id).copied().unwrap_or(0));
    }
}
