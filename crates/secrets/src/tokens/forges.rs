//! Forges: GitHub, GitLab, Atlassian and others.

use super::{
    checksum::{crc32_base36_tail, crc32_base62_tail, crc32_hex_tail},
    members,
    plausible::{is_random, random, random_whole},
};
use crate::detector::{Detector, Token, Verdict};

pub(super) static ROWS: &[Detector] = &[
    Detector::token(
        "github-token",
        "GitHub token",
        &["ghp_", "gho_", "ghu_", "ghs_"],
        "gh[pous]_[0-9A-Za-z]{36}",
    )
    .checked(crc32_base62_tail)
    .loose(),
    Detector::token(
        "github-refresh-token",
        "GitHub refresh token",
        &["ghr_"],
        "ghr_[0-9A-Za-z]{76}",
    )
    .checked(crc32_base62_tail)
    .loose(),
    Detector::token(
        "github-installation-token",
        "GitHub App installation token",
        &["ghs_"],
        "ghs_(?:[0-9A-Za-z]{1,40}_)?eyJ[0-9A-Za-z_-]{10,400}\\.eyJ[0-9A-Za-z_-]{10,900}\
         \\.[0-9A-Za-z_-]{40,700}",
    )
    .checked(holds_jwt)
    .reach(64, 2100),
    Detector::token(
        "github-fine-grained-token",
        "GitHub fine-grained token",
        &["github_pat_"],
        "github_pat_[0-9A-Za-z_]{82}",
    )
    .checked(random),
    Detector::token(
        "gitlab-token",
        "GitLab token",
        &["glpat-", "gldt-", "glft-", "glsoat-", "glffct-"],
        "gl(?:pat|dt|ft|soat|ffct)-[0-9A-Za-z_-]{20}",
    )
    .checked(random_whole),
    // The payload, its length, and a checksum of all before it.
    Detector::token(
        "gitlab-routable-token",
        "GitLab token",
        &[
            "glpat-", "gldt-", "glrt-", "glrtr-", "glcbt-", "glptt-", "glft-", "glimt-",
            "glagent-", "glsoat-", "gloas-", "glffct-", "glwt-",
        ],
        "gl[a-z]{2,5}-(?:t[0-9]_)?[0-9A-Za-z_-]{27,300}\\.(?:[0-9a-z]{2}\\.)?[0-9a-z]{9}",
    )
    .checked(crc32_base36_tail)
    .loose(),
    Detector::token(
        "gitlab-runner-token",
        "GitLab runner token",
        &["glrt-", "glrtr-", "GR1348941"],
        "(?:glrtr?-(?:t[0-9]_)?|GR1348941)[0-9A-Za-z_-]{20}",
    )
    .checked(random_whole),
    Detector::token(
        "gitlab-job-token",
        "GitLab CI job token",
        &["glcbt-"],
        "glcbt-[0-9A-Za-z]{1,5}_[0-9A-Za-z_-]{20}",
    )
    .checked(random_whole),
    Detector::token(
        "gitlab-trigger-token",
        "GitLab pipeline trigger token",
        &["glptt-"],
        "glptt-[0-9a-f]{40}",
    )
    .checked(random_whole),
    Detector::token(
        "gitlab-mail-token",
        "GitLab incoming mail token",
        &["glimt-"],
        "glimt-[0-9A-Za-z_-]{25}",
    )
    .checked(random_whole),
    Detector::token(
        "gitlab-agent-token",
        "GitLab agent token",
        &["glagent-"],
        "glagent-[0-9A-Za-z_-]{50}",
    )
    .checked(random_whole),
    Detector::token(
        "gitlab-oauth-secret",
        "GitLab OAuth application secret",
        &["gloas-"],
        "gloas-[0-9A-Za-z_-]{64}",
    )
    .checked(random_whole),
    Detector::token(
        "gitlab-session",
        "GitLab session cookie",
        &["_gitlab_session="],
        "_gitlab_session=([0-9a-z]{32})",
    )
    .checked(random),
    Detector::token(
        "bitbucket-app-password",
        "Bitbucket app password",
        &["ATBB"],
        "ATBB[0-9A-Za-z]{24}[0-9A-Fa-f]{8}",
    )
    .checked(app_password),
    Detector::token(
        "atlassian-token",
        "Atlassian API token",
        &["ATATT3", "ATCTT3", "ATSTT3"],
        "AT[ACS]TT3[0-9A-Za-z_=-]{20,400}=[0-9A-F]{8}",
    )
    .checked(crc32_hex_tail)
    .loose(),
    Detector::token(
        "bitbucket-server-token",
        "Bitbucket Data Center token",
        &["BBDC-"],
        "BBDC-[MNO][0-9A-Za-z+/@_]{43}",
    )
    .checked(number_and_random),
    Detector::token(
        "sourcegraph-token",
        "Sourcegraph access token",
        &["sgp_"],
        "sgp_(?:[0-9A-Fa-f]{16}_|local_)?[0-9A-Fa-f]{40}",
    )
    .checked(random),
    Detector::token(
        "sourcegraph-service-token",
        "Sourcegraph service key",
        &["sgd_", "slk_"],
        "s(?:gd|lk)_[0-9a-f]{64}",
    )
    .checked(random),
    Detector::token(
        "sourcegraph-amp-token",
        "Sourcegraph Amp token",
        &["sgamp_user_"],
        "sgamp_user_[0-9A-Z]{26}_[0-9a-f]{64}",
    )
    .checked(random),
];

