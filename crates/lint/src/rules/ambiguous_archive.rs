//! `ambiguous-archive` (IL711).

use crate::rule::rule;

rule!(
    /// ## What it checks
    /// Archives in which engines find different images: `manifest.json` twice or at odds with
    /// `index.json`, one blob name with two contents, links that lead in a circle, a lone block of
    /// zeros among the members. What is merely odd about the archive's own tar is a warning.
    ///
    /// ## Why it matters
    /// Docker loads one image and podman or containerd another from the same file, so what was
    /// reviewed need not be what runs.
    ///
    /// ## How to fix it
    /// Write the archive anew with one tool, and do not edit it afterwards: `docker save app:1.0 -o
    /// app.tar`.
    AmbiguousArchive, "ambiguous-archive", "IL711", Error;
    "write the archive anew with one tool"
);
