//! Applying layers one after the other, and keeping the books of what each one does.
//!
//! The rules are those of image-spec, `layer.md`: in each layer the opaque markers first, then the
//! whiteouts, both on the layers below only; then the entries in tar order, the last one of a name
//! wins. Symbolic links in the middle of a path are not followed, as overlay file systems unpack it.

use std::collections::{HashMap, HashSet};

use crate::{
    anomaly::{LayerAnomaly, LayerAnomalyKind as Kind},
    change::{Change, Named},
    index::{EntryId, LayerEntry, LayerIndex, Node},
    path::{self, ImagePath},
    payload::{Fate, Payload, PayloadId, WasteCause},
    tree::{Lookup, NodeId, SquashedTree, State},
    whiteout::{self, Whiteout},
};

/// The books, as they stand after the layers applied so far.
#[derive(Debug)]
pub(crate) struct Replay<'a> {
    pub(crate) tree: SquashedTree<'a>,
    pub(crate) payloads: Vec<Payload>,
    /// Names in the tree that reach each payload.
    names: Vec<usize>,
}

/// What one layer did.
#[derive(Debug, Clone, Default)]
pub(crate) struct LayerRecord {
    /// By offset.
    pub(crate) anomalies: Vec<LayerAnomaly>,
    /// With the bytes of the file that is there after the layer, or was before if it is removed.
    pub(crate) changes: Vec<(NodeId, Change, u64)>,
    pub(crate) docker_size: u64,
}

/// One layer while it is applied.
struct Step<'r, 'a> {
    replay: &'r mut Replay<'a>,
    index: &'a LayerIndex,
    layer: usize,
    anomalies: Vec<LayerAnomaly>,
    /// Nodes taken out of the tree, in that order.
    killed: Vec<Kill>,
    /// Nodes made, still in the tree or not.
    made: Vec<NodeId>,
    /// Directories of lower layers that got an entry, with what stood there before.
    updated: HashMap<NodeId, State>,
    /// Metadata of AUFS, and their payloads where a hard link reaches them.
    aufs: HashMap<&'a ImagePath, (EntryId, Option<PayloadId>)>,
}

/// A node taken out of the tree.
#[derive(Debug, Clone, Copy)]
struct Kill {
    node: NodeId,
    cause: WasteCause,
    entry: EntryId,
}

/// A whiteout that no other one of its layer makes redundant.
struct Hiding<'a> {
    path: &'a ImagePath,
    entry: EntryId,
    hid_directory: bool,
}

impl<'a> Replay<'a> {
    pub(crate) fn new(layers: &[&'a LayerIndex]) -> Self {
        Self {
            tree: SquashedTree::new(layers),
            payloads: Vec::new(),
            names: Vec::new(),
        }
    }

    pub(crate) fn apply(&mut self, layer: usize, index: &'a LayerIndex) -> LayerRecord {
        let mut step = Step {
            replay: self,
            index,
            layer,
            anomalies: Vec::new(),
            killed: Vec::new(),
            made: Vec::new(),
            updated: HashMap::new(),
            aufs: HashMap::new(),
        };
        let hidings = step.hide_lower();
        for (id, entry) in index.iter() {
            step.apply(id, entry);
        }
        step.judge(&hidings);
        step.finish()
    }

    fn named(&self, state: State) -> Option<Named<'a>> {
        let entry = self.tree.entry(state.layer, state.entry?)?;
        let (layer, inode) = state.inode?;
        Some(Named {
            entry,
            inode: self.tree.entry(layer, inode)?,
        })
    }

    fn names_of(&mut self, payload: PayloadId) -> &mut usize {
        #[expect(
            clippy::indexing_slicing,
            reason = "grows together with `payloads`, which makes the ids"
        )]
        &mut self.names[payload.0]
    }

    #[expect(
        clippy::indexing_slicing,
        reason = "ids are made by `ship` alone and payloads never go"
    )]
    fn payload(&self, payload: PayloadId) -> &Payload {
        &self.payloads[payload.0]
    }

    #[expect(
        clippy::indexing_slicing,
        reason = "ids are made by `ship` alone and payloads never go"
    )]
    fn payload_mut(&mut self, payload: PayloadId) -> &mut Payload {
        &mut self.payloads[payload.0]
    }
}

