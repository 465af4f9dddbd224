//! BKS, the key store of Bouncy Castle, versions 1 and 2.

use super::{MAX_ENTRIES, entry};
use crate::{
    detector::Found,
    key::{Kind, bytes::Bytes},
};

/// Versions 1 and 2, and the length of the salt.
const MAGIC: [[u8; 8]; 2] = [[0, 0, 0, 1, 0, 0, 0, 20], [0, 0, 0, 2, 0, 0, 0, 20]];

/// Bytes of the salt and of the digest at the end.
const DIGEST: usize = 20;

pub(in crate::key) fn begins(head: &[u8]) -> bool {
    MAGIC.iter().any(|magic| head.starts_with(magic))
}

/// The private and secret keys of a whole store.
pub(in crate::key) fn read(file: &[u8]) -> Vec<Found> {
    let mut found = Vec::new();
    entries(file, &mut found).map_or_else(Vec::new, |()| found)
}

fn entries(file: &[u8], found: &mut Vec<Found>) -> Option<()> {
    let mut rest = Bytes(file);
    let _version = rest.number(4)?;
    let _salt = rest.counted(4)?;
    let _iterations = rest.number(4)?;
    for _ in 0..MAX_ENTRIES {
        let tag = rest.number(1)?;
        if tag == 0 {
            return (rest.0.len() == DIGEST).then_some(());
        }
        let alias = rest.counted(2)?;
        let _date = rest.take(8)?;
        let chain = rest.number(4)?;
        for _ in 0..chain.min(MAX_ENTRIES) {
            certificate(&mut rest)?;
        }
        let (what, key) = match tag {
            1 => {
                certificate(&mut rest)?;
                continue;
            }
            2 => {
                let _private_or_secret = rest.number(1)?;
                let _format = rest.counted(2)?;
                let _algorithm = rest.counted(2)?;
                (
                    Kind::open("key in a Bouncy Castle key store"),
                    rest.counted(4)?,
                )
            }
            3 | 4 => (
                Kind::sealed("encrypted key in a Bouncy Castle key store"),
                rest.counted(4)?,
            ),
            _ => return None,
        };
        let end = file.len().checked_sub(rest.0.len())?;
        let span = end.checked_sub(key.len())?..end;
        if key.len() >= 16 {
            found.push(entry(span, alias, what, key));
        }
    }
    None
}

fn certificate(rest: &mut Bytes<'_>) -> Option<()> {
    let _type = rest.counted(2)?;
    rest.counted(4).map(|_| ())
}

#[cfg(test)]
mod tests {
    use super::*;

    const CERTIFICATE: &[u8] = b"\0\x05X.509\0\0\0\x03abc";
    const ENTRY: &[u8] = b"\0\x02me\0\0\0\0\0\0\0\0\0\0\0";

    fn store(entries: &[&[u8]]) -> Vec<u8> {
        let head = [&MAGIC[1][..], &[9; 20], &[0, 0, 4, 0]].concat();
        [&head[..], &entries.concat(), &[0], &[8; 20]].concat()
    }

    #[test]
    fn keys_are_open_or_sealed_and_certificates_none() {
        let open = [
            &[2],
            ENTRY,
            b"\0\0\0\x06PKCS#8\0\x03RSA\0\0\0\x20",
            &[7; 32],
        ]
        .concat();
        let sealed = [&[4], ENTRY, b"\x01", CERTIFICATE, b"\0\0\0\x20", &[6; 32]].concat();
        let trusted = [&[1], ENTRY, b"\0", CERTIFICATE].concat();
        let all = store(&[&trusted, &open, &sealed]);
        let found = read(&all);
        let families: Vec<_> = found.iter().map(|found| found.family).collect();
        assert_eq!(
            families,
            [
                crate::Family::PrivateKey,
                crate::Family::EncryptedPrivateKey
            ]
        );
        assert_eq!(all[found[0].span.clone()], [7; 32]);
        assert!(read(&store(&[&trusted])).is_empty());
        for end in 0..all.len() {
            assert!(read(&all[..end]).is_empty(), "{end}");
        }
    }
}
