//! SHA-256 in the words of the OCI image-spec (`descriptor.md`, "Digests").

use std::fmt::Write as _;

use sha2::{Digest as _, Sha256};

/// The digest of these bytes: `sha256:` and 64 lower-case hex digits.
#[must_use]
pub fn sha256(bytes: &[u8]) -> String {
    format!("sha256:{}", hex(bytes))
}

/// The hex digits alone, as file names in archives have them.
pub(crate) fn hex(bytes: &[u8]) -> String {
    Sha256::digest(bytes)
        .iter()
        .fold(String::new(), |mut text, byte| {
            write!(text, "{byte:02x}").unwrap();
            text
        })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_empty_string_has_the_digest_that_fips_180_gives() {
        let empty = "sha256:e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855";
        assert_eq!(sha256(b""), empty);
    }
}
