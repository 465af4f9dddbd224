//! `layer-order-mismatch` (IL704).

use crate::{
    finding::{Findings, Location},
    image::ImageView,
    integrity,
    linter::LintOptions,
    rule::rule,
};

rule!(
    /// ## What it checks
    /// Whether the manifest lists the layers in the order in which the config states their diff
    /// IDs.
    ///
    /// ## Why it matters
    /// In another order other files win. Engines refuse the image; readers that do not check show
    /// files that never were there.
    ///
    /// ## How to fix it
    /// List the layers lowest first, as in `rootfs.diff_ids` of the config, or save the image
    /// again.
    LayerOrderMismatch, "layer-order-mismatch", "IL704", Error, check;
    "list the layers lowest first, as in rootfs.diff_ids of the config"
);

fn check(image: &ImageView<'_>, _: &LintOptions, findings: &mut Findings) {
    if integrity::wrong_order(image) {
        let message = "the manifest lists the layers in another order than the config";
        findings.report(Location::field("rootfs.diff_ids"), message);
    }
}

#[cfg(test)]
mod tests {
    use super::LayerOrderMismatch;
    use crate::testing::{Image, Layer, digest_of, findings, findings_edited};

    fn image() -> Image {
        Image::new("")
            .layer(Layer::new().file("a", "a"), "COPY a /")
            .layer(Layer::new().file("b", "b"), "COPY b /")
    }

    #[test]
    fn two_swapped_layers_are_one_finding() {
        let text = findings_edited(&LayerOrderMismatch, &image(), |image| {
            let (first, second) = (
                image.layers[0].diff_id.clone(),
                image.layers[1].diff_id.clone(),
            );
            image.layers[0].diff_id = second;
            image.layers[1].diff_id = first;
        });
        assert!(
            text.starts_with(
                "error rootfs.diff_ids: the manifest lists the layers in another order"
            ),
            "{text}"
        );
    }

    #[test]
    fn another_layer_is_no_matter_of_order() {
        assert_eq!(findings(&LayerOrderMismatch, &image()), "");
        let text = findings_edited(&LayerOrderMismatch, &image(), |image| {
            image.layers[1].diff_id = Some(digest_of(b"other").into());
        });
        assert_eq!(text, "");
    }

    #[test]
    fn one_layer_listed_twice_is_in_order() {
        let twice = Layer::new().file("a", "a");
        assert_eq!(
            findings(
                &LayerOrderMismatch,
                &Image::new("").layer(twice.clone(), "a").layer(twice, "b")
            ),
            ""
        );
    }
}
