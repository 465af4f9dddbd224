//! PuTTY's key format, versions 1 to 3 (PuTTY manual, appendix C).

use super::{Key, armour};
use crate::secret::Secret;

pub(super) const MARKER: &[u8] = b"PuTTY-User-Key-File-";

/// Header lines before the private part: an RSA key of 16384 bits has 44 public ones.
const MAX_LINES: usize = 200;

/// Reads the key file that `window` begins with.
pub(super) fn read(window: &[u8]) -> Option<Key> {
    let mut lines = window.split(|&b| b == b'\n').map(<[u8]>::trim_ascii);
    let first = str::from_utf8(lines.next()?).ok()?;
    let (marker, algorithm) = first.split_once(": ")?;
    if !marker.ends_with(['1', '2', '3']) || !is_algorithm(algorithm) {
        return None;
    }
    let mut cipher = None;
    let mut count = None;
    for line in lines.by_ref().take(MAX_LINES) {
        cipher = cipher.or(line.strip_prefix(b"Encryption: "));
        count = line.strip_prefix(b"Private-Lines: ");
        if count.is_some() {
            break;
        }
    }
    let count: usize = str::from_utf8(count?).ok()?.parse().ok()?;
    let body: Vec<u8> = lines
        .take(count.min(2 * MAX_LINES))
        .flatten()
        .copied()
        .collect();
    let secret = armour::decode(&body);
    let sealed = cipher? != b"none";
    // The smallest private part, of Ed25519, is a string of 32 bytes.
    (secret.len() >= 32).then(|| Key {
        what: format!(
            "{}PuTTY private key ({algorithm})",
            if sealed { "encrypted " } else { "" }
        ),
        sealed,
        title: marker.to_owned(),
        secret: Secret::new(secret),
    })
}

fn is_algorithm(name: &str) -> bool {
    let plain = |b: u8| b.is_ascii_alphanumeric() || b == b'-';
    (3..=40).contains(&name.len()) && name.bytes().all(plain)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::samples::putty_key;

    #[test]
    fn key_tells_algorithm_and_encryption() {
        let open = read(putty_key("none").as_bytes()).unwrap();
        assert_eq!(
            (open.what.as_str(), open.sealed),
            ("PuTTY private key (ssh-ed25519)", false)
        );
        assert!(read(putty_key("aes256-cbc").as_bytes()).unwrap().sealed);
    }

    #[test]
    fn windows_line_ends_are_the_same_key() {
        let unix = read(putty_key("none").as_bytes()).unwrap();
        let windows = read(putty_key("none").replace('\n', "\r\n").as_bytes()).unwrap();
        assert_eq!(unix.secret, windows.secret);
    }

    #[test]
    fn marker_or_header_alone_is_no_key() {
        let key = putty_key("none");
        let header = key.split("Private-Lines").next().unwrap();
        for text in [
            "PuTTY-User-Key-File-2: ssh-rsa",
            "PuTTY-User-Key-File-%d: %s\n",
            header,
        ] {
            assert!(read(text.as_bytes()).is_none(), "{text}");
        }
    }
}
