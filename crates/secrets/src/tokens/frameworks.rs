//! Keys that web frameworks sign cookies and encrypt with.

use super::{members, plausible::random};
use crate::{
    context::Context,
    detector::{Detector, Token, Verdict},
    hit::Weight,
};

pub(super) static ROWS: &[Detector] = &[
    Detector::token(
        "django-insecure-key",
        "Django secret key of a new project",
        &["django-insecure-"],
        "django-insecure-[0-9a-z!@#$%^&*()_=+-]{50}",
    )
    .checked(random)
    .weighing(Weight::Doubtful),
    Detector::token(
        "secret-key-base",
        "secret key base of Rails or Phoenix",
        &["secret_key_base", "SECRET_KEY_BASE", "secret_token"],
        concat!(
            "(?i:secret_key_base|secret_token)[\"']?\\s{0,4}(?:=>|[:=,])\\s{0,4}[\"']?",
            "([0-9a-f]{128}|[0-9a-f]{64}|[0-9A-Za-z+/]{64})"
        ),
    )
    .checked(random),
    Detector::token(
        "rails-master-key",
        "Rails master key",
        &["RAILS_MASTER_KEY"],
        "RAILS_MASTER_KEY[\"']?\\s{0,4}(?:=>|[:=,])\\s{0,4}[\"']?([0-9a-f]{32})",
    )
    .checked(random),
    Detector::token(
        "laravel-app-key",
        "Laravel application key",
        &["base64:"],
        "base64:[0-9A-Za-z+/]{43}=",
    )
    .checked(laravel)
    .reach(48, 64),
    Detector::token(
        "symfony-app-secret",
        "Symfony application secret",
        &["APP_SECRET"],
        "APP_SECRET[\"']?\\s{0,4}(?:=>|[:=,])\\s{0,4}[\"']?([0-9a-f]{64}|[0-9a-f]{40}|[0-9a-f]{32})",
    )
    .checked(random)
    .in_text(),
    Detector::token(
        "wordpress-salt",
        "WordPress key or salt",
        &[
            "AUTH_KEY", "AUTH_SALT", "LOGGED_IN_KEY", "LOGGED_IN_SALT", "NONCE_KEY", "NONCE_SALT",
        ],
        concat!(
            "define\\(\\s{0,4}[\"'](?:(?:SECURE_)?AUTH|LOGGED_IN|NONCE)_(?:KEY|SALT)[\"']\\s{0,4},\\s{0,8}",
            "[\"']([\\x20\\x21\\x23-\\x26\\x28-\\x7e]{60,70})[\"']"
        ),
    )
    .checked(wordpress)
    .reach(64, 160),
    Detector::token(
        "aspnet-machine-key",
        "ASP.NET machine key",
        &["validationKey", "decryptionKey"],
        "(?:validation|decryption)Key\\s{0,2}=\\s{0,2}[\"']([0-9A-Fa-f]{32,128})",
    )
    .checked(random),
    Detector::token(
        "sidekiq-credentials",
        "credentials of Sidekiq's gem server",
        &["CONTRIBSYS__COM", "contribsys.com"],
        "(?i:contribsys(?:__|\\.)com)(?s:.{0,40}?)[^0-9a-z]([0-9a-f]{8}:[0-9a-f]{8})",
    )
    .checked(random),
    Detector::token(
        "drupal-hash-salt",
        "Drupal hash salt",
        &["hash_salt"],
        "\\$settings\\[[\"']hash_salt[\"']\\]\\s{0,4}=\\s{0,4}[\"']([0-9A-Za-z_-]{40,80})",
    )
    .checked(random),
    Detector::token(
        "magento-crypt-key",
        "Magento encryption key",
        &["'crypt'", "\"crypt\""],
        "[\"']crypt[\"']\\s{0,4}=>\\s{0,4}(?:\\[|array\\s?\\()\\s{0,40}[\"']key[\"']\\s{0,4}=>\\s{0,4}[\"'](base64[0-9A-Za-z+/]{43}=|[0-9a-z]{32})",
    )
    .checked(random),
    Detector::token(
        "phpmyadmin-cookie-secret",
        "phpMyAdmin cookie secret",
        &["blowfish_secret"],
        "\\$cfg\\[[\"']blowfish_secret[\"']\\]\\s{0,4}=\\s{0,4}'([\\x21-\\x26\\x28-\\x7e]{24,64})'",
    )
    .checked(random),
];

/// 32 bytes in base64, assigned to Laravel's name for them.
fn laravel(token: &Token<'_>) -> Verdict {
    let names: [&[u8]; 3] = [b"APP_KEY", b"'key'", b"APP_PREVIOUS_KEYS"];
    let before = token.candidate.window.get(..token.at).unwrap_or_default();
    let line = before.rsplit(|&b| b == b'\n').next().unwrap_or_default();
    let on_line = names
        .iter()
        .any(|name| memchr::memmem::find(line, name).is_some());
    let by_name =
        matches!(token.candidate.context, Context::Variable(name) if name.ends_with("APP_KEY"));
    let key = token.text.get(7..).and_then(members::base64);
    if key.is_some_and(|key| key.len() == 32) && (on_line || by_name) {
        random(token)
    } else {
        Verdict::No
    }
}

/// Not in the comment of the source that shows how.
fn wordpress(token: &Token<'_>) -> Verdict {
    let before = token.candidate.window.get(..token.at).unwrap_or_default();
    let line = before.rsplit(|&b| b == b'\n').next().unwrap_or_default();
    if line.trim_ascii_start().starts_with(b"*") {
        Verdict::No
    } else {
        random(token)
    }
}

