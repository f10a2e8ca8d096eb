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

use super::check;
use super::clock::LocalClock;
use super::input::{MethodInput, NetworkInput, NodeInput, ZoneInput};
use super::lane::Lane;
use super::last_mile::LastMile;
use super::problem::NetworkProblem;
use super::tariff::{RateCard, ShipRate, price};

/// The last mile's length; the entity is the parcel (order, lowest line).
pub const LAST_MILE: Purpose = Purpose::named("last mile");

#[derive(Debug, Clone)]
pub struct Network {
    pub nodes: Vec<NodeInput>,
    pub zones: Vec<ZoneInput>,
    pub methods: Vec<MethodInput>,
    pub carrier_names: Vec<String>,
    pub(super) lanes: Vec<Lane>,
    pub(super) last_miles: Vec<LastMile>,
    pub(super) cards: Vec<RateCard>,
    pub(super) clock: LocalClock,
    /// By (carrier, node, zone).
    pub(super) routes: Vec<Route>,
    /// For each (carrier, node, destination) and departure of the first lane: from it until sorted at the
    /// destination.
    pub(super) journeys: Vec<Span>,
    /// Road distance by (node, zone).
    pub(super) km: Vec<f64>,
    /// By (method, zone, node).
    pub(super) ship_rates: Vec<Option<ShipRate>>,
}

/// One carrier's way from one node to one zone.
#[derive(Debug, Clone, Copy)]
pub(super) struct Route {
    pub(super) hop: Hop,
    /// The zone's hub; the node itself where the last mile starts.
    pub(super) hub: NodeId,
    /// Where the first lane's departures begin in `journeys`.
    pub(super) journey: u32,
    pub(super) last_mile: Span,
    pub(super) first_kg: Money,
    pub(super) per_further_kg: Money,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Hop {
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

    /// When a parcel is sorted at its destination that is at the dock of `lane` since `ready`.
    #[inline]
    pub(super) fn journey(&self, lane: LaneId, begin: u32, ready: Moment) -> Moment {
        let lane = &self.lanes[lane.index()];
        let (departure, index) = lane.departures().next(ready + lane.cut_off);
        departure + self.journeys[begin as usize + index]
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
        let promised = self.earliest(method, node, zone, at)? + means.slack;
        Some(if means.by_day { self.clock.end_of_day(promised) } else { promised })
    }

    /// As `promise`, without slack: the earliest ring at the door for goods that are set going at `at`, as planned.
    #[inline]
    pub fn earliest(&self, method: MethodId, node: NodeId, zone: ZoneId, at: Moment) -> Option<Moment> {
        let means = &self.methods[method.index()];
        let ready = at + means.handling;
        means.carriers.iter().filter_map(|&c| self.plan_arrival(c, node, zone, ready)).min()
    }

    /// The cheapest carrier of the method whose plan meets `promised`, else the fastest; ties by price or
    /// plan, then id. `None` where none reaches the zone from there.
    pub fn choose_carrier(&self, parcel: &Parcel, ready: Moment, promised: Moment) -> Option<CarrierId> {
        let &Parcel { method, node, zone, weight_g, volume_ml } = parcel;
        let carriers = &self.methods[method.index()].carriers;
        if let [only] = carriers[..] {
            return self.reaches(only, node, zone).then_some(only);
        }
        let price = |carrier| self.freight(carrier, node, zone, weight_g, volume_ml);
        let offer = |carrier| {
            let arrival = self.plan_arrival(carrier, node, zone, ready)?;
            // On time: by price alone. Late: after all that are on time, by arrival.
            let late = if arrival <= promised { Moment::ZERO } else { arrival };
            Some((late, price(carrier), arrival, carrier))
        };
        // The cheapest first: where it is on time, a dearer one need not be planned.
        let reached = carriers.iter().copied().filter(|&carrier| self.reaches(carrier, node, zone));
        let first = reached.clone().min_by_key(|&carrier| price(carrier))?;
        let mut best = offer(first)?;
        for carrier in reached.filter(|&carrier| carrier != first) {
            if best.0 == Moment::ZERO && best.1 < price(carrier) {
                continue;
            }
            best = best.min(offer(carrier)?);
        }
        Some(best.3)
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

    pub(super) fn is_hub(&self, node: NodeId) -> bool {
        self.nodes[node.index()].kind == NodeKind::Hub
    }

    #[inline]
    pub(super) fn route(&self, carrier: CarrierId, node: NodeId, zone: ZoneId) -> Option<&Route> {
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
