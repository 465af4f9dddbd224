//! JKS and JCEKS, as `keytool` of JDK 8 and older writes them.

use sha1::{Digest, Sha1};

use super::{MAX_ENTRIES, entry};
use crate::{
    detector::Found,
    key::{Kind, bytes::Bytes, der},
};

const JKS: [u8; 4] = [0xfe, 0xed, 0xfe, 0xed];
const JCEKS: [u8; 4] = [0xce; 4];

/// What `keytool` suggests, and what people type to get done.
const PASSWORDS: [&str; 6] = ["changeit", "", "changeme", "password", "secret", "123456"];

/// Bytes of SHA-1.
const DIGEST: usize = 20;

/// Says who made the store; hashed along with it.
const SALT: &str = "Mighty Aphrodite";

pub(in crate::key) fn begins(head: &[u8]) -> bool {
    let (magic, version) = head.split_at_checked(4).unwrap_or_default();
    (magic == JKS || magic == JCEKS)
        && (version.starts_with(&[0, 0, 0, 1]) || version.starts_with(&[0, 0, 0, 2]))
}

/// The private keys of a whole store; certificates are none.
pub(in crate::key) fn read(file: &[u8]) -> Vec<Found> {
    let mut found = Vec::new();
    entries(file, &mut found).map_or_else(Vec::new, |()| found)
}

fn entries(file: &[u8], found: &mut Vec<Found>) -> Option<()> {
    let mut rest = Bytes(file);
    let jks = rest.take(4)? == JKS;
    let version = rest.number(4)?;
    let count = rest.number(4)?;
    let password = password(file);
    for _ in 0..count.min(MAX_ENTRIES) {
        let tag = rest.number(4)?;
        let alias = rest.counted(2)?;
        let _date = rest.take(8)?;
        match tag {
            1 => {
                let sealed = rest.counted(4)?;
                let end = file.len().checked_sub(rest.0.len())?;
                let chain = rest.number(4)?;
                for _ in 0..chain.min(MAX_ENTRIES) {
                    certificate(&mut rest, version)?;
                }
                let span = end.checked_sub(sealed.len())?..end;
                let (kind, key) = opened(sealed, password, jks)?;
                found.push(entry(span, alias, kind, key));
            }
            2 => certificate(&mut rest, version)?,
            // A serialised object of Java, whose length nothing tells.
            3 if !jks => return Some(()),
            _ => return None,
        }
    }
    (rest.0.len() == DIGEST).then_some(())
}

fn certificate(rest: &mut Bytes<'_>, version: u64) -> Option<()> {
    if version == 2 {
        let _type = rest.counted(2)?;
    }
    rest.counted(4).map(|_| ())
}

/// The password that the digest at the end of the store was made with, if it is a common one.
fn password(file: &[u8]) -> Option<&'static str> {
    let (body, digest) = file.split_last_chunk::<DIGEST>()?;
    let fits = |password: &&str| {
        let mut hash = Sha1::new();
        hash.update(wide(password));
        hash.update(SALT);
        hash.update(body);
        hash.finalize().starts_with(digest)
    };
    PASSWORDS.into_iter().find(fits)
}

/// UTF-16, the most significant byte first.
fn wide(password: &str) -> Vec<u8> {
    password.encode_utf16().flat_map(u16::to_be_bytes).collect()
}

/// What a sealed key is, and the key itself if the store's password opens it too.
fn opened(sealed: &[u8], password: Option<&str>, jks: bool) -> Option<(Kind, Vec<u8>)> {
    let outer = der::kind(sealed).filter(|kind| kind.sealed)?;
    let Some(password) = password else {
        let kind = Kind::sealed(format!("{} in a Java key store", outer.what));
        return Some((kind, sealed.to_vec()));
    };
    let key = jks.then(|| unprotected(sealed, password)).flatten();
    let inner = key.as_deref().and_then(der::kind);
    Some(match (key, inner) {
        (Some(key), Some(kind)) => {
            let what = format!("{} in a Java key store with a common password", kind.what);
            (Kind::open(what), key)
        }
        // Most keys have the password of their store.
        _ if !jks => {
            let kind = Kind::open("private key in a Java key store with a common password");
            (kind, sealed.to_vec())
        }
        _ => (
            Kind::sealed(format!("{} in a Java key store", outer.what)),
            sealed.to_vec(),
        ),
    })
}

