//! Deliver: the last mile, the attempts at the door, and cash for those who pay there. Token: a parcel.

use super::world::ParcelTrip;
use super::{Next, Stage, World};
use crate::domain::{CarrierId, Command, Handle, MethodId, NodeId, OrderState, ZoneId};
use crate::kernel::draw::Purpose;
use crate::metrics::Phase;

const LAST_MILE: Purpose = Purpose::named("last mile");
const ATTEMPT: Purpose = Purpose::named("attempt");
const AT_DOOR: Purpose = Purpose::named("refuse at the door");

pub fn last_mile(world: &mut World<'_>, parcel: Handle) -> Next {
    world.metrics.entered(Phase::LastMile);
    let trip = *world.parcels.get(parcel);
    let u = world.draw.uniform(LAST_MILE, trip.key, 0);
    let (carrier, hub, zone) = (CarrierId(trip.carrier), NodeId(trip.node), ZoneId(trip.zone));
    let door = world.model.network.first_attempt(carrier, hub, zone, world.at, u);
    Next::Until(door, Stage::Attempt)
}

pub fn attempt(world: &mut World<'_>, parcel: Handle) -> Next {
    let (model, trip) = (world.model, *world.parcels.get(parcel));
    let carrier = CarrierId(trip.carrier);
    world.metrics.attempts += 1;
    let number = trip.attempts + 1;
    world.parcels.get(parcel).attempts = number;
    let last_mile = model.network.last_mile(carrier);
    if world.draw.chance(ATTEMPT, trip.key, number.into(), last_mile.attempt_failure) {
        return match u32::from(number) < last_mile.attempts {
            true => Next::Until(last_mile.retry(world.at), Stage::Attempt),
            false => give_up(world, parcel, &trip),
        };
    }
    if let Some(refuse) = refusal_at_door(world, &trip) {
        if world.draw.chance(AT_DOOR, trip.key, 0, refuse) {
            return give_up(world, parcel, &trip);
        }
    }
    hand_over(world, parcel, &trip)
}

/// The share refused at the door, for cash on delivery only.
fn refusal_at_door(world: &World<'_>, trip: &ParcelTrip) -> Option<f64> {
    let method = &world.model.payment[usize::from(trip.payment)];
    method.cash_on_delivery.then_some(method.refuse_at_door)
}

fn hand_over(world: &mut World<'_>, parcel: Handle, trip: &ParcelTrip) -> Next {
    world.apply(&Command::Deliver { parcel }).expect("a parcel in transit is handed over");
    world.parcel_leaves(parcel, Phase::LastMile);
    world.metrics.parcel_delivered(CarrierId(trip.carrier), trip.promised, world.at);
    close_orders(world, parcel, trip)
}

fn give_up(world: &mut World<'_>, parcel: Handle, trip: &ParcelTrip) -> Next {
    world.apply(&Command::FailDelivery { parcel }).expect("a parcel in transit turns round");
    world.parcel_leaves(parcel, Phase::LastMile);
    world.metrics.entered(Phase::Return);
    close_orders(world, parcel, trip);
    super::after_sales::travel_back(world, parcel)
}

/// Orders that this parcel completed: their lead time is known, and the shopper looks at the goods.
fn close_orders(world: &mut World<'_>, parcel: Handle, trip: &ParcelTrip) -> Next {
    let transition = std::mem::take(&mut world.transition);
    let orders = transition.changes().count();
    for (id, order, from, to) in transition.changes() {
        if to == OrderState::Delivered && from != Some(to) {
            let (submitted, promised) = if id == trip.order() {
                (trip.submitted, trip.promised)
            } else {
                let facts = world.engine.order(order).expect("a delivered order keeps its slot");
                (facts.submitted, facts.promised)
            };
            // Orders that share a box share the method.
            world.metrics.order_delivered(MethodId(trip.method), submitted, promised, world.at);
            super::receive::inspect(world, id, order, parcel, orders);
        }
    }
    world.transition = transition;
    Next::Done
}
