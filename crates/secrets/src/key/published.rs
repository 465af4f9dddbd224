//! Private keys that everybody has: self-tests of libraries, demonstrations, test data of packages.
//!
//! Debian 12's libgnutls30 alone carries ten. The table holds the first eight bytes of fingerprints as
//! [`Scanner::new`](crate::Scanner::new) makes them, so that `cargo run --example scan_tree DIR` prints
//! what to add for an unpacked package. Taken from Debian 12: gnutls, libssl-doc, golang-1.19-src, python3.11's
//! test suite, tornado, twisted, mojolicious, io-socket-ssl, r-cran-openssl, libxmlsec1-dev; google-cloud-cli; RFC 8410.

use crate::secret::{Secret, SecretFingerprint};

/// The table was made under this detector's name.
const DETECTOR: &str = "private-key";

/// Whether `key` was published with a package, and so protects nothing.
pub(super) fn contains(key: &Secret) -> bool {
    let SecretFingerprint(bytes) = SecretFingerprint::of(&[0; 32], DETECTOR, key);
    let first = bytes.first_chunk().map(|first| u64::from_be_bytes(*first));
    first.is_some_and(|first| PUBLISHED.binary_search(&first).is_ok())
}

#[rustfmt::skip]
const PUBLISHED: &[u64] = &[
    0x079e_444d_8cf0_53ac, 0x0818_1a20_ce8c_9115, 0x090c_c1df_c890_fbde, 0x09b3_03e7_166d_936a,
    0x0d71_470e_5ce2_227e, 0x0fd5_559e_f9bb_e0d9, 0x11ea_7205_fda6_8e1a, 0x1869_085f_9b01_4e10,
    0x1b19_26af_0f15_a1fd, 0x1d71_0452_388a_04a2, 0x21b9_5de2_f57d_4e02, 0x23f3_ad3b_2dd6_b8f2,
    0x261f_f4c8_7b9b_d2da, 0x2789_0798_8c12_9b35, 0x2967_6f32_8181_fdbe, 0x29c3_e9b5_af90_57e0,
    0x29c9_2d2f_5b58_e34c, 0x2a68_8863_c108_ec73, 0x2eac_5d13_61b1_a4ce, 0x2eee_1b34_cf73_fb65,
    0x325e_ca13_e916_3b64, 0x3478_e4ce_8664_a6ba, 0x3730_5f22_7f44_10ea, 0x3c5e_a412_d4b6_b3c4,
    0x3f1d_73f1_da22_ea6f, 0x408e_6b42_216f_676e, 0x4470_83ca_0340_23c9, 0x44f1_6fcd_be67_1e96,
    0x4616_8a14_e1c5_edff, 0x497c_9cc1_cef9_66a6, 0x4d40_a271_fef0_f20b, 0x4e0f_9a49_feca_67f5,
    0x559e_cdc8_1f51_27f1, 0x5655_4411_a834_b795, 0x5a4c_3a05_b895_d347, 0x6771_8802_97e7_29a9,
    0x69fd_d05c_2a6f_71e6, 0x6dd4_f83e_d4eb_3416, 0x6edc_d9de_9d32_f836, 0x71eb_5bd2_45f4_39ed,
    0x73b5_4a9e_62a3_87f6, 0x751b_1c29_b18c_1499, 0x75de_f4d6_d55c_03eb, 0x7d74_d91a_e1f3_d8cb,
    0x7dd7_a452_1d91_8275, 0x7fda_5262_0c68_3e00, 0x8172_c34d_1fc5_cef6, 0x862d_5410_5385_e160,
    0x8adc_64e2_bb74_d741, 0x8d0d_5b89_1bb5_2eeb, 0x8d90_4de7_3bfa_ba6d, 0x8e8b_5349_7415_f62d,
    0x92ec_fdb2_2cf9_c57b, 0x9551_2909_238f_fe09, 0x98c0_4261_91b1_98f0, 0x99be_b46c_48ea_a4de,
    0x9f5a_39b2_cc35_b20c, 0xa1c8_3738_401a_9fcd, 0xa5c6_3811_dd66_5d4c, 0xa7d0_d81d_3603_eca0,
    0xa854_990a_de51_be21, 0xacab_c4e8_24d8_a624, 0xacc9_ee02_d932_d332, 0xb07f_0eb8_f326_107b,
    0xb143_9e5a_748d_14e6, 0xb802_7d82_0304_f9cc, 0xbba0_0c5c_0366_6abd, 0xbdb1_48fe_c33c_acbe,
    0xc32c_5501_26b8_68dc, 0xc7bb_b75f_2218_443d, 0xc7e7_2025_6171_e4c2, 0xc9b9_d5cd_8eef_762f,
    0xcc41_1391_5a07_ca91, 0xccfd_5988_ece6_5e69, 0xd04f_ce49_504c_81ec, 0xd2ec_550c_ab25_a0cb,
    0xd598_d1fd_d15f_83cb, 0xd6fc_7318_ba3b_58fa, 0xd9e8_d145_82d4_6223, 0xdc5a_b832_73fa_37d3,
    0xde9e_5ad6_4815_2f27, 0xe48a_ed37_1d12_bb25, 0xe59b_74ca_d098_79af, 0xe746_b36b_a79c_8c8f,
    0xe988_c9a1_acfc_e737, 0xebab_d13e_ba4b_3fde, 0xec7e_f8c2_2a8e_ec65, 0xee60_eff9_2ac5_36f1,
    0xf19f_398f_0338_dbb2, 0xf47e_cba1_96f1_3c00, 0xf538_0cde_e07a_c219, 0xf752_7c06_1d92_0854,
    0xf779_8c92_eb00_a0c7, 0xf88e_60dc_1e5d_7a61, 0xff7b_8086_f2b1_6c88,
];

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
        assert!(PUBLISHED.windows(2).all(|pair| pair[0] < pair[1]));
    }
}
