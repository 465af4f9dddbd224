//! Keys of cryptocurrency wallets.

use super::base58;
use crate::detector::{Detector, Token, Verdict};
use crate::hit::Family;

/// BIP 32, and the prefixes of BIP 49, BIP 84 and test networks.
pub(super) const EXTENDED: Detector = Detector {
    family: Family::PrivateKey,
    ..Detector::token(
        "bip32-key",
        "extended private key of a wallet",
        &["xprv", "yprv", "zprv", "tprv"],
        "[xyzt]prv[1-9A-HJ-NP-Za-km-z]{107}",
    )
    .checked(extended)
};

/// Keys of this form begin with one digit only, so what Bitcoin Core writes around them finds them.
pub(super) const IMPORTED: Detector = Detector {
    family: Family::PrivateKey,
    ..Detector::token(
        "bitcoin-key",
        "Bitcoin private key",
        &["importprivkey", "sweepprivkey", " # addr="],
        r#"(?:(?:importprivkey|sweepprivkey)[ "',\[({]{1,8})?([5KLc][1-9A-HJ-NP-Za-km-z]{50,51})(?: [^\n]{0,120}# addr=)?"#,
    )
    .reach(200, 200)
    .checked(imported)
};

/// Version, depth, parent, number, chain code; then a zero and the key.
fn extended(token: &Token<'_>) -> Verdict {
    match base58::decoded::<78>(token.text) {
        Some(payload) if payload.get(45) == Some(&0) => Verdict::Proven,
        _ => Verdict::Wrong,
    }
}

/// Version (128 or, in test networks, 239), the key, and 1 if its public key is compressed.
fn imported(token: &Token<'_>) -> Verdict {
    let long = base58::decoded::<34>(token.text).map(|[version, .., end]| (version, end));
    let short = base58::decoded::<33>(token.text).map(|[version, ..]| (version, 1));
    match long.or(short) {
        Some((0x80 | 0xef, 1)) => Verdict::Proven,
        _ => Verdict::Wrong,
    }
}

#[cfg(test)]
pub(super) fn examples() -> Vec<super::tests::Example> {
    use super::tests::{Example, bytes};
    let extended = |version: u32, marker: u8| {
        let version = version.to_be_bytes();
        let payload = [&version[..], &[0; 41], &[marker], &bytes(32)].concat();
        base58::sample(&payload)
    };
    let key = |version: u8, end: &[u8]| base58::sample(&[&[version], &bytes(32)[..], end].concat());
    let import = |key: Vec<u8>| [&b"bitcoin-cli importprivkey \""[..], &key, b"\""].concat();
    let mut wrong = extended(0x0488_ade4, 0);
    wrong[60] = if wrong[60] == b'3' { b'4' } else { b'3' };
    vec![
        Example::of("bip32-key")
            .found([extended(0x0488_ade4, 0), extended(0x0435_8394, 0)])
            .silent([wrong, extended(0x0488_b21e, 0), extended(0x0488_ade4, 2)]),
        Example::of("bitcoin-key")
            .found([
                import(key(0x80, &[1])),
                import(key(0x80, &[])),
                [
                    &key(0xef, &[1])[..],
                    b" 2020-01-01T00:00:00Z label= # addr=m",
                ]
                .concat(),
            ])
            .silent([
                key(0x80, &[1]),
                import(key(0x80, &[2])),
                import(key(0x90, &[1])),
                import(b"5Kb8kLf9zgWQnogidDA76MzPL6TsZZY36hWXMssSzNydYXYB9KX".to_vec()),
            ]),
    ]
}
