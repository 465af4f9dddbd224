//! PAX records: `LENGTH KEY=VALUE\n` (POSIX.1-2001, pax, "Extended Header").

use std::ops::Range;

/// One record as it stood in the archive.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct PaxRecord<'a> {
    /// What is before the first `=`.
    pub key: &'a [u8],
    /// What follows it; may hold any byte.
    pub value: &'a [u8],
    /// Whether a later record of the same header has the same key, so that this one is not used.
    pub shadowed: bool,
}

/// The records of one PAX header, in order.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct PaxRecords {
    payload: Vec<u8>,
    // Invariant: ranges lie inside `payload`.
    spans: Vec<Span>,
}

#[derive(Debug, Clone, PartialEq, Eq)]
struct Span {
    key: Range<usize>,
    value: Range<usize>,
    shadowed: bool,
}

impl PaxRecords {
    /// All records, shadowed and unknown ones too.
    pub fn iter(&self) -> impl Iterator<Item = PaxRecord<'_>> {
        self.spans.iter().filter_map(|span| {
            Some(PaxRecord {
                key: self.payload.get(span.key.clone())?,
                value: self.payload.get(span.value.clone())?,
                shadowed: span.shadowed,
            })
        })
    }

    /// The records that count: the last of each key, unless its value is empty.
    pub fn effective(&self) -> impl Iterator<Item = PaxRecord<'_>> {
        self.iter()
            .filter(|record| !record.shadowed && !record.value.is_empty())
    }

    /// Value of the record that counts for `key`.
    #[must_use]
    pub fn get(&self, key: &[u8]) -> Option<&[u8]> {
        self.effective()
            .find(|record| record.key == key)
            .map(|record| record.value)
    }

    /// Whether there are no records.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.spans.is_empty()
    }
}
