//! Whole archives, one function per writer, each with that writer's members in
//! that writer's order.

mod dir;
mod docker;
mod member;
mod name;
mod oci;
mod registry;

pub use crate::archive::{
    dir::{dir_transport, oci_layout_dir},
    docker::{
        docker_export, docker_save, docker_save_25, docker_v1, nix, nix_stream, podman_docker,
    },
    member::{Member, edit, members, pack, unpack},
    oci::{Oci, buildkit_oci, containerd, oci_archive},
    registry::{bazel, crane, jib, kaniko},
};

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{Compress, Image, Layer};

    /// Two layers, of which one comes twice, and an instruction without a layer.
    fn image() -> Image {
        let layer = Layer::new().file("a", "1");
        Image::new("app:1.0")
            .layer(layer.clone(), "ADD a /")
            .empty_step("USER app")
            .layer(Layer::new().whiteout("a"), "RUN rm /a")
            .layer(layer, "ADD a /")
    }

    /// The members' names in order, with `#` for 64 hex digits and `@` for a link.
    fn names(archive: &[u8]) -> String {
        let names = members(archive).into_iter().map(|member| {
            let link = if member.kind.is_symlink() { "@" } else { "" };
            masked(&member.path) + link
        });
        names.collect::<Vec<_>>().join(" ")
    }

    fn masked(path: &str) -> String {
        let is_hex = |part: &str| part.len() == 64 && part.bytes().all(|b| b.is_ascii_hexdigit());
        let parts = path.split_inclusive(['/', '.', ':']);
        let masked = parts.map(|part| {
            let word = part.trim_end_matches(['/', '.', ':']);
            if is_hex(word) {
                part.replace(word, "#")
            } else {
                part.to_owned()
            }
        });
        masked.collect()
    }

    #[test]
    fn docker_1_9_makes_a_directory_of_each_step_and_ends_with_repositories() {
        let step = "#/ #/VERSION #/json #/layer.tar ";
        assert_eq!(
            names(&docker_v1(&[image()])),
            step.repeat(4) + "repositories"
        );
    }

    #[test]
    fn docker_1_10_links_a_layer_met_again() {
        let names = names(&docker_save(&[image()]));
        assert_eq!(names.matches("#/layer.tar").count(), 3);
        assert_eq!(names.matches("#/layer.tar@").count(), 1);
        assert_eq!(names.matches("#.json").count(), 1);
        assert!(names.ends_with(" manifest.json repositories"), "{names}");
    }

    #[test]
    fn docker_25_has_a_v1_json_and_no_second_blob_for_each_layer() {
        let blobs = "blobs/sha256/# ".repeat(2 + 3 + 1 + 1); // layers, v1 json, config, manifest
        let rest = "index.json manifest.json oci-layout repositories";
        let expected = format!("blobs/ blobs/sha256/ {blobs}{rest}");
        assert_eq!(names(&docker_save_25(&[image()])), expected);
    }

    #[test]
    fn containerd_nests_an_index_for_platforms_and_attestations() {
        let other = image().platform("linux", "arm64", None);
        let options = Oci {
            compress: Compress::Gzip,
            attestation: Some("{}".to_owned()),
            absent: vec!["linux/s390x".to_owned()],
        };
        let archive = containerd(&[image(), other], &options);
        // Layers; configs; manifests; one statement, its config and two manifests alike; index.
        let blobs = "blobs/sha256/# ".repeat(2 + 2 + 2 + 3 + 1);
        let expected = format!("blobs/ blobs/sha256/ {blobs}index.json manifest.json oci-layout");
        assert_eq!(names(&archive), expected);
    }

    #[test]
    fn layouts_of_one_image_have_no_nested_index() {
        let blobs = "blobs/sha256/# ".repeat(2 + 1 + 1);
        let expected = format!("blobs/ blobs/sha256/ {blobs}index.json oci-layout");
        assert_eq!(
            names(&buildkit_oci(&[image()], &Compress::Gzip.into())),
            expected
        );
        assert_eq!(names(&oci_archive(&[image()], Compress::Zstd)), expected);
    }

    #[test]
    fn podman_puts_layers_first_and_links_to_them() {
        let legacy = "#/VERSION #/layer.tar@ #/json ".repeat(3);
        let expected = format!("#.tar #.tar #.json {legacy}manifest.json repositories");
        assert_eq!(names(&podman_docker(&[image()])), expected);
    }

    #[test]
    fn writers_from_registries_end_with_manifest_json() {
        let repeated = "#.tar.gz #.tar.gz";
        assert_eq!(
            names(&crane(&[image()])),
            format!("sha256:# {repeated} manifest.json")
        );
        assert_eq!(
            names(&jib(&image())),
            format!("{repeated} config.json manifest.json")
        );
        let blobs = "blobs/sha256/#.tar.gz ".repeat(3);
        assert_eq!(
            names(&bazel(&[image()])),
            format!("blobs/sha256/# {blobs}manifest.json")
        );
        let layers = "#/layer.tar #/layer.tar";
        assert_eq!(
            names(&nix_stream(&[image()])),
            format!("{layers} #.json manifest.json")
        );
    }

    #[test]
    fn an_archive_unchanged_by_an_edit_keeps_every_byte() {
        let archive = docker_save(&[image()]);
        assert_eq!(edit(&archive, |_| {}), archive);
    }
}
