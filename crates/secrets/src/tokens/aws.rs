//! Amazon Web Services, and clouds whose keys come as a pair of id and secret in the same way.

use super::{
    members,
    paired::{self, Pair},
    plausible::{begins_a_word, is_random, random, random_whole},
};
use crate::{
    detector::{Candidate, Detector, Found, Token, Verdict},
    hit::{Family, Weight},
};

pub(super) static ROWS: &[Detector] = &[
    Detector::token(
        "aws-access-key-id",
        "AWS access key id",
        &["AKIA", "ABIA", "ACCA"],
        "A(?:KIA|BIA|CCA)[A-Z2-7]{16}",
    )
    .checked(key_id),
    Detector::token(
        "aws-temporary-access-key-id",
        "AWS temporary access key id",
        &["ASIA"],
        "ASIA[A-Z2-7]{16}",
    )
    .checked(key_id)
    .weighing(Weight::Doubtful),
    Detector::form(
        "aws-secret-key",
        "AWS secret access key",
        Family::Token,
        &["AKIA"],
        paired_secret,
    )
    .reach(256, 512),
    // What the first bytes say: a version, and `origin_ec` or `er/aws`.
    Detector::token(
        "aws-session-token",
        "AWS session token",
        &["IQoJb3JpZ2luX2Vj", "FwoGZXIvYXdz"],
        "(?:IQoJb3JpZ2luX2Vj|FwoGZXIvYXdz)[0-9A-Za-z+/%]{120,1800}={0,2}",
    )
    .checked(random)
    .weighing(Weight::Doubtful)
    .reach(64, 2000),
    Detector::token(
        "aws-bedrock-key",
        "Amazon Bedrock API key",
        &["ABSKQmVkcm9ja0FQSUtleS"],
        "ABSKQmVkcm9ja0FQSUtleS[0-9A-Za-z+/]{85,260}={0,2}",
    )
    .checked(bedrock_key),
    Detector::token(
        "aws-bedrock-short-term-key",
        "Amazon Bedrock API key, short-term",
        &["bedrock-api-key-YmVkcm9jay5hbWF6b25hd3MuY29t"],
        "bedrock-api-key-YmVkcm9jay5hbWF6b25hd3MuY29t[0-9A-Za-z+/]{100,2400}={0,2}",
    )
    .weighing(Weight::Doubtful)
    .reach(64, 2600),
    Detector::token(
        "aws-mws-token",
        "Amazon MWS token",
        &["amzn.mws."],
        "amzn\\.mws\\.[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}",
    )
    .checked(random),
    Detector::token(
        "aws-appsync-key",
        "AWS AppSync API key",
        &["da2-"],
        "da2-[a-z0-9]{26}",
    )
    .checked(random_whole),
    Detector::token(
        "alibaba-access-key-id",
        "Alibaba Cloud access key id",
        &["LTAI"],
        "LTAI[0-9A-Za-z]{12,20}",
    )
    .checked(other_key_id),
    Detector::form(
        "alibaba-secret-key",
        "Alibaba Cloud access key secret",
        Family::Token,
        &["LTAI"],
        paired_secret,
    )
    .reach(256, 512),
    Detector::token(
        "tencent-secret-id",
        "Tencent Cloud secret id",
        &["AKID"],
        "AKID[0-9A-Za-z]{32}",
    )
    .checked(other_key_id),
    Detector::form(
        "tencent-secret-key",
        "Tencent Cloud secret key",
        Family::Token,
        &["AKID"],
        paired_secret,
    )
    .reach(256, 512),
    Detector::form(
        "google-storage-hmac-secret",
        "Google Cloud Storage HMAC secret",
        Family::Token,
        &["GOOG1E"],
        paired_secret,
    )
    .reach(256, 512),
    Detector::form(
        "digitalocean-spaces-secret",
        "DigitalOcean Spaces secret key",
        Family::Token,
        &["DO00", "DO80"],
        paired_secret,
    )
    .reach(256, 512),
];

/// An id that looks random, holds a digit and does not stand in the middle of base64.
fn key_id(token: &Token<'_>) -> Verdict {
    let before = token.at.checked_sub(1);
    let before = before.and_then(|at| token.candidate.window.get(at));
    let after = token.candidate.window.get(token.at + token.text.len());
    let apart = before != Some(&b'+') && after != Some(&b'+');
    let body = token.text.get(4..).unwrap_or_default();
    if apart && is_random(body) && body.iter().any(u8::is_ascii_digit) {
        Verdict::Formed
    } else {
        Verdict::No
    }
}

