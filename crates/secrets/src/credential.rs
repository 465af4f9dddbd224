//! Credential files: a path says what a file may be, its content whether it is.
//!
//! To add a kind, add a row to [`ROWS`]; where naming its keys is not enough, also a reader in `forms`.

mod forms;
mod json;
mod pairs;
mod placeholder;
mod xml;

use std::ops::Range;

use crate::secret::Secret;

/// A kind of credential file.
pub(crate) struct Row {
    /// Name of the detector; never reused.
    pub(crate) id: &'static str,
    pub(crate) what: &'static str,
    /// Ends of paths, in any case: whole components, or after a `*` any end of a name.
    at: &'static [&'static str],
    read: Read,
    /// As in [`Hit::confirmed`](crate::Hit::confirmed).
    pub(crate) confirmed: bool,
}

/// How the secrets of a file are read.
enum Read {
    /// Values whose key ends with one of these, in JSON, XML, or lines of `key = value` and `key: value`.
    /// A key with dots is a path from the root of a JSON document; `*` is any one member.
    Keys(&'static [&'static str]),
    /// A form of its own.
    Form(fn(&[u8]) -> Vec<Value>),
}

/// A value in a file.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Value {
    /// Where it is written in the file.
    pub(crate) span: Range<usize>,
    pub(crate) field: Option<String>,
    pub(crate) secret: Secret,
}

const ROWS: &[Row] = &[
    keys(
        "aws-credentials",
        "AWS credentials",
        &[".aws/credentials", ".aws/config", ".boto", "boto.cfg"],
        &["aws_secret_access_key", "aws_session_token"],
    ),
    form(
        "docker-config",
        "container registry login",
        &[
            ".docker/config.json",
            ".dockercfg",
            "containers/auth.json",
            ".dockerconfigjson",
        ],
        forms::docker,
    ),
    keys(
        "npmrc",
        "npm registry login",
        &[".npmrc", "etc/npmrc"],
        &[":_authToken", "_authToken", "_auth", "_password"],
    ),
    keys(
        "yarnrc",
        "Yarn registry login",
        &[".yarnrc.yml"],
        &["npmAuthToken", "npmAuthIdent"],
    ),
    keys(
        "pypirc",
        "Python package index login",
        &[".pypirc"],
        &["password"],
    ),
    form(
        "pip-config",
        "Python package index login",
        &["pip.conf", "pip.ini", ".config/uv/uv.toml"],
        forms::urls,
    ),
    keys(
        "poetry-auth",
        "Poetry repository login",
        &["pypoetry/auth.toml"],
        &["password", "pypi-token"],
    ),
    form("netrc", "netrc login", &[".netrc", "_netrc"], forms::netrc),
    form(
        "git-credentials",
        "Git login",
        &[
            ".git-credentials",
            ".config/git/credentials",
            ".git/config",
            ".gitconfig",
        ],
        forms::urls,
    ),
    keys(
        "kubeconfig",
        "Kubernetes cluster login",
        &[
            ".kube/config",
            "kubeconfig",
            "*.kubeconfig",
            "*kubeconfig.yaml",
            "*kubeconfig.yml",
            "kubernetes/admin.conf",
            "kubernetes/super-admin.conf",
            "kubernetes/kubelet.conf",
            "kubernetes/controller-manager.conf",
            "kubernetes/scheduler.conf",
            "rancher/k3s/k3s.yaml",
        ],
        &["token", "client-key-data", "password"],
    ),
    form(
        "kubernetes-token",
        "Kubernetes service account token",
        &["kubernetes.io/serviceaccount/token"],
        forms::token,
    ),
    form(
        "gcloud",
        "Google Cloud credentials",
        &[
            "application_default_credentials.json",
            "*service-account.json",
            "*service_account.json",
            "*serviceaccount.json",
            "*service-account-key.json",
            "gcp-key.json",
            "gcloud-key.json",
            "gcloud-service-key.json",
            "adc.json",
            "credentials.json",
        ],
        forms::google,
    ),
    keys(
        "azure",
        "Azure login",
        &[
            ".azure/accesstokens.json",
            ".azure/msal_token_cache.json",
            ".azure/service_principal_entries.json",
        ],
        &[
            "accessToken",
            "refreshToken",
            "client_secret",
            "RefreshToken.*.secret",
            "AccessToken.*.secret",
        ],
    ),
    form(
        "vault-token",
        "Vault token",
        &[".vault-token"],
        forms::token,
    ),
    keys(
        "gh-hosts",
        "GitHub login",
        &["gh/hosts.yml", ".config/hub"],
        &["oauth_token"],
    ),
    keys("glab", "GitLab login", &["glab-cli/config.yml"], &["token"]),
    keys(
        "cargo-credentials",
        "Rust registry login",
        &[
            ".cargo/credentials",
            ".cargo/credentials.toml",
            "usr/local/cargo/credentials.toml",
        ],
        &["token"],
    ),
    keys(
        "maven-settings",
        "Maven repository login",
        &[
            ".m2/settings.xml",
            "maven/settings.xml",
            "maven/conf/settings.xml",
        ],
        &["password", "passphrase"],
    ),
    keys(
        "gradle-properties",
        "Gradle repository login",
        &[".gradle/gradle.properties"],
        &["password", "token", "secretkey"],
    ),
    keys(
        "gem-credentials",
        "RubyGems login",
        &[".gem/credentials", ".local/share/gem/credentials"],
        &["api_key", "github"],
    ),
    form(
        "nuget",
        "NuGet feed password",
        &["nuget.config"],
        forms::nuget,
    ),
    keys(
        "composer-auth",
        "Composer login",
        &["auth.json"],
        &[
            "http-basic.*.password",
            "github-oauth.*",
            "gitlab-token.*",
            "gitlab-oauth.*",
            "bearer.*",
            "bitbucket-oauth.*.consumer-secret",
        ],
    ),
    Row {
        confirmed: false,
        ..form(
            "htpasswd",
            "password hash",
            &[".htpasswd", "htpasswd", "*.htpasswd"],
            forms::htpasswd,
        )
    },
    form(
        "pgpass",
        "PostgreSQL password",
        &[".pgpass", "pgpass.conf"],
        forms::pgpass,
    ),
    keys(
        "mysql-config",
        "MySQL password",
        &[
            ".my.cnf",
            "etc/my.cnf",
            "mysql/my.cnf",
            "mysql/debian.cnf",
            ".mylogin.ini",
        ],
        &["password"],
    ),
    keys(
        "s3cfg",
        "S3 credentials",
        &[".s3cfg"],
        &["secret_key", "access_token", "gpg_passphrase"],
    ),
    keys(
        "mc-config",
        "MinIO login",
        &[".mc/config.json"],
        &["secretKey", "sessionToken"],
    ),
    keys(
        "rclone",
        "rclone remote login",
        &["rclone.conf"],
        &[
            "pass",
            "password",
            "password2",
            "token",
            "secret_access_key",
            "client_secret",
            "service_account_credentials",
        ],
    ),
    keys(
        "terraform-state",
        "secret in Terraform state",
        &["*.tfstate", "*.tfstate.backup"],
        &[
            "password",
            "secret",
            "secret_key",
            "private_key",
            "private_key_pem",
            "private_key_openssh",
            "access_token",
            "auth_token",
            "api_key",
            "secret_string",
            "connection_string",
            "client_key",
        ],
    ),
    keys(
        "terraform-credentials",
        "Terraform registry login",
        &[".terraformrc", "terraform.rc", "credentials.tfrc.json"],
        &["token"],
    ),
    form(
        "hugging-face-token",
        "Hugging Face token",
        &["huggingface/token", ".huggingface/token"],
        forms::token,
    ),
];

