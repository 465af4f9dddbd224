//! The last look at what is printed: no secret leaves in clear.

use std::borrow::Cow;

use imglint_layers::ImagePath;
use imglint_lint::{Finding, Location};
use imglint_secrets::{KnownSecrets, Scanner};

use crate::report::{ArchiveReport, ImageReport, Problem, Run};

/// Letters of a word that was cut short which may be the start of a secret.
const CUT_WORD: usize = 12;

/// Masks what has the form of a secret, and what quotes one that was found in this run.
#[derive(Debug, Clone, Default)]
pub(crate) struct Gate {
    known: KnownSecrets,
    open: bool,
}

impl Gate {
    /// One that lets everything pass: the user asked for it.
    pub(crate) fn open() -> Self {
        Self {
            known: KnownSecrets::default(),
            open: true,
        }
    }

    /// Masks this secret from now on, wherever it is quoted.
    pub(crate) fn learn(&mut self, clear: &[u8]) {
        if !self.open {
            self.known.insert(clear);
        }
    }

    /// The text without secrets.
    pub(crate) fn text<'t>(&self, text: &'t str) -> Cow<'t, str> {
        if self.open {
            return Cow::Borrowed(text);
        }
        match Scanner::shared().mask_tokens(text) {
            Cow::Borrowed(text) => self.known.mask(text),
            Cow::Owned(text) => Cow::Owned(self.known.mask(&text).into_owned()),
        }
    }

    /// The same of a message, which may quote a text that was cut short before anybody looked at it.
    pub(crate) fn message<'t>(&self, text: &'t str) -> Cow<'t, str> {
        match self.text(text) {
            shown if self.open || !shown.contains('…') => shown,
            shown => Cow::Owned(without_cut_words(&shown)),
        }
    }

    fn hide(&self, text: &mut String) {
        if let Cow::Owned(shown) = self.text(text) {
            *text = shown;
        }
    }

    fn hide_message(&self, text: &mut String) {
        if let Cow::Owned(shown) = self.message(text) {
            *text = shown;
        }
    }

    fn hide_all<'s>(&self, texts: impl IntoIterator<Item = &'s mut String>) {
        texts.into_iter().for_each(|text| self.hide(text));
    }

    /// Learns all secrets of a run, and takes them out of every text of it.
    pub(crate) fn mask_run(&mut self, run: &mut Run) {
        for secret in run.findings().filter_map(|finding| finding.secret.as_ref()) {
            self.learn(secret.clear());
        }
        for archive in &mut run.archives {
            self.archive(archive);
        }
    }

    fn archive(&self, archive: &mut ArchiveReport) {
        if let Some(problem) = &mut archive.problem {
            self.problem(problem);
        }
        for reason in &mut archive.incomplete {
            self.hide_message(reason);
        }
        self.hide_all(archive.form.iter_mut().chain([&mut archive.source]));
        let platforms = archive.absent.iter_mut();
        self.hide_all(platforms.filter_map(|absent| absent.platform.as_mut()));
        for finding in &mut archive.findings {
            self.finding(finding);
        }
        for image in &mut archive.images {
            self.image(image);
        }
    }

    /// Takes secrets out of every text about an image.
    pub(crate) fn image(&self, image: &mut ImageReport) {
        self.hide_all(&mut image.names);
        self.hide_all(image.platform.iter_mut().chain(&mut image.created));
        for layer in &mut image.layers {
            self.hide_all(layer.created_by.iter_mut().chain(&mut layer.media_type));
        }
        self.hide_all(image.waste.items.iter_mut().map(|item| &mut item.path));
        for reason in &mut image.incomplete {
            self.hide_message(reason);
        }
        for finding in &mut image.findings {
            self.finding(finding);
        }
    }

    fn problem(&self, problem: &mut Problem) {
        self.hide_message(&mut problem.message);
        self.hide_all(&mut problem.help);
    }

    fn finding(&self, finding: &mut Finding) {
        self.hide_message(&mut finding.message);
        self.hide_all(&mut finding.help);
        self.hide_all(&mut finding.notes);
        self.location(&mut finding.location);
        for place in &mut finding.places {
            self.hide(&mut place.text);
            self.hide_all(&mut place.within);
            self.hide_all(&mut place.name);
            self.location(&mut place.location);
            let hidden = place.hidden.as_mut();
            self.hide_all(hidden.and_then(|hidden| hidden.instruction.as_mut()));
        }
    }

    fn location(&self, location: &mut Location) {
        self.hide_all(location.instruction.iter_mut().chain(&mut location.field));
        if let Some(path) = &mut location.path {
            let shown = path.to_string();
            if let Cow::Owned(masked) = self.text(&shown) {
                *path = ImagePath::from(masked.as_str());
            }
        }
    }
}

