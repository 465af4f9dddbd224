//! Making the entry of a member from its header, extension records and sparse map.

use std::io::BufRead;

use super::{Reader, State};
use crate::{
    anomaly::AnomalyKind,
    entry::{Entry, EntryKind, Format},
    error::{LimitKind, TarError},
    header::{BLOCK, GNU_REAL_SIZE, GNU_SPARSE, Header, field, number},
    member,
    name::Name,
    pax::PaxRecords,
    sparse::{Map, MapFault, decimal},
};

/// Why a sparse map cannot be had.
enum MapError {
    Fault(MapFault),
    Cut,
    Tar(TarError),
}

impl From<MapFault> for MapError {
    fn from(fault: MapFault) -> Self {
        Self::Fault(fault)
    }
}

/// The two ways in which PAX headers tell of a sparse map.
enum PaxSparse {
    /// 0.0 and 0.1: the map is in the records.
    InRecords,
    /// 1.0: the map is before the content.
    InContent,
}

impl<R: BufRead> Reader<R> {
    /// Makes `self.entry` of a header block that is no extension.
    pub(super) fn member(&mut self, header: &Header) -> Result<(), TarError> {
        self.entries += 1;
        if self.entries > self.limits.entries {
            return Err(self.limit(LimitKind::Entries, self.limits.entries));
        }
        if !matches!(header.typeflag, b'1'..=b'6') {
            self.content_size(header.size)?;
        }
        self.apply(header)?;
        self.entry.kind = EntryKind::new(header.typeflag, &self.entry.path);
        self.entry.stored_size = if self.entry.kind.has_content() {
            self.content_size(self.entry.header_size)?
        } else {
            0
        };
        self.entry.size = self.entry.stored_size;
        self.sparse(header)?;
        self.check_lengths()?;
        self.tell_oddities(header);
        self.finish();
        Ok(())
    }

    fn apply(&mut self, header: &Header) -> Result<(), TarError> {
        let Self {
            entry,
            extensions,
            queue,
            ..
        } = self;
        if !extensions.has_pax() {
            extensions.pax.clear();
        }
        member::apply_header(entry, header, &self.block);
        entry.offset = extensions.first.unwrap_or(self.block_at);
        entry.header_offset = self.block_at;
        member::apply_pax(entry, &extensions.pax).map_err(|problem| TarError::Pax {
            offset: entry.offset,
            problem,
        })?;
        member::apply_gnu(entry, extensions, queue);
        Ok(())
    }

    fn check_lengths(&self) -> Result<(), TarError> {
        let longest = self.entry.path.len().max(self.entry.link.len());
        if longest as u64 > self.limits.path_bytes {
            return Err(self.limit(LimitKind::PathBytes, self.limits.path_bytes));
        }
        Ok(())
    }

    fn sparse(&mut self, header: &Header) -> Result<(), TarError> {
        self.map.clear();
        self.entry.segments.clear();
        self.entry.sparse = false;
        let map = if header.typeflag == b'S' {
            self.old_gnu_map()
        } else {
            self.pax_map()
        };
        map.map_err(|error| match error {
            MapError::Fault(fault) => self.bad_map(fault),
            MapError::Cut => self.truncated_entry(),
            MapError::Tar(error) => error,
        })?;
        self.entry.data_offset = self.source.offset();
        Ok(())
    }

    fn old_gnu_map(&mut self) -> Result<(), MapError> {
        let Self {
            entry,
            source,
            limits,
            map: text,
            ..
        } = self;
        if entry.format != Format::Gnu {
            return Err(MapFault::Invalid("its header is not a GNU one").into());
        }
        let size = number(field(&self.block, GNU_REAL_SIZE));
        entry.header_size = size.ok_or(MapFault::Invalid("bad number in its size"))?;
        let mut map = Map::new(&mut entry.segments, limits.sparse_segments);
        let mut extended = map.old_gnu(field(&self.block, GNU_SPARSE))?;
        while extended {
            let start = text.len();
            if start as u64 >= limits.record_bytes {
                return Err(MapFault::TooLong.into());
            }
            if source.append(text, BLOCK).map_err(MapError::Tar)? < BLOCK {
                return Err(MapError::Cut);
            }
            extended = map.old_gnu(text.get(start..).unwrap_or_default())?;
        }
        entry.size = map.finish(entry.header_size)?;
        entry.sparse = true;
        Ok(())
    }

