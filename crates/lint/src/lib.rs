//! Rules over container images: wasted space, secrets, labels, archive faults.
//!
//! Layers are read once into facts ([`scan`]); rules are pure functions of those facts
//! ([`Linter`]). This crate prints nothing, knows no archive or output format, and touches neither
//! files nor the network.
//!
//! # Example
//! ```
//! use imglint_format::{Image, MemoryBlobs};
//! use imglint_lint::{ImageView, Linter, ScanOptions, Scope, scan};
//!
//! let image = Image::default();
//! let facts = scan(&MemoryBlobs::new(), &Scope::of(&[&image]), &ScanOptions::default(), &());
//! let findings = Linter::default().lint(&ImageView::new(&image, &facts));
//! assert!(findings.iter().any(|finding| finding.rule == "root-user"));
//! ```

mod anomalies;
mod facts;
mod finding;
mod ignore;
mod image;
mod integrity;
mod linter;
mod origin;
mod packages;
mod place;
mod rule;
pub mod rules;
mod scan;
mod secrets;
mod sink;
mod size;
#[cfg(test)]
mod testing;

pub use crate::{
    facts::{CutScan, Facts, FileSecrets, KeptFile, LayerFacts, LooseBlob, LooseRole, SecretPlace},
    finding::{Draft, Finding, Findings, Fingerprint, Location, Severity},
    ignore::Ignore,
    image::{HistoryRow, ImageView, LayerView},
    linter::{ArchiveView, LintOptions, Linter},
    origin::Origin,
    packages::Ownership,
    place::{FoundSecret, HiddenBy, Place},
    rule::Rule,
    scan::{Progress, ScanOptions, Scope, scan},
    secrets::SecretFindings,
    size::{human_size, percent},
};
