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

/// Files that are made of containers.
fn files() -> Vec<Vec<u8>> {
    let filler: Vec<u8> = (0..40_000_u32).map(|at| (at * at >> 7) as u8).collect();
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
    ]
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(48))]

    #[test]
    fn chunks_change_nothing(which in 0..5_usize, chunk in 1..70_000_usize) {
        let file = &files()[which];
        prop_assert_eq!(scan_in(file, chunk), scan_in(file, usize::MAX));
    }

    #[test]
    fn containers_are_found_wherever_they_begin(before in 16_300..16_400_usize) {
        for container in [deflated("b", &note()), gzip(&note())] {
            let file = [vec![b' '; before], container].concat();
            let (hits, _) = scan_in(&file, usize::MAX);
            prop_assert_eq!(hits.len(), 1);
            prop_assert_eq!(hits[0].outer_offset, before as u64);
        }
    }

    #[test]
    fn damage_changes_nothing_between_chunks(
        which in 0..5_usize,
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
