//! PKCS#12 files (RFC 7292): `.p12`, `.pfx`, and the key stores of JDK 9 and newer.
//!
//! Their password is not tried: each try costs thousands of hashes, which a hostile image would ask for
//! in each of thousands of files.

use memchr::memmem;

use super::{Kind, der, found};
use crate::{detector::Found, secret::Secret};

/// Identifiers of a bag with a sealed key and with an open one: 1.2.840.113549.1.12.10.1.2 and 1.1.
const SEALED_BAG: &[u8] = &[6, 11, 0x2a, 0x86, 0x48, 0x86, 0xf7, 0x0d, 1, 12, 10, 1, 2];
const OPEN_BAG: &[u8] = &[6, 11, 0x2a, 0x86, 0x48, 0x86, 0xf7, 0x0d, 1, 12, 10, 1, 1];

/// A sequence that begins with version 3 and another sequence.
pub(super) fn begins(head: &[u8]) -> bool {
    let [der::SEQUENCE, length, rest @ ..] = head else {
        return false;
    };
    // Indefinite or short lengths take one byte.
    let more = usize::from(length & 0x7f) * usize::from(length >> 7);
    let body = rest.get(more..).filter(|_| more <= 4).unwrap_or_default();
    body.starts_with(&[der::INTEGER, 1, 3, der::SEQUENCE])
}

/// The file, if a bag with a key lies open in it; some hold certificates only.
///
/// Of a file in indefinite lengths (BER), where it ends is not checked.
pub(super) fn read(file: &[u8]) -> Vec<Found> {
    let whole = match file.get(1) {
        Some(0x80) => file.trim_ascii_end().ends_with(&[0, 0]).then_some(file),
        _ => der::whole(file),
    };
    let has = |bag| whole.is_some_and(|whole| memmem::find(whole, bag).is_some());
    let kind = if has(OPEN_BAG) {
        Kind::open("private key in a PKCS#12 file")
    } else if has(SEALED_BAG) {
        Kind::sealed("encrypted private key in a PKCS#12 file")
    } else {
        return Vec::new();
    };
    let whole = whole.unwrap_or_default();
    vec![found(
        0..whole.len(),
        kind,
        Secret::new(whole),
        String::new(),
    )]
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::samples::der;

    fn file(bag: &[u8]) -> Vec<u8> {
        let content = der(0x30, &[&[5; 40], bag, &[5; 200]].concat());
        der(0x30, &[&[2, 1, 3][..], &content].concat())
    }

    #[test]
    fn bag_tells_whether_the_key_is_sealed() {
        let family = |bag| read(&file(bag)).first().map(|found| found.family);
        assert!(begins(&file(SEALED_BAG)));
        assert_eq!(family(SEALED_BAG), Some(crate::Family::EncryptedPrivateKey));
        assert_eq!(family(OPEN_BAG), Some(crate::Family::PrivateKey));
        assert_eq!(family(&[6, 0]), None);
    }

    #[test]
    fn cut_file_or_other_version_is_none() {
        let whole = file(SEALED_BAG);
        assert!(read(&whole[..whole.len() - 1]).is_empty());
        assert!(!begins(&der(
            0x30,
            &[&[2, 1, 2][..], &der(0x30, &[5; 200])].concat()
        )));
        assert!(!begins(b"0\x82"));
    }
}
