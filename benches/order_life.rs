//! How many whole order lives a second does the engine take, a million orders in flight, on 1 and 2 threads?
//!
//! `scenarios/load/order-life.yaml`, recorded once in virtual time, then played as fast as possible: the strategy
//! plans every order anew, the auditor keeps its books, one command in 61 is timed.

use std::path::Path;
use std::sync::atomic::AtomicBool;
use std::time::Duration;

use criterion::{BenchmarkId, Criterion, Throughput, criterion_group, criterion_main};
use ordermill::load::{Options, Pace, Played, Script, play};
use ordermill::model::Model;
use ordermill::scenario;
use ordermill::sim::{self, simulate_onto};

fn model(orders: u64) -> Model {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("scenarios/load/order-life.yaml");
    let set = [("arrivals.constant.duration".to_owned(), format!("{} m", orders * 60 / 20_000))];
    let scenario = scenario::read(&path, &set).unwrap_or_else(|problems| panic!("{problems}"));
    Model::build(&scenario).unwrap_or_else(|problems| panic!("{problems}"))
}

fn record(model: &Model, threads: usize) -> Script {
    let mut script = Script::new(threads);
    let options = sim::Options { seed: 1, ..sim::Options::default() };
    let outcome = simulate_onto(model, &options, Some(&mut script)).expect("a run that keeps the laws");
    script.close(outcome.peak_in_flight);
    script
}

fn closed(model: &Model, script: &Script) -> Played {
    let options = Options { pace: Pace::Closed, seed: 1, duration: None, warm_up: Duration::ZERO };
    play(model, script, &options, &AtomicBool::new(false)).expect("a play that keeps the laws")
}

fn order_life(criterion: &mut Criterion) {
    let quick = std::env::args().any(|arg| arg == "--test");
    let mut group = criterion.benchmark_group("order life");
    group.sample_size(10).measurement_time(Duration::from_secs(20));
    let model = model(if quick { 20_000 } else { 2_000_000 });
    for threads in [1, 2] {
        let script = record(&model, threads);
        let commands = f64::from(script.commands) / script.orders as f64;
        println!(
            "{} orders, {commands:.1} commands each, {} in flight",
            script.orders, script.peak_in_flight
        );
        group.throughput(Throughput::Elements(script.orders));
        group.bench_function(BenchmarkId::new("lives", format!("{threads} threads")), |bencher| {
            bencher.iter_custom(|count| (0..count).map(|_| closed(&model, &script).wall).sum());
        });
    }
    group.finish();
}

criterion_group!(benches, order_life);
criterion_main!(benches);
