//! How a network's tables are made: routes, planned journeys and rates, carrier by carrier.

use std::collections::HashMap;

use crate::domain::{CarrierId, NodeId, ZoneId};
use crate::kernel::time::Span;

use super::clock::{LocalClock, Period};
use super::input::{LaneInput, MethodInput, NetworkInput, Timetable};
use super::lane::Lane;
use super::last_mile::LastMile;
use super::network::{Hop, Network, Route};
use super::route::Tree;
use super::tariff::{RateCard, ShipRate};

impl Network {
    /// From rows that are known to be sound.
    pub(super) fn assemble(input: NetworkInput) -> Network {
        let clock = LocalClock::new(input.start_minute_of_week);
        let weekly = |lane: &LaneInput| matches!(lane.timetable, Timetable::Weekly(_));
        let period = if input.lanes.iter().any(weekly) { Period::Week } else { Period::Day };
        let lanes = lanes(input.lanes, period, clock);
        let km: Vec<f64> = input
            .nodes
            .iter()
            .flat_map(|node| input.zones.iter().map(|zone| node.at.distance_km(zone.at) * input.circuity))
            .collect();
        let mut network = Network {
            last_miles: input
                .carriers
                .iter()
                .map(|c| LastMile::build(c, input.planned_quantile, clock))
                .collect(),
            cards: input.carriers.iter().map(RateCard::build).collect(),
            carrier_names: input.carriers.iter().map(|c| c.name.clone()).collect(),
            nodes: input.nodes,
            zones: input.zones,
            methods: with_carriers(input.methods, input.carriers.len()),
            lanes,
            clock,
            routes: Vec::new(),
            journeys: Vec::new(),
            km,
            ship_rates: Vec::new(),
        };
        for carrier in 0..network.cards.len() {
            network.add_routes(CarrierId(carrier as u8));
        }
        network.ship_rates = network.cheapest_rates();
        network
    }

    fn add_routes(&mut self, carrier: CarrierId) {
        let hubs: Vec<NodeId> = self.node_ids().filter(|&node| self.is_hub(node)).collect();
        let handling: Vec<Span> = self.nodes.iter().map(|node| node.handling).collect();
        let trees: Vec<Tree> =
            hubs.iter().map(|&hub| Tree::build(carrier, hub, &self.lanes, &handling)).collect();
        let journeys: Vec<Vec<u32>> = trees.iter().map(|tree| self.add_journeys(tree)).collect();
        let nearest: Vec<Vec<usize>> = self.zone_ids().map(|zone| self.nearest_hubs(&hubs, zone)).collect();
        for node in self.node_ids() {
            for zone in self.zone_ids() {
                let reached = |&hub: &usize| trees[hub].expected[node.index()].is_some();
                let hub = nearest[zone.index()].iter().copied().find(reached);
                let (first_kg, per_further_kg) = self.cards[carrier.index()].band(self.km(node, zone));
                let route = Route {
                    hop: match hub {
                        None => Hop::Unreachable,
                        Some(hub) => trees[hub].next[node.index()].map_or(Hop::LastMile, Hop::Lane),
                    },
                    hub: hub.map_or(node, |hub| hubs[hub]),
                    journey: hub.map_or(0, |hub| journeys[hub][node.index()]),
                    last_mile: hub.map_or(Span::ZERO, |hub| {
                        self.last_miles[carrier.index()].planned(self.km(hubs[hub], zone))
                    }),
                    first_kg,
                    per_further_kg,
                };
                self.routes.push(route);
            }
        }
    }

    /// Journeys to one destination by first departure; returns where each node's begin.
    fn add_journeys(&mut self, tree: &Tree) -> Vec<u32> {
        let mut begin = vec![0; self.nodes.len()];
        // Nearest first: the rest of a journey is tabulated before the journey.
        for &node in &tree.order {
            let Some(first) = tree.next[node.index()] else { continue };
            begin[node.index()] = u32::try_from(self.journeys.len()).expect("2^32 planned journeys");
            let lane = &self.lanes[first.index()];
            let departures = lane.departures();
            // Any start of a period well after business instant zero.
            let epoch = 2 * Period::Week.micros();
            for index in 0..departures.per_period() {
                let departure = self.clock.moment(epoch + departures.offset(index));
                let sorted = departure + lane.mean_travel + self.nodes[lane.to.index()].handling;
                let done = match tree.next[lane.to.index()] {
                    None => sorted,
                    Some(second) => self.journey(second, begin[lane.to.index()], sorted),
                };
                self.journeys.push(done.since(departure));
            }
        }
        begin
    }

    /// Positions in `hubs`, nearest to the zone first, ties by id.
    fn nearest_hubs(&self, hubs: &[NodeId], zone: ZoneId) -> Vec<usize> {
        let mut order: Vec<usize> = (0..hubs.len()).collect();
        order.sort_by(|&a, &b| self.km(hubs[a], zone).total_cmp(&self.km(hubs[b], zone)).then(a.cmp(&b)));
        order
    }

    fn cheapest_rates(&self) -> Vec<Option<ShipRate>> {
        let mut rates = Vec::with_capacity(self.methods.len() * self.zones.len() * self.nodes.len());
        for method in &self.methods {
            for zone in self.zone_ids() {
                for node in self.node_ids() {
                    let rate = |&carrier: &CarrierId| {
                        let route = self.route(carrier, node, zone)?;
                        let (first_kg, per_further_kg) = (route.first_kg, route.per_further_kg);
                        Some(ShipRate { carrier, first_kg, per_further_kg, km: self.km(node, zone) })
                    };
                    let reached = method.carriers.iter().filter_map(rate);
                    rates.push(reached.min_by_key(|rate| (rate.first_kg, rate.per_further_kg, rate.carrier)));
                }
            }
        }
        rates
    }
}

fn lanes(inputs: Vec<LaneInput>, period: Period, clock: LocalClock) -> Vec<Lane> {
    let mut twins = HashMap::new();
    let mut build = |input: LaneInput| {
        let twin = twins.entry(input.name.clone()).or_insert(0u64);
        *twin += 1;
        Lane::build(input, period, clock, *twin - 1)
    };
    inputs.into_iter().map(&mut build).collect()
}

/// An empty list of carriers is every carrier.
fn with_carriers(methods: Vec<MethodInput>, carriers: usize) -> Vec<MethodInput> {
    let every: Vec<CarrierId> = (0..carriers).map(|carrier| CarrierId(carrier as u8)).collect();
    let fill = |method: MethodInput| {
        let carriers = if method.carriers.is_empty() { every.clone() } else { method.carriers };
        MethodInput { carriers, ..method }
    };
    methods.into_iter().map(fill).collect()
}
