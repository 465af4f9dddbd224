//! From the text of a configuration to what it means, with the place of whatever is wrong.

use std::{ops::Range, sync::Arc};

use imglint_lint::{Ignore, rules};
use imglint_secrets::Scanner;
use miette::NamedSource;
use toml::{
    Spanned,
    de::{DeTable, DeValue},
};

use super::{Config, ConfigError};

/// Keys of the file.
const TOP: &[&str] = &["ignore"];

/// Keys of `[[ignore]]`.
const IGNORE: &[&str] = &["fingerprint", "path", "reason", "rule"];

/// Reads a configuration; `name` is that of the file, for errors.
pub(super) fn parse(name: &str, text: &str) -> Result<Config, ConfigError> {
    let reader = Reader { name, text };
    let table = DeTable::parse(text).map_err(|error| {
        let at = error.span().unwrap_or_default();
        reader.wrong(at, "here", error.message().trim_end().to_owned(), None)
    })?;
    reader.known(table.get_ref(), TOP)?;
    let mut config = Config::default();
    if let Some(list) = table.get_ref().get("ignore") {
        let Some(entries) = list.get_ref().as_array() else {
            let help = "begin each with a line [[ignore]]";
            return Err(reader.unlike(list, "a list of tables", help));
        };
        for entry in entries {
            config.ignores.push(reader.ignore(entry)?);
        }
    }
    Ok(config)
}

struct Reader<'t> {
    name: &'t str,
    text: &'t str,
}

impl Reader<'_> {
    fn ignore(&self, entry: &Spanned<DeValue<'_>>) -> Result<Ignore, ConfigError> {
        let Some(table) = entry.get_ref().as_table() else {
            return Err(self.unlike(entry, "a table", "begin each with a line [[ignore]]"));
        };
        self.known(table, IGNORE)?;
        let Some((reason, at)) = self.text_of(table, "reason")? else {
            let message = "an ignore has no reason".to_owned();
            let help = "say why: reason = \"…\"";
            return Err(self.wrong(entry.span(), "this one", message, Some(help.to_owned())));
        };
        if reason.trim().is_empty() {
            let help = "say why it does not count, for whoever reads this in a year";
            let message = "the reason is empty".to_owned();
            return Err(self.wrong(at, "here", message, Some(help.to_owned())));
        }
        let mut ignore = Ignore::new(reason.trim());
        let mut narrowed = false;
        if let Some((hex, at)) = self.text_of(table, "fingerprint")? {
            ignore = ignore.fingerprint(hex).ok_or_else(|| {
                let help = "--format json and --verbose show the fingerprint of each finding";
                let message = "a fingerprint has 32 hex digits".to_owned();
                self.wrong(at, "this has not", message, Some(help.to_owned()))
            })?;
            narrowed = true;
        }
        if let Some((glob, at)) = self.text_of(table, "path")? {
            let wrong = |why| {
                let help = "`*` stands for any name, `**` for any directories".to_owned();
                self.wrong(at, "this pattern", why, Some(help))
            };
            ignore = ignore.path(glob).map_err(wrong)?;
            narrowed = true;
        }
        if let Some((name, at)) = self.text_of(table, "rule")? {
            ignore = ignore.rule(name).ok_or_else(|| {
                let message = format!("there is no rule {name:?}");
                self.wrong(at, "this one", message, Some(advice(name)))
            })?;
            narrowed = true;
        }
        if !narrowed {
            let help = "name what to ignore by fingerprint, path or rule".to_owned();
            let message = "an ignore applies to everything".to_owned();
            return Err(self.wrong(entry.span(), "this one", message, Some(help)));
        }
        Ok(ignore)
    }

    /// Errs at the first key that is not known.
    fn known(&self, table: &DeTable<'_>, keys: &[&'static str]) -> Result<(), ConfigError> {
        let unknown = table.keys().filter(|key| !keys.contains(&&**key.get_ref()));
        let Some(key) = unknown.min_by_key(|key| key.span().start) else {
            return Ok(());
        };
        let name = key.get_ref();
        let help = match rules::nearest(name, keys.iter().copied()) {
            Some(near) => format!("did you mean {near}?"),
            None => format!("there are {}", keys.join(", ")),
        };
        let message = format!("there is no key {name:?}");
        Err(self.wrong(key.span(), "this one", message, Some(help)))
    }

    /// A text and where it stands.
    fn text_of<'a>(
        &self,
        table: &'a DeTable<'_>,
        key: &str,
    ) -> Result<Option<(&'a str, Range<usize>)>, ConfigError> {
        let Some(value) = table.get(key) else {
            return Ok(None);
        };
        match value.get_ref().as_str() {
            Some(text) => Ok(Some((text, value.span()))),
            None => Err(self.unlike(value, "a text", "put it in quotes")),
        }
    }

    fn unlike(&self, value: &Spanned<DeValue<'_>>, expected: &str, help: &str) -> ConfigError {
        let message = format!("expected {expected}, not {}", value.get_ref().type_str());
        self.wrong(value.span(), "here", message, Some(help.to_owned()))
    }

    fn wrong(
        &self,
        at: Range<usize>,
        label: &'static str,
        message: String,
        help: Option<String>,
    ) -> ConfigError {
        ConfigError::Wrong {
            message,
            text: Arc::new(NamedSource::new(self.name, self.text.to_owned())),
            at: at.into(),
            label,
            help,
        }
    }
}

