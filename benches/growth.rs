//! What does an order cost when the horizon is ten times as long, or the day has ten times the orders?
//!
//! ```text
//! cargo bench --bench growth                    up to 10^6 orders, some seconds
//! cargo bench --bench growth -- 10000000        the day up to 10^7 orders, some minutes and 3 GB
//! ```
//!
//! CPU time of this thread; each row is the fastest of three runs (of one from 5 million orders up), so that a busy
//! machine tells on none of them alone.

use std::path::Path;

use ordermill::model::Model;
use ordermill::scenario::{self, Scenario};
use ordermill::sim::{Options, simulate};

const ORDERS_A_DAY: u64 = 50_000;
/// What the staff of singles-day-peak is written for.
const PEAK_ORDERS: u64 = 2_000_000;

struct Row {
    orders: u64,
    micros_an_order: f64,
    bytes_in_flight: f64,
}

fn main() {
    let quick = std::env::args().any(|arg| arg == "--test");
    let most = std::env::args().filter_map(|arg| arg.parse().ok()).next().unwrap_or(1_000_000);
    let repeats = if quick { 1 } else { 3 };
    println!("same rate, {ORDERS_A_DAY} orders a day");
    table((1..=if quick { 1 } else { 2 }).map(|tens| 10_u64.pow(tens)), |days| {
        (format!("{days} d"), measure(&days_alike(days), repeats))
    });
    println!("same day (singles-day-peak), staff and vehicles for as many orders");
    let sizes = (4..=7).map(|tens| 10_u64.pow(tens)).filter(|&orders| orders <= if quick { 1 } else { most });
    table(sizes, |orders| (format!("{orders}"), measure(&peak(orders), repeats)));
}

/// Prints a row for each size, with its ratio to the one before.
fn table(sizes: impl Iterator<Item = u64>, row: impl Fn(u64) -> (String, Row)) {
    let mut before: Option<f64> = None;
    for size in sizes {
        let (name, Row { orders, micros_an_order, bytes_in_flight }) = row(size);
        let ratio = before.map_or(String::new(), |before| format!("  x {:.2}", micros_an_order / before));
        println!(
            "{name:>10}  {orders:>9} orders  {micros_an_order:.2} us CPU an order  \
             {bytes_in_flight:.0} bytes an order in flight{ratio}"
        );
        before = Some(micros_an_order);
    }
}

fn measure(scenario: &Scenario, repeats: u32) -> Row {
    let model = Model::build(scenario).unwrap_or_else(|problems| panic!("{problems}"));
    let run = |_| {
        let clock = cpu_time::ThreadTime::now();
        let outcome = simulate(&model, &Options { seed: 1, ..Options::default() }).expect("the laws hold");
        let orders = outcome.metrics.submitted;
        Row {
            orders,
            micros_an_order: clock.elapsed().as_secs_f64() * 1e6 / orders as f64,
            bytes_in_flight: outcome.order_bytes as f64 / outcome.peak_in_flight.max(1) as f64,
        }
    };
    let long = model.demand.expected_orders() >= 5e6;
    let rows = (0..if long { 1 } else { repeats }).map(run);
    rows.min_by(|a, b| a.micros_an_order.total_cmp(&b.micros_an_order)).expect("at least one run")
}

/// An ordinary day, again and again: after a few days as many orders are in flight as ever will be.
fn days_alike(days: u64) -> Scenario {
    let set = [
        ("arrivals.profile.orders", (ORDERS_A_DAY * days).to_string()),
        ("arrivals.profile.duration", format!("{days} d")),
        ("run.horizon", format!("{days} d")),
    ];
    read("average-day", &set)
}

fn peak(orders: u64) -> Scenario {
    let mut scenario = read("singles-day-peak", &[("arrivals.profile.orders", orders.to_string())]);
    let scale = |count: &mut u32| {
        let scaled = (u64::from(*count) * orders).div_ceil(PEAK_ORDERS);
        *count = scaled as u32;
    };
    for node in &mut scenario.nodes {
        let staff = [&mut node.pickers, &mut node.packers, &mut node.graders, &mut node.sorters];
        staff.into_iter().for_each(scale);
    }
    scenario.network.lane_rules.iter_mut().for_each(|rule| scale(&mut rule.capacity));
    scenario.payment.methods.iter_mut().for_each(|method| scale(&mut method.lanes));
    scale(&mut scenario.review.reviewers);
    scenario
}

fn read(name: &str, set: &[(&str, String)]) -> Scenario {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("scenarios").join(name).with_extension("yaml");
    let set: Vec<_> = set.iter().map(|(key, value)| ((*key).to_owned(), value.clone())).collect();
    scenario::read(&path, &set).unwrap_or_else(|problems| panic!("{problems}"))
}
