//! The waste model: bodies of regular files, which of them a container still sees, and why not.

use std::fmt;

use crate::index::{ContentId, EntryId};

/// A [`Payload`] of a stack, by number.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct PayloadId(pub(crate) u32);

impl PayloadId {
    /// The number, for indexing [`Stack::payloads`](crate::Stack::payloads).
    #[must_use]
    pub const fn index(self) -> usize {
        self.0 as usize
    }
}

/// The body of a regular file in one layer; hard links inside the layer share it.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub struct Payload {
    /// The layer that ships it.
    pub layer: usize,
    /// Its entry there.
    pub entry: EntryId,
    /// Bytes.
    pub size: u64,
    /// Identity of its content.
    pub identity: ContentId,
    /// Whether a name of the squashed tree reaches it.
    pub fate: Fate,
}

impl Payload {
    /// What equals that of another payload exactly when the bytes do.
    pub(crate) fn content(&self) -> (ContentId, u64) {
        (self.identity, self.size)
    }
}

/// What became of a payload.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Fate {
    /// A name of the squashed tree reaches it.
    Live,
    /// Every image carries it and no container sees it.
    Wasted {
        /// How its last name went.
        cause: WasteCause,
        /// The layer that took its last name; the one that ships it for [`WasteCause::DuplicateEntry`].
        killer_layer: usize,
        /// The entry there that did it.
        killer_entry: EntryId,
    },
}

/// Why a payload is wasted.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
#[non_exhaustive]
pub enum WasteCause {
    /// A later layer deletes the file.
    DeletedFile,
    /// A later layer deletes a directory above it.
    DeletedDir,
    /// A later layer hides the content of a directory above it.
    Opaque,
    /// A later layer has other content under its name.
    Overwritten,
    /// A later layer ships the same content again, for a new mode, owner, time or attribute.
    MetadataOnly,
    /// A later layer has something else than a file under its name, or than a directory above it.
    TypeReplaced,
    /// Its own layer has its name again.
    DuplicateEntry,
    /// A later layer deletes it and ships the same content under another name.
    Moved,
}

impl WasteCause {
    /// Its name in reports; never changes.
    #[must_use]
    pub fn code(self) -> &'static str {
        match self {
            Self::DeletedFile => "deleted-file",
            Self::DeletedDir => "deleted-dir",
            Self::Opaque => "opaque",
            Self::Overwritten => "overwritten",
            Self::MetadataOnly => "metadata-only",
            Self::TypeReplaced => "type-replaced",
            Self::DuplicateEntry => "duplicate-entry",
            Self::Moved => "moved",
        }
    }
}

impl fmt::Display for WasteCause {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.code())
    }
}

/// Bytes of payloads, live and wasted.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct PayloadBytes {
    /// Bytes that a container sees.
    pub live: u64,
    /// Bytes that none sees.
    pub wasted: u64,
}

impl PayloadBytes {
    /// Both together: all that ships as file content.
    #[must_use]
    pub fn total(self) -> u64 {
        self.live.saturating_add(self.wasted)
    }

    pub(crate) fn count(&mut self, payload: &Payload) {
        let sum = match payload.fate {
            Fate::Live => &mut self.live,
            Fate::Wasted { .. } => &mut self.wasted,
        };
        *sum = sum.saturating_add(payload.size);
    }
}
