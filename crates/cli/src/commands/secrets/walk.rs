//! The files below a directory, in an order that does not depend on the file system.

use std::{
    ffi::OsString,
    fs, io,
    path::{Path, PathBuf},
};

/// Files of one argument; a directory with more is not looked through whole.
const MOST_FILES: usize = 5_000_000;

/// One file to look at.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct Found {
    /// Where it is; none for stdin.
    pub(super) path: Option<PathBuf>,
    /// As if the argument, a directory, were the root of an image; of a file, its absolute path.
    pub(super) name: Vec<u8>,
    /// For messages.
    pub(super) shown: Vec<u8>,
}

/// The regular files that an argument means, and why some are missing.
///
/// A named file is read whatever it is; in directories, symbolic links are not followed, and pipes
/// and devices are left alone.
pub(super) fn files(source: &Path) -> (Vec<Found>, Vec<String>) {
    if source.as_os_str() == "-" {
        let name = b"dev/stdin".to_vec();
        let shown = b"standard input".to_vec();
        let path = None;
        return (vec![Found { path, name, shown }], Vec::new());
    }
    let mut problems = Vec::new();
    let mut found = Vec::new();
    match fs::metadata(source) {
        Err(error) => problems.push(unreadable(source, &error)),
        Ok(kind) if kind.is_dir() => below(source, &mut found, &mut problems),
        Ok(_) => {
            let absolute = std::path::absolute(source);
            let name = absolute.unwrap_or_else(|_| source.to_path_buf());
            found.push(file(source.to_path_buf(), &name));
        }
    }
    (found, problems)
}

fn below(root: &Path, found: &mut Vec<Found>, problems: &mut Vec<String>) {
    let mut left = vec![root.to_path_buf()];
    while let Some(path) = left.pop() {
        let kind = match fs::symlink_metadata(&path) {
            // The argument itself may be a link.
            Ok(kind) if path != root => kind.file_type(),
            Ok(_) => match fs::metadata(&path) {
                Ok(kind) => kind.file_type(),
                Err(error) => {
                    problems.push(unreadable(&path, &error));
                    continue;
                }
            },
            Err(error) => {
                problems.push(unreadable(&path, &error));
                continue;
            }
        };
        if kind.is_dir() {
            match names(&path) {
                // The last is taken first.
                Ok(names) => left.extend(names.iter().rev().map(|name| path.join(name))),
                Err(error) => problems.push(unreadable(&path, &error)),
            }
        } else if kind.is_file() {
            if found.len() >= MOST_FILES {
                problems.push(format!("there are more than {MOST_FILES} files"));
                return;
            }
            let name = path.strip_prefix(root).unwrap_or(&path).to_path_buf();
            found.push(file(path, &name));
        }
    }
}

fn names(directory: &Path) -> io::Result<Vec<OsString>> {
    let entries = fs::read_dir(directory)?;
    let names = entries.map(|entry| Ok(entry?.file_name()));
    let mut names = names.collect::<io::Result<Vec<_>>>()?;
    names.sort_unstable();
    Ok(names)
}

fn file(path: PathBuf, name: &Path) -> Found {
    Found {
        name: name.as_os_str().as_encoded_bytes().to_vec(),
        shown: path.as_os_str().as_encoded_bytes().to_vec(),
        path: Some(path),
    }
}

fn unreadable(path: &Path, error: &io::Error) -> String {
    format!("cannot read {}: {error}", path.display())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn files_come_in_order_and_links_are_not_followed() {
        let root = tempfile::tempdir().unwrap();
        for name in ["b/z", "b/a", "a.txt", "c/d/e"] {
            let path = root.path().join(name);
            fs::create_dir_all(path.parent().unwrap()).unwrap();
            fs::write(path, name).unwrap();
        }
        #[cfg(unix)]
        std::os::unix::fs::symlink("..", root.path().join("b/up")).unwrap();
        let (found, problems) = files(root.path());
        let names: Vec<_> = found
            .iter()
            .map(|file| str::from_utf8(&file.name).unwrap())
            .collect();
        assert_eq!(names, ["a.txt", "b/a", "b/z", "c/d/e"]);
        assert!(problems.is_empty());
    }

    #[test]
    fn what_is_not_there_is_a_problem() {
        let root = tempfile::tempdir().unwrap();
        let (found, problems) = files(&root.path().join("gone"));
        assert!(found.is_empty());
        assert!(problems[0].contains("gone"), "{problems:?}");
    }
}
