//! One pass over the headers of the outer tar.

use std::{
    fs::File,
    io::{self, BufReader, Read, Seek, SeekFrom},
};

use imglint_format::{Anomaly, AnomalyKind as FormatKind};
use imglint_tar::{
    AnomalyKind, Entry, EntryKind, Event, Inside, LimitKind, Limits, Reader, TarError,
};

use crate::{
    OpenError,
    bounded::Bounded,
    members::{Member, MemberKind, Piece, Place},
    name,
    reading::container,
    spool::{Input, not_an_archive},
    store, stranger,
};

const BLOCK: u64 = 512;

/// Bytes read at once; payloads are passed over, so more would be read in vain.
const BUFFER: usize = 32 * 1024;

/// Bytes of holes that all sparse members together may have; no writer of archives makes any.
const MAX_HOLES: u64 = 4 << 30;

/// Zeros in a row that are read; only what follows an end mark has so many, and tape blocks are 10 KiB.
const MAX_ZEROS: u64 = 64 << 20;

/// What the pass has met so far.
#[derive(Debug, Default)]
struct Outer {
    members: Vec<Member>,
    /// Kept apart, so that the place of a member in the list is that of its entry in the tar.
    stray: Vec<Member>,
    anomalies: Bounded,
    unended: Option<u64>,
    holes: u64,
}

/// What the outer tar holds.
#[derive(Debug)]
pub(crate) struct Listing {
    /// The members, then the bytes that belong to none.
    pub(crate) members: Vec<Member>,
    /// What is odd about the tar.
    pub(crate) anomalies: Vec<Anomaly>,
    /// Where the tar ends, if no end mark stands there.
    pub(crate) unended: Option<u64>,
}

/// Whether the first block can be a tar header; a block of zeros can, but nothing loads what
/// begins with many, and `/dev/zero` never ends.
pub(crate) fn begins_like_tar(head: &[u8]) -> bool {
    if head.len() >= stranger::HEAD && head.iter().all(|&byte| byte == 0) {
        return false;
    }
    let mut reader = Reader::new(head, Limits::default());
    loop {
        match reader.next_event() {
            Ok(Some(Event::Anomaly(_))) => {}
            Err(TarError::Checksum { offset: 0 }) => return false,
            Err(TarError::Truncated { offset, .. }) => return offset >= BLOCK,
            _ => return true,
        }
    }
}

/// Lists what `input` holds.
pub(crate) fn list(archive: &str, input: &Input, limits: Limits) -> Result<Listing, OpenError> {
    let window = Window {
        file: &input.file,
        position: 0,
        size: input.size,
        zeros: 0,
    };
    let mut reader = Reader::new(BufReader::with_capacity(BUFFER, window), limits);
    let mut outer = Outer::default();
    loop {
        let entry = match reader.next_event() {
            Ok(None) => break,
            Ok(Some(Event::Entry(entry))) => {
                outer.entry(archive, entry);
                true
            }
            Ok(Some(event)) => {
                outer.event(archive, &event);
                false
            }
            Err(error) => return Err(open_error(archive, input, error)),
        };
        if entry {
            reader
                .skip_data()
                .map_err(|error| open_error(archive, input, error))?;
        }
    }
    if outer.members.is_empty() {
        return Err(stranger_error(archive, input));
    }
    outer.tail(archive, reader.get_ref().get_ref());
    Ok(outer.finish(archive))
}

impl Outer {
    fn entry(&mut self, archive: &str, entry: &Entry) {
        let name: Box<[u8]> = name::clean(&entry.path).name.into();
        let offset = Some(entry.offset);
        if matches!(entry.kind, EntryKind::Other(_)) && entry.stored_size > 0 {
            self.stray(entry.data_offset, entry.stored_size);
        }
        let kind = match entry.kind {
            EntryKind::File if self.is_hollow(entry) => {
                self.huge(archive, entry);
                MemberKind::Other
            }
            EntryKind::File => MemberKind::File(place(entry)),
            EntryKind::Directory => MemberKind::Directory,
            EntryKind::HardLink => MemberKind::Link(name::clean(&entry.link).name.into()),
            EntryKind::Symlink => {
                MemberKind::Link(name::resolve(name::parent(&name), &entry.link).name.into())
            }
            _ => MemberKind::Other,
        };
        self.members.push(Member { name, offset, kind });
    }

    /// Whether an entry would bring the holes of the archive over what is ever read.
    fn is_hollow(&mut self, entry: &Entry) -> bool {
        if !entry.sparse {
            return false;
        }
        let holes = entry.size.saturating_sub(entry.stored_size);
        let holes = self.holes.saturating_add(holes);
        let hollow = holes > MAX_HOLES;
        if !hollow {
            self.holes = holes;
        }
        hollow
    }

    /// Nobody could ever read through the holes of such a file.
    fn huge(&mut self, archive: &str, entry: &Entry) {
        self.stray(entry.data_offset, entry.stored_size);
        let detail = format!(
            "sparse member \"{}\" claims {} bytes; not read",
            name::show(&entry.path),
            entry.size
        );
        let kind = FormatKind::Container {
            code: "huge-sparse-member",
            detail,
            incomplete: true,
        };
        self.anomalies
            .push(Anomaly::at(archive, entry.offset, kind));
    }

