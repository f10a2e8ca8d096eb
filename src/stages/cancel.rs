//! Cancel: a shopper changes their mind before the floor has the order. Token: an order.

use super::pay::release_stock;
use super::{Next, World};
use crate::domain::{Command, Handle, OrderState};
use crate::metrics::Phase;

/// Too late when the floor has it: then it becomes a parcel, and perhaps a return.
pub fn cancel(world: &mut World<'_>, order: Handle) -> Next {
    if world.attempt(&Command::Cancel { order }).is_ok() {
        let phase = match world.transition.from {
            Some(OrderState::AwaitingPayment) => Phase::Pay,
            Some(OrderState::AwaitingReview) => Phase::Review,
            _ => Phase::Allocate,
        };
        world.order_leaves(order, phase);
        release_stock(world);
    }
    Next::Done
}
