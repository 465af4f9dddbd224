//! Microsoft Azure.

use sha2::{Digest, Sha256};

use super::plausible::{is_random, random};
use crate::{
    detector::{Detector, Token, Verdict},
    hit::{Proof, Weight},
};

pub(super) static ROWS: &[Detector] = &[
    // Three characters, a version digit, `Q~`, and as many as make 37 to 40.
    Detector::token(
        "azure-client-secret",
        "Microsoft Entra client secret",
        &["Q~"],
        "[0-9A-Za-z_.~-]{3}[0-9]Q~[0-9A-Za-z_.~-]{31,34}",
    )
    .checked(client_secret)
    .reach(8, 48),
    Detector::token(
        "azure-account-key",
        "Azure storage or Cosmos DB account key",
        &["AccountKey="],
        "AccountKey=([0-9A-Za-z+/]{86}==)",
    )
    .checked(account_key),
    // Keys that carry the mark of their service at a fixed place.
    Detector::token(
        "azure-identifiable-key",
        "Azure service key",
        &[
            "+ASt", "ACDb", "+ABa", "APIM", "AIoT", "+ASb", "+AEh", "+ARm", "AZEG", "AzCa", "AzFu",
            "+ACR", "AzSe",
        ],
        "[0-9A-Za-z+/]{76}(?:\\+ASt|ACDb|\\+ABa|APIM)[0-9A-Za-z+/]{5}[AQgw]==\
         |[0-9A-Za-z+/]{33}(?:AIoT|\\+ASb|\\+AEh|\\+ARm|AZEG|AzCa)[A-P][0-9A-Za-z+/]{5}=\
         |[0-9A-Za-z_-]{44}AzFu[0-9A-Za-z_-]{5}[AQgw]==\
         |[0-9A-Za-z+/]{42}(?:\\+ACR|AzSe)[A-D][0-9A-Za-z+/]{5}",
    )
    .checked(identifiable_key)
    .reach(80, 20),
    // The common form of DevOps tokens and of keys of AI, maps, batch and other services.
    Detector::token(
        "azure-annotated-key",
        "Azure DevOps token or service key",
        &["JQQJ9"],
        "[0-9A-Za-z]{52}JQQJ9[0-9A-Z][A-Z][A-L][0-9A-Za-z]{16}[0-9A-Za-z]{8}(?:[0-9A-Za-z]{2}==)?",
    )
    .checked(random)
    .reach(64, 48),
    Detector::token(
        "azure-shared-access-key",
        "Azure Service Bus, Event Hubs or IoT Hub key",
        &["SharedAccessKey="],
        "SharedAccessKey=([0-9A-Za-z+/]{43}=)",
    )
    .checked(random_key),
    Detector::token(
        "azure-app-configuration-secret",
        "Azure App Configuration secret",
        &[".azconfig.io;Id="],
        "\\.azconfig\\.io;Id=[0-9A-Za-z+/:_-]{3,80};Secret=([0-9A-Za-z+/]{43}=|[0-9A-Za-z]{84})",
    )
    .checked(random_key),
    Detector::token(
        "azure-function-key",
        "Azure Functions host key",
        &[".azurewebsites.net/"],
        "\\.azurewebsites\\.net/[0-9A-Za-z_./-]{1,200}\\?(?:[^\\s\"'<>]{0,100}&)?code=\
         ([0-9A-Za-z_/+-]{52,54}(?:={1,2}|(?:%3[Dd]){1,2}))",
    )
    .checked(random_key),
    Detector::token(
        "azure-shared-access-signature",
        "Azure shared access signature",
        &["sv=20"],
        "sv=20[0-9]{2}-[0-9]{2}-[0-9]{2}&[^\\s\"'<>]{0,600}?\\bsig=\
         ((?:[0-9A-Za-z+/]|%2[BbFf]){43}(?:=|%3[Dd]))",
    )
    .checked(shared_access_signature)
    .reach(256, 800),
];

/// First eight bytes of the SHA-256 of account keys that every emulator has: Azurite, Cosmos DB.
const OF_EMULATORS: &[[u8; 8]] = &[
    [0x00, 0x11, 0xcc, 0x25, 0xeb, 0x43, 0x20, 0x71],
    [0xaa, 0x65, 0x47, 0x43, 0x95, 0x83, 0xc3, 0xa2],
];

