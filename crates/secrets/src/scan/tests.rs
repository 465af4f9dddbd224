use proptest::prelude::*;

use super::*;
use crate::hits::MAX_HITS;
use crate::samples::{der, ec_key, openssh_key, pem, pgp_key, pkcs8_key, putty_key, rsa_key};

/// What a key may need from its marker on.
const LOOKAHEAD: usize = 64 * 1024;

fn scan_in(path: &str, file: &[u8], chunk: usize) -> Vec<Hit> {
    let scanner = Scanner::new();
    let mut scan = scanner.file(path.as_bytes());
    file.chunks(chunk.max(1)).for_each(|chunk| scan.feed(chunk));
    scan.finish()
}

fn scan(path: &str, file: &str) -> Vec<Hit> {
    scan_in(path, file.as_bytes(), usize::MAX)
}

/// What was found at which line and column, one hit a line.
fn lines(hits: &[Hit]) -> String {
    let line = |hit: &Hit| {
        let (line, column) = (hit.line.unwrap_or(0), hit.column.unwrap_or(0));
        format!("{line}:{column} {}\n", hit.what)
    };
    hits.iter().map(line).collect()
}

#[test]
fn every_kind_of_key_is_found() {
    let cases = [
        (
            pem("RSA PRIVATE KEY", &rsa_key(2048)),
            "RSA private key (2048 bits)",
        ),
        (pem("EC PRIVATE KEY", &ec_key()), "EC private key (P-256)"),
        (
            pem(
                "PRIVATE KEY",
                &pkcs8_key(&[0x2b, 0x65, 0x70], &der(4, &[4; 32])),
            ),
            "PKCS#8 private key (Ed25519)",
        ),
        (
            pem("OPENSSH PRIVATE KEY", &openssh_key("none", "ssh-rsa")),
            "OpenSSH private key (rsa)",
        ),
        (pem("PGP PRIVATE KEY BLOCK", &pgp_key(0)), "PGP private key"),
        (putty_key("none"), "PuTTY private key (ssh-ed25519)"),
    ];
    for (key, what) in cases {
        let hits = scan("opt/app/any.txt", &format!("one\n  {key}"));
        assert_eq!(lines(&hits), format!("2:3 {what}\n"));
        assert_eq!((hits[0].offset, hits[0].family), (6, Family::PrivateKey));
    }
}

#[test]
fn keys_behind_a_passphrase_are_their_own_family() {
    let legacy = pem("RSA PRIVATE KEY", &[0x5a; 608]).replacen(
        "-----\n",
        "-----\nProc-Type: 4,ENCRYPTED\nDEK-Info: AES-128-CBC,00\n\n",
        1,
    );
    for key in [
        legacy,
        pem("OPENSSH PRIVATE KEY", &openssh_key("aes256-ctr", "ssh-rsa")),
        putty_key("aes256-cbc"),
    ] {
        let hits = scan("id", &key);
        assert_eq!(hits.len(), 1, "{key}");
        assert_eq!(hits[0].family, Family::EncryptedPrivateKey);
    }
}

#[test]
fn same_key_in_any_spelling_has_one_fingerprint() {
    let plain = pem("RSA PRIVATE KEY", &rsa_key(1024));
    let spellings = [
        plain.replace('\n', "\r\n"),
        plain.replace('\n', r"\n"),
        format!(
            "{{\"key\": \"{}\"}}",
            plain.replace('\n', r"\r\n").replace('/', r"\/")
        ),
        format!("KEY='{}'", plain.replace('\n', r"\\n")),
        plain
            .lines()
            .fold(String::new(), |yaml, line| yaml + "    " + line + "\n"),
    ];
    let one = scan("a", &plain)[0].fingerprint;
    for spelling in spellings {
        let hits = scan("b", &spelling);
        assert_eq!(hits.len(), 1, "{spelling}");
        assert_eq!(hits[0].fingerprint, one, "{spelling}");
    }
}

#[test]
fn marker_without_a_key_is_silent() {
    let marker = format!("-----{} RSA PRIVATE KEY-----", "BEGIN");
    let end = marker.replace("BEGIN", "END");
    for file in [
        marker.clone(),
        format!("{marker}\0{end}\0-----BEGIN CERTIFICATE-----\0"),
        format!("{marker}\n...\n{end}\n"),
        format!("{marker}\nMIIEpAIBAAKCAQEA...\n{end}\n"),
        format!("{marker}\n{}\n{end}\n", "MIIEpAIBAAKCAQEA".repeat(20)),
        format!("if line == \"{marker}\\n\" {{"),
        pem("PUBLIC KEY", &rsa_key(1024)),
        pem("CERTIFICATE", &rsa_key(1024)),
        "PuTTY-User-Key-File-2: ".to_owned(),
    ] {
        assert_eq!(lines(&scan("usr/lib/libssl.so", &file)), "", "{file:?}");
    }
}

#[test]
fn key_in_a_binary_has_an_offset_and_no_line() {
    let file = [
        b"\x7fELF\0\n",
        pem("EC PRIVATE KEY", &ec_key()).as_bytes(),
        b"\0",
    ]
    .concat();
    let hits = scan_in("usr/bin/tool", &file, 7);
    assert_eq!(hits.len(), 1);
    assert_eq!(
        (hits[0].offset, hits[0].line, hits[0].column),
        (6, None, None)
    );
}

