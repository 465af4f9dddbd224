//! Applying layers one after the other, and keeping the books of what each one does.
//!
//! The rules are those of image-spec, `layer.md`: in each layer the opaque markers first, then the
//! whiteouts, both on the layers below only; then the entries in tar order, the last one of a name
//! wins. Symbolic links in the middle of a path are not followed, as overlay file systems unpack it.

mod books;
mod hide;
mod place;

use std::collections::HashMap;

use crate::{
    anomaly::LayerAnomaly,
    change::{Change, Named},
    index::{EntryId, LayerIndex},
    path::ImagePath,
    payload::{Payload, PayloadId, WasteCause},
    tree::{NodeId, SquashedTree, State},
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
    /// What is there after the layer, or was before if it is removed.
    pub(crate) changes: Vec<(NodeId, Change)>,
    pub(crate) docker_size: u64,
}

/// One layer while it is applied.
struct Step<'r, 'a> {
    replay: &'r mut Replay<'a>,
    index: &'a LayerIndex,
    layer: u32,
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

impl<'a> Replay<'a> {
    pub(crate) fn new(layers: &[&'a LayerIndex]) -> Self {
        Self {
            tree: SquashedTree::new(layers),
            payloads: Vec::new(),
            names: Vec::new(),
        }
    }

    pub(crate) fn apply(&mut self, layer: u32, index: &'a LayerIndex) -> LayerRecord {
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
        &mut self.names[payload.index()]
    }

    #[expect(
        clippy::indexing_slicing,
        reason = "ids are made by `ship` alone and payloads never go"
    )]
    fn payload(&self, payload: PayloadId) -> &Payload {
        &self.payloads[payload.index()]
    }

    #[expect(
        clippy::indexing_slicing,
        reason = "ids are made by `ship` alone and payloads never go"
    )]
    fn payload_mut(&mut self, payload: PayloadId) -> &mut Payload {
        &mut self.payloads[payload.index()]
    }
}
