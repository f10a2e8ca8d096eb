//! What carriers do to parcels beside carrying them, as a run draws it.

use super::build::law;
use crate::kernel::law::Law;
use crate::kernel::time::Span;
use crate::scenario::spec::Scenario;

/// By carrier.
#[derive(Debug)]
pub struct Mishaps {
    pub carriers: Vec<CarrierMishaps>,
}

/// Of one carrier, on each lane of a parcel's way.
#[derive(Debug)]
pub struct CarrierMishaps {
    pub loss: f64,
    pub damage: f64,
    pub delay_share: f64,
    pub delay: Law,
    pub search: Span,
    pub liability: f64,
}

impl Mishaps {
    /// `None` when nothing ever happens.
    pub fn build(scenario: &Scenario) -> Option<Mishaps> {
        let rows = || scenario.carriers.iter().map(|carrier| &carrier.mishaps);
        if rows().all(|row| row.never()) {
            return None;
        }
        let carrier = |row: &crate::scenario::spec::Mishaps| CarrierMishaps {
            loss: row.loss,
            damage: row.damage,
            delay_share: row.delay_share,
            delay: law(&row.delay),
            search: row.search,
            liability: row.liability,
        };
        Some(Mishaps { carriers: rows().map(carrier).collect() })
    }
}
