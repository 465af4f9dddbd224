//! Containers in the midst of a file: a zip behind a program, a gzip behind a script.

use std::sync::LazyLock;

use memchr::memmem::Finder;

use super::{
    container::Container,
    pdf,
    stream::{Kind, Stream},
    zip::{self, ZipMember},
};

/// Bytes that tell a container, at most.
const LONGEST: usize = zip::HEADER;

static ZIP: LazyLock<Finder<'static>> = LazyLock::new(|| Finder::new(&zip::MAGIC));
static GZIP: LazyLock<Finder<'static>> = LazyLock::new(|| Finder::new(b"\x1f\x8b\x08"));
static PDF: LazyLock<Finder<'static>> = LazyLock::new(|| Finder::new(pdf::KEYWORD));

/// Looks for containers in the bytes that belong to none.
#[derive(Debug, Default)]
pub(super) struct Starts {
    /// The last bytes before a block: a container may begin in them.
    before: Vec<u8>,
    /// Where in the block the next magic number of each kind is; known while not before where we are.
    next: [Option<usize>; 3],
    /// Whether the file is a PDF.
    pdf: bool,
    joined: Vec<u8>,
}

/// A container that begins in a block.
pub(super) struct Start {
    /// Where.
    pub(super) at: usize,
    pub(super) container: Container,
}

impl Starts {
    /// Begins another file.
    pub(super) fn reset(&mut self) {
        self.before.clear();
        self.pdf = false;
    }

    /// Begins a block, the first one with `first`.
    pub(super) fn begin_block(&mut self, block: &[u8], first: bool) {
        self.pdf = self.pdf || (first && pdf::is(block));
        self.next = [Some(0), Some(0), self.pdf.then_some(0)];
    }

    /// The container that begins before `bytes` and goes on in them, with its bytes before.
    pub(super) fn across(&mut self, bytes: &[u8], at: u64) -> Option<(Vec<u8>, Container)> {
        let old = self.before.len();
        if old == 0 {
            return None;
        }
        self.joined.clear();
        self.joined.append(&mut self.before);
        self.joined
            .extend_from_slice(bytes.get(..LONGEST).unwrap_or(bytes));
        let start = (0..old).find_map(|begin| {
            let (kind, length) = detect(self.joined.get(begin..)?, self.pdf)?;
            (old - begin < length).then_some((begin, kind))
        });
        let (begin, kind) = start?;
        let before = self.joined.get(begin..old)?.to_vec();
        let at = at.saturating_sub(before.len() as u64);
        Some((before, kind.container(at)))
    }

    /// Takes the bytes that a container which has ended had begun to read as its own.
    pub(super) fn follow(&mut self, held: &mut Vec<u8>) {
        self.before.clear();
        self.before.append(held);
    }

    /// The first container that begins in `block` from `from` on.
    pub(super) fn find(&mut self, block: &[u8], from: usize, position: u64) -> Option<Start> {
        let mut from = from;
        loop {
            let finders = [&ZIP, &GZIP, &PDF];
            for (next, finder) in self.next.iter_mut().zip(finders) {
                if next.is_some_and(|next| next <= from) {
                    let found = finder.find(block.get(from..).unwrap_or_default());
                    *next = found.map(|at| from + at);
                }
            }
            let at = self.next.iter().flatten().min().copied()?;
            if let Some((kind, _)) = detect(block.get(at..).unwrap_or_default(), self.pdf) {
                let container = kind.container(position.saturating_add(at as u64));
                return Some(Start { at, container });
            }
            from = at + 1;
        }
    }

    /// Ends a block whose last bytes, `free`, belong to no container.
    pub(super) fn end_block(&mut self, free: &[u8]) {
        let (_, tail) = free
            .split_at_checked(free.len().saturating_sub(LONGEST - 1))
            .unwrap_or_default();
        if !tail.is_empty() {
            self.before.clear();
            self.before.extend_from_slice(tail);
        }
    }
}

#[derive(Debug, Clone, Copy)]
enum Found {
    Zip,
    Stream(Kind),
    /// A PDF stream behind so many bytes.
    Pdf(usize),
}

impl Found {
    fn container(self, at: u64) -> Container {
        match self {
            Self::Zip => Container::Zip(ZipMember::new(at)),
            Self::Stream(kind) => Container::Stream(Stream::new(kind, at)),
            Self::Pdf(behind) => Container::Stream(Stream::in_pdf(behind, at)),
        }
    }
}

/// What begins here, and how many bytes it takes to tell.
fn detect(bytes: &[u8], pdf: bool) -> Option<(Found, usize)> {
    if pdf && let Some(behind) = pdf::content(bytes) {
        return Some((Found::Pdf(behind), pdf::START));
    }
    if ZipMember::is(bytes) {
        return Some((Found::Zip, zip::HEADER));
    }
    match Kind::detect(bytes)? {
        Kind::Gzip => Some((Found::Stream(Kind::Gzip), Kind::Gzip.start_length())),
        _ => None,
    }
}
