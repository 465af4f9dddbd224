//! What all layers of an archive may take together, whatever the number of threads.

use std::sync::{Mutex, PoisonError};

use imglint_layers::{Compression, LayerIndex, ReadFault};

use super::ScanOptions;
use crate::facts::LayerFacts;

/// Hands out jobs in order, until those that are done have spent everything.
///
/// A job that began before others had spent too much may overdraw; [`settle`](Self::settle) takes
/// its result back, so that what remains is what one thread alone would have read.
pub(super) struct Budget {
    decoded: u64,
    memory: u64,
    books: Mutex<Books>,
}

struct Books {
    next: usize,
    spent: Cost,
    facts: Vec<Option<LayerFacts>>,
}

#[derive(Clone, Copy, Default)]
struct Cost {
    decoded: u64,
    memory: u64,
}

impl Cost {
    fn add(self, index: &LayerIndex) -> Self {
        let decoded = match index.compression {
            Compression::None => 0,
            _ => index.tar_size,
        };
        Self {
            decoded: self.decoded.saturating_add(decoded),
            memory: self.memory.saturating_add(index.memory),
        }
    }
}

impl Budget {
    pub(super) fn new(options: &ScanOptions, jobs: usize) -> Self {
        let mut facts = Vec::new();
        facts.resize_with(jobs, || None);
        Self {
            decoded: options.decoded_bytes,
            memory: options.index_bytes,
            books: Mutex::new(Books {
                next: 0,
                spent: Cost::default(),
                facts,
            }),
        }
    }

    /// The next job to do; `None` at the end.
    pub(super) fn next(&self) -> Option<usize> {
        let mut books = self.books.lock().unwrap_or_else(PoisonError::into_inner);
        // All that was spent is of earlier jobs, for later ones have not begun.
        if books.next >= books.facts.len() || self.exceeded(books.spent).is_some() {
            return None;
        }
        books.next += 1;
        Some(books.next - 1)
    }

    pub(super) fn spend(&self, job: usize, facts: LayerFacts) {
        let mut books = self.books.lock().unwrap_or_else(PoisonError::into_inner);
        books.spent = books.spent.add(&facts.index);
        if let Some(place) = books.facts.get_mut(job) {
            *place = Some(facts);
        }
    }

    /// The facts of each job, given the size of its blob: of those beyond the budget, only that they
    /// are.
    pub(super) fn settle(
        self,
        sizes: impl Iterator<Item = u64>,
    ) -> impl Iterator<Item = LayerFacts> {
        let (decoded, memory) = (self.decoded, self.memory);
        let books = self.books.into_inner();
        let facts = books.unwrap_or_else(PoisonError::into_inner).facts;
        let mut spent = Cost::default();
        let mut problem = None;
        facts.into_iter().zip(sizes).map(move |(facts, size)| {
            if let Some(facts) = facts.filter(|_| problem.is_none()) {
                spent = spent.add(&facts.index);
                problem = exceeded(spent, decoded, memory);
                // Alone, a layer is bounded by its own limits, which tell more.
                if problem.is_none() {
                    return facts;
                }
            }
            unread(problem.as_deref().unwrap_or("not read"), size)
        })
    }

    fn exceeded(&self, spent: Cost) -> Option<String> {
        exceeded(spent, self.decoded, self.memory)
    }
}

fn exceeded(spent: Cost, decoded: u64, memory: u64) -> Option<String> {
    if spent.decoded > decoded {
        return Some(format!(
            "not read: the layers of the archive decode to more than {decoded} bytes"
        ));
    }
    (spent.memory > memory).then(|| {
        format!(
            "not read: the entries of the archive's layers take more than {memory} bytes of memory"
        )
    })
}

fn unread(problem: &str, size: u64) -> LayerFacts {
    let mut facts = LayerFacts::default();
    facts.index.blob_size = size;
    facts
        .index
        .faults
        .push(ReadFault::limit(problem.to_owned()));
    facts
}
