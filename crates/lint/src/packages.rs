//! What package managers say of the files that they installed.
//!
//! A secret in a file that a distribution published is one that everybody has. What a database lists is
//! only believed where the file's content is what it lists, so a file that was changed afterwards counts in
//! full. Databases are read only once secrets were found, and only for the paths of those.
//!
//! The database of rpm is binary and in one of three formats; it is not read.

mod database;
mod digests;

pub(crate) use self::{
    database::Database,
    digests::{Digest, Hasher},
};

use std::collections::HashMap;

/// Who published a file's content as it is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
#[non_exhaustive]
pub enum Ownership {
    /// A package of some language: it is unmodified, but may be anybody's.
    Package,
    /// A package of the distribution: everybody has it.
    Distribution,
}

/// Contents listed for one path; a package manager lists one, and a few layers may disagree.
const MOST_LISTED: usize = 64;

/// What databases list of those paths that anybody asks for.
#[derive(Debug, Default)]
pub(crate) struct Published {
    by_path: HashMap<Vec<u8>, Vec<(Digest, Ownership)>>,
}

impl Published {
    /// Lists nothing yet; asks for these paths.
    pub(crate) fn asked<'p>(paths: impl IntoIterator<Item = &'p [u8]>) -> Self {
        let paths = paths.into_iter();
        Self {
            by_path: paths
                .map(|path| (merged(path).to_vec(), Vec::new()))
                .collect(),
        }
    }

    /// Asks for the same paths, and lists nothing.
    pub(crate) fn emptied(&self) -> Self {
        let paths = self.by_path.keys().cloned();
        Self {
            by_path: paths.map(|path| (path, Vec::new())).collect(),
        }
    }

    /// Lists a content, if its path is asked for.
    pub(crate) fn list(&mut self, path: &[u8], digest: Digest, ownership: Ownership) {
        if let Some(listed) = self.by_path.get_mut(merged(path))
            && listed.len() < MOST_LISTED
        {
            listed.push((digest, ownership));
        }
    }

    /// Takes over what another one lists.
    pub(crate) fn join(&mut self, other: Self) {
        for (path, listed) in other.by_path {
            for (digest, ownership) in listed {
                self.list(&path, digest, ownership);
            }
        }
    }

    /// Whether anything is listed for a path.
    pub(crate) fn lists(&self, path: &[u8]) -> bool {
        let listed = self.by_path.get(merged(path));
        listed.is_some_and(|listed| !listed.is_empty())
    }

    /// Who published a file of this path with one of these digests.
    pub(crate) fn owner(&self, path: &[u8], digests: &[Digest]) -> Option<Ownership> {
        let listed = self.by_path.get(merged(path))?.iter();
        let same = listed.filter(|(digest, _)| digests.contains(digest));
        same.map(|(_, ownership)| *ownership).max()
    }
}

/// The path without the `usr` of merged directories: packages list `lib/x`, layers have `usr/lib/x`.
fn merged(path: &[u8]) -> &[u8] {
    const MERGED: [&[u8]; 6] = [b"bin/", b"lib/", b"lib32/", b"lib64/", b"libx32/", b"sbin/"];
    match path.strip_prefix(b"usr/") {
        Some(below) if MERGED.iter().any(|name| below.starts_with(name)) => below,
        _ => path,
    }
}
