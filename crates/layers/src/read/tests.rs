use std::io;

use imglint_format::{BlobReader, Digest, MemoryBlobs};
use imglint_tar::{Hidden, PaxRecords};
use imglint_testkit::{Compress, EntryType, Layer, Meta, compress, sha256};
use proptest::prelude::*;

use super::*;
use crate::Whiteout;

fn read(bytes: &[u8]) -> LayerIndex {
    read_layer(bytes, &ReadOptions::default(), &mut ())
}

fn read_with(bytes: &[u8], set: impl FnOnce(&mut ReadOptions)) -> LayerIndex {
    let mut options = ReadOptions::default();
    set(&mut options);
    read_layer(bytes, &options, &mut ())
}

fn sample() -> Layer {
    let layer = Layer::new()
        .dir("d")
        .file("d/f", "content")
        .hard_link("h", "d/f")
        .symlink("s", "../x");
    layer
        .whiteout("gone")
        .device("n", EntryType::Char, 1, 3)
        .fifo("p")
}

fn codes(index: &LayerIndex) -> Vec<&'static str> {
    index.anomalies.iter().map(LayerAnomaly::code).collect()
}

#[track_caller]
fn fault(index: &LayerIndex) -> (FaultStage, &str) {
    match &index.faults[..] {
        [fault] => (fault.stage, &fault.message),
        faults => panic!("{faults:?}"),
    }
}

/// Keeps all that it is shown, as one text.
#[derive(Default)]
struct Seen {
    files: Vec<(String, Vec<u8>, bool)>,
    stray: Vec<u8>,
    hidden: Vec<(Hidden, Vec<u8>)>,
    globals: usize,
}

impl ContentSink for Seen {
    fn entry(&mut self, _: EntryId, _: &ImagePath, entry: &Entry) {
        let path = String::from_utf8_lossy(&entry.path).into_owned();
        self.files.push((path, Vec::new(), false));
    }

    fn data(&mut self, offset: u64, bytes: &[u8]) {
        let (_, content, _) = self.files.last_mut().unwrap();
        content.resize(usize::try_from(offset).unwrap(), 0);
        content.extend_from_slice(bytes);
    }

    fn end(&mut self) {
        let (_, _, ended) = self.files.last_mut().unwrap();
        assert!(!std::mem::replace(ended, true), "ended twice");
    }

    fn stray(&mut self, _: u64, bytes: &[u8]) {
        self.stray.extend_from_slice(bytes);
    }

    fn hidden(&mut self, place: Hidden, _: u64, bytes: &[u8]) {
        self.hidden.push((place, bytes.to_vec()));
    }

    fn global(&mut self, _: u64, _: &PaxRecords) {
        self.globals += 1;
    }
}

fn seen(bytes: &[u8]) -> (LayerIndex, Seen) {
    let mut seen = Seen::default();
    let index = read_layer(bytes, &ReadOptions::default(), &mut seen);
    assert!(seen.files.iter().all(|(_, _, ended)| *ended));
    (index, seen)
}

#[test]
fn entries_keep_what_the_headers_say() {
    let meta = Meta {
        mode: 0o4755,
        uid: 7,
        gid: 8,
        mtime: 9,
    };
    let layer = sample()
        .xattrs(&[("user.x", b"y")])
        .file_with("/m", "abc", meta);
    let index = read(&layer.bytes());
    let nodes: Vec<_> = index.entries.iter().map(|entry| &entry.node).collect();
    assert_eq!(*nodes[0], Node::Directory);
    assert_eq!(
        *nodes[2],
        Node::HardLink {
            target: "d/f".into()
        }
    );
    assert_eq!(
        *nodes[3],
        Node::Symlink {
            target: b"../x"[..].into()
        }
    );
    assert_eq!(*nodes[4], Node::Whiteout(Whiteout::Path("gone".into())));
    assert_eq!(*nodes[5], Node::CharDevice { major: 1, minor: 3 });
    assert_eq!(*nodes[6], Node::Fifo);
    let last = index.entries.last().unwrap();
    assert_eq!(
        (last.mode, last.uid, last.gid, last.mtime.seconds),
        (0o4755, 7, 8, 9)
    );
    assert_eq!(
        (&*last.xattrs[0].name, &*last.xattrs[0].value),
        (&b"user.x"[..], &b"y"[..])
    );
    assert_eq!(
        (
            last.path.to_string().as_str(),
            last.size(),
            last.header_size
        ),
        ("/m", 3, 3)
    );
    let bytes = layer.bytes();
    let data = usize::try_from(last.data_offset).unwrap();
    assert_eq!(&bytes[data..data + 3], b"abc");
    assert_eq!((index.content_size, index.faults.len()), (7 + 3, 0));
}

