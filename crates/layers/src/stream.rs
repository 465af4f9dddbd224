//! From a stored blob to the bytes of its tar, in chunks that stay in the processor's cache while
//! they are hashed, parsed and looked at.

use std::{
    cell::RefCell,
    io::{self, BufRead, ErrorKind, Read},
};

use imglint_format::Digest;
use imglint_tar::{Compression, CompressionAnomaly, CompressionError, Decoded, Decoder, Limits};
use sha2::{Digest as _, Sha256, Sha512};

use crate::{
    fault::{FaultStage, ReadFault},
    sink::ContentSink,
};

/// Large enough to make calls rare, small enough for the second-level cache.
const CHUNK: usize = 256 << 10;

/// Where every part of the pass finds the sink; borrowed for one call at a time.
pub(crate) type SharedSink<'k> = RefCell<&'k mut dyn ContentSink>;

#[derive(Default)]
struct Buffer {
    bytes: Vec<u8>,
    start: usize,
    end: usize,
}

impl Buffer {
    fn unread(&self) -> &[u8] {
        self.bytes.get(self.start..self.end).unwrap_or_default()
    }

    fn consume(&mut self, amount: usize) {
        self.start = self.end.min(self.start.saturating_add(amount));
    }

    /// Replaces the content by what `read` gives, until it gives nothing or an error.
    ///
    /// What came before an error is kept.
    fn refill(&mut self, mut read: impl FnMut(&mut [u8]) -> io::Result<usize>) -> io::Result<()> {
        self.bytes.resize(CHUNK, 0);
        (self.start, self.end) = (0, 0);
        while let Some(free) = self
            .bytes
            .get_mut(self.end..)
            .filter(|free| !free.is_empty())
        {
            match read(free)? {
                0 => break,
                count => self.end = CHUNK.min(self.end.saturating_add(count)),
            }
        }
        Ok(())
    }
}

/// The stored blob, hashed as it is read.
pub(crate) struct Source<R> {
    blob: Blob<R>,
    buffer: Buffer,
    compression: Compression,
}

struct Blob<R> {
    input: R,
    size: u64,
    sha256: Option<Sha256>,
    sha512: Option<Sha512>,
    /// The first error; nothing is read after it.
    failure: Option<String>,
}

impl<R: Read> Source<R> {
    /// Reads the first chunk and tells the compression by it.
    ///
    /// A blob that is not compressed is its own tar: its SHA-256 is made there, not here.
    pub(crate) fn open(input: R, sha512: bool) -> Self {
        let mut blob = Blob {
            input,
            size: 0,
            sha256: None,
            sha512: sha512.then(Sha512::new),
            failure: None,
        };
        let mut buffer = Buffer::default();
        // An error comes again when the next chunk is asked for.
        let _ = buffer.refill(|free| blob.read(free));
        let compression = Compression::detect(buffer.unread());
        if compression != Compression::None {
            blob.sha256 = Some(Sha256::new_with_prefix(buffer.unread()));
        }
        Self {
            blob,
            buffer,
            compression,
        }
    }

    pub(crate) fn compression(&self) -> Compression {
        self.compression
    }

    /// Reads and hashes what is left.
    pub(crate) fn drain(&mut self) {
        while let Ok(chunk) = self.fill_buf()
            && !chunk.is_empty()
        {
            let length = chunk.len();
            self.consume(length);
        }
    }

    /// Bytes read so far.
    pub(crate) fn size(&self) -> u64 {
        self.blob.size
    }

    /// Whether reading came to the end of the blob.
    pub(crate) fn is_whole(&self) -> bool {
        self.blob.failure.is_none()
    }

    /// SHA-256, unless the blob is not compressed, and SHA-512, if asked for.
    pub(crate) fn digests(self) -> (Option<Digest>, Option<Digest>) {
        let sha256 = self
            .blob
            .sha256
            .map(|hash| Digest::sha256(hash.finalize().into()));
        let sha512 = self
            .blob
            .sha512
            .map(|hash| Digest::sha512(hash.finalize().into()));
        (sha256, sha512)
    }
}

impl<R: Read> Read for Blob<R> {
    fn read(&mut self, out: &mut [u8]) -> io::Result<usize> {
        if let Some(failure) = &self.failure {
            return Err(io::Error::other(failure.clone()));
        }
        let count = loop {
            match self.input.read(out) {
                Err(error) if error.kind() == ErrorKind::Interrupted => {}
                result => break result,
            }
        };
        self.failure = count.as_ref().err().map(io::Error::to_string);
        let bytes = out.get(..count?).unwrap_or_default();
        self.size = self.size.saturating_add(bytes.len() as u64);
        if let Some(hash) = &mut self.sha256 {
            hash.update(bytes);
        }
        if let Some(hash) = &mut self.sha512 {
            hash.update(bytes);
        }
        Ok(bytes.len())
    }
}

impl<R: Read> Read for Source<R> {
    fn read(&mut self, out: &mut [u8]) -> io::Result<usize> {
        if self.buffer.unread().is_empty() {
            return self.blob.read(out);
        }
        let count = self.buffer.unread().read(out)?;
        self.consume(count);
        Ok(count)
    }
}

impl<R: Read> BufRead for Source<R> {
    fn fill_buf(&mut self) -> io::Result<&[u8]> {
        if self.buffer.unread().is_empty() {
            let result = self.buffer.refill(|free| self.blob.read(free));
            if self.buffer.unread().is_empty() {
                result?;
            }
        }
        Ok(self.buffer.unread())
    }

