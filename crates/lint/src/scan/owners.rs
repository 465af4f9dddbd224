//! The second look: whether files with secrets are as some package published them.

use std::{
    collections::BTreeMap,
    num::NonZeroUsize,
    sync::{
        Mutex, PoisonError,
        atomic::{AtomicUsize, Ordering},
    },
    thread,
};

use imglint_format::{BlobId, BlobReader, BlobSource};
use imglint_layers::{ContentSink, Entry, EntryId, ImagePath, LayerIndex, Node, read_layer};

use super::ScanOptions;
use crate::{
    facts::{LayerFacts, SecretPlace},
    packages::{Database, Digest, Hasher, Published},
};

/// Notes which files with secrets are published ones.
///
/// Reads those layers again that have a database of packages, and then those that have a listed
/// file: none at all when there are no secrets, or no databases.
pub(super) fn note(
    source: &dyn BlobSource,
    layers: &mut BTreeMap<BlobId, LayerFacts>,
    options: &ScanOptions,
) {
    let suspects: BTreeMap<BlobId, Suspects> = layers
        .iter()
        .map(|(blob, facts)| (*blob, suspects(facts)))
        .filter(|(_, suspects)| !suspects.is_empty())
        .collect();
    let paths = suspects.values().flat_map(BTreeMap::values);
    let mut published = Published::asked(paths.map(|suspect| suspect.path.as_bytes()));
    let none = Suspects::new();
    let of = |blob: &BlobId| suspects.get(blob).unwrap_or(&none);
    let with_database: Vec<BlobId> = layers
        .iter()
        .filter(|(_, facts)| !suspects.is_empty() && has_database(&facts.index))
        .map(|(blob, _)| *blob)
        .collect();
    let mut digests: BTreeMap<(BlobId, EntryId), Vec<Digest>> = BTreeMap::new();
    for (blob, look) in look(source, &with_database, options, |blob| {
        Look::new(of(blob), published.emptied())
    }) {
        published.join(look.published);
        digests.extend(
            look.digests
                .into_iter()
                .map(|(id, found)| ((blob, id), found)),
        );
    }
    let is_listed = |suspects: &&Suspects| {
        let mut paths = suspects.values();
        paths.any(|suspect| published.lists(suspect.path.as_bytes()))
    };
    let others: Vec<BlobId> = suspects
        .iter()
        .filter(|(blob, suspects)| !with_database.contains(blob) && is_listed(suspects))
        .map(|(blob, _)| *blob)
        .collect();
    for (blob, look) in look(source, &others, options, |blob| {
        Look::new(of(blob), Published::default())
    }) {
        digests.extend(
            look.digests
                .into_iter()
                .map(|(id, found)| ((blob, id), found)),
        );
    }
    for ((blob, entry), digests) in digests {
        let suspect = of(&blob).get(&entry);
        let owner = suspect.and_then(|it| published.owner(it.path.as_bytes(), &digests));
        if let (Some(owner), Some(facts)) = (owner, layers.get_mut(&blob)) {
            facts.owned.insert(entry, owner);
        }
    }
}

/// A file with a secret.
struct Suspect {
    path: ImagePath,
    size: u64,
}

type Suspects = BTreeMap<EntryId, Suspect>;

fn suspects(facts: &LayerFacts) -> Suspects {
    let of_entry = |place: SecretPlace| {
        let SecretPlace::Entry(id) = place else {
            return None;
        };
        let entry = facts.index.entry(id)?;
        let Node::File { size, .. } = entry.node else {
            return None;
        };
        let path = entry.path.clone();
        Some((id, Suspect { path, size }))
    };
    let places = facts.secrets.iter().map(|file| file.place);
    places.filter_map(of_entry).collect()
}

fn has_database(index: &LayerIndex) -> bool {
    let is_file = |node: &Node| matches!(node, Node::File { .. });
    index
        .entries
        .iter()
        .any(|entry| is_file(&entry.node) && Database::at(&entry.path).is_some())
}

/// Reads layers once more, in parallel.
fn look<'l>(
    source: &dyn BlobSource,
    blobs: &[BlobId],
    options: &ScanOptions,
    begin: impl Fn(&BlobId) -> Look<'l> + Sync,
) -> BTreeMap<BlobId, Look<'l>> {
    let next = AtomicUsize::new(0);
    let looks = Mutex::new(BTreeMap::new());
    let work = || {
        while let Some(blob) = blobs.get(next.fetch_add(1, Ordering::Relaxed)) {
            let mut look = begin(blob);
            read_layer(BlobReader::new(source, *blob), &options.read, &mut look);
            let mut looks = looks.lock().unwrap_or_else(PoisonError::into_inner);
            looks.insert(*blob, look);
        }
    };
    let threads = options
        .jobs
        .min(NonZeroUsize::new(blobs.len()).unwrap_or(NonZeroUsize::MIN));
    thread::scope(|scope| {
        for _ in 1..threads.get() {
            scope.spawn(work);
        }
        work();
    });
    looks.into_inner().unwrap_or_else(PoisonError::into_inner)
}

