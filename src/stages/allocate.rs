//! Allocate: the strategy chooses nodes for what the order still waits for; the engine holds and commits;
//! one token a fulfillment order goes on. Token: an approved order.

use std::borrow::Cow;

use super::trip::Trip;
use super::{Next, Stage, World};
use crate::allocation::{
    Allocator, OpenLine, OrderView, StockView, check_plan, hold_low_value, split_reasons,
};
use crate::domain::{
    Command, Handle, MethodId, Money, OrderId, OrderState, Plan, Refusal, SplitReason, ZoneId,
};
use crate::engine::OrderFacts;
use crate::kernel::time::Moment;
use crate::metrics::Phase;

pub fn allocate(world: &mut World<'_>, order: Handle) -> Next {
    match world.model.allocator.wave_every() {
        Some(every) if world.engine.order_state(order) == Some(OrderState::AwaitingAllocation) => {
            super::allocate_wave::join(world, order, every)
        }
        _ => place(world, order, false),
    }
}

/// A node gave back what it was to serve: those units begin to wait now.
pub fn again(world: &mut World<'_>, order: Handle) -> Next {
    place(world, order, true)
}

fn place(world: &mut World<'_>, order: Handle, again: bool) -> Next {
    let Some(facts) = world.engine.order(order) else { return Next::Done };
    let first = facts.state == OrderState::AwaitingAllocation;
    let waiting = matches!(facts.state, OrderState::Backordered | OrderState::InFulfillment);
    if !first && !waiting {
        return Next::Done;
    }
    if !first {
        stop_waiting(world, order, &facts);
    }
    plan_open(world, &facts);
    carry_out(world, order, &facts, first, again)
}

/// Holds back low-value boxes of the plan in `scratch.plan`, made for the lines in `scratch.view`.
pub fn guard(world: &mut World<'_>) {
    let (model, scratch) = (world.model, &mut world.scratch);
    if model.min_box_value == Money(0) {
        return;
    }
    let worth = |line: u16| {
        let open = scratch.view.iter().find(|open| open.line == line);
        model.catalog().sku(open.expect("the plan serves an open line").sku).price
    };
    hold_low_value(&mut scratch.plan, model.min_box_value, worth);
}

/// Commits the plan in `scratch.plan`, made for the lines in `scratch.view`; what it makes goes on, and what it
/// leaves waits.
pub fn carry_out(world: &mut World<'_>, order: Handle, facts: &OrderFacts, first: bool, again: bool) -> Next {
    let created = commit(world, order, facts);
    for &fulfillment in &created {
        let next = if world.model.floor.merge_window.0 == 0 { Stage::Wave } else { Stage::Merge };
        world.metrics.entered(Phase::Wave);
        world.send(fulfillment, Next::Go(next));
    }
    world.scratch.created = created;
    wait_for_the_rest(world, order, facts, first, again)
}

/// The order leaves the waiting lists; what it still lacks after this round joins them again.
fn stop_waiting(world: &mut World<'_>, order: Handle, facts: &OrderFacts) {
    let key = world.wait_key(facts);
    let mut open = std::mem::take(&mut world.scratch.open);
    world.engine.order_lines(order, &mut open);
    for line in &open {
        world.waiting.leave(line.sku, key);
    }
    world.scratch.open = open;
}

/// What no node can serve waits for stock, or is given up at once when the shop takes no backorders.
fn wait_for_the_rest(
    world: &mut World<'_>,
    order: Handle,
    facts: &OrderFacts,
    first: bool,
    again: bool,
) -> Next {
    let model = world.model;
    if !world.engine.order_waits(order) {
        return Next::Done;
    }
    if !model.rules.backorder {
        return Next::Go(Stage::DropBackorder);
    }
    world.metrics.backordered += u64::from(first);
    if first || again {
        world.send(order, Next::Wait(model.backorder_patience, Stage::DropBackorder));
    }
    if let Some(back) = world.next_node_back() {
        world.send(order, Next::Until(back, Stage::Allocate));
    }
    let key = world.wait_key(facts);
    let mut open = std::mem::take(&mut world.scratch.open);
    world.engine.order_lines(order, &mut open);
    for line in &open {
        world.waiting.wait(line.sku, key, order.bits());
    }
    world.scratch.open = open;
    Next::Done
}

pub fn drop_backorder(world: &mut World<'_>, order: Handle) -> Next {
    let Some(facts) = world.engine.order(order) else { return Next::Done };
    if world.attempt(&Command::DropBackorder { order }).is_err() {
        return Next::Done;
    }
    if facts.state == OrderState::Backordered {
        world.order_leaves(order, Phase::Allocate);
    } else if world.transition.to == Some(OrderState::Delivered) {
        // All else was handed over before.
        world.metrics.order_delivered(facts.method, facts.submitted, facts.promised, world.at);
        super::receive::keep(world, facts.id, order);
    }
    Next::Done
}

/// Plans, commits, and returns the trips of the fulfillment orders made, in the plan's order.
/// `facts` are those of the order at this instant, before the plan.
pub fn make_fulfillments(world: &mut World<'_>, order: Handle, facts: &OrderFacts) -> Vec<Handle> {
    plan_open(world, facts);
    commit(world, order, facts)
}

