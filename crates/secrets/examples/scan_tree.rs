//! Prints the secrets in the regular files below a directory: `scan_tree DIR`.
#![expect(clippy::print_stdout, reason = "an example prints")]

use std::{
    env,
    fs::{self, File},
    io::{self, Read},
    path::Path,
};

use imglint_secrets::{FileScan, Scanner};

fn main() -> io::Result<()> {
    let scanner = Scanner::new();
    let mut scan = scanner.file(b"");
    let mut buffer = vec![0; 256 * 1024];
    for root in env::args_os().skip(1) {
        walk(Path::new(&root), &mut scan, &mut buffer)?;
    }
    Ok(())
}

fn walk(path: &Path, scan: &mut FileScan<'_>, buffer: &mut [u8]) -> io::Result<()> {
    let kind = fs::symlink_metadata(path)?;
    if kind.is_dir() {
        for entry in fs::read_dir(path)? {
            walk(&entry?.path(), scan, buffer)?;
        }
    } else if kind.is_file() {
        file(path, scan, buffer)?;
    }
    Ok(())
}

fn file(path: &Path, scan: &mut FileScan<'_>, buffer: &mut [u8]) -> io::Result<()> {
    scan.reset(imglint_secrets::Context::File(
        path.as_os_str().as_encoded_bytes(),
    ));
    let mut file = File::open(path)?;
    loop {
        let read = file.read(buffer)?;
        scan.feed(buffer.get(..read).unwrap_or_default());
        if read == 0 {
            break;
        }
    }
    for hit in scan.finish() {
        let line = hit.line.unwrap_or_default();
        println!(
            "{} {:?} {}:{line}: {}: {}",
            hit.fingerprint,
            hit.family,
            path.display(),
            hit.what,
            hit.excerpt
        );
    }
    Ok(())
}
