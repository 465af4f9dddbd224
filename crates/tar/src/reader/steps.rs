//! What the reader does at each place of a stream.

use std::io::BufRead;

use super::{Content, Reader, State, Step, padding};
use crate::{
    anomaly::AnomalyKind,
    error::{Inside, LimitKind, TarError},
    extensions::Extensions,
    header::{BLOCK, Header, all_zero},
    name::Name,
};

impl<R: BufRead> Reader<R> {
    pub(super) fn header(&mut self, after_zero: bool) -> Result<Option<Step>, TarError> {
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

    pub(super) fn extension(&mut self, typeflag: u8, size: u64) -> Result<Option<Step>, TarError> {
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

    pub(super) fn begin_content(&mut self) -> Step {
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

    pub(super) fn content(&mut self, mut content: Content) -> Result<Option<Step>, TarError> {
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

    pub(super) fn padding(&mut self, length: usize) -> Result<Option<Step>, TarError> {
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

    pub(super) fn after(&mut self, told: bool) -> Result<Option<Step>, TarError> {
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
