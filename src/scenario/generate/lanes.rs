//! Lanes by distance and demand: each carries what a gravity model sends over it, at so many departures a day that its
//! vehicles are filled as the planner asks.
//!
//! # Why gravity
//! Which center serves an order is the strategy's choice, by stock and distance, and known only when the run is over. A
//! center's people over a power of the distance (Huff 1963, Land Economics 39, equation 1) is what such choices come to
//! on average, and it gives every pair of places some traffic: networks must carry the exceptions as well.

use std::collections::BTreeMap;

use super::{Fleet, Generate, Role};
use crate::domain::{Mode, TravelLaw};
use crate::kernel::time::Span;
use crate::scenario::spec::{LaneRow, Node, Timetable, Zone};

/// Handling at a hub that a way counts on, in hours.
const HANDLING_H: f64 = 2.0;
/// A center serves its own city as one that is so far away.
const HOME_KM: f64 = 50.0;
const CUT_OFF: Span = Span::from_minutes(30);
const TRAVEL_CV: f64 = 0.15;
/// The first vehicle of a day leaves so many minutes after midnight: what is packed by day is at the far hub by the
/// second morning.
const FROM_CENTER: u16 = 20 * 60;
const FROM_HUB: u16 = 0;
const TO_STATION: u16 = 5 * 60;

/// A network in the making. Places are row numbers of `nodes`.
struct Plan<'a> {
    ask: &'a Generate,
    nodes: &'a [(Node, Role)],
    circuity: f64,
    centers: Vec<usize>,
    hubs: Vec<usize>,
    /// The hub in the middle: it has lanes from and to every other.
    main: usize,
    /// Parcels a day by lane.
    flow: BTreeMap<(usize, usize), f64>,
}

/// All lanes of a generated network, for `parcels` a day of each of its carriers.
pub fn lanes(
    ask: &Generate,
    nodes: &[(Node, Role)],
    zones: &[Zone],
    circuity: f64,
    parcels: f64,
) -> Vec<LaneRow> {
    let of = |role| (0..nodes.len()).filter(|&node| nodes[node].1 == role).collect::<Vec<_>>();
    let (centers, hubs) = (of(Role::Center), of(Role::Hub));
    if centers.is_empty() || hubs.is_empty() {
        return Vec::new(); // Told by the check of the whole.
    }
    let mut plan = Plan { ask, nodes, circuity, centers, main: hubs[0], hubs, flow: BTreeMap::new() };
    plan.main = plan.middle(zones);
    plan.open();
    plan.send(zones, parcels);
    plan.thin_out();
    let carriers: Vec<Option<String>> = match ask.carriers.is_empty() {
        true => vec![None],
        false => ask.carriers.iter().cloned().map(Some).collect(),
    };
    let rows = |(&ends, &flow): (&(usize, usize), &f64)| {
        let row = plan.row(ends, flow);
        carriers
            .iter()
            .map(move |carrier| LaneRow { carrier: carrier.clone(), ..row.clone() })
            .collect::<Vec<_>>()
    };
    plan.flow.iter().flat_map(rows).collect()
}