#[test]
fn key_without_its_end_marker_is_found() {
    let key = pem("EC PRIVATE KEY", &ec_key());
    let cut = key.split("-----END").next().unwrap();
    assert_eq!(scan("a", cut).len(), 1);
}

#[test]
fn excerpt_never_holds_the_secret() {
    let key = pem("EC PRIVATE KEY", &ec_key());
    let hits = scan("a", &key);
    assert_eq!(hits[0].excerpt, key.lines().next().unwrap());
    let password = ["correct", "horse"].concat();
    let hits = scan("root/.pypirc", &format!("[pypi]\npassword = {password}\n"));
    assert_eq!(hits[0].excerpt, "pypi.password: ********");
    assert!(!format!("{hits:?}").contains(&password));
}

#[test]
fn key_inside_a_credential_value_is_told_once() {
    let key = pem(
        "PRIVATE KEY",
        &pkcs8_key(
            &[0x2a, 0x86, 0x48, 0x86, 0xf7, 0x0d, 1, 1, 1],
            &rsa_key(2048),
        ),
    );
    let file = format!(
        "{{\n  \"type\": \"service_account\",\n  \"private_key\": \"{}\"\n}}",
        key.replace('\n', r"\n")
    );
    let hits = scan("app/service-account.json", &file);
    assert_eq!(lines(&hits), "3:19 Google Cloud credentials\n");
    assert_eq!(hits[0].field.as_deref(), Some("private_key"));
    assert_eq!(
        lines(&scan("app/other.json", &file)),
        "3:19 PKCS#8 private key (RSA)\n"
    );
}

#[test]
fn published_key_is_no_credential() {
    // RFC 8410 §10.3
    let seed = [
        0xd4ee_72db_f913_584a_d5b6_d8f1_f769_f8ad_u128,
        0x3afe_7c28_cbf1_d4fb_e097_a88f_4475_5842,
    ];
    let octets = der(4, &seed.map(u128::to_be_bytes).concat());
    let key = pem("PRIVATE KEY", &pkcs8_key(&[0x2b, 0x65, 0x70], &octets)).replace('\n', r"\n");
    let file = format!("{{\"type\": \"service_account\", \"private_key\": \"{key}\"}}");
    let hits = scan("service-account.json", &file);
    assert_eq!(
        hits.iter().map(|hit| hit.family).collect::<Vec<_>>(),
        [Family::PublishedKey]
    );
}

#[test]
fn state_is_reused_without_leftovers() {
    let scanner = Scanner::new();
    let mut scan = scanner.file(b"root/.pypirc");
    scan.feed(b"[pypi]\npassword = hunter2\n-----BEGIN RSA PRI");
    scan.reset(Context::File(b"root/other"));
    scan.feed(b"password = hunter2\n");
    assert!(scan.finish().is_empty());
    scan.reset(Context::File(b"root/.pypirc"));
    scan.feed(b"password = hunter2\n");
    assert_eq!(scan.finish().len(), 1);
}

#[test]
fn credential_file_too_large_to_hold_is_still_searched_for_keys() {
    let key = pem("EC PRIVATE KEY", &ec_key());
    let file = format!("password = hunter2\n{}{key}", "#\n".repeat(MAX_HELD / 2));
    assert_eq!(
        lines(&scan("root/.pypirc", &file)),
        format!("{}:1 EC private key (P-256)\n", MAX_HELD / 2 + 2)
    );
}

#[test]
fn hostile_file_gives_a_bounded_number_of_hits() {
    let file = pem("EC PRIVATE KEY", &ec_key()).repeat(MAX_HITS + 5);
    assert_eq!(scan("a", &file).len(), MAX_HITS);
}

/// Pieces that meet at chunk edges: keys, near misses, and fillers longer than the look-ahead.
fn piece() -> impl Strategy<Value = Vec<u8>> {
    prop_oneof![
        Just(pem("EC PRIVATE KEY", &ec_key()).into_bytes()),
        Just(pem("RSA PRIVATE KEY", &rsa_key(2048)).into_bytes()),
        Just(pem("CERTIFICATE", &rsa_key(512)).into_bytes()),
        Just(putty_key("none").into_bytes()),
        Just(b"-----BEGIN RSA PRIVATE KEY-----\n".to_vec()),
        Just(b"PuTTY-User-Key-File-".to_vec()),
        Just(b"-----BEG".to_vec()),
        Just(b"password = hunter2\n".to_vec()),
        Just(b"\n".repeat(LOOKAHEAD + 3)),
        prop::collection::vec(any::<u8>(), 0..200),
    ]
}

proptest! {
    #[test]
    fn any_cut_into_chunks_gives_the_same_hits(
        pieces in prop::collection::vec(piece(), 1..8),
        sizes in prop::collection::vec(prop_oneof![1_usize..40, 1000_usize..200_000], 1..30),
    ) {
        let file = pieces.concat();
        let scanner = Scanner::new();
        let mut scan = scanner.file(b"root/.pypirc");
        scan.feed(&file);
        let whole = scan.finish();
        scan.reset(Context::File(b"root/.pypirc"));
        let mut rest = file.as_slice();
        for size in sizes {
            let (chunk, tail) = rest.split_at_checked(size).unwrap_or((rest, &[]));
            scan.feed(chunk);
            // What a key may need, and a block that is judged at a time.
            prop_assert!(scan.sweep.carried() < 3 * LOOKAHEAD);
            rest = tail;
        }
        scan.feed(rest);
        prop_assert_eq!(scan.finish(), whole);
    }
}
