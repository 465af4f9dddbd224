//! One module for each command.

use std::io::{BufWriter, StdoutLock};

use serde::Serialize;

use crate::{failure::Failure, report::json};

pub(crate) mod explain;
pub(crate) mod history;
pub(crate) mod inspect;
pub(crate) mod lint;
pub(crate) mod rules;
pub(crate) mod tree;
pub(crate) mod waste;

/// Where commands print: colours are taken out unless it is a terminal.
pub(crate) type Output = BufWriter<anstream::AutoStream<StdoutLock<'static>>>;

/// Writes an answer for programs.
pub(crate) fn write_json(answer: &impl Serialize, out: &mut Output) -> Result<(), Failure> {
    Ok(json::write(answer, out)?)
}
