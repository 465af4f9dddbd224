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
        let (date_time, fraction, zone) = parts(text)?;
        // Go takes any number of digits and keeps nine.
        let fraction = fraction.get(..9).unwrap_or(fraction);
        let civil: jiff::civil::DateTime = date_time.parse().ok()?;
        let whole = format!("{civil}.{fraction:0<9}{zone}");
        // The last day of the year 9999 lies beyond what jiff can hold.
        let timestamp = whole.parse().unwrap_or(jiff::Timestamp::MAX);
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

/// `2006-01-02T15:04:05`, the digits of `.999`, and `Z` or `+01:00`; jiff alone would take more than RFC 3339.
fn parts(text: &str) -> Option<(&str, &str, &str)> {
    let (date_time, rest) = text.split_at_checked("0000-00-00T00:00:00".len())?;
    let digits = rest.strip_prefix('.').unwrap_or_default();
    let zone_at = digits
        .find(|c: char| !c.is_ascii_digit())
        .unwrap_or(digits.len());
    let (fraction, zone) = match rest.strip_prefix('.') {
        Some(digits) if zone_at > 0 => digits.split_at_checked(zone_at)?,
        Some(_) => return None,
        None => ("", rest),
    };
    let sound = fits(date_time, "0000-00-00T00:00:00") && is_zone(zone);
    sound.then_some((date_time, fraction, zone))
}

fn is_zone(text: &str) -> bool {
    let shaped = fits(text, "+00:00") || fits(text, "-00:00");
    let below = |part: Option<&str>, end| part.is_some_and(|part| part < end);
    text == "Z" || shaped && below(text.get(1..3), "24") && below(text.get(4..6), "60")
}

/// Whether `text` is `shape`, in which `0` is any digit.
fn fits(text: &str, shape: &str) -> bool {
    let fits = |(byte, shape): (u8, u8)| match shape {
        b'0' => byte.is_ascii_digit(),
        _ => byte == shape,
    };
    text.len() == shape.len() && text.bytes().zip(shape.bytes()).all(fits)
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

#[cfg(test)]
mod tests {
    use super::*;

    fn seconds(text: &str) -> Option<i64> {
        Time::parse(text).map(|time| time.timestamp().as_second())
    }

    #[test]
    fn moments() {
        assert_eq!(seconds("1970-01-01T00:00:00Z"), Some(0));
        assert_eq!(seconds("1970-01-01T01:00:01+01:00"), Some(1));
        assert_eq!(seconds("0001-01-01T00:00:00Z"), Some(-62_135_596_800));
        let time = Time::parse("2017-02-16T11:27:42.123456789Z").unwrap();
        assert_eq!(time.timestamp().subsec_nanosecond(), 123_456_789);
        let long = Time::parse("2017-02-16T11:27:42.1234567899999Z").unwrap();
        assert_eq!(long.timestamp(), time.timestamp());
        let short = Time::parse("2017-02-16T11:27:42.5Z").unwrap();
        assert_eq!(short.timestamp().subsec_nanosecond(), 500_000_000);
    }

    #[test]
    fn last_second_of_the_year_9999_is_read() {
        assert!(Time::parse("9999-12-31T23:59:59Z").is_some());
    }

    #[test]
    fn other_forms_are_refused() {
        for text in [
            "",
            "2017-02-16",
            "2017-02-16T11:27:42",
            "2017-02-16 11:27:42Z",
            "2017-02-16t11:27:42z",
            "2017-13-16T11:27:42Z",
            "2017-02-30T11:27:42Z",
            "2017-02-16T25:27:42Z",
            "2017-02-16T11:27:42.Z",
            "2017-02-16T11:27:42+0100",
            "2017-02-16T11:27:42+24:00",
            "2017-02-16T11:27:42-01:60",
            "2017-02-16T11:27:42Z ",
            "2017-02-16T11:27:42Z[UTC]",
            "1487244462",
            "20170216T112742Z",
            "2017-02-16T11:27:42.1\u{e9}",
            "2017-02-16T11:27:4\u{e9}Z",
        ] {
            assert_eq!(Time::parse(text), None, "{text}");
        }
    }
}
