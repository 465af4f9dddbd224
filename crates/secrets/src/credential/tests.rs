use proptest::prelude::*;

use super::*;

/// The fields and secrets that the rows for `path` find in `text`.
fn found(path: &str, text: &str) -> Vec<(String, String)> {
    let values = rows_for(path.as_bytes()).flat_map(|row| row.values(text.as_bytes()));
    values
        .map(|value| {
            let clear = String::from_utf8(value.secret.clear().to_vec()).unwrap();
            (value.field.unwrap_or_default(), clear)
        })
        .collect()
}

#[test]
fn paths_match_by_component_in_any_case() {
    let ids = |path: &str| {
        rows_for(path.as_bytes())
            .map(|row| row.id)
            .collect::<Vec<_>>()
    };
    assert_eq!(ids("root/.aws/credentials"), ["aws-credentials"]);
    assert_eq!(ids("/.npmrc"), ["npmrc"]);
    assert_eq!(ids("src/NuGet.Config"), ["nuget"]);
    assert_eq!(ids("infra/prod.tfstate"), ["terraform-state"]);
    assert!(ids("root/x.npmrc").is_empty());
    assert!(ids("root/.npmrc/readme").is_empty());
    assert!(ids("").is_empty());
}

#[track_caller]
fn assert_found(path: &str, text: &str, want: &[(&str, &str)]) {
    let owned = |&(field, clear): &(&str, &str)| (field.to_owned(), clear.to_owned());
    assert_eq!(
        found(path, text),
        want.iter().map(owned).collect::<Vec<_>>()
    );
}

/// A token that no other string in the repository holds.
fn token(prefix: &str) -> String {
    format!("{prefix}{}", "0f8e2d6c4b1a9375".repeat(2))
}

#[test]
fn aws_credentials() {
    let text = format!(
        "[default]\naws_access_key_id = x\naws_secret_access_key = {}\n",
        token("")
    );
    assert_found(
        ".aws/credentials",
        &text,
        &[("default.aws_secret_access_key", &token(""))],
    );
    assert_found(
        ".aws/config",
        "[default]\nregion = eu\naws_secret_access_key = <secret>\n",
        &[],
    );
}

