//! What a rule sees: one image with the facts of its layers, stacked.

use std::{
    borrow::Cow,
    sync::{LazyLock, OnceLock},
};

use imglint_format::{
    Anomaly, ContainerConfig, HistoryEntry, Image, ImageConfig, Instruction, LayerRef, align,
};
use imglint_layers::{EntryId, ImagePath, LayerIndex, Stack};
use imglint_secrets::{Context, Scanner};

use crate::{
    facts::{Facts, LayerFacts},
    finding::{Finding, Location},
    origin::{self, Origin},
    packages::Ownership,
    secrets::{self, ImageSecrets},
};

/// Stands for a layer that could not be read, so that the others keep their numbers.
static UNREAD: LazyLock<LayerIndex> = LazyLock::new(LayerIndex::default);

/// One image with everything that rules may look at.
#[derive(Debug)]
pub struct ImageView<'a> {
    image: &'a Image,
    layers: Vec<LayerView<'a>>,
    history: Vec<HistoryRow<'a>>,
    stack: Stack<'a>,
    /// Rows at the start of the history that are the base image's.
    base_rows: usize,
    /// Whether secrets were looked for.
    wants_secrets: bool,
    /// Found when they are first asked for.
    secrets: OnceLock<ImageSecrets>,
}

/// One layer of an [`ImageView`].
#[derive(Debug)]
#[non_exhaustive]
pub struct LayerView<'a> {
    /// Its number, 0 for the lowest.
    pub index: usize,
    /// What manifest and config say of it.
    pub reference: &'a LayerRef,
    /// What was read of it; `None` if its blob is not in the archive.
    pub facts: Option<&'a LayerFacts>,
    /// The history row of the instruction that made it.
    pub history: Option<&'a HistoryEntry>,
    /// That row, understood.
    pub instruction: Option<Instruction>,
    /// Whose it is; a guess.
    pub origin: Origin,
    /// Whether it is part of the stack; if not, the layers below it took all the memory there is.
    pub stacked: bool,
}

/// One row of the history.
#[derive(Debug)]
#[non_exhaustive]
pub struct HistoryRow<'a> {
    /// As it stands in the config.
    pub entry: &'a HistoryEntry,
    /// What it says; secrets in its text are masked.
    pub instruction: Instruction,
    /// The layer it made, if it made one and the image has it.
    pub layer: Option<usize>,
}

impl<'a> ImageView<'a> {
    /// Stacks the layers of an image, of which `facts` holds what a scan found.
    #[must_use]
    pub fn new(image: &'a Image, facts: &'a Facts) -> Self {
        let makers = align(&image.config.history, image.layers.len()).entries;
        let history = rows(&image.config.history, &makers);
        let base_rows = origin::guess_base_rows(&history);
        let layers = layers(image, facts, &history, &makers, base_rows);
        let indexes: Vec<_> = layers
            .iter()
            .map(|layer| {
                let facts = layer.facts.filter(|_| layer.stacked);
                facts.map_or(&*UNREAD, |facts| &facts.index)
            })
            .collect();
        Self {
            image,
            layers,
            history,
            stack: Stack::new(&indexes),
            base_rows,
            wants_secrets: facts.secrets,
            secrets: OnceLock::new(),
        }
    }

