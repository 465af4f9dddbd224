//! Where a secret stands, and what may be told of it.

use std::{borrow::Cow, fmt, sync::Arc};

use imglint_layers::WasteCause;
use imglint_secrets::Hit;

use crate::{
    finding::{Location, Severity},
    origin::Origin,
};

/// One place where a secret stands.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub struct Place {
    /// Where; offset, line and column are those of the secret.
    pub location: Location,
    /// For people, with a preposition: `in /app/.env`.
    pub text: String,
    /// What had to be undone to see it, outermost first: `zip member a.properties`, `base64`.
    pub within: Vec<String>,
    /// Name that the secret is assigned to there: `DB_PASSWORD`.
    pub name: Option<String>,
    /// Whose layer or instruction it is; none where it is no layer's doing.
    pub origin: Option<Origin>,
    /// How bad it is there.
    pub severity: Severity,
    /// Who took it out of sight, if no container sees it.
    pub hidden: Option<HiddenBy>,
    /// Why this place does not count, if somebody said so.
    pub suppressed: Option<String>,
}

/// Who took a file out of sight.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub struct HiddenBy {
    /// The layer that did it; the shipping one if that itself has the name again.
    pub layer: usize,
    /// How.
    pub cause: WasteCause,
    /// The instruction that made that layer.
    pub instruction: Option<String>,
}

impl Place {
    /// A place at which a hit is as bad as `severity` says; the rest of it is set by its fields.
    #[must_use]
    pub fn new(hit: &Hit, location: Location, text: impl Into<String>, severity: Severity) -> Self {
        Self {
            location,
            text: text.into(),
            within: hit.within.clone(),
            name: hit.field.clone(),
            origin: None,
            severity,
            hidden: None,
            suppressed: None,
        }
    }
}

/// As a message has it: `in a.jar (zip member b.yml) (DB_PASSWORD), deleted in layer 3 but shipped in
/// layer 2`.
impl fmt::Display for Place {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.text)?;
        if !self.within.is_empty() {
            write!(f, " ({})", self.within.join(", "))?;
        }
        if let Some(name) = &self.name {
            write!(f, " ({name})")?;
        }
        match (&self.hidden, self.location.layer) {
            (Some(HiddenBy { layer, .. }), Some(shipped)) if *layer == shipped => {
                write!(f, ", never visible but shipped in layer {shipped}")
            }
            (Some(HiddenBy { layer, cause, .. }), Some(shipped)) => {
                let deed = deed(*cause);
                write!(
                    f,
                    ", {deed} in layer {layer} but shipped in layer {shipped}"
                )
            }
            _ => Ok(()),
        }
    }
}

fn deed(cause: WasteCause) -> &'static str {
    match cause {
        WasteCause::Opaque => "hidden",
        WasteCause::MetadataOnly => "shipped again",
        WasteCause::Moved => "moved",
        WasteCause::TypeReplaced => "replaced",
        WasteCause::Overwritten | WasteCause::DuplicateEntry => "overwritten",
        _ => "deleted",
    }
}

/// The secret that a finding is about.
#[derive(Clone, PartialEq, Eq)]
pub struct FoundSecret {
    detector: Cow<'static, str>,
    what: String,
    excerpt: String,
    clear: Arc<[u8]>,
}

impl FoundSecret {
    /// What a hit tells of its secret.
    #[must_use]
    pub fn of(hit: &Hit) -> Self {
        Self {
            detector: hit.detector.clone(),
            what: hit.what.clone(),
            excerpt: hit.excerpt.clone(),
            clear: hit.clear().into(),
        }
    }

    /// Which detector saw it: `github-token`.
    #[must_use]
    pub fn detector(&self) -> &str {
        &self.detector
    }

    /// What it is, for people: `GitHub token`.
    #[must_use]
    pub fn what(&self) -> &str {
        &self.what
    }

    /// A short text with the secret masked, safe to print.
    #[must_use]
    pub fn excerpt(&self) -> &str {
        &self.excerpt
    }

    /// The secret itself, for those who asked to see it and for masking what quotes it.
    #[must_use]
    pub fn clear(&self) -> &[u8] {
        &self.clear
    }
}

/// Without the secret itself.
impl fmt::Debug for FoundSecret {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("FoundSecret")
            .field("detector", &self.detector)
            .field("what", &self.what)
            .field("excerpt", &self.excerpt)
            .finish_non_exhaustive()
    }
}
