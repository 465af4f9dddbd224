//! What a rule saw: plain data, for reports to print.

use std::fmt;

use imglint_format::DiffId;
use imglint_layers::ImagePath;
use imglint_secrets::SecretFingerprint;
use sha2::{Digest as _, Sha256};

use crate::{
    origin::Origin,
    place::{FoundSecret, Place},
    rule::Rule,
};

/// How bad a finding is; the worst is the greatest.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Severity {
    /// Worth knowing.
    Info,
    /// Costs something: bytes, order, trust.
    Warning,
    /// Must not leave the machine.
    Error,
}

impl Severity {
    /// The lower-case name, as reports and command lines have it.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::Info => "info",
            Self::Warning => "warning",
            Self::Error => "error",
        }
    }
}

impl fmt::Display for Severity {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(self.name())
    }
}

/// One thing that one rule saw.
///
/// Texts may hold names out of the image, with control characters escaped where they are paths;
/// a report escapes whatever it prints once more. No text ever holds a secret.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub struct Finding {
    /// The rule's name, such as `root-user`.
    pub rule: &'static str,
    /// How bad it is here; a rule may judge single findings milder than itself.
    pub severity: Severity,
    /// A lower-case fragment that says what is wrong.
    pub message: String,
    /// What to do about it, best as a line to write.
    pub help: Option<String>,
    /// Evidence, a line each: the biggest files, other places.
    pub notes: Vec<String>,
    /// Who brought it; none where it is no layer's doing.
    pub origin: Option<Origin>,
    /// Where it is.
    pub location: Location,
    /// Bytes that would be saved.
    pub bytes: Option<u64>,
    /// Identity that survives rebuilds.
    pub fingerprint: Fingerprint,
    /// The secret that it is about, if it is about one.
    pub secret: Option<FoundSecret>,
    /// Everywhere that secret stands, the lowest layer first; empty for findings about anything else.
    ///
    /// The headline (`message`, `location`, `origin`, `severity`) is made of those that are not
    /// suppressed.
    pub places: Vec<Place>,
    /// Why it does not count, if somebody said so.
    pub suppressed: Option<String>,
}

impl Finding {
    /// Suppresses it where `applies` says so; what remains of its places gives it a new headline.
    ///
    /// A finding without places has one, its location. What was suppressed before keeps its reason.
    pub fn suppress(&mut self, reason: &str, mut applies: impl FnMut(&Location) -> bool) {
        for place in &mut self.places {
            if place.suppressed.is_none() && applies(&place.location) {
                place.suppressed = Some(reason.to_owned());
            }
        }
        if self.places.is_empty() {
            if self.suppressed.is_none() && applies(&self.location) {
                self.suppressed = Some(reason.to_owned());
            }
        } else {
            self.settle();
        }
    }

    /// The places that count: all that are not suppressed, or all where every one is.
    pub fn counted_places(&self) -> impl Iterator<Item = &Place> {
        let all = self.suppressed.is_some();
        self.places
            .iter()
            .filter(move |place| all || place.suppressed.is_none())
    }

    /// Makes the headline of the places that count.
    pub(crate) fn settle(&mut self) {
        let is_open = |place: &&Place| place.suppressed.is_none();
        self.suppressed = match self.places.iter().find(is_open) {
            Some(_) => None,
            None => self
                .places
                .first()
                .and_then(|place| place.suppressed.clone()),
        };
        let severity = self.counted_places().map(|place| place.severity).max();
        let headline = self
            .counted_places()
            .find(|place| Some(place.severity) == severity)
            .cloned();
        if let Some(place) = headline {
            let what = self.secret.as_ref().map_or("", FoundSecret::what);
            self.message = format!("{what} {place}");
            self.severity = place.severity;
            self.origin = place.origin;
            self.location = place.location;
        }
    }
}

/// Where a finding is; whatever is known of it.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
#[non_exhaustive]
pub struct Location {
    /// Index of the layer, 0 for the lowest.
    pub layer: Option<usize>,
    /// The layer's diff ID, as the config states it or, failing that, as computed.
    pub diff_id: Option<DiffId>,
    /// A path in the image.
    pub path: Option<ImagePath>,
    /// Line of the file, from 1.
    pub line: Option<u64>,
    /// Column in bytes, from 1.
    pub column: Option<u64>,
    /// Byte offset, in what the finding is about: a file, a layer's tar or blob, a document.
    pub offset: Option<u64>,
    /// The instruction that made the layer, as a Dockerfile has it.
    pub instruction: Option<String>,
    /// A field of the config (`config.User`) or the name of a document (`manifest.json`).
    pub field: Option<String>,
}

impl Location {
    /// A field of the config or a document of the archive.
    pub(crate) fn field(name: impl Into<String>) -> Self {
        Self {
            field: Some(name.into()),
            ..Self::default()
        }
    }

    /// The same place, at a path.
    pub(crate) fn at(self, path: &ImagePath) -> Self {
        Self {
            path: Some(path.clone()),
            ..self
        }
    }
}

/// Identity of a finding: a hash of the rule and of its evidence.
///
/// Layer numbers and lines are not in it, so it survives rebuilds that move things.
/// It is printed as 32 hex digits.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Fingerprint([u8; 16]);

