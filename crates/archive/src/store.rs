//! The bytes of an archive: positioned reads in its file, or in the files of its directory.

use std::{
    fs::{self, File, Metadata},
    io,
    path::Path,
};

use imglint_format::{BlobId, BlobSource};

use crate::{
    OpenError,
    members::{Member, MemberKind, Members, Piece, Place},
    name::show,
};

/// Bytes read at once when blobs are compared.
const CHUNK: usize = 256 * 1024;

/// The members of an archive and the file that they lie in.
#[derive(Debug)]
pub(crate) struct Store {
    /// `None` for a directory, whose members have files of their own.
    pub(crate) file: Option<File>,
    /// What that file was when it was opened; none for a temporary one.
    pub(crate) seen: Option<Metadata>,
    pub(crate) members: Members,
}

impl Store {
    /// Errs when the archive's file, or one of its directory's, is not what it was.
    pub(crate) fn check_unchanged(&self, archive: &str) -> Result<(), OpenError> {
        if let (Some(file), Some(seen)) = (&self.file, &self.seen) {
            compare(archive, seen, file.metadata())?;
        }
        for (_, member) in self.members.files() {
            if let MemberKind::File(Place::Path { path, seen }) = &member.kind {
                let file = show(path.as_os_str().as_encoded_bytes());
                compare(&file, seen, fs::symlink_metadata(path))?;
            }
        }
        Ok(())
    }

    /// Whether two blobs have the same bytes; of sparse ones, whose holes may be endless, it says no.
    pub(crate) fn same_bytes(&self, a: BlobId, b: BlobId) -> io::Result<bool> {
        let sparse = |blob| matches!(self.members.place(blob), Some(Place::Sparse { .. }));
        if a == b {
            return Ok(true);
        }
        if self.size(a) != self.size(b) || sparse(a) || sparse(b) {
            return Ok(false);
        }
        let (mut left, mut right) = (vec![0; CHUNK], vec![0; CHUNK]);
        let mut offset = 0;
        loop {
            let count = self.fill(a, offset, &mut left)?;
            let other = self.fill(b, offset, &mut right)?;
            if left.get(..count) != right.get(..other) {
                return Ok(false);
            }
            if count == 0 {
                return Ok(true);
            }
            offset = offset.saturating_add(count as u64);
        }
    }

    /// The whole blob, which must not be longer than `cap` bytes.
    pub(crate) fn read(&self, blob: BlobId, cap: u64) -> io::Result<Option<Vec<u8>>> {
        let size = self.size(blob);
        let (true, Ok(length)) = (size <= cap, usize::try_from(size)) else {
            return Ok(None);
        };
        let mut bytes = vec![0; length];
        if self.fill(blob, 0, &mut bytes)? < length {
            return Err(io::ErrorKind::UnexpectedEof.into());
        }
        Ok(Some(bytes))
    }

    /// Reads until `buf` is full or the blob ends.
    fn fill(&self, blob: BlobId, offset: u64, buf: &mut [u8]) -> io::Result<usize> {
        let mut filled = 0;
        while let Some(rest) = buf.get_mut(filled..).filter(|rest| !rest.is_empty()) {
            let count = self.read_at(blob, offset.saturating_add(filled as u64), rest)?;
            if count == 0 {
                break;
            }
            filled = filled.saturating_add(count);
        }
        Ok(filled)
    }

    fn read_place(&self, place: &Place, offset: u64, buf: &mut [u8]) -> io::Result<usize> {
        let buf = up_to(buf, place.size().saturating_sub(offset));
        match place {
            Place::Run { offset: start, .. } | Place::Stray { offset: start, .. } => {
                self.read_file(start.saturating_add(offset), buf)
            }
            Place::Sparse { pieces, .. } => self.read_sparse(pieces, offset, buf),
            Place::Path { path, seen } => read_at(&open_same(path, seen)?, offset, buf),
        }
    }

