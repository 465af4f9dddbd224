//! `imglint explain`: one rule's page.

use std::io::Write as _;

use imglint_lint::rules;

use super::Output;
use crate::{args::ExplainArgs, exit::Verdict, failure::Failure};

pub(crate) fn run(args: &ExplainArgs, out: &mut Output) -> Result<Verdict, Failure> {
    let Some(rule) = rules::find(&args.rule) else {
        return Err(Failure::NoSuchRule {
            name: args.rule.clone(),
            advice: advice(&args.rule),
        });
    };
    writeln!(
        out,
        "# {} ({}, {})\n\n{}",
        rule.id(),
        rule.code(),
        rule.severity(),
        rule.page().trim_end()
    )?;
    Ok(Verdict::Clean)
}

fn advice(name: &str) -> String {
    match rules::suggest(name) {
        Some(rule) => format!("did you mean {}?", rule.id()),
        None => "`imglint rules` lists them".to_owned(),
    }
}
