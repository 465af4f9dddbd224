//! What ends a command before it has a verdict.

mod told;

use std::{io, path::PathBuf};

use imglint_archive::{OpenError, SelectError};
use miette::Diagnostic;
use thiserror::Error;

use crate::{config::ConfigError, exit::Verdict, gate::Gate};

/// Why a command could not do its work.
#[derive(Debug, Error, Diagnostic)]
pub(crate) enum Failure {
    /// The archive could not be opened.
    #[error(transparent)]
    #[diagnostic(transparent)]
    Open(#[from] OpenError),

    /// No image of the archive is meant.
    #[error("{archive}: {error}")]
    #[diagnostic(forward(error))]
    Select { archive: String, error: SelectError },

    /// The archive holds several images, and the command shows one.
    #[error("{archive} holds {count} images, and this command shows one")]
    #[diagnostic(
        code(imglint::several_images),
        help("name one with --image or --platform: {names}")
    )]
    SeveralImages {
        archive: String,
        count: usize,
        names: String,
    },

    /// `--layer` names no layer.
    #[error("there is no layer {layer}; the image has layers 0 to {last}")]
    #[diagnostic(
        code(imglint::no_such_layer),
        help("`imglint history` lists the layers")
    )]
    NoSuchLayer { layer: usize, last: usize },

    /// No rule has that name.
    #[error("there is no rule {name:?}")]
    #[diagnostic(code(imglint::no_such_rule))]
    NoSuchRule {
        name: String,
        #[help]
        advice: String,
    },

    /// The configuration cannot be used.
    #[error(transparent)]
    #[diagnostic(transparent)]
    Config(#[from] ConfigError),

    /// A report would overwrite an archive.
    #[error("--output would overwrite {}, which is to be linted", path.display())]
    #[diagnostic(code(imglint::overwrite), help("give the report a name of its own"))]
    Overwrite { path: PathBuf },

    /// A report could not be written.
    #[error("cannot write {}", path.display())]
    #[diagnostic(
        code(imglint::cannot_write),
        help("name a file in a directory that exists and that you may write to")
    )]
    Write { path: PathBuf, source: io::Error },

    /// Standard output went away.
    #[error("cannot write to standard output")]
    #[diagnostic(code(imglint::stdout))]
    Stdout(#[from] io::Error),
}

impl Failure {
    /// How the run ends.
    pub(crate) fn verdict(&self) -> Verdict {
        match self {
            // Also when no verdict could be told: whoever asked for one must not take silence for "clean".
            Self::Open(_) | Self::Stdout(_) => Verdict::Incomplete,
            _ => Verdict::Usage,
        }
    }

    /// Prints it on stderr, without the secrets that it quotes.
    pub(crate) fn print(self, gate: &Gate) {
        anstream::eprintln!("{:?}", miette::Report::new(told::Told::of(self, gate)));
    }
}
