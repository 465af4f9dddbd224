//! `deleted-in-later-layer` (IL502).

use std::collections::BTreeMap;

use imglint_layers::{HiddenGroup, ImagePath, WasteCause};

use crate::{
    finding::{Findings, Severity},
    image::{ImageView, LayerView},
    linter::LintOptions,
    rule::rule,
    size::{count, group_label, human_size},
};

rule!(
    /// ## What it checks
    /// Files that one layer ships and a later layer deletes, covers or moves. From 1 MiB on it is a
    /// warning; what is smaller is told as information, together for each pair of layers.
    ///
    /// ## Why it matters
    /// A layer never changes again: everyone still downloads the bytes, and anyone can take the
    /// deleted file out of the layer that ships it.
    ///
    /// ## How to fix it
    /// Delete the file in the instruction that makes it, or make it in an earlier build stage and
    /// copy only the result:
    ///
    /// ```dockerfile
    /// RUN curl -sSLO https://example.com/src.tgz && tar xzf src.tgz && rm src.tgz
    /// ```
    DeletedInLaterLayer, "deleted-in-later-layer", "IL502", Warning, check
);

/// Groups told one by one for each pair of layers; the rest is told together.
const TOLD_ALONE: usize = 20;

/// Paths named when many are told together.
const NAMED: usize = 10;

fn check(image: &ImageView<'_>, options: &LintOptions, findings: &mut Findings) {
    let mut pairs: BTreeMap<(usize, usize), Vec<HiddenGroup<'_>>> = BTreeMap::new();
    for group in image
        .stack()
        .hidden_groups()
        .into_iter()
        .filter(|group| concerns(group.cause()))
    {
        pairs
            .entry((group.layer(), group.killer_layer()))
            .or_default()
            .push(group);
    }
    for ((layer, killer), groups) in pairs {
        let Some(pair) = Pair::of(image, layer, killer) else {
            continue;
        };
        let big = groups
            .iter()
            .take_while(|group| group.size >= options.hidden_bytes)
            .count();
        let (alone, together) = groups.split_at(big.min(TOLD_ALONE));
        for group in alone {
            pair.report_one(group, Severity::Warning, findings);
        }
        match together {
            [] => {}
            [group] => pair.report_one(group, severity(group.size, options), findings),
            groups => pair.report_many(groups, options, findings),
        }
    }
}

/// Same content shipped again and names given twice are told by other rules.
fn concerns(cause: WasteCause) -> bool {
    !matches!(cause, WasteCause::MetadataOnly | WasteCause::DuplicateEntry)
}

fn severity(bytes: u64, options: &LintOptions) -> Severity {
    if bytes >= options.hidden_bytes {
        Severity::Warning
    } else {
        Severity::Info
    }
}

/// The layer that ships and the one that hides.
struct Pair<'v, 'a> {
    shipped: &'v LayerView<'a>,
    killer: &'v LayerView<'a>,
}

impl<'v, 'a> Pair<'v, 'a> {
    fn of(image: &'v ImageView<'a>, shipped: usize, killer: usize) -> Option<Self> {
        Some(Self {
            shipped: image.layers().get(shipped)?,
            killer: image.layers().get(killer)?,
        })
    }

    fn report_one(&self, group: &HiddenGroup<'_>, severity: Severity, findings: &mut Findings) {
        let verb = verb(group.cause());
        let (layer, killer) = (self.shipped.index, self.killer.index);
        let message = format!(
            "{} ships in layer {layer} and is {verb} in layer {killer}",
            group_label(group)
        );
        findings
            .report(self.shipped.location().at(group.path), message)
            .severity(severity)
            .help(advice(group))
            .note(self.note(verb))
            .bytes(group.size)
            .origin(self.shipped.origin);
    }

