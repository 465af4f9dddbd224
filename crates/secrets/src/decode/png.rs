//! Compressed texts in PNG files (PNG, third edition, §11.3.3): `zTXt` and `iTXt`. Texts that are not
//! compressed stand there as they are.

use super::{
    codec::{Compression, Pushed},
    container::{Fed, Flow, Port, drive},
    outlet::{Scale, Step},
};

const MAGIC: [u8; 8] = *b"\x89PNG\r\n\x1a\n";

/// Length of a chunk's checksum.
const CHECKSUM: u64 = 4;

/// A PNG file whose bytes are passing.
#[derive(Debug, Default)]
pub(super) struct Png {
    state: State,
    /// Where the chunk began.
    at: u64,
    /// Bytes of the chunk's data to come.
    left: u64,
}

#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
enum State {
    #[default]
    Magic,
    Chunk,
    /// In names that end with NUL, so many to come, with so many other bytes behind the first.
    Names {
        names: u8,
        method: usize,
    },
    /// In bytes that say how the text is compressed.
    Method {
        names: u8,
        method: usize,
    },
    Text,
    /// In so many bytes that are passed over.
    Skip(u64),
}

impl Png {
    /// Whether a PNG file begins here.
    pub(super) fn is(start: &[u8]) -> bool {
        start.starts_with(&MAGIC)
    }

    /// Takes the next bytes, which begin at offset `at`.
    pub(super) fn feed(&mut self, bytes: &[u8], at: u64, port: &mut Port<'_, '_>) -> Fed {
        drive(bytes, at, |rest, here| match self.state {
            State::Magic => self.magic(rest, port),
            State::Chunk => self.chunk(rest, here, port),
            State::Names { names, method } => self.names(names, method, rest),
            State::Method { names, method } => self.method(names, method, rest, port),
            State::Text => self.text(rest, here, port),
            State::Skip(left) => self.skip(left, rest),
        })
    }

    fn magic(&mut self, rest: &mut &[u8], port: &mut Port<'_, '_>) -> Flow {
        if !port.gather(MAGIC.len(), rest) {
            return Flow::Wait;
        }
        port.held.clear();
        self.state = State::Chunk;
        Flow::On
    }

    fn chunk(&mut self, rest: &mut &[u8], here: u64, port: &mut Port<'_, '_>) -> Flow {
        if !port.gather(8, rest) {
            return Flow::Wait;
        }
        self.at = here;
        let length = port.held.first_chunk().copied().map(u32::from_be_bytes);
        self.left = u64::from(length.unwrap_or_default());
        let kind = port.held.last_chunk::<4>().copied().unwrap_or_default();
        port.held.clear();
        self.state = match &kind {
            b"zTXt" => State::Names {
                names: 1,
                method: 1,
            },
            b"iTXt" => State::Names {
                names: 3,
                method: 2,
            },
            b"IEND" => return Flow::Over,
            kind if kind.iter().all(u8::is_ascii_alphabetic) => self.skipping(),
            _ => return Flow::Over,
        };
        Flow::On
    }

    fn names(&mut self, names: u8, method: usize, rest: &mut &[u8]) -> Flow {
        let own = self.own(rest);
        let Some(end) = memchr::memchr(0, own) else {
            self.take(own.len(), rest);
            if self.left == 0 {
                self.state = self.skipping();
                return Flow::On;
            }
            return Flow::Wait;
        };
        self.take(end + 1, rest);
        let names = names - 1;
        self.state = match (method, names) {
            (0, 0) => State::Text,
            (0, _) => State::Names { names, method },
            _ => State::Method { names, method },
        };
        Flow::On
    }

    fn method(
        &mut self,
        names: u8,
        method: usize,
        rest: &mut &[u8],
        port: &mut Port<'_, '_>,
    ) -> Flow {
        if self.left < method as u64 {
            self.state = self.skipping();
            return Flow::On;
        }
        let before = rest.len();
        let whole = port.gather(method, rest);
        self.left = self.left.saturating_sub((before - rest.len()) as u64);
        if !whole {
            return Flow::Wait;
        }
        // Of two bytes, the first says whether the text is compressed.
        let plain = port.held.as_slice() == [0, 0];
        port.held.clear();
        self.state = match names {
            _ if plain => self.skipping(),
            0 => State::Text,
            names => State::Names { names, method: 0 },
        };
        if !plain && !self.open(port) {
            self.state = self.skipping();
        }
        Flow::On
    }

    fn open(&self, port: &mut Port<'_, '_>) -> bool {
        port.open(Step::PngText, Scale::None, self.at, b"");
        port.begin(Compression::Zlib)
    }

    fn text(&mut self, rest: &mut &[u8], here: u64, port: &mut Port<'_, '_>) -> Flow {
        let own = self.own(rest);
        let length = own.len();
        let (_, pushed) = port.decode(own);
        self.take(length, rest);
        if pushed == Pushed::More && self.left > 0 {
            return Flow::Wait;
        }
        port.close(here.saturating_add(length as u64));
        self.state = self.skipping();
        Flow::On
    }

    fn skip(&mut self, left: u64, rest: &mut &[u8]) -> Flow {
        let length = usize::try_from(left).unwrap_or(usize::MAX).min(rest.len());
        *rest = rest.get(length..).unwrap_or_default();
        let left = left - length as u64;
        if left == 0 {
            self.state = State::Chunk;
            return Flow::On;
        }
        self.state = State::Skip(left);
        Flow::Wait
    }

    /// What is left of the chunk and its checksum is passed over.
    fn skipping(&self) -> State {
        State::Skip(self.left.saturating_add(CHECKSUM))
    }

    /// The bytes at hand that belong to the chunk's data.
    fn own<'b>(&self, rest: &&'b [u8]) -> &'b [u8] {
        let length = usize::try_from(self.left).unwrap_or(usize::MAX);
        rest.get(..length).unwrap_or(rest)
    }

    fn take(&mut self, length: usize, rest: &mut &[u8]) {
        *rest = rest.get(length..).unwrap_or_default();
        self.left = self.left.saturating_sub(length as u64);
    }
}
