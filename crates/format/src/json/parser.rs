//! The grammar of RFC 8259, as leniently as Go's scanner takes it and no more.

use std::{borrow::Cow, collections::HashMap};

use crate::{
    AnomalyKind, Limits,
    document::Anomalies,
    excerpt::excerpt,
    json::{DocumentError, Json, JsonAnomaly, Member, Position, Trailing, Value},
};

/// Reads the first JSON value of `bytes`, and notes what other readers would take differently.
///
/// # Errors
/// When it is not JSON, or a limit on depth or number of values is passed.
pub(crate) fn parse<'a>(
    bytes: &'a [u8],
    limits: &Limits,
    trailing: Trailing,
    anomalies: &mut Anomalies,
) -> Result<Json<'a>, DocumentError> {
    if bytes.starts_with(b"\xef\xbb\xbf") {
        return Err(DocumentError::ByteOrderMark);
    }
    let mut parser = Parser {
        bytes,
        at: 0,
        values: 0,
        limits,
        anomalies,
    };
    parser.skip_white_space();
    if parser.peek().is_none() {
        return Err(DocumentError::Empty);
    }
    let json = parser.value(0)?;
    parser.end(trailing);
    Ok(json)
}

struct Parser<'a, 'b> {
    bytes: &'a [u8],
    /// Index of the next byte; never beyond the end.
    at: usize,
    values: usize,
    limits: &'b Limits,
    anomalies: &'b mut Anomalies,
}

