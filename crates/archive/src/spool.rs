//! Getting at an input that can be read at any offset: the file itself, or a temporary copy.

use std::{
    fs::{File, Metadata},
    io::{self, BufReader, ErrorKind, Read, Seek, SeekFrom, Write},
    ops::Range,
};

use imglint_tar::{Compression, CompressionError, Decoded, Decoder, Hidden};

use crate::{OpenError, Options, Stranger, outer, store, stranger};

const CHUNK: usize = 256 * 1024;

/// Bytes kept of what compressed streams hide between their members; builders write none.
const MAX_HIDDEN: usize = 1 << 20;

/// An uncompressed input.
#[derive(Debug)]
pub(crate) struct Input {
    pub(crate) file: File,
    /// What the file was when it was opened; none for a temporary file, which nobody else writes.
    pub(crate) seen: Option<Metadata>,
    /// Bytes of the tar; the file may be longer.
    pub(crate) size: u64,
    /// Of the whole file, before it was decompressed.
    pub(crate) compression: Compression,
    /// Where in `file` those bytes are kept that the compressed stream had beside the tar.
    pub(crate) hidden: Range<u64>,
    pub(crate) oddities: Vec<Oddity>,
}

/// Something odd about the compression of the whole file.
#[derive(Debug)]
pub(crate) struct Oddity {
    pub(crate) code: &'static str,
    pub(crate) detail: String,
    /// Whether some of the bytes could not be kept.
    pub(crate) lost: bool,
}

/// Takes `file` as it is, or decompresses it into a temporary file.
pub(crate) fn of_file(
    archive: &str,
    mut file: File,
    options: &Options,
) -> Result<Input, OpenError> {
    let io = |source| OpenError::Io {
        archive: archive.to_owned(),
        source,
    };
    let seen = file.metadata().map_err(io)?;
    let size = seen.len();
    let mut head = vec![0; stranger::HEAD];
    let read = store::read_at(&file, 0, &mut head).map_err(io)?;
    head.truncate(read);
    let compression = Compression::detect(&head);
    if compression != Compression::None {
        file.rewind().map_err(io)?;
        return of_reader(archive, file, options);
    }
    if size == 0 {
        return Err(OpenError::Empty {
            archive: archive.to_owned(),
        });
    }
    if !outer::begins_like_tar(&head) {
        return Err(not_an_archive(archive, compression, &head));
    }
    Ok(Input {
        file,
        seen: Some(seen),
        size,
        compression,
        hidden: size..size,
        oddities: Vec::new(),
    })
}

/// Copies `input`, decompressed, into a temporary file that has no name.
pub(crate) fn of_reader(
    archive: &str,
    mut input: impl Read,
    options: &Options,
) -> Result<Input, OpenError> {
    let io = |source| OpenError::Io {
        archive: archive.to_owned(),
        source,
    };
    let mut head = Vec::new();
    input
        .by_ref()
        .take(stranger::HEAD as u64)
        .read_to_end(&mut head)
        .map_err(io)?;
    if head.is_empty() {
        return Err(OpenError::Empty {
            archive: archive.to_owned(),
        });
    }
    let compression = Compression::detect(&head);
    let input = BufReader::with_capacity(CHUNK, head.as_slice().chain(input));
    let mut spool = Spool::new(archive, options)?;
    if compression == Compression::None {
        // Whatever would never be a tar is not copied: `yes | imglint -` would fill the disk.
        if !outer::begins_like_tar(&head) {
            return Err(not_an_archive(archive, compression, &head));
        }
        spool.copy(input)?;
    } else {
        spool.decode(input, compression)?;
    }
    spool.finish(compression)
}

pub(crate) fn not_an_archive(archive: &str, compression: Compression, head: &[u8]) -> OpenError {
    OpenError::NotAnArchive {
        archive: archive.to_owned(),
        compression,
        what: Stranger::of(head),
    }
}

/// A temporary file that is being filled.
struct Spool<'a> {
    archive: &'a str,
    options: &'a Options,
    file: File,
    size: u64,
    hidden: Vec<u8>,
    oddities: Vec<Oddity>,
}

impl<'a> Spool<'a> {
    fn new(archive: &'a str, options: &'a Options) -> Result<Self, OpenError> {
        let file = match &options.spool_dir {
            Some(directory) => tempfile::tempfile_in(directory),
            None => tempfile::tempfile(),
        };
        let file = file.map_err(|source| OpenError::Spool {
            archive: archive.to_owned(),
            offset: 0,
            source,
        })?;
        Ok(Self {
            archive,
            options,
            file,
            size: 0,
            hidden: Vec::new(),
            oddities: Vec::new(),
        })
    }

