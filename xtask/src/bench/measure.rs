//! Wall time and peak memory of a command.

use std::{
    fs,
    process::{Child, Command, Stdio},
    thread,
    time::{Duration, Instant},
};

use miette::{IntoDiagnostic as _, Result, WrapErr as _, miette};

use crate::process::show;

/// How long the command takes; errs unless it succeeds.
pub(super) fn time(command: &mut Command) -> Result<Duration> {
    let begin = Instant::now();
    let mut child = spawn(command)?;
    let status = child.wait().into_diagnostic()?;
    let time = begin.elapsed();
    if status.success() {
        Ok(time)
    } else {
        Err(miette!("{}: {status}", show(command)))
    }
}

/// The peak resident memory of the command in bytes, 0 where `/proc` does not tell.
///
/// The kernel keeps the high-water mark, so looking often enough is looking right before the end;
/// the looking costs time, which is why `time` does not.
pub(super) fn memory(command: &mut Command) -> Result<u64> {
    let mut child = spawn(command)?;
    let mut peak = 0;
    while child.try_wait().into_diagnostic()?.is_none() {
        peak = high_water(&child).unwrap_or(0).max(peak);
        thread::sleep(Duration::from_millis(1));
    }
    Ok(peak)
}

fn spawn(command: &mut Command) -> Result<Child> {
    let quiet = command
        .stdin(Stdio::null())
        .stdout(Stdio::null())
        .stderr(Stdio::null());
    quiet
        .spawn()
        .into_diagnostic()
        .wrap_err_with(|| show(command))
}

fn high_water(child: &Child) -> Option<u64> {
    let status = fs::read_to_string(format!("/proc/{}/status", child.id())).ok()?;
    parse_high_water(&status)
}

/// `VmHWM` of a `/proc/PID/status` (proc(5)), which counts in KiB.
fn parse_high_water(status: &str) -> Option<u64> {
    let line = status
        .lines()
        .find_map(|line| line.strip_prefix("VmHWM:"))?;
    let kibibytes: u64 = line.trim().strip_suffix(" kB")?.trim().parse().ok()?;
    kibibytes.checked_mul(1024)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_high_water_mark_is_in_bytes() {
        let status = "Name:\tsh\nVmPeak:\t    9999 kB\nVmHWM:\t    1234 kB\nVmRSS:\t 1 kB\n";
        assert_eq!(parse_high_water(status), Some(1234 * 1024));
        assert_eq!(parse_high_water("Name:\tkthread\n"), None);
    }

    #[test]
    fn a_command_that_fails_has_no_time() {
        assert!(time(&mut Command::new("false")).is_err());
        assert!(time(&mut Command::new("true")).is_ok());
    }
}
