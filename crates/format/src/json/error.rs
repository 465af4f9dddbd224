//! Why a document cannot be read, and what is odd about one that can.

use miette::Diagnostic;
use thiserror::Error;

use super::Position;

/// Why a JSON document cannot be read.
#[derive(Debug, Clone, PartialEq, Eq, Error, Diagnostic)]
#[non_exhaustive]
pub enum DocumentError {
    /// More bytes than the limit for this kind of document.
    #[error("document has {size} bytes, more than the limit of {limit}")]
    #[diagnostic(
        code(imglint::format::document_too_large),
        help("no engine needs a document this large; look at what makes it grow")
    )]
    TooLarge {
        /// Its length in bytes.
        size: u64,
        /// The limit in bytes.
        limit: u64,
    },
    /// Nothing, or nothing but white space.
    #[error("document is empty")]
    #[diagnostic(
        code(imglint::format::document_empty),
        help("the archive may have been cut short while it was written; write it again")
    )]
    Empty,
    /// The document begins with a byte order mark.
    #[error("document begins with a byte order mark at byte 0")]
    #[diagnostic(
        code(imglint::format::byte_order_mark),
        help("save the document as UTF-8 without one; every engine refuses it")
    )]
    ByteOrderMark,
    /// Not JSON.
    #[error("expected {expected} at {position}, found {found}")]
    #[diagnostic(
        code(imglint::format::json_syntax),
        help("the document is not JSON (RFC 8259); every engine refuses it")
    )]
    Syntax {
        /// Where.
        position: Position,
        /// What could have stood there.
        expected: &'static str,
        /// What stands there.
        found: String,
    },
    /// Arrays and objects nested deeper than the limit.
    #[error("arrays and objects are nested more than {limit} deep at {position}")]
    #[diagnostic(
        code(imglint::format::json_too_deep),
        help("no builder nests like this; the document is made to trouble its readers")
    )]
    TooDeep {
        /// Where the limit was passed.
        position: Position,
        /// The limit.
        limit: usize,
    },
    /// More values than the limit.
    #[error("document holds more than {limit} values at {position}")]
    #[diagnostic(
        code(imglint::format::json_too_many_values),
        help("no builder writes so many; the document is made to trouble its readers")
    )]
    TooManyValues {
        /// Where the limit was passed.
        position: Position,
        /// The limit.
        limit: usize,
    },
    /// JSON, but not of the shape that the document must have.
    #[error("expected {expected} at byte {offset}, found {found}")]
    #[diagnostic(
        code(imglint::format::document_shape),
        help("the document is something else than its name says")
    )]
    Shape {
        /// Where the value begins.
        offset: u64,
        /// What it must be.
        expected: &'static str,
        /// What it is.
        found: &'static str,
    },
}

/// JSON that was read, though not by every reader or not by all in the same way.
///
/// Values are given as Go's `encoding/json` reads them, since the engines are written in Go.
#[derive(Debug, Clone, PartialEq, Eq, Error)]
#[non_exhaustive]
pub enum JsonAnomaly {
    /// A key stands more than once in one object.
    #[error(
        "key {key:?} stands twice, first at byte {first}: engines merge both, the last wins; other readers differ"
    )]
    DuplicateKey {
        /// The key, as spelled.
        key: String,
        /// Byte offset of the first one.
        first: u64,
    },
    /// A key differs from a field's name in the case of its letters only.
    #[error("key {key:?} is read as {field:?} by engines and ignored by other readers{}", also(*other))]
    CaseVariant {
        /// The key, as spelled.
        key: String,
        /// The field that Go takes it for.
        field: &'static str,
        /// Byte offset of the first other spelling in the same object; the last of them wins.
        other: Option<u64>,
    },
    /// Bytes in a string that are not UTF-8, read as U+FFFD each.
    #[error(
        "string holds bytes that are not UTF-8: engines read each as U+FFFD, other readers refuse the document"
    )]
    InvalidUtf8,
    /// Half of a surrogate pair, read as U+FFFD.
    #[error(
        "string holds half of a surrogate pair: engines read it as U+FFFD, other readers refuse the document"
    )]
    LoneSurrogate,
    /// Something other than white space follows the document.
    #[error("{bytes} bytes follow the document: {}", trailing.who_refuses())]
    TrailingBytes {
        /// How many.
        bytes: u64,
        /// How engines read this kind of document.
        trailing: Trailing,
    },
    /// A value of a type that the field cannot hold; it was left out.
    #[error("{path} should be {expected} but is {found}: engines refuse the document")]
    WrongType {
        /// Where in the document, such as `layers[2].size`.
        path: String,
        /// What the field holds.
        expected: &'static str,
        /// What stands there.
        found: String,
    },
    /// A command given as one string, taken as its only argument.
    #[error(
        "{path} is a string, not a list: docker reads it as a list of one, containerd and podman refuse the document"
    )]
    CommandAsString {
        /// Where in the document, such as `config.Cmd`.
        path: String,
    },
    /// More anomalies than the limit.
    #[error("{count} more of such anomalies in this document")]
    More {
        /// How many were not listed.
        count: u64,
        /// Whether something was left out because of one of them.
        incomplete: bool,
    },
}

impl JsonAnomaly {
    /// Whether something was left out of what was read.
    #[must_use]
    pub fn incomplete(&self) -> bool {
        match self {
            Self::WrongType { .. } => true,
            Self::More { incomplete, .. } => *incomplete,
            _ => false,
        }
    }
}

/// How the engines read a document, which tells what they make of bytes after its end.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
#[non_exhaustive]
pub enum Trailing {
    /// As a stream of values of which they take the first: `manifest.json` and `index.json`.
    Allowed,
    /// As one value and nothing else: configs and manifests.
    Refused,
}

impl Trailing {
    fn who_refuses(self) -> &'static str {
        match self {
            Self::Allowed => "docker and containerd ignore them, podman refuses the document",
            Self::Refused => "docker, containerd and podman refuse the document",
        }
    }
}

fn also(other: Option<u64>) -> String {
    other.map_or_else(String::new, |offset| {
        format!("; another spelling stands at byte {offset}, the last wins")
    })
}
