//! Sparse files: old GNU, PAX 0.0, 0.1 and 1.0.

use super::*;

fn v1(map: &[u8], content: &[u8], realsize: &[u8]) -> Vec<u8> {
    let records = pax(&[
        ("GNU.sparse.major", b"1"),
        ("GNU.sparse.minor", b"0"),
        ("GNU.sparse.name", b"real.txt"),
        ("GNU.sparse.realsize", realsize),
    ]);
    let stored = [padded(map), content.to_vec()].concat();
    [
        records,
        file("GNUSparseFile.1/real.txt", &stored),
        file("next", b""),
    ]
    .concat()
}

fn old(extended: u8, content: &[u8], size: &'static [u8]) -> Vec<u8> {
    header(b"old", b'S', content.len() as u64, |block| {
        gnu(block);
        put(block, 386, b"00000000001\x0000000000002\0");
        put(block, 410, b"00000000004\x0000000000001\0");
        block[482] = extended;
        put(block, 483, size);
    })
}

#[test]
fn pax_1_0_is_expanded() {
    let stream = archive(&[v1(b"2\n0\n3\n4\n1\n", b"abcd", b"6")]);
    assert_eq!(go_view(&stream), "real.txt 0 6 \"abc.d.\"\nnext 0 0 \"\"\n");
    assert!(anomalies(&stream).is_empty());
}

#[test]
fn a_map_may_take_several_blocks() {
    let mut map = b"100\n".to_vec();
    for i in 0..100 {
        map.extend(format!("{}\n1\n", 2 * i).into_bytes());
    }
    assert!(map.len() > BLOCK);
    let stream = archive(&[v1(&map, &[b'x'; 100], b"200")]);
    let go = format!("real.txt 0 200 \"{}\"\nnext 0 0 \"\"\n", "x.".repeat(100));
    assert_eq!(go_view(&stream), go);
}

#[test]
fn bytes_behind_a_map_are_told() {
    let stream = archive(&[v1(b"1\n0\n3\nsecret", b"abc", b"3")]);
    assert_eq!(go_view(&stream), "real.txt 0 3 \"abc\"\nnext 0 0 \"\"\n");
    assert_eq!(anomalies(&stream), ["hidden-bytes"]);
    assert!(strays(&stream).starts_with(b"secret"));
}

#[test]
fn pax_0_1_and_0_0_are_expanded() {
    let v0_1 = pax(&[
        ("GNU.sparse.numblocks", b"2"),
        ("GNU.sparse.map", b"0,3,4,1"),
        ("GNU.sparse.size", b"6"),
    ]);
    let v0_0 = pax(&[
        ("GNU.sparse.numblocks", b"2"),
        ("GNU.sparse.size", b"6"),
        ("GNU.sparse.offset", b"0"),
        ("GNU.sparse.numbytes", b"3"),
        ("GNU.sparse.offset", b"4"),
        ("GNU.sparse.numbytes", b"1"),
    ]);
    for records in [v0_1, v0_0] {
        let stream = archive(&[records, file("f", b"abcd")]);
        assert_eq!(go_view(&stream), "f 0 6 \"abc.d.\"\n");
        assert!(anomalies(&stream).is_empty());
    }
}

#[test]
fn old_gnu_is_expanded() {
    let stream = archive(&[old(0, b"abc", b"00000000006\0"), padded(b"abc")]);
    assert_eq!(go_view(&stream), "old S 6 \".ab.c.\"\n");
    assert!(anomalies(&stream).is_empty());
}

#[test]
fn old_gnu_maps_go_on_in_extension_blocks() {
    let mut more = [0; BLOCK];
    put(&mut more, 0, b"00000000006\x0000000000001\0");
    let head = old(1, b"abcd", b"00000000010\0");
    let stream = archive(&[head, more.to_vec(), padded(b"abcd"), file("next", b"")]);
    assert_eq!(go_view(&stream), "old S 8 \".ab.c.d.\"\nnext 0 0 \"\"\n");
}

#[test]
fn sparse_nonsense_is_refused() {
    let bad_maps: [&[u8]; 7] = [
        b"x\n",
        b"-1\n",
        b"1\n3\n1\n2\n",
        b"2\n3\n1\n2\n1\n",
        b"1\n0\n99\n",
        b"1\n0\n-1\n",
        b"9223372036854775807\n0\n1\n",
    ];
    for map in bad_maps {
        assert_eq!(
            go_view(&archive(&[v1(map, b"abc", b"10")])),
            "ERR\n",
            "{}",
            map.escape_ascii()
        );
    }
    assert_eq!(go_view(&archive(&[v1(b"0\n", b"", b"x")])), "ERR\n");
    assert_eq!(go_view(&archive(&[v1(b"0\n", b"", b"-1")])), "ERR\n");
    let bare = header(b"old", b'S', 0, plain);
    assert_eq!(go_view(&archive(&[bare])), "ERR\n");
    assert_eq!(
        go_view(&archive(&[old(0, b"abc", b"00000000003\0")])),
        "ERR\n"
    );
}

#[test]
fn a_directory_cannot_be_sparse() {
    let records = pax(&[("GNU.sparse.numblocks", b"1"), ("GNU.sparse.map", b"0,0")]);
    let stream = archive(&[records, member("d", b'5', b"")]);
    assert_eq!(go_view(&stream), "ERR\n");
    assert_eq!(
        error(&stream),
        "sparse entry \"d\" at byte 1024: it is of a type without content"
    );
}

#[test]
fn a_map_cut_by_the_end_is_an_error() {
    let stream = v1(b"2\n0\n3\n4\n1\n", b"abcd", b"6");
    let cut = &stream[..512 + 512 + 512 + 100];
    assert_eq!(
        error(cut),
        "tar stream ends at byte 1636 inside entry \"real.txt\""
    );
}

#[test]
fn a_map_of_another_length_than_the_content_is_told_and_read_over() {
    let more = archive(&[v1(b"1\n0\n3\n", b"abcSECRET", b"6")]);
    assert_eq!(anomalies(&more), ["sparse-length"]);
    assert_eq!(strays(&more), b"SECRET");
    let less = archive(&[v1(b"1\n0\n5\n", b"abc", b"6")]);
    assert_eq!(anomalies(&less), ["sparse-length"]);
    assert_eq!(error(&less), "none");
}

#[test]
fn a_map_over_one_mebibyte_is_refused() {
    // CVE-2025-58183: leading zeros make a map long without many ranges.
    let mut map = vec![b'0'; (1 << 20) + 1];
    map.push(b'\n');
    let stream = archive(&[v1(&map, b"", b"0")]);
    assert_eq!(
        error(&stream),
        "tar stream at byte 1024: more than 1048576 bytes in an extension record"
    );
}

#[test]
fn unknown_sparse_versions_are_plain_files() {
    let records = pax(&[("GNU.sparse.major", b"2"), ("GNU.sparse.minor", b"0")]);
    assert_eq!(
        go_view(&archive(&[records, file("f", b"abc")])),
        "f 0 3 \"abc\"\n"
    );
}
