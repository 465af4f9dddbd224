//! `invalid-reference` (IL717).

use crate::rule::rule;

rule!(
    /// ## What it checks
    /// Image names that engines cannot parse.
    ///
    /// ## Why it matters
    /// Docker and containerd refuse to load an archive with such a name.
    ///
    /// ## How to fix it
    /// Name the image in lower case, with at most one tag: `docker tag IMAGE
    /// registry.example.com/team/app:1.0`.
    InvalidReference, "invalid-reference", "IL717", Error;
    "tag the image with a valid name: docker tag IMAGE registry.example.com/team/app:1.0"
);
