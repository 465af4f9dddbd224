//! The one pass over a layer.

#[cfg(test)]
mod tests;

use std::{cell::RefCell, io::Read};

use imglint_tar::{Compression, Entry, EntryKind, Event, Limits, Name, Reader, TarError};

use crate::{
    anomaly::{LayerAnomaly, LayerAnomalyKind as Kind},
    fault::{FaultStage, ReadFault},
    identity::ContentHasher,
    index::{ContentId, EntryId, LayerEntry, LayerIndex, Node, Xattr},
    path::{self, ImagePath, Spelling},
    sink::ContentSink,
    stream::{Chunks, SharedSink, Source},
    whiteout::Meaning,
};

/// How to read a layer.
#[derive(Debug, Clone)]
#[non_exhaustive]
pub struct ReadOptions {
    /// Bounds for the tar and its compression.
    pub limits: Limits,
    /// Components of one path; 4096.
    pub path_components: usize,
    /// Bytes of memory that the index may take, roughly, with the tree to be made of it; 2 GiB.
    pub index_bytes: u64,
    /// Whether to make the SHA-512 of the stored blob too, for a descriptor that asks for it.
    pub sha512: bool,
}

impl Default for ReadOptions {
    fn default() -> Self {
        Self {
            limits: Limits::default(),
            path_components: 4096,
            index_bytes: 2 << 30,
            sha512: false,
        }
    }
}

/// Reads a layer once, from the first byte of its blob to the last.
///
/// Never fails: whatever keeps it from seeing a part is among the [`faults`](LayerIndex::faults), and all
/// else is still there. After damage to the tar, the rest of it goes to the sink as
/// [`stray`](ContentSink::stray) bytes; after damage to the compression, the blob's digest is still true.
pub fn read_layer(
    blob: impl Read,
    options: &ReadOptions,
    sink: &mut dyn ContentSink,
) -> LayerIndex {
    let sink = RefCell::new(sink);
    let mut source = Source::open(blob, options.sha512);
    let mut collector = Collector::new(options, &sink);
    let mut chunks = Chunks::new(&mut source, &options.limits, &sink);
    collector.read(Reader::new(&mut chunks, options.limits));
    let tar = chunks.finish();
    source.drain();

    let mut index = collector.index;
    index.compression = source.compression();
    index.tar_size = tar.size;
    index.blob_size = source.size();
    index.faults.extend(tar.fault);
    for anomaly in tar.anomalies {
        index.anomalies.push(LayerAnomaly::compression(anomaly));
    }
    if matches!(index.compression, Compression::Xz | Compression::Bzip2) {
        index
            .anomalies
            .push(LayerAnomaly::unportable(index.compression));
    }
    let whole = source.is_whole();
    let (sha256, sha512) = source.digests();
    index.blob_digest = sha256
        .filter(|_| whole)
        .or_else(|| match index.compression {
            Compression::None => tar.sha256.clone(),
            _ => None,
        });
    index.blob_sha512 = sha512.filter(|_| whole);
    index.diff_id = tar.sha256.map(Into::into);
    index
}

/// Turns the events of a tar into an index.
struct Collector<'s, 'k> {
    options: &'s ReadOptions,
    sink: &'s SharedSink<'k>,
    index: LayerIndex,
    hasher: ContentHasher,
    open: Open,
}

/// What the coming content belongs to.
#[derive(Clone, Copy)]
enum Open {
    Nothing,
    Entry {
        id: EntryId,
        /// Whether its content has an identity.
        hashed: bool,
    },
    /// An entry over a limit, whose content begins there.
    Refused(u64),
}

impl<'s, 'k> Collector<'s, 'k> {
    fn new(options: &'s ReadOptions, sink: &'s SharedSink<'k>) -> Self {
        Self {
            options,
            sink,
            index: LayerIndex::default(),
            hasher: ContentHasher::new(),
            open: Open::Nothing,
        }
    }

    fn read(&mut self, mut tar: Reader<impl std::io::BufRead>) {
        loop {
            match tar.next_event() {
                Ok(Some(event)) => self.take(event),
                Ok(None) => break,
                Err(error) => {
                    self.close();
                    self.index.faults.extend(tar_fault(&error));
                }
            }
        }
        self.close();
    }

