//! Tokens whose form tells who issued them: a table for each kind of issuer.

mod ai;
mod authorization;
mod aws;
mod azure;
mod checksum;
mod cloud;
mod data;
mod forges;
mod frameworks;
mod identity;
mod infrastructure;
mod jwt;
mod members;
mod messaging;
mod observability;
mod paired;
mod payments;
mod plausible;
mod registries;
mod saas;
mod services;

use crate::detector::Detector;

/// All tables. A new one is added here; a new token needs its row only.
pub(crate) static TABLES: &[&[Detector]] = &[
    aws::ROWS,
    azure::ROWS,
    cloud::ROWS,
    forges::ROWS,
    infrastructure::ROWS,
    registries::ROWS,
    messaging::ROWS,
    payments::ROWS,
    ai::ROWS,
    data::ROWS,
    services::ROWS,
    authorization::ROWS,
    frameworks::ROWS,
    identity::ROWS,
    observability::ROWS,
    saas::ROWS,
];

#[cfg(test)]
pub(crate) mod tests;
