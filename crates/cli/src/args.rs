//! What the command line accepts.

use std::{num::NonZeroUsize, path::PathBuf, str::FromStr};

use bytesize::ByteSize;
use clap::{Args, Parser, Subcommand, ValueEnum};
use imglint_format::Platform;
use imglint_lint::Severity;

const AFTER_HELP: &str = "\
Exit codes:
  0  judged whole, nothing at or above --fail-on
  1  findings at or above --fail-on
  2  wrong usage and nothing was judged, or a report could not be written
  3  some image could not be judged whole (missing, corrupt, over a limit)

Examples:
  imglint app.tar                          lint what `docker save app -o app.tar` wrote
  docker save app | imglint -              lint without keeping a file
  imglint --output json=report.json app.tar
  imglint secrets src/                     look for secrets before there is an image
  imglint waste app.tar                    which bytes ship but are never seen
  imglint explain deleted-in-later-layer   what a rule means and how to fix it";

/// Lints container image archives before they are pushed.
///
/// Reads what docker save, podman save, buildah, skopeo, BuildKit, crane,
/// kaniko, jib, Bazel or Nix wrote, or an OCI layout, plain or compressed,
/// without an engine and without the network; looks at every layer, deleted
/// files included.
#[derive(Debug, Parser)]
#[command(
    name = "imglint",
    version,
    after_help = AFTER_HELP,
    args_conflicts_with_subcommands = true,
    arg_required_else_help = true,
    subcommand_negates_reqs = true,
    disable_help_subcommand = true,
    max_term_width = 100
)]
pub(crate) struct Cli {
    #[command(subcommand)]
    pub(crate) command: Option<Command>,

    #[command(flatten)]
    pub(crate) lint: LintArgs,

    #[command(flatten)]
    pub(crate) global: GlobalArgs,
}

/// What every command takes.
#[derive(Debug, Args)]
#[command(next_help_heading = "General")]
pub(crate) struct GlobalArgs {
    /// Never colour the output (also: the environment variable `NO_COLOR`)
    #[arg(long, global = true)]
    pub(crate) no_color: bool,
}

#[derive(Debug, Subcommand)]
pub(crate) enum Command {
    /// List the rules
    Rules(RulesArgs),
    /// Show what a rule checks, why it matters and how to fix it
    Explain(ExplainArgs),
    /// Look for secrets in plain files, as in those of an image
    Secrets(SecretsArgs),
    /// Show what an image says of itself, as `docker image inspect` does
    Inspect(LookArgs),
    /// Show the steps that made an image and what each adds, as `docker history` does
    History(HistoryArgs),
    /// Show the files of an image or of one layer
    Tree(TreeArgs),
    /// Show the bytes that ship but that no file of the final image reaches
    Waste(WasteArgs),
}

/// Options of the bare command.
#[derive(Debug, Args)]
pub(crate) struct LintArgs {
    /// Archives or directories to lint; `-` reads an archive from stdin
    #[arg(value_name = "IMAGE", required = true)]
    pub(crate) sources: Vec<PathBuf>,

    #[command(flatten)]
    pub(crate) select: SelectArgs,

    #[command(flatten)]
    pub(crate) report: ReportArgs,
}

/// Options of `imglint secrets`.
#[derive(Debug, Args)]
pub(crate) struct SecretsArgs {
    /// Files or directories to look through; `-` reads stdin
    ///
    /// A directory stands for the root of an image. Symbolic links in it are not followed.
    #[arg(value_name = "FILE|DIR", required = true)]
    pub(crate) sources: Vec<PathBuf>,

    /// How many files to read at a time (default: one per core)
    #[arg(long, value_name = "N")]
    pub(crate) jobs: Option<NonZeroUsize>,

    #[command(flatten)]
    pub(crate) report: ReportArgs,
}

/// What is reported and where, and what fails the run.
#[derive(Debug, Args)]
pub(crate) struct ReportArgs {
    /// What to print on stdout
    #[arg(long, value_enum, default_value_t = ReportFormat::Human)]
    pub(crate) format: ReportFormat,

    /// Write a report to a file as well (repeatable)
    #[arg(long, value_name = "FORMAT=FILE")]
    pub(crate) output: Vec<ReportFile>,

    /// The least severity that makes the exit code 1
    #[arg(long, value_enum, value_name = "SEVERITY", default_value_t = FailOn::Error)]
    pub(crate) fail_on: FailOn,

    /// Print nothing of what passes
    #[arg(long, short)]
    pub(crate) quiet: bool,

    /// Print every finding and all evidence, not the first of each kind
    #[arg(long, short)]
    pub(crate) verbose: bool,

    /// Print secrets in clear, not masked
    #[arg(long)]
    pub(crate) show_secrets: bool,

    #[command(flatten)]
    pub(crate) config: ConfigArgs,
}

/// Where the configuration is, and what of it counts.
#[derive(Debug, Args)]
#[command(next_help_heading = "Configuration")]
pub(crate) struct ConfigArgs {
    /// Read this configuration instead of the nearest `imglint.toml` from here upwards
    #[arg(long, value_name = "FILE", conflicts_with = "no_config")]
    pub(crate) config: Option<PathBuf>,

