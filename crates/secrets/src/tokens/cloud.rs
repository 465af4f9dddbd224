//! Google, other clouds, and hosting.

use super::{
    members,
    plausible::{begins_a_word, random, random_whole},
};
use crate::{
    detector::{Detector, Token, Verdict},
    hit::Weight,
};

pub(super) static ROWS: &[Detector] = &[
    // Often meant for browsers, and then restricted by referrer.
    Detector::token(
        "google-api-key",
        "Google API key",
        &["AIza"],
        "AIza[0-9A-Za-z_-]{35}",
    )
    .checked(google_key)
    .weighing(Weight::Doubtful),
    Detector::token(
        "google-oauth-client-secret",
        "Google OAuth client secret",
        &["GOCSPX-"],
        "GOCSPX-[0-9A-Za-z_-]{28}",
    )
    .checked(random_whole),
    // Lives for an hour.
    Detector::token(
        "google-oauth-access-token",
        "Google OAuth access token",
        &["ya29."],
        "ya29\\.[0-9A-Za-z_-]{40,1024}",
    )
    .checked(random)
    .weighing(Weight::Doubtful)
    .reach(64, 1100),
    Detector::token(
        "google-oauth-refresh-token",
        "Google OAuth refresh token",
        &["1//0"],
        "1//0[0-9a-z][0-9A-Za-z_-]{70,140}",
    )
    .checked(random),
    Detector::token(
        "google-gemini-key",
        "Google Gemini API key",
        &["AQ.Ab8RN6"],
        "AQ\\.Ab8RN6[0-9A-Za-z_-]{44}",
    )
    .checked(random_whole),
    // Lives for twelve hours.
    Detector::token(
        "yandex-iam-token",
        "Yandex Cloud IAM token",
        &["euel"],
        "t1\\.[0-9A-Za-z_-]{1,8}euel[0-9A-Za-z_-]{20,320}={0,2}\\.[0-9A-Za-z_-]{84,88}={0,2}",
    )
    .checked(random)
    .weighing(Weight::Doubtful),
    Detector::token(
        "yandex-api-key",
        "Yandex Cloud API key",
        &["AQVN"],
        "AQVN[0-9A-Za-z_-]{35,38}",
    )
    .checked(mixed),
    Detector::token(
        "yandex-oauth-token",
        "Yandex OAuth token",
        &["y0_Ag", "y0__x"],
        "y0_(?:Ag|_x)[0-9A-Za-z_-]{48,60}",
    )
    .checked(random),
    Detector::token(
        "digitalocean-token",
        "DigitalOcean token",
        &["dop_v1_", "doo_v1_", "dor_v1_"],
        "do[opr]_v1_[0-9a-f]{64}",
    )
    .checked(random),
    Detector::token(
        "upcloud-token",
        "UpCloud API token",
        &["ucat_"],
        "ucat_[0-9A-Z]{26}",
    )
    .checked(random),
    Detector::token(
        "scalingo-token",
        "Scalingo API token",
        &["tk-us-"],
        "tk-us-[0-9A-Za-z_-]{48}",
    )
    .checked(random_whole),
    Detector::token(
        "heroku-api-key",
        "Heroku API key",
        &["HRKU-AA"],
        "HRKU-AA[0-9A-Za-z_-]{58}",
    )
    .checked(random_whole),
    Detector::token(
        "fly-token",
        "Fly.io access token",
        &["fo1_"],
        "fo1_[0-9A-Za-z_-]{43}",
    )
    .checked(random_whole),
    Detector::token(
        "fly-macaroon",
        "Fly.io access token",
        &["fm1r_", "fm1a_", "fm2_", "FlyV1 "],
        "FlyV1 ([0-9A-Za-z+/_=,-]{60,1800})|fm(?:1[ar]|2)_[0-9A-Za-z+/_-]{100,1800}={0,3}",
    )
    .checked(macaroon)
    .reach(64, 1900),
    Detector::token(
        "render-api-key",
        "Render API key",
        &["rnd_"],
        "rnd_[0-9A-Za-z]{28,32}",
    )
    .checked(random),
    Detector::token(
        "netlify-token",
        "Netlify access token",
        &["nfp_"],
        "nfp_[0-9A-Za-z_]{36}",
    )
    .checked(random),
    Detector::token(
        "vercel-token",
        "Vercel token",
        &["vck_", "vcp_", "vci_", "vca_", "vcr_"],
        "vc[kpiar]_[0-9A-Za-z_-]{56}",
    )
    .checked(random_whole),
    Detector::token(
        "vercel-blob-token",
        "Vercel Blob read-write token",
        &["vercel_blob_rw_"],
        "vercel_blob_rw_[0-9A-Za-z]{12,24}_[0-9A-Za-z]{24,40}",
    )
    .checked(random),
    Detector::token(
        "cloudflare-origin-ca-key",
        "Cloudflare origin CA key",
        &["v1.0-"],
        "v1\\.0-[0-9a-f]{24}-[0-9a-f]{146}",
    )
    .checked(random),
    Detector::token(
        "cloudflare-token",
        "Cloudflare API token",
        &["cfut_", "cfat_", "cfk_"],
        "cf(?:ut|at|k)_[0-9A-Za-z_-]{40,60}",
    )
    .checked(random),
];

