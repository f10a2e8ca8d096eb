//! The summary of a swarm: all seeds of its log, and the coverage matrix with the reason of every empty cell.

use std::collections::BTreeMap;
use std::path::PathBuf;

use serde::Serialize;

use super::coverage::{STRIKES, unreachable_why};
use super::exposure::{kinds, unexposed_why};
use super::generate::generation;
use super::log::Row;
use crate::domain::OrderState;

/// All seeds of a log.
#[derive(Serialize)]
pub struct Summary {
    pub generation: String,
    pub seeds: u64,
    pub passed: u64,
    pub refused: u64,
    pub failed: u64,
    pub orders: u64,
    pub transitions: u64,
    /// Commands played in wall time.
    pub played: u64,
    pub simulated_days: f64,
    pub cells_reachable: usize,
    pub cells_hit: usize,
    /// What struck orders, by their state.
    pub matrix: Vec<MatrixRow>,
    /// Faults, by the states in which orders were while they acted.
    pub faults: Vec<MatrixRow>,
    /// How many entities each kind of fault struck.
    pub struck: BTreeMap<String, u64>,
    pub failures: Vec<FailedSeed>,
}

#[derive(Serialize)]
pub struct MatrixRow {
    pub strike: String,
    pub cells: Vec<MatrixCell>,
}

#[derive(Serialize)]
pub struct MatrixCell {
    pub state: String,
    pub count: u64,
    pub reachable: bool,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub why_not: Option<String>,
}

#[derive(Serialize)]
pub struct FailedSeed {
    pub seed: u64,
    pub failure: String,
    pub file: Option<PathBuf>,
}

impl Summary {
    pub fn of(rows: &BTreeMap<u64, Row>) -> Summary {
        let count = |outcome: &str| rows.values().filter(|row| row.outcome == outcome).count() as u64;
        let sum = |what: fn(&Row) -> u64| rows.values().map(what).sum::<u64>();
        let seen = add_up(rows.values().flat_map(|row| &row.strikes));
        let matrix = table(STRIKES.iter().copied(), &seen, |strike, state| unreachable_why((strike, state)));
        let seen = add_up(rows.values().flat_map(|row| &row.exposed));
        let faults = table(kinds(), &seen, |_, state| unexposed_why(state));
        let cells = || matrix.iter().chain(&faults).flat_map(|row| &row.cells).filter(|cell| cell.reachable);
        let mut struck: BTreeMap<String, u64> = BTreeMap::new();
        for (kind, count) in rows.values().flat_map(|row| &row.struck) {
            *struck.entry(kind.clone()).or_default() += count;
        }
        Summary {
            generation: generation(),
            seeds: rows.len() as u64,
            passed: count("passed"),
            refused: count("refused"),
            failed: count("failed"),
            orders: sum(|row| row.orders),
            transitions: sum(|row| row.transitions),
            played: sum(|row| row.played),
            simulated_days: sum(|row| row.simulated_h) as f64 / 24.0,
            cells_reachable: cells().count(),
            cells_hit: cells().filter(|cell| 0 < cell.count).count(),
            failures: rows.values().filter(|row| row.outcome == "failed").map(FailedSeed::of).collect(),
            matrix,
            faults,
            struck,
        }
    }
}

impl FailedSeed {
    fn of(row: &Row) -> FailedSeed {
        let failure = row.failure.clone().unwrap_or_default();
        FailedSeed { seed: row.seed, failure, file: row.file.clone() }
    }
}

type Seen<'a> = BTreeMap<(&'a str, &'a str), u64>;

fn add_up<'a>(cells: impl Iterator<Item = &'a (String, String, u64)>) -> Seen<'a> {
    let mut seen = Seen::new();
    for (strike, state, count) in cells {
        *seen.entry((strike, state)).or_default() += count;
    }
    seen
}

/// A row for each of the names, a cell for each state of an order.
fn table<Kind: Copy>(
    names: impl Iterator<Item = (Kind, &'static str)>,
    seen: &Seen<'_>,
    why: impl Fn(Kind, OrderState) -> Option<&'static str>,
) -> Vec<MatrixRow> {
    let cell = |kind, name: &str, state: OrderState| MatrixCell {
        state: state.name().to_owned(),
        count: seen.get(&(name, state.name())).copied().unwrap_or(0),
        reachable: why(kind, state).is_none(),
        why_not: why(kind, state).map(str::to_owned),
    };
    let row = |(kind, name): (Kind, &str)| MatrixRow {
        strike: name.to_owned(),
        cells: OrderState::ALL.iter().map(|&state| cell(kind, name, state)).collect(),
    };
    names.map(row).collect()
}
