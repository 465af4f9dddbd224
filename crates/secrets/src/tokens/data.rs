//! Databases, search and data platforms.

use super::plausible::random;
use crate::detector::{Detector, Token, Verdict};

pub(super) static ROWS: &[Detector] = &[
    Detector::token(
        "atlas-service-account-secret",
        "MongoDB Atlas service account secret",
        &["mdb_sa_sk_"],
        "mdb_sa_sk_[0-9A-Za-z_-]{40}",
    )
    .checked(random),
    Detector::token(
        "planetscale-token",
        "PlanetScale token or password",
        &["pscale_tkn_", "pscale_pw_", "pscale_oauth_"],
        "pscale_(?:tkn|pw|oauth)_[0-9A-Za-z_.=-]{32,64}",
    )
    .checked(random),
    Detector::token("neon-key", "Neon API key", &["napi_"], "napi_[0-9a-z]{64}").checked(random),
    Detector::token(
        "supabase-access-token",
        "Supabase access token",
        &["sbp_"],
        "sbp_(?:v0_|oauth_)?[0-9a-f]{40}",
    )
    .checked(random),
    Detector::token(
        "supabase-secret-key",
        "Supabase secret key",
        &["sb_secret_"],
        // 22 random characters and a checksum that takes the project's name to make.
        "sb_secret_[0-9A-Za-z_-]{22}_[0-9A-Za-z_-]{8}",
    )
    .checked(random),
    Detector::token(
        "databricks-token",
        "Databricks token",
        &["dapi", "dose", "dkea"],
        "(?:dapi|dkea|dose)[0-9a-f]{32}(?:-[0-9])?",
    )
    .checked(random),
    Detector::token(
        "astra-token",
        "DataStax Astra token",
        &["AstraCS:"],
        "AstraCS:[0-9A-Za-z]{20,30}:[0-9a-f]{64}",
    )
    .checked(random),
    Detector::token(
        "clickhouse-cloud-key",
        "ClickHouse Cloud key secret",
        &["4b1d"],
        "4b1d[0-9A-Za-z]{38}",
    )
    .checked(of_both_cases),
    Detector::token(
        "elastic-cloud-key",
        "Elastic Cloud API key",
        &["essu_"],
        "essu_[0-9A-Za-z+/_-]{48,160}={0,2}",
    )
    .checked(random),
    Detector::token(
        "cockroach-cloud-key",
        "CockroachDB Cloud API key",
        &["CCDB1_"],
        "CCDB1_[0-9A-Za-z]{22}_[0-9A-Za-z]{40}",
    )
    .checked(random),
    Detector::token(
        "airtable-token",
        "Airtable personal access token",
        &["irtable", "IRTABLE"],
        "(?i:airtable)(?s:.{0,60}?)[^0-9A-Za-z](pat[0-9A-Za-z]{14}\\.[0-9a-f]{64})",
    )
    .checked(random),
    Detector::token(
        "materialize-password",
        "Materialize app password",
        &["mzp_"],
        "mzp_[0-9a-f]{64}",
    )
    .checked(random),
    Detector::token(
        "aiven-service-password",
        "Aiven service password",
        &["AVNS_"],
        "AVNS_[0-9A-Za-z_-]{16,24}",
    )
    .checked(of_both_cases),
    Detector::token(
        "convex-deploy-key",
        "Convex deploy key",
        &["|eyJ2MiI6"],
        "(?:prod|dev|preview):[0-9a-z:-]{3,80}\\|(eyJ2MiI6[0-9A-Za-z+/_-]{40,200}={0,2})",
    )
    .checked(random)
    .reach(96, 256),
    Detector::token(
        "dbt-cloud-token",
        "dbt Cloud token",
        &["dbtc_", "dbtu_"],
        "dbt[cu]_[0-9A-Za-z_-]{40,64}",
    )
    .checked(random),
    Detector::token(
        "thingsboard-device-token",
        "ThingsBoard device token",
        &["thingsboard.cloud/api/v1/"],
        "thingsboard\\.cloud/api/v1/([0-9A-Za-z]{20})",
    )
    .checked(random),
    Detector::token(
        "blynk-device-token",
        "Blynk device token",
        &["blynk.cloud/external/api/"],
        "blynk\\.cloud/external/api/[0-9A-Za-z/]{1,40}\\?token=([0-9A-Za-z_-]{32})",
    )
    .checked(random),
];

