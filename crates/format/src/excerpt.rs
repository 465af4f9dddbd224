//! Hostile text, made short enough for a message.

/// Characters of a document that a message quotes at most.
const LIMIT: usize = 100;

/// The start of `text`, followed by `…` when something was cut.
pub(crate) fn excerpt(text: &str) -> String {
    let mut rest = text.chars();
    let mut start: String = rest.by_ref().take(LIMIT).collect();
    if rest.next().is_some() {
        start.push('…');
    }
    start
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn cuts_between_characters() {
        assert_eq!(excerpt("sha256:é"), "sha256:é");
        assert_eq!(excerpt(&"é".repeat(100)), "é".repeat(100));
        assert_eq!(excerpt(&"é".repeat(101)), format!("{}…", "é".repeat(100)));
    }
}
