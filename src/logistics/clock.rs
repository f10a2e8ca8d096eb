//! The local clock: what day of the week and what time of the day a business instant is.

use crate::kernel::time::{Moment, Span};

pub const MINUTES_PER_DAY: u16 = 1_440;
pub const MINUTES_PER_WEEK: u16 = 7 * MINUTES_PER_DAY;

const DAY: u64 = Span::DAY.0;
pub(super) const WEEK: u64 = 7 * DAY;

/// Where business instant zero stands in a local week. The network has one; places of other time zones are ahead of it.
#[derive(Debug, Default, Clone, Copy, PartialEq, Eq)]
pub struct LocalClock {
    phase: u64,
}

impl LocalClock {
    /// `start_minute_of_week`: minutes since Monday 00:00 at business instant zero.
    pub fn new(start_minute_of_week: u16) -> LocalClock {
        LocalClock { phase: Span::from_minutes(u64::from(start_minute_of_week)).0 }
    }

    /// The clock of a place that is so far ahead, up to whole weeks.
    pub fn ahead_by(self, ahead: u64) -> LocalClock {
        LocalClock { phase: (self.phase + ahead) % WEEK }
    }

    /// What this clock is ahead of another, within a period.
    pub(super) fn ahead_of(self, other: LocalClock, period: Period) -> u64 {
        (self.phase + WEEK - other.phase) % period.micros()
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

/// How far a place's local time is ahead of the network's clock, which nobody sets: in microseconds, up to whole weeks.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ZoneClock {
    ahead: u64,
    /// Rising by instant.
    later: Box<[(Moment, u64)]>,
}

impl ZoneClock {
    /// (from when, microseconds ahead), the first at instant zero; behind is below zero.
    pub fn new(rows: &[(Moment, i64)]) -> ZoneClock {
        assert!(rows.first().is_some_and(|row| row.0 == Moment::ZERO), "a clock without a beginning");
        let row = |&(at, ahead): &(Moment, i64)| (at, ahead.rem_euclid(WEEK as i64) as u64);
        ZoneClock { ahead: row(&rows[0]).1, later: rows[1..].iter().map(row).collect() }
    }

    #[inline]
    pub fn ahead(&self, at: Moment) -> u64 {
        self.later.iter().rev().find(|row| row.0 <= at).map_or(self.ahead, |row| row.1)
    }

    /// (instant, ahead before, ahead from then on).
    pub fn switches(&self) -> Vec<(Moment, u64, u64)> {
        let before = std::iter::once(self.ahead).chain(self.later.iter().map(|row| row.1));
        self.later.iter().zip(before).map(|(&(at, after), before)| (at, before, after)).collect()
    }

    /// What a function of local time says here: it is asked at the network's clock, and answers with a later instant.
    /// Where clocks are set between, what counts is the answer's own local time.
    pub fn here(&self, at: Moment, later: impl Fn(Moment) -> Moment) -> Moment {
        let ask = |ahead: u64| Moment(later(Moment(at.0 + ahead)).0 - ahead);
        let ahead = self.ahead(at);
        let found = ask(ahead);
        match self.ahead(found) {
            then if then == ahead => found,
            then => ask(then).max(at),
        }
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
