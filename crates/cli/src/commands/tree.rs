//! `imglint tree`: the files of an image, or what one layer changes.

use std::io::Write as _;

use imglint_layers::{Change, LayerEntry, Node, TreeNode};
use imglint_lint::{ImageView, human_size};
use serde::Serialize;

use super::Output;
use crate::{
    args::{ReportFormat, TreeArgs},
    exit::Verdict,
    failure::Failure,
    load,
};

/// One file of the squashed tree.
#[derive(Debug, Serialize)]
struct FileJson {
    path: String,
    kind: &'static str,
    /// Bytes; for a directory, of everything below it, hard links once.
    size: u64,
    mode: String,
    uid: i64,
    gid: i64,
    /// Seconds since 1970.
    mtime: i64,
    /// The layer it is from.
    layer: usize,
    #[serde(skip_serializing_if = "Option::is_none")]
    target: Option<String>,
}

/// One path that a layer touches.
#[derive(Debug, Serialize)]
struct ChangeJson {
    path: String,
    change: &'static str,
    /// Which attributes differ, when only they do.
    #[serde(skip_serializing_if = "Option::is_none")]
    attributes: Option<String>,
    size: u64,
}

pub(crate) fn run(args: &TreeArgs, out: &mut Output) -> Result<Verdict, Failure> {
    load::with_image(&args.look, out, |image, out| {
        match args.layer {
            None => squashed(args, image, out)?,
            Some(layer) => changes(args, image, layer, out)?,
        }
        Ok(())
    })
}

fn squashed(args: &TreeArgs, image: &ImageView<'_>, out: &mut Output) -> Result<(), Failure> {
    let tree = image.stack().tree();
    let nodes = tree
        .iter()
        .filter(|node| shallow(args, node.path().components().count()));
    match args.look.format {
        ReportFormat::Json => {
            super::write_json(&nodes.map(|node| file(&node)).collect::<Vec<_>>(), out)
        }
        ReportFormat::Human => {
            for node in nodes {
                let entry = node.entry();
                let kind = node.inode().map_or('d', letter);
                let mode =
                    entry.map_or_else(|| "?????????".to_owned(), |entry| permissions(entry.mode));
                let owner = entry
                    .map(|entry| format!("{}:{}", entry.uid, entry.gid))
                    .unwrap_or_default();
                let slash = if node.is_directory() { "/" } else { "" };
                let target = target(&node)
                    .map(|target| format!(" -> {target}"))
                    .unwrap_or_default();
                let size = human_size(node.subtree_size());
                writeln!(
                    out,
                    "{kind}{mode} {owner:>9} {size:>7}  L{:<3} {}{slash}{target}",
                    node.layer(),
                    node.path()
                )?;
            }
            writeln!(
                out,
                "{} in {} names",
                human_size(tree.root().subtree_size()),
                tree.iter().count()
            )?;
            Ok(())
        }
    }
}

fn shallow(args: &TreeArgs, components: usize) -> bool {
    args.depth.is_none_or(|depth| components <= depth)
}

fn file(node: &TreeNode<'_, '_>) -> FileJson {
    let entry = node.entry();
    FileJson {
        path: node.path().to_string(),
        kind: node.inode().map_or("directory", kind),
        size: node.subtree_size(),
        mode: entry.map_or_else(String::new, |entry| format!("{:04o}", entry.mode & 0o7777)),
        uid: entry.map_or(0, |entry| entry.uid),
        gid: entry.map_or(0, |entry| entry.gid),
        mtime: entry.map_or(0, |entry| entry.mtime.seconds),
        layer: node.layer(),
        target: target(node),
    }
}

/// The text of a symbolic link, safe to print.
fn target(node: &TreeNode<'_, '_>) -> Option<String> {
    let target = node.symlink_target()?;
    Some(imglint_layers::Escaped(target).to_string())
}