/// Reads the databases of a layer, and hashes its suspects.
struct Look<'l> {
    suspects: &'l Suspects,
    published: Published,
    digests: BTreeMap<EntryId, Vec<Digest>>,
    database: Option<Database>,
    hashing: Option<(EntryId, u64, Hasher)>,
}

impl<'l> Look<'l> {
    fn new(suspects: &'l Suspects, published: Published) -> Self {
        Self {
            suspects,
            published,
            digests: BTreeMap::new(),
            database: None,
            hashing: None,
        }
    }
}

impl ContentSink for Look<'_> {
    fn entry(&mut self, id: EntryId, path: &ImagePath, _: &Entry) {
        self.database = Database::at(path);
        let suspect = self.suspects.get(&id);
        self.hashing = suspect.map(|suspect| (id, suspect.size, Hasher::default()));
    }

    fn data(&mut self, offset: u64, bytes: &[u8]) {
        if let Some(database) = &mut self.database {
            database.feed(bytes, &mut self.published);
        }
        if let Some((_, _, hasher)) = &mut self.hashing {
            hasher.update(offset, bytes);
        }
    }

    fn end(&mut self) {
        if let Some(mut database) = self.database.take() {
            database.end(&mut self.published);
        }
        if let Some((id, size, hasher)) = self.hashing.take() {
            self.digests.insert(id, hasher.finish(size));
        }
    }
}

#[cfg(test)]
mod tests {
    use crate::{
        packages::Ownership,
        testing::{Image, Layer, blobs, md5sums, private_key, read, token},
    };

    const PATH: &str = "usr/lib/x/key.pem";

    /// Owners of all files with secrets, layer by layer.
    fn owners(image: &Image) -> Vec<(usize, String, Ownership)> {
        let (image, facts) = read(image, &blobs(image), |_| {});
        let mut owners = Vec::new();
        for (layer, reference) in image.layers.iter().enumerate() {
            let facts = facts.get(reference.blob.unwrap()).unwrap();
            for (entry, owner) in &facts.owned {
                let path = &facts.index.entry(*entry).unwrap().path;
                owners.push((layer, path.to_string(), *owner));
            }
        }
        owners
    }

    fn owned(layer: usize) -> Vec<(usize, String, Ownership)> {
        vec![(layer, format!("/{PATH}"), Ownership::Distribution)]
    }

    #[test]
    fn a_published_file_is_known_in_the_layer_that_lists_it_and_in_others() {
        let together = md5sums(PATH, &private_key()).file(PATH, private_key());
        assert_eq!(owners(&Image::new("").layer(together, "a")), owned(0));
        let file = Layer::new().file(PATH, private_key());
        let apart = Image::new("")
            .layer(file.clone(), "a")
            .layer(md5sums(PATH, &private_key()), "b");
        assert_eq!(owners(&apart), owned(0));
        let above = Image::new("")
            .layer(md5sums(PATH, &private_key()), "a")
            .layer(file, "b");
        assert_eq!(owners(&above), owned(1));
    }

    #[test]
    fn a_file_that_was_changed_is_nobody_s() {
        let changed = format!("{}\n", private_key());
        let layer = md5sums(PATH, &private_key()).file(PATH, changed);
        assert_eq!(owners(&Image::new("").layer(layer, "a")), []);
    }

    #[test]
    fn a_file_that_is_not_listed_is_nobody_s() {
        let layer = md5sums("usr/lib/y", &private_key()).file(PATH, private_key());
        assert_eq!(owners(&Image::new("").layer(layer, "a")), []);
        let layer = Layer::new().file(PATH, private_key());
        assert_eq!(owners(&Image::new("").layer(layer, "a")), []);
    }

    #[test]
    fn a_sparse_file_is_nobody_s() {
        let content = format!("{}{}", "\0".repeat(8), token());
        let pieces: [(u64, &[u8]); 1] = [(8, &content.as_bytes()[8..])];
        let layer = md5sums("a", &content).sparse_file("a", content.len() as u64, &pieces);
        assert_eq!(owners(&Image::new("").layer(layer, "a")), []);
    }
}
