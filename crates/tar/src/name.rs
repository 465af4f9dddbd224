//! Names from an archive, made fit for a message.

use std::fmt::{self, Display, Write};

/// Longest part of a name that a message shows, in characters.
const SHOWN: usize = 256;

/// Longest part of a name that is kept, in bytes: a stream may have millions of odd names.
const KEPT: usize = 4096;

/// The start of a member's name; its `Display` is quoted, bounded and safe for a terminal.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Name(Box<[u8]>);

impl Name {
    /// Keeps the first 4096 bytes of `name`.
    #[must_use]
    pub fn new(name: &[u8]) -> Self {
        Self(name.get(..KEPT).unwrap_or(name).into())
    }

    /// The name as it stands in the archive, or its first 4096 bytes.
    #[must_use]
    pub fn as_bytes(&self) -> &[u8] {
        &self.0
    }
}

impl Display for Name {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let mut room = SHOWN;
        f.write_char('"')?;
        for chunk in self.0.utf8_chunks() {
            for c in chunk.valid().chars() {
                if room == 0 {
                    return f.write_str("…\"");
                }
                room -= 1;
                write_char(f, c)?;
            }
            for byte in chunk.invalid() {
                if room == 0 {
                    return f.write_str("…\"");
                }
                room -= 1;
                write!(f, "\\x{byte:02x}")?;
            }
        }
        f.write_char('"')
    }
}

/// Escapes what could move the cursor or reorder the line: C0, C1, DEL, bidi controls.
fn write_char(f: &mut fmt::Formatter<'_>, c: char) -> fmt::Result {
    let bidi = matches!(c, '\u{200e}' | '\u{200f}' | '\u{061c}')
        || matches!(c, '\u{202a}'..='\u{202e}' | '\u{2066}'..='\u{2069}');
    if c.is_control() || bidi || matches!(c, '"' | '\\' | '\u{2028}' | '\u{2029}') {
        write!(f, "{}", c.escape_default())
    } else {
        f.write_char(c)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn plain_names_are_quoted() {
        assert_eq!(
            Name::new("etc/größe".as_bytes()).to_string(),
            "\"etc/größe\""
        );
    }

    #[test]
    fn terminal_and_bidi_controls_are_escaped() {
        let name = Name::new("a\u{1b}[2J\n\u{202e}\"b".as_bytes());
        assert_eq!(name.to_string(), r#""a\u{1b}[2J\n\u{202e}\"b""#);
    }

    #[test]
    fn invalid_utf8_is_shown_as_hex() {
        assert_eq!(Name::new(b"a\xff\xc3").to_string(), r#""a\xff\xc3""#);
    }

    #[test]
    fn long_names_are_cut() {
        let shown = Name::new(&[b'a'; 1000]).to_string();
        assert_eq!(shown.chars().count(), SHOWN + 3);
        assert!(Name::new(&vec![0xff; 100_000]).to_string().len() < 2000);
    }
}
