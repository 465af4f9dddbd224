//! Keys of `gpg-agent`: S-expressions, canonical or as text (its `agent/keyformat.txt`).

use memchr::memmem;

use super::{Kind, found};
use crate::detector::{Candidate, Detector, Found};
use crate::hit::Family;
use crate::secret::Secret;

pub(super) const DETECTOR: Detector = Detector::form(
    "gnupg-key",
    "GnuPG private key",
    Family::PrivateKey,
    &[
        "(11:private-key(",
        "(21:protected-private-key(",
        "(private-key",
        "(protected-private-key",
    ],
    judge,
)
.reach(0, 12 * 1024);

const ALGORITHMS: [&str; 6] = ["rsa", "dsa", "elg", "ecc", "ecdsa", "openpgp-rsa"];

fn judge(candidate: &Candidate<'_>) -> Option<Found> {
    let text = candidate.window.get(candidate.at..)?;
    let canonical = text.get(1).is_some_and(u8::is_ascii_digit);
    let open = memmem::find(text.get(..16)?, b"protected").is_none();
    let open_list = memchr::memchr(b'(', text.get(1..)?)? + 1;
    let inner = text.get(open_list..)?;
    let begin = candidate.at + open_list;
    let name = algorithm(inner, canonical)?;
    // A program keeps one text after the other, with a NUL between them.
    let end = memchr::memchr(0, inner).filter(|_| !canonical);
    let inner = inner.get(..end.unwrap_or(inner.len()))?;
    let (start, secret) = match (canonical, open) {
        (true, true) => ["(1:d", "(1:x"]
            .iter()
            .find_map(|at| length_value(inner, at))?,
        (true, false) => length_value(inner, "(9:protected")?,
        (false, true) => ["(d", "(x"].iter().find_map(|at| hex_value(inner, at))?,
        (false, false) => hex_value(inner, "(protected")?,
    };
    let kind = if open {
        Kind::open(format!("GnuPG private key ({name})"))
    } else {
        Kind::sealed(format!("encrypted GnuPG private key ({name})"))
    };
    let end = begin + start;
    Some(found(
        candidate.at..end,
        kind,
        Secret::new(secret),
        String::new(),
    ))
}

fn algorithm(inner: &[u8], canonical: bool) -> Option<&'static str> {
    let rest = inner.strip_prefix(b"(")?;
    let rest = if canonical {
        rest.get(memchr::memchr(b':', rest.get(..4)?)? + 1..)?
    } else {
        rest.trim_ascii_start()
    };
    ALGORITHMS.into_iter().find(|name| {
        let after = rest.strip_prefix(name.as_bytes()).and_then(<[u8]>::first);
        after.is_some_and(|b| b.is_ascii_whitespace() || *b == b'(')
    })
}

/// `LENGTH:BYTES` after a name, and where it ends; a list's first bytes, if it is one.
fn length_value<'a>(text: &'a [u8], name: &str) -> Option<(usize, &'a [u8])> {
    let begin = memmem::find(text, name.as_bytes())? + name.len();
    let rest = text.get(begin..)?;
    let digits = memchr::memchr(b':', rest.get(..6)?)?;
    let length: usize = str::from_utf8(rest.get(..digits)?).ok()?.parse().ok()?;
    let value = begin + digits + 1;
    let bytes = text.get(value..value.checked_add(length)?)?;
    (length >= 16).then_some((value + length, bytes))
}

/// `#HEX#` after a name, and where it ends.
fn hex_value<'a>(text: &'a [u8], name: &str) -> Option<(usize, &'a [u8])> {
    let named = |at: &usize| {
        text.get(at + name.len())
            .is_some_and(|b| !b.is_ascii_alphanumeric())
    };
    let begin = memmem::find_iter(text, name.as_bytes()).find(named)? + name.len();
    let rest = text.get(begin..)?;
    let open = memchr::memchr(b'#', rest)?;
    let value = rest.get(open + 1..)?;
    let length = memchr::memchr(b'#', value)?;
    let value = value.get(..length)?;
    let hex = |b: &u8| b.is_ascii_hexdigit() || b.is_ascii_whitespace() || *b == b'\\';
    let fits =
        value.iter().all(hex) && value.iter().filter(|b| b.is_ascii_hexdigit()).count() >= 32;
    fits.then_some((begin + open + 1 + length + 1, value))
}

#[cfg(test)]
pub(super) fn examples() -> Vec<super::tests::Example> {
    use super::tests::{Example, bytes};
    let n = |name: &str, count: usize| {
        [format!("(1:{name}{count}:").as_bytes(), &bytes(count), b")"].concat()
    };
    let rsa = |parts: &[Vec<u8>]| [b"(11:private-key(3:rsa", &parts.concat()[..], b"))"].concat();
    let sealed = |body: &[u8]| {
        let head = b"(21:protected-private-key(3:ecc(5:curve7:Ed25519)".to_vec();
        [head, body.to_vec(), b"))".to_vec()].concat()
    };
    let name = b"(9:protected25:openpgp-s2k3-sha1-aes-cbc(4:sha1";
    let hex = "0A1b".repeat(16);
    let text = |text: String| text.into_bytes();
    vec![
        Example::of("gnupg-key")
            .found([
                rsa(&[n("n", 257), n("e", 3), n("d", 256)]),
                sealed(name),
                text(format!(
                    "Key: (private-key (ecc (curve Ed25519) (q #40{hex}#)\n (d #{hex}#)))"
                )),
                text(format!(
                    "Key: (protected-private-key (rsa (n #{hex}#)(protected openpgp-s2k3 #{hex}#)))"
                )),
            ])
            .silent([
                rsa(&[n("n", 257), n("e", 3)]),
                sealed(b"(1:q32:"),
                text("(private-key(rsa(n%m)(e%m)(d%m)(p%m)(q%m)(u%m)))".into()),
                text(format!("(private-key(dsa(p%m)(x%m)))\0(d #{hex}#)")),
                text("(protected-private-key(rsa(n #00#)(protected mode #00#)))".into()),
                text(format!("(11:private-key(3:foo(1:d32:{hex})))")),
            ]),
    ]
}
