//! The planner: what is planned for a parcel, on the timetable as it is or while some lanes are closed.
//!
//! # Promises
//! - `plan_arrival` is exact: what a parcel meets that catches every departure it can on its earliest way, when
//!   vehicles take their mean time and hubs their planned time (`tests/logistics_plan.rs`, `tests/timetable.rs`).
//! - A later `ready` never gives an earlier plan.
//! - No call allocates.

use std::sync::Arc;

use crate::domain::{CarrierId, LaneId, MethodId, NodeId, ZoneId};
use crate::kernel::time::{Moment, Span};

use super::network::{Network, Parcel};
use super::profile::Profiles;

/// The earliest ways of all carriers to all hubs.
#[derive(Debug, Clone)]
pub struct Ways(pub(super) Arc<[Profiles]>);

/// A network with the ways that are open now.
#[derive(Debug, Clone, Copy)]
pub struct Planner<'a> {
    pub(super) network: &'a Network,
    pub(super) ways: &'a Ways,
}

impl Ways {
    /// One carrier's; destinations are the hubs, by id.
    pub fn of(&self, carrier: CarrierId) -> &Profiles {
        &self.0[carrier.index()]
    }

    /// The same ways while some lanes do not run, by lane id. Only what a closed lane leads to is looked for again;
    /// where no way is left a parcel keeps its old one and waits.
    pub fn without(&self, closed: &[bool]) -> Ways {
        Ways(self.0.iter().map(|profiles| profiles.without(closed)).collect())
    }
}

impl Planner<'_> {
    /// The lane that a parcel at `node` since `ready` takes, and when it is sorted at the zone's hub, as planned;
    /// `None`: the last mile starts here. The carrier must reach the zone from there.
    #[inline]
    fn way(&self, carrier: CarrierId, node: NodeId, zone: ZoneId, ready: Moment) -> Option<(LaneId, Moment)> {
        let route = self.network.route(carrier, node, zone)?;
        self.ways.0[carrier.index()].look_up(node, route.destination.into(), ready)
    }

    /// The lane that a parcel at `node` since `ready` takes next; `None`: the last mile starts here.
    /// Panics where the carrier does not reach the zone: no parcel should be there.
    #[inline]
    pub fn next_lane(&self, carrier: CarrierId, node: NodeId, zone: ZoneId, ready: Moment) -> Option<LaneId> {
        let reached = self.network.reaches(carrier, node, zone);
        assert!(reached, "a parcel is at node {} and cannot reach its zone {}", node.0, zone.0);
        self.way(carrier, node, zone, ready).map(|way| way.0)
    }

    /// When a parcel that is at the node's dock at `ready` rings at the door, as planned; `None` where the
    /// carrier does not reach the zone from there. 10 to 30 ns, by what the caches hold.
    #[inline]
    pub fn plan_arrival(
        &self,
        carrier: CarrierId,
        node: NodeId,
        zone: ZoneId,
        ready: Moment,
    ) -> Option<Moment> {
        let route = self.network.route(carrier, node, zone)?;
        let sorted = self.way(carrier, node, zone, ready).map_or(ready, |way| way.1);
        let last_mile = self.network.last_mile(carrier);
        Some(self.network.here(zone, sorted + route.last_mile, |at| last_mile.open(at)))
    }

    /// The instant promised for an order submitted at `at`: the earliest plan among the method's carriers
    /// after the method's handling time, plus its slack, by the end of the day where it says so.
    #[inline]
    pub fn promise(&self, method: MethodId, node: NodeId, zone: ZoneId, at: Moment) -> Option<Moment> {
        let means = &self.network.methods[method.index()];
        let promised = self.earliest(method, node, zone, at)? + means.slack;
        Some(if means.by_day { self.network.end_of_day(zone, promised) } else { promised })
    }

    /// As `promise`, without slack: the earliest ring at the door for goods that are set going at `at`, as planned.
    #[inline]
    pub fn earliest(&self, method: MethodId, node: NodeId, zone: ZoneId, at: Moment) -> Option<Moment> {
        self.earliest_from(method, node, zone, at + self.network.methods[method.index()].handling)
    }

    /// As `earliest`, for goods that are at the dock at `ready`.
    #[inline]
    pub fn earliest_from(
        &self,
        method: MethodId,
        node: NodeId,
        zone: ZoneId,
        ready: Moment,
    ) -> Option<Moment> {
        let means = &self.network.methods[method.index()];
        means.carriers.iter().filter_map(|&c| self.plan_arrival(c, node, zone, ready)).min()
    }

    /// As `promise`, for goods that this carrier brings.
    pub fn promise_by(
        &self,
        carrier: CarrierId,
        method: MethodId,
        node: NodeId,
        zone: ZoneId,
        at: Moment,
    ) -> Option<Moment> {
        let means = &self.network.methods[method.index()];
        let promised = self.plan_arrival(carrier, node, zone, at + means.handling)? + means.slack;
        Some(if means.by_day { self.network.end_of_day(zone, promised) } else { promised })
    }

    /// The cheapest carrier of the method whose plan meets `promised`, else the fastest; ties by price or
    /// plan, then id. `None` where none reaches the zone from there.
    pub fn choose_carrier(&self, parcel: &Parcel, ready: Moment, promised: Moment) -> Option<CarrierId> {
        let &Parcel { method, node, zone, weight_g, volume_ml } = parcel;
        let network = self.network;
        let carriers = &network.methods[method.index()].carriers;
        if let [only] = carriers[..] {
            return network.reaches(only, node, zone).then_some(only);
        }
        let price = |carrier| {
            let freight = network.freight(carrier, node, zone, weight_g, volume_ml);
            freight + network.surcharge(carrier, ready, freight)
        };
        let offer = |carrier| {
            let arrival = self.plan_arrival(carrier, node, zone, ready)?;
            // On time: by price alone. Late: after all that are on time, by arrival.
            let late = if arrival <= promised { Moment::ZERO } else { arrival };
            Some((late, price(carrier), arrival, carrier))
        };
        // The cheapest first: where it is on time, a dearer one need not be planned.
        let reached = carriers.iter().copied().filter(|&carrier| network.reaches(carrier, node, zone));
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
}

