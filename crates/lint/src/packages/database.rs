//! Databases that say line by line what was installed.

use base64::{
    Engine as _,
    prelude::{BASE64_STANDARD, BASE64_URL_SAFE_NO_PAD},
};
use imglint_layers::ImagePath;

use super::{Digest, Ownership, Published};

/// Longer lines are none of a database.
const LONGEST_LINE: usize = 16 * 1024;

/// A database that is being read.
#[derive(Debug)]
pub(crate) struct Database {
    form: Form,
    line: Vec<u8>,
    /// Whether the line became too long, so that its rest is none either.
    skipping: bool,
}

/// How a database is written.
#[derive(Debug)]
enum Form {
    /// dpkg's `PACKAGE.md5sums`, also of images without dpkg: `MD5  path`.
    Md5sums,
    /// dpkg's `status`: ` /path MD5` in the field `Conffiles`.
    Status,
    /// apk's `installed`: `F:` directory, `R:` file, `Z:Q1` and SHA-1.
    Installed { directory: Vec<u8>, file: Vec<u8> },
    /// Python's `RECORD`: `path,sha256=…,size`, relative to this directory.
    Record { directory: Vec<u8> },
}

impl Database {
    /// The database that stands at a path, if one does.
    pub(crate) fn at(path: &ImagePath) -> Option<Self> {
        let bytes = path.as_bytes();
        let form = match bytes {
            b"lib/apk/db/installed" | b"usr/lib/apk/db/installed" => Form::Installed {
                directory: Vec::new(),
                file: Vec::new(),
            },
            b"var/lib/dpkg/status" => Form::Status,
            _ if bytes.ends_with(b".dist-info/RECORD") => {
                let directory = path.parent().and_then(|info| info.parent());
                let directory = directory.map(|above| above.as_bytes().to_vec());
                Form::Record {
                    directory: directory.unwrap_or_default(),
                }
            }
            _ => {
                let of_dpkg = bytes.strip_prefix(b"var/lib/dpkg/")?;
                let listed = of_dpkg.starts_with(b"info/") || of_dpkg.starts_with(b"status.d/");
                if !listed || !of_dpkg.ends_with(b".md5sums") {
                    return None;
                }
                Form::Md5sums
            }
        };
        Some(Self {
            form,
            line: Vec::new(),
            skipping: false,
        })
    }

    /// Takes the next bytes, and lists what their lines say.
    pub(crate) fn feed(&mut self, bytes: &[u8], published: &mut Published) {
        for piece in bytes.split_inclusive(|&b| b == b'\n') {
            let (text, ends) = match piece.split_last() {
                Some((b'\n', text)) => (text, true),
                _ => (piece, false),
            };
            self.skipping |= self.line.len().saturating_add(text.len()) > LONGEST_LINE;
            if !self.skipping {
                self.line.extend_from_slice(text);
            }
            if ends {
                self.end(published);
            }
        }
    }

    /// Ends the line, at a line feed or at the end of the file.
    pub(crate) fn end(&mut self, published: &mut Published) {
        if !self.skipping {
            self.form.line(&self.line, published);
        }
        self.line.clear();
        self.skipping = false;
    }
}

impl Form {
    fn line(&mut self, line: &[u8], published: &mut Published) {
        match self {
            Self::Md5sums => {
                if let Some((hex, path)) = line.split_at_checked(32)
                    && let Some(digest) = Digest::md5_of_hex(hex)
                {
                    let path = path.trim_ascii_start();
                    let path = path.strip_prefix(b"./").unwrap_or(path);
                    published.list(path, digest, Ownership::Distribution);
                }
            }
            Self::Status => {
                let mut words = line
                    .strip_prefix(b" /")
                    .into_iter()
                    .flat_map(|line| line.split(|&b| b == b' '));
                if let (Some(path), Some(hex)) = (words.next(), words.next())
                    && let Some(digest) = Digest::md5_of_hex(hex)
                {
                    published.list(path, digest, Ownership::Distribution);
                }
            }
            Self::Installed { directory, file } => match line.split_at_checked(2) {
                Some((b"F:", name)) => name.clone_into(directory),
                Some((b"R:", name)) => name.clone_into(file),
                Some((b"Z:", sum)) => {
                    if let Some(digest) = apk_sum(sum) {
                        let path = joined(directory, file);
                        published.list(&path, digest, Ownership::Distribution);
                    }
                }
                _ => {}
            },
            Self::Record { directory } => {
                if let Some((path, digest)) = record(line) {
                    let path = joined(directory, path);
                    published.list(&path, digest, Ownership::Package);
                }
            }
        }
    }
}

/// `Q1` and the SHA-1 in Base64.
fn apk_sum(text: &[u8]) -> Option<Digest> {
    let bytes = BASE64_STANDARD.decode(text.strip_prefix(b"Q1")?).ok()?;
    Some(Digest::Sha1(bytes.try_into().ok()?))
}

