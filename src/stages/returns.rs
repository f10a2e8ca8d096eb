//! Returns by rule: asked for within a window, approved or not, fetched or dropped off, exchanged or refunded, graded.
//! Token: the trip of a parcel that the shopper wants to send back.
//!
//! # Why an exchange is an order of its own
//! What holds all goods of an order or none is `Submit`. The replacement is a new order that holds its goods at the
//! instant of the approval, is paid then and goes the way of any order; what comes back is graded and refunded as
//! always. So no unit and no cent goes a way that the books do not know, and the tape of a run plays it. A parcel goes
//! back whole: the engine knows no part of one.

use super::{Next, Stage, World, after_sales, submit};
use crate::domain::{Account, Handle, Line, Money, OrderId, StockMove};
use crate::kernel::draw::Purpose;
use crate::kernel::time::{Moment, Span};
use crate::metrics::{CostLine, Phase};
use crate::model::{EXCHANGE_ORDER, Returns};

const APPROVED: Purpose = Purpose::named("return approved");
const APPROVAL_TIME: Purpose = Purpose::named("return approval time");
const FETCHED: Purpose = Purpose::named("return fetched");
const FETCH_WAIT: Purpose = Purpose::named("return fetch wait");
const EXCHANGED: Purpose = Purpose::named("exchange wanted");
const GRADE: Purpose = Purpose::named("return grade");
const REFUND_TIME: Purpose = Purpose::named("refund time");

fn rules<'m>(world: &World<'m>) -> &'m Returns {
    world.model.returns.as_ref().expect("returns by rule")
}

/// The shopper asks. The trip entered its phase when the parcel was handed over.
pub fn ask(world: &mut World<'_>, parcel: Handle) -> Next {
    let (rules, trip) = (rules(world), *world.trips.get(parcel));
    world.metrics.returns.asked += 1;
    if rules.window < world.at.since(trip.since) {
        world.metrics.returns.too_late += 1;
        return keep(world, parcel);
    }
    if !world.draw.chance(APPROVED, trip.key, 0, rules.approval) {
        world.metrics.returns.declined += 1;
        return keep(world, parcel);
    }
    world.returning.insert(parcel.bits(), world.at);
    let time = rules.approval_time.span(world.draw.uniform(APPROVAL_TIME, trip.key, 0));
    Next::Wait(time, Stage::ReturnApproved)
}

/// The parcel stays where it is, and its order is complete.
fn keep(world: &mut World<'_>, parcel: Handle) -> Next {
    let trip = *world.trips.get(parcel);
    let orders = orders_of(world, trip.handle);
    world.trips.end(parcel);
    for (order, _) in orders {
        world.send(order, Next::Go(Stage::Accept));
    }
    Next::Done
}

fn orders_of(world: &World<'_>, parcel: Handle) -> Vec<(Handle, OrderId)> {
    let mut orders = Vec::new();
    world.engine.parcel_orders(parcel, &mut orders);
    orders
}

pub fn approved(world: &mut World<'_>, parcel: Handle) -> Next {
    let (rules, trip) = (rules(world), *world.trips.get(parcel));
    world.metrics.returns.approved += 1;
    let fetched = world.draw.chance(FETCHED, trip.key, 0, rules.pickup);
    let cost = if fetched { rules.pickup_cost } else { rules.drop_off_cost };
    world.metrics.cost(CostLine::ReturnTransport, cost.0 as f64);
    let seen = &mut world.metrics.returns;
    *(if fetched { &mut seen.fetched } else { &mut seen.dropped_off }) += 1;
    let wait = match fetched {
        true => rules.pickup_wait.span(world.draw.uniform(FETCH_WAIT, trip.key, 0)),
        false => Span::ZERO,
    };
    after_sales::set_out(world, parcel);
    let wants = trip.order_of_parcel().0 < EXCHANGE_ORDER
        && world.draw.chance(EXCHANGED, trip.key, 0, rules.exchange);
    if wants {
        exchange(world, parcel);
    }
    world.metrics.entered(Phase::Return);
    match after_sales::travel_back(world, parcel) {
        Next::Wait(way, then) => Next::Wait(wait + way, then),
        other => other,
    }
}

/// The same goods once more, all of them held now; where that cannot be, the refund is all that the shopper gets.
fn exchange(world: &mut World<'_>, parcel: Handle) {
    world.metrics.returns.exchanges_wanted += 1;
    let trip = *world.trips.get(parcel);
    let mut lines: Vec<Line> = Vec::new();
    for &StockMove { sku, quantity, .. } in
        world.transition.moves.iter().filter(|moved| moved.from == Account::Customer)
    {
        match lines.iter_mut().find(|line| line.sku == sku) {
            Some(line) => line.quantity += quantity,
            None => lines.push(Line { sku, quantity }),
        }
    }
    let Some(&(order, id)) = orders_of(world, trip.handle).first() else { return };
    if submit::replace(world, order, id, lines) {
        world.metrics.returns.exchanges_held += 1;
    }
}

/// At the return dock: 0 to 3 for A, B, C and scrap. What the carrier broke is scrap.
pub fn grade(world: &mut World<'_>, rules: &Returns, key: u64, broken: bool) -> usize {
    let grade = if broken { 3 } else { rules.grade(world.draw.uniform(GRADE, key, 0)) };
    world.metrics.returns.grades[grade] += 1;
    grade
}

/// After the engine has booked it: what it brings, and when the shopper has the money.
pub fn settled(world: &mut World<'_>, parcel: Handle, key: u64, grade: usize) {
    let rules = rules(world);
    let back = world.transition.moves.iter().filter(|moved| moved.from == Account::Inspection);
    let price = |moved: &StockMove| world.model.catalog().sku(moved.sku).price * i64::from(moved.quantity);
    let value = back.map(price).fold(Money::ZERO, |sum, price| sum + price);
    let share = rules.values.get(grade).copied().unwrap_or(0.0);
    world.metrics.returns.value += value.0;
    world.metrics.returns.recovered += value.0 as f64 * share;
    // Parcels that nobody took at the door were not asked back.
    if let Some(asked) = world.returning.remove(&parcel.bits()) {
        let there: Moment = world.at + rules.refund_time.span(world.draw.uniform(REFUND_TIME, key, 0));
        world.metrics.returns.refund.record(there.since(asked));
    }
}
