//! Paths inside an image: bytes relative to its root, normalised once and for all.

use std::{
    cmp::Ordering,
    fmt::{self, Write as _},
};

/// A path inside an image, relative to its root.
///
/// Names are bytes: Linux allows any but `/` and NUL, and image tools pass them on as they are.
/// The order is that of a depth-first walk: `a`, `a/b`, `a.b`.
/// [`Display`](fmt::Display) escapes what could fool a terminal: control characters, bidirectional
/// overrides, and bytes that are not UTF-8.
#[derive(Debug, Clone, PartialEq, Eq, Hash, Default)]
pub struct ImagePath(
    // Invariant: components joined by single `/`, none of them empty, `.` or `..`; the root is empty.
    Box<[u8]>,
);

/// How a name in a tar header was spelled, where that is lost by normalising it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Spelling {
    /// It began with `/`.
    pub absolute: bool,
    /// It held a `..` component, climbing or not.
    pub dot_dot: bool,
    /// It ended with `/`, as directories do.
    pub trailing_slash: bool,
}

impl ImagePath {
    /// The root of the image: the path of no components.
    #[must_use]
    pub fn root() -> Self {
        Self::default()
    }

    /// Normalises a name as it stands in a tar header or a symbolic link.
    ///
    /// `.` and empty components vanish and `..` takes the component before it away, never
    /// climbing above the root, as docker and containerd extract it.
    #[must_use]
    pub fn from_tar_name(name: &[u8]) -> (Self, Spelling) {
        let mut spelling = Spelling {
            absolute: name.first() == Some(&b'/'),
            dot_dot: false,
            trailing_slash: name.last() == Some(&b'/'),
        };
        let mut path = Vec::with_capacity(name.len());
        for component in name.split(|&byte| byte == b'/') {
            match component {
                b"" | b"." => {}
                b".." => {
                    spelling.dot_dot = true;
                    path.truncate(parent_len(&path).unwrap_or(0));
                }
                _ => push_component(&mut path, component),
            }
        }
        (Self(path.into_boxed_slice()), spelling)
    }

    /// The path as bytes: components joined by `/`, nothing for the root.
    #[must_use]
    pub fn as_bytes(&self) -> &[u8] {
        &self.0
    }

    /// Whether this is the root of the image.
    #[must_use]
    pub fn is_root(&self) -> bool {
        self.0.is_empty()
    }

    /// The components from the root down; none for the root.
    #[must_use]
    pub fn components(&self) -> impl DoubleEndedIterator<Item = &[u8]> + Clone {
        components(&self.0)
    }

    /// The last component; `None` for the root.
    #[must_use]
    pub fn file_name(&self) -> Option<&[u8]> {
        self.components().next_back()
    }

    /// The path without its last component; `None` for the root.
    #[must_use]
    pub fn parent(&self) -> Option<Self> {
        self.parent_bytes().map(|parent| Self(parent.into()))
    }

    /// This path with a relative name below it, normalised as by [`from_tar_name`](Self::from_tar_name).
    #[must_use]
    pub fn join(&self, name: &[u8]) -> Self {
        Self::from_tar_name(&[&self.0, b"/".as_slice(), name].concat()).0
    }

    /// Whether this path is `ancestor` or lies below it, component by component.
    #[must_use]
    pub fn starts_with(&self, ancestor: &Self) -> bool {
        let rest = self.0.strip_prefix(ancestor.as_bytes());
        ancestor.is_root() || rest.is_some_and(|rest| matches!(rest, [] | [b'/', ..]))
    }

    pub(crate) fn parent_bytes(&self) -> Option<&[u8]> {
        parent(&self.0)
    }

    /// Joins components that come from other paths of this type, thus normalised ones.
    pub(crate) fn from_components<'a>(components: impl Iterator<Item = &'a [u8]>) -> Self {
        let mut path = Vec::new();
        components.for_each(|component| push_component(&mut path, component));
        Self(path.into_boxed_slice())
    }
}

