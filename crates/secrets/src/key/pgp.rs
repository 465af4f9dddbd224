//! PGP transferable secret keys (RFC 9580 §4.2, §5.5).

use super::{Kind, found};
use crate::{detector::Found, secret::Secret};

const SECRET_KEY: u8 = 5;
const SECRET_SUBKEY: u8 = 7;

/// Says whether any key or subkey among the packets of `blob` is free of a passphrase.
pub(super) fn kind(blob: &[u8]) -> Option<Kind> {
    let (SECRET_KEY, first, mut rest) = packet(blob)? else {
        return None;
    };
    let mut sealed = is_sealed(first)?;
    while let Some((tag, body, tail)) = packet(rest) {
        if tag == SECRET_SUBKEY {
            sealed &= is_sealed(body).unwrap_or(true);
        }
        rest = tail;
    }
    Some(if sealed {
        Kind::sealed("encrypted PGP private key")
    } else {
        Kind::open("PGP private key")
    })
}

/// Whether a file may begin with a version 4, 5 or 6 secret key packet.
pub(super) fn begins(head: &[u8]) -> bool {
    let before = match head {
        [0x94, ..] | [0xc5, 0..192, ..] => 2,
        [0x95, ..] | [0xc5, 192..224, ..] => 3,
        [0xc5, 255, ..] => 6,
        _ => return false,
    };
    matches!(head.get(before), Some(4..=6))
}

/// A key ring as a file, such as `secring.gpg`: packets to its end.
pub(super) fn read(file: &[u8]) -> Vec<Found> {
    let mut rest = file;
    while let Some((1.., _, tail)) = packet(rest) {
        rest = tail;
    }
    match kind(file) {
        Some(kind) if rest.is_empty() => {
            vec![found(0..file.len(), kind, Secret::new(file), String::new())]
        }
        _ => Vec::new(),
    }
}

/// Tag, body and what follows; partial and indeterminate lengths are not allowed for keys (§4.2.1.4).
fn packet(bytes: &[u8]) -> Option<(u8, &[u8], &[u8])> {
    let (&header, rest) = bytes.split_first()?;
    let (tag, (len, rest)) = match header {
        0xc0.. => (header & 0x3f, new_length(rest)?),
        0x80.. => (
            header >> 2 & 0xf,
            big_endian(rest, 1_usize.checked_shl(u32::from(header & 3))?)?,
        ),
        _ => return None,
    };
    let (body, rest) = rest.split_at_checked(len)?;
    Some((tag, body, rest))
}

fn new_length(bytes: &[u8]) -> Option<(usize, &[u8])> {
    let (&first, rest) = bytes.split_first()?;
    match first {
        0..192 => Some((usize::from(first), rest)),
        192..224 => {
            let (&second, rest) = rest.split_first()?;
            Some((
                ((usize::from(first) - 192) << 8) + usize::from(second) + 192,
                rest,
            ))
        }
        255 => big_endian(rest, 4),
        _ => None,
    }
}

fn big_endian(bytes: &[u8], width: usize) -> Option<(usize, &[u8])> {
    let (number, rest) = bytes.split_at_checked(width)?;
    (width <= 4).then(|| {
        (
            number.iter().fold(0, |sum, &b| sum << 8 | usize::from(b)),
            rest,
        )
    })
}

/// Whether the secret part is encrypted or absent: the octet after the public part says so (§5.5.3).
fn is_sealed(body: &[u8]) -> Option<bool> {
    let (&[version, _, _, _, _, algorithm], rest) = body.split_first_chunk::<6>()?;
    let secret = match version {
        4 => after_public(algorithm, rest)?,
        5 | 6 => {
            let (len, rest) = big_endian(rest, 4)?;
            rest.get(len..)?
        }
        _ => return None,
    };
    let (&usage, key) = secret.split_first()?;
    (!key.is_empty()).then_some(usage != 0)
}

/// Skips the public part of an algorithm (§5.5.5).
fn after_public(algorithm: u8, bytes: &[u8]) -> Option<&[u8]> {
    match algorithm {
        1..=3 => integers(bytes, 2),
        16 => integers(bytes, 3),
        17 => integers(bytes, 4),
        18 => after_short(integers(after_short(bytes)?, 1)?),
        19 | 22 => integers(after_short(bytes)?, 1),
        25 | 27 => bytes.get(32..),
        26 => bytes.get(56..),
        28 => bytes.get(57..),
        _ => None,
    }
}

fn after_short(bytes: &[u8]) -> Option<&[u8]> {
    let (&len, rest) = bytes.split_first()?;
    rest.get(usize::from(len)..)
}

fn integers(mut bytes: &[u8], count: usize) -> Option<&[u8]> {
    for _ in 0..count {
        let (bits, rest) = big_endian(bytes, 2)?;
        bytes = rest.get(bits.div_ceil(8)..)?;
    }
    Some(bytes)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::samples::pgp_key;

    #[test]
    fn usage_octet_tells_of_a_passphrase() {
        assert_eq!(kind(&pgp_key(0)), Some(Kind::open("PGP private key")));
        assert_eq!(
            kind(&pgp_key(254)),
            Some(Kind::sealed("encrypted PGP private key"))
        );
    }

    #[test]
    fn open_subkey_under_a_sealed_key_is_open() {
        let mut subkey = pgp_key(0);
        subkey[0] = 0xc0 | SECRET_SUBKEY;
        let both = [pgp_key(255), subkey].concat();
        assert!(!kind(&both).unwrap().sealed);
    }

    #[test]
    fn public_key_or_cut_packet_is_none() {
        let mut public = pgp_key(0);
        public[0] = 0xc0 | 6;
        assert_eq!(kind(&public), None);
        let key = pgp_key(0);
        for end in 0..key.len() {
            assert_eq!(kind(&key[..end]), None, "{end}");
        }
    }

    #[test]
    fn key_ring_is_read_to_its_end() {
        let ring = [pgp_key(0), vec![0xcd, 2, b'm', b'e']].concat();
        assert!(begins(&ring));
        assert_eq!(read(&ring).len(), 1);
        assert!(read(&ring[..ring.len() - 1]).is_empty());
        assert!(!begins(&ring[1..]));
    }

    #[test]
    fn old_packet_format_is_read() {
        let key = pgp_key(0);
        let old = [&[0x80 | SECRET_KEY << 2, key[1]], &key[2..]].concat();
        assert_eq!(kind(&old), Some(Kind::open("PGP private key")));
    }
}
