//! Departures in time: the next one, how many so far, and the instant of the n-th.
//!
//! # Promises
//! - `departure(departure_number(d)) == d` for every departure `d`; numbers count from instant zero.
//! - One multiplication and, on average, about one comparison a look-up.
//!
//! # Why a quarter-hour index and not a binary search
//! A lane with a departure every ten minutes has 1,008 a week: ten unpredictable branches. The index leads
//! to the first departure of the quarter hour, and timetables are written in whole minutes.

use crate::kernel::time::{Moment, Span};

use super::clock::{LocalClock, Period};

const SLOT: u64 = 15 * Span::MINUTE.0;

/// A timetable, repeated for ever.
#[derive(Debug, Clone)]
pub struct Departures {
    clock: LocalClock,
    period: Period,
    /// Local offsets within the period, rising; the last entry is the first departure of the next period.
    offsets: Box<[u64]>,
    /// The first departure at or after the start of each quarter hour.
    slots: Box<[u16]>,
    /// Departures of the current period before business instant zero.
    before_zero: u64,
}

impl Departures {
    /// `minutes` of the day or week, rising and without repetition; at least one.
    pub fn new(minutes: &[u16], period: Period, clock: LocalClock) -> Departures {
        assert!(!minutes.is_empty(), "a timetable without a departure");
        let mut offsets: Vec<u64> = minutes.iter().map(|&m| Span::from_minutes(u64::from(m)).0).collect();
        assert!(offsets.is_sorted_by(|a, b| a < b), "departures must rise");
        let slots = (0..period.micros() / SLOT)
            .map(|slot| offsets.partition_point(|&offset| offset < slot * SLOT) as u16)
            .collect();
        offsets.push(period.micros() + offsets[0]);
        let mut departures = Departures { clock, period, offsets: offsets.into(), slots, before_zero: 0 };
        departures.before_zero = departures.count(clock.local(Moment::ZERO));
        departures
    }

    /// Departures in one period.
    pub fn per_period(&self) -> usize {
        self.offsets.len() - 1
    }

    pub fn period(&self) -> Period {
        self.period
    }

    /// The first departure at or after `at`, and its index within the period.
    #[inline]
    pub fn next(&self, at: Moment) -> (Moment, usize) {
        let (cycle, index) = self.locate(self.clock.local(at));
        let local = cycle * self.period.micros() + self.offsets[index];
        (self.clock.moment(local), if index == self.per_period() { 0 } else { index })
    }

    /// Departures from business instant zero on and before `at`.
    #[inline]
    pub fn number(&self, at: Moment) -> u64 {
        self.count(self.clock.local(at)) - self.before_zero
    }

    /// The instant of the departure with that number.
    pub fn departure(&self, number: u64) -> Moment {
        let (count, each) = (number + self.before_zero, self.per_period() as u64);
        self.clock.moment(count / each * self.period.micros() + self.offsets[(count % each) as usize])
    }

    pub fn clock(&self) -> LocalClock {
        self.clock
    }

    /// The instant, as a local offset, of the departure at an index of the period.
    pub fn offset(&self, index: usize) -> u64 {
        self.offsets[index]
    }

    /// The mean wait for the next departure of somebody who comes at any time: sum of gap^2 / (2 period).
    pub fn mean_wait(&self) -> Span {
        let squares: u128 = self.offsets.windows(2).map(|pair| u128::from(pair[1] - pair[0]).pow(2)).sum();
        Span((squares / (2 * u128::from(self.period.micros()))) as u64)
    }

    fn count(&self, local: u64) -> u64 {
        let (cycle, index) = self.locate(local);
        cycle * self.per_period() as u64 + index as u64
    }

    /// The period and the index of the first departure at or after a local instant.
    #[inline]
    fn locate(&self, local: u64) -> (u64, usize) {
        let (cycle, within) = self.period.split(local);
        let mut index = usize::from(self.slots[(within / SLOT) as usize]);
        while self.offsets[index] < within {
            index += 1;
        }
        (cycle, index)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn minute(minutes: u64) -> Moment {
        Moment::ZERO + Span::from_minutes(minutes)
    }

    #[test]
    fn numbers_and_instants_are_inverse() {
        for (minutes, period, start) in [
            (vec![0u16], Period::Day, 0u16),
            (vec![600], Period::Day, 600),
            (vec![1, 2, 16, 1_439], Period::Day, 1_438),
            (vec![0, 61, 5_000, 10_079], Period::Week, 4_321),
        ] {
            let departures = Departures::new(&minutes, period, LocalClock::new(start));
            let mut at = Moment::ZERO;
            for number in 0..40 {
                let (next, index) = departures.next(at);
                assert_eq!(departures.departure(number), next);
                assert_eq!(departures.number(next), number);
                let local = (next.0 / 60_000_000 + u64::from(start)) % (period.micros() / 60_000_000);
                assert_eq!(u64::from(minutes[index]), local);
                at = next + Span(1);
            }
        }
    }

    #[test]
    fn a_departure_now_is_still_caught() {
        let departures = Departures::new(&[600, 700], Period::Day, LocalClock::default());
        assert_eq!(departures.next(minute(600)), (minute(600), 0));
        assert_eq!(departures.next(minute(600) + Span(1)), (minute(700), 1));
        assert_eq!(departures.next(minute(701)), (minute(2_040), 0));
    }

    #[test]
    fn mean_wait_is_half_an_even_gap() {
        let even = Departures::new(&[0, 720], Period::Day, LocalClock::default());
        assert_eq!(even.mean_wait(), Span::from_hours(6));
        let uneven = Departures::new(&[0, 360], Period::Day, LocalClock::default());
        assert_eq!(uneven.mean_wait(), Span::from_minutes(7 * 60 + 30));
    }
}
