//! Text to be shown that may quote secrets.

mod keys;
mod known;

use std::{borrow::Cow, ops::Range};

pub use self::{keys::masked, known::KnownSecrets};
use crate::{
    context::Context,
    hit::{Family, Hit},
    key,
    scan::FileScan,
    scanner::Scanner,
};

/// Stands for a secret that shows nothing of itself.
const MASK: &str = "********";

/// Shorter texts hold no secret.
const SHORTEST: usize = 8;

/// A masked text may show what its parts hid from each other; more often than this it is made to.
const ROUNDS: usize = 4;

/// Begins a key in PuTTY's form.
const PUTTY: &[u8] = b"PuTTY-User-Key-File-";

/// What to put in place of some bytes.
struct Patch {
    span: Range<usize>,
    with: String,
}

impl Scanner {
    /// The text with each secret that is found in it, and what encodes one, masked.
    #[must_use]
    pub fn mask<'t>(&self, context: Context<'_>, text: &'t str) -> Cow<'t, str> {
        self.mask_those(context, text, |_| true)
    }

    /// The same for a text that may come from anywhere: only what has a form of its own (tokens, keys,
    /// passwords in URLs) is masked, and nothing by guess.
    #[must_use]
    pub fn mask_tokens<'t>(&self, text: &'t str) -> Cow<'t, str> {
        self.mask_those(Context::Document, text, |hit| {
            !matches!(hit.family, Family::AssignedSecret | Family::CredentialFile)
        })
    }

    fn mask_those<'t>(
        &self,
        context: Context<'_>,
        text: &'t str,
        wanted: impl Fn(&Hit) -> bool,
    ) -> Cow<'t, str> {
        if text.len() < SHORTEST {
            return Cow::Borrowed(text);
        }
        let mut shown = masked(text);
        for round in 0..=ROUNDS {
            let mut scan = FileScan::new(self, context);
            scan.feed(shown.as_bytes());
            let mut hits = scan.finish();
            if scan.cut().is_some() {
                return Cow::Borrowed(MASK); // nobody knows what else it quotes
            }
            hits.retain(&wanted);
            let mut patches: Vec<Patch> = hits.iter().map(|hit| patch(hit, &shown)).collect();
            let new = |patch: &Patch| shown.get(patch.span.clone()) != Some(&patch.with);
            patches.retain(new);
            let Some(first) = patches.first() else { break };
            let cut = match patches.last() {
                _ if round == ROUNDS => Some(first.span.start),
                Some(last) if scan.more() => Some(last.span.start),
                _ => None,
            };
            if let Some(cut) = cut {
                let rest = cut..shown.len();
                let with = MASK.to_owned();
                patches.retain(|patch| patch.span.end <= cut);
                patches.push(Patch { span: rest, with });
            }
            shown = Cow::Owned(patched(&shown, &patches));
        }
        shown
    }
}

/// What hides one hit.
fn patch(hit: &Hit, text: &str) -> Patch {
    let at = |offset: u64| usize::try_from(offset).map_or(text.len(), |at| at.min(text.len()));
    let mut span =
        floor(text, at(hit.offset))..ceil(text, at(hit.offset.saturating_add(hit.length.max(1))));
    let mut with = MASK.to_owned();
    if hit.within.is_empty() {
        with = hit.secret.masked();
        if is_headed(hit) {
            // Only the head of such a key is told apart from what follows; that is the key.
            span = span.end..text.len();
        }
    }
    Patch { span, with }
}

/// Whether the hit's span is the first line of a key that takes several.
fn is_headed(hit: &Hit) -> bool {
    let is_key = matches!(
        hit.family,
        Family::PrivateKey | Family::EncryptedPrivateKey | Family::PublishedKey
    );
    let head = hit.excerpt.as_bytes();
    is_key && (head.starts_with(key::MARKER) || head.starts_with(PUTTY))
}

/// The text with patches, by where they begin, put on it; of those that overlap, the first.
fn patched(text: &str, patches: &[Patch]) -> String {
    let mut shown = String::with_capacity(text.len());
    let mut copied = 0;
    for Patch { span, with } in patches {
        if span.start < copied {
            copied = copied.max(span.end);
            continue;
        }
        shown.push_str(text.get(copied..span.start).unwrap_or_default());
        shown.push_str(with);
        copied = span.end;
    }
    shown.push_str(text.get(copied..).unwrap_or_default());
    shown
}

/// Where the character that `at` lies in begins.
fn floor(text: &str, at: usize) -> usize {
    let mut before = (0..=at).rev();
    before.find(|&at| text.is_char_boundary(at)).unwrap_or(0)
}

/// Where the next character from `at` on begins.
fn ceil(text: &str, at: usize) -> usize {
    let mut after = at..text.len();
    let next = after.find(|&at| text.is_char_boundary(at));
    next.unwrap_or(text.len())
}

#[cfg(test)]
mod tests;
