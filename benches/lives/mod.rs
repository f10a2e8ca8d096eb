//! Whole order lives, for the benches: `scenarios/load/order-life.yaml`, recorded once in virtual time, then played as
//! fast as possible.
#![allow(dead_code)] // Not every bench needs every part.

use std::path::Path;
use std::sync::atomic::AtomicBool;
use std::time::Duration;

use ordermill::load::{Options, Pace, Pins, Played, Script, Timed, play};
use ordermill::model::Model;
use ordermill::scenario;
use ordermill::sim::{self, Outcome, simulate_onto};

/// 20,000 orders an hour, each of which lives two days: a million in flight from the third day on.
pub fn model(orders: u64, set: &[(&str, &str)]) -> Model {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("scenarios/load/order-life.yaml");
    let mut pairs = vec![("arrivals.constant.duration".to_owned(), format!("{} m", orders * 60 / 20_000))];
    pairs.extend(set.iter().map(|&(path, value)| (path.to_owned(), value.to_owned())));
    let scenario = scenario::read(&path, &pairs).unwrap_or_else(|problems| panic!("{problems}"));
    Model::build(&scenario).unwrap_or_else(|problems| panic!("{problems}"))
}

/// The run in virtual time, its commands written down for so many workers.
pub fn record(model: &Model, threads: usize) -> (Script, Outcome) {
    let mut script = Script::new(threads);
    let options = sim::Options { seed: 1, ..sim::Options::default() };
    let outcome = simulate_onto(model, &options, Some(&mut script)).expect("a run that keeps the laws");
    script.close(outcome.peak_in_flight);
    (script, outcome)
}

pub fn closed(model: &Model, script: &Script, timed: Timed) -> Played {
    // Each worker on a core of its own, where there are as many.
    let pins = Pins::of(script.lanes.len()).unwrap_or(Pins::FREE);
    let options =
        Options { pace: Pace::Closed, seed: 1, duration: None, warm_up: Duration::ZERO, timed, pins };
    play(model, script, &options, &AtomicBool::new(false)).expect("a play that keeps the laws")
}

/// Whether this is the one quick turn that only shows that the bench works.
pub fn quick() -> bool {
    std::env::args().any(|arg| arg == "--test")
}

/// Median, first and third quartile.
pub fn quartiles(mut values: Vec<f64>) -> (f64, f64, f64) {
    values.sort_by(f64::total_cmp);
    let at = |share: usize| values[(values.len() - 1) * share / 4];
    (at(2), at(1), at(3))
}
