//! Secrets that were found, so that nothing printed later quotes them, not even in part.

use std::{borrow::Cow, collections::HashSet, fmt};

use base64::{Engine as _, prelude::BASE64_STANDARD};

use super::MASK;

/// So many bytes in a row of a secret are masked wherever they stand.
const WINDOW: usize = 12;

/// Shorter secrets are words that also stand elsewhere.
const SHORTEST: usize = 8;

/// Fewer different bytes make no window: a run of blanks or dashes is nobody's secret.
const DIFFERENT: usize = 5;

/// Windows remembered; images with more secrets than fill them are made to.
const MOST: usize = 1 << 20;

/// Secrets in clear, kept to mask what quotes them.
///
/// Any twelve bytes in a row of one are masked, so that a text that was cut short betrays nothing
/// either; secrets of eight to eleven bytes are masked as a whole, shorter ones are not.
#[derive(Clone, Default)]
pub struct KnownSecrets {
    windows: HashSet<[u8; WINDOW]>,
    /// Secrets shorter than a window, padded with zeros, by length.
    short: [HashSet<[u8; WINDOW]>; WINDOW - SHORTEST],
}

impl KnownSecrets {
    /// Remembers a secret.
    pub fn insert(&mut self, clear: &[u8]) {
        if str::from_utf8(clear).is_err() {
            // Texts can only quote it encoded.
            return self.insert(BASE64_STANDARD.encode(clear).as_bytes());
        }
        if let Some(window) = short(clear) {
            let of_length = self.short.get_mut(clear.len() - SHORTEST);
            of_length.map(|secrets| secrets.insert(window));
        }
        for window in clear.windows(WINDOW).filter_map(|w| w.first_chunk()) {
            if self.windows.len() >= MOST {
                break;
            }
            if is_varied(window) {
                self.windows.insert(*window);
            }
        }
    }

    /// Whether there is nothing to mask.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.windows.is_empty() && self.short.iter().all(HashSet::is_empty)
    }

    /// Adds what another one knows.
    pub fn extend(&mut self, other: &Self) {
        self.windows.extend(&other.windows);
        for (mine, theirs) in self.short.iter_mut().zip(&other.short) {
            mine.extend(theirs);
        }
    }

    /// The text without what it quotes of them.
    #[must_use]
    pub fn mask<'t>(&self, text: &'t str) -> Cow<'t, str> {
        if self.is_empty() {
            return Cow::Borrowed(text);
        }
        let mut shown = String::new();
        let (mut copied, mut quoted) = (0, 0..0);
        for at in 0..text.len() {
            let Some(length) = self.at(text.as_bytes().get(at..).unwrap_or_default()) else {
                continue;
            };
            let end = super::ceil(text, at.saturating_add(length));
            if at <= quoted.end {
                quoted.end = end.max(quoted.end);
                continue;
            }
            copied = hide(text, copied, &quoted, &mut shown);
            quoted = super::floor(text, at)..end;
        }
        copied = hide(text, copied, &quoted, &mut shown);
        if copied == 0 {
            return Cow::Borrowed(text);
        }
        shown.push_str(text.get(copied..).unwrap_or_default());
        Cow::Owned(shown)
    }

    /// How many bytes of a secret `text` begins with.
    fn at(&self, text: &[u8]) -> Option<usize> {
        if text
            .first_chunk()
            .is_some_and(|window| self.windows.contains(window))
        {
            return Some(WINDOW);
        }
        let lengths = (SHORTEST..WINDOW).zip(&self.short).rev();
        let mut known = lengths.filter(|(_, secrets)| !secrets.is_empty());
        let known = known.find(|(length, secrets)| {
            let window = text.get(..*length).and_then(short);
            window.is_some_and(|window| secrets.contains(&window))
        });
        known.map(|(length, _)| length)
    }
}

/// Copies what stands before a quotation, and a mask for it; gives where the rest begins.
fn hide(text: &str, copied: usize, quoted: &std::ops::Range<usize>, shown: &mut String) -> usize {
    if quoted.is_empty() {
        return copied;
    }
    shown.push_str(text.get(copied..quoted.start).unwrap_or_default());
    shown.push_str(MASK);
    quoted.end
}

/// A secret that is shorter than a window, as a window.
fn short(clear: &[u8]) -> Option<[u8; WINDOW]> {
    if !(SHORTEST..WINDOW).contains(&clear.len()) || !is_varied(clear) {
        return None;
    }
    let mut window = [0; WINDOW];
    window
        .iter_mut()
        .zip(clear)
        .for_each(|(to, from)| *to = *from);
    Some(window)
}

fn is_varied(bytes: &[u8]) -> bool {
    let mut seen: Vec<u8> = bytes.to_vec();
    seen.sort_unstable();
    seen.dedup();
    seen.len() >= DIFFERENT
}

impl fmt::Debug for KnownSecrets {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("KnownSecrets").finish_non_exhaustive()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn known(secrets: &[&str]) -> KnownSecrets {
        let mut known = KnownSecrets::default();
        for secret in secrets {
            known.insert(secret.as_bytes());
        }
        known
    }

    #[test]
    fn a_secret_and_any_long_part_of_it_are_masked() {
        let known = known(&["correct-horse-battery"]);
        for (text, shown) in [
            ("a correct-horse-battery b", "a ******** b"),
            ("é-horse-batte…", "é********…"),
            ("correct-horse", "********"),
            ("correct-hors", "********"),
            ("correct-hor", "correct-hor"),
            ("correct-horse-battery correct-horse", "******** ********"),
        ] {
            assert_eq!(known.mask(text), shown);
        }
    }

    #[test]
    fn short_secrets_are_masked_as_a_whole() {
        let known = known(&["hunter-2", "hunter-2345"]);
        assert_eq!(
            known.mask("hunter-2 or hunter-2345"),
            "******** or ********"
        );
        assert_eq!(known.mask("hunter-3"), "hunter-3");
        assert!(self::known(&["hunter2"]).is_empty());
    }

    #[test]
    fn bytes_are_masked_where_a_text_encodes_them() {
        let bytes: Vec<u8> = (0..48).map(|n: u8| n.wrapping_mul(151) ^ 0xd5).collect();
        let mut known = KnownSecrets::default();
        known.insert(&bytes);
        let text = format!("<{}>", BASE64_STANDARD.encode(&bytes));
        assert_eq!(known.mask(&text), "<********>");
    }

    #[test]
    fn lines_and_blanks_of_a_secret_are_not_masked_elsewhere() {
        let known = known(&["----------------------------------", "             x"]);
        assert!(known.is_empty());
    }

    #[test]
    fn debug_shows_nothing() {
        let shown = format!("{:?}", known(&["correct-horse-battery"]));
        assert!(!shown.contains("correct"));
    }
}
