//! Quota: a carrier takes so many parcels a day; the rest goes to its overflow carrier, or waits for a day with room.
//! Token: the trip of a parcel whose carrier is chosen.

use super::{Next, Stage, World};
use crate::domain::{CarrierId, Handle, NodeId, ZoneId};
use crate::logistics::Quota;
use crate::model::Model;

/// By carrier; empty where every carrier takes everything.
#[derive(Debug, Default)]
pub struct Quotas(Vec<Option<Quota>>);

impl Quotas {
    pub fn new(model: &Model) -> Quotas {
        let Some(movement) = &model.movement else { return Quotas::default() };
        let clock = model.network.clock();
        let quota = |day: &Option<crate::model::DayShare>| day.map(|day| Quota::new(day.parcels, clock));
        Quotas(movement.days.iter().map(quota).collect())
    }

    #[inline]
    pub fn are_set(&self) -> bool {
        !self.0.is_empty()
    }
}

/// The first carrier of the chain from the trip's own on that has room today; else the one that has room first.
pub fn book(world: &mut World<'_>, parcel: Handle) -> Next {
    let (model, at, trip) = (world.model, world.at, *world.trips.get(parcel));
    let days = &model.movement.as_ref().expect("some carrier has a limit").days;
    let own = CarrierId(trip.carrier);
    let (mut best, mut next) = (None, Some(own));
    while let Some(carrier) = next {
        if model.network.reaches(carrier, NodeId(trip.origin), ZoneId(trip.zone)) {
            let first = world.quotas.0[carrier.index()].as_ref().map_or(at, |quota| quota.first(at));
            if best.is_none_or(|(earlier, _)| first < earlier) {
                best = Some((first, carrier));
            }
            if first == at {
                break;
            }
        }
        next = days[carrier.index()].and_then(|day| day.overflow);
    }
    let (first, carrier) = best.expect("the carrier that was chosen reaches the zone");
    if let Some(quota) = &mut world.quotas.0[carrier.index()] {
        quota.take(first);
    }
    let seen = &mut world.metrics.movement.carriers[own.index()];
    seen.asked += 1;
    seen.overflowed += u64::from(carrier != own);
    seen.postponed += u64::from(at < first);
    seen.postponed_us += first.since(at).0;
    world.trips.get(parcel).carrier = carrier.0;
    if first == at { super::ship::label(world, parcel) } else { Next::Until(first, Stage::Label) }
}
