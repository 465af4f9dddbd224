//! `imglint.toml`: what a project decided.

mod reader;

use std::{
    env,
    fs::File,
    io::{self, Read as _},
    path::{Path, PathBuf},
    sync::Arc,
};

use imglint_lint::Ignore;
use miette::{Diagnostic, NamedSource, SourceSpan};
use thiserror::Error;

use crate::args::ConfigArgs;

const NAME: &str = "imglint.toml";

/// Nobody writes more by hand, in bytes.
const LONGEST: u64 = 1 << 20;

/// What a project decided.
#[derive(Debug, Default)]
pub(crate) struct Config {
    /// Findings that do not count.
    pub(crate) ignores: Vec<Ignore>,
}

/// Why a configuration cannot be used; nothing is judged then.
#[derive(Debug, Error, Diagnostic)]
pub(crate) enum ConfigError {
    /// It could not be read.
    #[error("cannot read {}", path.display())]
    #[diagnostic(
        code(imglint::config::read),
        help("name another with --config, or none with --no-config")
    )]
    Read { path: PathBuf, source: io::Error },

    /// It says what cannot be understood.
    #[error("{message}")]
    #[diagnostic(code(imglint::config::wrong))]
    Wrong {
        message: String,
        #[source_code]
        text: Arc<NamedSource<String>>,
        #[label("{label}")]
        at: SourceSpan,
        label: &'static str,
        #[help]
        help: Option<String>,
    },
}

/// The configuration that the arguments mean.
pub(crate) fn load(args: &ConfigArgs) -> Result<Config, ConfigError> {
    let found = match &args.config {
        _ if args.no_config => None,
        Some(path) => Some(path.clone()),
        None => nearest(),
    };
    let Some(path) = found else {
        return Ok(Config::default());
    };
    let text = read(&path).map_err(|source| ConfigError::Read {
        path: path.clone(),
        source,
    })?;
    let mut config = reader::parse(&path.display().to_string(), &text)?;
    if args.no_ignores {
        config.ignores.clear();
    }
    Ok(config)
}

/// The nearest one from the working directory upwards, by a path that people recognise.
fn nearest() -> Option<PathBuf> {
    let here = env::current_dir().ok()?;
    let found = here.ancestors().map(|folder| folder.join(NAME));
    let found = { found }.find(|path| path.is_file())?;
    let inside = found.strip_prefix(&here).map(Path::to_path_buf);
    Some(inside.unwrap_or(found))
}

fn read(path: &Path) -> io::Result<String> {
    let mut text = String::new();
    File::open(path)?
        .take(LONGEST + 1)
        .read_to_string(&mut text)?;
    if text.len() as u64 > LONGEST {
        let error = "it is longer than 1 MiB";
        return Err(io::Error::new(io::ErrorKind::FileTooLarge, error));
    }
    Ok(text)
}
