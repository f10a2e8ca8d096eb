//! One at a time: what each lever moves when nothing else does, in pairs with the base.

use std::sync::atomic::AtomicBool;

use rayon::prelude::*;

use super::lab::{Base, Reading, Ticks, Yardstick};
use super::levers::Lever;
use super::{Estimate, StudyError};
use crate::scenario::Diagnostics;

/// One lever at its two ends.
#[derive(Debug, Clone)]
pub struct Swing {
    pub lever: Lever,
    /// The low end, then the high one.
    pub ends: [Vec<Reading>; 2],
}

#[derive(Debug)]
pub enum TornadoError {
    /// The lever whose end makes no scenario.
    Lever(Lever, Diagnostics),
    Study(StudyError),
}

/// The base, and every lever by both factors: 2 k + 1 cells.
pub fn tornado(
    base: &Base,
    yardstick: &Yardstick,
    levers: &[Lever],
    factors: [f64; 2],
    replications: u32,
    ticks: &dyn Ticks,
    stop: &AtomicBool,
) -> Result<(Vec<Reading>, Vec<Swing>), TornadoError> {
    let read = |lever: Option<(&Lever, f64)>| {
        let cell: Vec<(String, String)> =
            lever.iter().map(|(lever, factor)| (lever.path.clone(), factor.to_string())).collect();
        let world = base.world(&cell).map_err(|error| {
            let (lever, _) = lever.expect("the base was read before");
            TornadoError::Lever(lever.clone(), error)
        })?;
        world.replications(yardstick, (0, replications), ticks, stop).map_err(TornadoError::Study)
    };
    let calm = read(None)?;
    let ends: Vec<(&Lever, f64)> =
        levers.iter().flat_map(|lever| factors.map(|factor| (lever, factor))).collect();
    let found: Vec<Result<Vec<Reading>, TornadoError>> =
        ends.par_iter().map(|&end| read(Some(end))).collect();
    let mut found = found.into_iter();
    let mut swings = Vec::new();
    for lever in levers {
        let mut end = || found.next().expect("two ends a lever");
        swings.push(Swing { lever: lever.clone(), ends: [end()?, end()?] });
    }
    Ok((calm, swings))
}

/// The mean difference of two cells in one column, replication by replication.
pub fn difference(yardstick: &Yardstick, with: &[Reading], without: &[Reading], column: usize) -> Estimate {
    let pairs = with.iter().zip(without);
    let differences: Vec<f64> =
        pairs.map(|(with, without)| with.values[column] - without.values[column]).collect();
    Estimate::of(&differences, yardstick.confidence)
}

/// The levers by what they move in a column, the most first; equal ones in the order given.
pub fn ranked(yardstick: &Yardstick, calm: &[Reading], swings: &[Swing], column: usize) -> Vec<usize> {
    let swing = |own: &Swing| {
        let [low, high] = [0, 1].map(|end| difference(yardstick, &own.ends[end], calm, column).mean);
        low.abs().max(high.abs()).max((high - low).abs())
    };
    let moved: Vec<f64> = swings.iter().map(swing).collect();
    let mut order: Vec<usize> = (0..swings.len()).collect();
    order.sort_by(|&a, &b| moved[b].total_cmp(&moved[a]));
    order
}
