//! Entries: what a layer puts into the tree.

use super::Step;
use crate::{
    anomaly::LayerAnomalyKind as Kind,
    index::{EntryId, LayerEntry, Node},
    path::{self, ImagePath},
    payload::{Fate, Payload, PayloadId, WasteCause},
    tree::{Lookup, NodeId, SquashedTree, State},
};

impl<'a> Step<'_, 'a> {
    pub(super) fn apply(&mut self, id: EntryId, entry: &'a LayerEntry) {
        match &entry.node {
            Node::Whiteout(_) => self.clear_way(id, entry),
            Node::InvalidWhiteout | Node::AufsMetadata { .. } | Node::Unknown { .. } => {}
            _ => match entry.path.file_name() {
                Some(name) => self.place(id, entry, name),
                None => self.place_root(id, entry),
            },
        }
    }

    /// Makes directories of the files and links of lower layers that a whiteout is below of.
    fn clear_way(&mut self, id: EntryId, entry: &'a LayerEntry) {
        if let Lookup::Blocked(node) = self.tree().find(entry.path.as_bytes()) {
            self.report_blocked(node, id);
            if self.tree().slot(node).state.layer < self.layer {
                self.become_directory(node, id);
            }
        }
    }

    fn place(&mut self, id: EntryId, entry: &'a LayerEntry, name: &'a [u8]) {
        let parent = self.open_parent(id, entry);
        let state = self.arriving(id, entry);
        if let Some(old) = self.tree().child(parent, name) {
            let before = self.tree().slot(old).state;
            let twice = before.layer == self.layer && before.entry.is_some();
            if twice {
                self.report(id, Kind::DuplicateEntry);
            }
            if before.directory && state.directory {
                return self.update(old, state);
            }
            let own = if twice {
                WasteCause::DuplicateEntry
            } else {
                WasteCause::Overwritten
            };
            self.kill(old, [own, WasteCause::TypeReplaced], id);
        }
        self.make(parent, name, state);
    }

    fn place_root(&mut self, id: EntryId, entry: &'a LayerEntry) {
        let state = self.arriving(id, entry);
        let before = self.tree().slot(SquashedTree::ROOT).state;
        if !state.directory {
            self.report(id, Kind::RootNotDirectory);
            return self.drop_name(state.payload, WasteCause::TypeReplaced, id);
        }
        if before.layer == self.layer && before.entry.is_some() {
            self.report(id, Kind::DuplicateEntry);
        }
        self.update(SquashedTree::ROOT, state);
    }

    /// The directory that an entry is in, made where it is missing.
    fn open_parent(&mut self, id: EntryId, entry: &'a LayerEntry) -> NodeId {
        let mut here = SquashedTree::ROOT;
        for name in path::components(entry.path.parent_bytes().unwrap_or_default()) {
            here = match self.tree().child(here, name) {
                Some(child) if self.tree().slot(child).state.directory => child,
                Some(child) => {
                    self.report_blocked(child, id);
                    self.become_directory(child, id)
                }
                None => self.make(here, name, State::implied_directory(self.layer)),
            };
        }
        here
    }

    fn become_directory(&mut self, node: NodeId, by: EntryId) -> NodeId {
        let (parent, name) = self.tree().place(node);
        self.kill(node, [WasteCause::TypeReplaced; 2], by);
        self.make(parent, name, State::implied_directory(self.layer))
    }

    fn arriving(&mut self, id: EntryId, entry: &'a LayerEntry) -> State {
        let mut state = State {
            layer: self.layer,
            entry: Some(id),
            inode: Some((self.layer, id)),
            payload: None,
            directory: entry.node == Node::Directory,
        };
        match &entry.node {
            Node::File { .. } => state.payload = self.ship(id),
            Node::HardLink { target } => match self.first_name(target) {
                Some(first) => {
                    (state.inode, state.payload) = (first.inode, first.payload);
                    if first.inode.is_some_and(|(layer, _)| layer != self.layer) {
                        self.report(
                            id,
                            Kind::CrossLayerHardLink {
                                target: target.clone(),
                            },
                        );
                    }
                }
                None => self.report(
                    id,
                    Kind::UnresolvedHardLink {
                        target: target.clone(),
                    },
                ),
            },
            _ => {}
        }
        if let Some(payload) = state.payload {
            *self.replay.names_of(payload) += 1;
        }
        state
    }

    /// What a hard link shares, as the tree stands.
    fn first_name(&mut self, target: &ImagePath) -> Option<State> {
        if let Lookup::Found(node) = self.tree().find(target.as_bytes()) {
            let state = self.tree().slot(node).state;
            return (!state.directory).then_some(state);
        }
        let (id, payload) = *self.aufs.get(target)?;
        let payload = payload.or_else(|| self.ship(id));
        self.aufs
            .entry(&self.index.entry(id)?.path)
            .insert_entry((id, payload));
        Some(State {
            inode: Some((self.layer, id)),
            payload,
            directory: false,
            ..State::implied_directory(self.layer)
        })
    }

    /// A new payload, that no name reaches yet.
    fn ship(&mut self, entry: EntryId) -> Option<PayloadId> {
        let (size, identity) = self.index.entry(entry)?.node.content()?;
        let id = PayloadId(u32::try_from(self.replay.payloads.len()).ok()?);
        self.replay.payloads.push(Payload {
            layer: self.layer as usize,
            entry,
            size,
            identity,
            fate: Fate::Live,
        });
        self.replay.names.push(0);
        Some(id)
    }

    fn make(&mut self, parent: NodeId, name: &'a [u8], state: State) -> NodeId {
        let node = self.replay.tree.add(parent, name, state);
        self.made.push(node);
        node
    }

    fn update(&mut self, directory: NodeId, state: State) {
        let slot = self.replay.tree.slot_mut(directory);
        if slot.born < self.layer {
            self.updated.entry(directory).or_insert(slot.state);
        }
        slot.state = state;
    }
}
