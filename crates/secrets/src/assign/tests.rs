use proptest::prelude::*;

use super::{AFTER, BEFORE};
use crate::{
    Context, Hit, Scanner, Weight,
    tokens::tests::{ALNUM, chars},
};

fn scan_in(context: Context<'_>, file: &[u8], chunk: usize) -> Vec<Hit> {
    let mut scan = Scanner::shared().file(b"");
    scan.reset(context);
    file.chunks(chunk.max(1)).for_each(|chunk| scan.feed(chunk));
    scan.finish()
}

/// The names and values of what is assigned in a text.
fn assigned(context: Context<'_>, text: &str) -> Vec<(String, String, Weight)> {
    let pair = |hit: Hit| {
        let clear = String::from_utf8(hit.clear().to_vec()).unwrap();
        assert!(!hit.excerpt.contains(&clear) && !format!("{hit:?}").contains(&clear));
        (hit.field.unwrap_or_default(), clear, hit.weight)
    };
    let hits = scan_in(context, text.as_bytes(), usize::MAX);
    hits.into_iter().map(pair).collect()
}

const FILE: Context<'_> = Context::File(b"srv/app/settings.yml");

#[test]
fn generated_values_count_in_any_file() {
    let value = chars(ALNUM, 30);
    for (text, name) in [
        ("acmeToken = \"{}\"", "acmeToken"),
        ("acme:\n  api_key: {}\n", "api_key"),
        ("<clientSecret>{}</clientSecret>", "clientSecret"),
        ("ENV ACME_SECRET_KEY={}", "ACME_SECRET_KEY"),
        ("https://acme.io/x?access_token={}&y=1", "access_token"),
        ("const db_password: &str = \"{}\";", "db_password"),
        ("- name: DB_PASSWORD\n  value: {}\n", "DB_PASSWORD"),
    ] {
        let want = (name.to_owned(), value.clone(), Weight::Doubtful);
        assert_eq!(
            assigned(FILE, &text.replace("{}", &value)),
            [want],
            "{text}"
        );
    }
}

#[test]
fn words_and_code_do_not() {
    for text in [
        "password = \"correct-horse\"",
        "api_key: your-api-key-goes-here",
        "token = settings.GITHUB_API_SECRET",
        "secret = getSecret()",
        "access_token_url = 'https://acme.io/oauth/1a2B3c4D5e6F7g8H'",
        "token: ${ACME_TOKEN}",
        "secretKeyRef: acme-credentials-prod",
        "PASSWORD_MIN_LENGTH=8",
        "api_key = \"xxxxxxxxxxxxxxxxxxxx\"",
        "public_key = \"9Cnzj4p4WGeKLs1Pt8QuKUpRKfFLfRYC9AIKjbJTWit\"",
        "commit_hash = \"9a038989604e8da62ecddbe2094b16ce1b778be1\"",
        "tokenizer = \"BertTokenizerFast\"",
    ] {
        assert_eq!(assigned(FILE, text), [], "{text}");
    }
}

#[test]
fn the_name_decides_in_variables() {
    for (name, value) in [
        ("DB_PASSWORD", "hunter2"),
        ("GITHUB_TOKEN", "abc-def-ghi"),
        ("PGPASSWORD", "s3cr"),
    ] {
        let want = (name.to_owned(), value.to_owned(), Weight::Full);
        assert_eq!(assigned(Context::Variable(name), value), [want], "{name}");
    }
    for (name, value) in [
        ("DB_PASSWORD", "changeme"),
        ("DB_PASSWORD", "${DB_PASSWORD}"),
        ("DB_PASSWORD", ""),
        ("DB_PASSWORD_FILE", "/run/secrets/db"),
        ("PASSWORD_MIN_LENGTH", "8"),
        ("NEXT_PUBLIC_API_KEY", "hunter22"),
        ("GPG_KEY", "E3FF2839C048B25C084DEBE9B26995E310250568"),
        ("SSH_KEY_PATH", "id_ed25519"),
        ("AUTH", "enabled"),
        ("TOKEN_VERSION", "2.0.1-rc"),
        ("PATH", "/usr/local/sbin:/usr/local/bin"),
        ("SORT_KEY", "created"),
    ] {
        assert_eq!(
            assigned(Context::Variable(name), value),
            [],
            "{name}={value}"
        );
    }
}

