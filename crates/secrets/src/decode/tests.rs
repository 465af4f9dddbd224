use proptest::prelude::*;

use super::{samples::*, *};
use crate::{Hit, Scanner};

fn scan_in(file: &[u8], chunk: usize) -> (Vec<Hit>, Option<Cut>) {
    scan_with(&Scanner::new(), file, chunk)
}

fn scan_with(scanner: &Scanner, file: &[u8], chunk: usize) -> (Vec<Hit>, Option<Cut>) {
    let mut scan = scanner.file(b"srv/any");
    file.chunks(chunk).for_each(|chunk| scan.feed(chunk));
    (scan.finish(), scan.cut())
}

/// What was undone for each hit, and where it is.
fn found(file: &[u8]) -> Vec<String> {
    let (hits, cut) = scan_in(file, usize::MAX);
    assert_eq!(cut, None);
    hits.iter().map(described).collect()
}

fn described(hit: &Hit) -> String {
    let line = hit.line.map(|line| format!("{line}:"));
    let column = hit.column.unwrap_or_default();
    format!(
        "{} @{} {}{column} in {}",
        hit.within.join(" > "),
        hit.outer_offset,
        line.unwrap_or_default(),
        hit.offset,
    )
}

fn note() -> Vec<u8> {
    format!("first\n  token={}\n", token()).into_bytes()
}

#[test]
fn streams_are_decoded_whatever_their_compression() {
    assert_eq!(found(&gzip(&note())), ["gzip @0 2:9 in 14"]);
    assert_eq!(found(&zlib(&note())), ["zlib @0 2:9 in 14"]);
    #[cfg(feature = "xz")]
    assert_eq!(found(&xz(&note())), ["xz @0 2:9 in 14"]);
    #[cfg(feature = "bzip2")]
    assert_eq!(found(&bzip2(&note())), ["bzip2 @0 2:9 in 14"]);
    #[cfg(feature = "zstd")]
    assert_eq!(found(&zstd(&note())), ["zstd @0 2:9 in 14"]);
}

#[test]
fn streams_without_a_gap_are_one() {
    let text = note();
    let (front, back) = text.split_at(25); // within the token
    assert_eq!(
        found(&[gzip(front), gzip(back)].concat()),
        ["gzip @0 2:9 in 14"]
    );
    #[cfg(feature = "zstd")]
    assert_eq!(
        found(&[zstd(front), zstd(back)].concat()),
        ["zstd @0 2:9 in 14"]
    );
}

#[test]
fn gzip_header_fields_are_passed_over() {
    let stream = gzip(&note());
    let (head, rest) = stream.split_at(10);
    let mut head = head.to_vec();
    head[3] = 0x1e;
    let fields = [&[3, 0][..], b"abc", b"name\0", b"comment\0", &[1, 2]].concat();
    let stream = [head, fields, rest.to_vec()].concat();
    assert_eq!(found(&stream), ["gzip @0 2:9 in 14"]);
}

#[test]
fn zip_members_are_found_behind_anything() {
    let archive = [
        vec![b'x'; 100],
        deflated("a/b.txt", &note()),
        stored("c", b"nothing"),
        stored("d.txt", format!("ok {}", token_of(b'b')).as_bytes()),
        zip_member("later", 8, 8, &deflate(token_of(b'c').as_bytes()), 0),
        b"PK\x07\x08 descriptor".to_vec(),
    ];
    let lengths: Vec<usize> = archive.iter().map(Vec::len).collect();
    let stored_at = lengths[..3].iter().sum::<usize>() + 35;
    let later_at = lengths[..4].iter().sum::<usize>();
    assert_eq!(
        found(&archive.concat()),
        [
            "zip member a/b.txt @100 2:9 in 14".to_owned(),
            format!("zip member d.txt @{} 1:4 in 3", stored_at + 3),
            format!("zip member later @{later_at} 1:1 in 0"),
        ]
    );
}

#[test]
fn size_of_a_zip64_member_is_in_its_extra_field() {
    let content = note();
    let size = content.len() as u64;
    let mut member = zip_member("big", 0, 0, b"", u32::MAX);
    member[28] = 20;
    member.extend([1, 0, 16, 0]);
    member.extend(size.to_le_bytes());
    member.extend(size.to_le_bytes());
    member.extend(&content);
    assert_eq!(found(&member), ["zip member big @67 2:9 in 14"]);
}

#[test]
fn encrypted_and_unknown_members_are_no_error() {
    let next = stored("next", &note());
    for member in [
        zip_member("locked", 1, 8, &[0x5a; 99], 99),
        zip_member("odd", 0, 98, &[0x5a; 99], 99),
        zip_member("broken", 0, 8, &[0xff; 99], 99),
    ] {
        let at = member.len() + 34 + 14;
        let file = [member, next.clone()].concat();
        assert_eq!(found(&file), [format!("zip member next @{at} 2:9 in 14")]);
    }
}

