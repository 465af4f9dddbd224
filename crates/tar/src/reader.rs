//! The reader: one event after the other, every byte accounted for.

use std::io::{BufRead, Seek};

use crate::{anomaly::Anomaly, entry::Entry, error::TarError, limits::Limits, pax::PaxRecords};

/// Bytes of a tar block.
pub(crate) const BLOCK: usize = 512;

/// What comes next in a stream.
#[derive(Debug)]
#[non_exhaustive]
pub enum Event<'a> {
    /// A member begins; its content follows as [`Event::Data`].
    Entry(&'a Entry),
    /// Some content of the last entry, as much as the input had buffered.
    Data {
        /// Offset of `bytes` within the file; holes of sparse files are skipped.
        offset: u64,
        /// Never empty.
        bytes: &'a [u8],
    },
    /// A PAX global header: reported, never applied, as in engines.
    Global {
        /// Where its header block begins.
        offset: u64,
        /// Its records.
        records: &'a PaxRecords,
    },
    /// Bytes that belong to no member and are not all zero.
    Stray {
        /// Where they lie in the stream.
        offset: u64,
        /// Never empty.
        bytes: &'a [u8],
    },
    /// Something odd; about an entry, it comes before that entry.
    Anomaly(Anomaly),
}

/// Reads a tar stream with the semantics of Go's `archive/tar`.
///
/// Content is lent from the buffer of the input, so a large buffer makes for few events.
#[derive(Debug)]
pub struct Reader<R> {
    input: R,
    offset: u64,
    #[expect(dead_code, reason = "skeleton")]
    limits: Limits,
}

impl<R: BufRead> Reader<R> {
    /// Reads `input` from where it stands.
    pub fn new(input: R, limits: Limits) -> Self {
        Self {
            input,
            offset: 0,
            limits,
        }
    }

    /// The next event, or `None` at the end of the stream, when all input was consumed.
    ///
    /// # Errors
    ///
    /// Errs once at most. After that the rest of the stream comes as [`Event::Stray`], unless
    /// the input itself has failed.
    pub fn next_event(&mut self) -> Result<Option<Event<'_>>, TarError> {
        Ok(None)
    }

    /// Bytes of the stream that were read or lent so far.
    #[must_use]
    pub fn offset(&self) -> u64 {
        self.offset
    }

    /// The input, after the bytes that were read.
    pub fn into_inner(self) -> R {
        self.input
    }

    /// The input; reading from it loses the place in the stream.
    pub fn get_ref(&self) -> &R {
        &self.input
    }

    /// The input; reading from it loses the place in the stream.
    pub fn get_mut(&mut self) -> &mut R {
        &mut self.input
    }
}

impl<R: BufRead + Seek> Reader<R> {
    /// Passes over what is left of the last entry's content without reading it.
    ///
    /// # Errors
    ///
    /// When the content is cut short by the end of the input, or seeking fails.
    pub fn skip_data(&mut self) -> Result<(), TarError> {
        Ok(())
    }
}
