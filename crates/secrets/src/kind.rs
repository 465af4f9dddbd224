//! What kinds of secrets there are.

use crate::{assign, credential, hit::Family, key, scanner::Scanner};

/// One kind of secret that a scanner looks for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[non_exhaustive]
pub struct Kind {
    /// The name of its detector, as in [`Hit::detector`](crate::Hit::detector).
    pub id: &'static str,
    /// For people: `GitHub token`.
    pub what: &'static str,
    /// What most of them are; encrypted and published keys differ from others.
    pub family: Family,
}

impl Scanner {
    /// All kinds, by family and name.
    #[must_use]
    pub fn kinds(&self) -> Vec<Kind> {
        let swept = self.detectors().iter().map(|detector| Kind {
            id: detector.id,
            what: detector.what,
            family: detector.family,
        });
        let heads = key::HEADS.iter().map(|head| Kind {
            id: head.id,
            what: head.what,
            family: head.family,
        });
        let files = credential::kinds().map(|(id, what)| Kind {
            id,
            what,
            family: Family::CredentialFile,
        });
        let assigned = assign::kinds().map(|(id, what, family)| Kind { id, what, family });
        let mut kinds: Vec<Kind> = swept.chain(heads).chain(files).chain(assigned).collect();
        kinds.sort_unstable_by_key(|kind| (kind.family, kind.id));
        kinds.dedup_by_key(|kind| kind.id);
        kinds
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn kinds_of_every_source_are_listed_once() {
        let kinds = Scanner::new().kinds();
        let family = |id: &str| {
            let mut of_id = kinds.iter().filter(|kind| kind.id == id);
            let kind = of_id.next().unwrap_or_else(|| panic!("{id}"));
            assert!(of_id.next().is_none(), "{id}");
            kind.family
        };
        assert_eq!(family("github-token"), Family::Token);
        assert_eq!(family("private-key"), Family::PrivateKey);
        assert_eq!(family("npmrc"), Family::CredentialFile);
    }
}
