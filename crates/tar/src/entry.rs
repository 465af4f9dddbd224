//! One member of an archive, with all its extension records applied.

use crate::{header::BLOCK, pax::PaxRecords};

/// A member as Go's `archive/tar` gives it, and where it lies in the stream.
///
/// The reader reuses one value for all members; clone it to keep it.
#[derive(Debug, Clone)]
#[non_exhaustive]
pub struct Entry {
    /// Where its first block begins, extension headers included.
    pub offset: u64,
    /// Where its own header block begins.
    pub header_offset: u64,
    /// Where its stored content begins, after headers and sparse maps.
    pub data_offset: u64,
    /// Path as it stands in the archive, neither cleaned nor checked.
    pub path: Vec<u8>,
    /// Target of a link; for other kinds whatever the header says.
    pub link: Vec<u8>,
    /// What the member is.
    pub kind: EntryKind,
    /// Type flag of the header, unchanged.
    pub typeflag: u8,
    /// Permission bits; the low 32 bits of the field, of which engines use `0o7777`.
    pub mode: u32,
    /// User id, negative if the archive says so.
    pub uid: i64,
    /// Group id, negative if the archive says so.
    pub gid: i64,
    /// User name.
    pub uname: Vec<u8>,
    /// Group name.
    pub gname: Vec<u8>,
    /// Bytes of content as a user of the file sees them: holes count; 0 for kinds without content.
    pub size: u64,
    /// Bytes of content in the stream, padding and sparse maps not counted.
    pub stored_size: u64,
    /// Go's `Header.Size`: as `size`, but for kinds without content whatever the header states.
    pub header_size: i64,
    /// Time of last change.
    pub mtime: Timestamp,
    /// Major and minor number of a device.
    pub device: (i64, i64),
    /// Records of the PAX header that was applied; empty without one.
    pub pax: PaxRecords,
    /// Whether the content has a sparse map.
    pub sparse: bool,
    /// Data ranges of a sparse file, ascending; empty for other files.
    pub segments: Vec<Segment>,
    /// Format of the header block by its magic.
    pub format: Format,
    /// The header block itself.
    pub raw: [u8; BLOCK],
}

impl Entry {
    /// Extended attributes: the records `SCHILY.xattr.NAME` that count, as `(NAME, value)`.
    ///
    /// Of a repeated name the last counts; an empty value is none, as in Go.
    pub fn xattrs(&self) -> impl Iterator<Item = (&[u8], &[u8])> {
        self.pax.effective().filter_map(|record| {
            let name = record.key.strip_prefix(b"SCHILY.xattr.")?;
            Some((name, record.value))
        })
    }
}

impl Default for Entry {
    fn default() -> Self {
        Self {
            offset: 0,
            header_offset: 0,
            data_offset: 0,
            path: Vec::new(),
            link: Vec::new(),
            kind: EntryKind::File,
            typeflag: b'0',
            mode: 0,
            uid: 0,
            gid: 0,
            uname: Vec::new(),
            gname: Vec::new(),
            size: 0,
            stored_size: 0,
            header_size: 0,
            mtime: Timestamp::default(),
            device: (0, 0),
            pax: PaxRecords::default(),
            sparse: false,
            segments: Vec::new(),
            format: Format::V7,
            raw: [0; BLOCK],
        }
    }
}

/// What a member is, by type flag.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum EntryKind {
    /// `0`, NUL, or `S` (old GNU sparse): a regular file.
    File,
    /// `1`: another name of a member that came before.
    HardLink,
    /// `2`: a symbolic link.
    Symlink,
    /// `3`: a character device.
    CharDevice,
    /// `4`: a block device.
    BlockDevice,
    /// `5`, or NUL with a path that ends in `/`: a directory.
    Directory,
    /// `6`: a named pipe.
    Fifo,
    /// Any other flag; engines refuse to unpack it.
    Other(u8),
}

impl EntryKind {
    pub(crate) fn new(typeflag: u8, path: &[u8]) -> Self {
        match typeflag {
            0 if path.ends_with(b"/") => Self::Directory,
            0 | b'0' | b'S' => Self::File,
            b'1' => Self::HardLink,
            b'2' => Self::Symlink,
            b'3' => Self::CharDevice,
            b'4' => Self::BlockDevice,
            b'5' => Self::Directory,
            b'6' => Self::Fifo,
            other => Self::Other(other),
        }
    }

    /// Whether content may follow the header; for other kinds a size means nothing.
    #[must_use]
    pub fn has_content(self) -> bool {
        matches!(self, Self::File | Self::Other(_))
    }
}

/// A moment, counted from 1970-01-01 00:00:00 UTC.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Timestamp {
    /// Whole seconds, rounded down.
    pub seconds: i64,
    /// Nanoseconds after them, below 1 000 000 000.
    pub nanos: u32,
}

/// A range of a sparse file that has data.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub struct Segment {
    /// First byte within the file.
    pub offset: u64,
    /// Bytes of data.
    pub length: u64,
}

/// Layout of a header block, by its magic.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum Format {
    /// No known magic: neither names of owners nor a prefix.
    V7,
    /// POSIX.1-1988, also the base of PAX archives.
    Ustar,
    /// GNU: no prefix.
    Gnu,
    /// Schily's tar: a shorter prefix.
    Star,
}