/// A JSON web token behind the prefix, whose header names an algorithm.
fn holds_jwt(token: &Token<'_>) -> Verdict {
    let header = memchr::memmem::find(token.text, b"eyJ").and_then(|at| token.text.get(at..));
    let header = header.and_then(|jwt| jwt.split(|&b| b == b'.').next());
    match header.and_then(members::object) {
        Some(header) if header.contains_key("alg") => Verdict::Proven,
        _ => Verdict::No,
    }
}

/// Base64 of a number, a colon and random bytes.
fn number_and_random(token: &Token<'_>) -> Verdict {
    let clear = token.text.get(5..).and_then(members::base64);
    let Some((number, rest)) = clear.as_ref().and_then(|clear| {
        let colon = memchr::memchr(b':', clear)?;
        clear.split_at_checked(colon)
    }) else {
        return Verdict::No;
    };
    if (1..=20).contains(&number.len()) && number.iter().all(u8::is_ascii_digit) && is_random(rest)
    {
        Verdict::Proven
    } else {
        Verdict::No
    }
}

/// The last digits are a checksum, but nothing public says of what: one that differs disproves nothing.
fn app_password(token: &Token<'_>) -> Verdict {
    match crc32_hex_tail(token) {
        Verdict::Proven => Verdict::Proven,
        _ => random(token),
    }
}

