//! Strings of JSON, unescaped as Go does.

use std::borrow::Cow;

use crate::{
    AnomalyKind,
    json::{DocumentError, JsonAnomaly, scanner::Scanner},
};

impl<'a> Scanner<'a, '_> {
    pub(super) fn string(&mut self) -> Result<Cow<'a, str>, DocumentError> {
        let start = self.at as u64;
        let mut text = Cow::Borrowed("");
        let mut faults = Faults::default();
        self.step();
        loop {
            self.plain_run(&mut text, &mut faults);
            match self.peek() {
                Some(b'"') => break,
                Some(b'\\') => text.to_mut().push(self.escape(&mut faults)?),
                _ => return Err(self.unexpected("\"\\\"\" or a character that needs no escape")),
            }
        }
        self.step();
        if faults.not_utf8 {
            self.anomalies
                .note(start, AnomalyKind::Json(JsonAnomaly::InvalidUtf8));
        }
        if faults.lone_surrogate {
            self.anomalies
                .note(start, AnomalyKind::Json(JsonAnomaly::LoneSurrogate));
        }
        Ok(text)
    }

    /// Takes what needs no unescaping, and puts U+FFFD for each byte that is not UTF-8, as Go does.
    fn plain_run(&mut self, text: &mut Cow<'a, str>, faults: &mut Faults) {
        let rest = self.rest();
        let plain = |byte: &u8| *byte >= b' ' && *byte != b'"' && *byte != b'\\';
        let length = rest
            .iter()
            .position(|byte| !plain(byte))
            .unwrap_or(rest.len());
        let mut run = rest.get(..length).unwrap_or_default();
        self.at = self.at.saturating_add(length);
        loop {
            let error = match std::str::from_utf8(run) {
                Ok(sound) if text.is_empty() => return *text = Cow::Borrowed(sound),
                Ok(sound) => return text.to_mut().push_str(sound),
                Err(error) => error,
            };
            faults.not_utf8 = true;
            let (sound, bad) = run
                .split_at_checked(error.valid_up_to())
                .unwrap_or_default();
            text.to_mut()
                .push_str(std::str::from_utf8(sound).unwrap_or_default());
            text.to_mut().push(char::REPLACEMENT_CHARACTER);
            run = bad.get(1..).unwrap_or_default();
        }
    }

    fn escape(&mut self, faults: &mut Faults) -> Result<char, DocumentError> {
        self.step();
        let meaning = match self.peek() {
            Some(byte @ (b'"' | b'\\' | b'/')) => char::from(byte),
            Some(b'b') => '\u{8}',
            Some(b'f') => '\u{c}',
            Some(b'n') => '\n',
            Some(b'r') => '\r',
            Some(b't') => '\t',
            Some(b'u') => return self.unicode_escape(faults),
            _ => return Err(self.unexpected("one of \"\\/bfnrtu after a backslash")),
        };
        self.step();
        Ok(meaning)
    }

    /// Stands at the `u`; a pair of surrogates is one character.
    fn unicode_escape(&mut self, faults: &mut Faults) -> Result<char, DocumentError> {
        let first = self.four_digits()?;
        if let Some(meaning) = char::from_u32(first) {
            return Ok(meaning);
        }
        if let Some(meaning) = self.second_half(first)? {
            return Ok(meaning);
        }
        faults.lone_surrogate = true;
        Ok(char::REPLACEMENT_CHARACTER)
    }

    /// The character that `first` and the escape that follows are; else the escape is left alone.
    fn second_half(&mut self, first: u32) -> Result<Option<char>, DocumentError> {
        let before = self.at;
        if !self.rest().starts_with(b"\\u") {
            return Ok(None);
        }
        self.step();
        let second = self.four_digits()?;
        let (Some(high), Some(low)) = (surrogate(first, 0xd800), surrogate(second, 0xdc00)) else {
            self.at = before;
            return Ok(None);
        };
        Ok(char::from_u32(0x1_0000 + (high << 10 | low)))
    }

    /// Stands at the `u`.
    fn four_digits(&mut self) -> Result<u32, DocumentError> {
        let mut code = 0;
        self.step();
        for _ in 0..4 {
            let digit = self.peek().and_then(|byte| char::from(byte).to_digit(16));
            let digit = digit.ok_or_else(|| self.unexpected("four hex digits after \\u"))?;
            code = code << 4 | digit;
            self.step();
        }
        Ok(code)
    }
}

