//! Why an archive cannot be opened.

use std::io;

use imglint_format::DocumentError;
use imglint_tar::{Compression, CompressionError, TarError};
use miette::Diagnostic;
use thiserror::Error;

use crate::Stranger;

/// Why no image could be had from an archive; `archive` is its path, or `-` for standard input.
///
/// Offsets in a compressed archive count decompressed bytes, but for damage of the compression itself.
#[derive(Debug, Error, Diagnostic)]
#[non_exhaustive]
pub enum OpenError {
    /// There is no such file.
    #[error("{archive}: no such file or directory")]
    #[diagnostic(
        code(imglint::archive::not_found),
        help(
            "save an image first: `docker save IMAGE -o image.tar`, or pipe it: `docker save IMAGE | imglint -`"
        )
    )]
    NotFound {
        /// Its path.
        archive: String,
    },
    /// The operating system would not give the bytes.
    #[error("{archive}: cannot be read")]
    #[diagnostic(
        code(imglint::archive::io),
        help("check that the file may be read and the disk is sound")
    )]
    Io {
        /// Its path.
        archive: String,
        /// What the operating system said.
        source: io::Error,
    },
    /// A file is not what it was when the archive was opened.
    #[error("{file}: changed while it was read ({before} bytes, {})", now(*before, *after))]
    #[diagnostic(
        code(imglint::archive::changed),
        help("wait until whoever writes it is done, and run again")
    )]
    Changed {
        /// Path of the archive, or of a file of the directory.
        file: String,
        /// Its length at first.
        before: u64,
        /// Its length in the end; none if there is no such file any more.
        after: Option<u64>,
    },
    /// There is not one byte.
    #[error("{archive}: empty, not an image archive")]
    #[diagnostic(
        code(imglint::archive::empty),
        help(
            "the command that should have written it failed or wrote elsewhere; run it alone to see its message"
        )
    )]
    Empty {
        /// Its path.
        archive: String,
    },
    /// Something else than an image archive.
    #[error("{archive}: not a container image archive but {}{what}", prefix(*compression))]
    #[diagnostic(code(imglint::archive::not_an_archive), help("{}", what.help()))]
    NotAnArchive {
        /// Its path.
        archive: String,
        /// Around what was found.
        compression: Compression,
        /// What it is.
        what: Stranger,
    },
    /// A file system without any image metadata.
    #[error(
        "{archive}: not a container image archive but a root filesystem without image metadata (docker export?)"
    )]
    #[diagnostic(
        code(imglint::archive::root_filesystem),
        help(
            "it has no layers, history or labels any more; save the image instead: `docker save IMAGE -o image.tar`"
        )
    )]
    RootFilesystem {
        /// Its path.
        archive: String,
    },
    /// The archive stops inside an entry.
    #[error("{archive}: ends early at byte {offset}{}", inside(entry.as_deref()))]
    #[diagnostic(
        code(imglint::archive::truncated),
        help(
            "write or fetch it again; if it is one part of a split archive, join the parts: `cat parts* | imglint -`"
        )
    )]
    Truncated {
        /// Its path.
        archive: String,
        /// Length of what is there, in bytes.
        offset: u64,
        /// The entry that is cut, quoted and escaped.
        entry: Option<String>,
    },
    /// The tar is damaged, or breaks a limit.
    #[error("{archive}: cannot be read as a tar")]
    #[diagnostic(
        code(imglint::archive::damaged_tar),
        help("no engine loads it; write or fetch it again")
    )]
    DamagedTar {
        /// Its path.
        archive: String,
        /// What is wrong, and at which byte.
        source: TarError,
    },
    /// More members than the limits allow.
    #[error("{archive}: has more than {limit} members")]
    #[diagnostic(
        code(imglint::archive::too_many_members),
        help("no image needs so many; if this one does, raise the limit")
    )]
    TooManyMembers {
        /// Its path.
        archive: String,
        /// How many are allowed.
        limit: u64,
    },
    /// The compression of the whole file is damaged.
    #[error("{archive}: the {compression} compression is damaged")]
    #[diagnostic(
        code(imglint::archive::damaged_compression),
        help("write or fetch it again; `gzip -t`, `zstd -t` or `xz -t` say whether it is sound")
    )]
    DamagedCompression {
        /// Its path.
        archive: String,
        /// How it is compressed.
        compression: Compression,
        /// What is wrong, and at which byte.
        source: CompressionError,
    },
    /// A compressed file in a compressed file.
    #[error("{archive}: compressed twice ({inner} within {outer})")]
    #[diagnostic(
        code(imglint::archive::compression_nested),
        help("decompress it once; no engine loads it as it is")
    )]
    CompressionNested {
        /// Its path.
        archive: String,
        /// Of the file.
        outer: Compression,
        /// Of what the file decompresses to.
        inner: Compression,
    },
    /// More bytes than may be written to a temporary file.
    #[error("{archive}: takes more than {cap} bytes on disk while it is read")]
    #[diagnostic(
        code(imglint::archive::too_large),
        help(
            "a decompression bomb? if not, raise the limit (--spool-limit), or give an uncompressed file"
        )
    )]
    TooLarge {
        /// Its path.
        archive: String,
        /// How many bytes are allowed.
        cap: u64,
    },
    /// The temporary file could not be made or written.
    #[error("{archive}: cannot be kept in a temporary file (at byte {offset})")]
    #[diagnostic(
        code(imglint::archive::spool),
        help("make room, point TMPDIR at a larger disk, or give an uncompressed file")
    )]
    Spool {
        /// Its path.
        archive: String,
        /// Bytes written before.
        offset: u64,
        /// What the operating system said.
        source: io::Error,
    },
    /// A well-formed archive that holds no image.
    #[error("{archive}: no image in it: {why}")]
    #[diagnostic(code(imglint::archive::no_image), help("{help}"))]
    NoImage {
        /// Its path.
        archive: String,
        /// What was found instead.
        why: String,
        /// What to do next.
        help: &'static str,
    },
    /// A document without which nothing can be understood.
    #[error("{archive}: {document} cannot be understood")]
    #[diagnostic(
        code(imglint::archive::bad_document),
        help("no engine loads it; write the archive again")
    )]
    BadDocument {
        /// Its path.
        archive: String,
        /// The member's name.
        document: String,
        /// What is wrong, and at which byte of the document.
        source: DocumentError,
    },
}

fn prefix(compression: Compression) -> String {
    match compression {
        Compression::None => String::new(),
        compression => format!("{compression}-compressed "),
    }
}

fn now(before: u64, after: Option<u64>) -> String {
    match after {
        None => "now gone".to_owned(),
        Some(after) if after == before => "now as many others".to_owned(),
        Some(after) => format!("now {after}"),
    }
}

fn inside(entry: Option<&str>) -> String {
    entry.map_or_else(String::new, |entry| format!(" inside entry {entry}"))
}
