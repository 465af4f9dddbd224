//! Whiteouts: entries whose name says that something below is gone (image-spec, `layer.md`, "Whiteouts").

use crate::path::ImagePath;

const PREFIX: &[u8] = b".wh.";
/// What follows the prefix in an opaque marker.
const OPAQUE: &[u8] = b".wh..opq";
const AUFS: [&[u8]; 3] = [b".wh..wh.plnk", b".wh..wh.aufs", b".wh..wh.orph"];

/// What a whiteout hides in the layers below its own.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Whiteout {
    /// `.wh.<name>`: the path with that name beside the whiteout, and all below it.
    Path(ImagePath),
    /// `.wh..wh..opq`: everything below the directory that holds the marker.
    Opaque(ImagePath),
}

/// What the name of an entry says about it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Meaning {
    /// An entry like any other.
    Plain,
    /// A whiteout.
    Whiteout(Whiteout),
    /// `.wh.`, `.wh..` or `.wh...`: whiteouts of nothing, of their directory or of its parent.
    Invalid,
    /// Bookkeeping of the AUFS storage driver that old Docker versions let slip into layers.
    AufsMetadata,
}

impl Meaning {
    pub(crate) fn of(path: &ImagePath) -> Self {
        if path.components().any(|name| AUFS.contains(&name)) {
            return Self::AufsMetadata;
        }
        let Some(hidden) = path.file_name().and_then(|name| name.strip_prefix(PREFIX)) else {
            return Self::Plain;
        };
        let directory = path.parent().unwrap_or_default();
        match hidden {
            OPAQUE => Self::Whiteout(Whiteout::Opaque(directory)),
            b"" | b"." | b".." => Self::Invalid,
            _ => Self::Whiteout(Whiteout::Path(directory.join(hidden))),
        }
    }
}

/// Whether the last component begins as whiteouts do.
pub(crate) fn has_prefix(path: &ImagePath) -> bool {
    path.file_name()
        .is_some_and(|name| name.starts_with(PREFIX))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn meaning(path: &str) -> Meaning {
        Meaning::of(&path.into())
    }

    #[test]
    fn whiteout_names_the_sibling_it_hides() {
        let hides = |path: &str| Meaning::Whiteout(Whiteout::Path(path.into()));
        assert_eq!(meaning(".wh.hi"), hides("hi"));
        assert_eq!(meaning("a/b/.wh.c"), hides("a/b/c"));
        assert_eq!(meaning("a/.wh..hidden"), hides("a/.hidden"));
        assert_eq!(meaning("a/.wh.... "), hides("a/... "));
    }

    #[test]
    fn opaque_marker_names_its_directory() {
        let opaque = |path: &str| Meaning::Whiteout(Whiteout::Opaque(path.into()));
        assert_eq!(meaning("d/.wh..wh..opq"), opaque("d"));
        assert_eq!(meaning(".wh..wh..opq"), opaque(""));
    }

    #[test]
    fn name_longer_than_the_opaque_marker_hides_a_sibling_only() {
        let hidden = Whiteout::Path("etc/.wh..opqX".into());
        assert_eq!(meaning("etc/.wh..wh..opqX"), Meaning::Whiteout(hidden));
    }

    #[test]
    fn whiteout_of_nothing_nameable_is_invalid() {
        for path in [".wh.", "d/.wh.", "d/.wh..", "d/.wh..."] {
            assert_eq!(meaning(path), Meaning::Invalid, "{path}");
        }
    }

    #[test]
    fn aufs_bookkeeping_and_all_below_it_is_metadata() {
        for path in [
            ".wh..wh.plnk",
            ".wh..wh.plnk/5.6",
            ".wh..wh.aufs",
            "a/.wh..wh.orph/x",
        ] {
            assert_eq!(meaning(path), Meaning::AufsMetadata, "{path}");
        }
        assert_ne!(meaning(".wh..wh.plnkX"), Meaning::AufsMetadata);
    }

    #[test]
    fn entries_below_a_name_with_the_prefix_are_plain() {
        assert_eq!(meaning(".wh.d/x"), Meaning::Plain);
        assert_eq!(meaning("a.wh.b"), Meaning::Plain);
        assert_eq!(meaning(""), Meaning::Plain);
    }
}
