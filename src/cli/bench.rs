//! `ordermill bench`: the engine beside simpler ways to do the same, in one table of ratios.

use std::path::Path;
use std::sync::atomic::Ordering;
use std::time::Instant;

use clap::Args;

use super::Exit;
use super::out::say;
use super::run::stop_on_interrupt;
use crate::allocation::Builtin;
use crate::load::Script;
use crate::load::bench::{SECTIONS, Shop, Size, bench};
use crate::model::Model;
use crate::report::bench::{BenchDocument, BenchRow, head, table};
use crate::scenario;
use crate::sim::{self, simulate_onto};

/// Orders of the quickstart that each strategy is asked to plan.
const ORDERS: u32 = 20_000;

#[derive(Args)]
pub struct Bench {
    /// Only these: stock, orders, plans, calendar, recording, carts, callbacks.
    #[arg(long, value_name = "SECTION,...", value_delimiter = ',', value_parser = SECTIONS)]
    only: Vec<String>,
    /// Turns of each who stands in a row; the median is told.
    #[arg(long, value_name = "N", default_value_t = 7, value_parser = clap::value_parser!(u16).range(1..=1_000))]
    rounds: u16,
    /// A hundredth of the work in one round: shows that everything works, and measures nothing.
    #[arg(long, conflicts_with = "rounds")]
    quick: bool,
    /// Prints one JSON document instead of the table.
    #[arg(long)]
    json: bool,
}

impl Bench {
    pub fn execute(self) -> Exit {
        let begun = Instant::now();
        let rounds = if self.quick { 1 } else { usize::from(self.rounds) };
        let cores = std::thread::available_parallelism().map_or(1, usize::from);
        let sections: Vec<&str> = match self.only.is_empty() {
            true => SECTIONS.to_vec(),
            false => self.only.iter().map(String::as_str).collect(),
        };
        let stop = stop_on_interrupt();
        let shops = match self.shops(&sections) {
            Ok(shops) => shops,
            Err(exit) => return exit,
        };
        if !self.json {
            say!("{}", head(rounds, cores, self.quick));
        }
        let mut rows = Vec::new();
        let size = Size { rounds, quick: self.quick };
        let done = bench(&shops, size, &sections, &stop, &mut |row| {
            let row = BenchRow::from(row);
            if !self.json {
                say!("{}", table(&row));
            }
            rows.push(row);
        });
        if let Err(broken) = done {
            eprintln!("ordermill: broken invariant after a play: {}", broken.0);
            eprintln!("  replay: ordermill bench --only recording");
            return Exit::Broken;
        }
        let version = env!("CARGO_PKG_VERSION");
        let wall_s = begun.elapsed().as_secs_f64();
        let document = BenchDocument { version, cores, rounds, quick: self.quick, wall_s, rows };
        if self.json {
            let json = serde_json::to_string_pretty(&document).expect("the document is plain data");
            say!("{json}\n");
        }
        if stop.load(Ordering::Relaxed) { Exit::Interrupted } else { Exit::Ok }
    }

    /// A shop for each strategy whose time is asked for; recording needs one.
    fn shops(&self, sections: &[&str]) -> Result<Vec<Shop>, Exit> {
        let strategies: Vec<&str> = match () {
            () if sections.contains(&"plans") => Builtin::ALL.iter().map(|builtin| builtin.name()).collect(),
            () if sections.contains(&"recording") => vec![Builtin::Nearest.name()],
            () => Vec::new(),
        };
        let orders = if self.quick { ORDERS / 10 } else { ORDERS };
        let mut shops =
            strategies.into_iter().map(|name| shop(name, orders)).collect::<Result<Vec<_>, _>>()?;
        // Recording takes the first.
        let plain = shops.iter().position(|shop| shop.strategy == Builtin::Nearest.name());
        if let Some(plain) = plain {
            shops[..=plain].rotate_right(1);
        }
        Ok(shops)
    }
}

/// A day like the quickstart's with this strategy, its commands written down for one thread.
fn shop(strategy: &str, orders: u32) -> Result<Shop, Exit> {
    let pairs = [
        ("arrivals.profile.orders".to_owned(), orders.to_string()),
        ("allocation.strategy".to_owned(), strategy.to_owned()),
    ];
    let read = scenario::read_str("quickstart.yaml", scenario::QUICKSTART, Path::new("."), &pairs);
    let model = read.and_then(|scenario| Model::build(&scenario)).map_err(|problems| {
        eprintln!("{problems}");
        Exit::Usage
    })?;
    let mut script = Script::new(1);
    let options = sim::Options { seed: 1, ..sim::Options::default() };
    let outcome = simulate_onto(&model, &options, Some(&mut script)).map_err(|error| {
        eprintln!("ordermill: the run that is to be measured failed: {error:?}");
        Exit::Broken
    })?;
    script.close(outcome.peak_in_flight);
    Ok(Shop { strategy: strategy.to_owned(), model, script })
}
