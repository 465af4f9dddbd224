//! Numbers of bytes in messages.

use imglint_layers::HiddenGroup;

/// Bytes for people, as `docker history` shows them: decimal units with three significant digits.
///
/// This is `HumanSizeWithPrecision(n, 3)` of docker/go-units, which prints the
/// C format `%.3g`: 9140 is `9.14kB`, 300000 is `300kB`, 0 is `0B`.
#[must_use]
pub fn human_size(bytes: u64) -> String {
    const UNITS: [&str; 7] = ["B", "kB", "MB", "GB", "TB", "PB", "EB"];
    #[expect(clippy::cast_precision_loss, reason = "three digits are printed")]
    let mut value = bytes as f64;
    let mut unit = UNITS[0];
    for next in &UNITS[1..] {
        if value < 1000.0 {
            break;
        }
        value /= 1000.0;
        unit = next;
    }
    format!("{}{unit}", three_digits(value))
}

/// `%.3g` for values from 0 to below 1000; 999.9 becomes `1e+03` as in C.
fn three_digits(value: f64) -> String {
    let decimals = match value {
        v if v >= 999.5 => return "1e+03".to_owned(),
        v if v >= 99.95 => 0,
        v if v >= 9.995 => 1,
        _ => 2,
    };
    let text = format!("{value:.decimals$}");
    if text.contains('.') {
        return text.trim_end_matches('0').trim_end_matches('.').to_owned();
    }
    text
}

/// `1 file`, `2 files`.
pub(crate) fn count(number: usize, noun: &str) -> String {
    format!("{number} {noun}{}", if number == 1 { "" } else { "s" })
}

/// A share in hundredths with one decimal: `12.5 %`; none of nothing.
#[must_use]
pub fn percent(part: u64, whole: u64) -> String {
    let tenths = (u128::from(part) * 1000 + u128::from(whole / 2)) / u128::from(whole.max(1));
    format!("{}.{} %", tenths / 10, tenths % 10)
}

/// `/path (2 files, 1.5MB)`; a file alone is not counted.
pub(crate) fn group_label(group: &HiddenGroup<'_>) -> String {
    match group.files.len() {
        1 => format!("{} ({})", group.path, human_size(group.size)),
        files => format!(
            "{} ({}, {})",
            group.path,
            count(files, "file"),
            human_size(group.size)
        ),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// The examples of docker/go-units and of `docker history` pages.
    #[test]
    fn sizes_read_as_docker_prints_them() {
        for (bytes, text) in [
            (0, "0B"),
            (7, "7B"),
            (745, "745B"),
            (1000, "1kB"),
            (1024, "1.02kB"),
            (9140, "9.14kB"),
            (300_000, "300kB"),
            (987_485, "987kB"),
            (1_220_598, "1.22MB"),
            (63_200_000, "63.2MB"),
            (999_900, "1e+03kB"),
            (1_000_000_000, "1GB"),
            (u64::MAX, "18.4EB"),
        ] {
            assert_eq!(human_size(bytes), text);
        }
    }

    #[test]
    fn shares_are_rounded_and_never_divide_by_nothing() {
        assert_eq!(percent(1, 8), "12.5 %");
        assert_eq!(percent(2, 3), "66.7 %");
        assert_eq!(percent(0, 0), "0.0 %");
        assert_eq!(percent(u64::MAX, u64::MAX), "100.0 %");
    }
}
