//! The reader: one event after the other, every byte accounted for.

mod assemble;
mod failure;
#[cfg(test)]
mod tests;

use std::io::{BufRead, Seek};

use crate::{
    anomaly::{Anomaly, AnomalyKind},
    entry::Entry,
    error::{Inside, LimitKind, TarError},
    extensions::Extensions,
    header::{BLOCK, Block, Header, all_zero},
    limits::Limits,
    name::Name,
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

    fn header(&mut self, after_zero: bool) -> Result<Option<Step>, TarError> {
        self.block_at = self.source.offset();
        self.held = self.source.fill(&mut self.block)?;
        if self.held == 0 {
            self.extensions.abandon(&mut self.queue);
            self.queue
                .anomaly(self.block_at, AnomalyKind::MissingEndMark);
            self.state = State::Done;
            return Ok(None);
        }
        if self.held < BLOCK {
            return Err(self.truncated(Inside::Header));
        }
        if all_zero(&self.block) {
            self.zero_block(after_zero);
            return Ok(None);
        }
        if after_zero {
            let zeros = self.block_at.saturating_sub(BLOCK as u64);
            self.queue.anomaly(zeros, AnomalyKind::LoneZeroBlock);
        }
        let header = Header::parse(&self.block).map_err(|fault| self.no_header(fault))?;
        if header.signed {
            self.queue
                .anomaly(self.block_at, AnomalyKind::SignedChecksum);
        }
        self.extensions.first.get_or_insert(self.block_at);
        if Extensions::has_type(header.typeflag) {
            self.begin_extension(&header)?;
        } else {
            self.member(&header)?;
        }
        Ok(None)
    }

    fn zero_block(&mut self, after_zero: bool) {
        self.held = 0;
        self.state = if after_zero {
            self.extensions.abandon(&mut self.queue);
            State::After { told: false }
        } else {
            State::Header { after_zero: true }
        };
    }

    fn begin_extension(&mut self, header: &Header) -> Result<(), TarError> {
        let typeflag = header.typeflag;
        let size = self.content_size(header.size)?;
        if size > self.limits.record_bytes {
            return Err(self.limit(LimitKind::RecordBytes, self.limits.record_bytes));
        }
        if typeflag == b'g' {
            self.extensions.abandon(&mut self.queue);
        } else {
            self.extensions
                .supersede(typeflag, self.block_at, &mut self.queue);
        }
        self.state = State::Extension { typeflag, size };
        Ok(())
    }

    fn extension(&mut self, typeflag: u8, size: u64) -> Result<Option<Step>, TarError> {
        let at = self.source.offset();
        let size_here = usize::try_from(size).unwrap_or(usize::MAX);
        let payload = self.extensions.begin(typeflag, at);
        if self.source.append(payload, size_here)? < size_here {
            return Err(self.truncated(Inside::Extension));
        }
        if matches!(typeflag, b'x' | b'g') {
            self.parse_pax(at)?;
        }
        self.held = 0;
        self.state = State::Padding(padding(size));
        Ok((typeflag == b'g').then(|| {
            self.extensions.end_global();
            Step::Global {
                offset: self.block_at,
            }
        }))
    }

    fn parse_pax(&mut self, at: u64) -> Result<(), TarError> {
        let pax = &mut self.extensions.pax;
        pax.parse().map_err(|(place, problem)| TarError::Pax {
            offset: at + place as u64,
            problem,
        })?;
        if let Some(key) = pax.repeated_key() {
            let key = Name::new(key);
            self.queue
                .anomaly(self.block_at, AnomalyKind::DuplicatePaxKey { key });
        }
        Ok(())
    }

    fn begin_content(&mut self) -> Step {
        self.state = State::Content(Content {
            left: self.entry.stored_size,
            run: if self.entry.sparse {
                0
            } else {
                self.entry.stored_size
            },
            offset: 0,
            next: 0,
        });
        Step::Entry
    }

    fn content(&mut self, mut content: Content) -> Result<Option<Step>, TarError> {
        if content.left == 0 {
            self.state = State::Padding(padding(self.entry.stored_size));
            return Ok(None);
        }
        if content.run == 0
            && let Some(segment) = self.entry.segments.get(content.next)
        {
            content.next += 1;
            content.offset = segment.offset;
            content.run = segment.length;
        }
        let surplus = content.run == 0;
        let wanted = if surplus {
            content.left
        } else {
            content.run.min(content.left)
        };
        let count = self.source.available()?;
        if count == 0 {
            return Err(self.truncated_entry());
        }
        let count = usize::try_from(wanted).map_or(count, |wanted| wanted.min(count));
        let at = self.source.offset();
        self.source.lend(count);
        let step = if surplus {
            let silent = all_zero(self.source.lent()?);
            (!silent).then_some(Step::Stray { offset: at })
        } else {
            Some(Step::Data {
                offset: content.offset,
            })
        };
        let count = count as u64;
        content.left -= count;
        content.run = content.run.saturating_sub(count);
        content.offset += count;
        self.state = State::Content(content);
        Ok(step)
    }

    fn padding(&mut self, length: usize) -> Result<Option<Step>, TarError> {
        if let Some(room) = self.block.get_mut(..length) {
            let at = self.source.offset();
            // Padding that is cut is the end, as in Go.
            let count = self.source.fill(room)?;
            let padding = room.get(..count).unwrap_or_default();
            self.queue.hidden(at, padding, "padding");
        }
        self.state = State::Header { after_zero: false };
        Ok(None)
    }

    fn after(&mut self, told: bool) -> Result<Option<Step>, TarError> {
        let count = self.source.available()?;
        if count == 0 {
            self.state = State::Done;
            return Ok(None);
        }
        let at = self.source.offset();
        let bytes = self.source.buffered()?;
        if all_zero(bytes) {
            self.source.lend(count);
            return Ok(None);
        }
        if !told {
            let first = bytes.iter().position(|byte| *byte != 0).unwrap_or_default();
            self.state = State::After { told: true };
            self.queue
                .anomaly(at + first as u64, AnomalyKind::DataAfterEnd);
            return Ok(None);
        }
        self.source.lend(count);
        Ok(Some(Step::Stray { offset: at }))
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
