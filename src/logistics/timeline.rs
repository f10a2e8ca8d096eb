//! The departures of a lane whose place sets its clocks: what is written in local time, across every switch.
//!
//! # Promises
//! - As `Departures`: numbers count from instant zero, and `departure(number(d)) == d`.
//! - A departure at an hour that is skipped leaves so long after the switch as it was written after the skipped hour's
//!   beginning; a departure at an hour that comes twice leaves once, the first time (RFC 5545, section 3.3.5). Two that
//!   fall together are one.

use crate::kernel::time::{Moment, Span};

use super::clock::{LocalClock, Period, ZoneClock};
use super::timetable::Departures;

/// Pieces in order of time; the first begins at instant zero.
#[derive(Debug, Clone)]
pub(super) struct Timeline(Box<[Piece]>);

#[derive(Debug, Clone)]
struct Piece {
    from: Moment,
    /// Departures before it.
    number: u64,
    what: What,
}

#[derive(Debug, Clone)]
enum What {
    Repeated(Departures),
    /// Around a switch.
    Listed(Box<[Moment]>),
}

impl Timeline {
    /// `None` where no clock is ever set: `Departures` alone are right.
    pub fn new(minutes: &[u16], period: Period, clock: LocalClock, zone: &ZoneClock) -> Option<Timeline> {
        let at = |ahead| Departures::new(minutes, period, clock.ahead_by(ahead));
        let mut pieces = vec![(Moment::ZERO, What::Repeated(at(zone.ahead(Moment::ZERO))))];
        for &(switch, before, after) in &zone.switches() {
            let (old, new) = (at(before), at(after));
            // Ahead is known up to whole weeks; clocks are set by hours.
            let forward = (after + super::clock::WEEK - before) % super::clock::WEEK;
            let (listed, until) = if forward < super::clock::WEEK / 2 {
                let until = switch + Span(forward);
                let mut both = [in_span(&old, switch, until), in_span(&new, switch, until)].concat();
                both.sort_unstable();
                both.dedup();
                (both, until)
            } else {
                (Vec::new(), switch + Span(super::clock::WEEK - forward))
            };
            pieces.push((switch, What::Listed(listed.into())));
            pieces.push((until, What::Repeated(new)));
        }
        (1 < pieces.len()).then(|| Timeline::of(pieces))
    }

    fn of(pieces: Vec<(Moment, What)>) -> Timeline {
        let mut made: Vec<Piece> = Vec::new();
        for (from, what) in pieces {
            let number = made.last().map_or(0, |last| last.number + last.what.count(last.from, from));
            made.push(Piece { from, number, what });
        }
        Timeline(made.into())
    }

    pub fn next(&self, at: Moment) -> Moment {
        for place in self.place(|piece| piece.from <= at).. {
            let piece = &self.0[place];
            let found = piece.what.next(at.max(piece.from));
            let until = self.0.get(place + 1).map_or(Moment::NEVER, |next| next.from);
            if let Some(found) = found.filter(|&found| found < until) {
                return found;
            }
        }
        unreachable!("the last piece repeats for ever")
    }

    pub fn number(&self, at: Moment) -> u64 {
        let piece = &self.0[self.place(|piece| piece.from <= at)];
        piece.number + piece.what.count(piece.from, at)
    }

    pub fn departure(&self, number: u64) -> Moment {
        let piece = &self.0[self.place(|piece| piece.number <= number)];
        let further = number - piece.number;
        match &piece.what {
            What::Repeated(departures) => departures.departure(departures.number(piece.from) + further),
            What::Listed(instants) => instants[further as usize],
        }
    }

    /// The timetable that is in force from `at` on, until clocks are set again.
    pub fn from(&self, at: Moment) -> &Departures {
        let later = self.0[self.place(|piece| piece.from <= at)..].iter();
        let mut repeated = later.filter_map(|piece| match &piece.what {
            What::Repeated(departures) => Some(departures),
            What::Listed(_) => None,
        });
        repeated.next().expect("the last piece repeats for ever")
    }

    /// The last piece of which this holds; of several the one that has departures.
    fn place(&self, holds: impl Fn(&Piece) -> bool) -> usize {
        self.0.partition_point(holds) - 1
    }
}

fn in_span(departures: &Departures, from: Moment, until: Moment) -> Vec<Moment> {
    (departures.number(from)..departures.number(until)).map(|number| departures.departure(number)).collect()
}

impl What {
    fn next(&self, at: Moment) -> Option<Moment> {
        match self {
            What::Repeated(departures) => Some(departures.next(at).0),
            What::Listed(instants) => instants.get(instants.partition_point(|&own| own < at)).copied(),
        }
    }

    fn count(&self, from: Moment, until: Moment) -> u64 {
        match self {
            What::Repeated(departures) => departures.number(until) - departures.number(from),
            What::Listed(instants) => instants.partition_point(|&own| own < until) as u64,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Minutes of local wall time at which a lane leaves, from a zone that sets its clocks at minute 3,000.
    fn leaves(minutes: &[u16], forward: i64, count: u64) -> Vec<u64> {
        let hour = Span::HOUR.0 as i64;
        let switch = Moment::ZERO + Span::from_minutes(3_000);
        let zone = ZoneClock::new(&[(Moment::ZERO, 0), (switch, forward * hour)]);
        // Instant 3,000 is 02:00 before the switch.
        let line = Timeline::new(minutes, Period::Day, LocalClock::default(), &zone).expect("a switch");
        let mut found = Vec::new();
        let mut at = Moment::ZERO;
        for number in 0..count {
            let next = line.next(at);
            assert_eq!((line.departure(number), line.number(next)), (next, number));
            found.push(next.0 / Span::MINUTE.0);
            at = next + Span(1);
        }
        found
    }

    #[test]
    fn a_skipped_hour_and_one_that_comes_twice() {
        // 02:00 on the third day is minute 3,000: forward to 03:00, 02:30 is left at what then reads 03:30.
        assert_eq!(leaves(&[150], 1, 4), [150, 1_590, 3_030, 4_410]);
        // 03:30 and the skipped 02:30 are one.
        assert_eq!(leaves(&[150, 210], 1, 6), [150, 210, 1_590, 1_650, 3_030, 4_410]);
        // Back to 01:00: 01:30 comes twice and is left at once; 02:30 comes an hour later.
        assert_eq!(leaves(&[90], -1, 4), [90, 1_530, 2_970, 4_470]);
        assert_eq!(leaves(&[150], -1, 4), [150, 1_590, 3_090, 4_530]);
    }

    #[test]
    fn no_switch_needs_no_timeline() {
        let zone = ZoneClock::new(&[(Moment::ZERO, -5 * Span::HOUR.0 as i64)]);
        assert!(Timeline::new(&[0], Period::Day, LocalClock::default(), &zone).is_none());
    }
}