impl Plan<'_> {
    fn km(&self, a: usize, b: usize) -> f64 {
        self.nodes[a].0.at.distance_km(self.nodes[b].0.at)
    }

    /// The hub from which people are nearest.
    fn middle(&self, zones: &[Zone]) -> usize {
        let way = |hub: usize| -> f64 {
            zones.iter().map(|zone| zone.weight * self.nodes[hub].0.at.distance_km(zone.at)).sum()
        };
        let ways = self.hubs.iter().map(|&hub| (hub, way(hub)));
        ways.reduce(|a, b| if b.1 < a.1 { b } else { a }).expect("a network has a hub").0
    }

    /// The nearest hubs of a node, itself left out.
    fn near(&self, node: usize, count: usize) -> Vec<usize> {
        let mut near: Vec<usize> = self.hubs.iter().copied().filter(|&hub| hub != node).collect();
        near.sort_by(|&a, &b| self.km(node, a).total_cmp(&self.km(node, b)).then(a.cmp(&b)));
        near.truncate(count);
        near
    }

    fn flies(&self, (from, to): (usize, usize)) -> bool {
        let between_hubs = self.nodes[from].1 == Role::Hub && self.nodes[to].1 == Role::Hub;
        between_hubs && self.ask.air_from_km <= self.km(from, to) * self.circuity
    }

    fn fleet(&self, ends: (usize, usize)) -> (Mode, &Fleet) {
        match self.nodes[ends.1].1 {
            Role::Station => (Mode::Truck, &self.ask.van),
            _ if self.flies(ends) => (Mode::Air, &self.ask.air),
            _ => (Mode::Truck, &self.ask.truck),
        }
    }

    fn hours(&self, ends: (usize, usize)) -> f64 {
        let (mode, fleet) = self.fleet(ends);
        fleet.vehicle.travel(mode.way_km(self.km(ends.0, ends.1), self.circuity)).as_hours_f64()
    }

    /// Lanes that there are whatever the demand: nobody is cut off.
    fn open(&mut self) {
        let mut open: Vec<(usize, usize)> = Vec::new();
        for &center in &self.centers {
            open.extend(self.near(center, self.ask.gates).iter().map(|&hub| (center, hub)));
        }
        for station in (0..self.nodes.len()).filter(|&node| self.nodes[node].1 == Role::Station) {
            open.extend(self.near(station, self.ask.feeders).iter().map(|&hub| (hub, station)));
        }
        for &hub in self.hubs.iter().filter(|&&hub| hub != self.main) {
            open.extend([(hub, self.main), (self.main, hub)]);
        }
        self.flow.extend(open.into_iter().map(|ends| (ends, 0.0)));
    }

    /// Every parcel takes the way that is shortest in hours.
    fn send(&mut self, zones: &[Zone], parcels: f64) {
        let all: f64 = zones.iter().map(|zone| zone.weight).sum();
        let ends: Vec<usize> = zones.iter().map(|zone| self.end(zone)).collect();
        let drawn = self.pull(zones);
        let gates: Vec<Vec<usize>> =
            self.centers.iter().map(|&center| self.near(center, self.ask.gates)).collect();
        for ((zone, &end), shares) in zones.iter().zip(&ends).zip(drawn) {
            let feeders = match self.nodes[end].1 {
                Role::Station => self.near(end, self.ask.feeders),
                _ => vec![end],
            };
            for (center, share) in (0..self.centers.len()).zip(shares) {
                let way = self.way(self.centers[center], &gates[center], &feeders, end);
                let flow = parcels * zone.weight / all * share;
                way.windows(2).for_each(|leg| *self.flow.entry((leg[0], leg[1])).or_default() += flow);
            }
        }
    }

    /// By zone and center, the share of the zone's parcels that the center sends.
    fn pull(&self, zones: &[Zone]) -> Vec<Vec<f64>> {
        let km = |center: usize, zone: &Zone| self.nodes[center].0.at.distance_km(zone.at);
        let mut people = vec![0.0; self.centers.len()];
        for zone in zones {
            let near = self.centers.iter().map(|&center| km(center, zone)).enumerate();
            let near = near.reduce(|a, b| if b.1 < a.1 { b } else { a }).expect("a network has a center").0;
            people[near] += zone.weight;
        }
        let shares = |zone: &Zone| {
            let pull = |(index, &center): (usize, &usize)| {
                people[index].max(1e-9) * libm::pow(HOME_KM + km(center, zone), -self.ask.gravity)
            };
            let pull: Vec<f64> = self.centers.iter().enumerate().map(pull).collect();
            let all: f64 = pull.iter().sum();
            pull.into_iter().map(|own| own / all).collect()
        };
        zones.iter().map(shares).collect()
    }

    /// The hub or station at which a zone's last mile starts: the nearest, as the network will have it.
    fn end(&self, zone: &Zone) -> usize {
        let ends = (0..self.nodes.len()).filter(|&node| self.nodes[node].1 != Role::Center);
        let km = |node: usize| (node, self.nodes[node].0.at.distance_km(zone.at));
        ends.map(km).reduce(|a, b| if b.1 < a.1 { b } else { a }).expect("a network has a hub").0
    }

    fn way(&self, center: usize, gates: &[usize], feeders: &[usize], end: usize) -> Vec<usize> {
        let mut best = (f64::INFINITY, Vec::new());
        for &gate in gates {
            for &feeder in feeders {
                let mut way = vec![center, gate, feeder, end];
                way.dedup();
                let legs = way.windows(2).map(|leg| self.hours((leg[0], leg[1])) + HANDLING_H);
                let hours: f64 = legs.sum();
                if hours < best.0 {
                    best = (hours, way);
                }
            }
        }
        best.1
    }

    /// Two hubs with little between them have no lane: their parcels change at the hub in the middle.
    fn thin_out(&mut self) {
        let main = self.main;
        let between = |ends: &(usize, usize)| {
            [ends.0, ends.1].iter().all(|&node| self.nodes[node].1 == Role::Hub && node != main)
        };
        let weak = self.flow.iter().filter(|(ends, flow)| between(ends) && **flow < self.ask.direct);
        let weak: Vec<((usize, usize), f64)> = weak.map(|(&ends, &flow)| (ends, flow)).collect();
        for ((from, to), flow) in weak {
            self.flow.remove(&(from, to));
            for ends in [(from, main), (main, to)] {
                *self.flow.get_mut(&ends).expect("the hub in the middle knows all") += flow;
            }
        }
    }

    fn row(&self, ends: (usize, usize), flow: f64) -> LaneRow {
        let (mode, fleet) = self.fleet(ends);
        let need = flow / (self.ask.fill * f64::from(fleet.capacity));
        let departures = (need.ceil() as u32)
            .clamp(self.ask.departures, self.ask.most_departures.max(self.ask.departures));
        // Where a day has not so many departures several vehicles leave together.
        let convoy = (need / f64::from(departures)).ceil().max(1.0);
        let first = match (self.nodes[ends.0].1, self.nodes[ends.1].1) {
            (Role::Center, _) => FROM_CENTER,
            (_, Role::Station) => TO_STATION,
            _ => FROM_HUB,
        };
        let mut minutes: Vec<u16> =
            (0..departures).map(|n| ((u32::from(first) + n * 1_440 / departures) % 1_440) as u16).collect();
        minutes.sort_unstable();
        let mut vehicle = fleet.vehicle;
        vehicle.cost_per_departure = vehicle.cost_per_departure * convoy as i64;
        vehicle.cost_per_km = vehicle.cost_per_km * convoy as i64;
        vehicle.co2_g_per_km *= convoy;
        LaneRow {
            from: self.nodes[ends.0].0.name.clone(),
            to: self.nodes[ends.1].0.name.clone(),
            carrier: None,
            timetable: Timetable::Daily(minutes),
            cut_off: CUT_OFF,
            days: [true; 7],
            capacity: (f64::from(fleet.capacity) * convoy).min(1e9) as u32,
            mode,
            vehicle,
            time: None,
            travel_law: TravelLaw::Lognormal,
            travel_cv: TRAVEL_CV,
        }
    }
}
