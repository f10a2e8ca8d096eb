//! Re-route: a node that nobody works at gives up what it has not begun to pick, where other nodes can serve it.
//! Token: the trip of a fulfillment order that waits for its wave or for a picker.

use super::trip::Trip;
use super::{Next, Stage, World};
use crate::domain::{Command, FulfillmentState, Handle, MethodId, NodeId, ZoneId};
use crate::metrics::Phase;

/// True when the node gave it up: nothing may ask for the trip again, and the caller ends it.
/// What other nodes cannot serve whole stays where it is: it would wait there as well, for somebody else's stock.
pub fn re_route(world: &mut World<'_>, fault: usize, token: Handle) -> bool {
    if world.faults.on_the_floor.contains(&token.bits()) {
        return false;
    }
    let trip = *world.trips.get(token);
    let Some(facts) = world.engine.fulfillment(trip.handle) else { return false };
    if !others_can(world, &trip, &facts) {
        return false;
    }
    let started = facts.state == FulfillmentState::InProgress;
    if !give_back(world, token, if started { Phase::Pick } else { Phase::Wave }) {
        return false;
    }
    world.faults.struck[fault] += 1;
    world.faults.re_routed += 1;
    true
}

/// The fulfillment order is no more, and its orders look for another node. False once something of it is picked.
pub fn give_back(world: &mut World<'_>, token: Handle, phase: Phase) -> bool {
    let trip = *world.trips.get(token);
    if world.attempt(&Command::Unassign { fulfillment: trip.handle }).is_err() {
        return false;
    }
    world.trip_leaves(token, phase);
    world.load.take(NodeId(trip.node), world.model.pack_work[usize::from(trip.node)]);
    for place in 0.. {
        let Some((_, order, _, _)) = world.transition.changes().nth(place) else { break };
        world.send(order, Next::Go(Stage::AllocateAgain));
    }
    true
}

/// Whether the strategy finds all its units, and those of what was merged into it, at other nodes.
fn others_can(world: &mut World<'_>, trip: &Trip, facts: &crate::engine::FulfillmentFacts) -> bool {
    let model = world.model;
    let mut lines = std::mem::take(&mut world.scratch.lines);
    world.engine.group_lines(trip.handle, &mut lines);
    let scratch = &mut world.scratch;
    scratch.own.clear();
    scratch.view.clear();
    let open = |(line, &(sku, quantity)): (u16, &_)| model.open_line(line, sku, quantity);
    scratch.view.extend((0..).zip(&lines).map(open));
    let wanted: u32 = lines.iter().map(|line| line.1).sum();
    scratch.lines = lines;
    let (zone, method) = (ZoneId(trip.zone), MethodId(trip.method));
    super::allocate::plan_order(world, facts.order_id, zone, method, trip.promised);
    let found: u32 = world.scratch.plan.assignments.iter().map(|part| part.quantity).sum();
    found == wanted
}
