//! Applications that are sold as a service.

use super::{members, plausible::random};
use crate::detector::{Detector, Token, Verdict};

pub(super) static ROWS: &[Detector] = &[
    Detector::token(
        "trello-token",
        "Trello token",
        &["ATTA"],
        "ATTA[0-9a-f]{64}(?:[0-9A-F]{8})?",
    )
    .checked(random),
    Detector::token(
        "notion-token",
        "Notion token",
        &["ntn_", "secret_"],
        "(?:ntn_[0-9]{11}[0-9A-Za-z]{35}|secret_[0-9A-Za-z]{43})",
    )
    .checked(with_digits)
    .in_text(),
    Detector::token(
        "linear-key",
        "Linear key",
        &["lin_api_", "lin_oauth_", "lin_wh_"],
        "lin_(?:(?:api|wh)_[0-9A-Za-z]{40}|oauth_[0-9a-f]{64})",
    )
    .checked(random),
    Detector::token(
        "asana-token",
        "Asana personal access token",
        &["sana", "SANA"],
        "(?i:asana)(?s:.{0,60}?)[^0-9A-Za-z]([012]/[0-9]{13,19}(?:/[0-9]{13,19})?:[0-9a-f]{32})",
    )
    .checked(random),
    Detector::token(
        "clickup-token",
        "ClickUp token",
        &["lickup", "lickUp", "LICKUP"],
        "(?i:clickup)[^\\n]{0,60}?[^0-9A-Za-z](pk_[0-9]{7,10}_[0-9A-Z]{32})",
    )
    .checked(random),
    Detector::token(
        "figma-token",
        "Figma token",
        &["figd_"],
        "figd_[0-9A-Za-z_-]{40,44}",
    )
    .checked(random),
    Detector::token(
        "figma-header-token",
        "Figma token in a header",
        &["-figma-token", "-Figma-Token", "-FIGMA-TOKEN"],
        "(?i:x-figma-token)(?s:.{0,30}?)[^0-9A-Za-z]([0-9A-Fa-f]{4,6}-[0-9A-Fa-f]{8}-(?:[0-9A-Fa-f]{4}-){3}[0-9A-Fa-f]{12})",
    )
    .checked(random),
    Detector::token(
        "dropbox-token",
        "Dropbox access token",
        &["sl.A", "sl.B", "sl.C", "sl.u."],
        "sl\\.(?:u\\.)?[0-9A-Za-z_-]{130,}",
    )
    .checked(random)
    .reach(8, 2048),
    Detector::token(
        "dropbox-long-lived-token",
        "Dropbox long-lived token",
        &["ropbox", "ROPBOX"],
        "(?i:dropbox)(?s:.{0,60}?)[^0-9A-Za-z]([0-9A-Za-z]{11}A{10}[0-9A-Za-z_=-]{43})",
    )
    .checked(random),
    Detector::token(
        "contentful-token",
        "Contentful management token",
        &["CFPAT-"],
        "CFPAT-[0-9A-Za-z_-]{43}",
    )
    .checked(random),
    Detector::token(
        "postman-key",
        "Postman API key",
        &["PMAK-"],
        "PMAK-[0-9a-f]{24}-[0-9a-f]{34}",
    )
    .checked(random),
    Detector::token(
        "readme-key",
        "ReadMe key",
        &["rdme_"],
        "rdme_[0-9a-z]{70}",
    )
    .checked(random),
    Detector::token(
        "typeform-token",
        "Typeform token",
        &["tfp_"],
        "tfp_[0-9A-Za-z_.=-]{59}",
    )
    .checked(with_digits)
    .in_text(),
    Detector::token(
        "automation-webhook",
        "webhook of Zapier or Make",
        &["hooks.zapier.com/hooks/catch/", ".make.com/"],
        "hooks?\\.(?:zapier\\.com/hooks/catch/([0-9]{5,9}/[0-9a-z]{6,12})|[a-z]{2}[0-9]\\.make\\.com/[0-9a-z]{32})",
    )
    .checked(random),
    Detector::token(
        "facebook-token",
        "Facebook access token",
        &[
            "EAAA", "EAAB", "EAAC", "EAAD", "EAAE", "EAAF", "EAAG", "EAAH", "EAAI", "EAAJ", "EAAK",
            "EAAL", "EAAM", "EAAN", "EAAO", "EAAP", "EAAQ", "EAAR", "EAAS", "EAAT", "EAAU", "EAAV",
            "EAAW", "EAAX", "EAAY", "EAAZ",
        ],
        "EAA[A-Z][0-9A-Za-z]{96,380}",
    )
    .checked(facebook),
    Detector::token(
        "facebook-app-token",
        "Facebook app access token",
        &["acebook", "ACEBOOK"],
        "(?i:facebook)[^\\n]{0,60}?[^0-9A-Za-z]([0-9]{13,17}\\|[0-9A-Za-z_-]{27})",
    )
    .checked(random),
    Detector::token(
        "twitter-bearer-token",
        "Twitter bearer token",
        &["witter", "WITTER"],
        "(?i:twitter)(?s:.{0,60}?)[^0-9A-Za-z](A{19,24}[0-9A-Za-z%]{70,110})",
    )
    .checked(random),
    Detector::token(
        "salesforce-token",
        "Salesforce access token",
        &["alesforce", "ALESFORCE", "sfdx", "SFDX", "force.com", "Access Token"],
        "(?s:(?i:salesforce|sfdx|force\\.com|access token).{0,160}?[^0-9A-Za-z](00D[0-9A-Za-z]{12,15}![0-9A-Za-z._]{80,120}))",
    )
    .checked(random),
    Detector::token(
        "mapbox-secret-token",
        "Mapbox secret token",
        &["sk.eyJ1Ijoi", "tk.eyJ1Ijoi"],
        "[st]k\\.eyJ1Ijoi[0-9A-Za-z_-]{20,160}\\.[0-9A-Za-z_-]{22}",
    )
    .checked(mapbox),
    Detector::token(
        "maxmind-key",
        "MaxMind licence key",
        &["_mmk"],
        "[0-9A-Za-z]{6}_[0-9A-Za-z]{29}_mmk",
    )
    .checked(random),
    Detector::token(
        "adafruit-io-key",
        "Adafruit IO key",
        &["aio_"],
        "aio_[0-9A-Za-z]{28}",
    )
    .checked(with_digits)
    .in_text(),
    Detector::token(
        "particle-token",
        "Particle access token",
        &["api.particle.io"],
        "(?s:api\\.particle\\.io.{0,160}?(?:access_token=|Bearer )([0-9a-f]{40}))",
    )
    .checked(random),
    Detector::token(
        "roblox-session",
        "Roblox session cookie",
        &["_|WARNING:-DO-NOT-SHARE-THIS"],
        "_\\|WARNING:-DO-NOT-SHARE-THIS[0-9A-Za-z.-]{1,160}\\|_[0-9A-Za-z._-]{100,}",
    )
    .checked(random)
    .reach(8, 2048),
    Detector::token(
        "ionic-token",
        "Ionic token",
        &["ion_"],
        "ion_[0-9a-z]{42}",
    )
    .checked(with_digits)
    .in_text(),
    Detector::token(
        "val-town-token",
        "Val Town token",
        &["vtwn_"],
        "vtwn_[0-9A-Za-z_-]{30,36}",
    )
    .checked(random),
    Detector::token(
        "thunderstore-token",
        "Thunderstore token",
        &["tss_"],
        "tss_[0-9A-Za-z_-]{28,40}",
    )
    .checked(with_digits)
    .in_text(),
    Detector::token(
        "kagi-session",
        "Kagi session link",
        &["kagi.com/search?token="],
        "kagi\\.com/search\\?token=([0-9A-Za-z_-]{11}\\.[0-9A-Za-z_-]{43})",
    )
    .checked(random),
    Detector::token(
        "truenas-key",
        "TrueNAS API key",
        &["auth.login_with_api_key"],
        "(?s:auth\\.login_with_api_key.{0,60}?[^0-9A-Za-z]([0-9]{1,4}-[0-9A-Za-z]{64}))",
    )
    .checked(random),
    Detector::token(
        "adobe-client-secret",
        "Adobe client secret",
        &["p8e-"],
        "p8e-[0-9A-Za-z_-]{32}",
    )
    .checked(random),
    Detector::token(
        "n8n-key",
        "n8n API key",
        &["n8n_api_"],
        "n8n_api_[0-9a-f]{64,96}",
    )
    .checked(random),
    Detector::token(
        "nylas-key",
        "Nylas API key",
        &["nyk_v0_"],
        "nyk_v0_[0-9A-Za-z]{64}",
    )
    .checked(random),
    Detector::token(
        "appwrite-key",
        "Appwrite API key",
        &["standard_"],
        "standard_[0-9a-f]{256}",
    )
    .checked(random),
    Detector::token(
        "inngest-signing-key",
        "Inngest signing key",
        &["signkey-prod-", "signkey-test-", "signkey-branch-"],
        "signkey-(?:prod|test|branch)-[0-9a-f]{32,64}",
    )
    .checked(random),
    Detector::token(
        "gc-notify-key",
        "GC Notify API key",
        &["gcntfy-", "GCNTFY-"],
        "(?i:gcntfy-[0-9a-z_-]{1,60}?-[0-9a-f]{8}-(?:[0-9a-f]{4}-){3}[0-9a-f]{12}-[0-9a-f]{8}-(?:[0-9a-f]{4}-){3}[0-9a-f]{12})",
    )
    .checked(random),
];

