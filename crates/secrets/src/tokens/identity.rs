//! Identity providers, clusters, and the tokens they sign.

use std::borrow::Cow;

use super::{
    jwt::{self, Jwt},
    members,
    plausible::random,
};
use crate::{
    detector::{Candidate, Detector, Found, Token, Verdict},
    hit::{Family, Proof, Weight},
    secret::Secret,
};

pub(super) static ROWS: &[Detector] = &[
    Detector::form(
        "jwt",
        "JSON Web Token",
        Family::Token,
        jwt::ANCHORS,
        any_other,
    )
    .reach(8, jwt::MAX_TOKEN),
    Detector::form(
        "kubernetes-service-account-token",
        "Kubernetes service account token",
        Family::Token,
        jwt::ANCHORS,
        kubernetes,
    )
    .reach(8, jwt::MAX_TOKEN),
    Detector::form(
        "supabase-service-role-key",
        "Supabase service role key",
        Family::Token,
        jwt::ANCHORS,
        supabase,
    )
    .reach(8, jwt::MAX_TOKEN),
    Detector::token(
        "workato-token",
        "Workato API token",
        &["wrka-eyJ", "wrkaus-eyJ", "wrkaeu-eyJ", "wrkajp-eyJ", "wrkasg-eyJ", "wrkaau-eyJ"],
        "wrka(?:us|eu|jp|sg|au)?-eyJ[0-9A-Za-z_-]{10,400}\\.eyJ[0-9A-Za-z_-]{10,1000}\\.[0-9A-Za-z_-]{43,700}",
    )
    .checked(random)
    .reach(8, 2200),
    Detector::token(
        "kubeadm-bootstrap-token",
        "Kubernetes bootstrap token",
        &["ootstrap-token", "OOTSTRAP_TOKEN", "kubeadm join"],
        "(?:(?i:bootstrap[_-]token)|kubeadm join)[^\\n]{0,80}?[^0-9A-Za-z.-]([0-9a-z]{6}\\.[0-9a-z]{16})",
    )
    .checked(random)
    .weighing(Weight::Doubtful)
    .in_text(),
    Detector::token(
        "openshift-token",
        "OpenShift OAuth token",
        &["sha256~"],
        "sha256~[0-9A-Za-z_-]{43}",
    )
    .checked(random),
    Detector::token(
        "okta-token",
        "Okta API token",
        &["SSWS "],
        "SSWS (00[0-9A-Za-z_-]{40})",
    )
    .checked(random),
    Detector::token(
        "workos-key",
        "WorkOS API key",
        &["sk_live_a2V5X", "sk_test_a2V5X"],
        "sk_(?:live|test)_a2V5X[0-9A-Za-z+/_-]{40,120}={0,2}",
    )
    .checked(workos),
    Detector::token(
        "stytch-secret",
        "Stytch secret",
        &["secret-live-", "secret-test-"],
        "secret-(?:live|test)-[0-9A-Za-z_-]{28,48}=?",
    )
    .checked(stytch),
    Detector::token(
        "ory-token",
        "Ory token",
        &["ory_pat_", "ory_apikey_", "ory_wak_", "ory_st_", "ory_at_", "ory_rt_"],
        "ory_(?:(?:pat|apikey|wak|st)_[0-9A-Za-z]{32,64}|[ar]t_[0-9A-Za-z_-]{43}\\.[0-9A-Za-z_-]{43})",
    )
    .checked(random),
    Detector::token(
        "jumpcloud-key",
        "JumpCloud API key",
        &["jca_"],
        "jca_[0-9A-Za-z]{36}",
    )
    .checked(random),
    Detector::token(
        "authress-key",
        "Authress service client key",
        &[".acc_", ".acc-"],
        "(?:sc|ext|scauth|authress)_[0-9a-z]{5,30}\\.[0-9a-z]{4,6}\\.acc[_-][0-9a-z-]{10,32}\\.[0-9A-Za-z+/_=-]{30,120}",
    )
    .checked(random),
    Detector::token(
        "zuplo-key",
        "Zuplo consumer key",
        &["zpka_"],
        "zpka_[0-9a-f]{32}_[0-9a-f]{8}",
    )
    .checked(zuplo)
    .loose(),
];

