//! Crafted streams on which tar readers differ. The answers are those of Go's `archive/tar`.

use super::*;

#[track_caller]
fn check(stream: &[u8], go: &str, codes: &[&str]) {
    assert_eq!(go_view(stream), go);
    assert_eq!(anomalies(stream), codes);
}

#[test]
fn size_of_a_directory_or_link_hides_nothing() {
    let hidden = file("hidden.txt", b"secret");
    for typeflag in b"123456".iter().copied() {
        let head = header(b"d", typeflag, 1024, plain);
        let stream = archive(&[head, hidden.clone(), file("z", b"")]);
        let flag = char::from(typeflag);
        let go = format!("d {flag} 1024 \"\"\nhidden.txt 0 6 \"secret\"\nz 0 0 \"\"\n");
        check(&stream, &go, &["size-without-content"]);
    }
}

#[test]
fn pax_size_after_a_value_with_a_newline_applies() {
    let records = pax(&[("SCHILY.xattr.user.a", b"x\ny"), ("size", b"3")]);
    let stream = archive(&[
        records,
        header(b"f", b'0', 0, plain),
        padded(b"abc"),
        file("g", b""),
    ]);
    check(&stream, "f 0 3 \"abc\"\ng 0 0 \"\"\n", &[]);
}

#[test]
fn the_last_of_two_pax_paths_counts() {
    let stream = archive(&[
        pax(&[("path", b"first"), ("path", b"second")]),
        file("raw", b""),
    ]);
    check(&stream, "second 0 0 \"\"\n", &["duplicate-pax-key"]);
}

#[test]
fn a_gnu_long_name_ends_at_its_nul() {
    let stream = archive(&[long(b'L', b"visible\0hidden"), file("raw", b"")]);
    check(&stream, "visible 0 0 \"\"\n", &["hidden-bytes"]);
    assert_eq!(strays(&stream), b"\0hidden");
}

#[test]
fn an_empty_pax_path_leaves_the_name() {
    let stream = archive(&[pax(&[("path", b"")]), file("raw", b"")]);
    check(&stream, "raw 0 0 \"\"\n", &[]);
    let stream = archive(&[pax(&[("path", b"a"), ("path", b"")]), file("raw", b"")]);
    check(&stream, "raw 0 0 \"\"\n", &["duplicate-pax-key"]);
}

#[test]
fn a_pax_path_with_a_nul_is_refused() {
    let stream = archive(&[file("a", b""), pax(&[("path", b"a\0b")]), file("raw", b"")]);
    check(&stream, "a 0 0 \"\"\nERR\n", &[]);
    assert_eq!(
        error(&stream),
        "pax header at byte 1024: a record has a NUL in a name"
    );
}

#[test]
fn an_unterminated_pax_record_is_refused() {
    let stream = archive(&[member("x", b'x', b"10 path=hi"), file("raw", b"")]);
    check(&stream, "ERR\n", &[]);
}

#[test]
fn a_nul_type_with_a_slash_is_a_directory() {
    let stream = archive(&[member("d/", 0, b""), member("f", 0, b"x"), file("e/", b"y")]);
    check(&stream, "d/ 5 0 \"\"\nf 0 1 \"x\"\ne/ 0 1 \"y\"\n", &[]);
}

#[test]
fn a_nul_type_is_judged_by_its_last_name() {
    let stream = archive(&[pax(&[("path", b"d/")]), member("f", 0, b"")]);
    check(&stream, "d/ 5 0 \"\"\n", &[]);
    let stream = archive(&[long(b'L', b"f\0"), member("d/", 0, b"x")]);
    check(&stream, "f 0 1 \"x\"\n", &[]);
}

#[test]
fn entries_after_a_lone_zero_block_are_an_error_but_seen() {
    let stream = archive(&[file("a", b""), vec![0; BLOCK], file("b", b"secret")]);
    check(&stream, "a 0 0 \"\"\nERR\n", &["lone-zero-block"]);
    let mut reader = Reader::new(&stream[..], Limits::default());
    let mut seen = Vec::new();
    while let Some(event) = reader.next_event().unwrap() {
        if let Event::Data { bytes, .. } = event {
            seen.extend_from_slice(bytes);
        }
    }
    assert_eq!(seen, b"secret");
}

