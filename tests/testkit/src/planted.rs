//! Files with a secret in them, each hidden in a way of its own.

use std::io::Write as _;

use flate2::{
    Compression, Crc,
    write::{DeflateEncoder, GzEncoder, ZlibEncoder},
};

use crate::{Layer, sha256};

/// A file that holds one secret.
#[derive(Debug, Clone)]
pub struct Planted {
    /// What is special about it: `jar`, `minified line`.
    pub place: &'static str,
    /// The secret in clear.
    pub secret: String,
    /// Where it belongs, relative to the root of the image.
    pub path: String,
    /// The bytes of the file.
    pub content: Vec<u8>,
}

/// A token in GitHub's classic form with a valid checksum, another one for each name.
///
/// The last six digits are the CRC-32 of the thirty before, in base 62.
#[must_use]
pub fn token(name: &str) -> String {
    let digest = sha256(name.as_bytes());
    let hex = digest.trim_start_matches("sha256:");
    let pairs = (0..60).step_by(2).map(|at| &hex[at..at + 2]);
    let body: String = pairs
        .map(|pair| digit(u64::from_str_radix(pair, 16).unwrap()))
        .collect();
    let mut crc = Crc::new();
    crc.update(body.as_bytes());
    let sum = (0..6)
        .rev()
        .map(|at| digit(u64::from(crc.sum()) / 62_u64.pow(at)));
    format!("{}_{body}{}", "ghp", sum.collect::<String>())
}

fn digit(value: u64) -> char {
    let at = u8::try_from(value % 62).unwrap();
    char::from(match at {
        0..10 => b'0' + at,
        10..36 => b'A' + at - 10,
        _ => b'a' + at - 36,
    })
}

/// One file for each way to hide a token; the log has `log_size` bytes.
#[must_use]
pub fn files(log_size: usize) -> Vec<Planted> {
    let mut files = Vec::new();
    let mut plant = |place: &'static str, path: &str, content: &dyn Fn(&str) -> Vec<u8>| {
        let secret = token(place);
        let content = content(&secret);
        let path = path.to_owned();
        files.push(Planted {
            place,
            secret,
            path,
            content,
        });
    };
    let text =
        |secret: &str| format!("first line\nGH_TOKEN = \"{secret}\"\nlast line\n").into_bytes();
    plant("application .env", "srv/app/.env", &|secret| {
        format!("APP_ENV=production\nGITHUB_TOKEN={secret}\n").into_bytes()
    });
    plant("log", "var/log/app.log", &|secret| log(secret, log_size));
    plant("minified line", "srv/app/static/app.min.js", &minified);
    plant(
        "site-packages",
        "usr/lib/python3/site-packages/corp/settings.py",
        &text,
    );
    plant(
        "node_modules",
        "srv/app/node_modules/@corp/api/index.js",
        &text,
    );
    plant("usr/share", "usr/share/corp/defaults.conf", &text);
    plant("tests directory", "srv/app/tests/test_api.py", &text);
    plant("README", "srv/app/README.md", &text);
    plant("lock file", "srv/app/package-lock.json", &|secret| {
        format!("{{\"resolved\": \"https://{secret}@git.corp.io/a.tgz\"}}\n").into_bytes()
    });
    plant("jar", "srv/app/app.jar", &|secret| {
        zip(&[
            ("META-INF/MANIFEST.MF", b"Manifest-Version: 1.0\n"),
            ("BOOT-INF/application.properties", &text(secret)),
        ])
    });
    plant("tar.gz", "srv/app/source.tar.gz", &|secret| {
        gzip(
            &Layer::new()
                .file("config/settings.ini", text(secret))
                .bytes(),
        )
    });
    plant("gz", "usr/share/doc/app/changelog.gz", &|secret| {
        gzip(&text(secret))
    });
    plant("ELF", "usr/bin/app", &elf);
    plant("UTF-16", "srv/app/app.reg", &utf16);
    plant("base64 in YAML", "srv/app/secret.yaml", &|secret| {
        let data = base64(format!("token: {secret}\n").as_bytes());
        format!("kind: Secret\ndata:\n  config: {data}\n").into_bytes()
    });
    plant(".git/config", "srv/app/.git/config", &|secret| {
        format!("[remote \"origin\"]\n\turl = https://oauth2:{secret}@git.corp.io/a.git\n")
            .into_bytes()
    });
    plant("git object", "srv/app/.git/objects/0a/1b2c", &|secret| {
        let text = text(secret);
        let mut object = format!("blob {}\0", text.len()).into_bytes();
        object.extend(text);
        zlib(&object)
    });
    plant("sqlite", "var/lib/app/data.db", &sqlite);
    plant("pyc", "srv/app/__pycache__/settings.cpython-312.pyc", &pyc);
    plant("PNG text", "srv/app/static/logo.png", &png);
    plant("PDF", "srv/app/static/manual.pdf", &pdf);
    files
}

