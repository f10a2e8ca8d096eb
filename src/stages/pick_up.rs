//! Pick-up: parcels that shoppers fetch from a compartment of a locker or over the counter of a pickup point, and
//! those that nobody fetches. Token: the trip of a parcel.
//!
//! # Why delivered means fetched
//! An order whose parcel nobody fetches goes back and is paid back, as one that nobody took at the door. So the engine
//! hears of it when the shopper has it; the promise is judged by when it lay there.

use super::deliver;
use super::trip::Trip;
use super::{Next, Stage, World};
use crate::domain::Handle;
use crate::kernel::draw::Purpose;
use crate::kernel::time::Span;
use crate::metrics::Phase;
use crate::model::{Model, To};

const SPOT: Purpose = Purpose::named("locker or pickup point");
const DWELL: Purpose = Purpose::named("pick-up dwell");

/// Numbers of banks and points are kept apart from those of orders by their highest bits.
const BANK: u64 = 1 << 62;
const POINT: u64 = 1 << 63;

/// Filled compartments, by bank; and in all.
#[derive(Debug, Default)]
pub struct Lockers {
    filled: Vec<u32>,
    all: u64,
}

impl Lockers {
    pub fn new(model: &Model) -> Lockers {
        let banks = model.pick_up.as_ref().map_or(0, |own| own.banks.len());
        Lockers { filled: vec![0; banks], all: 0 }
    }
}

/// Where a parcel is handed over: parcels of one spot are one stop of a tour. Numbers of doors are those of orders.
pub fn spot(world: &World<'_>, trip: &Trip) -> u64 {
    let order = trip.order_of_parcel().0;
    let zone = usize::from(trip.zone);
    let pick = |range: std::ops::Range<u32>| {
        u64::from(range.start + world.draw.below(SPOT, order, 0, range.end - range.start))
    };
    match (world.model.methods[usize::from(trip.method)].to, &world.model.pick_up) {
        (To::Locker, Some(own)) => BANK | pick(own.banks_of(zone)),
        (To::PickupPoint, Some(own)) => POINT | pick(own.points_of(zone)),
        _ => order,
    }
}

/// The carrier is there; `None` where the shopper is to be met at the door.
pub fn deposit(world: &mut World<'_>, parcel: Handle, trip: &Trip) -> Option<Next> {
    let own = world.model.pick_up.as_ref()?;
    let to = world.model.methods[usize::from(trip.method)].to;
    if to == To::Door {
        return None;
    }
    if to == To::Locker {
        let bank = (spot(world, trip) ^ BANK) as usize;
        if own.banks[bank] <= world.lockers.filled[bank] {
            world.metrics.pick_up.full += 1;
            return Some(deliver::not_handed_over(world, parcel, trip));
        }
        world.lockers.filled[bank] += 1;
        world.lockers.all += 1;
        world.metrics.pick_up.peak = world.metrics.pick_up.peak.max(world.lockers.all);
    }
    world.metrics.pick_up.deposited += 1;
    super::scorecard::arrived(world, trip);
    super::tracking::lies_there(world, parcel);
    world.trip_leaves(parcel, Phase::LastMile);
    world.metrics.entered(Phase::PickUp);
    if world.at <= trip.promised {
        *world.ready.entry(trip.order_of_parcel()).or_default() += 1;
    }
    let dwell = own.dwell.span(world.draw.uniform(DWELL, trip.key, 0));
    Some(match dwell <= own.hold {
        true => Next::Wait(dwell, Stage::PickedUp),
        false => Next::Wait(own.hold, Stage::Uncollected),
    })
}

pub fn picked_up(world: &mut World<'_>, parcel: Handle) -> Next {
    let (trip, lay) = take_out(world, parcel);
    world.metrics.pick_up.collected += 1;
    world.metrics.pick_up.lay_us += lay.0;
    deliver::hand_over(world, parcel, &trip, world.at - lay)
}

/// The hold is over: the carrier takes it back.
pub fn uncollected(world: &mut World<'_>, parcel: Handle) -> Next {
    let (trip, _) = take_out(world, parcel);
    world.metrics.pick_up.uncollected += 1;
    super::door::turns_round(world, &trip, false);
    deliver::turn_round(world, parcel, &trip)
}

/// The parcel, and how long it lay there.
fn take_out(world: &mut World<'_>, parcel: Handle) -> (Trip, Span) {
    let trip = *world.trips.get(parcel);
    if world.model.methods[usize::from(trip.method)].to == To::Locker {
        let bank = (spot(world, &trip) ^ BANK) as usize;
        world.lockers.filled[bank] -= 1;
        world.lockers.all -= 1;
    }
    let lay = world.trip_leaves(parcel, Phase::PickUp);
    if trip.since <= trip.promised {
        let order = trip.order_of_parcel();
        let left = world.ready.get_mut(&order).expect("a parcel that lay there in time");
        *left -= 1;
        if *left == 0 {
            world.ready.remove(&order);
        }
    }
    (trip, lay)
}