/// The same, of any letters, which base64 may hold by chance.
fn other_key_id(token: &Token<'_>) -> Verdict {
    if begins_a_word(token) {
        key_id(token)
    } else {
        Verdict::No
    }
}

/// Base64 of `BedrockAPIKey-<name>-at-<account>:<secret>`.
fn bedrock_key(token: &Token<'_>) -> Verdict {
    let clear = token.text.get(4..).and_then(members::base64);
    if clear.is_some_and(|clear| memchr::memmem::find(&clear, b"-at-").is_some()) {
        Verdict::Proven
    } else {
        random(token)
    }
}

/// The secret next to the id at the anchor.
fn paired_secret(candidate: &Candidate<'_>) -> Option<Found> {
    let id = candidate.window.get(candidate.at..)?;
    let pair = PAIRS.iter().find(|pair| id.starts_with(pair.prefix))?;
    paired::secret(candidate, pair)
}

static PAIRS: &[Pair] = &[
    Pair {
        what: "AWS secret access key",
        prefix: b"AKIA",
        ids: &[20],
        of_id: |b| b.is_ascii_uppercase() || b.is_ascii_digit(),
        length: 40,
        of_secret: is_base64,
    },
    Pair {
        what: "Alibaba Cloud access key secret",
        prefix: b"LTAI",
        ids: &[16, 20, 24],
        of_id: |b| b.is_ascii_alphanumeric(),
        length: 30,
        of_secret: |b| b.is_ascii_alphanumeric(),
    },
    Pair {
        what: "Tencent Cloud secret key",
        prefix: b"AKID",
        ids: &[36],
        of_id: |b| b.is_ascii_alphanumeric(),
        length: 32,
        of_secret: |b| b.is_ascii_alphanumeric(),
    },
    Pair {
        what: "Google Cloud Storage HMAC secret",
        prefix: b"GOOG1E",
        ids: &[61],
        of_id: |b| b.is_ascii_uppercase() || b.is_ascii_digit(),
        length: 40,
        of_secret: is_base64,
    },
    Pair {
        what: "DigitalOcean Spaces secret key",
        prefix: b"DO",
        ids: &[20],
        of_id: |b| b.is_ascii_uppercase() || b.is_ascii_digit(),
        length: 43,
        of_secret: is_base64,
    },
];

fn is_base64(byte: u8) -> bool {
    byte.is_ascii_alphanumeric() || matches!(byte, b'+' | b'/')
}

