//! Which allocation strategy is cheapest on one and the same stream of orders?
//!
//! Every draw hangs on the order it is for, so all strategies see the same shoppers, baskets, payments and
//! transit luck: the differences are the strategies' own. The last row is a strategy that is written here.
//! Run: `cargo run --release --example compare_strategies`

use std::path::Path;

use ordermill::allocation::{Allocator, OrderView, StockView, Strategy};
use ordermill::domain::{Assignment, Backorder, NodeId, Plan};
use ordermill::kernel::draw::Draw;
use ordermill::model::Model;
use ordermill::scenario::{self, spec::StrategyName};
use ordermill::sim::{Options, simulate};

/// A fifth of the quickstart, with so little stock that the choice matters.
const SMALLER: [(&str, &str); 2] = [("arrivals.profile.orders", "40000"), ("stock.cover", "1.1")];

/// Ships each line from the node that has the most of it.
struct DeepestShelf {
    nodes: u16,
}

impl Strategy for DeepestShelf {
    fn plan(&self, order: &OrderView<'_>, stock: &StockView<'_>, _draw: &Draw, out: &mut Plan) {
        out.clear();
        for line in order.lines {
            let units = |node: NodeId| stock.available_to(order, line.sku, node);
            // Ties go to the lower id: equal inputs give equal plans.
            let node = (0..self.nodes).rev().map(NodeId).max_by_key(|&node| units(node));
            match node.filter(|&node| line.quantity <= units(node)) {
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

fn model(strategy: StrategyName) -> Model {
    let overrides = SMALLER.into_iter().chain([("allocation.strategy", strategy.name())]);
    let overrides: Vec<_> = overrides.map(|(path, value)| (path.to_owned(), value.to_owned())).collect();
    let scenario = scenario::read_str("quickstart.yaml", scenario::QUICKSTART, Path::new("."), &overrides)
        .unwrap_or_else(|diagnostics| panic!("{diagnostics}"));
    Model::build(&scenario).unwrap_or_else(|diagnostics| panic!("{diagnostics}"))
}

fn row(name: &str, model: &Model) {
    let outcome = simulate(model, &Options { seed: 1, ..Options::default() }).expect("the laws hold");
    println!(
        "{name:<15}{:>12.2}{:>9.1} %{:>9.1} %",
        outcome.cost_per_order() / 100.0,
        outcome.metrics.split as f64 / outcome.metrics.allocated as f64 * 100.0,
        outcome.on_time_share() * 100.0,
    );
}

fn main() {
    println!("{:<15}{:>12}{:>11}{:>11}", "strategy", "cost/order", "split", "on time");
    for strategy in StrategyName::ALL {
        row(strategy.name(), &model(strategy));
    }
    let mut own = model(StrategyName::Nearest);
    own.allocator = Allocator::own(Box::new(DeepestShelf { nodes: own.nodes.len() as u16 }));
    row("deepest shelf", &own);
}
