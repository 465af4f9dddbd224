//! Names, links, duplicates, and bytes that no document leads to.

use std::{
    fs,
    io::{Read as _, Write as _},
    os::unix::fs::symlink,
};

use imglint_archive::{Archive, Options};
use imglint_format::{BlobReader, BlobSource as _};
use imglint_testkit::{
    Compress, Image, Layer, Outer,
    archive::{self, Member},
    compress,
};

use crate::{anomalies, layers, open};

fn image() -> Image {
    Image::new("app:1.0").layer(Layer::new().file("f", "content"), "RUN f")
}

/// A `docker save` archive whose only layer stands under the names that `put` gives it.
fn with_layer(listed: &str, put: impl FnOnce(Outer, Vec<u8>) -> Outer) -> Vec<u8> {
    let manifest =
        serde_json::json!([{ "Config": "c.json", "RepoTags": null, "Layers": [listed] }]);
    let layer = image().layers().next().unwrap().bytes();
    put(Outer::new(), layer)
        .file("c.json", image().config())
        .file("manifest.json", manifest.to_string())
        .bytes()
}

fn read(bytes: &[u8]) -> (Vec<u8>, Vec<String>) {
    let archive = open(bytes);
    let layer = layers(&archive, &archive.images()[0]).remove(0);
    (layer, anomalies(&archive))
}

#[test]
fn spellings_of_a_name_are_one_name() {
    for listed in ["a/l.tar", "./a/l.tar", "a//l.tar", "a/b/../l.tar"] {
        let bytes = with_layer(listed, |outer, layer| outer.file("./a/l.tar", layer));
        let (layer, odd) = read(&bytes);
        assert_eq!((layer.is_empty(), odd), (false, vec![]), "{listed}");
    }
}

#[test]
fn names_that_lead_out_are_told_and_stay_inside() {
    for listed in ["../../l.tar", "/l.tar"] {
        let (layer, odd) = read(&with_layer(listed, |outer, layer| {
            outer.file("l.tar", layer)
        }));
        assert!(!layer.is_empty());
        assert!(
            odd[0].contains("leads out of the archive: docker refuses it"),
            "{odd:?}"
        );
    }
    let bytes = with_layer("/etc/passwd", |outer, layer| outer.file("l.tar", layer));
    let (layer, odd) = read(&bytes);
    assert!(layer.is_empty(), "the file of this machine is not read");
    assert_eq!(
        odd[2], "manifest.json: layer 0 (/etc/passwd) is not in the archive; not scanned",
        "{odd:?}"
    );
}

#[test]
fn hard_and_symbolic_links_are_followed() {
    let bytes = with_layer("a/l.tar", |outer, layer| {
        outer
            .file("b/real.tar", layer)
            .hard_link("b/l.tar", "b/real.tar")
            .symlink("a/l.tar", "../b/l.tar")
    });
    let (layer, odd) = read(&bytes);
    assert_eq!((layer.is_empty(), odd), (false, vec![]));
}

#[test]
fn circles_and_long_chains_of_links_are_incomplete() {
    let bytes = with_layer("a", |outer, _| outer.symlink("a", "b").symlink("b", "a"));
    let (_, odd) = read(&bytes);
    assert_eq!(odd, ["manifest.json: link \"a\" leads back to itself"]);
    let bytes = with_layer("0", |outer, layer| {
        (0..20).fold(outer.file("20", layer), |outer, at| {
            outer.symlink(at.to_string(), (at + 1).to_string())
        })
    });
    let archive = open(&bytes);
    assert!(
        anomalies(&archive)
            .contains(&"manifest.json: link \"0\" leads through more than 16 links".to_owned())
    );
    assert!(archive.images()[0].anomalies[0].incomplete());
}

#[test]
fn duplicate_of_the_same_bytes_is_silent() {
    let bytes = with_layer("l.tar", |outer, layer| {
        outer.file("l.tar", &layer).file("l.tar", &layer)
    });
    let archive = open(&bytes);
    assert_eq!(anomalies(&archive), Vec::<String>::new());
    assert_eq!(archive.unreferenced(), []);
}

#[test]
fn duplicate_of_other_bytes_is_told_and_both_are_kept() {
    let bytes = with_layer("l.tar", |outer, layer| {
        outer.file("l.tar", "other").file("l.tar", layer)
    });
    let archive = open(&bytes);
    let found = anomalies(&archive);
    let expected = "app.tar, byte 0: member \"l.tar\" stands twice (entries 1 and 2), with different bytes: \
                    docker and containerd read the second, podman the first";
    assert_eq!(found[0], expected);
    assert!(
        layers(&archive, &archive.images()[0])[0].len() > 5,
        "the second one counts"
    );
    assert_eq!(archive.unreferenced().len(), 1);
    assert_eq!(
        archive.size(archive.unreferenced()[0].blob),
        5,
        "the first one is still scanned"
    );
}

