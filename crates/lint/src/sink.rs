//! Looks for secrets, and keeps small files, while a layer passes.

mod run;

use imglint_layers::{
    ContentSink, Entry, EntryId, Hidden, ImagePath, LayerIndex, PaxRecord, PaxRecords,
};
use imglint_secrets::{Context, Scanner};

pub(crate) use self::run::{Ended, Run, Secrets};
use crate::facts::{KeptFile, LayerFacts, SecretPlace};

/// Files whose content rules look at; anywhere, since Nix links `/etc/passwd` into its store.
const KEPT: [[&[u8]; 2]; 2] = [[b"etc", b"passwd"], [b"etc", b"group"]];

/// Bytes up to which they are kept.
const KEPT_SIZE: usize = 1 << 20;

/// How many are kept of one layer.
const KEPT_FILES: usize = 16;

/// Shorter names, link targets and attributes can hold no secret that stands by itself.
const SHORTEST_TEXT: usize = 16;

/// Records of each file that hold a number, or what the entry itself has.
const PLAIN_RECORDS: [&[u8]; 11] = [
    b"mtime",
    b"atime",
    b"ctime",
    b"size",
    b"uid",
    b"gid",
    b"path",
    b"linkpath",
    b"uname",
    b"gname",
    b"LIBARCHIVE.creationtime",
];

/// Collects the facts of one layer that its index does not hold.
pub(crate) struct FactsSink<'s> {
    /// Scans of what may interleave: entries one after the other, and bytes that belong to none.
    runs: Option<Runs<'s>>,
    entry: Option<EntryId>,
    /// Of the last entry; one buffer for all of them.
    path: Vec<u8>,
    keeping: Option<Vec<u8>>,
    kept: Vec<KeptFile>,
    secrets: Secrets,
}

struct Runs<'s> {
    content: Run<'s>,
    stray: Run<'s>,
    hidden: Run<'s>,
}

impl<'s> FactsSink<'s> {
    /// Without a scanner no secrets are looked for.
    pub(crate) fn new(scanner: Option<&'s Scanner>) -> Self {
        let runs = scanner.map(|scanner| Runs {
            content: Run::new(scanner),
            stray: Run::new(scanner),
            hidden: Run::new(scanner),
        });
        Self {
            runs,
            entry: None,
            path: Vec::new(),
            keeping: None,
            kept: Vec::new(),
            secrets: Secrets::default(),
        }
    }

    /// What was collected, with the index of the layer that passed.
    pub(crate) fn finish(mut self, index: LayerIndex) -> LayerFacts {
        if let Some(runs) = &mut self.runs {
            self.secrets.add(runs.stray.close(), None, tar_place);
            self.secrets.add(runs.hidden.close(), None, blob_place);
        }
        LayerFacts {
            kept: self.kept,
            ..LayerFacts::of(index, self.secrets)
        }
    }

    /// What of an entry is text: its new names, its link, its owner, its attributes.
    fn texts(&mut self, id: EntryId, path: &ImagePath, entry: &Entry) {
        let Some(runs) = &mut self.runs else { return };
        let names = new_names(&self.path, path.as_bytes());
        let is_long = |name: &[u8]| name.len() >= SHORTEST_TEXT;
        if names.split(|&b| b == b'/').any(is_long) {
            let ended = runs.content.text(Context::Name, names);
            self.secrets.add(ended, None, |_| SecretPlace::Name(id));
        }
        for (text, place) in [
            (&entry.link, SecretPlace::Link(id)),
            (&entry.uname, SecretPlace::Owner(id)),
            (&entry.gname, SecretPlace::Owner(id)),
        ] {
            if is_long(text) {
                let ended = runs.content.text(Context::Name, text);
                self.secrets.add(ended, None, |_| place);
            }
        }
        self.records(SecretPlace::Records(id), &entry.pax);
    }

    fn records(&mut self, place: SecretPlace, records: &PaxRecords) {
        let Some(runs) = &mut self.runs else { return };
        let telling = |record: &PaxRecord<'_>| {
            let plain = PLAIN_RECORDS.contains(&record.key) && !record.shadowed;
            !plain && record.value.len() >= SHORTEST_TEXT
        };
        for record in records.iter().filter(telling) {
            let name = String::from_utf8_lossy(record.key);
            let name = name.strip_prefix("SCHILY.xattr.").unwrap_or(&name);
            let ended = runs.content.text(Context::Variable(name), record.value);
            self.secrets.add(ended, Some(name), |_| place);
        }
    }
}

