//! Running other programs.

use std::process::{Command, Output, Stdio};

use miette::{IntoDiagnostic as _, Result, WrapErr as _, miette};

/// Runs a command with its output shown; errs unless it succeeds.
pub(crate) fn run(command: &mut Command) -> Result<()> {
    let status = command
        .status()
        .into_diagnostic()
        .wrap_err_with(|| show(command))?;
    if status.success() {
        Ok(())
    } else {
        Err(miette!("{}: {status}", show(command)))
    }
}

/// Runs a command and gives its stdout; errs with its last words unless it succeeds.
pub(crate) fn stdout(command: &mut Command) -> Result<Vec<u8>> {
    let output = output(command)?;
    if output.status.success() {
        return Ok(output.stdout);
    }
    let words = String::from_utf8_lossy(&output.stderr);
    let last = words.trim_end().lines().next_back().unwrap_or_default();
    Err(miette!("{}: {}: {last}", show(command), output.status))
}

/// Runs a command without input and gives all it said, whatever its exit code.
pub(crate) fn output(command: &mut Command) -> Result<Output> {
    command
        .stdin(Stdio::null())
        .output()
        .into_diagnostic()
        .wrap_err_with(|| show(command))
}

/// Whether the command can be run and succeeds; what it says is thrown away.
pub(crate) fn succeeds(command: &mut Command) -> bool {
    output(command).is_ok_and(|output| output.status.success())
}

/// A command as one would type it.
pub(crate) fn show(command: &Command) -> String {
    let words = std::iter::once(command.get_program()).chain(command.get_args());
    words
        .map(|word| word.to_string_lossy())
        .collect::<Vec<_>>()
        .join(" ")
}

#[cfg(test)]
mod tests {
    use super::*;

    fn sh(script: &str) -> Command {
        let mut command = Command::new("sh");
        command.args(["-c", script]);
        command
    }

    #[test]
    fn a_failure_tells_the_command_and_its_last_words() {
        let error = stdout(&mut sh("echo first >&2; echo last >&2; exit 7")).unwrap_err();
        let message = error.to_string();
        assert!(message.starts_with("sh -c echo first"), "{message}");
        assert!(message.ends_with("exit status: 7: last"), "{message}");
    }

    #[test]
    fn a_missing_program_does_not_succeed() {
        assert!(!succeeds(&mut Command::new("imglint-no-such-program")));
        assert!(succeeds(&mut sh("true")));
    }
}