    fn consume(&mut self, amount: usize) {
        self.buffer.consume(amount);
    }
}

/// The uncompressed tar: each chunk is hashed when it comes and lent to the tar reader.
pub(crate) struct Chunks<'s, 'k, R> {
    input: Input<'s, R>,
    buffer: Buffer,
    sha256: Sha256,
    size: u64,
    fault: Option<ReadFault>,
    sink: &'s SharedSink<'k>,
}

enum Input<'s, R> {
    Plain(&'s mut Source<R>),
    Coded(Decoder<&'s mut Source<R>>),
    /// This program cannot decode it.
    Closed,
}

/// What the chunks told.
pub(crate) struct ChunkSums {
    pub(crate) size: u64,
    /// SHA-256; `None` unless the end was reached.
    pub(crate) sha256: Option<Digest>,
    pub(crate) fault: Option<ReadFault>,
    pub(crate) anomalies: Vec<CompressionAnomaly>,
}

impl<'s, 'k, R: Read> Chunks<'s, 'k, R> {
    pub(crate) fn new(
        source: &'s mut Source<R>,
        limits: &Limits,
        sink: &'s SharedSink<'k>,
    ) -> Self {
        let (input, fault) = match source.compression {
            Compression::None => (Input::Plain(source), None),
            coded => match Decoder::new(source, coded, limits) {
                Ok(decoder) => (Input::Coded(decoder), None),
                Err(error) => (Input::Closed, Some(decoding_fault(&error, 0))),
            },
        };
        Self {
            input,
            buffer: Buffer::default(),
            sha256: Sha256::new(),
            size: 0,
            fault,
            sink,
        }
    }

    /// The one place where decoded bytes come from and are hashed.
    fn next_chunk(&mut self) {
        let Self { input, sink, .. } = self;
        let result = self.buffer.refill(|free| input.read(free, sink));
        self.sha256.update(self.buffer.unread());
        self.size = self.size.saturating_add(self.buffer.unread().len() as u64);
        if let Err(error) = result {
            self.fault = Some(self.describe(&error));
        }
    }

    fn describe(&self, error: &io::Error) -> ReadFault {
        let inner = error.get_ref().and_then(|inner| inner.downcast_ref());
        if let Some(error) = inner {
            return decoding_fault(error, self.size);
        }
        let offset = match &self.input {
            Input::Plain(source) => source.size(),
            Input::Coded(decoder) => decoder.consumed(),
            Input::Closed => 0,
        };
        ReadFault {
            stage: FaultStage::Read,
            message: format!("the stored blob cannot be read on at byte {offset}: {error}"),
            blob_offset: Some(offset),
            tar_offset: Some(self.size),
        }
    }

    /// Reads what is left and tells what was seen.
    pub(crate) fn finish(mut self) -> ChunkSums {
        while let Ok(chunk) = self.fill_buf()
            && !chunk.is_empty()
        {
            let length = chunk.len();
            self.consume(length);
        }
        let sha256 = self
            .fault
            .is_none()
            .then(|| Digest::sha256(self.sha256.finalize().into()));
        ChunkSums {
            size: self.size,
            sha256,
            fault: self.fault,
            anomalies: match &self.input {
                Input::Coded(decoder) => decoder.anomalies().to_vec(),
                Input::Plain(_) | Input::Closed => Vec::new(),
            },
        }
    }
}

impl<R: Read> Input<'_, R> {
    fn read(&mut self, free: &mut [u8], sink: &SharedSink<'_>) -> io::Result<usize> {
        let decoder = match self {
            Self::Plain(source) => return source.read(free),
            Self::Coded(decoder) => decoder,
            Self::Closed => return Ok(0),
        };
        loop {
            match decoder.decode(free)? {
                Decoded::Output(count) => return Ok(count),
                Decoded::Hidden {
                    place,
                    offset,
                    bytes,
                } => sink.borrow_mut().hidden(place, offset, bytes),
                Decoded::End => return Ok(0),
            }
        }
    }
}

fn decoding_fault(error: &CompressionError, tar_offset: u64) -> ReadFault {
    let (stage, blob_offset) = match *error {
        CompressionError::Limit { offset, .. } => (FaultStage::Limit, Some(offset)),
        CompressionError::Truncated { offset, .. } | CompressionError::Damaged { offset, .. } => {
            (FaultStage::Decompress, Some(offset))
        }
        _ => (FaultStage::Decompress, None),
    };
    ReadFault {
        stage,
        message: error.to_string(),
        blob_offset,
        tar_offset: Some(tar_offset),
    }
}

impl<R: Read> Read for Chunks<'_, '_, R> {
    fn read(&mut self, out: &mut [u8]) -> io::Result<usize> {
        let count = self.fill_buf()?.read(out)?;
        self.consume(count);
        Ok(count)
    }
}

impl<R: Read> BufRead for Chunks<'_, '_, R> {
    fn fill_buf(&mut self) -> io::Result<&[u8]> {
        if self.buffer.unread().is_empty() && self.fault.is_none() {
            self.next_chunk();
        }
        match &self.fault {
            Some(fault) if self.buffer.unread().is_empty() => Err(io::Error::other(fault.clone())),
            _ => Ok(self.buffer.unread()),
        }
    }

    fn consume(&mut self, amount: usize) {
        self.buffer.consume(amount);
    }
}
