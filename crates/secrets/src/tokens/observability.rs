//! Metrics, logs, errors, and feature flags.

use super::{
    members,
    plausible::{is_random, random},
};
use crate::detector::{Detector, Token, Verdict};

pub(super) static ROWS: &[Detector] = &[
    Detector::token(
        "datadog-application-key",
        "Datadog application key",
        &["ddapp_"],
        "ddapp_[0-9A-Za-z]{32,40}",
    )
    .checked(random),
    Detector::token(
        "new-relic-key",
        "New Relic key",
        &["NRAK-", "NRAA-", "NRII-", "NRIQ-", "NRRA-"],
        "NR(?:AK-[0-9A-Za-z]{27}|AA-[0-9a-f]{27}|I[IQ]-[0-9A-Za-z_-]{32}|RA-[0-9a-f]{42})",
    )
    .checked(random),
    Detector::token(
        "new-relic-licence-key",
        "New Relic licence key",
        &["NRAL"],
        // 40 characters: a region or hexadecimal digits, then more of them, and FFFF in newer ones.
        "(?:[0-9a-f]{6}|[a-z]{2,3}[0-9]{2}x{1,2})[0-9a-f]{26}(?:[0-9a-f]{4}|FFFF)NRAL",
    )
    .checked(random),
    Detector::token(
        "pixie-key",
        "Pixie key",
        &["px-api-", "px-dep-"],
        "px-(?:api|dep)-[0-9a-f]{8}-(?:[0-9a-f]{4}-){3}[0-9a-f]{12}",
    )
    .checked(random),
    Detector::token(
        "grafana-service-account-token",
        "Grafana service account token",
        &["glsa_"],
        "glsa_[0-9A-Za-z]{32}_[0-9a-f]{8}",
    )
    .checked(ends_with_crc32)
    .loose(),
    Detector::token(
        "grafana-cloud-token",
        "Grafana Cloud token",
        &["glc_ey"],
        "glc_ey[0-9A-Za-z+/_-]{40,400}={0,2}",
    )
    .checked(grafana_cloud),
    Detector::token(
        "grafana-key",
        "Grafana API key",
        &["eyJrIjoi"],
        "eyJrIjoi[0-9A-Za-z+/_-]{40,400}={0,2}",
    )
    .checked(grafana_key),
    Detector::token(
        "dynatrace-token",
        "Dynatrace token",
        &["dt0c01.", "dt0s0", "dt0s1"],
        "dt0[cs][0-9]{2}\\.[0-9A-Za-z]{8,24}\\.[0-9A-Za-z]{64}",
    )
    .checked(random),
    Detector::token(
        "sentry-org-token",
        "Sentry organisation token",
        &["sntrys_ey"],
        "sntrys_ey[0-9A-Za-z+/]{40,400}={0,2}_[0-9A-Za-z+/]{43}",
    )
    .checked(sentry_claims),
    Detector::token(
        "sentry-token",
        "Sentry token",
        &["sntryu_", "sntryi_", "sntrya_"],
        "sntry[uia]_[0-9a-f]{64}",
    )
    .checked(random),
    Detector::token(
        "honeycomb-key",
        "Honeycomb ingest key",
        &[
            "hcaik_", "hcbik_", "hccik_", "hcdik_", "hcxik_", "hcaic_", "hcbic_", "hccic_",
            "hcdic_", "hcxic_",
        ],
        "hc[a-dx]i[kc]_[0-9a-z]{58}",
    )
    .checked(random),
    Detector::token(
        "posthog-key",
        "PostHog personal API key",
        &["phx_"],
        "phx_[0-9A-Za-z_-]{41,49}",
    )
    .checked(random),
    Detector::token(
        "launchdarkly-key",
        "LaunchDarkly key",
        &["sdk-", "api-"],
        "(?:sdk|api)-[0-9a-f]{8}-[0-9a-f]{4}-[1-5][0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}",
    )
    .checked(no_part_of_a_name)
    .in_text(),
    Detector::token(
        "unleash-token",
        "Unleash token",
        &[":development.", ":production."],
        "(?:\\*|\\[\\]|[0-9A-Za-z_-]{1,60}):(?:development|production)\\.[0-9a-f]{56,64}",
    )
    .checked(random),
    Detector::token(
        "axiom-token",
        "Axiom token",
        &["xaat-", "xapt-"],
        "xa[ap]t-[0-9a-f]{8}-(?:[0-9a-f]{4}-){3}[0-9a-f]{12}",
    )
    .checked(random),
    Detector::token(
        "logfire-token",
        "Logfire token",
        &["pylf_v"],
        "pylf_v[0-9]_[a-z]{2,10}_[0-9A-Za-z]{40,60}",
    )
    .checked(random),
    Detector::token(
        "rootly-key",
        "Rootly API key",
        &["rootly_"],
        "rootly_[0-9a-f]{64}",
    )
    .checked(random),
    Detector::token(
        "segment-token",
        "Segment public API token",
        &["sgp_"],
        "sgp_[0-9A-Za-z]{64}",
    )
    .checked(random),
    Detector::token(
        "devcycle-server-key",
        "DevCycle server SDK key",
        &["dvc_server_"],
        "dvc_server_[0-9A-Za-z_]{20,80}",
    )
    .checked(random),
    Detector::token(
        "configcat-key",
        "ConfigCat SDK key",
        &["configcat-sdk-"],
        "configcat-sdk-[0-9]/[0-9A-Za-z_-]{22}/[0-9A-Za-z_-]{22}",
    )
    .checked(random),
];

