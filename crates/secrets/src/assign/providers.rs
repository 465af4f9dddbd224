//! Secrets whose form says nothing without the name of who issued them.
//!
//! A row applies to a value whose name, or the words before it on its line, hold one of its keywords.
//! To add one, add a row.

use super::value;

/// One kind of secret that is known by its name and its form together.
pub(super) struct Provider {
    /// In kebab-case; never reused.
    pub(super) id: &'static str,
    pub(super) what: &'static str,
    /// Words of the issuer's name, in lower case; words in a row are joined.
    keywords: &'static [&'static str],
    /// Words of which the name must hold one; any where empty.
    roles: &'static [&'static str],
    forms: &'static [Form],
}

/// What a value is made of.
enum Form {
    /// So many characters of an alphabet.
    Of(Alphabet, usize, usize),
    /// The same, behind a prefix.
    Behind(&'static str, Alphabet, usize, usize),
    Uuid,
}

#[derive(Clone, Copy)]
enum Alphabet {
    LowerHex,
    Hex,
    Lower,
    Alnum,
    Base64,
    Url,
}

use Alphabet::{Alnum, Base64, Hex, Lower, LowerHex, Url};
use Form::{Behind, Of, Uuid};

pub(super) static ROWS: &[Provider] = &[
    row(
        "adafruit-key-by-name",
        "Adafruit IO key",
        &["adafruit"],
        &[],
        &[Of(Url, 32, 32)],
    ),
    row(
        "airtable-key-by-name",
        "Airtable key",
        &["airtable"],
        &[],
        &[Behind("key", Alnum, 14, 14)],
    ),
    row(
        "algolia-admin-key",
        "Algolia key",
        &["algolia"],
        &["admin", "api", "write", "token", "secret"],
        &[Of(LowerHex, 32, 32)],
    ),
    row(
        "alibaba-secret-key",
        "Alibaba Cloud secret key",
        &["alibaba", "aliyun", "alicloud"],
        &["secret"],
        &[Of(Alnum, 30, 30)],
    ),
    row(
        "amplitude-secret-key",
        "Amplitude secret key",
        &["amplitude"],
        &["secret"],
        &[Of(LowerHex, 32, 32)],
    ),
    row(
        "asana-client-secret",
        "Asana client secret",
        &["asana"],
        &["secret"],
        &[Of(LowerHex, 32, 32)],
    ),
    row(
        "auth0-client-secret",
        "Auth0 client secret",
        &["auth0"],
        &["secret"],
        &[Of(Url, 64, 64)],
    ),
    row(
        "aws-secret-key",
        "AWS secret access key",
        &["aws", "amazon", "s3", "secretaccesskey"],
        &["secret"],
        &[Of(Base64, 40, 40)],
    ),
    row(
        "bitbucket-client-secret",
        "Bitbucket client secret",
        &["bitbucket"],
        &[],
        &[Of(Url, 64, 64), Of(Alnum, 32, 32)],
    ),
    row(
        "bitrise-token",
        "Bitrise token",
        &["bitrise"],
        &[],
        &[Of(Url, 86, 86), Of(Alnum, 62, 62)],
    ),
    row(
        "box-secret",
        "Box secret",
        &["box"],
        &["secret", "token"],
        &[Of(Alnum, 32, 32)],
    ),
    row(
        "cloudflare-token-by-name",
        "Cloudflare token",
        &["cloudflare", "cf"],
        &["token", "key"],
        &[Of(Url, 40, 40), Of(LowerHex, 37, 37)],
    ),
    row(
        "cloudinary-secret",
        "Cloudinary secret",
        &["cloudinary"],
        &["secret"],
        &[Of(Url, 27, 32)],
    ),
    row(
        "codeclimate-token",
        "Code Climate token",
        &["codeclimate"],
        &[],
        &[Of(LowerHex, 64, 64)],
    ),
    row(
        "codecov-token",
        "Codecov token",
        &["codecov"],
        &[],
        &[Uuid, Of(Lower, 32, 32)],
    ),
    row(
        "cohere-key",
        "Cohere key",
        &["cohere", "co"],
        &["key", "token"],
        &[Of(Alnum, 40, 40)],
    ),
    row(
        "coinbase-token",
        "Coinbase token",
        &["coinbase"],
        &[],
        &[Of(Url, 64, 64)],
    ),
    row(
        "confluent-key",
        "Confluent key",
        &["confluent"],
        &[],
        &[Of(Base64, 64, 64), Of(Alnum, 16, 16)],
    ),
    row(
        "contentful-token",
        "Contentful token",
        &["contentful"],
        &[],
        &[Of(Url, 43, 43)],
    ),
    row(
        "coveralls-token",
        "Coveralls token",
        &["coveralls"],
        &[],
        &[Of(Alnum, 32, 37)],
    ),
    row(
        "datadog-key",
        "Datadog key",
        &["datadog", "dd"],
        &["api", "app", "application", "key", "token"],
        &[Of(Hex, 32, 32), Of(Hex, 40, 40), Of(Lower, 40, 40)],
    ),
    row(
        "deepgram-key",
        "Deepgram key",
        &["deepgram"],
        &[],
        &[Of(LowerHex, 40, 40)],
    ),
    row(
        "deepseek-key-by-name",
        "DeepSeek key",
        &["deepseek"],
        &[],
        &[Behind("sk-", LowerHex, 32, 32)],
    ),
    row(
        "discord-client-secret",
        "Discord client secret",
        &["discord"],
        &["secret"],
        &[Of(Url, 32, 32)],
    ),
    row(
        "docker-hub-token-by-name",
        "Docker Hub token",
        &["dockerhub"],
        &[],
        &[Uuid],
    ),
    row(
        "drone-token",
        "Drone token",
        &["drone", "droneci"],
        &[],
        &[Of(Alnum, 32, 32)],
    ),
    row(
        "dropbox-app-secret",
        "Dropbox app secret",
        &["dropbox"],
        &["secret"],
        &[Of(Lower, 15, 15)],
    ),
    row(
        "elevenlabs-key",
        "ElevenLabs key",
        &["elevenlabs", "xi"],
        &[],
        &[Behind("sk_", LowerHex, 48, 48), Of(LowerHex, 32, 32)],
    ),
    row("etsy-key", "Etsy key", &["etsy"], &[], &[Of(Lower, 24, 24)]),
    row(
        "facebook-app-secret",
        "Facebook app secret",
        &["facebook", "fb", "meta", "instagram"],
        &["secret"],
        &[Of(LowerHex, 32, 32)],
    ),
    row(
        "fastly-token",
        "Fastly token",
        &["fastly"],
        &[],
        &[Of(Url, 32, 32)],
    ),
    row(
        "figma-token-by-name",
        "Figma token",
        &["figma"],
        &[],
        &[Uuid],
    ),
    row(
        "finnhub-token",
        "Finnhub token",
        &["finnhub"],
        &[],
        &[Of(Alnum, 20, 20), Of(Alnum, 40, 40)],
    ),
    row(
        "flickr-secret",
        "Flickr secret",
        &["flickr"],
        &[],
        &[Of(Lower, 16, 16), Of(Lower, 32, 32)],
    ),
    row(
        "freshbooks-token",
        "FreshBooks token",
        &["freshbooks"],
        &[],
        &[Of(Lower, 64, 64)],
    ),
    row(
        "freshdesk-key",
        "Freshdesk key",
        &["freshdesk"],
        &[],
        &[Of(Alnum, 20, 20)],
    ),
    row(
        "gitea-token",
        "Gitea token",
        &["gitea", "forgejo", "gogs", "codeberg"],
        &[],
        &[Of(LowerHex, 40, 40)],
    ),
    row(
        "gitter-token",
        "Gitter token",
        &["gitter"],
        &[],
        &[Of(Url, 40, 40)],
    ),
    row("heroku-key", "Heroku key", &["heroku"], &[], &[Uuid]),
    row(
        "hetzner-token",
        "Hetzner token",
        &["hetzner", "hcloud"],
        &[],
        &[Of(Alnum, 64, 64)],
    ),
    row(
        "hubspot-key",
        "HubSpot key",
        &["hubspot", "hapi"],
        &[],
        &[Uuid],
    ),
    row(
        "ibm-cloud-key",
        "IBM Cloud key",
        &["ibm", "bluemix", "ibmcloud"],
        &[],
        &[Of(Url, 44, 44)],
    ),
    row(
        "influxdb-token",
        "InfluxDB token",
        &["influx", "influxdb"],
        &[],
        &[Of(Base64, 88, 88), Of(Url, 86, 88)],
    ),
    row(
        "intercom-token",
        "Intercom token",
        &["intercom"],
        &[],
        &[Of(Base64, 60, 60)],
    ),
    row(
        "jenkins-token",
        "Jenkins token",
        &["jenkins"],
        &[],
        &[Behind("11", LowerHex, 32, 32)],
    ),
    row(
        "jira-token",
        "Jira token",
        &["jira", "confluence", "atlassian"],
        &[],
        &[Of(Alnum, 24, 24), Of(Base64, 44, 44)],
    ),
    row(
        "koyeb-token",
        "Koyeb token",
        &["koyeb"],
        &[],
        &[Of(Lower, 64, 64)],
    ),
    row(
        "lark-secret",
        "Lark app secret",
        &["lark", "feishu"],
        &["secret"],
        &[Of(Alnum, 32, 32)],
    ),
    row(
        "lastfm-secret",
        "Last.fm secret",
        &["lastfm"],
        &[],
        &[Of(LowerHex, 32, 32)],
    ),
    row(
        "linear-client-secret",
        "Linear client secret",
        &["linear"],
        &["secret"],
        &[Of(LowerHex, 32, 32)],
    ),
    row(
        "linkedin-client-secret",
        "LinkedIn client secret",
        &["linkedin"],
        &["secret"],
        &[Of(Alnum, 16, 16)],
    ),
    row(
        "linode-token",
        "Linode token",
        &["linode"],
        &[],
        &[Of(LowerHex, 64, 64)],
    ),
    row(
        "lob-key",
        "Lob key",
        &["lob"],
        &[],
        &[Behind("live_", LowerHex, 35, 35)],
    ),
    row(
        "mailgun-key-by-name",
        "Mailgun key",
        &["mailgun"],
        &[],
        &[Behind("key-", Lower, 32, 32)],
    ),
    row(
        "mattermost-token",
        "Mattermost token",
        &["mattermost"],
        &[],
        &[Of(Lower, 26, 26)],
    ),
    row(
        "meilisearch-key",
        "Meilisearch key",
        &["meili", "meilisearch"],
        &[],
        &[Of(LowerHex, 32, 64)],
    ),
    row(
        "messagebird-key",
        "MessageBird key",
        &["messagebird"],
        &[],
        &[Of(Alnum, 25, 25)],
    ),
    row(
        "mistral-key",
        "Mistral key",
        &["mistral"],
        &[],
        &[Of(Alnum, 32, 32)],
    ),
    row(
        "netlify-token-by-name",
        "Netlify token",
        &["netlify"],
        &[],
        &[Of(Url, 40, 46)],
    ),
    row(
        "new-relic-licence-key",
        "New Relic licence key",
        &["newrelic", "relic"],
        &["license", "licence"],
        &[Of(LowerHex, 40, 40)],
    ),
    row(
        "okta-token",
        "Okta token",
        &["okta"],
        &[],
        &[Behind("00", Url, 40, 40)],
    ),
    row("opsgenie-key", "Opsgenie key", &["opsgenie"], &[], &[Uuid]),
    row(
        "ovh-secret",
        "OVH secret",
        &["ovh"],
        &["secret", "consumer"],
        &[Of(Alnum, 32, 32), Of(LowerHex, 32, 32)],
    ),
    row(
        "pagerduty-key",
        "PagerDuty key",
        &["pagerduty", "pd"],
        &["key", "token"],
        &[Of(Url, 20, 20), Of(LowerHex, 32, 32)],
    ),
    row(
        "paypal-secret",
        "PayPal secret",
        &["paypal", "braintree"],
        &["secret"],
        &[Behind("E", Url, 79, 79)],
    ),
    row(
        "pinecone-key-by-name",
        "Pinecone key",
        &["pinecone"],
        &[],
        &[Uuid],
    ),
    row(
        "plaid-secret",
        "Plaid secret",
        &["plaid"],
        &["secret"],
        &[Of(LowerHex, 30, 30)],
    ),
    row(
        "postmark-token",
        "Postmark token",
        &["postmark"],
        &[],
        &[Uuid],
    ),
    row(
        "quay-token",
        "Quay token",
        &["quay"],
        &[],
        &[Of(Alnum, 40, 64)],
    ),
    row("railway-token", "Railway token", &["railway"], &[], &[Uuid]),
    row(
        "rapidapi-key",
        "RapidAPI key",
        &["rapidapi", "xrapidapi"],
        &[],
        &[Of(Alnum, 50, 50)],
    ),
    row(
        "salesforce-secret",
        "Salesforce consumer secret",
        &["salesforce", "sfdc"],
        &["secret"],
        &[Of(Hex, 64, 64)],
    ),
    row(
        "sauce-labs-key",
        "Sauce Labs key",
        &["sauce", "saucelabs"],
        &[],
        &[Uuid],
    ),
    row(
        "scaleway-secret",
        "Scaleway secret key",
        &["scaleway", "scw"],
        &["secret"],
        &[Uuid],
    ),
    row(
        "segment-write-key",
        "Segment write key",
        &["segment"],
        &["write"],
        &[Of(Alnum, 32, 32)],
    ),
    row(
        "sentry-token-by-name",
        "Sentry token",
        &["sentry"],
        &["auth", "token"],
        &[Of(LowerHex, 64, 64)],
    ),
    row("snyk-token-by-name", "Snyk token", &["snyk"], &[], &[Uuid]),
    row(
        "sonar-token-by-name",
        "Sonar token",
        &["sonar", "sonarqube", "sonarcloud"],
        &[],
        &[Of(LowerHex, 40, 40)],
    ),
    row(
        "sparkpost-key",
        "SparkPost key",
        &["sparkpost"],
        &[],
        &[Of(LowerHex, 40, 40)],
    ),
    row(
        "splunk-token",
        "Splunk token",
        &["splunk", "hec"],
        &[],
        &[Uuid],
    ),
    row(
        "spotify-secret",
        "Spotify client secret",
        &["spotify"],
        &["secret"],
        &[Of(LowerHex, 32, 32)],
    ),
    row(
        "sumo-logic-key",
        "Sumo Logic key",
        &["sumo", "sumologic"],
        &[],
        &[Of(Alnum, 64, 64)],
    ),
    row(
        "telegram-token-by-name",
        "Telegram bot token",
        &["telegram", "tg"],
        &[],
        &[Behind("AA", Url, 33, 33)],
    ),
    row(
        "tencent-secret-key",
        "Tencent Cloud secret key",
        &["tencent", "tencentcloud", "qcloud", "cos"],
        &["secret"],
        &[Of(Alnum, 32, 32)],
    ),
    row(
        "travis-token",
        "Travis CI token",
        &["travis", "travisci"],
        &[],
        &[Of(Url, 22, 22)],
    ),
    row(
        "trello-secret",
        "Trello secret",
        &["trello"],
        &[],
        &[Of(LowerHex, 64, 64), Of(LowerHex, 32, 32)],
    ),
    row(
        "twilio-auth-token",
        "Twilio auth token",
        &["twilio"],
        &["auth", "token", "secret"],
        &[Of(LowerHex, 32, 32)],
    ),
    row(
        "twitch-secret",
        "Twitch secret",
        &["twitch"],
        &[],
        &[Of(Lower, 30, 30)],
    ),
    row(
        "twitter-secret",
        "X (Twitter) secret",
        &["twitter"],
        &[],
        &[Of(Alnum, 45, 45), Of(Alnum, 50, 50), Of(Alnum, 25, 25)],
    ),
    row(
        "vercel-token-by-name",
        "Vercel token",
        &["vercel"],
        &[],
        &[Of(Alnum, 24, 24)],
    ),
    row(
        "vultr-key",
        "Vultr key",
        &["vultr"],
        &[],
        &[Of(Alnum, 36, 36)],
    ),
    row(
        "wandb-key-by-name",
        "Weights & Biases key",
        &["wandb"],
        &[],
        &[Of(LowerHex, 40, 40)],
    ),
    row(
        "webex-secret",
        "Webex secret",
        &["webex"],
        &[],
        &[Of(Alnum, 64, 64)],
    ),
    row(
        "zendesk-token",
        "Zendesk token",
        &["zendesk"],
        &[],
        &[Of(Alnum, 40, 40)],
    ),
    row(
        "zoom-secret",
        "Zoom secret",
        &["zoom"],
        &["secret"],
        &[Of(Alnum, 32, 36)],
    ),
];

const fn row(
    id: &'static str,
    what: &'static str,
    keywords: &'static [&'static str],
    roles: &'static [&'static str],
    forms: &'static [Form],
) -> Provider {
    Provider {
        id,
        what,
        keywords,
        roles,
        forms,
    }
}

