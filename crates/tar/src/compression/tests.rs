//! Streams of each compression, whole and broken.

#![cfg(all(feature = "gzip", feature = "zstd", feature = "xz", feature = "bzip2"))]

use std::io::{BufRead, BufReader, Read, Write};

use proptest::prelude::*;

use super::*;
use crate::Limits;

fn gzip(content: &[u8]) -> Vec<u8> {
    gzip_with(flate2::GzBuilder::new(), content)
}

fn gzip_with(builder: flate2::GzBuilder, content: &[u8]) -> Vec<u8> {
    let mut encoder = builder.write(Vec::new(), flate2::Compression::fast());
    encoder.write_all(content).unwrap();
    encoder.finish().unwrap()
}

fn zstd_frame(content: &[u8]) -> Vec<u8> {
    ::zstd::encode_all(content, 1).unwrap()
}

fn skippable(payload: &[u8]) -> Vec<u8> {
    let length = u32::try_from(payload.len()).unwrap().to_le_bytes();
    [&[0x5a, 0x2a, 0x4d, 0x18], &length[..], payload].concat()
}

fn xz_stream(content: &[u8]) -> Vec<u8> {
    let mut encoder = liblzma::write::XzEncoder::new(Vec::new(), 1);
    encoder.write_all(content).unwrap();
    encoder.finish().unwrap()
}

fn bzip2_stream(content: &[u8]) -> Vec<u8> {
    let mut encoder = ::bzip2::write::BzEncoder::new(Vec::new(), ::bzip2::Compression::fast());
    encoder.write_all(content).unwrap();
    encoder.finish().unwrap()
}

type Encode = fn(&[u8]) -> Vec<u8>;

const ALL: [(Compression, Encode); 4] = [
    (Compression::Gzip, gzip),
    (Compression::Zstd, zstd_frame),
    (Compression::Xz, xz_stream),
    (Compression::Bzip2, bzip2_stream),
];

fn decoder<R: BufRead>(input: R, compression: Compression) -> Decoder<R> {
    Decoder::new(input, compression, &Limits::default()).unwrap()
}

/// Output and hidden bytes, through small buffers on both sides.
fn decode_all(stream: &[u8]) -> io::Result<(Vec<u8>, Vec<u8>, Vec<&'static str>)> {
    let input = BufReader::with_capacity(3, stream);
    let mut decoder = decoder(input, Compression::detect(stream));
    let (mut output, mut hidden, mut buffer) = (Vec::new(), Vec::new(), [0; 7]);
    loop {
        match decoder.decode(&mut buffer)? {
            Decoded::Output(count) => output.extend_from_slice(&buffer[..count]),
            Decoded::Hidden { offset, bytes, .. } => {
                let at = usize::try_from(offset).unwrap();
                assert_eq!(bytes, &stream[at..at + bytes.len()]);
                hidden.extend_from_slice(bytes);
            }
            Decoded::End => break,
        }
    }
    assert_eq!(decoder.produced(), output.len() as u64);
    assert_eq!(decoder.consumed(), stream.len() as u64);
    let codes = decoder
        .anomalies()
        .iter()
        .map(CompressionAnomaly::code)
        .collect();
    Ok((output, hidden, codes))
}

fn plain(stream: &[u8]) -> Vec<u8> {
    let (output, hidden, codes) = decode_all(stream).unwrap();
    assert!(hidden.is_empty() && codes.is_empty(), "{codes:?}");
    output
}

fn error(stream: &[u8]) -> CompressionError {
    let error = decode_all(stream).unwrap_err();
    CompressionError::of(&error).unwrap().clone()
}

#[test]
fn compressions_are_told_by_magic() {
    for (compression, encode) in ALL {
        assert_eq!(Compression::detect(&encode(b"x")), compression);
    }
    for low in 0x50..=0x5f {
        assert_eq!(
            Compression::detect(&[low, 0x2a, 0x4d, 0x18]),
            Compression::Zstd
        );
    }
    for other in [
        &b""[..],
        b"\x1f\x8b",
        b"\x1f\x8b\x07",
        b"BZ",
        b"\xfd7zXZ",
        b"ustar",
    ] {
        assert_eq!(Compression::detect(other), Compression::None);
    }
}