#[test]
fn build_arguments_and_exports() {
    for text in [
        "RUN |1 ACME_TOKEN=abc-def-ghi /bin/sh -c make # buildkit",
        "RUN /bin/sh -c export ACME_TOKEN=abc-def-ghi && make",
        "RUN /bin/sh -c tool --token=abc-def-ghi",
        "docker run -e ACME_TOKEN=abc-def-ghi acme",
    ] {
        let found = assigned(Context::Command, text);
        assert_eq!(found.len(), 1, "{text}: {found:?}");
        assert_eq!(found[0].1, "abc-def-ghi", "{text}");
        assert_eq!(found[0].2, Weight::Full, "{text}");
    }
    let history = Context::File(b"root/.bash_history");
    let found = assigned(history, "cd /x\nexport ACME_PASSWORD=hunter2\n");
    assert_eq!(
        found,
        [(
            "ACME_PASSWORD".to_owned(),
            "hunter2".to_owned(),
            Weight::Full
        )]
    );
}

#[test]
fn binary_files_have_no_assignments() {
    let text = format!("api_token = \"{}\"", chars(ALNUM, 30));
    assert_eq!(scan_in(FILE, text.as_bytes(), 7).len(), 1);
    let binary = [b"\0", text.as_bytes()].concat();
    assert_eq!(scan_in(FILE, &binary, 7), []);
    let before = [text.as_bytes(), b"\0"].concat();
    assert_eq!(scan_in(FILE, &before, 7).len(), 1);
}

#[test]
fn lines_are_those_of_the_value() {
    let text = format!(
        "{}\n  api_token: {}\n",
        "# comment\n".repeat(300),
        chars(ALNUM, 30)
    );
    let hits = scan_in(FILE, text.as_bytes(), 100);
    let places: Vec<_> = hits.iter().map(|hit| (hit.line, hit.column)).collect();
    assert_eq!(places, [(Some(302), Some(14))]);
}

/// Would take hours if what is before each were counted anew.
#[test]
fn a_flood_of_names_is_linear() {
    let one = format!("api_token={}\n", chars(ALNUM, 20));
    let text = one.repeat(20_000);
    assert!(scan_in(FILE, text.as_bytes(), 1 << 20).len() <= 1000);
    let names = "password=".repeat(100_000);
    assert_eq!(scan_in(FILE, names.as_bytes(), 1 << 20), []);
}

proptest! {
    #[test]
    fn cuts_change_nothing(
        pads in prop::collection::vec(0..(BEFORE + AFTER + 100), 1..5),
        chunk in 1..3000_usize,
    ) {
        let value = chars(ALNUM, 30);
        let mut text = String::new();
        for pad in &pads {
            text.push_str(&"lorem ".repeat(pad / 6));
            text.push_str(&["\napi_token = \"", &value, "\"\n"].concat());
        }
        let whole = scan_in(FILE, text.as_bytes(), usize::MAX);
        prop_assert_eq!(whole.len(), pads.len());
        prop_assert_eq!(scan_in(FILE, text.as_bytes(), chunk), whole);
    }

    #[test]
    fn no_bytes_confuse_the_pass(file in prop::collection::vec(prop_oneof![
        Just(b"password".to_vec()), Just(b"token".to_vec()), Just(b"=".to_vec()), Just(b": ".to_vec()),
        Just(b"\"".to_vec()), Just(b"'".to_vec()), Just(b"\\".to_vec()), Just(b">".to_vec()), Just(b"<".to_vec()),
        Just(b"value".to_vec()), Just(b"name".to_vec()), Just(b"string ".to_vec()), Just(b"\n".to_vec()),
        Just(b"curl -u ".to_vec()), Just(b"chpasswd".to_vec()), Just(b"://".to_vec()), Just(b"@".to_vec()),
        Just(b"Zf3D0LXCM3".to_vec()), prop::collection::vec(any::<u8>(), 0..4),
    ], 0..40)) {
        let file = file.concat();
        for context in [FILE, Context::Command, Context::Variable("TOKEN")] {
            let whole = scan_in(context, &file, usize::MAX);
            prop_assert_eq!(scan_in(context, &file, 3), whole);
        }
    }
}
