//! Address: an order whose address nobody can deliver to is held after payment, until the shopper corrects it or the
//! shop gives it up. Token: a paid order.

use super::pay::release_stock;
use super::{Next, Stage, World};
use crate::domain::{Command, Handle, OrderId};
use crate::kernel::draw::Purpose;
use crate::metrics::Phase;

const WRONG: Purpose = Purpose::named("wrong address");
const FOUND: Purpose = Purpose::named("address found wrong");
const CORRECTION: Purpose = Purpose::named("address correction");

/// The order is paid: it goes to review, or is held first.
pub fn check(world: &mut World<'_>, order: Handle) -> Next {
    let Some(rules) = &world.model.checkout.address else { return to_review(world) };
    let Some(OrderId(id)) = world.engine.order_id(order) else { return Next::Done };
    if !world.draw.chance(WRONG, id, 0, rules.error) {
        return to_review(world);
    }
    if world.draw.chance(FOUND, id, 0, rules.check) {
        world.metrics.checkout.found_by_form += 1;
        return to_review(world);
    }
    world.metrics.checkout.holds += 1;
    world.metrics.entered(Phase::Hold);
    world.holds.insert(order.bits());
    let after = rules.correction.span(world.draw.uniform(CORRECTION, id, 0));
    match after <= rules.patience {
        true => Next::Wait(after, Stage::AddressCorrected),
        false => Next::Wait(rules.patience, Stage::AddressGivenUp),
    }
}

fn to_review(world: &mut World<'_>) -> Next {
    world.metrics.entered(Phase::Review);
    Next::Go(Stage::Review)
}

pub fn corrected(world: &mut World<'_>, order: Handle) -> Next {
    if !world.holds.remove(&order.bits()) {
        // The shopper cancelled instead.
        return Next::Done;
    }
    let held = world.at.since(world.orders.get(order).since());
    world.metrics.checkout.corrected += 1;
    world.metrics.checkout.corrected_us += u128::from(held.0);
    world.order_leaves(order, Phase::Hold);
    to_review(world)
}

pub fn given_up(world: &mut World<'_>, order: Handle) -> Next {
    if !world.holds.remove(&order.bits()) {
        return Next::Done;
    }
    world.apply(&Command::Cancel { order }).expect("an order on hold is cancelled");
    world.metrics.checkout.never_corrected += 1;
    world.order_leaves(order, Phase::Hold);
    release_stock(world);
    Next::Done
}
