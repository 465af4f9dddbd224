//! Vectors with Go's answers, and laws.

mod accounting;
mod laws;
mod odd;
mod sparse;
mod vectors;

use std::fmt::Write;

use super::*;
use crate::entry::EntryKind;

/// A header block with a right checksum; `edit` changes it before.
fn header(name: &[u8], typeflag: u8, size: u64, edit: impl Fn(&mut Block)) -> Vec<u8> {
    let mut block = [0; BLOCK];
    put(&mut block, 0, name);
    put(&mut block, 100, b"0000644\0");
    put(&mut block, 108, b"0000000\0");
    put(&mut block, 116, b"0000000\0");
    put(&mut block, 124, format!("{size:011o}\0").as_bytes());
    put(&mut block, 136, b"00000000000\0");
    block[156] = typeflag;
    put(&mut block, 257, b"ustar\x0000");
    edit(&mut block);
    seal(&mut block);
    block.to_vec()
}

fn put(block: &mut Block, at: usize, bytes: &[u8]) {
    block[at..at + bytes.len()].copy_from_slice(bytes);
}

fn seal(block: &mut Block) {
    put(block, 148, b"        ");
    let sum = block.iter().map(|byte| u32::from(*byte)).sum::<u32>();
    put(block, 148, format!("{sum:06o}\0 ").as_bytes());
}

fn gnu(block: &mut Block) {
    put(block, 257, b"ustar  \0");
}

fn plain(_: &mut Block) {}

fn index(offset: u64) -> usize {
    usize::try_from(offset).unwrap()
}

fn padded(bytes: &[u8]) -> Vec<u8> {
    let mut padded = bytes.to_vec();
    padded.resize(bytes.len().next_multiple_of(BLOCK), 0);
    padded
}

fn member(name: &str, typeflag: u8, content: &[u8]) -> Vec<u8> {
    let head = header(name.as_bytes(), typeflag, content.len() as u64, plain);
    [head, padded(content)].concat()
}

fn file(name: &str, content: &[u8]) -> Vec<u8> {
    member(name, b'0', content)
}

fn record(key: &str, value: &[u8]) -> Vec<u8> {
    let rest = key.len() + value.len() + 3;
    let digits = |length: usize| length.to_string().len();
    let length = (rest..rest + 9)
        .find(|length| *length == rest + digits(*length))
        .unwrap();
    [format!("{length} {key}=").as_bytes(), value, b"\n"].concat()
}

fn pax(records: &[(&str, &[u8])]) -> Vec<u8> {
    let payload = records.iter().map(|(key, value)| record(key, value));
    member("PaxHeaders/x", b'x', &payload.collect::<Vec<_>>().concat())
}

fn long(typeflag: u8, name: &[u8]) -> Vec<u8> {
    let head = header(b"././@LongLink", typeflag, name.len() as u64, gnu);
    [head, padded(name)].concat()
}

fn archive(members: &[Vec<u8>]) -> Vec<u8> {
    let mut stream = members.concat();
    stream.extend([0; 2 * BLOCK]);
    stream
}

/// What a Go program sees: `NAME TYPE SIZE CONTENT` of each member, `ERR` where Go errs.
///
/// The type is that of Go's `Header.Typeflag`; holes are shown as dots.
fn go_view(stream: &[u8]) -> String {
    let mut view = String::new();
    let mut reader = Reader::new(stream, Limits::default());
    let mut open: Option<(u64, Vec<u8>)> = None;
    loop {
        let event = reader.next_event();
        if let Ok(Some(Event::Data { offset, bytes })) = event {
            let (_, content) = open.as_mut().unwrap();
            content.resize(index(offset), b'.');
            content.extend_from_slice(bytes);
            continue;
        }
        let refused = match &event {
            Ok(Some(Event::Anomaly(anomaly))) => anomaly.go_refuses(),
            other => other.is_err(),
        };
        let over = matches!(event, Ok(None | Some(Event::Entry(_)))) || refused;
        if over && let Some((size, mut content)) = open.take() {
            content.resize(index(size), b'.');
            writeln!(view, "{:?}", String::from_utf8_lossy(&content)).unwrap();
        }
        if refused {
            return view + "ERR\n";
        }
        match event {
            Ok(Some(Event::Entry(entry))) => {
                let typeflag = match (entry.typeflag, entry.kind) {
                    (0, EntryKind::Directory) => b'5',
                    (0, _) => b'0',
                    (other, _) => other,
                };
                let path = entry.path.escape_ascii();
                write!(
                    view,
                    "{path} {} {} ",
                    char::from(typeflag),
                    entry.header_size
                )
                .unwrap();
                open = Some((entry.size, Vec::new()));
            }
            Ok(Some(_)) => {}
            Ok(None) | Err(_) => return view,
        }
    }
}

/// Codes of the anomalies, in order, without `missing-end-mark`.
fn anomalies(stream: &[u8]) -> Vec<&'static str> {
    let mut reader = Reader::new(stream, Limits::default());
    let mut codes = Vec::new();
    loop {
        match reader.next_event() {
            Ok(Some(Event::Anomaly(anomaly))) => codes.push(anomaly.code()),
            Ok(Some(_)) | Err(_) => {}
            Ok(None) => return codes,
        }
    }
}

/// The first error's message.
fn error(stream: &[u8]) -> String {
    let mut reader = Reader::new(stream, Limits::default());
    loop {
        match reader.next_event() {
            Ok(Some(_)) => {}
            Ok(None) => return "none".into(),
            Err(error) => return error.to_string(),
        }
    }
}

/// All stray bytes, one after the other.
fn strays(stream: &[u8]) -> Vec<u8> {
    let mut reader = Reader::new(stream, Limits::default());
    let mut strays = Vec::new();
    loop {
        match reader.next_event() {
            Ok(Some(Event::Stray { bytes, offset })) => {
                assert_eq!(bytes, &stream[index(offset)..][..bytes.len()]);
                strays.extend_from_slice(bytes);
            }
            Ok(Some(_)) | Err(_) => {}
            Ok(None) => return strays,
        }
    }
}
