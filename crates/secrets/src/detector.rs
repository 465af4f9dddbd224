//! What a detector is: a row of data that says which bytes to look for and what they must be part of.
//!
//! To add one, add a row to the table of its kind in `tokens/`. A row names *anchors*, fixed bytes of
//! which every such secret holds one; only around an anchor its pattern is tried.

use std::{borrow::Cow, ops::Range, sync::OnceLock};

use regex::bytes::{Regex, RegexBuilder};

use crate::{
    context::Context,
    hit::{Family, Proof, Weight},
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

/// A detector's pattern, made when it is first needed.
#[derive(Debug, Default)]
pub(crate) struct Compiled(OnceLock<Option<Regex>>);

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
        if self.text_only && candidate.binary {
            return Opinion::Nothing;
        }
        match &self.judge {
            Judge::Form(form) => form(candidate).map_or(Opinion::Nothing, Opinion::Secret),
            Judge::Pattern {
                pattern,
                check,
                bounded,
            } => {
                let regex = compiled.0.get_or_init(|| compile(pattern).ok());
                match regex {
                    Some(regex) => self.by_pattern(candidate, regex, *check, *bounded),
                    None => Opinion::Nothing, // a test compiles every pattern
                }
            }
        }
    }

    fn by_pattern(
        &self,
        candidate: &Candidate<'_>,
        regex: &Regex,
        check: fn(&Token<'_>) -> Verdict,
        bounded: bool,
    ) -> Opinion {
        let holds_anchor = |whole: &regex::bytes::Match<'_>| whole.range().contains(&candidate.at);
        let captures = regex
            .captures_iter(candidate.window)
            .find(|captures| captures.get(0).as_ref().is_some_and(holds_anchor));
        let Some(captures) = captures else {
            return Opinion::Nothing;
        };
        let (Some(whole), Some(text)) = (captures.get(0), captures.get(1).or(captures.get(0)))
        else {
            return Opinion::Nothing;
        };
        if bounded && !candidate.is_apart(text.range()) {
            return Opinion::Nothing;
        }
        let (proof, weight) = match check(&Token {
            text: text.as_bytes(),
            whole: whole.as_bytes(),
            at: text.start(),
            candidate,
        }) {
            Verdict::Proven => (Proof::Structure, self.weight),
            Verdict::Formed => (Proof::Form, self.weight),
            Verdict::Weighed(proof, weight) => (proof, weight),
            Verdict::Wrong => return Opinion::Wrong,
            Verdict::No => return Opinion::Nothing,
        };
        Opinion::Secret(Found {
            span: text.range(),
            secret: Secret::new(text.as_bytes()),
            what: Cow::Borrowed(self.what),
            family: self.family,
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

impl Candidate<'_> {
    /// Whether the bytes at `span` stand apart from letters and digits around them.
    pub(crate) fn is_apart(&self, span: Range<usize>) -> bool {
        let word = |b: &u8| b.is_ascii_alphanumeric() || *b == b'_';
        let before = self.window.get(..span.start).unwrap_or_default();
        let after = self.window.get(span.end);
        (!before.last().is_some_and(word) || ends_with_escape(before)) && !after.is_some_and(word)
    }
}

/// Whether the last letters belong to an escape: `\n`, `\u003d`, `%3D`.
fn ends_with_escape(before: &[u8]) -> bool {
    match before {
        [.., b'\\', b'n' | b'r' | b't'] => true,
        [.., b'\\', b'x', a, b] | [.., b'%', a, b] => [a, b].iter().all(|b| b.is_ascii_hexdigit()),
        [.., b'\\', b'u', a, b, c, d] => [a, b, c, d].iter().all(|b| b.is_ascii_hexdigit()),
        _ => false,
    }
}

/// The check of tokens that have nothing to check.
pub(crate) fn formed(_: &Token<'_>) -> Verdict {
    Verdict::Formed
}

pub(crate) fn compile(pattern: &str) -> Result<Regex, regex::Error> {
    RegexBuilder::new(pattern).unicode(false).build()
}
