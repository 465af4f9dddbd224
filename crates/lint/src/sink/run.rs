//! Scans of bytes that come in pieces, and what they found.

use imglint_layers::EntryId;
use imglint_secrets::{Context, FileScan, Hit, Scanner};

use crate::facts::{CutScan, FileSecrets, SecretPlace};

/// Secrets listed per layer; a layer with more is made to fill memory.
const MOST_SECRETS: usize = 10_000;

/// Bytes that the secrets of one layer may take.
const MOST_BYTES: u64 = 64 << 20;

/// Scans named that a limit of the scanner cut; the others are only counted.
const MOST_CUTS: usize = 16;

/// A scan of bytes that follow one another.
pub(crate) struct Run<'s> {
    scan: FileScan<'s>,
    begin: u64,
    /// Where the next byte would be; `None` while nothing is scanned.
    next: Option<u64>,
}

impl<'s> Run<'s> {
    pub(crate) fn new(scanner: &'s Scanner) -> Self {
        Self {
            scan: scanner.file(b""),
            begin: 0,
            next: None,
        }
    }

    /// Scans on; after a gap, gives what [`close`](Self::close) would, and begins anew.
    pub(crate) fn feed(
        &mut self,
        context: Context<'_>,
        offset: u64,
        bytes: &[u8],
    ) -> Option<Ended> {
        let ended = if self.next == Some(offset) {
            None
        } else {
            self.close()
        };
        if self.next.is_none() {
            self.scan.reset(context);
            self.begin = offset;
        }
        self.scan.feed(bytes);
        self.next = Some(offset.saturating_add(bytes.len() as u64));
        ended
    }

    /// Ends the scan, if one is under way.
    pub(crate) fn close(&mut self) -> Option<Ended> {
        self.next.take()?;
        let hits = self.scan.finish();
        Some(Ended {
            begin: self.begin,
            hits,
            more: self.scan.more(),
            rejected: self.scan.rejected(),
            cut: self.scan.cut().map(|cut| cut.to_string()),
        })
    }

    /// Scans a text at once.
    pub(crate) fn text(&mut self, context: Context<'_>, text: &[u8]) -> Option<Ended> {
        self.feed(context, 0, text);
        self.close()
    }
}

/// What a scan found, and where it began.
#[derive(Debug)]
pub(crate) struct Ended {
    pub(crate) begin: u64,
    pub(crate) hits: Vec<Hit>,
    /// Whether there were more.
    more: bool,
    rejected: u64,
    /// Why it did not see all.
    cut: Option<String>,
}

impl Ended {
    /// Whether a limit kept the scan from seeing all.
    pub(crate) fn is_cut(&self) -> bool {
        self.cut.is_some()
    }
}

/// The secrets found so far.
#[derive(Debug, Default)]
pub(crate) struct Secrets {
    pub(crate) list: Vec<FileSecrets>,
    /// Hits in the list.
    count: usize,
    /// Bytes that the list takes, roughly.
    pub(crate) bytes: u64,
    pub(crate) more: bool,
    pub(crate) rejected: u64,
    pub(crate) cuts: Vec<CutScan>,
    pub(crate) more_cuts: usize,
}

impl Secrets {
    pub(crate) fn add(
        &mut self,
        ended: Option<Ended>,
        label: Option<&str>,
        place: impl FnOnce(u64) -> SecretPlace,
    ) {
        let Some(Ended {
            begin,
            mut hits,
            more,
            rejected,
            cut,
        }) = ended
        else {
            return;
        };
        self.rejected = self.rejected.saturating_add(rejected);
        let room = hits.iter().take(MOST_SECRETS.saturating_sub(self.count));
        let fits = |hit: &&Hit| {
            self.bytes = self.bytes.saturating_add(weight(hit));
            self.bytes <= MOST_BYTES
        };
        let room = room.take_while(fits).count();
        self.more |= hits.len() > room || more;
        hits.truncate(room);
        if hits.is_empty() && cut.is_none() {
            return;
        }
        let place = place(begin);
        if let Some(reason) = cut {
            self.cut(place, reason);
        }
        if !hits.is_empty() {
            self.count += hits.len();
            let label = label.map(str::to_owned);
            self.list.push(FileSecrets { place, label, hits });
        }
    }

    /// Behind a hole, offsets are made to count from the start of the file; lines mean nothing
    /// there.
    pub(crate) fn add_of_file(&mut self, mut ended: Option<Ended>, entry: EntryId) {
        for Ended { begin, hits, .. } in ended.iter_mut().filter(|ended| ended.begin > 0) {
            for hit in hits {
                // In a member of an archive, both count from where the member begins.
                let in_member = hit.offset != hit.outer_offset;
                hit.outer_offset = hit.outer_offset.saturating_add(*begin);
                if !in_member {
                    hit.offset = hit.outer_offset;
                    (hit.line, hit.column) = (None, None);
                }
            }
        }
        self.add(ended, None, |_| SecretPlace::Entry(entry));
    }

    fn cut(&mut self, place: SecretPlace, reason: String) {
        if self.cuts.len() < MOST_CUTS {
            self.cuts.push(CutScan { place, reason });
        } else {
            self.more_cuts = self.more_cuts.saturating_add(1);
        }
    }
}

/// Bytes that a hit takes here and in the findings to be made of it, roughly.
fn weight(hit: &Hit) -> u64 {
    const FIXED: usize = 1024;
    let within: usize = hit.within.iter().map(String::len).sum();
    let texts = hit.what.len() + hit.excerpt.len() + hit.field.as_ref().map_or(0, String::len);
    FIXED.saturating_add(within + texts + 2 * hit.clear().len()) as u64
}
