//! From a byte offset to a line and a column.

use std::fmt;

/// A place in a text document.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Position {
    /// Bytes before it.
    pub offset: u64,
    /// From 1.
    pub line: u64,
    /// Characters from the start of the line, from 1.
    pub column: u64,
}

impl Position {
    /// The place at `offset`, or the end when the document is shorter.
    #[must_use]
    pub fn of(document: &[u8], offset: u64) -> Self {
        let end = usize::try_from(offset)
            .unwrap_or(usize::MAX)
            .min(document.len());
        let before = document.get(..end).unwrap_or_default();
        let line_start = before
            .iter()
            .rposition(|&byte| byte == b'\n')
            .map_or(0, |newline| newline.saturating_add(1));
        let line = before.get(line_start..).unwrap_or_default();
        Self {
            offset: end as u64,
            line: count(before, |byte| byte == b'\n') + 1,
            // Bytes 10xxxxxx continue a character.
            column: count(line, |byte| byte & 0xc0 != 0x80) + 1,
        }
    }
}

fn count(bytes: &[u8], wanted: impl Fn(u8) -> bool) -> u64 {
    bytes.iter().filter(|&&byte| wanted(byte)).count() as u64
}

impl fmt::Display for Position {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(
            f,
            "byte {} (line {}, column {})",
            self.offset, self.line, self.column
        )
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn counts_lines_and_characters() {
        let text = "ä\n{é}x".as_bytes();
        let at = |offset| {
            let position = Position::of(text, offset);
            (position.line, position.column)
        };
        assert_eq!(at(0), (1, 1));
        assert_eq!(at(2), (1, 2));
        assert_eq!(at(3), (2, 1));
        assert_eq!(at(7), (2, 4));
        assert_eq!(Position::of(text, 99).offset, 8);
    }
}
