//! What limits movement and what helps it: floors of hubs, carriers' days, peak days, weather, vehicles on top.

use crate::domain::{CarrierId, Money, NodeKind};
use crate::kernel::time::{Moment, Span};
use crate::logistics::{Climate, Lane, Order, Peak, Region, SkyState, Weather};
use crate::scenario::spec::{self, AdHoc, PeakDays, Scenario};

/// By node and carrier, as dense tables.
pub struct Movement {
    /// By node: parcels for which there is room. Empty without any limit.
    pub floors: Vec<Option<u32>>,
    /// By carrier. Empty without any limit.
    pub days: Vec<Option<DayShare>>,
    /// `None`: fair everywhere.
    pub weather: Option<Weather>,
    pub ad_hoc: Option<AdHoc>,
    /// Docks know how large each parcel is and when it is due: in that order, or in order of boarding.
    pub weighs: Option<Order>,
}

/// What a carrier takes a local day, and who takes the rest.
#[derive(Debug, Clone, Copy)]
pub struct DayShare {
    pub parcels: u32,
    pub overflow: Option<CarrierId>,
}

impl Movement {
    /// `None`: nothing is limited.
    pub fn build(scenario: &Scenario) -> Option<Movement> {
        let room = |node: &spec::Node| node.floor.filter(|_| node.kind == NodeKind::Hub);
        let find = |name: &String| scenario.carriers.iter().position(|carrier| carrier.name == *name);
        let day = |carrier: &spec::Carrier| {
            let overflow = carrier.overflow.as_ref().and_then(find).map(|index| CarrierId(index as u8));
            carrier.per_day.map(|parcels| DayShare { parcels, overflow })
        };
        let movement = Movement {
            floors: some_or_empty(scenario.nodes.iter().map(room).collect()),
            days: some_or_empty(scenario.carriers.iter().map(day).collect()),
            weather: (!scenario.weather.is_empty()).then(|| weather(scenario)),
            ad_hoc: scenario.network.ad_hoc,
            weighs: weighs(scenario),
        };
        movement.is_told().then_some(movement)
    }

    fn is_told(&self) -> bool {
        let limits = !self.floors.is_empty() || !self.days.is_empty();
        limits || self.weather.is_some() || self.ad_hoc.is_some() || self.weighs.is_some()
    }

    /// What a vehicle of the lane costs that is ordered on top.
    pub fn ad_hoc_cost(&self, lane: &Lane) -> Money {
        let premium = self.ad_hoc.map_or(0.0, |rules| rules.premium);
        Money((lane.departure_cost().0 as f64 * premium).round() as i64)
    }
}

impl super::Model {
    /// What so many vehicles of a lane cost, by its timetable and on top of it.
    pub fn lane_cost(&self, lane: &Lane, by_timetable: u64, on_top: u64) -> Money {
        let ordered = self.movement.as_ref().map_or(Money::ZERO, |rules| rules.ad_hoc_cost(lane));
        lane.departure_cost() * by_timetable as i64 + ordered * on_top as i64
    }
}

fn weighs(scenario: &Scenario) -> Option<Order> {
    let network = &scenario.network;
    let by_rule = network.lane_rules.iter().any(|rule| rule.volume_ml.is_some());
    let by_row = scenario.tables.lanes.iter().any(|row| row.volume_ml.is_some());
    match network.dock_by_due {
        true => Some(Order::Due),
        false => (by_rule || by_row).then_some(Order::Boarded),
    }
}

fn some_or_empty<T>(rows: Vec<Option<T>>) -> Vec<Option<T>> {
    if rows.iter().all(Option::is_none) { Vec::new() } else { rows }
}

/// Peak days by carrier, in business time; empty when nobody has any.
pub fn peaks(scenario: &Scenario) -> Vec<Vec<Peak>> {
    let peak = |days: &PeakDays| {
        let instant = |time: spec::LocalTime| {
            let minutes = time.minutes_since(scenario.start).max(0);
            Moment::ZERO + Span::from_minutes(minutes as u64)
        };
        Peak {
            from: instant(days.from),
            to: instant(days.to),
            per_parcel: days.per_parcel,
            share: days.share,
        }
    };
    if scenario.carriers.iter().all(|carrier| carrier.peak.is_empty()) {
        return Vec::new();
    }
    scenario.carriers.iter().map(|carrier| carrier.peak.iter().map(peak).collect()).collect()
}

/// A region for each climate, or for each of its nodes.
fn weather(scenario: &Scenario) -> Weather {
    let mut weather = Weather { of_node: vec![None; scenario.nodes.len()], ..Weather::default() };
    let named = |name: &String| scenario.weather.iter().any(|climate| climate.nodes.contains(name));
    for (index, climate) in scenario.weather.iter().enumerate() {
        let state = |state: &spec::WeatherState| SkyState::new(&state.name, state.speed, state.closed);
        let next: Vec<Vec<f64>> = climate.states.iter().map(|state| state.next.clone()).collect();
        weather.climates.push(Climate::new(&climate.name, climate.states.iter().map(state).collect(), &next));
        if climate.together {
            weather.regions.push(Region::new(&climate.name, index));
        }
        for (node, of_node) in scenario.nodes.iter().zip(&mut weather.of_node) {
            let here = climate.nodes.contains(&node.name) || climate.nodes.is_empty() && !named(&node.name);
            if !here {
                continue;
            }
            if !climate.together {
                weather.regions.push(Region::new(&format!("{} {}", climate.name, node.name), index));
            }
            *of_node = Some(weather.regions.len() as u16 - 1);
        }
    }
    weather
}
