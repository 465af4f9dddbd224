//! The table of private keys that came with published packages, made from the packages themselves.

use std::{
    collections::{BTreeMap, BTreeSet},
    fmt::Write as _,
    fs::{self, File},
    io::Read,
    path::{Path, PathBuf},
};

use imglint_secrets::{Context, Family, FileScan, Scanner};
use miette::{IntoDiagnostic, Result, WrapErr};
use sha2::{Digest, Sha256};

use crate::workspace;

const TABLE: &str = "crates/secrets/src/key/published/table.rs";

/// Where to look.
#[derive(Debug, clap::Args)]
pub(crate) struct Args {
    /// Directories that hold unpacked packages, each in a directory of its name and version
    #[arg(required = true, value_name = "DIR")]
    folders: Vec<PathBuf>,

    /// Forget the keys that are in the table already
    #[arg(long)]
    anew: bool,
}

/// Adds every private key below the directories to the table.
pub(crate) fn run(args: &Args) -> Result<()> {
    let path = workspace::root().join(TABLE);
    let mut table = if args.anew {
        Table::default()
    } else {
        Table::parse(&fs::read_to_string(&path).into_diagnostic()?)
    };
    let scanner = Scanner::new();
    let mut scan = scanner.file(b"");
    let mut buffer = vec![0; 1 << 20];
    for folder in &args.folders {
        for package in entries(folder)? {
            let mut keys = BTreeSet::new();
            walk(&package, &mut scan, &mut buffer, &mut keys)?;
            if !keys.is_empty() {
                let name = package.file_name().unwrap_or_default().to_string_lossy();
                println!("{name}: {} keys", keys.len());
                table.packages.insert(plain(&name), keys.len());
                table.keys.extend(keys);
            }
        }
    }
    workspace::write(&path, table.text())?;
    println!("{} keys in {TABLE}", table.keys.len());
    Ok(())
}

/// First eight bytes of the SHA-256 of each key, and how many each package has.
#[derive(Debug, Default, PartialEq, Eq)]
struct Table {
    packages: BTreeMap<String, usize>,
    keys: BTreeSet<u64>,
}

impl Table {
    fn parse(text: &str) -> Self {
        let mut table = Self::default();
        for line in text.lines() {
            if let Some((package, count)) = line
                .strip_prefix("//! - ")
                .and_then(|line| line.split_once(": "))
            {
                table
                    .packages
                    .insert(package.to_owned(), count.parse().unwrap_or(0));
            }
            let numbers = line.split(&[' ', ',']).filter_map(|word| {
                let digits = word.strip_prefix("0x")?.replace('_', "");
                u64::from_str_radix(&digits, 16).ok()
            });
            table.keys.extend(numbers);
        }
        table
    }

    fn text(&self) -> String {
        let mut text = "//! Written by `cargo xtask published-keys`: packages with private keys, and how many.\n//!\n".to_owned();
        for (package, count) in &self.packages {
            let _ = writeln!(text, "//! - {package}: {count}");
        }
        text += "\n/// First eight bytes of the SHA-256 of each key.\n#[rustfmt::skip]\npub(super) const KEYS: &[u64] = &[\n";
        let keys: Vec<_> = self.keys.iter().collect();
        for row in keys.chunks(4) {
            text += "   ";
            for key in row {
                let [a, b, c, d] = [48, 32, 16, 0].map(|shift| **key >> shift & 0xffff);
                let _ = write!(text, " 0x{a:04x}_{b:04x}_{c:04x}_{d:04x},");
            }
            text.push('\n');
        }
        text + "];\n"
    }
}

/// A name that can stand in a comment.
fn plain(name: &str) -> String {
    name.chars()
        .map(|c| {
            if c.is_ascii_graphic() && c != ':' {
                c
            } else {
                '-'
            }
        })
        .collect()
}

fn entries(folder: &Path) -> Result<Vec<PathBuf>> {
    let list = fs::read_dir(folder)
        .into_diagnostic()
        .wrap_err_with(|| format!("cannot list {}", folder.display()))?;
    let paths: std::io::Result<Vec<_>> = list.map(|entry| Ok(entry?.path())).collect();
    let mut paths = paths.into_diagnostic()?;
    paths.sort();
    Ok(paths)
}

fn walk(
    path: &Path,
    scan: &mut FileScan<'_>,
    buffer: &mut [u8],
    keys: &mut BTreeSet<u64>,
) -> Result<()> {
    let kind = fs::symlink_metadata(path).into_diagnostic()?;
    if kind.is_dir() {
        for entry in entries(path)? {
            walk(&entry, scan, buffer, keys)?;
        }
    } else if kind.is_file() {
        keys.extend(keys_in(path, scan, buffer)?);
    }
    Ok(())
}

fn keys_in(path: &Path, scan: &mut FileScan<'_>, buffer: &mut [u8]) -> Result<Vec<u64>> {
    scan.reset(Context::File(path.as_os_str().as_encoded_bytes()));
    let mut file = File::open(path).into_diagnostic()?;
    loop {
        let read = file.read(buffer).into_diagnostic()?;
        if read == 0 {
            break;
        }
        scan.feed(buffer.get(..read).unwrap_or_default());
    }
    let hits = scan.finish();
    let keys = hits.iter().filter(|hit| is_key(hit.family));
    Ok(keys.filter_map(|hit| digest(hit.clear())).collect())
}

fn is_key(family: Family) -> bool {
    matches!(
        family,
        Family::PrivateKey | Family::EncryptedPrivateKey | Family::PublishedKey
    )
}

fn digest(key: &[u8]) -> Option<u64> {
    let digest = Sha256::digest(key);
    digest.first_chunk().map(|first| u64::from_be_bytes(*first))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_table_reads_back_as_written() {
        let table = Table {
            packages: [("openssl_3.0-1".to_owned(), 2), ("perl".to_owned(), 7)].into(),
            keys: [1, 0x0123_4567_89ab_cdef, u64::MAX, 5, 9].into(),
        };
        assert_eq!(Table::parse(&table.text()), table);
    }

    #[test]
    fn the_table_in_the_repository_is_as_this_writes_it() {
        let path = workspace::root().join(TABLE);
        let text = fs::read_to_string(path).unwrap();
        assert_eq!(Table::parse(&text).text(), text);
    }

    #[test]
    fn keys_are_collected_in_files_below() {
        // A PKCS#8 key of Ed25519 (RFC 8410 §7).
        let head = [
            0x30, 0x2e, 2, 1, 0, 0x30, 5, 6, 3, 0x2b, 0x65, 0x70, 4, 0x22, 4, 0x20,
        ];
        let key: Vec<u8> = head.into_iter().chain((0..32).map(|at| at * 7)).collect();
        let folder = tempfile::tempdir().unwrap();
        fs::create_dir(folder.path().join("a")).unwrap();
        fs::write(folder.path().join("a/b"), &key).unwrap();
        fs::write(folder.path().join("c"), "nothing").unwrap();
        let scanner = Scanner::new();
        let mut scan = scanner.file(b"");
        let mut keys = BTreeSet::new();
        walk(folder.path(), &mut scan, &mut [0; 16], &mut keys).unwrap();
        assert_eq!(
            keys.into_iter().collect::<Vec<_>>(),
            [digest(&key).unwrap()]
        );
    }
}
