//! Scorecard: what the shop knows of each carrier, and the carrier that it chooses by it.
//!
//! ```text
//!   expected cost = freight + risk weight x (late x its cost + damaged x its cost + lost x its cost)
//! ```
//!
//! # Promises
//! - Only what the shop has seen is known: a parcel is late when its day passes (and not when it comes at last), damaged
//!   when a shopper finds it, lost when the shop stops looking. Who carries what is still under way gains nothing by it.
//! - A carrier answers for its own part: the day is that of the promise or of the plan at hand-over, whichever is later.
//! - With a risk weight of 0 and no exploration the choice is that of `Planner::choose_carrier`.
//!
//! # Why exponential weights that start from a clean record
//! A carrier that changes must be found out within some hundred parcels, and one that had bad luck with its first
//! parcels must not be dropped for it: a record begins as if `CLEAN` parcels had come well.

use std::collections::BTreeMap;

use super::World;
use super::trip::Trip;
use crate::domain::{CarrierId, MethodId, NodeId, ZoneId};
use crate::kernel::draw::Purpose;
use crate::kernel::time::Moment;
use crate::model::{CarrierChoice, Model};

const EXPLORE: Purpose = Purpose::named("carrier taken by chance");
const WHICH: Purpose = Purpose::named("which carrier by chance");

/// Parcels without a flaw that a record begins with.
const CLEAN: u64 = 20;

/// An exponentially weighted share.
#[derive(Debug, Default, Clone, Copy)]
struct Share {
    value: f64,
    seen: u64,
}

/// What goes wrong, by place in a record.
#[derive(Debug, Clone, Copy)]
enum Flaw {
    Late,
    Damaged,
    Lost,
}

/// All carriers' records; empty where freight alone decides.
#[derive(Debug, Default)]
pub struct Scorecard {
    /// By carrier, then flaw.
    records: Vec<[Share; 3]>,
    /// By parcel: the day on which it is late.
    due_of: BTreeMap<u64, Moment>,
    due: BTreeMap<(Moment, u64), CarrierId>,
}

impl Scorecard {
    pub fn new(model: &Model) -> Scorecard {
        let carriers = model.carrier_choice.map_or(0, |_| model.network.carrier_count());
        Scorecard { records: vec![[Share::default(); 3]; carriers], ..Scorecard::default() }
    }

    /// Minor units that the record lets expect, beside freight.
    fn risk(&self, carrier: CarrierId, rules: &CarrierChoice) -> f64 {
        let costs = [rules.late_cost, rules.damage_cost, rules.loss_cost];
        let record = self.records[carrier.index()].iter().zip(costs);
        record.map(|(share, cost)| share.value * cost.0 as f64).sum()
    }
}

impl Share {
    fn see(&mut self, bad: bool, memory: u32) {
        self.seen += 1;
        let gain = 1.0 / (self.seen + CLEAN).min(u64::from(memory).max(1)) as f64;
        self.value += gain * (f64::from(u8::from(bad)) - self.value);
    }
}

/// Among the carriers whose plan meets the promise, the one that costs least by freight and record; else the fastest.
pub fn choose(world: &mut World<'_>, trip: &Trip, rules: CarrierChoice) -> CarrierId {
    pass(world);
    let (method, node, zone) = (MethodId(trip.method), NodeId(trip.origin), ZoneId(trip.zone));
    let (network, planner) = (&world.model.network, world.planner());
    let means = network.methods[method.index()].carriers.iter().copied();
    let reached: Vec<CarrierId> = means.filter(|&carrier| network.reaches(carrier, node, zone)).collect();
    if world.draw.chance(EXPLORE, trip.key, 0, rules.explore) {
        return reached[world.draw.below(WHICH, trip.key, 0, reached.len() as u32) as usize];
    }
    let offer = |carrier: CarrierId| {
        let plan =
            planner.plan_arrival(carrier, node, zone, world.at).expect("a carrier that reaches the zone");
        let freight = network.freight(carrier, node, zone, trip.weight_g, trip.volume_ml);
        let late = if plan <= trip.promised { Moment::ZERO } else { plan };
        let expected = freight.0 as f64 + rules.risk_weight * world.scorecard.risk(carrier, &rules);
        (late, expected, freight, plan, carrier)
    };
    let offers: Vec<_> = reached.into_iter().map(offer).collect();
    let first = |a: &&(Moment, f64, _, Moment, CarrierId), b: &&(Moment, f64, _, Moment, CarrierId)| {
        a.0.cmp(&b.0).then(a.1.total_cmp(&b.1)).then((a.2, a.3, a.4).cmp(&(b.2, b.3, b.4)))
    };
    let chosen = offers.iter().min_by(first).expect("the model checked that every method reaches its zones");
    let cheaper = |other: &&(Moment, f64, _, Moment, CarrierId)| other.0 == chosen.0 && other.2 < chosen.2;
    let for_its_record = offers.iter().any(|other| cheaper(&other));
    let carrier = chosen.4;
    world.metrics.carriers[carrier.index()].for_its_record += u64::from(for_its_record);
    carrier
}

