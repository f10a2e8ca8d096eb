//! Signed: a provider's callback comes in through the gate; forged and replayed ones come too, and must not pass.
//! Token of all stages: an order, open or not.

use std::borrow::Cow;
use std::collections::BTreeMap;

use super::world::Capture;
use super::{Next, Stage, World};
use crate::domain::{Command, Handle, Money, NotAdmitted};
use crate::engine::{Callback, Gate, Keyring, OrderFacts, Signed};
use crate::kernel::draw::{Purpose, mix};
use crate::kernel::time::{Moment, Span};
use crate::model::Model;

const SKEW: Purpose = Purpose::named("callback skew");
const FORGED: Purpose = Purpose::named("forged callback");
const FORGED_HOW: Purpose = Purpose::named("how a callback is forged");
const REPLAYED: Purpose = Purpose::named("replayed callback");
const REPLAYED_AFTER: Purpose = Purpose::named("replayed callback after");

/// A forger answers before the provider does.
const FORGED_AFTER: Span = Span::from_secs(1);
/// A provider whose callback nobody takes gives the money back after so many.
const MOST_TRIES: u32 = 16;

/// Where the shop takes callbacks.
pub struct CallbackDesk {
    keys: Keyring,
    /// The forger's keys: the same rules, and another secret.
    others: Keyring,
    gate: Gate,
    /// Callbacks that somebody kept, by order handle, the instant at which they come again, and reference.
    kept: BTreeMap<(u64, Moment, u64), Signed>,
    /// By reference: how often it was refused so far.
    tries: BTreeMap<u64, u32>,
}

impl CallbackDesk {
    /// The secret follows from the draws of the run: a simulation keeps none.
    pub fn new(model: &Model, seed: u64) -> Option<Box<CallbackDesk>> {
        let rules = model.signing.as_ref()?.rules;
        let keyring = |secret| Keyring::new(rules, mix(seed ^ secret));
        Some(Box::new(CallbackDesk {
            keys: keyring(1),
            others: keyring(2),
            gate: Gate::new(rules),
            kept: BTreeMap::new(),
            tries: BTreeMap::new(),
        }))
    }
}

/// Whether the provider's callback passes; a scenario without signatures lets everything pass.
#[inline]
pub fn passes(world: &mut World<'_>, order: Handle, capture: Capture) -> bool {
    world.callbacks.is_none() || passes_gate(world, order, capture)
}

fn passes_gate(world: &mut World<'_>, order: Handle, Capture { id, reference, amount }: Capture) -> bool {
    let (model, draw, at) = (world.model, world.draw, world.at);
    let (Some(rules), Some(desk)) = (&model.signing, &mut world.callbacks) else { return true };
    let tries = desk.tries.get(&reference).copied().unwrap_or(0);
    // The reference sets the attempts of an order apart, the instant repetitions of one callback.
    let entity = reference ^ mix(at.0);
    let age = rules.skew.span(draw.uniform(SKEW, entity, tries));
    let sent = Moment(at.0.saturating_sub(age.0));
    let callback = Callback { order: id, reference, amount, sent, key: desk.keys.key_at(sent) };
    let signed = desk.keys.sign(callback);
    let seen = &mut world.metrics.callbacks;
    match desk.gate.admit(&mut desk.keys, at, &signed) {
        Ok(()) => {
            seen.verified += 1;
            seen.by_the_old_key += u64::from(callback.key != desk.keys.key_at(at));
            seen.age_us += u128::from(age.0);
            desk.tries.remove(&reference);
            if draw.chance(REPLAYED, entity, 0, rules.replayed) {
                let after = rules.replay_after.span(draw.uniform(REPLAYED_AFTER, entity, 0));
                // Two of one instant may come again at one instant: one of them does.
                if desk.kept.insert((order.bits(), at + after, reference), signed).is_none() {
                    world.send(order, Next::Wait(after, Stage::PayReplayed));
                }
            }
            true
        }
        Err(refusal) => {
            seen.refused(refusal);
            desk.tries.insert(reference, tries + 1);
            false
        }
    }
}

