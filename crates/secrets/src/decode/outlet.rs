//! Where decoded bytes go: a scan of their own, and its hits back to where they came from.

use std::{borrow::Cow, ops::Range};

use super::{
    git::{self, Delta},
    limits::{Cut, Limits},
};
use crate::{
    context::{Context, OwnedContext},
    hit::Hit,
    hits::MAX_HITS,
    scan::FileScan,
    scanner::Scanner,
};

/// Members this small cost as much as if they had so many bytes.
const LEAST_COST: u64 = 1024;

/// What all levels of one file share: what they may take, took, and scans to reuse.
pub(crate) struct Work<'s> {
    scanner: &'s Scanner,
    pub(super) limits: Limits,
    decoded: u64,
    members: u64,
    cut: Option<Cut>,
    #[expect(clippy::vec_box, reason = "they come out of boxes and go into them")]
    pool: Vec<Box<FileScan<'s>>>,
}

/// How deep something is.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub(crate) struct Depth {
    pub(super) levels: u32,
    pub(super) base64: u32,
}

/// What was undone to get at some bytes.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub(super) enum Step {
    #[default]
    Gzip,
    Bzip2,
    Xz,
    Zstd,
    Zlib,
    ZipMember,
    TarMember,
    ArMember,
    GitObject,
    GitDelta,
    PdfStream,
    PngText,
    Utf16,
    Base64,
    Escapes,
}

/// How offsets in decoded bytes relate to those in what was decoded.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub(super) enum Scale {
    /// Not at all.
    #[default]
    None,
    /// The bytes are the same.
    Same,
    /// There was one byte of two.
    Half,
}

/// A hit, perhaps inside something.
#[derive(Debug)]
pub(crate) struct Nested {
    pub(crate) hit: Hit,
    /// Where what it was decoded from stands; the secret itself, if nothing was decoded.
    pub(super) span: Range<u64>,
    pub(super) bond: Bond,
}

/// What the bytes at a span have to do with the secret.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Bond {
    /// They are the secret.
    Same,
    /// It was decoded from them.
    Decoded,
    /// They are the secret with some characters written otherwise.
    View,
}

/// What was found at all levels inside one.
#[derive(Debug, Default)]
pub(super) struct Inside {
    pub(super) hits: Vec<Nested>,
    pub(super) rejected: u64,
}

/// A scan of decoded bytes, while there is one.
#[derive(Default)]
pub(super) struct Outlet<'s> {
    scan: Option<Box<FileScan<'s>>>,
    /// Whether nothing was decoded yet.
    fresh: bool,
    delta: Delta,
    plain: Vec<u8>,
    origin: Origin,
    /// Whether the scan begins with the next bytes.
    begun: bool,
    depth: Depth,
    context: OwnedContext,
}

/// Where decoded bytes come from.
#[derive(Debug, Clone, Copy, Default)]
pub(super) struct Origin {
    pub(super) step: Step,
    pub(super) scale: Scale,
    /// Offset of the first byte, or of what holds it.
    pub(super) at: u64,
    /// Line and column of that byte, if its surroundings are text.
    pub(super) place: Option<(u64, u64)>,
}

impl<'s> Work<'s> {
    pub(crate) fn new(scanner: &'s Scanner) -> Self {
        Self {
            scanner,
            limits: scanner.limits().clone(),
            decoded: 0,
            members: 0,
            cut: None,
            pool: Vec::new(),
        }
    }

    /// Begins another file.
    pub(crate) fn reset(&mut self) {
        (self.decoded, self.members, self.cut) = (0, 0, None);
    }

    /// The first limit that was met.
    pub(crate) fn cut(&self) -> Option<Cut> {
        self.cut
    }

    pub(crate) fn cut_by(&mut self, cut: Cut) {
        self.cut.get_or_insert(cut);
    }

