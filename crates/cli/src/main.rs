//! `imglint`: lints container image archives before they are pushed.
//!
//! This binary is the only place that wires archives, layers, rules and
//! reports together; everything it can do, the `imglint-*` crates do.

mod args;
mod commands;
mod config;
mod exit;
mod failure;
mod gate;
mod load;
mod output;
mod progress;
mod report;

use std::{
    io::{ErrorKind, Write as _},
    panic::{self, PanicHookInfo},
    process::ExitCode,
};

use clap::Parser as _;

use crate::{
    args::{Cli, Command},
    commands::Output,
    exit::Verdict,
    failure::Failure,
    gate::Gate,
};

fn main() -> ExitCode {
    let cli = Cli::parse();
    if cli.global.no_color {
        anstream::ColorChoice::Never.write_global();
    }
    panic::set_hook(Box::new(confess));
    let mut stdout = Output::stdout(Gate::default());
    let result = match &cli.command {
        None => commands::lint::run(&cli.lint, &mut stdout),
        Some(command) => look(command, &mut stdout),
    };
    let result = result.and_then(|verdict| match stdout.flush() {
        Err(error) if error.kind() != ErrorKind::BrokenPipe => Err(error.into()),
        _ => Ok(verdict),
    });
    match result {
        Ok(verdict) => verdict.into(),
        // Commands that judge an image have seen to this themselves.
        Err(Failure::Stdout(error)) if error.kind() == ErrorKind::BrokenPipe => {
            Verdict::Clean.into()
        }
        Err(failure) => {
            let verdict = failure.verdict();
            failure.print(stdout.gate());
            verdict.into()
        }
    }
}

/// Says where a bug is, and not what it was about: that may be a secret.
fn confess(panic: &PanicHookInfo<'_>) {
    let place = panic.location().map(ToString::to_string);
    let place = place.unwrap_or_default();
    anstream::eprintln!("imglint panicked at {place}; this is a bug, please report it");
}

fn look(command: &Command, out: &mut Output) -> Result<Verdict, Failure> {
    match command {
        Command::Rules(args) => commands::rules::run(args, out),
        Command::Explain(args) => commands::explain::run(args, out),
        Command::Secrets(args) => commands::secrets::run(args, out),
        Command::Inspect(args) => commands::inspect::run(args, out),
        Command::History(args) => commands::history::run(args, out),
        Command::Tree(args) => commands::tree::run(args, out),
        Command::Waste(args) => commands::waste::run(args, out),
    }
}
