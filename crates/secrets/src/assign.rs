//! Values that are secrets by the name they are assigned to.
//!
//! A pass over text of its own: nothing else in a file is as common as assignments, so they are found
//! by their operators, and all but a few are passed over by the last letters of their names. What is
//! judged is the same wherever the file was cut: [`BEFORE`] and [`AFTER`] bytes around an operator.

pub(crate) mod commands;
mod find;
mod judge;
pub(crate) mod names;
mod providers;
mod trust;
pub(crate) mod value;
mod words;

pub(crate) use self::judge::is_opaque;
use self::{find::Assignment, judge::Pair, trust::Trust};
use crate::{context::Context, detector::Found, hit::Family, place::Place, sweep::Report};

/// Bytes before an operator that are looked at.
const BEFORE: usize = 256;

/// Bytes from an operator on that are looked at; with room for a mark that allows the secret.
const AFTER: usize = 768;

/// Longest value of a variable that is looked at as a whole.
const MAX_VARIABLE: usize = 4096;

/// The detectors of this module, with what they find.
pub(crate) fn kinds() -> impl Iterator<Item = (&'static str, &'static str, Family)> {
    let assigned = (judge::ASSIGNED, judge::WHAT, Family::AssignedSecret);
    let provided = providers::ROWS
        .iter()
        .map(|row| (row.id, row.what, Family::Token));
    provided.chain([assigned])
}

/// State of the pass over one file.
#[derive(Debug, Default)]
pub(crate) struct Assigned {
    trust: Trust,
    /// The last bytes fed. Invariant: they begin at the offset of `place`.
    carry: Vec<u8>,
    place: Place,
    /// Operators before this place in the carry were judged.
    judged: usize,
    /// The name of the variable whose value is scanned, and its value so far.
    variable: Option<(Vec<u8>, Vec<u8>)>,
}

impl Assigned {
    /// Begins another file.
    pub(crate) fn reset(&mut self, context: Context<'_>) {
        self.trust = Trust::of(context);
        self.carry.clear();
        self.place = Place::default();
        self.judged = 0;
        self.variable = match context {
            Context::Variable(name) => Some((name.as_bytes().to_vec(), Vec::new())),
            _ => None,
        };
    }

    /// Takes the next bytes. What follows a NUL byte is no text.
    pub(crate) fn feed(&mut self, bytes: &[u8], report: &mut dyn Report) {
        if self.trust == Trust::None {
            return;
        }
        let end = memchr::memchr(0, bytes);
        let text = bytes.get(..end.unwrap_or(bytes.len())).unwrap_or(bytes);
        if let Some((_, value)) = &mut self.variable {
            let room = (MAX_VARIABLE + 1).saturating_sub(value.len());
            value.extend_from_slice(text.get(..room).unwrap_or(text));
        }
        self.take(text, report);
        if end.is_some() {
            self.finish(report);
            self.trust = Trust::None;
        }
    }

    /// Ends the file.
    pub(crate) fn finish(&mut self, report: &mut dyn Report) {
        if self.trust != Trust::None {
            let carry = std::mem::take(&mut self.carry);
            self.sweep(&carry, carry.len(), report);
            self.carry = carry;
            self.finish_variable(report);
        }
    }

    /// A variable whose name says so is a secret as a whole.
    fn finish_variable(&mut self, report: &mut dyn Report) {
        let Some((name, value)) = self.variable.take() else {
            return;
        };
        let start = value.len() - value.trim_ascii_start().len();
        let pair = Pair {
            name: &name,
            value: value.trim_ascii(),
            quoted: true,
            trust: self.trust,
        };
        let span = start..start + pair.value.len();
        let fits = value.len() <= MAX_VARIABLE;
        if let Some((detector, found)) = fits.then(|| pair.judge(b"", span)).flatten() {
            report.secret(detector, found, &value, &Place::default());
        }
    }

    fn take(&mut self, bytes: &[u8], report: &mut dyn Report) {
        let mut carry = std::mem::take(&mut self.carry);
        let old = carry.len();
        let mut rest = bytes;
        if old > 0 {
            let near = bytes.get(..BEFORE + AFTER).unwrap_or(bytes);
            carry.extend_from_slice(near);
            self.sweep(&carry, carry.len().saturating_sub(AFTER), report);
            let passed = self.judged.saturating_sub(BEFORE);
            if near.len() == bytes.len() {
                self.forget(&mut carry, passed);
                self.carry = carry;
                return;
            }
            // All operators of the old bytes were judged, and what is before the rest is in `bytes`.
            self.place.advance(carry.get(..passed).unwrap_or_default());
            self.judged -= passed;
            rest = bytes.get(passed - old..).unwrap_or_default();
            carry.clear();
        }
        self.sweep(rest, rest.len().saturating_sub(AFTER), report);
        let passed = self.judged.saturating_sub(BEFORE);
        self.place.advance(rest.get(..passed).unwrap_or_default());
        self.judged -= passed;
        carry.extend_from_slice(rest.get(passed..).unwrap_or_default());
        self.carry = carry;
    }

    fn forget(&mut self, carry: &mut Vec<u8>, passed: usize) {
        self.place.advance(carry.get(..passed).unwrap_or_default());
        self.judged -= passed;
        carry.drain(..passed);
    }

    /// Judges the operators of `window`, which begins at the place, before `end`.
    fn sweep(&mut self, window: &[u8], end: usize, report: &mut dyn Report) {
        let from = self.judged;
        let Some(text) = window.get(from..end) else {
            return;
        };
        let mut place = self.place.clone();
        let mut counted = 0;
        for at in memchr::memchr3_iter(b'=', b':', b'>', text) {
            let at = from + at;
            if !find::may_be_secret(window, at) {
                continue;
            }
            let begin = at.saturating_sub(BEFORE);
            let until = at.saturating_add(AFTER).min(window.len());
            let near = window.get(begin..until).unwrap_or_default();
            if let Some((detector, found)) = judge_assignment(near, at - begin, self.trust) {
                place.advance(window.get(counted..begin).unwrap_or_default());
                counted = begin;
                report.secret(detector, found, near, &place);
            }
        }
        self.judged = end;
    }
}

/// What is assigned at the operator at `at`, if it is a secret, and the name of its detector.
fn judge_assignment(near: &[u8], at: usize, trust: Trust) -> Option<(&'static str, Found)> {
    let Assignment {
        name,
        value,
        quoted,
    } = find::assignment(near, at)?;
    let before = find::line_before(near, name.start, 48);
    let pair = Pair {
        name: near.get(name)?,
        value: near.get(value.clone())?,
        quoted,
        trust,
    };
    pair.judge(before, value)
}

#[cfg(test)]
mod tests;
