//! Digests, and the three identities that are digests.

use std::{fmt, str::FromStr};

use miette::Diagnostic;
use sha2::{Digest as _, Sha256, Sha384, Sha512};
use thiserror::Error;

use crate::excerpt::excerpt;

/// `algorithm:encoded`, the name of some bytes by their content.
///
/// Cannot be built malformed, so it is safe as a key or a file name component.
/// See image-spec, `descriptor.md`, "Digests".
#[derive(Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Digest {
    // Invariant: matches the grammar, and the length and alphabet of its algorithm when registered.
    text: String,
}

/// The hash function of a [`Digest`].
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
#[non_exhaustive]
pub enum Algorithm {
    /// SHA-256, which every client has.
    Sha256,
    /// SHA-384, known to Go's digest library though not to the spec.
    Sha384,
    /// SHA-512.
    Sha512,
    /// Another, well-formed one: content under it cannot be verified.
    Other,
}

/// Why some text is not a digest.
#[derive(Debug, Clone, PartialEq, Eq, Error, Diagnostic)]
#[non_exhaustive]
pub enum DigestError {
    /// There is no `:` in it.
    #[error("digest {text:?} has no algorithm")]
    #[diagnostic(
        code(imglint::format::digest_without_algorithm),
        help("write it as sha256: and 64 lowercase hex digits")
    )]
    NoAlgorithm {
        /// What was found, cut when long.
        text: String,
    },
    /// The part before the first `:` breaks the grammar.
    #[error("digest {text:?} has a malformed algorithm")]
    #[diagnostic(
        code(imglint::format::digest_algorithm),
        help("write it as sha256: and 64 lowercase hex digits")
    )]
    Algorithm {
        /// What was found, cut when long.
        text: String,
    },
    /// The part after the `:` breaks the grammar, or the rules of its algorithm.
    #[error("digest {text:?} is not followed by {expected}")]
    #[diagnostic(
        code(imglint::format::digest_encoded),
        help("a digest names bytes exactly; copy it whole, in lowercase")
    )]
    Encoded {
        /// What was found, cut when long.
        text: String,
        /// What the algorithm asks for.
        expected: &'static str,
    },
}

impl Algorithm {
    fn named(name: &str) -> Self {
        match name {
            "sha256" => Self::Sha256,
            "sha384" => Self::Sha384,
            "sha512" => Self::Sha512,
            _ => Self::Other,
        }
    }

    /// What must follow the colon: how many lowercase hex digits, and how to say so.
    fn hex_digits(self) -> Option<(usize, &'static str)> {
        match self {
            Self::Sha256 => Some((64, "64 lowercase hex digits")),
            Self::Sha384 => Some((96, "96 lowercase hex digits")),
            Self::Sha512 => Some((128, "128 lowercase hex digits")),
            Self::Other => None,
        }
    }
}

/// SHA-256 of no bytes: a layer file may be empty (docker#18170).
const NO_BYTES: &str = "sha256:e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855";
/// SHA-256 of 1024 zero bytes: a tar without entries.
const EMPTY_TAR: &str = "sha256:5f70bf18a086007016e948b04aed3b82103a36bea41755b6cddfaf10ace3c6ef";
/// SHA-256 of Docker's gzip of an empty tar, the empty layer of schema 1.
const EMPTY_TAR_GZIP: &str =
    "sha256:a3ed95caeb02ffe68cdd9fd84406680ae93d633cb16422d00e8a7c22955b46d4";

impl Digest {
    /// Reads `algorithm:encoded`.
    ///
    /// # Errors
    /// When the grammar is broken, or `sha256`, `sha384` or `sha512` is not followed
    /// by exactly its number of lowercase hex digits.
    pub fn parse(text: &str) -> Result<Self, DigestError> {
        let shown = || excerpt(text);
        let (algorithm, encoded) = text
            .split_once(':')
            .ok_or_else(|| DigestError::NoAlgorithm { text: shown() })?;
        if !is_algorithm(algorithm) {
            return Err(DigestError::Algorithm { text: shown() });
        }
        match encoded_fault(Algorithm::named(algorithm), encoded) {
            None => Ok(Self {
                text: text.to_owned(),
            }),
            Some(expected) => Err(DigestError::Encoded {
                text: shown(),
                expected,
            }),
        }
    }

    /// The digest with this SHA-256 value.
    #[must_use]
    pub fn sha256(value: [u8; 32]) -> Self {
        Self::hashed("sha256", &value)
    }

    /// The digest with this SHA-512 value.
    #[must_use]
    pub fn sha512(value: [u8; 64]) -> Self {
        Self::hashed("sha512", &value)
    }