#[test]
fn stray_file_is_told() {
    let bytes = archive::edit(&archive::docker_save(&[image()]), |members| {
        members.push(Member::file("id_rsa", "secret"));
    });
    let archive = open(&bytes);
    let found = anomalies(&archive);
    assert!(
        found[0].ends_with("\"id_rsa\" (6 bytes) ships but no manifest names it"),
        "{found:?}"
    );
    assert!(found[0].starts_with("app.tar, byte "), "{found:?}");
    let stray = archive
        .unreferenced()
        .iter()
        .find(|it| !it.expected)
        .unwrap();
    assert_eq!(archive.describe(stray.blob), "id_rsa");
}

#[test]
fn data_after_the_end_is_told_and_kept() {
    let mut bytes = archive::docker_save(&[image()]);
    let end = bytes.len();
    bytes.extend([b'x'; 700]);
    let archive = open(&bytes);
    let found = anomalies(&archive);
    assert!(
        found[0].contains("data after the end of the archive"),
        "{found:?}"
    );
    let stray = archive
        .unreferenced()
        .iter()
        .find(|it| !it.expected)
        .unwrap();
    let mut content = Vec::new();
    BlobReader::new(&archive, stray.blob)
        .read_to_end(&mut content)
        .unwrap();
    assert_eq!(content, [b'x'; 700]);
    assert!(
        archive
            .describe(stray.blob)
            .ends_with(" outside any member"),
        "from {end} on"
    );
}

#[test]
fn what_the_compression_hides_is_told_and_kept() {
    let mut gzip = compress(&archive::docker_save(&[image()]), Compress::Gzip);
    let end = gzip.len();
    gzip.extend(b"AKIA and more");
    let mut zstd = b"\x50\x2a\x4d\x18\x05\0\0\0hello".to_vec();
    zstd.extend(compress(&archive::docker_save(&[image()]), Compress::Zstd));
    for (bytes, hidden, from) in [(gzip, "AKIA and more", end), (zstd, "hello", 8)] {
        let archive = open(&bytes);
        let found = anomalies(&archive);
        let place = format!(", from byte {from} of the compressed file on");
        assert!(found.len() == 1 && found[0].ends_with(&place), "{found:?}");
        let blob = archive
            .unreferenced()
            .iter()
            .find(|it| !it.expected)
            .unwrap()
            .blob;
        let mut content = String::new();
        BlobReader::new(&archive, blob)
            .read_to_string(&mut content)
            .unwrap();
        assert_eq!(content, hidden);
    }
}

#[test]
fn endless_sparse_member_is_not_read() {
    let bytes = with_layer("l.tar", |outer, layer| {
        outer.sparse_file("l.tar", 1 << 50, &[(0, &layer)])
    });
    let archive = open(&bytes);
    let found = anomalies(&archive);
    assert!(
        found[0].contains("sparse member \"l.tar\" claims 1125899906842624 bytes; not read"),
        "{found:?}"
    );
    assert!(archive.anomalies()[0].incomplete());
    assert_eq!(archive.images()[0].layers[0].blob, None);
    assert_eq!(
        archive.unreferenced().len(),
        1,
        "its stored bytes are still scanned"
    );
}

/// Each alone is below the bound; together they would take hours to read.
#[test]
fn holes_of_all_members_together_are_bounded() {
    let members = archive::members(&archive::docker_save(&[image()]));
    let outer = members.iter().fold(Outer::new(), |outer, member| {
        outer.file(&member.path, &member.content)
    });
    let bytes = (0..3).fold(outer, |outer, n| {
        outer.sparse_file(&format!("{n}.tar"), 3 << 30, &[(0, b"data")])
    });
    let archive = open(&bytes.bytes());
    let found = anomalies(&archive);
    let refused: Vec<_> = found
        .iter()
        .filter(|text| text.contains("not read"))
        .collect();
    assert_eq!(refused.len(), 2, "{found:?}");
    assert!(
        refused[0].contains("\"1.tar\" claims 3221225472 bytes"),
        "{found:?}"
    );
}

#[test]
fn a_flood_of_stray_files_is_counted() {
    let image = archive::members(&archive::docker_save(&[image()]));
    let many = (0..150).map(|at| Member::file(format!("stray{at}"), ""));
    let bytes = archive::pack(&image.into_iter().chain(many).collect::<Vec<_>>());
    let found = anomalies(&open(&bytes));
    assert_eq!(found.len(), 101);
    assert_eq!(
        found[100],
        "app.tar: 50 more members ship but no manifest names them"
    );
}

