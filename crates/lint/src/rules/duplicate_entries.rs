//! `duplicate-entries` (IL709).

use crate::rule::rule;

rule!(
    /// ## What it checks
    /// One path that stands twice in a layer, or one member that stands twice in the archive with
    /// the same bytes.
    ///
    /// ## Why it matters
    /// The specification forbids it (image-spec, `layer.md`): Docker with overlay2 and podman
    /// refuse such a layer, containerd takes the last one. The bytes of the first are shipped and
    /// never seen.
    ///
    /// ## How to fix it
    /// Let the builder write each path once: with `tar`, make the archive in one go rather than
    /// appending with `tar -r`; in a Dockerfile, rebuild the layer with BuildKit.
    DuplicateEntries, "duplicate-entries", "IL709", Warning;
    "rebuild the layer with a builder that writes each path once"
);
