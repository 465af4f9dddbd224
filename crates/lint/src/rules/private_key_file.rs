//! `private-key-file` (IL405).

use std::sync::LazyLock;

use globset::{Candidate, Glob, GlobSet};
use imglint_layers::ImagePath;
use imglint_secrets::Family;

use crate::{
    finding::{Findings, Severity},
    image::ImageView,
    linter::LintOptions,
    rule::rule,
    secrets::secrets,
};

rule!(
    /// ## What it checks
    /// Private keys (PEM, OpenSSH, PGP, PuTTY) in any layer, in files that a later layer deletes as
    /// well. A header alone is no key: the body must decode. A key with a passphrase is a warning;
    /// test keys inside installed packages are information.
    ///
    /// ## Why it matters
    /// Whoever pulls the image has the key. Deleting it in a later layer takes it out of sight, not
    /// out of the image.
    ///
    /// ## How to fix it
    /// Make a new key and revoke this one, then give it to the build without storing it:
    ///
    /// ```dockerfile
    /// RUN --mount=type=secret,id=key,target=/root/.ssh/id_ed25519 git clone git@example.com:app.git
    /// ```
    PrivateKeyFile, "private-key-file", "IL405", Error, check;
    "replace the key, and mount it in the build instead: RUN --mount=type=secret,id=key …"
);

fn check(image: &ImageView<'_>, _: &LintOptions, findings: &mut Findings) {
    for secret in secrets(
        image,
        &[
            Family::PrivateKey,
            Family::EncryptedPrivateKey,
            Family::PublishedKey,
        ],
    ) {
        let severity = match secret.hit.family {
            _ if secret.path.is_some_and(is_package_test) => Severity::Info,
            Family::PublishedKey => Severity::Info,
            Family::EncryptedPrivateKey => Severity::Warning,
            _ => Severity::Error,
        };
        secret.report(image, findings).severity(severity);
    }
}

/// Test data of installed packages: everybody has such a key already.
const PACKAGE_TESTS: [&str; 5] = [
    "**/node_modules/**/{test,tests,__tests__,fixtures}/**",
    "**/{site-packages,dist-packages}/**/{test,tests,testdata}/**",
    "usr/{lib,local/lib}/python3.*/test/**",
    "**/gems/*/{test,spec}/**",
    "**/pkg/mod/**/testdata/**",
];

fn is_package_test(path: &ImagePath) -> bool {
    static GLOBS: LazyLock<Option<GlobSet>> = LazyLock::new(|| {
        let mut globs = GlobSet::builder();
        for glob in PACKAGE_TESTS {
            globs.add(Glob::new(glob).ok()?);
        }
        globs.build().ok()
    });
    let path = Candidate::from_bytes(path.as_bytes());
    GLOBS
        .as_ref()
        .is_some_and(|globs| globs.is_match_candidate(&path))
}

#[cfg(test)]
mod tests {
    use super::PrivateKeyFile;
    use crate::testing::{Image, Layer, findings, private_key};

    fn shipped(path: &str, content: &str) -> Image {
        Image::new("").layer(Layer::new().file(path, content), "COPY . / # buildkit")
    }

    #[test]
    fn a_key_is_found_with_its_place() {
        let text = findings(
            &PrivateKeyFile,
            &shipped("app/id", &format!("# mine\n{}", private_key())),
        );
        assert!(text.starts_with("error layer 0 /app/id line 2: "), "{text}");
        assert!(text.contains(" in /app/id\n"), "{text}");
        assert!(text.contains("help: replace the key"), "{text}");
    }

    #[test]
    fn a_deleted_key_still_ships() {
        let image = shipped("id", &private_key()).layer(
            Layer::new().whiteout("id"),
            "RUN /bin/sh -c rm /id # buildkit",
        );
        let text = findings(&PrivateKeyFile, &image);
        assert!(
            text.contains("in /id, gone in layer 1 but shipped in layer 0\n"),
            "{text}"
        );
        assert!(
            text.contains("note: no longer visible since layer 1 (RUN rm /id)\n"),
            "{text}"
        );
    }

    #[test]
    fn one_key_in_two_layers_is_one_finding() {
        let image =
            shipped("id", &private_key()).layer(Layer::new().file("id", private_key()), "b");
        let text = findings(&PrivateKeyFile, &image);
        assert_eq!(text.matches("error layer").count(), 1, "{text}");
        assert!(
            text.contains("note: shipped again by layer 1 (b)\n"),
            "{text}"
        );
    }

    #[test]
    fn a_key_behind_the_end_of_the_tar_is_found() {
        let layer = Layer::new()
            .file("a", "a")
            .zero_blocks(2)
            .raw(private_key());
        let text = findings(&PrivateKeyFile, &Image::new("").layer(layer, "a"));
        assert!(
            text.contains("in bytes of the layer that belong to no file\n"),
            "{text}"
        );
    }

    #[test]
    fn a_test_key_of_a_package_is_information() {
        for path in [
            "usr/lib/python3.12/test/certdata/keycert.pem",
            "app/node_modules/tls/test/fixtures/key.pem",
            "usr/lib/python3/dist-packages/twisted/test/server.pem",
            "var/lib/gems/3.1.0/gems/puma-6.0/test/key.pem",
            "root/go/pkg/mod/golang.org/x/net@v0.1.0/testdata/key.pem",
        ] {
            let text = findings(&PrivateKeyFile, &shipped(path, &private_key()));
            assert!(text.starts_with("info layer 0 "), "{text}");
        }
    }

    #[test]
    fn a_test_key_of_one_s_own_is_an_error() {
        let text = findings(
            &PrivateKeyFile,
            &shipped("srv/test/key.pem", &private_key()),
        );
        assert!(text.starts_with("error layer 0 "), "{text}");
    }

    #[test]
    fn a_header_without_a_key_is_fine() {
        let header = private_key().lines().next().unwrap().to_owned();
        assert_eq!(
            findings(
                &PrivateKeyFile,
                &shipped("readme", &format!("{header}\n...\n"))
            ),
            ""
        );
    }
}
