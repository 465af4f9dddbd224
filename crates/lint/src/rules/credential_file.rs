//! `credential-file` (IL406).

use crate::{rule::rule, secrets::report};

rule!(
    /// ## What it checks
    /// Files in which tools keep tokens and passwords (`.aws/credentials`, `.docker/config.json`,
    /// `.npmrc`, `.netrc`, `.env` and others) in any layer, deleted ones as well. The name alone is not
    /// enough: the file must hold a value, and placeholders are none.
    ///
    /// ## Why it matters
    /// Whoever pulls the image can act as you. Deleting the file in a later layer takes it out of
    /// sight, not out of the image.
    ///
    /// ## How to fix it
    /// Revoke the credential, then give a new one to the build without storing it:
    ///
    /// ```dockerfile
    /// RUN --mount=type=secret,id=npmrc,target=/root/.npmrc npm ci
    /// ```
    CredentialFile, "credential-file", "IL406", Error, report;
    "revoke it, and mount the file in the build instead: RUN --mount=type=secret,id=file,target=… …"
);

#[cfg(test)]
mod tests {
    use super::CredentialFile;
    use crate::testing::{Image, Layer, findings};

    fn npmrc(value: &str) -> Layer {
        Layer::new().file(
            "root/.npmrc",
            format!("//registry.example.com/:_authToken={value}\n"),
        )
    }

    fn token() -> String {
        ["3f9a", "81cc", "d07e", "45b2"].repeat(2).concat()
    }

    #[test]
    fn a_token_is_found_and_never_shown() {
        let text = findings(
            &CredentialFile,
            &Image::new("").layer(npmrc(&token()), "COPY .npmrc /root/ # buildkit"),
        );
        assert!(
            text.starts_with("error layer 0 /root/.npmrc line 1: "),
            "{text}"
        );
        assert!(!text.contains(&token()), "{text}");
    }

    #[test]
    fn a_deleted_file_still_ships() {
        let image = Image::new("")
            .layer(npmrc(&token()), "a")
            .layer(Layer::new().whiteout("root/.npmrc"), "b");
        let text = findings(&CredentialFile, &image);
        assert!(
            text.contains("deleted in layer 1 but shipped in layer 0\n"),
            "{text}"
        );
    }

    #[test]
    fn a_placeholder_is_fine() {
        assert_eq!(
            findings(
                &CredentialFile,
                &Image::new("").layer(npmrc("${NPM_TOKEN}"), "a")
            ),
            ""
        );
    }
}
