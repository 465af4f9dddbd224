//! Book-keeping: what went, what took its place, and what that means.

use std::collections::HashSet;

use super::{Kill, LayerRecord, Step};
use crate::{
    anomaly::{LayerAnomaly, LayerAnomalyKind as Kind},
    change::Change,
    index::{EntryId, LayerEntry},
    payload::{Fate, PayloadId, WasteCause},
    tree::{NodeId, SquashedTree, State},
    whiteout,
};

impl<'a> Step<'_, 'a> {
    pub(super) fn tree(&self) -> &SquashedTree<'a> {
        &self.replay.tree
    }

    pub(super) fn report(&mut self, entry: EntryId, kind: Kind) {
        if let Some(entry) = self.index.entry(entry) {
            self.anomalies.push(LayerAnomaly {
                offset: entry.offset,
                path: Some(entry.path.clone()),
                kind,
            });
        }
    }

    /// Reports something below what is no directory.
    pub(super) fn report_blocked(&mut self, node: NodeId, entry: EntryId) {
        let node = self.tree().node(node);
        let same_layer = node.layer() == self.layer as usize;
        let ancestor = node.path();
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
    pub(super) fn kill(&mut self, node: NodeId, [own, below]: [WasteCause; 2], entry: EntryId) {
        let mut cause = own;
        for node in self.replay.tree.detach(node) {
            self.killed.push(Kill { node, cause, entry });
            if let Some(payload) = self.tree().slot(node).state.payload {
                *self.replay.names_of(payload) -= 1;
            }
            cause = below;
        }
    }

    pub(super) fn drop_name(
        &mut self,
        payload: Option<PayloadId>,
        cause: WasteCause,
        killer_entry: EntryId,
    ) {
        let Some(payload) = payload else { return };
        *self.replay.names_of(payload) -= 1;
        self.bury(payload, cause, killer_entry);
    }

    fn bury(&mut self, payload: PayloadId, cause: WasteCause, killer_entry: EntryId) {
        if *self.replay.names_of(payload) == 0 {
            self.replay.payload_mut(payload).fate = Fate::Wasted {
                cause,
                killer_layer: self.layer as usize,
                killer_entry,
            };
        }
    }

    pub(super) fn finish(mut self) -> LayerRecord {
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
        LayerRecord {
            docker_size: self.docker_size(),
            changes,
            anomalies: self.anomalies,
        }
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
        if cause == WasteCause::DuplicateEntry
            && self.replay.payload(payload).layer < self.layer as usize
        {
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