#[test]
fn tar_members_are_known_by_their_paths() {
    let npmrc = b"//registry.example.com/:_authToken=0f8e2d6c4b1a9375\n";
    let long = "d/".repeat(80) + "root/.npmrc";
    for path in ["root/.npmrc", &long] {
        let (hits, _) = scan_in(&gzip(&tar(&[("a", b"b"), (path, npmrc)])), 1000);
        assert_eq!(hits.len(), 1, "{path}");
        assert_eq!(hits[0].detector, "npmrc");
        assert_eq!(hits[0].within, ["gzip", &format!("tar member {path}")]);
        assert_eq!((hits[0].line, hits[0].outer_offset), (Some(1), 0));
    }
}

#[test]
fn what_stands_in_a_tar_is_told_once_with_its_offset() {
    let file = tar(&[("a", b"b"), ("c", &note())]);
    assert_eq!(found(&file), ["tar member c @1550 2:9 in 14"]);
}

#[test]
fn archives_in_archives_are_opened() {
    let jar = [stored("META-INF/x", b"x"), deflated("app.yml", &note())].concat();
    let inner = gzip(&tar(&[("lib/app.jar", &jar)]));
    let outer = [b"#!/bin/sh\n".to_vec(), deflated("dist.tar.gz", &inner)].concat();
    assert_eq!(
        found(&outer),
        [
            "zip member dist.tar.gz > gzip > tar member lib/app.jar > zip member app.yml \
             @10 2:9 in 14"
        ]
    );
}

#[test]
fn utf16_is_read_in_files_and_in_binaries() {
    let text = format!("first\nt\u{e4}ken={}\n", token());
    let little = [&[0xff, 0xfe][..], &utf16(&text)].concat();
    let big: Vec<u8> = little
        .chunks(2)
        .flat_map(|unit| [unit[1], unit[0]])
        .collect();
    assert_eq!(found(&little), ["UTF-16 @26 2:7 in 26"]);
    assert_eq!(found(&big), ["UTF-16 @26 2:7 in 26"]);
    assert_eq!(found(&utf16(&token())), ["UTF-16 @0 1:1 in 0"]);
    for (before, at) in [(&b"MZ\x90\0\x03\0\0"[..], 7), (b"MZ\0\0", 4)] {
        let file = [before, &utf16(&token()), b"\0\0\xff"].concat();
        assert_eq!(found(&file), [format!("UTF-16 @{at} 0 in {at}")]);
    }
}

#[test]
fn base64_is_read_in_every_shape() {
    let secret = format!("user: someone\ntoken: {}\nlast: line\n", token());
    let one = base64(&secret.repeat(2).into_bytes());
    let url_safe = one.replace('+', "-").replace('/', "_");
    for text in [
        one.clone(),
        url_safe,
        wrapped(&one, 64, "\n"),
        wrapped(&one, 76, "\r\n    "),
        wrapped(&one, 60, r"\n"),
        wrapped(&one, 60, r"\r\n\t"),
    ] {
        let file = format!("kind: Secret\ndata:\n  value: {text}\nnext: word\n");
        assert_eq!(found(file.as_bytes()), ["base64 @28 3:10 in 28"], "{file}");
    }
}

#[test]
fn short_base64_glued_to_other_characters_is_read() {
    let one = base64(format!("Token {}", token()).as_bytes());
    for before in ["/", "a_", "x-y"] {
        assert_eq!(
            found(format!("{before}{one}").as_bytes()),
            ["base64 @0 1:1 in 0"]
        );
    }
}

#[test]
fn base64_of_other_encodings_is_read() {
    let packed = base64(&gzip(&note()));
    assert_eq!(found(packed.as_bytes()), ["base64 > gzip @0 2:9 in 14"]);
    let wide = base64(&utf16(&format!("echo {}", token())));
    assert_eq!(found(wide.as_bytes()), ["base64 > UTF-16 @0 1:6 in 10"]);
    let binary = [&[0x80, 3, 0xfe, 0, 0x11][..], &note(), &[0; 9]].concat();
    assert_eq!(found(base64(&binary.repeat(2)).as_bytes()).len(), 1);
    let twice = base64(base64(&note()).as_bytes());
    assert_eq!(found(twice.as_bytes()), ["base64 > base64 @0 1:1 in 0"]);
}

#[test]
fn base64_in_base64_has_a_limit() {
    let mut text = note();
    for _ in 0..4 {
        text = base64(&text).into_bytes();
    }
    let (hits, cut) = scan_in(&text, usize::MAX);
    assert_eq!((hits, cut), (Vec::new(), Some(Cut::Base64Depth(3))));
}

