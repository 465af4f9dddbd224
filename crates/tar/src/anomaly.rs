//! What is odd about a stream that can still be read.

use std::fmt::{self, Display};

use crate::name::Name;

/// Something that engines refuse, or that readers understand in different ways.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Anomaly {
    /// Where in the stream: the header block, or the first odd byte.
    pub offset: u64,
    /// What it is.
    pub kind: AnomalyKind,
}

/// The kinds of anomalies.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub enum AnomalyKind {
    /// One zero block, then more: Go gives an error, others end there or read on.
    LoneZeroBlock,
    /// Bytes other than zero after the two zero blocks that end the archive.
    DataAfterEnd,
    /// The stream ends without two zero blocks; every reader takes that.
    MissingEndMark,
    /// A directory, link, device or pipe states a size: Go ignores it, others skip that many bytes.
    SizeWithoutContent {
        /// The member.
        path: Name,
        /// What it is.
        typeflag: u8,
        /// The size it states; may be negative.
        size: i64,
    },
    /// A PAX header and a GNU long name disagree: Go takes the GNU one, GNU and BSD tar the PAX one.
    PrecedenceConflict {
        /// The name Go takes.
        used: Name,
        /// The name others take.
        other: Name,
    },
    /// A PAX key twice in one header: the last counts, some readers take the first.
    DuplicatePaxKey {
        /// The key.
        key: Name,
    },
    /// A second PAX header, GNU long name or long link for one member: the last counts.
    RepeatedExtension {
        /// `x`, `L` or `K`.
        typeflag: u8,
    },
    /// A PAX header, long name or long link that no member follows; Go drops it.
    DanglingExtension {
        /// `x`, `L` or `K`.
        typeflag: u8,
    },
    /// A type flag that engines do not know.
    UnknownType {
        /// The member.
        path: Name,
        /// Its flag.
        typeflag: u8,
    },
    /// Bytes other than zero where nothing should be: padding, or behind the end of a name.
    HiddenBytes {
        /// What hides them.
        place: &'static str,
    },
    /// The sparse map and the stored content differ in length, which Go's reader refuses.
    SparseLength {
        /// The member.
        path: Name,
        /// Bytes of data according to the map.
        mapped: u64,
        /// Bytes of data in the stream.
        stored: u64,
    },
    /// A checksum that fits only as a sum of signed bytes; not every reader takes it.
    SignedChecksum,
}

impl Anomaly {
    /// Stable name of the kind, in kebab-case.
    #[must_use]
    pub fn code(&self) -> &'static str {
        match self.kind {
            AnomalyKind::LoneZeroBlock => "lone-zero-block",
            AnomalyKind::DataAfterEnd => "data-after-end",
            AnomalyKind::MissingEndMark => "missing-end-mark",
            AnomalyKind::SizeWithoutContent { .. } => "size-without-content",
            AnomalyKind::PrecedenceConflict { .. } => "precedence-conflict",
            AnomalyKind::DuplicatePaxKey { .. } => "duplicate-pax-key",
            AnomalyKind::RepeatedExtension { .. } => "repeated-extension",
            AnomalyKind::DanglingExtension { .. } => "dangling-extension",
            AnomalyKind::UnknownType { .. } => "unknown-type",
            AnomalyKind::HiddenBytes { .. } => "hidden-bytes",
            AnomalyKind::SparseLength { .. } => "sparse-length",
            AnomalyKind::SignedChecksum => "signed-checksum",
        }
    }

    /// Whether Go's reader gives an error here, so that no engine loads the archive.
    #[must_use]
    pub fn go_refuses(&self) -> bool {
        matches!(
            self.kind,
            AnomalyKind::LoneZeroBlock | AnomalyKind::SparseLength { .. }
        )
    }
}

impl Display for Anomaly {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} at byte {} of the tar stream", self.kind, self.offset)
    }
}

impl Display for AnomalyKind {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::LoneZeroBlock => f.write_str(
                "a lone zero block among the members (engines refuse it, other readers end there)",
            ),
            Self::DataAfterEnd => f.write_str("data after the end of the archive"),
            Self::MissingEndMark => f.write_str("no end mark"),
            Self::SizeWithoutContent {
                path,
                typeflag,
                size,
            } => write!(
                f,
                "entry {path} of type {} states {size} bytes of content (engines ignore it, \
                 other readers skip what follows)",
                flag(*typeflag)
            ),
            Self::PrecedenceConflict { used, other } => write!(
                f,
                "two names for one entry: {used} in a GNU header (engines), {other} in a PAX \
                 header (other readers)"
            ),
            Self::DuplicatePaxKey { key } => {
                write!(
                    f,
                    "pax record {key} twice in one header (engines take the last)"
                )
            }
            Self::RepeatedExtension { typeflag } => write!(
                f,
                "a second {} header for one entry (engines take the last)",
                flag(*typeflag)
            ),
            Self::DanglingExtension { typeflag } => {
                write!(f, "a {} header that no entry follows", flag(*typeflag))
            }
            Self::UnknownType { path, typeflag } => write!(
                f,
                "entry {path} of unknown type {} (engines refuse to unpack it)",
                flag(*typeflag)
            ),
            Self::HiddenBytes { place } => write!(f, "hidden bytes in {place}"),
            Self::SparseLength {
                path,
                mapped,
                stored,
            } => write!(
                f,
                "sparse entry {path} maps {mapped} bytes but stores {stored} (engines refuse it)"
            ),
            Self::SignedChecksum => f.write_str("a header with a checksum of signed bytes"),
        }
    }
}

/// A type flag as people write it.
fn flag(typeflag: u8) -> String {
    format!("'{}'", typeflag.escape_ascii())
}
