//! Laws over many streams: cutting, chunking, and agreement with the `tar` crate.

use std::io::{BufReader, Read};

use proptest::prelude::*;

use super::*;

/// A well-formed member: name, kind, content, extended attribute.
#[derive(Debug, Clone)]
struct Spec {
    name: String,
    kind: u8,
    content: Vec<u8>,
    xattr: Option<Vec<u8>>,
}

fn spec() -> impl Strategy<Value = Spec> {
    let name = prop_oneof![
        4 => "[a-zé]{1,20}",
        2 => "[a-z]{90,110}",
        1 => "[a-z]{1,150}/[a-z]{100,300}",
    ];
    let kind = prop::sample::select(vec![b'0', b'1', b'2', b'5']);
    let content = prop_oneof![
        Just(Vec::new()),
        prop::collection::vec(any::<u8>(), 0..1500),
        Just(vec![b'x'; 512]),
    ];
    // The `tar` crate ends a value at its first newline.
    let byte = any::<u8>().prop_filter("newline", |byte| *byte != b'\n');
    let xattr = prop::option::of(prop::collection::vec(byte, 1..20));
    (name, kind, content, xattr).prop_map(|(name, kind, content, xattr)| Spec {
        name,
        kind,
        content,
        xattr,
    })
}

fn build(specs: &[Spec]) -> Vec<u8> {
    let mut builder = tar::Builder::new(Vec::new());
    for spec in specs {
        if let Some(value) = &spec.xattr {
            let record = [("SCHILY.xattr.user.k", &value[..])];
            builder.append_pax_extensions(record).unwrap();
        }
        let mut header = tar::Header::new_gnu();
        header.set_mode(0o644);
        header.set_uid(1000);
        header.set_entry_type(tar::EntryType::new(spec.kind));
        match spec.kind {
            b'1' | b'2' => {
                header.set_size(0);
                builder
                    .append_link(&mut header, &spec.name, "some/target")
                    .unwrap();
            }
            b'5' => {
                header.set_size(0);
                builder
                    .append_data(&mut header, &spec.name, &[][..])
                    .unwrap();
            }
            _ => {
                header.set_size(spec.content.len() as u64);
                builder
                    .append_data(&mut header, &spec.name, &spec.content[..])
                    .unwrap();
            }
        }
    }
    builder.into_inner().unwrap()
}

type Seen = Vec<(Vec<u8>, u8, Vec<u8>, Vec<u8>, Vec<Vec<u8>>)>;

fn ours(input: impl BufRead) -> Result<Seen, TarError> {
    let mut reader = Reader::new(input, Limits::default());
    let mut seen = Seen::new();
    while let Some(event) = reader.next_event()? {
        match event {
            Event::Entry(entry) => {
                let xattrs = entry.xattrs().map(|(_, value)| value.to_vec()).collect();
                let link = entry.link.clone();
                seen.push((entry.path.clone(), entry.typeflag, link, Vec::new(), xattrs));
            }
            Event::Data { bytes, .. } => seen.last_mut().unwrap().3.extend_from_slice(bytes),
            Event::Anomaly(anomaly) => {
                let cut = ["missing-end-mark", "dangling-extension"];
                assert!(cut.contains(&anomaly.code()), "{anomaly}");
            }
            Event::Stray { .. } => {}
            other => panic!("{other:?}"),
        }
    }
    Ok(seen)
}

fn theirs(stream: &[u8]) -> Seen {
    let mut archive = tar::Archive::new(stream);
    let mut seen = Seen::new();
    for entry in archive.entries().unwrap() {
        let mut entry = entry.unwrap();
        let xattrs = match entry.pax_extensions().unwrap() {
            Some(records) => records.map(|r| r.unwrap().value_bytes().to_vec()).collect(),
            None => Vec::new(),
        };
        let path = entry.path_bytes().to_vec();
        let link = entry
            .link_name_bytes()
            .map(|link| link.to_vec())
            .unwrap_or_default();
        let typeflag = entry.header().entry_type().as_byte();
        let mut content = Vec::new();
        entry.read_to_end(&mut content).unwrap();
        seen.push((path, typeflag, link, content, xattrs));
    }
    seen
}