const fn keys(
    id: &'static str,
    what: &'static str,
    at: &'static [&'static str],
    keys: &'static [&'static str],
) -> Row {
    Row {
        id,
        what,
        at,
        read: Read::Keys(keys),
        confirmed: true,
    }
}

const fn form(
    id: &'static str,
    what: &'static str,
    at: &'static [&'static str],
    read: fn(&[u8]) -> Vec<Value>,
) -> Row {
    Row {
        id,
        what,
        at,
        read: Read::Form(read),
        confirmed: true,
    }
}

/// The kinds of credential file that a file at `path` may be.
pub(crate) fn rows_for(path: &[u8]) -> impl Iterator<Item = &'static Row> {
    ROWS.iter()
        .filter(move |row| row.at.iter().any(|end| is_at(path, end)))
}

fn is_at(path: &[u8], end: &str) -> bool {
    let name_end = end.strip_prefix('*');
    let end = name_end.unwrap_or(end).as_bytes();
    let Some((before, tail)) = path
        .len()
        .checked_sub(end.len())
        .and_then(|at| path.split_at_checked(at))
    else {
        return false;
    };
    let whole = name_end.is_some() || before.last().is_none_or(|&b| b == b'/');
    whole && tail.eq_ignore_ascii_case(end)
}

impl Row {
    /// The secrets in `file`, in order, without placeholders.
    pub(crate) fn values(&self, file: &[u8]) -> Vec<Value> {
        let mut values = match self.read {
            Read::Keys(keys) => by_keys(file, keys),
            Read::Form(read) => read(file),
        };
        values.retain(|value| !placeholder::is(value.secret.clear()));
        values.sort_by_key(|value| value.span.start);
        values
    }
}

/// Reads JSON, XML or lines, as the first byte that is not blank says.
fn by_keys(file: &[u8], keys: &[&str]) -> Vec<Value> {
    let text = file.trim_ascii_start();
    let text = text
        .strip_prefix(b"\xef\xbb\xbf")
        .unwrap_or(text)
        .trim_ascii_start();
    let mut values = Vec::new();
    match text.first() {
        Some(b'{') => json::strings(file, |path, value| {
            if keys.iter().any(|key| json::is_at(path, key)) {
                values.push(value.into_value(path.join(".")));
            }
        }),
        Some(b'<') => xml::texts(file, |path, span| {
            if keys
                .iter()
                .any(|key| path.last().is_some_and(|name| ends_with(name, key)))
            {
                values.extend(part(file, span, Some(path.join("."))));
            }
        }),
        _ => pairs::pairs(file, |section, key, span| {
            if keys.iter().any(|end| ends_with(key, end)) {
                let section = section.map(|name| format!("{name}.")).unwrap_or_default();
                values.extend(part(file, span, Some(section + key)));
            }
        }),
    }
    values
}

fn ends_with(name: &str, end: &str) -> bool {
    let at = name.len().checked_sub(end.len());
    at.and_then(|at| name.get(at..))
        .is_some_and(|tail| tail.eq_ignore_ascii_case(end))
}

/// The bytes at `span` as a value.
fn part(file: &[u8], span: Range<usize>, field: Option<String>) -> Option<Value> {
    let secret = Secret::new(file.get(span.clone())?);
    Some(Value {
        span,
        field,
        secret,
    })
}

#[cfg(test)]
mod tests;
