//! Logins of command-line tools.

use super::{Row, doubtful, form, forms, keys};

pub(in crate::credential) static ROWS: &[Row] = &[
    form(
        "bundle-config",
        "RubyGems server login",
        &[".bundle/config"],
        forms::bundle,
    ),
    keys(
        "gradle-project",
        "repository login in a project's settings",
        &["gradle.properties"],
        &["password", "=signing.secretKey", "accesstoken", "apikey"],
    ),
    keys(
        "pulumi-credentials",
        "Pulumi login",
        &[".pulumi/credentials.json"],
        &["accessTokens.*", "accounts.*.accessToken"],
    ),
    keys(
        "doppler-config",
        "Doppler login",
        &[".doppler/.doppler.yaml", ".doppler.yaml"],
        &["=token"],
    ),
    keys(
        "claude-credentials",
        "Claude login",
        &[".claude/.credentials.json", ".claude.json"],
        &["=accessToken", "=refreshToken", "=primaryApiKey", "=apiKey"],
    ),
    keys(
        "codex-auth",
        "OpenAI login",
        &[".codex/auth.json", ".config/openai/auth.json"],
        &["OPENAI_API_KEY", "=access_token", "=refresh_token"],
    ),
    keys(
        "gemini-credentials",
        "Gemini login",
        &[".gemini/oauth_creds.json"],
        &["=access_token", "=refresh_token"],
    ),
    keys(
        "copilot-hosts",
        "GitHub Copilot login",
        &["github-copilot/hosts.json", "github-copilot/apps.json"],
        &["=oauth_token"],
    ),
    keys(
        "netlify-config",
        "Netlify login",
        &["netlify/config.json"],
        &["users.*.auth.token"],
    ),
    keys(
        "vercel-auth",
        "Vercel login",
        &["com.vercel.cli/auth.json", ".vercel/auth.json"],
        &["=token"],
    ),
    keys(
        "fly-config",
        "Fly.io login",
        &[".fly/config.yml"],
        &["=access_token"],
    ),
    keys(
        "railway-config",
        "Railway login",
        &[".railway/config.json"],
        &["=token", "=accessToken"],
    ),
    keys(
        "doctl-config",
        "DigitalOcean login",
        &["doctl/config.yaml"],
        &["=access-token"],
    ),
    keys(
        "hcloud-config",
        "Hetzner Cloud login",
        &["hcloud/cli.toml"],
        &["=token"],
    ),
    keys(
        "scaleway-config",
        "Scaleway login",
        &["scw/config.yaml"],
        &["=secret_key"],
    ),
    keys(
        "linode-config",
        "Linode login",
        &["linode-cli"],
        &["=token"],
    ),
    keys(
        "aliyun-config",
        "Alibaba Cloud login",
        &[".aliyun/config.json"],
        &["=access_key_secret", "=sts_token"],
    ),
    keys(
        "tencent-config",
        "Tencent Cloud login",
        &[".tccli/default.credential"],
        &["=secretKey", "=token"],
    ),
    keys(
        "oci-config",
        "Oracle Cloud login",
        &[".oci/config"],
        &["=pass_phrase"],
    ),
    keys(
        "kaggle-config",
        "Kaggle login",
        &[".kaggle/kaggle.json"],
        &["=key"],
    ),
    keys(
        "ngrok-config",
        "ngrok login",
        &["ngrok/ngrok.yml", ".ngrok2/ngrok.yml"],
        &["=authtoken", "=api_key"],
    ),
    keys("sentry-cli", "Sentry login", &[".sentryclirc"], &["=token"]),
    keys(
        "stripe-config",
        "Stripe login",
        &["stripe/config.toml"],
        &["=live_mode_api_key", "=test_mode_api_key"],
    ),
    keys(
        "circleci-config",
        "CircleCI login",
        &[".circleci/cli.yml"],
        &["=token"],
    ),
    keys(
        "travis-config",
        "Travis CI login",
        &[".travis/config.yml"],
        &["=access_token"],
    ),
    keys(
        "snyk-config",
        "Snyk login",
        &["configstore/snyk.json"],
        &["=api"],
    ),
    keys(
        "firebase-config",
        "Firebase login",
        &["configstore/firebase-tools.json"],
        &["=refresh_token", "=access_token"],
    ),
    keys(
        "transifex-config",
        "Transifex login",
        &[".transifexrc"],
        &["=token", "=password"],
    ),
    keys(
        "cloudflare-config",
        "Cloudflare login",
        &[
            ".wrangler/config/default.toml",
            ".wrangler/config.toml",
            ".cloudflared/credentials.json",
        ],
        &[
            "=oauth_token",
            "=refresh_token",
            "=api_token",
            "=TunnelSecret",
        ],
    ),
    keys(
        "heroku-credentials",
        "Heroku login",
        &[".heroku/credentials"],
        &["=password"],
    ),
    keys(
        "conjur-identity",
        "Conjur login",
        &["conjur.identity"],
        &["=password"],
    ),
    keys(
        "databricks-config",
        "Databricks login",
        &[".databrickscfg"],
        &["=token", "=password", "=client_secret"],
    ),
    keys(
        "dbt-profiles",
        "data warehouse password",
        &[".dbt/profiles.yml"],
        &["=password", "=pass", "=token", "=private_key_passphrase"],
    ),
    keys(
        "snowflake-config",
        "Snowflake login",
        &[".snowsql/config", "snowflake/connections.toml"],
        &["=password"],
    ),
    doubtful(keys(
        "maven-security",
        "master password of Maven",
        &["settings-security.xml"],
        &["=master"],
    )),
];

