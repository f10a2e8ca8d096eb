//! What suppliers sent, what nodes sent each other, and what shoppers found.

use crate::kernel::time::{Moment, Span};

/// Of the whole run, whatever the warm-up.
#[derive(Debug, Clone, Default)]
pub struct SupplySeen {
    /// Units that shoppers asked for, and of them those that were free somewhere at that instant.
    pub asked: u64,
    pub found: u64,
    /// Order lines of which some unit was not.
    pub short_lines: u64,
    /// Orders to the supplier, by rule, and their units.
    pub orders: Vec<u64>,
    pub ordered: u64,
    pub supplied: u64,
    on_hand: i64,
    /// Units on hand, summed over time until `since`.
    area: i128,
    since: Moment,
    pub plans: u64,
    pub trips: u64,
    pub sent: u64,
    pub arrived: u64,
    /// Picked units, and of them those from the center nearest to their zone.
    pub served: u64,
    pub nearby: u64,
    /// What plans were expected to save, and what no plan could have saved more, minor units.
    pub saved: f64,
    pub bound: f64,
    /// Forecasts whose periods are over: summed absolute errors of theirs, and of a season ago.
    error: f64,
    scale: f64,
}

impl SupplySeen {
    /// Units came onto shelves or left them.
    pub fn on_hand_changed(&mut self, at: Moment, change: i64) {
        self.area += i128::from(self.on_hand) * i128::from(at.since(self.since).0);
        self.on_hand += change;
        self.since = at;
    }

    /// Units on all shelves, a mean over the time from the start to `end`.
    pub fn mean_on_hand(&self, end: Moment) -> f64 {
        let rest = i128::from(self.on_hand) * i128::from(end.since(self.since).0);
        (self.area + rest) as f64 / end.since(Moment::ZERO).0.max(Span(1).0) as f64
    }

    pub fn forecast_came(&mut self, error: f64, scale: f64) {
        self.error += error;
        self.scale += scale;
    }

    /// Mean absolute scaled error (Hyndman and Koehler 2006, International Journal of Forecasting 22:679, section 3),
    /// both means over all series: below 1 the forecast beats the season before. 0 where nothing was scored.
    pub fn mase(&self) -> f64 {
        if self.scale <= 0.0 { 0.0 } else { self.error / self.scale }
    }

    pub fn found_share(&self) -> f64 {
        self.found as f64 / self.asked.max(1) as f64
    }

    pub fn nearby_share(&self) -> f64 {
        self.nearby as f64 / self.served.max(1) as f64
    }
}