#[cfg(test)]
#[expect(clippy::too_many_lines, reason = "a table")]
pub(super) fn examples() -> Vec<super::tests::Example> {
    use super::tests::{ALNUM, BASE32, BASE64, Example, HEX, LOWER, UPPER, chars};
    use base64::{Engine, prelude::BASE64_STANDARD};

    let id = |prefix: &str| format!("{prefix}{}", chars(BASE32, 16));
    let aws = format!("{}IA", "AK");
    let pair = |id: &str, secret: &str| format!("id = {id}\nregion = x\nsecret = {secret}\n");
    let long = |count| chars(BASE64, count);
    let example = "EXAMPLE";
    let bedrock = BASE64_STANDARD.encode(format!(
        "BedrockAPIKey-{}-at-{}:{}",
        chars(LOWER, 4),
        "314159265358",
        chars(BASE64, 44)
    ));
    let short = format!(
        "bedrock-api-key-{}",
        BASE64_STANDARD.encode("bedrock.amazonaws.com")
    );
    let hex = chars(HEX, 32);
    let uuid = format!(
        "{}-{}-{}-{}-{}",
        &hex[..8],
        &hex[8..12],
        &hex[12..16],
        &hex[16..20],
        &hex[20..]
    );
    let uuid = format!("{uuid}{}", chars(HEX, 12))[..36].to_owned();
    let google = format!("GOOG1E{}", chars(UPPER, 55));
    let spaces = format!("DO{}{}", "00", chars(UPPER, 16));
    vec![
        Example::of("aws-access-key-id")
            .found(["AK", "AB"].map(|head| id(&format!("{head}IA"))))
            .found([id("ACCA")])
            .silent([
                format!("{aws}IOSFODNN7{example}"),
                format!("{aws}{}", "Z".repeat(16)),
                format!("{aws}{}", chars(BASE32, 15)),
                format!("{aws}{}", chars(BASE32, 17)),
                format!("{aws}{}", chars(LOWER, 16)),
                format!("{}+{aws}{}+", chars(BASE64, 30), chars(BASE32, 16)),
            ]),
        Example::of("aws-temporary-access-key-id")
            .found([id("ASIA")])
            .silent([
                format!("ASIA{}", chars(BASE32, 20)),
                format!("ASIA{}", "A".repeat(16)),
            ]),
        Example::of("aws-secret-key")
            .found([
                pair(&id(&aws), &long(40)),
                format!("secret: {}, id: {}", long(40), id(&aws)),
                format!("{},{}", id(&aws), long(40)),
            ])
            .silent([
                long(40),
                pair(&id(&aws), &chars(HEX, 40)),
                pair(&id(&aws), &long(41)),
                pair(
                    &id(&aws),
                    &format!("wJalrXUtnFEMI/K7MDENG/bPxRfiCY{example}KEY"),
                ),
                format!("{}{}{}", id(&aws), "\n".repeat(7), long(40)),
            ]),
        Example::of("aws-session-token")
            .found([
                format!("IQoJb3JpZ2luX2Vj{}==", long(700)),
                format!("FwoGZXIvYXdz{}", long(300)),
            ])
            .silent([
                format!("IQoJb3JpZ2luX2Vj{}", long(60)),
                format!("IQoJb3JpZ2luX2Vj{}", "A".repeat(300)),
            ]),
        Example::of("aws-bedrock-key")
            .found([
                format!("ABSK{bedrock}"),
                format!("ABSK{}{}", &bedrock[..18], long(110)),
            ])
            .silent([
                format!("ABSK{}", &bedrock[..60]),
                format!("ABSK{}{}", &bedrock[..18], example.repeat(15)),
            ]),
        Example::of("aws-bedrock-short-term-key")
            .found([format!("{short}{}=", long(900))])
            .silent([short.clone(), format!("{short}{}", long(40))]),
        Example::of("aws-mws-token")
            .found([format!("amzn.mws.{uuid}")])
            .silent([
                format!("amzn.mws.{}", &uuid[..35]),
                format!(
                    "amzn.mws.{}",
                    uuid.replace(|c: char| c.is_ascii_hexdigit(), "0")
                ),
            ]),
        Example::of("aws-appsync-key")
            .found([format!("da2-{}", chars(LOWER, 26))])
            .silent([
                format!("da2-{}", chars(LOWER, 25)),
                format!("da2-{}", chars(LOWER, 27)),
                format!("da2-{}", "x".repeat(26)),
                format!("0c{}da2-{}", &hex[..6], chars(LOWER, 26)),
            ]),
        Example::of("alibaba-access-key-id")
            .found([12, 16, 20].map(|count| format!("LTAI{}", chars(ALNUM, count))))
            .silent([
                format!("\0h1:{}LTAI{}=", chars(BASE64, 18), chars(ALNUM, 20)),
                format!("LTAI{}", chars(ALNUM, 24)),
                format!("LTAI{}", "x".repeat(20)),
            ]),
        Example::of("alibaba-secret-key")
            .found([pair(
                &format!("LTAI{}", chars(ALNUM, 20)),
                &chars(ALNUM, 30),
            )])
            .silent([
                pair("LTAI", &chars(ALNUM, 30)),
                pair(&format!("LTAI{}", chars(ALNUM, 20)), &chars(ALNUM, 31)),
            ]),
        Example::of("tencent-secret-id")
            .found([format!("AKID{}", chars(ALNUM, 32))])
            .silent([
                format!("AKID{}", chars(ALNUM, 31)),
                format!("AKID{}", "a".repeat(32)),
            ]),
        Example::of("tencent-secret-key")
            .found([pair(
                &format!("AKID{}", chars(ALNUM, 32)),
                &chars(ALNUM, 32),
            )])
            .silent([
                chars(ALNUM, 32),
                pair(&format!("AKID{}", chars(ALNUM, 32)), &chars(HEX, 32)),
            ]),
        Example::of("google-storage-hmac-secret")
            .found([pair(&google, &long(40))])
            .silent([google.clone(), pair(&google[..60], &long(40))]),
        Example::of("digitalocean-spaces-secret")
            .found([pair(&spaces, &long(43))])
            .silent([spaces.clone(), pair(&spaces, &long(40))]),
    ]
}
