//! `ambiguous-json` (IL712).

use crate::rule::rule;

rule!(
    /// ## What it checks
    /// JSON documents that readers understand differently: keys that stand twice or differ in case
    /// only, text that is not UTF-8.
    ///
    /// ## Why it matters
    /// Docker, containerd and podman match keys whatever their case and take the last one; most
    /// other readers take the exact one or refuse. A scanner may then see another image than the
    /// engine runs.
    ///
    /// ## How to fix it
    /// Write each key once, exactly as the specification spells it, in UTF-8; or let an engine
    /// write the document.
    AmbiguousJson, "ambiguous-json", "IL712", Error;
    "write each key once, spelt as in the specification"
);
