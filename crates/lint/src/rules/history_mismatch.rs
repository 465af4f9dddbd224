//! `history-mismatch` (IL210).

use crate::{
    finding::{Findings, Location, Severity},
    image::ImageView,
    linter::LintOptions,
    rule::rule,
    size::count,
};

rule!(
    /// ## What it checks
    /// Whether the history has a row for each layer, not counting rows marked as empty. No history
    /// at all is told as information.
    ///
    /// ## Why it matters
    /// Findings name the instruction that made a layer by its row in the history; with rows missing
    /// or left over, they may name the wrong one. Docker refuses to load an image with too many
    /// rows.
    ///
    /// ## How to fix it
    /// Rebuild the image with `docker build`; squashing tools and hand-edited configs lose rows.
    HistoryMismatch, "history-mismatch", "IL210", Warning, check;
    "rebuild the image with: docker build"
);

fn check(image: &ImageView<'_>, _: &LintOptions, findings: &mut Findings) {
    let history = &image.config().history;
    let rows = history.iter().filter(|row| !row.empty_layer).count();
    let layers = image.layers().len();
    let place = Location::field("history");
    if history.is_empty() && layers > 0 {
        findings
            .report(place, "the image has no history")
            .severity(Severity::Info);
    } else if rows != layers {
        let (rows, layers) = (count(rows, "layer"), count(layers, "layer"));
        findings.report(
            place,
            format!("the history tells of {rows}, the image has {layers}"),
        );
    }
}

#[cfg(test)]
mod tests {
    use super::HistoryMismatch;
    use crate::testing::{Image, Layer, findings};

    fn image() -> Image {
        Image::new("")
            .empty_step("ENV A=b")
            .layer(Layer::new().file("a", "a"), "COPY a /")
    }

    #[test]
    fn a_row_for_each_layer_is_fine() {
        assert_eq!(findings(&HistoryMismatch, &image()), "");
        assert_eq!(findings(&HistoryMismatch, &Image::new("")), "");
    }

    #[test]
    fn rows_left_over_are_found() {
        let image =
            image().config_json(|config| config["history"][0]["empty_layer"] = false.into());
        let text = findings(&HistoryMismatch, &image);
        assert!(
            text.starts_with(
                "warning history: the history tells of 2 layers, the image has 1 layer"
            ),
            "{text}"
        );
    }

    #[test]
    fn no_history_is_information() {
        assert!(
            findings(&HistoryMismatch, &image().no_history())
                .starts_with("info history: the image has no history")
        );
    }
}
