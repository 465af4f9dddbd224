//! PEM and PGP armour (RFC 7468, RFC 1421, RFC 9580 §6), plain or inside a string literal.

use std::borrow::Cow;

use base64::{
    Engine,
    alphabet::STANDARD,
    engine::{DecodePaddingMode, GeneralPurpose, GeneralPurposeConfig},
};
use memchr::memmem;

pub(super) const MARKER: &[u8] = b"-----BEGIN ";

const DASHES: &[u8] = b"-----";

/// Longer labels of private keys are not known; `PGP PRIVATE KEY BLOCK` has 21 bytes.
const MAX_LABEL: usize = 40;

/// Armour is often cut from its context, so missing padding and stray bits are forgiven.
const BASE64: GeneralPurpose = GeneralPurpose::new(
    &STANDARD,
    GeneralPurposeConfig::new()
        .with_decode_allow_trailing_bits(true)
        .with_decode_padding_mode(DecodePaddingMode::Indifferent),
);

/// A block between dashes, decoded.
pub(super) struct Armour<'a> {
    pub(super) label: &'a str,
    /// It has the header `Proc-Type: 4,ENCRYPTED` (RFC 1421 §4.6.1.1).
    pub(super) encrypted: bool,
    pub(super) body: Vec<u8>,
}

/// The label of a marker, if it names private key material.
pub(super) fn private_label(window: &[u8]) -> Option<&str> {
    let rest = window.strip_prefix(MARKER)?;
    let near = rest.get(..MAX_LABEL + DASHES.len()).unwrap_or(rest);
    let label = near.get(..memmem::find(near, DASHES)?)?;
    let label = str::from_utf8(label).ok()?;
    let private = label.ends_with("PRIVATE KEY") || label == "PGP PRIVATE KEY BLOCK";
    let plain = |b: u8| b.is_ascii_uppercase() || b.is_ascii_digit() || b == b' ';
    (private && label.bytes().all(plain)).then_some(label)
}

/// Decodes the block that `window` begins with. The end marker may be missing or wrong: whoever cut
/// the last line off has still published the key.
pub(super) fn read(window: &[u8]) -> Option<Armour<'_>> {
    let label = private_label(window)?;
    let block = window.get(MARKER.len() + label.len() + DASHES.len()..)?;
    let end = memmem::find(block, DASHES).unwrap_or(block.len());
    let text = unescaped(block.get(..end)?);
    let (encrypted, body) = without_headers(&text);
    Some(Armour {
        label,
        encrypted,
        body: decode(body),
    })
}

/// Undoes the escapes of JSON, shells and most languages, at any depth of nesting: `\n`, `\\n`, `\/`, `\u003d`.
fn unescaped(block: &[u8]) -> Cow<'_, [u8]> {
    if memchr::memchr(b'\\', block).is_none() {
        return Cow::Borrowed(block);
    }
    let mut text = Vec::with_capacity(block.len());
    let mut rest = block;
    while let Some((&byte, tail)) = rest.split_first() {
        rest = tail;
        if byte == b'\\' {
            rest = escape(tail, &mut text);
        } else {
            text.push(byte);
        }
    }
    Cow::Owned(text)
}

/// Reads what follows a backslash; a run of backslashes counts as one.
fn escape<'a>(rest: &'a [u8], text: &mut Vec<u8>) -> &'a [u8] {
    match rest {
        [b'n', tail @ ..] => {
            text.push(b'\n');
            tail
        }
        [b'r' | b't', tail @ ..] => tail,
        [b'u', b'0', b'0', high, low, tail @ ..] => {
            let hex = [*high, *low];
            let code = str::from_utf8(&hex)
                .ok()
                .and_then(|hex| u8::from_str_radix(hex, 16).ok());
            text.extend(code);
            tail
        }
        other => other,
    }
}

/// Skips `Name: value` lines; says whether one of them makes the body ciphertext.
fn without_headers(text: &[u8]) -> (bool, &[u8]) {
    let mut encrypted = false;
    let mut rest = text;
    loop {
        let end = memchr::memchr(b'\n', rest).map_or(rest.len(), |at| at + 1);
        let (line, tail) = rest.split_at_checked(end).unwrap_or((rest, &[]));
        let is_header = line.contains(&b':');
        if line.is_empty() || !(is_header || line.trim_ascii().is_empty()) {
            return (encrypted, rest);
        }
        encrypted |= is_header && memmem::find(line, b"4,ENCRYPTED").is_some();
        rest = tail;
    }
}

