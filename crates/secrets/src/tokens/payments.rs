//! Payments and commerce.

use super::plausible::random;
use crate::detector::{Detector, Token, Verdict};

pub(super) static ROWS: &[Detector] = &[
    Detector::token(
        "paystack-key",
        "Paystack secret key",
        &["sk_live_", "sk_test_"],
        "sk_(?:live|test)_[0-9a-f]{40}",
    )
    .checked(live_or_test),
    // Clerk and others chose the same prefix; what to do is the same.
    Detector::token(
        "stripe-key",
        "Stripe secret key",
        &["sk_live_", "rk_live_", "sk_test_", "rk_test_", "sk_org_"],
        "(?:[rs]k_(?:live|test)|sk_org(?:_live|_test)?)_[0-9A-Za-z]{24,247}",
    )
    .checked(live_or_test),
    Detector::token(
        "stripe-webhook-secret",
        "webhook signing secret",
        &["whsec_"],
        "whsec_[0-9A-Za-z+/]{32,64}={0,2}",
    )
    .checked(random),
    Detector::token(
        "braintree-token",
        "Braintree access token",
        &["access_token$production$", "access_token$sandbox$"],
        "access_token\\$(?:production|sandbox)\\$([0-9a-z]{16}\\$[0-9a-f]{32})",
    )
    .checked(live_or_test),
    Detector::token(
        "square-token",
        "Square access token",
        &["sq0atp-", "sq0csp-"],
        "sq0(?:atp-[0-9A-Za-z_-]{22}|csp-[0-9A-Za-z_-]{43})",
    )
    .checked(random),
    // Four letters alone also begin base64 of many things.
    Detector::token(
        "square-personal-token",
        "Square access token",
        &[
            "SQUARE", "square_", "square-", "square.", "squareA", "squareT", "squareup", "Square ",
        ],
        "(?i:square)[^\\n]{0,60}?[^0-9A-Za-z+/](EAAA[0-9A-Za-z_-]{60})",
    )
    .checked(random)
    .in_text(),
    Detector::token(
        "shopify-token",
        "Shopify token",
        &["shpat_", "shpca_", "shppa_", "shpss_", "shptka_", "prtapi_"],
        "(?:shp(?:at|ca|pa|ss|tka)|prtapi)_[0-9A-Fa-f]{32}",
    )
    .checked(random),
    Detector::token(
        "flutterwave-key",
        "Flutterwave secret key",
        &["FLWSECK-", "FLWSECK_TEST-"],
        "FLWSECK(?:_TEST)?-[0-9A-Za-z]{12,40}(?:-X)?",
    )
    .checked(live_or_test),
    Detector::token(
        "mercury-token",
        "Mercury token",
        &["mercury_production_"],
        "mercury_production_[0-9A-Za-z_]{24,96}",
    )
    .checked(random),
    Detector::token(
        "ramp-secret",
        "Ramp client secret",
        &["ramp_sec_"],
        "ramp_sec_[0-9A-Za-z]{48}",
    )
    .checked(random),
    Detector::token(
        "plaid-token",
        "Plaid access token",
        &[
            "access-production-",
            "access-development-",
            "access-sandbox-",
        ],
        "access-(?:production|development|sandbox)-[0-9a-f]{8}-(?:[0-9a-f]{4}-){3}[0-9a-f]{12}",
    )
    .checked(live_or_test),
    Detector::token(
        "gocardless-token",
        "GoCardless token",
        &["ocardless", "oCardless", "OCARDLESS"],
        "(?i:gocardless)[^\\n]{0,60}?[^0-9A-Za-z](live_[0-9A-Za-z_-]{40})",
    )
    .checked(random),
    Detector::token(
        "duffel-token",
        "Duffel token",
        &["duffel_live_", "duffel_test_"],
        "duffel_(?:live|test)_[0-9A-Za-z_=-]{43}",
    )
    .checked(live_or_test),
    Detector::token(
        "easypost-key",
        "EasyPost key",
        &["EZAK", "EZTK"],
        "EZ[AT]K[0-9A-Za-z]{54}",
    )
    .checked(live_or_test),
    Detector::token(
        "shippo-token",
        "Shippo token",
        &["shippo_live_", "shippo_test_"],
        "shippo_(?:live|test)_[0-9a-f]{40}",
    )
    .checked(live_or_test),
    Detector::token(
        "paddle-key",
        "Paddle key",
        &["pdl_live_apikey_", "pdl_sdbx_apikey_"],
        "pdl_(?:live|sdbx)_apikey_[0-9a-z]{26}_[0-9A-Za-z]{22}_[0-9A-Za-z]{3}",
    )
    .checked(live_or_test),
    Detector::token(
        "polar-token",
        "Polar access token",
        &["polar_oat_", "polar_pat_"],
        "polar_[op]at_[0-9A-Za-z]{32,64}",
    )
    .checked(random),
];

/// What opens only a place for tests does less harm.
fn live_or_test(token: &Token<'_>) -> Verdict {
    const TEST: [&[u8]; 6] = [
        b"_test_",
        b"_TEST-",
        b"sandbox",
        b"EZTK",
        b"_sdbx_",
        b"-development-",
    ];
    let is_test = TEST
        .iter()
        .any(|mark| memchr::memmem::find(token.whole, mark).is_some());
    match random(token) {
        Verdict::Formed if is_test => Verdict::mild(),
        verdict => verdict,
    }
}

