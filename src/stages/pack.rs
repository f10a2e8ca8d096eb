//! Pack: the goods go into boxes, each box becomes a parcel with a label.
//! Token: the trip of a picked fulfillment order; its first parcel goes on with it.

use super::trip::Trip;
use super::{Next, Stage, World};
use crate::allocation::BoxItem;
use crate::domain::{Command, Handle, NodeId};
use crate::kernel::draw::Purpose;
use crate::kernel::time::Span;
use crate::metrics::{CostLine, Phase};

const PACK_ORDER: Purpose = Purpose::named("pack order");
const PACK_LINE: Purpose = Purpose::named("pack line");

pub fn pack(world: &mut World<'_>, token: Handle) -> Next {
    let (model, trip) = (world.model, *world.trips.get(token));
    let order = model.floor.pack_per_order.span(world.draw.uniform(PACK_ORDER, trip.key, 0));
    let line = model.floor.pack_per_line.span(world.draw.uniform(PACK_LINE, trip.key, 0));
    let node = &model.nodes[trip.node as usize];
    let work = node.hasten(Span(order.0 + line.0 * u64::from(trip.lines)));
    Next::Seize { station: node.pack, work, rank: model.rank(trip.method, trip.promised) }
}

pub fn packed(world: &mut World<'_>, token: Handle) -> Next {
    if world.faults.on_the_floor.contains(&token.bits()) {
        return super::lost::packed_again(world, token);
    }
    let trip = *world.trips.get(token);
    let fulfillment = trip.handle;
    let parcels = boxes_for(world, &trip);
    world.apply(&Command::Pack { fulfillment, parcels }).expect("a picked fulfillment order is packed");
    world.trip_leaves(token, Phase::Pack);
    world.load.take(NodeId(trip.node), world.model.pack_work[usize::from(trip.node)]);
    let packaging = world.model.costs.packaging_per_parcel.0 as f64;
    world.metrics.cost(CostLine::Packaging, packaging * f64::from(parcels));
    let created = std::mem::take(&mut world.transition.created);
    for (index, &parcel) in created.iter().enumerate() {
        // Each box carries and bills its share of the weight and the volume.
        let share = |whole: u32| whole / u32::from(parcels);
        let trip = Trip { weight_g: share(trip.weight_g), volume_ml: share(trip.volume_ml), ..trip };
        let trip = parcel_trip(world, &trip, parcel, index as u64);
        let token = match index {
            0 => {
                *world.trips.get(token) = trip;
                token
            }
            _ => world.trips.begin(trip),
        };
        world.metrics.entered(Phase::Dock);
        world.log_parcel(&trip, fulfillment);
        world.send(token, Next::Go(Stage::Ship));
    }
    world.metrics.packed(NodeId(trip.node), u64::from(parcels), u64::from(trip.units));
    world.transition.created = created;
    Next::Done
}

/// One box when all fits, else as many as first-fit-decreasing needs.
fn boxes_for(world: &mut World<'_>, trip: &Trip) -> u8 {
    if world.model.fits_one_box(trip.weight_g, trip.volume_ml, trip.units) {
        return 1;
    }
    let mut lines = std::mem::take(&mut world.scratch.lines);
    world.engine.fulfillment_lines(trip.handle, &mut lines);
    let catalog = world.model.catalog();
    world.scratch.items.clear();
    world.scratch.items.extend(lines.iter().map(|&(sku, quantity)| {
        let facts = catalog.sku(sku);
        BoxItem { sku, quantity, weight_g: facts.weight_g, volume_ml: facts.volume_ml }
    }));
    world.scratch.lines = lines;
    let boxes = world.scratch.boxes.pack(&world.scratch.items, world.model.boxes).len();
    // What was merged fits one box by the rule of merging; the engine counts parcels in 8 bits.
    boxes.clamp(1, 250) as u8
}

/// The trip goes on as that of one parcel.
pub fn parcel_trip(world: &World<'_>, trip: &Trip, parcel: Handle, index: u64) -> Trip {
    Trip { handle: parcel, since: world.at, key: trip.key << 8 | index, ..*trip }
}
