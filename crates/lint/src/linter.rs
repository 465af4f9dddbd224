//! Running every rule over an image or an archive.

use imglint_format::Anomaly;
use imglint_layers::ImagePath;

use crate::{
    anomalies,
    facts::Facts,
    finding::{Finding, Findings, Location},
    image::ImageView,
    rules, secrets,
};

/// What rules compare with; the defaults are those of the rules' pages.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub struct LintOptions {
    /// Labels or annotations every image must have.
    pub required_labels: Vec<String>,
    /// Bytes that may be wasted by own layers altogether.
    pub wasted_bytes: u64,
    /// Hundredths of the bytes of own layers that may be wasted.
    pub wasted_percent: u64,
    /// Bytes from which a group of hidden or copied files is a warning.
    pub hidden_bytes: u64,
}

impl Default for LintOptions {
    fn default() -> Self {
        let required = ["source", "revision", "licenses"];
        Self {
            required_labels: required
                .map(|name| format!("org.opencontainers.image.{name}"))
                .to_vec(),
            wasted_bytes: 10 << 20,
            wasted_percent: 5,
            hidden_bytes: 1 << 20,
        }
    }
}

/// An archive apart from its images, as rules see it.
#[derive(Debug, Clone, Copy)]
pub struct ArchiveView<'a> {
    /// Its file name, for messages.
    pub name: &'a str,
    /// What is wrong with it that is no single image's fault.
    pub anomalies: &'a [Anomaly],
    /// What was found in blobs that are no layers, if they were looked at.
    pub facts: Option<&'a Facts>,
    /// What [`Linter::lint`] said of its images, so that nothing is told twice.
    pub told: &'a [&'a Finding],
}

/// Judges images by all rules.
///
/// The same image and options give the same findings in the same order: the worst first, then by
/// rule, layer and path; those that are suppressed come last.
#[derive(Debug, Clone, Default)]
pub struct Linter {
    options: LintOptions,
}

impl Linter {
    /// A linter with options of one's own.
    #[must_use]
    pub fn new(options: LintOptions) -> Self {
        Self { options }
    }

    /// What is wrong with one image.
    #[must_use]
    pub fn lint(&self, image: &ImageView<'_>) -> Vec<Finding> {
        let mut list = anomalies::of_image(image);
        for rule in rules::ALL {
            let mut findings = Findings::new(*rule);
            rule.check(image, &self.options, &mut findings);
            list.append(&mut findings.into_list());
        }
        sorted(list)
    }

    /// What is wrong with an archive apart from its images.
    #[must_use]
    pub fn lint_archive(&self, archive: &ArchiveView<'_>) -> Vec<Finding> {
        let mut list = anomalies::of_archive(archive);
        if let Some(facts) = archive.facts {
            list.append(&mut secrets::of_loose(facts, archive.told));
        }
        sorted(list)
    }
}

fn sorted(mut list: Vec<Finding>) -> Vec<Finding> {
    list.sort_by(|a, b| {
        let counts = |finding: &Finding| finding.suppressed.is_some();
        let by_rule = counts(a)
            .cmp(&counts(b))
            .then_with(|| b.severity.cmp(&a.severity))
            .then_with(|| a.rule.cmp(b.rule));
        by_rule.then_with(|| place(a).cmp(&place(b)))
    });
    list
}

type Place<'a> = (
    Option<usize>,
    Option<&'a ImagePath>,
    Option<u64>,
    Option<u64>,
    &'a str,
);

fn place(finding: &Finding) -> Place<'_> {
    let Location {
        layer,
        path,
        line,
        offset,
        ..
    } = &finding.location;
    (*layer, path.as_ref(), *line, *offset, &finding.message)
}

#[cfg(test)]
mod tests {
    use imglint_format::AnomalyKind;

    use super::*;
    use crate::testing::{Image, Layer, lint, private_key};

    #[test]
    fn the_worst_comes_first() {
        let layer = Layer::new().file("id", private_key()).file("b", "b");
        let image = Image::new("")
            .layer(layer, "a")
            .layer(Layer::new().whiteout("b"), "b");
        let rules: Vec<_> = lint(&image).iter().map(|finding| finding.rule).collect();
        assert_eq!(
            rules,
            [
                "private-key",
                "missing-labels",
                "root-user",
                "deleted-in-later-layer"
            ]
        );
    }

    #[test]
    fn the_same_image_gives_the_same_findings() {
        let layer = (0..50).fold(Layer::new(), |layer, n| {
            layer.file(format!("{n}"), private_key())
        });
        let image = Image::new("").layer(layer.clone(), "a").layer(layer, "b");
        assert_eq!(lint(&image), lint(&image));
    }

    #[test]
    fn an_archive_is_judged_by_what_is_no_image_s_fault() {
        let kind = AnomalyKind::UnreferencedBlob {
            member: "blobs/x".to_owned(),
            size: 7,
        };
        let anomalies = [Anomaly::new("app.tar", kind)];
        let archive = ArchiveView {
            name: "app.tar",
            anomalies: &anomalies,
            facts: None,
            told: &[],
        };
        let findings = Linter::default().lint_archive(&archive);
        assert_eq!(findings.len(), 1);
        assert_eq!(
            (findings[0].rule, findings[0].severity.name()),
            ("unreferenced-blob", "warning")
        );
        assert!(findings[0].help.is_some());
    }
}