/// The provider got no thanks, and says the same again, signed anew.
pub fn comes_again(world: &mut World<'_>, facts: &OrderFacts, attempts: u8, capture: Capture) -> Next {
    let rules = world.model.signing.as_ref().expect("only signed callbacks are refused");
    let (order, again) = (facts.handle, rules.resend_after);
    if !tries_on(world, capture.reference) {
        return Next::Done;
    }
    world.metrics.callbacks.sent_again += 1;
    if attempts == world.orders.get(order).attempts() && !world.late.contains_key(&order.bits()) {
        world.late.insert(order.bits(), capture);
        return Next::Wait(again, Stage::PayCalledBack);
    }
    world.overtaken.insert((order.bits(), world.at + again, attempts), capture);
    world.send(order, Next::Wait(again, Stage::PayOvertaken));
    Next::Done
}

/// Money for which nobody waits: said again at once until it passes. False: the provider takes it back itself.
pub fn passes_at_last(world: &mut World<'_>, order: Handle, capture: Capture) -> bool {
    loop {
        if passes(world, order, capture) {
            return true;
        }
        if !tries_on(world, capture.reference) {
            return false;
        }
        world.metrics.callbacks.sent_again += 1;
    }
}

fn tries_on(world: &mut World<'_>, reference: u64) -> bool {
    let desk = world.callbacks.as_mut().expect("only signed callbacks are refused");
    let on = desk.tries.get(&reference).is_none_or(|&tries| tries < MOST_TRIES);
    if !on {
        desk.tries.remove(&reference);
        world.metrics.callbacks.given_up += 1;
    }
    on
}

/// A request goes out; a forger may hear of it.
#[inline]
pub fn overheard(world: &mut World<'_>, facts: &OrderFacts) {
    let Some(rules) = &world.model.signing else { return };
    let attempt = world.orders.get(facts.handle).attempts().into();
    if world.draw.chance(FORGED, facts.id.0, attempt, rules.forged) {
        world.send(facts.handle, Next::Wait(FORGED_AFTER, Stage::PayForged));
    }
}

/// Somebody who knows no key says that the order is paid.
pub fn forged(world: &mut World<'_>, order: Handle) -> Next {
    let Some(facts) = world.engine.order(order) else { return Next::Done };
    let (draw, at) = (world.draw, world.at);
    let Some(desk) = &mut world.callbacks else { return Next::Done };
    let reference = mix(facts.id.0 ^ at.0);
    let key = desk.keys.key_at(at);
    let callback = Callback { order: facts.id, reference, amount: facts.amount, sent: at, key };
    let signed = match draw.below(FORGED_HOW, facts.id.0, 0, 4) {
        // A signature from nowhere.
        0 => Signed { callback, signature: [reference as u8; 32] },
        // By a key of their own.
        1 => desk.others.sign(callback),
        // A callback for another amount, made one for this.
        2 => Signed { callback, ..desk.keys.sign(Callback { amount: facts.amount + Money(1), ..callback }) },
        // By a key that is not valid yet.
        _ => desk.keys.sign(Callback { key: key + 1, ..callback }),
    };
    world.metrics.callbacks.forged += 1;
    let outcome = desk.gate.admit(&mut desk.keys, at, &signed);
    not_let_through(world, order, &signed, outcome)
}

/// The same bytes once more.
pub fn replayed(world: &mut World<'_>, order: Handle) -> Next {
    let at = world.at;
    let Some(desk) = &mut world.callbacks else { return Next::Done };
    let first = (order.bits(), Moment::ZERO, 0);
    let (&place, &signed) = desk.kept.range(first..).next().expect("a callback that was kept");
    assert!(place.0 == order.bits() && place.1 == at, "a kept callback came at another instant than its own");
    desk.kept.remove(&place);
    world.metrics.callbacks.replayed += 1;
    let outcome = desk.gate.admit(&mut desk.keys, at, &signed);
    not_let_through(world, order, &signed, outcome)
}

/// What passes though it must not is counted, and has its effect: the auditor breaks the run.
fn not_let_through(
    world: &mut World<'_>,
    order: Handle,
    signed: &Signed,
    outcome: Result<(), NotAdmitted>,
) -> Next {
    match outcome {
        Err(refusal) => world.metrics.callbacks.refused(refusal),
        Ok(()) => {
            world.metrics.callbacks.let_through += 1;
            let Callback { reference, amount, .. } = signed.callback;
            let _ = world.apply(&Command::Pay { order, reference, amount, hold: Cow::Borrowed(&[]) });
        }
    }
    Next::Done
}
