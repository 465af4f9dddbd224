//! Errors that say where, and what becomes of the bytes already read.

use super::{Reader, State};
use crate::{
    error::{Inside, LimitKind, TarError},
    header::{Fault, NAME, field, text},
    name::Name,
    sparse::MapFault,
};

impl<R> Reader<R> {
    /// After an error: tells what was read but not told, and makes the rest stray.
    pub(super) fn give_up(&mut self, error: &TarError) {
        self.extensions.spill(&mut self.queue);
        let held = self.block.get(..self.held).unwrap_or_default();
        self.queue.stray(self.block_at, held);
        let map_at = self.source.offset().saturating_sub(self.map.len() as u64);
        self.queue.stray(map_at, &self.map);
        self.held = 0;
        self.map.clear();
        self.state = match error {
            TarError::Io { .. } => State::Done,
            _ => State::After { told: true },
        };
    }

    /// A size of content, which cannot be negative.
    pub(super) fn content_size(&self, size: i64) -> Result<u64, TarError> {
        u64::try_from(size).map_err(|_| self.no_header(Fault::Number("size")))
    }

    pub(super) fn no_header(&self, fault: Fault) -> TarError {
        let offset = self.block_at;
        match fault {
            Fault::Checksum => TarError::Checksum { offset },
            Fault::Number(field_name) => TarError::Number {
                offset,
                name: Name::new(text(field(&self.block, NAME))),
                field: field_name,
            },
        }
    }

    pub(super) fn bad_map(&self, fault: MapFault) -> TarError {
        match fault {
            MapFault::Invalid(problem) => TarError::Sparse {
                offset: self.block_at,
                name: Name::new(&self.entry.path),
                problem,
            },
            MapFault::TooMany => self.limit(LimitKind::SparseSegments, self.limits.sparse_segments),
            MapFault::TooLong => self.limit(LimitKind::RecordBytes, self.limits.record_bytes),
        }
    }

    pub(super) fn limit(&self, kind: LimitKind, limit: u64) -> TarError {
        TarError::Limit {
            offset: self.block_at,
            kind,
            limit,
        }
    }

    pub(super) fn truncated(&self, inside: Inside) -> TarError {
        TarError::Truncated {
            offset: self.source.offset(),
            inside,
        }
    }

    pub(super) fn truncated_entry(&self) -> TarError {
        self.truncated(Inside::Entry(Name::new(&self.entry.path)))
    }
}
