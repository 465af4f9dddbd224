//! A detector's pattern, made when it is first needed.

use std::{ops::Range, sync::OnceLock};

use regex::bytes::{Regex, RegexBuilder};
use regex_syntax::{
    ParserBuilder,
    hir::{Hir, literal::Extractor},
};

#[derive(Debug, Default)]
pub(crate) struct Compiled(OnceLock<Option<Pattern>>);

/// What a pattern matched.
pub(super) struct Match {
    pub(super) whole: Range<usize>,
    /// Group 1, or the whole match.
    pub(super) text: Range<usize>,
}

#[derive(Debug)]
enum Pattern {
    /// It begins with an anchor wherever it matches, so it is tried there and nowhere else.
    Leading(Regex),
    /// It may begin before the anchor.
    Around(Regex),
}

impl Compiled {
    /// The match that holds the anchor at `at`.
    pub(super) fn find(
        &self,
        pattern: &'static str,
        anchors: &[&str],
        window: &[u8],
        at: usize,
    ) -> Option<Match> {
        let compiled = self.0.get_or_init(|| Pattern::new(pattern, anchors).ok());
        match compiled.as_ref()? {
            Pattern::Leading(regex) => {
                let found = find(regex, window.get(at..)?, 0)?;
                let behind = |span: Range<usize>| {
                    Some(span.start.checked_add(at)?..span.end.checked_add(at)?)
                };
                Some(Match {
                    whole: behind(found.whole)?,
                    text: behind(found.text)?,
                })
            }
            Pattern::Around(regex) => {
                let mut from = 0;
                loop {
                    let found = find(regex, window, from)?;
                    match found.whole {
                        Range { start, .. } if start > at => return None,
                        Range { end, .. } if end > at => return Some(found),
                        Range { start, end } => from = end.max(start.checked_add(1)?),
                    }
                }
            }
        }
    }
}

/// The first match from `from` on. Most windows hold none, and only groups need the slower search.
fn find(regex: &Regex, window: &[u8], from: usize) -> Option<Match> {
    let whole = regex.find_at(window, from)?.range();
    let text = if regex.captures_len() == 1 {
        whole.clone()
    } else {
        let captures = regex.captures_at(window, whole.start)?;
        captures.get(1).map_or(whole.clone(), |text| text.range())
    };
    Some(Match { whole, text })
}

impl Pattern {
    fn new(pattern: &str, anchors: &[&str]) -> Result<Self, regex::Error> {
        if begins_with_anchor(pattern, anchors) {
            compile(&format!(r"\A(?:{pattern})")).map(Self::Leading)
        } else {
            compile(pattern).map(Self::Around)
        }
    }
}

/// Whether every match of the pattern begins with one of the anchors.
fn begins_with_anchor(pattern: &str, anchors: &[&str]) -> bool {
    let Some(hir) = syntax(pattern) else {
        return false;
    };
    if !hir.properties().look_set_prefix_any().is_empty() {
        return false;
    }
    let begins = |bytes: &[u8]| anchors.iter().any(|a| bytes.starts_with(a.as_bytes()));
    match Extractor::new().extract(&hir).literals() {
        Some(literals) => !literals.is_empty() && literals.iter().all(|l| begins(l.as_bytes())),
        None => false,
    }
}

fn syntax(pattern: &str) -> Option<Hir> {
    ParserBuilder::new()
        .unicode(false)
        .utf8(false)
        .build()
        .parse(pattern)
        .ok()
}

pub(crate) fn compile(pattern: &str) -> Result<Regex, regex::Error> {
    RegexBuilder::new(pattern).unicode(false).build()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn found(
        pattern: &'static str,
        anchors: &[&str],
        window: &str,
        at: usize,
    ) -> Option<(usize, usize)> {
        let compiled = Compiled::default();
        let found = compiled.find(pattern, anchors, window.as_bytes(), at)?;
        Some((found.text.start, found.text.end))
    }

    #[test]
    fn patterns_that_begin_with_their_anchors_are_known() {
        for (pattern, anchors, begins) in [
            ("ab[0-9]{3}", &["ab"][..], true),
            ("a[bc]_x*", &["ab_", "ac_"], true),
            ("a[bc]_x*", &["ab_"], false),
            (r"a\.b", &["a."], true),
            ("(?:ab|cd)x", &["ab", "cd"], true),
            ("[a-z]*ab", &["ab"], false),
            (r"\bab", &["ab"], false),
            ("^ab", &["ab"], false),
            ("a?b", &["ab"], false),
            ("x*", &["x"], false),
            ("ab(?:c|$)", &["ab"], true),
        ] {
            assert_eq!(begins_with_anchor(pattern, anchors), begins, "{pattern}");
        }
    }

    #[test]
    fn match_at_the_anchor_is_found() {
        assert_eq!(
            found("ab[0-9]{3}", &["ab"], "ab123 ab456", 6),
            Some((6, 11))
        );
        assert_eq!(found("ab[0-9]{3}", &["ab"], "ab123 ab45", 6), None);
        assert_eq!(found("ab=([0-9]{3})", &["ab="], "-ab=123", 1), Some((4, 7)));
    }

    #[test]
    fn match_around_the_anchor_is_found() {
        let find = |window, at| found("[a-z]{2}Q~[0-9]+", &["Q~"], window, at);
        assert_eq!(find("abQ~1 cdQ~2", 2), Some((0, 5)));
        assert_eq!(find("abQ~1 cdQ~2", 8), Some((6, 11)));
        assert_eq!(find("abQ~1 -Q~2 cdQ~3", 7), None);
        assert_eq!(found("x*", &["x"], "aaxx", 2), Some((2, 4)));
    }
}