/// Whom a token was made for.
#[derive(PartialEq, Eq)]
enum Issuer {
    Kubernetes,
    /// Supabase, for its servers.
    ServiceRole,
    /// Supabase, for browsers: public.
    Anonymous,
    Other,
}

fn issuer(token: &Jwt<'_>) -> Issuer {
    let claims = &token.claims;
    if claims.keys().any(|name| name.starts_with("kubernetes.io")) {
        return Issuer::Kubernetes;
    }
    let supabase = token
        .claim("iss")
        .is_some_and(|iss| iss.starts_with("supabase"));
    match (supabase, token.claim("role")) {
        (true, Some("service_role")) => Issuer::ServiceRole,
        (true, Some("anon")) => Issuer::Anonymous,
        _ => Issuer::Other,
    }
}

fn any_other(candidate: &Candidate<'_>) -> Option<Found> {
    of(candidate, &Issuer::Other, "JSON Web Token")
}

fn kubernetes(candidate: &Candidate<'_>) -> Option<Found> {
    of(
        candidate,
        &Issuer::Kubernetes,
        "Kubernetes service account token",
    )
}

fn supabase(candidate: &Candidate<'_>) -> Option<Found> {
    of(candidate, &Issuer::ServiceRole, "Supabase service role key")
}

fn of(candidate: &Candidate<'_>, wanted: &Issuer, what: &'static str) -> Option<Found> {
    let token = Jwt::at(candidate)?;
    (issuer(&token) == *wanted).then(|| Found {
        span: candidate.at..candidate.at.saturating_add(token.text.len()),
        secret: Secret::new(token.text),
        what: Cow::Borrowed(what),
        family: Family::Token,
        weight: token.weight(),
        proof: Proof::Structure,
        field: None,
        excerpt: String::new(),
    })
}

/// Base64 of `key_ULID,SECRET`.
fn workos(token: &Token<'_>) -> Verdict {
    let key = token
        .text
        .get(8..)
        .and_then(members::base64)
        .unwrap_or_default();
    let is_key = key.starts_with(b"key_0") && key.contains(&b',') && key.is_ascii();
    match (is_key, token.text.starts_with(b"sk_test_")) {
        (true, false) => Verdict::Proven,
        (true, true) => Verdict::Weighed(Proof::Structure, Weight::Doubtful),
        (false, _) => Verdict::No,
    }
}

fn stytch(token: &Token<'_>) -> Verdict {
    match random(token) {
        Verdict::Formed if token.text.starts_with(b"secret-test") => Verdict::mild(),
        verdict => verdict,
    }
}

/// `zpka_`, a body, and its CRC-32 in hexadecimal.
fn zuplo(token: &Token<'_>) -> Verdict {
    let mut parts = token.text.split(|&b| b == b'_').skip(1);
    let body = parts.next().unwrap_or_default();
    let sum = parts
        .next()
        .and_then(|sum| u32::from_str_radix(str::from_utf8(sum).ok()?, 16).ok());
    if sum == Some(crc32fast::hash(body)) {
        Verdict::Proven
    } else {
        Verdict::Wrong
    }
}

