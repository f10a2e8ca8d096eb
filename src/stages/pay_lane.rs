//! What holds at a payment method's lanes: which method an order is at, the provider's rate limit, requests that the
//! shop does not wait for, and the way on to another method. Token: an order awaiting payment.
//!
//! # Why a capture that was not waited for has a token of its own
//! The shopper goes on while it is on its way: tries again, pays by another method, or gives up. Whichever capture
//! comes first pays the order; the engine sends every other one back, once.

use std::borrow::Cow;

use super::pay::{captured, latency, reference, request, turned_down};
use super::world::Capture;
use super::{Next, Stage, World, signed};
use crate::domain::{Command, Handle, OrderState, PaymentMethodId};
use crate::engine::OrderFacts;
use crate::kernel::draw::Purpose;
use crate::kernel::time::Moment;
use crate::model::Model;

const FALL_BACK: Purpose = Purpose::named("payment fallback");

/// The method by which the order is being paid, or was.
#[inline]
pub fn current(world: &mut World<'_>, facts: &OrderFacts) -> PaymentMethodId {
    if !world.model.watches_payment {
        return facts.payment;
    }
    let attempts = world.orders.get(facts.handle).attempts();
    of_attempt(world.model, facts.payment, attempts)
}

/// The method of one of an order's attempts; the order was submitted with `chosen`.
pub fn of_attempt(model: &Model, chosen: PaymentMethodId, attempts: u8) -> PaymentMethodId {
    let next = |at: PaymentMethodId| model.payment[at.index()].fallback.expect("it was taken").to;
    (0..super::trip::OrderTrip::fallbacks_of(attempts)).fold(chosen, |at, _| next(at))
}

/// When the provider admits one more request, if not now; its place is taken.
///
/// The generic cell rate algorithm (ITU-T I.371, annex A, virtual scheduling): a request is due a gap after the one
/// before it, and may come a burst less one of gaps early.
pub fn admission(world: &mut World<'_>, lane: PaymentMethodId) -> Option<Moment> {
    let limit = world.model.payment[lane.index()].limit?;
    let due = &mut world.due_at_provider[lane.index()];
    let own = (*due).max(world.at);
    *due = own + limit.gap;
    let admitted = Moment(own.0.saturating_sub(limit.slack.0)).max(world.at);
    if admitted == world.at {
        return None;
    }
    let seen = &mut world.metrics.payments[lane.index()];
    seen.throttled += 1;
    seen.throttle_wait_us += u128::from(admitted.since(world.at).0);
    Some(admitted)
}

/// The provider admits the request. The payment window may have closed, or another capture come in.
pub fn admitted(world: &mut World<'_>, order: Handle) -> Next {
    match world.engine.order(order) {
        Some(facts) if facts.state == OrderState::AwaitingPayment => request(world, &facts),
        _ => Next::Done,
    }
}

/// The shop waits no longer. If money was captured the shop hears of it when the answer is there.
pub fn timed_out(world: &mut World<'_>, facts: &OrderFacts, captured: bool) -> Next {
    let (order, lane) = (facts.handle, current(world, facts));
    let timeout = world.model.payment[lane.index()].timeout.expect("a lane with a timeout");
    world.metrics.payments[lane.index()].timed_out += 1;
    if captured {
        let late = latency(world, facts) - timeout;
        let attempts = world.orders.get(order).attempts();
        let capture =
            Capture { id: facts.id, reference: reference(facts.id.0, attempts), amount: facts.amount };
        world.overtaken.insert((order.bits(), world.at + late, attempts), capture);
        world.send(order, Next::Wait(late, Stage::PayOvertaken));
    }
    turned_down(world, order, facts)
}

/// The capture that the shop did not wait for: it pays the order if nothing else has, or goes back.
pub fn overtaken(world: &mut World<'_>, order: Handle) -> Next {
    let first = (order.bits(), Moment::ZERO, 0);
    let (&key, &capture) = world.overtaken.range(first..).next().expect("a capture is on its way");
    assert!(key.0 == order.bits() && key.1 == world.at, "a capture came at another instant than its own");
    world.overtaken.remove(&key);
    match world.engine.order(order) {
        Some(facts) if facts.state == OrderState::AwaitingPayment => captured(world, &facts, key.2),
        Some(facts) => {
            let lane = of_attempt(world.model, facts.payment, key.2);
            world.metrics.payments[lane.index()].paid_twice += 1;
            send_back(world, order, capture)
        }
        None => {
            world.metrics.late_callbacks += 1;
            send_back(world, order, capture)
        }
    }
}

/// A request was under way when the order was paid by another one.
pub fn paid_twice(world: &mut World<'_>, facts: &OrderFacts, attempts: u8, captured: bool) -> Next {
    if !captured {
        return Next::Done;
    }
    let lane = of_attempt(world.model, facts.payment, attempts);
    world.metrics.payments[lane.index()].paid_twice += 1;
    let capture = Capture { id: facts.id, reference: reference(facts.id.0, attempts), amount: facts.amount };
    send_back(world, facts.handle, capture)
}

/// The engine knows that nobody waits for this money.
fn send_back(world: &mut World<'_>, order: Handle, capture: Capture) -> Next {
    if !signed::passes_at_last(world, order, capture) {
        return Next::Done;
    }
    let Capture { reference, amount, .. } = capture;
    // Sent back, or a repetition that the engine absorbs and counts.
    let _ = world.apply(&Command::Pay { order, reference, amount, hold: Cow::Borrowed(&[]) });
    Next::Done
}

/// Turned down for good: some shoppers go on to another method.
pub fn fall_back(world: &mut World<'_>, facts: &OrderFacts) -> Option<Next> {
    let lane = current(world, facts);
    let fallback = world.model.payment[lane.index()].fallback?;
    let attempts = world.orders.get(facts.handle).attempts();
    if !world.draw.chance(FALL_BACK, facts.id.0, attempts.into(), fallback.share) {
        return None;
    }
    world.metrics.payments[lane.index()].fell_back += 1;
    world.orders.get(facts.handle).fall_back();
    Some(Next::Go(Stage::Pay))
}
