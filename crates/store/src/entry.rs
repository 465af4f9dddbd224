//! The bytes of an entry: a version, a checksum over key and value, the value.

use std::fmt::Write;

use imglint_format::Digest;
use sha2::{Digest as _, Sha256};

/// Another layout gets another number, and is then foreign to older and newer programs alike.
const VERSION: &[u8; 16] = b"imglint store 1\n";

/// Bytes of an entry beside its value.
pub(crate) const OVERHEAD: usize = VERSION.len() + 32;

/// What a value was made from, and by what.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub struct Key {
    hash: [u8; 32],
}

impl Key {
    /// A key for what `maker` (a program with all that its result depends on) says about some content.
    ///
    /// Use the digest only after verifying the content against it.
    #[must_use]
    pub fn new(content: &Digest, maker: &str) -> Self {
        let mut hash = Sha256::new();
        hash.update(content.as_str());
        hash.update([0]); // no digest holds a NUL, so no other pair gives the same bytes
        hash.update(maker);
        Self {
            hash: hash.finalize().into(),
        }
    }

    /// The name of its entry: 64 hex digits.
    pub(crate) fn file_name(&self) -> String {
        self.hash.iter().fold(String::new(), |mut name, byte| {
            // Writing to a String cannot fail.
            let _ = write!(name, "{byte:02x}");
            name
        })
    }

    /// What stands in an entry before `value`.
    pub(crate) fn head(&self, value: &[u8]) -> Vec<u8> {
        [VERSION.as_slice(), &self.checksum(value)].concat()
    }

    /// The value of an entry, if it is one of this key and whole.
    pub(crate) fn value_of(&self, mut entry: Vec<u8>) -> Option<Vec<u8>> {
        let rest = entry.strip_prefix(VERSION)?;
        let (checksum, value) = rest.split_first_chunk::<32>()?;
        if *checksum != self.checksum(value) {
            return None;
        }
        entry.drain(..OVERHEAD);
        Some(entry)
    }

    /// The key is in it, so an entry moved to another name is foreign there.
    fn checksum(&self, value: &[u8]) -> [u8; 32] {
        let mut hash = Sha256::new();
        hash.update(self.hash);
        hash.update(value);
        hash.finalize().into()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn key(content: &[u8], maker: &str) -> Key {
        Key::new(&Digest::of_bytes(content), maker)
    }

    fn entry(key: &Key, value: &[u8]) -> Vec<u8> {
        [key.head(value).as_slice(), value].concat()
    }

    #[test]
    fn entry_gives_its_value_back() {
        for value in [&b""[..], b"x", &[0; 1000]] {
            let key = key(b"a", "1");
            assert_eq!(key.value_of(entry(&key, value)).as_deref(), Some(value));
        }
    }

    #[test]
    fn any_damage_is_a_miss() {
        let key = key(b"a", "1");
        let whole = entry(&key, b"value");
        for at in 0..whole.len() {
            let mut damaged = whole.clone();
            damaged[at] ^= 1;
            assert_eq!(key.value_of(damaged), None, "byte {at}");
            assert_eq!(key.value_of(whole[..at].to_vec()), None, "cut at {at}");
        }
        assert_eq!(key.value_of([whole, vec![0]].concat()), None);
    }

    #[test]
    fn entry_of_another_key_or_version_is_a_miss() {
        let one = key(b"a", "1");
        for other in [key(b"b", "1"), key(b"a", "2")] {
            assert_ne!(one.file_name(), other.file_name());
            assert_eq!(one.value_of(entry(&other, b"value")), None);
        }
        let mut later = entry(&one, b"value");
        later[14] = b'2';
        assert_eq!(one.value_of(later), None);
    }
}
