//! Pay: methods as lanes to a provider; latency, success, retries, late and repeated callbacks,
//! the payment window. Token: an order awaiting payment.

use std::borrow::Cow;

use super::allocate::plan_open;
use super::fault::{pause, shown};
use super::pay_lane::{self, current};
use super::world::Capture;
use super::{Next, Stage, World, contact, signed};
use crate::domain::{
    Assignment, Backorder, Command, FaultKind, Handle, Intent, OrderId, OrderState, Plan, Refusal, Step,
};
use crate::engine::OrderFacts;
use crate::kernel::draw::{Purpose, mix};
use crate::kernel::time::Span;
use crate::metrics::{CostLine, Phase};
use crate::model::ReserveAt;
use crate::model::fault::strikes;

const LATENCY: Purpose = Purpose::named("payment latency");
const SUCCESS: Purpose = Purpose::named("payment success");
const RETRY: Purpose = Purpose::named("payment retry");
const RETRY_AFTER: Purpose = Purpose::named("payment retry after");
const LATE: Purpose = Purpose::named("late callback");
const LATE_DELAY: Purpose = Purpose::named("late callback delay");
const DUPLICATE: Purpose = Purpose::named("duplicate callback");

/// Providers repeat a callback when the first answer took too long.
const REPEAT_AFTER: Span = Span::from_secs(5);

pub fn pay(world: &mut World<'_>, order: Handle) -> Next {
    let Some(facts) = world.engine.order(order) else { return Next::Done };
    if facts.state != OrderState::AwaitingPayment {
        // Paid by a capture that the shop did not wait for.
        return Next::Done;
    }
    let lane = current(world, &facts);
    let method = &world.model.payment[lane.index()];
    if method.cash_on_delivery {
        return confirm_cash(world, order, &facts);
    }
    let attempt = world.orders.get(order).attempts();
    if let Some((row, outage)) = world.acting(FaultKind::GatewayOutage, lane.0.into())
        && outage.flag
        && strikes(world.draw, row, outage.size, facts.id.0, attempt.into())
    {
        world.faults.struck[row] += 1;
        return turned_down(world, order, &facts);
    }
    match pay_lane::admission(world, lane) {
        Some(later) => Next::Until(later, Stage::PayAdmitted),
        None => request(world, &facts),
    }
}

/// The request goes out: it holds a lane until the answer is there, or until the shop waits no longer.
pub fn request(world: &mut World<'_>, facts: &OrderFacts) -> Next {
    let lane = current(world, facts);
    let (method, latency) = (&world.model.payment[lane.index()], latency(world, facts));
    world.metrics.payments[lane.index()].requests += 1;
    signed::overheard(world, facts);
    let work = method.timeout.map_or(latency, |timeout| timeout.min(latency));
    Next::Seize { station: method.station, work, rank: 0 }
}

/// Of the attempt that the order is at: the same whenever it is asked for.
pub fn latency(world: &mut World<'_>, facts: &OrderFacts) -> Span {
    let attempt = world.orders.get(facts.handle).attempts();
    let lane = current(world, facts);
    world.model.payment[lane.index()].latency.span(world.draw.uniform(LATENCY, facts.id.0, attempt.into()))
}

fn confirm_cash(world: &mut World<'_>, order: Handle, facts: &OrderFacts) -> Next {
    let hold = hold_now(world, facts);
    let confirmed = world.apply(&Command::ConfirmCashOnDelivery { order, hold: Cow::Borrowed(&hold) });
    world.scratch.plan.assignments = hold;
    settle(world, order, confirmed)
}

