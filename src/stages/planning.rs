//! What the strategy is asked on the way, for whoever plays a run's commands without its clock.

use super::World;
use crate::domain::{CartId, Line, MethodId, OrderId, Plan, ZoneId};

pub use super::allocate::plan_open;
pub use super::pay::hold_now;

/// The provisional plan of a basket, as submit asks for it, or of a cart with what it holds.
pub fn plan_basket<'w>(
    world: &'w mut World<'_>,
    id: OrderId,
    zone: ZoneId,
    method: MethodId,
    lines: &[Line],
    cart: Option<CartId>,
) -> &'w Plan {
    world.scratch.view.clear();
    world.scratch.own.clear();
    if let Some(cart) = cart {
        // What the cart holds is there for its order.
        world.engine.cart(cart, &mut world.scratch.cart);
        let held = world.scratch.cart.iter().filter_map(|line| Some((line.sku, line.hold?, line.quantity)));
        world.scratch.own.extend(held);
    }
    for (index, line) in lines.iter().enumerate() {
        world.scratch.view.push(world.model.open_line(index as u16, line.sku, line.quantity));
    }
    super::allocate::plan_order(world, id, zone, method, world.at);
    &world.scratch.plan
}
