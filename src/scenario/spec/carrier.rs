//! What carriers do to parcels beside carrying them, and how the shop chooses among them.

use super::LawSpec;
use crate::domain::Money;
use crate::kernel::time::Span;

/// Of each lane that a parcel takes.
#[derive(Debug, Clone, PartialEq)]
pub struct Mishaps {
    pub loss: f64,
    pub damage: f64,
    pub delay_share: f64,
    pub delay: LawSpec,
    /// After so long the shop stops looking for what is lost.
    pub search: Span,
    /// Of the goods that were lost, what the carrier pays for.
    pub liability: f64,
}

impl Mishaps {
    pub fn never(&self) -> bool {
        self.loss == 0.0 && self.damage == 0.0 && self.delay_share == 0.0
    }
}

/// Freight and what a carrier's record lets expect.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct CarrierChoice {
    pub risk_weight: f64,
    pub late_cost: Money,
    pub damage_cost: Money,
    pub loss_cost: Money,
    /// Parcels that a record remembers.
    pub memory: u32,
    /// Share of parcels that go by a carrier taken by chance.
    pub explore: f64,
}
