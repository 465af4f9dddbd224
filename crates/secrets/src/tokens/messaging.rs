//! Chat, mail and telephony.

use super::plausible::random;
use crate::detector::{Detector, Token, Verdict};

pub(super) static ROWS: &[Detector] = &[
    Detector::token(
        "slack-token",
        "Slack token",
        &[
            "xoxb-", "xoxp-", "xoxa-", "xoxr-", "xoxo-", "xoxs-", "xoxe-", "xoxe.xox",
        ],
        // Legacy forms have one number, today's two or three, then letters, digits and dashes; rotating
        // ones a version and one long run.
        "(?:xoxe\\.)?xox[abeoprs]-(?:(?:[0-9]{8,14}-){1,3}[0-9A-Za-z]{18,64}|[0-9]-[0-9A-Za-z-]{18,200})",
    )
    .checked(random),
    Detector::token(
        "slack-session",
        "Slack session token",
        &["xoxc-", "xoxd-"],
        "xox(?:c-(?:[0-9]{8,14}-){1,3}[0-9a-f]{64}|d-[0-9A-Za-z%+/=_-]{100,400})",
    )
    .checked(random),
    Detector::token(
        "slack-app-token",
        "Slack app-level token",
        &["xapp-"],
        "xapp-[0-9]-A[0-9A-Z]{8,12}-[0-9]{10,14}-[0-9a-f]{64}",
    )
    .checked(random),
    Detector::token(
        "slack-webhook",
        "Slack webhook",
        &["hooks.slack.com/services/T"],
        "hooks\\.slack\\.com/services/T[0-9A-Z]{8,12}/B[0-9A-Z]{8,12}/([0-9A-Za-z]{24})",
    )
    .checked(random),
    Detector::token(
        "slack-workflow-webhook",
        "Slack workflow webhook",
        &["hooks.slack.com/workflows/T", "hooks.slack.com/triggers/T"],
        "hooks\\.slack\\.com/(?:workflows/T[0-9A-Z]{8,12}/A[0-9A-Z]{8,12}/[0-9]{10,20}|triggers/T[0-9A-Z]{8,12}/[0-9]{10,16})/([0-9A-Za-z]{24,40})",
    )
    .checked(random),
    Detector::token(
        "discord-webhook",
        "Discord webhook",
        &["discord.com/api/webhooks/", "discordapp.com/api/webhooks/"],
        "discord(?:app)?\\.com/api/webhooks/[0-9]{17,20}/([0-9A-Za-z_-]{60,80})",
    )
    .checked(random),
    Detector::token(
        "telegram-bot-token",
        "Telegram bot token",
        &[":AA"],
        "[0-9]{8,10}:AA[0-9A-Za-z_-]{33}",
    )
    .checked(random),
    Detector::token(
        "teams-webhook",
        "Microsoft Teams webhook",
        &["/IncomingWebhook/"],
        concat!(
            "\\.office\\.com/webhookb?2?/[0-9a-f-]{36}@[0-9a-f-]{36}/IncomingWebhook/",
            "([0-9a-f]{32}/[0-9a-f-]{36}(?:/[0-9A-Za-z_-]{20,60})?)"
        ),
    )
    .checked(random)
    .reach(160, 256),
    Detector::token(
        "power-automate-url",
        "Power Automate URL",
        &[".logic.azure.com"],
        "\\.logic\\.azure\\.com[0-9A-Za-z:/._?&=%-]{0,300}[?&]sig=([0-9A-Za-z_-]{43})",
    )
    .checked(random),
    Detector::token(
        "sendgrid-key",
        "SendGrid key",
        &["SG."],
        "SG\\.[0-9A-Za-z_-]{22}\\.[0-9A-Za-z_-]{43}",
    )
    .checked(random),
    Detector::token(
        "mailgun-key",
        "Mailgun key",
        &["ailgun", "AILGUN"],
        "(?i:mailgun)[^\\n]{0,60}?[^0-9a-z](key-[0-9a-f]{32}|[0-9a-f]{32}-[0-9a-f]{8}-[0-9a-f]{8})",
    )
    .checked(random),
    Detector::token(
        "mailchimp-key",
        "Mailchimp key",
        &[
            "-us1", "-us2", "-us3", "-us4", "-us5", "-us6", "-us7", "-us8", "-us9",
        ],
        "[0-9a-f]{32}-us[0-9]{1,2}",
    )
    .checked(random),
    Detector::token(
        "mandrill-key",
        "Mandrill key",
        &["andrill", "ANDRILL"],
        "(?i:mandrill)[^\\n]{0,60}?[^0-9A-Za-z](md-[0-9A-Za-z_-]{22})",
    )
    .checked(random),
    Detector::token(
        "brevo-key",
        "Brevo key",
        &["xkeysib-", "xsmtpsib-"],
        "x(?:key|smtp)sib-[0-9a-f]{64}-[0-9A-Za-z]{16}",
    )
    .checked(random),
    Detector::token(
        "mailersend-token",
        "MailerSend token",
        &["mlsn."],
        "mlsn\\.[0-9a-f]{64}",
    )
    .checked(random),
    Detector::token(
        "resend-key",
        "Resend key",
        &["RESEND_", "resend_api", "resend-api", "resendApi", "Resend("],
        "(?i:resend)[^\\n]{0,60}?[^0-9A-Za-z](re_[0-9A-Za-z]{6,10}_[0-9A-Za-z]{20,30})",
    )
    .checked(random)
    .in_text(),
    Detector::token(
        "hubspot-token",
        "HubSpot private app token",
        &["pat-na1-", "pat-na2-", "pat-na3-", "pat-eu1-", "pat-ap1-"],
        "pat-(?:na[123]|eu1|ap1)-[0-9A-Fa-f]{8}-(?:[0-9A-Fa-f]{4}-){3}[0-9A-Fa-f]{12}",
    )
    .checked(random),
    Detector::token(
        "klaviyo-key",
        "Klaviyo private key",
        &["laviyo", "LAVIYO"],
        "(?i:klaviyo)[^\\n]{0,60}?[^0-9A-Za-z](pk_[0-9a-f]{34})",
    )
    .checked(random),
    Detector::token(
        "pubnub-secret-key",
        "PubNub secret key",
        &["sec-c-"],
        "sec-c-(?:[0-9a-f]{8}-(?:[0-9a-f]{4}-){3}[0-9a-f]{12}|[0-9A-Za-z+/]{48})",
    )
    .checked(random),
    Detector::token(
        "courier-key",
        "Courier key",
        &["pk_prod_", "pk_test_"],
        "pk_(?:prod|test)_[0-9A-Z]{28}",
    )
    .checked(courier),
    Detector::token(
        "onesignal-key",
        "OneSignal key",
        &["os_v2_app_", "os_v2_org_"],
        "os_v2_(?:app|org)_[a-z2-7]{103}",
    )
    .checked(random),
];