fn client_secret(token: &Token<'_>) -> Verdict {
    let end = token.at.saturating_add(token.text.len());
    let goes_on = matches!(token.candidate.window.get(end), Some(b'~' | b'-'));
    let body = token.text.get(6..).unwrap_or_default();
    let tildes = body.iter().filter(|b| matches!(b, b'~' | b'.')).count();
    if !goes_on && tildes < 8 && is_random(body) {
        Verdict::Formed
    } else {
        Verdict::No
    }
}

fn account_key(token: &Token<'_>) -> Verdict {
    let digest = Sha256::digest(token.text);
    match digest.first_chunk::<8>() {
        Some(start) if OF_EMULATORS.contains(start) => {
            Verdict::Weighed(Proof::Form, Weight::Harmless)
        }
        _ => random_key(token),
    }
}

fn random_key(token: &Token<'_>) -> Verdict {
    if is_random(token.text) {
        Verdict::Formed
    } else {
        Verdict::No
    }
}

/// No part of longer base64.
fn identifiable_key(token: &Token<'_>) -> Verdict {
    let before = token.at.checked_sub(1);
    let before = before.and_then(|at| token.candidate.window.get(at));
    let after = token
        .candidate
        .window
        .get(token.at.saturating_add(token.text.len()));
    let part = |byte: Option<&u8>| matches!(byte, Some(b'+' | b'/' | b'-'));
    if part(before) || part(after) {
        Verdict::No
    } else {
        random_key(token)
    }
}

/// One that expired long ago harms nobody, and one made for a month at most hardly anybody.
fn shared_access_signature(token: &Token<'_>) -> Verdict {
    let month = |name: &[u8]| {
        let at = memchr::memmem::find(token.candidate.window, name)?;
        let date = at.checked_add(name.len())?;
        token.candidate.window.get(date..)?.first_chunk::<7>()
    };
    let weight = match (month(b"st="), month(b"se=")) {
        (_, Some([b'2', b'0', b'0' | b'1', ..])) => Weight::Harmless,
        (Some(start), Some(end)) if start == end => Weight::Doubtful,
        _ => Weight::Full,
    };
    match random_key(token) {
        Verdict::Formed => Verdict::Weighed(Proof::Form, weight),
        verdict => verdict,
    }
}

