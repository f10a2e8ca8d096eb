//! The network: all lanes, routes, tariffs and plans of a run; built once, checked, never changed.
//!
//! # Promises
//! - `plan_arrival` is exact: what a parcel meets that catches every departure it can, when vehicles take
//!   their mean time and hubs their planned time (`tests/logistics_plan.rs` walks it lane by lane).
//! - A later `ready` never gives an earlier plan along one route.
//! - From a hub on its route a parcel follows the same route: the zone's hub is the nearest that the carrier
//!   reaches *from where the parcel is*, and what is reached downstream is reached from upstream.
//! - No call allocates; every look-up touches one route record and one lane.
//!
//! # Why a plan by departure and not by quarter hour
//! After the first departure is chosen the rest of a planned journey is fixed. One span a departure of the
//! first lane is therefore exact, and smaller than one a quarter hour.

use crate::domain::{CarrierId, LaneId, MethodId, Money, NodeId, NodeKind, ZoneId};
use crate::kernel::draw::Purpose;
use crate::kernel::time::{Moment, Span};

use super::clock::{LocalClock, Period};
use super::input::{LaneInput, MethodInput, NetworkInput, NodeInput, Timetable, ZoneInput};
use super::lane::Lane;
use super::last_mile::LastMile;
use super::problem::NetworkProblem;
use super::route::Tree;
use super::tariff::{RateCard, ShipRate, price};
use super::{check, input};

/// The last mile's length; the entity is the parcel (order, lowest line).
pub const LAST_MILE: Purpose = Purpose::named("last mile");

#[derive(Debug, Clone)]
pub struct Network {
    pub nodes: Vec<NodeInput>,
    pub zones: Vec<ZoneInput>,
    pub methods: Vec<MethodInput>,
    pub carrier_names: Vec<String>,
    lanes: Vec<Lane>,
    last_miles: Vec<LastMile>,
    cards: Vec<RateCard>,
    clock: LocalClock,
    /// By (carrier, node, zone).
    routes: Vec<Route>,
    /// For each (carrier, node, destination) and departure of the first lane: from it until sorted at the
    /// destination.
    journeys: Vec<Span>,
    /// Road distance by (node, zone).
    km: Vec<f64>,
    /// By (method, zone, node).
    ship_rates: Vec<Option<ShipRate>>,
}

/// One carrier's way from one node to one zone.
#[derive(Debug, Clone, Copy)]
struct Route {
    hop: Hop,
    /// The zone's hub; the node itself where the last mile starts.
    hub: NodeId,
    /// Where the first lane's departures begin in `journeys`.
    journey: u32,
    last_mile: Span,
    first_kg: Money,
    per_further_kg: Money,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Hop {
    Lane(LaneId),
    LastMile,
    Unreachable,
}

impl Network {
    /// Checks all rows and tabulates routes and plans, or tells everything that is wrong, in row order.
    pub fn build(input: NetworkInput) -> Result<Network, Vec<NetworkProblem>> {
        let mut problems = check::rows(&input);
        if !problems.is_empty() {
            return Err(problems);
        }
        let network = Network::assemble(input);
        problems = check::reach(&network);
        if problems.is_empty() { Ok(network) } else { Err(problems) }
    }