/// The timetable as it is.
impl Network {
    pub fn planner<'a>(&'a self, ways: Option<&'a Ways>) -> Planner<'a> {
        Planner { network: self, ways: ways.unwrap_or(self.ways()) }
    }

    pub fn ways(&self) -> &Ways {
        &self.ways[0].1
    }

    /// The ways by the timetables that are in force at an instant. A journey across a switch of clocks is planned by
    /// the timetable of its beginning.
    #[inline]
    pub fn ways_at(&self, at: Moment) -> &Ways {
        match &self.ways[..] {
            [only] => &only.1,
            ways => &ways[ways.partition_point(|ways| ways.0 <= at) - 1].1,
        }
    }

    /// As `Planner::plan_arrival`.
    #[inline]
    pub fn plan_arrival(
        &self,
        carrier: CarrierId,
        node: NodeId,
        zone: ZoneId,
        ready: Moment,
    ) -> Option<Moment> {
        self.planner(None).plan_arrival(carrier, node, zone, ready)
    }

    /// As `Planner::promise`.
    #[inline]
    pub fn promise(&self, method: MethodId, node: NodeId, zone: ZoneId, at: Moment) -> Option<Moment> {
        self.planner(None).promise(method, node, zone, at)
    }

    /// As `Planner::earliest`.
    pub fn earliest(&self, method: MethodId, node: NodeId, zone: ZoneId, at: Moment) -> Option<Moment> {
        self.planner(None).earliest(method, node, zone, at)
    }

    /// As `Planner::choose_carrier`.
    pub fn choose_carrier(&self, parcel: &Parcel, ready: Moment, promised: Moment) -> Option<CarrierId> {
        self.planner(None).choose_carrier(parcel, ready, promised)
    }

    /// As `Planner::next_lane`.
    #[inline]
    pub fn next_lane(&self, carrier: CarrierId, node: NodeId, zone: ZoneId, ready: Moment) -> Option<LaneId> {
        self.planner(None).next_lane(carrier, node, zone, ready)
    }

    /// Where a vehicle of `lane` that leaves at `at` goes, and when what it brings is sorted there, as planned.
    pub fn rides(&self, lane: LaneId, at: Moment) -> (NodeId, Moment) {
        let lane = self.lane(lane);
        (lane.to, at + lane.mean_travel + self.nodes[lane.to.index()].handling)
    }

    /// When a parcel that is at the dock of `lane` since `ready` is sorted at its other end, as planned.
    pub fn sorted(&self, lane: LaneId, ready: Moment) -> Moment {
        let lane = self.lane(lane);
        let leaves = lane.catch(ready);
        let travel: Span = lane.planned_travel(self.clock.local(leaves));
        leaves + travel + self.nodes[lane.to.index()].handling
    }
}
