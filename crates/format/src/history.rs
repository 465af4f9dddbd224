//! The history of an image, and which entry made which layer.

use crate::{Time, json::decode_object};

/// One step of a build (image-spec, `config.md`, "history").
#[derive(Debug, Clone, Default, PartialEq, Eq)]
#[non_exhaustive]
pub struct HistoryEntry {
    /// When it was done.
    pub created: Option<Time>,
    /// Who did it.
    pub author: String,
    /// What was done, in the builder's own words; see [`Instruction`](crate::Instruction).
    pub created_by: String,
    /// Anything the builder wanted to add.
    pub comment: String,
    /// Whether it made no layer.
    pub empty_layer: bool,
}

decode_object!(HistoryEntry {
    "created" => created,
    "author" => author,
    "created_by" => created_by,
    "comment" => comment,
    "empty_layer" => empty_layer,
});

/// Which history entry made which layer, and whether the counts agree.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Alignment {
    /// For each layer, lowest first, the index of its history entry.
    pub entries: Vec<Option<usize>>,
    /// How many entries claim to have made a layer, against the number of layers.
    pub fit: HistoryFit,
}

/// Whether a history accounts for each layer.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[non_exhaustive]
pub enum HistoryFit {
    /// One entry for each layer.
    Exact,
    /// There is no history although there are layers.
    None,
    /// The topmost layers have no entry.
    TooFew {
        /// Layers without an entry.
        missing: usize,
    },
    /// More entries than layers: `docker load` refuses the image, containerd and podman load it.
    TooMany {
        /// Entries without a layer.
        surplus: usize,
    },
}

/// Gives each layer the entry that made it: the next one that is not an empty layer.
#[must_use]
pub fn align(history: &[HistoryEntry], layers: usize) -> Alignment {
    let makers = history
        .iter()
        .enumerate()
        .filter(|(_, entry)| !entry.empty_layer);
    let mut makers = makers.map(|(index, _)| index);
    let entries: Vec<_> = (0..layers).map(|_| makers.next()).collect();
    let surplus = makers.count();
    let missing = entries.iter().filter(|entry| entry.is_none()).count();
    let fit = match (surplus, missing) {
        (0, 0) => HistoryFit::Exact,
        (0, _) if history.is_empty() => HistoryFit::None,
        (0, missing) => HistoryFit::TooFew { missing },
        (surplus, _) => HistoryFit::TooMany { surplus },
    };
    Alignment { entries, fit }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// `L` made a layer, `.` did not.
    fn history(steps: &str) -> Vec<HistoryEntry> {
        let entry = |step| HistoryEntry {
            empty_layer: step == '.',
            ..HistoryEntry::default()
        };
        steps.chars().map(entry).collect()
    }

    fn check(steps: &str, layers: usize, entries: &[Option<usize>], fit: HistoryFit) {
        let alignment = align(&history(steps), layers);
        assert_eq!(alignment.entries, entries, "{steps}");
        assert_eq!(alignment.fit, fit, "{steps}");
    }

    #[test]
    fn empty_layers_are_passed_over() {
        check("L.L.", 2, &[Some(0), Some(2)], HistoryFit::Exact);
        check("..", 0, &[], HistoryFit::Exact);
        check("", 0, &[], HistoryFit::Exact);
    }

    #[test]
    fn too_few_leave_the_top_without_history() {
        check(
            "L.",
            3,
            &[Some(0), None, None],
            HistoryFit::TooFew { missing: 2 },
        );
        check("..", 1, &[None], HistoryFit::TooFew { missing: 1 });
        check("", 2, &[None, None], HistoryFit::None);
    }

    #[test]
    fn too_many_keep_the_lowest() {
        check("LL.L", 1, &[Some(0)], HistoryFit::TooMany { surplus: 2 });
        check("L", 0, &[], HistoryFit::TooMany { surplus: 1 });
    }
}
