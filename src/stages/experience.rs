//! Experience: what happened to a shopper becomes a score, and the score says whether they come back.
//!
//! ```text
//!   score = base + per-day-early x min(days early, 2) - per-day-late x days late
//!         - fault - contact x contacts - hung-up x calls given up - breach x late answers - failed
//!         + spread x normal number,                                        within 0 to 10
//!   odds of coming back = odds(comes-back) x exp(per-point x (score - base))
//! ```
//!
//! # Why a shopper who comes back has the order's number and a bit
//! The draws of an order hang on its number. A number that follows from the first order's is the same whatever else
//! the shop did, so two scenarios see the same shoppers come back for what differs between them, not by chance.

use super::{Next, Stage, World};
use crate::domain::{Handle, OrderId, OrderState};
use crate::kernel::draw::Purpose;
use crate::kernel::normal::normal_quantile;
use crate::kernel::time::{Moment, Span};
use crate::metrics::Fault;
use crate::model::{EXCHANGE_ORDER, REPEAT_ORDER};

const SPREAD: Purpose = Purpose::named("experience spread");
const COMES_BACK: Purpose = Purpose::named("comes back");
const COMES_BACK_AFTER: Purpose = Purpose::named("comes back after");

/// A shopper orders so often at most: what their numbers have bits for.
const MOST_REPEATS: u64 = 15;

/// What a shopper has seen of an order so far.
#[derive(Debug, Clone, Copy, Default)]
pub struct Mood {
    amount: i64,
    /// Microseconds before the promise; below zero after it.
    early_us: i64,
    pub faults: u8,
    pub contacts: u8,
    pub hung_up: u8,
    pub breaches: u8,
}

/// The order is taken. A replacement is a part of the order that it replaces something of.
pub fn begins(world: &mut World<'_>, id: OrderId, amount: i64) {
    if world.model.experience.is_some() && id.0 < EXCHANGE_ORDER {
        world.metrics.experience.repeat_orders += u64::from(REPEAT_ORDER <= id.0);
        world.moods.insert(id, Mood { amount, ..Mood::default() });
    }
}

/// Something happened to the shopper of an order that is not judged yet.
pub fn notice(world: &mut World<'_>, id: OrderId, what: impl Fn(&mut Mood)) {
    if let Some(mood) = world.moods.get_mut(&id) {
        what(mood);
    }
}

pub fn found(world: &mut World<'_>, id: OrderId, fault: Option<Fault>) {
    if fault.is_some_and(|fault| fault != Fault::ChangeOfMind) {
        notice(world, id, |mood| mood.faults = 1);
    }
}

/// The order was handed over; in some days the shopper says what they make of it.
pub fn handed_over(world: &mut World<'_>, id: OrderId, promised: Moment, at: Moment) {
    let Some(experience) = &world.model.experience else { return };
    if let Some(mood) = world.moods.get_mut(&id) {
        mood.early_us = promised.0 as i64 - at.0 as i64;
        world.send(Handle::from_bits(id.0), Next::Wait(experience.rules.after, Stage::Judged));
    }
}

/// Orders that reached a final state in the last transition: of some of them nothing came.
pub fn ended(world: &mut World<'_>) {
    for place in 0.. {
        let Some((id, _, from, to)) = world.transition.changes().nth(place) else { break };
        if from == Some(to) {
            continue;
        }
        match to {
            OrderState::Declined | OrderState::Rejected | OrderState::Undelivered => fails(world, id),
            OrderState::Expired | OrderState::Cancelled => {
                world.moods.remove(&id);
            }
            _ => {}
        }
    }
}

/// Nothing came of the order, and it was not the shopper who gave it up.
pub fn fails(world: &mut World<'_>, id: OrderId) {
    if let Some(mood) = world.moods.remove(&id) {
        judge(world, id, &mood, true);
    }
}

/// Refused at submit: the order never was.
pub fn refused(world: &mut World<'_>, id: OrderId) {
    if world.model.experience.is_some() && id.0 < EXCHANGE_ORDER {
        judge(world, id, &Mood::default(), true);
    }
}

/// Token: the order's number.
pub fn judged(world: &mut World<'_>, number: Handle) -> Next {
    let id = OrderId(number.bits());
    if let Some(mood) = world.moods.remove(&id) {
        judge(world, id, &mood, false);
    }
    Next::Done
}

fn judge(world: &mut World<'_>, OrderId(id): OrderId, mood: &Mood, failed: bool) {
    let experience = world.model.experience.as_ref().expect("only moods are judged");
    let rules = &experience.rules;
    let days = mood.early_us as f64 / Span::DAY.0 as f64;
    let each = |count: u8, points: f64| f64::from(count) * points;
    let score = rules.base + rules.per_day_early * days.clamp(0.0, 2.0)
        - rules.per_day_late * (-days).max(0.0)
        - each(mood.faults, rules.fault)
        - each(mood.contacts, rules.contact)
        - each(mood.hung_up, rules.hung_up)
        - each(mood.breaches, rules.breach)
        - each(failed.into(), rules.failed)
        + rules.spread * normal_quantile(world.draw.uniform(SPREAD, id, 0));
    let score = score.clamp(0.0, 10.0);
    world.metrics.experience.judged(score, failed, mood.amount);
    let odds =
        rules.comes_back / (1.0 - rules.comes_back) * libm::exp(rules.per_point * (score - rules.base));
    if id / REPEAT_ORDER < MOST_REPEATS && world.draw.chance(COMES_BACK, id, 0, odds / (1.0 + odds)) {
        world.metrics.experience.coming_back += 1;
        let after = experience.comes_back_after.span(world.draw.uniform(COMES_BACK_AFTER, id, 0));
        world.send(Handle::from_bits(id + REPEAT_ORDER), Next::Wait(after, Stage::Browse));
    }
}