/// Random, with some digits: their prefixes also end names in programs.
fn with_digits(token: &Token<'_>) -> Verdict {
    let digits = token.text.iter().filter(|b| b.is_ascii_digit()).count();
    if digits.saturating_mul(16) >= token.text.len() {
        random(token)
    } else {
        Verdict::No
    }
}

/// Those of Facebook are base64 whose marks are written as `ZA` to `ZD`, and `Z` itself likewise; what
/// programs write in base64 has runs of zeros.
fn facebook(token: &Token<'_>) -> Verdict {
    let foreign = |pair: &[u8]| matches!(pair, [b'Z', next] if !matches!(next, b'A'..=b'D'));
    let zeros = token.text.windows(5).any(|run| run == b"AAAAA");
    if zeros || token.text.windows(2).any(foreign) || !token.text.contains(&b'Z') {
        Verdict::No
    } else {
        random(token)
    }
}

/// `sk.PAYLOAD.SIGNATURE`, the payload a JSON object that names the user and the token.
fn mapbox(token: &Token<'_>) -> Verdict {
    let payload = token.text.split(|&b| b == b'.').nth(1);
    let object = payload.and_then(members::object).unwrap_or_default();
    if object.contains_key("u") && object.contains_key("a") {
        Verdict::Proven
    } else {
        Verdict::No
    }
}

