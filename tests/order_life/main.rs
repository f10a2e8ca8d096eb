//! The parts of an order's life, each held against a closed form or a law, and each moved by its parameters.
//! `README.md` beside this file names, for each part, its parameters, its figures and its test.

mod after_sales;
mod callbacks;
mod cart;
mod floor;
mod pay;
mod process;
mod promotion;
mod receive;
mod review;
#[path = "../runs/mod.rs"]
mod runs;
mod service;
mod sessions;
mod submit;
mod warehouse;

use ordermill::experiment::StudyOptions;
use ordermill::report::Document;

use runs::{Overrides, Run, read, run_with};

/// A small oracle scenario, some replications of it.
fn play(name: &str, overrides: Overrides<'_>, replications: u32) -> Run {
    run_with(name, overrides, &StudyOptions { replications: Some(replications), ..StudyOptions::default() })
}

/// A figure of `life`, mean of a replication; a row that is not there is a failure.
fn figure(document: &Document, part: &str, measure: &str) -> f64 {
    let row = document.life.iter().find(|row| row.part == part && row.measure == measure);
    row.unwrap_or_else(|| panic!("no {measure} of {part} in {:?}", document.life)).value.mean
}

/// Within 3.5 standard errors of a share that so many independent trials would show.
fn share_agrees(what: &str, seen: f64, trials: f64, exact: f64) {
    let error = (exact * (1.0 - exact) / trials).sqrt();
    assert!(
        (seen - exact).abs() <= 3.5 * error,
        "{what}: {seen:.5} for {exact:.5}, standard error {error:.5}"
    );
    assert!(error < 0.05 * exact.min(1.0 - exact), "{what}: a standard error of {error} proves nothing");
}

/// Orders that ended, or stand, in a state.
fn state(document: &Document, name: &str) -> u64 {
    let rows = document.orders.final_states.iter().chain(&document.orders.open_states);
    rows.filter(|row| row.name == name).map(|row| row.count).sum()
}

/// Shoppers who were lost at a place of the funnel.
fn lost(document: &Document, name: &str) -> u64 {
    document.funnel.iter().find(|row| row.name == name).map_or(0, |row| row.count)
}

/// What the reader says of a scenario that it refuses.
fn refusal(overrides: Overrides<'_>) -> String {
    let path = runs::scenario_path("oracles/base");
    let read = ordermill::scenario::read(&path, &runs::owned(overrides));
    let found = read.err().unwrap_or_else(|| panic!("{overrides:?} is accepted"));
    found.to_string()
}

#[test]
fn a_scenario_that_asks_for_no_part_has_no_figures_of_it() {
    let scenario = read("smoke", &[]);
    let run = runs::finish(scenario, &StudyOptions { replications: Some(1), ..StudyOptions::default() });
    assert!(run.expect("smoke runs").document.life.is_empty());
}
