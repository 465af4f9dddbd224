//! One module for each command.

use serde::Serialize;

use crate::failure::Failure;

pub(crate) mod explain;
pub(crate) mod history;
pub(crate) mod inspect;
pub(crate) mod lint;
pub(crate) mod rules;
pub(crate) mod tree;
pub(crate) mod waste;

/// Where commands print: colours are taken out unless it is a terminal.
pub(crate) type Output = anstream::AutoStream<std::io::StdoutLock<'static>>;

/// Writes an answer for programs, and a final newline.
pub(crate) fn write_json(answer: &impl Serialize, out: &mut Output) -> Result<(), Failure> {
    use std::io::Write as _;
    let text = serde_json::to_string_pretty(answer).map_err(std::io::Error::from)?;
    writeln!(out, "{text}")?;
    Ok(())
}
