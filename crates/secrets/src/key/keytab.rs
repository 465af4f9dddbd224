//! Kerberos key tables (MIT krb5, "The keytab binary file format"): a key in it needs no password.

use super::{Kind, bytes::Bytes, found};
use crate::{detector::Found, secret::Secret};

const MAGIC: [u8; 2] = [5, 2];

pub(super) fn begins(head: &[u8]) -> bool {
    // The length of the first entry: some bytes, or a hole with a negative one.
    head.starts_with(&MAGIC) && matches!(head.get(2..4), Some([0, 0] | [0xff, 0xff]))
}

/// The keys of a table that parses to its end.
pub(super) fn read(file: &[u8]) -> Vec<Found> {
    let mut all = Vec::new();
    entries(file, &mut all).map_or_else(Vec::new, |()| all)
}

fn entries(file: &[u8], all: &mut Vec<Found>) -> Option<()> {
    let mut rest = Bytes(file.get(MAGIC.len()..)?);
    while !rest.0.is_empty() {
        let length = rest.number(4)?;
        let length = i32::from_be_bytes(u32::try_from(length).ok()?.to_be_bytes());
        let begin = file.len().checked_sub(rest.0.len())?;
        let content = rest.take(usize::try_from(length.unsigned_abs()).ok()?)?;
        if length > 0 {
            let (name, key) = entry(content)?;
            let span = begin..begin + content.len();
            let kind = Kind::open("Kerberos key");
            all.push(Found {
                field: Some(name),
                ..found(span, kind, Secret::new(key), String::new())
            });
        }
        if length == 0 && rest.0.iter().any(|&b| b != 0) {
            return None;
        }
    }
    Some(())
}

/// Principal and key.
fn entry(content: &[u8]) -> Option<(String, &[u8])> {
    let mut rest = Bytes(content);
    let components = rest.number(2)?;
    let realm = rest.counted(2)?;
    let mut name = String::new();
    for at in 0..components.min(16) {
        let separator = if at > 0 { "/" } else { "" };
        name = name + separator + plain(rest.counted(2)?)?;
    }
    let name = name + "@" + plain(realm)?;
    let _type_time_version = rest.take(4 + 4 + 1)?;
    let cipher = rest.number(2)?;
    let key = rest.counted(2)?;
    (key_length(cipher)? == key.len()).then_some((name, key))
}

fn plain(text: &[u8]) -> Option<&str> {
    let text = str::from_utf8(text).ok()?;
    (text.len() <= 256 && !text.chars().any(char::is_control)).then_some(text)
}

/// Bytes of a key, by the number of its encryption type (RFC 3961, RFC 3962, RFC 6803, RFC 8009).
fn key_length(cipher: u64) -> Option<usize> {
    Some(match cipher {
        1..=3 => 8,
        16 => 24,
        17 | 19 | 23 | 24 | 25 => 16,
        18 | 20 | 26 => 32,
        _ => return None,
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::key::tests::bytes;

    fn table(cipher: u8, length: usize) -> Vec<u8> {
        let key = bytes(length);
        let size = u8::try_from(length).unwrap();
        let entry = [
            &b"\0\x02\0\x01R\0\x04http\0\x01h\0\0\0\x01\0\0\0\0\x02\0"[..],
            &[cipher, 0, size],
            &key,
            &[0, 0, 0, 2],
        ]
        .concat();
        let count = u8::try_from(entry.len()).unwrap();
        let hole = [0xff, 0xff, 0xff, 0xfe, 0, 0];
        [&MAGIC[..], &hole, &[0, 0, 0, count], &entry].concat()
    }

    #[test]
    fn entry_tells_its_principal() {
        let table = table(18, 32);
        let found = read(&table);
        assert_eq!(found.len(), 1);
        assert_eq!(found[0].field.as_deref(), Some("http/h@R"));
        assert!(found[0].secret == Secret::new(bytes(32)));
        assert!(begins(&table));
    }

    #[test]
    fn key_of_another_size_or_a_cut_table_is_none() {
        assert!(read(&table(18, 16)).is_empty());
        assert!(read(&table(99, 16)).is_empty());
        let whole = table(17, 16);
        for end in 9..whole.len() {
            assert!(read(&whole[..end]).is_empty(), "{end}");
        }
    }
}