/// What a reader told, without the accident of how the input was cut into chunks.
fn flat(input: impl BufRead) -> (Vec<String>, Vec<u8>, Option<String>) {
    let mut reader = Reader::new(input, Limits::default());
    let (mut events, mut bytes_seen, mut failure) = (Vec::new(), Vec::new(), None);
    loop {
        match reader.next_event() {
            Ok(Some(Event::Data { bytes, .. })) => bytes_seen.extend_from_slice(bytes),
            // How many zeros go along with stray bytes depends on the chunks.
            Ok(Some(Event::Stray { bytes, .. })) => {
                bytes_seen.extend(bytes.iter().filter(|byte| **byte != 0));
            }
            Ok(Some(event)) => events.push(format!("{event:?}")),
            Ok(None) => return (events, bytes_seen, failure),
            Err(error) => {
                assert!(failure.is_none(), "two errors");
                failure = Some(error.to_string());
            }
        }
    }
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(64))]

    #[test]
    fn well_formed_archives_read_as_with_the_tar_crate(
        specs in prop::collection::vec(spec(), 0..8)
    ) {
        let stream = build(&specs);
        let seen = ours(&stream[..]).unwrap();
        prop_assert_eq!(&seen, &theirs(&stream));
        let names = seen.iter().map(|member| member.0.as_slice());
        prop_assert!(names.eq(specs.iter().map(|spec| spec.name.as_bytes())));
    }

    #[test]
    fn a_cut_is_an_error_unless_only_padding_is_lost(
        specs in prop::collection::vec(spec(), 1..5), at in any::<prop::sample::Index>()
    ) {
        let stream = build(&specs);
        let cut = &stream[..at.index(stream.len())];
        if let Ok(seen) = ours(cut) {
            let all = ours(&stream[..]).unwrap();
            prop_assert_eq!(&seen[..], &all[..seen.len()]);
            let lost = &stream[cut.len()..cut.len().next_multiple_of(BLOCK)];
            prop_assert!(lost.iter().all(|byte| *byte == 0));
        }
    }

    #[test]
    fn chunks_do_not_matter(
        specs in prop::collection::vec(spec(), 1..5),
        edits in prop::collection::vec((any::<prop::sample::Index>(), any::<u8>()), 0..4),
        capacity in 1..1000_usize,
    ) {
        let mut stream = build(&specs);
        for (at, byte) in edits {
            let at = at.index(stream.len());
            stream[at] = byte;
        }
        let chunked = BufReader::with_capacity(capacity, &stream[..]);
        prop_assert_eq!(flat(chunked), flat(&stream[..]));
    }

    #[test]
    fn any_blocks_with_good_checksums_are_read_to_the_end(
        blocks in prop::collection::vec(prop::collection::vec(any::<u8>(), 0..60), 0..8),
        types in prop::collection::vec(
            prop::sample::select(b"\x000123456 7SxgLKDM".to_vec()), 8
        ),
    ) {
        let mut stream = Vec::new();
        for (noise, typeflag) in blocks.iter().zip(types) {
            stream.extend(header(noise, typeflag, noise.len() as u64, |block| {
                if noise.len() % 2 == 0 { gnu(block) }
                let half = noise.len() / 2;
                put(block, 345, &noise[..half]);
            }));
            if noise.len() % 3 > 0 { stream.extend(padded(noise)) }
        }
        let mut reader = Reader::new(&stream[..], Limits::default());
        let mut errors = 0;
        loop {
            match reader.next_event() {
                Ok(Some(_)) => {}
                Ok(None) => break,
                Err(_) => errors += 1,
            }
        }
        prop_assert!(errors <= 1);
        prop_assert_eq!(reader.offset(), stream.len() as u64);
    }
}
