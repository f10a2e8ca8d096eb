//! The last mile: from the last hub to the door, within door hours, with further attempts.
//!
//! # Why parcels of the night take turns
//! What comes while doors are closed goes out with the morning's tour. Handed over at the opening itself, half
//! of a day's parcels would arrive in one second; in the order in which they came, spread over the tour, the
//! first still come at the opening and nobody overtakes.

use crate::kernel::law::Law;
use crate::kernel::time::{Moment, Span};

use super::clock::LocalClock;
use super::input::CarrierInput;
use super::rounds::RoundTimes;

/// One carrier's last mile.
#[derive(Debug, Clone)]
pub struct LastMile {
    pub attempts: u32,
    /// Probability that an attempt finds nobody.
    pub attempt_failure: f64,
    pub retry_after: Span,
    law: Law,
    planned: Span,
    per_100km: Span,
    door: Door,
    rounds: Option<RoundTimes>,
}

impl LastMile {
    /// With rounds, their times take the place of the law.
    pub(super) fn build(
        input: &CarrierInput,
        planned_quantile: f64,
        clock: LocalClock,
        rounds: Option<RoundTimes>,
    ) -> LastMile {
        LastMile {
            attempts: input.attempts,
            attempt_failure: input.attempt_failure,
            retry_after: input.retry_after,
            planned: match rounds {
                Some(_) => Span::ZERO,
                None => input.last_mile.quantile(planned_quantile),
            },
            rounds,
            law: input.last_mile.clone(),
            per_100km: input.last_mile_per_100km,
            door: Door {
                clock,
                from: Span::from_minutes(u64::from(input.door_from_minute)),
                to: Span::from_minutes(u64::from(input.door_to_minute)),
                tour: input.tour,
            },
        }
    }

    /// The first ring at the door of a parcel that is ready at a hub `km` of road away; `u` in (0, 1).
    #[inline]
    pub fn first_attempt(&self, km: f64, ready: Moment, u: f64) -> Moment {
        self.open(ready + self.law.span(u) + self.road(km))
    }

    /// The next ring after one that found nobody at `at`.
    #[inline]
    pub fn retry(&self, at: Moment) -> Moment {
        self.open(at + self.retry_after)
    }

    /// What a plan counts on from ready at the hub to the door, door hours aside.
    pub fn planned(&self, km: f64) -> Span {
        self.planned + self.road(km)
    }

    /// `at`, or its turn in the tour that starts when doors open; with rounds, the bell as planned of a parcel that
    /// is at the station at `at`.
    #[inline]
    pub fn open(&self, at: Moment) -> Moment {
        match &self.rounds {
            None => self.door.open(at),
            Some(times) => times.planned(at),
        }
    }

    /// The next round of vans after `at`; none leave where the last mile is a law.
    pub fn next_round(&self, at: Moment) -> Option<Moment> {
        self.rounds.as_ref().map(|times| times.next(at))
    }

    /// Minutes of the day between which doors are open.
    pub fn doors(&self) -> (u16, u16) {
        let minute = |span: Span| (span.0 / Span::MINUTE.0) as u16;
        (minute(self.door.from), minute(self.door.to))
    }

    /// From a hub to the zone's station, so far away.
    pub fn road(&self, km: f64) -> Span {
        Span((self.per_100km.0 as f64 * km / 100.0).round() as u64)
    }
}

/// Hours in which somebody may be at home: `from` <= time of day <= `to`.
#[derive(Debug, Clone, Copy)]
struct Door {
    clock: LocalClock,
    from: Span,
    to: Span,
    tour: Span,
}

impl Door {
    #[inline]
    fn open(self, at: Moment) -> Moment {
        let now = self.clock.time_of_day(at);
        match self.from < self.to {
            true if now < self.from => self.in_turn(at, self.from - now),
            true if self.to < now => self.in_turn(at, Span::DAY - now + self.from),
            // Doors that are open past midnight.
            false if self.to < now && now < self.from => self.in_turn(at, self.from - now),
            _ => at,
        }
    }

    /// `closed_for` from `at` until doors open: the first of the night at the opening, the last at the tour's end.
    fn in_turn(self, at: Moment, closed_for: Span) -> Moment {
        let night = (self.from + Span::DAY - self.to).0 % Span::DAY.0;
        let came = night.saturating_sub(closed_for.0);
        let turn = u128::from(self.tour.0) * u128::from(came) / u128::from(night.max(1));
        at + closed_for + Span(turn as u64)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn check(from: u64, to: u64, at: u64, expect: u64) {
        check_tour(from, to, 0, at, expect);
    }

    fn check_tour(from: u64, to: u64, tour: u64, at: u64, expect: u64) {
        let hours = Span::from_hours;
        let door = Door { clock: LocalClock::default(), from: hours(from), to: hours(to), tour: hours(tour) };
        assert_eq!(door.open(Moment::ZERO + hours(at)), Moment::ZERO + hours(expect));
    }

    #[test]
    fn parcels_of_the_night_take_turns() {
        check_tour(8, 20, 6, 24, 34); // a third of the night is over: a third of the tour
        check_tour(8, 20, 6, 26, 35); // half
        check_tour(8, 20, 6, 12, 12); // by day at once
        check_tour(18, 2, 4, 10, 20); // past midnight
    }

    #[test]
    fn doors() {
        check(8, 20, 7, 8); // too early
        check(8, 20, 8, 8);
        check(8, 20, 20, 20); // the last minute counts
        check(8, 20, 21, 32); // tomorrow
        check(0, 24, 23, 23); // always
        check(18, 2, 1, 1); // past midnight
        check(18, 2, 3, 18);
    }
}