#[test]
fn a_key_in_armour_is_told_once() {
    let key = crate::samples::pem("RSA PRIVATE KEY", &crate::samples::rsa_key(2048));
    assert_eq!(found(key.as_bytes()).len(), 1);
    let one = base64(key.as_bytes());
    assert_eq!(found(one.as_bytes()), ["base64 @0 1:1 in 0"]);
}

#[test]
fn escapes_are_undone() {
    let token = token();
    let (prefix, body) = token.split_once('_').unwrap();
    for escape in ["%5F", r"\u005f", r"\x5F", "&#95;", "&#x5f;"] {
        let file = format!("one\n two={prefix}{escape}{body}&x=%20\n");
        assert_eq!(found(file.as_bytes()), ["escapes @9 2:6 in 9"], "{file}");
    }
    let plain = format!("a%3Db\nfirst={token}%3D&c%2Fd");
    assert_eq!(found(plain.as_bytes()), [" @12 2:7 in 12"]);
}

#[test]
fn git_objects_are_read() {
    let loose = zlib(&[b"blob 42\0".to_vec(), note()].concat());
    assert_eq!(found(&loose), ["git object @0 2:9 in 14"]);

    let text = note();
    let (front, back) = text.split_at(20);
    let sizes = [&[0xe4, 1, 100][..], &[0x91, 5, 7]].concat();
    let add = |bytes: &[u8]| [&[u8::try_from(bytes.len()).unwrap()], bytes].concat();
    let delta = [sizes, add(front), add(back), vec![0x80]].concat();
    let first: (u8, &[u8], &[u8]) = (3, b"", &[b'x'; 5000]);
    let start = pack(&[first]).len() as u64 - 20;
    for (kind, before) in [(3, &b""[..]), (6, &[0x81, 5]), (7, &[0x33; 20])] {
        let content = if kind == 3 { &text } else { &delta };
        let file = pack(&[first, (kind, before, content), (1, b"", &note())]);
        let hits = found(&file);
        let line = if kind == 3 { "2:9 in 14" } else { "3:9 in 15" };
        assert_eq!(hits[0], format!("git object @{start} {line}"), "{kind}");
        assert_eq!(hits.len(), 2);
    }
}

#[test]
fn compressed_texts_of_png_files_are_read() {
    let packed = zlib(&note());
    let file = png(&[
        (b"IHDR", vec![1; 13]),
        (
            b"tEXt",
            [b"Comment\0", &token_of(b'b').into_bytes()[..]].concat(),
        ),
        (b"zTXt", [b"Comment\0\0", &packed[..]].concat()),
        (
            b"iTXt",
            [b"Comment\0\x01\0en\0note\0", &packed[..]].concat(),
        ),
        (
            b"iTXt",
            [b"Comment\0\0\0\0\0", &token_of(b'c').into_bytes()[..]].concat(),
        ),
        (b"zTXt", b"cut".to_vec()),
        (b"IEND", vec![]),
    ]);
    let places: Vec<String> = found(&file)
        .iter()
        .map(|hit| hit.split(' ').next().unwrap().to_owned() + hit.split('@').next().unwrap())
        .collect();
    assert_eq!(places, [" ", "PNGPNG text ", "PNGPNG text ", " "]);
}

#[test]
fn streams_of_pdf_files_are_read() {
    let mut file = b"%PDF-1.7\n1 0 obj <</Filter/FlateDecode>>\nstream\r\n".to_vec();
    let at = file.len() - 8;
    file.extend(zlib(&note()));
    file.extend(b"\nendstream\nendobj\nstream\nplain\nendstream\n");
    let next = file.len();
    file.extend([&b"stream\n"[..], &zlib(&note())].concat());
    assert_eq!(
        found(&file),
        [
            format!("PDF stream @{at} 2:9 in 14"),
            format!("PDF stream @{next} 2:9 in 14"),
        ]
    );
    let other = [&b"stream\n"[..], &zlib(&note())].concat();
    assert_eq!(found(&other), [""; 0]);
}

#[test]
fn members_of_a_debian_package_are_read() {
    let member = |name: &str, content: &[u8]| {
        let mut out = format!("{name:16}{:32}{:10}`\n", "", content.len()).into_bytes();
        out.extend(content);
        out.resize(out.len().next_multiple_of(2), b'\n');
        out
    };
    let data = gzip(&tar(&[("etc/note", &note())]));
    let file = [
        b"!<arch>\n".to_vec(),
        member("debian-binary", b"2.0"),
        member("data.tar.gz/", &data),
    ];
    assert_eq!(
        found(&file.concat()),
        ["ar member data.tar.gz > gzip > tar member etc/note @132 2:9 in 14"]
    );
}

