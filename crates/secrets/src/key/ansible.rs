//! Ansible's vaults: nobody reads them without their password, but an image shows them to everyone.

use super::Kind;
use crate::detector::{Candidate, Detector, Found};
use crate::hit::{Family, Weight};
use crate::secret::Secret;

pub(super) const DETECTOR: Detector = Detector::form(
    "ansible-vault",
    "Ansible vault",
    Family::EncryptedPrivateKey,
    &["$ANSIBLE_VAULT;1."],
    judge,
)
.reach(0, 4096);

/// The body is hexadecimal twice: a salt of 32 bytes comes first, its digits in digits.
const SALT: usize = 128;

fn judge(candidate: &Candidate<'_>) -> Option<Found> {
    let text = candidate.window.get(candidate.at..)?;
    let (header, body) = text.split_at_checked(memchr::memchr2(b'\n', b'\\', text)?)?;
    let named = header.trim_ascii_end().split(|&b| b == b';').nth(2)?;
    if !named.starts_with(b"AES") {
        return None;
    }
    let mut digits = Vec::new();
    let mut end = header.len();
    let mut rest = body;
    while let Some((&byte, tail)) = rest.split_first() {
        match (byte, tail) {
            (b'\\', [b'n' | b'r', after @ ..]) => {
                rest = after;
                continue;
            }
            (b'0'..=b'9' | b'a'..=b'f', _) => {
                digits.push(byte);
                end = text.len() - tail.len();
            }
            _ if byte.is_ascii_whitespace() => {}
            _ => break,
        }
        rest = tail;
    }
    let salt = digits.get(..SALT)?;
    let is_digit = |pair: &[u8]| matches!(pair, [b'3', b'0'..=b'9'] | [b'6', b'1'..=b'6']);
    salt.chunks(2).all(is_digit).then_some(())?;
    let span = candidate.at..candidate.at + end;
    let kind = Kind::sealed("Ansible vault");
    let excerpt = "$ANSIBLE_VAULT".to_owned();
    Some(Found {
        weight: Weight::Harmless,
        ..super::found(span, kind, Secret::new(digits), excerpt)
    })
}

#[cfg(test)]
pub(super) fn examples() -> Vec<super::tests::Example> {
    use super::tests::Example;
    let head = "$ANSIBLE_VAULT;1.1;AES256";
    let body = "3061".repeat(60);
    let lines = format!("{}\n  {}\n", &body[..80], &body[80..]);
    let text = |text: String| text.into_bytes();
    vec![
        Example::of("ansible-vault")
            .found([
                text(format!("{head}\n{lines}")),
                text(format!("pw: !vault |\n  {head}\r\n  {lines}")),
                text(format!("$ANSIBLE_VAULT;1.2;AES256;prod\n{lines}")),
                text(format!("{head}\\n{body}\\n")),
            ])
            .silent([
                text(head.to_owned()),
                text(format!("{head}\n{}\n", &body[..120])),
                text(format!("{head}\n{}\n", "00ff".repeat(60))),
            ]),
    ]
}
