//! Who looks at the bytes of a layer while they pass.

use imglint_tar::{Entry, Hidden, PaxRecords};

use crate::{index::EntryId, path::ImagePath};

/// Looks at the bytes of a layer during the one pass over it; every method does nothing by default.
///
/// Each byte that ships comes by once: names, attributes and headers with [`entry`](Self::entry) and
/// [`global`](Self::global), the rest with the other methods. Files come one after the other, each as
/// `entry`, then `data` any number of times, then `end`; [`hidden`](Self::hidden) alone may come in between.
pub trait ContentSink {
    /// An entry begins; `id` is its place in [`LayerIndex::entries`](crate::LayerIndex::entries), and
    /// `path` its path there.
    fn entry(&mut self, id: EntryId, path: &ImagePath, entry: &Entry) {
        let _ = (id, path, entry);
    }

    /// Content of the entry, from `offset` on; between one call and the next may be a hole of zeros.
    fn data(&mut self, offset: u64, bytes: &[u8]) {
        let _ = (offset, bytes);
    }

    /// The entry ends, by its size or because the layer does.
    fn end(&mut self) {}

    /// Bytes of the uncompressed tar, from `offset` on, that belong to no entry.
    fn stray(&mut self, offset: u64, bytes: &[u8]) {
        let _ = (offset, bytes);
    }

    /// Bytes of the stored blob, from `offset` on, that decompressing does not show.
    fn hidden(&mut self, place: Hidden, offset: u64, bytes: &[u8]) {
        let _ = (place, offset, bytes);
    }

    /// The records of a PAX global header at `offset` of the uncompressed tar.
    fn global(&mut self, offset: u64, records: &PaxRecords) {
        let _ = (offset, records);
    }
}

/// Looks at nothing.
impl ContentSink for () {}
