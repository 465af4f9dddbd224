//! The members of a directory: an unpacked archive, an OCI layout, a `dir:` folder.

use std::{
    ffi::OsStr,
    fs, io,
    path::{Path, PathBuf},
};

use crate::{
    OpenError,
    members::{Member, MemberKind, Place},
    name,
};

/// Lists what lies in `root`, sorted by name, down to `depth` levels; links are looked at, never followed.
pub(crate) fn walk(
    archive: &str,
    root: &Path,
    depth: usize,
    limit: u64,
) -> Result<Vec<Member>, OpenError> {
    let mut members: Vec<Member> = Vec::new();
    let mut waiting = vec![(PathBuf::new(), 0_usize)];
    while let Some((directory, level)) = waiting.pop() {
        for entry in fs::read_dir(root.join(&directory)).map_err(|e| cannot_read(archive, e))? {
            let file_name = entry.map_err(|e| cannot_read(archive, e))?.file_name();
            let relative = directory.join(file_name);
            let member = member(root, &relative).map_err(|e| cannot_read(archive, e))?;
            if matches!(member.kind, MemberKind::Directory) && level.saturating_add(1) < depth {
                waiting.push((relative, level.saturating_add(1)));
            }
            if members.len() as u64 >= limit {
                let archive = archive.to_owned();
                return Err(OpenError::TooManyMembers { archive, limit });
            }
            members.push(member);
        }
    }
    members.sort_by(|a, b| a.name.cmp(&b.name));
    Ok(members)
}

fn cannot_read(archive: &str, source: io::Error) -> OpenError {
    OpenError::Io {
        archive: archive.to_owned(),
        source,
    }
}

fn member(root: &Path, relative: &Path) -> io::Result<Member> {
    let path = root.join(relative);
    let seen = fs::symlink_metadata(&path)?;
    let name = name::clean(&bytes(relative.as_os_str())).name;
    let kind = if seen.is_file() {
        MemberKind::File(Place::Path {
            path,
            seen: Box::new(seen),
        })
    } else if seen.is_dir() {
        MemberKind::Directory
    } else if seen.is_symlink() {
        link(&name, &fs::read_link(&path)?)
    } else {
        MemberKind::Other
    };
    Ok(Member {
        name: name.into(),
        offset: None,
        kind,
    })
}

/// A link that stays inside; an absolute one never does, whatever it points at.
fn link(name: &[u8], target: &Path) -> MemberKind {
    let target = name::resolve(name::parent(name), &bytes(target.as_os_str()));
    if target.escapes {
        MemberKind::Outside
    } else {
        MemberKind::Link(target.name.into())
    }
}

#[cfg(unix)]
fn bytes(name: &OsStr) -> Vec<u8> {
    std::os::unix::ffi::OsStrExt::as_bytes(name).to_vec()
}

#[cfg(not(unix))]
fn bytes(name: &OsStr) -> Vec<u8> {
    name.to_string_lossy().replace('\\', "/").into_bytes()
}

#[cfg(all(test, unix))]
mod tests {
    use super::*;
    use std::os::unix::fs::symlink;

    fn walked(root: &Path, depth: usize) -> Vec<(String, MemberKind)> {
        let members = walk("x", root, depth, 100).into_iter().flatten();
        members
            .map(|member| (name::show(&member.name), member.kind))
            .collect()
    }

    #[test]
    fn lists_files_links_and_directories() {
        let root = tempfile::tempdir().unwrap();
        fs::create_dir(root.path().join("d")).unwrap();
        fs::write(root.path().join("d/f"), "abc").unwrap();
        symlink("d/f", root.path().join("l")).unwrap();
        let found = walked(root.path(), 9);
        assert!(matches!(&found[0], (name, MemberKind::Directory) if name == "d"));
        assert!(
            matches!(&found[1], (name, MemberKind::File(place)) if name == "d/f" && place.size() == 3)
        );
        assert!(
            matches!(&found[2], (name, MemberKind::Link(target)) if name == "l" && &**target == b"d/f")
        );
        assert_eq!(walked(root.path(), 1).len(), 2, "d and l");
    }

    #[test]
    fn links_out_of_the_root_lead_nowhere() {
        let root = tempfile::tempdir().unwrap();
        symlink("/etc/passwd", root.path().join("a")).unwrap();
        symlink("../b", root.path().join("b")).unwrap();
        for (name, kind) in walked(root.path(), 9) {
            assert!(matches!(kind, MemberKind::Outside), "{name}");
        }
    }

    #[test]
    fn directory_links_are_not_entered() {
        let root = tempfile::tempdir().unwrap();
        symlink(".", root.path().join("loop")).unwrap();
        assert_eq!(walked(root.path(), 99).len(), 1);
    }

    #[test]
    fn too_many_files_are_refused() {
        let root = tempfile::tempdir().unwrap();
        for at in 0..4 {
            fs::write(root.path().join(at.to_string()), "").unwrap();
        }
        assert!(matches!(
            walk("x", root.path(), 9, 3),
            Err(OpenError::TooManyMembers { limit: 3, .. })
        ));
    }
}
