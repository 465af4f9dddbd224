//! What holds other bytes: compressed streams and archives, told by how they begin.

use super::{
    ar::Ar,
    codec::{Codec, Compression, Pushed},
    git::Pack,
    outlet::{Depth, Inside, Origin, Outlet, Scale, Step, Work},
    png::Png,
    stream::Stream,
    tar::Tar,
    zip::ZipMember,
};
use crate::context::Context;

/// A container whose bytes are passing.
pub(super) enum Container {
    Stream(Stream),
    Zip(ZipMember),
    Tar(Box<Tar>),
    Ar(Ar),
    Pack(Pack),
    Png(Png),
}

/// What a container made of some bytes.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Fed {
    /// They are all its own, and it goes on.
    All,
    /// So many are, and there it ends.
    Ended(usize),
}

/// How a container's reader goes on.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Flow {
    /// With what is left.
    On,
    /// When there are more bytes; all were taken.
    Wait,
    /// Not at all.
    Over,
}

/// Goes from step to step through `bytes`, which begin at offset `at`; a step takes from the front of
/// what is left, and is told where that begins.
pub(super) fn drive(bytes: &[u8], at: u64, mut step: impl FnMut(&mut &[u8], u64) -> Flow) -> Fed {
    let mut rest = bytes;
    loop {
        let here = at.saturating_add((bytes.len() - rest.len()) as u64);
        match step(&mut rest, here) {
            Flow::On => {}
            Flow::Wait => return Fed::All,
            Flow::Over => return Fed::Ended(bytes.len() - rest.len()),
        }
    }
}

/// What containers work with; one for each level.
pub(super) struct Port<'a, 's> {
    pub(super) outlet: &'a mut Outlet<'s>,
    pub(super) codec: &'a mut Codec,
    pub(super) inside: &'a mut Inside,
    /// Bytes of a header that the cut into blocks may have split.
    pub(super) held: &'a mut Vec<u8>,
    pub(super) work: &'a mut Work<'s>,
    pub(super) depth: Depth,
    /// Of what the container is in.
    pub(super) context: Context<'a>,
}

impl Container {
    /// The container that a file is, by its first bytes; others are looked for by [`super::starts`].
    pub(super) fn of_file(start: &[u8]) -> Option<Self> {
        if Tar::is(start) {
            return Some(Self::Tar(Box::default()));
        }
        if Ar::is(start) {
            return Some(Self::Ar(Ar::default()));
        }
        if Pack::is(start) {
            return Some(Self::Pack(Pack::new()));
        }
        if Png::is(start) {
            return Some(Self::Png(Png::default()));
        }
        Stream::of_file(start).map(Self::Stream)
    }

    /// Takes the next bytes, which begin at offset `at`.
    pub(super) fn feed(&mut self, bytes: &[u8], at: u64, port: &mut Port<'_, '_>) -> Fed {
        match self {
            Self::Stream(stream) => stream.feed(bytes, port),
            Self::Zip(member) => member.feed(bytes, at, port),
            Self::Tar(tar) => tar.feed(bytes, at, port),
            Self::Ar(ar) => ar.feed(bytes, at, port),
            Self::Pack(pack) => pack.feed(bytes, at, port),
            Self::Png(png) => png.feed(bytes, at, port),
        }
    }
}

impl Port<'_, '_> {
    /// Begins a scan of what lies at `at`.
    pub(super) fn open(&mut self, step: Step, scale: Scale, at: u64, name: &[u8]) {
        let origin = Origin {
            step,
            scale,
            at,
            place: None,
        };
        let from = name.len().saturating_sub(self.work.limits.name_bytes);
        let context = Context::File(name.get(from..).unwrap_or_default());
        self.outlet.open(self.depth, origin, context);
    }

    /// Begins to decode; says whether it can.
    pub(super) fn begin(&mut self, compression: Compression) -> bool {
        self.codec.begin(compression, &self.work.limits)
    }

    /// Decodes into what is open; how many bytes that took.
    pub(super) fn decode(&mut self, bytes: &[u8]) -> (usize, Pushed) {
        let (outlet, work) = (&mut *self.outlet, &mut *self.work);
        let pushed = self
            .codec
            .push(bytes, &mut |decoded| outlet.feed(work, decoded));
        if let Pushed::Cut(cut) = pushed.1 {
            self.work.cut_by(cut);
        }
        pushed
    }

    /// Passes bytes to what is open; says whether it wants more.
    pub(super) fn pass(&mut self, bytes: &[u8]) -> bool {
        self.outlet.feed(self.work, bytes)
    }

    /// Ends the scan of what was decoded from bytes up to `end`.
    pub(super) fn close(&mut self, end: u64) {
        self.outlet.close(self.work, self.inside, end);
    }

    /// Collects `want` bytes of a header from the front of `rest`; says whether they are whole.
    pub(super) fn gather(&mut self, want: usize, rest: &mut &[u8]) -> bool {
        let missing = want.saturating_sub(self.held.len());
        let (front, behind) = rest.split_at_checked(missing).unwrap_or((rest, &[]));
        self.held.extend_from_slice(front);
        *rest = behind;
        self.held.len() >= want
    }
}
