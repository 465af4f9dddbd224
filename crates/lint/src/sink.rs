//! Looks for secrets, and keeps small files, while a layer passes.

use imglint_layers::{ContentSink, Entry, EntryId, Hidden, ImagePath, LayerIndex, PaxRecords};
use imglint_secrets::{FileScan, Hit, Scanner};

use crate::facts::{FileSecrets, KeptFile, LayerFacts, SecretPlace};

/// Files whose content rules look at.
const KEPT: [&[u8]; 2] = [b"etc/passwd", b"etc/group"];

/// Bytes up to which they are kept.
const KEPT_SIZE: usize = 1 << 20;

/// Secrets listed per layer; a layer with more is made to fill memory.
const MOST_SECRETS: usize = 10_000;

/// Shorter PAX records (times, numbers) can hold no secret.
const SHORTEST_RECORD: usize = 20;

/// Collects the facts of one layer that its index does not hold.
pub(crate) struct FactsSink<'s> {
    content: Option<Run<'s>>,
    stray: Option<Run<'s>>,
    hidden: Option<Run<'s>>,
    entry: Option<(EntryId, ImagePath)>,
    kept: Option<Vec<u8>>,
    facts: LayerFacts,
}

impl<'s> FactsSink<'s> {
    /// Without a scanner no secrets are looked for.
    pub(crate) fn new(scanner: Option<&'s Scanner>) -> Self {
        let run = || scanner.map(Run::new);
        Self {
            content: run(),
            stray: run(),
            hidden: run(),
            entry: None,
            kept: None,
            facts: LayerFacts::default(),
        }
    }

    /// What was collected, with the index of the layer that passed.
    pub(crate) fn finish(mut self, index: LayerIndex) -> LayerFacts {
        for (run, place) in [
            (&mut self.stray, tar_place as PlaceOf),
            (&mut self.hidden, blob_place),
        ] {
            if let Some((begin, hits)) = run.as_mut().and_then(Run::close) {
                self.facts.add_secrets(place(begin), hits);
            }
        }
        LayerFacts {
            index,
            ..self.facts
        }
    }

    fn records(&mut self, place: SecretPlace, records: &PaxRecords) {
        let Some(run) = &mut self.content else { return };
        for record in records
            .iter()
            .filter(|record| record.value.len() >= SHORTEST_RECORD)
        {
            run.feed(record.key, 0, record.value);
            if let Some((_, hits)) = run.close() {
                self.facts.add_secrets(place, hits);
            }
        }
    }
}

type PlaceOf = fn(u64) -> SecretPlace;

fn tar_place(offset: u64) -> SecretPlace {
    SecretPlace::Tar { offset }
}

fn blob_place(offset: u64) -> SecretPlace {
    SecretPlace::Blob { offset }
}

impl ContentSink for FactsSink<'_> {
    fn entry(&mut self, id: EntryId, entry: &Entry) {
        self.records(SecretPlace::Records(id), &entry.pax);
        let (path, _) = ImagePath::from_tar_name(&entry.path);
        self.kept = KEPT.contains(&path.as_bytes()).then(Vec::new);
        self.entry = Some((id, path));
    }

    fn data(&mut self, offset: u64, bytes: &[u8]) {
        let Some((id, path)) = &self.entry else {
            return;
        };
        if let Some(kept) = self.kept.as_mut().filter(|kept| kept.len() <= KEPT_SIZE) {
            kept.extend_from_slice(bytes);
        }
        let Some(run) = &mut self.content else { return };
        if let Some((begin, hits)) = run.feed(path.as_bytes(), offset, bytes) {
            self.facts
                .add_secrets(SecretPlace::Entry(*id), after_hole(begin, hits));
        }
    }

    fn end(&mut self) {
        let Some((id, _)) = self.entry.take() else {
            return;
        };
        if let Some((begin, hits)) = self.content.as_mut().and_then(Run::close) {
            self.facts
                .add_secrets(SecretPlace::Entry(id), after_hole(begin, hits));
        }
        if let Some(content) = self.kept.take() {
            let content = (content.len() <= KEPT_SIZE).then_some(content);
            self.facts.kept.push(KeptFile { entry: id, content });
        }
    }

    fn stray(&mut self, offset: u64, bytes: &[u8]) {
        let Some(run) = &mut self.stray else { return };
        if let Some((begin, hits)) = run.feed(b"", offset, bytes) {
            self.facts.add_secrets(tar_place(begin), hits);
        }
    }

    fn hidden(&mut self, _: Hidden, offset: u64, bytes: &[u8]) {
        let Some(run) = &mut self.hidden else { return };
        if let Some((begin, hits)) = run.feed(b"", offset, bytes) {
            self.facts.add_secrets(blob_place(begin), hits);
        }
    }

    fn global(&mut self, offset: u64, records: &PaxRecords) {
        self.records(tar_place(offset), records);
    }
}

impl LayerFacts {
    fn add_secrets(&mut self, place: SecretPlace, mut hits: Vec<Hit>) {
        if hits.is_empty() {
            return;
        }
        let listed: usize = self.secrets.iter().map(|file| file.hits.len()).sum();
        let room = MOST_SECRETS.saturating_sub(listed);
        self.more_secrets |= hits.len() > room;
        hits.truncate(room);
        if !hits.is_empty() {
            self.secrets.push(FileSecrets { place, hits });
        }
    }
}

/// A scan of bytes that follow one another.
struct Run<'s> {
    scan: FileScan<'s>,
    begin: u64,
    /// Where the next byte would be; `None` while nothing is scanned.
    next: Option<u64>,
}

impl<'s> Run<'s> {
    fn new(scanner: &'s Scanner) -> Self {
        Self {
            scan: scanner.file(b""),
            begin: 0,
            next: None,
        }
    }

    /// Scans on; after a gap, gives what [`close`](Self::close) would, and begins anew.
    fn feed(&mut self, path: &[u8], offset: u64, bytes: &[u8]) -> Option<(u64, Vec<Hit>)> {
        let ended = if self.next == Some(offset) {
            None
        } else {
            self.close()
        };
        if self.next.is_none() {
            self.scan.reset(path);
            self.begin = offset;
        }
        self.scan.feed(bytes);
        self.next = Some(offset.saturating_add(bytes.len() as u64));
        ended
    }

    /// Ends the scan: where it began, and its hits.
    fn close(&mut self) -> Option<(u64, Vec<Hit>)> {
        self.next.take()?;
        Some((self.begin, self.scan.finish()))
    }
}

/// Counts from the start of the file what was found behind a hole of zeros, where lines mean nothing.
fn after_hole(begin: u64, mut hits: Vec<Hit>) -> Vec<Hit> {
    if begin > 0 {
        for hit in &mut hits {
            hit.offset = hit.offset.saturating_add(begin);
            (hit.line, hit.column) = (None, None);
        }
    }
    hits
}