#[cfg(test)]
pub(super) fn examples() -> Vec<super::tests::Example> {
    use super::tests::{ALNUM, BASE64, Example, UPPER, chars};

    let entra = |head: &str, count| format!("{head}Q~{}", chars(ALNUM, count));
    let key = format!("{}==", chars(BASE64, 86));
    let short = format!("{}=", chars(BASE64, 43));
    let annotated = |tail: &str| {
        let body = chars(ALNUM, 52);
        format!("{body}JQQJ{}BFAC{}{tail}", "99", chars(ALNUM, 14))
    };
    let azurite = format!(
        "{}{}",
        "Eby8vdM02xNOcqFlqUwJPLlmEtlCDXJ1OUzFT50uSRZ6IFsuFq",
        "2UVErCz4I6tq/K1SZFPTOtr/KBHBeksoGMGw=="
    );
    let marked = |head, mark: &str, tail: &str| format!("{}{mark}{tail}", chars(BASE64, head));
    let sas = |until: &str, sig: &str| {
        format!("https://x.blob.core.windows.net/c?sv=2023-11-03&sr=c&se={until}&sp=rl&sig={sig}")
    };
    let app = "Endpoint=https://x.azconfig.io;Id=ab-l0-s0:0aB+c;Secret";
    let function = "https://x.azurewebsites.net/api/y";
    vec![
        Example::of("azure-client-secret")
            .found([
                entra("aB38", 34),
                entra("~b.7", 31),
                format!("{}.", entra("aB37", 31)),
            ])
            .silent([
                entra("aB38", 35),
                entra("aB3x", 34),
                format!("aB38Q~{}", "x".repeat(34)),
                format!("{}-{}", entra("aB37", 31), chars(ALNUM, 9)),
            ]),
        Example::of("azure-account-key")
            .found([
                format!("AccountName=a;AccountKey={key};EndpointSuffix=b"),
                format!("AccountKey={azurite};"),
            ])
            .silent([
                format!("AccountKey={}", &key[..86]),
                format!("AccountKey={}==", "A".repeat(86)),
                "AccountKey=<your account key>;".to_owned(),
            ]),
        Example::of("azure-identifiable-key")
            .found([
                marked(76, "+ASt", "p7KdyA=="),
                marked(76, "ACDb", "x3Zq0w=="),
                marked(33, "AIoT", "Bx3Zq0="),
                marked(33, "+AEh", "Px3Zq0="),
                marked(42, "+ACR", "Dx3Zq0"),
                format!("{}AzFux3Zq0w==", chars(ALNUM, 44)),
            ])
            .silent([
                marked(75, "+ASt", "x3Zq0w=="),
                marked(33, "AIoT", "Zx3Zq0="),
                marked(80, "+ASt", "x3Zq0w=="),
                format!("{}+AStx3Zq0w==", "A".repeat(76)),
            ]),
        Example::of("azure-annotated-key")
            .found([annotated("AZDOx3Zq"), annotated("ACOGx3Zq0w==")])
            .silent([
                annotated("AZDOx3Z"),
                format!("{}JQQJ99BFAC", chars(ALNUM, 52)),
                format!("{}JQQJ99BFAC{}", "a".repeat(52), "A".repeat(23)),
            ]),
        Example::of("azure-shared-access-key")
            .found([format!("SharedAccessKeyName=r;SharedAccessKey={short}")])
            .silent([
                format!("SharedAccessKey={}", &short[..43]),
                format!("SharedAccessKey={}=", "x".repeat(43)),
            ]),
        Example::of("azure-app-configuration-secret")
            .found([
                format!("{app}={short}"),
                format!("{app}={}", annotated("AZACx3Zq")),
            ])
            .silent([format!("{app}=xxx"), format!("{app}={}=", "a".repeat(43))]),
        Example::of("azure-function-key")
            .found([
                format!("{function}?code={}==", chars(ALNUM, 54)),
                format!("{function}?a=b&code={}%3D%3D", chars(ALNUM, 54)),
            ])
            .silent([
                format!("{function}?code={}==", chars(ALNUM, 20)),
                format!("{function}?code={}==", "x".repeat(54)),
            ]),
        Example::of("azure-shared-access-signature")
            .found([
                sas("2036-01-01", &short),
                sas("2017-01-01", &short),
                sas(
                    "2036-01-01",
                    &format!("{}%2B{}%3D", chars(UPPER, 21), chars(ALNUM, 21)),
                ),
            ])
            .silent([
                sas("2036-01-01", "redacted"),
                sas("2036-01-01", &format!("{}=", "X".repeat(43))),
            ]),
    ]
}

#[cfg(test)]
mod tests {
    use super::super::tests::{BASE64, chars};
    use crate::{Context, Scanner, Weight};

    fn weight(text: &str) -> Vec<Weight> {
        let hits = Scanner::new().text(Context::File(b"srv/notes.txt"), text.as_bytes());
        hits.iter().map(|hit| hit.weight).collect()
    }

    #[test]
    fn known_keys_and_expired_signatures_weigh_less() {
        let key = format!(
            "AccountKey={}{}",
            "C2y6yDjf5/R+ob0N8A7Cgv30VRDJIWEHLM+4QDU5DE2nQ9nDuV",
            "TqobD4b8mGGyPMbIZnqyMsEcaGQy67XIw/Jw=="
        );
        assert_eq!(weight(&key), [Weight::Harmless]);
        let key = format!("AccountKey={}==", chars(BASE64, 86));
        assert_eq!(weight(&key), [Weight::Full]);
        let sig = chars(BASE64, 43);
        let url = |until| format!("https://x/?sv=2015-04-05&sr=b&se={until}&sp=r&sig={sig}=");
        assert_eq!(weight(&url("2016-01-01T00:00:00Z")), [Weight::Harmless]);
        assert_eq!(weight(&url("2029-01-01T00:00:00Z")), [Weight::Full]);
        let short = url("2029-01-31T00:00:00Z").replace("&se=", "&st=2029-01-30T00:00:00Z&se=");
        assert_eq!(weight(&short), [Weight::Doubtful]);
    }
}
