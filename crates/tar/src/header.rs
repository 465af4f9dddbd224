//! A header block, its numbers and names (POSIX.1-1988, ustar; Go, `archive/tar`, `readHeader`).

use std::ops::Range;

use crate::entry::Format;

/// Bytes of a tar block.
pub(crate) const BLOCK: usize = 512;

/// A header block as it stands in the stream.
pub(crate) type Block = [u8; BLOCK];

pub(crate) const NAME: Range<usize> = 0..100;
const MODE: Range<usize> = 100..108;
const UID: Range<usize> = 108..116;
const GID: Range<usize> = 116..124;
const SIZE: Range<usize> = 124..136;
const MTIME: Range<usize> = 136..148;
const CHECKSUM: Range<usize> = 148..156;
const TYPEFLAG: usize = 156;
pub(crate) const LINK: Range<usize> = 157..257;
const MAGIC: Range<usize> = 257..265;
pub(crate) const UNAME: Range<usize> = 265..297;
pub(crate) const GNAME: Range<usize> = 297..329;
const MAJOR: Range<usize> = 329..337;
const MINOR: Range<usize> = 337..345;
const PREFIX: Range<usize> = 345..500;
const STAR_PREFIX: Range<usize> = 345..476;
const STAR_ATIME: Range<usize> = 476..488;
const STAR_CTIME: Range<usize> = 488..500;
const STAR_TRAILER: Range<usize> = 508..512;
const GNU_ATIME: Range<usize> = 345..357;
const GNU_CTIME: Range<usize> = 357..369;
pub(crate) const GNU_SPARSE: Range<usize> = 386..483;
pub(crate) const GNU_REAL_SIZE: Range<usize> = 483..495;

/// The parts of a header block that need parsing.
#[derive(Debug, Clone)]
pub(crate) struct Header {
    pub(crate) format: Format,
    pub(crate) typeflag: u8,
    pub(crate) size: i64,
    pub(crate) mode: i64,
    pub(crate) uid: i64,
    pub(crate) gid: i64,
    pub(crate) mtime: i64,
    pub(crate) device: (i64, i64),
    /// Where the prefix of the name is, if the format has one.
    pub(crate) prefix: Range<usize>,
    /// Whether the checksum fits as a sum of signed bytes only.
    pub(crate) signed: bool,
}

/// Why a block is no header.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Fault {
    Checksum,
    Number(&'static str),
}

impl Header {
    pub(crate) fn parse(block: &Block) -> Result<Self, Fault> {
        let signed = verify_checksum(block)?;
        let number = |range, name| number(field(block, range)).ok_or(Fault::Number(name));
        let format = format(block);
        let device = match format {
            Format::V7 => (0, 0),
            _ => (
                number(MAJOR, "device major")?,
                number(MINOR, "device minor")?,
            ),
        };
        if format == Format::Star {
            number(STAR_ATIME, "access time")?;
            number(STAR_CTIME, "change time")?;
        }
        Ok(Self {
            format,
            typeflag: block[TYPEFLAG],
            size: number(SIZE, "size")?,
            mode: number(MODE, "mode")?,
            uid: number(UID, "user id")?,
            gid: number(GID, "group id")?,
            mtime: number(MTIME, "modification time")?,
            device,
            prefix: prefix(block, format),
            signed,
        })
    }

    /// Parts of the block that no reader shows: behind the end of names, and unused bytes.
    pub(crate) fn unused(&self) -> Range<usize> {
        match self.format {
            Format::V7 => LINK.end..BLOCK,
            Format::Gnu if !self.prefix.is_empty() => PREFIX.end..BLOCK,
            Format::Gnu if self.typeflag != b'S' => GNU_CTIME.end..BLOCK,
            Format::Gnu => GNU_REAL_SIZE.end..BLOCK,
            Format::Ustar => PREFIX.end..BLOCK,
            Format::Star => PREFIX.end..STAR_TRAILER.start,
        }
    }

    /// Fields of the block that hold a name.
    pub(crate) fn names(&self) -> impl Iterator<Item = Range<usize>> + use<> {
        let owners = self.format != Format::V7;
        [NAME, LINK]
            .into_iter()
            .chain([UNAME, GNAME].into_iter().filter(move |_| owners))
            .chain([self.prefix.clone()])
    }
}

/// Bytes of a block; `range` is one of the constants above.
pub(crate) fn field(block: &Block, range: Range<usize>) -> &[u8] {
    block.get(range).unwrap_or_default()
}

/// What comes before the first NUL.
pub(crate) fn text(bytes: &[u8]) -> &[u8] {
    let end = memchr::memchr(0, bytes).unwrap_or(bytes.len());
    bytes.get(..end).unwrap_or_default()
}

/// Whether all bytes are zero; written so that it is compiled to vector instructions.
pub(crate) fn all_zero(bytes: &[u8]) -> bool {
    let (blocks, rest) = bytes.as_chunks::<64>();
    blocks
        .iter()
        .all(|block| block.iter().fold(0, |all, byte| all | byte) == 0)
        && rest.iter().all(|byte| *byte == 0)
}

/// A numeric field: base-256 if the first bit is set, else octal; `None` if it is neither.
pub(crate) fn number(field: &[u8]) -> Option<i64> {
    match field.first() {
        Some(first) if first & 0x80 != 0 => base_256(field, first & 0x40 != 0),
        _ => octal(field),
    }
}