/// Components of normalised bytes.
pub(crate) fn components(path: &[u8]) -> impl DoubleEndedIterator<Item = &[u8]> + Clone {
    path.split(|&byte| byte == b'/')
        .filter(|component| !component.is_empty())
}

fn parent(path: &[u8]) -> Option<&[u8]> {
    path.get(..parent_len(path)?)
}

fn push_component(path: &mut Vec<u8>, component: &[u8]) {
    if !path.is_empty() {
        path.push(b'/');
    }
    path.extend_from_slice(component);
}

/// Length of what stands before the last component; `None` for the root.
fn parent_len(path: &[u8]) -> Option<usize> {
    let slash = path.iter().rposition(|&byte| byte == b'/');
    (!path.is_empty()).then(|| slash.unwrap_or(0))
}

impl From<&str> for ImagePath {
    fn from(name: &str) -> Self {
        Self::from_tar_name(name.as_bytes()).0
    }
}

impl From<&[u8]> for ImagePath {
    fn from(name: &[u8]) -> Self {
        Self::from_tar_name(name).0
    }
}

impl Ord for ImagePath {
    fn cmp(&self, other: &Self) -> Ordering {
        // A slash sorts before every byte of a name, so that children follow their directory.
        let key = |&byte: &u8| if byte == b'/' { 0 } else { u16::from(byte) + 1 };
        // Most paths that are compared begin alike: that part is passed over block by block.
        let blocks = self.0.as_chunks::<16>().0.iter();
        let shared = blocks
            .zip(other.0.as_chunks::<16>().0)
            .take_while(|(a, b)| a == b)
            .count();
        let (a, b) = (self.0.iter(), other.0.iter());
        a.skip(shared * 16)
            .map(key)
            .cmp(b.skip(shared * 16).map(key))
    }
}

impl PartialOrd for ImagePath {
    fn partial_cmp(&self, other: &Self) -> Option<Ordering> {
        Some(self.cmp(other))
    }
}

impl fmt::Display for ImagePath {
    /// Writes the path from `/`, escaped.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "/{}", Escaped(&self.0))
    }
}

/// Bytes of an image shown so that they cannot fool a terminal or a log.
///
/// Control characters, bidirectional overrides and bytes that are not UTF-8 are written as
/// `\xNN` or `\u{NNNN}`, a backslash as two.
#[derive(Debug, Clone, Copy)]
pub struct Escaped<'a>(pub &'a [u8]);

impl fmt::Display for Escaped<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for chunk in self.0.utf8_chunks() {
            for c in chunk.valid().chars() {
                match c {
                    '\\' => f.write_str("\\\\")?,
                    '\0'..='\x7f' if c.is_control() => write!(f, "\\x{:02x}", u32::from(c))?,
                    _ if c.is_control() || reorders(c) => write!(f, "{}", c.escape_unicode())?,
                    _ => f.write_char(c)?,
                }
            }
            for byte in chunk.invalid() {
                write!(f, "\\x{byte:02x}")?;
            }
        }
        Ok(())
    }
}

