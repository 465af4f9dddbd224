//! Layers applied one over the other, and what that tells of each.

#[cfg(test)]
mod cases;
#[cfg(test)]
mod engines;
#[cfg(test)]
mod explorers;
#[cfg(test)]
mod laws;

use std::collections::{BTreeMap, BTreeSet, HashSet};

use crate::{
    anomaly::LayerAnomaly,
    change::{Change, PathChange},
    hidden::{HiddenFile, HiddenGroup, group},
    index::{ContentId, LayerEntry, LayerIndex},
    payload::{Fate, Payload, PayloadBytes, PayloadId, WasteCause},
    replay::{LayerRecord, Replay},
    tree::{NodeId, SquashedTree},
};

/// The layers of an image, lowest first, applied as image-spec, `layer.md`, says.
///
/// Each layer is known by its position. A layer that the image lists twice stands here twice.
#[derive(Debug, Clone)]
pub struct Stack<'a> {
    layers: Vec<&'a LayerIndex>,
    tree: SquashedTree<'a>,
    payloads: Vec<Payload>,
    records: Vec<LayerRecord>,
    bytes: Vec<PayloadBytes>,
}

/// Files of equal content that a container sees under different paths.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub struct Duplicate {
    /// Bytes of one of them, at least one.
    pub size: u64,
    /// Their payloads, in the order shipped; at least two.
    pub payloads: Vec<PayloadId>,
}

impl Duplicate {
    /// Bytes that one copy alone would save.
    #[must_use]
    pub fn extra_bytes(&self) -> u64 {
        let extra = self.payloads.len().saturating_sub(1);
        self.size.saturating_mul(extra as u64)
    }
}

impl<'a> Stack<'a> {
    /// Applies the layers, lowest first.
    #[must_use]
    pub fn new(layers: &[&'a LayerIndex]) -> Self {
        let mut replay = Replay::new(layers);
        let records = (0..).zip(layers);
        let records = records
            .map(|(layer, index)| replay.apply(layer, index))
            .collect();
        let (mut tree, payloads) = (replay.tree, replay.payloads);
        tree.sum_sizes(&payloads);
        let mut stack = Self {
            layers: layers.to_vec(),
            tree,
            payloads,
            records,
            bytes: vec![PayloadBytes::default(); layers.len()],
        };
        stack.find_moved();
        stack.count_bytes();
        stack
    }

    /// The files that a container sees.
    #[must_use]
    pub fn tree(&self) -> &SquashedTree<'a> {
        &self.tree
    }

    /// The layers it was made of, lowest first.
    #[must_use]
    pub fn layers(&self) -> &[&'a LayerIndex] {
        &self.layers
    }

    /// Every payload of every layer, in the order shipped.
    #[must_use]
    pub fn payloads(&self) -> &[Payload] {
        &self.payloads
    }

    /// Live and wasted bytes of all layers; together they are all that payloads have.
    #[must_use]
    pub fn bytes(&self) -> PayloadBytes {
        let add = |sum: PayloadBytes, layer: &PayloadBytes| PayloadBytes {
            live: sum.live.saturating_add(layer.live),
            wasted: sum.wasted.saturating_add(layer.wasted),
        };
        self.bytes.iter().fold(PayloadBytes::default(), add)
    }

    /// Live and wasted bytes that one layer ships; none for a layer that is not there.
    #[must_use]
    pub fn layer_bytes(&self, layer: usize) -> PayloadBytes {
        self.bytes.get(layer).copied().unwrap_or_default()
    }

    /// The size of one layer as `docker history` gives it with the overlay2 storage driver.
    ///
    /// The sum over the inodes of the unpacked layer, directories left out: files at their logical
    /// size, symbolic links at the length of their target, whiteouts at nothing.
    #[must_use]
    pub fn docker_size(&self, layer: usize) -> u64 {
        self.records
            .get(layer)
            .map_or(0, |record| record.docker_size)
    }

    /// What shows only when a layer meets those below, by offset; the layer's own index has the rest.
    #[must_use]
    pub fn anomalies(&self, layer: usize) -> &[LayerAnomaly] {
        self.records
            .get(layer)
            .map_or(&[], |record| &record.anomalies)
    }

