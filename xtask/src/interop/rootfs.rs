//! A root file system large enough for the commands of a Dockerfile, from this machine's own programs.

use std::{
    collections::{BTreeMap, BTreeSet},
    fs::{self, File},
    path::{Path, PathBuf},
    process::Command,
};

use miette::{IntoDiagnostic as _, Result, WrapErr as _, miette};

use crate::process;

const PROGRAMS: &[&str] = &[
    "sh", "cat", "chmod", "chown", "cp", "head", "ln", "mkdir", "mkfifo", "mv", "rm", "rmdir",
    "touch", "truncate",
];

const PASSWD: &str = "root:x:0:0:root:/root:/bin/sh\napp:x:1000:1000:app:/srv/app:/bin/sh\n";
const GROUP: &str = "root:x:0:\napp:x:1000:\n";

/// Writes the programs and the libraries they need as a tar, the same each time.
pub(super) fn write(path: &Path) -> Result<()> {
    let file = File::create(path)
        .into_diagnostic()
        .wrap_err_with(|| path.display().to_string())?;
    let mut builder = tar::Builder::new(file);
    let mut folders = BTreeSet::new();
    for (name, source) in files()? {
        directories(&mut builder, &mut folders, &name)?;
        let content = fs::read(&source)
            .into_diagnostic()
            .wrap_err_with(|| source.display().to_string())?;
        add(&mut builder, &name, 0o755, &content)?;
    }
    directories(&mut builder, &mut folders, Path::new("etc/passwd"))?;
    add(
        &mut builder,
        Path::new("etc/passwd"),
        0o644,
        PASSWD.as_bytes(),
    )?;
    add(
        &mut builder,
        Path::new("etc/group"),
        0o644,
        GROUP.as_bytes(),
    )?;
    builder.finish().into_diagnostic()
}

/// Name in the image and file on this machine of every program and library.
fn files() -> Result<BTreeMap<PathBuf, PathBuf>> {
    let mut files = BTreeMap::new();
    for program in PROGRAMS {
        let source =
            find(program).ok_or_else(|| miette!("there is no {program} on this machine"))?;
        for library in libraries(&source) {
            let name = library.strip_prefix("/").unwrap_or(&library).to_owned();
            files.insert(name, library);
        }
        files.insert(Path::new("bin").join(program), source);
    }
    Ok(files)
}

/// A program on the path, with links followed.
fn find(program: &str) -> Option<PathBuf> {
    let path = std::env::var_os("PATH")?;
    let found = std::env::split_paths(&path).map(|folder| folder.join(program));
    found
        .filter_map(|file| file.canonicalize().ok())
        .find(|file| file.is_file())
}

/// What the dynamic linker would load; nothing for a static program.
fn libraries(program: &Path) -> Vec<PathBuf> {
    let listing = process::stdout(Command::new("ldd").arg(program)).unwrap_or_default();
    parse_ldd(&String::from_utf8_lossy(&listing))
}

/// The absolute paths of an ldd(1) listing.
fn parse_ldd(listing: &str) -> Vec<PathBuf> {
    let paths = listing
        .split_whitespace()
        .filter(|word| word.starts_with('/'));
    paths
        .map(|word| PathBuf::from(word.trim_end_matches(':')))
        .collect()
}

type Builder = tar::Builder<File>;

/// Adds the folders above a file, each once.
fn directories(builder: &mut Builder, done: &mut BTreeSet<PathBuf>, file: &Path) -> Result<()> {
    let mut above: Vec<&Path> = file.ancestors().skip(1).collect();
    above.reverse();
    for folder in above
        .into_iter()
        .filter(|folder| !folder.as_os_str().is_empty())
    {
        if done.insert(folder.to_owned()) {
            let mut header = header(tar::EntryType::Directory, 0o755, 0);
            builder
                .append_data(&mut header, folder, &[][..])
                .into_diagnostic()?;
        }
    }
    Ok(())
}

fn add(builder: &mut Builder, name: &Path, mode: u32, content: &[u8]) -> Result<()> {
    let mut header = header(tar::EntryType::Regular, mode, content.len() as u64);
    builder
        .append_data(&mut header, name, content)
        .into_diagnostic()
}

fn header(kind: tar::EntryType, mode: u32, size: u64) -> tar::Header {
    let mut header = tar::Header::new_gnu();
    header.set_entry_type(kind);
    header.set_mode(mode);
    header.set_size(size);
    // One second after 1970: a time of 0 means "none" to some builders.
    header.set_mtime(1);
    header
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn libraries_and_the_linker_are_found_in_a_listing() {
        let listing = "\tlinux-vdso.so.1 (0x00007ffc)\n\
                       \tlibc.so.6 => /lib/x86_64-linux-gnu/libc.so.6 (0x00007f11)\n\
                       \t/lib64/ld-linux-x86-64.so.2 (0x00007f12)\n";
        let expected = [
            "/lib/x86_64-linux-gnu/libc.so.6",
            "/lib64/ld-linux-x86-64.so.2",
        ];
        assert_eq!(parse_ldd(listing), expected.map(PathBuf::from));
        assert_eq!(
            parse_ldd("\tnot a dynamic executable\n"),
            Vec::<PathBuf>::new()
        );
    }
}