    /// The image as the archive presents it.
    #[must_use]
    pub fn image(&self) -> &'a Image {
        self.image
    }

    /// Its layers, lowest first.
    #[must_use]
    pub fn layers(&self) -> &[LayerView<'a>] {
        &self.layers
    }

    /// Its layers on top of each other; one that could not be read counts as empty.
    #[must_use]
    pub fn stack(&self) -> &Stack<'a> {
        &self.stack
    }

    /// Its config.
    #[must_use]
    pub fn config(&self) -> &'a ImageConfig {
        &self.image.config
    }

    /// How a container of it runs.
    #[must_use]
    pub fn run_config(&self) -> &'a ContainerConfig {
        &self.image.config.config
    }

    /// What is wrong with its documents.
    #[must_use]
    pub fn anomalies(&self) -> &'a [Anomaly] {
        &self.image.anomalies
    }

    /// Its history, oldest first, with the layer that each row made.
    #[must_use]
    pub fn history(&self) -> &[HistoryRow<'a>] {
        &self.history
    }

    /// Whether all of it was read as it was promised.
    #[must_use]
    pub fn complete(&self) -> bool {
        self.incomplete_reasons().is_empty()
    }

    /// Why it could not be judged whole, a fragment for each reason.
    #[must_use]
    pub fn incomplete_reasons(&self) -> Vec<String> {
        let documents = self
            .anomalies()
            .iter()
            .filter(|anomaly| anomaly.incomplete())
            .map(ToString::to_string);
        let layers = self.layers.iter().flat_map(LayerView::incomplete_reasons);
        let unstacked = self.layers.iter().find(|layer| !layer.stacked).map(|layer| {
            let (index, name) = (layer.index, &layer.reference.name);
            format!("layer {index} ({name}) and those below it have more entries than can be stacked")
        });
        let texts = (self.wants_secrets && self.secrets().more)
            .then(|| "its config and history hold more secrets than are listed".to_owned());
        documents
            .chain(layers)
            .chain(unstacked)
            .chain(texts)
            .collect()
    }

    /// Tokens in its layers that were no finding since their checksum is wrong.
    #[must_use]
    pub fn rejected_tokens(&self) -> u64 {
        let facts = self.layers.iter().filter_map(|layer| layer.facts);
        facts.fold(0, |sum, facts| sum.saturating_add(facts.rejected))
    }

    /// The findings about its secrets, of all rules.
    pub(crate) fn secrets(&self) -> &ImageSecrets {
        self.secrets.get_or_init(|| secrets::of_image(self))
    }

    /// Whether secrets were asked for.
    pub(crate) fn wants_secrets(&self) -> bool {
        self.wants_secrets
    }

    /// The secrets in its config, history and annotations, whether or not secrets were looked for in
    /// its layers.
    #[must_use]
    pub fn secrets_in_texts(&self) -> Vec<Finding> {
        secrets::in_texts(self)
    }

    /// Who published a file with a secret as it is.
    pub(crate) fn owned(&self, layer: usize, entry: EntryId) -> Option<Ownership> {
        self.layers.get(layer)?.facts?.owned.get(&entry).copied()
    }

    /// Whose a row of the history is; a guess.
    pub(crate) fn origin_of_row(&self, row: usize) -> Origin {
        if row < self.base_rows {
            Origin::Base
        } else {
            Origin::Own
        }
    }

    /// The place of a layer; without number or instruction if there is no such layer.
    pub(crate) fn location(&self, layer: usize) -> Location {
        self.layers
            .get(layer)
            .map(LayerView::location)
            .unwrap_or_default()
    }

    /// Content of a small file of the squashed tree, links followed; see [`LayerFacts::kept`].
    pub(crate) fn kept_file(&self, path: &str) -> Option<&'a [u8]> {
        let node = self.stack.tree().resolve(&ImagePath::from(path))?;
        let payload = self.stack.payloads().get(node.payload()?.index())?;
        let facts = self.layers.get(payload.layer)?.facts?;
        let kept = facts.kept.iter().find(|file| file.entry == payload.entry)?;
        kept.content.as_deref()
    }
}

impl HistoryRow<'_> {
    /// The words of the config, secrets masked.
    #[must_use]
    pub fn created_by(&self) -> Cow<'_, str> {
        Scanner::shared().mask(Context::Command, &self.entry.created_by)
    }
}

impl LayerView<'_> {
    /// Its place, for a finding.
    pub(crate) fn location(&self) -> Location {
        let computed = || self.facts?.index.diff_id.clone();
        Location {
            layer: Some(self.index),
            diff_id: self.reference.diff_id.clone().or_else(computed),
            instruction: self
                .instruction
                .as_ref()
                .map(|instruction| instruction.text.clone()),
            ..Location::default()
        }
    }

    /// `layer 3 (RUN make)`, for messages about several layers; long instructions are cut.
    pub(crate) fn label(&self) -> String {
        match &self.instruction {
            Some(instruction) => format!("layer {} ({})", self.index, shortened(&instruction.text)),
            None => format!("layer {}", self.index),
        }
    }

    fn incomplete_reasons(&self) -> Vec<String> {
        let (index, name) = (self.index, &self.reference.name);
        let Some(facts) = self.facts else {
            return vec![format!("layer {index} ({name}) was not read")];
        };
        let name = format!("layer {index} ({name})");
        let mut reasons = facts.incomplete_reasons(&name);
        if facts.index.faults.is_empty() && !self.is_as_promised() {
            reasons.push(format!("{name} is not the layer that was promised"));
        }
        reasons
    }
}

/// The first line, up to some hundred characters.
fn shortened(text: &str) -> String {
    const LONGEST: usize = 120;
    let line = text.lines().next().unwrap_or_default();
    let start: String = line.chars().take(LONGEST).collect();
    if start.len() < text.len() {
        format!("{start}…")
    } else {
        start
    }
}

