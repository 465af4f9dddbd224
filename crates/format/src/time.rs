//! Moments that documents state.

use std::fmt;

use crate::json::{Refused, Scalar, Value, decode_scalar};

/// An RFC 3339 moment as a document spells it.
///
/// Years from 0 on: Go writes the year 1 when no time was set.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Time {
    // Invariant: `timestamp` is what `text` says.
    text: String,
    timestamp: jiff::Timestamp,
}

impl Time {
    /// Reads an RFC 3339 time with its offset; `None` for anything else.
    #[must_use]
    pub fn parse(text: &str) -> Option<Self> {
        let timestamp = is_rfc3339(text).then(|| text.parse().ok()).flatten()?;
        Some(Self {
            text: text.to_owned(),
            timestamp,
        })
    }

    /// As spelled.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.text
    }

    /// The same moment, to the nanosecond.
    #[must_use]
    pub fn timestamp(&self) -> jiff::Timestamp {
        self.timestamp
    }
}

/// Whether `text` has the shape that Go asks for: jiff also reads other ISO 8601 forms.
fn is_rfc3339(text: &str) -> bool {
    let bytes = text.as_bytes();
    let fits = |(at, shape): (usize, u8)| match (bytes.get(at), shape) {
        (Some(byte), b'0') => byte.is_ascii_digit(),
        (Some(byte), shape) => *byte == shape,
        (None, _) => false,
    };
    let date_time = b"0000-00-00T00:00:00";
    let zone = |zone: &str| {
        zone == "Z"
            || zone.len() == 6
                && zone.starts_with(['+', '-'])
                && zone.bytes().skip(1).enumerate().all(|(at, byte)| match at {
                    2 => byte == b':',
                    _ => byte.is_ascii_digit(),
                })
    };
    let Some(rest) = text.get(date_time.len()..) else {
        return false;
    };
    let fraction = rest.strip_prefix(['.', ',']);
    let rest = fraction.map_or(rest, |digits| {
        digits.trim_start_matches(|c: char| c.is_ascii_digit())
    });
    date_time.iter().copied().enumerate().all(fits) && zone(rest)
}

impl fmt::Display for Time {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(&self.text)
    }
}

impl Scalar for Time {
    fn read(value: &Value<'_>) -> Result<Self, Refused> {
        let time = match value {
            Value::String(text) => Self::parse(text),
            _ => None,
        };
        time.ok_or(Refused::Type("an RFC 3339 time"))
    }
}

decode_scalar!(Time);
