//! Trace: each parcel bears its share of the vehicles, touches and vans that served it, until its way is over.

use super::World;
use super::trip::Column;
use crate::domain::{Handle, LaneId, Money};
use crate::kernel::time::Span;
use crate::metrics::{Footprint, TraceSeen, UNITS, share};
use crate::model::Model;

/// What parcels on their way have cost so far, by trip, and the sums of those whose way is over.
pub struct Trace {
    parcels: Column<Footprint>,
    pub seen: TraceSeen,
}

impl Trace {
    pub fn new(model: &Model) -> Option<Box<Trace>> {
        let seen = || TraceSeen::new(model.stations.len(), model.carrier_names.len());
        model.traces.then(|| Box::new(Trace { parcels: Column::default(), seen: seen() }))
    }

    fn of(&mut self, parcel: Handle) -> &mut Footprint {
        if self.parcels.peek(parcel).is_none() {
            self.parcels.put(parcel, Footprint::default());
        }
        self.parcels.get(parcel)
    }

    /// The run ends: what is still on its way is summed as well.
    pub fn close(&mut self, sort_paid: i128) {
        let mut under_way = Footprint::default();
        self.parcels.rows().for_each(|parcel| under_way.add(parcel));
        (self.seen.of_under_way, self.seen.sort_paid) = (under_way, sort_paid);
    }
}

pub fn freight(world: &mut World<'_>, parcel: Handle, freight: Money) {
    if let Some(trace) = &mut world.trace {
        trace.of(parcel).freight += i128::from(freight.0) * UNITS;
    }
}

/// A vehicle left with these parcels, in the order in which they boarded.
pub fn departed(world: &mut World<'_>, lane: LaneId, parcels: &[u64]) {
    let Some(trace) = &mut world.trace else { return };
    let lane = world.model.network.lane(lane);
    let cost = u128::from(lane.departure_cost().0.unsigned_abs()) * UNITS as u128;
    for (place, &parcel) in parcels.iter().enumerate() {
        let own = trace.of(Handle::from_bits(parcel));
        own.linehaul += share(cost, parcels.len(), place) as i128;
        own.linehaul_ug += share(lane.co2_ug.into(), parcels.len(), place);
    }
}

/// A sorter of the station was busy with it for so long.
pub fn sorted(world: &mut World<'_>, parcel: Handle, station: usize, work: Span) {
    let Some(trace) = &mut world.trace else { return };
    trace.seen.sorted_us[station] += u128::from(work.0);
    trace.of(parcel).sort += i128::from(work.0) * i128::from(world.model.stations[station].wage.0);
}

/// A van's tour, shared by all that it carried.
pub fn toured(world: &mut World<'_>, parcels: &[Handle], meters: u64, took: Span) {
    let Some(trace) = &mut world.trace else { return };
    let rules = &world.model.network.rounds().expect("a tour of a van").rules;
    let (cost, co2) = (rules.cost_units(meters, took, UNITS), rules.co2_ug(meters));
    for (place, &parcel) in parcels.iter().enumerate() {
        let own = trace.of(parcel);
        own.last_mile += share(cost, parcels.len(), place) as i128;
        own.last_mile_ug += share(co2, parcels.len(), place);
    }
}

/// Somebody rang at the door, where the last mile is a law.
pub fn rang(world: &mut World<'_>, parcel: Handle, carrier: usize) {
    let Some(trace) = &mut world.trace else { return };
    if world.model.network.rounds().is_none() {
        trace.seen.attempts[carrier] += 1;
        trace.of(parcel).last_mile_ug += world.model.attempt_ug[carrier];
    }
}

/// Handed over, turned round or lost: nothing more is spent on it.
pub fn ends(world: &mut World<'_>, parcel: Handle) {
    let Some(trace) = &mut world.trace else { return };
    let own = std::mem::take(trace.of(parcel));
    trace.seen.finished += 1;
    trace.seen.of_finished.add(&own);
}