/// Random, with small and large letters and digits: no hexadecimal number, no constant's name.
fn of_both_cases(token: &Token<'_>) -> Verdict {
    let body = token.text.get(5..).unwrap_or_default();
    let holds = |class: fn(&u8) -> bool| body.iter().any(class);
    if holds(u8::is_ascii_lowercase) && holds(u8::is_ascii_uppercase) && holds(u8::is_ascii_digit) {
        random(token)
    } else {
        Verdict::No
    }
}

#[cfg(test)]
pub(super) fn examples() -> Vec<super::tests::Example> {
    use super::tests::{ALNUM, BASE64URL, Example, HEX, LOWER, chars};
    let fixed = Example::prefixed;
    let astra = |client: usize| format!("AstraCS:{}:{}", chars(ALNUM, client), chars(HEX, 64));
    let airtable = |id: usize| format!("pat{}.{}", chars(ALNUM, id), chars(HEX, 64));
    let cockroach = |secret: usize| format!("CCDB1_{}_{}", chars(ALNUM, 22), chars(ALNUM, secret));
    let supabase =
        |body: usize| format!("sb_secret_{}_{}", chars(ALNUM, body), chars(BASE64URL, 8));
    let convex = |name: &str| format!("{name}|{}{}=", "eyJ2MiI6", chars(ALNUM, 70));
    let blynk = "https://fra1.blynk.cloud/external/api/get?token=";
    vec![
        fixed("atlas-service-account-secret", "mdb_sa_sk_", BASE64URL, 40),
        fixed("planetscale-token", "pscale_tkn_", BASE64URL, 32).found([
            format!("pscale_pw_{}", chars(BASE64URL, 43)),
            format!("pscale_oauth_{}", chars(BASE64URL, 64)),
        ]),
        fixed("neon-key", "napi_", LOWER, 64),
        fixed("supabase-access-token", "sbp_", HEX, 40)
            .found([format!("sbp_v0_{}", chars(HEX, 40))]),
        Example::of("supabase-secret-key")
            .found([supabase(22)])
            .silent([
                supabase(21),
                format!("sb_secret_{}_{}", "a".repeat(22), "a".repeat(8)),
            ]),
        fixed("databricks-token", "dapi", HEX, 32).found([
            format!("dapi{}-2", chars(HEX, 32)),
            format!("dose{}", chars(HEX, 32)),
        ]),
        Example::of("astra-token")
            .found([astra(24), astra(27)])
            .silent([astra(12), astra(24)[..90].to_owned()]),
        fixed("clickhouse-cloud-key", "4b1d", ALNUM, 38).silent([
            format!("4b1d{}", chars(HEX, 38)),
            format!("af4b1d{}", chars(ALNUM, 38)),
        ]),
        fixed("elastic-cloud-key", "essu_", BASE64URL, 48)
            .found([format!("essu_{}==", chars(ALNUM, 78))]),
        Example::of("cockroach-cloud-key")
            .found([cockroach(40)])
            .silent([cockroach(39), cockroach(41)]),
        Example::of("airtable-token")
            .found([
                format!("AIRTABLE_TOKEN={}", airtable(14)),
                format!("airtable: '{}'", airtable(14)),
            ])
            .silent([
                airtable(14),
                format!("AIRTABLE_TOKEN={}", airtable(13)),
                format!("AIRTABLE_TOKEN=pat{}.{}", "x".repeat(14), "0".repeat(64)),
            ]),
        fixed("materialize-password", "mzp_", HEX, 64),
        fixed("aiven-service-password", "AVNS_", ALNUM, 16)
            .found([format!("AVNS_{}", chars(ALNUM, 19))])
            .silent([format!("AVNS_{}", "CONNECTION_TIMEOUTS")]),
        Example::of("convex-deploy-key")
            .found([convex("prod:happy-animal-123"), convex("preview:acme:shop")])
            .silent([
                convex("happy"),
                convex("prod:happy-animal-123")[..60].to_owned(),
            ]),
        fixed("dbt-cloud-token", "dbtc_", BASE64URL, 40)
            .found([format!("dbtu_{}", chars(ALNUM, 43))]),
        Example::of("thingsboard-device-token")
            .found([20].map(|n| {
                format!(
                    "https://thingsboard.cloud/api/v1/{}/telemetry",
                    chars(LOWER, n)
                )
            }))
            .silent([12, 24].map(|n| {
                format!(
                    "https://thingsboard.cloud/api/v1/{}/telemetry",
                    chars(LOWER, n)
                )
            })),
        Example::of("blynk-device-token")
            .found([format!("{blynk}{}&V1", chars(BASE64URL, 32))])
            .silent([
                format!("{blynk}{}&V1", chars(BASE64URL, 31)),
                format!("{blynk}{}&V1", "x".repeat(32)),
            ]),
    ]
}
