//! `encrypted-private-key` (IL407).

use crate::{rule::rule, secrets::report};

rule!(
    /// ## What it checks
    /// Private keys and key stores that need a passphrase, wherever they ship.
    ///
    /// ## Why it matters
    /// Whoever pulls the image can guess the passphrase for as long as they like, and no server slows
    /// them down. The passphrase is often in the same image.
    ///
    /// ## How to fix it
    /// Keep the key out of the image as if it had none:
    ///
    /// ```dockerfile
    /// RUN --mount=type=secret,id=key,target=/run/key.pem sign --key /run/key.pem app
    /// ```
    EncryptedPrivateKey, "encrypted-private-key", "IL407", Warning, report;
    "mount the key in the build instead: RUN --mount=type=secret,id=key …"
);

#[cfg(test)]
mod tests {
    use super::EncryptedPrivateKey;
    use crate::testing::{Image, Layer, findings, private_key, sealed_key};

    #[test]
    fn a_key_with_a_passphrase_is_a_warning() {
        let image = Image::new("").layer(Layer::new().file("app/key.pem", sealed_key()), "a");
        let text = findings(&EncryptedPrivateKey, &image);
        assert!(
            text.starts_with("warning layer 0 /app/key.pem line 1: "),
            "{text}"
        );
    }

    #[test]
    fn a_key_without_one_is_told_by_another_rule() {
        let image = Image::new("").layer(Layer::new().file("app/key.pem", private_key()), "a");
        assert_eq!(findings(&EncryptedPrivateKey, &image), "");
    }
}
