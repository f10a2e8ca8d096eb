//! Inspect: what is at fault in a parcel, from the picker's hand to the shopper's eye.
//!
//! ```text
//!   picker ----> packer ----> carrier ----> shopper: appearance, quantity, specification
//!   miscount     finds some   breaks some   finds some, claims some that are not there
//!   mispick      packs badly
//! ```
//!
//! # Promises
//! - The three looks are independent of each other, and so are a look's causes; where there are several, the first of
//!   carrier, packaging, listing, others counts.
//! - Every parcel that is handed over is looked at once: the four cells of each look add up to the parcels.
//!
//! # What it leaves out
//! Books are about what was sold. A unit that a picker took too much, or another instead, is not missed on its shelf.

use super::World;
use super::trip::Trip;
use crate::domain::{CarrierId, FaultKind, Handle, SkuId};
use crate::kernel::draw::Purpose;
use crate::metrics::{Cause, Fault};

const PICKED_WRONG: Purpose = Purpose::named("picked wrong");
const CAUGHT: Purpose = Purpose::named("caught by the packer");
const PACKED_BADLY: Purpose = Purpose::named("packed badly");
const LISTED_WRONG: Purpose = Purpose::named("listed wrong");
const OTHER: Purpose = Purpose::named("at fault for another cause");
const FOUND: Purpose = Purpose::named("fault found");
const ALARM: Purpose = Purpose::named("false alarm");
const CHANGED_MIND: Purpose = Purpose::named("changed mind");

/// What is wrong with a parcel before the shopper has it; a bit each.
pub mod flaw {
    pub const BROKEN: u8 = 1;
    pub const MISCOUNTED: u8 = 2;
    pub const MISPICKED: u8 = 4;
}

/// What a picker does wrong with one line, and whether the packer finds it.
fn pick_error(world: &World<'_>, trip: &Trip, line: u32) -> Option<(u8, bool)> {
    let errors = world.model.inspection.as_ref()?.errors?;
    let u = world.draw.uniform(PICKED_WRONG, trip.key, line);
    let flaw = match u {
        u if u < errors.mispick => flaw::MISPICKED,
        u if u < errors.mispick + errors.miscount => flaw::MISCOUNTED,
        _ => return None,
    };
    Some((flaw, world.draw.chance(CAUGHT, trip.key, line, errors.pack_check)))
}

/// Lines of a fulfillment order that are picked once more because the packer finds them wrong.
pub fn picked_again(world: &mut World<'_>, trip: &Trip) -> u64 {
    if world.model.inspection.as_ref().is_none_or(|own| own.errors.is_none()) {
        return 0;
    }
    let mut caught = 0;
    for (_, found) in (0..u32::from(trip.lines)).filter_map(|line| pick_error(world, trip, line)) {
        caught += u64::from(found);
    }
    caught
}

/// A fulfillment order is in its boxes: lines that are wrong and not found go out, line by line into box after box.
pub fn packed(world: &mut World<'_>, trip: &Trip, parcels: u64) {
    if world.model.inspection.as_ref().is_none_or(|own| own.errors.is_none()) {
        return;
    }
    for line in 0..u32::from(trip.lines) {
        let Some((flaw, found)) = pick_error(world, trip, line) else { continue };
        world.metrics.inspection.pick_errors += 1;
        world.metrics.inspection.caught += u64::from(found);
        if !found {
            let parcel = (trip.key << 8) | (u64::from(line) % parcels);
            *world.flaws.entry(parcel).or_default() |= flaw;
        }
    }
}