    fn take(&mut self, event: Event<'_>) {
        match event {
            Event::Entry(entry) => {
                self.close();
                self.begin(entry);
            }
            Event::Data { offset, bytes } => self.data(offset, bytes),
            Event::Global { offset, records } => {
                self.close();
                self.report(offset, None, Kind::GlobalHeader);
                self.sink.borrow_mut().global(offset, records);
            }
            Event::Stray { offset, bytes } => {
                self.close();
                self.sink.borrow_mut().stray(offset, bytes);
            }
            Event::Anomaly(anomaly) => self.report(anomaly.offset, None, Kind::Tar(anomaly)),
            _ => {}
        }
    }

    /// Keeps an anomaly, as long as the index has room: header floods need no entries.
    fn report(&mut self, offset: u64, path: Option<&ImagePath>, kind: Kind) {
        let anomaly = LayerAnomaly {
            offset,
            path: path.cloned(),
            kind,
        };
        // The message holds every name that the anomaly does.
        let weight = size_of::<LayerAnomaly>() + anomaly.to_string().len();
        let memory = self.index.memory.saturating_add(weight as u64);
        if memory > self.options.index_bytes {
            let problem = format!(
                "more anomalies than an index of {} bytes holds",
                self.options.index_bytes
            );
            return self.limit(offset, problem);
        }
        self.index.memory = memory;
        self.index.anomalies.push(anomaly);
    }

    fn begin(&mut self, entry: &Entry) {
        let (path, spelling) = ImagePath::from_tar_name(&entry.path);
        match self.admit(entry, &path) {
            Ok(id) => {
                let kept = layer_entry(entry, path);
                self.judge(entry, &kept, spelling);
                self.open = Open::Entry {
                    id,
                    hashed: kept.node.content().is_some(),
                };
                self.index.content_size = self.index.content_size.saturating_add(kept.size());
                self.sink.borrow_mut().entry(id, &kept.path, entry);
                self.index.entries.push(kept);
            }
            Err(problem) => {
                let name = Name::new(&entry.path);
                let problem = format!("entry {name} at byte {}: {problem}", entry.offset);
                self.limit(entry.offset, problem);
                self.open = Open::Refused(entry.data_offset);
            }
        }
    }

    /// Checks an entry against the limits.
    fn admit(&mut self, entry: &Entry, path: &ImagePath) -> Result<EntryId, String> {
        let limit = self.options.path_components;
        if path.components().nth(limit).is_some() {
            return Err(format!("a path of more than {limit} components"));
        }
        let memory =
            self.index
                .memory
                .saturating_add(weight(entry, path, self.index.entries.last()));
        if memory > self.options.index_bytes {
            return Err(format!(
                "an index of more than {} bytes",
                self.options.index_bytes
            ));
        }
        let position = u32::try_from(self.index.entries.len());
        let id = position.map_err(|_| format!("more than {} entries", u32::MAX))?;
        self.index.memory = memory;
        Ok(EntryId::new(id))
    }

    /// Notes that a limit was met; once is enough, since the layer is incomplete from there on.
    fn limit(&mut self, offset: u64, message: String) {
        let is_limit = |fault: &ReadFault| fault.stage == FaultStage::Limit;
        if !self.index.faults.iter().any(is_limit) {
            self.index.faults.push(ReadFault {
                stage: FaultStage::Limit,
                message,
                blob_offset: None,
                tar_offset: Some(offset),
            });
        }
    }

    fn judge(&mut self, tar: &Entry, entry: &LayerEntry, spelling: Spelling) {
        let opaque =
            |(name, value): (&[u8], &[u8])| name == b"trusted.overlay.opaque" && value == b"y";
        let found = [
            spelling.dot_dot.then_some(Kind::DotDot),
            match entry.node {
                Node::InvalidWhiteout => Some(Kind::InvalidWhiteout),
                Node::AufsMetadata { .. } => Some(Kind::AufsMetadata),
                Node::Whiteout(_) if tar.size > 0 => {
                    Some(Kind::WhiteoutWithContent { size: tar.size })
                }
                Node::CharDevice { major: 0, minor: 0 } => Some(Kind::OverlayWhiteoutDevice),
                _ => None,
            },
            tar.xattrs()
                .any(opaque)
                .then_some(Kind::OverlayOpaqueAttribute),
        ];
        for kind in found.into_iter().flatten() {
            self.report(entry.offset, Some(&entry.path), kind);
        }
    }

    fn data(&mut self, offset: u64, bytes: &[u8]) {
        match self.open {
            Open::Entry { hashed, .. } => {
                if hashed {
                    self.hasher.update(offset, bytes);
                }
                self.sink.borrow_mut().data(offset, bytes);
            }
            Open::Refused(start) => self
                .sink
                .borrow_mut()
                .stray(start.saturating_add(offset), bytes),
            Open::Nothing => {}
        }
    }

