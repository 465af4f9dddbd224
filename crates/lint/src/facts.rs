//! What one pass over a layer leaves behind for rules.

use std::collections::BTreeMap;

use imglint_format::BlobId;
use imglint_layers::{EntryId, ImagePath, LayerIndex};
use imglint_secrets::Hit;

use crate::{packages::Ownership, sink::Secrets};

/// What is known of all scanned layers and other blobs.
#[derive(Debug, Default)]
pub struct Facts {
    layers: BTreeMap<BlobId, LayerFacts>,
    loose: Vec<LooseBlob>,
    /// Whether secrets were looked for.
    pub(crate) secrets: bool,
    /// Bytes of memory that the layers of one image may take when stacked.
    pub(crate) stack_bytes: u64,
}

impl Facts {
    pub(crate) fn new(
        layers: BTreeMap<BlobId, LayerFacts>,
        loose: Vec<LooseBlob>,
        secrets: bool,
        stack_bytes: u64,
    ) -> Self {
        Self {
            layers,
            loose,
            secrets,
            stack_bytes,
        }
    }

    /// Facts of a layer's blob; `None` if it was not scanned.
    #[must_use]
    pub fn get(&self, blob: BlobId) -> Option<&LayerFacts> {
        self.layers.get(&blob)
    }

    /// Blobs that are no layers: documents, attestations, what no document leads to.
    #[must_use]
    pub fn loose(&self) -> &[LooseBlob] {
        &self.loose
    }

    /// Why not everything beside the images' layers was looked at, a fragment for each reason.
    #[must_use]
    pub fn incomplete_reasons(&self) -> Vec<String> {
        self.loose
            .iter()
            .flat_map(|blob| blob.facts.incomplete_reasons(&blob.name))
            .collect()
    }

    /// How many tokens were no finding since their checksum is wrong, in all blobs.
    #[must_use]
    pub fn rejected(&self) -> u64 {
        let loose = self.loose.iter().map(|blob| &blob.facts);
        self.layers
            .values()
            .chain(loose)
            .fold(0, |sum, facts| sum.saturating_add(facts.rejected))
    }

    #[cfg(test)]
    pub(crate) fn take(&mut self, blob: BlobId) -> Option<LayerFacts> {
        self.layers.remove(&blob)
    }
}

/// A blob that is no layer of an image.
#[derive(Debug)]
#[non_exhaustive]
pub struct LooseBlob {
    /// Why it ships.
    pub role: LooseRole,
    /// What the archive calls it.
    pub name: String,
    /// What is in it; one that is a tar has entries.
    pub facts: LayerFacts,
}

/// Why a blob that is no layer ships.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
#[non_exhaustive]
pub enum LooseRole {
    /// It led to the images: an index, a manifest, a config.
    Document,
    /// It says something about an image: an attestation, a signature.
    Attestation,
    /// No document leads to it.
    Unreferenced,
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
    /// Tokens that were no finding since their checksum is wrong.
    pub rejected: u64,
    /// What a limit of the scanner kept from being looked at whole.
    pub cuts: Vec<CutScan>,
    /// How many more of those there were than are listed.
    pub more_cuts: usize,
    /// Small files that rules read.
    pub kept: Vec<KeptFile>,
    /// Whose files with secrets are, as packages say, where their content is what was published.
    pub owned: BTreeMap<EntryId, Ownership>,
}

impl LayerFacts {
    pub(crate) fn of(mut index: LayerIndex, secrets: Secrets) -> Self {
        index.memory = index.memory.saturating_add(secrets.bytes);
        Self {
            index,
            secrets: secrets.list,
            more_secrets: secrets.more,
            rejected: secrets.rejected,
            cuts: secrets.cuts,
            more_cuts: secrets.more_cuts,
            kept: Vec::new(),
            owned: BTreeMap::new(),
        }
    }

    /// Why not all of it was looked at; `name` is what to call it.
    pub(crate) fn incomplete_reasons(&self, name: &str) -> Vec<String> {
        let faults = self.index.faults.iter().map(ToString::to_string);
        let cuts = self.cuts.iter().map(|cut| match self.path(cut.place) {
            Some(path) => format!("{path} was not looked at whole: {}", cut.reason),
            None => format!("not looked at whole: {}", cut.reason),
        });
        let more_cuts = (self.more_cuts > 0)
            .then(|| format!("{} more files were not looked at whole", self.more_cuts));
        let more_secrets = self
            .more_secrets
            .then(|| "holds more secrets than are listed".to_owned());
        faults
            .chain(cuts)
            .chain(more_cuts)
            .chain(more_secrets)
            .map(|reason| format!("{name}: {reason}"))
            .collect()
    }

    /// The path of the entry that a place belongs to.
    pub(crate) fn path(&self, place: SecretPlace) -> Option<&ImagePath> {
        Some(&self.index.entry(place.entry()?)?.path)
    }
}

/// A scan that a limit ended early.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct CutScan {
    /// What was scanned.
    pub place: SecretPlace,
    /// Which limit.
    pub reason: String,
}

/// The secrets of one file, or of one run of bytes that belong to no file.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct FileSecrets {
    /// Where the bytes are; offsets of the hits count from there.
    pub place: SecretPlace,
    /// Name of the attribute, where the place is a record.
    pub label: Option<String>,
    /// What was found, by offset.
    pub hits: Vec<Hit>,
}

/// Bytes of a layer that may hold a secret.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[non_exhaustive]
pub enum SecretPlace {
    /// Content of an entry.
    Entry(EntryId),
    /// Last components of an entry's path.
    Name(EntryId),
    /// Target of a link.
    Link(EntryId),
    /// Name of the user or group that owns an entry.
    Owner(EntryId),
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

impl SecretPlace {
    /// The entry that it belongs to.
    #[must_use]
    pub fn entry(self) -> Option<EntryId> {
        match self {
            Self::Entry(id)
            | Self::Name(id)
            | Self::Link(id)
            | Self::Owner(id)
            | Self::Records(id) => Some(id),
            Self::Tar { .. } | Self::Blob { .. } => None,
        }
    }
}

/// A small file kept whole.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct KeptFile {
    /// Its entry.
    pub entry: EntryId,
    /// Its content; `None` if it was larger than 1 MiB.
    pub content: Option<Vec<u8>>,
}