fn commit(world: &mut World<'_>, order: Handle, facts: &OrderFacts) -> Vec<Handle> {
    let mut created = std::mem::take(&mut world.scratch.created);
    created.clear();
    let mut plan = std::mem::take(&mut world.scratch.plan);
    if matches!(world.model.allocator, Allocator::Own(_)) && !is_sound(world, &plan, facts) {
        // What cannot be carried out is no plan: the order waits, and the refusal is told.
        world.metrics.refused[Refusal::PlanMismatch as usize] += 1;
        plan.assignments.clear();
    }
    let known = facts.state != OrderState::AwaitingAllocation;
    if !(known && plan.assignments.is_empty()) {
        tell_splits(world, &plan, facts);
        let command = Command::Allocate { order, plan: Cow::Borrowed(&plan.assignments) };
        world.apply(&command).expect("nobody else touches stock between plan and commit in virtual time");
        if matches!(world.transition.from, Some(OrderState::AwaitingAllocation | OrderState::Backordered))
            && world.transition.to == Some(OrderState::InFulfillment)
        {
            world.order_leaves(order, Phase::Allocate);
        }
        world.metrics.allocated(!known, world.transition.created.len());
        start_trips(world, &mut created, &plan, facts);
    }
    world.scratch.plan = plan;
    created
}

/// Whether a strategy that we do not know planned what there is, and all of what was asked.
fn is_sound(world: &mut World<'_>, plan: &Plan, facts: &OrderFacts) -> bool {
    let scratch = &mut world.scratch;
    world.engine.order_needs(facts.handle, &mut scratch.open, &mut scratch.own);
    let stock = StockView::live(world.engine.stock()).without_nodes(&scratch.offline);
    let order = OrderView {
        id: facts.id,
        zone: facts.zone,
        method: facts.method,
        at: world.at,
        promised: facts.promised,
        lines: &scratch.view,
        own: &scratch.own,
    };
    check_plan(&order, &stock, plan).is_ok()
}

/// Why the order goes in more than one shipment: counted before the plan takes its stock.
fn tell_splits(world: &mut World<'_>, plan: &Plan, facts: &OrderFacts) {
    if facts.state == OrderState::InFulfillment && !plan.assignments.is_empty() {
        world.metrics.split_for(SplitReason::Waited, 1);
    }
    if plan.fulfillment_count() < 2 {
        return;
    }
    let (model, scratch) = (world.model, &mut world.scratch);
    world.engine.order_needs(facts.handle, &mut scratch.open, &mut scratch.own);
    let stock = StockView::live(world.engine.stock()).without_nodes(&scratch.offline);
    let order = OrderView {
        id: facts.id,
        zone: facts.zone,
        method: facts.method,
        at: world.at,
        promised: facts.promised,
        lines: &scratch.view,
        own: &scratch.own,
    };
    let reach = model.reach(facts.method, facts.zone).near;
    let free = |line: &OpenLine, node| stock.available_to(&order, line.sku, node);
    let metrics = &mut world.metrics;
    split_reasons(plan, &scratch.view, reach, free, |reason| metrics.split_for(reason, 1));
}

fn start_trips(
    world: &mut World<'_>,
    trips: &mut Vec<Handle>,
    plan: &crate::domain::Plan,
    facts: &OrderFacts,
) {
    let model = world.model;
    let chunks = plan.assignments.chunk_by(|a, b| (a.node, a.group) == (b.node, b.group));
    let created = std::mem::take(&mut world.transition.created);
    for (&fulfillment, chunk) in created.iter().zip(chunks) {
        let mut trip = Trip {
            handle: fulfillment,
            since: world.at,
            submitted: facts.submitted,
            promised: facts.promised,
            key: facts.id.0 << 10 | u64::from(chunk[0].line),
            node: chunk[0].node.0,
            origin: chunk[0].node.0,
            zone: facts.zone.0,
            method: facts.method.0,
            payment: super::pay_lane::current(world, facts).0,
            lines: chunk.len() as u16,
            ..Trip::default()
        };
        for assignment in chunk {
            let view = world.scratch.view.iter().find(|line| line.line == assignment.line);
            let sku = model.catalog().sku(view.expect("the plan serves an open line").sku);
            trip.weight_g += sku.weight_g * assignment.quantity;
            trip.volume_ml += sku.volume_ml * assignment.quantity;
            trip.units += assignment.quantity;
        }
        trips.push(world.trips.begin(trip));
        world.load.add(chunk[0].node, model.pack_work[chunk[0].node.index()]);
        world.log_fulfillment(facts.id, fulfillment, chunk[0].node);
    }
    world.transition.created = created;
}

/// Plans what the order still waits for, counting the units that it already holds as usable for it.
pub fn plan_open(world: &mut World<'_>, facts: &OrderFacts) {
    let (model, scratch) = (world.model, &mut world.scratch);
    world.engine.order_needs(facts.handle, &mut scratch.open, &mut scratch.own);
    scratch.view.clear();
    let open = scratch.open.iter();
    scratch.view.extend(open.map(|line| model.open_line(line.line, line.sku, line.quantity)));
    plan_order(world, facts.id, facts.zone, facts.method, facts.promised);
}

/// Runs the strategy over `scratch.view` and `scratch.own`; the plan is in `scratch.plan`.
pub fn plan_order(world: &mut World<'_>, id: OrderId, zone: ZoneId, method: MethodId, promised: Moment) {
    let model = world.model;
    world.look_for_nodes();
    let scratch = &mut world.scratch;
    let order =
        OrderView { id, zone, method, at: world.at, promised, lines: &scratch.view, own: &scratch.own };
    let mut stock =
        StockView::live(world.engine.stock()).with_load(&world.load).without_nodes(&scratch.offline);
    if let Some(tables) = &world.tables {
        stock = stock.with_tables(tables);
    }
    scratch.plan.clear();
    model.allocator.plan(&order, &stock, &world.draw, &mut scratch.plan);
    scratch.plan.settle();
    guard(world);
}
