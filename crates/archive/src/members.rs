//! The members of an archive: where their bytes lie, and what a name leads to.

use std::{collections::BTreeSet, fs::Metadata, ops::Range, path::PathBuf};

use imglint_format::BlobId;

use crate::name;

/// Symbolic and hard links followed before a name counts as leading nowhere.
pub(crate) const MAX_HOPS: usize = 16;

/// Bytes of a name that is looked up; no engine can unpack a longer one (`PATH_MAX`).
const MAX_NAME: usize = 4096;

/// One member of the archive, in the order in which it was met.
#[derive(Debug)]
pub(crate) struct Member {
    /// Cleaned; empty for the root, and for bytes that no name leads to.
    pub(crate) name: Box<[u8]>,
    /// Where its header begins in the tar; a directory has none.
    pub(crate) offset: Option<u64>,
    pub(crate) kind: MemberKind,
}

#[derive(Debug)]
pub(crate) enum MemberKind {
    File(Place),
    /// Symbolic or hard link, with its target as a cleaned name.
    Link(Box<[u8]>),
    /// A link that leaves the directory that was opened.
    Outside,
    Directory,
    /// Device, fifo, or a type that nobody knows.
    Other,
}

/// Where the bytes of a file lie.
#[derive(Debug)]
pub(crate) enum Place {
    /// One run of bytes of the archive file.
    Run { offset: u64, size: u64 },
    /// Runs of bytes with holes between them; sorted, apart from each other.
    Sparse { size: u64, pieces: Box<[Piece]> },
    /// Bytes that belong to no member of the tar.
    Stray { offset: u64, size: u64 },
    /// A file of a directory, as it was when the directory was read.
    Path { path: PathBuf, seen: Box<Metadata> },
}

/// One stored run of a sparse file.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Piece {
    /// Where it begins in the file's content.
    pub(crate) logical: u64,
    /// Where it begins in the archive.
    pub(crate) stored: u64,
    pub(crate) size: u64,
}

impl Place {
    pub(crate) fn size(&self) -> u64 {
        match self {
            Self::Run { size, .. } | Self::Sparse { size, .. } | Self::Stray { size, .. } => *size,
            Self::Path { seen, .. } => seen.len(),
        }
    }
}

/// Why a name gives no bytes.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Miss {
    Absent,
    /// A directory, a device, or the like.
    NotAFile,
    Cycle,
    TooManyHops,
    Outside,
}

/// All members, with an index by name.
#[derive(Debug, Default)]
pub(crate) struct Members {
    list: Vec<Member>,
    // Invariant: numbers of all members with a name, sorted by that name, then by number.
    by_name: Vec<u32>,
    root: Vec<u8>,
}

impl Members {
    /// `list` in archive order.
    pub(crate) fn new(list: Vec<Member>) -> Self {
        let mut by_name: Vec<u32> = (0..).zip(&list).map(|(number, _)| number).collect();
        by_name.retain(|&number| !name_of(&list, number).is_empty());
        by_name.sort_by(|&a, &b| name_of(&list, a).cmp(name_of(&list, b)).then(a.cmp(&b)));
        Self {
            list,
            by_name,
            root: Vec::new(),
        }
    }

    /// Looks names up below `root` from now on.
    pub(crate) fn set_root(&mut self, root: Vec<u8>) {
        self.root = root;
    }

    pub(crate) fn get(&self, blob: BlobId) -> Option<&Member> {
        self.list.get(usize::try_from(blob.index()).ok()?)
    }

    pub(crate) fn place(&self, blob: BlobId) -> Option<&Place> {
        match &self.get(blob)?.kind {
            MemberKind::File(place) => Some(place),
            _ => None,
        }
    }

    /// Every file, in archive order.
    pub(crate) fn files(&self) -> impl Iterator<Item = (BlobId, &Member)> {
        (0..)
            .map(BlobId::new)
            .zip(&self.list)
            .filter(|(_, member)| matches!(member.kind, MemberKind::File(_)))
    }

    /// Cleaned names of all members below the root, sorted, relative to it; a name met twice comes twice.
    pub(crate) fn names(&self) -> impl Iterator<Item = &[u8]> {
        self.by_name
            .iter()
            .filter_map(|&number| self.relative(self.name(number)))
    }