#[cfg(test)]
#[expect(clippy::too_many_lines, reason = "a table")]
pub(super) fn examples() -> Vec<super::tests::Example> {
    use super::checksum::{crc32_base36, crc32_base62, crc32_hex};
    use super::tests::{ALNUM, BASE64URL, Example, HEX, LOWER, UPPER, chars};
    use base64::{Engine, prelude::BASE64_STANDARD, prelude::BASE64_URL_SAFE_NO_PAD};

    let text = |bytes: &[u8]| String::from_utf8(bytes.to_vec()).unwrap();
    let classic = |prefix: &str, count| {
        let body = chars(ALNUM, count);
        format!("{prefix}_{body}{}", text(&crc32_base62(body.as_bytes())))
    };
    let alnum = |prefix: &str, count| format!("{prefix}{}", chars(ALNUM, count));
    let hex = |prefix: &str, count| format!("{prefix}{}", chars(HEX, count));
    let xs = |prefix: &str, count| format!("{prefix}{}", "x".repeat(count));
    let gitlab = |prefix: &str, count: usize| {
        // No `-` at the end, which a shorter form would be.
        format!("gl{prefix}-{}7", chars(BASE64URL, count - 1))
    };
    let routable = |head: String| format!("{head}{}", text(&crc32_base36(head.as_bytes())));
    let hexed = |head: String| format!("{head}{}", text(&crc32_hex(head.as_bytes())));
    let fine = format!("github_{}_{}_{}", "pat", chars(ALNUM, 22), chars(ALNUM, 59));
    let segment = |json: &str| BASE64_URL_SAFE_NO_PAD.encode(json);
    let jwt = |header: &str| {
        let payload = segment("{\"iss\":\"x\",\"aud\":\"y\"}");
        format!("{}.{payload}.{}", segment(header), chars(BASE64URL, 342))
    };
    let good = jwt("{\"alg\":\"RS256\",\"typ\":\"JWT\"}");
    let server = |clear: String| format!("BBDC-{}", BASE64_STANDARD.encode(clear));
    vec![
        Example::of("github-token")
            .found(["ghp", "gho", "ghu", "ghs"].map(|prefix| classic(prefix, 30)))
            .silent([alnum("ghp_", 36), classic("ghx", 30), xs("ghp_", 36)]),
        Example::of("github-refresh-token")
            .found([classic("ghr", 70)])
            .silent([alnum("ghr_", 76), classic("ghr", 30)]),
        Example::of("github-installation-token")
            .found([format!("ghs_{good}"), format!("ghs_314159_{good}")])
            .silent([
                format!("ghs_{}", jwt("{\"typ\":\"JWT\"}")),
                format!("ghs_{}", &good[..60]),
            ]),
        Example::of("github-fine-grained-token")
            .found([fine.clone()])
            .silent([
                fine[..90].to_owned(),
                format!("{fine}x"),
                format!("github_pat_{}_{}", "x".repeat(22), "x".repeat(59)),
            ]),
        Example::of("gitlab-token")
            .found(["pat", "dt", "ft", "soat", "ffct"].map(|prefix| gitlab(prefix, 20)))
            .silent([
                gitlab("pat", 19),
                gitlab("pat", 21),
                format!("{}-{}", gitlab("pat", 20), chars(ALNUM, 6)),
                xs("glpat-", 20),
                "gldt-feature-flags-for-all".to_owned(),
            ]),
        Example::of("gitlab-routable-token")
            .found([
                routable(format!("{}.0z", gitlab("pat", 27))),
                routable(format!("{}.01.0z", gitlab("pat", 40))),
                routable(format!("glrt-t1_{}.1a", chars(ALNUM, 51))),
                routable(format!("{}.8b", gitlab("agent", 300))),
            ])
            .silent([
                format!("{}.{}", gitlab("pat", 27), chars(LOWER, 9)),
                format!("{}.xxxxxxxxx", xs("glpat-", 27)),
            ]),
        Example::of("gitlab-runner-token")
            .found([
                gitlab("rt", 20),
                gitlab("rtr", 20),
                alnum("glrt-t3_", 20),
                alnum("GR1348941", 20),
            ])
            .silent([
                xs("GR1348941", 20),
                alnum("GR1348941", 19),
                gitlab("rt", 18),
            ]),
        Example::of("gitlab-job-token")
            .found([alnum("glcbt-64_", 20), alnum("glcbt-1e2f3_", 20)])
            .silent([alnum("glcbt-", 20), alnum("glcbt-64_", 19)]),
        Example::of("gitlab-trigger-token")
            .found([hex("glptt-", 40)])
            .silent([hex("glptt-", 39), xs("glptt-", 40)]),
        Example::of("gitlab-mail-token")
            .found([gitlab("imt", 25)])
            .silent([gitlab("imt", 24), xs("glimt-", 25)]),
        Example::of("gitlab-agent-token")
            .found([gitlab("agent", 50)])
            .silent([gitlab("agent", 49), xs("glagent-", 50)]),
        Example::of("gitlab-oauth-secret")
            .found([gitlab("oas", 64)])
            .silent([gitlab("oas", 63), xs("gloas-", 64)]),
        Example::of("gitlab-session")
            .found([format!("Cookie: _gitlab_session={}", chars(HEX, 32))])
            .silent([hex("_gitlab_session=", 31), xs("_gitlab_session=", 32)]),
        Example::of("bitbucket-app-password")
            .found([
                hexed(alnum("ATBB", 24)),
                hexed(alnum("ATBB", 24)).replace("ATBB", "x-token-auth:ATBB"),
                hex(&alnum("ATBB", 24), 8),
            ])
            .silent([xs("ATBB", 32), hexed(alnum("ATBB", 23))]),
        Example::of("atlassian-token")
            .found([
                hexed(alnum("ATATT3xFfGF0", 171) + "="),
                hexed(alnum("ATCTT3xFfGN0", 171) + "="),
                hexed(alnum("ATSTT3xFf", 60) + "="),
            ])
            .silent([
                format!("{}=01234567", alnum("ATATT3xFfGF0", 171)),
                alnum("ATATT3xFfGF0", 180),
            ]),
        Example::of("bitbucket-server-token")
            .found([server(format!("31415926535:{}", chars(ALNUM, 21)))])
            .silent([
                server(format!("xyz15926535:{}", chars(ALNUM, 21))),
                server(format!("31415926535:{}", "x".repeat(21))),
                alnum("BBDC-M", 43),
            ]),
        Example::of("sourcegraph-token")
            .found([
                hex("sgp_", 40),
                hex("sgp_local_", 40),
                format!("sgp_{}_{}", chars(HEX, 16), chars(HEX, 40)),
            ])
            .silent([hex("sgp_", 39), hex("sgp_other_", 40), xs("sgp_local_", 40)]),
        Example::of("sourcegraph-service-token")
            .found([hex("sgd_", 64), hex("slk_", 64)])
            .silent([hex("sgd_", 63), hex("slx_", 64)]),
        Example::of("sourcegraph-amp-token")
            .found([format!(
                "sgamp_user_{}_{}",
                chars(UPPER, 26),
                chars(HEX, 64)
            )])
            .silent([
                format!("sgamp_user_{}_{}", chars(UPPER, 26), chars(HEX, 63)),
                format!("sgamp_user_{}_{}", chars(UPPER, 26), "0".repeat(64)),
            ]),
    ]
}