#[test]
fn limits_cut_and_say_so() {
    let mut nested = note();
    for _ in 0..7 {
        nested = gzip(&nested);
    }
    let (hits, cut) = scan_in(&nested, usize::MAX);
    assert_eq!((hits, cut), (Vec::new(), Some(Cut::Depth(6))));

    let scanner = |change: fn(&mut Limits)| {
        let mut limits = Limits::default();
        change(&mut limits);
        Scanner::new().with_limits(limits)
    };
    let few = scanner(|limits| limits.members = 2);
    let zip = [stored("a", b"a"), stored("b", b"b"), deflated("c", &note())].concat();
    let (hits, cut) = scan_with(&few, &zip, usize::MAX);
    assert_eq!((hits, cut), (Vec::new(), Some(Cut::Members(2))));

    let small = scanner(|limits| limits.decoded_bytes = 1 << 20);
    let bomb = gzip(&[vec![0; 2 << 20], note()].concat());
    let (hits, cut) = scan_with(&small, &bomb, usize::MAX);
    assert_eq!((hits, cut), (Vec::new(), Some(Cut::DecodedBytes(1 << 20))));
}

#[test]
fn a_scan_begins_anew_after_a_limit_or_in_the_midst() {
    let scanner = Scanner::new();
    let mut scan = scanner.file(b"a");
    let stream = gzip(&note());
    scan.feed(&stream[..stream.len() / 2]);
    scan.reset(Context::File(b"b"));
    scan.feed(&stream);
    assert_eq!(scan.finish().len(), 1);
}

/// Text with encoded tokens at many distances.
fn encoded() -> Vec<u8> {
    let mut text = String::new();
    for at in 0..120_usize {
        let token = token_of(u8::try_from(at).unwrap());
        let other = token.replace('_', "%5f");
        let spread = "word ".repeat(at * 7);
        let one = base64(token.as_bytes());
        text += &[spread.as_str(), "\nx=", &one, "\ny=", &other, "\n"].concat();
    }
    text.into_bytes()
}

#[test]
fn encoded_tokens_are_found_wherever_they_stand() {
    assert_eq!(found(&encoded()).len(), 240);
}

/// Files that are made of containers.
fn files() -> Vec<Vec<u8>> {
    let filler: Vec<u8> = (0..40_000_u32)
        .map(|at| (at * at).to_le_bytes()[1])
        .collect();
    let long = [filler.clone(), note(), filler.clone()].concat();
    vec![
        gzip(&long),
        zlib(&note()),
        tar(&[("a", &long), ("b/c", &note())]),
        gzip(&tar(&[("a", &note()), ("d", &long)])),
        [
            filler.clone(),
            stored("a", &long),
            deflated("b", &long),
            gzip(&note()),
            stored("c", &note()),
        ]
        .concat(),
        [
            filler.clone(),
            utf16(&String::from_utf8(note()).unwrap()),
            filler.clone(),
        ]
        .concat(),
        wrapped(&base64(&long), 76, "\n  ").into_bytes(),
        encoded(),
        pack(&[(3, b"", &note()), (1, b"", &long), (7, &[9; 20], &long)]),
        png(&[
            (b"IDAT", long.clone()),
            (b"zTXt", [b"a\0\0", &zlib(&long)[..]].concat()),
        ]),
        [&b"%PDF-1.4\n"[..], &filler, b"stream\n", &zlib(&note())].concat(),
    ]
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(48))]

    #[test]
    fn chunks_change_nothing(which in 0..11_usize, chunk in 1..70_000_usize) {
        let file = &files()[which];
        prop_assert_eq!(scan_in(file, chunk), scan_in(file, usize::MAX));
    }

    #[test]
    fn containers_are_found_wherever_they_begin(before in 16_300..16_400_usize) {
        let wide = utf16(&format!("{} ", token()));
        let encoded = base64(token().as_bytes()).into_bytes();
        let escaped = token().replace('_', "%5f").into_bytes();
        for container in [deflated("b", &note()), gzip(&note()), wide, encoded, escaped] {
            let file = [vec![b' '; before], container].concat();
            let (hits, _) = scan_in(&file, usize::MAX);
            prop_assert_eq!(hits.len(), 1);
            prop_assert_eq!(hits[0].outer_offset, before as u64);
        }
    }

    #[test]
    fn damage_changes_nothing_between_chunks(
        which in 0..11_usize,
        edits in prop::collection::vec((any::<prop::sample::Index>(), any::<u8>()), 0..4),
        end in any::<prop::sample::Index>(),
        chunk in 1..70_000_usize,
    ) {
        let mut file = files().swap_remove(which);
        for (at, byte) in edits {
            let at = at.index(file.len());
            file[at] = byte;
        }
        file.truncate(end.index(file.len()));
        prop_assert_eq!(scan_in(&file, chunk.min(file.len()).max(1)), scan_in(&file, usize::MAX));
    }
}