impl Fingerprint {
    /// Hashes the lengths too, so no other split of the same bytes collides.
    pub(crate) fn of<'a>(rule: &'a str, evidence: impl IntoIterator<Item = &'a [u8]>) -> Self {
        let mut hash = Sha256::new();
        for part in std::iter::once(rule.as_bytes()).chain(evidence) {
            hash.update((part.len() as u64).to_le_bytes());
            hash.update(part);
        }
        let mut first = [0; 16];
        for (to, from) in first.iter_mut().zip(hash.finalize()) {
            *to = from;
        }
        Self(first)
    }
}

/// A finding about a secret has the identity of the secret.
impl From<SecretFingerprint> for Fingerprint {
    fn from(secret: SecretFingerprint) -> Self {
        Self(secret.0)
    }
}

impl fmt::Display for Fingerprint {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.iter().try_for_each(|byte| write!(f, "{byte:02x}"))
    }
}

/// The findings of one rule, bound to its name, severity and advice.
#[derive(Debug)]
pub struct Findings {
    rule: &'static dyn Rule,
    list: Vec<Finding>,
}

impl Findings {
    pub(crate) fn new(rule: &'static dyn Rule) -> Self {
        Self {
            rule,
            list: Vec::new(),
        }
    }

    /// Adds a finding of the rule's own severity and with its advice; what it gives back refines
    /// it.
    ///
    /// Its fingerprint is of the rule, the path and the field, unless [`Draft::evidence`] is given.
    pub fn report(&mut self, location: Location, message: impl Into<String>) -> Draft<'_> {
        let path = location
            .path
            .as_ref()
            .map(ImagePath::as_bytes)
            .unwrap_or_default();
        let field = location.field.as_deref().unwrap_or_default();
        let fingerprint = Fingerprint::of(self.rule.id(), [path, field.as_bytes()]);
        let finding = Finding {
            rule: self.rule.id(),
            severity: self.rule.severity(),
            message: message.into(),
            help: self.rule.advice().map(str::to_owned),
            notes: Vec::new(),
            origin: None,
            location,
            bytes: None,
            fingerprint,
            secret: None,
            places: Vec::new(),
            suppressed: None,
        };
        self.list.push(finding);
        Draft {
            list: &mut self.list,
        }
    }

    /// Takes over those of some findings that are of this rule.
    pub(crate) fn extend(&mut self, findings: &[Finding]) {
        let own = |finding: &&Finding| finding.rule == self.rule.id();
        self.list.extend(findings.iter().filter(own).cloned());
    }

    pub(crate) fn into_list(self) -> Vec<Finding> {
        self.list
    }
}

/// The finding that was just reported.
#[derive(Debug)]
pub struct Draft<'a> {
    // Invariant: not empty; the last one is meant.
    list: &'a mut Vec<Finding>,
}

impl Draft<'_> {
    /// Judges this one otherwise than the rule does.
    pub fn severity(&mut self, severity: Severity) -> &mut Self {
        self.edit(|finding| finding.severity = severity)
    }

    /// What to do about it.
    pub fn help(&mut self, help: impl Into<String>) -> &mut Self {
        self.edit(|finding| finding.help = Some(help.into()))
    }

    /// One more line of evidence.
    pub fn note(&mut self, note: impl Into<String>) -> &mut Self {
        self.edit(|finding| finding.notes.push(note.into()))
    }

    /// More lines of evidence.
    pub fn notes(&mut self, notes: impl IntoIterator<Item = String>) -> &mut Self {
        self.edit(|finding| finding.notes.extend(notes))
    }

    /// Bytes that would be saved.
    pub fn bytes(&mut self, bytes: u64) -> &mut Self {
        self.edit(|finding| finding.bytes = Some(bytes))
    }

    /// Who brought it.
    pub fn origin(&mut self, origin: Origin) -> &mut Self {
        self.edit(|finding| finding.origin = Some(origin))
    }

    /// What identifies the finding besides its rule, instead of path and field.
    pub fn evidence<'e>(&mut self, evidence: impl IntoIterator<Item = &'e [u8]>) -> &mut Self {
        self.edit(|finding| finding.fingerprint = Fingerprint::of(finding.rule, evidence))
    }

    /// The secret that it is about, and the first of its places.
    pub(crate) fn secret(
        &mut self,
        secret: FoundSecret,
        place: Place,
        fingerprint: Fingerprint,
    ) -> &mut Self {
        self.edit(|finding| {
            finding.secret = Some(secret);
            finding.places.push(place);
            finding.fingerprint = fingerprint;
        })
    }

    fn edit(&mut self, change: impl FnOnce(&mut Finding)) -> &mut Self {
        if let Some(finding) = self.list.last_mut() {
            change(finding);
        }
        self
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::rules;

    #[test]
    fn errors_are_worse_than_warnings() {
        assert!(Severity::Error > Severity::Warning && Severity::Warning > Severity::Info);
    }

    #[test]
    fn fingerprints_know_where_their_parts_end() {
        let of = |parts: [&'static [u8]; 2]| Fingerprint::of("rule", parts).to_string();
        assert_eq!(of([b"ab", b"c"]).len(), 32);
        assert_ne!(of([b"ab", b"c"]), of([b"a", b"bc"]));
    }

    #[test]
    fn a_fingerprint_ignores_layer_and_line() {
        let location = |layer, line| Location {
            layer: Some(layer),
            line: Some(line),
            ..Location::field("x")
        };
        let mut findings = Findings::new(&rules::MissingBlob);
        findings.report(location(1, 10), "a");
        findings.report(location(2, 20), "b");
        let list = findings.into_list();
        assert_eq!(list[0].fingerprint, list[1].fingerprint);
    }
}
