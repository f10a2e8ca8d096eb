//! What the strategy is asked on the way, for whoever plays a run's commands without its clock.

use super::World;
use crate::domain::{Line, MethodId, OrderId, Plan, ZoneId};

pub use super::allocate::plan_open;
pub use super::pay::hold_now;

/// The provisional plan of a basket, as submit asks for it.
pub fn plan_basket<'w>(
    world: &'w mut World<'_>,
    id: OrderId,
    zone: ZoneId,
    method: MethodId,
    lines: &[Line],
) -> &'w Plan {
    world.scratch.view.clear();
    world.scratch.own.clear();
    for (index, line) in lines.iter().enumerate() {
        world.scratch.view.push(world.model.open_line(index as u16, line.sku, line.quantity));
    }
    super::allocate::plan_order(world, id, zone, method, world.at);
    &world.scratch.plan
}
