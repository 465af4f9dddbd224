//! What the reader has found out but not yet told.

use std::{collections::VecDeque, ops::Range};

use crate::{
    anomaly::{Anomaly, AnomalyKind},
    header::all_zero,
};

/// Anomalies and stray bytes in the order they are to be told.
#[derive(Debug, Default)]
pub(crate) struct Queue {
    waiting: VecDeque<Queued>,
    // Copies of stray bytes; kept until the next push after the queue has run empty.
    bytes: Vec<u8>,
}

#[derive(Debug)]
pub(crate) enum Queued {
    Anomaly(Anomaly),
    Stray { offset: u64, range: Range<usize> },
}

impl Queue {
    pub(crate) fn anomaly(&mut self, offset: u64, kind: AnomalyKind) {
        self.forget_told();
        self.waiting
            .push_back(Queued::Anomaly(Anomaly { offset, kind }));
    }

    /// Queues a copy of `bytes`, unless they are all zero.
    pub(crate) fn stray(&mut self, offset: u64, bytes: &[u8]) {
        if all_zero(bytes) {
            return;
        }
        self.forget_told();
        let start = self.bytes.len();
        self.bytes.extend_from_slice(bytes);
        let range = start..self.bytes.len();
        self.waiting.push_back(Queued::Stray { offset, range });
    }

    /// Queues bytes that should be zero and are not, with the anomaly that says so.
    pub(crate) fn hidden(&mut self, offset: u64, bytes: &[u8], place: &'static str) {
        if !all_zero(bytes) {
            self.anomaly(offset, AnomalyKind::HiddenBytes { place });
            self.stray(offset, bytes);
        }
    }

    pub(crate) fn pop(&mut self) -> Option<Queued> {
        self.waiting.pop_front()
    }

    /// The bytes of a stray that was popped last.
    pub(crate) fn bytes(&self, range: Range<usize>) -> &[u8] {
        self.bytes.get(range).unwrap_or_default()
    }

    fn forget_told(&mut self) {
        if self.waiting.is_empty() && !self.bytes.is_empty() {
            self.bytes.clear();
        }
    }
}
