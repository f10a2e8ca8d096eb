//! Ship: the cheapest carrier that keeps the promise takes the parcel over its lanes and hubs.
//! Token: the trip of a parcel.

use super::lost::Missing;
use super::trip::Trip;
use super::{Next, Stage, World, trace};
use crate::domain::{CarrierId, Command, FaultKind, Handle, MethodId, Money, NodeId, ZoneId};
use crate::kernel::draw::Purpose;
use crate::kernel::time::{Moment, Span};
use crate::logistics::{Load, Parcel};
use crate::metrics::{CostLine, Phase};
use crate::model::NO_STATION;
use crate::model::fault::strikes;

const SORT: Purpose = Purpose::named("sort");

/// A carrier is chosen, a label bought, and the parcel goes to the dock of its first lane.
pub fn ship(world: &mut World<'_>, parcel: Handle) -> Next {
    let trip = *world.trips.get(parcel);
    let mut carrier = match world.model.carrier_choice {
        None => carrier_of(world, &trip, trip.volume_ml, trip.promised),
        Some(rules) => super::scorecard::choose(world, &trip, rules),
    };
    if world.model.faults.is_some() {
        carrier = way_round(world, &trip, carrier);
    }
    world.trips.get(parcel).carrier = carrier.0;
    if world.quotas.are_set() {
        return super::quota::book(world, parcel);
    }
    label(world, parcel)
}

/// The label is bought at the price of the day.
pub fn label(world: &mut World<'_>, parcel: Handle) -> Next {
    let trip = *world.trips.get(parcel);
    let carrier = CarrierId(trip.carrier);
    let freight = world.model.network.freight(
        carrier,
        NodeId(trip.origin),
        ZoneId(trip.zone),
        trip.weight_g,
        trip.volume_ml,
    );
    let surcharge = world.model.network.surcharge(carrier, world.at, freight);
    if surcharge != Money::ZERO {
        let days = &mut world.metrics.movement.carriers[carrier.index()];
        days.surcharged += 1;
        days.surcharge += surcharge.0;
    }
    let freight = freight + surcharge;
    world.metrics.freight(carrier, freight);
    world.metrics.cost(CostLine::Freight, freight.0 as f64);
    trace::freight(world, parcel, freight);
    let (node, zone) = (NodeId(trip.origin), ZoneId(trip.zone));
    world.metrics.flow(node, zone, world.model.network.km(node, zone), trip.weight_g);
    super::scorecard::labelled(world, &trip, carrier);
    let plan = world.planner().plan_arrival(carrier, node, zone, world.at);
    super::tracking::begin(world, parcel, plan);
    world.log.labelled(trip.order_of_parcel(), trip.handle, carrier.0);
    super::note::labelled(world, trip.handle, carrier);
    onward(world, parcel)
}

pub fn carrier_of(world: &World<'_>, trip: &Trip, volume_ml: u32, promised: Moment) -> CarrierId {
    let parcel = Parcel {
        method: MethodId(trip.method),
        node: NodeId(trip.origin),
        zone: ZoneId(trip.zone),
        weight_g: trip.weight_g,
        volume_ml,
    };
    let carrier = world.planner().choose_carrier(&parcel, world.at, promised);
    carrier.expect("the model checked that every method reaches every zone it is quoted for")
}

/// The overflow carrier where this one has too little room; another carrier's way where this one's is closed.
fn way_round(world: &mut World<'_>, trip: &Trip, carrier: CarrierId) -> CarrierId {
    let (model, origin, zone) = (world.model, NodeId(trip.origin), ZoneId(trip.zone));
    if let Some((row, short)) = world.acting(FaultKind::CarrierCapacity, carrier.0.into())
        && let Some(overflow) = short.other.map(|other| CarrierId(other as u8))
        && model.network.reaches(overflow, origin, zone)
        && strikes(world.draw, row, short.size, trip.key, 0)
    {
        world.faults.struck[row] += 1;
        return overflow;
    }
    let planned = model.network.next_lane(carrier, origin, zone, world.at);
    let Some(lane) = planned.filter(|&lane| world.is_closed(lane)) else { return carrier };
    let row = [trip.origin, model.network.lane(lane).to.0]
        .into_iter()
        .find_map(|node| world.acting(FaultKind::LaneClosure, node.into()));
    let Some((row, closure)) = row else { return carrier };
    world.faults.struck[row] += 1;
    let planner = world.planner();
    let open = |carrier| {
        let lane = planner.next_lane(carrier, origin, zone, world.at);
        !lane.is_some_and(|lane| world.is_closed(lane))
    };
    // The carrier goes round by itself where it can.
    if !closure.flag || open(carrier) {
        return carrier;
    }
    let means = model.network.methods[usize::from(trip.method)].carriers.iter().copied();
    let others = means.filter(|&other| model.network.reaches(other, origin, zone) && open(other));
    let price = |other: &CarrierId| {
        (model.network.freight(*other, origin, zone, trip.weight_g, trip.volume_ml), *other)
    };
    others.min_by_key(price).unwrap_or(carrier)
}