/// The row for a value under a name of these words, after these words on its line.
pub(super) fn provider(
    words: &[String],
    before: &[String],
    text: &[u8],
) -> Option<&'static Provider> {
    let random = value::is_random(text);
    let fits = |row: &&Provider| {
        random
            && row.forms.iter().any(|form| form.fits(text))
            && (row.issues(words) || row.issues(before))
            && row.plays(words)
    };
    ROWS.iter().find(fits)
}

impl Provider {
    /// Whether the words hold one of its keywords, whole or in a row: `New`, `Relic`.
    fn issues(&self, words: &[String]) -> bool {
        let is_keyword = |word: &str| self.keywords.contains(&word);
        let long = |word: &str| {
            self.keywords
                .iter()
                .any(|key| key.len() >= 5 && word.starts_with(key))
        };
        words.iter().any(|word| is_keyword(word) || long(word))
            || words.windows(2).any(|pair| is_keyword(&pair.concat()))
            || words.windows(3).any(|three| is_keyword(&three.concat()))
    }

    fn plays(&self, words: &[String]) -> bool {
        let is_role = |word: &String| {
            self.roles
                .iter()
                .any(|role| word.ends_with(role) || word.starts_with(role))
        };
        self.roles.is_empty() || words.iter().any(is_role)
    }
}

