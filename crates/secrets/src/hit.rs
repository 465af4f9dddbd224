//! What was found, where, and how sure that is.

use std::borrow::Cow;

use serde::{Deserialize, Serialize};

use crate::secret::{Secret, SecretFingerprint};

/// One secret at one place.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[non_exhaustive]
pub struct Hit {
    /// Which detector saw it, in kebab-case: `private-key`, `github-token`. Names are never reused.
    pub detector: Cow<'static, str>,
    /// What kind of secret it is.
    pub family: Family,
    /// First byte of the secret, counted from the start of what was scanned; of what holds it, if it
    /// was found [`within`](Self::within) something.
    pub offset: u64,
    /// Bytes it takes there.
    pub length: u64,
    /// Line of that byte, from 1; none in binary files (those with a NUL byte before it).
    ///
    /// Lines of an archive member are counted in the member.
    pub line: Option<u64>,
    /// Column of that byte in bytes, from 1; none where there is no line.
    pub column: Option<u64>,
    /// What had to be undone to see it: `gzip`, `zip member a/b.properties`, `base64`, outermost first.
    pub within: Vec<String>,
    /// Offset in what was scanned: of the secret, or of what had to be decoded to see it.
    pub outer_offset: u64,
    /// For people: `OpenSSH private key (ed25519)`, `npm registry token`.
    pub what: String,
    /// Name that the secret is assigned to: `auths.registry.example.com.auth`, `DB_PASSWORD`.
    pub field: Option<String>,
    /// A short text with the secret masked, safe to print.
    pub excerpt: String,
    /// Equal for the same secret found by the same detector, wherever it lies.
    pub fingerprint: SecretFingerprint,
    /// How much harm it may do, as far as the bytes tell.
    pub weight: Weight,
    /// What speaks for its being a secret at all.
    pub proof: Proof,
    /// Whether its line carries the mark `imglint:allow`.
    pub allowed: bool,
    /// The secret in clear; never serialised, never in `Debug`.
    #[serde(skip)]
    pub(crate) secret: Secret,
}

impl Hit {
    /// The secret in clear, for those who asked to see it and for masking what quotes it.
    ///
    /// Empty in a hit that was read back from somewhere.
    #[must_use]
    pub fn clear(&self) -> &[u8] {
        self.secret.clear()
    }
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
    /// A token whose form tells who issued it.
    Token,
    /// A password inside a URL.
    UrlPassword,
    /// A value that is a secret by the name it is assigned to.
    AssignedSecret,
}

/// How much harm a secret may do.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Weight {
    /// None: a published test key, a well-known default.
    Harmless,
    /// Some, or it is not certain: a test-mode token, a password hash, a guess.
    Doubtful,
    /// Whoever has it can act as its owner.
    Full,
}

/// What speaks for a secret's being one; the strongest is the greatest.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Proof {
    /// The name it is assigned to, and that it looks random.
    Name,
    /// A form that hardly anything else has.
    Form,
    /// A checksum holds, or its structure parses.
    Structure,
}
