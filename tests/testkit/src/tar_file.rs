//! A tar file, written entry by entry, with the faults a test asks for.

use std::fmt;

use tar::{EntryType, Header};

use crate::digest;

pub(crate) const BLOCK: usize = 512;

/// One layer's tar: changes over the layers below (image-spec, `layer.md`).
pub type Layer = TarFile;

/// An archive's outer tar, for what no writer would write.
pub type Outer = TarFile;

/// The bytes of a tar file, so far.
///
/// Headers are POSIX ustar; long names go into PAX records, as Go's
/// `archive/tar` does it. Paths are written as given, be they absolute, `..` or
/// not UTF-8; directories get the trailing slash that engines write.
#[derive(Clone, Default)]
pub struct TarFile {
    pub(crate) bytes: Vec<u8>,
    pub(crate) last_header: usize,
    pub(crate) endless: bool,
}

impl fmt::Debug for TarFile {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "TarFile({} bytes)", self.bytes().len())
    }
}

/// What `chmod`, `chown` and `touch` change.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Meta {
    /// Permission bits, set-user-ID and its like among them.
    pub mode: u32,
    /// Owner.
    pub uid: u64,
    /// Group.
    pub gid: u64,
    /// Seconds since 1970.
    pub mtime: u64,
}

impl Default for Meta {
    /// A file of mode 0644, root's, of the year 1970.
    fn default() -> Self {
        Self {
            mode: 0o644,
            uid: 0,
            gid: 0,
            mtime: 0,
        }
    }
}

impl Meta {
    /// The default but for the permission bits.
    #[must_use]
    pub fn mode(mode: u32) -> Self {
        Self {
            mode,
            ..Self::default()
        }
    }
}

/// What people put into tars.
impl TarFile {
    /// A tar with no entry: two zero blocks.
    #[must_use]
    pub fn new() -> Self {
        Self::default()
    }

    /// A regular file of mode 0644, owner 0 and time 0.
    #[must_use]
    pub fn file(self, path: impl AsRef<[u8]>, content: impl AsRef<[u8]>) -> Self {
        self.file_with(path, content, Meta::default())
    }

    /// A regular file.
    #[must_use]
    pub fn file_with(self, path: impl AsRef<[u8]>, content: impl AsRef<[u8]>, meta: Meta) -> Self {
        self.node(
            EntryType::Regular,
            path.as_ref(),
            b"",
            meta,
            content.as_ref(),
        )
    }

    /// A regular file with extended attributes, as `SCHILY.xattr.` PAX records.
    #[must_use]
    pub fn xattr_file(
        self,
        path: impl AsRef<[u8]>,
        content: impl AsRef<[u8]>,
        xattrs: &[(&str, &[u8])],
    ) -> Self {
        self.xattrs(xattrs).file(path, content)
    }

    /// Extended attributes of the next entry.
    #[must_use]
    pub fn xattrs(self, xattrs: &[(&str, &[u8])]) -> Self {
        let keys: Vec<String> = xattrs
            .iter()
            .map(|(name, _)| format!("SCHILY.xattr.{name}"))
            .collect();
        let records: Vec<(&str, &[u8])> = keys
            .iter()
            .zip(xattrs)
            .map(|(key, (_, value))| (key.as_str(), *value))
            .collect();
        self.pax(&records)
    }

    /// A directory of mode 0755, owner 0 and time 0.
    #[must_use]
    pub fn dir(self, path: impl AsRef<[u8]>) -> Self {
        self.dir_with(path, Meta::mode(0o755))
    }

    /// A directory.
    #[must_use]
    pub fn dir_with(self, path: impl AsRef<[u8]>, meta: Meta) -> Self {
        let mut path = path.as_ref().to_vec();
        if !path.ends_with(b"/") {
            path.push(b'/');
        }
        self.node(EntryType::Directory, &path, b"", meta, b"")
    }

    /// A symbolic link.
    #[must_use]
    pub fn symlink(self, path: impl AsRef<[u8]>, target: impl AsRef<[u8]>) -> Self {
        let meta = Meta::mode(0o777);
        self.node(
            EntryType::Symlink,
            path.as_ref(),
            target.as_ref(),
            meta,
            b"",
        )
    }

    /// A hard link to an earlier entry.
    #[must_use]
    pub fn hard_link(self, path: impl AsRef<[u8]>, target: impl AsRef<[u8]>) -> Self {
        self.node(
            EntryType::Link,
            path.as_ref(),
            target.as_ref(),
            Meta::default(),
            b"",
        )
    }

