//! The network: all lanes, routes, tariffs and plans of a run; built once, checked, never changed.
//!
//! # Promises
//! - A parcel goes to the hub nearest to its zone that its carrier reaches from where it is, by the way that gets
//!   it there earliest (`planner`, `profile`); what is reached downstream is reached from upstream.
//! - No call allocates; every look-up touches one route record.

use crate::domain::{CarrierId, LaneId, MethodId, Money, NodeId, NodeKind, ZoneId};
use crate::kernel::draw::Purpose;
use crate::kernel::time::{Moment, Span};

use super::check;
use super::clock::{LocalClock, ZoneClock};
use super::input::{MethodInput, NetworkInput, NodeInput, ZoneInput};
use super::lane::Lane;
use super::last_mile::LastMile;
use super::planner::Ways;
use super::problem::NetworkProblem;
use super::rounds::Rounds;
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
    pub(super) rounds: Option<Rounds>,
    /// By (carrier, node, zone).
    pub(super) routes: Vec<Route>,
    /// Every departure is open. From when on: clocks that are set make another timetable.
    pub(super) ways: Vec<(Moment, Ways)>,
    /// By zone; empty where all have the network's clock.
    pub(super) zone_clocks: Box<[ZoneClock]>,
    /// Road distance by (node, zone).
    pub(super) km: Vec<f64>,
    /// By (method, zone, node).
    pub(super) ship_rates: Vec<Option<ShipRate>>,
}

/// What one carrier does from one node for one zone.
#[derive(Debug, Clone, Copy)]
pub(super) struct Route {
    /// The zone's hub.
    pub(super) hub: NodeId,
    /// Its place among the destinations of `ways`; `UNREACHABLE` where the carrier does not get there.
    pub(super) destination: u16,
    pub(super) last_mile: Span,
    pub(super) first_kg: Money,
    pub(super) per_further_kg: Money,
}

pub(super) const UNREACHABLE: u16 = u16::MAX;

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

    #[inline]
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
        let last_mile = &self.last_miles[carrier.index()];
        self.here(zone, ready, |ready| last_mile.first_attempt(self.km(hub, zone), ready, u))
    }

    /// The next ring after one that found nobody at `at`.
    pub fn retry(&self, carrier: CarrierId, zone: ZoneId, at: Moment) -> Moment {
        self.here(zone, at, |at| self.last_mile(carrier).retry(at))
    }

    /// The bell there of a parcel that is with the courier at `at`, or with rounds at its station.
    pub fn rings(&self, carrier: CarrierId, zone: ZoneId, at: Moment) -> Moment {
        self.here(zone, at, |at| self.last_mile(carrier).open(at))
    }

    /// The end of the day there.
    #[inline]
    pub fn end_of_day(&self, zone: ZoneId, at: Moment) -> Moment {
        self.here(zone, at, |at| self.clock.end_of_day(at))
    }

    /// The next round of vans in the zone after `at`; none leave where the last mile is a law.
    pub fn next_round(&self, carrier: CarrierId, zone: ZoneId, at: Moment) -> Option<Moment> {
        let last_mile = self.last_mile(carrier);
        last_mile.next_round(at)?;
        Some(self.here(zone, at, |at| last_mile.next_round(at).expect("vans leave")))
    }

    /// What a function of local time says in a zone.
    #[inline]
    pub(super) fn here(&self, zone: ZoneId, at: Moment, later: impl Fn(Moment) -> Moment) -> Moment {
        match self.zone_clocks.get(zone.index()) {
            None => later(at),
            Some(clock) => clock.here(at, later),
        }
    }

    /// How far local time in a zone is ahead of the network's clock.
    pub fn ahead(&self, zone: ZoneId, at: Moment) -> Span {
        Span(self.zone_clocks.get(zone.index()).map_or(0, |clock| clock.ahead(at)))
    }

    pub fn last_mile(&self, carrier: CarrierId) -> &LastMile {
        &self.last_miles[carrier.index()]
    }

    /// Vans that leave at fixed times, if the last mile is not a law.
    pub fn rounds(&self) -> Option<&Rounds> {
        self.rounds.as_ref()
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
        (route.destination != UNREACHABLE).then_some(route)
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
