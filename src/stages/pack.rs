//! Pack: the goods go into boxes, each box becomes a parcel with a label.
//! Token: the trip of a picked fulfillment order; its first parcel goes on with it.

use super::trip::Trip;
use super::{Next, Stage, World};
use crate::allocation::BoxItem;
use crate::allocation::boxes::overfull;
use crate::domain::{Command, Handle, NodeId, Sku};
use crate::kernel::draw::Purpose;
use crate::kernel::time::Span;
use crate::metrics::{CostLine, Phase};

const PACK_ORDER: Purpose = Purpose::named("pack order");
const PACK_LINE: Purpose = Purpose::named("pack line");
const PICK_AGAIN: Purpose = Purpose::named("picked again");

pub fn pack(world: &mut World<'_>, token: Handle) -> Next {
    let (model, trip) = (world.model, *world.trips.get(token));
    let order = model.floor.pack_per_order.span(world.draw.uniform(PACK_ORDER, trip.key, 0));
    let line = model.floor.pack_per_line.span(world.draw.uniform(PACK_LINE, trip.key, 0));
    let node = &model.nodes[trip.node as usize];
    let apart = super::tour::consolidation(world, token);
    let again = super::inspect::picked_again(world, &trip);
    let again = again * model.floor.pick_per_line.span(world.draw.uniform(PICK_AGAIN, trip.key, 0)).0;
    let work = node.hasten(Span(order.0 + line.0 * u64::from(trip.lines) + apart.0 + again));
    Next::Seize { station: node.pack, work, rank: model.rank(trip.method, trip.promised) }
}

pub fn packed(world: &mut World<'_>, token: Handle) -> Next {
    if world.faults.on_the_floor.contains(&token.bits()) {
        return super::lost::packed_again(world, token);
    }
    let trip = *world.trips.get(token);
    let fulfillment = trip.handle;
    let goods = super::note::goods(world, &trip);
    let parcels = boxes_for(world, &trip);
    world.apply(&Command::Pack { fulfillment, parcels }).expect("a picked fulfillment order is packed");
    super::note::packed(world, token, &trip, goods);
    world.trip_leaves(token, Phase::Pack);
    world.load.take(NodeId(trip.node), world.model.pack_work[usize::from(trip.node)]);
    let packaging = world.model.costs.packaging_per_parcel.0 as f64;
    world.metrics.cost(CostLine::Packaging, packaging * f64::from(parcels));
    super::inspect::packed(world, &trip, parcels.into());
    let created = std::mem::take(&mut world.transition.created);
    for (index, &parcel) in created.iter().enumerate() {
        // Each box is billed by what is in it.
        let trip = match world.scratch.boxes.parcels().get(index) {
            Some(size) if 1 < parcels => Trip { weight_g: size.weight_g, volume_ml: size.volume_ml, ..trip },
            _ => trip,
        };
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
    let long = world.model.sells_long_goods;
    if !long && world.model.fits_one_box(trip.weight_g, trip.volume_ml, trip.units) {
        return 1;
    }
    let mut lines = std::mem::take(&mut world.scratch.lines);
    world.engine.group_lines(trip.handle, &mut lines);
    let catalog = world.model.catalog();
    world.scratch.items.clear();
    world.scratch.items.extend(lines.iter().map(|&(sku, quantity)| {
        let facts = catalog.sku(sku);
        let &Sku { weight_g, volume_ml, longest_mm, .. } = facts;
        BoxItem { sku, quantity, weight_g, volume_ml, longest_mm }
    }));
    world.scratch.lines = lines;
    let limits = world.model.boxes;
    let boxes = world.scratch.boxes.pack(&world.scratch.items, limits).len();
    if let Some(limit) = overfull(&world.scratch.items, limits) {
        world.metrics.split_for(limit.into(), boxes as u64 - 1);
    }
    // What was merged fits one box by the rule of merging; the engine counts parcels in 8 bits.
    boxes.clamp(1, 250) as u8
}

/// The trip goes on as that of one parcel.
pub fn parcel_trip(world: &World<'_>, trip: &Trip, parcel: Handle, index: u64) -> Trip {
    Trip { handle: parcel, since: world.at, key: trip.key << 8 | index, ..*trip }
}