    fn assemble(input: NetworkInput) -> Network {
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

    /// When a parcel is sorted at its destination that is at the dock of `lane` since `ready`.
    #[inline]
    fn journey(&self, lane: LaneId, begin: u32, ready: Moment) -> Moment {
        let lane = &self.lanes[lane.index()];
        let (departure, index) = lane.departures().next(ready + lane.cut_off);
        departure + self.journeys[begin as usize + index]
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

    /// When a parcel that is at the node's dock at `ready` rings at the door, as planned; `None` where the
    /// carrier does not reach the zone from there. About 10 ns.
    #[inline]
    pub fn plan_arrival(
        &self,
        carrier: CarrierId,
        node: NodeId,
        zone: ZoneId,
        ready: Moment,
    ) -> Option<Moment> {
        let route = self.route(carrier, node, zone)?;
        let sorted = match route.hop {
            Hop::Lane(lane) => self.journey(lane, route.journey, ready),
            _ => ready,
        };
        Some(self.last_miles[carrier.index()].open(sorted + route.last_mile))
    }

    /// The instant promised for an order submitted at `at`: the earliest plan among the method's carriers
    /// after the method's handling time, plus its slack, by the end of the day where it says so.
    #[inline]
    pub fn promise(&self, method: MethodId, node: NodeId, zone: ZoneId, at: Moment) -> Option<Moment> {
        let means = &self.methods[method.index()];
        let ready = at + means.handling;
        let plans = means.carriers.iter().filter_map(|&c| self.plan_arrival(c, node, zone, ready));
        let promised = plans.min()? + means.slack;
        Some(if means.by_day { self.clock.end_of_day(promised) } else { promised })
    }

    /// The cheapest carrier of the method whose plan meets `promised`, else the fastest; ties by price or
    /// plan, then id. `None` where none reaches the zone from there.
    pub fn choose_carrier(&self, parcel: &Parcel, ready: Moment, promised: Moment) -> Option<CarrierId> {
        let &Parcel { method, node, zone, weight_g, volume_ml } = parcel;
        let carriers = &self.methods[method.index()].carriers;
        if let [only] = carriers[..] {
            return self.reaches(only, node, zone).then_some(only);
        }
        let offers = carriers.iter().filter_map(|&carrier| {
            let arrival = self.plan_arrival(carrier, node, zone, ready)?;
            let price = self.freight(carrier, node, zone, weight_g, volume_ml);
            // On time: by price alone. Late: after all that are on time, by arrival.
            let late = if arrival <= promised { Moment::ZERO } else { arrival };
            Some((late, price, arrival, carrier))
        });
        offers.min().map(|offer| offer.3)
    }

    /// What the carrier charges: by road distance from node to zone and started kilogram of the heavier of
    /// weight and volumetric weight.
    #[inline]
    pub fn freight(
        &self,
        carrier: CarrierId,
        node: NodeId,
        zone: ZoneId,
        weight_g: u32,
        volume_ml: u32,
    ) -> Money {
        let route = &self.routes[self.route_index(carrier, node, zone)];
        let billed_kg = self.cards[carrier.index()].billed_kg(weight_g, volume_ml);
        price(route.first_kg, route.per_further_kg, billed_kg)
    }

    /// The cheapest carrier's rate for a parcel of up to one kilogram: what a strategy counts on.
    /// `None` where the method does not reach the zone from the node.
    pub fn ship_rate(&self, method: MethodId, node: NodeId, zone: ZoneId) -> Option<ShipRate> {
        let row = (method.index() * self.zones.len() + zone.index()) * self.nodes.len();
        self.ship_rates[row + node.index()]
    }

    /// The lane that a parcel at `node` takes next; `None`: the last mile starts here.
    /// Panics where the carrier does not reach the zone: no parcel should be there.
    #[inline]
    pub fn next_lane(&self, carrier: CarrierId, node: NodeId, zone: ZoneId) -> Option<LaneId> {
        match self.routes[self.route_index(carrier, node, zone)].hop {
            Hop::Lane(lane) => Some(lane),
            Hop::LastMile => None,
            Hop::Unreachable => panic!("a parcel is at node {} and cannot reach its zone {}", node.0, zone.0),
        }
    }

    pub fn reaches(&self, carrier: CarrierId, node: NodeId, zone: ZoneId) -> bool {
        self.route(carrier, node, zone).is_some()
    }

    /// The hub from which the last mile starts for a parcel that is at `node`.
    pub fn last_hub(&self, carrier: CarrierId, node: NodeId, zone: ZoneId) -> Option<NodeId> {
        self.route(carrier, node, zone).map(|route| route.hub)
    }

    /// The first ring at the door of a parcel that is sorted at `hub` at `ready`; `u` in (0, 1).
    #[inline]
    pub fn first_attempt(
        &self,
        carrier: CarrierId,
        hub: NodeId,
        zone: ZoneId,
        ready: Moment,
        u: f64,
    ) -> Moment {
        self.last_miles[carrier.index()].first_attempt(self.km(hub, zone), ready, u)
    }

    pub fn last_mile(&self, carrier: CarrierId) -> &LastMile {
        &self.last_miles[carrier.index()]
    }

    pub fn lane(&self, lane: LaneId) -> &Lane {
        &self.lanes[lane.index()]
    }

    pub fn lanes(&self) -> &[Lane] {
        &self.lanes
    }

    pub fn carrier_count(&self) -> usize {
        self.cards.len()
    }

    pub fn clock(&self) -> LocalClock {
        self.clock
    }

    /// Road distance from a node to a zone.
    #[inline]
    pub fn km(&self, node: NodeId, zone: ZoneId) -> f64 {
        self.km[node.index() * self.zones.len() + zone.index()]
    }

    pub fn node_ids(&self) -> impl Iterator<Item = NodeId> + use<> {
        (0..self.nodes.len() as u16).map(NodeId)
    }

    pub fn zone_ids(&self) -> impl Iterator<Item = ZoneId> + use<> {
        (0..self.zones.len() as u16).map(ZoneId)
    }

    fn is_hub(&self, node: NodeId) -> bool {
        self.nodes[node.index()].kind == NodeKind::Hub
    }

    #[inline]
    fn route(&self, carrier: CarrierId, node: NodeId, zone: ZoneId) -> Option<&Route> {
        let route = &self.routes[self.route_index(carrier, node, zone)];
        (route.hop != Hop::Unreachable).then_some(route)
    }

    #[inline]
    fn route_index(&self, carrier: CarrierId, node: NodeId, zone: ZoneId) -> usize {
        (carrier.index() * self.nodes.len() + node.index()) * self.zones.len() + zone.index()
    }
}

/// A parcel for which a carrier is to be chosen.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Parcel {
    pub method: MethodId,
    pub node: NodeId,
    pub zone: ZoneId,
    pub weight_g: u32,
    pub volume_ml: u32,
}

fn lanes(inputs: Vec<LaneInput>, period: Period, clock: LocalClock) -> Vec<Lane> {
    let mut twins = std::collections::HashMap::new();
    let mut build = |input: LaneInput| {
        let twin = twins.entry(input.name.clone()).or_insert(0u64);
        *twin += 1;
        Lane::build(input, period, clock, *twin - 1)
    };
    inputs.into_iter().map(&mut build).collect()
}

/// An empty list of carriers is every carrier.
fn with_carriers(methods: Vec<input::MethodInput>, carriers: usize) -> Vec<input::MethodInput> {
    let every: Vec<CarrierId> = (0..carriers).map(|carrier| CarrierId(carrier as u8)).collect();
    let fill = |method: MethodInput| {
        let carriers = if method.carriers.is_empty() { every.clone() } else { method.carriers };
        MethodInput { carriers, ..method }
    };
    methods.into_iter().map(fill).collect()
}
