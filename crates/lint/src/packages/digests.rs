//! Digests as package managers make them.

use md5::{Digest as _, Md5};
use sha1::Sha1;
use sha2::Sha256;

/// Digest of a file's content.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Digest {
    Md5([u8; 16]),
    Sha1([u8; 20]),
    Sha256([u8; 32]),
}

impl Digest {
    /// An MD5 in hexadecimal digits.
    pub(crate) fn md5_of_hex(hex: &[u8]) -> Option<Self> {
        if hex.len() != 32 {
            return None;
        }
        let mut bytes = [0; 16];
        for (byte, pair) in bytes.iter_mut().zip(hex.chunks(2)) {
            *byte = u8::from_str_radix(str::from_utf8(pair).ok()?, 16).ok()?;
        }
        Some(Self::Md5(bytes))
    }
}

/// Makes all digests of one content.
#[derive(Debug, Default)]
pub(crate) struct Hasher {
    md5: Md5,
    sha1: Sha1,
    sha256: Sha256,
    length: u64,
    /// Whether there was a hole: such a file is none of a package.
    broken: bool,
}

impl Hasher {
    pub(crate) fn update(&mut self, offset: u64, bytes: &[u8]) {
        self.broken |= offset != self.length;
        self.length = self.length.saturating_add(bytes.len() as u64);
        self.md5.update(bytes);
        self.sha1.update(bytes);
        self.sha256.update(bytes);
    }

    /// The digests of a file of that size; none if not all of it was seen.
    pub(crate) fn finish(self, size: u64) -> Vec<Digest> {
        if self.broken || self.length != size {
            return Vec::new();
        }
        vec![
            Digest::Md5(self.md5.finalize().into()),
            Digest::Sha1(self.sha1.finalize().into()),
            Digest::Sha256(self.sha256.finalize().into()),
        ]
    }
}