    /// Whether so many more bytes may be decoded.
    fn spend(&mut self, bytes: u64) -> bool {
        let limit = self.limits.decoded_bytes;
        self.decoded = self.decoded.saturating_add(bytes);
        let within = self.decoded <= limit;
        if !within {
            self.cut_by(Cut::DecodedBytes(limit));
        }
        within
    }

    /// Whether another member may be opened.
    fn admit(&mut self, step: Step, depth: Depth) -> bool {
        if depth.levels >= self.limits.depth {
            if step.is_container() {
                self.cut_by(Cut::Depth(self.limits.depth));
            }
            return false;
        }
        if step.is_named() {
            self.members = self.members.saturating_add(1);
            if self.members > self.limits.members {
                self.cut_by(Cut::Members(self.limits.members));
                return false;
            }
        }
        self.spend(LEAST_COST)
    }
}

impl Step {
    fn text(self) -> &'static str {
        match self {
            Self::Gzip => "gzip",
            Self::Bzip2 => "bzip2",
            Self::Xz => "xz",
            Self::Zstd => "zstd",
            Self::Zlib => "zlib",
            Self::ZipMember => "zip member",
            Self::TarMember => "tar member",
            Self::ArMember => "ar member",
            Self::GitObject | Self::GitDelta => "git object",
            Self::PdfStream => "PDF stream",
            Self::PngText => "PNG text",
            Self::Utf16 => "UTF-16",
            Self::Base64 => "base64",
            Self::Escapes => "escapes",
        }
    }

    fn is_named(self) -> bool {
        matches!(self, Self::ZipMember | Self::TarMember | Self::ArMember)
    }

    fn is_encoding(self) -> bool {
        matches!(self, Self::Utf16 | Self::Base64 | Self::Escapes)
    }

    fn is_container(self) -> bool {
        !self.is_encoding()
    }
}

impl<'s> Outlet<'s> {
    /// Begins something, which is scanned once there are bytes of it: much that looks like the start of
    /// a stream is none.
    pub(super) fn open(&mut self, depth: Depth, origin: Origin, context: Context<'_>) {
        self.scan = None;
        self.begun = true;
        self.depth = depth;
        self.context.set(context);
        self.fresh = true;
        self.delta = Delta::default();
        self.origin = origin;
    }

    /// Begins the scan, unless a limit forbids it.
    fn begin(&mut self, work: &mut Work<'s>) {
        self.begun = false;
        let step = self.origin.step;
        if !work.admit(step, self.depth) {
            return;
        }
        let depth = Depth {
            levels: self.depth.levels + 1,
            base64: self.depth.base64 + u32::from(step == Step::Base64),
        };
        let mut scan = match work.pool.pop() {
            Some(scan) => scan,
            None => Box::new(FileScan::within(work.scanner)),
        };
        scan.reset_within(self.context.get(), depth);
        self.scan = Some(scan);
    }

    /// Scans on; says whether it may go on.
    pub(super) fn feed(&mut self, work: &mut Work<'s>, bytes: &[u8]) -> bool {
        if bytes.is_empty() {
            return true;
        }
        if self.begun {
            self.begin(work);
        }
        let Some(scan) = &mut self.scan else {
            return false;
        };
        if !work.spend(bytes.len() as u64) {
            return false;
        }
        let fresh = std::mem::replace(&mut self.fresh, false);
        match self.origin.step {
            Step::GitDelta => {
                self.plain.clear();
                self.delta.undo(bytes, &mut self.plain);
                scan.feed_within(&self.plain, work);
            }
            Step::Zlib if fresh => {
                let content = git::without_header(bytes);
                if content.is_some() {
                    self.origin.step = Step::GitObject;
                }
                scan.feed_within(content.unwrap_or(bytes), work);
            }
            _ => scan.feed_within(bytes, work),
        }
        true
    }

    /// Ends the scan, if there is one, of what was decoded from bytes up to `end`.
    pub(super) fn close(&mut self, work: &mut Work<'s>, inside: &mut Inside, end: u64) {
        self.close_with(work, inside, end, |_| true);
    }

