//! Findings that somebody decided to live with.

use globset::{Candidate, GlobBuilder, GlobMatcher};
use imglint_secrets::Scanner;

use crate::{
    finding::{Finding, Location},
    rules,
};

/// Which findings do not count, and why; a finding must meet all that is asked of it.
#[derive(Debug, Clone)]
pub struct Ignore {
    reason: String,
    fingerprint: Option<String>,
    path: Option<GlobMatcher>,
    rule: Option<RuleName>,
}

/// A rule, or one kind of what several rules find.
#[derive(Debug, Clone, PartialEq, Eq)]
enum RuleName {
    Rule(&'static str),
    Detector(&'static str),
}

impl Ignore {
    /// Applies to every finding until it is narrowed.
    #[must_use]
    pub fn new(reason: impl Into<String>) -> Self {
        Self {
            reason: reason.into(),
            fingerprint: None,
            path: None,
            rule: None,
        }
    }

    /// Only the finding with this fingerprint; none if no fingerprint looks like that.
    #[must_use]
    pub fn fingerprint(self, hex: &str) -> Option<Self> {
        let whole = hex.len() == 32 && hex.bytes().all(|b| b.is_ascii_hexdigit());
        whole.then(|| Self {
            fingerprint: Some(hex.to_ascii_lowercase()),
            ..self
        })
    }

    /// Only findings at a path of the image that a glob matches: `*` and `?` match within a directory,
    /// `**` across directories. A leading slash means nothing.
    ///
    /// # Errors
    /// If the glob cannot be parsed: why.
    pub fn path(self, glob: &str) -> Result<Self, String> {
        let relative = glob.strip_prefix('/').unwrap_or(glob);
        let glob = GlobBuilder::new(relative).literal_separator(true).build();
        match glob {
            Ok(glob) => Ok(Self {
                path: Some(glob.compile_matcher()),
                ..self
            }),
            Err(error) => Err(error.kind().to_string()),
        }
    }

    /// Only findings of a rule, by its name or code, or of one kind of secret, by its detector; none
    /// if there is neither of that name.
    #[must_use]
    pub fn rule(self, name: &str) -> Option<Self> {
        let detector = || {
            let kinds = Scanner::shared().kinds();
            let kind = kinds.iter().find(|kind| kind.id == name)?;
            Some(RuleName::Detector(kind.id))
        };
        let rule = rules::find(name).map(|rule| RuleName::Rule(rule.id()));
        let rule = rule.or_else(detector)?;
        Some(Self {
            rule: Some(rule),
            ..self
        })
    }

    /// Suppresses the finding, or those of its places that this is about.
    pub fn apply(&self, finding: &mut Finding) {
        let fingerprint = self.fingerprint.as_ref();
        if fingerprint.is_some_and(|hex| *hex != finding.fingerprint.to_string()) {
            return;
        }
        if self.rule.as_ref().is_some_and(|rule| !rule.names(finding)) {
            return;
        }
        finding.suppress(&self.reason, |location| self.is_at(location));
    }

    fn is_at(&self, location: &Location) -> bool {
        let Some(glob) = &self.path else { return true };
        let path = location.path.as_ref();
        path.is_some_and(|path| glob.is_match_candidate(&Candidate::from_bytes(path.as_bytes())))
    }
}

impl RuleName {
    fn names(&self, finding: &Finding) -> bool {
        match self {
            Self::Rule(id) => finding.rule == *id,
            Self::Detector(id) => {
                let secret = finding.secret.as_ref();
                secret.is_some_and(|secret| secret.detector() == *id)
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{finding::Findings, rules};

    /// A finding of `missing-blob` at a path.
    fn finding(path: &str) -> Finding {
        let mut findings = Findings::new(&rules::MissingBlob);
        findings.report(Location::default().at(&path.into()), "x");
        findings.into_list().remove(0)
    }

    fn reason(ignore: &Ignore, mut finding: Finding) -> Option<String> {
        ignore.apply(&mut finding);
        finding.suppressed
    }

    #[test]
    fn globs_match_within_directories_unless_told_otherwise() {
        for (glob, path, matches) in [
            ("/app/test/**", "app/test/a/b.pem", true),
            ("app/*.pem", "app/a.pem", true),
            ("app/*.pem", "app/a/b.pem", false),
            ("**/b.pem", "app/a/b.pem", true),
            ("**/b.pem", "b.pem", true),
            ("b.pem", "app/b.pem", false),
        ] {
            let ignore = Ignore::new("why").path(glob).unwrap();
            let expected = matches.then(|| "why".to_owned());
            assert_eq!(reason(&ignore, finding(path)), expected, "{glob} {path}");
        }
        assert!(Ignore::new("why").path("a[").is_err());
    }

    #[test]
    fn a_rule_is_meant_by_name_or_code() {
        for (name, matches) in [
            ("missing-blob", true),
            ("il705", true),
            ("root-user", false),
        ] {
            let ignore = Ignore::new("why").rule(name).unwrap();
            assert_eq!(reason(&ignore, finding("a")).is_some(), matches, "{name}");
        }
        assert!(Ignore::new("why").rule("no-such-rule").is_none());
        assert!(Ignore::new("why").rule("github-token").is_some());
    }

    #[test]
    fn all_that_is_asked_for_must_hold() {
        let fingerprint = finding("a").fingerprint.to_string();
        let ignore = Ignore::new("why")
            .fingerprint(&fingerprint)
            .and_then(|ignore| ignore.rule("missing-blob"))
            .unwrap();
        assert!(reason(&ignore, finding("a")).is_some());
        assert!(reason(&ignore, finding("b")).is_none());
        let elsewhere = ignore.path("b").unwrap();
        assert!(reason(&elsewhere, finding("a")).is_none());
        assert!(Ignore::new("why").fingerprint("0123").is_none());
    }
}