/// `body_sum`: the CRC-32 of the body in hexadecimal, lowest byte first.
fn ends_with_crc32(token: &Token<'_>) -> Verdict {
    let sum = |digits: &[u8]| u32::from_str_radix(str::from_utf8(digits).ok()?, 16).ok();
    match token.text.split_last_chunk::<9>() {
        Some((body, [b'_', digits @ ..]))
            if sum(digits) == Some(crc32fast::hash(body).swap_bytes()) =>
        {
            Verdict::Proven
        }
        _ => Verdict::Wrong,
    }
}

/// A JSON object with the members of Grafana Cloud's tokens.
fn grafana_cloud(token: &Token<'_>) -> Verdict {
    holds_key(token.text.get(4..).unwrap_or_default(), &["o", "n"])
}

/// A JSON object with the members of Grafana's old keys.
fn grafana_key(token: &Token<'_>) -> Verdict {
    holds_key(token.text, &["n", "id"])
}

/// Whether the object in base64 has such members and a random one named `k`.
fn holds_key(encoded: &[u8], names: &[&str]) -> Verdict {
    let object = members::object(encoded).unwrap_or_default();
    let key = members::text(&object, "k").unwrap_or_default();
    if names.iter().all(|name| object.contains_key(*name)) && is_random(key.as_bytes()) {
        Verdict::Proven
    } else {
        Verdict::No
    }
}

/// `sntrys_CLAIMS_SECRET`, claims in JSON.
fn sentry_claims(token: &Token<'_>) -> Verdict {
    let mut parts = token.text.split(|&b| b == b'_').skip(1);
    let object = parts.next().and_then(members::object).unwrap_or_default();
    let secret = parts.next().unwrap_or_default();
    if object.contains_key("iat") && object.contains_key("org") && is_random(secret) {
        Verdict::Proven
    } else {
        Verdict::No
    }
}

/// Many names of other things end like these keys: `px-api-`, `/api-`.
fn no_part_of_a_name(token: &Token<'_>) -> Verdict {
    let before = token.candidate.window.get(..token.at).unwrap_or_default();
    match before.last() {
        Some(b'-' | b'.' | b'/') => Verdict::No,
        _ => random(token),
    }
}

