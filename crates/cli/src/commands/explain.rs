//! `imglint explain`: one rule's page, and the kinds of secrets it tells of.

use std::io::Write as _;

use imglint_lint::{Rule, rules};

use super::Output;
use crate::{args::ExplainArgs, exit::Verdict, failure::Failure};

pub(crate) fn run(args: &ExplainArgs, out: &mut Output) -> Result<Verdict, Failure> {
    if let Some(rule) = rules::find(&args.rule) {
        page(rule, out)?;
        kinds(rule, out)?;
        return Ok(Verdict::Clean);
    }
    let Some((rule, kind)) = rules::of_detector(&args.rule) else {
        return Err(Failure::NoSuchRule {
            name: args.rule.clone(),
            advice: advice(&args.rule),
        });
    };
    let (id, what) = (kind.id, kind.what);
    writeln!(out, "{id} ({what}) is told by the rule {}.\n", rule.id())?;
    page(rule, out)?;
    Ok(Verdict::Clean)
}

fn page(rule: &dyn Rule, out: &mut Output) -> Result<(), Failure> {
    let (id, code, severity) = (rule.id(), rule.code(), rule.severity());
    let page = rule.page().trim_end();
    writeln!(out, "# {id} ({code}, {severity})\n\n{page}")?;
    Ok(())
}

fn kinds(rule: &dyn Rule, out: &mut Output) -> Result<(), Failure> {
    let kinds = rules::kinds(rule);
    if kinds.is_empty() {
        return Ok(());
    }
    writeln!(out, "\n## Kinds\n")?;
    for kind in kinds {
        writeln!(out, "- `{}`: {}", kind.id, kind.what)?;
    }
    Ok(())
}

fn advice(name: &str) -> String {
    let kinds = rules::ALL.iter().flat_map(|rule| rules::kinds(*rule));
    let kinds: Vec<&str> = kinds.map(|kind| kind.id).collect();
    let rule = rules::suggest(name).map(Rule::id);
    match rule.or_else(|| rules::nearest(name, kinds)) {
        Some(near) => format!("did you mean {near}?"),
        None => "`imglint rules` lists them".to_owned(),
    }
}
