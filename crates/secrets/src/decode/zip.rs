//! Members of zip files (APPNOTE.TXT 4.3), by their local headers: those are found wherever they
//! stand, so neither a program in front nor a lost directory at the end matters.

use super::{
    codec::{Compression, Pushed},
    container::{Fed, Flow, Port, drive},
    outlet::{Scale, Step},
};

/// Signature of a local file header (4.3.7).
pub(super) const MAGIC: [u8; 4] = *b"PK\x03\x04";

/// Length of a local file header without its name and extra field.
pub(super) const HEADER: usize = 30;

/// Stands for a size that the extra field holds (4.5.3).
const IN_EXTRA: u64 = 0xffff_ffff;

/// A member whose bytes are passing.
#[derive(Debug)]
pub(super) struct ZipMember {
    at: u64,
    header: Header,
    state: State,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum State {
    Header,
    NameAndExtra,
    Coded,
    /// Not compressed, with so many bytes to come.
    Stored(u64),
}

#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
struct Header {
    encrypted: bool,
    method: u16,
    /// Compressed size.
    size: u64,
    name: usize,
    extra: usize,
}

impl Header {
    fn parse(bytes: &[u8]) -> Option<Self> {
        let bytes: &[u8; HEADER] = bytes.first_chunk()?;
        let u16_at = |at: usize| Some(u16::from_le_bytes(*bytes.get(at..)?.first_chunk()?));
        let u32_at = |at: usize| Some(u32::from_le_bytes(*bytes.get(at..)?.first_chunk()?));
        let flags = u16_at(6)?;
        let header = Self {
            encrypted: flags & 1 != 0,
            method: u16_at(8)?,
            size: u64::from(u32_at(18)?),
            name: usize::from(u16_at(26)?),
            extra: usize::from(u16_at(28)?),
        };
        // The version needed is 6.3 at most (4.4.3.2); its upper byte names no system here.
        let known = bytes.starts_with(&MAGIC) && u16_at(4)? <= 63 && header.method <= 99;
        (known && header.name > 0).then_some(header)
    }

    fn compression(self) -> Option<Compression> {
        match self.method {
            8 => Some(Compression::Deflate),
            12 => Some(Compression::Bzip2),
            93 => Some(Compression::Zstd),
            95 => Some(Compression::Xz),
            _ => None,
        }
    }
}

impl ZipMember {
    /// Whether a local file header stands here.
    pub(super) fn is(bytes: &[u8]) -> bool {
        Header::parse(bytes).is_some()
    }

    pub(super) fn new(at: u64) -> Self {
        Self {
            at,
            header: Header::default(),
            state: State::Header,
        }
    }

    /// Takes the next bytes, which begin at offset `at`.
    pub(super) fn feed(&mut self, bytes: &[u8], at: u64, port: &mut Port<'_, '_>) -> Fed {
        drive(bytes, at, |rest, here| match self.state {
            State::Header => self.header(rest, port),
            State::NameAndExtra => self.name(rest, here, port),
            State::Coded => coded(rest, port),
            State::Stored(left) => self.stored(left, rest, port),
        })
    }

    fn header(&mut self, rest: &mut &[u8], port: &mut Port<'_, '_>) -> Flow {
        if !port.gather(HEADER, rest) {
            return Flow::Wait;
        }
        let Some(header) = Header::parse(port.held) else {
            return Flow::Over;
        };
        port.held.clear();
        self.header = header;
        self.state = State::NameAndExtra;
        Flow::On
    }

    /// Takes name and extra field, up to `here`, and begins what follows.
    fn name(&mut self, rest: &mut &[u8], here: u64, port: &mut Port<'_, '_>) -> Flow {
        let before = rest.len();
        if !port.gather(self.header.name + self.header.extra, rest) {
            return Flow::Wait;
        }
        let here = here.saturating_add((before - rest.len()) as u64);
        let held = std::mem::take(port.held);
        let (name, extra) = held.split_at_checked(self.header.name).unwrap_or_default();
        let begun = self.begin(name, extra, here, port);
        *port.held = held;
        port.held.clear();
        if begun { Flow::On } else { Flow::Over }
    }

    fn begin(&mut self, name: &[u8], extra: &[u8], here: u64, port: &mut Port<'_, '_>) -> bool {
        let Header {
            encrypted, method, ..
        } = self.header;
        if encrypted || name.ends_with(b"/") {
            return false; // an encrypted one cannot be read, a directory has nothing to read
        }
        if method == 0 {
            let size = match self.header.size {
                IN_EXTRA => size_in(extra).unwrap_or_default(),
                size => size,
            };
            // A size that follows the bytes is not known yet: those are looked at as they are.
            self.state = State::Stored(size);
            port.open(Step::ZipMember, Scale::Same, here, name);
            return size > 0;
        }
        self.state = State::Coded;
        port.open(Step::ZipMember, Scale::None, self.at, name);
        self.header
            .compression()
            .is_some_and(|compression| port.begin(compression))
    }

    fn stored(&mut self, left: u64, rest: &mut &[u8], port: &mut Port<'_, '_>) -> Flow {
        let length = usize::try_from(left).unwrap_or(usize::MAX);
        let (own, behind) = rest.split_at_checked(length).unwrap_or((rest, &[]));
        let wanted = port.pass(own);
        *rest = behind;
        let left = left.saturating_sub(own.len() as u64);
        self.state = State::Stored(left);
        match left {
            0 => Flow::Over,
            _ if wanted => Flow::Wait,
            _ => Flow::Over,
        }
    }
}

fn coded(rest: &mut &[u8], port: &mut Port<'_, '_>) -> Flow {
    let (taken, pushed) = port.decode(rest);
    *rest = rest.get(taken..).unwrap_or_default();
    if pushed == Pushed::More {
        Flow::Wait
    } else {
        Flow::Over
    }
}

/// The compressed size in the extra field with tag 1 (4.5.3), behind the other size.
fn size_in(mut extra: &[u8]) -> Option<u64> {
    loop {
        let (head, rest) = extra.split_first_chunk::<4>()?;
        let [tag_low, tag_high, low, high] = *head;
        let length = usize::from(u16::from_le_bytes([low, high]));
        let (field, behind) = rest.split_at_checked(length)?;
        if [tag_low, tag_high] == [1, 0] {
            return Some(u64::from_le_bytes(*field.get(8..)?.first_chunk()?));
        }
        extra = behind;
    }
}
