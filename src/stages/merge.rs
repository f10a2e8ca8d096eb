//! Merge: fulfillment orders of one customer for one address meet at a node within a window and share a box.
//! Token: the trip of a fulfillment order that waits for its wave.

use super::trip::Trip;
use super::{Next, Stage, World};
use crate::domain::{Command, Handle, NodeId};
use crate::kernel::draw::mix;

pub fn merge(world: &mut World<'_>, fulfillment: Handle) -> Next {
    let trip = *world.trips.get(fulfillment);
    let customer = mix(u64::from(customer(world, &trip)));
    let address = u64::from(trip.node) << 40 | u64::from(trip.zone) << 16 | u64::from(trip.method);
    let deadline = world.at + world.model.floor.merge_window;
    Next::Gather { key: mix(customer ^ address) | 1, deadline, size: u32::MAX, then: Stage::Merged }
}

/// The first of the group carries the others as long as they fit into its box.
pub fn merged(world: &mut World<'_>, fulfillment: Handle) -> Next {
    let (leader, place) = world.group.expect("merged runs for the members of a group");
    if place == 0 || !fits(world, leader, fulfillment) {
        return Next::Go(Stage::Wave);
    }
    let (from, mut into) = (*world.trips.get(fulfillment), *world.trips.get(leader));
    if world.apply(&Command::Merge { fulfillment: from.handle, into: into.handle }).is_err() {
        return Next::Go(Stage::Wave);
    }
    into.weight_g += from.weight_g;
    into.volume_ml += from.volume_ml;
    into.units += from.units;
    into.lines += from.lines;
    *world.trips.get(leader) = into;
    world.metrics.merged += 1;
    world.load.take(NodeId(from.node), world.model.pack_work[usize::from(from.node)]);
    world.trip_leaves(fulfillment, crate::metrics::Phase::Wave);
    world.trips.end(fulfillment);
    Next::Done
}

fn fits(world: &mut World<'_>, leader: Handle, fulfillment: Handle) -> bool {
    let (a, b) = (*world.trips.get(leader), *world.trips.get(fulfillment));
    let same = (a.node, a.zone, a.method) == (b.node, b.zone, b.method)
        && customer(world, &a) == customer(world, &b);
    let both = (a.weight_g + b.weight_g, a.volume_ml + b.volume_ml, a.units + b.units);
    same && world.model.fits_one_box(both.0, both.1, both.2)
}

/// Asked only where a shop merges, so the trip does not carry it.
fn customer(world: &World<'_>, trip: &Trip) -> u32 {
    let facts = world.engine.fulfillment(trip.handle);
    facts.expect("a fulfillment order that waits for its wave").customer.0
}