#[test]
fn digests_and_sizes_are_those_of_blob_and_tar() {
    let tar = sample().bytes();
    for how in [
        Compress::None,
        Compress::Gzip,
        Compress::Zstd,
        Compress::Xz,
        Compress::Bzip2,
    ] {
        let blob = compress(&tar, how);
        let index = read_with(&blob, |options| options.sha512 = true);
        assert_eq!(index.blob_digest.unwrap().to_string(), sha256(&blob));
        assert_eq!(index.blob_sha512.unwrap().verify(&blob), Some(true));
        assert_eq!(index.diff_id.unwrap().to_string(), sha256(&tar));
        assert_eq!(
            (index.blob_size, index.tar_size),
            (blob.len() as u64, tar.len() as u64)
        );
        assert_eq!((index.entries.len(), index.faults.len()), (7, 0));
    }
}

#[test]
fn empty_blob_is_an_empty_layer() {
    let index = read(b"");
    assert_eq!(
        (index.entries.len(), index.blob_size, index.faults.len()),
        (0, 0, 0)
    );
    assert_eq!(index.diff_id.unwrap().digest(), &Digest::of_bytes(b""));
}

#[test]
fn layer_is_read_through_a_blob_source() {
    let mut blobs = MemoryBlobs::new();
    let id = blobs.add("layer.tar", sample().bytes()).unwrap();
    let index = read_layer(
        BlobReader::new(&blobs, id),
        &ReadOptions::default(),
        &mut (),
    );
    assert_eq!(index.entries.len(), 7);
}

#[test]
fn files_of_any_length_reach_the_sink_whole() {
    let big: Vec<u8> = (0..1_000_000_u32).flat_map(u32::to_le_bytes).collect();
    let tar = Layer::new()
        .file("big", &big)
        .file("empty", "")
        .file("small", "x")
        .bytes();
    for how in [Compress::None, Compress::Zstd] {
        let (index, seen) = seen(&compress(&tar, how));
        let lengths: Vec<_> = seen
            .files
            .iter()
            .map(|(_, content, _)| content.len())
            .collect();
        assert_eq!(
            (lengths, seen.files[0].1 == big),
            (vec![4_000_000, 0, 1], true)
        );
        assert!(index.is_complete() && seen.stray.is_empty());
    }
}

#[test]
fn identity_is_equal_for_equal_content_alone() {
    let tar = Layer::new()
        .file("a", "text")
        .file("b", "text")
        .file("c", "test")
        .sparse_file("d", 4, &[(0, b"text")]);
    let identity = |entry: &LayerEntry| entry.node.content().unwrap().1;
    let ids: Vec<_> = read(&tar.bytes()).entries.iter().map(identity).collect();
    assert!(ids[0] == ids[1] && ids[0] != ids[2] && ids[0] == ids[3]);
}

#[test]
fn unportable_compression_is_reported() {
    let tar = sample().bytes();
    for (how, expected) in [
        (Compress::Xz, vec!["unportable-compression"]),
        (Compress::Gzip, vec![]),
    ] {
        assert_eq!(codes(&read(&compress(&tar, how))), expected);
    }
}