/// What the shopper who has just got the parcel says of it; `None` where nothing is wrong as far as they see.
pub fn look(world: &mut World<'_>, parcel: Handle) -> Option<Fault> {
    let rules = world.model.inspection.as_ref()?;
    let trip = *world.trips.get(parcel);
    let flaws = world.flaws.remove(&trip.key).unwrap_or(0);
    let causes =
        [appearance(world, &trip, flaws), quantity(world, &trip, flaws), specification(world, &trip, flaws)];
    let kinds = [Fault::Appearance, Fault::Quantity, Fault::Specification];
    let (mut claim, mut kept) = (None, false);
    for (place, cause) in (0u32..).zip(causes) {
        let look = place as usize;
        let claimed = match cause {
            Some(_) => world.draw.chance(FOUND, trip.key, place, rules.rules.detected[look]),
            None => world.draw.chance(ALARM, trip.key, place, rules.rules.false_alarm),
        };
        let seen = &mut world.metrics.inspection;
        seen.looks[look].add(cause.is_some(), claimed);
        if let Some(cause) = cause {
            let (found, missed) = &mut seen.causes[cause as usize];
            *if claimed { found } else { missed } += 1;
        }
        kept |= cause.is_some() && !claimed;
        if claimed {
            claim = claim.or(Some(kinds[look]));
        }
    }
    let seen = &mut world.metrics.inspection;
    seen.parcels += 1;
    seen.claimed += u64::from(claim.is_some());
    seen.kept_at_fault += u64::from(kept && claim.is_none());
    super::scorecard::inspected(world, CarrierId(trip.carrier), claim == Some(Fault::Appearance));
    let u = world.draw.uniform(CHANGED_MIND, trip.key, 0);
    let claim = claim.or_else(|| surges(world, u, rules.change_of_mind).then_some(Fault::ChangeOfMind));
    if claim.is_some() && flaws & flaw::BROKEN != 0 {
        // Whoever grades it sees that it is broken.
        world.flaws.insert(trip.key, flaw::BROKEN);
    }
    claim
}

fn appearance(world: &mut World<'_>, trip: &Trip, flaws: u8) -> Option<Cause> {
    let packaging = world.model.inspection.as_ref()?.rules.packaging_fault;
    if flaws & flaw::BROKEN != 0 {
        return Some(Cause::Carrier);
    }
    if world.draw.chance(PACKED_BADLY, trip.key, 0, packaging) {
        return Some(Cause::Packaging);
    }
    other(world, trip, 0).then_some(Cause::OtherAppearance)
}

fn quantity(world: &mut World<'_>, trip: &Trip, flaws: u8) -> Option<Cause> {
    match flaws & flaw::MISCOUNTED {
        0 => other(world, trip, 1).then_some(Cause::OtherQuantity),
        _ => Some(Cause::Miscount),
    }
}

fn specification(world: &mut World<'_>, trip: &Trip, flaws: u8) -> Option<Cause> {
    if flaws & flaw::MISPICKED != 0 {
        return Some(Cause::Mispick);
    }
    if holds_listed_wrong(world, trip) {
        return Some(Cause::Listing);
    }
    other(world, trip, 2).then_some(Cause::OtherSpecification)
}

fn holds_listed_wrong(world: &mut World<'_>, trip: &Trip) -> bool {
    let share = world.model.inspection.as_ref().map_or(0.0, |own| own.rules.listing_error);
    if share == 0.0 {
        return false;
    }
    let draw = world.draw;
    let wrong = |sku: SkuId| draw.chance(LISTED_WRONG, sku.0.into(), 0, share);
    super::door::goods(world, trip, |lines| lines.iter().any(|line| wrong(line.0)))
}

/// A fault of which nobody knows the cause.
fn other(world: &mut World<'_>, trip: &Trip, look: u32) -> bool {
    let share = world.model.inspection.as_ref().map_or(0.0, |own| own.other[look as usize]);
    let u = world.draw.uniform(OTHER, trip.key, look);
    surges(world, u, share)
}

/// Whether a share strikes, a surge of returns on top of it.
fn surges(world: &mut World<'_>, u: f64, share: f64) -> bool {
    let Some((row, surge)) = world.acting(FaultKind::ReturnsSurge, 0) else { return u < share };
    world.faults.struck[row] += u64::from(share <= u && u < share * surge.size);
    u < share * surge.size
}
