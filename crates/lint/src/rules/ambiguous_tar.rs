//! `ambiguous-tar` (IL713).

use crate::rule::rule;

rule!(
    /// ## What it checks
    /// Tar headers that readers understand differently: sizes on links and directories, two names
    /// for one entry, records given twice, a lone block of zeros, numbers and checksums out of the
    /// ordinary.
    ///
    /// ## Why it matters
    /// A scanner that reads the layer otherwise than the engine does sees other files. imglint
    /// reads as Docker, containerd and podman do and tells where others would not.
    ///
    /// ## How to fix it
    /// Rebuild the layer with an ordinary builder. If a tool of your own writes tar files, let a
    /// maintained library write the headers.
    AmbiguousTar, "ambiguous-tar", "IL713", Error;
    "rebuild the layer with an ordinary builder"
);
