//! Members of a tar (POSIX.1-2017 pax, "ustar Interchange Format"; GNU tar manual, "Basic Tar Format"),
//! so that files with credentials are known by their paths.

use super::{
    container::{Fed, Flow, Port, drive},
    outlet::{Scale, Step},
};

/// Bytes of a header, and what content is padded to.
const BLOCK: usize = 512;

/// Long names and pax records beyond this size are not read.
const LONGEST_RECORDS: u64 = 64 * 1024;

/// A tar whose bytes are passing.
#[derive(Debug, Default)]
pub(super) struct Tar {
    state: State,
    /// The next member's name and size as records before it gave them.
    long_name: Option<Vec<u8>>,
    long_size: Option<u64>,
    name: Vec<u8>,
}

#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
enum State {
    #[default]
    Header,
    /// More of a GNU sparse map, before the content.
    SparseMap {
        size: u64,
    },
    /// In content, with so many bytes to come and so many of padding behind them.
    Content {
        left: u64,
        padding: u64,
    },
    /// In a long name or pax records.
    Records {
        size: usize,
        name: bool,
    },
    Skip(u64),
}

impl Tar {
    /// Whether a header with the right checksum stands here.
    pub(super) fn is(bytes: &[u8]) -> bool {
        bytes.first().is_some_and(|&first| first != 0) && checksum_holds(bytes)
    }

    /// Takes the next bytes, which begin at offset `at`.
    pub(super) fn feed(&mut self, bytes: &[u8], at: u64, port: &mut Port<'_, '_>) -> Fed {
        drive(bytes, at, |rest, here| match self.state {
            State::Header => self.header(rest, here, port),
            State::SparseMap { size } => self.sparse_map(size, rest, here, port),
            State::Content { left, padding } => self.content(left, padding, rest, port),
            State::Records { size, name } => self.records(size, name, rest, port),
            State::Skip(left) => self.skip(left, rest),
        })
    }

    fn header(&mut self, rest: &mut &[u8], here: u64, port: &mut Port<'_, '_>) -> Flow {
        let before = rest.len();
        if !port.gather(BLOCK, rest) {
            return Flow::Wait;
        }
        let here = here.saturating_add((before - rest.len()) as u64);
        let held = std::mem::take(port.held);
        let flow = self.member(&held, here, port);
        *port.held = held;
        port.held.clear();
        flow
    }

    /// Begins what the header at `block` describes, which begins at `here`.
    fn member(&mut self, block: &[u8], here: u64, port: &mut Port<'_, '_>) -> Flow {
        if block.iter().all(|&b| b == 0) {
            return Flow::On; // another tar may follow the end of this one
        }
        if !checksum_holds(block) {
            return Flow::Over;
        }
        let field = |at: usize, length: usize| block.get(at..at + length).unwrap_or_default();
        let Some(size) = number(field(124, 12)) else {
            return Flow::Over;
        };
        let kind = field(156, 1).first().copied().unwrap_or_default();
        if let b'x' | b'L' = kind {
            self.state = match usize::try_from(size) {
                Ok(length) if size <= LONGEST_RECORDS => State::Records {
                    size: length,
                    name: kind == b'L',
                },
                _ => State::Skip(padded(size)),
            };
            return Flow::On;
        }
        if let b'g' | b'K' = kind {
            self.state = State::Skip(padded(size));
            return Flow::On;
        }
        let long_name = self.long_name.take();
        let size = self.long_size.take().unwrap_or(size);
        if let b'1'..=b'6' = kind {
            return Flow::On; // links, devices, directories: whatever size they claim
        }
        self.name.clear();
        if let Some(name) = long_name {
            self.name = name;
        } else {
            let (prefix, name) = (text(field(345, 155)), text(field(0, 100)));
            if field(257, 6) == b"ustar\0" && !prefix.is_empty() {
                self.name.extend_from_slice(prefix);
                self.name.push(b'/');
            }
            self.name.extend_from_slice(name);
        }
        if kind == b'S' && field(482, 1) != [0] {
            self.state = State::SparseMap { size };
            return Flow::On;
        }
        self.begin(size, here, port)
    }

    fn begin(&mut self, size: u64, here: u64, port: &mut Port<'_, '_>) -> Flow {
        let padding = padded(size).saturating_sub(size);
        port.open(Step::TarMember, Scale::Same, here, &self.name);
        self.state = State::Content {
            left: size,
            padding,
        };
        Flow::On
    }

