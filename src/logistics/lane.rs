//! The lane: one carrier's vehicles from one node to another, by timetable.

use crate::domain::{CarrierId, Mode, Money, NodeId, TravelLaw};
use crate::kernel::draw::{Draw, Purpose, mix};
use crate::kernel::law::Law;
use crate::kernel::time::{Moment, Span};

use super::clock::{LocalClock, Period, ZoneClock};
use super::input::{LaneInput, Timetable};
use super::timeline::Timeline;
use super::timetable::Departures;

/// The travel time of one departure; the entity is the lane, the attempt the departure.
pub const TRAVEL: Purpose = Purpose::named("lane travel");

#[derive(Debug, Clone)]
pub struct Lane {
    pub name: String,
    pub from: NodeId,
    pub to: NodeId,
    pub carrier: CarrierId,
    pub cut_off: Span,
    /// Parcels a departure.
    pub capacity: u32,
    pub distance_km: f64,
    /// Mean travel time: what a plan counts on.
    pub mean_travel: Span,
    pub cost_per_departure: Money,
    pub cost_per_km: Money,
    pub mode: Mode,
    /// What one departure emits, in micrograms.
    pub co2_ug: u64,
    law: Law,
    departures: Departures,
    /// Where clocks are set at its origin; `departures` then hold until the first time.
    timeline: Option<Box<Timeline>>,
    luck: u64,
}

impl Lane {
    /// `twin`: how many lanes of the same name came before; keeps their draws apart.
    pub(super) fn build(
        input: LaneInput,
        period: Period,
        clock: LocalClock,
        origin: Option<&ZoneClock>,
        twin: u64,
    ) -> Lane {
        let law = travel_law(&input);
        let luck = input.name.bytes().fold(mix(twin), |hash, byte| mix(hash ^ u64::from(byte)));
        let minutes = minutes_in(&input.timetable, period);
        let ahead = origin.map_or(0, |origin| origin.ahead(Moment::ZERO));
        let departures = Departures::new(&minutes, period, clock.ahead_by(ahead));
        let timeline = origin.and_then(|origin| Timeline::new(&minutes, period, clock, origin));
        Lane {
            name: input.name,
            from: input.from,
            to: input.to,
            carrier: input.carrier,
            cut_off: input.cut_off,
            capacity: input.capacity,
            distance_km: input.distance_km,
            mean_travel: input.travel,
            cost_per_departure: input.cost_per_departure,
            cost_per_km: input.cost_per_km,
            mode: input.mode,
            co2_ug: libm::round(input.co2_g_per_km * input.distance_km * 1e6) as u64,
            law,
            departures,
            timeline: timeline.map(Box::new),
            luck,
        }
    }

    /// The first departure at or after `at`. A few nanoseconds. See `catch` for a parcel with its cut-off.
    #[inline]
    pub fn next_departure(&self, at: Moment) -> Moment {
        match &self.timeline {
            None => self.departures.next(at).0,
            Some(timeline) => timeline.next(at),
        }
    }

    /// The departure after the one at `departure`.
    pub fn following_departure(&self, departure: Moment) -> Moment {
        self.next_departure(departure + Span(1))
    }

    /// The first departure that a parcel at the dock since `ready` can take, if there is room.
    #[inline]
    pub fn catch(&self, ready: Moment) -> Moment {
        self.next_departure(ready + self.cut_off)
    }

    /// Departures from business instant zero on and before `at`: of a departure, its own number.
    #[inline]
    pub fn departure_number(&self, at: Moment) -> u64 {
        match &self.timeline {
            None => self.departures.number(at),
            Some(timeline) => timeline.number(at),
        }
    }

    /// The instant of the departure with that number.
    pub fn departure(&self, number: u64) -> Moment {
        match &self.timeline {
            None => self.departures.departure(number),
            Some(timeline) => timeline.departure(number),
        }
    }

    /// Departures at or after `from` and before `to`.
    pub fn departures_in(&self, from: Moment, to: Moment) -> u64 {
        self.departure_number(to).saturating_sub(self.departure_number(from))
    }

