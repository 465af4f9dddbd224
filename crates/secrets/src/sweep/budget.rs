//! How much is judged in one file: a hostile one is anchors and nothing else.
//!
//! What is allowed grows with the offset, so it depends on the file alone, not on its chunks.

/// Looking at up to so many bytes is one judgement like any other; at more, a wide one.
const NARROW: usize = 8 * 1024;

/// Judgements that any file may have, and bytes for each further one. Dense real files, such as lists
/// of URLs, stay below.
const JUDGEMENTS: Rate = Rate {
    first: 256 * 1024,
    bytes_each: 16,
};

/// The same for the wide ones of one detector: a thousand keys have two markers each.
const WIDE: Rate = Rate {
    first: 4096,
    bytes_each: 4096,
};

/// The judgements of one file so far.
#[derive(Debug, Default)]
pub(super) struct Budget {
    all: u64,
    /// Wide ones by detector.
    wide: Vec<u64>,
    exhausted: bool,
}

struct Rate {
    first: u64,
    bytes_each: u64,
}

impl Budget {
    pub(super) fn reset(&mut self) {
        self.all = 0;
        self.wide.clear();
        self.exhausted = false;
    }

    /// Whether an anchor was passed over.
    pub(super) fn is_exhausted(&self) -> bool {
        self.exhausted
    }

    /// Whether an anchor at `offset` may be judged by a detector that looks at `reach` bytes.
    pub(super) fn allows(&mut self, offset: u64, detector: usize, reach: usize) -> bool {
        let mut allowed = JUDGEMENTS.take(&mut self.all, offset);
        if allowed && reach > NARROW {
            if self.wide.len() <= detector {
                self.wide.resize(detector + 1, 0);
            }
            allowed = match self.wide.get_mut(detector) {
                Some(spent) => WIDE.take(spent, offset),
                None => false,
            };
        }
        self.exhausted |= !allowed;
        allowed
    }
}

impl Rate {
    /// Counts one more, if it is allowed at `offset`.
    fn take(&self, spent: &mut u64, offset: u64) -> bool {
        let allowed = *spent < self.first.saturating_add(offset / self.bytes_each);
        *spent += u64::from(allowed);
        allowed
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn narrow_judgements_grow_with_the_offset() {
        let mut budget = Budget::default();
        assert!((0..JUDGEMENTS.first).all(|_| budget.allows(0, 0, NARROW)));
        assert!(!budget.is_exhausted());
        assert!(!budget.allows(JUDGEMENTS.bytes_each - 1, 0, NARROW));
        assert!(budget.is_exhausted());
        assert!(budget.allows(JUDGEMENTS.bytes_each, 0, NARROW));
        assert!(!budget.allows(JUDGEMENTS.bytes_each, 0, NARROW));
        budget.reset();
        assert!(budget.allows(0, 0, NARROW) && !budget.is_exhausted());
    }

    #[test]
    fn wide_judgements_are_counted_by_detector() {
        let mut budget = Budget::default();
        assert!((0..WIDE.first).all(|_| budget.allows(0, 7, NARROW + 1)));
        assert!(!budget.allows(0, 7, NARROW + 1));
        assert!(budget.allows(0, 3, NARROW + 1));
        assert!(budget.allows(0, 7, NARROW));
    }
}
