//! Short pick: the shelf has fewer units than the books say. The picker who empties it finds out: what is missing is
//! written off, its orders are allocated again, and the rest of the shelf is counted.
//! Token: the trip of a fulfillment order at the shelf.

use super::fault::Phantom;
use super::{Next, Stage, World};
use crate::domain::{Command, FulfillmentState, Handle, NodeId, SkuId};
use crate::metrics::Phase;
use crate::model::fault::strikes;

/// Units vanish from a share of the shelves; nobody knows it yet.
pub fn lose_units(world: &mut World<'_>, fault: usize) {
    let model = world.model;
    let row = &model.faults.as_deref().expect("a fault that begins").rows[fault];
    for sku in (0..world.engine.stock().skus()).map(SkuId) {
        for node in (0..world.engine.stock().nodes()).map(NodeId) {
            let concerns = row.target.is_none_or(|target| target == u32::from(node.0));
            let cell = u64::from(sku.0) << 16 | u64::from(node.0);
            if !concerns || !strikes(world.draw, fault, row.size, cell, 0) {
                continue;
            }
            let gone = world.faults.phantom.get(&(sku, node)).map_or(0, |phantom| phantom.units);
            let there = books(world, sku, node) - gone;
            let lost = libm::ceil(f64::from(there) * row.part) as u32;
            if 0 < lost {
                world.faults.phantom.insert((sku, node), Phantom { units: gone + lost, fault });
            }
        }
    }
}

/// The shelves of that fault are counted: what is missing and free is written off. What is held for orders is found
/// missing by their pickers.
pub fn count_shelves(world: &mut World<'_>, fault: usize) {
    let shelves = world.faults.phantom.iter().filter(|(_, phantom)| phantom.fault == fault);
    let shelves: Vec<_> = shelves.map(|(&cell, _)| cell).collect();
    shelves.into_iter().for_each(|cell| count(world, cell));
}

/// False: nothing of the fulfillment order is there, and its trip has ended.
pub fn finds_any(world: &mut World<'_>, token: Handle) -> bool {
    let trip = *world.trips.get(token);
    let node = NodeId(trip.node);
    let mut lines = std::mem::take(&mut world.scratch.lines);
    world.engine.group_lines(trip.handle, &mut lines);
    lines.sort_unstable_by_key(|line| line.0);
    let mut orders = Vec::new();
    for same in lines.chunk_by(|a, b| a.0 == b.0) {
        let (sku, wanted) = (same[0].0, same.iter().map(|line| line.1).sum::<u32>());
        let Some(phantom) = world.faults.phantom.get(&(sku, node)).copied() else { continue };
        let there = books(world, sku, node) - phantom.units;
        if wanted <= there {
            continue;
        }
        let missing = wanted - there;
        report(world, token, (sku, node), missing);
        orders.extend(world.transition.changes().map(|change| change.1));
        world.faults.struck[phantom.fault] += 1;
        world.faults.short_picks += 1;
        count(world, (sku, node));
    }
    if !orders.is_empty() {
        world.engine.group_lines(trip.handle, &mut lines);
        world.trips.get(token).lines = lines.len() as u16;
    }
    world.scratch.lines = lines;
    orders.sort_unstable();
    orders.dedup();
    for order in orders {
        world.send(order, Next::Go(Stage::AllocateAgain));
    }
    let facts = world.engine.fulfillment(trip.handle);
    if facts.is_some_and(|facts| facts.state != FulfillmentState::Incomplete) {
        return true;
    }
    world.trip_leaves(token, Phase::Pick);
    world.load.take(node, world.model.pack_work[node.index()]);
    world.trips.end(token);
    false
}

/// How many of so many free units can be gathered to be sent elsewhere. Who finds the shelf short counts it.
pub fn gather(world: &mut World<'_>, sku: SkuId, node: NodeId, wanted: u32) -> u32 {
    let Some(phantom) = world.faults.phantom.get(&(sku, node)).copied() else { return wanted };
    let there = books(world, sku, node) - phantom.units;
    if there < wanted {
        world.faults.struck[phantom.fault] += 1;
        count(world, (sku, node));
    }
    wanted.min(there)
}

/// The picker says what is missing; the trip goes on without it.
fn report(world: &mut World<'_>, token: Handle, (sku, node): (SkuId, NodeId), missing: u32) {
    let fulfillment = world.trips.get(token).handle;
    let short = Command::Short { fulfillment, sku, quantity: missing };
    world.apply(&short).expect("units that are held for a fulfillment order may be missing");
    found(world, (sku, node), missing);
    let facts = *world.model.catalog().sku(sku);
    let trip = world.trips.get(token);
    trip.units -= missing;
    trip.weight_g -= facts.weight_g * missing;
    trip.volume_ml -= facts.volume_ml * missing;
}

fn count(world: &mut World<'_>, (sku, node): (SkuId, NodeId)) {
    let Some(phantom) = world.faults.phantom.get(&(sku, node)) else { return };
    let quantity = phantom.units.min(world.engine.stock().available(sku, node));
    if 0 < quantity {
        world.apply(&Command::WriteOff { sku, node, quantity }).expect("free units may be missing");
        found(world, (sku, node), quantity);
    }
}

/// So many units are in the books no more.
fn found(world: &mut World<'_>, cell: (SkuId, NodeId), units: u32) {
    let phantom = world.faults.phantom.get_mut(&cell).expect("a shelf with units missing");
    phantom.units -= units;
    if phantom.units == 0 {
        world.faults.phantom.remove(&cell);
    }
}

fn books(world: &World<'_>, sku: SkuId, node: NodeId) -> u32 {
    let stock = world.engine.stock();
    stock.available(sku, node) + stock.held(sku, node) + stock.fenced(sku, node)
}
