//! Private keys that everybody has: self-tests of libraries, demonstrations, test data of packages.
//!
//! Debian 12's libgnutls30 alone carries ten. `cargo xtask published-keys` makes the table from unpacked packages.

mod table;

use sha2::{Digest, Sha256};

use self::table::KEYS;
use crate::secret::Secret;

/// Whether `key` was published with a package, and so protects nothing.
pub(crate) fn contains(key: &Secret) -> bool {
    let digest = Sha256::digest(key.clear());
    let first = digest.first_chunk().map(|first| u64::from_be_bytes(*first));
    first.is_some_and(|first| KEYS.binary_search(&first).is_ok())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::samples::{der, pkcs8_key};

    /// RFC 8410 §10.3.
    const SEED: [u64; 4] = [
        0xd4ee_72db_f913_584a,
        0xd5b6_d8f1_f769_f8ad,
        0x3afe_7c28_cbf1_d4fb,
        0xe097_a88f_4475_5842,
    ];

    #[test]
    fn key_of_the_rfc_is_published_and_its_neighbour_is_not() {
        let key = |mut seed: [u64; 4], change| {
            seed[3] ^= change;
            let seed = seed.map(u64::to_be_bytes).concat();
            Secret::new(pkcs8_key(&[0x2b, 0x65, 0x70], &der(4, &seed)))
        };
        assert!(contains(&key(SEED, 0)));
        assert!(!contains(&key(SEED, 1)));
    }

    #[test]
    fn table_is_sorted_without_repeats() {
        assert!(KEYS.windows(2).all(|pair| pair[0] < pair[1]));
    }
}
