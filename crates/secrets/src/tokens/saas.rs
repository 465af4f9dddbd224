//! Other services, identity providers and web frameworks.

use crate::detector::Detector;

pub(super) static ROWS: &[Detector] = &[];

#[cfg(test)]
pub(super) fn examples() -> Vec<super::tests::Example> {
    Vec::new()
}
