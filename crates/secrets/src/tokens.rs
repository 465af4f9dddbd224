//! Tokens whose form tells who issued them: a table for each kind of issuer.

mod ai;
mod checksum;
mod cloud;
mod data;
mod forges;
mod messaging;
mod payments;
mod plausible;
mod saas;

use crate::detector::Detector;

/// All tables. A new one is added here; a new token needs its row only.
pub(crate) static TABLES: &[&[Detector]] = &[
    cloud::ROWS,
    forges::ROWS,
    messaging::ROWS,
    payments::ROWS,
    ai::ROWS,
    data::ROWS,
    saas::ROWS,
];

#[cfg(test)]
mod tests;
