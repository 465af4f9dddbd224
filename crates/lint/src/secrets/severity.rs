//! How bad a secret is where it stands.

use imglint_layers::ImagePath;
use imglint_secrets::{Family, Hit, Proof, Weight};

use super::path_class::PathClass;
use crate::{finding::Severity, packages::Ownership, rule::Rule, rules};

/// Ends of the paths of keys that programs make for each machine, with what stands between.
const HOST_KEYS: [(&str, &str); 2] = [("etc/ssh/ssh_host_", "_key"), ("", "ssl-cert-snakeoil.key")];

/// The rule that tells of a secret.
pub(super) fn rule(hit: &Hit, path: Option<&ImagePath>) -> &'static dyn Rule {
    match hit.family {
        Family::PrivateKey if path.is_some_and(is_host_key) => &rules::SharedHostKey,
        family => rules::of_family(family),
    }
}

fn is_host_key(path: &ImagePath) -> bool {
    let path = path.as_bytes();
    HOST_KEYS
        .iter()
        .any(|(begin, end)| path.starts_with(begin.as_bytes()) && path.ends_with(end.as_bytes()))
}

/// How bad a secret is by itself.
pub(super) fn of_hit(hit: &Hit, path: Option<&ImagePath>) -> Severity {
    let severity = match hit.weight {
        Weight::Full => Severity::Error,
        Weight::Doubtful => Severity::Warning,
        Weight::Harmless => Severity::Info,
    };
    match hit.family {
        Family::PublishedKey => Severity::Info,
        Family::EncryptedPrivateKey => severity.min(Severity::Warning),
        Family::PrivateKey if path.is_some_and(is_host_key) => severity.min(Severity::Warning),
        _ => severity,
    }
}

/// How bad it is in a file: milder where everybody has the file, or nobody runs it.
pub(super) fn of_file(hit: &Hit, path: &ImagePath, owned: Option<Ownership>) -> Severity {
    let guessed = hit.proof == Proof::Name;
    let most = match (owned, PathClass::of(path)) {
        (Some(Ownership::Distribution), _) => Severity::Info,
        (Some(Ownership::Package), _) | (_, PathClass::Aside { .. }) if guessed => Severity::Info,
        (_, PathClass::Packaged) if hit.family == Family::AssignedSecret => Severity::Info,
        (_, PathClass::Aside { live }) if is_key(hit.family) => {
            if live {
                Severity::Error
            } else {
                Severity::Info
            }
        }
        (_, PathClass::Aside { .. }) => Severity::Warning,
        _ => Severity::Error,
    };
    of_hit(hit, Some(path)).min(most)
}

fn is_key(family: Family) -> bool {
    matches!(
        family,
        Family::PrivateKey | Family::EncryptedPrivateKey | Family::PublishedKey
    )
}