/// What was odd in one string.
#[derive(Default)]
struct Faults {
    not_utf8: bool,
    lone_surrogate: bool,
}

/// The ten bits that half of a surrogate pair carries, when it is the half that begins at `base`.
fn surrogate(code: u32, base: u32) -> Option<u32> {
    code.checked_sub(base).filter(|bits| *bits < 0x400)
}

#[cfg(test)]
mod tests {
    use crate::{
        Limits,
        document::Anomalies,
        json::{DocumentError, Trailing, Value, parse},
    };

    fn read(bytes: &[u8]) -> Result<(String, Vec<String>), DocumentError> {
        let limits = Limits::default();
        let mut anomalies = Anomalies::new(&limits);
        let json = parse(bytes, &limits, Trailing::Refused, &mut anomalies)?;
        let Value::String(text) = json.value else {
            panic!("not a string")
        };
        let told = anomalies
            .finish()
            .into_iter()
            .map(|located| located.kind.to_string());
        Ok((text.into_owned(), told.collect()))
    }

    fn sound(text: &str) -> String {
        let (text, told) = read(text.as_bytes()).unwrap();
        assert_eq!(told, [""; 0]);
        text
    }

    fn odd(bytes: &[u8]) -> (String, String) {
        let (text, told) = read(bytes).unwrap();
        (text, told.join("; "))
    }

    #[test]
    fn escapes() {
        assert_eq!(sound(r#""a\"\\\/\b\f\n\r\tz""#), "a\"\\/\u{8}\u{c}\n\r\tz");
        assert_eq!(sound(r#""\u0041\u00e9\u20AC\u0000""#), "Aé€\0");
        assert_eq!(sound("\"é\u{7f}\""), "é\u{7f}");
        assert_eq!(sound(r#""""#), "");
    }

    #[test]
    fn pairs_of_surrogates_are_one_character() {
        assert_eq!(sound(r#""\ud83d\ude00""#), "\u{1f600}");
        assert_eq!(sound(r#""\uDBFF\uDFFF""#), "\u{10ffff}");
        assert_eq!(sound(r#""\ud800\udc00""#), "\u{10000}");
    }

    // Expected values as Go 1.19 prints them.
    #[test]
    fn half_pairs_are_replaced() {
        for (text, expected) in [
            (r#""\ud800""#, "\u{fffd}"),
            (r#""\ud800A""#, "\u{fffd}A"),
            (r#""\ud800\u0041""#, "\u{fffd}A"),
            (r#""\ud800\n""#, "\u{fffd}\n"),
            (r#""\ud800\ud800\udc00""#, "\u{fffd}\u{10000}"),
            (r#""\udc00\ud800""#, "\u{fffd}\u{fffd}"),
        ] {
            let (text, told) = odd(text.as_bytes());
            assert_eq!(text, expected);
            assert!(told.starts_with("string holds half of a surrogate pair"));
        }
    }

    #[test]
    fn each_byte_that_is_not_utf8_is_replaced() {
        for (bytes, expected) in [
            (&b"\"\xff\""[..], "\u{fffd}"),
            (b"\"a\xe2\x82b\"", "a\u{fffd}\u{fffd}b"),
            (b"\"\xed\xa0\x80\"", "\u{fffd}\u{fffd}\u{fffd}"),
            (b"\"\xc3\xa9\xc3\\n\"", "é\u{fffd}\n"),
        ] {
            let (text, told) = odd(bytes);
            assert_eq!(text, expected);
            assert!(told.starts_with("string holds bytes that are not UTF-8"));
        }
    }

    #[test]
    fn malformed_strings() {
        let error = |text: &str| read(text.as_bytes()).unwrap_err().to_string();
        assert_eq!(
            error("\"a\nb\""),
            "expected \"\\\"\" or a character that needs no escape at byte 2 (line 1, column 3), found byte 0x0a"
        );
        assert!(
            error("\"abc").ends_with("at byte 4 (line 1, column 5), found the end of the document")
        );
        assert!(
            error(r#""\x""#).starts_with("expected one of \"\\/bfnrtu after a backslash at byte 2")
        );
        assert!(error(r#""\u12g4""#).starts_with("expected four hex digits after \\u at byte 5"));
        assert!(
            error(r#""\ud800\u12""#).starts_with("expected four hex digits after \\u at byte 11")
        );
        assert!(error(r#""\u""#).starts_with("expected four hex digits after \\u at byte 3"));
    }
}
