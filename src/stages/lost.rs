//! Lost: a parcel that nobody can find any more. Token: the trip of a parcel.

use super::{Next, World};
use crate::domain::{Command, Handle, MethodId, OrderState};
use crate::metrics::Phase;

/// The shop stops looking: the goods are written off, and the shopper has their money back. What else of the order
/// was handed over is looked at as usual.
pub fn lost(world: &mut World<'_>, parcel: Handle) -> Next {
    let trip = *world.trips.get(parcel);
    world.apply(&Command::Lose { parcel: trip.handle }).expect("a parcel on the road gets lost");
    world.faults.lost += 1;
    world.trip_leaves(parcel, Phase::Linehaul);
    world.trips.end(parcel);
    close_orders(world, MethodId(trip.method));
    Next::Done
}

/// Orders of which this was the last parcel, and of which others came: they are delivered now, as far as they will be.
pub fn close_orders(world: &mut World<'_>, method: MethodId) {
    for place in 0.. {
        let Some((id, order, from, to)) = world.transition.changes().nth(place) else { break };
        if to == OrderState::Delivered && from != Some(to) {
            let facts = world.engine.order(order).expect("a delivered order keeps its slot");
            world.metrics.order_delivered(method, facts.submitted, facts.promised, world.at);
            super::receive::keep(world, id, order);
        }
    }
}
