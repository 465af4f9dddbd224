//! What one pass over a layer leaves behind for rules.

use std::collections::BTreeMap;

use imglint_format::BlobId;
use imglint_layers::{EntryId, LayerIndex};
use imglint_secrets::Hit;

/// What is known of all scanned layers, by their blobs.
#[derive(Debug, Default)]
pub struct Facts {
    layers: BTreeMap<BlobId, LayerFacts>,
    /// Bytes of memory that the layers of one image may take when stacked.
    pub(crate) stack_bytes: u64,
}

impl Facts {
    pub(crate) fn new(
        layers: impl IntoIterator<Item = (BlobId, LayerFacts)>,
        stack_bytes: u64,
    ) -> Self {
        Self {
            layers: layers.into_iter().collect(),
            stack_bytes,
        }
    }

    /// Facts of a blob; `None` if it was not scanned.
    #[must_use]
    pub fn get(&self, blob: BlobId) -> Option<&LayerFacts> {
        self.layers.get(&blob)
    }

    #[cfg(test)]
    pub(crate) fn take(&mut self, blob: BlobId) -> Option<LayerFacts> {
        self.layers.remove(&blob)
    }
}

/// What is known of one layer apart from the others.
#[derive(Debug, Default)]
#[non_exhaustive]
pub struct LayerFacts {
    /// Its entries, digests and anomalies.
    pub index: LayerIndex,
    /// Its secrets, in tar order.
    pub secrets: Vec<FileSecrets>,
    /// Whether there were more secrets than are listed.
    pub more_secrets: bool,
    /// Small files that rules read.
    pub kept: Vec<KeptFile>,
}

/// The secrets of one file, or of one run of bytes that belong to no file.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct FileSecrets {
    /// Where the bytes are; offsets of the hits count from there.
    pub place: SecretPlace,
    /// What was found, by offset.
    pub hits: Vec<Hit>,
}

/// Bytes of a layer that may hold a secret.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[non_exhaustive]
pub enum SecretPlace {
    /// Content of an entry.
    Entry(EntryId),
    /// PAX records of an entry; they ship, but are no part of any file.
    Records(EntryId),
    /// Bytes of the uncompressed tar that belong to no entry.
    Tar {
        /// Where they begin.
        offset: u64,
    },
    /// Bytes of the stored blob that decompressing does not show.
    Blob {
        /// Where they begin.
        offset: u64,
    },
}

/// A small file kept whole.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct KeptFile {
    /// Its entry.
    pub entry: EntryId,
    /// Its content; `None` if it was larger than 1 MiB.
    pub content: Option<Vec<u8>>,
}
