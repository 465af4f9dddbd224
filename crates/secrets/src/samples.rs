//! Key material for tests, made from parts so that no key stands in the repository.

use std::fmt::Write;

use base64::{Engine, prelude::BASE64_STANDARD};

/// A DER element (X.690 §8.1) with a length of up to two bytes.
pub(crate) fn der(tag: u8, content: &[u8]) -> Vec<u8> {
    let [high, low] = u16::try_from(content.len()).unwrap().to_be_bytes();
    let mut out = match content.len() {
        0..128 => vec![tag, low],
        128..256 => vec![tag, 0x81, low],
        _ => vec![tag, 0x82, high, low],
    };
    out.extend(content);
    out
}

/// An `RSAPrivateKey` with meaningless numbers, but for the last 64 bits of the modulus.
pub(crate) fn rsa_key(bits: usize) -> Vec<u8> {
    let factor = u64::from_be_bytes([0x5d; 8]);
    let product = factor.wrapping_mul(factor).to_be_bytes();
    let number = [&[0], vec![0xd5; bits / 8 - 8].as_slice(), &product].concat();
    let long = der(2, &number);
    let half = der(2, &vec![0x5d; bits / 16]);
    let parts = [
        der(2, &[0]),
        long.clone(),
        der(2, &[1, 0, 1]),
        long,
        half.repeat(5),
    ];
    der(0x30, &parts.concat())
}

/// An `ECPrivateKey` on P-256.
pub(crate) fn ec_key() -> Vec<u8> {
    let curve = der(6, &[0x2a, 0x86, 0x48, 0xce, 0x3d, 3, 1, 7]);
    let parts = [der(2, &[1]), der(4, &[0x42; 32]), der(0xa0, &curve)];
    der(0x30, &parts.concat())
}

/// A `PrivateKeyInfo` around `key`.
pub(crate) fn pkcs8_key(algorithm: &[u8], key: &[u8]) -> Vec<u8> {
    let parts = [der(2, &[0]), der(0x30, &der(6, algorithm)), der(4, key)];
    der(0x30, &parts.concat())
}

/// A string as SSH writes it (RFC 4251 §5).
pub(crate) fn string(bytes: &[u8]) -> Vec<u8> {
    [&u32::try_from(bytes.len()).unwrap().to_be_bytes(), bytes].concat()
}

/// An `openssh-key-v1` blob; the private section is not really encrypted.
pub(crate) fn openssh_key(cipher: &str, key_type: &str) -> Vec<u8> {
    let name = string(key_type.as_bytes());
    let public = [name.clone(), string(&[0x11; 32])].concat();
    let private = [vec![7; 8], name, string(&[0x11; 32]), string(&[0x22; 64])].concat();
    [
        b"openssh-key-v1\0".to_vec(),
        string(cipher.as_bytes()),
        string(b"none"),
        string(b""),
        vec![0, 0, 0, 1],
        string(&public),
        string(&private),
    ]
    .concat()
}

/// A version 4 Ed25519 (algorithm 27) secret key packet with the given S2K usage octet.
pub(crate) fn pgp_key(usage: u8) -> Vec<u8> {
    let body = [
        &[4, 0, 0, 0, 1, 27],
        [0x33; 32].as_slice(),
        &[usage],
        &[0x44; 34],
    ]
    .concat();
    [&[0xc5, u8::try_from(body.len()).unwrap()], body.as_slice()].concat()
}

/// Armour in lines of 64 characters.
pub(crate) fn pem(label: &str, body: &[u8]) -> String {
    let mut text = format!("-----{} {label}-----\n", "BEGIN");
    for line in BASE64_STANDARD.encode(body).as_bytes().chunks(64) {
        writeln!(text, "{}", str::from_utf8(line).unwrap()).unwrap();
    }
    text + &format!("-----{} {label}-----\n", "END")
}

/// A `.ppk` file of version 2.
pub(crate) fn putty_key(cipher: &str) -> String {
    let (public, private) = (
        BASE64_STANDARD.encode([1; 51]),
        BASE64_STANDARD.encode([2; 36]),
    );
    format!(
        "{}-User-Key-File-2: ssh-ed25519\nEncryption: {cipher}\nComment: me@here\n\
         Public-Lines: 2\n{}\n{}\nPrivate-Lines: 1\n{private}\nPrivate-MAC: 00ff\n",
        "PuTTY",
        &public[..64],
        &public[64..],
    )
}
