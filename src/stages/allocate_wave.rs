//! Allocate, in waves: orders gather until the clock strikes, and the strategy plans them together.
//! Token: an approved order; the first to join a wave wakes it for all.

use super::allocate::{carry_out, guard};
use super::{Next, Stage, World};
use crate::allocation::{OpenLine, OrderView, StockView};
use crate::domain::{Handle, NodeId, OrderState, Plan, SkuId};
use crate::engine::OrderFacts;
use crate::kernel::time::Span;

/// The order waits for the next whole multiple of the span.
pub fn join(world: &mut World<'_>, order: Handle, every: Span) -> Next {
    world.wave.push(order);
    let strikes = world.at + Span(every.0 - world.at.0 % every.0);
    if 1 < world.wave.len() { Next::Done } else { Next::Until(strikes, Stage::AllocateWave) }
}

/// One order of the wave, as it is when the wave is planned.
struct Member {
    facts: OrderFacts,
    lines: Vec<OpenLine>,
    own: Vec<(SkuId, NodeId, u32)>,
}

pub fn allocate_wave(world: &mut World<'_>, _first: Handle) -> Next {
    let orders = std::mem::take(&mut world.wave);
    let members: Vec<Member> = orders.iter().filter_map(|&order| member(world, order)).collect();
    let mut plans = vec![Plan::default(); members.len()];
    plan(world, &members, &mut plans);
    for (member, plan) in members.into_iter().zip(plans) {
        let order = member.facts.handle;
        (world.scratch.view, world.scratch.plan) = (member.lines, plan);
        world.scratch.plan.settle();
        guard(world);
        let next = carry_out(world, order, &member.facts, true, false);
        if next != Next::Done {
            world.send(order, next);
        }
    }
    Next::Done
}

/// `None` for an order that was cancelled while it waited.
fn member(world: &mut World<'_>, order: Handle) -> Option<Member> {
    let facts = world.engine.order(order).filter(|facts| facts.state == OrderState::AwaitingAllocation)?;
    let (mut open, mut own) = (Vec::new(), Vec::new());
    world.engine.order_needs(order, &mut open, &mut own);
    let lines = open.iter().map(|line| world.model.open_line(line.line, line.sku, line.quantity)).collect();
    Some(Member { facts, lines, own })
}

fn plan(world: &mut World<'_>, members: &[Member], plans: &mut [Plan]) {
    world.look_for_nodes();
    let at = world.at;
    let views = members.iter().map(|Member { facts, lines, own }| OrderView {
        id: facts.id,
        zone: facts.zone,
        method: facts.method,
        at,
        promised: facts.promised,
        lines,
        own,
    });
    let orders: Vec<OrderView<'_>> = views.collect();
    let stock = StockView::live(world.engine.stock()).with_load(&world.load);
    let mut stock = stock.without_nodes(&world.scratch.offline);
    if let Some(tables) = &world.tables {
        stock = stock.with_tables(tables);
    }
    world.model.allocator.plan_wave(&orders, &stock, &world.draw, plans);
}
