//! A tour as it is driven: at the speed of the hour, with service at each stop, within door hours.

use crate::kernel::time::{Moment, Span};
use crate::logistics::clock::LocalClock;

use super::RoundInput;
use super::plan::{Stop, Tour};

/// Speed by hour of the local day. Within an hour it is constant, so nobody who leaves later arrives earlier
/// (Ichoua, Gendreau and Potvin 2003, "Vehicle dispatching with time-dependent travel times").
#[derive(Debug, Clone)]
pub struct Hours {
    pub(super) clock: LocalClock,
    /// Micrometers a microsecond are meters a second.
    meters_per_s: [f64; 24],
    per_stop: Span,
    per_parcel: Span,
}

/// What became of a tour.
#[derive(Debug, Clone, Default)]
pub struct Driven {
    /// By place in the tour: when the van stands there; fewer than planned where doors closed before.
    pub at: Vec<Moment>,
    pub back: Moment,
    pub meters: u64,
}

impl Driven {
    /// The same tour on a clock that is so far behind.
    pub fn earlier(mut self, behind: Span) -> Driven {
        self.at.iter_mut().chain([&mut self.back]).for_each(|at| *at = Moment(at.0 - behind.0));
        self
    }
}

impl Hours {
    pub(super) fn new(rules: &RoundInput, clock: LocalClock) -> Hours {
        Hours {
            clock,
            meters_per_s: rules.hours.map(|share| rules.speed_kmh / 3.6 * share),
            per_stop: rules.time_per_stop,
            per_parcel: rules.time_per_parcel,
        }
    }

    /// When a van that leaves at `from` has gone so far.
    pub fn arrive(&self, from: Moment, meters: u32) -> Moment {
        let (mut at, mut left) = (from, f64::from(meters));
        loop {
            let local = self.clock.time_of_day(at).0;
            let hour = (local / Span::HOUR.0) as usize % 24;
            let until = Span(Span::HOUR.0 - local % Span::HOUR.0);
            let reach = self.meters_per_s[hour] * until.as_secs_f64();
            if left <= reach {
                return at + Span::from_secs_f64(left / self.meters_per_s[hour]);
            }
            (at, left) = (at + until, left - reach);
        }
    }

    /// When the parcel at this place of a stop is handed over, from when the van stands there.
    pub fn handed_over(&self, at: Moment, place: u32) -> Moment {
        at + Span(self.per_stop.0 + self.per_parcel.0 * u64::from(place))
    }

    /// Drives the tour. Before doors open (`from`) the van waits at the stop; once they have closed (`to`) it turns
    /// home. Both are minutes of the day in which it leaves.
    pub fn drive(&self, tour: &Tour, stops: &[Stop], leaves: Moment, doors: (u16, u16)) -> Driven {
        let now = self.clock.time_of_day(leaves);
        let minute = |minute: u16| leaves + Span(Span::from_minutes(minute.into()).0.saturating_sub(now.0));
        let (open, close) = (minute(doors.0), minute(doors.1));
        let mut driven = Driven { at: Vec::with_capacity(tour.stops.len()), back: leaves, meters: 0 };
        let mut home = 0;
        for (place, &stop) in tour.stops.iter().enumerate() {
            let there = self.arrive(driven.back, tour.legs[place]).max(open);
            if close < there {
                break;
            }
            driven.at.push(there);
            driven.meters += u64::from(tour.legs[place]);
            driven.back = self.handed_over(there, stops[stop as usize].parcels);
            home = tour.home[place];
        }
        driven.back = self.arrive(driven.back, home);
        driven.meters += u64::from(home);
        driven
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn hours(start: u16, slow: usize) -> Hours {
        let mut meters_per_s = [10.0; 24];
        meters_per_s[slow] = 5.0;
        let (per_stop, per_parcel) = (Span::from_minutes(2), Span::MINUTE);
        Hours { clock: LocalClock::new(start * 60), meters_per_s, per_stop, per_parcel }
    }

    #[test]
    fn a_way_across_the_rush_hour_takes_longer() {
        let hours = hours(7, 8);
        // An hour at 10 m/s, an hour at half of it, then again.
        assert_eq!(hours.arrive(Moment::ZERO, 36_000), Moment::ZERO + Span::HOUR);
        assert_eq!(hours.arrive(Moment::ZERO, 54_000), Moment::ZERO + Span::from_hours(2));
        assert_eq!(hours.arrive(Moment::ZERO, 90_000), Moment::ZERO + Span::from_hours(3));
        let late = |minutes| hours.arrive(Moment::ZERO + Span::from_minutes(minutes), 20_000);
        assert!((0..180).all(|minutes| late(minutes) <= late(minutes + 1)));
    }

    #[test]
    fn a_van_waits_for_doors_and_turns_home_when_they_close() {
        let stops = [Stop { x: 0, y: 0, parcels: 2 }; 3];
        let tour = Tour { stops: vec![0, 1, 2], legs: vec![600, 600, 72_000], home: vec![1_200, 600, 0] };
        let driven = hours(7, 3).drive(&tour, &stops, Moment::ZERO, (8 * 60, 9 * 60));
        let minutes = |minutes| Moment::ZERO + Span::from_minutes(minutes);
        // There at 7:01, doors open at 8; two minutes for the stop and one a parcel; the third stop is too far.
        assert_eq!(driven.at, [minutes(60), minutes(65)]);
        assert_eq!((driven.back, driven.meters), (minutes(70), 1_800));
    }
}