fn log(secret: &str, size: usize) -> Vec<u8> {
    let line = b"2026-01-01T00:00:00Z INFO request served status=200 path=/index.html\n";
    let mut log = line.repeat(size / line.len() / 2);
    log.extend(format!("DEBUG header Authorization: token {secret}\n").into_bytes());
    let rest = size.saturating_sub(log.len()) / line.len();
    log.extend(line.repeat(rest));
    log
}

fn minified(secret: &str) -> Vec<u8> {
    let code = "function a(b,c){return b?c:d(b)}".repeat(20_000);
    format!("{code};var t='{secret}';{code}").into_bytes()
}

/// An ELF header and a string table as a linker leaves them.
fn elf(secret: &str) -> Vec<u8> {
    let mut file = b"\x7fELF\x02\x01\x01\0\0\0\0\0\0\0\0\0".to_vec();
    file.extend((0..100_000_u32).flat_map(|n| n.wrapping_mul(2_654_435_761).to_le_bytes()));
    file.extend(b"\0GLIBC_2.34\0https://api.corp.io\0");
    file.extend(secret.bytes());
    file.extend(b"\0.symtab\0.strtab\0");
    file
}

fn utf16(secret: &str) -> Vec<u8> {
    let text = format!("Windows Registry Editor Version 5.00\r\n\"Token\"=\"{secret}\"\r\n");
    let units = std::iter::once(0xfeff).chain(text.encode_utf16());
    units.flat_map(u16::to_le_bytes).collect()
}

/// A page of an `SQLite` table: cells stand side by side without anything between their columns.
fn sqlite(secret: &str) -> Vec<u8> {
    let mut page = b"SQLite format 3\0\x10\0\x01\x01\0\x40\x20\x20".to_vec();
    page.resize(3000, 0);
    page.extend(b"alice@corp.io");
    page.extend(secret.bytes());
    page.extend(b"2026-01-01");
    page.resize(4096, 0);
    page
}

/// A module of `CPython`: short strings have their length before them and the next object behind.
fn pyc(secret: &str) -> Vec<u8> {
    let mut file = b"\xcb\x0d\x0d\x0a\0\0\0\0\0\0\0\0\0\0\0\0\xe3\0\0\0".to_vec();
    file.extend(b"\xda\x05token");
    file.extend([b'z', u8::try_from(secret.len()).unwrap()]);
    file.extend(secret.bytes());
    file.extend(b"Z\x04nameN)\x01");
    file
}

fn png(secret: &str) -> Vec<u8> {
    let chunk = |kind: &[u8; 4], data: &[u8]| {
        let typed = [kind.as_slice(), data].concat();
        let mut crc = Crc::new();
        crc.update(&typed);
        let length = u32::try_from(data.len()).unwrap().to_be_bytes();
        [&length, typed.as_slice(), &crc.sum().to_be_bytes()].concat()
    };
    [
        b"\x89PNG\r\n\x1a\n".to_vec(),
        chunk(b"IHDR", b"\0\0\0\x01\0\0\0\x01\x08\0\0\0\0"),
        chunk(b"tEXt", format!("Comment\0made with {secret}").as_bytes()),
        chunk(b"IDAT", &zlib(b"\0\0")),
        chunk(b"IEND", b""),
    ]
    .concat()
}

