//! Identity and masking of secrets: what may leave this crate in their place.

use std::fmt;

use serde::{Deserialize, Serialize};
use sha2::{Digest, Sha256};

/// Identity of a secret: a keyed hash of the detector's name and the normalised secret.
///
/// Neither path, line nor layer is in it, so an entry in a baseline survives a rebuild.
/// It is printed as 32 hex digits. Give [`Scanner::with_key`](crate::Scanner::with_key) a private key
/// where weak passwords must not be guessed from published fingerprints.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
pub struct SecretFingerprint(pub [u8; 16]);

impl SecretFingerprint {
    pub(crate) fn of(key: &[u8; 32], detector: &str, secret: &Secret) -> Self {
        let mut hash = Sha256::new();
        hash.update(key);
        hash.update(detector);
        hash.update([0]); // no detector's name holds a NUL, so no other split of these bytes collides
        hash.update(&secret.0);
        let mut out = [0; 16];
        for (to, from) in out.iter_mut().zip(hash.finalize()) {
            *to = from;
        }
        Self(out)
    }
}

impl fmt::Display for SecretFingerprint {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.iter().try_for_each(|byte| write!(f, "{byte:02x}"))
    }
}

/// A secret in clear: it can be hashed and masked, not printed.
#[derive(Clone, PartialEq, Eq, Default)]
pub(crate) struct Secret(Vec<u8>);

impl Secret {
    pub(crate) fn new(clear: impl Into<Vec<u8>>) -> Self {
        Self(clear.into())
    }

    pub(crate) fn clear(&self) -> &[u8] {
        &self.0
    }

    /// The first four and last two characters of a long token, nothing of a password.
    pub(crate) fn masked(&self) -> String {
        let token = self.0.len() >= 20 && self.0.iter().all(u8::is_ascii_graphic);
        match (self.0.first_chunk::<4>(), self.0.last_chunk::<2>()) {
            (Some(head), Some(tail)) if token => {
                let show = String::from_utf8_lossy;
                format!("{}********{}", show(head), show(tail))
            }
            _ => "********".to_owned(),
        }
    }
}

impl fmt::Debug for Secret {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Secret(********)")
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn long_token_shows_its_ends() {
        assert_eq!(
            Secret::new("abcdefghijklmnopqrst").masked(),
            "abcd********st"
        );
    }

    #[test]
    fn password_or_binary_shows_nothing() {
        for clear in [
            "",
            "x",
            "correct horse battery staple",
            "abcdefghijklmnopqrs",
        ] {
            assert_eq!(Secret::new(clear).masked(), "********", "{clear:?}");
        }
        assert_eq!(Secret::new([0xff; 40]).masked(), "********");
    }

    #[test]
    fn debug_shows_nothing() {
        assert!(!format!("{:?}", Secret::new("hunter2")).contains("hunter2"));
    }

    #[test]
    fn fingerprint_depends_on_key_detector_and_secret() {
        let of = |key, detector, clear: &str| {
            SecretFingerprint::of(&[key; 32], detector, &Secret::new(clear))
        };
        let one = of(0, "a", "b");
        assert_eq!(one, of(0, "a", "b"));
        assert_ne!(one, of(1, "a", "b"));
        assert_ne!(one, of(0, "ab", ""));
        assert_ne!(one, of(0, "a", "c"));
        assert_eq!(one.to_string().len(), 32);
    }
}
