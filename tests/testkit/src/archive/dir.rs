//! Forms that are directories.

use std::{fs, path::Path};

use crate::{
    Compress, Image,
    archive::{
        member::{Member, pack, unpack},
        oci::{Blobs, Oci, buildkit_oci},
    },
};

/// An OCI layout directory, as `skopeo copy … oci:` and BuildKit's `tar=false` make it.
pub fn oci_layout_dir(images: &[Image], options: &Oci, dir: &Path) {
    unpack(&buildkit_oci(images, options), dir);
}

/// The `dir:` transport of skopeo and buildah: the manifest is `manifest.json`,
/// blobs are bare hex (c/i `directory/directory_transport.go`).
pub fn dir_transport(image: &Image, how: Compress, dir: &Path) {
    let mut blobs = Blobs::default();
    let manifest = blobs.image(image, how).descriptor;
    let members: Vec<Member> = blobs
        .into_members()
        .into_iter()
        .map(|mut member| {
            let hex = member.path.rsplit('/').next().unwrap().to_owned();
            member.path = if is(&manifest, &hex) {
                "manifest.json".to_owned()
            } else {
                hex
            };
            member
        })
        .collect();
    unpack(&pack(&members), dir);
    fs::write(dir.join("version"), "Directory Transport Version: 1.1\n").unwrap();
}

fn is(descriptor: &serde_json::Value, hex: &str) -> bool {
    descriptor["digest"].as_str().unwrap().ends_with(hex)
}