    /// What one layer changes in the tree below it, by path.
    #[must_use]
    pub fn changes(&self, layer: usize) -> Vec<PathChange> {
        let changes = self
            .records
            .get(layer)
            .map_or(&[][..], |record| &record.changes);
        let mut changes: Vec<PathChange> = changes
            .iter()
            .map(|&(node, change)| self.change(node, change))
            .collect();
        changes.sort_unstable_by(|a, b| a.path.cmp(&b.path));
        changes
    }

    /// Every wasted payload, in the order shipped; files without content too.
    pub fn hidden(&self) -> impl Iterator<Item = HiddenFile<'a>> {
        (0..)
            .map(PayloadId)
            .zip(&self.payloads)
            .filter_map(|(id, payload)| {
                let Fate::Wasted {
                    cause,
                    killer_layer,
                    killer_entry,
                } = payload.fate
                else {
                    return None;
                };
                Some(HiddenFile {
                    payload: id,
                    path: &self.entry_of(payload)?.path,
                    layer: payload.layer,
                    entry: payload.entry,
                    size: payload.size,
                    cause,
                    killer_layer,
                    killer_entry,
                })
            })
    }

    /// Wasted payloads grouped by what took them: one whiteout of a directory makes one group.
    ///
    /// The groups with most bytes come first.
    #[must_use]
    pub fn hidden_groups(&self) -> Vec<HiddenGroup<'a>> {
        group(self.hidden(), &self.layers)
    }

    /// Live payloads of at least one byte with equal content; no waste by the words of this crate.
    ///
    /// Those that cost most come first.
    #[must_use]
    pub fn duplicates(&self) -> Vec<Duplicate> {
        let mut by_content: BTreeMap<(ContentId, u64), Vec<PayloadId>> = BTreeMap::new();
        for (id, payload) in (0..).map(PayloadId).zip(&self.payloads) {
            if payload.fate == Fate::Live && payload.size > 0 {
                by_content.entry(payload.content()).or_default().push(id);
            }
        }
        let groups = by_content
            .into_iter()
            .filter(|(_, payloads)| payloads.len() > 1);
        let mut groups: Vec<Duplicate> = groups
            .map(|((_, size), payloads)| Duplicate { size, payloads })
            .collect();
        groups.sort_by(|a, b| {
            let bytes = b.extra_bytes().cmp(&a.extra_bytes());
            bytes.then_with(|| a.payloads.cmp(&b.payloads))
        });
        groups
    }

    fn change(&self, node: NodeId, change: Change) -> PathChange {
        let node = self.tree.node(node);
        let payload = node.payload().and_then(|id| self.payloads.get(id.index()));
        PathChange {
            path: node.path(),
            change,
            size: payload.map_or(0, |payload| payload.size),
        }
    }

    fn entry_of(&self, payload: &Payload) -> Option<&'a LayerEntry> {
        self.layers.get(payload.layer)?.entry(payload.entry)
    }

    fn count_bytes(&mut self) {
        for payload in &self.payloads {
            if let Some(bytes) = self.bytes.get_mut(payload.layer) {
                bytes.count(payload);
            }
        }
    }

    /// Tells deleted content from content that the killing layer ships elsewhere, as `mv` does.
    fn find_moved(&mut self) {
        let content = |payload: &Payload| (payload.layer, payload.content());
        let killers: BTreeSet<usize> = self.hidden().map(|file| file.killer_layer).collect();
        let shipped = self.payloads.iter();
        let shipped: HashSet<_> = shipped
            .filter(|payload| killers.contains(&payload.layer))
            .map(content)
            .collect();
        for payload in self.payloads.iter_mut().filter(|payload| payload.size > 0) {
            let content = payload.content();
            if let Fate::Wasted {
                cause:
                    cause @ (WasteCause::DeletedFile | WasteCause::DeletedDir | WasteCause::Opaque),
                killer_layer,
                ..
            } = &mut payload.fate
                && shipped.contains(&(*killer_layer, content))
            {
                *cause = WasteCause::Moved;
            }
        }
    }
}