    /// The SHA-256 digest of `bytes`.
    #[must_use]
    pub fn of_bytes(bytes: &[u8]) -> Self {
        Self::hashed("sha256", &Sha256::digest(bytes))
    }

    fn hashed(algorithm: &str, value: &[u8]) -> Self {
        use fmt::Write as _;
        let mut text = format!("{algorithm}:");
        for byte in value {
            // Writing to a String cannot fail.
            let _ = write!(text, "{byte:02x}");
        }
        Self { text }
    }

    /// Whether `bytes` are those that the digest names; `None` when it cannot be verified.
    #[must_use]
    pub fn verify(&self, bytes: &[u8]) -> Option<bool> {
        let actual = match self.algorithm() {
            Algorithm::Sha256 => Self::hashed("sha256", &Sha256::digest(bytes)),
            Algorithm::Sha384 => Self::hashed("sha384", &Sha384::digest(bytes)),
            Algorithm::Sha512 => Self::hashed("sha512", &Sha512::digest(bytes)),
            Algorithm::Other => return None,
        };
        Some(actual == *self)
    }

    /// Its hash function.
    #[must_use]
    pub fn algorithm(&self) -> Algorithm {
        Algorithm::named(self.algorithm_name())
    }

    /// What stands before the colon; the directory below `blobs/` in an OCI layout.
    #[must_use]
    pub fn algorithm_name(&self) -> &str {
        self.text.split_once(':').map_or("", |(name, _)| name)
    }

    /// What stands after the colon: hex digits, for all algorithms but [`Algorithm::Other`].
    #[must_use]
    pub fn hex(&self) -> &str {
        self.text.split_once(':').map_or("", |(_, hex)| hex)
    }

    /// The whole digest as text.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.text
    }

    /// Whether this is a well-known digest of a layer without entries.
    #[must_use]
    pub fn is_empty_layer(&self) -> bool {
        [NO_BYTES, EMPTY_TAR, EMPTY_TAR_GZIP].contains(&self.as_str())
    }
}

/// `component ([+._-] component)*`, a component being one or more of `a-z0-9`.
fn is_algorithm(text: &str) -> bool {
    text.split(['+', '.', '_', '-']).all(|component| {
        !component.is_empty()
            && component
                .bytes()
                .all(|b| b.is_ascii_lowercase() || b.is_ascii_digit())
    })
}

fn encoded_fault(algorithm: Algorithm, encoded: &str) -> Option<&'static str> {
    let Some((digits, expected)) = algorithm.hex_digits() else {
        let legal = |b: u8| b.is_ascii_alphanumeric() || matches!(b, b'=' | b'_' | b'-');
        let sound = !encoded.is_empty() && encoded.bytes().all(legal);
        return (!sound).then_some("letters, digits, \"=\", \"_\" or \"-\"");
    };
    let is_hex = |b| matches!(b, b'0'..=b'9' | b'a'..=b'f');
    (encoded.len() != digits || !encoded.bytes().all(is_hex)).then_some(expected)
}

impl fmt::Display for Digest {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(&self.text)
    }
}

impl fmt::Debug for Digest {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Digest({})", self.text)
    }
}

impl FromStr for Digest {
    type Err = DigestError;

    fn from_str(text: &str) -> Result<Self, DigestError> {
        Self::parse(text)
    }
}

