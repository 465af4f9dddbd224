//! Layers made from this machine's own files, always in the same order.

use std::{
    fs::{self, File},
    io::{self, BufReader, BufWriter, Write},
    path::{Path, PathBuf},
};

use flate2::{Compression, write::GzEncoder};
use miette::{IntoDiagnostic as _, Result, WrapErr as _};
use sha2::{Digest as _, Sha256};

use crate::process;

const LAYERS: u64 = 3;

/// A file with its digest and size.
pub(super) struct Blob {
    pub(super) path: PathBuf,
    pub(super) hex: String,
    pub(super) size: u64,
}

/// One layer, plain and compressed.
pub(super) struct Layer {
    pub(super) tar: Blob,
    pub(super) gzip: Blob,
}

/// Writes three layers of this size in all, or less where the machine has no more.
pub(super) fn make(folder: &Path, size: u64) -> Result<Vec<Layer>> {
    let mut files = Walk::new(roots());
    let layer = |number| {
        let path = folder.join(format!("layer-{number}.tar"));
        let tar = blob(path.clone(), |out| tar(out, &mut files, size / LAYERS))?;
        let gzip = blob(path.with_extension("tar.gz"), |out| gzip(&path, out))?;
        println!(
            "layer {number}: {} bytes, {} compressed",
            tar.size, gzip.size
        );
        Ok(Layer { tar, gzip })
    };
    (0..LAYERS).map(layer).collect()
}

/// Programs, libraries and data first, then the compiler's own.
fn roots() -> Vec<PathBuf> {
    let mut rustc = std::process::Command::new("rustc");
    let sysroot = process::stdout(rustc.args(["--print", "sysroot"])).unwrap_or_default();
    let sysroot = String::from_utf8_lossy(&sysroot).trim().to_owned();
    ["/usr", "/opt", &sysroot]
        .iter()
        .filter(|root| !root.is_empty())
        .map(PathBuf::from)
        .collect()
}

/// Every file below some folders, in the order of their names.
struct Walk {
    stack: Vec<PathBuf>,
}

impl Walk {
    fn new(mut roots: Vec<PathBuf>) -> Self {
        roots.reverse();
        Self { stack: roots }
    }
}

impl Iterator for Walk {
    type Item = PathBuf;

    fn next(&mut self) -> Option<PathBuf> {
        let path = self.stack.pop()?;
        if path
            .symlink_metadata()
            .is_ok_and(|metadata| metadata.is_dir())
            && let Ok(entries) = fs::read_dir(&path)
        {
            let mut children: Vec<PathBuf> = entries
                .filter_map(|entry| Some(entry.ok()?.path()))
                .collect();
            children.sort();
            self.stack.extend(children.into_iter().rev());
        }
        Some(path)
    }
}

/// Takes files until the layer has its size, or there are no more.
fn tar(out: &mut dyn Write, files: &mut Walk, size: u64) -> Result<()> {
    let mut builder = tar::Builder::new(out);
    builder.mode(tar::HeaderMode::Deterministic);
    builder.follow_symlinks(false);
    let mut written = 0;
    while written < size
        && let Some(path) = files.next()
    {
        written += append(&mut builder, &path)?;
    }
    builder.finish().into_diagnostic()
}

/// Appends a file and gives its size; one that cannot be read is left out.
fn append(builder: &mut tar::Builder<&mut dyn Write>, path: &Path) -> Result<u64> {
    let name = path.strip_prefix("/").unwrap_or(path);
    let Ok(metadata) = path.symlink_metadata() else {
        return Ok(0);
    };
    if metadata.is_file() {
        let Ok(mut file) = File::open(path) else {
            return Ok(0);
        };
        builder.append_file(name, &mut file).into_diagnostic()?;
        return Ok(metadata.len());
    }
    if metadata.is_dir() || metadata.is_symlink() {
        builder
            .append_path_with_name(path, name)
            .into_diagnostic()?;
    }
    Ok(0)
}

fn gzip(tar: &Path, out: &mut dyn Write) -> Result<()> {
    let mut encoder = GzEncoder::new(out, Compression::new(6));
    io::copy(&mut open(tar)?, &mut encoder).into_diagnostic()?;
    encoder.finish().map(drop).into_diagnostic()
}

/// Writes a file through a hash.
fn blob(path: PathBuf, fill: impl FnOnce(&mut dyn Write) -> Result<()>) -> Result<Blob> {
    let mut out = Hashing {
        file: create(&path)?,
        hash: Sha256::new(),
        size: 0,
    };
    fill(&mut out)?;
    out.flush().into_diagnostic()?;
    let hex = hex(out.hash);
    Ok(Blob {
        path,
        hex,
        size: out.size,
    })
}

struct Hashing {
    file: BufWriter<File>,
    hash: Sha256,
    size: u64,
}

impl Write for Hashing {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        self.file.write_all(bytes)?;
        self.hash.update(bytes);
        self.size += bytes.len() as u64;
        Ok(bytes.len())
    }

    fn flush(&mut self) -> io::Result<()> {
        self.file.flush()
    }
}

/// The digest in hexadecimal.
pub(super) fn hex(hash: Sha256) -> String {
    hash.finalize()
        .iter()
        .fold(String::new(), |text, byte| text + &format!("{byte:02x}"))
}

pub(super) fn create(path: &Path) -> Result<BufWriter<File>> {
    let file = File::create(path)
        .into_diagnostic()
        .wrap_err_with(|| path.display().to_string())?;
    Ok(BufWriter::with_capacity(1 << 18, file))
}

pub(super) fn open(path: &Path) -> Result<BufReader<File>> {
    let file = File::open(path)
        .into_diagnostic()
        .wrap_err_with(|| path.display().to_string())?;
    Ok(BufReader::with_capacity(1 << 18, file))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn files_come_in_the_order_of_their_names() {
        let folder = tempfile::tempdir().unwrap();
        fs::create_dir(folder.path().join("a")).unwrap();
        for name in ["b", "a/z", "a/y"] {
            File::create(folder.path().join(name)).unwrap();
        }
        let names: Vec<_> = Walk::new(vec![folder.path().to_owned()])
            .map(|path| {
                path.strip_prefix(folder.path())
                    .unwrap()
                    .display()
                    .to_string()
            })
            .collect();
        assert_eq!(names, ["", "a", "a/y", "a/z", "b"]);
    }

    #[test]
    fn a_blob_knows_its_digest_and_size() {
        let folder = tempfile::tempdir().unwrap();
        let blob = blob(folder.path().join("abc"), |out| {
            out.write_all(b"abc").into_diagnostic()
        });
        let blob = blob.unwrap();
        // FIPS 180-2, appendix B.1.
        assert_eq!(
            blob.hex,
            "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad"
        );
        assert_eq!(blob.size, 3);
    }
}