#[test]
fn a_checksum_of_signed_bytes_is_taken() {
    let mut block: Block = header(b"\xff\xfe", b'0', 0, plain).try_into().unwrap();
    put(&mut block, 148, b"        ");
    let sum: i64 = block.iter().map(|byte| i64::from(byte.cast_signed())).sum();
    put(&mut block, 148, format!("{sum:06o}\0 ").as_bytes());
    check(
        &archive(&[block.to_vec()]),
        "\\xff\\xfe 0 0 \"\"\n",
        &["signed-checksum"],
    );
}

#[test]
fn an_empty_size_is_zero() {
    let head = header(b"f", b'0', 0, |block| put(block, 124, &[b' '; 12]));
    check(&archive(&[head]), "f 0 0 \"\"\n", &[]);
    let head = header(b"f", b'0', 0, |block| put(block, 124, &[0; 12]));
    check(&archive(&[head]), "f 0 0 \"\"\n", &[]);
}

#[test]
fn the_last_of_two_extension_headers_counts() {
    let first = pax(&[("path", b"first"), ("uname", b"root")]);
    let stream = archive(&[first, pax(&[("path", b"second")]), file("raw", b"")]);
    check(&stream, "second 0 0 \"\"\n", &["repeated-extension"]);
    assert_eq!(strays(&stream), b"14 path=first\n14 uname=root\n");
    let stream = archive(&[
        long(b'L', b"first"),
        long(b'L', b"second\0"),
        file("raw", b""),
    ]);
    check(&stream, "second 0 0 \"\"\n", &["repeated-extension"]);
    let stream = archive(&[long(b'L', b"first"), long(b'L', b""), file("raw", b"")]);
    check(&stream, "raw 0 0 \"\"\n", &["repeated-extension"]);
}

#[test]
fn numbers_with_signs_or_too_many_bits_are_refused() {
    for size in [
        &b"+0000000001\0"[..],
        b"-0000000001\0",
        b"\x80\x01\x01\0\0\0\0\0\0\0\0\0",
    ] {
        let head = header(b"f", b'0', 0, |block| put(block, 124, size));
        check(&archive(&[head, padded(b"x")]), "ERR\n", &[]);
    }
    let head = header(b"f", b'0', 0, |block| put(block, 124, &[0xff; 12]));
    let stream = archive(&[head]);
    check(&stream, "ERR\n", &[]);
    assert_eq!(
        error(&stream),
        "tar header of \"f\" at byte 0: bad number in the size field"
    );
}

#[test]
fn a_bad_number_anywhere_in_the_header_is_refused() {
    for at in [100, 108, 116, 136, 329, 337] {
        let head = header(b"f", b'0', 0, |block| put(block, at, b"9"));
        check(&archive(&[head]), "ERR\n", &[]);
    }
}

#[test]
fn content_that_is_cut_is_an_error() {
    let whole = file("f", &[b'x'; 600]);
    assert_eq!(
        error(&whole[..1000]),
        "tar stream ends at byte 1000 inside entry \"f\""
    );
    assert_eq!(error(&whole[..512 + 600]), "none");
    assert_eq!(
        error(&whole[..100]),
        "tar stream ends at byte 100 inside a header"
    );
    assert_eq!(
        error(&pax(&[("path", b"a")])[..515]),
        "tar stream ends at byte 515 inside an extension header"
    );
}

#[test]
fn pax_size_crosses_a_long_name() {
    let parts = [
        pax(&[("size", b"3")]),
        long(b'L', b"long\0"),
        header(b"f", b'0', 0, plain),
        padded(b"abc"),
        file("g", b""),
    ];
    check(&archive(&parts), "long 0 3 \"abc\"\ng 0 0 \"\"\n", &[]);
}

#[test]
fn a_gnu_name_goes_before_a_pax_path() {
    for parts in [
        [
            long(b'L', b"gnu\0"),
            pax(&[("path", b"pax")]),
            file("raw", b""),
        ],
        [
            pax(&[("path", b"pax")]),
            long(b'L', b"gnu\0"),
            file("raw", b""),
        ],
    ] {
        check(&archive(&parts), "gnu 0 0 \"\"\n", &["precedence-conflict"]);
    }
    let same = [
        pax(&[("path", b"gnu")]),
        long(b'L', b"gnu\0"),
        file("raw", b""),
    ];
    check(&archive(&same), "gnu 0 0 \"\"\n", &[]);
}

