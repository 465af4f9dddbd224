//! Keys in Bech32: identities of age (<https://age-encryption.org/v1>) and of Nostr (NIP-19).

use super::bech32;
use crate::detector::{Detector, Token, Verdict};
use crate::hit::{Family, Proof, Weight};

pub(super) const AGE: Detector = Detector {
    family: Family::PrivateKey,
    ..Detector::token(
        "age-key",
        "age identity",
        &["AGE-SECRET-KEY-", "AGE-PLUGIN-"],
        "AGE-(?:SECRET-KEY-(?:PQ-)?1[02-9AC-HJ-NP-Z]{58}|PLUGIN-[0-9A-Z+._-]{1,40}-1[02-9AC-HJ-NP-Z]{6,400})",
    )
    .checked(of_age)
};

pub(super) const NOSTR: Detector = Detector {
    family: Family::PrivateKey,
    ..Detector::token(
        "nostr-key",
        "Nostr private key",
        &["nsec1"],
        "nsec1[02-9ac-hj-np-z]{58}",
    )
    .checked(of_nostr)
};

/// An identity of a plugin most often only names a key inside a device.
fn of_age(token: &Token<'_>) -> Verdict {
    match bech32::holds(token.text) {
        true if token.text.starts_with(b"AGE-PLUGIN-") => {
            Verdict::Weighed(Proof::Structure, Weight::Doubtful)
        }
        true => Verdict::Proven,
        false => Verdict::Wrong,
    }
}

fn of_nostr(token: &Token<'_>) -> Verdict {
    if bech32::holds(token.text) {
        Verdict::Proven
    } else {
        Verdict::Wrong
    }
}

#[cfg(test)]
pub(super) fn examples() -> Vec<super::tests::Example> {
    use super::tests::Example;
    let of = |name: &str, count| bech32::sample(name, 19, count).into_bytes();
    let upper = |name: &str, count| of(name, count).to_ascii_uppercase();
    let secret = upper("age-secret-key-", 52);
    let mut wrong = secret.clone();
    wrong[40] = if wrong[40] == b'Q' { b'P' } else { b'Q' };
    vec![
        Example::of("age-key")
            .found([
                secret.clone(),
                upper("age-secret-key-pq-", 52),
                upper("age-plugin-yubikey-", 32),
            ])
            .silent([wrong, secret[..70].to_vec(), of("age-secret-key-", 52)]),
        Example::of("nostr-key")
            .found([of("nsec", 52)])
            .silent([of("npub", 52), upper("nsec", 52)]),
    ]
}
