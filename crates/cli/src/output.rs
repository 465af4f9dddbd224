//! Where everything is printed: through the gate.

use std::{
    fs::File,
    io::{self, BufWriter, Write},
    mem,
};

use serde::Serialize;

use crate::{gate::Gate, report::json};

/// Bytes of whole lines that are looked at together.
const BATCH: usize = 64 * 1024;

/// Stdout or a report file. Lines for people are masked as they are written, batch by batch; JSON is
/// masked text by text, which leaves it JSON.
pub(crate) struct Output {
    sink: Box<dyn Write>,
    /// What was written and not yet looked at.
    pending: Vec<u8>,
    gate: Gate,
}

impl Output {
    /// Stdout; colours are taken out unless it is a terminal.
    pub(crate) fn stdout(gate: Gate) -> Self {
        Self::new(anstream::stdout().lock(), gate)
    }

    /// A file: no colours, and the secrets masked that this one masks.
    pub(crate) fn file(&self, file: File) -> Self {
        Self::new(anstream::StripStream::new(file), self.gate.clone())
    }

    fn new(sink: impl Write + 'static, gate: Gate) -> Self {
        Self {
            sink: Box::new(BufWriter::new(sink)),
            pending: Vec::new(),
            gate,
        }
    }

    /// What masks.
    pub(crate) fn gate(&self) -> &Gate {
        &self.gate
    }

    /// To teach it secrets, or replace it.
    pub(crate) fn gate_mut(&mut self) -> &mut Gate {
        &mut self.gate
    }

    /// Writes an answer for programs.
    pub(crate) fn json(&mut self, answer: &impl Serialize) -> io::Result<()> {
        self.pass(true)?;
        json::write(answer, &self.gate, &mut self.sink)
    }

    /// Writes the whole lines that are pending, or everything.
    fn pass(&mut self, all: bool) -> io::Result<()> {
        let mut pending = mem::take(&mut self.pending);
        let last = pending.iter().rposition(|&b| b == b'\n');
        let end = if all {
            pending.len()
        } else {
            last.map_or(0, |at| at + 1)
        };
        self.pending = pending.split_off(end);
        self.sink.write_all(masked(&self.gate, &pending).as_bytes())
    }
}

impl Write for Output {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        self.pending.extend_from_slice(bytes);
        if self.pending.len() >= BATCH && bytes.contains(&b'\n') {
            self.pass(false)?;
        }
        Ok(bytes.len())
    }

    fn flush(&mut self) -> io::Result<()> {
        self.pass(true)?;
        self.sink.flush()
    }
}

impl std::fmt::Debug for Output {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Output").finish_non_exhaustive()
    }
}

/// Prints a line about what went wrong.
pub(crate) fn complain(gate: &Gate, text: &str) {
    anstream::eprintln!("{}", masked(gate, text.as_bytes()));
}

/// What stands between escape sequences masked: the letter that ends one is no part of a word.
fn masked(gate: &Gate, bytes: &[u8]) -> String {
    let text = String::from_utf8_lossy(bytes);
    let mut shown = String::with_capacity(text.len());
    for (at, part) in text.split('\x1b').enumerate() {
        let mut part = part;
        if at > 0 {
            let letter = |c: char| c.is_ascii_alphabetic();
            let (escape, rest) = match part.find(letter) {
                Some(end) => part.split_at(end + 1),
                None => (part, ""),
            };
            shown.push('\x1b');
            shown.push_str(escape);
            part = rest;
        }
        shown.push_str(&gate.text(part));
    }
    shown
}

#[cfg(test)]
mod tests {
    use std::{cell::RefCell, rc::Rc};

    use super::*;

    #[derive(Clone, Default)]
    struct Sink(Rc<RefCell<Vec<u8>>>);

    impl Write for Sink {
        fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
            self.0.borrow_mut().write(bytes)
        }

        fn flush(&mut self) -> io::Result<()> {
            Ok(())
        }
    }

    /// What is printed after a password was learnt.
    fn printed(print: impl FnOnce(&mut Output)) -> String {
        let sink = Sink::default();
        let mut output = Output::new(sink.clone(), Gate::default());
        output.gate_mut().learn(b"pass\"wor\\d\nlines");
        output.gate_mut().learn(b"correct-horse");
        print(&mut output);
        output.flush().unwrap();
        let bytes = sink.0.borrow().clone();
        String::from_utf8(bytes).unwrap()
    }

    #[test]
    fn lines_are_masked_however_they_are_written() {
        let text = printed(|out| {
            for piece in ["\x1b[1mcorr", "ect-hor", "se\x1b[0m a\n"] {
                out.write_all(piece.as_bytes()).unwrap();
            }
        });
        assert_eq!(text, "\x1b[1m********\x1b[0m a\n");
    }

    #[test]
    fn long_output_is_passed_on_batch_by_batch() {
        let text = printed(|out| {
            for _ in 0..20_000 {
                writeln!(out, "a correct-horse b").unwrap();
            }
            assert!(out.pending.len() < 2 * BATCH);
        });
        assert_eq!(text, "a ******** b\n".repeat(20_000));
    }

    #[test]
    fn json_stays_json_and_its_escapes_hide_nothing() {
        let secret = "x pass\"wor\\d\nlines y";
        let answer = serde_json::json!({ secret: [secret, "\\correct-horse", 1] });
        let text = printed(|out| out.json(&answer).unwrap());
        let read: serde_json::Value = serde_json::from_str(&text).unwrap();
        let expected = serde_json::json!({ "x ******** y": ["x ******** y", "\\********", 1] });
        assert_eq!(read, expected);
    }
}