impl Form {
    fn fits(&self, text: &[u8]) -> bool {
        let of = |text: &[u8], alphabet: Alphabet, least: usize, most: usize| {
            (least..=most).contains(&text.len()) && text.iter().all(|b| alphabet.has(*b))
        };
        match *self {
            Of(alphabet, least, most) => of(text, alphabet, least, most),
            Behind(prefix, alphabet, least, most) => text
                .strip_prefix(prefix.as_bytes())
                .is_some_and(|rest| of(rest, alphabet, least, most)),
            Uuid => value::is_uuid(text),
        }
    }
}

impl Alphabet {
    fn has(self, b: u8) -> bool {
        match self {
            LowerHex => matches!(b, b'0'..=b'9' | b'a'..=b'f'),
            Hex => b.is_ascii_hexdigit(),
            Lower => b.is_ascii_lowercase() || b.is_ascii_digit(),
            Alnum => b.is_ascii_alphanumeric(),
            Base64 => b.is_ascii_alphanumeric() || matches!(b, b'+' | b'/' | b'='),
            Url => b.is_ascii_alphanumeric() || matches!(b, b'-' | b'_'),
        }
    }
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use super::*;
    use crate::{
        Context, Family, Scanner,
        tokens::tests::{ALNUM, BASE64, BASE64URL, HEX, LOWER, chars},
    };