#[cfg(test)]
#[expect(clippy::too_many_lines, reason = "a table")]
pub(super) fn examples() -> Vec<super::tests::Example> {
    use super::{
        jwt::tests::{hs256, token},
        tests::{ALNUM, BASE64URL, Example, HEX, LOWER, UPPER, chars},
    };
    use base64::{Engine, engine::general_purpose::STANDARD_NO_PAD};
    let fixed = Example::prefixed;
    let key = "not a published key";
    let rs256 = |claims: &str| token("{\"alg\":\"RS256\",\"kid\":\"\"}", claims, 256);
    let user = "{\"sub\":\"user-1\",\"scope\":\"admin\"}";
    let account = "{\"iss\":\"kubernetes/serviceaccount\",\"kubernetes.io/serviceaccount/namespace\":\"default\",\"sub\":\"system:serviceaccount:default:ci\"}";
    let bound = "{\"aud\":[\"https://a.test\"],\"exp\":1893456000,\"kubernetes.io\":{\"namespace\":\"default\"}}";
    let supabase = |role: &str| {
        let claims = format!("{{\"iss\":\"supabase\",\"ref\":\"abc\",\"role\":\"{role}\"}}");
        hs256(&claims, key)
    };
    let workato = |zone: &str, signature: usize| {
        let jwt = token("{\"alg\":\"RS256\"}", user, signature);
        format!("wrka{zone}-{jwt}")
    };
    let bootstrap = |id: usize| format!("{}.{}", chars(LOWER, id), chars(LOWER, 16));
    let workos = |mode: &str, key: &str| {
        let encoded =
            STANDARD_NO_PAD.encode(format!("{key}{},{}", chars(UPPER, 25), chars(ALNUM, 25)));
        format!("sk_{mode}_{encoded}")
    };
    let pair = |n: usize| format!("{}.{}", chars(BASE64URL, n), chars(ALNUM, 43));
    let authress = |kind: &str| {
        format!(
            "{kind}_{}.imle.acc_{}.{}",
            chars(LOWER, 10),
            chars(LOWER, 12),
            chars(BASE64URL, 64)
        )
    };
    let zuplo = |body: &str| format!("zpka_{body}_{:08x}", crc32fast::hash(body.as_bytes()));
    vec![
        Example::of("jwt")
            .found([
                hs256(user, key),
                hs256(user, "secret"),
                rs256(user),
                format!("token%3D{}", hs256(user, key)),
                format!("Authorization: Bearer {}", rs256(user)),
                token("{\"typ\":\"JWT\",\r\n \"alg\":\"HS256\"}", user, 32),
            ])
            .silent([
                token("{\"alg\":\"none\"}", user, 32),
                token("{\"alg\":\"HS256\"}", user, 31),
                token("{\"alg\":\"HS256\"}", "not json", 32),
                format!("x{}", hs256(user, key)),
                hs256(account, key),
                supabase("anon"),
                supabase("service_role"),
            ]),
        Example::of("kubernetes-service-account-token")
            .found([rs256(account), rs256(bound)])
            .silent([rs256(user), rs256(account).replacen('.', "", 1)]),
        Example::of("supabase-service-role-key")
            .found([supabase("service_role")])
            .silent([supabase("anon"), hs256(user, key)]),
        Example::of("workato-token")
            .found([workato("", 256), workato("eu", 128)])
            .silent([workato("", 20), workato("xx", 256)]),
        Example::of("kubeadm-bootstrap-token")
            .found([
                format!(
                    "--discovery-token-unsafe --tls-bootstrap-token {}",
                    bootstrap(6)
                ),
                format!("BOOTSTRAP_TOKEN: {}", bootstrap(6)),
                format!("kubeadm join 10.0.0.1:6443 --token {}", bootstrap(6)),
            ])
            .silent([
                bootstrap(6),
                format!("bootstrap-token: {}", bootstrap(7)),
                "--tls-bootstrap-token abcdef.0123456789abcdef".to_owned(),
            ]),
        fixed("openshift-token", "sha256~", BASE64URL, 43),
        Example::of("okta-token")
            .found([format!("Authorization: SSWS 00{}", chars(BASE64URL, 40))])
            .silent([
                format!("Authorization: SSWS 00{}", chars(BASE64URL, 39)),
                format!("Authorization: SSWS 00{}", "a".repeat(40)),
                format!("00{}", chars(BASE64URL, 40)),
            ]),
        Example::of("workos-key")
            .found([workos("live", "key_0"), workos("test", "key_0")])
            .silent([workos("live", "keys0"), workos("live", "kex_0")]),
        fixed("stytch-secret", "secret-live-", BASE64URL, 28)
            .found([format!("secret-test-{}=", chars(BASE64URL, 35))]),
        fixed("ory-token", "ory_pat_", ALNUM, 32)
            .found([
                format!("ory_apikey_{}", chars(ALNUM, 40)),
                format!("ory_at_{}", pair(43)),
            ])
            .silent([format!("ory_at_{}", pair(42))]),
        fixed("jumpcloud-key", "jca_", ALNUM, 36),
        Example::of("authress-key")
            .found([authress("sc"), authress("ext")])
            .silent([authress("xx"), authress("sc")[..50].to_owned()]),
        Example::of("zuplo-key")
            .found([zuplo(&chars(HEX, 32))])
            .silent([
                format!("zpka_{}_{}", chars(HEX, 32), chars(HEX, 8)),
                zuplo(&chars(HEX, 31)),
            ]),
    ]
}
