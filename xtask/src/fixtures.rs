//! One sample archive of every form, to play with.

use std::{fs, path::Path};

use imglint_testkit::{Compress, Image, Layer, Meta, archive, archive::Oci, compress};
use miette::{IntoDiagnostic as _, Result};

use crate::workspace::{self, write};

/// Writes the samples into the target folder.
pub(crate) fn run() -> Result<()> {
    let folder = workspace::target("fixtures")?;
    write_all(&folder)?;
    println!("wrote {}", folder.display());
    Ok(())
}

fn write_all(folder: &Path) -> Result<()> {
    for (name, bytes) in archives(&[sample()]) {
        write(&folder.join(name), bytes)?;
    }
    let image = sample();
    let options = Oci::default();
    directory(folder, "oci-layout", |dir| {
        archive::oci_layout_dir(std::slice::from_ref(&image), &options, dir);
    })?;
    directory(folder, "dir-transport", |dir| {
        archive::dir_transport(&image, Compress::Gzip, dir);
    })
}

/// Makes a folder anew and fills it.
fn directory(parent: &Path, name: &str, fill: impl FnOnce(&Path)) -> Result<()> {
    let dir = parent.join(name);
    if dir.exists() {
        fs::remove_dir_all(&dir).into_diagnostic()?;
    }
    fs::create_dir_all(&dir).into_diagnostic()?;
    fill(&dir);
    Ok(())
}

/// Every form that is one file.
fn archives(images: &[Image]) -> Vec<(&'static str, Vec<u8>)> {
    let docker = archive::docker_save(images);
    vec![
        ("docker-1.9.tar", archive::docker_v1(images)),
        ("docker-1.10.tar.gz", compress(&docker, Compress::Gzip)),
        ("docker-1.10.tar.zst", compress(&docker, Compress::Zstd)),
        ("docker-1.10.tar.xz", compress(&docker, Compress::Xz)),
        ("docker-1.10.tar.bz2", compress(&docker, Compress::Bzip2)),
        ("docker-1.10.tar", docker),
        ("docker-25.tar", archive::docker_save_25(images)),
        (
            "containerd.tar",
            archive::containerd(images, &Oci::default()),
        ),
        (
            "buildkit.tar",
            archive::buildkit_oci(images, &Oci::default()),
        ),
        ("podman.tar", archive::podman_docker(images)),
        (
            "oci-archive-gzip.tar",
            archive::oci_archive(images, Compress::Gzip),
        ),
        (
            "oci-archive-zstd.tar",
            archive::oci_archive(images, Compress::Zstd),
        ),
        ("crane.tar", archive::crane(images)),
        ("kaniko.tar", archive::kaniko(images)),
        ("bazel.tar", archive::bazel(images)),
        ("nix.tar.gz", archive::nix(images)),
        ("nix-stream.tar", archive::nix_stream(images)),
        ("docker-export.tar", archive::docker_export(&files())),
    ]
    .into_iter()
    .chain(images.iter().map(|image| ("jib.tar", archive::jib(image))))
    .collect()
}

/// A few files of each kind.
fn files() -> Layer {
    Layer::new()
        .dir("etc")
        .file("etc/passwd", "root:x:0:0:root:/root:/bin/sh\n")
        .file_with("bin/sh", vec![b'#'; 100_000], Meta::mode(0o755))
        .symlink("bin/ash", "sh")
        .hard_link("bin/dash", "bin/sh")
        .file("srv/مرحبا.txt", "hello\n")
        .file("hi", "")
}

fn sample() -> Image {
    Image::new("sample:1.0")
        .layer(files(), "/bin/sh -c #(nop) ADD file:0123456789abcdef in / ")
        .empty_step("/bin/sh -c #(nop)  CMD [\"sh\"]")
        .layer(Layer::new().whiteout("hi"), "/bin/sh -c rm /hi")
        .layer(
            Layer::new().opaque("srv").file("srv/new", "new\n"),
            "RUN /bin/sh -c mv",
        )
        .user("1000")
        .cmd(&["sh"])
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_form_is_written_once_and_again() {
        let folder = tempfile::tempdir().unwrap();
        write_all(folder.path()).unwrap();
        let written = fs::read_dir(folder.path()).unwrap().count();
        assert_eq!(written, archives(&[sample()]).len() + 2);
        write_all(folder.path()).unwrap();
        assert!(folder.path().join("oci-layout/index.json").exists());
    }
}
