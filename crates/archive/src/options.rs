//! What a caller may set when an archive is opened.

use std::path::PathBuf;

/// Bounds for opening an archive. The defaults are above what any legitimate image needs.
#[derive(Debug, Clone)]
#[non_exhaustive]
pub struct Options {
    /// Bytes that an archive may take in a temporary file, after decompression of the whole file.
    ///
    /// Only standard input and compressed files need one.
    pub spool_cap: u64,
    /// Where that file is made; `None` is what the system says (`TMPDIR`).
    pub spool_dir: Option<PathBuf>,
    /// For the JSON documents.
    pub documents: imglint_format::Limits,
    /// For the outer tar; its entries bound the files of a directory too.
    pub tar: imglint_tar::Limits,
}

impl Default for Options {
    fn default() -> Self {
        let mut tar = imglint_tar::Limits::default();
        tar.entries = 1_000_000;
        Self {
            spool_cap: 64 << 30,
            spool_dir: None,
            documents: imglint_format::Limits::default(),
            tar,
        }
    }
}
