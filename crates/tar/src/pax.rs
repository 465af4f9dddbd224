//! PAX records: `LENGTH KEY=VALUE\n` (POSIX.1-2001, pax, "Extended Header").

use std::ops::Range;

use crate::sparse::decimal;

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
    // Room for finding repeated keys.
    order: Vec<usize>,
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
        self.spans.iter().map(|span| self.record(span))
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

    /// The header's content as it stood.
    #[must_use]
    pub fn as_bytes(&self) -> &[u8] {
        &self.payload
    }

    /// Forgets everything and gives the room for the next payload.
    pub(crate) fn clear(&mut self) -> &mut Vec<u8> {
        self.spans.clear();
        self.payload.clear();
        &mut self.payload
    }

    /// Reads the payload; an error says where in it, and what is wrong.
    pub(crate) fn parse(&mut self) -> Result<(), (usize, &'static str)> {
        let mut at = 0;
        while let Some(rest) = self.payload.get(at..).filter(|rest| !rest.is_empty()) {
            let (key, value, length) = split_record(rest).map_err(|problem| (at, problem))?;
            self.spans.push(Span {
                key: at + key.start..at + key.end,
                value: at + value.start..at + value.end,
                shadowed: false,
            });
            at += length;
        }
        self.check_sparse_pairs().map_err(|problem| (0, problem))?;
        self.mark_shadowed();
        Ok(())
    }

    /// A key that stands twice, if any does.
    pub(crate) fn repeated_key(&self) -> Option<&[u8]> {
        let mut shadowed = self.iter().filter(|record| record.shadowed);
        shadowed.next().map(|record| record.key)
    }

    /// The map of a PAX 0.0 sparse file, as 0.1 would write it: the one format repeats keys.
    pub(crate) fn sparse_pairs(&self) -> Option<Vec<u8>> {
        let mut pairs = self.iter().filter(|record| is_sparse_pair(record.key));
        let mut map = pairs.next()?.value.to_vec();
        for record in pairs {
            map.push(b',');
            map.extend_from_slice(record.value);
        }
        Some(map)
    }

    fn record(&self, span: &Span) -> PaxRecord<'_> {
        PaxRecord {
            key: self.payload.get(span.key.clone()).unwrap_or_default(),
            value: self.payload.get(span.value.clone()).unwrap_or_default(),
            shadowed: span.shadowed,
        }
    }

    /// Offsets and lengths must alternate, and must not look like more than one number.
    fn check_sparse_pairs(&self) -> Result<(), &'static str> {
        let pairs = self.iter().filter(|record| is_sparse_pair(record.key));
        for (i, record) in pairs.enumerate() {
            let offset = record.key == SPARSE_OFFSET;
            if offset != (i % 2 == 0) || record.value.contains(&b',') {
                return Err("its sparse map is not in order");
            }
        }
        Ok(())
    }

    fn mark_shadowed(&mut self) {
        if self.spans.len() < 2 {
            return;
        }
        let key = |i: &usize| {
            let span = self.spans.get(*i).map(|span| span.key.clone());
            self.payload
                .get(span.unwrap_or_default())
                .unwrap_or_default()
        };
        self.order.clear();
        self.order.extend(0..self.spans.len());
        self.order.sort_by(|a, b| key(a).cmp(key(b)));
        let repeats = self.order.windows(2).filter_map(|pair| match pair {
            [first, second] if key(first) == key(second) && !is_sparse_pair(key(first)) => {
                Some(*first)
            }
            _ => None,
        });
        for i in repeats.collect::<Vec<_>>() {
            if let Some(span) = self.spans.get_mut(i) {
                span.shadowed = true;
            }
        }
    }
}

const SPARSE_OFFSET: &[u8] = b"GNU.sparse.offset";
const SPARSE_LENGTH: &[u8] = b"GNU.sparse.numbytes";

fn is_sparse_pair(key: &[u8]) -> bool {
    key == SPARSE_OFFSET || key == SPARSE_LENGTH
}

/// Key, value and whole length of the record at the start of `rest`.
fn split_record(rest: &[u8]) -> Result<(Range<usize>, Range<usize>, usize), &'static str> {
    let space = memchr::memchr(b' ', rest).ok_or("a record has no length")?;
    let length = rest.get(..space).and_then(decimal);
    let length = length.ok_or("the length of a record is not a number")?;
    let length = usize::try_from(length).unwrap_or(0);
    let key = space + 1;
    if length < 5 || length <= key {
        return Err("a record is too short");
    }
    let record = rest
        .get(key..length)
        .ok_or("a record is longer than its header")?;
    let [record @ .., b'\n'] = record else {
        return Err("a record does not end in a newline");
    };
    let equals = memchr::memchr(b'=', record).ok_or("a record has no '='")?;
    let (name, value) = record.split_at(equals);
    if name.is_empty() {
        return Err("a record has no key");
    }
    let text = matches!(name, b"path" | b"linkpath" | b"uname" | b"gname");
    if memchr::memchr(0, if text { value } else { name }).is_some() {
        return Err("a record has a NUL in a name");
    }
    Ok((key..key + equals, key + equals + 1..length - 1, length))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn parse(payload: &[u8]) -> Result<PaxRecords, (usize, &'static str)> {
        let mut records = PaxRecords::default();
        records.clear().extend_from_slice(payload);
        records.parse()?;
        Ok(records)
    }

    #[test]
    fn values_may_hold_newlines_and_nul_and_equals() {
        let records = parse(b"30 SCHILY.xattr.a=x\n8 path=z\0\n9 path=a\n").unwrap();
        assert_eq!(records.get(b"SCHILY.xattr.a"), Some(&b"x\n8 path=z\0"[..]));
        assert_eq!(records.get(b"path"), Some(&b"a"[..]));
        assert_eq!(parse(b"8 k=a=b\n").unwrap().get(b"k"), Some(&b"a=b"[..]));
    }

    #[test]
    fn the_last_of_a_key_counts_even_if_empty() {
        let records = parse(b"9 path=a\n9 path=b\n6 k=v\n5 k=\n").unwrap();
        assert_eq!(records.get(b"path"), Some(&b"b"[..]));
        assert_eq!(records.get(b"k"), None);
        assert_eq!(records.repeated_key(), Some(&b"path"[..]));
        assert_eq!(records.iter().filter(|record| record.shadowed).count(), 2);
    }

    // Cases of TestParsePAXRecord in Go's archive/tar/strconv_test.go.
    #[test]
    fn malformed_records_are_refused() {
        for bad in [
            &b"6 k=1"[..],
            b"6 k=\n\0",
            b"5 k=1\n",
            b"7 k=1\n",
            b"0 k=1\n",
            b"-6 k=1\n",
            b"99999999999999999999 k=1\n",
            b"k=1\n",
            b"5 =1\n",
            b"6 key1\n",
            b"10 k\0ey=1\n",
            b"14 path=a\0bcd\n",
            b"\n",
            b" 6 k=1\n",
            b"0x6 k=1\n",
        ] {
            assert!(parse(bad).is_err(), "{}", bad.escape_ascii());
        }
        assert_eq!(parse(b"6 k=1\n7 k=1").unwrap_err().0, 6);
    }

    #[test]
    fn sparse_0_0_pairs_become_a_map() {
        let records = parse(
            b"23 GNU.sparse.offset=0\n25 GNU.sparse.numbytes=5\n\
              23 GNU.sparse.offset=9\n25 GNU.sparse.numbytes=1\n",
        );
        let map = records.map(|records| records.sparse_pairs());
        assert_eq!(map, Ok(Some(b"0,5,9,1".to_vec())));
    }
}