#[test]
fn a_global_header_is_told_and_drops_what_waits() {
    let global = member("g", b'g', &record("path", b"evil"));
    let parts = [pax(&[("path", b"lost")]), global, file("raw", b"")];
    check(&archive(&parts), "raw 0 0 \"\"\n", &["dangling-extension"]);
    let stream = archive(&parts);
    let mut reader = Reader::new(&stream[..], Limits::default());
    let mut global = None;
    while let Some(event) = reader.next_event().unwrap() {
        if let Event::Global { offset, records } = event {
            global = Some((offset, records.get(b"path").map(<[u8]>::to_vec)));
        }
    }
    assert_eq!(global, Some((1024, Some(b"evil".to_vec()))));
}

#[test]
fn an_unknown_type_has_content() {
    for typeflag in [b'7', b'Z', b'D', 0xff] {
        let stream = archive(&[member("f", typeflag, b"abc"), file("g", b"")]);
        let go = format!("f {} 3 \"abc\"\ng 0 0 \"\"\n", char::from(typeflag));
        check(&stream, &go, &["unknown-type"]);
    }
}

#[test]
fn prefixes_depend_on_the_format() {
    let prefixed = |format: &'static [u8]| {
        header(b"name", b'0', 0, |block| {
            put(block, 345, b"prefix");
            put(block, 257, format);
        })
    };
    check(
        &archive(&[prefixed(b"ustar\x0000")]),
        "prefix/name 0 0 \"\"\n",
        &[],
    );
    // Go before 1.8 wrote such headers; times that do not parse tell them.
    check(
        &archive(&[prefixed(b"ustar  \0")]),
        "prefix/name 0 0 \"\"\n",
        &[],
    );
    check(
        &archive(&[prefixed(b"another ")]),
        "name 0 0 \"\"\n",
        &["hidden-bytes"],
    );
    let times = header(b"name", b'0', 0, |block| {
        gnu(block);
        put(block, 345, b"00000000001\x0000000000002\0");
    });
    check(&archive(&[times]), "name 0 0 \"\"\n", &[]);
    let star = header(b"name", b'0', 0, |block| {
        put(block, 345, &[b'p'; 131]);
        put(block, 476, b"00000000001 00000000002 ");
        put(block, 508, b"tar\0");
    });
    check(
        &archive(&[star]),
        &format!("{}/name 0 0 \"\"\n", "p".repeat(131)),
        &[],
    );
}

#[test]
fn a_bad_checksum_is_refused() {
    let mut stream = archive(&[file("a", b""), file("b", b"secret")]);
    stream[512] ^= 1;
    check(&stream, "a 0 0 \"\"\nERR\n", &[]);
    assert_eq!(
        error(&stream),
        "no tar header at byte 512: the checksum does not match"
    );
    assert_eq!(strays(&stream).len(), stream.len() - 512);
}

#[test]
fn pax_records_that_are_no_numbers_are_refused() {
    for key in ["size", "uid", "gid", "mtime", "atime", "ctime"] {
        let stream = archive(&[pax(&[(key, b"1x")]), file("f", b"")]);
        check(&stream, "ERR\n", &[]);
        let stream = archive(&[pax(&[(key, b"1x"), (key, b"")]), file("f", b"")]);
        check(&stream, "f 0 0 \"\"\n", &["duplicate-pax-key"]);
    }
    check(
        &archive(&[pax(&[("size", b"-1")]), file("f", b"")]),
        "ERR\n",
        &[],
    );
}

#[test]
fn a_pax_size_of_a_directory_is_ignored() {
    let stream = archive(&[
        pax(&[("size", b"512")]),
        member("d", b'5', b""),
        file("f", b""),
    ]);
    check(
        &stream,
        "d 5 512 \"\"\nf 0 0 \"\"\n",
        &["size-without-content"],
    );
}

#[test]
fn an_extension_record_over_one_mebibyte_is_refused() {
    let value = vec![b'a'; (1 << 20) - 17];
    let fits = pax(&[("comment", &value)]);
    assert_eq!(fits.len(), 512 + (1 << 20));
    check(&archive(&[fits, file("f", b"")]), "f 0 0 \"\"\n", &[]);
    let value = vec![b'a'; (1 << 20) - 16];
    let stream = archive(&[pax(&[("comment", &value)]), file("f", b"")]);
    check(&stream, "ERR\n", &[]);
    assert_eq!(
        error(&stream),
        "tar stream at byte 0: more than 1048576 bytes in an extension record"
    );
}
