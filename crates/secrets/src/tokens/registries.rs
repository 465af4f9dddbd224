//! Registries of packages and of container images.

use super::{
    checksum::crc32_base62_tail,
    members,
    plausible::{is_random, random, random_mixed, random_whole},
};
use crate::detector::{Detector, Token, Verdict};

pub(super) static ROWS: &[Detector] = &[
    Detector::token(
        "npm-token",
        "npm registry token",
        &["npm_"],
        "npm_[0-9A-Za-z]{36}",
    )
    .checked(crc32_base62_tail)
    .loose(),
    Detector::token(
        "npm-legacy-token",
        "npm registry token",
        &[":_authToken"],
        ":_authToken[ \\t]{0,4}=[ \\t]{0,4}[\"']?\
         ([0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12})",
    )
    .checked(random),
    // Base64 of a macaroon from pypi.org or test.pypi.org.
    Detector::token(
        "pypi-token",
        "PyPI token",
        &["pypi-AgEIcHlwaS5vcmc", "pypi-AgENdGVzdC5weXBpLm9yZw"],
        "pypi-Ag[0-9A-Za-z_-]{80,1200}",
    )
    .checked(macaroon)
    .reach(64, 1300),
    Detector::token(
        "rubygems-key",
        "RubyGems API key",
        &["rubygems_"],
        "rubygems_[0-9a-f]{48}",
    )
    .checked(random),
    Detector::token(
        "crates-token",
        "token of the Rust crates registry",
        &["\"cio", "'cio", "`cio", "=cio", " cio", ":cio", "\ncio"],
        "[\"'`=: \n](cio[0-9A-Za-z]{32})",
    )
    .checked(random_mixed)
    .in_text(),
    Detector::token(
        "nuget-key",
        "NuGet API key",
        &[
            "\"oy2", "'oy2", "`oy2", "=oy2", " oy2", ":oy2", ">oy2", "\noy2",
        ],
        "[\"'`=: >\n](oy2[0-9a-z]{43})",
    )
    .checked(random)
    .in_text(),
    Detector::token(
        "docker-hub-token",
        "Docker Hub access token",
        &["dckr_pat_", "dckr_oat_"],
        "dckr_(?:pat_[0-9A-Za-z_-]{27}|oat_[0-9A-Za-z_-]{32})",
    )
    .checked(random_whole),
    Detector::token(
        "docker-swarm-join-token",
        "Docker Swarm join token",
        &["SWMTKN-1-"],
        "SWMTKN-1-[0-9a-z]{50}-[0-9a-z]{25}",
    )
    .checked(random),
    Detector::token(
        "docker-swarm-unlock-key",
        "Docker Swarm unlock key",
        &["SWMKEY-1-"],
        "SWMKEY-1-[0-9A-Za-z+/]{43}",
    )
    .checked(random),
    Detector::token(
        "artifactory-api-key",
        "Artifactory API key",
        &["AKCp"],
        "AKCp[0-9A-Za-z]{69}",
    )
    .checked(random),
    Detector::token(
        "artifactory-reference-token",
        "Artifactory reference token",
        &["cmVmdGtu"],
        "cmVmdGtu[0-9A-Za-z+/=]{40,72}",
    )
    .checked(reference),
    Detector::token(
        "clojars-token",
        "Clojars deploy token",
        &["CLOJARS_"],
        "CLOJARS_[0-9a-z]{60}",
    )
    .checked(random),
    Detector::token(
        "packagist-token",
        "Packagist token",
        &["packagist_o", "packagist_u"],
        "packagist_[ou][ru]?t_[0-9a-f]{68}",
    )
    .checked(random),
    Detector::token(
        "cloudsmith-key",
        "Cloudsmith API key",
        &["csa_"],
        "csa_[0-9a-f]{30}[0-9A-Za-z]{6}",
    )
    .checked(random),
    Detector::token(
        "nexus-key",
        "Sonatype Nexus API key",
        &["NpmToken.", "NuGetApiKey."],
        "(?:NpmToken|NuGetApiKey)\\.[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}",
    )
    .checked(random),
];

