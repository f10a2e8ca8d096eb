//! Delivery rounds: stations send vans out at fixed times of the day, and where a parcel stands in its tour says when
//! the bell rings.
//!
//! ```text
//!   hub ~~feeder~~> station of a zone --round--> stops -> plan (approx, fast or vrp) -> drive -> doors
//! ```
//!
//! # Promises
//! - Every stop is in one tour, and no tour holds more parcels than a van.
//! - A plan is a function of its stops, its rules and a seed.
//! - Tours are planned on one matrix and driven at the speed of the hour: nobody plans what traffic will do.
//!
//! # Why the station knows no streets
//! Stops lie in a square of the zone's area, and a way is the straight line times the network's circuity. A street
//! graph would cost a table a zone and change the mean by less than the circuity is uncertain.

mod drive;
mod estimate;
mod plan;

use crate::domain::Money;
use crate::kernel::time::{Moment, Span};

use super::clock::LocalClock;
use super::input::ZoneInput;

pub use drive::{Driven, Hours};
pub use estimate::{Scene, tour_length};
pub use plan::{Plan, Stop, Tour, plan};

/// How tours are planned.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Fidelity {
    /// By formula: no tour is looked for, its length is estimated.
    Approx,
    /// Savings and 2-opt.
    Fast,
    /// A search.
    Vrp { iterations: u64 },
}

impl RoundInput {
    /// What a tour costs, in parts of which `in_minor` are a minor unit: wage x time + meters. Whole where an hour's
    /// microseconds divide into them.
    pub fn cost_units(&self, meters: u64, took: Span, in_minor: i128) -> u128 {
        let per_hour = u128::from(self.wage_per_hour.0.unsigned_abs()) * u128::from(took.0);
        let per_km = u128::from(self.cost_per_km.0.unsigned_abs()) * u128::from(meters);
        let units = in_minor.unsigned_abs();
        per_hour * (units / u128::from(Span::HOUR.0)) + per_km * (units / 1_000)
    }

    /// What vans emit on so many meters, in micrograms.
    pub fn co2_ug(&self, meters: u64) -> u128 {
        let per_meter = libm::round(self.co2_g_per_km * 1_000.0) as u64;
        u128::from(per_meter) * u128::from(meters)
    }
}

/// What a planner says of delivery rounds.
#[derive(Debug, Clone, PartialEq)]
pub struct RoundInput {
    pub fidelity: Fidelity,
    /// When vans leave, minutes of the local day, rising.
    pub minutes: Vec<u16>,
    /// Vans with a driver of each carrier, in all zones.
    pub vans: u32,
    /// Parcels a van takes.
    pub capacity: u32,
    /// Area of a zone of mean weight.
    pub area_km2: f64,
    /// From a station to the middle of its zone, straight.
    pub station_km: f64,
    pub speed_kmh: f64,
    /// Share of the speed by hour of the local day.
    pub hours: [f64; 24],
    pub time_per_stop: Span,
    pub time_per_parcel: Span,
    pub wage_per_hour: Money,
    pub cost_per_km: Money,
    pub co2_g_per_km: f64,
    /// Of the search, in a sampled plan.
    pub iterations: u64,
    /// Share of plans that are made by formula and by search as well, to tell how far they are apart.
    pub sample: f64,
}

/// The rounds of a network.
#[derive(Debug, Clone)]
pub struct Rounds {
    pub rules: RoundInput,
    pub hours: Hours,
    /// By zone.
    pub area_km2: Vec<f64>,
    /// By zone, of each carrier.
    pub vans: Vec<u32>,
    pub circuity: f64,
}

/// The times of a carrier's rounds, as a plan knows them.
#[derive(Debug, Clone)]
pub struct RoundTimes {
    clock: LocalClock,
    minutes: Vec<u16>,
    /// From the round to a door late in a full van's tour.
    planned: Span,
}

/// Of a full van's tour, the part after which a plan counts a parcel as delivered.
const PLANNED_PLACE: f64 = 0.9;

