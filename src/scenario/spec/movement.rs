//! How goods move beside the timetable: peak days, and what a carrier takes a day.

use super::{LocalTime, Money};

/// Days on which a carrier charges more: from the first instant to before the last.
#[derive(Debug, Clone, PartialEq)]
pub struct PeakDays {
    pub from: LocalTime,
    pub to: LocalTime,
    pub per_parcel: Money,
    /// Of the freight.
    pub share: f64,
}
