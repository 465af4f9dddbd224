//! Keys of `WireGuard` as `wg-quick`, systemd-networkd and `NetworkManager` write them.

use super::decoded;
use crate::detector::{Detector, Token, Verdict};
use crate::hit::{Family, Proof};

pub(super) const DETECTOR: Detector = Detector {
    family: Family::PrivateKey,
    ..Detector::token(
        "wireguard-key",
        "WireGuard key",
        &["PrivateKey", "private-key=", "PresharedKey", "preshared-key="],
        r#"(?:PrivateKey|private-key|PresharedKey|preshared-key)[ \t]*=[ \t]*"?([0-9A-Za-z+/]{42}[AEIMQUYcgkosw048]=)"#,
    )
    .reach(1024, 128)
    .checked(check)
};

const SECTIONS: [&[u8]; 4] = [b"[Interface]", b"[Peer]", b"[WireGuard", b"[wireguard"];

/// The section it stands in, or the bits that Curve25519 fixes, tell it from other keys of 32 bytes.
fn check(token: &Token<'_>) -> Verdict {
    let Some(key) = decoded(token.text).and_then(|key| <[u8; 32]>::try_from(key).ok()) else {
        return Verdict::No;
    };
    if !super::looks_random(&key) {
        return Verdict::No;
    }
    let before = token.candidate.window.get(..token.at).unwrap_or_default();
    let in_section = |name: &&[u8]| memchr::memmem::rfind(before, name).is_some();
    let shared = token.whole.starts_with(b"P") && token.whole.get(2) == Some(&b'e');
    match SECTIONS.iter().any(in_section) {
        true => Verdict::Proven,
        false if shared || is_clamped(&key) => Verdict::Weighed(Proof::Form, crate::Weight::Full),
        false => Verdict::No,
    }
}

/// RFC 7748 §5.
pub(super) fn is_clamped(key: &[u8; 32]) -> bool {
    let [first, .., last] = key;
    first.trailing_zeros() >= 3 && last & 0xc0 == 0x40
}

#[cfg(test)]
pub(super) fn examples() -> Vec<super::tests::Example> {
    use super::tests::{Example, bytes};
    use base64::{Engine, prelude::BASE64_STANDARD};
    let mut free = bytes(32);
    (free[0], free[31]) = (0xfb, 0xff);
    let mut clamped = free.clone();
    (clamped[0], clamped[31]) = (0xf8, 0x7f);
    let (free, clamped) = (
        BASE64_STANDARD.encode(free),
        BASE64_STANDARD.encode(clamped),
    );
    let text = |text: String| text.into_bytes();
    vec![
        Example::of("wireguard-key")
            .found([
                text(format!(
                    "[Interface]\nAddress = 10.0.0.1\nPrivateKey = {free}\n"
                )),
                text(format!("[WireGuard]\nPrivateKey={free}\n")),
                text(format!("[Peer]\nPresharedKey = {free}\n")),
                text(format!("[wireguard]\nprivate-key={free}\n")),
                text(format!("PrivateKey = {clamped}\n")),
            ])
            .silent([
                text(format!("PrivateKey = {free}\n")),
                text(format!("[Peer]\nPublicKey = {clamped}\n")),
                text(format!("[Interface]\nPrivateKey = {}=\n", "A".repeat(43))),
                text(format!("[Interface]\nPrivateKey = {}\n", &clamped[..40])),
            ]),
    ]
}
