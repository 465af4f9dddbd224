//! A progress bar on stderr, for people who wait.

use std::{
    io::IsTerminal as _,
    sync::{
        OnceLock,
        atomic::{AtomicBool, Ordering},
    },
    time::{Duration, Instant},
};

use imglint_lint::Progress;
use indicatif::{ProgressBar, ProgressDrawTarget, ProgressStyle};

/// Runs shorter than this show nothing.
const PATIENCE: Duration = Duration::from_secs(1);

/// Shows how many bytes were read once a run takes more than about a second.
///
/// Nothing is ever written when stderr is not a terminal.
#[derive(Debug)]
pub(crate) struct Bar {
    started: Instant,
    line: OnceLock<ProgressBar>,
    shown: AtomicBool,
}

impl Bar {
    pub(crate) fn new() -> Self {
        Self {
            started: Instant::now(),
            line: OnceLock::new(),
            shown: AtomicBool::new(false),
        }
    }
}

impl Progress for Bar {
    fn begin(&self, bytes: u64, layers: usize) {
        if !std::io::stderr().is_terminal() {
            return;
        }
        let bar = ProgressBar::with_draw_target(Some(bytes), ProgressDrawTarget::hidden());
        let template = "reading {msg} {wide_bar} {decimal_bytes}/{decimal_total_bytes} {decimal_bytes_per_sec}";
        if let Ok(style) = ProgressStyle::with_template(template) {
            bar.set_style(style);
        }
        bar.set_message(format!(
            "{layers} {}",
            if layers == 1 { "layer" } else { "layers" }
        ));
        let _already_begun = self.line.set(bar);
    }

    fn advance(&self, bytes: u64) {
        let Some(bar) = self.line.get() else { return };
        bar.inc(bytes);
        if self.started.elapsed() > PATIENCE && !self.shown.swap(true, Ordering::Relaxed) {
            bar.set_draw_target(ProgressDrawTarget::stderr());
        }
    }

    fn end(&self) {
        if let Some(bar) = self.line.get() {
            bar.finish_and_clear();
        }
    }
}