    fn close(&mut self) {
        if let Open::Entry { id, hashed } = std::mem::replace(&mut self.open, Open::Nothing) {
            if let Some(entry) = self.index.entries.get_mut(id.index()).filter(|_| hashed) {
                identify(&mut entry.node, &mut self.hasher);
            }
            self.sink.borrow_mut().end();
        }
    }
}

/// Memory that an entry takes, in the index and in a tree, roughly.
///
/// A name is told once for each directory that the entry before does not share.
fn weight(entry: &Entry, path: &ImagePath, before: Option<&LayerEntry>) -> u64 {
    const ENTRY: usize = size_of::<LayerEntry>();
    // With what a replay keeps of it: its change, its payload, room to grow.
    const NODE: usize = 320;
    // The first block of names that it holds.
    const DIRECTORY: usize = 288;
    let before = before.map_or(&[][..], |entry| entry.path.as_bytes());
    let shared = path
        .as_bytes()
        .iter()
        .zip(before)
        .take_while(|(a, b)| a == b)
        .count();
    let new = path.as_bytes().get(shared..).unwrap_or_default();
    let nodes = path::components(new).count().max(1);
    let xattrs: usize = entry
        .xattrs()
        .map(|(name, value)| 32 + name.len() + value.len())
        .sum();
    (ENTRY
        + nodes * NODE
        + (nodes - 1) * DIRECTORY
        + path.as_bytes().len()
        + entry.link.len()
        + xattrs) as u64
}

fn layer_entry(entry: &Entry, path: ImagePath) -> LayerEntry {
    let xattrs = entry.xattrs().map(|(name, value)| Xattr {
        name: name.into(),
        value: value.into(),
    });
    LayerEntry {
        offset: entry.offset,
        data_offset: entry.data_offset,
        node: node(entry, &path),
        mode: entry.mode,
        uid: entry.uid,
        gid: entry.gid,
        mtime: entry.mtime,
        xattrs: xattrs.collect(),
        header_size: entry.header_size,
        path,
    }
}

/// What the entry is; the identity of its content comes later.
fn node(entry: &Entry, path: &ImagePath) -> Node {
    let (size, identity) = (entry.size, ContentId::default());
    match Meaning::of(path) {
        Meaning::Whiteout(whiteout) => return Node::Whiteout(whiteout),
        Meaning::Invalid => return Node::InvalidWhiteout,
        Meaning::AufsMetadata => return Node::AufsMetadata { size, identity },
        Meaning::Plain => {}
    }
    let (major, minor) = entry.device;
    match entry.kind {
        EntryKind::File => Node::File {
            size,
            stored: entry.stored_size,
            identity,
        },
        EntryKind::HardLink => Node::HardLink {
            target: ImagePath::from_tar_name(&entry.link).0,
        },
        EntryKind::Symlink => Node::Symlink {
            target: entry.link.as_slice().into(),
        },
        EntryKind::Directory => Node::Directory,
        EntryKind::CharDevice => Node::CharDevice { major, minor },
        EntryKind::BlockDevice => Node::BlockDevice { major, minor },
        EntryKind::Fifo => Node::Fifo,
        _ => Node::Unknown {
            typeflag: entry.typeflag,
            size,
        },
    }
}

fn identify(node: &mut Node, hasher: &mut ContentHasher) {
    if let Node::File { size, identity, .. } | Node::AufsMetadata { size, identity } = node {
        *identity = hasher.finish(*size);
    }
}

/// The fault that an error of the tar reader is; errors of its input are told by the chunks.
fn tar_fault(error: &TarError) -> Option<ReadFault> {
    let (stage, offset) = match *error {
        TarError::Io { .. } => return None,
        TarError::Limit { offset, .. } => (FaultStage::Limit, offset),
        TarError::Truncated { offset, .. }
        | TarError::Checksum { offset }
        | TarError::Number { offset, .. }
        | TarError::Pax { offset, .. }
        | TarError::Sparse { offset, .. } => (FaultStage::Tar, offset),
        // A kind of error that is newer than this crate.
        _ => return Some(ReadFault::tar(error.to_string(), None)),
    };
    Some(ReadFault {
        stage,
        ..ReadFault::tar(error.to_string(), Some(offset))
    })
}
