//! Anomalies of one kind, up to a number; a hostile archive could bring millions.

use imglint_format::Anomaly;

use crate::reading::container;

/// Anomalies that are listed; the rest is only counted.
const MAX: usize = 100;

#[derive(Debug, Default)]
pub(crate) struct Bounded {
    list: Vec<Anomaly>,
    more: u64,
}

impl Bounded {
    pub(crate) fn push(&mut self, anomaly: Anomaly) {
        if self.list.len() < MAX {
            self.list.push(anomaly);
        } else {
            self.more = self.more.saturating_add(1);
        }
    }

    /// The list, ended by the number of those that it lacks; `what` names them.
    pub(crate) fn finish(mut self, archive: &str, what: &str) -> Vec<Anomaly> {
        if self.more > 0 {
            let detail = format!("{} more {what}", self.more);
            self.list
                .push(container(archive, None, "more-anomalies", detail));
        }
        self.list
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn listed(count: usize) -> Vec<Anomaly> {
        let mut bounded = Bounded::default();
        for _ in 0..count {
            bounded.push(container("a.tar", None, "odd", "odd".to_owned()));
        }
        bounded.finish("a.tar", "odd things")
    }

    #[test]
    fn the_rest_is_counted() {
        assert_eq!(listed(100).len(), 100);
        assert_eq!(listed(103).len(), 101);
        assert_eq!(listed(103)[100].to_string(), "a.tar: 3 more odd things");
    }
}
