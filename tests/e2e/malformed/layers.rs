//! Layers: damaged tars, damaged compression, and layers that are not there to read.

use imglint_testkit::{Compress, EntryType, Image, Layer, archive, compress, sha256};
use serde_json::{Value, json};

use super::{Case, case, image};

pub(super) fn cases() -> Vec<Case> {
    [tars(), compressed(), media_types()]
        .into_iter()
        .flatten()
        .collect()
}

/// An image whose layer 1 is this.
fn tar(name: &'static str, layer: Layer) -> Case {
    case(name, archive::docker_save(&[image(layer)]), &["layer 1"])
}

/// An image whose layer 1 is these bytes, whatever they are.
fn bytes(name: &'static str, bytes: &[u8]) -> Case {
    tar(name, Layer::new().raw(bytes).without_end())
}

fn start() -> Layer {
    Layer::new().dir("d").file("d/one", [1; 600])
}

fn tars() -> Vec<Case> {
    let second = start().offset();
    let whole = start().file("two", [2; 2000]).without_end().bytes();
    let header = |size: u64| start().header("two", EntryType::Regular, size, |_| ());
    let sized = |field: [u8; 12]| {
        start().header("two", EntryType::Regular, 0, move |header| {
            header.as_old_mut().size = field;
        })
    };
    let summed = start().file("two", "").spoil_header(|header| header[3] = 9);
    let pax = |text: &[u8]| start().raw_pax(text).file("x", "");
    let text = b"this is not a tar, but it is long enough to be seen as text\n";
    vec![
        bytes("layer is text", text),
        bytes("layer is random", &[0xa5; 2048]).at(0),
        bytes("layer cut in a body", &whole[..whole.len() - 1000]),
        bytes("layer cut in a header", &whole[..second + 300]).at(second + 300),
        tar("layer header damaged", summed).at(second),
        tar("layer size beyond", header(1 << 50)),
        tar("layer size negative", sized([0xff; 12])).at(second),
        tar("layer size no number", sized(*b"0000000000z\0")).at(second),
        tar("layer pax unterminated", pax(b"99 path=hi")).at(second + 512),
        tar("layer pax no number", pax(b"xx path=hi\n")).at(second + 512),
        tar("layer pax nul", pax(b"12 path=a\0b\n")).at(second + 512),
        tar("layer pax size", pax(b"11 size=-1\n")).at(second + 1024),
        tar(
            "layer pax huge",
            start().pax(&[("comment", &[b'x'; 2 << 20])]).file("x", ""),
        ),
        tar(
            "layer long name huge",
            start().gnu_long_name(&[b'x'; 2 << 20]).file("x", ""),
        ),
    ]
}

fn compressed() -> Vec<Case> {
    let plain = start().file("two", noise(60_000)).bytes();
    let half = |how| {
        let whole = compress(&plain, how);
        whole[..whole.len() / 2].to_vec()
    };
    let flipped = |how, from_end: usize| {
        let mut whole = compress(&plain, how);
        let at = whole.len() - from_end;
        whole[at] ^= 0x55;
        whole
    };
    let junk = [compress(&plain, Compress::Zstd), b"trailing junk".to_vec()].concat();
    vec![
        bytes("layer gzip cut", &half(Compress::Gzip)),
        bytes("layer zstd cut", &half(Compress::Zstd)),
        bytes("layer xz cut", &half(Compress::Xz)),
        bytes("layer bzip2 cut", &half(Compress::Bzip2)),
        bytes("layer gzip checksum", &flipped(Compress::Gzip, 8)),
        bytes("layer gzip damaged", &flipped(Compress::Gzip, 20_000)),
        bytes("layer zstd checksum", &flipped(Compress::Zstd, 2)),
        bytes("layer zstd junk", &junk),
        bytes(
            "layer gzip twice",
            &compress(&compress(&plain, Compress::Gzip), Compress::Gzip),
        ),
    ]
}

/// Bytes that do not compress, by a linear congruence.
fn noise(count: usize) -> Vec<u8> {
    let mut state = 1_u32;
    let step = |_| {
        state = state.wrapping_mul(1_664_525).wrapping_add(1_013_904_223);
        state.to_be_bytes()[0]
    };
    (0..count).map(step).collect()
}

fn media_types() -> Vec<Case> {
    let good = image(start());
    let typed = |name: &'static str, media_type: &'static str| {
        let bytes = relinked(&good, |layer| layer["mediaType"] = media_type.into());
        case(name, bytes, &["layer 1"])
    };
    let absent = sha256(b"not here");
    let digest = absent.clone();
    let missing = relinked(&good, move |layer| layer["digest"] = digest.into());
    let foreign = relinked(&good, |layer| {
        layer["mediaType"] = "application/vnd.docker.image.rootfs.foreign.diff.tar.gzip".into();
        layer["digest"] = sha256(b"on a server of Microsoft").into();
        layer["urls"] = json!(["https://mcr.example.com/layer"]);
    });
    let bad = relinked(&good, |layer| {
        layer["digest"] = "sha256:../../../etc/passwd".into();
    });
    vec![
        typed(
            "layer encrypted",
            "application/vnd.oci.image.layer.v1.tar+gzip+encrypted",
        ),
        typed("layer erofs", "application/vnd.erofs.layer.v1"),
        typed("layer of unknown type", "application/x-something"),
        case("layer missing", missing, &["layer 1", &absent]),
        case("layer foreign", foreign, &["layer 1"]),
        case("layer digest malformed", bad, &["layer 1"]),
    ]
}

/// The image as an OCI archive, the descriptor of its layer 1 changed.
fn relinked(image: &Image, change: impl FnOnce(&mut Value)) -> Vec<u8> {
    let good = archive::oci_archive(std::slice::from_ref(image), Compress::Gzip);
    archive::edit(&good, |members| {
        let mut index: Value = {
            let index = members
                .iter()
                .find(|member| member.path == "index.json")
                .unwrap();
            serde_json::from_slice(&index.content).unwrap()
        };
        let entry = &mut index["manifests"][0];
        let old = format!(
            "blobs/{}",
            entry["digest"].as_str().unwrap().replace(':', "/")
        );
        let blob = members
            .iter_mut()
            .find(|member| member.path == old)
            .unwrap();
        let mut manifest: Value = serde_json::from_slice(&blob.content).unwrap();
        change(&mut manifest["layers"][1]);
        blob.content = manifest.to_string().into_bytes();
        let digest = sha256(&blob.content);
        blob.path = format!("blobs/{}", digest.replace(':', "/"));
        entry["digest"] = digest.into();
        entry["size"] = blob.content.len().into();
        let listing = members
            .iter_mut()
            .find(|member| member.path == "index.json")
            .unwrap();
        listing.content = index.to_string().into_bytes();
    })
}
