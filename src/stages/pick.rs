//! Pick: a picker walks the lines of one fulfillment order. Token: the trip of a fulfillment order sent
//! to the floor.

use super::re_route::give_back;
use super::{Next, Stage, World};
use crate::domain::{Command, FaultKind, Handle, NodeId, SkuId};
use crate::kernel::draw::Purpose;
use crate::kernel::time::Span;
use crate::metrics::Phase;

const PICK_ORDER: Purpose = Purpose::named("pick order");
const PICK_LINE: Purpose = Purpose::named("pick line");

pub fn pick(world: &mut World<'_>, token: Handle) -> Next {
    let fulfillment = world.trips.get(token).handle;
    if world.attempt(&Command::Start { fulfillment }).is_err() {
        world.trips.end(token);
        return Next::Done;
    }
    world.trip_leaves(token, Phase::Wave);
    world.metrics.entered(Phase::Pick);
    let (model, trip) = (world.model, *world.trips.get(token));
    if let Some((row, _)) = world.acting(FaultKind::WarehouseOffline, trip.node.into()) {
        world.faults.struck[row] += 1;
    }
    let order = model.floor.pick_per_order.span(world.draw.uniform(PICK_ORDER, trip.key, 0));
    let line = model.floor.pick_per_line.span(world.draw.uniform(PICK_LINE, trip.key, 0));
    let node = &model.nodes[trip.node as usize];
    let work = node.hasten(Span(order.0 + line.0 * u64::from(trip.lines)));
    Next::Seize { station: node.pick, work, rank: model.rank(trip.method, trip.promised) }
}

pub fn picked(world: &mut World<'_>, token: Handle) -> Next {
    if world.model.faults.is_some() && finds_too_little(world, token) {
        world.trips.end(token);
        return Next::Done;
    }
    let fulfillment = world.trips.get(token).handle;
    world.apply(&Command::Pick { fulfillment }).expect("a fulfillment order on the floor is picked");
    world.trip_leaves(token, Phase::Pick);
    world.metrics.entered(Phase::Pack);
    Next::Go(Stage::Pack)
}

/// True when a shelf is empty of which the books say otherwise. The count is set right, so that nobody is sent there
/// again, and the orders look for another node, for what was there as well: it is back on its shelf.
fn finds_too_little(world: &mut World<'_>, token: Handle) -> bool {
    let trip = *world.trips.get(token);
    let mut lines = std::mem::take(&mut world.scratch.lines);
    world.engine.group_lines(trip.handle, &mut lines);
    lines.retain(|&(sku, _)| is_empty(world, trip.node, sku).is_some());
    let short = !lines.is_empty() && give_back(world, token, Phase::Pick);
    if short {
        world.faults.short += 1;
        for &(sku, _) in &lines {
            let (row, node) = (is_empty(world, trip.node, sku).expect("just asked"), NodeId(trip.node));
            world.faults.struck[row] += 1;
            let written_off = Command::WriteOff { sku, node, quantity: u32::MAX };
            world.apply(&written_off).expect("a shelf of the model");
        }
    }
    world.scratch.lines = lines;
    short
}

/// The fault that emptied the shelf. All who come to it meet the same fate, while the fault acts.
fn is_empty(world: &World<'_>, node: u16, sku: SkuId) -> Option<usize> {
    let shelf = u64::from(node) << 32 | u64::from(sku.0);
    let faults = world.model.faults.as_deref()?;
    let struck = (world.draw, shelf, 0);
    faults.striking(FaultKind::PhantomInventory, node.into(), world.at, struck).map(|(row, _)| row)
}
