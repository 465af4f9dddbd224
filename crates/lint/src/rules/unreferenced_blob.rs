//! `unreferenced-blob` (IL706).

use crate::rule::rule;

rule!(
    /// ## What it checks
    /// Files in the archive that no manifest, config or index leads to.
    ///
    /// ## Why it matters
    /// They travel with the archive, and no engine shows them: a place for forgotten files and for
    /// hidden ones.
    ///
    /// ## How to fix it
    /// Write the archive anew from the engine's store: `docker save app:1.0 -o app.tar`.
    UnreferencedBlob, "unreferenced-blob", "IL706", Warning;
    "write the archive anew: docker save app:1.0 -o app.tar"
);
