//! The real `imglint` on real archives: stdout, stderr and exit code.

#![expect(
    clippy::unwrap_used,
    clippy::panic,
    clippy::indexing_slicing,
    reason = "every function here serves a test"
)]

mod classics;
mod commands;
mod config;
mod forged;
mod forms;
mod hostile;
mod images;
mod inputs;
mod leaks;
mod look;
mod malformed;
mod places;
mod plain;
mod planted;
mod reports;
mod run;
mod secrets;
mod selection;
