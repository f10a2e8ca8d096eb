//! Door: who must be there, what is left when nobody is, and the cash that is handed over.
//! Token: the trip of a parcel.

use super::lost::Missing;
use super::trip::Trip;
use super::{Next, Stage, World, deliver};
use crate::domain::{CarrierId, Handle, MoneyAccount, NodeId, ParcelState, SkuId, ZoneId};
use crate::kernel::draw::Purpose;
use crate::kernel::time::Span;
use crate::metrics::{CostLine, Phase};
use crate::model::PaymentMethod;

const WAIVED: Purpose = Purpose::named("signature waived");
const STOLEN: Purpose = Purpose::named("stolen from the door");

fn payment<'m>(world: &World<'m>, trip: &Trip) -> &'m PaymentMethod {
    &world.model.payment[usize::from(trip.payment)]
}

/// The bell rings for the first time.
pub fn rings(world: &mut World<'_>, trip: &Trip) {
    let Some(rules) = world.model.signature else { return };
    let needed = rules.above.0 < worth(world, trip);
    world.metrics.door.at_door += 1;
    world.metrics.door.needed += u64::from(needed);
}

/// Nobody is at home: what happens to a parcel that may be left there.
pub fn left(world: &mut World<'_>, parcel: Handle, trip: &Trip) -> Option<Next> {
    let rules = world.model.signature?;
    if payment(world, trip).cash_on_delivery {
        return None;
    }
    let waived = world.draw.chance(WAIVED, trip.order_of_parcel().0, 0, rules.waiver);
    if !waived && rules.above.0 < worth(world, trip) {
        return None;
    }
    world.metrics.door.left += 1;
    if world.draw.chance(STOLEN, trip.key, trip.attempts.into(), rules.theft) {
        world.metrics.door.stolen += 1;
        let again = world.model.re_ship;
        world
            .missing
            .insert(parcel.bits(), Missing { again, paid_for: 0.0, phase: Phase::LastMile, stolen: true });
        // When the shopper comes home in the evening, the page says that it is there.
        return Some(Next::Wait(Span::HOUR, Stage::Lost));
    }
    world.trip_leaves(parcel, Phase::LastMile);
    Some(deliver::hand_over(world, parcel, trip, world.at))
}

/// Minor units that the goods in the parcel cost in the catalog.
fn worth(world: &mut World<'_>, trip: &Trip) -> i64 {
    let model = world.model;
    let price = |sku: SkuId| model.catalog().sku(sku).price.0;
    goods(world, trip, |lines| lines.iter().map(|&(sku, units)| price(sku) * i64::from(units)).sum())
}

/// What is in the parcel. Of several boxes of one fulfillment order each has every so-manieth line.
pub fn goods<T>(world: &mut World<'_>, trip: &Trip, read: impl FnOnce(&[(SkuId, u32)]) -> T) -> T {
    let mut lines = std::mem::take(&mut world.scratch.lines);
    lines.clear();
    if let Some(facts) = world.engine.parcel(trip.handle) {
        world.engine.group_lines(facts.lead, &mut lines);
        let (part, parts) = (usize::from(facts.part), usize::from(facts.parts.max(1)));
        let mut line = 0;
        lines.retain(|_| {
            line += 1;
            (line - 1) % parts == part
        });
    }
    let told = read(&lines);
    world.scratch.lines = lines;
    told
}

/// Just handed over: what was paid in cash stays with the carrier for a while.
pub fn cash(world: &mut World<'_>, trip: &Trip) {
    let method = payment(world, trip);
    if !method.cash_on_delivery || !world.model.door_is_told {
        return;
    }
    let paid = world.transition.postings.iter().filter(|posting| posting.from == MoneyAccount::Shopper);
    let paid: i64 = paid.map(|posting| posting.amount.0).sum();
    let kept = method.remit_after;
    let within = kept.min(world.model.horizon.saturating_since(world.at));
    let door = &mut world.metrics.door;
    door.cash_paid += 1;
    door.cash += paid;
    door.kept_us += i128::from(paid) * i128::from(kept.0);
    door.outstanding_us += i128::from(paid) * i128::from(within.0);
}

/// Nobody takes it: the way back is paid for.
pub fn turns_round(world: &mut World<'_>, trip: &Trip, refused: bool) {
    if !world.model.door_is_told {
        return;
    }
    let cash = payment(world, trip).cash_on_delivery;
    world.metrics.door.cash_refused += u64::from(cash && refused);
    world.metrics.door.cash_absent += u64::from(cash && !refused);
    let carrier = CarrierId(trip.carrier);
    let share = world.model.return_freight[carrier.index()];
    if 0.0 < share {
        let (origin, zone) = (NodeId(trip.origin), ZoneId(trip.zone));
        let freight = world.model.network.freight(carrier, origin, zone, trip.weight_g, trip.volume_ml);
        let back = share * freight.0 as f64;
        world.metrics.door.return_freight += back;
        world.metrics.cost(CostLine::ReturnFreight, back);
    }
}

/// At its node, before it is graded: how long its units could not be sold.
pub fn back(world: &mut World<'_>, trip: &Trip) {
    if !world.model.door_is_told {
        return;
    }
    let facts = world.engine.parcel(trip.handle);
    if facts.is_some_and(|facts| facts.state == ParcelState::ReturningToSender) {
        world.metrics.door.came_back += 1;
        world.metrics.door.unit_us += u128::from(trip.units) * u128::from(world.at.since(trip.submitted).0);
    }
}
