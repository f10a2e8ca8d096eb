//! Which allocation strategy is cheapest on one and the same stream of orders?
//!
//! Every draw hangs on the order it is for, so all strategies see the same shoppers, baskets, payments and
//! transit luck: the differences are the strategies' own. Run: `cargo run --release --example compare_strategies`

use std::path::Path;

use ordermill::model::Model;
use ordermill::scenario::{self, spec::StrategyName};
use ordermill::sim::{Options, simulate};

fn main() {
    println!("{:<15}{:>12}{:>10}{:>10}", "strategy", "cost/order", "split", "on time");
    for strategy in StrategyName::ALL {
        let overrides = [("stock.cover", "1.1"), ("allocation.strategy", strategy.name())];
        let overrides = overrides.map(|(path, value)| (path.to_owned(), value.to_owned()));
        let read = scenario::read_str("quickstart.yaml", scenario::QUICKSTART, Path::new("."), &overrides);
        let scenario = read.unwrap_or_else(|diagnostics| panic!("{diagnostics}"));
        let model = Model::build(&scenario).unwrap_or_else(|diagnostics| panic!("{diagnostics}"));
        let options = Options { seed: scenario.run.seed, ..Options::default() };
        let outcome = simulate(&model, &options).expect("the laws hold");
        println!(
            "{:<15}{:>12.2}{:>9.1}%{:>9.1}%",
            strategy.name(),
            outcome.cost_per_order() / 100.0,
            outcome.metrics.split as f64 / outcome.metrics.allocated as f64 * 100.0,
            outcome.on_time_share() * 100.0,
        );
    }
}