impl Rounds {
    pub(super) fn build(rules: &RoundInput, zones: &[ZoneInput], circuity: f64, clock: LocalClock) -> Rounds {
        let total: f64 = zones.iter().map(|zone| zone.weight).sum();
        let mean = total / zones.len().max(1) as f64;
        let share = |zone: &ZoneInput| if 0.0 < mean { zone.weight / mean } else { 1.0 };
        Rounds {
            hours: Hours::new(rules, clock),
            // A zone that nobody lives in still has a street.
            area_km2: zones.iter().map(|zone| rules.area_km2 * share(zone).max(1e-6)).collect(),
            vans: shares(rules.vans, zones.iter().map(|zone| share(zone) / zones.len() as f64)),
            circuity,
            rules: rules.clone(),
        }
    }

    pub(super) fn times(&self) -> RoundTimes {
        let full = self.rules.capacity;
        let scene = Scene {
            stops: f64::from(full),
            tours: 1.0,
            mean_m: 1_000.0 * self.rules.station_km.max(0.383 * self.rules.area_km2.sqrt()),
            area_m2: 1e6 * self.rules.area_km2,
        };
        let meters = tour_length(scene) * self.circuity;
        let service = self.rules.time_per_stop.as_secs_f64() + self.rules.time_per_parcel.as_secs_f64();
        let seconds = meters / (self.rules.speed_kmh / 3.6) + f64::from(full) * service;
        RoundTimes {
            clock: self.hours.clock,
            minutes: self.rules.minutes.clone(),
            planned: Span::from_secs_f64(PLANNED_PLACE * seconds),
        }
    }
}

impl RoundTimes {
    /// The first round after `at`.
    pub fn next(&self, at: Moment) -> Moment {
        let now = self.clock.time_of_day(at);
        let after = |&minute: &u16| now < Span::from_minutes(minute.into());
        let wait = match self.minutes.iter().copied().find(after) {
            Some(minute) => Span::from_minutes(minute.into()) - now,
            None => Span::DAY - now + Span::from_minutes(self.minutes[0].into()),
        };
        at + wait
    }

    /// The bell, as planned, of a parcel that is at the station at `at`.
    pub fn planned(&self, at: Moment) -> Moment {
        self.next(at) + self.planned
    }
}

/// `whole` by shares that sum to one: by largest remainder, at least one each.
pub fn shares(whole: u32, shares: impl Iterator<Item = f64>) -> Vec<u32> {
    let exact: Vec<f64> = shares.map(|share| share * f64::from(whole)).collect();
    let mut counts: Vec<u32> = exact.iter().map(|&count| count as u32).collect();
    let mut order: Vec<usize> = (0..exact.len()).collect();
    let rest = |index: usize| exact[index] - exact[index].floor();
    order.sort_by(|&a, &b| rest(b).total_cmp(&rest(a)).then(a.cmp(&b)));
    let left = whole.saturating_sub(counts.iter().sum());
    order.iter().take(left as usize).for_each(|&index| counts[index] += 1);
    counts.iter_mut().for_each(|count| *count = (*count).max(1));
    counts
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn vans_are_shared_by_weight() {
        assert_eq!(shares(10, [0.5, 0.26, 0.24].into_iter()), [5, 3, 2]);
        assert_eq!(shares(3, [0.98, 0.01, 0.01].into_iter()), [3, 1, 1]);
    }

    #[test]
    fn the_next_round_is_after_now() {
        let times = RoundTimes {
            clock: LocalClock::new(6 * 60),
            minutes: vec![8 * 60, 13 * 60],
            planned: Span::HOUR,
        };
        let at = |hours| Moment::ZERO + Span::from_hours(hours);
        assert_eq!(times.next(Moment::ZERO), at(2));
        assert_eq!(times.next(at(2)), at(7)); // who comes as the vans leave waits
        assert_eq!(times.next(at(8)), at(26));
        assert_eq!(times.planned(at(8)), at(27));
    }
}
