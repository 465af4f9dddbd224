//! `trailing-data` (IL710).

use crate::rule::rule;

rule!(
    /// ## What it checks
    /// Bytes after the end of a tar, of a compressed stream or of a JSON document, and bytes beside
    /// the content: in the padding of a tar, or in a compressed stream. What builders write there on
    /// purpose (names in gzip headers, skippable frames of zstd) is information; bytes after a
    /// config or manifest, which every engine refuses, are an error.
    ///
    /// ## Why it matters
    /// They ship with the image and no engine shows them. Engines also disagree about them: Docker
    /// takes a gzip layer with trailing bytes, Go's own gzip reader refuses it.
    ///
    /// ## How to fix it
    /// Rebuild the layer; do not append to finished archives. `gzip -t layer.tar.gz` must say
    /// nothing.
    TrailingData, "trailing-data", "IL710", Warning;
    "rebuild the layer instead of appending to it"
);
