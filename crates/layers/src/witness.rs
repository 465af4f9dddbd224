//! What the tests of this crate share: layers from tars, and trees as one line of text.

use imglint_testkit::Layer;

use crate::{LayerIndex, Level, ReadOptions, Stack, read_layer};

/// Reads a layer as it would be read from an archive.
pub(crate) fn index(layer: &Layer) -> LayerIndex {
    read_layer(layer.bytes().as_slice(), &ReadOptions::default(), &mut ())
}

pub(crate) fn indexes(layers: &[Layer]) -> Vec<LayerIndex> {
    layers.iter().map(index).collect()
}

/// Applies layers and asks the result something.
pub(crate) fn stacked<T>(layers: &[Layer], ask: impl FnOnce(&Stack<'_>) -> T) -> T {
    let indexes = indexes(layers);
    ask(&Stack::new(&indexes.iter().collect::<Vec<_>>()))
}

/// Paths of the tree; directories end in `/`, and what the top layer gave has a `*`.
pub(crate) fn tree(stack: &Stack<'_>) -> String {
    let top = stack.layers().len() - 1;
    let names = stack.tree().iter().map(|node| {
        let path = String::from_utf8_lossy(node.path().as_bytes()).into_owned();
        let slash = if node.is_directory() { "/" } else { "" };
        let star = if node.layer() == top { "*" } else { "" };
        format!("{path}{slash}{star}")
    });
    names.collect::<Vec<_>>().join(" ")
}

/// Codes of what is odd about the top layer, alone or over the others; `!` marks errors, `?` what is only
/// worth knowing.
pub(crate) fn anomalies(stack: &Stack<'_>) -> String {
    let top = stack.layers().len() - 1;
    let own = stack.layers()[top].anomalies.iter();
    let codes = own.chain(stack.anomalies(top)).map(|anomaly| {
        let mark = match anomaly.level() {
            Level::Error => "!",
            Level::Warning => "",
            Level::Info => "?",
        };
        format!("{}{mark}", anomaly.code())
    });
    codes.collect::<Vec<_>>().join(" ")
}

/// Wasted files: `path:layer>killer cause size`.
pub(crate) fn hidden(stack: &Stack<'_>) -> String {
    let files = stack.hidden().map(|file| {
        let path = String::from_utf8_lossy(file.path.as_bytes());
        let (layer, killer) = (file.layer, file.killer_layer);
        format!("{path}:{layer}>{killer} {} {}", file.cause, file.size)
    });
    files.collect::<Vec<_>>().join(", ")
}
