//! The grammar of RFC 8259, as leniently as Go's scanner takes it and no more.

use std::{borrow::Cow, collections::HashMap};

use crate::{
    AnomalyKind, Limits,
    document::Anomalies,
    excerpt::excerpt,
    json::{DocumentError, Json, JsonAnomaly, Member, Trailing, Value, scanner::Scanner},
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
    let mut scanner = Scanner::new(bytes, anomalies);
    scanner.skip_white_space();
    if scanner.peek().is_none() {
        return Err(DocumentError::Empty);
    }
    let mut parser = Parser {
        scanner,
        limits,
        values: 0,
    };
    let json = parser.document()?;
    parser.end(trailing);
    Ok(json)
}

struct Parser<'a, 'b> {
    scanner: Scanner<'a, 'b>,
    limits: &'b Limits,
    values: usize,
}

/// A value, as far as it was taken.
enum Begun<'a> {
    Whole(Value<'a>),
    Opened(Open<'a>),
}

/// An array or object whose end has not been reached.
enum Open<'a> {
    Array(Vec<Json<'a>>),
    Object {
        members: Vec<Member<'a>>,
        /// The key of the value that comes next, and where it begins.
        key: (u64, Cow<'a, str>),
    },
}

impl<'a> Open<'a> {
    fn add(&mut self, value: Json<'a>) {
        match self {
            Self::Array(elements) => elements.push(value),
            Self::Object { members, key } => {
                let (offset, key) = std::mem::take(key);
                members.push(Member { offset, key, value });
            }
        }
    }

    fn close(self) -> Value<'a> {
        match self {
            Self::Array(elements) => Value::Array(elements),
            Self::Object { members, .. } => Value::Object(members),
        }
    }
}

impl<'a> Parser<'a, '_> {
    /// Reads one value without recursion: a thread's stack is no measure for a document.
    fn document(&mut self) -> Result<Json<'a>, DocumentError> {
        let mut open: Vec<(u64, Open<'a>)> = Vec::new();
        loop {
            let offset = self.scanner.offset();
            let mut done = match self.begin(open.len())? {
                Begun::Opened(container) => {
                    open.push((offset, container));
                    continue;
                }
                Begun::Whole(value) => Json { offset, value },
            };
            loop {
                let Some((offset, mut container)) = open.pop() else {
                    return Ok(done);
                };
                container.add(done);
                if !self.ends(&mut container)? {
                    open.push((offset, container));
                    break;
                }
                let value = container.close();
                done = Json { offset, value };
            }
        }
    }

    /// Stands at a value: takes it whole, or up to the first value within it.
    fn begin(&mut self, depth: usize) -> Result<Begun<'a>, DocumentError> {
        self.values = self.values.saturating_add(1);
        if self.values > self.limits.values {
            return Err(DocumentError::TooManyValues {
                position: self.scanner.position(),
                limit: self.limits.values,
            });
        }
        Ok(Begun::Whole(match self.scanner.peek() {
            Some(b'{' | b'[') => return self.open(depth),
            Some(b'"') => Value::String(self.scanner.string()?),
            Some(b'-' | b'0'..=b'9') => Value::Number(self.scanner.number()?),
            Some(b't') => self.word("true", Value::Bool(true))?,
            Some(b'f') => self.word("false", Value::Bool(false))?,
            Some(b'n') => self.word("null", Value::Null)?,
            _ => return Err(self.scanner.unexpected("a value")),
        }))
    }

    fn word(&mut self, word: &'static str, value: Value<'a>) -> Result<Value<'a>, DocumentError> {
        self.scanner.word(word)?;
        Ok(value)
    }

    /// Stands at a bracket or brace.
    fn open(&mut self, depth: usize) -> Result<Begun<'a>, DocumentError> {
        let limit = self.limits.depth.min(Limits::MAX_DEPTH);
        if depth >= limit {
            return Err(DocumentError::TooDeep {
                position: self.scanner.position(),
                limit,
            });
        }
        if self.scanner.take(b'[') {
            self.scanner.skip_white_space();
            if self.scanner.take(b']') {
                return Ok(Begun::Whole(Value::Array(Vec::new())));
            }
            return Ok(Begun::Opened(Open::Array(Vec::new())));
        }
        self.scanner.step();
        self.scanner.skip_white_space();
        if self.scanner.take(b'}') {
            return Ok(Begun::Whole(Value::Object(Vec::new())));
        }
        Ok(Begun::Opened(Open::Object {
            members: Vec::new(),
            key: self.key()?,
        }))
    }

    /// Whether the container ends after the value just added; if not, stands at the next value.
    fn ends(&mut self, container: &mut Open<'a>) -> Result<bool, DocumentError> {
        self.scanner.skip_white_space();
        match container {
            Open::Array(_) => {
                if self.scanner.take(b']') {
                    return Ok(true);
                }
                self.scanner
                    .require(b',', "\",\" or \"]\" after an array element")?;
                self.scanner.skip_white_space();
            }
            Open::Object { members, key } => {
                if self.scanner.take(b'}') {
                    self.note_duplicates(members);
                    return Ok(true);
                }
                self.scanner
                    .require(b',', "\",\" or \"}\" after an object member")?;
                self.scanner.skip_white_space();
                *key = self.key()?;
            }
        }
        Ok(false)
    }

    /// Takes a key up to the value that belongs to it.
    fn key(&mut self) -> Result<(u64, Cow<'a, str>), DocumentError> {
        let offset = self.scanner.offset();
        if self.scanner.peek() != Some(b'"') {
            return Err(self.scanner.unexpected("a key in double quotes"));
        }
        let key = self.scanner.string()?;
        self.scanner.skip_white_space();
        self.scanner.require(b':', "\":\" after a key")?;
        self.scanner.skip_white_space();
        Ok((offset, key))
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
            self.scanner
                .anomalies
                .note(member.offset, AnomalyKind::Json(anomaly));
        }
    }

    fn end(&mut self, trailing: Trailing) {
        self.scanner.skip_white_space();
        let bytes = self.scanner.rest().len() as u64;
        if bytes > 0 {
            let anomaly = JsonAnomaly::TrailingBytes { bytes, trailing };
            self.scanner
                .anomalies
                .note(self.scanner.offset(), AnomalyKind::Json(anomaly));
        }
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn read(bytes: &[u8], trailing: Trailing) -> Result<(String, Vec<String>), DocumentError> {
        let limits = Limits::default();
        let mut anomalies = Anomalies::new(&limits);
        let json = parse(bytes, &limits, trailing, &mut anomalies)?;
        let anomalies = anomalies.finish().into_iter();
        let told = anomalies.map(|located| format!("{}: {}", located.offset, located.kind));
        Ok((as_serde(&json).to_string(), told.collect()))
    }

    fn value(text: &str) -> String {
        let (value, anomalies) = read(text.as_bytes(), Trailing::Refused).unwrap();
        assert_eq!(anomalies, [""; 0], "{text}");
        value
    }

    fn error(text: &str) -> String {
        read(text.as_bytes(), Trailing::Refused)
            .unwrap_err()
            .to_string()
    }

    fn as_serde(json: &Json<'_>) -> serde_json::Value {
        match &json.value {
            Value::Null => serde_json::Value::Null,
            Value::Bool(truth) => (*truth).into(),
            Value::Number(text) => serde_json::from_str(text).unwrap_or_default(),
            Value::String(text) => text.as_ref().into(),
            Value::Array(elements) => elements.iter().map(as_serde).collect(),
            Value::Object(members) => {
                let members = members
                    .iter()
                    .map(|member| (member.key.to_string(), as_serde(&member.value)));
                serde_json::Value::Object(members.collect())
            }
        }
    }

    #[test]
    fn every_kind_of_value() {
        let text = r#"{"a":[1,-2.5,0],"b":{"c":"d"},"e":[],"f":{},"g":[true,false,null]}"#;
        assert_eq!(value(text), text);
        assert_eq!(value(" \t\r\n[ 1 , { \"a\" : 2 } ] \n"), r#"[1,{"a":2}]"#);
    }

    #[test]
    fn syntax_errors_say_where_and_what() {
        for (text, message) in [
            (
                "[1,]",
                "expected a value at byte 3 (line 1, column 4), found ']'",
            ),
            (
                "[1",
                "expected \",\" or \"]\" after an array element at byte 2 (line 1, column 3), found the end of the document",
            ),
            (
                "{\n\"a\" 1}",
                "expected \":\" after a key at byte 6 (line 2, column 5), found '1'",
            ),
            (
                "{a:1}",
                "expected a key in double quotes at byte 1 (line 1, column 2), found 'a'",
            ),
            (
                "{\"a\":1,}",
                "expected a key in double quotes at byte 7 (line 1, column 8), found '}'",
            ),
            (
                "{\"a\":1 \"b\":2}",
                "expected \",\" or \"}\" after an object member at byte 7 (line 1, column 8), found '\"'",
            ),
            (
                "[01]",
                "expected \",\" or \"]\" after an array element at byte 2 (line 1, column 3), found '1'",
            ),
            (
                "[1.]",
                "expected a digit at byte 3 (line 1, column 4), found ']'",
            ),
            (
                "[-]",
                "expected a digit at byte 2 (line 1, column 3), found ']'",
            ),
            (
                "[+1]",
                "expected a value at byte 1 (line 1, column 2), found '+'",
            ),
            (
                "[1e]",
                "expected a digit at byte 3 (line 1, column 4), found ']'",
            ),
            (
                "[nul]",
                "expected null at byte 4 (line 1, column 5), found ']'",
            ),
            (
                "\u{1}",
                "expected a value at byte 0 (line 1, column 1), found byte 0x01",
            ),
        ] {
            assert_eq!(error(text), message, "{text:?}");
        }
    }

    #[test]
    fn nothing_is_no_document() {
        assert_eq!(error(""), "document is empty");
        assert_eq!(error(" \n"), "document is empty");
    }

    #[test]
    fn byte_order_mark_has_its_own_message() {
        assert_eq!(
            error("\u{feff}{}"),
            "document begins with a byte order mark at byte 0"
        );
    }

    #[test]
    fn nesting_stops_at_the_limit() {
        let nested = |depth| format!("{}{}", "[".repeat(depth), "]".repeat(depth));
        assert_eq!(value(&nested(100)), nested(100));
        let limits = Limits {
            depth: usize::MAX,
            ..Limits::default()
        };
        let mut anomalies = Anomalies::new(&limits);
        let deepest = nested(Limits::MAX_DEPTH);
        assert!(
            parse(
                deepest.as_bytes(),
                &limits,
                Trailing::Refused,
                &mut anomalies
            )
            .is_ok()
        );
        assert_eq!(
            error(&nested(1001)),
            "arrays and objects are nested more than 1000 deep at byte 1000 (line 1, column 1001)"
        );
        assert!(error(&"{\"a\":".repeat(1_000_000)).starts_with("arrays and objects are nested"));
    }

    #[test]
    fn number_of_values_stops_at_the_limit() {
        let limits = Limits {
            values: 3,
            ..Limits::default()
        };
        let read = |text: &str| {
            let mut anomalies = Anomalies::new(&limits);
            parse(text.as_bytes(), &limits, Trailing::Refused, &mut anomalies).map(|_| ())
        };
        assert!(read("[1,2]").is_ok());
        assert!(matches!(
            read("[1,2,3]"),
            Err(DocumentError::TooManyValues { limit: 3, .. })
        ));
    }

    #[test]
    fn bytes_after_the_document_divide_engines() {
        let (value, told) = read(b"{} [1]", Trailing::Allowed).unwrap();
        assert_eq!(value, "{}");
        assert_eq!(
            told,
            [
                "3: 3 bytes follow the document: docker and containerd ignore them, podman refuses the document"
            ]
        );
        let (_, told) = read(b"{}\0", Trailing::Refused).unwrap();
        assert_eq!(
            told,
            ["2: 1 bytes follow the document: docker, containerd and podman refuse the document"]
        );
    }

    #[test]
    fn duplicate_keys_are_told_once_each() {
        let (_, told) = read(
            br#"{"a":1,"b":2,"a":3,"a":4,"c":{"a":5}}"#,
            Trailing::Refused,
        )
        .unwrap();
        assert_eq!(
            told,
            [
                "13: key \"a\" stands twice, first at byte 1: engines merge both, the last wins; other readers differ"
            ]
        );
    }

    #[test]
    fn anomalies_beyond_the_limit_are_counted() {
        let limits = Limits {
            anomalies: 2,
            ..Limits::default()
        };
        let mut anomalies = Anomalies::new(&limits);
        let text = br#"["\ud800","\ud800","\ud800","\ud800"]"#;
        parse(text, &limits, Trailing::Refused, &mut anomalies).unwrap();
        let told = anomalies.finish();
        assert_eq!(told.len(), 3);
        assert_eq!(
            told[2].kind.to_string(),
            "2 more of such anomalies in this document"
        );
    }

    /// Bytes that are often nearly JSON.
    fn nearly_json() -> impl Strategy<Value = Vec<u8>> {
        let pieces = [
            "{", "}", "[", "]", ",", ":", "\"", "\"a\"", "\"a\":", "\\", "\\u00e9", "\\ud83d",
            "\\ude00", "1", "-0.5e+3", "0", "true", "null", " ", "é", "\u{1}",
        ];
        let piece = prop_oneof![
            20 => proptest::sample::select(pieces.to_vec()).prop_map(|piece| piece.as_bytes().to_vec()),
            1 => any::<u8>().prop_map(|byte| vec![byte]),
        ];
        proptest::collection::vec(piece, 0..20).prop_map(|pieces| pieces.concat())
    }

    proptest! {
        #![proptest_config(ProptestConfig::with_cases(2000))]

        #[test]
        fn agrees_with_serde_where_that_is_as_lenient(bytes in nearly_json()) {
            let theirs = serde_json::from_slice::<serde_json::Value>(&bytes);
            match read(&bytes, Trailing::Refused) {
                Ok((ours, told)) if told.is_empty() => match theirs {
                    Ok(theirs) => prop_assert_eq!(ours, theirs.to_string()),
                    Err(error) => prop_assert!(error.to_string().starts_with("number out of range")),
                },
                Ok(_) => {}
                Err(_) => prop_assert!(theirs.is_err()),
            }
        }

        #[test]
        fn arbitrary_bytes_are_read_or_refused(bytes in proptest::collection::vec(any::<u8>(), 0..200)) {
            let _ = read(&bytes, Trailing::Allowed);
        }
    }
}
