//! The forms that image archives have, by who writes them.

use std::fmt;

/// How an archive is laid out, as far as its members tell; for people, nothing depends on it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum Form {
    /// `docker save` up to 1.9: layer folders chained by `parent`, no `manifest.json`.
    DockerV1,
    /// `docker save` 1.10 to 24: `manifest.json` and legacy layer folders (also nix `buildImage`).
    DockerSave,
    /// `docker save` from 25 on with a graph driver: `manifest.json` and an OCI layout.
    DockerSaveOci,
    /// containerd's exporter: Docker's containerd store, nerdctl, ctr, `BuildKit` `type=docker`.
    Containerd,
    /// `docker-archive:` of podman, buildah and skopeo.
    Podman,
    /// crane, ko and kaniko.
    Crane,
    /// jib's Docker tar.
    Jib,
    /// bazel `rules_oci`.
    Bazel,
    /// Another tar with `manifest.json`, such as that of nix `streamLayeredImage`.
    DockerArchive,
    /// An OCI image layout.
    OciLayout,
    /// A `dir:` folder of skopeo and buildah.
    Dir,
}

impl fmt::Display for Form {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::DockerV1 => "docker save (1.9 and older)",
            Self::DockerSave => "docker save (1.10–24)",
            Self::DockerSaveOci => "docker save (25 and newer)",
            Self::Containerd => "docker save (containerd store) or BuildKit",
            Self::Podman => "docker-archive (podman, buildah, skopeo)",
            Self::Crane => "docker archive (crane, ko, kaniko)",
            Self::Jib => "docker archive (jib)",
            Self::Bazel => "docker archive (bazel rules_oci)",
            Self::DockerArchive => "docker archive",
            Self::OciLayout => "OCI layout",
            Self::Dir => "dir: folder (skopeo, buildah)",
        })
    }
}