    /// Read no configuration
    #[arg(long)]
    pub(crate) no_config: bool,

    /// Let findings count that the configuration ignores
    #[arg(long)]
    pub(crate) no_ignores: bool,
}

/// Which images of an archive, and how hard to work.
#[derive(Debug, Args)]
pub(crate) struct SelectArgs {
    /// Only the image of this name (default: every image in the archive)
    #[arg(long = "image", value_name = "NAME")]
    pub(crate) name: Option<String>,

    /// Only the images of this platform, for instance linux/arm64
    #[arg(long, value_name = "OS/ARCH")]
    pub(crate) platform: Option<Platform>,

    /// How many layers to read at a time (default: one per core)
    #[arg(long, value_name = "N")]
    pub(crate) jobs: Option<NonZeroUsize>,

    /// How far stdin or a compressed archive may grow on disk while it is read
    #[arg(long, value_name = "SIZE", default_value = "64GiB")]
    pub(crate) spool_limit: ByteSize,
}

/// A command that looks inside one archive.
#[derive(Debug, Args)]
pub(crate) struct LookArgs {
    /// An archive or a directory; `-` reads an archive from stdin
    #[arg(value_name = "IMAGE")]
    pub(crate) source: PathBuf,

    #[command(flatten)]
    pub(crate) select: SelectArgs,

    /// What to print on stdout
    #[arg(long, value_enum, default_value_t = ReportFormat::Human)]
    pub(crate) format: ReportFormat,
}

#[derive(Debug, Args)]
pub(crate) struct HistoryArgs {
    #[command(flatten)]
    pub(crate) look: LookArgs,

    /// Do not shorten instructions
    #[arg(long)]
    pub(crate) no_trunc: bool,
}

#[derive(Debug, Args)]
pub(crate) struct TreeArgs {
    #[command(flatten)]
    pub(crate) look: LookArgs,

    /// Show what this layer changes (0 is the lowest) instead of the final files
    #[arg(long, value_name = "N")]
    pub(crate) layer: Option<usize>,

    /// Show directories no deeper than this
    #[arg(long, value_name = "N")]
    pub(crate) depth: Option<usize>,
}

#[derive(Debug, Args)]
pub(crate) struct WasteArgs {
    #[command(flatten)]
    pub(crate) look: LookArgs,

    /// How many of the largest places to list; 0 lists all
    #[arg(long, value_name = "N", default_value_t = 20)]
    pub(crate) top: usize,
}

#[derive(Debug, Args)]
pub(crate) struct RulesArgs {
    /// What to print on stdout
    #[arg(long, value_enum, default_value_t = ReportFormat::Human)]
    pub(crate) format: ReportFormat,
}

#[derive(Debug, Args)]
pub(crate) struct ExplainArgs {
    /// The rule's name, its code (IL502), or a kind of secret (github-token)
    #[arg(value_name = "RULE")]
    pub(crate) rule: String,
}

/// How a report is written.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub(crate) enum ReportFormat {
    /// For people
    Human,
    /// For programs: the schema `imglint/v1`
    Json,
}

/// The least severity that fails a run.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub(crate) enum FailOn {
    /// Any finding fails
    Info,
    /// Warnings and errors fail
    Warning,
    /// Errors fail
    Error,
    /// Findings never fail; what could not be judged still does
    Never,
}

impl FailOn {
    /// Whether a finding of this severity fails the run.
    pub(crate) fn fails(self, severity: Severity) -> bool {
        match self {
            Self::Info => true,
            Self::Warning => severity >= Severity::Warning,
            Self::Error => severity >= Severity::Error,
            Self::Never => false,
        }
    }
}

/// One `FORMAT=FILE` of `--output`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct ReportFile {
    pub(crate) format: ReportFormat,
    pub(crate) path: PathBuf,
}

impl FromStr for ReportFile {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, String> {
        let (format, path) = text
            .split_once('=')
            .filter(|(_, path)| !path.is_empty())
            .ok_or("expected FORMAT=FILE, for instance json=report.json")?;
        let format = ReportFormat::from_str(format, false).map_err(|_| {
            let known: Vec<String> = ReportFormat::value_variants()
                .iter()
                .filter_map(|format| Some(format.to_possible_value()?.get_name().to_owned()))
                .collect();
            format!(
                "there is no format {format:?}; there are {}",
                known.join(", ")
            )
        })?;
        Ok(Self {
            format,
            path: path.into(),
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_arguments_are_consistent() {
        use clap::CommandFactory as _;
        Cli::command().debug_assert();
    }

    #[test]
    fn an_output_is_a_format_and_a_file() {
        let file: ReportFile = "json=a=b.json".parse().unwrap();
        assert_eq!(
            file,
            ReportFile {
                format: ReportFormat::Json,
                path: "a=b.json".into()
            }
        );
        assert!(
            "json"
                .parse::<ReportFile>()
                .unwrap_err()
                .contains("FORMAT=FILE")
        );
        assert!("json=".parse::<ReportFile>().is_err());
        assert!(
            "xml=a"
                .parse::<ReportFile>()
                .unwrap_err()
                .contains("human, json")
        );
    }
}
