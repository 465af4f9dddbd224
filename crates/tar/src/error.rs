//! Why a stream cannot be read on.

use std::{fmt, io};

use miette::Diagnostic;
use thiserror::Error;

use crate::name::Name;

/// A stream that Go's `archive/tar`, and with it every engine, refuses, or that is over a limit.
#[derive(Debug, Error, Diagnostic)]
#[non_exhaustive]
pub enum TarError {
    /// The input gave an error; for a [`Decoder`](crate::Decoder) as input, its source has more.
    #[error("tar stream cannot be read on at byte {offset}")]
    #[diagnostic(code(imglint::tar::io))]
    Io {
        /// Bytes of the stream that were read.
        offset: u64,
        /// What the input said.
        source: io::Error,
    },
    /// The stream ends inside a header, an extension record or content.
    #[error("tar stream ends at byte {offset} inside {inside}")]
    #[diagnostic(
        code(imglint::tar::truncated),
        help("write the archive again; the disk may have been full, or the transfer cut")
    )]
    Truncated {
        /// Length of the stream.
        offset: u64,
        /// What it ends in.
        inside: Inside,
    },
    /// A block that is no header: its checksum does not match.
    #[error("no tar header at byte {offset}: the checksum does not match")]
    #[diagnostic(
        code(imglint::tar::checksum),
        help("the archive is damaged, or a size before this header is wrong")
    )]
    Checksum {
        /// Where the block begins.
        offset: u64,
    },
    /// A field that is neither octal nor base-256, or a negative size.
    #[error("tar header of {name} at byte {offset}: bad number in the {field} field")]
    #[diagnostic(
        code(imglint::tar::number),
        help("write the archive with another program")
    )]
    Number {
        /// Where the header block begins.
        offset: u64,
        /// Name in the header.
        name: Name,
        /// Which field.
        field: &'static str,
    },
    /// A PAX header that does not parse (POSIX.1-2001, pax, "Extended Header").
    #[error("pax header at byte {offset}: {problem}")]
    #[diagnostic(
        code(imglint::tar::pax),
        help("write the archive with another program")
    )]
    Pax {
        /// Where the record, or the header block, begins.
        offset: u64,
        /// What is wrong.
        problem: &'static str,
    },
    /// A sparse map that does not parse or makes no sense.
    #[error("sparse entry {name} at byte {offset}: {problem}")]
    #[diagnostic(code(imglint::tar::sparse), help("write the archive without --sparse"))]
    Sparse {
        /// Where the header block begins.
        offset: u64,
        /// The member.
        name: Name,
        /// What is wrong.
        problem: &'static str,
    },
    /// A bound of [`Limits`](crate::Limits) was met.
    #[error("tar stream at byte {offset}: more than {limit} {kind}")]
    #[diagnostic(
        code(imglint::tar::limit),
        help("raise the limit if the archive is trusted")
    )]
    Limit {
        /// Where the header block begins.
        offset: u64,
        /// Which bound.
        kind: LimitKind,
        /// Its value.
        limit: u64,
    },
}

/// What a truncated stream ends in.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub enum Inside {
    /// A block that should be a header.
    Header,
    /// A PAX header, GNU long name or long link.
    Extension,
    /// The content or the sparse map of a member.
    Entry(Name),
}

impl fmt::Display for Inside {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Header => f.write_str("a header"),
            Self::Extension => f.write_str("an extension header"),
            Self::Entry(name) => write!(f, "entry {name}"),
        }
    }
}

/// Which bound of [`Limits`](crate::Limits) was met.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[non_exhaustive]
pub enum LimitKind {
    /// `Limits::entries`.
    Entries,
    /// `Limits::record_bytes`.
    RecordBytes,
    /// `Limits::path_bytes`.
    PathBytes,
    /// `Limits::sparse_segments`.
    SparseSegments,
}

impl fmt::Display for LimitKind {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Entries => "entries",
            Self::RecordBytes => "bytes in an extension record",
            Self::PathBytes => "bytes in a path",
            Self::SparseSegments => "ranges in a sparse map",
        })
    }
}
