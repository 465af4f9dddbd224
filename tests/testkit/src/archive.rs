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
