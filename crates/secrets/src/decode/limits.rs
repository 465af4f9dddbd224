//! How far the search for what is hidden inside a file goes.

use std::fmt;

/// How far what is inside a file is decoded; bounds time and memory whatever the file holds.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub struct Limits {
    /// How many members and encodings are undone one inside the other.
    pub depth: u32,
    /// How many levels of base64 are among them.
    pub base64_depth: u32,
    /// How many members of archives are opened in one file, at all depths together.
    pub members: u64,
    /// Bytes that one file is decoded to, at all depths together. Each member counts as a kibibyte
    /// at least.
    pub decoded_bytes: u64,
    /// Bytes that an xz or Zstandard stream may ask for as its window.
    pub window_bytes: u64,
    /// Bytes of a member's name that are kept: the last ones.
    pub name_bytes: usize,
}

impl Default for Limits {
    fn default() -> Self {
        Self {
            depth: 6,
            base64_depth: 3,
            members: 100_000,
            decoded_bytes: 8 << 30,
            window_bytes: 128 << 20,
            name_bytes: 1024,
        }
    }
}

/// A limit that kept something inside a file from being looked at.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[non_exhaustive]
pub enum Cut {
    /// [`Limits::depth`].
    Depth(u32),
    /// [`Limits::base64_depth`].
    Base64Depth(u32),
    /// [`Limits::members`].
    Members(u64),
    /// [`Limits::decoded_bytes`].
    DecodedBytes(u64),
    /// [`Limits::window_bytes`].
    Window(u64),
    /// What may begin a secret stands in it too densely for all to be judged. No setting changes that.
    Anchors,
}

impl fmt::Display for Cut {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Depth(limit) => write!(f, "it holds archives more than {limit} levels deep"),
            Self::Base64Depth(limit) => write!(f, "it is base64 more than {limit} times over"),
            Self::Members(limit) => write!(f, "it holds more than {limit} members"),
            Self::DecodedBytes(limit) => write!(f, "it decodes to more than {limit} bytes"),
            Self::Window(limit) => write!(f, "a stream in it needs a window over {limit} bytes"),
            Self::Anchors => f.write_str("it looks like the beginnings of millions of secrets"),
        }
    }
}
