//! The local clock: what day of the week and what time of the day a business instant is.

use crate::kernel::time::{Moment, Span};

pub const MINUTES_PER_DAY: u16 = 1_440;
pub const MINUTES_PER_WEEK: u16 = 7 * MINUTES_PER_DAY;

const DAY: u64 = Span::DAY.0;
const WEEK: u64 = 7 * DAY;

/// Where business instant zero stands in the local week. One clock for the whole network.
#[derive(Debug, Default, Clone, Copy, PartialEq, Eq)]
pub struct LocalClock {
    phase: u64,
}

impl LocalClock {
    /// `start_minute_of_week`: minutes since Monday 00:00 at business instant zero.
    pub fn new(start_minute_of_week: u16) -> LocalClock {
        LocalClock { phase: Span::from_minutes(u64::from(start_minute_of_week)).0 }
    }

    /// Microseconds since the Monday 00:00 before business instant zero.
    #[inline]
    pub fn local(self, at: Moment) -> u64 {
        at.0 + self.phase
    }

    /// The business instant of a local one, not before zero.
    #[inline]
    pub fn moment(self, local: u64) -> Moment {
        Moment(local.saturating_sub(self.phase))
    }

    /// The end (24:00) of the local day; midnight itself is the end of the day before.
    #[inline]
    pub fn end_of_day(self, at: Moment) -> Moment {
        self.moment(self.local(at).div_ceil(DAY) * DAY)
    }

    /// Time since local midnight.
    #[inline]
    pub fn time_of_day(self, at: Moment) -> Span {
        Span(self.local(at) % DAY)
    }
}

/// How often a timetable repeats. An enum of two constants, so a division is a multiplication.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Period {
    Day,
    Week,
}

impl Period {
    pub const fn micros(self) -> u64 {
        match self {
            Period::Day => DAY,
            Period::Week => WEEK,
        }
    }

    /// Whole periods before a local instant, and the rest.
    #[inline]
    pub fn split(self, local: u64) -> (u64, u64) {
        match self {
            Period::Day => (local / DAY, local % DAY),
            Period::Week => (local / WEEK, local % WEEK),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_day_ends_at_local_midnight() {
        let clock = LocalClock::new(20 * 60);
        let hours = |hours| Moment::ZERO + Span::from_hours(hours);
        assert_eq!(clock.end_of_day(Moment::ZERO), hours(4));
        assert_eq!(clock.end_of_day(hours(4)), hours(4));
        assert_eq!(clock.end_of_day(hours(5)), hours(28));
        assert_eq!(clock.time_of_day(hours(5)), Span::HOUR);
    }
}
