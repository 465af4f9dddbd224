//! `shell-history` (IL409).

use std::collections::BTreeSet;

use imglint_layers::{ImagePath, Node};

use crate::{
    finding::Findings,
    image::{ImageView, LayerView},
    linter::LintOptions,
    rule::rule,
    size::human_size,
};

rule!(
    /// ## What it checks
    /// Histories of shells and clients (`.bash_history`, `.psql_history`, `.viminfo` and others) that
    /// are not empty, in any layer, deleted ones as well.
    ///
    /// ## Why it matters
    /// They tell what was typed while the image was made: hosts, names, often a password.
    ///
    /// ## How to fix it
    /// Keep them out of the build's context, and do not make images of containers that people worked
    /// in:
    ///
    /// ```text
    /// # .dockerignore
    /// **/.*_history
    /// ```
    ShellHistory, "shell-history", "IL409", Warning, check;
    "leave it out: add **/.*_history to .dockerignore"
);

/// Names of the files that remember.
const HISTORIES: [&[u8]; 15] = [
    b".ash_history",
    b".bash_history",
    b".history",
    b".irb_history",
    b".mysql_history",
    b".node_repl_history",
    b".php_history",
    b".psql_history",
    b".python_history",
    b".rediscli_history",
    b".sh_history",
    b".sqlite_history",
    b".viminfo",
    b".zhistory",
    b".zsh_history",
];

fn check(image: &ImageView<'_>, _: &LintOptions, findings: &mut Findings) {
    let mut told = BTreeSet::new();
    for layer in image.layers() {
        for (path, size) in histories(layer) {
            if told.insert(path) {
                let message = format!("{path} ({}) is a history of commands", human_size(size));
                findings
                    .report(layer.location().at(path), message)
                    .origin(layer.origin);
            }
        }
    }
}

fn histories<'v>(layer: &'v LayerView<'_>) -> impl Iterator<Item = (&'v ImagePath, u64)> {
    let entries = layer.facts.map(|facts| facts.index.entries.as_slice());
    entries.unwrap_or_default().iter().filter_map(|entry| {
        let Node::File { size, .. } = entry.node else {
            return None;
        };
        let is_history = HISTORIES.contains(&entry.path.file_name()?);
        (is_history && size > 0).then_some((&entry.path, size))
    })
}

#[cfg(test)]
mod tests {
    use super::ShellHistory;
    use crate::testing::{Image, Layer, findings};

    fn shipped(layer: Layer) -> Image {
        Image::new("").layer(layer, "COPY . / # buildkit")
    }

    #[test]
    fn a_history_is_found_even_if_it_is_deleted() {
        let image = shipped(Layer::new().file("root/.bash_history", "ls\n"))
            .layer(Layer::new().whiteout("root/.bash_history"), "b");
        let text = findings(&ShellHistory, &image);
        let message = "warning layer 0 /root/.bash_history: /root/.bash_history (3B) is a history of commands\n";
        assert!(text.starts_with(message), "{text}");
    }

    #[test]
    fn an_empty_one_and_other_files_are_fine() {
        let layer = Layer::new()
            .file("root/.bash_history", "")
            .file("usr/share/bash_history", "ls\n")
            .file("root/.bashrc", "ls\n");
        assert_eq!(findings(&ShellHistory, &shipped(layer)), "");
    }
}
