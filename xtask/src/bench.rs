//! How fast the program is, next to the one thing it cannot do without: hashing every byte.
//!
//! Wall times on a shared machine mean little by themselves, so the commands run in turns and the
//! ratio to `openssl dgst -sha256` is what counts.

mod archives;
mod layers;
mod measure;

use std::{path::Path, process::Command, thread, time::Duration};

use miette::Result;

use crate::workspace::{self, Profile};

/// What to measure.
#[derive(Debug, clap::Args)]
pub(crate) struct Args {
    /// How often each command runs
    #[arg(long, default_value_t = 5, value_parser = clap::value_parser!(u32).range(1..))]
    rounds: u32,

    /// How large the layers are together, in MiB
    #[arg(long, default_value_t = 1024)]
    size: u64,

    /// Make the archives anew
    #[arg(long)]
    fresh: bool,
}

/// Makes the archives where they are missing, and measures.
pub(crate) fn run(args: &Args) -> Result<()> {
    let folder = workspace::target("bench")?;
    let archives = archives::make(&folder, args.size << 20, args.fresh)?;
    let program = workspace::imglint(Profile::Release)?;
    let cores = thread::available_parallelism().map_or(1, usize::from);
    println!(
        "{cores} cores, {} rounds in turns, files warm in memory",
        args.rounds
    );
    let mut jobs = vec![
        Job::new("openssl, docker-save", openssl(&archives.docker)),
        Job::new("imglint, docker-save", lint(&program, &archives.docker)),
        Job::new("openssl, OCI gzip", openssl(&archives.oci)),
        Job::new("imglint, OCI gzip", lint(&program, &archives.oci)),
    ];
    measure(&mut jobs, args.rounds)?;
    report(&mut jobs);
    Ok(())
}

/// A command, and how long each of its runs took.
struct Job {
    name: &'static str,
    command: Command,
    times: Vec<Duration>,
    /// Peak resident memory in bytes, of a run apart.
    memory: u64,
}

impl Job {
    fn new(name: &'static str, command: Command) -> Self {
        Self {
            name,
            command,
            times: Vec::new(),
            memory: 0,
        }
    }
}

fn openssl(file: &Path) -> Command {
    let mut command = Command::new("openssl");
    command.args(["dgst", "-sha256"]).arg(file);
    command
}

fn lint(program: &Path, file: &Path) -> Command {
    let mut command = Command::new(program);
    command.args(["--fail-on", "never"]).arg(file);
    command
}

/// One run of each to warm the files and watch the memory, then the rounds.
fn measure(jobs: &mut [Job], rounds: u32) -> Result<()> {
    for job in jobs.iter_mut() {
        job.memory = measure::memory(&mut job.command)?;
    }
    for _ in 0..rounds {
        for job in jobs.iter_mut() {
            job.times.push(measure::time(&mut job.command)?);
        }
    }
    Ok(())
}

fn report(jobs: &mut [Job]) {
    println!("{:22} {:>8} {:>8} {:>10}", "", "best", "median", "peak RSS");
    for job in jobs.iter_mut() {
        job.times.sort();
        let (best, median) = (best(&job.times), median(&job.times));
        let mebibytes = job.memory >> 20;
        println!(
            "{:22} {:>6.3} s {:>6.3} s {mebibytes:>6} MiB",
            job.name, best, median
        );
    }
    if let [openssl, docker, small, oci] = jobs {
        compare(docker, openssl);
        compare(oci, openssl);
        compare(oci, small);
    }
}

fn compare(job: &Job, to: &Job) {
    let best = best(&job.times) / best(&to.times);
    let median = median(&job.times) / median(&to.times);
    println!(
        "{} / {}: best {best:.2}, median {median:.2}",
        job.name, to.name
    );
}

fn best(sorted: &[Duration]) -> f64 {
    sorted.first().map_or(f64::NAN, Duration::as_secs_f64)
}

fn median(sorted: &[Duration]) -> f64 {
    sorted
        .get(sorted.len() / 2)
        .map_or(f64::NAN, Duration::as_secs_f64)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn best_and_median_of_sorted_times() {
        let times = [1, 2, 9].map(Duration::from_secs);
        assert!((best(&times) - 1.0).abs() < f64::EPSILON);
        assert!((median(&times) - 2.0).abs() < f64::EPSILON);
        assert!(median(&[]).is_nan());
    }
}