/// `reftkn:`, a version, when it expires, and random characters.
fn reference(token: &Token<'_>) -> Verdict {
    let Some(clear) = members::base64(token.text) else {
        return Verdict::No;
    };
    let parts: Vec<&[u8]> = clear.split(|&b| b == b':').collect();
    let number = |part: &[u8]| !part.is_empty() && part.iter().all(u8::is_ascii_digit);
    match parts.as_slice() {
        [b"reftkn", version, expiry, rest]
            if number(version) && number(expiry) && is_random(rest) =>
        {
            Verdict::Proven
        }
        _ => Verdict::No,
    }
}

/// A macaroon of version 2 in binary: location and identifier, caveats, and a signature, each list of
/// fields ended by a zero (libmacaroons, "doc/format.txt").
fn macaroon(token: &Token<'_>) -> Verdict {
    let clear = token.text.get(5..).and_then(members::base64);
    match clear.as_deref() {
        Some([2, fields @ ..]) if is_signed(fields) => Verdict::Proven,
        _ => Verdict::Wrong,
    }
}

/// Whether fields of type, length and bytes end in a signature of 32 bytes, and nothing follows.
fn is_signed(mut rest: &[u8]) -> bool {
    while let Some((kind, after)) = rest.split_first() {
        let Some((length, after)) = (match kind {
            0 => Some((0, after)),
            1..=6 => length(after),
            _ => None,
        }) else {
            return false;
        };
        if *kind == 6 {
            return length == 32 && after.len() == 32;
        }
        let Some(next) = after.get(length..) else {
            return false;
        };
        rest = next;
    }
    false
}

/// A length of at most two bytes of seven bits each, lowest first.
fn length(bytes: &[u8]) -> Option<(usize, &[u8])> {
    match bytes {
        [low @ 0..0x80, rest @ ..] => Some((usize::from(*low), rest)),
        [low, high @ 0..0x80, rest @ ..] => {
            Some((usize::from(low & 0x7f) | usize::from(*high) << 7, rest))
        }
        _ => None,
    }
}

