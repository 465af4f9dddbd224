//! Sparse maps: which ranges of a file have data (GNU tar manual, "Storing Sparse Files").

use crate::{entry::Segment, header::number};

/// Why a map is refused.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum MapFault {
    Invalid(&'static str),
    TooMany,
    TooLong,
}

/// Collects the data ranges of a file into a reused list, checking them as Go does.
#[derive(Debug)]
pub(crate) struct Map<'a> {
    segments: &'a mut Vec<Segment>,
    limit: u64,
    count: u64,
    end: u64,
}

impl<'a> Map<'a> {
    pub(crate) fn new(segments: &'a mut Vec<Segment>, limit: u64) -> Self {
        segments.clear();
        Self {
            segments,
            limit,
            count: 0,
            end: 0,
        }
    }

    /// The file must hold all ranges.
    pub(crate) fn finish(self, size: i64) -> Result<u64, MapFault> {
        match u64::try_from(size) {
            Ok(size) if size >= self.end => Ok(size),
            Ok(_) => Err(MapFault::Invalid(
                "a data range lies beyond the end of the file",
            )),
            Err(_) => Err(MapFault::Invalid("its size is negative")),
        }
    }

    /// Adds the ranges of an old GNU header or extension block; says whether more blocks follow.
    pub(crate) fn old_gnu(&mut self, array: &[u8]) -> Result<bool, MapFault> {
        let pairs = array.chunks_exact(24);
        let extended = pairs.remainder().first().is_some_and(|flag| *flag > 0);
        for pair in pairs {
            if pair.first() == Some(&0) {
                break;
            }
            let (offset, length) = pair.split_at(12);
            self.push(number(offset), number(length))?;
        }
        Ok(extended)
    }

    /// Adds the ranges of a PAX 0.1 map: `OFFSET,LENGTH,OFFSET,LENGTH…`.
    pub(crate) fn pax_0_1(&mut self, map: &[u8], count: &[u8]) -> Result<(), MapFault> {
        let stated = count_of(count)?;
        let mut numbers = map.split(|byte| *byte == b',').map(decimal);
        if !map.is_empty() {
            while let Some(offset) = numbers.next() {
                let length = numbers.next();
                self.push(offset, length.ok_or(MapFault::Invalid("its map is cut"))?)?;
            }
        }
        if self.count == stated {
            Ok(())
        } else {
            Err(MapFault::Invalid("its map has another length than it says"))
        }
    }

    /// Adds the ranges of a PAX 1.0 map: a line with their number, then two lines for each.
    ///
    /// `more` appends a block of content to the text it is given.
    /// Says how many bytes at the end of the text are not part of the map.
    pub(crate) fn pax_1_0<E: From<MapFault>>(
        &mut self,
        text: &mut Vec<u8>,
        mut more: impl FnMut(&mut Vec<u8>) -> Result<(), E>,
    ) -> Result<usize, E> {
        let mut at = 0;
        let count = count_of(line(text, &mut at, &mut more)?)?;
        if count > self.limit {
            return Err(MapFault::TooMany.into());
        }
        for _ in 0..count {
            let offset = decimal(line(text, &mut at, &mut more)?);
            let length = decimal(line(text, &mut at, &mut more)?);
            self.push(offset, length)?;
        }
        Ok(text.len() - at)
    }

    fn push(&mut self, offset: Option<i64>, length: Option<i64>) -> Result<(), MapFault> {
        let bad = MapFault::Invalid("bad number in its map");
        let offset = offset.and_then(|n| u64::try_from(n).ok()).ok_or(bad)?;
        let length = length.and_then(|n| u64::try_from(n).ok()).ok_or(bad)?;
        if offset < self.end {
            return Err(MapFault::Invalid(
                "its data ranges overlap or are not in order",
            ));
        }
        self.count += 1;
        if self.count > self.limit {
            return Err(MapFault::TooMany);
        }
        // Both are below 2^63, so the sum fits; one beyond i64 is beyond any size too.
        self.end = offset.saturating_add(length);
        if length > 0 {
            self.segments.push(Segment { offset, length });
        }
        Ok(())
    }
}

