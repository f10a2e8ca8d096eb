//! The words of a scenario as they are printed: the same that the reader takes.

use std::fmt;

use super::spec::{LocalTime, Metric, ReserveAt};

impl ReserveAt {
    pub const fn name(self) -> &'static str {
        match self {
            ReserveAt::Submit => "submit",
            ReserveAt::Pay => "pay",
            ReserveAt::Allocate => "allocate",
        }
    }
}

impl Metric {
    pub const fn name(self) -> &'static str {
        match self {
            Metric::OnTimeShare => "on-time-share",
            Metric::LeadTime => "lead-time",
            Metric::ShipTime => "ship-time",
            Metric::StageTime => "stage-time",
            Metric::RefusedShare => "refused-share",
            Metric::SplitShare => "split-share",
            Metric::BackorderShare => "backorder-share",
            Metric::CostPerOrder => "cost-per-order",
            Metric::OpenShare => "open-share",
            Metric::Satisfaction => "satisfaction",
        }
    }
}

impl LocalTime {
    /// Minutes since Monday 00:00.
    pub fn minute_of_week(&self) -> u64 {
        u64::from(self.weekday) * 1_440 + u64::from(self.hour) * 60 + u64::from(self.minute)
    }
}

impl fmt::Display for LocalTime {
    /// `2026-11-10T18:00`.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let LocalTime { year, month, day, hour, minute, .. } = self;
        write!(f, "{year:04}-{month:02}-{day:02}T{hour:02}:{minute:02}")
    }
}
