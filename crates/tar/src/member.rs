//! From a header block and its extension records to an entry (Go, `archive/tar`, `mergePAX`).

use crate::{
    anomaly::AnomalyKind,
    entry::{Entry, Timestamp},
    extensions::Extensions,
    header::{self, Block, Header, field, text},
    name::Name,
    pax::PaxRecords,
    queue::Queue,
    sparse::decimal,
};

/// Sets every field that the header block decides.
pub(crate) fn apply_header(entry: &mut Entry, header: &Header, block: &Block) {
    let prefix = text(field(block, header.prefix.clone()));
    entry.path.clear();
    if !prefix.is_empty() {
        entry.path.extend_from_slice(prefix);
        entry.path.push(b'/');
    }
    entry
        .path
        .extend_from_slice(text(field(block, header::NAME)));
    set(&mut entry.link, text(field(block, header::LINK)));
    entry.uname.clear();
    entry.gname.clear();
    if header.format != crate::Format::V7 {
        entry
            .uname
            .extend_from_slice(text(field(block, header::UNAME)));
        entry
            .gname
            .extend_from_slice(text(field(block, header::GNAME)));
    }
    entry.typeflag = header.typeflag;
    entry.mode = low_bits(header.mode);
    entry.uid = header.uid;
    entry.gid = header.gid;
    entry.header_size = header.size;
    entry.mtime = Timestamp {
        seconds: header.mtime,
        nanos: 0,
    };
    entry.device = header.device;
    entry.format = header.format;
    entry.raw = *block;
}

/// Sets what PAX records override; an error names the record that is no number.
pub(crate) fn apply_pax(entry: &mut Entry, records: &PaxRecords) -> Result<(), &'static str> {
    for record in records.effective() {
        let number = |problem| decimal(record.value).ok_or(problem);
        match record.key {
            b"path" => set(&mut entry.path, record.value),
            b"linkpath" => set(&mut entry.link, record.value),
            b"uname" => set(&mut entry.uname, record.value),
            b"gname" => set(&mut entry.gname, record.value),
            b"uid" => entry.uid = number("its uid is not a number")?,
            b"gid" => entry.gid = number("its gid is not a number")?,
            b"size" => entry.header_size = number("its size is not a number")?,
            b"mtime" => entry.mtime = time(record.value).ok_or("its mtime is not a time")?,
            b"atime" | b"ctime" => {
                time(record.value).ok_or("its atime or ctime is not a time")?;
            }
            _ => {}
        }
    }
    Ok(())
}

/// Sets the names of GNU headers, which in Go go before those of PAX records.
pub(crate) fn apply_gnu(entry: &mut Entry, extensions: &Extensions, queue: &mut Queue) {
    let (at, pax) = (entry.header_offset, &extensions.pax);
    let mut apply = |to: &mut Vec<u8>, gnu: &[u8], key: &[u8]| {
        let gnu = text(gnu);
        if gnu.is_empty() {
            return;
        }
        if let Some(other) = pax.get(key).filter(|other| *other != gnu) {
            let (used, other) = (Name::new(gnu), Name::new(other));
            queue.anomaly(at, AnomalyKind::PrecedenceConflict { used, other });
        }
        set(to, gnu);
    };
    apply(&mut entry.path, &extensions.name, b"path");
    apply(&mut entry.link, &extensions.link, b"linkpath");
}

/// Queues the bytes of the headers that no field shows; `offset` is where the block begins.
pub(crate) fn tell_hidden(
    header: &Header,
    block: &Block,
    offset: u64,
    extensions: &Extensions,
    queue: &mut Queue,
) {
    for (at, name) in extensions.long_names() {
        hidden_after_nul(at, name, "a GNU long name, after a NUL", queue);
    }
    for range in header.names() {
        let at = offset + range.start as u64;
        hidden_after_nul(at, field(block, range), "a name field, after a NUL", queue);
    }
    let unused = header.unused();
    let at = offset + unused.start as u64;
    queue.hidden(at, field(block, unused), "the unused part of a header");
}

fn hidden_after_nul(at: u64, name: &[u8], place: &'static str, queue: &mut Queue) {
    let shown = text(name).len();
    let rest = name.get(shown..).unwrap_or_default();
    queue.hidden(at + shown as u64, rest, place);
}

fn set(to: &mut Vec<u8>, from: &[u8]) {
    to.clear();
    to.extend_from_slice(from);
}

/// The bits that remain when engines hand a mode to the kernel.
fn low_bits(mode: i64) -> u32 {
    u32::try_from(mode & 0xffff_ffff).unwrap_or_default()
}

/// A PAX time: decimal seconds, a point, any number of digits of which nine count.
fn time(value: &[u8]) -> Option<Timestamp> {
    let point = memchr::memchr(b'.', value).unwrap_or(value.len());
    let (whole, fraction) = value.split_at(point);
    let seconds = decimal(whole)?;
    let digits = fraction.get(1..).unwrap_or_default();
    if !digits.iter().all(u8::is_ascii_digit) {
        return None;
    }
    let padded = digits.iter().chain([b'0'; 9].iter()).take(9);
    let nanos = padded.fold(0, |nanos, digit| nanos * 10 + u32::from(digit - b'0'));
    if whole.starts_with(b"-") && nanos > 0 {
        let seconds = seconds.saturating_sub(1);
        return Some(Timestamp {
            seconds,
            nanos: 1_000_000_000 - nanos,
        });
    }
    Some(Timestamp { seconds, nanos })
}

#[cfg(test)]
mod tests {
    use super::*;

    // Cases of TestParsePAXTime in Go's archive/tar/strconv_test.go.
    #[test]
    fn times_round_down() {
        for (value, seconds, nanos) in [
            ("1350244992.023960108", 1_350_244_992, 23_960_108),
            ("1350244992.0239601089", 1_350_244_992, 23_960_108),
            ("1350244992.3", 1_350_244_992, 300_000_000),
            ("1350244992.", 1_350_244_992, 0),
            ("-1.000000001", -2, 999_999_999),
            ("-1.5", -2, 500_000_000),
            ("-0.5", -1, 500_000_000),
            ("-1", -1, 0),
            ("0", 0, 0),
        ] {
            assert_eq!(
                time(value.as_bytes()),
                Some(Timestamp { seconds, nanos }),
                "{value}"
            );
        }
    }

    #[test]
    fn other_times_are_refused() {
        for bad in [
            "",
            ".5",
            "-1.-5",
            "1.2.3",
            "abc",
            "-1.e5",
            "1 ",
            "99999999999999999999",
        ] {
            assert_eq!(time(bad.as_bytes()), None, "{bad}");
        }
    }
}