#[test]
fn streams_one_after_the_other_are_read_through() {
    for (_, encode) in ALL {
        let stream = [encode(b"one "), encode(b""), encode(b"two")].concat();
        assert_eq!(plain(&stream), b"one two");
    }
}

#[test]
fn no_compression_passes_through() {
    assert_eq!(plain(b"plain"), b"plain");
    assert_eq!(plain(b""), b"");
}

#[test]
fn a_cut_is_a_truncation() {
    for (compression, encode) in ALL {
        let stream = encode(b"some content that is long enough");
        for length in 6..stream.len() {
            let expected = CompressionError::Truncated {
                compression,
                offset: length as u64,
                output: 0,
            };
            let found = error(&stream[..length]);
            assert_eq!(
                found.to_string().split(',').next(),
                expected.to_string().split(',').next()
            );
        }
    }
}

#[test]
fn truncation_and_damage_have_their_own_kinds_of_error() {
    let cut = gzip(b"content");
    let found = decode_all(&cut[..cut.len() - 1]).unwrap_err();
    assert_eq!(found.kind(), io::ErrorKind::UnexpectedEof);
    let mut broken = gzip(b"content");
    let at = broken.len() - 8;
    broken[at] ^= 1;
    assert_eq!(
        decode_all(&broken).unwrap_err().kind(),
        io::ErrorKind::InvalidData
    );
    let message = error(&broken).to_string();
    assert!(
        message.starts_with("gzip stream is damaged at byte 2"),
        "{message}"
    );
    assert!(message.ends_with("after 7 bytes of output: the checksum does not match"));
}

#[test]
fn a_wrong_length_in_a_gzip_trailer_is_damage() {
    let mut broken = gzip(b"content");
    let at = broken.len() - 1;
    broken[at] = 1;
    assert!(
        error(&broken)
            .to_string()
            .ends_with("the length does not match")
    );
}

#[test]
fn an_error_stays() {
    let mut decoder = decoder(&b"\x1f\x8b\x08"[..], Compression::Gzip);
    let mut buffer = [0; 10];
    let first = decoder.read(&mut buffer).unwrap_err().to_string();
    assert_eq!(decoder.read(&mut buffer).unwrap_err().to_string(), first);
}

#[test]
fn gzip_padding_and_junk_are_told_apart() {
    let padded = [gzip(b"content"), vec![0; 100]].concat();
    let (output, hidden, codes) = decode_all(&padded).unwrap();
    assert_eq!((&output[..], &hidden[..]), (&b"content"[..], &b""[..]));
    assert_eq!(codes, ["trailing-padding"]);

    let junk = [gzip(b"content"), b"secret\0junk".to_vec()].concat();
    let (output, hidden, codes) = decode_all(&junk).unwrap();
    assert_eq!(
        (&output[..], &hidden[..]),
        (&b"content"[..], &b"secret\0junk"[..])
    );
    assert_eq!(codes, ["trailing-junk"]);

    let both = [gzip(b"content"), vec![0; 100], gzip(b"member")].concat();
    let (output, hidden, codes) = decode_all(&both).unwrap();
    assert_eq!((output, hidden), (b"content".to_vec(), gzip(b"member")));
    assert_eq!(codes, ["trailing-padding", "trailing-junk"]);
}

#[test]
fn gzip_header_fields_are_handed_out() {
    let builder = flate2::GzBuilder::new()
        .filename("secret.name")
        .comment("a comment")
        .extra("extra");
    let (output, hidden, codes) = decode_all(&gzip_with(builder, b"content")).unwrap();
    assert_eq!(output, b"content");
    assert_eq!(hidden, b"extrasecret.namea comment");
    assert_eq!(codes, ["gzip-header-data"]);
}

#[test]
fn a_gzip_header_may_have_a_checksum_and_empty_fields() {
    let bare = gzip(b"content");
    let (fixed, rest) = bare.split_at(10);
    let mut header = fixed.to_vec();
    header[3] = 2 | 4 | 8 | 16;
    let stream = [&header[..], &[0, 0], &[0], &[0], &[0xaa, 0xbb], rest].concat();
    assert_eq!(plain(&stream), b"content");
}

