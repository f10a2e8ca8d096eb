//! Replenish: shelves are looked at, orders go to the supplier, goods come after the lead time.
//!
//! The position of a cell is what is free there, plus what is on order, less what waits for it: an order waits for the
//! nearest cell that a rule fills. Base stock orders what lacks to the level; (s, Q) orders lots at or below it.

use super::{Next, Stage, World};
use crate::domain::{Command, Handle};
use crate::kernel::draw::Purpose;
use crate::metrics::CostLine;
use crate::model::{Model, Policy, Replenishment};

const LEAD_TIME: Purpose = Purpose::named("supplier lead time");

/// Orders to suppliers that have not come.
#[derive(Debug, Default)]
pub struct OnOrder {
    /// By cell: units on order, and how often was ordered.
    units: Vec<u64>,
    times: Vec<u32>,
    deliveries: Vec<Delivery>,
    free: Vec<u32>,
}

/// A part of an order, on its way.
#[derive(Debug, Clone, Copy)]
struct Delivery {
    cell: usize,
    quantity: u32,
}

impl OnOrder {
    pub fn new(model: &Model) -> OnOrder {
        let cells = model.replenish.as_ref().map_or(0, |own| own.cells.len());
        OnOrder { units: vec![0; cells], times: vec![0; cells], ..OnOrder::default() }
    }

    fn put(&mut self, delivery: Delivery) -> Handle {
        let place = self.free.pop().unwrap_or(self.deliveries.len() as u32);
        match self.deliveries.get_mut(place as usize) {
            Some(old) => *old = delivery,
            None => self.deliveries.push(delivery),
        }
        Handle::from_bits(place.into())
    }
}

/// Token: the number of the rule.
pub fn review(world: &mut World<'_>, token: Handle) -> Next {
    let replenish = world.model.replenish.as_ref().expect("only rules are reviewed");
    let number = token.bits() as usize;
    let rule = &replenish.rules[number];
    let waiting = waiting(world, replenish, rule.cells.clone());
    for place in rule.cells.clone() {
        let cell = replenish.cells[place];
        let free = i64::from(world.engine.stock().available(cell.sku, cell.node));
        let on_order = supply(world).on_order.units[place] as i64;
        let position = free + on_order - waiting[place - rule.cells.start] as i64;
        let (level, lot) = (i64::from(cell.level), i64::from(rule.quantity));
        let lacks = match rule.policy {
            Policy::BaseStock => level - position,
            // Above the point, by whole lots.
            Policy::ReorderPoint => level + 1 - position,
        };
        let lots = (lacks.max(0) + lot - 1) / lot;
        if 0 < lots {
            order(world, number, place, u32::try_from(lots * lot).unwrap_or(crate::engine::CELL_MAX));
        }
    }
    Next::Wait(rule.review, Stage::ReviewShelves)
}

fn supply<'w>(world: &'w mut World<'_>) -> &'w mut super::supply::Supply {
    world.supply.as_mut().expect("a run with supply keeps it")
}

/// Units that wait for each of the cells.
fn waiting(world: &mut World<'_>, replenish: &Replenishment, cells: std::ops::Range<usize>) -> Vec<u64> {
    let mut units = vec![0; cells.len()];
    let mut open = std::mem::take(&mut world.scratch.open);
    let mut last = None;
    for place in cells.clone() {
        let sku = replenish.cells[place].sku;
        if last.replace(sku) == Some(sku) {
            // Cells of a SKU stand together: its line was walked.
            continue;
        }
        let mut waiter = world.waiting.first(sku);
        while let Some(found) = waiter {
            waiter = world.waiting.after(sku, found.key);
            let order = Handle::from_bits(found.token);
            let Some(facts) = world.engine.order(order) else { continue };
            let near = world.model.reach(facts.method, facts.zone).near;
            let nearest = near.iter().find_map(|&node| replenish.place(sku, node));
            if let Some(place) = nearest.filter(|place| cells.contains(place)) {
                world.engine.order_lines(order, &mut open);
                let own = open.iter().filter(|line| line.sku == sku);
                units[place - cells.start] += own.map(|line| u64::from(line.quantity)).sum::<u64>();
            }
        }
    }
    world.scratch.open = open;
    units
}

/// The supplier sends what he has after the lead time, and the rest after one more.
fn order(world: &mut World<'_>, number: usize, place: usize, quantity: u32) {
    let rule = &world.model.replenish.as_ref().expect("a rule orders").rules[number];
    let draw = world.draw;
    let own = supply(world);
    own.on_order.units[place] += u64::from(quantity);
    let entity = (place as u64) << 32 | u64::from(own.on_order.times[place]);
    own.on_order.times[place] += 1;
    let first = libm::ceil(f64::from(quantity) * rule.supplier_fill) as u32;
    let mut after = rule.lead_time.span(draw.uniform(LEAD_TIME, entity, 0));
    for (part, attempt) in [(first, 1), (quantity - first, 2)] {
        if 0 < part {
            let token = supply(world).on_order.put(Delivery { cell: place, quantity: part });
            world.send(token, Next::Wait(after, Stage::SupplierDelivers));
        }
        after += rule.lead_time.span(draw.uniform(LEAD_TIME, entity, attempt));
    }
    world.metrics.supply.orders[number] += 1;
    world.metrics.supply.ordered += u64::from(quantity);
    world.metrics.cost(CostLine::Purchasing, rule.order_cost.0 as f64);
}

/// Token: the delivery.
pub fn deliver(world: &mut World<'_>, token: Handle) -> Next {
    let own = supply(world);
    let Delivery { cell: place, quantity } = own.on_order.deliveries[token.bits() as usize];
    own.on_order.free.push(token.bits() as u32);
    own.on_order.units[place] -= u64::from(quantity);
    let cell = world.model.replenish.as_ref().expect("a rule ordered").cells[place];
    let command = Command::Receive { sku: cell.sku, node: cell.node, quantity };
    world.apply(&command).expect("a shelf takes what comes in");
    world.metrics.supply.supplied += u64::from(quantity);
    world.stock_arrived(cell.sku);
    Next::Done
}
