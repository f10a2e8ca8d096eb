//! Supply: what comes from suppliers, and what nodes send each other before anybody orders.

use super::LawSpec;
use crate::domain::Money;
use crate::kernel::time::Span;

/// One rule of replenishment. `None` as node or SKU is every one; `level` is units, or a time that demand is covered.
#[derive(Debug, Clone, PartialEq)]
pub struct Replenish {
    pub node: Option<String>,
    pub sku: Option<String>,
    pub policy: Policy,
    pub level: Option<u32>,
    pub cover: Option<Span>,
    pub quantity: u32,
    pub review: Span,
    pub lead_time: LawSpec,
    pub supplier_fill: f64,
    pub order_cost: Money,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Policy {
    BaseStock,
    ReorderPoint,
}

#[derive(Debug, Clone, PartialEq)]
pub struct PrePosition {
    pub every: Span,
    pub first: Span,
    pub horizon: Span,
    pub season: Season,
    pub history: Span,
    pub level: f64,
    pub trend: f64,
    pub seasonal: f64,
    /// Units a period from which on a series is learned by itself.
    pub dense: f64,
    pub cost_per_unit_100km: Money,
    pub local_value: Money,
    pub capacity: u64,
    pub rounds: u32,
    pub speed_kmh: f64,
    pub handling: LawSpec,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Season {
    HourOfDay,
    DayOfWeek,
}

impl Season {
    /// Length of a period, and periods of a season.
    pub const fn periods(self) -> (Span, usize) {
        match self {
            Season::HourOfDay => (Span::HOUR, 24),
            Season::DayOfWeek => (Span::DAY, 7),
        }
    }
}