impl ContentSink for FactsSink<'_> {
    fn entry(&mut self, id: EntryId, path: &ImagePath, entry: &Entry) {
        self.texts(id, path, entry);
        let keep = self.kept.len() < KEPT_FILES && is_kept(path);
        self.keeping = keep.then(Vec::new);
        self.entry = Some(id);
        self.path.clear();
        self.path.extend_from_slice(path.as_bytes());
    }

    fn data(&mut self, offset: u64, bytes: &[u8]) {
        let Some(id) = self.entry else { return };
        if let Some(content) = &mut self.keeping {
            keep(content, offset, bytes);
        }
        if let Some(runs) = &mut self.runs {
            let ended = runs.content.feed(Context::File(&self.path), offset, bytes);
            self.secrets.add_of_file(ended, id);
        }
    }

    fn end(&mut self) {
        let Some(entry) = self.entry.take() else {
            return;
        };
        if let Some(runs) = &mut self.runs {
            self.secrets.add_of_file(runs.content.close(), entry);
        }
        if let Some(content) = self.keeping.take() {
            let content = (content.len() <= KEPT_SIZE).then_some(content);
            self.kept.push(KeptFile { entry, content });
        }
    }

    fn stray(&mut self, offset: u64, bytes: &[u8]) {
        if let Some(runs) = &mut self.runs {
            let ended = runs.stray.feed(Context::Document, offset, bytes);
            self.secrets.add(ended, None, tar_place);
        }
    }

    fn hidden(&mut self, _: Hidden, offset: u64, bytes: &[u8]) {
        if let Some(runs) = &mut self.runs {
            let ended = runs.hidden.feed(Context::Document, offset, bytes);
            self.secrets.add(ended, None, blob_place);
        }
    }

    fn global(&mut self, offset: u64, records: &PaxRecords) {
        self.records(tar_place(offset), records);
    }
}

/// The components of a path that the one before it does not begin with.
fn new_names<'p>(before: &[u8], path: &'p [u8]) -> &'p [u8] {
    let same = path.iter().zip(before).take_while(|(a, b)| a == b).count();
    if same == before.len() && path.get(same) == Some(&b'/') {
        return path.get(same + 1..).unwrap_or_default();
    }
    let shared = path.get(..same).unwrap_or_default();
    let at = shared
        .iter()
        .rposition(|&b| b == b'/')
        .map_or(0, |slash| slash + 1);
    path.get(at..).unwrap_or_default()
}

fn is_kept(path: &ImagePath) -> bool {
    let mut names = path.components().rev();
    let (name, directory) = (names.next(), names.next());
    KEPT.iter()
        .any(|[above, last]| name == Some(last) && directory == Some(above))
}

/// Appends content, with zeros for a hole before it; stops growing once it is too much to keep.
fn keep(content: &mut Vec<u8>, offset: u64, bytes: &[u8]) {
    let offset = usize::try_from(offset).unwrap_or(usize::MAX);
    if content.len() <= KEPT_SIZE {
        content.resize(offset.min(KEPT_SIZE + 1).max(content.len()), 0);
        content.extend_from_slice(bytes);
    }
}

fn tar_place(offset: u64) -> SecretPlace {
    SecretPlace::Tar { offset }
}

fn blob_place(offset: u64) -> SecretPlace {
    SecretPlace::Blob { offset }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::facts::FileSecrets;
    use crate::testing::{Image, Layer, blobs, private_key, read};

    /// The only layer's facts.
    fn facts(layer: Layer) -> LayerFacts {
        let image = Image::new("").layer(layer, "a");
        let (image, mut facts) = read(&image, &blobs(&image), |_| {});
        facts.take(image.layers[0].blob.unwrap()).unwrap()
    }

    fn places(facts: &LayerFacts) -> Vec<(SecretPlace, u64)> {
        let of_file = |file: &FileSecrets| (file.place, file.hits[0].offset);
        facts.secrets.iter().map(of_file).collect()
    }

    #[test]
    fn a_secret_behind_a_hole_has_its_true_offset_and_no_line() {
        let key = private_key();
        let size = 1_000_000 + key.len() as u64;
        let layer =
            Layer::new().sparse_file("disk.img", size, &[(0, b"x"), (1_000_000, key.as_bytes())]);
        let facts = facts(layer);
        let place = SecretPlace::Entry(EntryId::new(0));
        assert_eq!(places(&facts), [(place, 1_000_000)]);
        assert_eq!(facts.secrets[0].hits[0].line, None);
    }

    #[test]
    fn a_secret_in_an_extended_attribute_is_found() {
        let key = private_key();
        let layer = Layer::new().xattr_file("a", "a", &[("user.note", key.as_bytes())]);
        let place = SecretPlace::Records(EntryId::new(0));
        assert_eq!(places(&facts(layer)), [(place, 0)]);
    }

    #[test]
    fn a_secret_behind_the_end_of_the_tar_is_found() {
        let layer = Layer::new().file("a", "a").zero_blocks(2);
        let offset = layer.offset() as u64;
        let facts = facts(layer.raw(private_key()));
        assert_eq!(places(&facts), [(SecretPlace::Tar { offset }, 0)]);
    }

    #[test]
    fn a_list_of_accounts_is_kept_unless_it_is_too_large() {
        let kept = |size: usize| facts(Layer::new().file("./etc/passwd", vec![b'x'; size])).kept;
        assert_eq!(
            kept(KEPT_SIZE)[0].content.as_ref().map(Vec::len),
            Some(KEPT_SIZE)
        );
        assert_eq!(kept(KEPT_SIZE + 1)[0].content, None);
        assert_eq!(facts(Layer::new().file("usr/bin/passwd", "x")).kept, []);
    }

    #[test]
    fn content_is_kept_with_its_holes() {
        let mut content = Vec::new();
        keep(&mut content, 0, b"ab");
        keep(&mut content, 4, b"c");
        assert_eq!(content, b"ab\0\0c");
        keep(&mut content, u64::MAX, b"d");
        assert!(content.len() > KEPT_SIZE);
        keep(&mut content, 0, b"e");
        assert!(content.len() <= KEPT_SIZE + 2);
    }
}
