//! `engines-disagree` (IL714).

use crate::rule::rule;

rule!(
    /// ## What it checks
    /// Layers that engines unpack differently or refuse: a whiteout beside what it hides, an opaque
    /// root, entries below a symbolic link, hard links into lower layers, whiteouts that name
    /// nothing.
    ///
    /// ## Why it matters
    /// The same image then has other files under Docker than under podman or containerd; a file
    /// that was deleted in one is back in the other.
    ///
    /// ## How to fix it
    /// Rebuild the layer with a maintained builder, which writes whiteouts as the specification
    /// asks (image-spec, `layer.md`): each before its siblings, and none for a path that the same
    /// layer makes.
    EnginesDisagree, "engines-disagree", "IL714", Warning;
    "rebuild the layer with a maintained builder"
);