    fn report_many(
        &self,
        groups: &[HiddenGroup<'_>],
        options: &LintOptions,
        findings: &mut Findings,
    ) {
        let bytes = groups
            .iter()
            .fold(0_u64, |sum, group| sum.saturating_add(group.size));
        let (layer, killer) = (self.shipped.index, self.killer.index);
        let above = common_directory(groups);
        let (place, below) = match &above {
            Some(directory) => (
                self.shipped.location().at(directory),
                format!(" below {directory}"),
            ),
            None => (self.shipped.location(), String::new()),
        };
        let paths = count(groups.len(), "path");
        let message = format!(
            "{paths}{below} ({}) ship in layer {layer} and are deleted or covered in layer {killer}",
            human_size(bytes)
        );
        let named = groups
            .iter()
            .take(NAMED)
            .map(|group| format!("{} {}", group_label(group), verb(group.cause())));
        let more = groups.len().checked_sub(NAMED).filter(|more| *more > 0);
        findings
            .report(place, message)
            .severity(severity(bytes, options))
            .help("delete files in the instruction that makes them, or make them in an earlier build stage")
            .note(self.note("deleted or covered"))
            .notes(named)
            .notes(more.map(|more| format!("and {more} more")))
            .bytes(bytes)
            .origin(self.shipped.origin)
            .evidence([instruction(self.shipped), instruction(self.killer)]);
    }

    /// Who shipped it is the place of the finding; this is who hid it.
    fn note(&self, verb: &str) -> String {
        format!("{verb} by {}", self.killer.label())
    }
}

/// The deepest directory that holds all of them, unless it is the root.
fn common_directory(groups: &[HiddenGroup<'_>]) -> Option<ImagePath> {
    let mut directory = groups.first()?.path.parent()?;
    while !groups
        .iter()
        .all(|group| group.path.starts_with(&directory))
    {
        directory = directory.parent()?;
    }
    (!directory.is_root()).then_some(directory)
}

fn instruction<'v>(layer: &'v LayerView<'_>) -> &'v [u8] {
    layer
        .instruction
        .as_ref()
        .map_or(b"", |instruction| instruction.text.as_bytes())
}

fn verb(cause: WasteCause) -> &'static str {
    match cause {
        WasteCause::DeletedFile | WasteCause::DeletedDir => "deleted",
        WasteCause::Opaque => "hidden",
        WasteCause::Moved => "moved",
        WasteCause::TypeReplaced => "replaced",
        _ => "overwritten",
    }
}

fn advice(group: &HiddenGroup<'_>) -> String {
    let path = group.path;
    match group.cause() {
        WasteCause::Moved => {
            format!("put {path} where it belongs in the instruction that makes it")
        }
        WasteCause::DeletedFile | WasteCause::DeletedDir | WasteCause::Opaque => {
            format!("delete it in the instruction that makes it: RUN … && rm -rf {path}")
        }
        _ => format!("write {path} once, in one instruction"),
    }
}

#[cfg(test)]
mod tests {
    use super::DeletedInLaterLayer;
    use crate::testing::{Image, Layer, findings};

    const MIB: usize = 1 << 20;

    /// Two instructions, `touch /hi` and `rm /hi`.
    #[test]
    fn an_empty_file_deleted_later_is_information() {
        let image = Image::new("")
            .layer(Layer::new().file("hi", ""), "/bin/sh -c touch /hi")
            .layer(Layer::new().whiteout("hi"), "/bin/sh -c rm /hi");
        let text = findings(&DeletedInLaterLayer, &image);
        let expected = "info layer 0 /hi: /hi (0B) ships in layer 0 and is deleted in layer 1\n\
            note: deleted by layer 1 (RUN rm /hi)\n\
            help: delete it in the instruction that makes it: RUN … && rm -rf /hi\n";
        assert_eq!(text, expected);
    }

    #[test]
    fn a_deleted_directory_is_one_finding() {
        let tree = Layer::new()
            .dir("d")
            .file("d/a", vec![1; MIB])
            .file("d/b", "b");
        let image = Image::new("")
            .layer(tree, "a")
            .layer(Layer::new().whiteout("d"), "b");
        let text = findings(&DeletedInLaterLayer, &image);
        let message =
            "warning layer 0 /d: /d (2 files, 1.05MB) ships in layer 0 and is deleted in layer 1\n";
        assert!(text.starts_with(message), "{text}");
    }

    #[test]
    fn many_small_files_are_told_together() {
        let write = |layer: Layer, name: usize| layer.file(format!("d/{name}"), "a");
        let delete = |layer: Layer, name: usize| layer.whiteout(format!("d/{name}"));
        let image = Image::new("")
            .layer((0..12).fold(Layer::new(), write), "a")
            .layer((0..12).fold(Layer::new(), delete), "b");
        let text = findings(&DeletedInLaterLayer, &image);
        assert!(
            text.starts_with("info layer 0 /d: 12 paths below /d (12B) ship in layer 0"),
            "{text}"
        );
        assert!(text.contains("note: and 2 more\n"), "{text}");
    }

    #[test]
    fn files_of_several_places_have_no_directory_in_common() {
        let image = Image::new("")
            .layer(Layer::new().file("etc/a", "a").file("srv/a", "b"), "a")
            .layer(Layer::new().whiteout("etc/a").whiteout("srv/a"), "b");
        let text = findings(&DeletedInLaterLayer, &image);
        assert!(
            text.starts_with("info layer 0: 2 paths (2B) ship in layer 0"),
            "{text}"
        );
    }

    #[test]
    fn an_overwritten_file_counts_and_names_the_deed() {
        let image = Image::new("")
            .layer(Layer::new().file("a", vec![1; MIB]), "a")
            .layer(Layer::new().file("a", vec![2; MIB]), "b");
        assert!(findings(&DeletedInLaterLayer, &image).contains("and is overwritten in layer 1"));
    }

    #[test]
    fn a_file_that_stays_and_one_deleted_in_its_own_layer_are_fine() {
        let image = Image::new("")
            .layer(Layer::new().dir("d").file("d/a", "a"), "a")
            .layer(Layer::new().dir("d").file("d/b", "b"), "b");
        assert_eq!(findings(&DeletedInLaterLayer, &image), "");
    }

    #[test]
    fn the_same_content_shipped_again_is_left_to_another_rule() {
        let meta = imglint_testkit::Meta {
            uid: 7,
            ..imglint_testkit::Meta::default()
        };
        let image = Image::new("")
            .layer(Layer::new().file("a", vec![1; MIB]), "a")
            .layer(Layer::new().file_with("a", vec![1; MIB], meta), "b");
        assert_eq!(findings(&DeletedInLaterLayer, &image), "");
    }
}