    /// Ends the scan, if there is one, with those hits that pass.
    pub(super) fn close_with(
        &mut self,
        work: &mut Work<'s>,
        inside: &mut Inside,
        end: u64,
        keep: impl Fn(&Hit) -> bool,
    ) {
        self.begun = false;
        let Some(mut scan) = self.scan.take() else {
            return;
        };
        let found = scan.finish_within(work);
        inside.rejected = inside.rejected.saturating_add(scan.rejected());
        work.pool.push(scan);
        if found.is_empty() {
            return;
        }
        let label = self.label();
        for nested in found.into_iter().filter(|nested| keep(&nested.hit)) {
            inside.add(self.origin.outer(nested, &label, end));
        }
    }

    /// Forgets the scan.
    pub(super) fn drop_scan(&mut self) {
        self.scan = None;
        self.begun = false;
    }

    fn label(&self) -> String {
        let text = self.origin.step.text();
        let name = match self.context.get() {
            Context::File(name) if self.origin.step.is_named() => String::from_utf8_lossy(name),
            _ => return text.to_owned(),
        };
        let shown = name.chars().map(|char| {
            if char.is_control() {
                char::REPLACEMENT_CHARACTER
            } else {
                char
            }
        });
        format!("{text} {}", shown.collect::<Cow<'_, str>>())
    }
}

impl Origin {
    /// A hit inside as seen from outside.
    fn outer(&self, nested: Nested, label: &str, end: u64) -> Nested {
        let Nested {
            mut hit,
            span,
            bond,
        } = nested;
        if self.step == Step::Escapes {
            hit.within.insert(0, label.to_owned());
            return Nested { hit, span, bond };
        }
        if self.step.is_encoding() && hit.within.is_empty() {
            if self.scale == Scale::None {
                hit.offset = self.at;
                (hit.line, hit.column) = self.place.unzip();
            } else {
                hit.offset = self.at.saturating_add(hit.offset.saturating_mul(2));
                hit.length = hit.length.saturating_mul(2);
                if self.place.is_none() {
                    (hit.line, hit.column) = (None, None);
                }
            }
        }
        let outer = |offset: u64| match self.scale {
            Scale::None => self.at,
            Scale::Same => self.at.saturating_add(offset),
            Scale::Half => self.at.saturating_add(offset.saturating_mul(2)),
        };
        hit.outer_offset = outer(hit.outer_offset);
        hit.within.insert(0, label.to_owned());
        let span = match self.scale {
            Scale::None => self.at..end,
            Scale::Same | Scale::Half => outer(span.start)..outer(span.end),
        };
        Nested {
            hit,
            span,
            bond: match self.scale {
                Scale::Same => bond,
                Scale::None | Scale::Half => Bond::Decoded,
            },
        }
    }
}

impl Nested {
    /// A hit in the file itself.
    pub(super) fn own(hit: Hit) -> Self {
        Self {
            span: hit.offset..hit.offset.saturating_add(hit.length),
            hit,
            bond: Bond::Same,
        }
    }

    /// Whether `own`, a hit in the file itself, is this one, which was found inside: an encoder leaves
    /// some bytes as they are.
    pub(super) fn tells(&self, own: &Hit) -> bool {
        let same = match self.bond {
            Bond::Same => true,
            Bond::Decoded => self.hit.fingerprint == own.fingerprint,
            Bond::View => false,
        };
        same && self.overlaps(own)
    }

    /// Whether this was found inside although the file itself tells it.
    pub(super) fn is_told_by(&self, own: &Hit) -> bool {
        self.bond == Bond::View && self.overlaps(own)
    }

    fn overlaps(&self, own: &Hit) -> bool {
        self.span.start < own.offset.saturating_add(own.length) && own.offset < self.span.end
    }
}

impl Inside {
    /// Adds a hit, unless there are too many.
    pub(super) fn add(&mut self, nested: Nested) {
        if self.hits.len() < MAX_HITS {
            self.hits.push(nested);
        }
    }
}