/// Whether the character changes the direction or the lines of the text around it (Unicode TR 36).
fn reorders(c: char) -> bool {
    matches!(c, '\u{61c}' | '\u{200e}' | '\u{200f}' | '\u{2028}'..='\u{202e}' | '\u{2066}'..='\u{2069}')
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn normal(name: &str) -> String {
        String::from_utf8(ImagePath::from(name).as_bytes().to_vec()).unwrap()
    }

    #[test]
    fn spellings_of_one_path_are_equal() {
        for name in [
            "d/x",
            "/d/x",
            "./d/x",
            "d//x",
            "d/x/",
            "d/./x",
            "d/y/../x",
            "../d/x",
            "d/../../d/x",
        ] {
            assert_eq!(normal(name), "d/x", "{name}");
        }
    }

    #[test]
    fn root_has_many_names_and_no_components() {
        for name in ["", "/", ".", "./", "..", "a/..", "//"] {
            assert!(ImagePath::from(name).is_root(), "{name}");
        }
        let root = ImagePath::root();
        assert_eq!(
            (root.parent(), root.file_name(), root.components().count()),
            (None, None, 0)
        );
    }

    #[test]
    fn spelling_is_reported() {
        let spelling = |name: &[u8]| ImagePath::from_tar_name(name).1;
        assert_eq!(spelling(b"a/b"), Spelling::default());
        assert!(spelling(b"/a").absolute && !spelling(b"/a").trailing_slash);
        assert!(spelling(b"a/../b").dot_dot && !spelling(b"a..b").dot_dot);
        assert!(spelling(b"a/").trailing_slash);
    }

    #[test]
    fn dots_inside_a_name_are_part_of_it() {
        assert_eq!(normal("..a/.b/c.."), "..a/.b/c..");
    }

    #[test]
    fn parent_file_name_and_join_agree() {
        let path = ImagePath::from("a/b/c");
        assert_eq!(path.parent().unwrap(), ImagePath::from("a/b"));
        assert_eq!(path.file_name().unwrap(), b"c");
        assert_eq!(path.parent().unwrap().join(b"c"), path);
        assert_eq!(ImagePath::from("a").parent().unwrap(), ImagePath::root());
        assert_eq!(ImagePath::root().join(b"a"), ImagePath::from("a"));
        assert_eq!(path.join(b"../../../../x"), ImagePath::from("x"));
    }

    #[test]
    fn starts_with_counts_components() {
        let starts =
            |path: &str, ancestor: &str| ImagePath::from(path).starts_with(&ancestor.into());
        assert!(starts("a/b", "a") && starts("a", "a") && starts("a", ""));
        assert!(!starts("ab", "a") && !starts("a", "a/b"));
    }

    #[test]
    fn children_sort_right_after_their_directory() {
        let mut paths = ["a.b", "a/b", "b", "a", "", "a/b/c"].map(ImagePath::from);
        paths.sort();
        assert_eq!(
            paths,
            ["", "a", "a/b", "a/b/c", "a.b", "b"].map(ImagePath::from)
        );
    }

    #[test]
    fn display_escapes_what_fools_a_terminal() {
        let shown = |name: &[u8]| ImagePath::from(name).to_string();
        assert_eq!(shown(b"a\x1b[31m\x7f\n"), r"/a\x1b[31m\x7f\x0a");
        assert_eq!(shown(b"\xff\xc3"), r"/\xff\xc3");
        assert_eq!(
            shown("\u{202e}gpj.exe\u{85}".as_bytes()),
            r"/\u{202e}gpj.exe\u{85}"
        );
        assert_eq!(shown("é/ملف".as_bytes()), "/é/ملف");
        assert_eq!(shown(br"a\x1b"), r"/a\\x1b");
        assert_eq!(shown(b""), "/");
    }

    proptest! {
        #[test]
        fn normalising_twice_changes_nothing(name in proptest::collection::vec(prop_oneof![Just(b'/'), Just(b'.'), any::<u8>()], 0..40)) {
            let (path, _) = ImagePath::from_tar_name(&name);
            prop_assert_eq!(&ImagePath::from(path.as_bytes()), &path);
            prop_assert!(path.components().all(|c| c != b"." && c != b".."));
            prop_assert_eq!(ImagePath::from_components(path.components()), path);
        }

        #[test]
        fn order_is_that_of_components(above in "[a/]{0,40}", a in "[ab./]{0,20}", b in "[ab./]{0,20}") {
            let path = |name: &str| ImagePath::from(&*format!("{above}{name}"));
            let (a, b) = (path(&a), path(&b));
            prop_assert_eq!(a.cmp(&b), a.components().cmp(b.components()));
        }
    }
}