    /// A whiteout of this path: `d/a` becomes the empty file `d/.wh.a`.
    #[must_use]
    pub fn whiteout(self, path: impl AsRef<[u8]>) -> Self {
        let path = path.as_ref();
        let name = path
            .iter()
            .rposition(|&byte| byte == b'/')
            .map_or(0, |slash| slash + 1);
        let (parent, name) = path.split_at(name);
        self.file([parent, b".wh.", name].concat(), "")
    }

    /// An opaque whiteout of this directory; `""` is the root.
    #[must_use]
    pub fn opaque(self, dir: impl AsRef<[u8]>) -> Self {
        let dir = dir.as_ref();
        let slash: &[u8] = if dir.is_empty() || dir.ends_with(b"/") {
            b""
        } else {
            b"/"
        };
        self.file([dir, slash, b".wh..wh..opq"].concat(), "")
    }

    /// A device node; `kind` is `EntryType::Char` or `EntryType::Block`.
    #[must_use]
    pub fn device(self, path: impl AsRef<[u8]>, kind: EntryType, major: u32, minor: u32) -> Self {
        self.header(path, kind, 0, |header| {
            header.set_device_major(major).unwrap();
            header.set_device_minor(minor).unwrap();
        })
    }

    /// A named pipe.
    #[must_use]
    pub fn fifo(self, path: impl AsRef<[u8]>) -> Self {
        self.node(EntryType::Fifo, path.as_ref(), b"", Meta::default(), b"")
    }

    /// A sparse file in PAX format 1.0: extents of data in `size` bytes of zeros.
    #[must_use]
    pub fn sparse_file(self, path: &str, size: u64, extents: &[(u64, &[u8])]) -> Self {
        let map = extents
            .iter()
            .fold(format!("{}\n", extents.len()), |map, (offset, data)| {
                format!("{map}{offset}\n{}\n", data.len())
            });
        let mut content = map.into_bytes();
        pad(&mut content);
        content.extend(extents.iter().flat_map(|(_, data)| data.iter()));
        self.pax(&[
            ("GNU.sparse.major", b"1"),
            ("GNU.sparse.minor", b"0"),
            ("GNU.sparse.name", path.as_bytes()),
            ("GNU.sparse.realsize", size.to_string().as_bytes()),
        ])
        .file("GNUSparseFile.0/sparse", content)
    }
}

/// The result.
impl TarFile {
    /// The whole tar, with its two zero blocks unless they are left out.
    #[must_use]
    pub fn bytes(&self) -> Vec<u8> {
        let mut bytes = self.bytes.clone();
        if !self.endless {
            bytes.resize(bytes.len() + 2 * BLOCK, 0);
        }
        bytes
    }

    /// `sha256:` and the digest of the uncompressed tar (image-spec, `config.md`).
    #[must_use]
    pub fn diff_id(&self) -> String {
        digest::sha256(&self.bytes())
    }

    pub(crate) fn diff_hex(&self) -> String {
        digest::hex(&self.bytes())
    }

    fn node(
        mut self,
        kind: EntryType,
        path: &[u8],
        link: &[u8],
        meta: Meta,
        content: &[u8],
    ) -> Self {
        let mut header = plain_header(kind, meta);
        let name_fits = copy(&mut header.as_old_mut().name, path);
        let link_fits = copy(&mut header.as_old_mut().linkname, link);
        header.set_size(content.len() as u64);
        header.set_cksum();

        let long = [("path", path, name_fits), ("linkpath", link, link_fits)];
        let records: Vec<(&str, &[u8])> = long
            .into_iter()
            .filter(|(_, _, fits)| !fits)
            .map(|(key, value, _)| (key, value))
            .collect();
        if !records.is_empty() {
            self = self.pax(&records);
        }
        self.put_header(&header);
        self.body(content)
    }

    pub(crate) fn extension(mut self, kind: EntryType, name: &[u8], content: &[u8]) -> Self {
        let mut header = plain_header(kind, Meta::default());
        copy(&mut header.as_old_mut().name, name);
        header.set_size(content.len() as u64);
        header.set_cksum();
        self.put_header(&header);
        self.body(content)
    }

    pub(crate) fn put_header(&mut self, header: &Header) {
        self.last_header = self.bytes.len();
        self.bytes.extend_from_slice(header.as_bytes());
    }
}

