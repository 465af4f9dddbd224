//! Forges, package registries, build services and infrastructure tools.

use super::checksum;
use crate::detector::{Detector, Token, Verdict};

pub(super) static ROWS: &[Detector] = &[
    Detector::token(
        "github-token",
        "GitHub token",
        &["ghp_", "gho_", "ghu_", "ghs_"],
        "gh[pous]_[0-9A-Za-z]{36}",
    )
    .checked(ends_with_crc32)
    .loose(),
    Detector::token(
        "github-fine-grained-token",
        "GitHub fine-grained token",
        &["github_pat_"],
        "github_pat_[0-9A-Za-z]{22}_[0-9A-Za-z]{59}",
    ),
];

/// `prefix_` and a body whose last six digits are the checksum of the others.
fn ends_with_crc32(token: &Token<'_>) -> Verdict {
    let body = token.text.splitn(2, |&b| b == b'_').nth(1);
    match body.and_then(|body| body.split_last_chunk::<6>()) {
        Some((body, sum)) if checksum::crc32_base62(body) == *sum => Verdict::Proven,
        _ => Verdict::Wrong,
    }
}

#[cfg(test)]
pub(super) fn examples() -> Vec<super::tests::Example> {
    use super::tests::{ALNUM, Example, chars};
    let classic = |prefix: &str| {
        let body = chars(ALNUM, 30);
        let sum = checksum::crc32_base62(body.as_bytes());
        format!("{prefix}_{body}{}", str::from_utf8(&sum).unwrap())
    };
    let fine = format!("github_{}_{}_{}", "pat", chars(ALNUM, 22), chars(ALNUM, 59));
    vec![
        Example::of("github-token")
            .found(["ghp", "gho", "ghu", "ghs"].map(classic))
            .silent([format!("ghp_{}", chars(ALNUM, 36)), classic("ghx")]),
        Example::of("github-fine-grained-token")
            .found([fine.clone()])
            .silent([fine[..90].to_owned(), format!("{fine}x")]),
    ]
}
