//! Deliver: the last mile, the attempts at the door, and cash for those who pay there. Token: the trip
//! of a parcel.

use super::trip::Trip;
use super::{Next, Stage, World, door, pick_up, receive, round, trace};
use crate::domain::{CarrierId, Command, Handle, MethodId, NodeId, OrderState, ZoneId};
use crate::kernel::draw::Purpose;
use crate::kernel::time::Moment;
use crate::metrics::{Fault, Phase};

const LAST_MILE: Purpose = Purpose::named("last mile");
const ATTEMPT: Purpose = Purpose::named("attempt");
const AT_DOOR: Purpose = Purpose::named("refuse at the door");

pub fn last_mile(world: &mut World<'_>, parcel: Handle) -> Next {
    world.metrics.entered(Phase::LastMile);
    if world.model.network.rounds().is_some() {
        return round::feed(world, parcel);
    }
    let trip = *world.trips.get(parcel);
    super::tracking::goes_out(world, parcel);
    let u = world.draw.uniform(LAST_MILE, trip.key, 0);
    let (carrier, hub, zone) = (CarrierId(trip.carrier), NodeId(trip.node), ZoneId(trip.zone));
    let door = world.model.network.first_attempt(carrier, hub, zone, world.at, u);
    Next::Until(door, Stage::Attempt)
}

pub fn attempt(world: &mut World<'_>, parcel: Handle) -> Next {
    let (model, trip) = (world.model, *world.trips.get(parcel));
    let carrier = CarrierId(trip.carrier);
    world.metrics.attempts += 1;
    trace::rang(world, parcel, carrier.index());
    let number = trip.attempts + 1;
    world.trips.get(parcel).attempts = number;
    let trip = Trip { attempts: number, ..trip };
    if let Some(next) = pick_up::deposit(world, parcel, &trip) {
        return next;
    }
    if number == 1 {
        door::rings(world, &trip);
    }
    let failure = model.network.last_mile(carrier).attempt_failure;
    if world.draw.chance(ATTEMPT, trip.key, number.into(), failure) {
        if let Some(next) = door::left(world, parcel, &trip) {
            return next;
        }
        return not_handed_over(world, parcel, &trip);
    }
    if let Some(refuse) = refusal_at_door(world, &trip)
        && world.draw.chance(AT_DOOR, trip.key, 0, refuse)
    {
        world.trip_leaves(parcel, Phase::LastMile);
        door::turns_round(world, &trip, true);
        return turn_round(world, parcel, &trip);
    }
    world.trip_leaves(parcel, Phase::LastMile);
    hand_over(world, parcel, &trip, world.at)
}

/// Another attempt, if the carrier makes one more; else back to the origin.
pub fn not_handed_over(world: &mut World<'_>, parcel: Handle, trip: &Trip) -> Next {
    let last_mile = world.model.network.last_mile(CarrierId(trip.carrier));
    if u32::from(trip.attempts) < last_mile.attempts {
        super::tracking::attempt_failed(world, parcel);
        return match world.model.network.rounds() {
            Some(_) => round::retry(world, trip),
            None => {
                let (carrier, zone) = (CarrierId(trip.carrier), ZoneId(trip.zone));
                Next::Until(world.model.network.retry(carrier, zone, world.at), Stage::Attempt)
            }
        };
    }
    world.trip_leaves(parcel, Phase::LastMile);
    door::turns_round(world, trip, false);
    turn_round(world, parcel, trip)
}

/// The share refused at the door, for cash on delivery only.
fn refusal_at_door(world: &World<'_>, trip: &Trip) -> Option<f64> {
    let method = &world.model.payment[usize::from(trip.payment)];
    method.cash_on_delivery.then_some(method.refuse_at_door)
}

/// The shopper has it; `judged` is when the carrier had done its part.
pub fn hand_over(world: &mut World<'_>, parcel: Handle, trip: &Trip, judged: Moment) -> Next {
    world.apply(&Command::Deliver { parcel: trip.handle }).expect("a parcel in transit is handed over");
    world.metrics.parcel_delivered(CarrierId(trip.carrier), trip.promised, judged);
    door::cash(world, trip);
    super::tracking::came(world, parcel);
    super::scorecard::arrived(world, trip);
    trace::ends(world, parcel);
    let claim = super::inspect::look(world, parcel);
    if !close_orders(world, parcel, trip, judged, claim) {
        world.trips.end(parcel);
    }
    Next::Done
}

/// Nobody takes it: back to the origin.
pub fn turn_round(world: &mut World<'_>, parcel: Handle, trip: &Trip) -> Next {
    world.apply(&Command::FailDelivery { parcel: trip.handle }).expect("a parcel in transit turns round");
    trace::ends(world, parcel);
    world.metrics.entered(Phase::Return);
    super::scorecard::arrived(world, trip);
    super::tracking::turned_round(world, parcel);
    close_orders(world, parcel, trip, world.at, None);
    super::after_sales::travel_back(world, parcel)
}

/// Orders that this parcel completed: their lead time is known, and the shopper looks at the goods.
/// True when the shopper will send the parcel back.
fn close_orders(
    world: &mut World<'_>,
    parcel: Handle,
    trip: &Trip,
    judged: Moment,
    claim: Option<Fault>,
) -> bool {
    let orders = 1 + world.transition.also.len();
    let mut sent_back = false;
    // One after the other and not by an iterator: what follows writes to the world.
    for place in 0..orders {
        let Some((id, order, from, to)) = world.transition.changes().nth(place) else { break };
        if to == OrderState::Delivered && from != Some(to) {
            let (submitted, promised) = if id == trip.order_of_parcel() {
                (trip.submitted, trip.promised)
            } else {
                let facts = world.engine.order(order).expect("a delivered order keeps its slot");
                (facts.submitted, facts.promised)
            };
            // Orders that share a box share the method.
            world.metrics.order_delivered(MethodId(trip.method), submitted, promised, judged);
            super::promise::told(world, id, Some(judged));
            receive::handed_over(world, id, order, promised, judged);
            sent_back |= receive::inspect(world, id, order, (parcel, orders), claim);
        } else if to == OrderState::Undelivered && from != Some(to) {
            super::promise::told(world, id, None);
        }
    }
    sent_back
}