/// A JKS hides a key behind a stream of SHA-1 digests, each of the password and the one before; the
/// first of a salt. A digest of password and key follows.
fn unprotected(sealed: &[u8], password: &str) -> Option<Vec<u8>> {
    let ((der::SEQUENCE, info), _) = der::element(sealed)? else {
        return None;
    };
    let &[_, (der::OCTETS, blob)] = der::elements(info)?.as_slice() else {
        return None;
    };
    let (salt, rest) = blob.split_first_chunk::<DIGEST>()?;
    let (hidden, check) = rest.split_last_chunk::<DIGEST>()?;
    let password = wide(password);
    let mut digest = salt.to_vec();
    let mut key = Vec::with_capacity(hidden.len());
    for block in hidden.chunks(DIGEST) {
        digest = Sha1::new()
            .chain_update(&password)
            .chain_update(&digest)
            .finalize()
            .to_vec();
        key.extend(block.iter().zip(&digest).map(|(a, b)| a ^ b));
    }
    let sum = Sha1::new()
        .chain_update(&password)
        .chain_update(&key)
        .finalize();
    sum.starts_with(check).then_some(key)
}

#[cfg(test)]
pub(in crate::key) mod samples {
    use super::*;
    use crate::samples::{der, pkcs8_key, rsa_key};

    /// 1.3.6.1.4.1.42.2.17.1.1.
    const PROTECTOR: [u8; 10] = [0x2b, 6, 1, 4, 1, 0x2a, 2, 0x11, 1, 1];

    fn protected(key: &[u8], password: &str) -> Vec<u8> {
        let salt = [0x5a; DIGEST];
        let password = wide(password);
        let sha1 = |parts: &[&[u8]]| Sha1::digest(parts.concat()).to_vec();
        let mut digest = salt.to_vec();
        let mut hidden = Vec::new();
        for block in key.chunks(DIGEST) {
            digest = sha1(&[&password, &digest]);
            hidden.extend(block.iter().zip(&digest).map(|(a, b)| a ^ b));
        }
        let check = sha1(&[&password, key]);
        let blob = [&salt[..], &hidden, &check].concat();
        der(
            0x30,
            &[der(0x30, &der(6, &PROTECTOR)), der(4, &blob)].concat(),
        )
    }

    /// A store with a certificate and, if wanted, a key, both sealed with `password`.
    pub(in crate::key) fn store(magic: [u8; 4], with_key: bool, password: &str) -> Vec<u8> {
        let counted =
            |bytes: &[u8]| [&u32::try_from(bytes.len()).unwrap().to_be_bytes(), bytes].concat();
        let certificate = [b"\0\x05X.509", &counted(&[1; 50])[..]].concat();
        let head = |tag: u8, alias: &[u8; 2]| [&[0, 0, 0, tag, 0, 2], &alias[..], &[0; 8]].concat();
        let rsa = [0x2a, 0x86, 0x48, 0x86, 0xf7, 0x0d, 1, 1, 1];
        let key = protected(&pkcs8_key(&rsa, &rsa_key(1024)), password);
        let key = [
            head(1, b"me"),
            counted(&key),
            vec![0, 0, 0, 1],
            certificate.clone(),
        ]
        .concat();
        let trusted = [head(2, b"ca"), certificate].concat();
        let body = [
            magic.to_vec(),
            vec![0, 0, 0, 2, 0, 0, 0, 1 + u8::from(with_key)],
            trusted,
            if with_key { key } else { Vec::new() },
        ]
        .concat();
        let digest = Sha1::digest([&wide(password), SALT.as_bytes(), &body].concat());
        [&body[..], &digest].concat()
    }
}

#[cfg(test)]
mod tests {
    use super::{samples::store, *};

    fn whats(file: &[u8]) -> Vec<String> {
        read(file)
            .iter()
            .map(|found| found.what.to_string())
            .collect()
    }

    #[test]
    fn a_common_password_opens_the_key() {
        let found = read(&store(JKS, true, "changeit"));
        assert_eq!(
            found[0].what,
            "PKCS#8 private key (RSA) in a Java key store with a common password"
        );
        assert_eq!(found[0].field.as_deref(), Some("me"));
        assert_eq!(found[0].family, crate::Family::PrivateKey);
        let again = read(&store(JKS, true, ""));
        assert!(found[0].secret == again[0].secret, "not the same key");
    }

    #[test]
    fn another_password_leaves_it_sealed() {
        let found = read(&store(JKS, true, "tohubohu"));
        assert_eq!(found[0].family, crate::Family::EncryptedPrivateKey);
    }

    #[test]
    fn only_the_digest_of_a_jceks_is_tried() {
        let what = whats(&store(JCEKS, true, "changeit"));
        assert_eq!(
            what,
            ["private key in a Java key store with a common password"]
        );
    }

    #[test]
    fn certificates_and_cut_stores_hold_no_key() {
        assert!(read(&store(JKS, false, "changeit")).is_empty());
        let store = store(JKS, true, "changeit");
        for end in 0..store.len() {
            assert!(read(&store[..end]).is_empty(), "{end}");
        }
    }
}
