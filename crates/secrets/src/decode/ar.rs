//! Members of `ar` archives (`ar.h`): Debian packages and static libraries.

use super::{
    container::{Fed, Flow, Port, drive},
    outlet::{Scale, Step},
};

const MAGIC: &[u8] = b"!<arch>\n";

/// Length of a member's header.
const HEADER: usize = 60;

/// An archive whose bytes are passing.
#[derive(Debug, Default)]
pub(super) struct Ar {
    state: State,
}

#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
enum State {
    #[default]
    Magic,
    Header,
    /// In content, with so many bytes to come, and whether one of padding follows.
    Content(u64, bool),
    Skip(u64),
}

impl Ar {
    /// Whether an archive begins here.
    pub(super) fn is(start: &[u8]) -> bool {
        start.starts_with(MAGIC)
    }

    /// Takes the next bytes, which begin at offset `at`.
    pub(super) fn feed(&mut self, bytes: &[u8], at: u64, port: &mut Port<'_, '_>) -> Fed {
        drive(bytes, at, |rest, here| match self.state {
            State::Magic => self.magic(rest, port),
            State::Header => self.header(rest, here, port),
            State::Content(left, odd) => self.content(left, odd, rest, port),
            State::Skip(left) => self.skip(left, rest),
        })
    }

    fn magic(&mut self, rest: &mut &[u8], port: &mut Port<'_, '_>) -> Flow {
        if !port.gather(MAGIC.len(), rest) {
            return Flow::Wait;
        }
        port.held.clear();
        self.state = State::Header;
        Flow::On
    }

    fn header(&mut self, rest: &mut &[u8], here: u64, port: &mut Port<'_, '_>) -> Flow {
        let before = rest.len();
        if !port.gather(HEADER, rest) {
            return Flow::Wait;
        }
        let here = here.saturating_add((before - rest.len()) as u64);
        let held = std::mem::take(port.held);
        let flow = self.member(&held, here, port);
        *port.held = held;
        port.held.clear();
        flow
    }

    fn member(&mut self, header: &[u8], here: u64, port: &mut Port<'_, '_>) -> Flow {
        let size = header.get(48..58).map(<[u8]>::trim_ascii);
        let size = size.and_then(|size| str::from_utf8(size).ok()?.parse::<u64>().ok());
        let (Some(size), true) = (size, header.ends_with(b"`\n")) else {
            return Flow::Over;
        };
        let name = header.get(..16).unwrap_or_default().trim_ascii_end();
        let name = name.strip_suffix(b"/").unwrap_or(name);
        let odd = !size.is_multiple_of(2);
        port.open(Step::ArMember, Scale::Same, here, name);
        self.state = State::Content(size, odd);
        Flow::On
    }

    fn content(&mut self, left: u64, odd: bool, rest: &mut &[u8], port: &mut Port<'_, '_>) -> Flow {
        let length = usize::try_from(left).unwrap_or(usize::MAX);
        let (own, behind) = rest.split_at_checked(length).unwrap_or((rest, &[]));
        let wanted = port.pass(own);
        *rest = behind;
        let left = left.saturating_sub(own.len() as u64);
        if left > 0 && wanted {
            self.state = State::Content(left, odd);
            return Flow::Wait;
        }
        port.close(0); // what a member holds stands at its own offsets
        self.state = State::Skip(left.saturating_add(u64::from(odd)));
        Flow::On
    }

    fn skip(&mut self, left: u64, rest: &mut &[u8]) -> Flow {
        let length = usize::try_from(left).unwrap_or(usize::MAX).min(rest.len());
        *rest = rest.get(length..).unwrap_or_default();
        let left = left - length as u64;
        self.state = State::Skip(left);
        if left > 0 {
            return Flow::Wait;
        }
        self.state = State::Header;
        Flow::On
    }
}
