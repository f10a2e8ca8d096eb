//! How many orders and stage steps does a whole simulation take a CPU second on one core, and how many bytes does
//! an order in flight hold, from a day that fits the cache to one that does not?
//!
//! `smoke` is the small scenario with every mechanism; `peak/N` is Singles' Day with N orders and the staff of
//! the whole day, so queues are short and the work an order is the same: what grows is the memory.

use std::path::Path;
use std::time::Duration;

use criterion::{BenchmarkId, Criterion, Throughput, criterion_group, criterion_main};
use ordermill::model::Model;
use ordermill::scenario;
use ordermill::sim::{Options, Outcome, simulate};

fn model(name: &str, orders: Option<u64>) -> Model {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("scenarios").join(name).with_extension("yaml");
    let set: Vec<_> =
        orders.map(|n| ("arrivals.profile.orders".to_owned(), n.to_string())).into_iter().collect();
    let scenario = scenario::read(&path, &set).unwrap_or_else(|problems| panic!("{problems}"));
    Model::build(&scenario).unwrap_or_else(|problems| panic!("{problems}"))
}

fn run(model: &Model) -> Outcome {
    simulate(model, &Options { seed: 1, ..Options::default() }).expect("a run that keeps the laws")
}

/// One run by itself: what criterion's table does not say.
fn print_rates(name: &str, model: &Model) {
    let clock = cpu_time::ThreadTime::now();
    let outcome = run(model);
    let cpu_s = clock.elapsed().as_secs_f64();
    let (orders, steps) = (outcome.metrics.submitted as f64, outcome.metrics.stage_steps as f64);
    println!(
        "{name}: {:.0} orders and {:.2} M stage steps a CPU second, {:.1} steps an order, {:.0} bytes an order in flight",
        orders / cpu_s,
        steps / cpu_s / 1e6,
        steps / orders,
        outcome.order_bytes as f64 / outcome.peak_in_flight.max(1) as f64,
    );
}

fn simulation(criterion: &mut Criterion) {
    let quick = std::env::args().any(|arg| arg == "--test");
    let mut group = criterion.benchmark_group("simulation");
    group.sample_size(10).measurement_time(Duration::from_secs(20));
    let mut bench = |name: &str, model: &Model| {
        print_rates(name, model);
        let orders = run(model).metrics.submitted;
        group.throughput(Throughput::Elements(orders));
        group.bench_function(BenchmarkId::from_parameter(name), |bencher| bencher.iter(|| run(model)));
    };
    bench("smoke", &model("smoke", None));
    if !quick {
        for orders in [20_000, 200_000, 2_000_000] {
            bench(&format!("peak/{orders}"), &model("singles-day-peak", Some(orders)));
        }
    }
    group.finish();
}

criterion_group!(benches, simulation);
criterion_main!(benches);
