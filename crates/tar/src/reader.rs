//! The reader: one event after the other, every byte accounted for.

mod assemble;
mod failure;
mod steps;
#[cfg(test)]
mod tests;

use std::io::{BufRead, Seek};

use crate::{
    anomaly::Anomaly,
    entry::Entry,
    error::TarError,
    extensions::Extensions,
    header::{BLOCK, Block},
    limits::Limits,
    pax::PaxRecords,
    queue::{Queue, Queued},
    source::Source,
};

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
    source: Source<R>,
    limits: Limits,
    state: State,
    queue: Queue,
    extensions: Extensions,
    entry: Entry,
    entries: u64,
    block: Block,
    block_at: u64,
    // Bytes of `block` that no event has told yet.
    held: usize,
    // What was read of the sparse map of a member that is not yet told.
    map: Vec<u8>,
}

/// Where in the stream we are.
#[derive(Debug, Clone, Copy)]
enum State {
    /// Before a header block, perhaps after one zero block.
    Header { after_zero: bool },
    /// Before the payload of an extension header.
    Extension { typeflag: u8, size: u64 },
    /// Before the content of a member that is not yet told.
    Entry,
    /// Inside the content of the last entry.
    Content(Content),
    /// Before that many bytes which fill up a block.
    Padding(usize),
    /// After the end mark or an error.
    After { told: bool },
    /// The input is at its end, or failed.
    Done,
}

#[derive(Debug, Clone, Copy)]
struct Content {
    /// Stored bytes left.
    left: u64,
    /// Of these, bytes left in the current data range.
    run: u64,
    /// Offset within the file.
    offset: u64,
    /// Index of the next data range of a sparse file.
    next: usize,
}

/// An event that does not borrow yet.
#[derive(Debug)]
enum Step {
    Entry,
    Data { offset: u64 },
    Global { offset: u64 },
    Stray { offset: u64 },
    Queued(Queued),
}

impl<R: BufRead> Reader<R> {
    /// Reads `input` from where it stands.
    pub fn new(input: R, limits: Limits) -> Self {
        Self {
            source: Source::new(input),
            limits,
            state: State::Header { after_zero: false },
            queue: Queue::default(),
            extensions: Extensions::default(),
            entry: Entry::default(),
            entries: 0,
            block: [0; BLOCK],
            block_at: 0,
            held: 0,
            map: Vec::new(),
        }
    }

    /// The next event, or `None` at the end of the stream, when all input was consumed.
    ///
    /// # Errors
    ///
    /// Errs once at most. After that the rest of the stream comes as [`Event::Stray`], unless
    /// the input itself has failed.
    pub fn next_event(&mut self) -> Result<Option<Event<'_>>, TarError> {
        match self.advance() {
            Ok(Some(step)) => self.event(step).map(Some),
            Ok(None) => Ok(None),
            Err(error) => {
                self.give_up(&error);
                Err(error)
            }
        }
    }

    /// Bytes of the stream that were read or lent so far.
    #[must_use]
    pub fn offset(&self) -> u64 {
        self.source.offset()
    }

    /// The input, after the bytes that were read or lent.
    pub fn into_inner(self) -> R {
        self.source.into_inner()
    }

    /// The input; bytes lent last are still in its buffer.
    pub fn get_ref(&self) -> &R {
        self.source.get_ref()
    }

    /// The input; reading from it loses the place in the stream.
    pub fn get_mut(&mut self) -> &mut R {
        self.source.get_mut()
    }

    fn advance(&mut self) -> Result<Option<Step>, TarError> {
        loop {
            if let Some(queued) = self.queue.pop() {
                return Ok(Some(Step::Queued(queued)));
            }
            let step = match self.state {
                State::Header { after_zero } => self.header(after_zero)?,
                State::Extension { typeflag, size } => self.extension(typeflag, size)?,
                State::Entry => Some(self.begin_content()),
                State::Content(content) => self.content(content)?,
                State::Padding(length) => self.padding(length)?,
                State::After { told } => self.after(told)?,
                State::Done => return Ok(None),
            };
            if step.is_some() {
                return Ok(step);
            }
        }
    }

    fn event(&mut self, step: Step) -> Result<Event<'_>, TarError> {
        Ok(match step {
            Step::Entry => Event::Entry(&self.entry),
            Step::Data { offset } => Event::Data {
                offset,
                bytes: self.source.lent()?,
            },
            Step::Stray { offset } => Event::Stray {
                offset,
                bytes: self.source.lent()?,
            },
            Step::Global { offset } => Event::Global {
                offset,
                records: &self.extensions.pax,
            },
            Step::Queued(Queued::Anomaly(anomaly)) => Event::Anomaly(anomaly),
            Step::Queued(Queued::Stray { offset, range }) => Event::Stray {
                offset,
                bytes: self.queue.bytes(range),
            },
        })
    }
}

impl<R: BufRead + Seek> Reader<R> {
    /// Passes over what is left of the last entry's content without reading it.
    ///
    /// # Errors
    ///
    /// When the content is cut short by the end of the input, or seeking fails.
    pub fn skip_data(&mut self) -> Result<(), TarError> {
        let State::Content(content) = self.state else {
            return Ok(());
        };
        let skipped = self.skip(content.left);
        match &skipped {
            Ok(()) => self.state = State::Padding(padding(self.entry.stored_size)),
            Err(error) => self.give_up(error),
        }
        skipped
    }

    fn skip(&mut self, left: u64) -> Result<(), TarError> {
        if left > 0 && self.source.skip(left)? < left {
            return Err(self.truncated_entry());
        }
        Ok(())
    }
}

/// Bytes that fill up the last block of `size` bytes.
fn padding(size: u64) -> usize {
    let over = usize::try_from(size % BLOCK as u64).unwrap_or_default();
    (BLOCK - over) % BLOCK
}