    /// The map goes on in blocks of 21 entries, as long as their last used byte is not zero.
    fn sparse_map(
        &mut self,
        size: u64,
        rest: &mut &[u8],
        here: u64,
        port: &mut Port<'_, '_>,
    ) -> Flow {
        let before = rest.len();
        if !port.gather(BLOCK, rest) {
            return Flow::Wait;
        }
        let here = here.saturating_add((before - rest.len()) as u64);
        let more = port.held.get(504).is_some_and(|&more| more != 0);
        port.held.clear();
        if more {
            Flow::On
        } else {
            self.begin(size, here, port)
        }
    }

    fn content(
        &mut self,
        left: u64,
        padding: u64,
        rest: &mut &[u8],
        port: &mut Port<'_, '_>,
    ) -> Flow {
        let length = usize::try_from(left).unwrap_or(usize::MAX);
        let (own, behind) = rest.split_at_checked(length).unwrap_or((rest, &[]));
        let wanted = port.pass(own);
        *rest = behind;
        let left = left.saturating_sub(own.len() as u64);
        self.state = State::Content { left, padding };
        if left == 0 || !wanted {
            port.close(0); // what a member holds stands at its own offsets
            self.state = State::Skip(left.saturating_add(padding));
            return Flow::On;
        }
        Flow::Wait
    }

    fn records(
        &mut self,
        size: usize,
        name: bool,
        rest: &mut &[u8],
        port: &mut Port<'_, '_>,
    ) -> Flow {
        if !port.gather(size.next_multiple_of(BLOCK), rest) {
            return Flow::Wait;
        }
        let held = port.held.get(..size).unwrap_or_default();
        if name {
            self.long_name = Some(text(held).to_vec());
        } else {
            for (key, value) in pax_records(held) {
                match key {
                    b"path" | b"GNU.sparse.name" => self.long_name = Some(value.to_vec()),
                    b"size" => self.long_size = decimal(value),
                    _ => {}
                }
            }
        }
        port.held.clear();
        self.state = State::Header;
        Flow::On
    }

    fn skip(&mut self, left: u64, rest: &mut &[u8]) -> Flow {
        let length = usize::try_from(left).unwrap_or(usize::MAX).min(rest.len());
        *rest = rest.get(length..).unwrap_or_default();
        let left = left - length as u64;
        if left == 0 {
            self.state = State::Header;
            return Flow::On;
        }
        self.state = State::Skip(left);
        Flow::Wait
    }
}

fn padded(size: u64) -> u64 {
    size.checked_next_multiple_of(BLOCK as u64)
        .unwrap_or(u64::MAX)
}

/// The sum of all bytes, those of the checksum itself taken as blanks.
fn checksum_holds(block: &[u8]) -> bool {
    let Some((block, _)) = block.split_first_chunk::<BLOCK>() else {
        return false;
    };
    let (before, rest) = block.split_at(148);
    let (stored, after) = rest.split_at(8);
    let sum = |bytes: &[u8]| bytes.iter().map(|&b| u64::from(b)).sum::<u64>();
    number(stored) == Some(sum(before) + sum(after) + 8 * u64::from(b' '))
}

/// A number in octal digits, or GNU's in base 256.
fn number(field: &[u8]) -> Option<u64> {
    if let [first @ 0x80..=0x8f, rest @ ..] = field {
        return rest.iter().try_fold(u64::from(first & 0x0f), |number, &b| {
            Some(number.checked_mul(256)? + u64::from(b))
        });
    }
    let digits = text(field).trim_ascii();
    digits.iter().try_fold(0_u64, |number, &b| {
        let digit = (b'0'..=b'7').contains(&b).then_some(u64::from(b & 7))?;
        number.checked_mul(8)?.checked_add(digit)
    })
}

fn decimal(digits: &[u8]) -> Option<u64> {
    str::from_utf8(digits).ok()?.parse().ok()
}

/// Up to the first NUL.
fn text(field: &[u8]) -> &[u8] {
    field.split(|&b| b == 0).next().unwrap_or_default()
}

/// Records `length key=value\n`, as long as they are well-formed.
fn pax_records(mut bytes: &[u8]) -> impl Iterator<Item = (&[u8], &[u8])> {
    std::iter::from_fn(move || {
        let blank = memchr::memchr(b' ', bytes)?;
        let length = decimal(bytes.get(..blank)?)?;
        let (record, rest) = bytes.split_at_checked(usize::try_from(length).ok()?)?;
        let record = record.get(blank + 1..)?.strip_suffix(b"\n")?;
        let equals = memchr::memchr(b'=', record)?;
        bytes = rest;
        Some((record.get(..equals)?, record.get(equals + 1..)?))
    })
}
