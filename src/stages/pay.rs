//! Pay: four methods as lanes to a provider; latency, success, retries, late and repeated callbacks,
//! the payment window. Token: an order awaiting payment.

use std::borrow::Cow;

use super::allocate::plan_open;
use super::world::Capture;
use super::{Next, Stage, World};
use crate::domain::{Assignment, Backorder, Command, Handle, OrderId, Plan, Refusal, Step};
use crate::engine::OrderFacts;
use crate::kernel::draw::{Purpose, mix};
use crate::kernel::time::Span;
use crate::metrics::{CostLine, Phase};
use crate::model::ReserveAt;

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
    let method = &world.model.payment[facts.payment.index()];
    if method.cash_on_delivery {
        return confirm_cash(world, order, &facts);
    }
    let attempt = world.orders.get(order).attempts();
    let latency = method.latency.span(world.draw.uniform(LATENCY, facts.id.0, attempt.into()));
    Next::Seize { station: method.station, work: latency, rank: 0 }
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
    let (method, attempt) = (&model.payment[facts.payment.index()], u32::from(attempts));
    if draw.chance(SUCCESS, id, attempt, method.success) {
        if draw.chance(LATE, id, attempt, method.late_share) {
            let capture = Capture { reference: reference(id, attempts), amount: facts.amount };
            world.late.insert(order.bits(), capture);
            let delay = method.late_delay.span(draw.uniform(LATE_DELAY, id, attempt));
            return Next::Wait(delay, Stage::PayCalledBack);
        }
        return captured(world, &facts, attempts);
    }
    if attempt < 8 && draw.chance(RETRY, id, attempt, method.retry) {
        world.orders.get(order).try_again();
        let pause = method.retry_after.span(draw.uniform(RETRY_AFTER, id, attempt));
        return Next::Wait(pause, Stage::Pay);
    }
    if world.attempt(&Command::Decline { order }).is_ok() {
        world.order_leaves(order, Phase::Pay);
    }
    Next::Done
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

fn captured(world: &mut World<'_>, facts: &OrderFacts, attempts: u8) -> Next {
    let (order, OrderId(id)) = (facts.handle, facts.id);
    let (reference, amount) = (reference(id, attempts), facts.amount);
    let hold = hold_now(world, facts);
    let paid = world.apply(&Command::Pay { order, reference, amount, hold: Cow::Borrowed(&hold) });
    world.scratch.plan.assignments = hold;
    if paid.is_ok() && world.transition.step == Step::Paid {
        let method = &world.model.payment[facts.payment.index()];
        world.metrics.cost(CostLine::PaymentFees, amount.as_major_f64() * method.fee * 100.0);
        if world.draw.chance(DUPLICATE, id, attempts.into(), method.duplicate) {
            world.send(order, Next::Wait(REPEAT_AFTER, Stage::PayRepeated));
        }
    }
    settle(world, order, paid)
}

/// The order ended and gave its slot back before its capture came: the engine sends the money straight back.
fn too_late(world: &mut World<'_>, order: Handle, capture: Option<Capture>) -> Next {
    if let Some(Capture { reference, amount }) = capture {
        world.metrics.late_callbacks += 1;
        let hold = Cow::Borrowed(&[][..]);
        // Sent back, or a repetition that the engine absorbs and counts.
        let _ = world.apply(&Command::Pay { order, reference, amount, hold });
    }
    Next::Done
}

/// The same callback again: the engine absorbs it.
pub fn repeated(world: &mut World<'_>, order: Handle) -> Next {
    if let Some(facts) = world.engine.order(order) {
        let reference = reference(facts.id.0, world.orders.get(order).attempts());
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
        Step::Paid => {
            world.metrics.entered(Phase::Review);
            Next::Go(Stage::Review)
        }
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
