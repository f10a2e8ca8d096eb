//! A strategy of one's own with the whole command line: `run`, `load`, `compare` and `explain` know it by name.
//!
//! `cargo run --release --example own_strategy -- compare scenarios/average-day.yaml --strategies nearest,deepest-shelf`

use std::process::ExitCode;

use ordermill::allocation::{OrderView, Registry, StockView, Strategy, Surroundings};
use ordermill::domain::{Assignment, Backorder, NodeId, Plan};
use ordermill::kernel::draw::Draw;

fn main() -> ExitCode {
    let make = |world: &Surroundings| Box::new(DeepestShelf { world: world.clone() }) as Box<dyn Strategy>;
    ordermill::main_with(Registry::default().with("deepest-shelf", make))
}

/// Ships each line whole from the node that has the most of it, of those that reach the zone.
struct DeepestShelf {
    world: Surroundings,
}

impl Strategy for DeepestShelf {
    fn plan(&self, order: &OrderView<'_>, stock: &StockView<'_>, _draw: &Draw, out: &mut Plan) {
        out.clear();
        for line in order.lines {
            let units = |node: &NodeId| stock.available_to(order, line.sku, *node);
            // Nearest first, and the first of equals: `max_by_key` would take the last.
            let near = self.world.tables.reach(order.method, order.zone).near.iter().rev().copied();
            match near.max_by_key(units).filter(|node| line.quantity <= units(node)) {
                Some(node) => out.assignments.push(Assignment {
                    line: line.line,
                    node,
                    quantity: line.quantity,
                    group: line.class as u8, // goods of different classes never share a parcel
                }),
                None => out.backorders.push(Backorder { line: line.line, quantity: line.quantity }),
            }
        }
        out.settle();
    }
}