#[cfg(test)]
pub(crate) const EXAMPLES: &[(&str, &str, &str)] = &[
    (
        "root/.bundle/config",
        "---\nBUNDLE_GEMS__ACME__IO: \"app:{}\"\n",
        "---\nBUNDLE_PATH: \"vendor/bundle\"\nBUNDLE_BUILD__NOKOGIRI: \"--use-system-libraries/\"\n",
    ),
    (
        "src/gradle.properties",
        "ossrhPassword={}\n",
        "org.gradle.jvmargs={}\n",
    ),
    (
        "root/.pulumi/credentials.json",
        "{\"accessTokens\": {\"https://api.acme.io\": \"{}\"}}",
        "{\"current\": \"{}\"}",
    ),
    (
        "root/.doppler/.doppler.yaml",
        "scoped:\n  /:\n    token: {}\n",
        "scoped:\n  /:\n    name: {}\n",
    ),
    (
        "root/.claude/.credentials.json",
        "{\"claudeAiOauth\": {\"accessToken\": \"{}\"}}",
        "{\"claudeAiOauth\": {\"scopes\": [\"{}\"]}}",
    ),
    (
        "root/.codex/auth.json",
        "{\"tokens\": {\"refresh_token\": \"{}\"}}",
        "{\"OPENAI_API_KEY\": null}",
    ),
    (
        "root/.gemini/oauth_creds.json",
        "{\"refresh_token\": \"{}\"}",
        "{\"token_type\": \"{}\"}",
    ),
    (
        "root/.config/github-copilot/hosts.json",
        "{\"github.com\": {\"oauth_token\": \"{}\"}}",
        "{\"github.com\": {\"user\": \"{}\"}}",
    ),
    (
        "root/.config/netlify/config.json",
        "{\"users\": {\"a\": {\"auth\": {\"token\": \"{}\"}}}}",
        "{\"users\": {\"a\": {\"id\": \"{}\"}}}",
    ),
    (
        "root/.local/share/com.vercel.cli/auth.json",
        "{\"token\": \"{}\"}",
        "{\"x\": \"{}\"}",
    ),
    ("root/.fly/config.yml", "access_token: {}\n", "name: {}\n"),
    (
        "root/.railway/config.json",
        "{\"user\": {\"token\": \"{}\"}}",
        "{\"user\": {\"id\": \"{}\"}}",
    ),
    (
        "root/.config/doctl/config.yaml",
        "access-token: {}\n",
        "context: {}\n",
    ),
    (
        "root/.config/hcloud/cli.toml",
        "[[contexts]]\n  token = \"{}\"\n",
        "active_context = \"{}\"\n",
    ),
    (
        "root/.config/scw/config.yaml",
        "secret_key: {}\n",
        "access_key: {}\n",
    ),
    (
        "root/.config/linode-cli",
        "[a]\ntoken = {}\n",
        "[a]\nregion = {}\n",
    ),
    (
        "root/.aliyun/config.json",
        "{\"profiles\": [{\"access_key_secret\": \"{}\"}]}",
        "{\"profiles\": [{\"access_key_id\": \"{}\"}]}",
    ),
    (
        "root/.tccli/default.credential",
        "{\"secretKey\": \"{}\"}",
        "{\"secretId\": \"{}\"}",
    ),
    (
        "root/.oci/config",
        "[DEFAULT]\npass_phrase={}\n",
        "[DEFAULT]\nfingerprint={}\n",
    ),
    (
        "root/.kaggle/kaggle.json",
        "{\"username\": \"a\", \"key\": \"{}\"}",
        "{\"username\": \"{}\"}",
    ),
    (
        "root/.config/ngrok/ngrok.yml",
        "authtoken: {}\n",
        "version: \"2\"\n",
    ),
    (
        "root/.sentryclirc",
        "[auth]\ntoken={}\n",
        "[defaults]\nurl={}\n",
    ),
    (
        "root/.config/stripe/config.toml",
        "[default]\nlive_mode_api_key = '{}'\n",
        "[default]\ndevice_name = '{}'\n",
    ),
    ("root/.circleci/cli.yml", "token: {}\n", "host: {}\n"),
    (
        "root/.travis/config.yml",
        "endpoints:\n  a:\n    access_token: {}\n",
        "last_check: {}\n",
    ),
    (
        "root/.config/configstore/snyk.json",
        "{\"api\": \"{}\"}",
        "{\"org\": \"{}\"}",
    ),
    (
        "root/.config/configstore/firebase-tools.json",
        "{\"tokens\": {\"refresh_token\": \"{}\"}}",
        "{\"user\": {\"email\": \"{}\"}}",
    ),
    (
        "root/.transifexrc",
        "[https://a]\ntoken = {}\n",
        "[https://a]\nhostname = {}\n",
    ),
    (
        "root/.wrangler/config/default.toml",
        "oauth_token = \"{}\"\n",
        "expiration_time = \"{}\"\n",
    ),
    (
        "root/.heroku/credentials",
        "password = {}\n",
        "login = {}\n",
    ),
    (
        "etc/conjur.identity",
        "machine: a\npassword: {}\n",
        "login: {}\n",
    ),
    (
        "root/.databrickscfg",
        "[DEFAULT]\ntoken = {}\n",
        "[DEFAULT]\nhost = {}\n",
    ),
    (
        "root/.dbt/profiles.yml",
        "a:\n  password: {}\n",
        "a:\n  password: \"{{ env_var('X') }}\"\n",
    ),
    (
        "root/.snowsql/config",
        "[c]\npassword = {}\n",
        "[c]\nusername = {}\n",
    ),
    (
        "root/.m2/settings-security.xml",
        "<s><master>{}</master></s>",
        "<s><relocation>{}</relocation></s>",
    ),
];
