//! What a rule is, and the macro that makes one.

use std::fmt::Debug;

use crate::{
    finding::{Findings, Severity},
    image::ImageView,
    linter::LintOptions,
};

/// A check: a pure function from an image's facts to findings.
///
/// It has no clock, environment, network or file system. Rules are unit structs made by `rule!`,
/// one per file in `rules/`.
pub trait Rule: Debug + Sync {
    /// The name in kebab-case; it names the bad thing, as in "allow `root-user`", and is never
    /// reused.
    fn id(&self) -> &'static str;

    /// The short alias, `IL101`, understood wherever the name is.
    fn code(&self) -> &'static str;

    /// How bad a finding is unless the rule judges it milder.
    fn severity(&self) -> Severity;

    /// The user's page in Markdown: what it checks, why it matters, how to fix it.
    fn page(&self) -> &'static str;

    /// The first sentence of the page, on one line.
    fn summary(&self) -> String {
        let text = self
            .page()
            .lines()
            .skip_while(|line| line.is_empty() || line.starts_with('#'));
        let paragraph: Vec<_> = text.take_while(|line| !line.is_empty()).collect();
        let paragraph = paragraph.join(" ");
        let end = paragraph.find(". ").map_or(paragraph.len(), |at| at + 1);
        paragraph.get(..end).unwrap_or_default().to_owned()
    }

    /// What to do about it, for findings without a help of their own.
    fn advice(&self) -> Option<&'static str> {
        None
    }

    /// Looks at one image.
    fn check(&self, image: &ImageView<'_>, options: &LintOptions, findings: &mut Findings);
}

/// Makes a rule: its page, its type, its name, alias and severity, and what it does.
///
/// What it does is a function of the view, the options and the findings; a rule without one tells
/// anomalies that `anomalies.rs` sends its way. The text after `;` is its advice.
macro_rules! rule {
    (
        $(#[doc = $page:literal])+
        $type:ident, $id:literal, $code:literal, $severity:ident
        $(, $check:ident)?
        $(; $advice:literal)?
    ) => {
        $(#[doc = $page])+
        #[derive(Debug)]
        pub(crate) struct $type;

        impl $crate::rule::Rule for $type {
            fn id(&self) -> &'static str {
                $id
            }

            fn code(&self) -> &'static str {
                $code
            }

            fn severity(&self) -> $crate::finding::Severity {
                $crate::finding::Severity::$severity
            }

            fn page(&self) -> &'static str {
                static PAGE: std::sync::LazyLock<String> =
                    std::sync::LazyLock::new(|| $crate::rule::page(concat!($($page, "\n"),+)));
                &PAGE
            }

            $(fn advice(&self) -> Option<&'static str> {
                Some($advice)
            })?

            fn check(
                &self,
                _image: &$crate::image::ImageView<'_>,
                _options: &$crate::linter::LintOptions,
                _findings: &mut $crate::finding::Findings,
            ) {
                $($check(_image, _options, _findings);)?
            }
        }
    };
}
pub(crate) use rule;

/// Takes off the blank that stands after `///` in each line.
pub(crate) fn page(doc: &str) -> String {
    let lines = doc
        .lines()
        .map(|line| line.strip_prefix(' ').unwrap_or(line));
    lines.flat_map(|line| [line, "\n"]).collect()
}
