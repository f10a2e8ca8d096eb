//! Merge: fulfillment orders of one customer for one address meet at a node within a window and share a box.
//! Token: the trip of a fulfillment order that waits for its wave.
//!
//! Who may meet: the same customer, zone, node, delivery method and handling class; what is paid at the door never
//! joins what is paid. The window ends early where waiting on would break the promise as planned.

use super::trip::Trip;
use super::{Next, Stage, World};
use crate::domain::{Command, Handle, MethodId, NodeId, ZoneId};
use crate::kernel::draw::mix;
use crate::kernel::time::{Moment, Span};

pub fn merge(world: &mut World<'_>, fulfillment: Handle) -> Next {
    let trip = *world.trips.get(fulfillment);
    let (customer, class) = who(world, &trip).expect("a fulfillment order that has just been made");
    let apart = u64::from(class) << 1 | u64::from(paid_at_the_door(world, &trip));
    let address =
        u64::from(trip.node) << 40 | u64::from(trip.zone) << 16 | apart << 8 | u64::from(trip.method);
    let deadline = world.at + patience(world, &trip);
    let key = mix(mix(u64::from(customer)) ^ address) | 1;
    Next::Gather { key, deadline, size: u32::MAX, then: Stage::Merged }
}

/// How long it may wait: the window, or as much of it (to the minute) as leaves the promise kept as planned.
fn patience(world: &World<'_>, trip: &Trip) -> Span {
    let (node, zone, method) = (NodeId(trip.node), ZoneId(trip.zone), MethodId(trip.method));
    let keeps = |wait: u64| {
        let planned = world.planner().earliest(method, node, zone, world.at + Span(wait));
        planned.is_some_and(|planned: Moment| planned <= trip.promised)
    };
    let (mut kept, mut late) = (0, world.model.floor.merge_window.0);
    if keeps(late) {
        return Span(late);
    }
    while Span::MINUTE.0 < late - kept {
        let middle = kept.midpoint(late);
        if keeps(middle) { kept = middle } else { late = middle }
    }
    Span(kept)
}

/// The first of the group carries the others as long as they fit into its box.
pub fn merged(world: &mut World<'_>, fulfillment: Handle) -> Next {
    let (leader, place) = world.group.expect("merged runs for the members of a group");
    let waited = world.at.since(world.trips.get(fulfillment).since);
    world.metrics.merge_wait.record(waited);
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

/// Groups are found by a hash: everything is looked at once more.
fn fits(world: &mut World<'_>, leader: Handle, fulfillment: Handle) -> bool {
    let (a, b) = (*world.trips.get(leader), *world.trips.get(fulfillment));
    let (Some(one), Some(other)) = (who(world, &a), who(world, &b)) else { return false };
    let same = (a.node, a.zone, a.method) == (b.node, b.zone, b.method)
        && one == other
        && paid_at_the_door(world, &a) == paid_at_the_door(world, &b);
    let both = (a.weight_g + b.weight_g, a.volume_ml + b.volume_ml, a.units + b.units);
    same && world.model.fits_one_box(both.0, both.1, both.2) && !too_long(world, &a) && !too_long(world, &b)
}

fn paid_at_the_door(world: &World<'_>, trip: &Trip) -> bool {
    world.model.payment[usize::from(trip.payment)].cash_on_delivery
}

/// Whether something of it is longer than a box: it travels alone.
fn too_long(world: &mut World<'_>, trip: &Trip) -> bool {
    if !world.model.sells_long_goods {
        return false;
    }
    let mut lines = std::mem::take(&mut world.scratch.lines);
    world.engine.fulfillment_lines(trip.handle, &mut lines);
    let most = world.model.boxes.max_side_mm;
    let long = lines.iter().any(|line| most < world.model.catalog().sku(line.0).longest_mm);
    world.scratch.lines = lines;
    long
}

/// Customer and handling class. Asked only where a shop merges, so the trip does not carry them. `None` where the
/// order was cancelled while it waited.
fn who(world: &World<'_>, trip: &Trip) -> Option<(u32, u8)> {
    let facts = world.engine.fulfillment(trip.handle)?;
    Some((facts.customer.0, facts.group))
}
