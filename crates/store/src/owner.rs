//! Whether a directory can be trusted: entries are checksummed, not signed, so who can write there
//! can make a bad image look clean.

use std::{fs::Metadata, io, path::Path};

/// Who else could have written into a directory.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Stranger {
    /// It belongs to another user.
    Owner,
    /// Its mode lets the group or everybody write.
    Mode,
}

/// Tells from the directory and from a file that this process has just made in it.
#[cfg(unix)]
pub(crate) fn stranger(dir: &Metadata, own_file: &Metadata) -> Option<Stranger> {
    use std::os::unix::fs::MetadataExt;
    judge(dir.uid(), own_file.uid(), dir.mode())
}

/// Other systems give each user a private place by default.
#[cfg(not(unix))]
pub(crate) fn stranger(_: &Metadata, _: &Metadata) -> Option<Stranger> {
    None
}

#[cfg(unix)]
fn judge(owner: u32, own: u32, mode: u32) -> Option<Stranger> {
    if owner != own {
        Some(Stranger::Owner)
    } else if mode & 0o022 != 0 {
        Some(Stranger::Mode)
    } else {
        None
    }
}

/// Makes `dir` and its missing parents, for this user alone.
pub(crate) fn create(dir: &Path) -> io::Result<()> {
    let mut builder = std::fs::DirBuilder::new();
    builder.recursive(true);
    #[cfg(unix)]
    std::os::unix::fs::DirBuilderExt::mode(&mut builder, 0o700);
    builder.create(dir)
}

#[cfg(all(test, unix))]
mod tests {
    use super::*;

    #[test]
    fn only_an_own_directory_closed_to_writers_is_trusted() {
        assert_eq!(judge(1000, 1000, 0o40700), None);
        assert_eq!(judge(1000, 1000, 0o40755), None);
        assert_eq!(judge(1000, 1000, 0o40770), Some(Stranger::Mode));
        assert_eq!(judge(1000, 1000, 0o41777), Some(Stranger::Mode));
        assert_eq!(judge(1001, 1000, 0o40700), Some(Stranger::Owner));
        assert_eq!(judge(1000, 0, 0o40700), Some(Stranger::Owner));
    }
}