fn rows<'a>(history: &'a [HistoryEntry], makers: &[Option<usize>]) -> Vec<HistoryRow<'a>> {
    let row = |entry: &'a HistoryEntry| {
        let mut instruction = Instruction::of(entry);
        let shown = Scanner::shared().mask(Context::Command, &instruction.text);
        if let Cow::Owned(text) = shown {
            instruction.text = text;
        }
        HistoryRow {
            entry,
            instruction,
            layer: None,
        }
    };
    let mut rows: Vec<_> = history.iter().map(row).collect();
    for (layer, maker) in makers.iter().enumerate() {
        if let Some(row) = maker.and_then(|maker| rows.get_mut(maker)) {
            row.layer = Some(layer);
        }
    }
    rows
}

fn layers<'a>(
    image: &'a Image,
    facts: &'a Facts,
    history: &[HistoryRow<'a>],
    makers: &[Option<usize>],
    base_rows: usize,
) -> Vec<LayerView<'a>> {
    let mut memory: u64 = 0;
    let view = |(index, (reference, &maker)): (usize, (&'a LayerRef, &Option<usize>))| {
        let read = reference.blob.and_then(|blob| facts.get(blob));
        memory = memory.saturating_add(read.map_or(0, |facts| facts.index.memory));
        let row = maker.and_then(|maker| history.get(maker));
        let inherited = maker.is_some_and(|maker| maker < base_rows);
        LayerView {
            index,
            reference,
            facts: read,
            history: row.map(|row| row.entry),
            instruction: row.map(|row| row.instruction.clone()),
            origin: if inherited { Origin::Base } else { Origin::Own },
            stacked: memory <= facts.stack_bytes,
        }
    };
    image
        .layers
        .iter()
        .zip(makers)
        .enumerate()
        .map(view)
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::testing::{self, Layer, blobs, digest_of, read};

    fn image() -> testing::Image {
        testing::Image::new("")
            .empty_step("ENV A=b")
            .layer(Layer::new().file("etc/passwd", "old"), "COPY a /")
            .layer(Layer::new().file("etc/passwd", "new"), "COPY b /")
    }

    #[test]
    fn rows_and_layers_know_each_other() {
        let (image, facts) = read(&image(), &blobs(&image()), |_| {});
        let view = ImageView::new(&image, &facts);
        let rows: Vec<_> = view.history().iter().map(|row| row.layer).collect();
        assert_eq!(rows, [None, Some(0), Some(1)]);
        assert_eq!(view.layers()[1].history.unwrap().created_by, "COPY b /");
        assert_eq!(view.layers()[1].label(), "layer 1 (COPY b /)");
    }

    #[test]
    fn a_layer_that_is_not_there_keeps_its_number_and_makes_the_image_incomplete() {
        let (image, facts) = read(&image(), &blobs(&image()), |image| {
            image.layers[0].blob = None;
        });
        let view = ImageView::new(&image, &facts);
        assert_eq!(
            view.incomplete_reasons(),
            ["layer 0 (layer-0.tar) was not read"]
        );
        assert_eq!(
            view.stack()
                .tree()
                .get(&"etc/passwd".into())
                .unwrap()
                .layer(),
            1
        );
    }

    #[test]
    fn a_layer_that_is_another_than_promised_makes_the_image_incomplete() {
        let (image, facts) = read(&image(), &blobs(&image()), |image| {
            image.layers[1].digest = Some(digest_of(b"other"));
        });
        let view = ImageView::new(&image, &facts);
        assert!(!view.complete());
        assert!(view.incomplete_reasons()[0].starts_with("layer 1 (layer-1.tar) is not the layer"));
    }

    #[test]
    fn a_whole_image_is_complete_and_its_kept_files_are_those_on_top() {
        let (image, facts) = read(&image(), &blobs(&image()), |_| {});
        let view = ImageView::new(&image, &facts);
        assert!(view.complete());
        assert_eq!(view.kept_file("etc/passwd"), Some(&b"new"[..]));
        assert_eq!(view.kept_file("etc/group"), None);
    }

    #[test]
    fn long_instructions_are_cut_in_messages() {
        assert_eq!(shortened("RUN a"), "RUN a");
        assert_eq!(shortened("RUN a\nb"), "RUN a…");
        assert_eq!(shortened(&"é".repeat(500)).chars().count(), 121);
    }
}
