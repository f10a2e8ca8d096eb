//! The statistics of `experiment` alone, on numbers that need no simulation: `tests/outside/check_statistics.py` reads what
//! this prints and has it done again by libraries that are not ours.

use std::f64::consts::PI;

use ordermill::experiment::Estimate;
use ordermill::experiment::ranking::{Kn, ocba};
use ordermill::experiment::screening::{Morris, Sobol};
use ordermill::kernel::draw::Draw;
use serde_json::{Value, json};

fn main() {
    println!(
        "{}",
        json!({ "ocba": allocations(), "kn": races(), "interval": intervals(), "morris": morris(), "sobol": sobol() })
    );
}

/// Tables of five to eight designs, and what OCBA adds.
fn allocations() -> Vec<Value> {
    let table = |case: u32| {
        let mut source = Draw::new(1, case).source("ocba");
        let designs = 5 + case as usize % 4;
        let mut draw = |low: f64, high: f64| low + (high - low) * source.uniform();
        let means: Vec<f64> = (0..designs).map(|_| draw(1.0, 9.0)).collect();
        let variances: Vec<f64> = (0..designs).map(|_| draw(0.5, 8.0)).collect();
        let counts: Vec<u32> = (0..designs).map(|_| draw(5.0, 15.0) as u32).collect();
        let added = ocba(&means, &variances, &counts, 100);
        json!({ "means": means, "variances": variances, "counts": counts, "budget": 100, "added": added })
    };
    (0..50).map(table).collect()
}

/// Observations by design, and how a race over them ends.
fn races() -> Vec<Value> {
    let race = |case: u32| {
        let mut source = Draw::new(2, case).source("kn");
        let designs = if case.is_multiple_of(2) { 2 } else { 6 };
        let mut seen =
            |design: usize| 10.0 + design as f64 * 0.4 + 3.0 * (source.uniform() + source.uniform());
        let values: Vec<Vec<f64>> =
            (0..designs).map(|design| (0..3_000).map(|_| seen(design)).collect()).collect();
        let first: Vec<Vec<f64>> = values.iter().map(|values| values[..10].to_vec()).collect();
        let (mut race, mut taken) = (Kn::new(&first, 0.95, 0.4), vec![10; designs]);
        while race.best().is_none() {
            let at = race.rounds() as usize;
            let round: Vec<_> = race.survivors().iter().map(|&design| (design, values[design][at])).collect();
            race.survivors().iter().for_each(|&design| taken[design] += 1);
            race.add(&round);
        }
        let most = taken.iter().max().copied().unwrap_or(0) + 1;
        let shown: Vec<&[f64]> = values.iter().map(|values| &values[..most]).collect();
        json!({ "observations": shown, "indifference": 0.4, "best": race.best(), "taken": taken })
    };
    (0..40).map(race).collect()
}

/// Values, and the half-width of the interval of the first n of them.
fn intervals() -> Value {
    let mut source = Draw::new(3, 0).source("interval");
    let values: Vec<f64> = (0..60).map(|_| 4.0 + source.exponential()).collect();
    let told = |n: usize| Estimate::of(&values[..n], 0.95).half_width;
    json!({ "half_widths": (3..=60).map(told).collect::<Vec<_>>(), "values": values })
}

/// Ishigami and Homma's function on [-pi, pi]^3.
fn ishigami(point: &[f64]) -> f64 {
    let x = |at: usize| PI * (2.0 * point[at] - 1.0);
    libm::sin(x(0)) + 7.0 * libm::pow(libm::sin(x(1)), 2.0) + 0.1 * libm::pow(x(2), 4.0) * libm::sin(x(0))
}

fn morris() -> Value {
    let method = Morris { factors: 3, trajectories: 100, levels: 4, seed: 5 };
    let points = method.points();
    let outputs: Vec<f64> = points.iter().map(|point| ishigami(point)).collect();
    let row = |effect: &ordermill::experiment::screening::Effect| {
        json!({ "mu": effect.mu, "mu_star": effect.mu_star.mean, "half_width": effect.mu_star.half_width,
            "sigma": effect.sigma })
    };
    let effects: Vec<Value> = method.indices(&outputs, 0.95).iter().map(row).collect();
    json!({ "points": points, "outputs": outputs, "effects": effects })
}

fn sobol() -> Value {
    let method = Sobol { factors: 3, samples: 2_048, seed: 5 };
    let outputs: Vec<f64> = method.points().iter().map(|point| ishigami(point)).collect();
    let row = |share: &ordermill::experiment::screening::Share| {
        json!({ "first": share.first.mean, "first_half_width": share.first.half_width,
            "total": share.total.mean, "total_half_width": share.total.half_width })
    };
    let shares: Vec<Value> = method.indices(&outputs, 0.95).iter().map(row).collect();
    json!({ "outputs": outputs, "shares": shares })
}
