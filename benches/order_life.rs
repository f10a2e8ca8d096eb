//! How many whole order lives a second does the engine take, a million orders in flight, on 1 and 2 threads?
//!
//! `scenarios/load/order-life.yaml`, recorded once in virtual time, then played as fast as possible: the strategy
//! plans every order anew, the auditor keeps its books, one command in 61 is timed.

mod lives;

use std::time::Duration;

use criterion::{BenchmarkId, Criterion, Throughput, criterion_group, criterion_main};
use ordermill::load::Timed;

fn order_life(criterion: &mut Criterion) {
    let mut group = criterion.benchmark_group("order life");
    group.sample_size(10).measurement_time(Duration::from_secs(20));
    let model = lives::model(if lives::quick() { 20_000 } else { 2_000_000 }, &[]);
    for threads in [1, 2] {
        let (script, _) = lives::record(&model, threads);
        let commands = f64::from(script.commands) / script.orders as f64;
        println!(
            "{} orders, {commands:.1} commands each, {} in flight",
            script.orders, script.peak_in_flight
        );
        group.throughput(Throughput::Elements(script.orders));
        group.bench_function(BenchmarkId::new("lives", format!("{threads} threads")), |bencher| {
            bencher.iter_custom(|count| {
                (0..count).map(|_| lives::closed(&model, &script, Timed::Sample).wall).sum()
            });
        });
    }
    group.finish();
}

criterion_group!(benches, order_life);
criterion_main!(benches);