#[test]
fn junk_after_gzip_reaches_the_sink() {
    let blob = [
        compress(&sample().bytes(), Compress::Gzip),
        b"secret".to_vec(),
    ]
    .concat();
    let (index, seen) = seen(&blob);
    assert_eq!(seen.hidden, [(Hidden::TrailingJunk, b"secret".to_vec())]);
    assert_eq!(
        (codes(&index), index.faults.len()),
        (vec!["trailing-junk"], 0)
    );
    assert_eq!(index.blob_digest.unwrap().to_string(), sha256(&blob));
}

#[test]
fn damage_in_the_tar_keeps_digests_and_shows_the_rest() {
    let tar = sample()
        .file("broken", "x")
        .spoil_header(|header| header[0] = b'B')
        .file("later", "secret")
        .bytes();
    let (index, seen) = seen(&tar);
    let (stage, message) = fault(&index);
    assert_eq!(stage, FaultStage::Tar);
    assert!(
        message.contains("byte 4096") && message.contains("checksum"),
        "{message}"
    );
    assert_eq!(index.faults[0].tar_offset, Some(4096));
    assert_eq!(index.entries.len(), 7);
    assert!(seen.stray.windows(6).any(|window| window == b"secret"));
    assert_eq!(index.diff_id.unwrap().to_string(), sha256(&tar));
    assert_eq!(index.tar_size, tar.len() as u64);
}

#[test]
fn damage_in_the_compression_keeps_the_blob_digest() {
    let noise: Vec<u8> = (0..200_000_u32)
        .map(|n| (n.wrapping_mul(2_654_435_761) >> 24) as u8)
        .collect();
    let whole = compress(
        &Layer::new().file("a", "first").file("noise", noise).bytes(),
        Compress::Gzip,
    );
    let mut damaged = whole.clone();
    damaged[whole.len() / 2..][..64].fill(0xff);
    let cut = whole[..whole.len() / 2].to_vec();
    for blob in [damaged, cut] {
        let index = read(&blob);
        let (stage, message) = fault(&index);
        assert_eq!(stage, FaultStage::Decompress);
        assert!(
            message.starts_with("gzip stream") && message.contains("byte"),
            "{message}"
        );
        assert_eq!(
            (index.diff_id, index.entries[0].path.to_string()),
            (None, "/a".to_owned())
        );
        assert_eq!(index.blob_digest.unwrap().to_string(), sha256(&blob));
        assert_eq!(index.blob_size, blob.len() as u64);
    }
}

/// Fails after some bytes, and would give more if asked again.
struct Failing<'a>(&'a [u8], usize);

impl Read for Failing<'_> {
    fn read(&mut self, out: &mut [u8]) -> io::Result<usize> {
        if self.1 == 0 {
            self.1 = usize::MAX;
            return Err(io::Error::other("disk on fire"));
        }
        let count = out.len().min(self.1).min(self.0.len());
        let (now, rest) = self.0.split_at(count);
        out[..count].copy_from_slice(now);
        (self.0, self.1) = (rest, self.1 - count);
        Ok(count)
    }
}

#[test]
fn failing_disk_gives_no_digest_but_what_was_read() {
    let tar = sample().file("last", vec![1; 10_000]).bytes();
    for how in [Compress::None, Compress::Zstd] {
        let blob = compress(&tar, how);
        let index = read_layer(
            Failing(&blob, blob.len() - 20),
            &ReadOptions::default(),
            &mut (),
        );
        let (stage, message) = fault(&index);
        assert_eq!(stage, FaultStage::Read);
        assert!(
            message.ends_with("disk on fire") && message.contains("at byte"),
            "{message}"
        );
        assert_eq!((index.blob_digest, index.diff_id), (None, None));
    }
    let index = read_layer(Failing(&tar, 0), &ReadOptions::default(), &mut ());
    assert_eq!(
        (fault(&index).0, index.entries.len()),
        (FaultStage::Read, 0)
    );
}