/// What to do about a rule that there is not.
fn advice(name: &str) -> String {
    let kinds = Scanner::shared().kinds();
    let rule = rules::suggest(name).map(imglint_lint::Rule::id);
    match rule.or_else(|| rules::nearest(name, kinds.iter().map(|kind| kind.id))) {
        Some(near) => format!("did you mean {near}?"),
        None => "`imglint rules` lists them".to_owned(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Message, help, line and column of what is wrong.
    fn wrong(text: &str) -> (String, String, usize, usize) {
        let ConfigError::Wrong {
            message, at, help, ..
        } = parse("imglint.toml", text).unwrap_err()
        else {
            panic!("{text}");
        };
        let before = &text[..at.offset()];
        let line = before.matches('\n').count() + 1;
        let column = before.len() - before.rfind('\n').map_or(0, |at| at + 1) + 1;
        (message, help.unwrap_or_default(), line, column)
    }

    #[test]
    fn every_kind_of_ignore_is_read() {
        let text = "\
[[ignore]]
fingerprint = \"0123456789abcdef0123456789ABCDEF\"
reason = \"revoked in May\"

[[ignore]]
path = \"app/test/**\"
rule = \"IL501\"
reason = \"made for tests\"

[[ignore]]
rule = \"github-token\"
reason = \"made up\"
";
        assert_eq!(parse("imglint.toml", text).unwrap().ignores.len(), 3);
        assert!(parse("imglint.toml", "").unwrap().ignores.is_empty());
    }

    #[test]
    fn what_is_wrong_is_shown_where_it_is() {
        for (text, message, help, line, column) in [
            ("ignor = 1", "no key \"ignor\"", "mean ignore?", 1, 1),
            (
                "\n[[ignore]]\n  pth = \"a\"\nreason = \"x\"",
                "no key \"pth\"",
                "mean path?",
                3,
                3,
            ),
            (
                "[[ignore]]\nrule = \"root-usr\"\nreason = \"x\"",
                "no rule \"root-usr\"",
                "mean root-user?",
                2,
                8,
            ),
            (
                "[[ignore]]\nrule = \"githb-token\"\nreason = \"x\"",
                "no rule \"githb-token\"",
                "mean github-token?",
                2,
                8,
            ),
            ("[[ignore]]\nrule = \"root-user\"", "no reason", "why", 1, 1),
            (
                "[[ignore]]\nrule = \"root-user\"\nreason = \" \"",
                "reason is empty",
                "why",
                3,
                10,
            ),
            (
                "[[ignore]]\nreason = \"x\"",
                "everything",
                "path or rule",
                1,
                1,
            ),
            (
                "[[ignore]]\nfingerprint = \"12\"\nreason = \"x\"",
                "32 hex digits",
                "--verbose",
                2,
                15,
            ),
            (
                "[[ignore]]\npath = \"a[\"\nreason = \"x\"",
                "class",
                "**",
                2,
                8,
            ),
            (
                "[[ignore]]\npath = 1\nreason = \"x\"",
                "a text",
                "quotes",
                2,
                8,
            ),
            ("[ignore]\nreason = \"x\"", "a list", "[[ignore]]", 1, 1),
            ("ignore = [1]", "a table", "[[ignore]]", 1, 11),
        ] {
            let told = wrong(text);
            assert!(told.0.contains(message), "{text}: {told:?}");
            assert!(told.1.contains(help), "{text}: {told:?}");
            assert_eq!((told.2, told.3), (line, column), "{text}");
        }
    }

    #[test]
    fn what_is_no_toml_is_shown_where_it_ends_to_be() {
        let (message, _, line, _) = wrong("[[ignore]]\npath = \"a\nreason = \"x\"");
        assert!(!message.is_empty());
        assert_eq!(line, 2);
    }
}