macro_rules! identity {
    ($(#[$doc:meta])* $name:ident) => {
        $(#[$doc])*
        #[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
        pub struct $name(Digest);

        impl $name {
            /// The digest that it is.
            #[must_use]
            pub fn digest(&self) -> &Digest {
                &self.0
            }
        }

        impl From<Digest> for $name {
            fn from(digest: Digest) -> Self {
                Self(digest)
            }
        }

        impl From<$name> for Digest {
            fn from(id: $name) -> Self {
                id.0
            }
        }

        impl fmt::Display for $name {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                self.0.fmt(f)
            }
        }

        impl FromStr for $name {
            type Err = DigestError;

            fn from_str(text: &str) -> Result<Self, DigestError> {
                Digest::parse(text).map(Self)
            }
        }
    };
}

identity!(
    /// Digest of a layer's *uncompressed* tar, all of its bytes (image-spec, `config.md`, "Layer `DiffID`").
    DiffId
);
identity!(
    /// Digest of an image's config, byte for byte (image-spec, `config.md`, "`ImageID`").
    ImageId
);
identity!(
    /// Identity of a stack of layers up to one of them (image-spec, `config.md`, "Layer `ChainID`").
    ChainId
);

impl ChainId {
    /// The chain ID at each layer, lowest first: as many as there are layers.
    #[must_use]
    pub fn of(layers: &[DiffId]) -> Vec<Self> {
        let mut chain: Vec<Self> = Vec::with_capacity(layers.len());
        for layer in layers {
            let id = match chain.last() {
                None => layer.0.clone(),
                Some(below) => Digest::of_bytes(format!("{below} {layer}").as_bytes()),
            };
            chain.push(Self(id));
        }
        chain
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn error(text: &str) -> String {
        Digest::parse(text).unwrap_err().to_string()
    }

    #[test]
    fn well_known_empty_layers() {
        assert_eq!(Digest::of_bytes(b"").as_str(), NO_BYTES);
        assert_eq!(Digest::of_bytes(&[0; 1024]).as_str(), EMPTY_TAR);
        assert!(Digest::of_bytes(&[0; 1024]).is_empty_layer());
        assert!(!Digest::of_bytes(&[0; 512]).is_empty_layer());
    }

    #[test]
    fn parts() {
        let digest = Digest::sha256([0xab; 32]);
        assert_eq!(digest.algorithm(), Algorithm::Sha256);
        assert_eq!(digest.hex(), "ab".repeat(32));
        assert_eq!(digest.to_string(), format!("sha256:{}", "ab".repeat(32)));
    }

    #[test]
    fn spec_examples_of_unregistered_algorithms_parse() {
        for text in [
            "multihash+base58:QmRZxt2b1FVZPNqd8hsiykDL3TdBDeTSPX9Kv46HmX4Gx8",
            "sha256+b64u:LCa0a2j_xo_5m0U8HTBBNBNCLXBkg7-g-YpeiGJm564",
            "blake3:af1349b9f5f9a1a6a0404dea36dcc9499bcb25c9adc112b7cc9a93cae41f3262",
        ] {
            let digest = Digest::parse(text).unwrap();
            assert_eq!(digest.algorithm(), Algorithm::Other);
            assert_eq!(digest.verify(b""), None);
            assert_eq!(digest.to_string(), text);
        }
    }

    #[test]
    fn malformed_is_refused() {
        let hex = "a".repeat(64);
        assert_eq!(error(&hex), format!("digest {hex:?} has no algorithm"));
        for algorithm in ["", "+sha256", "sha256+", "a..b", "SHA256", "../x"] {
            assert!(error(&format!("{algorithm}:{hex}")).ends_with("malformed algorithm"));
        }
        for encoded in [
            "",
            "../../etc/passwd",
            &"a".repeat(63),
            &"a".repeat(65),
            &"A".repeat(64),
            &"g".repeat(64),
        ] {
            assert!(error(&format!("sha256:{encoded}")).ends_with("64 lowercase hex digits"));
        }
        assert!(error("other:../x").contains("is not followed by letters"));
        assert!(error("other:").contains("is not followed by letters"));
    }

    #[test]
    fn verify_each_registered_algorithm() {
        // FIPS 180-4 test vectors for "abc".
        let sha512 = "sha512:ddaf35a193617abacc417349ae20413112e6fa4e89a97ea20a9eeee64b55d39a\
                      2192992a274fc1a836ba3c23a3feebbd454d4423643ce80e2a9ac94fa54ca49f";
        let sha384 = "sha384:cb00753f45a35e8bb5a03d699ac65007272c32ab0eded1631a8b605a43ff5bed\
                      8086072ba1e7cc2358baeca134c825a7";
        let sha256 = "sha256:ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad";
        for text in [sha256, sha384, sha512] {
            let digest = Digest::parse(text).unwrap();
            assert_eq!(digest.verify(b"abc"), Some(true), "{text}");
            assert_eq!(digest.verify(b"abd"), Some(false), "{text}");
        }
    }

    #[test]
    fn chain_id_follows_the_spec() {
        let layer = |byte| DiffId::from(Digest::sha256([byte; 32]));
        let (a, b, c) = (layer(0xa), layer(0xb), layer(0xc));
        let chain = ChainId::of(&[a.clone(), b.clone(), c.clone()]);
        let ab = Digest::of_bytes(format!("{a} {b}").as_bytes());
        let abc = Digest::of_bytes(format!("{ab} {c}").as_bytes());
        assert_eq!(chain, [a.into(), ab, abc].map(|d: Digest| ChainId(d)));
        assert_eq!(ChainId::of(&[]), []);
    }

    proptest! {
        #[test]
        fn what_parses_prints_the_same(text in "[a-z0-9+._:-]{0,12}:[a-zA-Z0-9=_/-]{0,70}") {
            if let Ok(digest) = Digest::parse(&text) {
                prop_assert_eq!(digest.to_string(), text);
                prop_assert!(!digest.hex().contains(['/', '.']));
            }
        }
    }
}
