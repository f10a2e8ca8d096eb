//! The summary of a swarm: all seeds of its log, and the coverage matrix with the reason of every empty cell.

use std::collections::BTreeMap;
use std::path::PathBuf;

use serde::Serialize;

use super::coverage::{STRIKES, reachable, unreachable_why};
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
    pub matrix: Vec<MatrixRow>,
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
        let mut seen: BTreeMap<(&str, &str), u64> = BTreeMap::new();
        for (strike, state, count) in rows.values().flat_map(|row| &row.strikes) {
            *seen.entry((strike, state)).or_default() += count;
        }
        let cell = |strike, name: &str, state: OrderState| MatrixCell {
            state: state.name().to_owned(),
            count: seen.get(&(name, state.name())).copied().unwrap_or(0),
            reachable: reachable((strike, state)),
            why_not: unreachable_why((strike, state)).map(str::to_owned),
        };
        let matrix: Vec<MatrixRow> = STRIKES
            .iter()
            .map(|&(strike, name)| MatrixRow {
                strike: name.to_owned(),
                cells: OrderState::ALL.iter().map(|&state| cell(strike, name, state)).collect(),
            })
            .collect();
        let cells = || matrix.iter().flat_map(|row| &row.cells).filter(|cell| cell.reachable);
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
            failures: rows
                .values()
                .filter(|row| row.outcome == "failed")
                .map(|row| FailedSeed {
                    seed: row.seed,
                    failure: row.failure.clone().unwrap_or_default(),
                    file: row.file.clone(),
                })
                .collect(),
            matrix,
        }
    }
}