/// The provider's answer: yes, a yes that gets lost for a while, or no.
pub fn answered(world: &mut World<'_>, order: Handle) -> Next {
    let Some(facts) = world.engine.order(order) else { return Next::Done };
    let (model, draw, OrderId(id)) = (world.model, world.draw, facts.id);
    let attempts = world.orders.get(order).attempts();
    let lane = current(world, &facts);
    let (method, attempt) = (&model.payment[lane.index()], u32::from(attempts));
    let yes = draw.chance(SUCCESS, id, attempt, method.success);
    if model.watches_payment {
        if facts.state != OrderState::AwaitingPayment {
            return pay_lane::paid_twice(world, &facts, attempts, yes);
        }
        if method.timeout.is_some_and(|timeout| timeout < latency(world, &facts)) {
            return pay_lane::timed_out(world, &facts, yes);
        }
    }
    if model.faults.is_some()
        && let Some(next) = astray(world, order, &facts, yes)
    {
        return next;
    }
    if yes {
        if draw.chance(LATE, id, attempt, method.late_share) {
            let capture = Capture { id: facts.id, reference: reference(id, attempts), amount: facts.amount };
            world.late.insert(order.bits(), capture);
            let delay = method.late_delay.span(draw.uniform(LATE_DELAY, id, attempt));
            return Next::Wait(delay, Stage::PayCalledBack);
        }
        return captured(world, &facts, attempts);
    }
    turned_down(world, order, &facts)
}

/// The provider said no: the shopper tries again, goes on to another method, or the order is declined.
pub fn turned_down(world: &mut World<'_>, order: Handle, facts: &OrderFacts) -> Next {
    if world.model.watches_payment && facts.state != OrderState::AwaitingPayment {
        return Next::Done;
    }
    let (draw, OrderId(id)) = (world.draw, facts.id);
    let lane = current(world, facts);
    let method = &world.model.payment[lane.index()];
    world.metrics.payments[lane.index()].turned_down += 1;
    let (attempt, tries) = (world.orders.get(order).attempts().into(), world.orders.get(order).tries());
    if tries < 8 && draw.chance(RETRY, id, attempt, method.retry) {
        world.orders.get(order).try_again();
        let pause = method.retry_after.span(draw.uniform(RETRY_AFTER, id, attempt));
        return Next::Wait(pause, Stage::Pay);
    }
    if let Some(next) = pay_lane::fall_back(world, facts) {
        return next;
    }
    if world.attempt(&Command::Decline { order }).is_ok() {
        world.order_leaves(order, Phase::Pay);
        contact::arises(world, Intent::PaymentProblem, facts.id, 0, Span::ZERO);
    }
    Next::Done
}

/// What faults make of an answer: it is lost, or late, or overtaken by its own refund.
fn astray(world: &mut World<'_>, order: Handle, facts: &OrderFacts, captured: bool) -> Option<Next> {
    let (gateway, OrderId(id)) = (u32::from(current(world, facts).0), facts.id);
    let attempts = world.orders.get(order).attempts();
    let capture = Capture { id: facts.id, reference: reference(id, attempts), amount: facts.amount };
    let attempt = u32::from(attempts) << 8;
    if let Some(lost) = world.struck(FaultKind::GatewayTimeout, gateway, id, attempt) {
        if captured {
            world.late.insert(order.bits(), capture);
        }
        world.faults.unknown.insert(order.bits(), 0);
        return Some(Next::Wait(lost.delay, Stage::PayAsk));
    }
    if !captured {
        return None;
    }
    if let Some(late) = world.struck(FaultKind::LateCallback, gateway, id, attempt) {
        world.late.insert(order.bits(), capture);
        return Some(Next::Wait(late.delay, Stage::PayCalledBack));
    }
    let refunded = world.struck(FaultKind::RefundBeforeCapture, gateway, id, attempt)?;
    world.late.insert(order.bits(), capture);
    world.faults.parked.insert(order.bits());
    Some(Next::Wait(refunded.delay, Stage::PayCalledBack))
}

/// Asks the provider what became of a payment. The answer may be lost again; after the last question the order is
/// cancelled, its stock is free, and a capture that was made goes back.
pub fn ask(world: &mut World<'_>, order: Handle) -> Next {
    let asked = world.faults.unknown.remove(&order.bits()).unwrap_or(0) + 1;
    let Some(facts) = world.engine.order(order) else { return called_back(world, order) };
    let attempt = u32::from(world.orders.get(order).attempts()) << 8 | asked;
    let gateway = current(world, &facts).0.into();
    if let Some(lost) = world.struck(FaultKind::GatewayTimeout, gateway, facts.id.0, attempt) {
        if asked < lost.count {
            world.faults.unknown.insert(order.bits(), asked);
            return Next::Wait(pause(lost.delay, asked), Stage::PayAsk);
        }
        super::cancel::cancel(world, order);
        return called_back(world, order);
    }
    match world.late.contains_key(&order.bits()) {
        true => called_back(world, order),
        false => turned_down(world, order, &facts),
    }
}