/// Keys of the test environment reach nobody.
fn courier(token: &Token<'_>) -> Verdict {
    match random(token) {
        Verdict::Formed if token.text.starts_with(b"pk_test_") => Verdict::mild(),
        verdict => verdict,
    }
}

#[cfg(test)]
#[expect(clippy::too_many_lines, reason = "a table")]
pub(super) fn examples() -> Vec<super::tests::Example> {
    use super::tests::{ALNUM, BASE64URL, Example, HEX, LOWER, UPPER, chars, uuid};
    const DIGITS: &str = "0123456789";
    let digits = |count| format!("1{}", chars(DIGITS, count - 1));
    let slack = |kind: &str| format!("{}-{kind}", "xoxb");
    let webhook = |last: usize| {
        let (team, bot) = (chars(UPPER, 9), chars(UPPER, 10));
        format!(
            "https://hooks.{}.com/services/T{team}/B{bot}/{}",
            "slack",
            chars(ALNUM, last)
        )
    };
    let workflow = |kind: &str, last: usize| {
        let team = chars(UPPER, 9);
        format!(
            "https://hooks.{}.com/{kind}/T{team}/{}/{}",
            "slack",
            digits(13),
            chars(ALNUM, last)
        )
    };
    let discord = |last: usize| {
        format!(
            "https://{}.com/api/webhooks/{}/{}",
            "discord",
            digits(18),
            chars(BASE64URL, last)
        )
    };
    let telegram = |id: usize, body: usize| format!("{}:AA{}", digits(id), chars(BASE64URL, body));
    let teams = |hex: usize| {
        let host = format!("https://acme.{}.office.com/webhookb2", "webhook");
        format!(
            "{host}/{}@{}/IncomingWebhook/{}/{}",
            uuid(1),
            uuid(2),
            chars(HEX, hex),
            uuid(3)
        )
    };
    let flow = |sig: usize| {
        let host = format!(
            "https://prod-21.westeurope.{}.azure.com:443/workflows",
            "logic"
        );
        let query = "api-version=2016-06-01&sp=%2Ftriggers%2Fmanual%2Frun&sv=1.0";
        format!(
            "{host}/{}/triggers/manual/paths/invoke?{query}&sig={}",
            chars(HEX, 32),
            chars(BASE64URL, sig)
        )
    };
    vec![
        Example::of("slack-token")
            .found([
                slack(&format!(
                    "{}-{}-{}",
                    digits(12),
                    digits(13),
                    chars(ALNUM, 24)
                )),
                slack(&format!("{}-{}", digits(11), chars(ALNUM, 24))),
                format!(
                    "{}-{}-{}-{}-{}",
                    "xoxp",
                    digits(12),
                    digits(12),
                    digits(13),
                    chars(HEX, 32)
                ),
                format!("{}-1-{}", "xoxe", chars(ALNUM, 146)),
                format!("xoxe.{}-1-{}", "xoxp", chars(ALNUM, 163)),
                format!("{}-2-{}-{}", "xoxa", digits(12), chars(ALNUM, 24)),
            ])
            .silent([
                slack("your-token-here-please-1234"),
                slack(&format!("{}-{}", digits(12), "x".repeat(24))),
                slack(&digits(40)),
            ]),
        Example::of("slack-session")
            .found([
                format!(
                    "{}-{}-{}-{}-{}",
                    "xoxc",
                    digits(12),
                    digits(12),
                    digits(13),
                    chars(HEX, 64)
                ),
                format!("{}-{}", "xoxd", chars(ALNUM, 150)),
            ])
            .silent([
                format!("{}-{}-{}", "xoxc", digits(12), chars(HEX, 20)),
                format!("{}-{}", "xoxd", chars(ALNUM, 30)),
            ]),
        Example::of("slack-app-token")
            .found([format!(
                "{}-1-A{}-{}-{}",
                "xapp",
                chars(UPPER, 10),
                digits(13),
                chars(HEX, 64)
            )])
            .silent([
                format!(
                    "{}-1-A{}-{}-{}",
                    "xapp",
                    chars(UPPER, 10),
                    digits(13),
                    chars(HEX, 63)
                ),
                format!(
                    "{}-1-A{}-{}-{}",
                    "xapp",
                    chars(UPPER, 10),
                    digits(13),
                    "0".repeat(64)
                ),
            ]),
        Example::of("slack-webhook")
            .found([webhook(24)])
            .silent([webhook(23), webhook(24).replace("/B", "/C")]),
        Example::of("slack-workflow-webhook")
            .found([
                workflow("triggers", 32),
                workflow("workflows", 24).replacen("/1", &format!("/A{}/1", chars(UPPER, 9)), 1),
            ])
            .silent([workflow("triggers", 20), workflow("workflows", 24)]),
        Example::of("discord-webhook")
            .found([discord(68), discord(68).replace(".com", "app.com")])
            .silent([
                discord(40),
                discord(68).replace("/webhooks/1", "/webhooks/x"),
            ]),
        Example::of("telegram-bot-token")
            .found([telegram(10, 33), telegram(8, 33)])
            .silent([telegram(10, 32), telegram(7, 33), telegram(10, 34)]),
        Example::of("teams-webhook")
            .found([teams(32)])
            .silent([teams(31), teams(32).replace("office.com", "example.com")]),
        Example::of("power-automate-url")
            .found([flow(43)])
            .silent([flow(42), flow(43).replace("logic", "login")]),
        Example::of("sendgrid-key")
            .found([format!(
                "{}.{}.{}",
                "SG",
                chars(BASE64URL, 22),
                chars(BASE64URL, 43)
            )])
            .silent([
                format!("{}.{}.{}", "SG", chars(BASE64URL, 21), chars(BASE64URL, 43)),
                format!("{}.{}.{}", "SG", "a".repeat(22), "a".repeat(43)),
            ]),
        Example::of("mailgun-key")
            .found([
                format!("MAILGUN_API_KEY=key-{}", chars(HEX, 32)),
                format!(
                    "mailgun.key: {}-{}-{}",
                    chars(HEX, 32),
                    chars(HEX, 8),
                    "1f2e3d4c"
                ),
            ])
            .silent([
                format!("cache: key-{}", chars(HEX, 32)),
                format!("MAILGUN_API_KEY=key-{}", chars(HEX, 31)),
            ]),
        Example::of("mailchimp-key")
            .found([
                format!("{}-us1", chars(HEX, 32)),
                format!("{}-us14", chars(HEX, 32)),
            ])
            .silent([
                format!("{}-us14", chars(HEX, 30)),
                format!("{}-us14", "0".repeat(32)),
                format!("{}-usa", chars(HEX, 32)),
            ]),
        Example::of("mandrill-key")
            .found([format!("MANDRILL_KEY=md-{}", chars(ALNUM, 22))])
            .silent([
                format!("KEY=md-{}", chars(ALNUM, 22)),
                format!("MANDRILL_KEY=md-{}", chars(ALNUM, 12)),
            ]),
        Example::of("brevo-key")
            .found(
                ["xkey", "xsmtp"]
                    .map(|kind| format!("{kind}sib-{}-{}", chars(HEX, 64), chars(ALNUM, 16))),
            )
            .silent([
                format!("xkeysib-{}-{}", chars(HEX, 63), chars(ALNUM, 16)),
                format!("xkeysib-{}-{}", "f".repeat(64), "A".repeat(16)),
            ]),
        Example::of("mailersend-token")
            .found([format!("mlsn.{}", chars(HEX, 64))])
            .silent([
                format!("mlsn.{}", chars(HEX, 60)),
                format!("mlsn.{}", "a".repeat(64)),
            ]),
        Example::of("resend-key")
            .found([format!(
                "RESEND_API_KEY=re_{}_{}",
                chars(ALNUM, 8),
                chars(ALNUM, 24)
            )])
            .silent([
                format!("resend = re_compile_{}", "a".repeat(24)),
                format!("API_KEY=re_{}_{}", chars(ALNUM, 8), chars(ALNUM, 24)),
            ]),
        Example::of("hubspot-token")
            .found([
                format!("pat-na1-{}", uuid(1)),
                format!("pat-eu1-{}", uuid(2)),
            ])
            .silent([
                format!("pat-na1-{}", &uuid(1)[..30]),
                format!("pat-na9-{}", uuid(1)),
                format!("pat-na1-{}", "00000000-0000-0000-0000-000000000000"),
            ]),
        Example::of("klaviyo-key")
            .found([format!("KLAVIYO_PRIVATE_KEY=pk_{}", chars(HEX, 34))])
            .silent([
                format!("PRIVATE_KEY=pk_{}", chars(HEX, 34)),
                format!("KLAVIYO_PRIVATE_KEY=pk_{}", chars(HEX, 30)),
            ]),
        Example::of("pubnub-secret-key")
            .found([
                format!("sec-c-{}", uuid(1)),
                format!("sec-c-{}", chars(ALNUM, 48)),
            ])
            .silent([
                format!("sub-c-{}", uuid(1)),
                format!("sec-c-{}", chars(ALNUM, 20)),
            ]),
        Example::of("courier-key")
            .found([format!("pk_prod_{}", chars(UPPER, 28))])
            .silent([
                format!("pk_prod_{}", chars(UPPER, 27)),
                format!("pk_live_{}", chars(UPPER, 28)),
                format!("pk_prod_{}", chars(LOWER, 28)),
            ]),
        Example::of("onesignal-key")
            .found(["app", "org"].map(|kind| {
                let body = chars("abcdefghijklmnopqrstuvwxyz234567", 103);
                format!("os_v2_{kind}_{body}")
            }))
            .silent([
                format!(
                    "os_v2_app_{}",
                    chars("abcdefghijklmnopqrstuvwxyz234567", 50)
                ),
                format!("os_v2_app_{}", chars("019", 103)),
            ]),
    ]
}
