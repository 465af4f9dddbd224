//! Ends, strays and limits.

use super::*;

fn limited(stream: &[u8], set: impl Fn(&mut Limits)) -> String {
    let mut limits = Limits::default();
    set(&mut limits);
    let mut reader = Reader::new(stream, limits);
    loop {
        match reader.next_event() {
            Ok(Some(_)) => {}
            Ok(None) => return "none".into(),
            Err(error) => return error.to_string(),
        }
    }
}

#[test]
fn data_after_the_end_is_told_but_not_parsed() {
    let stream = [
        archive(&[file("a", b"")]),
        vec![0; 700],
        file("b", b"secret"),
    ]
    .concat();
    assert_eq!(go_view(&stream), "a 0 0 \"\"\n");
    assert_eq!(anomalies(&stream), ["data-after-end"]);
    assert!(strays(&stream).ends_with(&file("b", b"secret")));
}

#[test]
fn zeros_after_the_end_are_silent() {
    let stream = [archive(&[file("a", b"")]), vec![0; 9000]].concat();
    assert!(anomalies(&stream).is_empty());
    assert!(strays(&stream).is_empty());
}

#[test]
fn a_missing_end_mark_is_fine() {
    for stream in [file("a", b"x"), [file("a", b"x"), vec![0; BLOCK]].concat()] {
        assert_eq!(go_view(&stream), "a 0 1 \"x\"\n");
        assert_eq!(anomalies(&stream), ["missing-end-mark"]);
    }
}

#[test]
fn an_end_mark_cut_within_a_block_is_an_error() {
    assert_eq!(
        go_view(&[file("a", b""), vec![0; 700]].concat()),
        "a 0 0 \"\"\nERR\n"
    );
}

#[test]
fn extension_headers_without_a_member_are_told() {
    let parts = [
        pax(&[("comment", b"secret")]),
        long(b'L', b"name"),
        long(b'K', b"link"),
    ];
    assert_eq!(go_view(&archive(&parts)), "");
    assert_eq!(anomalies(&archive(&parts)), ["dangling-extension"; 3]);
    assert_eq!(strays(&archive(&parts)), b"18 comment=secret\nnamelink");
}

#[test]
fn bytes_in_padding_are_told() {
    let mut stream = archive(&[file("a", b"x")]);
    stream[600..606].copy_from_slice(b"secret");
    assert_eq!(anomalies(&stream), ["hidden-bytes"]);
    assert!(strays(&stream).windows(6).any(|bytes| bytes == b"secret"));
}

#[test]
fn bytes_behind_a_name_are_told() {
    for at in [50, 200, 280, 310, 400, 505] {
        let head = header(b"a", b'0', 0, |block| put(block, at, b"\0secret"));
        assert_eq!(
            anomalies(&head),
            ["hidden-bytes", "missing-end-mark"],
            "{at}"
        );
        assert!(strays(&head).windows(6).any(|bytes| bytes == b"secret"));
    }
}

#[test]
fn after_an_error_the_rest_is_stray_and_the_error_comes_once() {
    let records = member("x", b'x', b"99 path=never ends");
    let stream = archive(&[records, file("f", b"secret")]);
    let mut reader = Reader::new(&stream[..], Limits::default());
    assert!(reader.next_event().is_err());
    let mut strays = Vec::new();
    while let Some(event) = reader.next_event().unwrap() {
        if let Event::Stray { bytes, .. } = event {
            strays.extend_from_slice(bytes);
        }
    }
    for part in [&b"ustar"[..], b"never ends", b"secret"] {
        assert!(strays.windows(part.len()).any(|bytes| bytes == part));
    }
    assert_eq!(reader.offset(), stream.len() as u64);
}

#[test]
fn limits_are_named() {
    let many = archive(&[file("a", b""), file("b", b"")]);
    assert_eq!(limited(&many, |l| l.entries = 2), "none");
    assert_eq!(
        limited(&many, |l| l.entries = 1),
        "tar stream at byte 512: more than 1 entries"
    );
    let deep = archive(&[pax(&[("path", &vec![b'a'; 70_000])]), file("a", b"")]);
    assert_eq!(
        limited(&deep, |_| {}),
        "tar stream at byte 70656: more than 65536 bytes in a path"
    );
    let records = pax(&[
        ("GNU.sparse.numblocks", b"2"),
        ("GNU.sparse.map", b"0,1,2,1"),
    ]);
    let sparse = archive(&[records, file("a", b"abc")]);
    assert_eq!(limited(&sparse, |l| l.sparse_segments = 2), "none");
    assert_eq!(
        limited(&sparse, |l| l.sparse_segments = 1),
        "tar stream at byte 1024: more than 1 ranges in a sparse map"
    );
}

#[test]
fn offsets_say_where_a_member_lies() {
    let stream = archive(&[file("a", b"x"), pax(&[("path", b"p")]), file("b", b"y")]);
    let mut reader = Reader::new(&stream[..], Limits::default());
    let mut offsets = Vec::new();
    while let Some(event) = reader.next_event().unwrap() {
        if let Event::Entry(entry) = event {
            offsets.push((entry.offset, entry.header_offset, entry.data_offset));
        }
    }
    assert_eq!(offsets, [(0, 0, 512), (1024, 2048, 2560)]);
}

#[test]
fn an_input_that_fails_ends_the_stream() {
    use std::io::{BufReader, Error, Read};
    struct Failing(usize);
    impl Read for Failing {
        fn read(&mut self, buf: &mut [u8]) -> std::io::Result<usize> {
            self.0 += 1;
            if self.0 > 1 {
                return Err(Error::other("disk on fire"));
            }
            let start = file("a", &[b'x'; 600]);
            buf[..700].copy_from_slice(&start[..700]);
            Ok(700)
        }
    }
    let mut reader = Reader::new(BufReader::new(Failing(0)), Limits::default());
    assert!(matches!(reader.next_event(), Ok(Some(Event::Entry(_)))));
    assert!(matches!(reader.next_event(), Ok(Some(Event::Data { .. }))));
    let error = reader.next_event().unwrap_err();
    assert_eq!(
        error.to_string(),
        "tar stream cannot be read on at byte 700"
    );
    assert!(matches!(reader.next_event(), Ok(None)));
}
