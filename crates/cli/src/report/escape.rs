//! Text from an image, made safe for a terminal.

use std::fmt::{self, Display, Write as _};

/// Shows untrusted text on one line: controls, escapes and bidirectional
/// overrides become visible, all other letters stay as they are.
///
/// A label or an instruction may hold terminal escape sequences that rewrite
/// what stands above, or marks that turn the reading direction of the rest of
/// the line (Trojan Source, CVE-2021-42574).
pub(crate) struct Escaped<'a>(pub(crate) &'a str);

impl Display for Escaped<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.chars().try_for_each(|c| match c {
            '\n' => f.write_str("\\n"),
            '\r' => f.write_str("\\r"),
            '\t' => f.write_char(' '),
            c if hides(c) => write!(f, "\\u{{{:x}}}", u32::from(c)),
            c => f.write_char(c),
        })
    }
}

/// Whether a character changes how others are shown instead of being shown.
pub(crate) fn hides(c: char) -> bool {
    c.is_control()
        || matches!(c, '\u{200b}'..='\u{200f}' | '\u{2028}'..='\u{202e}' | '\u{2060}'..='\u{206f}' | '\u{feff}')
}

/// The text escaped and cut to some width, with an ellipsis where it was cut.
pub(crate) fn shortened(text: &str, width: usize) -> String {
    let escaped = Escaped(text).to_string();
    cut(&escaped, width)
}

/// Cuts text to a number of terminal columns.
pub(crate) fn cut(text: &str, width: usize) -> String {
    use unicode_width::{UnicodeWidthChar as _, UnicodeWidthStr as _};
    if text.width() <= width {
        return text.to_owned();
    }
    let mut left = width.saturating_sub(1);
    let kept = text.chars().take_while(|c| {
        let columns = c.width().unwrap_or(0);
        let fits = columns <= left;
        left = left.saturating_sub(columns);
        fits
    });
    kept.chain(['…']).collect()
}

/// Cuts text to a number of terminal columns at its front: of a long path, the end tells more.
pub(crate) fn cut_front(text: &str, width: usize) -> String {
    let reversed: String = text.chars().rev().collect();
    cut(&reversed, width).chars().rev().collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn escapes_cannot_reach_the_terminal() {
        assert_eq!(
            Escaped("a\x1b[2Jb\u{9b}c\x7f").to_string(),
            "a\\u{1b}[2Jb\\u{9b}c\\u{7f}"
        );
        assert_eq!(
            Escaped("x\u{202e}y\u{2066}z").to_string(),
            "x\\u{202e}y\\u{2066}z"
        );
        assert_eq!(Escaped("one\ntwo\tthree").to_string(), "one\\ntwo three");
    }

    #[test]
    fn letters_of_any_script_stay() {
        assert_eq!(Escaped("ملف العربية").to_string(), "ملف العربية");
    }

    #[test]
    fn text_is_cut_by_columns() {
        assert_eq!(shortened("abcdef", 6), "abcdef");
        assert_eq!(shortened("abcdefg", 6), "abcde…");
        assert_eq!(shortened("漢字漢字", 6), "漢字…");
        assert_eq!(cut_front("/usr/share/doc", 10), "…share/doc");
    }
}
