//! Where things of this workspace are, and its program.

use std::{
    fs,
    path::{Path, PathBuf},
    process::{Command, Stdio},
};

use cargo_metadata::{Message, Metadata, MetadataCommand};
use miette::{IntoDiagnostic as _, Result, WrapErr as _, miette};

use crate::process;

/// The folder of the workspace.
pub(crate) fn root() -> &'static Path {
    let xtask = Path::new(env!("CARGO_MANIFEST_DIR"));
    xtask.parent().unwrap_or(xtask)
}

/// The cargo that runs this task, at work in the root.
pub(crate) fn cargo() -> Command {
    let mut command = Command::new(std::env::var_os("CARGO").unwrap_or_else(|| "cargo".into()));
    command.current_dir(root());
    command
}

/// What cargo knows of the workspace's own packages.
pub(crate) fn metadata() -> Result<Metadata> {
    MetadataCommand::new()
        .current_dir(root())
        .no_deps()
        .exec()
        .into_diagnostic()
}

/// A folder below the target folder, made if it is not there.
pub(crate) fn target(name: &str) -> Result<PathBuf> {
    let folder = metadata()?.target_directory.into_std_path_buf().join(name);
    fs::create_dir_all(&folder)
        .into_diagnostic()
        .wrap_err_with(|| format!("cannot make {}", folder.display()))?;
    Ok(folder)
}

/// How the program is compiled.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Profile {
    /// Quick to build.
    Dev,
    /// What users run.
    Release,
}

/// Builds `imglint` and gives the path of the program.
pub(crate) fn imglint(profile: Profile) -> Result<PathBuf> {
    let mut build = cargo();
    build.args([
        "build",
        "--quiet",
        "--package",
        "imglint",
        "--bin",
        "imglint",
    ]);
    build.arg("--message-format=json-render-diagnostics");
    if profile == Profile::Release {
        build.arg("--release");
    }
    // Compiler errors go where the user sees them.
    let messages = process::stdout(build.stderr(Stdio::inherit()))?;
    executable(&messages)?.ok_or_else(|| miette!("cargo built no program named imglint"))
}

fn executable(messages: &[u8]) -> Result<Option<PathBuf>> {
    for message in Message::parse_stream(messages) {
        if let Message::CompilerArtifact(artifact) = message.into_diagnostic()?
            && let Some(program) = artifact.executable
        {
            return Ok(Some(program.into_std_path_buf()));
        }
    }
    Ok(None)
}

/// Writes a file, naming it when that fails.
pub(crate) fn write(path: &Path, content: impl AsRef<[u8]>) -> Result<()> {
    fs::write(path, content)
        .into_diagnostic()
        .wrap_err_with(|| format!("cannot write {}", path.display()))
}
