//! How fast the files below some directories are scanned, on one thread and from memory:
//! `throughput [--hits] [--ids] DIR…`.
//!
//! With `--ids`, how many hits each detector has; with `--hits`, all of them.
#![expect(clippy::print_stdout, reason = "an example prints")]
#![expect(clippy::cast_precision_loss, reason = "speeds are rough")]

use std::{
    collections::BTreeMap,
    env,
    ffi::OsString,
    fs, io,
    path::{Path, PathBuf},
    sync::OnceLock,
    time::{Duration, Instant},
};

use imglint_secrets::{Context, FileScan, Hit, Scanner};

/// What is fed at once, as a layer's reader does.
const CHUNK: usize = 256 * 1024;

/// Files are held in memory up to so many bytes at a time.
const BATCH: u64 = 1 << 30;

/// The fastest of so many runs counts.
const RUNS: usize = 3;

fn main() -> io::Result<()> {
    let (flags, roots): (Vec<OsString>, Vec<OsString>) = env::args_os()
        .skip(1)
        .partition(|argument| argument.to_string_lossy().starts_with("--"));
    let has = |flag: &str| flags.iter().any(|given| given == flag);
    let mut paths = Vec::new();
    for root in &roots {
        walk(Path::new(root), &mut paths)?;
    }
    let scanner = Scanner::new();
    let mut totals = Totals::default();
    let mut rest = paths.as_slice();
    while !rest.is_empty() {
        let batch;
        (batch, rest) = read(rest);
        totals.add(&scanner, &batch, has("--hits"));
    }
    totals.print(has("--ids"));
    Ok(())
}

struct File {
    path: PathBuf,
    bytes: Vec<u8>,
}

#[derive(Default)]
struct Speed {
    bytes: u64,
    time: Duration,
}

#[derive(Default)]
struct Totals {
    text: Speed,
    binary: Speed,
    hits: BTreeMap<String, u64>,
    slowest: Vec<(f64, PathBuf)>,
}

impl Totals {
    fn add(&mut self, scanner: &Scanner, files: &[File], show: bool) {
        let (binary, text): (Vec<&File>, Vec<&File>) =
            files.iter().partition(|file| file.bytes.contains(&0));
        let text = self.run(scanner, &text, show);
        self.text.bytes += text.bytes;
        self.text.time += text.time;
        let binary = self.run(scanner, &binary, show);
        self.binary.bytes += binary.bytes;
        self.binary.time += binary.time;
    }

    fn run(&mut self, scanner: &Scanner, files: &[&File], show: bool) -> Speed {
        let mut scan = scanner.file(b"");
        let mut best = Duration::MAX;
        for run in 0..RUNS {
            let begin = clock();
            for file in files {
                let start = Instant::now();
                let hits = hits(&mut scan, file);
                let time = start.elapsed();
                if run == 0 {
                    self.count(file, &hits, show);
                    self.note(file, time);
                }
            }
            best = best.min(clock().saturating_sub(begin));
        }
        Speed {
            bytes: files.iter().map(|file| file.bytes.len() as u64).sum(),
            time: best,
        }
    }

    fn note(&mut self, file: &File, time: Duration) {
        if time > Duration::from_millis(5) {
            let each = time.as_nanos() as f64 / file.bytes.len() as f64;
            self.slowest.push((each, file.path.clone()));
        }
    }

    fn count(&mut self, file: &File, hits: &[Hit], show: bool) {
        for hit in hits {
            *self.hits.entry(hit.detector.to_string()).or_default() += 1;
            if show {
                let (path, offset) = (file.path.display(), hit.offset);
                println!(
                    "{} {path}:{offset} {} {:?}",
                    hit.detector, hit.excerpt, hit.proof
                );
            }
        }
    }

    fn print(mut self, ids: bool) {
        self.slowest.sort_by(|a, b| b.0.total_cmp(&a.0));
        for (each, path) in self.slowest.iter().take(10) {
            println!("{each:6.1} ns/byte {}", path.display());
        }
        let mut hits: Vec<_> = self.hits.iter().collect();
        hits.sort_by_key(|(_, count)| std::cmp::Reverse(**count));
        for (id, count) in hits.iter().filter(|_| ids) {
            println!("{count:6} {id}");
        }
        let all = Speed {
            bytes: self.text.bytes + self.binary.bytes,
            time: self.text.time + self.binary.time,
        };
        for (name, speed) in [("text", self.text), ("binary", self.binary), ("all", all)] {
            let bytes = speed.bytes as f64;
            let rate = bytes / speed.time.as_secs_f64() / 1e9;
            println!("{name}: {:.0} MB at {rate:.2} GB/s", bytes / 1e6);
        }
    }
}

fn hits(scan: &mut FileScan<'_>, file: &File) -> Vec<Hit> {
    scan.reset(Context::File(file.path.as_os_str().as_encoded_bytes()));
    file.bytes.chunks(CHUNK).for_each(|chunk| scan.feed(chunk));
    scan.finish()
}

/// Time this thread has run, where the system tells it (Linux), else time that has gone by.
fn clock() -> Duration {
    static START: OnceLock<Instant> = OnceLock::new();
    let start = *START.get_or_init(Instant::now);
    let ran = fs::read_to_string("/proc/thread-self/schedstat").unwrap_or_default();
    let first = ran.split(' ').next().and_then(|first| first.parse().ok());
    first.map_or_else(|| start.elapsed(), Duration::from_nanos)
}

/// Reads the first of the files, and gives the others back.
fn read(paths: &[PathBuf]) -> (Vec<File>, &[PathBuf]) {
    let (mut files, mut size) = (Vec::new(), 0);
    let mut rest = paths;
    while let Some((path, others)) = rest.split_first() {
        if size > BATCH {
            break;
        }
        rest = others;
        if let Ok(bytes) = fs::read(path) {
            size += bytes.len() as u64;
            let path = path.clone();
            files.push(File { path, bytes });
        }
    }
    (files, rest)
}

fn walk(path: &Path, paths: &mut Vec<PathBuf>) -> io::Result<()> {
    let kind = fs::symlink_metadata(path)?;
    if kind.is_dir() {
        for entry in fs::read_dir(path)? {
            walk(&entry?.path(), paths)?;
        }
    } else if kind.is_file() {
        paths.push(path.to_owned());
    }
    Ok(())
}
