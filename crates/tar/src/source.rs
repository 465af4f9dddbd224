//! The bytes of a stream, counted and lent in place.

use std::io::{self, BufRead, ErrorKind, Seek, SeekFrom};

use crate::error::TarError;

/// A buffered input and how far it was read.
#[derive(Debug)]
pub(crate) struct Source<R> {
    input: R,
    // Bytes taken from the input, lent ones included.
    offset: u64,
    // Bytes at the front of the input's buffer that the caller may still look at.
    lent: usize,
    // Length of the stream, once somebody asked.
    end: Option<u64>,
}

impl<R> Source<R> {
    pub(crate) fn new(input: R) -> Self {
        Self {
            input,
            offset: 0,
            lent: 0,
            end: None,
        }
    }

    pub(crate) fn offset(&self) -> u64 {
        self.offset
    }

    pub(crate) fn get_ref(&self) -> &R {
        &self.input
    }

    pub(crate) fn get_mut(&mut self) -> &mut R {
        &mut self.input
    }

    fn failed(&self, source: io::Error) -> TarError {
        TarError::Io {
            offset: self.offset,
            source,
        }
    }
}

impl<R: BufRead> Source<R> {
    /// How many bytes can be taken at once; 0 only at the end.
    pub(crate) fn available(&mut self) -> Result<usize, TarError> {
        self.release();
        loop {
            match self.input.fill_buf() {
                Ok(buffer) => return Ok(buffer.len()),
                Err(error) if error.kind() == ErrorKind::Interrupted => {}
                Err(error) => return Err(self.failed(error)),
            }
        }
    }

    /// The bytes that [`available`](Self::available) has counted.
    pub(crate) fn buffered(&mut self) -> Result<&[u8], TarError> {
        let offset = self.offset;
        self.input
            .fill_buf()
            .map_err(|source| TarError::Io { offset, source })
    }

    /// Takes `count` available bytes, to be looked at through [`lent`](Self::lent).
    pub(crate) fn lend(&mut self, count: usize) {
        self.lent = count;
        self.offset += count as u64;
    }

    /// The bytes that were lent last.
    pub(crate) fn lent(&mut self) -> Result<&[u8], TarError> {
        let count = self.lent;
        Ok(self.buffered()?.get(..count).unwrap_or_default())
    }

    /// Takes as many bytes as `out` has room for, fewer only at the end; says how many.
    pub(crate) fn fill(&mut self, out: &mut [u8]) -> Result<usize, TarError> {
        let mut filled = 0;
        while filled < out.len() && self.available()? > 0 {
            let rest = out.get_mut(filled..).unwrap_or_default();
            let count = copy(self.buffered()?, rest);
            self.lend(count);
            filled += count;
        }
        Ok(filled)
    }

    /// Appends the next `count` bytes to `out`, fewer only at the end; says how many.
    pub(crate) fn append(&mut self, out: &mut Vec<u8>, count: usize) -> Result<usize, TarError> {
        let mut left = count;
        loop {
            let now = self.available()?.min(left);
            if now == 0 {
                return Ok(count - left);
            }
            out.extend_from_slice(self.buffered()?.get(..now).unwrap_or_default());
            self.lend(now);
            left -= now;
        }
    }

    pub(crate) fn into_inner(mut self) -> R {
        self.release();
        self.input
    }

    fn release(&mut self) {
        self.input.consume(std::mem::take(&mut self.lent));
    }
}

impl<R: BufRead + Seek> Source<R> {
    /// Passes over `count` bytes without reading them; how many, if the input ends before.
    pub(crate) fn skip(&mut self, count: u64) -> Result<u64, TarError> {
        self.release();
        let end = self.end()?;
        let count = count.min(end.saturating_sub(self.offset));
        let step = i64::try_from(count).map_err(|error| self.failed(io::Error::other(error)))?;
        self.input
            .seek_relative(step)
            .map_err(|error| self.failed(error))?;
        self.offset += count;
        Ok(count)
    }

    fn end(&mut self) -> Result<u64, TarError> {
        if let Some(end) = self.end {
            return Ok(end);
        }
        let end = length_ahead(&mut self.input).map_err(|error| self.failed(error))?;
        let end = self.offset.saturating_add(end);
        self.end = Some(end);
        Ok(end)
    }
}

/// Copies as much as fits; says how much.
pub(crate) fn copy(from: &[u8], to: &mut [u8]) -> usize {
    let count = from.len().min(to.len());
    let (from, _) = from.split_at(count);
    let (to, _) = to.split_at_mut(count);
    to.copy_from_slice(from);
    count
}

/// Bytes from the place of `input` to its end.
fn length_ahead(input: &mut impl Seek) -> io::Result<u64> {
    let here = input.stream_position()?;
    let end = input.seek(SeekFrom::End(0))?;
    input.seek(SeekFrom::Start(here))?;
    Ok(end.saturating_sub(here))
}
