//! What a detector is: a row of data that says which bytes to look for and what they must be part of.
//!
//! To add one, add a row to the table of its kind in `tokens/`. A row names *anchors*, fixed bytes of
//! which every such secret holds one; only around an anchor its pattern is tried.

mod bounds;
mod pattern;

use std::{borrow::Cow, ops::Range};

pub(crate) use self::pattern::Compiled;
use self::pattern::Match;
#[cfg(test)]
pub(crate) use self::pattern::compile;
use crate::{
    context::Context,
    hit::{Family, Proof, Weight},
    key,
    secret::Secret,
};

/// One kind of secret.
pub(crate) struct Detector {
    /// In kebab-case; never reused.
    pub(crate) id: &'static str,
    /// For people: `GitHub token`.
    pub(crate) what: &'static str,
    pub(crate) family: Family,
    pub(crate) weight: Weight,
    /// Fixed bytes, case exact: the rarest that every such secret (or the text right around it) holds.
    /// Five bytes or more cost nothing, four little; each shorter one costs a search of its own.
    pub(crate) anchors: &'static [&'static str],
    /// Bytes before an anchor that are looked at.
    pub(crate) before: usize,
    /// Bytes from the first of an anchor on that are looked at.
    pub(crate) after: usize,
    /// Whether binary files (with a NUL byte before the anchor) are none of its business.
    pub(crate) text_only: bool,
    pub(crate) judge: Judge,
}

/// How the bytes around an anchor are judged.
pub(crate) enum Judge {
    /// By a regular expression over bytes (no Unicode classes), whose match holds the anchor and whose
    /// group 1, if it has one, is the secret; then by `check`.
    Pattern {
        pattern: &'static str,
        check: fn(&Token<'_>) -> Verdict,
        /// Whether a neighbouring letter or digit makes it something else. See [`Detector::loose`].
        bounded: bool,
    },
    /// By code.
    Form(fn(&Candidate<'_>) -> Option<Found>),
}

/// The bytes around an anchor: `before` and `after` of the detector, fewer only at the ends of the file.
pub(crate) struct Candidate<'a> {
    pub(crate) window: &'a [u8],
    /// Where the anchor begins in the window.
    pub(crate) at: usize,
    /// Whether there was a NUL byte before the anchor.
    pub(crate) binary: bool,
    pub(crate) context: Context<'a>,
}

/// What a pattern matched.
pub(crate) struct Token<'a> {
    /// The secret: group 1, or the whole match.
    pub(crate) text: &'a [u8],
    /// The whole match.
    pub(crate) whole: &'a [u8],
    /// Where the secret begins in the candidate's window.
    pub(crate) at: usize,
    pub(crate) candidate: &'a Candidate<'a>,
}

/// What a check says of a token.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Verdict {
    /// Its checksum holds or its structure parses.
    Proven,
    /// It has the form; nothing more can be checked.
    Formed,
    /// As `Proven` or `Formed`, but with another weight than the detector's.
    Weighed(Proof, Weight),
    /// It has a checksum, and that is wrong: no finding, but counted.
    Wrong,
    /// It is something else.
    No,
}

/// A secret in a window.
pub(crate) struct Found {
    /// Where it is written, in the window.
    pub(crate) span: Range<usize>,
    /// In the one form that gives it its identity.
    pub(crate) secret: Secret,
    pub(crate) what: Cow<'static, str>,
    pub(crate) family: Family,
    pub(crate) weight: Weight,
    pub(crate) proof: Proof,
    pub(crate) field: Option<String>,
    /// Safe to print; made from the secret where empty.
    pub(crate) excerpt: String,
}

/// What a detector says of a candidate.
pub(crate) enum Opinion {
    Nothing,
    /// A token with a wrong checksum.
    Wrong,
    Secret(Found),
}

impl Verdict {
    /// It has the form, of a token that opens only a place for tests.
    pub(crate) const fn mild() -> Self {
        Self::Weighed(Proof::Form, Weight::Doubtful)
    }
}