    fn alphabet(of: Alphabet) -> &'static str {
        match of {
            LowerHex | Hex => HEX,
            Lower => LOWER,
            Alnum => ALNUM,
            Base64 => BASE64,
            Url => BASE64URL,
        }
    }

    /// A value of a form, made anew so that none stands in the repository.
    fn example(form: &Form) -> String {
        match *form {
            Of(of, least, _) => chars(alphabet(of), least),
            Behind(prefix, of, least, _) => format!("{prefix}{}", chars(alphabet(of), least)),
            Uuid => [8, 4, 4, 4, 12].map(|count| chars(HEX, count)).join("-"),
        }
    }

    fn name(row: &Provider) -> String {
        let role = row.roles.first().copied().unwrap_or("api");
        let last = if role == "secret" { "key" } else { "token" };
        format!("{}_{role}_{last}", row.keywords[0])
    }

    fn found(text: &str) -> Vec<(String, Family)> {
        let hits = Scanner::shared().text(Context::File(b"srv/app.conf"), text.as_bytes());
        hits.iter()
            .map(|hit| (hit.detector.to_string(), hit.family))
            .collect()
    }

    #[test]
    fn every_row_finds_its_forms_by_name() {
        for row in ROWS {
            for form in row.forms {
                let value = example(form);
                for text in [
                    format!("{} = \"{value}\"", name(row)),
                    format!("export {}='{value}'", name(row).to_uppercase()),
                    format!("{{\"{}\": \"{value}\"}}", name(row)),
                ] {
                    let found = found(&text);
                    let hit = provider(
                        &super::super::names::words(name(row).as_bytes()),
                        &[],
                        value.as_bytes(),
                    );
                    assert!(hit.is_some(), "{text}");
                    assert_eq!(found.len(), 1, "{text}: {found:?}");
                    assert_ne!(found[0].1, Family::AssignedSecret, "{text}: {found:?}");
                }
            }
        }
    }

    #[test]
    fn near_misses() {
        for row in ROWS {
            for form in row.forms {
                let value = example(form);
                let words = super::super::names::words(name(row).as_bytes());
                let none = |value: &str| {
                    provider(&words, &[], value.as_bytes()).is_none_or(|other| other.id != row.id)
                };
                assert!(none(&"x".repeat(value.len())), "{}", row.id);
                assert!(none(&format!("{value}!")), "{}", row.id);
                assert!(none(&value[1..4]), "{}", row.id);
                let other = super::super::names::words(b"acme_api_token");
                assert!(
                    provider(&other, &[], value.as_bytes()).is_none(),
                    "{}",
                    row.id
                );
            }
        }
    }

    #[test]
    fn words_before_the_name_count() {
        let token = chars(HEX, 64);
        assert_eq!(
            found(&format!("# Linode access token: {token}"))[0].0,
            "linode-token"
        );
        let words = super::super::names::words;
        assert!(
            provider(
                &words(b"NEW_RELIC_LICENSE_KEY"),
                &[],
                chars(HEX, 40).as_bytes()
            )
            .is_some()
        );
    }

    #[test]
    fn ids_are_unique() {
        let ids: BTreeSet<_> = ROWS.iter().map(|row| row.id).collect();
        assert_eq!(ids.len(), ROWS.len());
    }
}