/// A page whose text is in a compressed stream, as most writers leave it.
fn pdf(secret: &str) -> Vec<u8> {
    let stream = zlib(format!("BT /F1 12 Tf (token {secret}) Tj ET").as_bytes());
    let head = format!(
        "<< /Length {} /Filter /FlateDecode >>\nstream\n",
        stream.len()
    );
    [
        b"%PDF-1.7\n1 0 obj\n",
        head.as_bytes(),
        &stream,
        b"\nendstream\nendobj\n%%EOF\n",
    ]
    .concat()
}

/// A zip file with deflated members (APPNOTE.TXT 4.3).
#[must_use]
pub fn zip(members: &[(&str, &[u8])]) -> Vec<u8> {
    let mut file = Vec::new();
    let mut directory = Vec::new();
    for (name, content) in members {
        let mut encoder = DeflateEncoder::new(Vec::new(), Compression::default());
        encoder.write_all(content).unwrap();
        let packed = encoder.finish().unwrap();
        let mut crc = Crc::new();
        crc.update(content);
        let size = |bytes: &[u8]| u32::try_from(bytes.len()).unwrap().to_le_bytes();
        let mut common = b"\x14\0\0\0\x08\0\0\0\x21\x58".to_vec();
        common.extend(crc.sum().to_le_bytes());
        common.extend(size(&packed));
        common.extend(size(content));
        common.extend(u16::try_from(name.len()).unwrap().to_le_bytes());
        common.extend([0, 0]);
        let offset = size(&file);
        directory.extend(b"PK\x01\x02\x14\0");
        directory.extend(&common);
        directory.extend([0; 10]);
        directory.extend(offset);
        directory.extend(name.bytes());
        file.extend(b"PK\x03\x04");
        file.extend(&common);
        file.extend(name.bytes());
        file.extend(packed);
    }
    let count = u16::try_from(members.len()).unwrap().to_le_bytes();
    let [at, length] =
        [file.len(), directory.len()].map(|n| u32::try_from(n).unwrap().to_le_bytes());
    file.extend(directory);
    file.extend(b"PK\x05\x06\0\0\0\0");
    file.extend([count, count].concat());
    file.extend([length, at].concat());
    file.extend([0, 0]);
    file
}

/// A gzip file of one member.
#[must_use]
pub fn gzip(content: &[u8]) -> Vec<u8> {
    let mut encoder = GzEncoder::new(Vec::new(), Compression::default());
    encoder.write_all(content).unwrap();
    encoder.finish().unwrap()
}

fn zlib(content: &[u8]) -> Vec<u8> {
    let mut encoder = ZlibEncoder::new(Vec::new(), Compression::default());
    encoder.write_all(content).unwrap();
    encoder.finish().unwrap()
}

/// Base64 with padding (RFC 4648 §4).
#[must_use]
pub fn base64(content: &[u8]) -> String {
    const DIGITS: &[u8; 64] = b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
    let group = |bytes: &[u8]| {
        let value = (0..3).fold(0_u32, |value, at| {
            value << 8 | u32::from(bytes.get(at).copied().unwrap_or(0))
        });
        let digit = |at: usize| {
            if at <= bytes.len() {
                char::from(DIGITS[(value >> (18 - 6 * at) & 63) as usize])
            } else {
                '='
            }
        };
        [digit(0), digit(1), digit(2), digit(3)]
    };
    content.chunks(3).flat_map(group).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn base64_is_that_of_the_rfc() {
        let cases = ["", "f", "fo", "foo", "foob", "fooba", "foobar"];
        let encoded = [
            "", "Zg==", "Zm8=", "Zm9v", "Zm9vYg==", "Zm9vYmE=", "Zm9vYmFy",
        ];
        assert_eq!(cases.map(|text| base64(text.as_bytes())), encoded);
    }

    #[test]
    fn places_and_secrets_are_all_different() {
        let files = files(10_000);
        let mut secrets: Vec<_> = files.iter().map(|file| &file.secret).collect();
        secrets.sort_unstable();
        secrets.dedup();
        assert_eq!(secrets.len(), files.len());
        assert!(secrets.iter().all(|secret| secret.len() == 40));
    }
}
