use crate::{
    Context, Hit, Scanner, Weight,
    tokens::tests::{ALNUM, chars},
};

fn hits(text: &str) -> Vec<Hit> {
    Scanner::new().text(Context::File(b"srv/app.conf"), text.as_bytes())
}

/// The only login of a text: its host, its password and its weight.
fn login(text: &str) -> Option<(String, String, Weight)> {
    let mut hits = hits(text);
    assert!(hits.len() <= 1, "{hits:?}");
    let hit = hits.pop()?;
    let clear = String::from_utf8(hit.clear().to_vec()).unwrap();
    assert!(!hit.excerpt.contains(&clear));
    Some((hit.field.unwrap_or_default(), clear, hit.weight))
}

#[track_caller]
fn assert_login(text: &str, host: &str, password: &str, weight: Weight) {
    let want = (host.to_owned(), password.to_owned(), weight);
    assert_eq!(login(text), Some(want), "{text}");
}

/// A URL, joined at run time so that no login stands in the repository.
fn url(scheme: &str, user: &str, password: &str, rest: &str) -> String {
    [scheme, "://", user, ":", password, "@", rest].concat()
}

#[test]
fn every_kind_of_server() {
    let password = chars(ALNUM, 16);
    for scheme in [
        "postgres",
        "postgresql",
        "postgresql+psycopg2",
        "mysql",
        "mariadb",
        "mongodb",
        "mongodb+srv",
        "redis",
        "rediss",
        "amqp",
        "amqps",
        "ftp",
        "sftp",
        "ssh",
        "smtp",
        "smtps",
        "ldap",
        "ldaps",
        "http",
        "https",
        "git",
        "git+https",
        "jdbc:postgresql",
        "sqlserver",
        "mqtt",
    ] {
        for around in [
            "{}",
            "url = \"{}\"",
            "DB='{}'\n",
            "<a>{}</a>",
            "see {}, then",
        ] {
            let text = around.replace(
                "{}",
                &url(scheme, "app", &password, "db.acme.io:5432/x?y=z"),
            );
            assert_login(&text, "db.acme.io", &password, Weight::Full);
        }
    }
    let nameless = url("redis", "", &password, "cache:6379/0");
    assert_login(&nameless, "cache", &password, Weight::Full);
    let many = url(
        "mongodb",
        "app",
        &password,
        "a.acme.io:27017,b.acme.io:27017/x",
    );
    assert_login(&many, "a.acme.io", &password, Weight::Full);
}

#[test]
fn identity_is_without_encoding() {
    let text = url("amqp", "app", "hunt%40%2Fr22%", "mq.acme.io/v");
    assert_login(&text, "mq.acme.io", "hunt@/r22%", Weight::Full);
}

#[test]
fn tokens_as_user_names() {
    let token = chars(ALNUM, 24);
    let text = url("https", &token, "x-oauth-basic", "git.acme.io/a.git");
    assert_login(&text, "git.acme.io", &token, Weight::Full);
}

#[test]
fn sentry_with_its_secret() {
    let (public, secret) = (chars("0123456789abcdef", 32), chars("fedcba9876543210", 32));
    let text = url("https", &public, &secret, "o1.ingest.sentry.io/42");
    assert_login(&text, "o1.ingest.sentry.io", &secret, Weight::Full);
    assert_eq!(
        login(&format!("https://{public}@o1.ingest.sentry.io/42")),
        None
    );
}

#[test]
fn jdbc_parameters() {
    let password = chars(ALNUM, 12);
    for (text, host) in [
        (
            format!("jdbc:mysql://db.acme.io:3306/a?user=app&password={password}&useSSL=1"),
            "db.acme.io",
        ),
        (
            format!("jdbc:sqlserver://sql.acme.io:1433;user=sa;password={password};encrypt=true"),
            "sql.acme.io",
        ),
        (
            format!("jdbc:oracle:thin:app/{password}@ora.acme.io:1521:XE"),
            "ora.acme.io",
        ),
        (
            format!("jdbc:oracle:thin:app/{password}@//ora.acme.io:1521/XE"),
            "ora.acme.io",
        ),
    ] {
        assert_login(&text, host, &password, Weight::Full);
    }
    assert_eq!(
        login("jdbc:mysql://db.acme.io/a?user=app&password=${DB_PASSWORD}"),
        None
    );
    assert_eq!(login("jdbc:oracle:thin:@ora.acme.io:1521:XE"), None);
}

