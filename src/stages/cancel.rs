//! Cancel: a shopper changes their mind before the floor has the order. Token: an order.
//!
//! What is allocated and waits for its wave can still be given back: its stock returns to the node that it came from,
//! and its money to the shopper. A box that it was to share with others is taken apart; they are allocated anew.

use super::allocate::drop_backorder;
use super::pay::release_stock;
use super::{Next, Stage, World};
use crate::domain::{Account, Command, Handle, OrderState};
use crate::metrics::Phase;

/// What the floor has begun becomes a parcel, and perhaps a return.
pub fn cancel(world: &mut World<'_>, order: Handle) -> Next {
    if world.attempt(&Command::Cancel { order }).is_ok() {
        let phase = match world.transition.from {
            Some(OrderState::AwaitingPayment) => Phase::Pay,
            Some(OrderState::AwaitingReview) if world.holds.remove(&order.bits()) => Phase::Hold,
            Some(OrderState::AwaitingReview) => Phase::Review,
            _ => Phase::Allocate,
        };
        world.order_leaves(order, phase);
        release_stock(world);
    } else if world.engine.order_state(order) == Some(OrderState::InFulfillment) {
        give_back(world, order);
    }
    Next::Done
}

fn give_back(world: &mut World<'_>, order: Handle) {
    let mut leads = std::mem::take(&mut world.scratch.created);
    world.engine.open_leads(order, &mut leads);
    let mut freed = Vec::new();
    for &fulfillment in &leads {
        let node = world.engine.fulfillment(fulfillment).expect("it is open").node;
        // Its trip stays in its wave, and ends there when the floor asks for it.
        if world.attempt(&Command::Unassign { fulfillment }).is_err() {
            continue;
        }
        world.load.take(node, world.model.pack_work[node.index()]);
        let moves = world.transition.moves.iter();
        freed.extend(moves.filter(|moved| moved.to == Account::Available).map(|moved| moved.sku));
        for place in 0.. {
            let Some((_, member, _, _)) = world.transition.changes().nth(place) else { break };
            if member != order {
                world.metrics.unmerged += 1;
                world.send(member, Next::Go(Stage::AllocateAgain));
            }
        }
    }
    world.scratch.created = leads;
    if world.engine.order_waits(order) {
        drop_backorder(world, order);
    }
    // After those that shared its boxes: they had their units.
    freed.into_iter().for_each(|sku| world.stock_arrived(sku));
}
