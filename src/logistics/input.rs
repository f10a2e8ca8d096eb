//! What a network is built from: plain rows with dense ids, one struct a table.

use crate::domain::{CarrierId, GeoPoint, Mode, Money, NodeId, NodeKind, TravelLaw};
use crate::kernel::law::Law;
use crate::kernel::time::Span;

use super::clock::{MINUTES_PER_DAY, ZoneClock};
use super::rounds::RoundInput;
use super::tariff::Peak;

/// All rows of a network. Ids are row numbers.
#[derive(Debug, Clone)]
pub struct NetworkInput {
    pub nodes: Vec<NodeInput>,
    pub zones: Vec<ZoneInput>,
    pub carriers: Vec<CarrierInput>,
    pub methods: Vec<MethodInput>,
    pub lanes: Vec<LaneInput>,
    /// Road distance = great circle x circuity.
    pub circuity: f64,
    /// Minutes since Monday 00:00, local time, at business instant zero.
    pub start_minute_of_week: u16,
    /// The quantile of the last mile that a plan counts on, 0 to 1.
    pub planned_quantile: f64,
    /// Vans that leave at fixed times; without them the carriers' last mile follows a law.
    pub rounds: Option<RoundInput>,
    /// By node and by zone; empty where all have the network's clock.
    pub node_clocks: Vec<ZoneClock>,
    pub zone_clocks: Vec<ZoneClock>,
    /// By carrier; empty is none at all.
    pub peaks: Vec<Vec<Peak>>,
    /// Shares of full speed on lanes from midnight on; `None` is full speed.
    pub hours: Option<[f64; 24]>,
}

impl Default for NetworkInput {
    fn default() -> NetworkInput {
        NetworkInput {
            nodes: Vec::new(),
            zones: Vec::new(),
            carriers: Vec::new(),
            methods: Vec::new(),
            lanes: Vec::new(),
            circuity: 1.3,
            start_minute_of_week: 0,
            planned_quantile: 0.9,
            rounds: None,
            node_clocks: Vec::new(),
            zone_clocks: Vec::new(),
            peaks: Vec::new(),
            hours: None,
        }
    }
}

#[derive(Debug, Clone)]
pub struct NodeInput {
    pub name: String,
    pub kind: NodeKind,
    pub at: GeoPoint,
    /// Planned time from arrival at a hub until the parcel is at the next dock, or at the last mile.
    pub handling: Span,
}

impl NodeInput {
    pub fn new(name: &str, kind: NodeKind, at: GeoPoint, handling: Span) -> NodeInput {
        NodeInput { name: name.to_owned(), kind, at, handling }
    }
}

#[derive(Debug, Clone)]
pub struct ZoneInput {
    pub name: String,
    pub at: GeoPoint,
    pub weight: f64,
}

#[derive(Debug, Clone)]
pub struct CarrierInput {
    pub name: String,
    /// Bands by road distance from node to zone, rising; the last one holds beyond.
    pub rates: Vec<RateBand>,
    /// Milliliters that bill as one gram (volumetric weight), e.g. 6.
    pub volumetric_ml_per_g: f64,
    /// From ready at the last hub to the first attempt at the door.
    pub last_mile: Law,
    /// Added for each 100 km of road from the last hub.
    pub last_mile_per_100km: Span,
    pub attempts: u32,
    pub attempt_failure: f64,
    pub retry_after: Span,
    /// Doors open from .. to, minutes of the local day; `to` may pass midnight.
    pub door_from_minute: u16,
    pub door_to_minute: u16,
    /// Parcels that came while doors were closed are handed over in their turn within this time of the opening.
    pub tour: Span,
}

#[derive(Debug, Clone, Copy, PartialEq)]
pub struct RateBand {
    pub up_to_km: f64,
    pub first_kg: Money,
    pub per_further_kg: Money,
}

#[derive(Debug, Default, Clone)]
pub struct MethodInput {
    pub name: String,
    /// What the shopper pays.
    pub price: Money,
    /// Carriers that may serve it; empty is every carrier.
    pub carriers: Vec<CarrierId>,
    /// Rank on the floor, at the dock and among waiting orders: lower first.
    pub rank: u32,
    /// Time the promise allows from submit until the parcel is at the dock.
    pub handling: Span,
    /// Added to the planned arrival.
    pub slack: Span,
    /// Promise the end of the local day (24:00) instead of the minute.
    pub by_day: bool,
}