/// The parcel goes by this carrier: its day is known.
pub fn labelled(world: &mut World<'_>, trip: &Trip, carrier: CarrierId) {
    if world.scorecard.records.is_empty() {
        return;
    }
    let plan = world.planner().plan_arrival(carrier, NodeId(trip.origin), ZoneId(trip.zone), world.at);
    let due = trip.promised.max(plan.unwrap_or(trip.promised));
    world.scorecard.due_of.insert(trip.key, due);
    world.scorecard.due.insert((due, trip.key), carrier);
}

/// The carrier has done its part, or could not for want of a shopper.
pub fn arrived(world: &mut World<'_>, trip: &Trip) {
    if world.scorecard.records.is_empty() {
        return;
    }
    pass(world);
    let carrier = CarrierId(trip.carrier);
    if forget(world, trip) {
        see(world, carrier, Flaw::Late, false);
    }
    see(world, carrier, Flaw::Lost, false);
}

/// The shop stops looking for it.
pub fn lost(world: &mut World<'_>, trip: &Trip) {
    if world.scorecard.records.is_empty() {
        return;
    }
    forget(world, trip);
    see(world, CarrierId(trip.carrier), Flaw::Lost, true);
}

/// The shopper has looked at it.
pub fn inspected(world: &mut World<'_>, carrier: CarrierId, found_damaged: bool) {
    if !world.scorecard.records.is_empty() {
        see(world, carrier, Flaw::Damaged, found_damaged);
    }
}

/// Parcels whose day has passed are late, wherever they are.
fn pass(world: &mut World<'_>) {
    while let Some(entry) = world.scorecard.due.first_entry().filter(|entry| entry.key().0 < world.at) {
        let ((_, key), carrier) = entry.remove_entry();
        world.scorecard.due_of.remove(&key);
        see(world, carrier, Flaw::Late, true);
    }
}

/// False when its day has passed before.
fn forget(world: &mut World<'_>, trip: &Trip) -> bool {
    let due = world.scorecard.due_of.remove(&trip.key);
    due.is_some_and(|due| world.scorecard.due.remove(&(due, trip.key)).is_some())
}

fn see(world: &mut World<'_>, carrier: CarrierId, flaw: Flaw, bad: bool) {
    let memory = world.model.carrier_choice.expect("a record is kept").memory;
    let share = &mut world.scorecard.records[carrier.index()][flaw as usize];
    share.see(bad, memory);
    world.metrics.carriers[carrier.index()].record[flaw as usize] = share.value;
}

#[cfg(test)]
mod tests {
    use super::*;

    fn share_of(all: impl Iterator<Item = bool>, memory: u32) -> f64 {
        let mut share = Share::default();
        all.for_each(|bad| share.see(bad, memory));
        share.value
    }

    /// With a long memory: the bad ones of all, the clean ones that it began with among them.
    #[test]
    fn a_record_is_a_share_and_starts_clean() {
        let third = share_of((0..300).map(|parcel| parcel % 3 == 0), 1_000_000);
        assert!((third - 100.0 / (300.0 + CLEAN as f64)).abs() < 1e-9, "{third}");
        let unlucky = share_of([true].into_iter(), 200);
        assert!(unlucky < 0.05, "{unlucky}");
    }

    /// After as many parcels as it remembers, 1 / e of what was before is left.
    #[test]
    fn a_record_forgets() {
        let before = share_of((0..10_000).map(|_| true), 200);
        let after = share_of((0..10_200).map(|parcel| parcel < 10_000), 200);
        assert!((after / before - (-1.0_f64).exp()).abs() < 0.01, "{after} of {before}");
    }
}
