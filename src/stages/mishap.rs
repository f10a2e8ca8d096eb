//! Mishap: at the end of a lane a carrier finds that a parcel is gone, broken, or lies in a corner.
//! Token: the trip of a parcel.
//!
//! Each carrier does so by its own shares, on each lane of a way: a parcel of `h` lanes arrives unhurt with
//! `(1 - share)^h`.

use super::inspect::flaw;
use super::lost::Missing;
use super::trip::Trip;
use super::{Next, Stage, World};
use crate::domain::{CarrierId, Handle, NodeId};
use crate::kernel::draw::Purpose;
use crate::model::CarrierMishaps;

const LOST: Purpose = Purpose::named("lost by its carrier");
const DAMAGED: Purpose = Purpose::named("damaged by its carrier");
const DELAYED: Purpose = Purpose::named("left lying by its carrier");
const DELAY: Purpose = Purpose::named("how long left lying");

/// The parcel came by a lane to `to`; what follows when it is not sorted now.
pub fn on_lane(world: &mut World<'_>, parcel: Handle, to: NodeId) -> Option<Next> {
    let mishaps = world.model.mishaps.as_ref()?;
    let trip = *world.trips.get(parcel);
    let carrier: &CarrierMishaps = &mishaps.carriers[usize::from(trip.carrier)];
    let lane = lane(world, &trip, to);
    let seen = CarrierId(trip.carrier).index();
    if world.draw.chance(LOST, trip.key, lane, carrier.loss) {
        let missing = Missing::by_carrier(world.model.re_ship, carrier.liability);
        world.missing.insert(parcel.bits(), missing);
        return Some(Next::Wait(carrier.search, Stage::Lost));
    }
    if world.draw.chance(DAMAGED, trip.key, lane, carrier.damage) && breaks(world, trip.key) {
        world.metrics.carriers[seen].damaged += 1;
    }
    if world.draw.chance(DELAYED, trip.key, lane, carrier.delay_share) {
        let delay = carrier.delay.span(world.draw.uniform(DELAY, trip.key, lane));
        world.metrics.carriers[seen].delayed += 1;
        world.metrics.carriers[seen].delayed_us += delay.0;
        world.trips.get(parcel).node = to.0;
        return Some(Next::Wait(delay, Stage::Found));
    }
    None
}

/// False where it was broken already.
fn breaks(world: &mut World<'_>, parcel: u64) -> bool {
    let flaws = world.flaws.entry(parcel).or_default();
    let before = *flaws;
    *flaws |= flaw::BROKEN;
    before & flaw::BROKEN == 0
}

/// Another number for each lane that the parcel takes, also when it is sent once more.
fn lane(world: &World<'_>, trip: &Trip, to: NodeId) -> u32 {
    let times = world.faults.again.get(&trip.key).copied().unwrap_or(0);
    u32::from(to.0) | times << 16
}

/// It was in a corner of the hub, and goes on.
pub fn found(world: &mut World<'_>, parcel: Handle) -> Next {
    let hub = NodeId(world.trips.get(parcel).node);
    super::ship::unloaded(world, parcel, hub)
}
