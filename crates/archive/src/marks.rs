//! Recognising an archive by the names of its members (and what else it may be).

use imglint_tar::Compression;

use crate::{
    Form, OpenError, Stranger,
    members::Members,
    name::{self, is_hex},
};

/// Which documents an archive has that lead to images.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
#[expect(
    clippy::struct_excessive_bools,
    reason = "each stands for one name that is there or is not"
)]
pub(crate) struct Marks {
    /// `manifest.json`.
    pub(crate) docker: bool,
    /// `index.json`.
    pub(crate) oci: bool,
    /// A v1 layer folder, `<64 hex>/json`.
    pub(crate) v1: bool,
    /// `version` beside `manifest.json`, which then is the image's own manifest.
    pub(crate) dir: bool,
}

impl Marks {
    pub(crate) fn of(members: &Members) -> Self {
        let docker = members.has(b"manifest.json");
        Self {
            docker,
            oci: members.has(b"index.json"),
            v1: !docker && members.names().any(is_v1_json),
            dir: docker && members.has(b"version"),
        }
    }

    /// Whether there is anything that may lead to an image.
    pub(crate) fn any(self) -> bool {
        self.docker || self.oci || self.v1
    }
}

/// `<64 hex>/json`, the mark of a v1 layer.
pub(crate) fn is_v1_json(name: &[u8]) -> bool {
    name::base(name) == b"json" && is_hex(name::parent(name), 64)
}

/// Whether a directory with these names at its top is worth a walk through all of it.
pub(crate) fn worth_a_walk(top: &Members) -> bool {
    Marks::of(top).any() || top.names().any(|name| is_hex(name, 64))
}

/// The one directory that everything lies below, when that is where the marks are.
pub(crate) fn common_prefix(members: &mut Members) -> Option<Vec<u8>> {
    let first = name::first(members.names().next()?).to_vec();
    if !members.names().all(|name| name::first(name) == first) {
        return None;
    }
    members.set_root(first.clone());
    if Marks::of(members).any() {
        return Some(first);
    }
    members.set_root(Vec::new());
    None
}

/// Who wrote an archive that has a `manifest.json` but no OCI layout.
pub(crate) fn docker_form(members: &Members) -> Form {
    let any = |is: fn(&[u8]) -> bool| members.names().any(is);
    if any(|name| name.starts_with(b"sha256:")) {
        Form::Crane
    } else if any(is_diff_tar) {
        Form::Podman
    } else if members.has(b"config.json") {
        Form::Jib
    } else if members.has(b"blobs/sha256") {
        Form::Bazel
    } else if any(|name| name::base(name) == b"VERSION" && is_hex(name::parent(name), 64)) {
        Form::DockerSave
    } else {
        Form::DockerArchive
    }
}

/// `<diff ID>.tar` at the root, as containers/image writes layers.
fn is_diff_tar(name: &[u8]) -> bool {
    name.strip_suffix(b".tar")
        .is_some_and(|stem| is_hex(stem, 64))
}

/// The error for a tar or directory that has no mark of an image; `has` asks whether it has a name.
pub(crate) fn stranger(archive: &str, has: impl Fn(&str) -> bool) -> OpenError {
    let archive = archive.to_owned();
    let what = if has("docker/registry/v2") || has("registry/v2/repositories") {
        Stranger::RegistryStorage
    } else if has(".dockerenv") || ROOT.iter().filter(|name| has(name)).count() >= 3 {
        return OpenError::RootFilesystem { archive };
    } else if has("Dockerfile") || has("Containerfile") {
        Stranger::BuildContext
    } else if has("meta.json") && has("tls") {
        Stranger::DockerContext
    } else {
        Stranger::NoMarks
    };
    OpenError::NotAnArchive {
        archive,
        compression: Compression::None,
        what,
    }
}

/// What root file systems have at their top.
const ROOT: &[&str] = &[
    "bin", "boot", "dev", "etc", "home", "lib", "lib64", "opt", "proc", "root", "run", "sbin",
    "srv", "sys", "tmp", "usr", "var",
];
