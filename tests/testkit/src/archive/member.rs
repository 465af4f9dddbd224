//! Members of an archive: listed, changed, packed again.

use std::{fs, io::Read as _, os::unix::fs::symlink, path::Path};

use serde_json::Value;
use tar::EntryType;

use crate::Outer;

/// One member of an archive.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Member {
    /// Its name; a directory's ends with a slash.
    pub path: String,
    /// File, directory, symbolic or hard link.
    pub kind: EntryType,
    /// What a link points at.
    pub target: String,
    /// What a file holds.
    pub content: Vec<u8>,
}

impl Member {
    /// A regular file.
    #[must_use]
    pub fn file(path: impl Into<String>, content: impl Into<Vec<u8>>) -> Self {
        let (path, content) = (path.into(), content.into());
        Self {
            path,
            kind: EntryType::Regular,
            target: String::new(),
            content,
        }
    }

    /// A directory.
    #[must_use]
    pub fn dir(path: &str) -> Self {
        let path = format!("{path}/");
        Self {
            path,
            kind: EntryType::Directory,
            target: String::new(),
            content: Vec::new(),
        }
    }

    /// A symbolic link.
    #[must_use]
    pub fn symlink(path: impl Into<String>, target: impl Into<String>) -> Self {
        let (path, target) = (path.into(), target.into());
        Self {
            path,
            kind: EntryType::Symlink,
            target,
            content: Vec::new(),
        }
    }

    pub(super) fn json(path: impl Into<String>, value: &Value) -> Self {
        Self::file(path, value.to_string())
    }
}

/// The members of a well-formed, uncompressed archive.
#[must_use]
pub fn members(archive: &[u8]) -> Vec<Member> {
    let mut archive = tar::Archive::new(archive);
    archive
        .entries()
        .unwrap()
        .map(|entry| read(entry.unwrap()))
        .collect()
}

fn read(mut entry: tar::Entry<'_, &[u8]>) -> Member {
    let mut content = Vec::new();
    entry.read_to_end(&mut content).unwrap();
    let target = entry.link_name_bytes().unwrap_or_default().into_owned();
    Member {
        path: String::from_utf8(entry.path_bytes().into_owned()).unwrap(),
        kind: entry.header().entry_type(),
        target: String::from_utf8(target).unwrap(),
        content,
    }
}

/// An archive of these members in this order.
#[must_use]
pub fn pack(members: &[Member]) -> Vec<u8> {
    let packed = members
        .iter()
        .fold(Outer::new(), |outer, member| match member.kind {
            EntryType::Directory => outer.dir(&member.path),
            EntryType::Symlink => outer.symlink(&member.path, &member.target),
            EntryType::Link => outer.hard_link(&member.path, &member.target),
            _ => outer.file(&member.path, &member.content),
        });
    packed.bytes()
}

/// The archive with its members changed: dropped, doubled, spoilt.
#[must_use]
pub fn edit(archive: &[u8], change: impl FnOnce(&mut Vec<Member>)) -> Vec<u8> {
    let mut members = members(archive);
    change(&mut members);
    pack(&members)
}

/// Unpacks an archive into a directory, for forms that are directories.
pub fn unpack(archive: &[u8], dir: &Path) {
    for member in members(archive) {
        let path = dir.join(&member.path);
        fs::create_dir_all(path.parent().unwrap()).unwrap();
        match member.kind {
            EntryType::Directory => fs::create_dir_all(path).unwrap(),
            EntryType::Symlink => symlink(&member.target, path).unwrap(),
            EntryType::Link => fs::hard_link(dir.join(&member.target), path).unwrap(),
            _ => fs::write(path, &member.content).unwrap(),
        }
    }
}

/// Sorted by path, each path once, as writers that walk a directory do.
pub(super) fn pack_sorted(mut members: Vec<Member>) -> Vec<u8> {
    members.sort_by(|a, b| a.path.cmp(&b.path));
    pack_once(members)
}

/// In order of first appearance, each path once.
pub(super) fn pack_once(mut members: Vec<Member>) -> Vec<u8> {
    let mut seen = std::collections::HashSet::new();
    members.retain(|member| seen.insert(member.path.clone()));
    pack(&members)
}
