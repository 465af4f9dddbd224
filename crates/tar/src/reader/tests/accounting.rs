//! Every byte of a stream is a header, content, padding or stray; skipping sees the same members.

use std::io::{BufReader, Cursor};

use super::*;

fn sample() -> Vec<u8> {
    archive(&[
        file("a", &[b'a'; 5000]),
        pax(&[("path", b"b"), ("SCHILY.xattr.user.k", b"v")]),
        file("raw", &[b'b'; 512]),
        member("d/", b'5', b""),
        file("z", b"z"),
    ])
}

#[test]
fn members_lie_end_to_end() {
    let stream = sample();
    let mut reader = Reader::new(&stream[..], Limits::default());
    let (mut end, mut content) = (0, 0);
    while let Some(event) = reader.next_event().unwrap() {
        match event {
            Event::Entry(entry) => {
                assert_eq!(entry.offset, end);
                end = (entry.data_offset + entry.stored_size).next_multiple_of(512);
                content += entry.stored_size;
            }
            Event::Data { bytes, .. } => content -= bytes.len() as u64,
            other => panic!("{other:?}"),
        }
    }
    assert_eq!((end + 1024, content), (stream.len() as u64, 0));
    assert_eq!(reader.offset(), stream.len() as u64);
    assert!(reader.into_inner().is_empty());
}

#[test]
fn skipping_sees_the_same_members() {
    let stream = sample();
    for capacity in [1, 100, 512, 100_000] {
        let input = BufReader::with_capacity(capacity, Cursor::new(&stream));
        let mut reader = Reader::new(input, Limits::default());
        let mut names = Vec::new();
        while let Some(event) = reader.next_event().unwrap() {
            match event {
                Event::Entry(entry) => names.push(entry.path.clone()),
                other => panic!("{other:?}"),
            }
            reader.skip_data().unwrap();
        }
        assert_eq!(names, [&b"a"[..], b"b", b"d/", b"z"]);
        assert_eq!(reader.offset(), stream.len() as u64);
    }
}

#[test]
fn skipping_may_start_within_content() {
    let stream = sample();
    let input = BufReader::with_capacity(100, Cursor::new(&stream));
    let mut reader = Reader::new(input, Limits::default());
    assert!(matches!(reader.next_event(), Ok(Some(Event::Entry(_)))));
    assert!(matches!(reader.next_event(), Ok(Some(Event::Data { .. }))));
    reader.skip_data().unwrap();
    let Ok(Some(Event::Entry(entry))) = reader.next_event() else {
        panic!("no entry");
    };
    assert_eq!(entry.path, b"b");
}

#[test]
fn skipping_notices_that_content_is_cut() {
    let stream = sample();
    let mut reader = Reader::new(Cursor::new(&stream[..3000]), Limits::default());
    assert!(matches!(reader.next_event(), Ok(Some(Event::Entry(_)))));
    let error = reader.skip_data().unwrap_err();
    assert_eq!(
        error.to_string(),
        "tar stream ends at byte 3000 inside entry \"a\""
    );
    assert!(matches!(reader.next_event(), Ok(None)));
}

#[test]
fn an_input_may_start_anywhere() {
    let stream = [vec![7; 300], sample()].concat();
    let mut input = Cursor::new(stream);
    input.set_position(300);
    let mut reader = Reader::new(input, Limits::default());
    let mut sizes = Vec::new();
    while let Some(event) = reader.next_event().unwrap() {
        if let Event::Entry(entry) = event {
            sizes.push(entry.size);
        }
        reader.skip_data().unwrap();
    }
    assert_eq!(sizes, [5000, 512, 0, 1]);
}
