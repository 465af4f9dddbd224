//! JSON objects that tokens carry in base64.

use base64::{
    Engine, alphabet,
    engine::{DecodePaddingMode, GeneralPurpose, GeneralPurposeConfig},
};
use serde_json::{Map, Value};

/// Issuers disagree about padding, and some leave bits over.
const LENIENT: GeneralPurposeConfig = GeneralPurposeConfig::new()
    .with_decode_padding_mode(DecodePaddingMode::Indifferent)
    .with_decode_allow_trailing_bits(true);
const STANDARD: GeneralPurpose = GeneralPurpose::new(&alphabet::STANDARD, LENIENT);
const URL_SAFE: GeneralPurpose = GeneralPurpose::new(&alphabet::URL_SAFE, LENIENT);

/// Bytes that `text` stands for, in either alphabet of base64.
pub(super) fn base64(text: &[u8]) -> Option<Vec<u8>> {
    let url_safe = text.iter().any(|b| matches!(b, b'-' | b'_'));
    if url_safe {
        URL_SAFE.decode(text).ok()
    } else {
        STANDARD.decode(text).ok()
    }
}

/// The object that `text` stands for.
pub(super) fn object(text: &[u8]) -> Option<Map<String, Value>> {
    serde_json::from_slice(&base64(text)?).ok()
}

/// The text in a member.
pub(super) fn text<'a>(object: &'a Map<String, Value>, name: &str) -> Option<&'a str> {
    object.get(name)?.as_str()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn either_alphabet_is_read_padded_or_not() {
        for text in ["+/8=", "+/8", "-_8=", "-_8", "-_9"] {
            assert_eq!(
                base64(text.as_bytes()).as_deref(),
                Some(&[0xfb, 0xff][..]),
                "{text}"
            );
        }
        assert_eq!(base64(b"+_8="), None);
        assert_eq!(base64(b"a"), None);
    }

    #[test]
    fn only_objects_are_objects() {
        let encode = |json: &str| STANDARD.encode(json);
        let object = |json: &str| object(encode(json).as_bytes());
        let found = object("{\"a\": \"b\", \"c\": 1}").unwrap();
        assert_eq!(text(&found, "a"), Some("b"));
        assert_eq!(text(&found, "c"), None);
        assert!(object("[1]").is_none());
        assert!(object("{\"a\": ").is_none());
    }
}
