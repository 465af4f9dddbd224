//! `private-key` (IL405).

use crate::{rule::rule, secrets::report};

rule!(
    /// ## What it checks
    /// Private keys that anyone can use, wherever they ship: in files of any layer, deleted ones as
    /// well, inside archives and programs, in variables, labels and the history. A header alone is no
    /// key: the body must decode to one. Keys that everybody has already (test keys of published
    /// packages, files as a distribution ships them) are information.
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
    PrivateKey, "private-key", "IL405", Error, report;
    "replace the key, and mount it in the build instead: RUN --mount=type=secret,id=key …"
);

#[cfg(test)]
mod tests {
    use super::PrivateKey;
    use crate::testing::{Image, Layer, findings, private_key};

    fn shipped(path: &str, content: &str) -> Image {
        Image::new("").layer(Layer::new().file(path, content), "COPY . / # buildkit")
    }

    #[test]
    fn a_key_is_found_with_its_place() {
        let text = findings(
            &PrivateKey,
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
        let text = findings(&PrivateKey, &image);
        assert!(
            text.contains("in /id, deleted in layer 1 but shipped in layer 0\n"),
            "{text}"
        );
    }

    #[test]
    fn a_key_behind_the_end_of_the_tar_is_found() {
        let layer = Layer::new()
            .file("a", "a")
            .zero_blocks(2)
            .raw(private_key());
        let text = findings(&PrivateKey, &Image::new("").layer(layer, "a"));
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
            let text = findings(&PrivateKey, &shipped(path, &private_key()));
            assert!(text.starts_with("info layer 0 "), "{text}");
        }
    }

    #[test]
    fn a_test_key_of_one_s_own_is_an_error() {
        let text = findings(&PrivateKey, &shipped("srv/test/key.pem", &private_key()));
        assert!(text.starts_with("error layer 0 "), "{text}");
    }

    #[test]
    fn a_header_without_a_key_is_fine() {
        let header = private_key().lines().next().unwrap().to_owned();
        assert_eq!(
            findings(&PrivateKey, &shipped("readme", &format!("{header}\n...\n"))),
            ""
        );
    }
}
