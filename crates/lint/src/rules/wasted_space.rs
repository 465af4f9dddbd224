//! `wasted-space` (IL501).

use imglint_layers::{Fate, Payload};

use crate::{
    finding::{Findings, Location},
    image::ImageView,
    linter::LintOptions,
    origin::Origin,
    rule::rule,
    size::{group_label, human_size, percent},
};

rule!(
    /// ## What it checks
    /// How many bytes of the image's own layers no container ever sees: deleted, covered, shipped
    /// again. More than 10 MiB and more than 5 % of the own bytes is a warning.
    ///
    /// ## Why it matters
    /// Every push, pull and node pays for them.
    ///
    /// ## How to fix it
    /// Look at the biggest items with `imglint waste`. Delete in the `RUN` that makes, give owner
    /// and mode in `COPY`, and build in a stage of its own:
    ///
    /// ```dockerfile
    /// FROM golang AS build
    /// RUN make
    /// FROM debian:stable-slim
    /// COPY --from=build /src/app /usr/local/bin/app
    /// ```
    WastedSpace, "wasted-space", "IL501", Warning, check;
    "see the biggest items with: imglint waste"
);

/// Items named in the notes.
const NAMED: usize = 5;

fn check(image: &ImageView<'_>, options: &LintOptions, findings: &mut Findings) {
    let own = |layer: usize| {
        image
            .layers()
            .get(layer)
            .is_some_and(|layer| layer.origin == Origin::Own)
    };
    let mine: Vec<_> = image
        .stack()
        .payloads()
        .iter()
        .filter(|payload| own(payload.layer))
        .collect();
    let total = sum(mine.iter().copied());
    let wasted = sum(mine
        .into_iter()
        .filter(|payload| payload.fate != Fate::Live));
    let share = u128::from(wasted) * 100 > u128::from(total) * u128::from(options.wasted_percent);
    if wasted <= options.wasted_bytes || !share {
        return;
    }
    let message = format!(
        "{} of {} in own layers are never seen ({})",
        human_size(wasted),
        human_size(total),
        percent(wasted, total)
    );
    let groups = image
        .stack()
        .hidden_groups()
        .into_iter()
        .filter(|group| own(group.layer()));
    let biggest = groups.take(NAMED).map(|group| {
        let (layer, killer) = (group.layer(), group.killer_layer());
        format!(
            "{} in layer {layer}: {} by layer {killer}",
            group_label(&group),
            group.cause()
        )
    });
    findings
        .report(Location::default(), message)
        .notes(biggest)
        .bytes(wasted)
        .origin(Origin::Own);
}

fn sum<'p>(payloads: impl Iterator<Item = &'p Payload>) -> u64 {
    payloads.fold(0, |sum, payload| sum.saturating_add(payload.size))
}

#[cfg(test)]
mod tests {
    use super::WastedSpace;
    use crate::{
        linter::LintOptions,
        testing::{Image, Layer, findings, findings_with},
    };

    const MIB: usize = 1 << 20;

    fn deleted(wasted: usize, live: usize) -> Image {
        let layer = Layer::new()
            .file("a", vec![1; wasted])
            .file("b", vec![2; live]);
        Image::new("")
            .layer(layer, "a")
            .layer(Layer::new().whiteout("a"), "b")
    }

    #[test]
    fn more_than_ten_mebibytes_and_five_hundredths_are_found() {
        let text = findings(&WastedSpace, &deleted(10 * MIB + 1, MIB));
        let expected = "warning: 10.5MB of 11.5MB in own layers are never seen (90.9 %)\n\
            note: /a (10.5MB) in layer 0: deleted-file by layer 1\n";
        assert!(text.starts_with(expected), "{text}");
    }

    #[test]
    fn exactly_ten_mebibytes_are_fine() {
        assert_eq!(findings(&WastedSpace, &deleted(10 * MIB, 0)), "");
    }

    #[test]
    fn five_hundredths_are_fine() {
        let options = LintOptions {
            wasted_bytes: 0,
            ..LintOptions::default()
        };
        assert_eq!(findings_with(&WastedSpace, &deleted(5, 95), &options), "");
        assert!(findings_with(&WastedSpace, &deleted(6, 94), &options).contains("(6.0 %)"));
    }

    #[test]
    fn waste_of_the_base_does_not_count() {
        let base = deleted(11 * MIB, 0).empty_step("CMD [\"sh\"]");
        assert_eq!(
            findings(
                &WastedSpace,
                &base.layer(Layer::new().file("c", "c"), "COPY c /")
            ),
            ""
        );
    }
}