    fn copy(&mut self, mut input: impl Read) -> Result<(), OpenError> {
        let mut chunk = vec![0; CHUNK];
        loop {
            let count = match input.read(&mut chunk) {
                Ok(0) => return Ok(()),
                Ok(count) => count,
                Err(error) if error.kind() == ErrorKind::Interrupted => continue,
                Err(source) => {
                    return Err(OpenError::Io {
                        archive: self.archive.to_owned(),
                        source,
                    });
                }
            };
            self.write(chunk.get(..count).unwrap_or_default())?;
        }
    }

    fn decode(
        &mut self,
        input: impl io::BufRead,
        compression: Compression,
    ) -> Result<(), OpenError> {
        let mut limits = self.options.tar;
        // One bound for both ways in, with one message: the spool's own.
        limits.decoded_bytes = u64::MAX;
        let mut decoder = Decoder::new(input, compression, &limits)
            .map_err(|error| self.damaged(compression, io::Error::other(error)))?;
        let mut chunk = vec![0; CHUNK];
        loop {
            match decoder.decode(&mut chunk) {
                Ok(Decoded::Output(count)) => self.write(chunk.get(..count).unwrap_or_default())?,
                Ok(Decoded::Hidden {
                    place,
                    offset,
                    bytes,
                }) => self.hide(place, offset, bytes),
                Ok(Decoded::End) => return Ok(()),
                Err(error) => return Err(self.damaged(compression, error)),
            }
        }
    }

    fn write(&mut self, bytes: &[u8]) -> Result<(), OpenError> {
        let size = self.size.saturating_add(bytes.len() as u64);
        if size > self.options.spool_cap {
            let (archive, cap) = (self.archive.to_owned(), self.options.spool_cap);
            return Err(OpenError::TooLarge { archive, cap });
        }
        self.file
            .write_all(bytes)
            .map_err(|source| self.full(source))?;
        self.size = size;
        Ok(())
    }

    /// Keeps bytes that are not part of the tar; one oddity for each run of them.
    fn hide(&mut self, place: Hidden, offset: u64, bytes: &[u8]) {
        let room = MAX_HIDDEN.saturating_sub(self.hidden.len());
        let kept = bytes.get(..room).unwrap_or(bytes);
        self.hidden.extend_from_slice(kept);
        let (code, what) = match place {
            Hidden::GzipHeader => ("gzip-header", "gzip header holds further text"),
            Hidden::SkippableFrame => ("zstd-skippable-frame", "zstd frame that decoders skip"),
            _ => (
                "trailing-data",
                "data after the end of the compressed archive",
            ),
        };
        let lost = kept.len() < bytes.len();
        if let Some(oddity) = self.oddities.iter_mut().find(|oddity| oddity.code == code) {
            oddity.lost |= lost;
            return;
        }
        let detail = format!("{what}, from byte {offset} of the compressed file on");
        self.oddities.push(Oddity { code, detail, lost });
    }

    fn finish(mut self, compression: Compression) -> Result<Input, OpenError> {
        let hidden = std::mem::take(&mut self.hidden);
        let written = self
            .file
            .seek(SeekFrom::Start(self.size))
            .and_then(|_| self.file.write_all(&hidden));
        written.map_err(|source| self.full(source))?;
        let mut head = vec![0; stranger::HEAD];
        let read = store::read_at(&self.file, 0, &mut head).map_err(|source| self.full(source))?;
        head.truncate(read.min(usize::try_from(self.size).unwrap_or(usize::MAX)));
        if compression != Compression::None {
            self.check_inside(compression, &head)?;
        }
        Ok(Input {
            file: self.file,
            seen: None,
            size: self.size,
            compression,
            hidden: self.size..self.size.saturating_add(hidden.len() as u64),
            oddities: self.oddities,
        })
    }

    /// What was compressed must be a tar.
    fn check_inside(&self, outer: Compression, head: &[u8]) -> Result<(), OpenError> {
        let archive = self.archive.to_owned();
        match Compression::detect(head) {
            Compression::None if head.is_empty() => Err(OpenError::Empty { archive }),
            Compression::None if outer::begins_like_tar(head) => Ok(()),
            Compression::None => Err(not_an_archive(self.archive, outer, head)),
            inner => Err(OpenError::CompressionNested {
                archive,
                outer,
                inner,
            }),
        }
    }

    fn full(&self, source: io::Error) -> OpenError {
        OpenError::Spool {
            archive: self.archive.to_owned(),
            offset: self.size,
            source,
        }
    }

    fn damaged(&self, compression: Compression, source: io::Error) -> OpenError {
        let archive = self.archive.to_owned();
        match source.downcast::<CompressionError>() {
            Ok(source) => OpenError::DamagedCompression {
                archive,
                compression,
                source,
            },
            Err(source) => OpenError::Io { archive, source },
        }
    }
}