/// The capture reaches the engine. After the payment window it is refunded, never revived.
pub fn called_back(world: &mut World<'_>, order: Handle) -> Next {
    let late = if world.late.is_empty() { None } else { world.late.remove(&order.bits()) };
    let Some(facts) = world.engine.order(order) else {
        return too_late(world, order, late);
    };
    let attempts = world.orders.get(order).attempts();
    captured(world, &facts, attempts)
}

/// Money of that attempt reaches the shop.
pub fn captured(world: &mut World<'_>, facts: &OrderFacts, attempts: u8) -> Next {
    if world.model.watches_payment && facts.state != OrderState::AwaitingPayment {
        return pay_lane::paid_twice(world, facts, attempts, true);
    }
    let (order, OrderId(id)) = (facts.handle, facts.id);
    let (reference, amount) = (reference(id, attempts), facts.amount);
    let capture = Capture { id: facts.id, reference, amount };
    if !signed::passes(world, order, capture) {
        return signed::comes_again(world, facts, attempts, capture);
    }
    let hold = hold_now(world, facts);
    let paid = world.apply(&Command::Pay { order, reference, amount, hold: Cow::Borrowed(&hold) });
    world.scratch.plan.assignments = hold;
    if paid.is_ok() && world.transition.step == Step::Paid {
        let lane = pay_lane::of_attempt(world.model, facts.payment, attempts);
        let method = &world.model.payment[lane.index()];
        world.metrics.payments[lane.index()].captured += 1;
        world.metrics.cost(CostLine::PaymentFees, amount.as_major_f64() * method.fee * 100.0);
        if world.draw.chance(DUPLICATE, id, attempts.into(), method.duplicate) {
            if attempts != world.orders.get(order).attempts() {
                world.faults.copies.insert(order.bits(), Capture { id: facts.id, reference, amount });
            }
            world.send(order, Next::Wait(REPEAT_AFTER, Stage::PayRepeated));
        }
    }
    if world.model.faults.is_none() {
        return settle(world, order, paid);
    }
    let captured = paid.is_ok() && world.transition.step == Step::Paid;
    let next = settle(world, order, paid);
    if captured {
        follow_up(world, order, facts, Capture { id: facts.id, reference, amount }, next)
    } else {
        next
    }
}

/// What faults add to a capture that counted: copies of it, a wrong time on it, a refund that came before it.
fn follow_up(world: &mut World<'_>, order: Handle, facts: &OrderFacts, capture: Capture, next: Next) -> Next {
    let (gateway, OrderId(id)) = (u32::from(current(world, facts).0), facts.id);
    if let Some(copied) = world.struck(FaultKind::DuplicateCallback, gateway, id, 0) {
        world.faults.copies.insert(order.bits(), capture);
        for copy in 1..copied.count {
            world.send(order, Next::Wait(Span(copied.delay.0 * u64::from(copy)), Stage::PayRepeated));
        }
    }
    if let Some((row, skew)) = world.acting(FaultKind::ClockSkew, gateway) {
        // By its own clock the gateway would have missed the window: what counts is the order of events.
        let closes = facts.submitted + world.model.payment_window;
        world.faults.struck[row] += u64::from(closes < shown(world.at, skew));
    }
    let changed = world.model.faults.as_deref().and_then(|all| all.running(FaultKind::PriceChange, world.at));
    world.faults.locked += u64::from(changed.is_some_and(|(_, row)| facts.submitted < row.from));
    if world.faults.parked.remove(&order.bits()) {
        world.faults.unparked += 1;
        return Next::Go(Stage::Cancel);
    }
    next
}