fn google_key(token: &Token<'_>) -> Verdict {
    if begins_a_word(token) {
        random_whole(token)
    } else {
        Verdict::No
    }
}

/// Random, with letters of both cases and digits.
fn mixed(token: &Token<'_>) -> Verdict {
    let any = |test: fn(&u8) -> bool| token.text.iter().any(test);
    if any(u8::is_ascii_lowercase) && any(u8::is_ascii_digit) && begins_a_word(token) {
        random_whole(token)
    } else {
        Verdict::No
    }
}

/// Base64 of a `MessagePack` array of three or four members that begins with an array or bytes.
fn macaroon(token: &Token<'_>) -> Verdict {
    let first = token.text.split(|&b| b == b',').next();
    let body = first.and_then(|first| first.splitn(2, |&b| b == b'_').nth(1));
    let clear = body.and_then(members::base64).unwrap_or_default();
    match clear.as_slice() {
        [0x93 | 0x94, 0x93 | 0xc4, ..] => Verdict::Proven,
        _ => random(token),
    }
}

#[cfg(test)]
#[expect(clippy::too_many_lines, reason = "a table")]
pub(super) fn examples() -> Vec<super::tests::Example> {
    use super::tests::{ALNUM, BASE64, BASE64URL, Example, HEX, LOWER, UPPER, chars};

    let b64u = |prefix: &str, count: usize| {
        // No `-` at the end, which a shorter form would be.
        format!("{prefix}{}7", chars(BASE64URL, count - 1))
    };
    let hex = |prefix: &str, count| format!("{prefix}{}", chars(HEX, count));
    let alnum = |prefix: &str, count| format!("{prefix}{}", chars(ALNUM, count));
    let xs = |prefix: &str, count| format!("{prefix}{}", "x".repeat(count));
    vec![
        Example::of("google-api-key")
            .found([b64u("AIza", 35), b64u("AIzaSy", 33)])
            .silent([
                b64u("AIza", 34),
                b64u("AIza", 36),
                b64u("xAIza", 35),
                format!("AIzaSy{}", "abcdefghijklmnopqrstuvwxyz1234567"),
                xs("AIza", 35),
            ]),
        Example::of("google-oauth-client-secret")
            .found([b64u("GOCSPX-", 28)])
            .silent([b64u("GOCSPX-", 27), b64u("GOCSPX-", 30), xs("GOCSPX-", 28)]),
        Example::of("google-oauth-access-token")
            .found([b64u("ya29.", 60), b64u("ya29.a0", 1020)])
            .silent([b64u("ya29.", 20), xs("ya29.", 60)]),
        Example::of("google-oauth-refresh-token")
            .found([b64u("1//0g", 98), b64u("1//04", 98)])
            .silent([b64u("1//0g", 40), xs("1//0g", 98)]),
        Example::of("google-gemini-key")
            .found([b64u("AQ.Ab8RN6", 44)])
            .silent([b64u("AQ.Ab8RN6", 43), b64u("AQ.Ab8RN5", 44)]),
        Example::of("yandex-iam-token")
            .found([
                format!("{}.{}", b64u("t1.9euelZ", 90), b64u("", 86)),
                format!("{}==.{}==", b64u("t1.9f7L7euelZ", 300), b64u("", 86)),
            ])
            .silent([
                b64u("t1.9euelZ", 90),
                format!("{}.{}", b64u("t1.9euelZ", 90), b64u("", 60)),
            ]),
        Example::of("yandex-api-key")
            .found([b64u("AQVN", 36), b64u("AQVN", 38)])
            .silent([
                b64u("AQVN", 30),
                xs("AQVN", 36),
                format!("AQVN{}", chars(UPPER, 36)),
            ]),
        Example::of("yandex-oauth-token")
            .found([b64u("y0_Ag", 56), b64u("y0__x", 52)])
            .silent([b64u("y0_Ag", 40), b64u("y1_Ag", 56)]),
        Example::of("digitalocean-token")
            .found(["dop_v1_", "doo_v1_", "dor_v1_"].map(|prefix| hex(prefix, 64)))
            .silent([hex("dop_v1_", 63), hex("dop_v1_", 65), alnum("dop_v1_", 64)]),
        Example::of("upcloud-token")
            .found([format!("ucat_{}", chars(UPPER, 26))])
            .silent([
                format!("ucat_{}", chars(UPPER, 25)),
                format!("ucat_{}", chars(LOWER, 26)),
            ]),
        Example::of("scalingo-token")
            .found([b64u("tk-us-", 48)])
            .silent([b64u("tk-us-", 47), xs("tk-us-", 48)]),
        Example::of("heroku-api-key")
            .found([b64u("HRKU-AA", 58)])
            .silent([b64u("HRKU-AA", 57), xs("HRKU-AA", 58)]),
        Example::of("fly-token").found([b64u("fo1_", 43)]).silent([
            b64u("fo1_", 42),
            xs("fo1_", 43),
            b64u("7SWa-Fo1_", 43),
        ]),
        Example::of("fly-macaroon")
            .found([
                format!("FlyV1 fm2_lJPE{}==", chars(BASE64, 500)),
                format!(
                    "fm1r_lJPE{},fm1a_{}",
                    chars(BASE64, 300),
                    chars(BASE64, 301)
                ),
            ])
            .silent([
                format!("fm2_{}", chars(BASE64, 80)),
                xs("fm2_", 200),
                xs("FlyV1 ", 100),
            ]),
        Example::of("render-api-key")
            .found([alnum("rnd_", 28), alnum("rnd_", 32)])
            .silent([alnum("rnd_", 27), alnum("rnd_", 33), xs("rnd_", 32)]),
        Example::of("netlify-token")
            .found([alnum("nfp_", 36)])
            .silent([alnum("nfp_", 35), xs("nfp_", 36)]),
        Example::of("vercel-token")
            .found(["vck_", "vcp_", "vci_", "vca_", "vcr_"].map(|prefix| b64u(prefix, 56)))
            .silent([b64u("vck_", 48), b64u("vcb_", 56), xs("vcp_", 56)]),
        Example::of("vercel-blob-token")
            .found([format!(
                "vercel_blob_rw_{}_{}",
                chars(ALNUM, 16),
                chars(ALNUM, 30)
            )])
            .silent([
                alnum("vercel_blob_rw_", 16),
                xs("vercel_blob_rw_abcdefghijklmnop_", 30),
            ]),
        Example::of("cloudflare-origin-ca-key")
            .found([format!("v1.0-{}-{}", chars(HEX, 24), chars(HEX, 146))])
            .silent([
                format!("v1.0-{}-{}", chars(HEX, 24), chars(HEX, 145)),
                format!("v1.0-{}-{}", chars(HEX, 24), "0".repeat(146)),
            ]),
        Example::of("cloudflare-token")
            .found(["cfut_", "cfat_", "cfk_"].map(|prefix| alnum(prefix, 48)))
            .silent([alnum("cfut_", 30), xs("cfat_", 48)]),
    ]
}
