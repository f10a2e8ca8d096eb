//! Plans: how long each strategy thinks about an order of a run, beside looking its lines up.

use std::cell::{Cell, RefCell};
use std::hint::black_box;

use super::{Row, Shop, Size, Turn, beside, cpu};
use crate::audit::{Audit, Auditor, Setup};
use crate::domain::{Command, NodeId, Transition};
use crate::engine::Engine;
use crate::kernel::draw::Draw;
use crate::kernel::time::Moment;
use crate::stages::{World, planning};

const PLANS: u64 = 100_000;

/// Strategies that plan orders together, by business time, have no time an order.
pub(super) fn rows(shops: &[Shop], size: Size, tell: &mut dyn FnMut(Row) -> bool) {
    for shop in shops.iter().filter(|shop| shop.model.allocator.wave_every().is_none()) {
        if !tell(row(shop, size)) {
            return;
        }
    }
}

fn row(Shop { strategy, model, script }: &Shop, size: Size) -> Row {
    let engine = Engine::new(model.engine_size, model.engine_rules.clone());
    for &(sku, node, quantity) in &model.initial_stock {
        let received = Command::Receive { sku, node, quantity };
        engine.apply(Moment::ZERO, &received, &mut Transition::default()).expect("a shelf of the model");
    }
    let world = World::new(model, &engine, Draw::new(1, 0), Auditor::new(Audit::Off, Setup::default()));
    let world = RefCell::new(world);
    world.borrow_mut().refresh_strategy();
    let lane = &script.lanes[0];
    let plans = size.units(PLANS);
    let next = Cell::new(0);
    // Both go on where the other one stopped: each order is as new to one as to the other.
    let baskets = || {
        let from = next.replace(next.get() + plans as usize);
        (from..from + plans as usize).map(|turn| &lane.baskets[turn % lane.baskets.len()])
    };
    let plan = || {
        let (world, asked) = (&mut *world.borrow_mut(), baskets());
        cpu(plans, || {
            for basket in asked {
                let lines = &lane.lines[basket.lines.start as usize..basket.lines.end as usize];
                black_box(planning::plan_basket(world, basket.id, basket.zone, basket.method, lines, None));
            }
        })
    };
    let look_up = || {
        let (stock, asked) = (engine.stock(), baskets());
        cpu(plans, || {
            for basket in asked {
                let lines = &lane.lines[basket.lines.start as usize..basket.lines.end as usize];
                black_box(lines.iter().map(|line| stock.available(line.sku, NodeId(0))).sum::<u32>());
            }
        })
    };
    let turns: Vec<Turn<'_>> =
        vec![("ours", Box::new(plan)), ("look-up of its lines at one node", Box::new(look_up))];
    beside(format!("a plan, {strategy}"), ("plan", "CPU"), size.rounds, turns)
}