/// The order ended and gave its slot back before its capture came: the engine sends the money straight back.
fn too_late(world: &mut World<'_>, order: Handle, capture: Option<Capture>) -> Next {
    if let Some(capture) = capture
        && signed::passes_at_last(world, order, capture)
    {
        let Capture { reference, amount, .. } = capture;
        world.metrics.late_callbacks += 1;
        let hold = Cow::Borrowed(&[][..]);
        // Sent back, or a repetition that the engine absorbs and counts.
        let _ = world.apply(&Command::Pay { order, reference, amount, hold });
    }
    Next::Done
}

/// The same callback again: the engine absorbs it.
pub fn repeated(world: &mut World<'_>, order: Handle) -> Next {
    if let Some(&capture) = world.faults.copies.get(&order.bits()) {
        if !signed::passes(world, order, capture) {
            return Next::Done;
        }
        let Capture { reference, amount, .. } = capture;
        let again = world.apply(&Command::Pay { order, reference, amount, hold: Cow::Borrowed(&[]) });
        assert!(again.is_err(), "a copy of a payment callback had an effect");
    } else if let Some(facts) = world.engine.order(order) {
        let reference = reference(facts.id.0, world.orders.get(order).attempts());
        let capture = Capture { id: facts.id, reference, amount: facts.amount };
        if !signed::passes(world, order, capture) {
            return Next::Done;
        }
        let command = Command::Pay { order, reference, amount: facts.amount, hold: Cow::Borrowed(&[]) };
        let again = world.apply(&command);
        assert!(again.is_err(), "a repeated payment callback had an effect");
    }
    Next::Done
}

/// The payment window closed. When the order was paid in time nothing happens.
pub fn expire(world: &mut World<'_>, order: Handle) -> Next {
    if world.attempt(&Command::Expire { order }).is_ok() {
        world.order_leaves(order, Phase::Pay);
        release_stock(world);
    }
    Next::Done
}

/// What the capture is known by: the same for every repetition of one callback.
pub fn reference(order_id: u64, attempt: u8) -> u64 {
    mix(order_id << 8 | u64::from(attempt))
}

/// With `reserve-at: pay`, the nodes that hold the order's stock from now on.
pub fn hold_now(world: &mut World<'_>, facts: &OrderFacts) -> Vec<Assignment> {
    if world.model.reserve_at == ReserveAt::Pay {
        plan_open(world, facts);
        if !world.model.rules.backorder {
            ask_for_the_rest(world, facts.handle);
        }
    } else {
        world.scratch.plan.clear();
    }
    std::mem::take(&mut world.scratch.plan.assignments)
}

/// A shop that takes no backorders asks for what is missing too, at the nearest node: the engine refuses the
/// whole order, and its money goes straight back.
fn ask_for_the_rest(world: &mut World<'_>, order: Handle) {
    let Some(facts) = world.engine.order(order) else { return };
    let Some(&node) = world.model.reach(facts.method, facts.zone).near.first() else { return };
    let Plan { assignments, backorders, .. } = &mut world.scratch.plan;
    let missing = |rest: Backorder| Assignment { line: rest.line, node, quantity: rest.quantity, group: 0 };
    assignments.extend(backorders.drain(..).map(missing));
    world.scratch.plan.settle();
}

fn settle(world: &mut World<'_>, order: Handle, settled: Result<(), Refusal>) -> Next {
    if settled.is_err() {
        return Next::Done;
    }
    world.order_leaves(order, Phase::Pay);
    match world.transition.step {
        Step::Paid => super::address::check(world, order),
        _ => Next::Done,
    }
}

/// Stock that the last transition put back may serve a waiting order.
pub fn release_stock(world: &mut World<'_>) {
    if world.waiting.is_empty() {
        return;
    }
    let moves = std::mem::take(&mut world.transition.moves);
    for freed in moves.iter().filter(|moved| moved.to == crate::domain::Account::Available) {
        world.stock_arrived(freed.sku);
    }
    world.transition.moves = moves;
}