pub(crate) fn plain_header(kind: EntryType, meta: Meta) -> Header {
    let mut header = match kind {
        EntryType::GNULongName | EntryType::GNULongLink => Header::new_gnu(),
        _ => Header::new_ustar(),
    };
    header.set_entry_type(kind);
    header.set_mode(meta.mode);
    header.set_uid(meta.uid);
    header.set_gid(meta.gid);
    header.set_mtime(meta.mtime);
    header.set_size(0);
    header
}

/// Copies what fits; whether all of it did.
pub(crate) fn copy(field: &mut [u8], value: &[u8]) -> bool {
    field
        .iter_mut()
        .zip(value)
        .for_each(|(to, from)| *to = *from);
    value.len() <= field.len()
}

pub(crate) fn pad(bytes: &mut Vec<u8>) {
    bytes.resize(bytes.len().next_multiple_of(BLOCK), 0);
}

#[cfg(test)]
pub(crate) mod tests {
    use std::io::Read as _;

    use super::*;

    /// Path, typeflag, link target and content of each entry, as the `tar` crate reads them.
    pub(crate) fn listing(tar: &TarFile) -> Vec<(String, u8, String, String)> {
        let bytes = tar.bytes();
        let mut archive = tar::Archive::new(bytes.as_slice());
        let entries = archive.entries().unwrap();
        entries
            .map(|entry| {
                let mut entry = entry.unwrap();
                let mut content = String::new();
                entry.read_to_string(&mut content).unwrap();
                let link = entry.link_name_bytes().unwrap_or_default();
                (
                    text(&entry.path_bytes()),
                    entry.header().entry_type().as_byte(),
                    text(&link),
                    content,
                )
            })
            .collect()
    }

    fn text(bytes: &[u8]) -> String {
        String::from_utf8_lossy(bytes).into_owned()
    }

    pub(crate) fn row(
        path: &str,
        kind: u8,
        link: &str,
        content: &str,
    ) -> (String, u8, String, String) {
        (path.into(), kind, link.into(), content.into())
    }

    #[test]
    fn every_kind_is_read_back_by_another_reader() {
        let long = "x/".repeat(80) + "end";
        let tar = TarFile::new()
            .dir("d")
            .file("d/a", "hello")
            .symlink("d/s", "a")
            .hard_link("d/h", "d/a")
            .fifo("p")
            .device("null", EntryType::Char, 1, 3)
            .file(&long, "long")
            .symlink("l", &long)
            .whiteout("d/old")
            .opaque("d");
        let expected = vec![
            row("d/", b'5', "", ""),
            row("d/a", b'0', "", "hello"),
            row("d/s", b'2', "a", ""),
            row("d/h", b'1', "d/a", ""),
            row("p", b'6', "", ""),
            row("null", b'3', "", ""),
            row(&long, b'0', "", "long"),
            row("l", b'2', &long, ""),
            row("d/.wh.old", b'0', "", ""),
            row("d/.wh..wh..opq", b'0', "", ""),
        ];
        assert_eq!(listing(&tar), expected);
    }

    #[test]
    fn whiteouts_of_the_root_have_no_slash() {
        let tar = TarFile::new().whiteout("hi").opaque("");
        assert_eq!(
            listing(&tar),
            [
                row(".wh.hi", b'0', "", ""),
                row(".wh..wh..opq", b'0', "", "")
            ]
        );
    }

    #[test]
    fn an_empty_tar_is_two_zero_blocks() {
        assert_eq!(TarFile::new().bytes(), [0; 1024]);
        // The well-known diff ID of an empty layer (moby `layer/empty.go`).
        assert!(
            TarFile::new()
                .diff_id()
                .starts_with("sha256:5f70bf18a086007016e948b04aed3b82103a36be")
        );
        assert!(TarFile::new().without_end().bytes().is_empty());
    }

    /// GNU tar manual, "PAX Format, Version 1.0": the map comes first, in whole blocks.
    #[test]
    fn a_sparse_file_begins_with_its_map() {
        let tar = TarFile::new().sparse_file("s", 4000, &[(512, b"hello"), (4000, b"")]);
        let rows = listing(&tar);
        assert_eq!(rows.len(), 1);
        let (map, data) = rows[0].3.split_at(512);
        assert_eq!(map.trim_end_matches('\0'), "2\n512\n5\n4000\n0\n");
        assert_eq!(data, "hello");
    }
}
