//! How a network's tables are made: routes, planned journeys and rates, carrier by carrier.

use std::collections::HashMap;

use crate::domain::{CarrierId, NodeId, ZoneId};
use crate::kernel::time::{Moment, Span};

use super::clock::{LocalClock, Period, ZoneClock};
use super::connections::Connections;
use super::input::{LaneInput, MethodInput, NetworkInput, Timetable};
use super::lane::Lane;
use super::last_mile::LastMile;
use super::network::{Network, Route, UNREACHABLE};
use super::planner::Ways;
use super::profile::Profiles;
use super::rounds::Rounds;
use super::tariff::{RateCard, ShipRate};

impl Network {
    /// From rows that are known to be sound.
    pub(super) fn assemble(input: NetworkInput) -> Network {
        let clock = LocalClock::new(input.start_minute_of_week);
        let lanes = lanes(input.lanes, clock, &input.node_clocks);
        let km: Vec<f64> = input
            .nodes
            .iter()
            .flat_map(|node| input.zones.iter().map(|zone| node.at.distance_km(zone.at) * input.circuity))
            .collect();
        let rounds =
            input.rounds.as_ref().map(|rules| Rounds::build(rules, &input.zones, input.circuity, clock));
        let times = rounds.as_ref().map(Rounds::times);
        let mut network = Network {
            last_miles: input
                .carriers
                .iter()
                .map(|c| LastMile::build(c, input.planned_quantile, clock, times.clone()))
                .collect(),
            rounds,
            cards: input.carriers.iter().map(RateCard::build).collect(),
            carrier_names: input.carriers.iter().map(|c| c.name.clone()).collect(),
            nodes: input.nodes,
            zones: input.zones,
            methods: with_carriers(input.methods, input.carriers.len()),
            lanes,
            clock,
            routes: Vec::new(),
            ways: Vec::new(),
            zone_clocks: input.zone_clocks.into(),
            km,
            ship_rates: Vec::new(),
        };
        let hubs: Vec<NodeId> = network.node_ids().filter(|&node| network.is_hub(node)).collect();
        let carriers = (0..network.cards.len() as u8).map(CarrierId);
        let mut since: Vec<Moment> =
            input.node_clocks.iter().flat_map(|clock| clock.switches()).map(|switch| switch.0).collect();
        since.push(Moment::ZERO);
        since.sort_unstable();
        since.dedup();
        let ways = |since: Moment| {
            Ways(carriers.clone().map(|carrier| network.profiles(carrier, &hubs, since)).collect())
        };
        network.ways = since.into_iter().map(|since| (since, ways(since))).collect();
        carriers.for_each(|carrier| network.add_routes(carrier, &hubs));
        network.ship_rates = network.cheapest_rates();
        network
    }

    fn profiles(&self, carrier: CarrierId, hubs: &[NodeId], since: Moment) -> Profiles {
        let handling: Vec<Span> = self.nodes.iter().map(|node| node.handling).collect();
        let runs = |_, lane: &Lane| lane.carrier == carrier;
        let connections = Connections::new(&self.lanes, &handling, self.clock, since, runs);
        let origins: Vec<NodeId> = self.node_ids().collect();
        Profiles::build(connections, &origins, hubs)
    }

    fn add_routes(&mut self, carrier: CarrierId, hubs: &[NodeId]) {
        let nearest: Vec<Vec<usize>> = self.zone_ids().map(|zone| self.nearest_hubs(hubs, zone)).collect();
        for node in self.node_ids() {
            let reached = |hub: usize| {
                let ways = &self.ways().0[carrier.index()];
                hubs[hub] == node || ways.look_up(node, hub, Moment::ZERO).is_some()
            };
            let reached: Vec<bool> = (0..hubs.len()).map(reached).collect();
            for zone in self.zone_ids() {
                let hub = nearest[zone.index()].iter().copied().find(|&hub| reached[hub]);
                let (first_kg, per_further_kg) = self.cards[carrier.index()].band(self.km(node, zone));
                let route = Route {
                    hub: hub.map_or(node, |hub| hubs[hub]),
                    destination: hub.map_or(UNREACHABLE, |hub| hub as u16),
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

impl Connections {
    /// One carrier's connections, from rows that are known to be sound.
    pub fn of(input: &NetworkInput, carrier: CarrierId) -> Connections {
        let clock = LocalClock::new(input.start_minute_of_week);
        let handling: Vec<Span> = input.nodes.iter().map(|node| node.handling).collect();
        let runs = |_, lane: &Lane| lane.carrier == carrier;
        Connections::new(
            &lanes(input.lanes.clone(), clock, &input.node_clocks),
            &handling,
            clock,
            Moment::ZERO,
            runs,
        )
    }
}

/// All in one period, a week if one of them has a weekly timetable.
fn lanes(inputs: Vec<LaneInput>, clock: LocalClock, node_clocks: &[ZoneClock]) -> Vec<Lane> {
    let weekly = |lane: &LaneInput| matches!(lane.timetable, Timetable::Weekly(_));
    let period = if inputs.iter().any(weekly) { Period::Week } else { Period::Day };
    let mut twins = HashMap::new();
    let mut build = |input: LaneInput| {
        let twin = twins.entry(input.name.clone()).or_insert(0u64);
        *twin += 1;
        let origin = node_clocks.get(input.from.index());
        Lane::build(input, period, clock, origin, *twin - 1)
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