/// To the next lane's dock, or to the last mile when the parcel is as near as lanes go.
fn onward(world: &mut World<'_>, parcel: Handle) -> Next {
    let (model, trip) = (world.model, *world.trips.get(parcel));
    let (carrier, node, zone) = (CarrierId(trip.carrier), NodeId(trip.node), ZoneId(trip.zone));
    match world.planner().next_lane(carrier, node, zone, world.at) {
        Some(lane) => Next::Board { lane, rank: model.methods[usize::from(trip.method)].rank },
        None => Next::Go(Stage::LastMile),
    }
}

/// What a dock that weighs is told of a parcel: its volume, and when it must leave by the plan to keep its promise.
pub fn load_of(world: &mut World<'_>, parcel: Handle) -> Load {
    let (at, trip) = (world.at, *world.trips.get(parcel));
    let (carrier, node, zone) = (CarrierId(trip.carrier), NodeId(trip.node), ZoneId(trip.zone));
    let rest =
        world.planner().plan_arrival(carrier, node, zone, at).map_or(Span::ZERO, |rings| rings.since(at));
    Load { due: Moment(trip.promised.0.saturating_sub(rest.0)), volume_ml: trip.volume_ml }
}

/// The vehicle leaves the dock with the parcel.
pub fn depart(world: &mut World<'_>, parcel: Handle) -> Next {
    let trip = *world.trips.get(parcel);
    world.trip_leaves(parcel, Phase::Dock);
    world.metrics.entered(Phase::Linehaul);
    if world.floors.are_set() {
        super::yard::leave(world, NodeId(trip.node));
    }
    if trip.node == trip.origin {
        world.apply(&Command::Ship { parcel: trip.handle }).expect("a packed parcel is shipped");
        world.metrics.shipped(trip.submitted, world.at);
    }
    if world.model.tracking.is_some() {
        super::tracking::departed(world, parcel);
    }
    Next::Done
}

/// On this lane the carrier may lose it, each time that it is sent. The shop notices after a while.
fn gets_lost(world: &mut World<'_>, parcel: Handle, trip: &Trip) -> Option<Span> {
    let faults = world.model.faults.as_deref()?;
    let times = world.faults.again.get(&trip.key).copied().unwrap_or(0);
    let lane = (NodeId(trip.node), trip.node == trip.origin);
    let luck = (world.draw, trip.key, times);
    let (row, fault) = faults.losing(trip.carrier.into(), lane, world.at, luck)?;
    world.faults.struck[row] += 1;
    world.missing.insert(parcel.bits(), Missing::by_carrier(fault.flag, fault.part));
    Some(fault.delay)
}

pub fn arrive(world: &mut World<'_>, parcel: Handle) -> Next {
    let trip = *world.trips.get(parcel);
    if let Some(noticed_after) = gets_lost(world, parcel, &trip) {
        super::yard::came_to_grief(world, Stage::Lost);
        return Next::Wait(noticed_after, Stage::Lost);
    }
    let to = world.model.network.lane(world.lane).to;
    match super::mishap::on_lane(world, parcel, to) {
        Some(next) => {
            if let Next::Wait(_, then) = next {
                super::yard::came_to_grief(world, then);
            }
            next
        }
        None => unloaded(world, parcel, to),
    }
}

/// The parcel is in the hub, and goes to the sorters.
pub fn unloaded(world: &mut World<'_>, parcel: Handle, to: NodeId) -> Next {
    world.trip_leaves(parcel, Phase::Linehaul);
    world.metrics.entered(Phase::Sort);
    let model = world.model;
    world.trips.get(parcel).node = to.0;
    if world.model.tracking.is_some() {
        super::tracking::unloaded(world, parcel);
    }
    let trip = *world.trips.get(parcel);
    let hub = &model.nodes[to.index()];
    if hub.sort == NO_STATION {
        return Next::Go(Stage::Sorted);
    }
    let station = hub.sort;
    Next::Seize { station, work: sort_work(world, &trip), rank: model.rank(trip.method, trip.promised) }
}

/// How long a sorter of the hub where it is has it in hand.
pub fn sort_work(world: &World<'_>, trip: &Trip) -> Span {
    let luck = world.draw.uniform(SORT, trip.key, trip.node.into());
    world.model.nodes[usize::from(trip.node)].hasten(world.model.floor.sort.span(luck))
}

pub fn sorted(world: &mut World<'_>, parcel: Handle) -> Next {
    world.trip_leaves(parcel, Phase::Sort);
    if world.trace.is_some() {
        let trip = *world.trips.get(parcel);
        let station = world.model.nodes[usize::from(trip.node)].sort;
        if station != NO_STATION {
            let work = world.took.take().unwrap_or_else(|| sort_work(world, &trip));
            trace::sorted(world, parcel, station.index(), work);
        }
    }
    let next = onward(world, parcel);
    if let Next::Board { .. } = next {
        world.metrics.entered(Phase::Dock);
    } else if world.floors.are_set() {
        let hub = NodeId(world.trips.get(parcel).node);
        super::yard::leave(world, hub);
    }
    next
}