#[test]
fn limits_make_the_layer_incomplete_and_lose_no_content() {
    let tar = Layer::new()
        .file("a", "1")
        .file("deep/deep/deep", "2")
        .file("b", "3")
        .bytes();
    let deep = read_with(&tar, |options| options.path_components = 2);
    assert_eq!((fault(&deep).0, deep.entries.len()), (FaultStage::Limit, 2));
    assert!(fault(&deep).1.contains("\"deep/deep/deep\"") && fault(&deep).1.contains("byte 1024"));
    let large = read_with(&tar, |options| options.index_bytes = 0);
    assert_eq!(
        (fault(&large).0, large.entries.len()),
        (FaultStage::Limit, 0)
    );
    let many = read_with(&tar, |options| options.limits.entries = 1);
    assert_eq!((fault(&many).0, many.entries.len()), (FaultStage::Limit, 1));
    let bomb = read_with(&compress(&tar, Compress::Gzip), |options| {
        options.limits.decoded_bytes = 1000;
    });
    assert_eq!(fault(&bomb).0, FaultStage::Limit);

    let mut seen = Seen::default();
    let options = ReadOptions {
        path_components: 2,
        ..ReadOptions::default()
    };
    read_layer(&tar[..], &options, &mut seen);
    assert_eq!(seen.stray, b"2");
}

#[test]
fn global_header_is_shown_and_reported() {
    let (index, seen) = seen(
        &Layer::new()
            .global_pax(&[("comment", b"x")])
            .file("a", "")
            .bytes(),
    );
    assert_eq!(
        (seen.globals, codes(&index)),
        (1, vec!["pax-global-header"])
    );
}

#[test]
fn messages_name_the_entry_and_what_engines_do() {
    let layers = [
        Layer::new().file("a/.wh.", "").bytes(),
        Layer::new().file(".wh.a", "12").bytes(),
        compress(&Layer::new().bytes(), Compress::Xz),
    ];
    let messages = layers.map(|bytes| read(&bytes).anomalies[0].to_string());
    assert_eq!(
        messages,
        [
            "entry \"/a/.wh.\" at byte 0 is a whiteout that names no file: docker overlay2, containerd, podman and umoci \
         refuse the layer, docker vfs deletes the directory",
            "entry \"/.wh.a\" at byte 0 is a whiteout with 2 bytes of content: every engine takes it by its name, and the \
         bytes ship unseen",
            "compressed with xz: docker and podman load it, containerd refuses it",
        ]
    );
}

proptest! {
    #[test]
    fn cutting_anywhere_never_panics(cut in 0_usize..6000, how in 0_usize..5) {
        let how = [Compress::None, Compress::Gzip, Compress::Zstd, Compress::Xz, Compress::Bzip2][how];
        let blob = compress(&sample().bytes(), how);
        let index = read(&blob[..cut.min(blob.len())]);
        let _ = crate::Stack::new(&[&index]);
        prop_assert!(index.blob_digest.is_some());
    }

    #[test]
    fn damage_anywhere_never_panics(at in 0_usize..6000, byte: u8, how in 0_usize..3) {
        let how = [Compress::None, Compress::Gzip, Compress::Zstd][how];
        let mut blob = compress(&sample().bytes(), how);
        let at = at % blob.len();
        blob[at] = byte;
        let (index, _) = seen(&blob);
        let _ = (crate::Stack::new(&[&index, &index]), crate::Dive::of(&[&index, &index]));
        prop_assert_eq!(index.blob_digest.unwrap().to_string(), sha256(&blob));
    }
}

/// Headers that are no entries pass by the limit of entries.
#[test]
fn a_flood_of_global_headers_meets_the_limit_of_the_index() {
    let flood = (0..1000).fold(Layer::new(), |layer, _| layer.global_pax(&[("a", b"b")]));
    let tar = flood.file("f", "content").bytes();
    assert!(read(&tar).is_complete());
    let index = read_with(&tar, |options| options.index_bytes = 20_000);
    let (stage, message) = fault(&index);
    assert_eq!(stage, FaultStage::Limit);
    assert!(message.contains("more anomalies than"), "{message}");
    assert!(index.anomalies.len() < 1000, "{}", index.anomalies.len());
    assert_eq!(index.diff_id.unwrap().to_string(), sha256(&tar));
}
