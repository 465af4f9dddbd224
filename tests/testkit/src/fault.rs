//! What only tests put into tars: extension headers and broken ones.

use tar::{EntryType, Header};

use crate::{
    Meta, TarFile, pax,
    tar_file::{BLOCK, copy, pad, plain_header},
};

/// Entries in parts, and faults.
impl TarFile {
    /// A PAX header with these records, for the next entry.
    #[must_use]
    pub fn pax(self, records: &[(&str, &[u8])]) -> Self {
        self.raw_pax(&pax::records(records))
    }

    /// A PAX header with this text for records, well formed or not.
    #[must_use]
    pub fn raw_pax(self, text: &[u8]) -> Self {
        self.extension(EntryType::XHeader, b"PaxHeaders.0/entry", text)
    }

    /// A global PAX header (typeflag `g`).
    #[must_use]
    pub fn global_pax(self, records: &[(&str, &[u8])]) -> Self {
        let text = pax::records(records);
        self.extension(EntryType::XGlobalHeader, b"pax_global_header", &text)
    }

    /// GNU's long name (typeflag `L`) for the next entry; a NUL is appended.
    #[must_use]
    pub fn gnu_long_name(self, name: &[u8]) -> Self {
        self.extension(
            EntryType::GNULongName,
            b"././@LongLink",
            &[name, b"\0"].concat(),
        )
    }

    /// GNU's long link target (typeflag `K`) for the next entry.
    #[must_use]
    pub fn gnu_long_link(self, target: &[u8]) -> Self {
        self.extension(
            EntryType::GNULongLink,
            b"././@LongLink",
            &[target, b"\0"].concat(),
        )
    }

    /// A header alone, edited before its checksum is made.
    ///
    /// The size is only stated; [`body`](Self::body) brings bytes, or not.
    #[must_use]
    pub fn header(
        mut self,
        path: impl AsRef<[u8]>,
        kind: EntryType,
        size: u64,
        edit: impl FnOnce(&mut Header),
    ) -> Self {
        let mut header = plain_header(kind, Meta::default());
        copy(&mut header.as_old_mut().name, path.as_ref());
        header.set_size(size);
        edit(&mut header);
        header.set_cksum();
        self.put_header(&header);
        self
    }

    /// Content for the last header, padded to whole blocks.
    #[must_use]
    pub fn body(mut self, content: impl AsRef<[u8]>) -> Self {
        self.bytes.extend_from_slice(content.as_ref());
        pad(&mut self.bytes);
        self
    }

    /// These bytes as they are.
    #[must_use]
    pub fn raw(mut self, bytes: impl AsRef<[u8]>) -> Self {
        self.bytes.extend_from_slice(bytes.as_ref());
        self
    }

    /// Zero blocks: one alone, or an end with more to come.
    #[must_use]
    pub fn zero_blocks(self, count: usize) -> Self {
        self.raw(vec![0; count * BLOCK])
    }

    /// Changes the last header after its checksum was made.
    #[must_use]
    pub fn spoil_header(mut self, edit: impl FnOnce(&mut [u8])) -> Self {
        let end = self.last_header + BLOCK;
        edit(self.bytes.get_mut(self.last_header..end).unwrap());
        self
    }

    /// Leaves out the two zero blocks at the end.
    #[must_use]
    pub fn without_end(mut self) -> Self {
        self.endless = true;
        self
    }

    /// Where the next header will stand, in bytes.
    #[must_use]
    pub fn offset(&self) -> usize {
        self.bytes.len()
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::tar_file::tests::{listing, row};

    #[test]
    fn extensions_name_the_next_entry() {
        let tar = TarFile::new()
            .gnu_long_name(b"gnu")
            .file("a", "1")
            .pax(&[("path", b"pax")])
            .file("b", "2");
        assert_eq!(
            listing(&tar),
            [row("gnu", b'0', "", "1"), row("pax", b'0', "", "2")]
        );
    }

    #[test]
    fn a_spoiled_header_fails_its_checksum() {
        let tar = TarFile::new()
            .file("a", "")
            .spoil_header(|header| header[0] = b'b');
        let bytes = tar.bytes();
        let mut archive = tar::Archive::new(bytes.as_slice());
        assert!(archive.entries().unwrap().next().unwrap().is_err());
    }

    #[test]
    fn a_header_states_what_its_body_need_not_hold() {
        let tar = TarFile::new()
            .header("a", EntryType::Regular, 5, |header| header.set_uid(7))
            .body("12345");
        assert_eq!(listing(&tar), [row("a", b'0', "", "12345")]);
        assert_eq!(tar.offset(), 1024);
    }
}