/// A decimal number as Go's `strconv.ParseInt` takes it.
pub(crate) fn decimal(digits: &[u8]) -> Option<i64> {
    str::from_utf8(digits).ok()?.parse().ok()
}

fn count_of(digits: &[u8]) -> Result<u64, MapFault> {
    decimal(digits)
        .and_then(|count| u64::try_from(count).ok())
        .ok_or(MapFault::Invalid("bad number of data ranges"))
}

/// The next line of `text` without its end, after reading as many blocks as that takes.
fn line<'t, E>(
    text: &'t mut Vec<u8>,
    at: &mut usize,
    more: &mut impl FnMut(&mut Vec<u8>) -> Result<(), E>,
) -> Result<&'t [u8], E> {
    let start = *at;
    let mut searched = start;
    loop {
        let unseen = text.get(searched..).unwrap_or_default();
        if let Some(length) = memchr::memchr(b'\n', unseen) {
            *at = searched + length + 1;
            return Ok(text.get(start..searched + length).unwrap_or_default());
        }
        searched = text.len();
        more(text)?;
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn map(list: &[u8], count: &[u8], size: i64) -> Result<Vec<(u64, u64)>, MapFault> {
        let mut segments = Vec::new();
        let mut map = Map::new(&mut segments, 4);
        map.pax_0_1(list, count)?;
        map.finish(size)?;
        Ok(segments.iter().map(|s| (s.offset, s.length)).collect())
    }

    #[test]
    fn ranges_in_order_are_taken_and_empty_ones_dropped() {
        assert_eq!(map(b"0,5,5,0,7,3,10,0", b"4", 10), Ok(vec![(0, 5), (7, 3)]));
        assert_eq!(map(b"", b"0", 10), Ok(vec![]));
    }

    // The cases of TestSparseEntries in Go's archive/tar/tar_test.go that must fail.
    #[test]
    fn nonsense_is_refused() {
        for (list, count, size) in [
            (&b"0,1"[..], &b"1"[..], -1),
            (b"0,1", b"1", 0),
            (b"-1,1", b"1", 10),
            (b"0,-1", b"1", 10),
            (b"5,3,7,3", b"2", 20),
            (b"7,1,3,1", b"2", 20),
            (b"1,9223372036854775807", b"1", i64::MAX),
            (b"9223372036854775807,9223372036854775807", b"1", i64::MAX),
            (b"9223372036854775808,0", b"1", i64::MAX),
            (b"0,1,2", b"1", 20),
            (b"0,1", b"2", 20),
            (b"0,1,2,1", b"1", 20),
            (b"0, 1", b"1", 20),
            (b"0,1", b"", 20),
            (b"0,1", b"-1", 20),
            (b"0,1", b"9223372036854775807", 20),
        ] {
            let answer = map(list, count, size);
            assert!(
                matches!(answer, Err(MapFault::Invalid(_))),
                "{} {answer:?}",
                list.escape_ascii()
            );
        }
    }

    #[test]
    fn more_ranges_than_the_limit_are_told_apart() {
        assert_eq!(map(b"0,1,1,1,2,1,3,1,4,1", b"5", 9), Err(MapFault::TooMany));
    }

    #[test]
    fn old_gnu_array_ends_at_a_nul() {
        let mut array = [&b"00000000001\0"[..], b"00000000002\0"].concat();
        array.resize(96, 0);
        array.push(1);
        let mut segments = Vec::new();
        let mut map = Map::new(&mut segments, 4);
        assert_eq!(map.old_gnu(&array[..]), Ok(true));
        assert!(map.finish(3).is_ok());
        assert_eq!(
            segments,
            [Segment {
                offset: 1,
                length: 2
            }]
        );
    }
}
