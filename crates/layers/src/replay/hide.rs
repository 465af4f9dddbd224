//! Whiteouts and opaque markers: what a layer hides of those below.

use super::Step;
use crate::{
    anomaly::LayerAnomalyKind as Kind,
    index::{EntryId, Node},
    path::ImagePath,
    payload::WasteCause,
    tree::{Lookup, NodeId},
    whiteout::Whiteout,
};

/// A whiteout that no other one of its layer makes redundant.
pub(super) struct Hiding<'a> {
    path: &'a ImagePath,
    entry: EntryId,
    hid_directory: bool,
}

/// All that lies at or below some paths.
struct Covered<'a>(
    // Invariant: sorted, and none of them below another.
    Vec<&'a ImagePath>,
);

impl<'a> Covered<'a> {
    fn new(mut paths: Vec<&'a ImagePath>) -> Self {
        paths.sort_unstable();
        paths.dedup_by(|path, above| path.starts_with(above));
        Self(paths)
    }

    fn contains(&self, path: &ImagePath) -> bool {
        // What is above a path sorts before it, and only what is covered too can stand between.
        let after = self.0.partition_point(|above| *above <= path);
        let nearest = after.checked_sub(1).and_then(|before| self.0.get(before));
        nearest.is_some_and(|above| path.starts_with(above))
    }
}

impl<'a> Step<'_, 'a> {
    pub(super) fn hide_lower(&mut self) -> Vec<Hiding<'a>> {
        let mut opaque = Vec::new();
        let mut paths = Vec::new();
        for (id, entry) in self.index.iter() {
            match &entry.node {
                Node::Whiteout(Whiteout::Opaque(directory)) => {
                    self.empty(directory, id);
                    opaque.push(directory);
                }
                Node::Whiteout(Whiteout::Path(path)) => paths.push((path, id)),
                Node::AufsMetadata { .. } => {
                    self.aufs.insert(&entry.path, (id, None));
                }
                _ => {}
            }
        }
        paths.sort_unstable();
        let opaque = Covered::new(opaque);
        self.hide_paths(&paths, &opaque)
    }

    fn empty(&mut self, directory: &ImagePath, marker: EntryId) {
        let Lookup::Found(node) = self.tree().find(directory.as_bytes()) else {
            return;
        };
        let children: Vec<NodeId> = self.tree().children(node).collect();
        if directory.is_root() && !children.is_empty() {
            self.report(marker, Kind::RootOpaque);
        }
        for child in children {
            self.kill(child, [WasteCause::Opaque; 2], marker);
        }
    }

    /// Takes paths in order, so that each comes after those above it.
    fn hide_paths(
        &mut self,
        paths: &[(&'a ImagePath, EntryId)],
        opaque: &Covered<'_>,
    ) -> Vec<Hiding<'a>> {
        let mut hidings: Vec<Hiding<'a>> = Vec::new();
        for &(path, entry) in paths {
            match hidings.last() {
                Some(above) if above.path == path => self.report(entry, Kind::DuplicateEntry),
                Some(above) if path.starts_with(above.path) => {
                    self.report(entry, Kind::RedundantWhiteout);
                }
                _ => {
                    let hid_directory = self.hide(path, entry, opaque);
                    hidings.push(Hiding {
                        path,
                        entry,
                        hid_directory,
                    });
                }
            }
        }
        hidings
    }

    fn hide(&mut self, path: &ImagePath, whiteout: EntryId, opaque: &Covered<'_>) -> bool {
        match self.tree().find(path.as_bytes()) {
            Lookup::Found(node) => {
                let directory = self.tree().slot(node).state.directory;
                self.kill(
                    node,
                    [WasteCause::DeletedFile, WasteCause::DeletedDir],
                    whiteout,
                );
                return directory;
            }
            // Told when its turn comes, as something below a file or link.
            Lookup::Blocked(_) => {}
            Lookup::Missing => {
                if !opaque.contains(path) {
                    self.report(whiteout, Kind::WhiteoutOfNothing);
                }
            }
        }
        false
    }

    /// Reports whiteouts of what the same layer also ships.
    pub(super) fn judge(&mut self, hidings: &[Hiding<'a>]) {
        for hiding in hidings {
            let Lookup::Found(node) = self.tree().find(hiding.path.as_bytes()) else {
                continue;
            };
            let state = self.tree().slot(node).state;
            match state.entry {
                None => self.report(hiding.entry, Kind::WhiteoutBesideChildren),
                Some(entry) if entry < hiding.entry => {
                    self.report(hiding.entry, Kind::WhiteoutAfterEntry);
                }
                Some(_) if state.directory && hiding.hid_directory => {
                    self.report(hiding.entry, Kind::WhiteoutBesideDirectory);
                }
                Some(_) => {}
            }
        }
    }
}