#[cfg(test)]
#[expect(clippy::too_many_lines, reason = "a table")]
pub(super) fn examples() -> Vec<super::tests::Example> {
    use super::tests::{ALNUM, BASE64URL, Example, HEX, LOWER, UPPER, chars, uuid};
    use base64::{Engine, engine::general_purpose::URL_SAFE_NO_PAD};
    const DIGITS: &str = "0123456789";
    let fixed = Example::prefixed;
    let notion = |digits: usize| format!("ntn_{}{}", chars(DIGITS, digits), chars(ALNUM, 35));
    let asana = |hex: usize| format!("1/{}:{}", chars(DIGITS, 16), chars(HEX, hex));
    let clickup = |id: usize| format!("pk_{}_{}", chars(DIGITS, id), chars(UPPER, 32));
    let dropbox = |n: usize| format!("{}AAAAAAAAAA{}", chars(ALNUM, 11), chars(BASE64URL, n));
    let postman = |n: usize| format!("PMAK-{}-{}", chars(HEX, 24), chars(HEX, n));
    let zapier = |n: usize| {
        let host = format!("https://hooks.{}.com/hooks/catch", "zapier");
        format!("{host}/4718293/{}/", chars(LOWER, n))
    };
    let make = |n: usize| format!("https://hook.eu1.{}.com/{}", "make", chars(LOWER, n));
    // No Z of its own, and two that stand for marks.
    let facebook = |n: usize, mark: &str| {
        let body = chars(ALNUM, n).replace('Z', "y");
        let (head, tail) = body.split_at(50);
        format!("EAAM{head}{mark}{tail}ZD")
    };
    let app = |n: usize| format!("{}|{}", chars(DIGITS, 15), chars(BASE64URL, n));
    let twitter = |n: usize| format!("{}{}", "A".repeat(21), chars(ALNUM, n));
    let salesforce = |n: usize| format!("00D{}!{}", chars(ALNUM, 12), chars(ALNUM, n));
    let mapbox = |kind: &str, payload: &str, n: usize| {
        let payload = URL_SAFE_NO_PAD.encode(payload);
        format!("{kind}.{payload}.{}", chars(BASE64URL, n))
    };
    let account = "{\"u\":\"somebody\",\"a\":\"cjbhs5kqu0x9s2yqg2n7l3kzj\"}";
    let maxmind = |n: usize| format!("{}_{}_mmk", chars(ALNUM, 6), chars(ALNUM, n));
    let particle = |header: &str, n: usize| {
        let host = format!("https://api.{}.io/v1/devices", "particle");
        format!("curl {host} {header}{}", chars(HEX, n))
    };
    let roblox = |n: usize| {
        let text =
            "_|WARNING:-DO-NOT-SHARE-THIS.--Sharing-this-will-allow-someone-to-log-in-as-you.|_";
        format!("{text}{}", chars(UPPER, n))
    };
    let kagi = |n: usize| {
        let host = format!("https://{}.com/search", "kagi");
        format!(
            "{host}?token={}.{}",
            chars(BASE64URL, 11),
            chars(BASE64URL, n)
        )
    };
    let truenas = |n: usize| {
        format!(
            "\"method\":\"auth.login_with_api_key\", \"params\": [\"8-{}\"]",
            chars(ALNUM, n)
        )
    };
    let notify = |name: &str| format!("gcntfy-{name}-{}-{}", uuid(1), uuid(2));
    vec![
        fixed("trello-token", "ATTA", HEX, 64).found([format!("ATTA{}1F2E3D4C", chars(HEX, 64))]),
        Example::of("notion-token")
            .found([notion(11), format!("secret_{}", chars(ALNUM, 43))])
            .silent([
                notion(10),
                format!("secret_{}", chars(ALNUM, 42)),
                format!("secret_{}", "a".repeat(43)),
            ]),
        fixed("linear-key", "lin_api_", ALNUM, 40).found([format!("lin_oauth_{}", chars(HEX, 64))]),
        Example::of("asana-token")
            .found([
                format!("ASANA_TOKEN={}", asana(32)),
                format!(
                    "asana: 2/{}/{}:{}",
                    chars(DIGITS, 15),
                    chars(DIGITS, 16),
                    chars(HEX, 32)
                ),
            ])
            .silent([asana(32), format!("ASANA_TOKEN={}", asana(31))]),
        Example::of("clickup-token")
            .found([format!("CLICKUP_API_TOKEN={}", clickup(9))])
            .silent([clickup(9), format!("CLICKUP_API_TOKEN={}", clickup(6))]),
        fixed("figma-token", "figd_", BASE64URL, 40),
        Example::of("figma-header-token")
            .found([format!("X-Figma-Token: 1f2e-{}", uuid(1))])
            .silent([
                format!("1f2e-{}", uuid(1)),
                format!("X-Figma-Token: {}", uuid(1)),
            ]),
        fixed("dropbox-token", "sl.B", BASE64URL, 129)
            .silent([format!("sl.B{}", chars(BASE64URL, 100))])
            .found([
                format!("sl.u.A{}", chars(BASE64URL, 1200)),
                format!("Authorization: Bearer sl.A{}", chars(BASE64URL, 135)),
            ]),
        Example::of("dropbox-long-lived-token")
            .found([format!("dropbox_token = {}", dropbox(43))])
            .silent([dropbox(43), format!("dropbox_token = {}", dropbox(40))]),
        fixed("contentful-token", "CFPAT-", BASE64URL, 43),
        Example::of("postman-key")
            .found([postman(34)])
            .silent([postman(33), postman(35)]),
        fixed("readme-key", "rdme_", LOWER, 70),
        fixed("typeform-token", "tfp_", ALNUM, 59).found([format!(
            "tfp_{}_{}",
            chars(ALNUM, 44),
            chars(ALNUM, 14)
        )]),
        Example::of("automation-webhook")
            .found([zapier(7), make(32)])
            .silent([zapier(3), make(30), make(32).replace("hook.", "www.")]),
        Example::of("facebook-token")
            .found([facebook(100, "ZC"), facebook(180, "ZA")])
            .silent([
                facebook(80, "ZC"),
                facebook(100, "Zx"),
                format!("EAAM{}", "ZA".repeat(60)),
            ]),
        Example::of("facebook-app-token")
            .found([format!("{{\"facebook access_token\":\"{}\"}}", app(27))])
            .silent([app(27), format!("facebook {}", app(26))]),
        Example::of("twitter-bearer-token")
            .found([format!("TWITTER_BEARER_TOKEN={}", twitter(83))])
            .silent([
                twitter(83),
                format!("TWITTER_BEARER_TOKEN={}", twitter(60)),
                format!("TWITTER_BEARER_TOKEN={}", "A".repeat(104)),
            ]),
        Example::of("salesforce-token")
            .found([
                format!("SALESFORCE_ACCESS_TOKEN={}", salesforce(96)),
                format!("=== Org\nAccess Token      {}\n", salesforce(96)),
            ])
            .silent([
                salesforce(96),
                format!("SALESFORCE_ACCESS_TOKEN={}", salesforce(40)),
                format!(
                    "SALESFORCE_ACCESS_TOKEN=00D{}!{}",
                    chars(ALNUM, 12),
                    "x".repeat(96)
                ),
            ]),
        Example::of("mapbox-secret-token")
            .found([mapbox("sk", account, 22), mapbox("tk", account, 22)])
            .silent([
                mapbox("pk", account, 22),
                mapbox("sk", account, 21),
                mapbox(
                    "sk",
                    "{\"u\":\"somebody\",\"b\":\"cjbhs5kqu0x9s2yqg2n7\"}",
                    22,
                ),
            ]),
        Example::of("maxmind-key")
            .found([maxmind(29)])
            .silent([maxmind(28), maxmind(29).replace("_mmk", "_mml")]),
        fixed("adafruit-io-key", "aio_", ALNUM, 28),
        Example::of("particle-token")
            .found([
                particle("-d access_token=", 40),
                particle("\\\n-H Authorization: Bearer ", 40),
            ])
            .silent([particle("-d access_token=", 39), particle("-d id=", 40)]),
        Example::of("roblox-session")
            .found([roblox(100), roblox(680)])
            .silent([roblox(60), roblox(100).replace('|', "-")]),
        fixed("ionic-token", "ion_", LOWER, 42)
            .silent(["ion_selectivityscalararrayselrowcompareselbool".to_owned()]),
        fixed("val-town-token", "vtwn_", BASE64URL, 30),
        fixed("thunderstore-token", "tss_", BASE64URL, 28),
        Example::of("kagi-session")
            .found([kagi(43)])
            .silent([kagi(30), kagi(43).replace("search", "html")]),
        Example::of("truenas-key")
            .found([truenas(64)])
            .silent([truenas(63), truenas(64).replace("login", "logout")]),
        fixed("adobe-client-secret", "p8e-", BASE64URL, 32),
        fixed("n8n-key", "n8n_api_", HEX, 64).found([format!("n8n_api_{}", chars(HEX, 80))]),
        fixed("nylas-key", "nyk_v0_", ALNUM, 64),
        fixed("appwrite-key", "standard_", HEX, 256),
        fixed("inngest-signing-key", "signkey-prod-", HEX, 32)
            .found([format!("signkey-test-{}", chars(HEX, 64))]),
        Example::of("gc-notify-key")
            .found([
                notify("my_test_key"),
                notify("my_test_key").to_ascii_uppercase(),
            ])
            .silent([
                format!("gcntfy-name-{}", uuid(1)),
                notify("name").replace("gcntfy", "gcnotify"),
            ]),
    ]
}
