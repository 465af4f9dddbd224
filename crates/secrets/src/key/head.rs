//! Files that are keys as a whole: what they begin with says what they may be.

use super::{keystore, keytab, pgp, pkcs12};
use crate::{detector::Found, hit::Family, place::Place, sweep::Report};

/// Key files up to this size are held whole; larger ones are only swept.
const MAX_HELD: usize = 1024 * 1024;

/// Bytes of a file that decide whether it is held.
const MAGIC: usize = 12;

/// One kind of file.
pub(crate) struct Head {
    /// In kebab-case; never reused.
    pub(crate) id: &'static str,
    /// For people.
    pub(crate) what: &'static str,
    pub(crate) family: Family,
    /// Whether a file that begins with these bytes may be one; they are fewer only if the file is.
    begins: fn(&[u8]) -> bool,
    /// The keys in a whole file, where they stand.
    read: fn(&[u8]) -> Vec<Found>,
}

pub(crate) static HEADS: &[Head] = &[
    Head {
        id: "java-key-store",
        what: "Java key store",
        family: Family::EncryptedPrivateKey,
        begins: keystore::java::begins,
        read: keystore::java::read,
    },
    Head {
        id: "bouncy-castle-key-store",
        what: "Bouncy Castle key store",
        family: Family::EncryptedPrivateKey,
        begins: keystore::bouncy_castle::begins,
        read: keystore::bouncy_castle::read,
    },
    Head {
        id: "pkcs12",
        what: "PKCS#12 key store",
        family: Family::EncryptedPrivateKey,
        begins: pkcs12::begins,
        read: pkcs12::read,
    },
    Head {
        id: "kerberos-keytab",
        what: "Kerberos key table",
        family: Family::PrivateKey,
        begins: keytab::begins,
        read: keytab::read,
    },
    Head {
        id: "pgp-key-ring",
        what: "PGP private keys",
        family: Family::PrivateKey,
        begins: pgp::begins,
        read: pgp::read,
    },
];

/// A file so far, while it may be one.
#[derive(Default)]
pub(crate) struct HeadScan {
    held: Vec<u8>,
    other: bool,
}

impl HeadScan {
    /// Begins another file.
    pub(crate) fn reset(&mut self) {
        self.held.clear();
        self.other = false;
    }

    /// Takes the next bytes.
    pub(crate) fn feed(&mut self, bytes: &[u8]) {
        if self.other {
            return;
        }
        let missing = MAGIC.saturating_sub(self.held.len());
        let (head, rest) = bytes.split_at_checked(missing).unwrap_or((bytes, &[]));
        self.held.extend_from_slice(head);
        let decided = missing > 0 && self.held.len() >= MAGIC;
        let begins = |head: &Head| (head.begins)(&self.held);
        self.other = decided && !HEADS.iter().any(begins)
            || rest.len() > MAX_HELD.saturating_sub(self.held.len());
        if self.other {
            self.held.clear();
        } else {
            self.held.extend_from_slice(rest);
        }
    }

    /// Ends the file.
    pub(crate) fn finish(&mut self, report: &mut dyn Report) {
        let kinds = HEADS.iter().filter(|head| (head.begins)(&self.held));
        for head in kinds {
            for found in (head.read)(&self.held) {
                report.secret(head.id, found, &self.held, &Place::default());
            }
        }
        self.held.clear();
    }
}

impl std::fmt::Debug for HeadScan {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        // The bytes held may be a secret.
        f.debug_struct("HeadScan").finish_non_exhaustive()
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{Scanner, key::keystore::java::samples::store};

    #[test]
    fn any_cut_into_chunks_finds_the_same() {
        let scanner = Scanner::new();
        let file = store([0xfe, 0xed, 0xfe, 0xed], true, "changeit");
        let mut found = Vec::new();
        for size in [1, 5, MAGIC, 1000, file.len()] {
            let mut scan = scanner.file(b"srv/a");
            file.chunks(size).for_each(|chunk| scan.feed(chunk));
            let hits = scan.finish();
            let ids: Vec<_> = hits.iter().map(|hit| hit.detector.clone()).collect();
            assert_eq!(ids, ["java-key-store"], "{size}");
            found.push(hits);
        }
        assert!(found.windows(2).all(|pair| pair[0] == pair[1]));
    }

    #[test]
    fn other_and_large_files_are_not_held() {
        let mut scan = HeadScan::default();
        scan.feed(&[b'x'; MAGIC]);
        assert!(scan.other && scan.held.is_empty());
        scan.reset();
        scan.feed(&store([0xfe, 0xed, 0xfe, 0xed], true, ""));
        assert!(!scan.other);
        scan.feed(&vec![0; MAX_HELD]);
        assert!(scan.other && scan.held.is_empty());
    }
}
