//! What a carrier takes a day: parcels are booked on the first day with room.
//!
//! # Promises
//! - No day takes more than its share; a day is full before a later one is booked, so nobody overtakes.
//! - A booking costs a few steps at most, however long the queue is.

use crate::kernel::time::{Moment, Span};

use super::clock::LocalClock;

/// One carrier's days. Calls come in order of time.
#[derive(Debug, Clone)]
pub struct Quota {
    per_day: u32,
    clock: LocalClock,
    /// The first local day with room, and what it has taken.
    day: u64,
    taken: u32,
}

impl Quota {
    pub fn new(per_day: u32, clock: LocalClock) -> Quota {
        Quota { per_day, clock, day: 0, taken: 0 }
    }

    /// When a parcel that is there at `at` may be handed over: now, or when the first local day with room begins.
    #[inline]
    pub fn first(&self, at: Moment) -> Moment {
        let today = self.clock.local(at) / Span::DAY.0;
        match self.free_day() {
            day if day <= today => at,
            day => self.clock.moment(day * Span::DAY.0),
        }
    }

    /// Books a parcel for that instant, which `first` has named.
    #[inline]
    pub fn take(&mut self, at: Moment) {
        let day = self.clock.local(at) / Span::DAY.0;
        let free = self.free_day();
        assert!(free <= day, "a parcel was booked on a full day");
        self.taken = if self.day == day { self.taken + 1 } else { 1 };
        self.day = day;
    }

    fn free_day(&self) -> u64 {
        self.day + u64::from(self.taken == self.per_day)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_full_day_is_followed_by_the_next() {
        let hours = |hours| Moment::ZERO + Span::from_hours(hours);
        // Eight in the evening: the day ends in four hours.
        let mut quota = Quota::new(2, LocalClock::new(20 * 60));
        let booked: Vec<Moment> = (0..5)
            .map(|_| {
                let first = quota.first(hours(1));
                quota.take(first);
                first
            })
            .collect();
        assert_eq!(booked, [hours(1), hours(1), hours(4), hours(4), hours(28)]);
        // Two days later the day is empty again.
        assert_eq!(quota.first(hours(60)), hours(60));
        quota.take(hours(60));
        assert_eq!(quota.first(hours(75)), hours(75));
        quota.take(hours(75));
        assert_eq!(quota.first(hours(75)), hours(76));
    }
}
