//! `absent-platform` (IL716).

use crate::rule::rule;

rule!(
    /// ## What it checks
    /// Platforms that an index names but the archive does not hold.
    ///
    /// ## Why it matters
    /// Docker's containerd store saves only the platforms it has pulled, so this is common and
    /// harmless; but those images were not judged.
    ///
    /// ## How to fix it
    /// Judge them where they are built, or save them too: `docker save --platform linux/arm64
    /// app:1.0 -o app-arm64.tar`.
    AbsentPlatform, "absent-platform", "IL716", Info;
    "to judge it too, pull and save that platform"
);