impl<'a> Parser<'a, '_> {
    fn value(&mut self, depth: usize) -> Result<Json<'a>, DocumentError> {
        self.values = self.values.saturating_add(1);
        if self.values > self.limits.values {
            return Err(DocumentError::TooManyValues {
                position: self.position(),
                limit: self.limits.values,
            });
        }
        let offset = self.at as u64;
        let value = match self.peek() {
            Some(b'{') => Value::Object(self.object(self.deeper(depth)?)?),
            Some(b'[') => Value::Array(self.array(self.deeper(depth)?)?),
            Some(b'"') => Value::String(self.string()?),
            Some(b'-' | b'0'..=b'9') => Value::Number(self.number()?),
            Some(b't') => self.word("true", Value::Bool(true))?,
            Some(b'f') => self.word("false", Value::Bool(false))?,
            Some(b'n') => self.word("null", Value::Null)?,
            _ => return Err(self.unexpected("a value")),
        };
        Ok(Json { offset, value })
    }

    fn deeper(&self, depth: usize) -> Result<usize, DocumentError> {
        let limit = self.limits.depth.min(Limits::MAX_DEPTH);
        if depth >= limit {
            return Err(DocumentError::TooDeep {
                position: self.position(),
                limit,
            });
        }
        Ok(depth.saturating_add(1))
    }

    fn array(&mut self, depth: usize) -> Result<Vec<Json<'a>>, DocumentError> {
        let mut elements = Vec::new();
        self.step();
        self.skip_white_space();
        if self.take(b']') {
            return Ok(elements);
        }
        loop {
            elements.push(self.value(depth)?);
            self.skip_white_space();
            if self.take(b']') {
                return Ok(elements);
            }
            self.require(b',', "\",\" or \"]\" after an array element")?;
            self.skip_white_space();
        }
    }

    fn object(&mut self, depth: usize) -> Result<Vec<Member<'a>>, DocumentError> {
        let mut members = Vec::new();
        self.step();
        self.skip_white_space();
        if self.take(b'}') {
            return Ok(members);
        }
        loop {
            members.push(self.member(depth)?);
            self.skip_white_space();
            if self.take(b'}') {
                self.note_duplicates(&members);
                return Ok(members);
            }
            self.require(b',', "\",\" or \"}\" after an object member")?;
            self.skip_white_space();
        }
    }

    fn member(&mut self, depth: usize) -> Result<Member<'a>, DocumentError> {
        let offset = self.at as u64;
        if self.peek() != Some(b'"') {
            return Err(self.unexpected("a key in double quotes"));
        }
        let key = self.string()?;
        self.skip_white_space();
        self.require(b':', "\":\" after a key")?;
        self.skip_white_space();
        let value = self.value(depth)?;
        Ok(Member { offset, key, value })
    }

    /// Says once of each key that it stands more than once.
    fn note_duplicates(&mut self, members: &[Member<'_>]) {
        if members.len() < 2 {
            return;
        }
        let mut seen: HashMap<&str, (u64, bool)> = HashMap::with_capacity(members.len());
        for member in members {
            let (first, told) = seen.entry(&member.key).or_insert((member.offset, false));
            if *first == member.offset || *told {
                continue;
            }
            *told = true;
            let anomaly = JsonAnomaly::DuplicateKey {
                key: excerpt(&member.key),
                first: *first,
            };
            self.anomalies
                .note(member.offset, AnomalyKind::Json(anomaly));
        }
    }

    fn string(&mut self) -> Result<Cow<'a, str>, DocumentError> {
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

    fn number(&mut self) -> Result<&'a str, DocumentError> {
        let start = self.at;
        self.take(b'-');
        if !self.take(b'0') {
            self.digits()?;
        }
        if self.take(b'.') {
            self.digits()?;
        }
        if self.take(b'e') || self.take(b'E') {
            let _signed = self.take(b'+') || self.take(b'-');
            self.digits()?;
        }
        let text = self.bytes.get(start..self.at).unwrap_or_default();
        Ok(std::str::from_utf8(text).unwrap_or_default())
    }

    fn digits(&mut self) -> Result<(), DocumentError> {
        let is_digit = |byte: Option<u8>| byte.is_some_and(|byte| byte.is_ascii_digit());
        if !is_digit(self.peek()) {
            return Err(self.unexpected("a digit"));
        }
        while is_digit(self.peek()) {
            self.step();
        }
        Ok(())
    }

    fn word(&mut self, word: &'static str, value: Value<'a>) -> Result<Value<'a>, DocumentError> {
        for byte in word.bytes() {
            self.require(byte, word)?;
        }
        Ok(value)
    }

    fn end(&mut self, trailing: Trailing) {
        self.skip_white_space();
        let bytes = self.rest().len() as u64;
        if bytes > 0 {
            let anomaly = JsonAnomaly::TrailingBytes { bytes, trailing };
            self.anomalies
                .note(self.at as u64, AnomalyKind::Json(anomaly));
        }
    }

    fn skip_white_space(&mut self) {
        while matches!(self.peek(), Some(b' ' | b'\t' | b'\r' | b'\n')) {
            self.step();
        }
    }

    fn rest(&self) -> &'a [u8] {
        self.bytes.get(self.at..).unwrap_or_default()
    }

    fn peek(&self) -> Option<u8> {
        self.bytes.get(self.at).copied()
    }

    fn step(&mut self) {
        self.at = self.at.saturating_add(1).min(self.bytes.len());
    }

    fn take(&mut self, byte: u8) -> bool {
        let there = self.peek() == Some(byte);
        if there {
            self.step();
        }
        there
    }

    fn require(&mut self, byte: u8, expected: &'static str) -> Result<(), DocumentError> {
        if self.take(byte) {
            return Ok(());
        }
        Err(self.unexpected(expected))
    }

    fn position(&self) -> Position {
        Position::of(self.bytes, self.at as u64)
    }

    fn unexpected(&self, expected: &'static str) -> DocumentError {
        DocumentError::Syntax {
            position: self.position(),
            expected,
            found: self.found(),
        }
    }

    fn found(&self) -> String {
        match self.peek() {
            None => "the end of the document".to_owned(),
            Some(byte) if byte.is_ascii_graphic() => format!("{:?}", char::from(byte)),
            Some(byte) => format!("byte 0x{byte:02x}"),
        }
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
