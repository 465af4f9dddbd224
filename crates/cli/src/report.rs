//! What a run found, as plain data, and the formats it is printed in.
//!
//! Every format is made from [`Run`] alone, so one run can feed several.

use std::io;

use imglint_format::{DiffId, Digest, ImageId};
use imglint_layers::Dive;
use imglint_lint::{Finding, Ignore, Origin, Severity};

use crate::{
    args::{FailOn, ReportFormat},
    exit::Verdict,
    output::Output,
};

pub(crate) mod escape;
pub(crate) mod files;
mod gather;
pub(crate) mod json;
pub(crate) mod json_v1;
pub(crate) mod table;
pub(crate) mod text;

/// Everything one run of the bare command found.
#[derive(Debug)]
pub(crate) struct Run {
    pub(crate) fail_on: FailOn,
    /// One for each argument, in their order.
    pub(crate) archives: Vec<ArchiveReport>,
}

/// What became of one argument.
#[derive(Debug)]
pub(crate) struct ArchiveReport {
    /// As given; `-` is stdin.
    pub(crate) source: String,
    /// Who writes archives of this form, and the whole file's compression; none if it did not open.
    pub(crate) form: Option<String>,
    pub(crate) compression: Option<&'static str>,
    /// Why there is nothing to judge, or nothing to be relied on.
    pub(crate) problem: Option<Problem>,
    pub(crate) absent: Vec<Absent>,
    /// About the archive as a whole.
    pub(crate) findings: Vec<Finding>,
    pub(crate) complete: bool,
    /// What beside the images was not looked at whole.
    pub(crate) incomplete: Vec<String>,
    pub(crate) images: Vec<ImageReport>,
}

/// Why an archive could not be opened or relied on, for people and for programs.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Problem {
    pub(crate) code: Option<String>,
    pub(crate) message: String,
    pub(crate) help: Option<String>,
}

/// An image that an index lists and the archive does not hold.
#[derive(Debug)]
pub(crate) struct Absent {
    pub(crate) platform: Option<String>,
    pub(crate) digest: Digest,
}

/// What is known of one image.
#[derive(Debug)]
pub(crate) struct ImageReport {
    pub(crate) names: Vec<String>,
    pub(crate) platform: Option<String>,
    pub(crate) id: Option<ImageId>,
    pub(crate) manifest_digest: Option<Digest>,
    pub(crate) created: Option<String>,
    /// The sum of the layers' `docker_size`.
    pub(crate) size: u64,
    /// Lowest first.
    pub(crate) layers: Vec<LayerReport>,
    pub(crate) waste: WasteReport,
    /// What dive computes, if anybody asked.
    pub(crate) dive: Option<Dive>,
    pub(crate) findings: Vec<Finding>,
    /// Tokens in its layers that were no finding since their checksum is wrong.
    pub(crate) rejected: u64,
    /// Why it could not be judged whole; empty if it was.
    pub(crate) incomplete: Vec<String>,
}

/// What is known of one layer; all sizes in bytes.
#[derive(Debug)]
pub(crate) struct LayerReport {
    pub(crate) diff_id: Option<DiffId>,
    pub(crate) digest: Option<Digest>,
    pub(crate) chain_id: Option<String>,
    pub(crate) media_type: Option<String>,
    pub(crate) compression: Option<&'static str>,
    /// As stored.
    pub(crate) size: u64,
    /// Uncompressed.
    pub(crate) tar_size: u64,
    pub(crate) content_size: u64,
    /// As `docker history` counts on overlay2.
    pub(crate) docker_size: u64,
    pub(crate) live_bytes: u64,
    pub(crate) wasted_bytes: u64,
    pub(crate) entries: usize,
    pub(crate) created_by: Option<String>,
    pub(crate) origin: Origin,
    pub(crate) complete: bool,
}

/// Bytes that ship but that no name of the squashed tree reaches.
#[derive(Debug)]
pub(crate) struct WasteReport {
    pub(crate) wasted_bytes: u64,
    pub(crate) total_bytes: u64,
    pub(crate) duplicate_bytes: u64,
    /// Largest first.
    pub(crate) items: Vec<WasteItem>,
}

impl WasteReport {
    /// Live bytes by all bytes; 1 where there is nothing to waste.
    #[expect(clippy::cast_precision_loss, reason = "a share, not a size")]
    pub(crate) fn efficiency(&self) -> f64 {
        match self.total_bytes {
            0 => 1.0,
            total => 1.0 - self.wasted_bytes as f64 / total as f64,
        }
    }
}

/// Files that one layer ships and one later change hides.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct WasteItem {
    /// The file, or the directory that went as a whole.
    pub(crate) path: String,
    pub(crate) cause: &'static str,
    pub(crate) bytes: u64,
    pub(crate) files: usize,
    pub(crate) layer: usize,
    pub(crate) killer_layer: usize,
}

impl ArchiveReport {
    /// An argument that could not be opened.
    pub(crate) fn unopened(source: String, problem: Problem) -> Self {
        Self {
            source,
            form: None,
            compression: None,
            problem: Some(problem),
            absent: Vec::new(),
            findings: Vec::new(),
            complete: false,
            incomplete: Vec::new(),
            images: Vec::new(),
        }
    }

    /// Takes out of the count what the configuration ignores.
    pub(crate) fn ignore(&mut self, ignores: &[Ignore]) {
        let images = self.images.iter_mut().map(|image| &mut image.findings);
        for finding in images.chain([&mut self.findings]).flatten() {
            for ignore in ignores {
                ignore.apply(finding);
            }
        }
    }

    /// Whether everything in it was judged.
    fn judged_whole(&self) -> bool {
        self.complete
            && self.problem.is_none()
            && self.images.iter().all(|image| image.incomplete.is_empty())
    }
}

impl Run {
    /// All findings, those of archives first.
    pub(crate) fn findings(&self) -> impl Iterator<Item = &Finding> {
        self.archives.iter().flat_map(|archive| {
            let images = archive.images.iter().flat_map(|image| &image.findings);
            archive.findings.iter().chain(images)
        })
    }

    /// The findings that count: those that nobody suppressed.
    pub(crate) fn counted(&self) -> impl Iterator<Item = &Finding> {
        self.findings()
            .filter(|finding| finding.suppressed.is_none())
    }

    /// How many findings that count have this severity.
    pub(crate) fn count(&self, severity: Severity) -> usize {
        self.counted()
            .filter(|finding| finding.severity == severity)
            .count()
    }

    /// How the run ends.
    pub(crate) fn verdict(&self) -> Verdict {
        if !self.archives.iter().all(ArchiveReport::judged_whole) {
            return Verdict::Incomplete;
        }
        if self
            .counted()
            .any(|finding| self.fail_on.fails(finding.severity))
        {
            return Verdict::Findings;
        }
        Verdict::Clean
    }

    /// Prints the run in some format.
    pub(crate) fn write(
        &self,
        format: ReportFormat,
        style: text::Style,
        out: &mut Output,
    ) -> io::Result<()> {
        match format {
            ReportFormat::Human => text::write(self, style, out),
            ReportFormat::Json => json_v1::write(self, out),
        }
    }
}
