//! Compressed streams that are a file, or stand in one: gzip (RFC 1952), zlib (RFC 1950), bzip2, xz,
//! Zstandard (RFC 8878). Those that follow one another without a gap are one, as their tools see them.

use super::{
    codec::{Compression, Pushed},
    container::{Fed, Flow, Port},
    outlet::{Scale, Step},
};
use crate::context::Context;

/// A stream whose bytes are passing.
#[derive(Debug)]
pub(super) struct Stream {
    kind: Kind,
    at: u64,
    state: State,
}

/// What kind of stream it is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Kind {
    Gzip,
    Zlib,
    /// zlib too.
    Pdf,
    Bzip2,
    Xz,
    Zstd,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum State {
    /// Before the start, by so many bytes.
    Before(usize),
    /// Before the first stream, or where another one may follow.
    Start {
        first: bool,
    },
    /// In the optional fields of a gzip header (RFC 1952 §2.3.1), those of these flags.
    Fields(u8),
    /// In the gzip field of extra data, with so many bytes and the fields of these flags to come.
    Extra(usize, u8),
    Body,
    /// In the checksum and length behind a gzip member.
    Trailer,
}

const CHECKSUM: u8 = 1 << 1;
const EXTRA: u8 = 1 << 2;
const NAME: u8 = 1 << 3;
const COMMENT: u8 = 1 << 4;

/// Suffixes of names that compression added.
const SUFFIXES: &[&[u8]] = &[b".gz", b".bz2", b".xz", b".zst"];

impl Kind {
    /// The kind of stream that begins here, by its magic number.
    pub(super) fn detect(start: &[u8]) -> Option<Self> {
        match start {
            // No reserved flag (§2.3.1), and one of the known values of XFL and OS.
            [
                0x1f,
                0x8b,
                8,
                0..=0x1f,
                _,
                _,
                _,
                _,
                0 | 2 | 4,
                0..=13 | 255,
                ..,
            ] => Some(Self::Gzip),
            [b'B', b'Z', b'h', b'1'..=b'9', 0x31 | 0x17, 0x41 | 0x72, ..] => Some(Self::Bzip2),
            [0xfd, b'7', b'z', b'X', b'Z', 0, ..] => Some(Self::Xz),
            [0x28, 0xb5, 0x2f, 0xfd, ..] => Some(Self::Zstd),
            _ => None,
        }
    }

    /// Bytes that [`detect`](Self::detect) needs.
    pub(super) fn start_length(self) -> usize {
        match self {
            Self::Zlib | Self::Pdf => 0,
            Self::Zstd => 4,
            Self::Bzip2 | Self::Xz => 6,
            Self::Gzip => 10,
        }
    }

    fn step(self) -> Step {
        match self {
            Self::Gzip => Step::Gzip,
            Self::Zlib => Step::Zlib,
            Self::Pdf => Step::PdfStream,
            Self::Bzip2 => Step::Bzip2,
            Self::Xz => Step::Xz,
            Self::Zstd => Step::Zstd,
        }
    }

    fn compression(self) -> Compression {
        match self {
            Self::Gzip => Compression::Deflate,
            Self::Zlib | Self::Pdf => Compression::Zlib,
            Self::Bzip2 => Compression::Bzip2,
            Self::Xz => Compression::Xz,
            Self::Zstd => Compression::Zstd,
        }
    }
}

/// Whether a zlib header is here as encoders write it: a window of 32 KiB, no dictionary.
pub(super) fn is_zlib(start: &[u8]) -> bool {
    matches!(start, [0x78, 0x01 | 0x5e | 0x9c | 0xda, ..])
}

impl Stream {
    pub(super) fn new(kind: Kind, at: u64) -> Self {
        Self {
            kind,
            at,
            state: State::Start { first: true },
        }
    }

    /// A stream of a PDF, behind so many bytes.
    pub(super) fn in_pdf(behind: usize, at: u64) -> Self {
        Self {
            kind: Kind::Pdf,
            at,
            state: State::Before(behind),
        }
    }

    /// The stream that a file is, if it is one.
    pub(super) fn of_file(start: &[u8]) -> Option<Self> {
        let zlib = is_zlib(start).then_some(Kind::Zlib);
        Some(Self::new(Kind::detect(start).or(zlib)?, 0))
    }

    /// Takes the next bytes.
    pub(super) fn feed(&mut self, bytes: &[u8], port: &mut Port<'_, '_>) -> Fed {
        let mut rest = bytes;
        loop {
            let flow = match self.state {
                State::Before(left) => self.before(left, &mut rest),
                State::Start { first } => self.start(first, &mut rest, port),
                State::Fields(flags) => self.fields(flags, &mut rest, port),
                State::Extra(left, flags) => self.extra(left, flags, &mut rest),
                State::Body => self.body(&mut rest, port),
                State::Trailer => self.trailer(&mut rest, port),
            };
            match flow {
                Flow::On => {}
                Flow::Wait => return Fed::All,
                Flow::Over => return Fed::Ended(bytes.len() - rest.len()),
            }
        }
    }