/// Big-endian two's complement, with the first bit as a mark.
fn base_256(field: &[u8], negative: bool) -> Option<i64> {
    let flip = if negative { 0xff } else { 0 };
    let mut value = 0_u64;
    for (i, byte) in field.iter().enumerate() {
        let digit = if i == 0 {
            (byte ^ flip) & 0x7f
        } else {
            byte ^ flip
        };
        if value >> 56 != 0 {
            return None;
        }
        value = value << 8 | u64::from(digit);
    }
    let value = i64::try_from(value).ok()?;
    Some(if negative { !value } else { value })
}

/// Octal digits between spaces and NULs, up to the first NUL after them; none count as 0.
fn octal(field: &[u8]) -> Option<i64> {
    let blank = |byte: &u8| matches!(byte, b' ' | 0);
    let start = field
        .iter()
        .position(|byte| !blank(byte))
        .unwrap_or(field.len());
    let end = field
        .iter()
        .rposition(|byte| !blank(byte))
        .map_or(start, |last| last + 1);
    text(field.get(start..end)?)
        .iter()
        .try_fold(0_i64, |value, digit| match digit {
            b'0'..=b'7' => value.checked_mul(8)?.checked_add(i64::from(digit - b'0')),
            _ => None,
        })
}

/// Whether the checksum fits as a sum of signed bytes only, as Sun's tar wrote it.
fn verify_checksum(block: &Block) -> Result<bool, Fault> {
    let stated = octal(field(block, CHECKSUM)).ok_or(Fault::Checksum)?;
    let sum = |bytes: &[u8]| bytes.iter().map(|byte| i64::from(*byte)).sum::<i64>();
    let own = field(block, CHECKSUM);
    let unsigned = block.iter().map(|byte| u32::from(*byte)).sum::<u32>();
    let unsigned = i64::from(unsigned) - sum(own) + 8 * i64::from(b' ');
    if stated == unsigned {
        return Ok(false);
    }
    let high = |bytes: &[u8]| bytes.iter().map(|byte| i64::from(byte >> 7)).sum::<i64>();
    if stated == unsigned - 256 * (high(block) - high(own)) {
        return Ok(true);
    }
    Err(Fault::Checksum)
}

fn format(block: &Block) -> Format {
    match field(block, MAGIC) {
        b"ustar  \0" => Format::Gnu,
        [b'u', b's', b't', b'a', b'r', 0, ..] => match field(block, STAR_TRAILER) {
            b"tar\0" => Format::Star,
            _ => Format::Ustar,
        },
        _ => Format::V7,
    }
}

/// Where the prefix is.
///
/// GNU has none, but Go before 1.8 wrote one; as Go does today, it is told by times that do not
/// parse and a prefix in ASCII.
fn prefix(block: &Block, format: Format) -> Range<usize> {
    let time = |range| {
        let time = field(block, range);
        time.first() == Some(&0) || number(time).is_some()
    };
    match format {
        Format::Ustar => PREFIX,
        Format::Star => STAR_PREFIX,
        Format::Gnu if !(time(GNU_ATIME) && time(GNU_CTIME)) => {
            if text(field(block, PREFIX)).is_ascii() {
                PREFIX
            } else {
                0..0
            }
        }
        Format::Gnu | Format::V7 => 0..0,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn octal_may_have_blanks_around() {
        assert_eq!(number(b"0000644\0"), Some(0o644));
        assert_eq!(number(b" \0 17  "), Some(0o17));
        assert_eq!(number(b"17\0zz\0\0\0"), Some(0o17));
        assert_eq!(number(b"777777777777"), Some((1 << 36) - 1));
    }

    #[test]
    fn an_empty_number_is_zero() {
        assert_eq!(number(b""), Some(0));
        assert_eq!(number(b"\0\0  \0"), Some(0));
    }

    #[test]
    fn other_digits_and_signs_are_refused() {
        for bad in [&b"+1"[..], b"-1", b"8", b"1 7", b"0x1", b"1_0"] {
            assert_eq!(number(bad), None, "{}", bad.escape_ascii());
        }
    }

    // Values of TestParseNumeric in Go's archive/tar/strconv_test.go.
    #[test]
    fn base_256_is_twos_complement() {
        assert_eq!(number(b"\x80"), Some(0));
        assert_eq!(number(b"\x80\x01"), Some(1));
        assert_eq!(number(b"\xff\xff"), Some(-1));
        assert_eq!(number(b"\xff\xfe"), Some(-2));
        assert_eq!(number(b"\xc0"), Some(-64));
        assert_eq!(
            number(b"\x87\x76\xa2\x22\xeb\x8a\x72\x61"),
            Some(537_795_476_381_659_745)
        );
        assert_eq!(
            number(b"\x80\x00\x00\x00\x07\x76\xa2\x22\xeb\x8a\x72\x61"),
            Some(537_795_476_381_659_745)
        );
        assert_eq!(
            number(b"\xff\xff\xff\xff\xf7\x76\xa2\x22\xeb\x8a\x72\x61"),
            Some(-615_126_028_225_187_231)
        );
    }

    #[test]
    fn base_256_that_overflows_is_refused() {
        assert_eq!(
            number(b"\x80\x7f\xff\xff\xff\xff\xff\xff\xff"),
            Some(i64::MAX)
        );
        assert_eq!(number(b"\x80\x80\x00\x00\x00\x00\x00\x00\x00"), None);
        assert_eq!(
            number(b"\xf5\xec\xd1\xc7\x7e\x5f\x26\x48\x81\x9f\x8f\x9b"),
            None
        );
    }

    #[test]
    fn zeros_are_told_at_every_length() {
        for length in 0..200 {
            let mut bytes = vec![0; length];
            assert!(all_zero(&bytes));
            if let Some(last) = bytes.last_mut() {
                *last = 1;
                assert!(!all_zero(&bytes));
            }
        }
    }
}
