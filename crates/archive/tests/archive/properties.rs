//! Laws that hold for any bytes.

use std::sync::LazyLock;

use imglint_archive::{Archive, Options};
use imglint_testkit::{
    Compress, Image, Layer,
    archive::{self, Oci},
    compress,
};
use proptest::prelude::*;

fn image() -> Image {
    let first = Layer::new().dir("d").file("d/a", "one");
    Image::new("app:1.0")
        .layer(first.clone(), "a")
        .empty_step("b")
        .layer(first, "c")
}

/// An archive of each kind.
static ARCHIVES: LazyLock<Vec<Vec<u8>>> = LazyLock::new(|| {
    let images = [image()];
    let options = Oci {
        absent: vec!["linux/arm64".into()],
        attestation: Some("{}".into()),
        ..Compress::Gzip.into()
    };
    vec![
        archive::docker_v1(&images),
        archive::docker_save(&images),
        archive::docker_save_25(&images),
        archive::containerd(&images, &options),
        archive::podman_docker(&images),
        archive::crane(&images),
    ]
});

fn tries(bytes: &[u8]) -> Result<Archive, imglint_archive::OpenError> {
    Archive::from_reader("app.tar", bytes, &Options::default())
}

/// Where each entry's header begins and its content ends.
fn entries(bytes: &[u8]) -> Vec<std::ops::Range<usize>> {
    let mut entries = Vec::new();
    let mut at = 0;
    while bytes[at] != 0 {
        let size = std::str::from_utf8(&bytes[at + 124..at + 135]).unwrap();
        let end = at + 512 + usize::from_str_radix(size, 8).unwrap();
        entries.push(at..end);
        at = end.next_multiple_of(512);
    }
    entries
}

proptest! {
    #[test]
    fn cut_anywhere_is_an_error_unless_only_padding_or_whole_entries_are_lost(
        which in 0..6_usize,
        cut in any::<prop::sample::Index>(),
    ) {
        let whole = &ARCHIVES[which];
        let (cut, entries) = (cut.index(whole.len()), entries(whole));
        let found = tries(&whole[..cut]);
        if entries.iter().any(|entry| entry.start < cut && cut < entry.end) {
            prop_assert!(found.is_err());
        } else if cut % 512 == 0 && entries.iter().all(|entry| entry.end <= cut) {
            prop_assert_eq!(found.unwrap().images().len(), 1);
        }
    }

    #[test]
    fn cut_compressed_archive_is_an_error(cut in any::<prop::sample::Index>(), how in 0..4_usize) {
        let how = [Compress::Gzip, Compress::Zstd, Compress::Xz, Compress::Bzip2][how];
        let whole = compress(&ARCHIVES[1], how);
        prop_assert!(tries(&whole[..cut.index(whole.len())]).is_err());
    }

    #[test]
    fn changed_bytes_never_panic(
        which in 0..6_usize,
        changes in prop::collection::vec((any::<prop::sample::Index>(), any::<u8>()), 1..20),
    ) {
        let mut bytes = ARCHIVES[which].clone();
        for (at, byte) in changes {
            let at = at.index(bytes.len());
            bytes[at] = byte;
        }
        let _ = tries(&bytes);
    }

    #[test]
    fn changed_documents_never_panic(
        which in 0..6_usize,
        changes in prop::collection::vec((any::<prop::sample::Index>(), any::<prop::sample::Index>(), any::<u8>()), 1..8),
    ) {
        let bytes = archive::edit(&ARCHIVES[which], |members| {
            for (member, at, byte) in changes {
                let count = members.len();
                let content = &mut members[member.index(count)].content;
                if !content.is_empty() {
                    let at = at.index(content.len());
                    content[at] = byte;
                }
            }
        });
        let _ = tries(&bytes);
    }

    #[test]
    fn any_bytes_never_panic(bytes in prop::collection::vec(any::<u8>(), 0..2000)) {
        prop_assert!(tries(&bytes).is_err());
    }
}
