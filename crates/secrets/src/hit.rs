//! What was found, where, and how sure that is; never the secret itself.

use std::borrow::Cow;

use serde::{Deserialize, Serialize};

use crate::secret::SecretFingerprint;

/// One secret in one file.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[non_exhaustive]
pub struct Hit {
    /// Which detector saw it, in kebab-case: `private-key`, `aws-credentials`. Names are never reused.
    pub detector: Cow<'static, str>,
    /// What kind of harm it does.
    pub family: Family,
    /// First byte of the key block or of the value, counted from the start of the file.
    pub offset: u64,
    /// Line of that byte, from 1; none in binary files (those with a NUL byte before it).
    pub line: Option<u64>,
    /// Column of that byte in bytes, from 1; none where there is no line.
    pub column: Option<u64>,
    /// For people: `OpenSSH private key (ed25519)`, `npm registry token`.
    pub what: String,
    /// Name of the member that holds the secret: `auths.registry.example.com.auth`.
    pub field: Option<String>,
    /// A short text with the secret masked, safe to print.
    pub excerpt: String,
    /// Equal for the same secret found by the same detector, wherever it lies.
    pub fingerprint: SecretFingerprint,
    /// Whether the bytes themselves prove a usable secret; a password hash, for one, does not.
    pub confirmed: bool,
}

/// Kinds of secrets that users judge differently.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
#[non_exhaustive]
pub enum Family {
    /// A private key anyone can use.
    PrivateKey,
    /// A private key that needs a passphrase or a hardware token.
    EncryptedPrivateKey,
    /// A private key that came with a published package, such as the self-tests inside libgnutls.
    PublishedKey,
    /// A token or password in a file that a tool keeps credentials in.
    CredentialFile,
}
