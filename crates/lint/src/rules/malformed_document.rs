//! `malformed-document` (IL718).

use crate::rule::rule;

rule!(
    /// ## What it checks
    /// Manifests, configs and indexes that break their specification in a way no other rule tells.
    ///
    /// ## Why it matters
    /// Some engines refuse such an image and others guess what was meant.
    ///
    /// ## How to fix it
    /// Let a maintained tool write the document; `imglint inspect` shows what was understood.
    MalformedDocument, "malformed-document", "IL718", Error;
    "rebuild the image with a maintained tool"
);