/// Whiteouts: what the layer hides of those below.
impl<'a> Step<'_, 'a> {
    fn hide_lower(&mut self) -> Vec<Hiding<'a>> {
        let mut opaque = HashSet::new();
        let mut paths = Vec::new();
        for (id, entry) in self.index.iter() {
            match &entry.node {
                Node::Whiteout(Whiteout::Opaque(directory)) => {
                    self.empty(directory, id);
                    opaque.insert(directory.as_bytes());
                }
                Node::Whiteout(Whiteout::Path(path)) => paths.push((path, id)),
                Node::AufsMetadata { .. } => {
                    self.aufs.insert(&entry.path, (id, None));
                }
                _ => {}
            }
        }
        paths.sort_unstable();
        self.hide_paths(&paths, &opaque)
    }

    fn empty(&mut self, directory: &ImagePath, marker: EntryId) {
        let Lookup::Found(node) = self.tree().find(directory.as_bytes()) else {
            return;
        };
        let children: Vec<NodeId> = self.tree().children(node).collect();
        if directory.is_root() && !children.is_empty() {
            self.report(marker, Kind::RootOpaque);
        }
        for child in children {
            self.kill(child, [WasteCause::Opaque; 2], marker);
        }
    }

    /// Takes paths in order, so that each comes after those above it.
    fn hide_paths(
        &mut self,
        paths: &[(&'a ImagePath, EntryId)],
        opaque: &HashSet<&[u8]>,
    ) -> Vec<Hiding<'a>> {
        let mut hidings: Vec<Hiding<'a>> = Vec::new();
        for &(path, entry) in paths {
            match hidings.last() {
                Some(above) if above.path == path => self.report(entry, Kind::DuplicateEntry),
                Some(above) if path.starts_with(above.path) => {
                    self.report(entry, Kind::RedundantWhiteout);
                }
                _ => {
                    let hid_directory = self.hide(path, entry, opaque);
                    hidings.push(Hiding {
                        path,
                        entry,
                        hid_directory,
                    });
                }
            }
        }
        hidings
    }

    fn hide(&mut self, path: &ImagePath, whiteout: EntryId, opaque: &HashSet<&[u8]>) -> bool {
        match self.tree().find(path.as_bytes()) {
            Lookup::Found(node) => {
                let directory = self.tree().slot(node).state.directory;
                self.kill(
                    node,
                    [WasteCause::DeletedFile, WasteCause::DeletedDir],
                    whiteout,
                );
                return directory;
            }
            // Told when its turn comes, as something below a file or link.
            Lookup::Blocked(_) => {}
            Lookup::Missing => {
                if !path::ancestors(path.as_bytes()).any(|above| opaque.contains(above)) {
                    self.report(whiteout, Kind::WhiteoutOfNothing);
                }
            }
        }
        false
    }

    /// Reports whiteouts of what the same layer also ships.
    fn judge(&mut self, hidings: &[Hiding<'a>]) {
        for hiding in hidings {
            let Lookup::Found(node) = self.tree().find(hiding.path.as_bytes()) else {
                continue;
            };
            let state = self.tree().slot(node).state;
            match state.entry {
                None => self.report(hiding.entry, Kind::WhiteoutBesideChildren),
                Some(entry) if entry < hiding.entry => {
                    self.report(hiding.entry, Kind::WhiteoutAfterEntry);
                }
                Some(_) if state.directory && hiding.hid_directory => {
                    self.report(hiding.entry, Kind::WhiteoutBesideDirectory);
                }
                Some(_) => {}
            }
        }
    }
}

/// Entries: what the layer puts into the tree.
impl<'a> Step<'_, 'a> {
    fn apply(&mut self, id: EntryId, entry: &'a LayerEntry) {
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
        let id = PayloadId(self.replay.payloads.len());
        self.replay.payloads.push(Payload {
            layer: self.layer,
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

/// Book-keeping.
impl<'a> Step<'_, 'a> {
    fn tree(&self) -> &SquashedTree<'a> {
        &self.replay.tree
    }

    fn report(&mut self, entry: EntryId, kind: Kind) {
        if let Some(entry) = self.index.entry(entry) {
            self.anomalies.push(LayerAnomaly {
                offset: entry.offset,
                path: Some(entry.path.clone()),
                kind,
            });
        }
    }

    /// Reports something below what is no directory.
    fn report_blocked(&mut self, node: NodeId, entry: EntryId) {
        let node = self.tree().node(node);
        let (ancestor, same_layer) = (node.path(), node.layer() == self.layer);
        let kind = if node.symlink_target().is_some() {
            Kind::SymlinkBecomesDirectory {
                ancestor,
                same_layer,
            }
        } else {
            Kind::FileBecomesDirectory {
                ancestor,
                same_layer,
            }
        };
        self.report(entry, kind);
    }

    /// Takes a node and all below it out of the tree: causes for itself, and for what is below.
    fn kill(&mut self, node: NodeId, [own, below]: [WasteCause; 2], entry: EntryId) {
        let mut cause = own;
        for node in self.replay.tree.detach(node) {
            self.killed.push(Kill { node, cause, entry });
            if let Some(payload) = self.tree().slot(node).state.payload {
                *self.replay.names_of(payload) -= 1;
            }
            cause = below;
        }
    }

    fn drop_name(&mut self, payload: Option<PayloadId>, cause: WasteCause, killer_entry: EntryId) {
        let Some(payload) = payload else { return };
        *self.replay.names_of(payload) -= 1;
        self.bury(payload, cause, killer_entry);
    }

    fn bury(&mut self, payload: PayloadId, cause: WasteCause, killer_entry: EntryId) {
        if *self.replay.names_of(payload) == 0 {
            self.replay.payload_mut(payload).fate = Fate::Wasted {
                cause,
                killer_layer: self.layer,
                killer_entry,
            };
        }
    }

    fn finish(mut self) -> LayerRecord {
        let mut changes = Vec::new();
        let mut succeeded = HashSet::new();
        for kill in std::mem::take(&mut self.killed) {
            let now = self.tree().successor(kill.node);
            self.settle(kill, now);
            if self.tree().slot(kill.node).born == self.layer {
                continue;
            }
            let before = self.before(kill.node);
            changes.push(match now {
                Some(now) => (now, self.change(before, now)),
                None => (kill.node, Change::Removed),
            });
            succeeded.extend(now);
        }
        let is_new =
            |node: &&NodeId| self.tree().slot(**node).attached && !succeeded.contains(*node);
        changes.extend(
            self.made
                .iter()
                .filter(is_new)
                .map(|&node| (node, Change::Added)),
        );
        for (&node, &before) in &self.updated {
            if self.tree().slot(node).attached {
                changes.push((node, self.change(before, node)));
            }
        }
        self.anomalies.sort_by_key(|anomaly| anomaly.offset);
        let sized = |(node, change)| (node, change, self.size(node));
        LayerRecord {
            docker_size: self.docker_size(),
            changes: changes.into_iter().map(sized).collect(),
            anomalies: self.anomalies,
        }
    }

    fn size(&self, node: NodeId) -> u64 {
        let payload = self.tree().slot(node).state.payload;
        payload.map_or(0, |payload| self.replay.payload(payload).size)
    }

    fn before(&self, node: NodeId) -> State {
        let state = self.updated.get(&node).copied();
        state.unwrap_or(self.tree().slot(node).state)
    }

    fn change(&self, before: State, now: NodeId) -> Change {
        let after = self.tree().slot(now).state;
        Change::between(self.replay.named(before), self.replay.named(after))
    }

    /// Decides what the last name of a payload died of, knowing what took its place.
    fn settle(&mut self, kill: Kill, now: Option<NodeId>) {
        let Some(payload) = self.tree().slot(kill.node).state.payload else {
            return;
        };
        let mut cause = kill.cause;
        if cause == WasteCause::DuplicateEntry && self.replay.payload(payload).layer < self.layer {
            // Its name in this layer was a link to it.
            cause = WasteCause::Overwritten;
        }
        let (cause, entry) = match now.map(|now| self.tree().slot(now).state) {
            None => (cause, kill.entry),
            Some(_) if cause == WasteCause::DuplicateEntry => (cause, kill.entry),
            Some(now) => {
                let cause = match now.payload {
                    None => WasteCause::TypeReplaced,
                    Some(new)
                        if self.replay.payload(payload).content()
                            == self.replay.payload(new).content() =>
                    {
                        WasteCause::MetadataOnly
                    }
                    Some(_) => WasteCause::Overwritten,
                };
                (cause, now.entry.unwrap_or(kill.entry))
            }
        };
        self.bury(payload, cause, entry);
    }

    /// What `docker history` says of the layer with the overlay2 driver: the sizes of its inodes
    /// once unpacked, without directories (moby, `overlay2.ApplyDiff`, `directory.Size`).
    fn docker_size(&self) -> u64 {
        let standing = self
            .made
            .iter()
            .map(|&node| self.tree().slot(node))
            .filter(|slot| slot.attached);
        let own =
            standing.filter_map(|slot| slot.state.inode.filter(|&(layer, _)| layer == self.layer));
        let mut inodes: Vec<EntryId> = own.map(|(_, entry)| entry).collect();
        // The driver unpacks AUFS metadata as files, but takes names with the prefix for whiteouts.
        let metadata = self
            .aufs
            .iter()
            .filter(|(path, _)| !whiteout::has_prefix(path));
        inodes.extend(metadata.map(|(_, &(entry, _))| entry));
        inodes.sort_unstable();
        inodes.dedup();
        let entries = inodes.into_iter().filter_map(|id| self.index.entry(id));
        entries
            .map(LayerEntry::stat_size)
            .fold(0, u64::saturating_add)
    }
}