    /// `name` relative to the root, when it lies below it.
    pub(crate) fn relative<'a>(&self, name: &'a [u8]) -> Option<&'a [u8]> {
        if self.root.is_empty() {
            return Some(name);
        }
        let rest = name.strip_prefix(&*self.root)?;
        rest.strip_prefix(b"/")
    }

    /// Whether any member has this name or lies below it.
    pub(crate) fn has(&self, wanted: &[u8]) -> bool {
        let full = name::join(&self.root, wanted);
        let mut below = full.clone();
        below.push(b'/');
        let at = self
            .by_name
            .partition_point(|&number| self.name(number) < below.as_slice());
        let next = self.by_name.get(at).map(|&number| self.name(number));
        next.is_some_and(|name| name.starts_with(&below)) || !self.range(&full).is_empty()
    }

    /// The file that `wanted` leads to; of several members with one name the last, as Docker and containerd take it.
    pub(crate) fn find(&self, wanted: &[u8]) -> Result<BlobId, Miss> {
        if wanted.len() > MAX_NAME {
            return Err(Miss::Absent);
        }
        self.follow(name::join(&self.root, &name::clean(wanted).name))
    }

    /// The file that the member `full`, named from the root of the tar, is or leads to.
    fn follow(&self, mut full: Vec<u8>) -> Result<BlobId, Miss> {
        let mut seen = Vec::new();
        for _ in 0..=MAX_HOPS {
            let Some(number) = self.named(&full).last() else {
                full = self.through_directory_link(&full).ok_or(Miss::Absent)?;
                continue;
            };
            match self.kind(number) {
                Some(MemberKind::File(_)) => return Ok(BlobId::new(number)),
                Some(MemberKind::Link(target)) => full = target.to_vec(),
                Some(MemberKind::Outside) => return Err(Miss::Outside),
                _ => return Err(Miss::NotAFile),
            }
            if seen.contains(&number) {
                return Err(Miss::Cycle);
            }
            seen.push(number);
        }
        Err(Miss::TooManyHops)
    }

    /// Every file that a member called `wanted` is or leads to, once, in archive order.
    pub(crate) fn find_all(&self, wanted: &[u8]) -> Vec<BlobId> {
        let full = name::join(&self.root, wanted);
        let file = |number| match self.kind(number)? {
            MemberKind::File(_) => Some(BlobId::new(number)),
            MemberKind::Link(target) => self.follow(target.to_vec()).ok(),
            _ => None,
        };
        let files: BTreeSet<BlobId> = self.named(&full).filter_map(file).collect();
        files.into_iter().collect()
    }

    /// Runs of files that share a name, each in archive order.
    pub(crate) fn duplicates(&self) -> impl Iterator<Item = Vec<BlobId>> {
        self.by_name
            .chunk_by(|&a, &b| self.name(a) == self.name(b))
            .filter(|run| run.len() > 1)
            .map(|run| {
                run.iter()
                    .map(|&number| BlobId::new(number))
                    .filter(|&blob| self.place(blob).is_some())
                    .collect::<Vec<_>>()
            })
            .filter(|files| files.len() > 1)
    }

    fn named(&self, full: &[u8]) -> impl Iterator<Item = u32> + use<'_> {
        let range = self.range(full);
        self.by_name.get(range).unwrap_or_default().iter().copied()
    }

    fn range(&self, full: &[u8]) -> Range<usize> {
        let start = self
            .by_name
            .partition_point(|&number| self.name(number) < full);
        let end = self
            .by_name
            .partition_point(|&number| self.name(number) <= full);
        start..end
    }

    /// `full` with the first of its directories that is a link replaced by the link's target.
    fn through_directory_link(&self, full: &[u8]) -> Option<Vec<u8>> {
        let slashes = full.iter().enumerate().filter(|&(_, &byte)| byte == b'/');
        slashes
            .map(|(at, _)| full.split_at(at))
            .find_map(|(directory, rest)| {
                let number = self.named(directory).last()?;
                let Some(MemberKind::Link(target)) = self.kind(number) else {
                    return None;
                };
                Some(name::resolve(target, rest.strip_prefix(b"/")?).name)
            })
    }

    fn kind(&self, number: u32) -> Option<&MemberKind> {
        Some(&self.get(BlobId::new(number))?.kind)
    }

    fn name(&self, number: u32) -> &[u8] {
        name_of(&self.list, number)
    }
}