#[test]
fn docker_config() {
    let auth = "YWxpY2U6aHVudGVyMg=="; // alice:hunter2
    let text = format!(r#"{{"auths": {{"registry.example.com": {{"auth": "{auth}"}}}}}}"#);
    assert_found(
        ".docker/config.json",
        &text,
        &[("auths.registry.example.com.auth", "hunter2")],
    );
    let old = format!(r#"{{"https://index.docker.io/v1/": {{"auth": "{auth}", "email": "a@b"}}}}"#);
    assert_found(
        "root/.dockercfg",
        &old,
        &[("https://index.docker.io/v1/.auth", "hunter2")],
    );
    let helper = r#"{"auths": {"a": {}, "b": {"auth": ""}}, "credsStore": "desktop", "credHelpers": {"c": "gcloud"}}"#;
    assert_found(".docker/config.json", helper, &[]);
}

#[test]
fn npm_and_yarn() {
    let text = format!(
        "registry=https://r.example.com/\n//r.example.com/:_authToken={}\n",
        token("npm_")
    );
    assert_found(
        "root/.npmrc",
        &text,
        &[("//r.example.com/:_authToken", &token("npm_"))],
    );
    assert_found(
        ".npmrc",
        "_auth=dXNlcjpodW50ZXIy==\nalways-auth=yes1\n",
        &[("_auth", "dXNlcjpodW50ZXIy==")],
    );
    assert_found(".npmrc", "//r/:_authToken=${NPM_TOKEN}\n", &[]);
    let yarn = format!("npmScopes:\n  a:\n    npmAuthToken: \"{}\"\n", token(""));
    assert_found(".yarnrc.yml", &yarn, &[("npmAuthToken", &token(""))]);
}

#[test]
fn python() {
    assert_found(
        ".pypirc",
        "[pypi]\nusername: a\npassword: hunter2\n",
        &[("pypi.password", "hunter2")],
    );
    let index = format!(
        "[global]\nindex-url = https://a:{}@pypi.example.com/simple\n",
        "hunter2"
    );
    assert_found("etc/pip.conf", &index, &[("pypi.example.com", "hunter2")]);
    assert_found(
        "etc/pip.conf",
        "[global]\nindex-url = https://pypi.org/simple\n",
        &[],
    );
}

#[test]
fn environment_files_by_the_names_of_their_variables() {
    let secret = token("");
    let text = format!(
        "# local\nexport DB_PASSWORD='{secret}'\nAPI_KEY={secret}\nDATABASE_URL=postgres://me:{secret}@db/app\n"
    );
    assert_found(
        "srv/app/.env.production",
        &text,
        &[
            ("DB_PASSWORD", &secret),
            ("API_KEY", &secret),
            ("DATABASE_URL", &secret),
        ],
    );
}

#[test]
fn environment_files_without_secrets() {
    let secret = token("");
    for line in [
        format!("NEXT_PUBLIC_API_KEY={secret}"),
        format!("STRIPE_PUBLIC_KEY={secret}"),
        "DB_PASSWORD_FILE=/run/secrets/db".to_owned(),
        "SSH_KEY=/root/.ssh/id".to_owned(),
        "AUTH_URL=https://login.example.com/oauth".to_owned(),
        "TOKEN_TTL=3600".to_owned(),
        "KEYCLOAK_REALM=company".to_owned(),
        "MONKEY_NAME=caesar-the-ape".to_owned(),
        "AUTH=true".to_owned(),
        format!("AWS_ACCESS_KEY_ID={secret}"),
        "AUTH_PROVIDER=company-login".to_owned(),
        "TOKEN_TYPE=bearer".to_owned(),
        "DB_PASSWORD=changeme".to_owned(),
        "DB_PASSWORD=${DB_PASSWORD}".to_owned(),
        "DB_PASSWORD=".to_owned(),
    ] {
        assert_found(".env", &line, &[]);
    }
    assert_found(".env.example", &format!("DB_PASSWORD={secret}"), &[]);
}

#[test]
fn netrc_in_any_layout() {
    let text = "machine a.example.com\n  login me\n  password hunter2\nmachine b login password password \"x1y2\"\n";
    assert_found(
        ".netrc",
        text,
        &[("a.example.com", "hunter2"), ("b", "x1y2")],
    );
    assert_found(
        ".netrc",
        "# machine a password hunter2\ndefault login anonymous\n",
        &[],
    );
}

#[test]
fn git() {
    let text = format!("https://me:{}@git.example.com/x\n", token("ghp_"));
    assert_found(
        ".git-credentials",
        &text,
        &[("git.example.com", &token("ghp_"))],
    );
    assert_found(
        ".git/config",
        "[remote \"origin\"]\n\turl = https://git.example.com/a:b@c\n",
        &[],
    );
    assert_found(".config/gh/hosts.yml", "github.com:\n    user: me\n", &[]);
    let hosts = format!("github.com:\n    oauth_token: {}\n", token("gho_"));
    assert_found(
        ".config/gh/hosts.yml",
        &hosts,
        &[("oauth_token", &token("gho_"))],
    );
}

#[test]
fn kubeconfig_in_yaml_and_json() {
    let yaml = format!(
        "users:\n- name: a\n  user:\n    token: {0}\n    client-key-data: {0}==\n",
        token("")
    );
    let data = format!("{}==", token(""));
    assert_found(
        "root/.kube/config",
        &yaml,
        &[("token", &token("")), ("client-key-data", &data)],
    );
    let json = format!(
        r#"{{"users": [{{"name": "a", "user": {{"token": "{}"}}}}]}}"#,
        token("")
    );
    assert_found(".kube/config", &json, &[("users.*.user.token", &token(""))]);
    assert_found(
        ".kube/config",
        "users:\n- user:\n    tokenFile: /x\n    client-key: /y\n",
        &[],
    );
}

#[test]
fn google() {
    let user = r#"{"client_id": "i", "client_secret": "d-FL95", "refresh_token": "1//0abc", "type": "authorized_user"}"#;
    let path = ".config/gcloud/application_default_credentials.json";
    assert_found(
        path,
        user,
        &[("client_secret", "d-FL95"), ("refresh_token", "1//0abc")],
    );
    assert_found(
        "app/credentials.json",
        r#"{"client_secret": "d-FL95"}"#,
        &[],
    );
    assert_found(
        path,
        r#"{"type": "service_account", "private_key": "see wiki"}"#,
        &[],
    );
    let cut = r#""-----BEGIN PRIVATE KEY-----\nMIIEvQIBADANBg\n""#;
    let file = format!(r#"{{"type": "service_account", "private_key": {cut}}}"#);
    assert_found(path, &file, &[]);
}

#[test]
fn files_of_one_token() {
    assert_found(
        "root/.vault-token",
        &format!("{}\n", token("hvs.")),
        &[("", &token("hvs."))],
    );
    assert_found("root/.vault-token", "see the wiki for a token\n", &[]);
    assert_found("root/.vault-token", "", &[]);
}

#[test]
fn package_managers() {
    let cargo = format!("[registry]\ntoken = \"{}\"\n", token("cio"));
    assert_found(
        ".cargo/credentials.toml",
        &cargo,
        &[("registry.token", &token("cio"))],
    );
    let gem = format!("---\n:rubygems_api_key: {}\n", token("rubygems_"));
    assert_found(
        ".gem/credentials",
        &gem,
        &[(":rubygems_api_key", &token("rubygems_"))],
    );
    let composer = r#"{"http-basic": {"r.example.com": {"username": "a", "password": "hunter2"}}}"#;
    assert_found(
        "auth.json",
        composer,
        &[("http-basic.r.example.com.password", "hunter2")],
    );
    let nuget = r#"<configuration><x><add key="Username" value="a" /><add key="ClearTextPassword" value="hunter2" /></x></configuration>"#;
    assert_found("NuGet.Config", nuget, &[("ClearTextPassword", "hunter2")]);
}

#[test]
fn maven_settings() {
    let server = |password| {
        format!(
            "<settings><servers><server><password>{password}</password></server></servers></settings>"
        )
    };
    assert_found(
        ".m2/settings.xml",
        &server("hunter2"),
        &[("settings.servers.server.password", "hunter2")],
    );
    assert_found(".m2/settings.xml", &server("{COQLCE6DU6GtcS5P=}"), &[]);
    assert_found(
        "etc/maven/settings.xml",
        &format!("<a><!-- {} --></a>", server("hunter2")),
        &[],
    );
}

#[test]
fn databases_and_hashes() {
    assert_found(
        ".pgpass",
        "# host\ndb\\:1:5432:*:me:hun\\:ter2\n",
        &[("db\\:1:5432:*:me", "hun\\:ter2")],
    );
    assert_found(
        ".my.cnf",
        "[client]\nuser=a\npassword=\"hunter2\"\n",
        &[("client.password", "hunter2")],
    );
    let hash = format!("$2y$10${}", "a1".repeat(26));
    assert_found(
        "etc/nginx/.htpasswd",
        &format!("me:{hash}\n"),
        &[("me", &hash)],
    );
    assert_found("etc/nginx/.htpasswd", "me:see below\n", &[]);
}

#[test]
fn clouds_and_state() {
    assert_found(
        "rclone.conf",
        "[a]\ntype = s3\nsecret_access_key = Zx9pQ\n",
        &[("a.secret_access_key", "Zx9pQ")],
    );
    assert_found(
        ".s3cfg",
        "[default]\nsecret_key = Zx9pQ\n",
        &[("default.secret_key", "Zx9pQ")],
    );
    let state = r#"{"resources": [{"instances": [{"attributes": {"master_password": "hunter2", "id": "x"}}]}]}"#;
    assert_found(
        "terraform.tfstate",
        state,
        &[(
            "resources.*.instances.*.attributes.master_password",
            "hunter2",
        )],
    );
    let rc = format!(
        "credentials \"app.terraform.io\" {{\n  token = \"{}\"\n}}\n",
        token("")
    );
    assert_found("root/.terraformrc", &rc, &[("token", &token(""))]);
}

#[test]
fn several_urls_of_one_line() {
    let text = format!(
        "extra-index-url = https://a:{0}@x.example.com https://b:{0}@y.example.com\n",
        "hunter2"
    );
    assert_found(
        "pip.conf",
        &text,
        &[("x.example.com", "hunter2"), ("y.example.com", "hunter2")],
    );
    let instead = format!("[url \"https://bot:{}@git.example.com\"]\n", token(""));
    assert_found(".gitconfig", &instead, &[("git.example.com", &token(""))]);
}

#[test]
fn long_or_unprintable_names_are_made_safe_to_print() {
    let text = format!("[{}\x1b[2J]\npassword = hunter2\n", "a".repeat(300));
    assert_eq!(found(".pypirc", &text)[0].0, "a".repeat(MAX_FIELD));
    assert_eq!(
        found(".pypirc", "[a\x1b[2J]\npassword = hunter2\n")[0].0,
        "a\u{fffd}[2J.password"
    );
}

#[test]
fn hostile_names_do_not_multiply() {
    let text = format!(
        "{{\"{}\": {{{}}}}}",
        "a".repeat(400_000),
        "\"password\":\"h1\",".repeat(30_000)
    );
    let values = found("terraform.tfstate", &text);
    assert_eq!(values.len(), 30_000);
    assert!(values.iter().all(|(name, _)| name.len() <= MAX_FIELD));
}

#[test]
fn git_logins_beside_passwords() {
    let basic = format!("https://{}:x-oauth-basic@git.example.com\n", token("ghp_"));
    assert_found(
        ".git-credentials",
        &basic,
        &[("git.example.com", &token("ghp_"))],
    );
    let header = format!(
        "[http]\n\textraheader = AUTHORIZATION: basic {}\n",
        token("")
    );
    assert_found("src/.git/config", &header, &[("extraheader", &token(""))]);
    assert_found(
        ".git/config",
        "[http]\n\textraheader = X-Trace: 0f8e2d6c4b1a9375\n",
        &[],
    );
}

#[test]
fn names_that_only_end_like_a_secret() {
    assert_found(
        "etc/mysql/my.cnf",
        "[mysqld]\nvalidate-password=FORCE_PLUS_PERMANENT\n",
        &[],
    );
    let state =
        r#"{"resources": [{"instances": [{"attributes": {"image_pull_secret": "regcred"}}]}]}"#;
    assert_found("terraform.tfstate", state, &[]);
}

#[test]
fn rclone_keeps_tokens_as_json() {
    let value = format!(
        "{{\"access_token\":\"{}\",\"expiry\":\"2030\"}}",
        token("ya29.")
    );
    assert_found(
        "rclone.conf",
        &format!("[drive]\ntoken = {value}\n"),
        &[("drive.token", &value)],
    );
}

/// Bytes that every reader of this module has an opinion on.
fn fragments() -> impl Strategy<Value = Vec<u8>> {
    let texts = [
        "{",
        "}",
        "[",
        "]",
        "\"",
        "\\",
        "\\u00",
        ":",
        "=",
        "<",
        ">",
        "<!--",
        "-->",
        "</",
        "/>",
        "\n",
        "\r\n",
        " ",
        "#",
        "password",
        "token",
        "auth",
        "machine ",
        "password ",
        "://",
        "@",
        "https://a:b@c",
        "<add key=\"",
        "value=\"",
        "$2y$10$",
        "hunter2",
        "\u{feff}",
        "AUTHORIZATION:",
        "extraheader",
    ];
    let text = prop::sample::select(texts.map(|text| text.as_bytes().to_vec()).to_vec());
    let fragment = prop_oneof![4 => text, 1 => prop::collection::vec(any::<u8>(), 0..4)];
    prop::collection::vec(fragment, 0..40).prop_map(|fragments| fragments.concat())
}

proptest! {
    #[test]
    fn no_bytes_confuse_any_reader(file in fragments()) {
        for value in rows().flat_map(|row| row.values(&file)) {
            prop_assert!(file.get(value.span).is_some_and(|text| !text.is_empty()));
            prop_assert!(value.field.is_none_or(|name| !name.contains(char::is_control)));
        }
    }
}

#[test]
fn every_row_has_its_own_id_and_lower_case_paths() {
    for (at, row) in rows().enumerate() {
        assert!(
            rows().take(at).all(|other| other.id != row.id),
            "{}",
            row.id
        );
        assert!(
            row.at
                .iter()
                .all(|end| !end.starts_with('/') && **end == end.to_ascii_lowercase())
        );
    }
}

/// Every kind of the newer tables finds the value in its example and nothing in its near miss.
#[test]
fn tables_of_examples() {
    let value = crate::tokens::tests::chars(crate::tokens::tests::ALNUM, 24);
    let examples = [
        rows::applications::EXAMPLES,
        rows::system::EXAMPLES,
        rows::tools::EXAMPLES,
    ];
    for (path, text, near_miss) in examples.into_iter().flatten() {
        let values = found(path, &text.replace("{}", &value));
        let one = |(_, clear): &(String, String)| clear.contains(&value);
        assert!(
            values.len() == 1 && values.iter().all(one),
            "{path}: {values:?}"
        );
        let none = found(path, &near_miss.replace("{}", &value));
        assert!(none.is_empty(), "{path}: {none:?}");
    }
}

#[test]
fn every_newer_kind_has_an_example() {
    let paths: Vec<&str> = [
        rows::applications::EXAMPLES,
        rows::system::EXAMPLES,
        rows::tools::EXAMPLES,
    ]
    .into_iter()
    .flatten()
    .map(|(path, _, _)| *path)
    .collect();
    let tables = [
        rows::applications::ROWS,
        rows::system::ROWS,
        rows::tools::ROWS,
    ];
    for row in tables.into_iter().flatten() {
        let shown = paths
            .iter()
            .any(|path| rows_for(path.as_bytes()).any(|other| other.id == row.id));
        assert!(shown || row.id == "mysql-login-path", "{}", row.id);
    }
}

#[test]
fn mysql_login_paths() {
    let file = [
        &[0; 4][..],
        &[7; 20],
        &32_u32.to_le_bytes(),
        &[0x5a; 32],
        &16_u32.to_le_bytes(),
        &[0xa5; 16],
    ]
    .concat();
    let row = rows_for(b"root/.mylogin.cnf").next().unwrap();
    assert_eq!(row.values(&file).len(), 1);
    assert!(row.values(&file[..file.len() - 1]).is_empty());
    assert!(row.values(&file[..24]).is_empty());
    assert!(row.values(b"[client]\npassword = x\n").is_empty());
}

#[test]
fn kubernetes_secrets_are_decoded() {
    use base64::{Engine, prelude::BASE64_STANDARD};
    let password = BASE64_STANDARD.encode("hunter22");
    let text = format!(
        "apiVersion: v1\nkind: Secret\nmetadata:\n  name: password\ndata:\n  db-password: {password}\n  user-name: {password}\n"
    );
    assert_found("k8s/db-secret.yaml", &text, &[("db-password", "hunter22")]);
}
