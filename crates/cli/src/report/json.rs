//! JSON that is safe to look at on a terminal.

use std::{fmt::Write as _, io};

use serde::Serialize;

use super::escape::hides;

/// Writes a value on several lines, and a final newline.
///
/// JSON lets C1 controls and bidirectional marks stand as they are; here they
/// are written as `\uXXXX`, which every parser reads as the same text.
pub(crate) fn write(value: &impl Serialize, out: &mut dyn io::Write) -> io::Result<()> {
    let text = serde_json::to_string_pretty(value)?;
    let mut safe = String::with_capacity(text.len());
    for c in text.chars() {
        // Newlines stand between values only; inside of strings they are escaped already.
        if c != '\n' && hides(c) {
            let _infallible = write!(safe, "\\u{:04x}", u32::from(c));
        } else {
            safe.push(c);
        }
    }
    writeln!(out, "{safe}")
}

#[cfg(test)]
mod tests {
    use super::write;

    #[test]
    fn what_hides_is_escaped_and_means_the_same() {
        let text = "a\u{9b}2J\u{202e}b\u{7f}\u{feff} ملف\n";
        let mut out = Vec::new();
        write(&text, &mut out).unwrap();
        let out = String::from_utf8(out).unwrap();
        assert_eq!(out, "\"a\\u009b2J\\u202eb\\u007f\\ufeff ملف\\n\"\n");
        assert_eq!(serde_json::from_str::<String>(&out).unwrap(), text);
    }
}
