//! Pick: a picker walks the lines of one fulfillment order. Token: the trip of a fulfillment order sent
//! to the floor.

use super::trip::Trip;
use super::{Next, Stage, World};
use crate::domain::{Command, FaultKind, Handle};
use crate::kernel::draw::Purpose;
use crate::kernel::time::Span;
use crate::metrics::Phase;

const PICK_ORDER: Purpose = Purpose::named("pick order");
const PICK_LINE: Purpose = Purpose::named("pick line");

pub fn pick(world: &mut World<'_>, token: Handle) -> Next {
    let fulfillment = world.trips.get(token).handle;
    if world.attempt(&Command::Start { fulfillment }).is_err() {
        // Cancelled while it waited.
        world.trip_leaves(token, Phase::Wave);
        world.trips.end(token);
        return Next::Done;
    }
    world.trip_leaves(token, Phase::Wave);
    super::note::released(world, token);
    world.metrics.entered(Phase::Pick);
    let trip = *world.trips.get(token);
    if let Some((row, _)) = world.acting(FaultKind::WarehouseOffline, trip.node.into()) {
        world.faults.struck[row] += 1;
    }
    walk(world, token)
}

/// To the pickers.
pub fn walk(world: &mut World<'_>, token: Handle) -> Next {
    let (model, trip) = (world.model, *world.trips.get(token));
    if let Some(picking) = &model.floor.picking {
        return super::tour::join(world, picking, token);
    }
    let node = &model.nodes[trip.node as usize];
    let work = node.hasten(at_the_shelves(world, &trip));
    Next::Seize { station: node.pick, work, rank: model.rank(trip.method, trip.promised) }
}

/// What its order and its lines take, at speed 1.
pub fn at_the_shelves(world: &World<'_>, trip: &Trip) -> Span {
    let floor = &world.model.floor;
    let order = floor.pick_per_order.span(world.draw.uniform(PICK_ORDER, trip.key, 0));
    let line = floor.pick_per_line.span(world.draw.uniform(PICK_LINE, trip.key, 0));
    Span(order.0 + line.0 * u64::from(trip.lines))
}

pub fn picked(world: &mut World<'_>, token: Handle) -> Next {
    if world.model.floor.picking.is_some() && !super::tour::came_home(world, token) {
        return Next::Done;
    }
    if world.faults.on_the_floor.contains(&token.bits()) {
        // The engine took its goods when the parcel was replaced.
        world.trip_leaves(token, Phase::Pick);
        world.metrics.entered(Phase::Pack);
        return Next::Go(Stage::Pack);
    }
    if !world.faults.phantom.is_empty() && !super::short_pick::finds_any(world, token) {
        super::tour::came_to_nothing(world, token);
        return Next::Done;
    }
    let fulfillment = world.trips.get(token).handle;
    world.apply(&Command::Pick { fulfillment }).expect("a fulfillment order on the floor is picked");
    super::note::picked(world, token);
    world.trip_leaves(token, Phase::Pick);
    world.metrics.entered(Phase::Pack);
    Next::Go(Stage::Pack)
}
