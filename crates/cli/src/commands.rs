//! One module for each command.

use serde::Serialize;

use crate::failure::Failure;
pub(crate) use crate::output::Output;

pub(crate) mod explain;
pub(crate) mod history;
pub(crate) mod inspect;
pub(crate) mod lint;
pub(crate) mod rules;
pub(crate) mod secrets;
pub(crate) mod tree;
pub(crate) mod waste;

/// Writes an answer for programs.
pub(crate) fn write_json(answer: &impl Serialize, out: &mut Output) -> Result<(), Failure> {
    Ok(out.json(answer)?)
}
