//! How long does a plan for one round of 100 stops take: by formula, by savings, and by 4,000 steps of search?

use criterion::{Criterion, criterion_group, criterion_main};
use ordermill::kernel::draw::Draw;
use ordermill::logistics::rounds::{Fidelity, Plan, Stop, plan};

fn stops() -> Vec<Stop> {
    let mut dice = Draw::new(1, 0).source("stops");
    let mut meters = || (8_000.0 * dice.uniform()) as i32;
    (0..100).map(|_| Stop { x: meters(), y: meters() - 4_000, parcels: 1 }).collect()
}

fn rounds(criterion: &mut Criterion) {
    let mut group = criterion.benchmark_group("plan of 100 stops");
    let stops = stops();
    let fidelities = [
        ("approx", Fidelity::Approx),
        ("fast", Fidelity::Fast),
        ("vrp 4000", Fidelity::Vrp { iterations: 4_000 }),
    ];
    for (name, fidelity) in fidelities {
        for capacity in [25, 100] {
            let how = Plan { fidelity, capacity, area_m2: 64e6, circuity: 1.3, seed: 1 };
            group.bench_function(format!("{name}, {capacity} a van"), |b| b.iter(|| plan(&stops, &how)));
        }
    }
    group.finish();
}

criterion_group!(benches, rounds);
criterion_main!(benches);