/// `path,sha256=DIGEST,size`; a path with a comma is quoted, and not worth the trouble.
fn record(line: &[u8]) -> Option<(&[u8], Digest)> {
    let mut fields = line.split(|&b| b == b',');
    let path = fields.next()?;
    let sum = fields.next()?.strip_prefix(b"sha256=")?;
    let bytes = BASE64_URL_SAFE_NO_PAD.decode(sum).ok()?;
    Some((path, Digest::Sha256(bytes.try_into().ok()?)))
}

fn joined(directory: &[u8], name: &[u8]) -> Vec<u8> {
    match directory {
        [] => name.to_vec(),
        _ => [directory, b"/", name].concat(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::packages::Hasher;

    /// Who published `content` at `path`, as a database says that stands at `at`.
    fn owner(at: &str, database: &str, path: &str, content: &str) -> Option<Ownership> {
        let mut published = Published::asked([path.as_bytes()]);
        let mut reader = Database::at(&ImagePath::from(at)).unwrap();
        for byte in database.as_bytes() {
            reader.feed(&[*byte], &mut published);
        }
        reader.end(&mut published);
        let mut hasher = Hasher::default();
        hasher.update(0, content.as_bytes());
        published.owner(path.as_bytes(), &hasher.finish(content.len() as u64))
    }

    /// The MD5 of `abc` is that of RFC 1321, appendix A.5.
    #[test]
    fn dpkg_lists_md5() {
        let sums =
            "00000000000000000000000000000000  etc/x\n900150983cd24fb0d6963f7d28e17f72  lib/x/a\n";
        let at = "var/lib/dpkg/info/x:amd64.md5sums";
        for path in ["lib/x/a", "usr/lib/x/a"] {
            assert_eq!(owner(at, sums, path, "abc"), Some(Ownership::Distribution));
        }
        assert_eq!(owner(at, sums, "lib/x/a", "abd"), None);
        assert_eq!(owner(at, sums, "lib/x/b", "abc"), None);
        assert_eq!(
            owner("var/lib/dpkg/status.d/x.md5sums", sums, "lib/x/a", "abc"),
            Some(Ownership::Distribution)
        );
    }

    #[test]
    fn dpkg_lists_configuration_files_in_its_status() {
        let status = "Package: x\nConffiles:\n /etc/x.conf 900150983cd24fb0d6963f7d28e17f72\n /etc/y 1 obsolete\n";
        let of = |content| owner("var/lib/dpkg/status", status, "etc/x.conf", content);
        assert_eq!(of("abc"), Some(Ownership::Distribution));
        assert_eq!(of("abd"), None);
    }

    /// The SHA-1 of `abc` is a9993e36 4706816a ba3e2571 7850c26c 9cd0d89d (FIPS 180, appendix).
    #[test]
    fn apk_lists_sha1_below_directories() {
        let installed =
            "P:x\nF:etc\nF:usr/share/x\nR:a\na:0:0:644\nZ:Q1qZk+NkcGgWq6PiVxeFDCbJzQ2J0=\n";
        let of = |path, content| owner("lib/apk/db/installed", installed, path, content);
        assert_eq!(of("usr/share/x/a", "abc"), Some(Ownership::Distribution));
        assert_eq!(of("usr/share/x/a", "abd"), None);
        assert_eq!(of("etc/a", "abc"), None);
    }

    /// The SHA-256 of `abc` begins with ba7816bf (FIPS 180, appendix).
    #[test]
    fn python_lists_sha256_beside_its_packages() {
        let record = "x/a.py,sha256=ungWv48Bz-pBQUDeXa4iI7ADYaOWF3qctBD_YfIAFa0,3\nx/RECORD,,\n";
        let at = "usr/lib/python3/site-packages/x-1.dist-info/RECORD";
        let path = "usr/lib/python3/site-packages/x/a.py";
        assert_eq!(owner(at, record, path, "abc"), Some(Ownership::Package));
        assert_eq!(owner(at, record, path, "abd"), None);
    }

    #[test]
    fn other_files_are_no_databases() {
        for path in [
            "var/lib/dpkg/info/x.list",
            "srv/var/lib/dpkg/info/x.md5sums",
            "app/md5sums",
            "RECORD",
        ] {
            assert!(Database::at(&ImagePath::from(path)).is_none(), "{path}");
        }
    }

    #[test]
    fn a_line_without_end_is_not_kept() {
        let mut published = Published::asked([&b"a"[..]]);
        let mut reader = Database::at(&ImagePath::from("var/lib/dpkg/status")).unwrap();
        for _ in 0..100 {
            reader.feed(&[b'x'; 1024], &mut published);
        }
        assert!(reader.line.len() <= LONGEST_LINE);
        reader.feed(b"\n /a 900150983cd24fb0d6963f7d28e17f72\n", &mut published);
        assert!(published.lists(b"a"));
    }
}