    fn event(&mut self, archive: &str, event: &Event<'_>) {
        match event {
            Event::Stray { offset, bytes } => self.stray(*offset, bytes.len() as u64),
            Event::Anomaly(anomaly) if anomaly.kind == AnomalyKind::MissingEndMark => {
                self.unended = Some(anomaly.offset);
            }
            Event::Anomaly(anomaly) => self.note(archive, anomaly),
            _ => {}
        }
    }

    fn note(&mut self, archive: &str, anomaly: &imglint_tar::Anomaly) {
        let (detail, code) = (anomaly.kind.to_string(), anomaly.code());
        let offset = Some(anomaly.offset);
        self.anomalies
            .push(container(archive, offset, code, detail));
    }

    /// Tells what the pass has left unread because it began with so many zeros.
    fn tail(&mut self, archive: &str, window: &Window<'_>) {
        let unread = window.size.saturating_sub(window.position);
        if !window.is_spent() || unread == 0 {
            return;
        }
        let kind = FormatKind::Container {
            code: "long-tail",
            detail: format!(
                "{unread} bytes after the end mark and {} zeros not looked at",
                window.zeros
            ),
            incomplete: true,
        };
        self.anomalies
            .push(Anomaly::at(archive, window.position, kind));
    }

    /// Keeps bytes that belong to no member, as one run when they follow each other.
    fn stray(&mut self, offset: u64, size: u64) {
        if let Some(Member {
            kind:
                MemberKind::File(Place::Stray {
                    offset: start,
                    size: run,
                }),
            ..
        }) = self.stray.last_mut()
            && start.saturating_add(*run) == offset
        {
            *run = run.saturating_add(size);
            return;
        }
        let kind = MemberKind::File(Place::Stray { offset, size });
        self.stray.push(Member {
            name: Box::default(),
            offset: Some(offset),
            kind,
        });
    }

    fn finish(mut self, archive: &str) -> Listing {
        self.members.append(&mut self.stray);
        Listing {
            members: self.members,
            anomalies: self.anomalies.finish(archive, "anomalies of the tar"),
            unended: self.unended,
        }
    }
}

fn place(entry: &Entry) -> Place {
    let (offset, size) = (entry.data_offset, entry.size);
    if !entry.sparse {
        return Place::Run { offset, size };
    }
    let mut stored = offset;
    let piece = |segment: &imglint_tar::Segment| {
        let piece = Piece {
            logical: segment.offset,
            stored,
            size: segment.length,
        };
        stored = stored.saturating_add(segment.length);
        piece
    };
    let pieces = entry.segments.iter().map(piece).collect();
    Place::Sparse { size, pieces }
}

fn open_error(archive: &str, input: &Input, error: TarError) -> OpenError {
    let archive = archive.to_owned();
    match error {
        TarError::Checksum { offset: 0 } => stranger_error(&archive, input),
        TarError::Truncated { offset, .. } if offset < BLOCK => stranger_error(&archive, input),
        TarError::Truncated { offset, inside } => {
            let entry = match inside {
                Inside::Entry(name) => Some(name.to_string()),
                _ => None,
            };
            OpenError::Truncated {
                archive,
                offset,
                entry,
            }
        }
        TarError::Limit {
            kind: LimitKind::Entries,
            limit,
            ..
        } => OpenError::TooManyMembers { archive, limit },
        TarError::Io { source, .. } => OpenError::Io { archive, source },
        source => OpenError::DamagedTar { archive, source },
    }
}

fn stranger_error(archive: &str, input: &Input) -> OpenError {
    let mut head = vec![0; stranger::HEAD];
    match store::read_at(&input.file, 0, &mut head) {
        Ok(count) => {
            head.truncate(count);
            not_an_archive(archive, input.compression, &head)
        }
        Err(source) => OpenError::Io {
            archive: archive.to_owned(),
            source,
        },
    }
}

/// The first `size` bytes of a file, whose own position stays untouched, up to [`MAX_ZEROS`] in a row.
struct Window<'a> {
    file: &'a File,
    position: u64,
    size: u64,
    /// Read in a row just before `position`, counted in whole reads.
    zeros: u64,
}

impl Window<'_> {
    fn is_spent(&self) -> bool {
        self.zeros >= MAX_ZEROS
    }
}

impl Read for Window<'_> {
    fn read(&mut self, buf: &mut [u8]) -> io::Result<usize> {
        if self.is_spent() {
            return Ok(0);
        }
        let rest = self.size.saturating_sub(self.position);
        let length = usize::try_from(rest).map_or(buf.len(), |rest| rest.min(buf.len()));
        let buf = buf.get_mut(..length).unwrap_or_default();
        let count = store::read_at(self.file, self.position, buf)?;
        let read = buf.get(..count).unwrap_or_default();
        self.position = self.position.saturating_add(count as u64);
        self.zeros = if read.iter().all(|&byte| byte == 0) {
            self.zeros.saturating_add(count as u64)
        } else {
            0
        };
        Ok(count)
    }
}

impl Seek for Window<'_> {
    fn seek(&mut self, to: SeekFrom) -> io::Result<u64> {
        let target = match to {
            SeekFrom::Start(offset) => Some(offset),
            SeekFrom::End(delta) => self.size.checked_add_signed(delta),
            SeekFrom::Current(delta) => self.position.checked_add_signed(delta),
        };
        self.position = target.ok_or(io::ErrorKind::InvalidInput)?;
        self.zeros = 0;
        Ok(self.position)
    }
}