#[test]
fn a_broken_second_gzip_member_is_damage() {
    let stream = [gzip(b"one"), b"\x1f\x8b\x07 and more bytes".to_vec()].concat();
    assert!(
        error(&stream)
            .to_string()
            .ends_with("after 3 bytes of output: no gzip header")
    );
}

#[test]
fn skippable_frames_are_handed_out() {
    let stream = [
        skippable(b"first secret "),
        zstd_frame(b"one"),
        skippable(b""),
        skippable(b"second"),
        zstd_frame(b"two"),
        skippable(b" third"),
    ];
    let (output, hidden, codes) = decode_all(&stream.concat()).unwrap();
    assert_eq!(output, b"onetwo");
    assert_eq!(hidden, b"first secret second third");
    assert_eq!(codes, ["skippable-frame"]);
}

#[test]
fn junk_after_other_compressions_is_damage() {
    for (_, encode) in &ALL[1..] {
        let stream = [encode(b"content"), b"junk and more".to_vec()].concat();
        let found = error(&stream);
        assert!(matches!(found, CompressionError::Damaged { .. }), "{found}");
    }
}

#[test]
fn windows_up_to_half_a_gibibyte_are_taken() {
    let mut encoder = ::zstd::Encoder::new(Vec::new(), 1).unwrap();
    encoder
        .set_parameter(::zstd::zstd_safe::CParameter::WindowLog(29))
        .unwrap();
    encoder.write_all(&vec![7; 1 << 20]).unwrap();
    let stream = encoder.finish().unwrap();
    let mut output = Vec::new();
    decoder(&stream[..], Compression::Zstd)
        .read_to_end(&mut output)
        .unwrap();
    assert_eq!(output.len(), 1 << 20);
}

#[test]
fn output_over_the_limit_is_an_error() {
    let limits = Limits {
        decoded_bytes: 1000,
        ..Limits::default()
    };
    for (compression, encode) in ALL {
        let mut output = Vec::new();
        let stream = encode(&[0; 1000]);
        let mut decoder = Decoder::new(&stream[..], compression, &limits).unwrap();
        assert_eq!(decoder.read_to_end(&mut output).unwrap(), 1000);
        let stream = encode(&[0; 1001]);
        let mut decoder = Decoder::new(&stream[..], compression, &limits).unwrap();
        let error = decoder.read_to_end(&mut output).unwrap_err();
        assert_eq!(
            error.to_string(),
            format!("{compression} stream gives more than 1000 bytes")
        );
    }
}

#[test]
fn a_failed_step_takes_nothing_from_the_input() {
    let mut decoder = decoder(&b"\x1f\x8b\x07 no header"[..], Compression::Gzip);
    assert!(decoder.read(&mut [0; 10]).is_err());
    assert_eq!(decoder.consumed(), 0);
    assert_eq!(decoder.into_inner(), b"\x1f\x8b\x07 no header");
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(48))]

    #[test]
    fn what_was_encoded_comes_back(
        parts in prop::collection::vec(prop::collection::vec(any::<u8>(), 0..3000), 1..4),
        capacity in 1..5000_usize,
        which in 0..ALL.len(),
    ) {
        let (compression, encode) = ALL[which];
        let stream = parts.iter().map(|part| encode(part)).collect::<Vec<_>>().concat();
        let mut output = Vec::new();
        let input = BufReader::with_capacity(capacity, &stream[..]);
        decoder(input, compression).read_to_end(&mut output).unwrap();
        prop_assert_eq!(output, parts.concat());
    }

    #[test]
    fn damage_never_hangs(
        content in prop::collection::vec(any::<u8>(), 0..500),
        edits in prop::collection::vec((any::<prop::sample::Index>(), any::<u8>()), 1..4),
        which in 0..ALL.len(),
    ) {
        let (compression, encode) = ALL[which];
        let mut stream = [encode(&content), encode(&content)].concat();
        for (at, byte) in edits {
            let at = at.index(stream.len());
            stream[at] = byte;
        }
        let mut output = Vec::new();
        // Whether it errs depends on where the damage is: gzip has bytes that nothing checks.
        let _ = decoder(&stream[..], compression).read_to_end(&mut output);
    }
}