    fn pax_map(&mut self) -> Result<(), MapError> {
        let Self {
            entry,
            extensions,
            limits,
            ..
        } = self;
        let pax = &extensions.pax;
        if !pax
            .iter()
            .any(|record| record.key.starts_with(b"GNU.sparse."))
        {
            return Ok(());
        }
        let pairs = pax.sparse_pairs();
        let list = pairs
            .as_deref()
            .or(pax.get(b"GNU.sparse.map"))
            .unwrap_or_default();
        let Some(kind) = pax_sparse(pax, list) else {
            return Ok(());
        };
        apply_pax_sparse(entry, pax)?;
        match kind {
            PaxSparse::InContent => self.read_map()?,
            PaxSparse::InRecords => {
                let count = pax.get(b"GNU.sparse.numblocks").unwrap_or_default();
                let mut map = Map::new(&mut entry.segments, limits.sparse_segments);
                map.pax_0_1(list, count)?;
                entry.size = map.finish(entry.header_size)?;
            }
        }
        if !self.entry.kind.has_content() {
            return Err(MapFault::Invalid("it is of a type without content").into());
        }
        self.entry.sparse = true;
        Ok(())
    }

    /// Reads a map of PAX 1.0, which is stored before the content in whole blocks.
    fn read_map(&mut self) -> Result<(), MapError> {
        let Self {
            entry,
            source,
            limits,
            map: text,
            queue,
            ..
        } = self;
        let mut left = entry.stored_size;
        let mut map = Map::new(&mut entry.segments, limits.sparse_segments);
        let rest = map.pax_1_0(text, |text| {
            if text.len() as u64 >= limits.record_bytes {
                return Err(MapError::Fault(MapFault::TooLong));
            }
            let fault = MapFault::Invalid("its map does not end within its content");
            left = left.checked_sub(BLOCK as u64).ok_or(fault)?;
            match source.append(text, BLOCK) {
                Ok(BLOCK) => Ok(()),
                Ok(_) => Err(MapError::Cut),
                Err(error) => Err(MapError::Tar(error)),
            }
        })?;
        entry.size = map.finish(entry.header_size)?;
        entry.stored_size = left;
        let hidden = text.len().saturating_sub(rest);
        let at = source.offset().saturating_sub(rest as u64);
        queue.hidden(at, text.get(hidden..).unwrap_or_default(), "a sparse map");
        Ok(())
    }

    fn tell_oddities(&mut self, header: &Header) {
        let Self { entry, queue, .. } = self;
        let (at, typeflag) = (self.block_at, header.typeflag);
        let path = || Name::new(&entry.path);
        if !entry.kind.has_content() && entry.header_size != 0 {
            let (path, size) = (path(), entry.header_size);
            queue.anomaly(
                at,
                AnomalyKind::SizeWithoutContent {
                    path,
                    typeflag,
                    size,
                },
            );
        }
        if matches!(entry.kind, EntryKind::Other(_)) {
            queue.anomaly(
                at,
                AnomalyKind::UnknownType {
                    path: path(),
                    typeflag,
                },
            );
        }
        let mapped = entry.segments.iter().map(|segment| segment.length).sum();
        if entry.sparse && mapped != entry.stored_size {
            let (path, stored) = (path(), entry.stored_size);
            queue.anomaly(
                at,
                AnomalyKind::SparseLength {
                    path,
                    mapped,
                    stored,
                },
            );
        }
        member::tell_hidden(header, &self.block, at, &self.extensions, queue);
    }

    fn finish(&mut self) {
        if self.entry.kind.has_content() {
            self.entry.header_size = i64::try_from(self.entry.size).unwrap_or(i64::MAX);
        }
        std::mem::swap(&mut self.entry.pax, &mut self.extensions.pax);
        self.extensions.clear();
        self.held = 0;
        self.map.clear();
        self.state = State::Entry;
    }
}

/// Which kind of sparse map the records tell of, if any.
fn pax_sparse(pax: &PaxRecords, list: &[u8]) -> Option<PaxSparse> {
    let get = |key: &[u8]| pax.get(key).unwrap_or_default();
    match (get(b"GNU.sparse.major"), get(b"GNU.sparse.minor")) {
        (b"0", b"0" | b"1") => Some(PaxSparse::InRecords),
        (b"1", b"0") => Some(PaxSparse::InContent),
        (b"", b"") if !list.is_empty() => Some(PaxSparse::InRecords),
        _ => None,
    }
}

/// Sets the real name and size of a sparse file.
fn apply_pax_sparse(entry: &mut Entry, pax: &PaxRecords) -> Result<(), MapFault> {
    if let Some(name) = pax.get(b"GNU.sparse.name") {
        entry.path.clear();
        entry.path.extend_from_slice(name);
    }
    let size = pax.get(b"GNU.sparse.size");
    if let Some(size) = size.or(pax.get(b"GNU.sparse.realsize")) {
        entry.header_size = decimal(size).ok_or(MapFault::Invalid("bad number in its size"))?;
    }
    Ok(())
}
