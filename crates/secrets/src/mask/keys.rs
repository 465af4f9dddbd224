//! Private keys that a text quotes.

use std::borrow::Cow;

use memchr::memmem;

use crate::key;

/// Begins the line that ends a key.
const END: &[u8] = b"-----END ";

/// Stands for what is not shown.
const MASK: &str = "[private key]";

/// More bytes than this between two markers may be a key, in however many lines or commands it is
/// written; fewer are a command that looks for keys.
const LONGEST_COMMAND: usize = 32;

/// Decoded bytes after a marker that make it a key whose end was cut off.
const SHORTEST_KEY: usize = 16;

/// The text without the private keys that it quotes: their markers stay, what is between them goes.
///
/// A key whose end marker was cut off takes all that follows it along.
#[must_use]
pub fn masked(text: &str) -> Cow<'_, str> {
    let bytes = text.as_bytes();
    let mut shown = String::new();
    let (mut copied, mut at, mut ends) = (0, 0, true);
    for start in memmem::find_iter(bytes, key::MARKER) {
        let Some(window) = bytes.get(start..).filter(|_| start >= at) else {
            continue;
        };
        let Some(marker) = key::marker_length(window) else {
            continue;
        };
        let body = window.get(marker..).unwrap_or_default();
        let length = ends.then(|| memmem::find(body, END)).flatten();
        ends &= length.is_some();
        let is_key = match length {
            Some(length) => length > LONGEST_COMMAND,
            None => key::body_length(window) >= SHORTEST_KEY,
        };
        if is_key {
            let open = start + marker;
            shown.push_str(text.get(copied..open).unwrap_or_default());
            shown.push_str(MASK);
            copied = open + length.unwrap_or(body.len());
            at = copied;
        }
    }
    if copied == 0 {
        return Cow::Borrowed(text);
    }
    shown.push_str(text.get(copied..).unwrap_or_default());
    Cow::Owned(shown)
}

#[cfg(test)]
mod tests {
    use super::*;

    const BODY: &str = "MIIEvQIBADANBgkqhkiG9w0BAQEFAASCBKcwggSjAgEAAoIBAQC7";

    fn begin(kind: &str) -> String {
        format!("-----BEGIN {kind}{} KEY-----", "PRIVATE")
    }

    fn end(kind: &str) -> String {
        format!("-----END {kind}{} KEY-----", "PRIVATE")
    }

    #[test]
    fn keys_in_every_spelling_are_masked() {
        for (kind, between) in [
            ("", format!("\n{BODY}\n{BODY}\n")),
            ("RSA ", format!("\\n{BODY}\\n")),
            ("EC ", format!("\nProc-Type: 4,ENCRYPTED\n\n{BODY}\n")),
            (
                "OPENSSH ",
                format!("\" > k && echo \"{BODY}\" >> k && echo \""),
            ),
        ] {
            let text = format!("RUN a <<E\n{}{between}{}\nE", begin(kind), end(kind));
            let shown = format!("RUN a <<E\n{}[private key]{}\nE", begin(kind), end(kind));
            assert_eq!(masked(&text), shown);
        }
    }

    #[test]
    fn each_of_several_keys_is_masked() {
        let one = format!("{}{BODY}{} é ", begin(""), end(""));
        let shown = format!("{}[private key]{} é ", begin(""), end(""));
        assert_eq!(masked(&one.repeat(3)), shown.repeat(3));
    }

    #[test]
    fn a_key_without_its_end_takes_the_rest_along() {
        let text = format!("echo {}\n{BODY}", begin(""));
        assert_eq!(masked(&text), format!("echo {}[private key]", begin("")));
    }

    #[test]
    fn commands_that_look_for_keys_stay() {
        for text in [
            "RUN true".to_owned(),
            format!("RUN grep -q '{}' /etc/key && make all", begin("")),
            format!("RUN sed -n '/{}/,/{}/p' k", begin(""), end("")),
            "-----BEGIN CERTIFICATE-----\nMIIEvQIBADANBgkqhkiG9w0BAQEFAASC\n-----END CERTIFICATE-----".to_owned(),
        ] {
            assert_eq!(masked(&text), text);
        }
    }

    /// Would take hours if each marker looked for its end anew.
    #[test]
    fn a_flood_of_markers_is_linear() {
        let text = begin("").repeat(100_000);
        assert_eq!(masked(&text), text);
    }
}