#[cfg(test)]
#[expect(clippy::too_many_lines, reason = "a table")]
pub(super) fn examples() -> Vec<super::tests::Example> {
    use super::tests::{ALNUM, BASE64URL, Example, HEX, LOWER, chars, uuid};
    let key =
        |prefix: &str, alphabet: &str, count: usize| format!("{prefix}_{}", chars(alphabet, count));
    let dollars = |kind: &str, last: usize| {
        let start = ["access", "token"].join("_");
        format!("{start}${kind}${}${}", chars(LOWER, 16), chars(HEX, last))
    };
    vec![
        Example::of("paystack-key")
            .found([key("sk_live", HEX, 40), key("sk_test", HEX, 40)])
            .silent([key("sk_live", HEX, 39), key("pk_live", HEX, 40)]),
        Example::of("stripe-key")
            .found([
                key("sk_live", ALNUM, 24),
                key("rk_live", ALNUM, 99),
                key("sk_test", ALNUM, 247),
                key("sk_org_live", ALNUM, 60),
            ])
            .silent([
                key("sk_live", ALNUM, 23),
                key("pk_live", ALNUM, 24),
                format!("sk_test_{}", "x".repeat(24)),
            ]),
        Example::of("stripe-webhook-secret")
            .found([
                key("whsec", ALNUM, 32),
                format!("{}=", key("whsec", ALNUM, 43)),
            ])
            .silent([key("whsec", ALNUM, 20), format!("whsec_{}", ".".repeat(32))]),
        Example::of("braintree-token")
            .found([dollars("production", 32), dollars("sandbox", 32)])
            .silent([dollars("production", 31), dollars("staging", 32)]),
        Example::of("square-token")
            .found([
                format!("sq0atp-{}", chars(BASE64URL, 22)),
                format!("sq0csp-{}", chars(BASE64URL, 43)),
            ])
            .silent([
                format!("sq0idp-{}", chars(BASE64URL, 22)),
                format!("sq0atp-{}", chars(ALNUM, 30)),
            ]),
        Example::of("square-personal-token")
            .found([format!("SQUARE_TOKEN=EAAA{}", chars(ALNUM, 60))])
            .silent([
                format!("TOKEN=EAAA{}", chars(ALNUM, 60)),
                format!("SQUARE_TOKEN=EAAA{}", chars(ALNUM, 70)),
            ]),
        Example::of("shopify-token")
            .found(
                ["shpat", "shpca", "shppa", "shpss", "shptka", "prtapi"]
                    .map(|kind| key(kind, HEX, 32)),
            )
            .silent([key("shpat", HEX, 31), format!("shpat_{}", "a".repeat(32))]),
        Example::of("flutterwave-key")
            .found([
                format!("FLWSECK-{}-X", chars(HEX, 32)),
                format!("FLWSECK_TEST-{}", chars(HEX, 12)),
            ])
            .silent([
                format!("FLWPUBK-{}-X", chars(HEX, 32)),
                format!("FLWSECK-{}", "x".repeat(32)),
            ]),
        Example::of("mercury-token")
            .found([format!(
                "secret-token:{}",
                key("mercury_production", ALNUM, 48)
            )])
            .silent([
                key("mercury_production", ALNUM, 10),
                format!("mercury_production_{}", "a".repeat(40)),
            ]),
        Example::of("ramp-secret")
            .found([key("ramp_sec", ALNUM, 48)])
            .silent([key("ramp_sec", ALNUM, 47), key("ramp_id", ALNUM, 48)]),
        Example::of("plaid-token")
            .found(["production", "sandbox"].map(|at| format!("access-{at}-{}", uuid(1))))
            .silent([
                format!("public-production-{}", uuid(1)),
                format!("access-production-{}", &uuid(1)[..34]),
            ]),
        Example::of("gocardless-token")
            .found([format!("GOCARDLESS_TOKEN={}", key("live", BASE64URL, 40))])
            .silent([
                format!("TOKEN={}", key("live", BASE64URL, 40)),
                format!("GOCARDLESS_TOKEN={}", key("live", ALNUM, 20)),
            ]),
        Example::of("duffel-token")
            .found([
                key("duffel_live", BASE64URL, 43),
                key("duffel_test", BASE64URL, 43),
            ])
            .silent([
                key("duffel_live", BASE64URL, 42),
                key("duffel_dev", ALNUM, 43),
            ]),
        Example::of("easypost-key")
            .found(["EZAK", "EZTK"].map(|kind| format!("{kind}{}", chars(ALNUM, 54))))
            .silent([
                format!("EZAK{}", chars(ALNUM, 53)),
                format!("EZAK{}", "0".repeat(54)),
            ]),
        Example::of("shippo-token")
            .found([key("shippo_live", HEX, 40), key("shippo_test", HEX, 40)])
            .silent([key("shippo_live", HEX, 39), key("shippo_live", "ghijk", 40)]),
        Example::of("paddle-key")
            .found(["live", "sdbx"].map(|at| {
                let (id, body, sum) = (chars(LOWER, 26), chars(ALNUM, 22), chars(ALNUM, 3));
                format!("pdl_{at}_apikey_{id}_{body}_{sum}")
            }))
            .silent([
                format!("pdl_live_apikey_{}_{}", chars(LOWER, 26), chars(ALNUM, 22)),
                format!(
                    "pdl_live_client_{}_{}_abc",
                    chars(LOWER, 26),
                    chars(ALNUM, 22)
                ),
            ]),
        Example::of("polar-token")
            .found([key("polar_oat", ALNUM, 43), key("polar_pat", ALNUM, 43)])
            .silent([
                key("polar_oat", ALNUM, 20),
                format!("polar_oat_{}", "a".repeat(40)),
            ]),
    ]
}