/// Decodes base64 up to its padding, a PGP checksum, or the first byte that is neither it nor blank.
pub(super) fn decode(text: &[u8]) -> Vec<u8> {
    let mut digits = digits(text);
    if digits.len() % 4 == 1 {
        digits.pop();
    }
    BASE64.decode(digits).unwrap_or_default()
}

/// The base64 digits, also of lines that are string literals joined by a language's operator.
fn digits(text: &[u8]) -> Vec<u8> {
    let mut digits = Vec::with_capacity(text.len());
    let mut between_strings = false;
    for &byte in text {
        match byte {
            b'"' | b'\'' => between_strings = !between_strings,
            b'+' | b'.' | b',' | b'&' | b'\\' if between_strings => {}
            b'A'..=b'Z' | b'a'..=b'z' | b'0'..=b'9' | b'+' | b'/' if !between_strings => {
                digits.push(byte);
            }
            _ if byte.is_ascii_whitespace() => {}
            _ => break,
        }
    }
    digits
}

#[cfg(test)]
mod tests {
    use super::*;

    fn body(block: &str) -> String {
        let window = format!("-----BEGIN {} KEY-----{block}-----END", "PRIVATE");
        let armour = read(window.as_bytes()).unwrap();
        String::from_utf8(armour.body).unwrap()
    }

    #[test]
    fn body_decodes_in_every_spelling() {
        // base64 of "private?>"
        for block in [
            "\ncHJp\ndmF0ZT8+\n",
            "\r\ncHJp\r\ndmF0ZT8+\r\n",
            r"\ncHJp\ndmF0ZT8+\n",
            r"\r\ncHJp\r\ndmF0ZT8+\r\n",
            r"\\ncHJp\\ndmF0ZT8+\\n",
            r"\ncHJp\u000admF0ZT8\u002b\n",
            " cHJp dmF0ZT8+ ",
            "\n    cHJp\n    dmF0ZT8+\n",
            "\\\ncHJp\\\ndmF0ZT8+\\\n",
            "\" +\n  \"cHJp\" +\n  \"dmF0ZT8+\" +\n  \"",
            "\\n'\n 'cHJp\\n'\n 'dmF0ZT8+\\n'\n '",
        ] {
            assert_eq!(body(block), "private?>", "{block:?}");
        }
        assert_eq!(body(r"\nPz8\/\n"), "???"); // PHP escapes the slash
    }

    #[test]
    fn text_after_the_string_is_not_read() {
        assert_eq!(body("\ncHJp\" + other + \"dmF0"), "pri");
    }

    #[test]
    fn padding_and_checksum_end_the_body() {
        assert_eq!(body("\n\nYQ==\n=abcd\n"), "a");
        assert_eq!(body("\n\nYWJj\n=abcd\n"), "abc");
        assert_eq!(body("\nYQ\n"), "a");
    }

    #[test]
    fn headers_are_skipped_and_tell_of_encryption() {
        let window = format!(
            "-----BEGIN RSA {} KEY-----\r\nProc-Type: 4,ENCRYPTED\r\nDEK-Info: AES-128-CBC,00\r\n\r\nYWJj\r\n",
            "PRIVATE"
        );
        let armour = read(window.as_bytes()).unwrap();
        assert!(armour.encrypted);
        assert_eq!(armour.body, b"abc");
    }

    #[test]
    fn other_labels_are_not_private() {
        for label in [
            "CERTIFICATE",
            "PUBLIC KEY",
            "PGP PUBLIC KEY BLOCK",
            "%s PRIVATE KEY",
            "",
        ] {
            assert_eq!(
                private_label(format!("-----BEGIN {label}-----").as_bytes()),
                None,
                "{label}"
            );
        }
        assert_eq!(private_label(b"-----BEGIN PRIVATE KEY"), None);
    }
}
