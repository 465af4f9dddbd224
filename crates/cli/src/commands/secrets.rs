//! `imglint secrets`: the secrets of plain files, for people who tune ignores.

mod walk;

use std::{
    fs::File,
    io::{self, Read},
    num::NonZeroUsize,
    path::Path,
    sync::{
        Mutex, PoisonError,
        atomic::{AtomicUsize, Ordering},
    },
    thread,
};

use imglint_layers::ImagePath;
use imglint_lint::{SecretFindings, human_size};
use imglint_secrets::{Context, FileScan, Hit, Scanner};

use self::walk::Found;
use super::Output;
use crate::{
    args::{ReportFormat, SecretsArgs},
    config,
    exit::Verdict,
    failure::Failure,
    report::{ArchiveReport, Run, files::ReportFiles},
};

/// Bytes read at a time.
const CHUNK: usize = 256 * 1024;

/// Secrets told of one argument; a directory with more is made to fill memory.
const MOST_HITS: usize = 100_000;

pub(crate) fn run(args: &SecretsArgs, out: &mut Output) -> Result<Verdict, Failure> {
    let config = config::load(&args.report.config)?;
    let files = ReportFiles::open(&args.report, &args.sources)?;
    let jobs = args.jobs.or_else(|| thread::available_parallelism().ok());
    let jobs = jobs.map_or(1, NonZeroUsize::get);
    let mut totals = Totals::default();
    let mut archives = Vec::with_capacity(args.sources.len());
    for source in &args.sources {
        let mut report = look_through(source, jobs, &mut totals);
        report.ignore(&config.ignores);
        archives.push(report);
    }
    let mut run = Run {
        fail_on: args.report.fail_on,
        archives,
    };
    files.write(&mut run, out)?;
    let verdict = run.verdict();
    if args.report.format == ReportFormat::Human
        && !(args.report.quiet && verdict == Verdict::Clean)
    {
        totals.write(&run, out)?;
    }
    Ok(verdict)
}

/// How much was looked at.
#[derive(Debug, Default)]
struct Totals {
    files: u64,
    bytes: u64,
}

impl Totals {
    fn write(&self, run: &Run, out: &mut Output) -> Result<(), Failure> {
        use io::Write as _;
        let files = match self.files {
            1 => "1 file".to_owned(),
            count => format!("{count} files"),
        };
        let suppressed = match run.findings().count() - run.counted().count() {
            0 => String::new(),
            count => format!(" · {count} suppressed"),
        };
        let size = human_size(self.bytes);
        writeln!(out, "{files}, {size} looked through{suppressed}")?;
        Ok(())
    }
}

/// What became of one file.
#[derive(Debug, Default)]
struct Looked {
    bytes: u64,
    hits: Vec<Hit>,
    /// Why not all of it was looked at.
    problem: Option<String>,
}

fn look_through(source: &Path, jobs: usize, totals: &mut Totals) -> ArchiveReport {
    let (found, mut incomplete) = walk::files(source);
    let mut findings = SecretFindings::new();
    let mut hits = 0;
    for (file, looked) in found.iter().zip(scan(&found, jobs)) {
        totals.files = totals.files.saturating_add(1);
        totals.bytes = totals.bytes.saturating_add(looked.bytes);
        incomplete.extend(looked.problem);
        hits += looked.hits.len();
        let path = ImagePath::from_tar_name(&file.name).0;
        looked
            .hits
            .iter()
            .for_each(|hit| findings.add_file(hit, &path));
    }
    if hits >= MOST_HITS {
        let reason = format!(
            "there are more than {MOST_HITS} secrets in {}",
            source.display()
        );
        incomplete.push(reason);
    }
    let mut findings = findings.finish();
    findings.sort_by_key(|finding| std::cmp::Reverse(finding.severity));
    ArchiveReport {
        source: source.display().to_string(),
        form: Some("plain files".to_owned()),
        compression: None,
        problem: None,
        absent: Vec::new(),
        findings,
        complete: incomplete.is_empty(),
        incomplete,
        images: Vec::new(),
    }
}

/// Looks through all files, some at a time; the answers come in the order of the files.
fn scan(files: &[Found], jobs: usize) -> Vec<Looked> {
    let next = AtomicUsize::new(0);
    let hits = AtomicUsize::new(0);
    let mut answers: Vec<Looked> = Vec::new();
    answers.resize_with(files.len(), Looked::default);
    let answers = Mutex::new(answers);
    thread::scope(|scope| {
        for _ in 0..jobs.min(files.len()).max(1) {
            scope.spawn(|| {
                let mut scan = Scanner::shared().file(b"");
                let mut buffer = vec![0; CHUNK];
                while let Some((at, file)) = take(files, &next) {
                    let mut looked = look_at(file, &mut scan, &mut buffer);
                    let before = hits.fetch_add(looked.hits.len(), Ordering::Relaxed);
                    looked.hits.truncate(MOST_HITS.saturating_sub(before));
                    let mut answers = answers.lock().unwrap_or_else(PoisonError::into_inner);
                    if let Some(answer) = answers.get_mut(at) {
                        *answer = looked;
                    }
                }
            });
        }
    });
    answers.into_inner().unwrap_or_else(PoisonError::into_inner)
}

fn take<'f>(files: &'f [Found], next: &AtomicUsize) -> Option<(usize, &'f Found)> {
    let at = next.fetch_add(1, Ordering::Relaxed);
    Some((at, files.get(at)?))
}

fn look_at(file: &Found, scan: &mut FileScan<'_>, buffer: &mut [u8]) -> Looked {
    scan.reset(Context::File(&file.name));
    let mut looked = Looked::default();
    let read = match &file.path {
        Some(path) => File::open(path).and_then(|file| feed(file, scan, buffer, &mut looked.bytes)),
        None => feed(io::stdin().lock(), scan, buffer, &mut looked.bytes),
    };
    let name = || String::from_utf8_lossy(&file.shown).into_owned();
    looked.hits = scan.finish();
    looked.problem = match (read, scan.cut()) {
        (Err(error), _) => Some(format!("cannot read {}: {error}", name())),
        (Ok(()), Some(cut)) => Some(format!("{}: {cut}", name())),
        (Ok(()), None) => None,
    };
    looked
}

fn feed(
    mut file: impl Read,
    scan: &mut FileScan<'_>,
    buffer: &mut [u8],
    bytes: &mut u64,
) -> io::Result<()> {
    loop {
        match file.read(buffer) {
            Ok(0) => return Ok(()),
            Ok(count) => {
                *bytes = bytes.saturating_add(count as u64);
                scan.feed(buffer.get(..count).unwrap_or_default());
            }
            Err(error) if error.kind() == io::ErrorKind::Interrupted => {}
            Err(error) => return Err(error),
        }
    }
}
