//! Tasks of the workspace, run as `cargo xtask <TASK>`; one file each.

#![expect(
    clippy::print_stdout,
    reason = "tasks talk to the person who runs them"
)]

#[cfg(test)]
mod arrows;
mod bench;
mod ci;
mod demo;
#[cfg(test)]
mod dependencies;
mod fixtures;
mod gen_docs;
mod interop;
mod process;
mod published_keys;
mod workspace;

use clap::{Parser, Subcommand};
use miette::Result;

/// Tests, documents, samples and measurements of imglint
#[derive(Debug, Parser)]
#[command(name = "cargo xtask", bin_name = "cargo xtask")]
struct Xtask {
    #[command(subcommand)]
    task: Task,
}

#[derive(Debug, Subcommand)]
enum Task {
    /// Run everything that a change must pass
    Ci,
    /// Build a small leaky image and lint it with the real program
    Demo,
    /// Write the pages of the rules and the tables made from them
    GenDocs(gen_docs::Args),
    /// Write one sample archive of every form into the target folder
    Fixtures,
    /// Measure the program against `openssl dgst -sha256`
    Bench(bench::Args),
    /// Compare what is read from archives that real engines write
    Interop(interop::Args),
    /// Add the private keys of unpacked packages to the table of published ones
    PublishedKeys(published_keys::Args),
}

fn main() -> Result<()> {
    match Xtask::parse().task {
        Task::Ci => ci::run(),
        Task::Demo => demo::run(),
        Task::GenDocs(args) => gen_docs::run(&args),
        Task::Fixtures => fixtures::run(),
        Task::Bench(args) => bench::run(&args),
        Task::Interop(args) => interop::run(args),
        Task::PublishedKeys(args) => published_keys::run(&args),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_arguments_are_consistent() {
        use clap::CommandFactory as _;
        Xtask::command().debug_assert();
    }
}
