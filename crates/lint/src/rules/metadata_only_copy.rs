//! `metadata-only-copy` (IL505).

use std::collections::{BTreeMap, BTreeSet};

use imglint_layers::{Attribute, Attributes, HiddenFile, ImagePath, WasteCause};

use crate::{
    finding::Findings,
    image::{ImageView, LayerView},
    linter::LintOptions,
    rule::rule,
    size::{count, human_size},
};

rule!(
    /// ## What it checks
    /// Files that a layer ships again with the same content, for another owner, mode, time or
    /// attribute, or for nothing at all: 1 MiB or more of them in one layer.
    ///
    /// ## Why it matters
    /// `chown -R` over a tree doubles it: the layer holds a full copy of each file it touches.
    ///
    /// ## How to fix it
    /// Set owner and mode where the files come from:
    ///
    /// ```dockerfile
    /// COPY --chown=app:app --chmod=755 . /app
    /// ```
    ///
    /// For files made by `RUN`, put `chown` or `chmod` into the same `RUN`.
    MetadataOnlyCopy, "metadata-only-copy", "IL505", Warning, check
);

/// Files named in the notes.
const NAMED: usize = 5;

/// A file that stands in two layers with the same content.
struct Copy<'a> {
    shipped: usize,
    bytes: u64,
    path: &'a ImagePath,
    changed: Attributes,
}

fn check(image: &ImageView<'_>, options: &LintOptions, findings: &mut Findings) {
    let mut layers: BTreeMap<usize, Vec<Copy<'_>>> = BTreeMap::new();
    for file in image.stack().hidden() {
        if let Some(copy) = copy_of(image, &file) {
            layers.entry(file.killer_layer).or_default().push(copy);
        }
    }
    for (killer, copies) in layers {
        let bytes = copies
            .iter()
            .fold(0_u64, |sum, copy| sum.saturating_add(copy.bytes));
        if bytes >= options.hidden_bytes
            && let Some(layer) = image.layers().get(killer)
        {
            report(layer, bytes, copies, findings);
        }
    }
}

fn copy_of<'a>(image: &ImageView<'a>, file: &HiddenFile<'a>) -> Option<Copy<'a>> {
    if file.cause != WasteCause::MetadataOnly {
        return None;
    }
    let facts = |layer: usize| image.layers().get(layer)?.facts;
    let before = facts(file.layer)?.index.entry(file.entry)?;
    let after = facts(file.killer_layer)?.index.entry(file.killer_entry)?;
    let changed = Attributes::differing(before, after);
    Some(Copy {
        shipped: file.layer,
        bytes: file.size,
        path: file.path,
        changed,
    })
}

fn report(layer: &LayerView<'_>, bytes: u64, mut copies: Vec<Copy<'_>>, findings: &mut Findings) {
    copies.sort_by(|a, b| b.bytes.cmp(&a.bytes).then_with(|| a.path.cmp(b.path)));
    let shipped: BTreeSet<_> = copies.iter().map(|copy| copy.shipped).collect();
    let shipped: Vec<_> = shipped.iter().map(ToString::to_string).collect();
    let changed: BTreeSet<_> = copies.iter().flat_map(|copy| copy.changed.iter()).collect();
    let changed: Vec<_> = changed.iter().map(ToString::to_string).collect();
    let files = count(copies.len(), "file");
    let why = if changed.is_empty() {
        "unchanged".to_owned()
    } else {
        format!("only for another {}", changed.join(" and "))
    };
    let message = format!(
        "layer {} ships {files} ({}) of {} {} again, {why}",
        layer.index,
        human_size(bytes),
        if shipped.len() == 1 {
            "layer"
        } else {
            "layers"
        },
        shipped.join(" and "),
    );
    let biggest = copies
        .iter()
        .take(NAMED)
        .map(|copy| format!("{} ({})", copy.path, human_size(copy.bytes)));
    let instruction = layer
        .instruction
        .as_ref()
        .map_or("", |instruction| &instruction.text);
    findings
        .report(layer.location(), message)
        .help(advice(&copies))
        .notes(biggest)
        .bytes(bytes)
        .origin(layer.origin)
        .evidence([instruction.as_bytes()]);
}

fn advice(copies: &[Copy<'_>]) -> String {
    let changes = |attribute| {
        copies
            .iter()
            .any(|copy| copy.changed.iter().any(|changed| changed == attribute))
    };
    let flags = match (changes(Attribute::Owner), changes(Attribute::Mode)) {
        (true, true) => "--chown=USER:GROUP --chmod=MODE",
        (false, true) => "--chmod=MODE",
        (true, false) => "--chown=USER:GROUP",
        (false, false) => {
            return "leave them out of the instruction that ships them again".to_owned();
        }
    };
    format!("set it where the files come from: COPY {flags} … …; or in the RUN that makes them")
}

#[cfg(test)]
mod tests {
    use imglint_testkit::Meta;

    use super::MetadataOnlyCopy;
    use crate::testing::{Image, Layer, findings};

    fn chowned(size: usize, meta: Meta) -> Image {
        Image::new("")
            .layer(
                Layer::new().file("app/bin", vec![1; size]),
                "COPY . /app # buildkit",
            )
            .layer(
                Layer::new().file_with("app/bin", vec![1; size], meta),
                "RUN /bin/sh -c chown -R 7 /app # buildkit",
            )
    }

    #[test]
    fn a_chown_of_a_big_file_is_found() {
        let text = findings(
            &MetadataOnlyCopy,
            &chowned(
                1 << 20,
                Meta {
                    uid: 7,
                    ..Meta::default()
                },
            ),
        );
        let message = "warning layer 1: layer 1 ships 1 file (1.05MB) of layer 0 again, only for another owner\n";
        assert!(text.starts_with(message), "{text}");
        assert!(text.contains("COPY --chown=USER:GROUP"), "{text}");
        assert!(text.contains("note: /app/bin (1.05MB)\n"), "{text}");
    }

    #[test]
    fn a_chmod_is_told_as_such() {
        let text = findings(
            &MetadataOnlyCopy,
            &chowned(
                1 << 20,
                Meta {
                    mode: 0o755,
                    ..Meta::default()
                },
            ),
        );
        assert!(
            text.contains("only for another mode") && text.contains("COPY --chmod=MODE"),
            "{text}"
        );
    }

    #[test]
    fn a_copy_of_the_very_same_file_is_told_as_such() {
        let text = findings(&MetadataOnlyCopy, &chowned(1 << 20, Meta::default()));
        assert!(
            text.starts_with(
                "warning layer 1: layer 1 ships 1 file (1.05MB) of layer 0 again, unchanged\n"
            ),
            "{text}"
        );
        assert!(text.contains("help: leave them out"), "{text}");
    }

    #[test]
    fn a_small_copy_is_fine() {
        assert_eq!(
            findings(
                &MetadataOnlyCopy,
                &chowned(
                    (1 << 20) - 1,
                    Meta {
                        uid: 7,
                        ..Meta::default()
                    }
                )
            ),
            ""
        );
    }

    #[test]
    fn other_content_is_no_copy() {
        let image = Image::new("")
            .layer(Layer::new().file("a", vec![1; 1 << 20]), "a")
            .layer(Layer::new().file("a", vec![2; 1 << 20]), "b");
        assert_eq!(findings(&MetadataOnlyCopy, &image), "");
    }
}