#[cfg(test)]
pub(super) fn examples() -> Vec<super::tests::Example> {
    use super::tests::{ALNUM, BASE64, BASE64URL, Example, HEX, LOWER, chars};
    const DJANGO: &str = "abcdefghijklmnopqrstuvwxyz0123456789!@#$%^&*(-_=+)";
    // Without a quote or a backslash.
    const PRINTABLE: &str = "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789!@#$%^&*()-_ []{}<>~+=,.;:/?|";
    let django = |n: usize| format!("SECRET_KEY = 'django-insecure-{}'", chars(DJANGO, n));
    let laravel = |name: &str, n: usize| format!("{name}=base64:{}=", chars(BASE64, n));
    let salt = |name: &str, n: usize| format!("define( '{name}', '{}' );", chars(PRINTABLE, n));
    let machine = |n: usize| {
        let (one, other) = (chars(HEX, n).to_uppercase(), chars(HEX, 64));
        format!("<machineKey validationKey=\"{one}\" decryptionKey=\"{other}\" />")
    };
    let sidekiq = |name: &str, n: usize| format!("{name}={}:{}", chars(HEX, n), chars(HEX, 8));
    let magento = |n: usize| format!("'crypt' => [\n    'key' => '{}'\n  ],", chars(LOWER, n));
    let drupal = |n: usize| format!("$settings['hash_salt'] = '{}';", chars(BASE64URL, n));
    let phpmyadmin = |n: usize| format!("$cfg['blowfish_secret'] = '{}';", chars(ALNUM, n));
    vec![
        Example::of("django-insecure-key")
            .found([django(50)])
            .silent([django(49), format!("django-insecure-{}", "x".repeat(50))]),
        Example::of("secret-key-base")
            .found([
                format!("secret_key_base: {}", chars(HEX, 128)),
                format!("SECRET_KEY_BASE={}", chars(HEX, 128)),
                format!("secret_key_base: \"{}\"", chars(BASE64, 64)),
                format!("config.secret_token = '{}'", chars(HEX, 128)),
            ])
            .silent([
                "secret_key_base: <%= ENV[\"SECRET_KEY_BASE\"] %>".to_owned(),
                format!("SECRET_KEY_BASE={}", chars(HEX, 100)),
                format!("SECRET_KEY_BASE={}", "0".repeat(128)),
            ]),
        Example::of("rails-master-key")
            .found([format!("RAILS_MASTER_KEY={}", chars(HEX, 32))])
            .silent([
                format!("RAILS_MASTER_KEY={}", chars(HEX, 31)),
                "RAILS_MASTER_KEY=$(cat config/master.key)".to_owned(),
            ]),
        Example::of("laravel-app-key")
            .found([
                laravel("APP_KEY", 43),
                format!("'key' => 'base64:{}=',", chars(BASE64, 43)),
            ])
            .silent([
                laravel("APP_KEY", 42),
                laravel("IMAGE", 43),
                format!("APP_KEY=base64:{}=", "A".repeat(43)),
            ]),
        Example::of("symfony-app-secret")
            .found([
                format!("APP_SECRET={}", chars(HEX, 32)),
                format!("APP_SECRET: \"{}\"", chars(HEX, 64)),
            ])
            .silent([
                format!("APP_SECRET={}", chars(HEX, 30)),
                format!("APP_SECRET={}", "0".repeat(32)),
                "APP_SECRET=%env(APP_SECRET)%".to_owned(),
            ]),
        Example::of("wordpress-salt")
            .found([
                salt("AUTH_KEY", 64),
                salt("SECURE_AUTH_SALT", 64),
                salt("LOGGED_IN_KEY", 64),
                salt("NONCE_SALT", 64),
            ])
            .silent([
                "define( 'AUTH_KEY', 'put your unique phrase here' );".to_owned(),
                salt("OTHER_KEY", 64),
                format!(" * {}", salt("AUTH_KEY", 64)),
                salt("NONCE_SALT", 40),
            ]),
        Example::of("aspnet-machine-key")
            .found([machine(64), machine(128)])
            .silent([
                "<machineKey validationKey=\"AutoGenerate,IsolateApps\" decryptionKey=\"AutoGenerate\"/>"
                    .to_owned(),
                format!("validationKey=\"{}\"", chars(HEX, 20)),
            ]),
        Example::of("sidekiq-credentials")
            .found([
                sidekiq("BUNDLE_ENTERPRISE__CONTRIBSYS__COM", 8),
                sidekiq("BUNDLE_GEMS__CONTRIBSYS__COM", 8),
                format!(
                    "bundle config gems.contribsys.com {}:{}",
                    chars(HEX, 8),
                    "1f9e2d7c"
                ),
            ])
            .silent([
                sidekiq("BUNDLE_GEMS__CONTRIBSYS__COM", 7),
                sidekiq("BUNDLE_GEMS__EXAMPLE__COM", 8),
            ]),
        Example::of("drupal-hash-salt")
            .found([drupal(74)])
            .silent([drupal(20), "$settings['hash_salt'] = '';".to_owned()]),
        Example::of("magento-crypt-key")
            .found([magento(32)])
            .silent([magento(31), magento(32).replace("crypt", "cache")]),
        Example::of("phpmyadmin-cookie-secret")
            .found([phpmyadmin(32)])
            .silent([phpmyadmin(12), "$cfg['blowfish_secret'] = '';".to_owned()]),
    ]
}