    fn before(&mut self, left: usize, rest: &mut &[u8]) -> Flow {
        let skipped = left.min(rest.len());
        *rest = rest.get(skipped..).unwrap_or_default();
        if left > skipped {
            self.state = State::Before(left - skipped);
            return Flow::Wait;
        }
        self.state = State::Start { first: true };
        Flow::On
    }

    fn start(&mut self, first: bool, rest: &mut &[u8], port: &mut Port<'_, '_>) -> Flow {
        let length = self.kind.start_length();
        if port.held.is_empty()
            && rest.len() >= length
            && !first
            && Kind::detect(rest) != Some(self.kind)
        {
            return Flow::Over; // without taking what may begin something else
        }
        if !port.gather(length, rest) {
            return Flow::Wait;
        }
        let same = matches!(self.kind, Kind::Zlib | Kind::Pdf)
            || Kind::detect(port.held) == Some(self.kind);
        if !same || !port.begin(self.kind.compression()) {
            return Flow::Over;
        }
        if first {
            self.open(port);
        }
        if let (Kind::Gzip, Some(flags)) = (self.kind, port.held.get(3).copied()) {
            port.held.clear();
            self.state = State::Fields(flags);
            return Flow::On;
        }
        self.state = State::Body;
        let start = std::mem::take(port.held);
        let flow = self.body(&mut start.as_slice(), port);
        *port.held = start;
        port.held.clear();
        match flow {
            Flow::Wait => Flow::On,
            flow => flow,
        }
    }

    fn open(&self, port: &mut Port<'_, '_>) {
        let name = match port.context {
            Context::File(name) if self.kind != Kind::Pdf => name,
            _ => b"",
        };
        let plain = SUFFIXES
            .iter()
            .find_map(|suffix| name.strip_suffix(*suffix));
        port.open(
            self.kind.step(),
            Scale::None,
            self.at,
            plain.unwrap_or(name),
        );
    }

    fn fields(&mut self, flags: u8, rest: &mut &[u8], port: &mut Port<'_, '_>) -> Flow {
        if flags & (EXTRA | CHECKSUM) == 0 && flags & (NAME | COMMENT) == 0 {
            self.state = State::Body;
            return Flow::On;
        }
        if flags & EXTRA == 0 && flags & (NAME | COMMENT) != 0 {
            let Some(end) = memchr::memchr(0, rest) else {
                *rest = &[];
                return Flow::Wait;
            };
            *rest = rest.get(end + 1..).unwrap_or_default();
            let one = if flags & NAME != 0 { NAME } else { COMMENT };
            self.state = State::Fields(flags & !one);
            return Flow::On;
        }
        if !port.gather(2, rest) {
            return Flow::Wait;
        }
        let length = port.held.first_chunk().copied().map(u16::from_le_bytes);
        port.held.clear();
        self.state = match flags & EXTRA {
            0 => State::Fields(flags & !CHECKSUM),
            _ => State::Extra(usize::from(length.unwrap_or_default()), flags & !EXTRA),
        };
        Flow::On
    }

    fn extra(&mut self, left: usize, flags: u8, rest: &mut &[u8]) -> Flow {
        let skipped = left.min(rest.len());
        *rest = rest.get(skipped..).unwrap_or_default();
        if left > skipped {
            self.state = State::Extra(left - skipped, flags);
            return Flow::Wait;
        }
        self.state = State::Fields(flags);
        Flow::On
    }

    fn body(&mut self, rest: &mut &[u8], port: &mut Port<'_, '_>) -> Flow {
        let (taken, pushed) = port.decode(rest);
        *rest = rest.get(taken..).unwrap_or_default();
        match (pushed, self.kind) {
            (Pushed::More, _) => return Flow::Wait,
            (Pushed::End, Kind::Gzip) => self.state = State::Trailer,
            (Pushed::End, Kind::Bzip2 | Kind::Xz | Kind::Zstd) => {
                self.state = State::Start { first: false };
            }
            _ => return Flow::Over,
        }
        Flow::On
    }

    fn trailer(&mut self, rest: &mut &[u8], port: &mut Port<'_, '_>) -> Flow {
        if !port.gather(8, rest) {
            return Flow::Wait;
        }
        port.held.clear();
        self.state = State::Start { first: false };
        Flow::On
    }
}
