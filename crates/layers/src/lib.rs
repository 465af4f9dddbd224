//! Layers of a container image: reading, stacking, and what a later layer hides.
//!
//! One pass over a layer's blob gives a [`LayerIndex`]; a [`Stack`] of them gives the files that a
//! container sees, and those that ship all the same though none sees them. This crate reads tar
//! streams and never writes to disk; to unpack an image, use another.
//!
//! # Example
//!
//! ```
//! use imglint_layers::{ReadOptions, Stack, read_layer};
//!
//! let empty_tar = [0; 1024];
//! let layer = read_layer(&empty_tar[..], &ReadOptions::default(), &mut ());
//! assert!(layer.is_complete());
//! let stack = Stack::new(&[&layer]);
//! assert_eq!(stack.bytes().wasted, 0);
//! ```

mod anomaly;
mod change;
mod dive;
mod fault;
mod hidden;
mod identity;
mod index;
mod path;
mod payload;
mod read;
mod replay;
mod sink;
mod stack;
mod stream;
mod tree;
mod whiteout;
#[cfg(test)]
mod witness;

pub use imglint_tar::{
    Compression, CompressionAnomaly, Entry, EntryKind, Hidden, Limits, PaxRecord, PaxRecords,
    Timestamp,
};

pub use crate::{
    anomaly::{LayerAnomaly, LayerAnomalyKind, Level},
    change::{Attribute, Attributes, Change, PathChange},
    dive::{Dive, DiveReference},
    fault::{FaultStage, ReadFault},
    hidden::{HiddenFile, HiddenGroup},
    index::{ContentId, EntryId, LayerEntry, LayerIndex, Node, Xattr},
    path::{Escaped, ImagePath, Spelling},
    payload::{Fate, Payload, PayloadBytes, PayloadId, WasteCause},
    read::{ReadOptions, read_layer},
    sink::ContentSink,
    stack::{Duplicate, Stack},
    tree::{SquashedTree, TreeNode, Walk},
    whiteout::Whiteout,
};
