//! Smaller services whose keys have a prefix of their own.

use super::plausible::random;
use crate::detector::{Detector, Token, Verdict};

pub(super) static ROWS: &[Detector] = &[
    Detector::token(
        "apify-token",
        "Apify API token",
        &["apify_api_"],
        "apify_api_[0-9A-Za-z]{36}",
    )
    .checked(random),
    Detector::token(
        "settlemint-token",
        "SettleMint access token",
        &["sm_pat_", "sm_aat_", "sm_sat_"],
        "sm_(?:pat|aat|sat)_[0-9A-Za-z]{16}",
    )
    .checked(random),
    Detector::token(
        "intra42-secret",
        "42 intra client secret",
        &["s-s4t2ud-", "s-s4t2af-"],
        "s-s4t2(?:ud|af)-[0-9a-f]{64}",
    )
    .checked(random),
    Detector::token(
        "lichess-token",
        "Lichess token",
        &["lip_"],
        "lip_[0-9A-Za-z]{20,40}",
    )
    .checked(with_digits)
    .in_text(),
    Detector::token(
        "frameio-token",
        "Frame.io token",
        &["fio-u-"],
        "fio-u-[0-9A-Za-z_=-]{64}",
    )
    .checked(random),
    Detector::token(
        "samsara-token",
        "Samsara API token",
        &["samsara_api_"],
        "samsara_api_[0-9A-Za-z]{30}",
    )
    .checked(random),
    Detector::token(
        "persona-key",
        "Persona API key",
        &["persona_production_", "persona_sandbox_"],
        "persona_(?:production|sandbox)_[0-9A-Za-z]{32,40}",
    )
    .checked(persona),
    Detector::token(
        "telnyx-key",
        "Telnyx API key",
        &["KEY0"],
        "KEY0[0-9A-F]{31}_[0-9A-Za-z]{22}",
    )
    .checked(random),
    Detector::token(
        "wakatime-key",
        "WakaTime API key",
        &["waka_"],
        "waka_(?:[0-9a-z]{40}|[0-9a-f]{8}-(?:[0-9a-f]{4}-){3}[0-9a-f]{12})",
    )
    .checked(random),
    Detector::token(
        "pinterest-token",
        "Pinterest access token",
        &["pina_"],
        "pina_[0-9A-Za-z_]{40,120}",
    )
    .checked(with_digits)
    .in_text(),
    Detector::token(
        "canva-client-secret",
        "Canva client secret",
        &["cnvca"],
        "cnvca[0-9A-Za-z_-]{51}",
    )
    .checked(random),
    Detector::token(
        "cfx-server-key",
        "Cfx.re server key",
        &["cfxk_"],
        "cfxk_[0-9A-Za-z]{20,24}(?:_[0-9A-Za-z]{4,8})?",
    )
    .checked(random),
    Detector::token(
        "endor-key",
        "Endor Labs API key or secret",
        &["endr+"],
        "endr\\+[0-9A-Za-z-]{16}",
    )
    .checked(random),
    Detector::token(
        "stackhawk-key",
        "StackHawk API key",
        &["hawk."],
        "hawk\\.[0-9A-Za-z]{20}\\.[0-9A-Za-z]{20}",
    )
    .checked(random),
    Detector::token(
        "dependency-track-key",
        "Dependency-Track API key",
        &["odt_"],
        "odt_(?:[0-9A-Za-z]{8}_)?[0-9A-Za-z]{32,40}",
    )
    .checked(with_digits)
    .in_text(),
    Detector::token(
        "trigger-key",
        "Trigger.dev key",
        &["tr_dev_", "tr_prod_", "tr_pat_"],
        "tr_(?:dev|prod|pat)_[0-9A-Za-z]{20,40}",
    )
    .checked(with_digits)
    .in_text(),
    Detector::token(
        "blynk-oauth-secret",
        "Blynk OAuth client secret",
        &["oa2-client-id_"],
        "oa2-client-id_[0-9A-Za-z_-]{32}(?::|&client_secret=)([0-9A-Za-z_-]{40})",
    )
    .checked(random),
];

/// Keys of the sandbox reach invented people only.
fn persona(token: &Token<'_>) -> Verdict {
    match random(token) {
        Verdict::Formed if token.text.starts_with(b"persona_sandbox_") => Verdict::mild(),
        verdict => verdict,
    }
}

/// Random, with digits: no long identifier.
fn with_digits(token: &Token<'_>) -> Verdict {
    match token.text.iter().filter(|b| b.is_ascii_digit()).count() {
        0 | 1 => Verdict::No,
        _ => random(token),
    }
}

#[cfg(test)]
pub(super) fn examples() -> Vec<super::tests::Example> {
    use super::tests::{ALNUM, BASE64URL, Example, HEX, LOWER, chars, uuid};
    let fixed = Example::prefixed;
    let telnyx = |n: usize| format!("KEY0{}_{}", chars(HEX, 31).to_uppercase(), chars(ALNUM, n));
    let hawk = |n: usize| format!("hawk.{}.{}", chars(ALNUM, 20), chars(ALNUM, n));
    let blynk = |between: &str, n: usize| {
        let id = format!("oa2-client-id_{}", chars(BASE64URL, 32));
        format!("{id}{between}{}", chars(BASE64URL, n))
    };
    vec![
        fixed("apify-token", "apify_api_", ALNUM, 36),
        fixed("settlemint-token", "sm_pat_", LOWER, 16).found([
            format!("sm_aat_{}", chars(LOWER, 16)),
            format!("sm_sat_{}", chars(ALNUM, 16)),
        ]),
        fixed("intra42-secret", "s-s4t2ud-", HEX, 64)
            .found([format!("s-s4t2af-{}", chars(HEX, 64))]),
        fixed("lichess-token", "lip_", ALNUM, 20).found([format!("lip_{}", chars(ALNUM, 32))]),
        fixed("frameio-token", "fio-u-", BASE64URL, 64),
        fixed("samsara-token", "samsara_api_", ALNUM, 30),
        fixed("persona-key", "persona_production_", ALNUM, 32)
            .found([format!("persona_sandbox_{}", chars(ALNUM, 36))]),
        Example::of("telnyx-key")
            .found([telnyx(22)])
            .silent([telnyx(21), telnyx(23)]),
        fixed("wakatime-key", "waka_", LOWER, 40).found([format!("waka_{}", uuid(1))]),
        fixed("pinterest-token", "pina_", ALNUM, 40),
        fixed("canva-client-secret", "cnvca", BASE64URL, 51),
        fixed("cfx-server-key", "cfxk_", ALNUM, 20).found([format!(
            "cfxk_{}_{}",
            chars(ALNUM, 20),
            chars(ALNUM, 6)
        )]),
        fixed("endor-key", "endr+", ALNUM, 16),
        Example::of("stackhawk-key")
            .found([hawk(20)])
            .silent([hawk(19), hawk(21)]),
        fixed("dependency-track-key", "odt_", ALNUM, 32).found([
            format!("odt_{}", chars(ALNUM, 40)),
            format!("odt_{}_{}", chars(ALNUM, 8), chars(ALNUM, 32)),
        ]),
        fixed("trigger-key", "tr_dev_", ALNUM, 20).found([format!("tr_pat_{}", chars(LOWER, 40))]),
        Example::of("blynk-oauth-secret")
            .found([blynk(":", 40), blynk("&client_secret=", 40)])
            .silent([blynk(":", 39), blynk("-", 40)]),
    ]
}
