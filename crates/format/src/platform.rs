//! The operating system and processor that an image runs on.

use std::{fmt, str::FromStr};

use miette::Diagnostic;
use thiserror::Error;

/// What an image runs on, as its config or descriptor spells it.
///
/// An empty text means that nothing was said. See image-spec, `image-index.md`, "platform".
#[derive(Debug, Clone, Default, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Platform {
    /// Such as `linux`.
    pub os: String,
    /// Such as `amd64`.
    pub architecture: String,
    /// Such as `v8`.
    pub variant: String,
    /// Such as `10.0.14393.1066`, for Windows.
    pub os_version: String,
    /// Such as `win32k`.
    pub os_features: Vec<String>,
}

/// Why some text is not a platform.
#[derive(Debug, Clone, PartialEq, Eq, Error, Diagnostic)]
#[error("platform {text:?} is not OS/ARCH or OS/ARCH/VARIANT")]
#[diagnostic(
    code(imglint::format::platform),
    help("write it as linux/amd64 or linux/arm/v7")
)]
pub struct PlatformError {
    /// What was found.
    pub text: String,
}

impl Platform {
    /// The same platform in the words that Go and containerd use (containerd `platforms`, `normalizeArch`).
    #[must_use]
    pub fn normalised(&self) -> Self {
        let (architecture, variant) = normalise_architecture(&self.architecture, &self.variant);
        let os = self.os.to_ascii_lowercase();
        Self {
            os: if os == "macos" {
                "darwin".to_owned()
            } else {
                os
            },
            architecture,
            variant,
            ..self.clone()
        }
    }

    /// Whether this is the platform that `wanted` asks for; a variant only counts when asked for.
    ///
    /// The default variants of `arm` and `arm64` are those that containerd fills in: `v7` and `v8`.
    #[must_use]
    pub fn matches(&self, wanted: &Self) -> bool {
        let (own, asked) = (self.normalised(), wanted.normalised());
        own.os == asked.os
            && own.architecture == asked.architecture
            && (wanted.variant.is_empty() || own.variant == asked.variant)
    }

    /// Whether nothing is said, or `unknown/unknown` as `BuildKit` writes for attestations.
    #[must_use]
    pub fn is_unknown(&self) -> bool {
        let unknown = |text: &str| text.is_empty() || text == "unknown";
        unknown(&self.os) && unknown(&self.architecture)
    }
}

fn normalise_architecture(architecture: &str, variant: &str) -> (String, String) {
    let architecture = architecture.to_ascii_lowercase();
    let variant = variant.to_ascii_lowercase();
    let (architecture, variant) = match (architecture.as_str(), variant.as_str()) {
        ("i386", _) => ("386", ""),
        ("x86_64" | "x86-64" | "amd64", "v1") => ("amd64", ""),
        ("x86_64" | "x86-64", variant) => ("amd64", variant),
        ("aarch64" | "arm64", "8" | "v8" | "v8.0") => ("arm64", ""),
        ("aarch64", variant) => ("arm64", variant),
        ("armhf", _) | ("arm", "" | "7") => ("arm", "v7"),
        ("armel", _) | ("arm", "6") => ("arm", "v6"),
        ("arm", "5") => ("arm", "v5"),
        ("arm", "8") => ("arm", "v8"),
        other => other,
    };
    (architecture.to_owned(), variant.to_owned())
}

impl fmt::Display for Platform {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let named = |text: &str| if text.is_empty() { "unknown" } else { text }.to_owned();
        write!(f, "{}/{}", named(&self.os), named(&self.architecture))?;
        if !self.variant.is_empty() {
            write!(f, "/{}", self.variant)?;
        }
        Ok(())
    }
}

impl FromStr for Platform {
    type Err = PlatformError;

    fn from_str(text: &str) -> Result<Self, PlatformError> {
        let parts: Vec<&str> = text.split('/').collect();
        let (os, architecture, variant) = match parts.as_slice() {
            [os, architecture] => (os, architecture, &""),
            [os, architecture, variant] if is_word(variant) => (os, architecture, variant),
            _ => {
                return Err(PlatformError {
                    text: text.to_owned(),
                });
            }
        };
        if !is_word(os) || !is_word(architecture) {
            return Err(PlatformError {
                text: text.to_owned(),
            });
        }
        Ok(Self {
            os: (*os).to_owned(),
            architecture: (*architecture).to_owned(),
            variant: (*variant).to_owned(),
            ..Self::default()
        })
    }
}

/// containerd's `^[A-Za-z0-9_.-]+$` for each part of a platform.
fn is_word(text: &str) -> bool {
    let legal = |b: u8| b.is_ascii_alphanumeric() || matches!(b, b'_' | b'.' | b'-');
    !text.is_empty() && text.bytes().all(legal)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn platform(text: &str) -> Platform {
        text.parse().unwrap()
    }

    #[test]
    fn prints_as_parsed() {
        for text in [
            "linux/amd64",
            "linux/arm/v7",
            "windows/amd64",
            "linux/arm64/v8",
        ] {
            assert_eq!(platform(text).to_string(), text);
        }
        assert_eq!(Platform::default().to_string(), "unknown/unknown");
    }

    #[test]
    fn malformed_is_refused() {
        for text in [
            "",
            "linux",
            "/",
            "linux/",
            "/amd64",
            "a/b/",
            "a/b/c/d",
            "lin ux/amd64",
        ] {
            assert!(text.parse::<Platform>().is_err(), "{text:?}");
        }
    }

    #[test]
    fn other_spellings_match() {
        for (own, wanted) in [
            ("linux/x86_64", "linux/amd64"),
            ("linux/amd64/v1", "linux/amd64"),
            ("linux/aarch64", "linux/arm64/v8"),
            ("linux/arm64", "linux/arm64/v8"),
            ("linux/arm", "linux/arm/v7"),
            ("linux/arm/7", "linux/armhf"),
            ("linux/armel", "linux/arm/v6"),
            ("Linux/AMD64", "linux/x86-64"),
            ("linux/i386", "linux/386"),
            ("darwin/arm64", "macos/arm64"),
        ] {
            assert!(platform(own).matches(&platform(wanted)), "{own} {wanted}");
        }
    }

    #[test]
    fn variant_counts_only_when_asked_for() {
        assert!(platform("linux/arm/v6").matches(&platform("linux/arm")));
        assert!(!platform("linux/arm/v6").matches(&platform("linux/arm/v7")));
        assert!(!platform("linux/amd64").matches(&platform("linux/arm64")));
        assert!(!platform("windows/amd64").matches(&platform("linux/amd64")));
    }

    #[test]
    fn attestations_have_no_platform() {
        assert!(platform("unknown/unknown").is_unknown());
        assert!(!platform("linux/unknown").is_unknown());
    }
}
