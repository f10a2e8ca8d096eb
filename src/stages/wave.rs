//! Wave: fulfillment orders of one node go to the floor together, by the clock or by number.
//! Token: the trip of an open fulfillment order.

use super::{Next, Stage, World};
use crate::domain::{Handle, NodeId};
use crate::kernel::time::Span;

pub fn wave(world: &mut World<'_>, fulfillment: Handle) -> Next {
    let Some(wave) = &world.model.floor.wave else { return Next::Go(Stage::Pick) };
    let node = u64::from(world.trips.get(fulfillment).node);
    // Waves leave on the clock: at the whole multiples of `every`.
    let clock = world.local_time(NodeId(node as u16));
    let deadline = world.at + Span(wave.every.0 - clock.0 % wave.every.0);
    Next::Gather { key: node << 1, deadline, size: wave.size, then: Stage::Pick }
}
