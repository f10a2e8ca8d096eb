//! Wave: fulfillment orders of one node go to the floor together, by the clock or by number.
//! Token: the trip of an open fulfillment order.

use super::{Next, Stage, World};
use crate::domain::{Handle, NodeId};
use crate::kernel::time::{Moment, Span};

pub fn wave(world: &mut World<'_>, fulfillment: Handle) -> Next {
    let Some(wave) = &world.model.floor.wave else { return Next::Go(Stage::Pick) };
    let node = u64::from(world.trips.get(fulfillment).node);
    let deadline = match wave.before {
        Some(before) => departure(world, NodeId(node as u16), before),
        None => {
            // Waves leave on the clock: at the whole multiples of `every`.
            let clock = world.local_time(NodeId(node as u16));
            world.at + Span(wave.every.0 - clock.0 % wave.every.0)
        }
    };
    Next::Gather { key: node << 1, deadline, size: wave.size, then: Stage::Pick }
}

/// So long before the next vehicle that leaves the node; at once where none ever does.
fn departure(world: &World<'_>, node: NodeId, before: Span) -> Moment {
    let lanes = world.model.network.lanes().iter().filter(|lane| lane.from == node);
    let next = lanes.map(|lane| lane.next_departure(world.at + before)).min();
    next.map_or(world.at, |leaves| Moment(leaves.0 - before.0))
}
