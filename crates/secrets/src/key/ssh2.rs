//! Private keys of ssh.com's programs (RFC 4716 describes the armour of the public ones).

use memchr::memmem;

use super::{Kind, armour, found, openssh};
use crate::detector::{Candidate, Detector, Found};
use crate::hit::Family;
use crate::secret::Secret;

pub(super) const DETECTOR: Detector = Detector::form(
    "ssh2-key",
    "SSH2 private key",
    Family::PrivateKey,
    &["---- BEGIN SSH2 ENCRYPTED PRIVATE KEY ----"],
    judge,
)
.reach(0, 16 * 1024);

const END: &[u8] = b"---- END";

const MAGIC: [u8; 4] = [0x3f, 0x6f, 0xf9, 0xeb];

fn judge(candidate: &Candidate<'_>) -> Option<Found> {
    let text = candidate.window.get(candidate.at..)?;
    let marker = memchr::memchr(b'\n', text)?;
    let block = text.get(marker + 1..)?;
    let length = memmem::find(block, END)?;
    let lines = block.get(..length)?.split(|&b| b == b'\n');
    let mut continues = false;
    let is_body = |line: &&[u8]| {
        let header = continues || line.contains(&b':');
        continues = header && line.trim_ascii_end().ends_with(b"\\");
        !header
    };
    let body: Vec<u8> = lines.filter(is_body).flatten().copied().collect();
    let body = armour::decode(&body);
    let kind = kind(&body)?;
    let span = candidate.at..candidate.at + marker + 1 + length;
    Some(found(span, kind, Secret::new(body), String::new()))
}

/// Magic, length of all, type, cipher, and a blob, as `ssh-keygen -i` reads them.
fn kind(body: &[u8]) -> Option<Kind> {
    let rest = body.strip_prefix(&MAGIC)?;
    let (length, rest) = openssh::number(rest)?;
    let (_, rest) = openssh::string(rest)?;
    let (cipher, rest) = openssh::string(rest)?;
    let (blob, _) = openssh::string(rest)?;
    let whole = usize::try_from(length).ok()? == body.len() && blob.len() >= 32;
    whole.then(|| match cipher {
        b"none" => Kind::open("SSH2 private key"),
        _ => Kind::sealed("encrypted SSH2 private key"),
    })
}

#[cfg(test)]
pub(super) fn examples() -> Vec<super::tests::Example> {
    use super::tests::{Example, bytes};
    use crate::samples::string;
    use base64::{Engine, prelude::BASE64_STANDARD};
    let key = |cipher: &[u8], more: u32, blob: usize| {
        let rest = [string(b"dl-modp"), string(cipher), string(&bytes(blob))].concat();
        let length = u32::try_from(rest.len() + 8).unwrap() + more;
        let body = [&MAGIC[..], &length.to_be_bytes(), &rest].concat();
        let words = ["SSH2 ENCRYPTED", "PRIVATE KEY"].join(" ");
        format!(
            "---- BEGIN {words} ----\nSubject: me\nComment: \"a \\\nb\"\n{}\n---- END {words} ----\n",
            BASE64_STANDARD.encode(body)
        )
        .into_bytes()
    };
    let cut = key(b"none", 0, 300)[..90].to_vec();
    vec![
        Example::of("ssh2-key")
            .found([key(b"none", 0, 300), key(b"3des-cbc", 0, 300)])
            .silent([key(b"none", 1, 300), key(b"none", 0, 8), cut]),
    ]
}