#[cfg(test)]
#[expect(clippy::too_many_lines, reason = "a table")]
pub(super) fn examples() -> Vec<super::tests::Example> {
    use super::checksum::crc32_base62;
    use super::tests::{ALNUM, BASE64, BASE64URL, Example, HEX, LOWER, chars, uuid};
    use base64::{Engine, prelude::BASE64_STANDARD, prelude::BASE64_URL_SAFE_NO_PAD};

    let alnum = |prefix: &str, count| format!("{prefix}{}", chars(ALNUM, count));
    let hex = |prefix: &str, count| format!("{prefix}{}", chars(HEX, count));
    let lower = |prefix: &str, count| format!("{prefix}{}", chars(LOWER, count));
    let xs = |prefix: &str, count| format!("{prefix}{}", "x".repeat(count));
    let body = chars(ALNUM, 30);
    let sum = crc32_base62(body.as_bytes());
    let npm = format!("npm_{body}{}", str::from_utf8(&sum).unwrap());
    let field = |kind: u8, bytes: &[u8]| {
        let length = u8::try_from(bytes.len()).unwrap();
        let length = match length {
            0..0x80 => vec![length],
            _ => vec![length, 1],
        };
        [&[kind], &length[..], bytes].concat()
    };
    let pypi = |host: &str, caveat: &[u8], signature: usize| {
        let fields = [
            vec![2],
            field(1, host.as_bytes()),
            field(2, uuid(3).as_bytes()),
            vec![0],
            field(2, caveat),
            vec![0, 0],
            field(6, chars(ALNUM, signature).as_bytes()),
        ];
        format!("pypi-{}", BASE64_URL_SAFE_NO_PAD.encode(fields.concat()))
    };
    let scoped = format!("[1,[\"{}\"]]", chars(LOWER, 160));
    let reference = |clear: String| BASE64_STANDARD.encode(clear);
    let swarm = |body: String| format!("SWMTKN-1-{body}-{}", chars(LOWER, 25));
    vec![
        Example::of("npm-token").found([npm.clone()]).silent([
            alnum("npm_", 36),
            npm[..39].to_owned(),
            xs("npm_", 36),
        ]),
        Example::of("npm-legacy-token")
            .found([
                format!("//registry.npmjs.org/:_authToken={}", uuid(1)),
                format!("//r.example.org/:_authToken = \"{}\"", uuid(2)),
            ])
            .silent([
                "//r/:_authToken=${NPM_TOKEN}".to_owned(),
                "//r/:_authToken=00000000-0000-0000-0000-000000000000".to_owned(),
            ]),
        Example::of("pypi-token")
            .found([
                pypi("pypi.org", b"[2,\"x\"]", 32),
                pypi("test.pypi.org", scoped.as_bytes(), 32),
            ])
            .silent([
                pypi("pypi.org", b"[2,\"x\"]", 31),
                pypi("pypi.org", b"[2,\"x\"]", 32)[..100].to_owned(),
                pypi("example.org", b"[2,\"x\"]", 32),
                hex("pypi-AgEIcHlwaS5vcmc", 100),
            ]),
        Example::of("rubygems-key")
            .found([hex("rubygems_", 48)])
            .silent([hex("rubygems_", 47), xs("rubygems_", 48)]),
        Example::of("crates-token")
            .found([
                format!("token = \"{}\"", alnum("cio", 32)),
                format!("X={}", alnum("cio", 32)),
                format!("Authorization: {}", alnum("cio", 32)),
            ])
            .silent([
                format!("token = \"{}\"", alnum("cio", 31)),
                format!("token = \"{}\"", lower("cio", 33)),
                format!("token = \"{}\"", xs("cio", 32)),
            ]),
        Example::of("nuget-key")
            .found([
                format!("<add value=\"{}\" />", lower("oy2", 43)),
                format!("--api-key {}", lower("oy2", 43)),
            ])
            .silent([
                format!("--api-key {}", lower("oy2", 42)),
                format!("--api-key {}", xs("oy2", 43)),
            ]),
        Example::of("docker-hub-token")
            .found([alnum("dckr_pat_", 27), alnum("dckr_oat_", 32)])
            .silent([
                alnum("dckr_pat_", 26),
                alnum("dckr_oat_", 31),
                xs("dckr_pat_", 27),
            ]),
        Example::of("docker-swarm-join-token")
            .found([swarm(chars(LOWER, 50))])
            .silent([swarm(chars(LOWER, 49)), swarm("x".repeat(50))]),
        Example::of("docker-swarm-unlock-key")
            .found([format!("SWMKEY-1-{}", chars(BASE64, 43))])
            .silent([
                format!("SWMKEY-1-{}", chars(BASE64URL, 12)),
                xs("SWMKEY-1-", 43),
            ]),
        Example::of("artifactory-api-key")
            .found([alnum("AKCp", 69)])
            .silent([alnum("AKCp", 68), alnum("AKCp", 70), xs("AKCp", 69)]),
        Example::of("artifactory-reference-token")
            .found([reference(format!(
                "reftkn:01:1767225600:{}",
                chars(ALNUM, 28)
            ))])
            .silent([
                reference(format!("reftkn:xx:1767225600:{}", chars(ALNUM, 28))),
                reference(format!("reftkn:01:1767225600:{}", "x".repeat(28))),
                alnum("cmVmdGtu", 56),
            ]),
        Example::of("clojars-token")
            .found([lower("CLOJARS_", 60)])
            .silent([lower("CLOJARS_", 59), xs("CLOJARS_", 60)]),
        Example::of("packagist-token")
            .found(["ort", "out", "uut"].map(|kind| hex(&format!("packagist_{kind}_"), 68)))
            .silent([hex("packagist_ort_", 67), xs("packagist_uut_", 68)]),
        Example::of("cloudsmith-key")
            .found([format!("csa_{}{}", chars(HEX, 30), chars(ALNUM, 6))])
            .silent([
                format!("csa_{}{}", chars(HEX, 30), chars(ALNUM, 5)),
                xs("csa_", 36),
            ]),
        Example::of("nexus-key")
            .found(["NpmToken", "NuGetApiKey"].map(|kind| format!("{kind}.{}", uuid(4))))
            .silent([
                format!("NpmToken.{}", &uuid(4)[..35]),
                "NuGetApiKey.11111111-1111-1111-1111-111111111111".to_owned(),
            ]),
    ]
}
