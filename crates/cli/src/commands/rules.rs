//! `imglint rules`: the catalogue.

use std::io::Write as _;

use imglint_lint::rules;
use serde_json::json;

use super::Output;
use crate::{
    args::{ReportFormat, RulesArgs},
    exit::Verdict,
    failure::Failure,
    report::{escape::cut, table::table},
};

/// Columns that a summary may take; `imglint explain` has it whole.
const SUMMARY_WIDTH: usize = 90;

pub(crate) fn run(args: &RulesArgs, out: &mut Output) -> Result<Verdict, Failure> {
    match args.format {
        ReportFormat::Human => writeln!(out, "{}", listing())?,
        ReportFormat::Json => super::write_json(&catalogue(), out)?,
    }
    Ok(Verdict::Clean)
}

fn listing() -> String {
    let rows = rules::ALL.iter().map(|rule| {
        [
            rule.code().to_owned(),
            rule.id().to_owned(),
            rule.severity().name().to_owned(),
            cut(&rule.summary(), SUMMARY_WIDTH),
        ]
    });
    table(["CODE", "RULE", "SEVERITY", "WHAT IT CHECKS"], &[], rows)
}

fn catalogue() -> serde_json::Value {
    let rule = |rule: &&dyn imglint_lint::Rule| {
        json!({
            "rule": rule.id(),
            "code": rule.code(),
            "severity": rule.severity().name(),
            "summary": rule.summary(),
        })
    };
    rules::ALL.iter().map(rule).collect()
}