/// Puts the secret itself in the place of its masked excerpt.
pub(crate) fn reveal(run: &mut Run) {
    for archive in &mut run.archives {
        let images = archive.images.iter_mut().map(|image| &mut image.findings);
        for finding in images.chain([&mut archive.findings]).flatten() {
            reveal_in(finding);
        }
    }
}

fn reveal_in(finding: &mut Finding) {
    let Some(secret) = &finding.secret else {
        return;
    };
    let clear = match str::from_utf8(secret.clear()) {
        Ok(text) => text.to_owned(),
        Err(_) => format!("{} bytes that are no text", secret.clear().len()),
    };
    let excerpt = secret.excerpt();
    let name = excerpt.rsplit_once(": ").map(|(name, _)| name);
    let shown = match name {
        Some(name) => format!("{name}: {clear}"),
        None => clear,
    };
    for note in finding.notes.iter_mut().filter(|note| **note == excerpt) {
        note.clone_from(&shown);
    }
}

/// Hides words of letters and digits that an ellipsis cut short.
fn without_cut_words(text: &str) -> String {
    let is_word = |c: char| c.is_ascii_alphanumeric() || "_-+/=.~".contains(c);
    let mut parts: Vec<String> = text.split('…').map(str::to_owned).collect();
    let last = parts.len().saturating_sub(1);
    for (at, part) in parts.iter_mut().enumerate() {
        if at < last {
            let start = part.trim_end_matches(is_word).len();
            if part.get(start..).is_some_and(may_be_secret) {
                part.replace_range(start.., "********");
            }
        }
        if at > 0 {
            let end = part.len() - part.trim_start_matches(is_word).len();
            if part.get(..end).is_some_and(may_be_secret) {
                part.replace_range(..end, "********");
            }
        }
    }
    parts.join("…")
}

fn may_be_secret(word: &str) -> bool {
    let has = |wanted: fn(&u8) -> bool| word.as_bytes().iter().any(wanted);
    word.len() >= CUT_WORD && has(u8::is_ascii_digit) && has(u8::is_ascii_alphabetic)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_was_learnt_is_masked_even_in_part() {
        let mut gate = Gate::default();
        gate.learn(b"Tr0ub4dor-and-3");
        assert_eq!(gate.text("PW=Tr0ub4dor-and-3 x"), "PW=******** x");
        assert_eq!(gate.text("PW=Tr0ub4dor-and…"), "PW=********…");
        assert_eq!(
            Gate::open().text("PW=Tr0ub4dor-and-3"),
            "PW=Tr0ub4dor-and-3"
        );
    }

    #[test]
    fn a_message_shows_no_word_that_was_cut_short() {
        let gate = Gate::default();
        for (text, shown) in [
            (
                "the string \"a b Zk3vQ9xL2mT7…\"",
                "the string \"a b ********…\"",
            ),
            ("…Zk3vQ9xL2mT7 b", "…******** b"),
            (
                "layer 1 (RUN apt-get install…)",
                "layer 1 (RUN apt-get install…)",
            ),
            (
                "layer 1 (RUN make all test…)",
                "layer 1 (RUN make all test…)",
            ),
        ] {
            assert_eq!(gate.message(text), shown);
        }
    }
}
