//! How many shipping notes a second are rendered as CSV and JSON lines?

use criterion::{Criterion, Throughput, criterion_group, criterion_main};
use ordermill::model::Model;
use ordermill::report::shipping_notes;
use ordermill::scenario;
use ordermill::sim::{Options, simulate};

fn notes(criterion: &mut Criterion) {
    let path = std::path::Path::new(env!("CARGO_MANIFEST_DIR")).join("scenarios/warehouse.yaml");
    let overrides = [("floor.notes.all", "true"), ("arrivals.profile.orders", "5000"), ("stock.cover", "2")];
    let overrides: Vec<_> =
        overrides.iter().map(|(path, value)| (path.to_string(), value.to_string())).collect();
    let scenario = scenario::read(&path, &overrides).unwrap_or_else(|found| panic!("{found}"));
    let model = Model::build(&scenario).unwrap_or_else(|found| panic!("{found}"));
    let outcome = simulate(&model, &Options::default()).unwrap_or_else(|error| panic!("{error:?}"));
    let kept = outcome.notes.as_ref().map_or(0, |notes| notes.kept.len());
    assert!(1_000 < kept, "{kept} notes");
    let mut group = criterion.benchmark_group("shipping notes");
    group.throughput(Throughput::Elements(kept as u64));
    group.bench_function("CSV and JSON", |b| {
        b.iter(|| shipping_notes(&model, &outcome, "2026-11-09T08:00"));
    });
    group.finish();
}

criterion_group!(benches, notes);
criterion_main!(benches);