fn name_of(list: &[Member], number: u32) -> &[u8] {
    usize::try_from(number)
        .ok()
        .and_then(|at| list.get(at))
        .map_or(&[], |member| &member.name)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn file(name: &str) -> Member {
        member(name, MemberKind::File(Place::Run { offset: 0, size: 0 }))
    }

    fn link(name: &str, target: &str) -> Member {
        member(name, MemberKind::Link(target.as_bytes().into()))
    }

    fn member(name: &str, kind: MemberKind) -> Member {
        Member {
            name: name.as_bytes().into(),
            offset: None,
            kind,
        }
    }

    fn find(list: Vec<Member>, wanted: &str) -> Result<u32, Miss> {
        Members::new(list)
            .find(wanted.as_bytes())
            .map(BlobId::index)
    }

    #[test]
    fn last_member_of_a_name_wins() {
        assert_eq!(find(vec![file("b"), file("a"), file("b")], "./b"), Ok(2));
        assert_eq!(find(vec![file("b")], "a"), Err(Miss::Absent));
    }

    #[test]
    fn links_are_followed_to_a_file() {
        let list = vec![link("a", "b"), link("b", "d/c"), file("d/c")];
        assert_eq!(find(list, "a"), Ok(2));
    }

    #[test]
    fn directory_links_are_followed() {
        assert_eq!(find(vec![link("d", "e"), file("e/x")], "d/x"), Ok(1));
        assert_eq!(find(vec![link("d", "d")], "d/x"), Err(Miss::TooManyHops));
    }

    #[test]
    fn circles_of_links_end() {
        assert_eq!(
            find(vec![link("a", "b"), link("b", "a")], "a"),
            Err(Miss::Cycle)
        );
        assert_eq!(find(vec![link("a", "a")], "a"), Err(Miss::Cycle));
    }

    #[test]
    fn sixteen_links_are_followed_and_no_more() {
        let chain = |links: u32| {
            let mut list: Vec<_> = (0..links)
                .map(|at| link(&at.to_string(), &(at + 1).to_string()))
                .collect();
            list.push(file(&links.to_string()));
            find(list, "0")
        };
        assert_eq!(chain(16), Ok(16));
        assert_eq!(chain(17), Err(Miss::TooManyHops));
    }

    #[test]
    fn a_directory_is_no_file() {
        assert_eq!(
            find(vec![member("a", MemberKind::Directory)], "a"),
            Err(Miss::NotAFile)
        );
    }

    #[test]
    fn has_sees_members_and_their_implied_directories() {
        let members = Members::new(vec![file("a-b"), file("a/b/c"), file("ab")]);
        for name in ["a", "a/b", "a/b/c", "ab", "a-b"] {
            assert!(members.has(name.as_bytes()), "{name}");
        }
        for name in ["b", "a/b/c/d", "a/", "aa"] {
            assert!(!members.has(name.as_bytes()), "{name}");
        }
    }

    #[test]
    fn names_below_a_root_are_relative_to_it() {
        let mut members = Members::new(vec![
            file("img/index.json"),
            file("imgx"),
            link("img/l", "img/index.json"),
        ]);
        members.set_root(b"img".to_vec());
        assert_eq!(
            members.names().collect::<Vec<_>>(),
            [b"index.json".as_slice(), b"l"]
        );
        assert_eq!(members.find(b"index.json").map(BlobId::index), Ok(0));
        assert_eq!(members.find(b"l").map(BlobId::index), Ok(0));
    }

    #[test]
    fn every_copy_of_a_name_is_found_once() {
        let members = Members::new(vec![
            file("m"),
            link("m", "x"),
            file("x"),
            file("m"),
            link("m", "m"),
        ]);
        let found: Vec<_> = members
            .find_all(b"m")
            .into_iter()
            .map(BlobId::index)
            .collect();
        assert_eq!(found, [0, 2, 3]);
    }
}
