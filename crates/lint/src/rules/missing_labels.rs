//! `missing-labels` (IL601).

use imglint_format as format;

use crate::{
    finding::{Findings, Location},
    image::ImageView,
    linter::LintOptions,
    rule::rule,
};

rule!(
    /// ## What it checks
    /// Labels that every image should have: `org.opencontainers.image.source`, `.revision` and
    /// `.licenses`, unless the configuration names others. An annotation of the manifest or of its
    /// index entry counts as well; an empty value does not.
    ///
    /// ## Why it matters
    /// When an image misbehaves, they lead back to the repository and the commit it was made from.
    ///
    /// ## How to fix it
    /// Write them in the Dockerfile, or pass them with `docker build --label`:
    ///
    /// ```dockerfile
    /// ARG REVISION
    /// LABEL org.opencontainers.image.source="https://git.example.com/team/app" \
    ///       org.opencontainers.image.revision="$REVISION" \
    ///       org.opencontainers.image.licenses="MIT"
    /// ```
    MissingLabels, "missing-labels", "IL601", Warning, check
);

fn check(image: &ImageView<'_>, options: &LintOptions, findings: &mut Findings) {
    let missing: Vec<&str> = options
        .required_labels
        .iter()
        .map(String::as_str)
        .filter(|name| !is_set(image, name))
        .collect();
    if missing.is_empty() {
        return;
    }
    let message = format!("{} not set", listed(&missing));
    findings
        .report(Location::field("config.Labels"), message)
        .help(label_lines(&missing))
        .evidence(missing.iter().map(|name| name.as_bytes()));
}

fn is_set(image: &ImageView<'_>, name: &str) -> bool {
    let format::Image {
        manifest_annotations,
        index_annotations,
        ..
    } = image.image();
    let annotations = manifest_annotations
        .iter()
        .chain(index_annotations)
        .map(|(key, value)| (key, value));
    let mut all = image.run_config().labels.iter().chain(annotations);
    all.any(|(key, value)| key == name && !value.trim().is_empty())
}

fn listed(names: &[&str]) -> String {
    match names {
        [one] => format!("label {one} is"),
        [first @ .., last] => format!("labels {} and {last} are", first.join(", ")),
        [] => String::new(),
    }
}

fn label_lines(names: &[&str]) -> String {
    let lines: Vec<_> = names
        .iter()
        .map(|name| format!("LABEL {name}=\"{}\"", example(name)))
        .collect();
    lines.join("\n")
}

fn example(name: &str) -> &'static str {
    match name.rsplit('.').next() {
        Some("source") => "https://git.example.com/team/app",
        Some("revision") => "$REVISION",
        Some("licenses") => "MIT",
        _ => "…",
    }
}

#[cfg(test)]
mod tests {
    use super::MissingLabels;
    use crate::{
        linter::LintOptions,
        testing::{Image, findings, findings_edited, findings_with},
    };

    fn labelled(names: &[&str]) -> Image {
        let label = |image: Image, name: &&str| {
            image.label(&format!("org.opencontainers.image.{name}"), "x")
        };
        names.iter().fold(Image::new(""), label)
    }

    #[test]
    fn all_missing_labels_are_one_finding() {
        let text = findings(&MissingLabels, &labelled(&["source"]));
        let names = "org.opencontainers.image.revision and org.opencontainers.image.licenses";
        assert!(
            text.starts_with(&format!(
                "warning config.Labels: labels {names} are not set"
            )),
            "{text}"
        );
        assert!(
            text.contains("LABEL org.opencontainers.image.revision=\"$REVISION\""),
            "{text}"
        );
    }

    #[test]
    fn a_full_set_is_fine() {
        assert_eq!(
            findings(
                &MissingLabels,
                &labelled(&["source", "revision", "licenses"])
            ),
            ""
        );
    }

    #[test]
    fn an_annotation_counts_as_well() {
        let text = findings_edited(&MissingLabels, &labelled(&["source"]), |image| {
            let set = |name: &str| (format!("org.opencontainers.image.{name}"), "x".to_owned());
            image.manifest_annotations.push(set("revision"));
            image.index_annotations.push(set("licenses"));
        });
        assert_eq!(text, "");
    }

    #[test]
    fn an_empty_value_is_no_value() {
        let image =
            labelled(&["revision", "licenses"]).label("org.opencontainers.image.source", " ");
        assert!(
            findings(&MissingLabels, &image)
                .contains("label org.opencontainers.image.source is not set")
        );
    }

    #[test]
    fn the_list_can_be_another() {
        let options = LintOptions {
            required_labels: vec!["team".to_owned()],
            ..LintOptions::default()
        };
        assert_eq!(
            findings_with(&MissingLabels, &Image::new("").label("team", "a"), &options),
            ""
        );
        assert!(
            findings_with(&MissingLabels, &Image::new(""), &options)
                .contains("label team is not set")
        );
    }
}
