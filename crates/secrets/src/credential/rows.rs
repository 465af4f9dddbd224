//! The tables of credential files.

pub(super) mod applications;
pub(super) mod system;
pub(super) mod tools;

use super::{Value, forms};

/// A kind of credential file.
pub(crate) struct Row {
    /// Name of the detector; never reused.
    pub(crate) id: &'static str,
    pub(crate) what: &'static str,
    /// Ends of paths, in any case: whole components, or after a `*` any end of a name; all files of a
    /// directory where it ends with `/*`.
    pub(super) at: &'static [&'static str],
    pub(super) read: Read,
    /// As in [`Hit::confirmed`](crate::Hit::confirmed).
    pub(crate) confirmed: bool,
}

/// How the secrets of a file are read.
pub(super) enum Read {
    /// Values whose key ends with one of these, or after a `=` is it, in JSON, XML, or lines of
    /// `key = value` and `key: value`. A key with dots is a path from the root of a JSON document,
    /// where `*` is any one member.
    Keys(&'static [&'static str]),
    /// The last word of lines that begin with one of these words.
    Words(&'static [&'static str]),
    /// Values of XML attributes with one of these names, of the `value` beside a `name` that ends with
    /// one, and texts of elements so named.
    Attributes(&'static [&'static str]),
    /// A form of its own.
    Form(fn(&[u8]) -> Vec<Value>),
}

/// All kinds.
pub(super) fn rows() -> impl Iterator<Item = &'static Row> {
    [ROWS, applications::ROWS, system::ROWS, tools::ROWS]
        .into_iter()
        .flatten()
}

static ROWS: &[Row] = &[
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
        &["_authToken", "_auth", "_password"],
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
    form(
        "dotenv",
        "secret in an environment file",
        &[
            ".env",
            ".env.local",
            ".env.dev",
            ".env.development",
            ".env.staging",
            ".env.prod",
            ".env.production",
            ".env.test",
            ".env.stage",
            ".envrc",
            "*.env",
        ],
        forms::dotenv,
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
        forms::git,
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
        &["=password"],
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
            "=secret",
            "client_secret",
            "shared_secret",
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

const fn words(
    id: &'static str,
    what: &'static str,
    at: &'static [&'static str],
    words: &'static [&'static str],
) -> Row {
    Row {
        id,
        what,
        at,
        read: Read::Words(words),
        confirmed: true,
    }
}

const fn attributes(
    id: &'static str,
    what: &'static str,
    at: &'static [&'static str],
    names: &'static [&'static str],
) -> Row {
    Row {
        id,
        what,
        at,
        read: Read::Attributes(names),
        confirmed: true,
    }
}

/// The same, where it is not certain that the value helps anyone.
const fn doubtful(row: Row) -> Row {
    Row {
        confirmed: false,
        ..row
    }
}
