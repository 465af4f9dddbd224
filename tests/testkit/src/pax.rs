//! PAX extended headers (POSIX.1-2001, pax, "Extended Header").

/// The records as `length keyword=value\n`, where the length counts itself.
pub(crate) fn records(pairs: &[(&str, &[u8])]) -> Vec<u8> {
    pairs
        .iter()
        .flat_map(|(key, value)| record(key, value))
        .collect()
}

fn record(key: &str, value: &[u8]) -> Vec<u8> {
    let rest = key.len() + value.len() + 3; // space, equals sign, newline
    let mut length = rest;
    while length != rest + length.to_string().len() {
        length = rest + length.to_string().len();
    }
    let mut record = format!("{length} {key}=").into_bytes();
    record.extend_from_slice(value);
    record.push(b'\n');
    record
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_length_counts_its_own_digits() {
        assert_eq!(records(&[("path", b"a")]), b"9 path=a\n");
        assert_eq!(records(&[("path", b"ab")]), b"11 path=ab\n");
        // No record is 100 bytes long: two digits are too few and three too many.
        let starts = [90, 91].map(|count| records(&[("path", &vec![b'x'; count])]));
        assert!(starts[0].starts_with(b"99 ") && starts[0].len() == 99);
        assert!(starts[1].starts_with(b"101 ") && starts[1].len() == 101);
    }
}
