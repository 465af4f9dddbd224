//! Containers for tests, made by other tools' writers or byte by byte from the specifications.

use std::io::Write;

use flate2::{
    Compression,
    write::{DeflateEncoder, GzEncoder, ZlibEncoder},
};

/// A token with a valid checksum, put together so that none stands in the repository.
pub(super) fn token() -> String {
    token_of(b'a')
}

/// One token for each letter.
pub(super) fn token_of(letter: u8) -> String {
    let digits = b"0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz";
    let body: Vec<u8> = (0..30)
        .map(|at| digits[(at * 17 + usize::from(letter) * 7) % 62])
        .collect();
    let mut sum = crc32fast::hash(&body);
    let mut tail = [0; 6];
    for digit in tail.iter_mut().rev() {
        *digit = digits[usize::try_from(sum % 62).unwrap()];
        sum /= 62;
    }
    let text = |bytes: &[u8]| String::from_utf8(bytes.to_vec()).unwrap();
    format!("{}{}_{}{}", "gh", "p", text(&body), text(&tail))
}

pub(super) fn gzip(bytes: &[u8]) -> Vec<u8> {
    let mut encoder = GzEncoder::new(Vec::new(), Compression::default());
    encoder.write_all(bytes).unwrap();
    encoder.finish().unwrap()
}

pub(super) fn zlib(bytes: &[u8]) -> Vec<u8> {
    let mut encoder = ZlibEncoder::new(Vec::new(), Compression::default());
    encoder.write_all(bytes).unwrap();
    encoder.finish().unwrap()
}

pub(super) fn deflate(bytes: &[u8]) -> Vec<u8> {
    let mut encoder = DeflateEncoder::new(Vec::new(), Compression::default());
    encoder.write_all(bytes).unwrap();
    encoder.finish().unwrap()
}

#[cfg(feature = "xz")]
pub(super) fn xz(bytes: &[u8]) -> Vec<u8> {
    let mut encoder = liblzma::write::XzEncoder::new(Vec::new(), 1);
    encoder.write_all(bytes).unwrap();
    encoder.finish().unwrap()
}

#[cfg(feature = "bzip2")]
pub(super) fn bzip2(bytes: &[u8]) -> Vec<u8> {
    let mut encoder = ::bzip2::write::BzEncoder::new(Vec::new(), ::bzip2::Compression::fast());
    encoder.write_all(bytes).unwrap();
    encoder.finish().unwrap()
}

#[cfg(feature = "zstd")]
pub(super) fn zstd(bytes: &[u8]) -> Vec<u8> {
    ::zstd::encode_all(bytes, 1).unwrap()
}

/// A local file header (APPNOTE.TXT 4.3.7) with these flags and the rest of the member.
pub(super) fn zip_member(name: &str, flags: u16, method: u16, data: &[u8], size: u32) -> Vec<u8> {
    let name_length = u16::try_from(name.len()).unwrap();
    let mut out = b"PK\x03\x04\x14\0".to_vec();
    out.extend(flags.to_le_bytes());
    out.extend(method.to_le_bytes());
    out.extend([0; 8]); // time, date, checksum
    out.extend(size.to_le_bytes());
    out.extend(size.to_le_bytes());
    out.extend(name_length.to_le_bytes());
    out.extend([0; 2]);
    out.extend(name.as_bytes());
    out.extend(data);
    out
}

/// A deflated member.
pub(super) fn deflated(name: &str, content: &[u8]) -> Vec<u8> {
    let data = deflate(content);
    zip_member(name, 0, 8, &data, u32::try_from(data.len()).unwrap())
}

/// A stored member.
pub(super) fn stored(name: &str, content: &[u8]) -> Vec<u8> {
    zip_member(name, 0, 0, content, u32::try_from(content.len()).unwrap())
}

pub(super) fn tar(files: &[(&str, &[u8])]) -> Vec<u8> {
    let mut builder = ::tar::Builder::new(Vec::new());
    for (name, content) in files {
        let mut header = ::tar::Header::new_gnu();
        header.set_size(content.len() as u64);
        header.set_mode(0o644);
        header.set_cksum();
        builder.append_data(&mut header, name, *content).unwrap();
    }
    builder.into_inner().unwrap()
}

/// One unit for each character, low byte first.
pub(super) fn utf16(text: &str) -> Vec<u8> {
    text.encode_utf16().flat_map(u16::to_le_bytes).collect()
}

pub(super) fn base64(bytes: &[u8]) -> String {
    use ::base64::{Engine, prelude::BASE64_STANDARD};
    BASE64_STANDARD.encode(bytes)
}

/// Lines of so many characters with this between them.
pub(super) fn wrapped(text: &str, width: usize, between: &str) -> String {
    let lines: Vec<&str> = text
        .as_bytes()
        .chunks(width)
        .map(|line| str::from_utf8(line).unwrap())
        .collect();
    lines.join(between)
}

/// A pack (`gitformat-pack`) of these entries: type, what stands before the stream, content.
pub(super) fn pack(objects: &[(u8, &[u8], &[u8])]) -> Vec<u8> {
    let mut out = b"PACK\0\0\0\x02".to_vec();
    out.extend(u32::try_from(objects.len()).unwrap().to_be_bytes());
    for (kind, before, content) in objects {
        let mut size = content.len() >> 4;
        let mut byte = kind << 4 | u8::try_from(content.len() & 15).unwrap();
        while size > 0 {
            out.push(byte | 0x80);
            byte = u8::try_from(size & 0x7f).unwrap();
            size >>= 7;
        }
        out.push(byte);
        out.extend(*before);
        out.extend(zlib(content));
    }
    out.extend([0x77; 20]);
    out
}

/// A PNG file of chunks with these types and data.
pub(super) fn png(chunks: &[(&[u8; 4], Vec<u8>)]) -> Vec<u8> {
    let mut out = b"\x89PNG\r\n\x1a\n".to_vec();
    for (kind, data) in chunks {
        out.extend(u32::try_from(data.len()).unwrap().to_be_bytes());
        out.extend(*kind);
        out.extend(data);
        out.extend(crc32fast::hash(&[&kind[..], data].concat()).to_be_bytes());
    }
    out
}