fn changes(
    args: &TreeArgs,
    image: &ImageView<'_>,
    layer: usize,
    out: &mut Output,
) -> Result<(), Failure> {
    if layer >= image.layers().len() {
        let last = image.layers().len().saturating_sub(1);
        return Err(Failure::NoSuchLayer { layer, last });
    }
    let changes = image.stack().changes(layer);
    let shown = changes
        .iter()
        .filter(|change| shallow(args, change.path.components().count()));
    match args.look.format {
        ReportFormat::Json => {
            let shown = shown.map(|change| ChangeJson {
                path: change.path.to_string(),
                change: word(change.change),
                attributes: attributes(change.change),
                size: change.size,
            });
            super::write_json(&shown.collect::<Vec<_>>(), out)
        }
        ReportFormat::Human => {
            for change in shown {
                let attributes = attributes(change.change)
                    .map(|text| format!(" ({text})"))
                    .unwrap_or_default();
                writeln!(
                    out,
                    "{} {:>7}  {}{attributes}",
                    mark(change.change),
                    human_size(change.size),
                    change.path
                )?;
            }
            if let Some(instruction) = image
                .layers()
                .get(layer)
                .and_then(|layer| layer.instruction.as_ref())
            {
                writeln!(
                    out,
                    "by {}",
                    crate::report::escape::Escaped(&instruction.text)
                )?;
            }
            Ok(())
        }
    }
}

/// One letter for what happened to a path, as `docker diff` and git have it.
fn mark(change: Change) -> char {
    match change {
        Change::Added => 'A',
        Change::Removed => 'D',
        Change::Modified => 'M',
        Change::TypeChanged => 'T',
        Change::MetadataOnly(_) => 'm',
        _ => ' ',
    }
}

fn word(change: Change) -> &'static str {
    match change {
        Change::Added => "added",
        Change::Removed => "removed",
        Change::Modified => "modified",
        Change::TypeChanged => "type-changed",
        Change::MetadataOnly(_) => "metadata-only",
        _ => "unchanged",
    }
}

fn attributes(change: Change) -> Option<String> {
    match change {
        Change::MetadataOnly(attributes) if !attributes.is_empty() => Some(attributes.to_string()),
        _ => None,
    }
}

fn kind(entry: &LayerEntry) -> &'static str {
    match entry.node {
        Node::Directory => "directory",
        Node::Symlink { .. } => "symlink",
        Node::CharDevice { .. } => "char-device",
        Node::BlockDevice { .. } => "block-device",
        Node::Fifo => "fifo",
        _ => "file",
    }
}

fn letter(entry: &LayerEntry) -> char {
    match entry.node {
        Node::Directory => 'd',
        Node::Symlink { .. } => 'l',
        Node::CharDevice { .. } => 'c',
        Node::BlockDevice { .. } => 'b',
        Node::Fifo => 'p',
        _ => '-',
    }
}

/// `rwxr-xr-x`, with setuid, setgid and sticky bits as `ls` shows them.
fn permissions(mode: u32) -> String {
    let special = [(0o4000, 's', 'S'), (0o2000, 's', 'S'), (0o1000, 't', 'T')];
    let triple = |(position, (bit, with, without)): (u32, (u32, char, char))| {
        let bits = mode >> (6 - 3 * position);
        let execute = match (mode & bit != 0, bits & 1 != 0) {
            (true, true) => with,
            (true, false) => without,
            (false, true) => 'x',
            (false, false) => '-',
        };
        [
            if bits & 4 != 0 { 'r' } else { '-' },
            if bits & 2 != 0 { 'w' } else { '-' },
            execute,
        ]
    };
    (0..).zip(special).flat_map(triple).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn permissions_read_as_ls_shows_them() {
        for (mode, text) in [
            (0o755, "rwxr-xr-x"),
            (0o4755, "rwsr-xr-x"),
            (0o2644, "rw-r-Sr--"),
            (0o1777, "rwxrwxrwt"),
            (0o1770, "rwxrwx--T"),
            (0, "---------"),
        ] {
            assert_eq!(permissions(mode), text);
        }
    }
}
