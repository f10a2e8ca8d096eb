//! Receive: the shopper opens the parcel, looks at appearance, quantity and specification, and keeps it or not.
//! What they will decide is drawn at delivery, so an order that is kept needs nothing but its own slot.

use super::{Next, Stage, World, complaint, contact, experience};
use crate::domain::{Command, FaultKind, Handle, Intent, Money, OrderId};
use crate::kernel::draw::Purpose;
use crate::kernel::time::{Moment, Span};
use crate::metrics::{Fault, Phase};

const INSPECT: Purpose = Purpose::named("inspect after");
const FAULT: Purpose = Purpose::named("fault");

/// Sends the order (kept) or its last parcel (sent back) on after the time the shopper takes to look.
/// True when it is the parcel.
/// A parcel that carries several orders is kept.
pub fn inspect(
    world: &mut World<'_>,
    OrderId(id): OrderId,
    order: Handle,
    (parcel, orders_in_parcel): (Handle, usize),
    claim: Option<Fault>,
) -> bool {
    let model = world.model;
    let after = model.after_sales.inspect_after.span(world.draw.uniform(INSPECT, id, 0));
    world.orders.get(order).enter(world.at);
    world.metrics.entered(Phase::Receive);
    let u = world.draw.uniform(FAULT, id, 0);
    let mut fault = match model.inspection {
        // The shopper has said it.
        Some(_) => claim,
        None => model.after_sales.fault(u),
    };
    if model.inspection.is_none()
        && let Some((row, surge)) = world.acting(FaultKind::ReturnsSurge, 0)
    {
        let more = model.after_sales.fault(u / surge.size);
        world.faults.struck[row] += u64::from(fault.is_none() && more.is_some());
        fault = more;
    }
    if fault.is_some_and(|fault| fault != Fault::ChangeOfMind) {
        contact::arises(world, Intent::Complaint, OrderId(id), 0, after);
    }
    experience::found(world, OrderId(id), fault);
    let claims = fault.is_some_and(|fault| fault != Fault::ChangeOfMind)
        && world.engine.order(order).is_some_and(|facts| {
            complaint::arises(world, complaint::Cause::Fault, OrderId(id), facts.amount, after)
        });
    match fault {
        Some(fault) if orders_in_parcel == 1 && !claims => {
            world.metrics.fault(fault);
            world.send(parcel, Next::Wait(after, Stage::SendBack));
            true
        }
        _ => {
            world.send(order, Next::Wait(after, Stage::Accept));
            false
        }
    }
}

/// All of the order is there: some complain of a broken promise, and all will say what they make of it.
pub fn handed_over(world: &mut World<'_>, id: OrderId, order: Handle, promised: Moment, judged: Moment) {
    experience::handed_over(world, id, promised, judged);
    if promised < judged && world.model.complaints.is_some() {
        let amount = world.engine.order(order).map_or(Money::ZERO, |facts| facts.amount);
        complaint::arises(world, complaint::Cause::Late, id, amount, Span::ZERO);
    }
}

/// The shopper has looked at every parcel of the order as it came: it is accepted after the usual time.
pub fn keep(world: &mut World<'_>, OrderId(id): OrderId, order: Handle) {
    let after = world.model.after_sales.inspect_after.span(world.draw.uniform(INSPECT, id, 0));
    world.orders.get(order).enter(world.at);
    world.metrics.entered(Phase::Receive);
    world.send(order, Next::Wait(after, Stage::Accept));
}

pub fn accept(world: &mut World<'_>, order: Handle) -> Next {
    world.order_leaves(order, Phase::Receive);
    if 0.0 < world.model.review.fraud {
        super::review::charge_back(world, order);
    }
    super::session::review(world, order, false);
    world.apply(&Command::Accept { order }).expect("a delivered order that is kept is accepted");
    Next::Done
}