impl Detector {
    /// A token of a fixed form: one pattern, up to 512 bytes.
    pub(crate) const fn token(
        id: &'static str,
        what: &'static str,
        anchors: &'static [&'static str],
        pattern: &'static str,
    ) -> Self {
        Self {
            id,
            what,
            family: Family::Token,
            weight: Weight::Full,
            anchors,
            before: 64,
            after: 512,
            text_only: false,
            judge: Judge::Pattern {
                pattern,
                check: formed,
                bounded: true,
            },
        }
    }

    /// A kind of secret that code judges.
    pub(crate) const fn form(
        id: &'static str,
        what: &'static str,
        family: Family,
        anchors: &'static [&'static str],
        judge: fn(&Candidate<'_>) -> Option<Found>,
    ) -> Self {
        Self {
            id,
            what,
            family,
            weight: Weight::Full,
            anchors,
            before: 0,
            after: 512,
            text_only: false,
            judge: Judge::Form(judge),
        }
    }

    /// The same, and what matches must pass this.
    pub(crate) const fn checked(mut self, with: fn(&Token<'_>) -> Verdict) -> Self {
        if let Judge::Pattern { check, .. } = &mut self.judge {
            *check = with;
        }
        self
    }

    /// The same, with other bytes looked at before and from an anchor.
    pub(crate) const fn reach(mut self, before: usize, after: usize) -> Self {
        (self.before, self.after) = (before, after);
        self
    }

    /// The same, with another weight.
    pub(crate) const fn weighing(mut self, weight: Weight) -> Self {
        self.weight = weight;
        self
    }

    /// The same, in text only.
    pub(crate) const fn in_text(mut self) -> Self {
        self.text_only = true;
        self
    }

    /// The same, whatever stands next to it: for tokens with a checksum, since many binary formats
    /// write strings side by side without anything between them.
    pub(crate) const fn loose(mut self) -> Self {
        if let Judge::Pattern { bounded, .. } = &mut self.judge {
            *bounded = false;
        }
        self
    }

    /// Judges what stands around an anchor; `compiled` is this detector's own and kept for it.
    pub(crate) fn judge(&self, candidate: &Candidate<'_>, compiled: &Compiled) -> Opinion {
        match &self.judge {
            Judge::Form(form) => form(candidate).map_or(Opinion::Nothing, Opinion::Secret),
            Judge::Pattern {
                pattern,
                check,
                bounded,
            } => {
                let found = compiled.find(pattern, self.anchors, candidate.window, candidate.at);
                match found {
                    Some(Match { text, whole })
                        if *bounded && !candidate.is_apart_in(text.clone(), whole.clone()) =>
                    {
                        Opinion::Nothing
                    }
                    Some(found) => self.weigh(candidate, found, *check),
                    None => Opinion::Nothing,
                }
            }
        }
    }

    /// Has a match checked.
    fn weigh(
        &self,
        candidate: &Candidate<'_>,
        Match { whole, text }: Match,
        check: fn(&Token<'_>) -> Verdict,
    ) -> Opinion {
        let bytes = |span: &Range<usize>| candidate.window.get(span.clone()).unwrap_or_default();
        let (proof, weight) = match check(&Token {
            text: bytes(&text),
            whole: bytes(&whole),
            at: text.start,
            candidate,
        }) {
            Verdict::Proven => (Proof::Structure, self.weight),
            Verdict::Formed => (Proof::Form, self.weight),
            Verdict::Weighed(proof, weight) => (proof, weight),
            Verdict::Wrong => return Opinion::Wrong,
            Verdict::No => return Opinion::Nothing,
        };
        let secret = Secret::new(bytes(&text));
        let (family, weight) = match self.family {
            Family::PrivateKey if key::is_published(&secret) => {
                (Family::PublishedKey, Weight::Harmless)
            }
            family => (family, weight),
        };
        Opinion::Secret(Found {
            secret,
            span: text,
            what: Cow::Borrowed(self.what),
            family,
            weight,
            proof,
            field: None,
            excerpt: String::new(),
        })
    }
}

impl std::fmt::Debug for Detector {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(self.id)
    }
}

/// The check of tokens that have nothing to check.
pub(crate) fn formed(_: &Token<'_>) -> Verdict {
    Verdict::Formed
}
