//! How far from the bound is each strategy on the literature instance? Cost / bound, means over instances and
//! arrival sequences; the bound is the linear program of the literature, solved by clarabel on expected demand.
//!
//! `cargo bench --bench jasin_sinha -- [INSTANCES] [SEQUENCES] [ORDERS]`; 30, 6 and 10,000 unless told.

#[path = "../tests/linear/mod.rs"]
mod linear;

use std::time::Duration;

use cpu_time::ThreadTime;
use ordermill::allocation::decomposed::{Budget, Prices};
use ordermill::allocation::jasin_sinha::{Instance, Policy, Tally, play};
use rayon::prelude::*;

const POLICIES: [(&str, Policy); 7] = [
    ("nearest", Policy::Nearest),
    ("cheapest-set", Policy::CheapestSet),
    ("indep-round", Policy::IndependentRounding),
    ("dilate-round", Policy::DilatedRounding),
    ("dilate-fallback", Policy::DilatedWithFallback),
    ("bid-price, once", Policy::BidPrice { refreshes: 1 }),
    ("bid-price, 50 refreshes", Policy::BidPrice { refreshes: 50 }),
];

/// One instance: bounds, then a tally a policy and sequence.
struct Found {
    /// The linear program of the literature.
    relaxed: f64,
    /// The decomposed program, on expected demand and in hindsight.
    expected: f64,
    hindsight: f64,
    tallies: Vec<Vec<Tally>>,
    time: Vec<Duration>,
}

fn one(seed: u64, sequences: u32, orders: u32) -> Found {
    let instance = Instance::small(seed, orders);
    let budget = Budget { iterations: 2_000, patience: 300, plan: true };
    let stock = |sku, node| f64::from(instance.shelf().available(sku, node));
    let program = instance.expected(f64::from(orders), stock);
    let expected = program.solve(&[], budget);
    let relaxed = linear::relaxed(&program);
    // The published schemes round the linear program's own fractions.
    let fractions = Prices { plan: relaxed.columns, ..expected.clone() };
    let arrivals: Vec<_> = (0..sequences).map(|number| instance.sequence(seed, number)).collect();
    let hindsight: f64 =
        arrivals.iter().map(|arrivals| instance.hindsight(arrivals).solve(&[], budget).bound).sum();
    let mut time = Vec::new();
    let tallies = POLICIES
        .iter()
        .map(|&(_, policy)| {
            let started = ThreadTime::now();
            let played = arrivals.iter().enumerate().map(|(number, arrivals)| {
                let start = if policy.rounds() { &fractions } else { &expected };
                play(&instance, arrivals, policy, start, number as u32)
            });
            let played = played.collect();
            time.push(started.elapsed());
            played
        })
        .collect();
    let hindsight = hindsight / f64::from(sequences);
    Found { relaxed: relaxed.cost, expected: expected.bound, hindsight, tallies, time }
}

fn mean(values: &[f64]) -> f64 {
    values.iter().sum::<f64>() / values.len() as f64
}

fn deviation(values: &[f64]) -> f64 {
    let mean = mean(values);
    let squares: f64 = values.iter().map(|value| (value - mean) * (value - mean)).sum();
    (squares / (values.len() as f64 - 1.0).max(1.0)).sqrt()
}

fn main() {
    let numbers: Vec<u32> = std::env::args().filter_map(|text| text.parse().ok()).collect();
    let number = |at: usize, default| numbers.get(at).copied().unwrap_or(default);
    let (instances, sequences, orders) = (number(0, 30), number(1, 6), number(2, 10_000));
    let found: Vec<Found> =
        (0..u64::from(instances)).into_par_iter().map(|seed| one(seed, sequences, orders)).collect();
    println!("jasin-sinha-small: {instances} instances x {sequences} sequences of {orders} orders");
    let gaps: Vec<f64> = found.iter().map(|found| found.hindsight / found.expected).collect();
    let lifts: Vec<f64> = found.iter().map(|found| found.expected / found.relaxed).collect();
    println!(
        "decomposed bound / linear program, on expected demand: {:.4} ({:.4})",
        mean(&lifts),
        deviation(&lifts)
    );
    println!(
        "hindsight / expected demand, decomposed bounds:        {:.4} ({:.4})",
        mean(&gaps),
        deviation(&gaps)
    );
    println!(
        "{:<26}{:>12}{:>8}{:>14}{:>12}{:>12}",
        "", "cost/bound", "sd", "shipments", "outside %", "us/order"
    );
    for (at, (name, _)) in POLICIES.iter().enumerate() {
        let of = |what: &dyn Fn(&Found, &Tally) -> f64| -> Vec<f64> {
            let each = |found: &Found| {
                let tallies = &found.tallies[at];
                tallies.iter().map(|tally| what(found, tally)).sum::<f64>() / tallies.len() as f64
            };
            found.iter().map(each).collect()
        };
        let ratio = of(&|found, tally| tally.cost as f64 / found.relaxed);
        let shipments = of(&|_, tally| tally.shipments as f64 / tally.orders as f64);
        let outside = of(&|_, tally| 100.0 * tally.outside as f64 / tally.items as f64);
        let time: f64 = found.iter().map(|found| found.time[at].as_secs_f64()).sum();
        let decisions = f64::from(instances) * f64::from(sequences) * f64::from(orders);
        println!(
            "{name:<26}{:>12.4}{:>8.4}{:>14.3}{:>12.2}{:>12.2}",
            mean(&ratio),
            deviation(&ratio),
            mean(&shipments),
            mean(&outside),
            1e6 * time / decisions,
        );
    }
}