#[cfg(test)]
#[expect(clippy::too_many_lines, reason = "a table")]
pub(super) fn examples() -> Vec<super::tests::Example> {
    use super::tests::{ALNUM, BASE64URL, Example, HEX, LOWER, UPPER, chars, uuid};
    use base64::{Engine, engine::general_purpose::STANDARD_NO_PAD};
    let fixed = Example::prefixed;
    let grafana = |body: &str| {
        let body = format!("glsa_{body}");
        let sum = crc32fast::hash(body.as_bytes());
        let [a, b, c, d] = sum.to_le_bytes();
        format!("{body}_{a:02x}{b:02x}{c:02x}{d:02x}")
    };
    let json = |text: &str| STANDARD_NO_PAD.encode(text);
    let cloud = |key: &str| {
        let json = json(&format!(
            "{{\"o\":\"652992\",\"n\":\"stack\",\"k\":\"{key}\",\"m\":{{\"r\":\"us\"}}}}"
        ));
        format!("glc_{json}")
    };
    let old = |key: &str| json(&format!("{{\"k\":\"{key}\",\"n\":\"admin\",\"id\":1}}"));
    let licence = |head: &str, digits: usize| format!("{head}{}NRAL", chars(HEX, digits));
    let dynatrace = |kind: &str, id: usize, secret: usize| {
        format!("dt0{kind}.{}.{}", chars(UPPER, id), chars(UPPER, secret))
    };
    let sentry =
        |claims: &str, secret: usize| format!("sntrys_{}_{}", json(claims), chars(ALNUM, secret));
    let claims =
        "{\"iat\":1687336543.7,\"url\":null,\"region_url\":\"https://a.test\",\"org\":\"acme\"}";
    let configcat = |n: usize| {
        format!(
            "configcat-sdk-1/{}/{}",
            chars(BASE64URL, 22),
            chars(ALNUM, n)
        )
    };
    let unleash = |to: &str, n: usize| format!("{to}.{}", chars(HEX, n));
    vec![
        fixed("datadog-application-key", "ddapp_", ALNUM, 32)
            .found([format!("ddapp_{}", chars(ALNUM, 40))]),
        fixed("new-relic-key", "NRAK-", UPPER, 27).found([
            format!("NRAA-{}", chars(HEX, 27)),
            format!("NRII-{}", chars(BASE64URL, 32)),
            format!("NRIQ-{}", chars(BASE64URL, 32)),
            format!("NRRA-{}", chars(HEX, 42)),
        ]),
        Example::of("new-relic-licence-key")
            .found([
                licence("", 36),
                licence("", 32).replace("NRAL", "FFFFNRAL"),
                licence("eu01xx", 30),
                licence("gov01x", 26).replace("NRAL", "FFFFNRAL"),
            ])
            .silent([
                licence("", 35),
                licence("", 37),
                format!("{}NRAL", "a".repeat(36)),
            ]),
        Example::of("pixie-key")
            .found([format!("px-api-{}", uuid(1)), format!("px-dep-{}", uuid(2))])
            .silent([
                format!("px-api-{}", "0".repeat(36)),
                format!("px-api-{}", &uuid(1)[..35]),
            ]),
        Example::of("grafana-service-account-token")
            .found([
                grafana(&chars(ALNUM, 32)),
                // In Grafana's own tests, in two parts here.
                format!("glsa_yscW25imSKJIuav8{}_fcaaf58a", "zF37RZmnbiDvB05G"),
            ])
            .silent([
                format!("glsa_{}_{}", chars(ALNUM, 32), chars(HEX, 8)),
                grafana(&chars(ALNUM, 31)),
            ]),
        Example::of("grafana-cloud-token")
            .found([cloud(&chars(ALNUM, 24))])
            .silent([
                cloud("xxxxxxxxxxxxxxxxxxxxxxxx"),
                cloud(&chars(ALNUM, 24)).replace("glc_ey", "glc_fy"),
                format!(
                    "glc_{}",
                    json("{\"o\":\"652992\",\"name\":\"of the stack\"}")
                ),
            ]),
        Example::of("grafana-key")
            .found([
                old(&chars(ALNUM, 32)),
                format!("{}=", old(&chars(ALNUM, 32))),
            ])
            .silent([
                old("xxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxx"),
                json(&format!(
                    "{{\"k\":\"{}\",\"name\":\"admin\"}}",
                    chars(ALNUM, 32)
                )),
            ]),
        Example::of("dynatrace-token")
            .found([
                dynatrace("c01", 24, 64),
                dynatrace("s02", 8, 64),
                dynatrace("s16", 24, 64),
            ])
            .silent([
                dynatrace("c01", 24, 63),
                dynatrace("c01", 4, 64),
                format!("dt0c01.{}.{}", "A".repeat(24), "B".repeat(64)),
            ]),
        Example::of("sentry-org-token")
            .found([sentry(claims, 43)])
            .silent([
                sentry(claims, 42),
                sentry(&claims.replace("org", "orb"), 43),
                sentry(claims, 43).replace(&chars(ALNUM, 43), &"a".repeat(43)),
            ]),
        fixed("sentry-token", "sntryu_", HEX, 64).found([
            format!("sntryi_{}", chars(HEX, 64)),
            format!("sntrya_{}", chars(HEX, 64)),
        ]),
        fixed("honeycomb-key", "hcaik_", LOWER, 58).found([format!("hcxic_{}", chars(LOWER, 58))]),
        fixed("posthog-key", "phx_", ALNUM, 41).found([format!("phx_{}", chars(ALNUM, 49))]),
        Example::of("launchdarkly-key")
            .found([format!("sdk-{}", uuid(1)), format!("api-{}", uuid(2))])
            .silent([
                format!("my-sdk-{}", uuid(1)),
                format!("mob-{}", uuid(1)),
                format!("sdk-{}", "00000000-0000-4000-a000-000000000000"),
            ]),
        Example::of("unleash-token")
            .found([
                unleash("*:production", 56),
                unleash("default:development", 64),
            ])
            .silent([
                unleash("default:development", 32),
                "default:development.unleash-insecure-api-token".to_owned(),
            ]),
        Example::of("axiom-token")
            .found([format!("xaat-{}", uuid(1)), format!("xapt-{}", uuid(2))])
            .silent([
                format!("xaat-{}", &uuid(1)[..30]),
                format!("xabt-{}", uuid(1)),
            ]),
        fixed("logfire-token", "pylf_v1_us_", ALNUM, 40)
            .found([format!("pylf_v1_eu_{}", chars(ALNUM, 43))]),
        fixed("rootly-key", "rootly_", HEX, 64),
        fixed("segment-token", "sgp_", ALNUM, 64).silent([format!("sgp_{}", chars(ALNUM, 65))]),
        fixed("devcycle-server-key", "dvc_server_", ALNUM, 20),
        Example::of("configcat-key")
            .found([configcat(22)])
            .silent([configcat(21), configcat(23)]),
    ]
}
