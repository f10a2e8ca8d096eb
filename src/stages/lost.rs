//! Lost: a parcel that nobody can find any more. Its goods are written off, and sent once more or paid back.
//! Token: the trip of a parcel.

use super::{Next, World};
use crate::domain::{Account, CarrierId, Command, Handle, MethodId, NodeId, OrderState};
use crate::metrics::{CostLine, Phase};

/// A parcel that the shop still looks for.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Missing {
    /// Its goods are sent once more, where the node has them.
    pub again: bool,
    /// The share of its goods that the carrier pays for.
    pub paid_for: f64,
    /// In which it disappeared.
    pub phase: Phase,
    /// From a door, and not lost by its carrier.
    pub stolen: bool,
}

impl Missing {
    /// On the road.
    pub fn by_carrier(again: bool, paid_for: f64) -> Missing {
        Missing { again, paid_for, phase: Phase::Linehaul, stolen: false }
    }
}

/// The shop stops looking, and claims from the carrier what it pays for.
pub fn lost(world: &mut World<'_>, parcel: Handle) -> Next {
    let trip = *world.trips.get(parcel);
    let missing = world.missing.remove(&parcel.bits()).expect("somebody lost the parcel");
    let sent_again = missing.again && world.attempt(&Command::Replace { parcel: trip.handle }).is_ok();
    if !sent_again {
        world.apply(&Command::Lose { parcel: trip.handle }).expect("a parcel on the road gets lost");
    }
    let (units, value) = written_off(world);
    if missing.stolen {
        super::scorecard::arrived(world, &trip);
    } else {
        world.metrics.parcel_lost(CarrierId(trip.carrier));
        super::scorecard::lost(world, &trip);
    }
    world.flaws.remove(&trip.key);
    super::tracking::got_lost(world, parcel);
    world.metrics.cost(CostLine::LostGoods, value as f64 * (1.0 - missing.paid_for));
    world.trip_leaves(parcel, missing.phase);
    if sent_again {
        return pick_again(world, parcel, units);
    }
    world.faults.lost += 1;
    super::trace::ends(world, parcel);
    world.trips.end(parcel);
    close_orders(world, MethodId(trip.method));
    Next::Done
}

/// Units that the last transition wrote off, and what they cost in the catalog, in minor units.
fn written_off(world: &World<'_>) -> (u32, i64) {
    let gone = world.transition.moves.iter().filter(|units| units.to == Account::Missing);
    let price = |sku| world.model.catalog().sku(sku).price.0;
    gone.fold((0, 0), |(units, value), each| {
        (units + each.quantity, value + price(each.sku) * i64::from(each.quantity))
    })
}

fn pick_again(world: &mut World<'_>, parcel: Handle, units: u32) -> Next {
    let trip = world.trips.get(parcel);
    trip.units = units;
    trip.node = trip.origin;
    let (key, node) = (trip.key, NodeId(trip.node));
    world.faults.re_shipped += 1;
    *world.faults.again.entry(key).or_default() += 1;
    world.faults.on_the_floor.insert(parcel.bits());
    world.load.add(node, world.model.pack_work[node.index()]);
    world.metrics.entered(Phase::Pick);
    super::pick::walk(world, parcel)
}

/// The parcel of a trip that is packed once more goes the way that it went before.
pub fn packed_again(world: &mut World<'_>, parcel: Handle) -> Next {
    world.faults.on_the_floor.remove(&parcel.bits());
    world.trip_leaves(parcel, Phase::Pack);
    let trip = *world.trips.get(parcel);
    let node = NodeId(trip.node);
    world.load.take(node, world.model.pack_work[node.index()]);
    world.metrics.cost(CostLine::Packaging, world.model.costs.packaging_per_parcel.0 as f64);
    world.metrics.packed(node, 1, trip.units.into());
    super::note::again(world, &trip);
    world.metrics.entered(Phase::Dock);
    super::ship::ship(world, parcel)
}

/// Orders of which this was the last parcel, and of which others came: they are delivered now, as far as they will be.
pub fn close_orders(world: &mut World<'_>, method: MethodId) {
    for place in 0.. {
        let Some((id, order, from, to)) = world.transition.changes().nth(place) else { break };
        if to == OrderState::Delivered && from != Some(to) {
            let facts = world.engine.order(order).expect("a delivered order keeps its slot");
            world.metrics.order_delivered(method, facts.submitted, facts.promised, world.at);
            super::promise::told(world, id, Some(world.at));
            super::receive::handed_over(world, id, order, facts.promised, world.at);
            super::receive::keep(world, id, order);
        }
    }
}