#[derive(Debug, Clone)]
pub struct LaneInput {
    /// For print, and the root of the lane's draws: a lane keeps its luck when others are added.
    pub name: String,
    pub from: NodeId,
    pub to: NodeId,
    pub carrier: CarrierId,
    pub timetable: Timetable,
    /// A parcel must be at the dock so long before the departure.
    pub cut_off: Span,
    /// Parcels a departure.
    pub capacity: u32,
    /// Room of a departure; `None` is more than its parcels need.
    pub volume_ml: Option<u64>,
    /// Mean travel time.
    pub travel: Span,
    /// Coefficient of variation of the travel time; 0 is always the mean.
    pub travel_cv: f64,
    pub cost_per_departure: Money,
    pub cost_per_km: Money,
    pub distance_km: f64,
    pub mode: Mode,
    pub travel_law: TravelLaw,
    /// What a vehicle emits on a kilometer.
    pub co2_g_per_km: f64,
}

impl Default for LaneInput {
    fn default() -> LaneInput {
        LaneInput {
            name: String::new(),
            from: NodeId(0),
            to: NodeId(0),
            carrier: CarrierId(0),
            timetable: Timetable::Daily(Vec::new()),
            cut_off: Span::ZERO,
            capacity: 1,
            volume_ml: None,
            travel: Span::ZERO,
            travel_cv: 0.0,
            cost_per_departure: Money::ZERO,
            cost_per_km: Money::ZERO,
            distance_km: 0.0,
            mode: Mode::Truck,
            travel_law: TravelLaw::Lognormal,
            co2_g_per_km: 0.0,
        }
    }
}

/// Departures, in local time. Order and repetitions do not matter.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Timetable {
    /// Minutes of the day, every day.
    Daily(Vec<u16>),
    /// Minutes since Monday 00:00, every week.
    Weekly(Vec<u16>),
}

impl Timetable {
    /// From `first_minute` on, every `every` until the end of the day; whole minutes, rounded down.
    /// `every` of zero is the first one only.
    pub fn every(first_minute: u16, every: Span) -> Timetable {
        let first = Span::from_minutes(u64::from(first_minute)).0;
        let step = if every == Span::ZERO { Span::DAY.0 } else { every.0 };
        let minutes = (first..Span::DAY.0.max(first + 1)).step_by(step as usize);
        let mut minutes: Vec<u16> = minutes.map(|micros| (micros / Span::MINUTE.0) as u16).collect();
        minutes.dedup();
        Timetable::Daily(minutes)
    }

    /// The same minutes on some weekdays only, Monday first; every day stays a daily timetable.
    pub fn on(self, days: [bool; 7]) -> Timetable {
        let Timetable::Daily(minutes) = self else { return self };
        if days == [true; 7] {
            return Timetable::Daily(minutes);
        }
        let runs = (0..7u16).filter(|&day| days[usize::from(day)]);
        Timetable::Weekly(
            runs.flat_map(|day| minutes.iter().map(move |minute| day * MINUTES_PER_DAY + minute)).collect(),
        )
    }

    pub fn minutes(&self) -> &[u16] {
        match self {
            Timetable::Daily(minutes) | Timetable::Weekly(minutes) => minutes,
        }
    }

    /// Minutes in one repetition.
    pub fn period_minutes(&self) -> u16 {
        match self {
            Timetable::Daily(_) => MINUTES_PER_DAY,
            Timetable::Weekly(_) => super::clock::MINUTES_PER_WEEK,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_so_often() {
        let every = |first, minutes| Timetable::every(first, Span::from_minutes(minutes));
        assert_eq!(every(60, 480), Timetable::Daily(vec![60, 540, 1_020]));
        assert_eq!(every(0, 720), Timetable::Daily(vec![0, 720]));
        assert_eq!(every(5, 0), Timetable::Daily(vec![5]));
        assert_eq!(every(1_500, 60), Timetable::Daily(vec![1_500])); // reported by the build
    }
}
