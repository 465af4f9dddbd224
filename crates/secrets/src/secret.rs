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
    /// Lengths go in as well, so no other split of the same bytes collides.
    pub(crate) fn of(key: &[u8; 32], detector: &str, secret: &[u8]) -> Self {
        let mut hash = Sha256::new();
        hash.update(key);
        hash.update(detector.len().to_le_bytes());
        hash.update(detector);
        hash.update(secret);
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