#[test]
fn missing_end_mark_and_zero_padding_are_fine() {
    let plain = archive::docker_save(&[image()]);
    for bytes in [
        plain[..plain.len() - 1024].to_vec(),
        [plain.clone(), vec![0; 9000]].concat(),
    ] {
        assert_eq!(anomalies(&open(&bytes)), Vec::<String>::new());
    }
}

#[test]
fn a_tail_of_a_tebibyte_is_told_and_not_read() {
    let bytes = archive::docker_save(&[image()]);
    let mut file = tempfile::NamedTempFile::new().unwrap();
    file.write_all(&bytes).unwrap();
    file.as_file().set_len(1 << 40).unwrap();
    let archive = Archive::open(file.path(), &Options::default()).unwrap();
    let [tail] = archive.anomalies() else {
        panic!("{:?}", archive.anomalies());
    };
    assert!(tail.incomplete(), "{tail}");
    let looked_at = tail.offset.unwrap();
    let bound = bytes.len() as u64 + (64 << 20);
    assert!(looked_at.abs_diff(bound) <= 64 << 10, "{looked_at}");
    let unread = format!("{} bytes after the end mark", (1 << 40) - looked_at);
    assert!(tail.to_string().contains(&unread), "{tail}");
}

#[test]
fn data_behind_a_mebibyte_of_zeros_is_told() {
    let mut bytes = archive::docker_save(&[image()]);
    bytes.resize(bytes.len() + (1 << 20), 0);
    bytes.push(b'x');
    let found = anomalies(&open(&bytes));
    assert!(found[0].contains("data after the end"), "{found:?}");
}

#[test]
fn common_directory_is_accepted_and_told() {
    let inside = archive::oci_archive(&[image()], Compress::Gzip);
    let bytes = archive::edit(&inside, |members| {
        for member in members.iter_mut() {
            member.path.insert_str(0, "./img/");
        }
    });
    let archive = open(&bytes);
    assert_eq!(
        anomalies(&archive),
        [
            "app.tar: everything lies below \"img\": no engine loads it so; pack it again from inside that folder"
        ]
    );
    assert!(!layers(&archive, &archive.images()[0])[0].is_empty());
}

#[test]
fn sparse_members_are_read_with_their_holes() {
    let layer = image().layers().next().unwrap().bytes();
    let manifest = serde_json::json!([{ "Config": "c.json", "Layers": ["l.tar"] }]).to_string();
    let mut expected = layer.clone();
    expected.resize(4096 + layer.len(), 0);
    let bytes = Outer::new()
        .sparse_file("l.tar", expected.len() as u64, &[(0, &layer)])
        .file("c.json", image().config())
        .file("manifest.json", manifest)
        .bytes();
    let archive = open(&bytes);
    assert_eq!(layers(&archive, &archive.images()[0])[0], expected);
}

#[test]
fn directory_links_lead_nowhere_outside() {
    let dir = tempfile::tempdir().unwrap();
    let root = dir.path().join("image");
    archive::unpack(&archive::docker_save(&[image()]), &root);
    let layer = fs::read_dir(&root)
        .unwrap()
        .map(|entry| entry.unwrap().path().join("layer.tar"));
    let layer = layer.into_iter().find(|path| path.exists()).unwrap();
    fs::rename(&layer, dir.path().join("outside.tar")).unwrap();
    for target in [dir.path().join("outside.tar"), "../../outside.tar".into()] {
        let _ = fs::remove_file(&layer);
        symlink(target, &layer).unwrap();
        let archive = Archive::open(&root, &Options::default()).unwrap();
        assert_eq!(archive.images()[0].layers[0].blob, None);
        let found = anomalies(&archive);
        assert!(
            found[0].ends_with("leaves the directory; not followed"),
            "{found:?}"
        );
        assert!(archive.images()[0].anomalies[0].incomplete());
    }
}

#[test]
fn file_that_changes_under_the_reader_is_an_error() {
    let dir = tempfile::tempdir().unwrap();
    archive::unpack(&archive::docker_save(&[image()]), dir.path());
    let archive = Archive::open(dir.path(), &Options::default()).unwrap();
    let blob = archive.images()[0].layers[0].blob.unwrap();
    fs::write(dir.path().join(archive.describe(blob)), "shorter").unwrap();
    let error = archive.read_at(blob, 0, &mut [0; 4]).unwrap_err();
    assert_eq!(error.to_string(), "the file changed while it was read");
}
