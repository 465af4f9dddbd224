//! Whole files: no archive at all, another kind, cut short, damaged.

use imglint_testkit::{Compress, EntryType, Layer, Outer, archive, compress};

use super::{Case, case, image};

pub(super) fn cases() -> Vec<Case> {
    [strangers(), damaged(), compressed()]
        .into_iter()
        .flatten()
        .collect()
}

fn good() -> Vec<u8> {
    archive::docker_save(&[image(Layer::new().file("b", [1; 3000]))])
}

fn strangers() -> Vec<Case> {
    let rootfs = Layer::new().dir("bin").file("bin/sh", "").dir("usr");
    let iso = [vec![0; 0x8001], b"CD001\x01".to_vec(), vec![0; 4096]].concat();
    let sif = [
        b"#!/usr/bin/env run-singularity\n\0",
        &b"SIF_MAGIC\0"[..],
        &[0; 900],
    ]
    .concat();
    let squashfs = [b"hsqs".to_vec(), vec![0; 1020]].concat();
    vec![
        case("empty file", "", &["empty"]),
        case(
            "text",
            "hello, this is a text\nsecond line\n",
            &["not ", "hello, this is a text"],
        ),
        case("json", "{\"a\": 1}", &["not ", "JSON"]),
        case(
            "zip",
            b"PK\x03\x04\x14\0\0\0\x08\0aaaaaaaaaaaaaaaaaaaa",
            &["zip"],
        ),
        case("iso", iso, &["ISO"]),
        case("sif", sif, &["SIF"]),
        case("squashfs", squashfs, &["squashfs"]),
        case("random bytes", [0xa5; 700], &["not "]),
        case("tar without members", Outer::new().bytes(), &[]),
        case(
            "some other tar",
            Outer::new().file("main.c", "int main;").bytes(),
            &["not "],
        ),
        case(
            "docker export",
            archive::docker_export(&rootfs),
            &["root filesystem", "docker save"],
        ),
    ]
}

fn damaged() -> Vec<Case> {
    let good = good();
    let start = Outer::new().file("one", [1; 600]);
    let second = start.offset();
    let whole = start.clone().file("two", [2; 3000]).bytes();
    let bad_sum = start
        .clone()
        .file("two", "")
        .spoil_header(|header| header[0] = b'x');
    let too_long = start
        .clone()
        .header("two", EntryType::Regular, 1 << 40, |_| ());
    let negative = start
        .clone()
        .header("two", EntryType::Regular, 0, |header| {
            header.as_old_mut().size = [0xff; 12];
        });
    let unterminated = start.raw_pax(b"99 path=hi").file("two", "");
    vec![
        case("cut in a header", &whole[..second + 300], &["ends early"]).at(second + 300),
        case("cut in a body", &whole[..second + 2000], &["two"]).at(second + 2000),
        case(
            "first half",
            &good[..good.len() / 2],
            &["ends early", "cat "],
        ),
        case("bad checksum", bad_sum.bytes(), &[]).at(second),
        case(
            "longer than the file",
            too_long.body([0; 512]).bytes(),
            &["two"],
        ),
        case("negative size", negative.bytes(), &[]).at(second),
        case("pax record too long", unterminated.bytes(), &[]).at(second + 512),
    ]
}

fn compressed() -> Vec<Case> {
    let gzip = compress(&good(), Compress::Gzip);
    let half = |how| {
        let whole = compress(&good(), how);
        whole[..whole.len() / 2].to_vec()
    };
    let mut bad_crc = gzip.clone();
    let crc = bad_crc.len() - 8;
    bad_crc[crc] ^= 0xff;
    let twice = compress(&gzip, Compress::Gzip);
    let text = compress(b"hello, this is a text", Compress::Gzip);
    vec![
        case("gzip cut", half(Compress::Gzip), &["gzip"]),
        case("zstd cut", half(Compress::Zstd), &["zstd"]),
        case("xz cut", half(Compress::Xz), &["xz"]),
        case("bzip2 cut", half(Compress::Bzip2), &["bzip2"]),
        case("gzip checksum", bad_crc, &["gzip"]),
        case("gzip twice", twice, &["gzip"]),
        case("gzip of text", text, &["not "]),
        case("gzip magic alone", b"\x1f\x8b\x08", &["gzip"]),
    ]
}
