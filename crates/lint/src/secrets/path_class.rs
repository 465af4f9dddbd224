//! What kind of place a path is, as far as that says how much a secret there matters.
//!
//! It lowers severity and nothing else: every file is looked at.

use imglint_layers::ImagePath;

/// What kind of place a path is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum PathClass {
    /// Programs and data that containers run with.
    Plain,
    /// The same, of somebody else: what packages install.
    Packaged,
    /// Documentation, examples, tests, translations: full of secrets that open nothing.
    Aside {
        /// Whether the image's own application lives there, and not a package of somebody else.
        live: bool,
    },
}

/// Directories of what is not run.
const ASIDE: &[&str] = &[
    "__tests__",
    "demo",
    "demos",
    "doc",
    "docs",
    "documentation",
    "example",
    "examples",
    "fixtures",
    "locale",
    "locales",
    "man",
    "mysql-test",
    "samples",
    "spec",
    "specs",
    "test",
    "testdata",
    "testing",
    "tests",
];

/// Ends of names of what is not run.
const ASIDE_NAMES: &[&str] = &[
    ".d.cts", ".d.mts", ".d.ts", ".spec.js", ".spec.ts", ".test.js", ".test.ts", "_spec.rb",
    "_test.go", "_test.py",
];

/// Ends of names of what is compiled against, where a directory above is called `include`.
const HEADERS: &[&str] = &[".h", ".hh", ".hpp", ".hxx"];

/// Where an image keeps what is its own.
const LIVE: &[&str] = &[
    "app",
    "code",
    "data",
    "etc/ssh",
    "etc/ssl/private",
    "home",
    "opt",
    "root",
    "run/secrets",
    "srv",
    "usr/src/app",
    "var/www",
    "workspace",
];

/// Below these, packages of others are installed, wherever they stand.
const PACKAGES: &[&str] = &[
    ".cargo/registry",
    ".m2/repository",
    "bower_components",
    "dist-packages",
    "gems",
    "node_modules",
    "pkg/mod",
    "site-packages",
    "vendor",
];

/// Where distributions install.
const PACKAGED: &[&str] = &["usr/include/", "usr/lib/", "usr/lib64/", "usr/share/"];

/// Homes are named after people, who may be called `test`.
const HOMES: &[u8] = b"home/";

impl PathClass {
    pub(crate) fn of(path: &ImagePath) -> Self {
        let path = path.as_bytes();
        if is_aside(path) {
            Self::Aside {
                live: is_live(path),
            }
        } else if is_packaged(path) {
            Self::Packaged
        } else {
            Self::Plain
        }
    }
}

fn is_aside(path: &[u8]) -> bool {
    let path = match path.strip_prefix(HOMES) {
        Some(below) => after(below, b'/'),
        None => path,
    };
    let slash = path.iter().rposition(|&b| b == b'/');
    let (above, name) = slash.map_or((&[][..], path), |at| path.split_at(at));
    let name = name.strip_prefix(b"/").unwrap_or(name);
    let ends = |ends: &[&str]| ends.iter().any(|end| name.ends_with(end.as_bytes()));
    let mut above = above.split(|&b| b == b'/');
    let is_header = ends(HEADERS) && above.clone().any(|name| name == b"include");
    let is_test = name.starts_with(b"test_") && name.ends_with(b".py");
    is_header
        || is_test
        || ends(ASIDE_NAMES)
        || above.any(|name| {
            ASIDE
                .iter()
                .any(|aside| name.eq_ignore_ascii_case(aside.as_bytes()))
        })
}

/// Nothing of one's own belongs there (FHS 3.0, §4.6 and §4.11).
fn is_packaged(path: &[u8]) -> bool {
    let is_below = |place: &&str| path.starts_with(place.as_bytes());
    PACKAGED.iter().any(is_below) || passes(path, b"dist-packages")
}

fn is_live(path: &[u8]) -> bool {
    let below = LIVE.iter().find_map(|live| {
        let rest = path.strip_prefix(live.as_bytes())?;
        rest.strip_prefix(b"/")
    });
    below.is_some_and(|below| {
        !PACKAGES
            .iter()
            .any(|package| passes(below, package.as_bytes()))
    })
}

/// Whether `names` stand in the path one after the other, as whole components.
fn passes(path: &[u8], names: &[u8]) -> bool {
    let starts_there = |rest: &[u8]| {
        rest.strip_prefix(names)
            .is_some_and(|rest| matches!(rest, [] | [b'/', ..]))
    };
    let mut rest = path;
    loop {
        if starts_there(rest) {
            return true;
        }
        rest = after(rest, b'/');
        if rest.is_empty() {
            return false;
        }
    }
}

/// What follows the first `byte`; nothing where there is none.
fn after(bytes: &[u8], byte: u8) -> &[u8] {
    let at = bytes.iter().position(|&b| b == byte);
    at.and_then(|at| bytes.get(at + 1..)).unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn class(path: &str) -> PathClass {
        PathClass::of(&ImagePath::from(path))
    }

    #[test]
    fn what_is_run_is_plain_wherever_it_is_installed() {
        for path in [
            "app/server.js",
            "app/node_modules/thing/index.js",
            "usr/local/lib/app/config.yml",
            "home/test/.npmrc",
            "opt/contest/key.pem",
            "usr/src/linux/key.h",
        ] {
            assert_eq!(class(path), PathClass::Plain, "{path}");
        }
    }

    #[test]
    fn what_distributions_install_is_packaged() {
        for path in [
            "usr/lib/python3/dist-packages/app/settings.py",
            "usr/share/app/config.yml",
            "usr/lib/test",
        ] {
            assert_eq!(class(path), PathClass::Packaged, "{path}");
        }
    }

    #[test]
    fn documentation_and_tests_of_packages_are_aside() {
        for path in [
            "usr/share/doc/openssl/README.gz",
            "usr/share/man/man1/curl.1.gz",
            "usr/lib/python3.12/test/certdata/keycert.pem",
            "app/node_modules/tls/test/fixtures/key.pem",
            "opt/venv/lib/python3.12/site-packages/twisted/test/server.pem",
            "root/go/pkg/mod/golang.org/x/net@v0.1.0/testdata/key.pem",
            "root/go/pkg/mod/golang.org/x/net@v0.1.0/key_test.go",
            "usr/include/openssl/pem.h",
            "usr/lib/node_modules/typescript/lib/lib.d.ts",
        ] {
            assert_eq!(class(path), PathClass::Aside { live: false }, "{path}");
        }
    }

    #[test]
    fn tests_of_the_application_are_live() {
        for path in [
            "srv/test/key.pem",
            "app/tests/test_login.py",
            "root/doc/id_rsa",
        ] {
            assert_eq!(class(path), PathClass::Aside { live: true }, "{path}");
        }
    }
}