    /// Reads up to the end of the piece or hole that `offset` lies in.
    fn read_sparse(&self, pieces: &[Piece], offset: u64, buf: &mut [u8]) -> io::Result<usize> {
        let next = pieces.partition_point(|piece| end(piece) <= offset);
        let Some(piece) = pieces.get(next) else {
            return Ok(zero(buf));
        };
        match offset.checked_sub(piece.logical) {
            Some(within) => {
                let buf = up_to(buf, piece.size.saturating_sub(within));
                self.read_file(piece.stored.saturating_add(within), buf)
            }
            None => Ok(zero(up_to(buf, piece.logical.saturating_sub(offset)))),
        }
    }

    fn read_file(&self, offset: u64, buf: &mut [u8]) -> io::Result<usize> {
        match &self.file {
            Some(file) => read_at(file, offset, buf),
            None => Ok(0),
        }
    }
}

impl BlobSource for Store {
    fn size(&self, blob: BlobId) -> u64 {
        self.members.place(blob).map_or(0, Place::size)
    }

    fn read_at(&self, blob: BlobId, offset: u64, buf: &mut [u8]) -> io::Result<usize> {
        match self.members.place(blob) {
            Some(place) if offset < place.size() => self.read_place(place, offset, buf),
            _ => Ok(0),
        }
    }

    fn describe(&self, blob: BlobId) -> String {
        match self.members.get(blob) {
            Some(member) => describe(member),
            None => format!("blob {}", blob.index()),
        }
    }
}

fn describe(member: &Member) -> String {
    match &member.kind {
        MemberKind::File(Place::Stray { offset, size }) => {
            format!(
                "bytes {offset}–{} outside any member",
                offset.saturating_add(*size)
            )
        }
        _ => show(&member.name),
    }
}

fn up_to(buf: &mut [u8], size: u64) -> &mut [u8] {
    let length = usize::try_from(size).map_or(buf.len(), |size| size.min(buf.len()));
    buf.get_mut(..length).unwrap_or_default()
}

fn zero(buf: &mut [u8]) -> usize {
    buf.fill(0);
    buf.len()
}

fn end(piece: &Piece) -> u64 {
    piece.logical.saturating_add(piece.size)
}

/// Errs unless both are of one file in one state.
///
/// The change time would tell more, but it also tells of links made or removed.
fn compare(file: &str, seen: &Metadata, now: io::Result<Metadata>) -> Result<(), OpenError> {
    let after = match now {
        Ok(now) => {
            let same_time = now.modified().ok() == seen.modified().ok();
            if now.len() == seen.len() && same_time && same_file(seen, &now) {
                return Ok(());
            }
            Some(now.len())
        }
        Err(error) if error.kind() == io::ErrorKind::NotFound => None,
        Err(source) => {
            let archive = file.to_owned();
            return Err(OpenError::Io { archive, source });
        }
    };
    Err(OpenError::Changed {
        file: file.to_owned(),
        before: seen.len(),
        after,
    })
}

/// Opens a file of a directory, unless another one has taken its place since.
fn open_same(path: &Path, seen: &Metadata) -> io::Result<File> {
    let file = File::open(path)?;
    let now = file.metadata()?;
    if now.len() != seen.len() || !same_file(seen, &now) {
        return Err(io::Error::other("the file changed while it was read"));
    }
    Ok(file)
}

#[cfg(unix)]
fn same_file(a: &Metadata, b: &Metadata) -> bool {
    use std::os::unix::fs::MetadataExt;
    (a.dev(), a.ino()) == (b.dev(), b.ino())
}

#[cfg(not(unix))]
fn same_file(a: &Metadata, b: &Metadata) -> bool {
    a.file_type() == b.file_type()
}

#[cfg(unix)]
pub(crate) fn read_at(file: &File, offset: u64, buf: &mut [u8]) -> io::Result<usize> {
    std::os::unix::fs::FileExt::read_at(file, buf, offset)
}

#[cfg(windows)]
pub(crate) fn read_at(file: &File, offset: u64, buf: &mut [u8]) -> io::Result<usize> {
    std::os::windows::fs::FileExt::seek_read(file, buf, offset)
}
