//! The seam between who stores the bytes of an image and who reads them.

use std::io::{self, Read, Seek, SeekFrom};

/// One run of stored bytes within a source; equal ids, same bytes.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct BlobId(u32);

impl BlobId {
    /// The id with this number; a source gives its ids meaning.
    #[must_use]
    pub const fn new(index: u32) -> Self {
        Self(index)
    }

    /// The number given to [`BlobId::new`].
    #[must_use]
    pub const fn index(self) -> u32 {
        self.0
    }
}

/// Stored bytes, read at any offset and from any thread.
pub trait BlobSource: Send + Sync {
    /// Length in bytes; 0 for an id that the source does not know.
    fn size(&self, blob: BlobId) -> u64;

    /// Fills the start of `buf` with bytes from `offset` on and says how many; 0 means the end.
    ///
    /// # Errors
    /// Whatever the storage below reports.
    fn read_at(&self, blob: BlobId, offset: u64, buf: &mut [u8]) -> io::Result<usize>;

    /// What to call the blob in messages: the member's name in the archive, such as `blobs/sha256/ab…`.
    fn describe(&self, blob: BlobId) -> String;
}

/// Reads one blob from its start to its end.
pub struct BlobReader<'a> {
    source: &'a dyn BlobSource,
    blob: BlobId,
    position: u64,
}

impl<'a> BlobReader<'a> {
    /// A reader that stands at the first byte of `blob`.
    #[must_use]
    pub fn new(source: &'a dyn BlobSource, blob: BlobId) -> Self {
        Self {
            source,
            blob,
            position: 0,
        }
    }
}

impl std::fmt::Debug for BlobReader<'_> {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("BlobReader")
            .field("blob", &self.blob)
            .field("position", &self.position)
            .finish_non_exhaustive()
    }
}

impl Read for BlobReader<'_> {
    fn read(&mut self, buf: &mut [u8]) -> io::Result<usize> {
        let count = self.source.read_at(self.blob, self.position, buf)?;
        self.position = self.position.saturating_add(count as u64);
        Ok(count)
    }
}

impl Seek for BlobReader<'_> {
    fn seek(&mut self, to: SeekFrom) -> io::Result<u64> {
        let target = match to {
            SeekFrom::Start(offset) => Some(offset),
            SeekFrom::End(delta) => self.source.size(self.blob).checked_add_signed(delta),
            SeekFrom::Current(delta) => self.position.checked_add_signed(delta),
        };
        self.position = target.ok_or_else(|| {
            io::Error::new(io::ErrorKind::InvalidInput, "seek before the first byte")
        })?;
        Ok(self.position)
    }
}

/// Named blobs held in memory: for tests, and for images that never were a file.
#[derive(Debug, Clone, Default)]
pub struct MemoryBlobs(Vec<(String, Vec<u8>)>);

impl MemoryBlobs {
    /// A source without blobs.
    #[must_use]
    pub fn new() -> Self {
        Self::default()
    }

    /// Keeps `bytes` under `name`; `None` once 2³² blobs are held.
    pub fn add(&mut self, name: impl Into<String>, bytes: impl Into<Vec<u8>>) -> Option<BlobId> {
        let id = u32::try_from(self.0.len()).ok()?;
        self.0.push((name.into(), bytes.into()));
        Some(BlobId(id))
    }

    fn blob(&self, blob: BlobId) -> Option<&(String, Vec<u8>)> {
        self.0.get(usize::try_from(blob.0).ok()?)
    }
}

impl BlobSource for MemoryBlobs {
    fn size(&self, blob: BlobId) -> u64 {
        self.blob(blob).map_or(0, |(_, bytes)| bytes.len() as u64)
    }

    fn read_at(&self, blob: BlobId, offset: u64, buf: &mut [u8]) -> io::Result<usize> {
        let rest = self.blob(blob).and_then(|(_, bytes)| {
            let start = usize::try_from(offset).ok()?;
            bytes.get(start..)
        });
        rest.unwrap_or_default().read(buf)
    }

    fn describe(&self, blob: BlobId) -> String {
        self.blob(blob)
            .map_or_else(|| format!("blob {}", blob.0), |(name, _)| name.clone())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn one(bytes: &[u8]) -> (MemoryBlobs, BlobId) {
        let mut blobs = MemoryBlobs::new();
        let id = blobs.add("layer.tar", bytes).unwrap();
        (blobs, id)
    }

    #[test]
    fn reads_from_any_offset() {
        let (blobs, id) = one(b"abcdef");
        let mut buf = [0; 3];
        assert_eq!(blobs.read_at(id, 2, &mut buf).unwrap(), 3);
        assert_eq!(&buf, b"cde");
        assert_eq!(blobs.read_at(id, 5, &mut buf).unwrap(), 1);
        assert_eq!(blobs.read_at(id, 6, &mut buf).unwrap(), 0);
        assert_eq!(blobs.read_at(id, u64::MAX, &mut buf).unwrap(), 0);
    }

    #[test]
    fn unknown_id_is_empty() {
        let (blobs, _) = one(b"x");
        let unknown = BlobId::new(7);
        assert_eq!(blobs.size(unknown), 0);
        assert_eq!(blobs.read_at(unknown, 0, &mut [0; 4]).unwrap(), 0);
        assert_eq!(blobs.describe(unknown), "blob 7");
    }

    #[test]
    fn reader_reads_on_after_a_seek() {
        let (blobs, id) = one(b"abcdef");
        let mut reader = BlobReader::new(&blobs, id);
        let mut text = String::new();
        reader.seek(SeekFrom::End(-2)).unwrap();
        reader.read_to_string(&mut text).unwrap();
        assert_eq!(text, "ef");
        assert!(reader.seek(SeekFrom::Current(-7)).is_err());
        assert_eq!(
            reader.stream_position().unwrap(),
            6,
            "a refused seek does not move"
        );
    }
}
