//! OpenSSH's own key format (`PROTOCOL.key` in the OpenSSH source).

use super::Kind;

pub(super) const MAGIC: &[u8] = b"openssh-key-v1\0";

/// Says what kind of key `blob` is; an open one must have equal check numbers.
pub(super) fn kind(blob: &[u8]) -> Option<Kind> {
    let (cipher, rest) = string(blob.strip_prefix(MAGIC)?)?;
    let (_kdf, rest) = string(rest)?;
    let (_options, rest) = string(rest)?;
    let (1.., rest) = number(rest)? else {
        return None;
    };
    let (public, rest) = string(rest)?;
    let (private, _) = string(rest)?;
    let (key_type, _) = string(public)?;
    let key_type = str::from_utf8(key_type).ok()?;
    let name = key_type.strip_prefix("ssh-").unwrap_or(key_type);
    let printable =
        !name.is_empty() && name.len() <= 64 && name.bytes().all(|b| b.is_ascii_graphic());
    if !printable {
        return None;
    }
    if cipher != b"none" {
        return Some(Kind::sealed(format!(
            "encrypted OpenSSH private key ({name})"
        )));
    }
    let (first, rest) = number(private)?;
    let (second, _) = number(rest)?;
    let what = format!("OpenSSH private key ({name})");
    // Keys of type `sk-` only name a key inside a FIDO token (PROTOCOL.u2f).
    let kind = if name.starts_with("sk-") {
        Kind::sealed
    } else {
        Kind::open
    };
    (first == second).then(|| kind(what))
}

/// The bytes of `blob` that belong to its one key.
pub(super) fn whole(blob: &[u8]) -> Option<&[u8]> {
    let mut rest = blob.strip_prefix(MAGIC)?;
    for _ in 0..3 {
        rest = string(rest)?.1;
    }
    rest = number(rest)?.1;
    for _ in 0..2 {
        rest = string(rest)?.1;
    }
    blob.get(..blob.len() - rest.len())
}

pub(super) fn number(bytes: &[u8]) -> Option<(u32, &[u8])> {
    let (number, rest) = bytes.split_first_chunk()?;
    Some((u32::from_be_bytes(*number), rest))
}

pub(super) fn string(bytes: &[u8]) -> Option<(&[u8], &[u8])> {
    let (len, rest) = number(bytes)?;
    rest.split_at_checked(usize::try_from(len).ok()?)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::samples::openssh_key;

    #[test]
    fn open_key_tells_its_type() {
        let kind = kind(&openssh_key("none", "ssh-ed25519")).unwrap();
        assert_eq!(kind, Kind::open("OpenSSH private key (ed25519)"));
    }

    #[test]
    fn key_with_a_cipher_or_in_a_token_is_sealed() {
        assert!(kind(&openssh_key("aes256-ctr", "ssh-rsa")).unwrap().sealed);
        assert!(
            kind(&openssh_key("none", "sk-ssh-ed25519@openssh.com"))
                .unwrap()
                .sealed
        );
    }

    #[test]
    fn every_cut_is_no_key() {
        let key = openssh_key("none", "ssh-rsa");
        for end in 0..key.len() {
            assert_eq!(kind(&key[..end]), None, "{end}");
        }
    }
}
