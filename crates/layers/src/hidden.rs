//! Files that ship and that no container sees, as a report tells them.

use crate::{
    index::{EntryId, LayerIndex, Node},
    path::ImagePath,
    payload::{PayloadId, WasteCause},
    whiteout::Whiteout,
};

/// A wasted payload and what took it.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub struct HiddenFile<'a> {
    /// Its payload.
    pub payload: PayloadId,
    /// Its path in the layer that ships it.
    pub path: &'a ImagePath,
    /// The layer that ships it.
    pub layer: usize,
    /// Its entry there.
    pub entry: EntryId,
    /// Bytes.
    pub size: u64,
    /// Why no container sees it.
    pub cause: WasteCause,
    /// The layer that took its last name.
    pub killer_layer: usize,
    /// The entry there that did it.
    pub killer_entry: EntryId,
}

/// Hidden files of one layer that one entry of one layer took for one cause.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub struct HiddenGroup<'a> {
    /// The path of its only file, or of the directory that was taken.
    pub path: &'a ImagePath,
    /// Bytes of its files.
    pub size: u64,
    /// The files, in tar order; at least one.
    pub files: Vec<HiddenFile<'a>>,
}

impl HiddenGroup<'_> {
    /// The layer that ships the files.
    #[must_use]
    pub fn layer(&self) -> usize {
        self.files.first().map_or(0, |file| file.layer)
    }

    /// The layer that took them.
    #[must_use]
    pub fn killer_layer(&self) -> usize {
        self.files.first().map_or(0, |file| file.killer_layer)
    }

    /// Why no container sees them.
    #[must_use]
    pub fn cause(&self) -> WasteCause {
        self.files
            .first()
            .map_or(WasteCause::DeletedFile, |file| file.cause)
    }
}

/// Groups hidden files; most bytes first, then by layer and path.
pub(crate) fn group<'a>(
    files: impl Iterator<Item = HiddenFile<'a>>,
    layers: &[&'a LayerIndex],
) -> Vec<HiddenGroup<'a>> {
    let key =
        |file: &HiddenFile<'a>| (file.layer, file.killer_layer, file.killer_entry, file.cause);
    let mut files: Vec<_> = files.collect();
    files.sort_by_key(key);
    let mut groups: Vec<HiddenGroup<'a>> = files
        .chunk_by(|a, b| key(a) == key(b))
        .filter_map(|files| summarise(files, layers))
        .collect();
    groups.sort_by(|a, b| {
        let key =
            |group: &HiddenGroup<'a>| (std::cmp::Reverse(group.size), group.layer(), group.path);
        key(a).cmp(&key(b))
    });
    groups
}

fn summarise<'a>(files: &[HiddenFile<'a>], layers: &[&'a LayerIndex]) -> Option<HiddenGroup<'a>> {
    let path = match files {
        [file] => file.path,
        [file, ..] => taken(file, layers).unwrap_or(file.path),
        [] => return None,
    };
    Some(HiddenGroup {
        path,
        size: files
            .iter()
            .fold(0, |sum, file| sum.saturating_add(file.size)),
        files: files.to_vec(),
    })
}

/// What the killing entry took.
fn taken<'a>(file: &HiddenFile<'a>, layers: &[&'a LayerIndex]) -> Option<&'a ImagePath> {
    let killer = layers.get(file.killer_layer)?.entry(file.killer_entry)?;
    Some(match &killer.node {
        Node::Whiteout(Whiteout::Path(path) | Whiteout::Opaque(path)) => path,
        _ => &killer.path,
    })
}