    /// How long that departure is on the road. The same for every parcel on it and in every scenario that
    /// has this lane, whatever else changed.
    #[inline]
    pub fn travel(&self, draw: Draw, departure_number: u64) -> Span {
        self.law.span(draw.uniform(TRAVEL, self.luck, departure_number as u32))
    }

    /// What one departure costs, full or empty.
    pub fn departure_cost(&self) -> Money {
        self.cost_per_departure + Money((self.cost_per_km.0 as f64 * self.distance_km).round() as i64)
    }

    /// Mean wait for a departure that can still be caught, and mean travel: what routing counts on.
    pub fn expected(&self) -> Span {
        self.cut_off + self.departures.mean_wait() + self.mean_travel
    }

    /// The timetable in force from `at` on, until clocks are set again.
    #[inline]
    pub(super) fn departures(&self, at: Moment) -> &Departures {
        self.timeline.as_ref().map_or(&self.departures, |timeline| timeline.from(at))
    }
}

fn travel_law(input: &LaneInput) -> Law {
    let (mean, cv) = (input.travel, input.travel_cv);
    if cv == 0.0 {
        return Law::constant(mean);
    }
    match input.travel_law {
        TravelLaw::Lognormal => Law::lognormal_by_mean(mean, cv),
        TravelLaw::Gamma => Law::gamma((1.0 / (cv * cv)).clamp(0.05, 1e4), mean),
        TravelLaw::Uniform => {
            let half = (libm::sqrt(3.0) * cv).min(1.0) * mean.as_secs_f64();
            let around = |by: f64| Span::from_secs_f64(mean.as_secs_f64() + by);
            Law::uniform(around(-half), around(half))
        }
    }
}

/// The departures within `period`, which is a day only if the timetable is daily.
fn minutes_in(timetable: &Timetable, period: Period) -> Vec<u16> {
    let days = match (timetable, period) {
        (Timetable::Daily(_), Period::Week) => 7,
        _ => 1,
    };
    let mut minutes: Vec<u16> = (0..days)
        .flat_map(|day| timetable.minutes().iter().map(move |minute| day * 1_440 + minute))
        .collect();
    minutes.sort_unstable();
    minutes.dedup();
    minutes
}

#[cfg(test)]
mod tests {
    use super::*;

    fn lane(cv: f64) -> Lane {
        let input = LaneInput {
            name: "Jiaxing - Nanjing, Feather".into(),
            from: NodeId(0),
            to: NodeId(1),
            carrier: CarrierId(0),
            timetable: Timetable::Daily(vec![600, 1_200]),
            cut_off: Span::HOUR,
            capacity: 10,
            travel: Span::from_hours(5),
            travel_cv: cv,
            cost_per_departure: Money(10_000),
            cost_per_km: Money(250),
            distance_km: 100.4,
            co2_g_per_km: 900.0,
            ..LaneInput::default()
        };
        Lane::build(input, Period::Day, LocalClock::default(), None, 0)
    }

    #[test]
    fn the_cut_off_decides_which_departure_is_caught() {
        let lane = lane(0.0);
        let hours = |hours| Moment::ZERO + Span::from_hours(hours);
        assert_eq!(lane.catch(hours(9)), hours(10));
        assert_eq!(lane.catch(hours(9) + Span(1)), hours(20));
        assert_eq!(lane.departures_in(hours(10), hours(34)), 2);
        assert_eq!(lane.following_departure(hours(10)), hours(20));
        assert_eq!(lane.departure_cost(), Money(35_100));
    }

    #[test]
    fn travel_has_the_mean_that_was_asked_for() {
        let lane = lane(0.3);
        let draw = Draw::new(1, 0);
        let mean = (0..20_000).map(|n| lane.travel(draw, n).as_hours_f64()).sum::<f64>() / 20_000.0;
        // Standard error 1.5 / sqrt(20,000) = 0.0106 hours; four of them.
        assert!((mean - 5.0).abs() < 0.043, "{mean}");
        assert_eq!(lane.travel(draw, 7), lane.travel(draw, 7));
    }
}