#[test]
fn connection_strings() {
    let password = chars(ALNUM, 12);
    for text in [
        format!("Server=sql.acme.io;Database=a;User Id=sa;Password={password};"),
        format!("\"Data Source=sql.acme.io; Initial Catalog=a; Uid=sa; Pwd={password}\""),
        format!("Password={password};User ID=sa;Server=sql.acme.io"),
        format!("host=sql.acme.io user=app password={password} dbname=a"),
    ] {
        assert_login(&text, "sql.acme.io", &password, Weight::Full);
    }
    for text in [
        "Server=sql.acme.io;Database=a;User Id=sa;Password=${PW};".to_owned(),
        "Server=sql.acme.io;Database=a;User Id=sa;Password=********;".to_owned(),
        "usage: host=HOST user=USER password=PASSWORD dbname=DB".to_owned(),
    ] {
        assert_eq!(login(&text), None, "{text}");
    }
}

#[test]
fn templates_and_documentation_are_silent() {
    for (user, password, rest) in [
        ("user", "password", "db.acme.io/x"),
        ("user", "pass", "db.acme.io/x"),
        ("USERNAME", "PASSWORD", "db.acme.io"),
        ("user", "$PASSWORD", "db.acme.io/x"),
        ("user", "${PASSWORD}", "db.acme.io/x"),
        ("user", "$(cat pw)", "db.acme.io/x"),
        ("%s", "%s", "%s/x"),
        ("user", "{{ password }}", "db.acme.io/x"),
        ("user", "{pw}", "db.acme.io/x"),
        ("user", "<password>", "db.acme.io/x"),
        ("user", ":password", "db.acme.io/x"),
        ("user", "***", "db.acme.io/x"),
        ("user", "xxxxxx", "db.acme.io/x"),
        ("user", "my-secret", "db.acme.io/x"),
        ("user", "", "db.acme.io/x"),
        ("me", "hunter22", "hostname/x"),
        ("me", "hunter22", "{host}/x"),
        ("me", "hunter22", "$HOST"),
        ("me", "letmein", "db.example.com/x"),
        ("me", "hunter22", "/x"),
    ] {
        let text = url("postgres", user, password, rest);
        assert_eq!(login(&text), None, "{text}");
    }
    for text in [
        "https://url:8000/@something".to_owned(),
        "https://url:8000 @something else".to_owned(),
        "\"https://url:8000\";@something else".to_owned(),
        "http://git.acme.io/a:b@c".to_owned(),
        url("http", "me", "hunter22", "intranet/x"),
        url("quux", "me", "hunter22", "db.acme.io/x"),
        "email me://or not".to_owned(),
    ] {
        assert_eq!(login(&text), None, "{text}");
    }
}

#[test]
fn harmless_logins() {
    for (user, password, host) in [
        ("app", "Hunter22", "localhost"),
        ("app", "Hunter22", "127.0.0.1"),
        ("guest", "guest", "mq.acme.io"),
        ("postgres", "postgres", "db"),
        ("anonymous", "me@acme.io", "ftp.acme.io"),
    ] {
        let text = url("amqp", user, password, host);
        assert_login(&text, host, password, Weight::Harmless);
    }
    let password = chars(ALNUM, 20);
    let text = url("amqp", "app", &password, "mq.example.org");
    assert_login(&text, "mq.example.org", &password, Weight::Harmless);
}

#[test]
fn words_as_passwords_are_doubtful() {
    let text = url("mysql", "app", "swordfish", "db.acme.io");
    assert_login(&text, "db.acme.io", "swordfish", Weight::Doubtful);
}
