//! A sweep: many cells of one scenario, each replication read by one yardstick.
//!
//! # Promises
//! - A cell's readings are those of `ordermill run` with the cell's overrides, bit for bit.
//! - What is kept of a cell is found again by its key alone, and the key holds all that the readings depend on: program,
//!   scenario with everything it names, seed, replications. A sweep that is stopped and resumed ends in the same bytes
//!   as one that was not.

use std::fs::File;
use std::hash::Hasher;
use std::io::{self, Read};
use std::sync::atomic::AtomicBool;

use rayon::prelude::*;
use serde::{Deserialize, Serialize};
use siphasher::sip128::{Hasher128, SipHasher13};

use super::StudyError;
use super::design::Cell;
use super::lab::{Base, Reading, Ticks, World, Yardstick};
use crate::scenario::{Diagnostics, Scenario};

/// What one cell read; a file of the folder of cells.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct CellReadings {
    /// Of all that the readings depend on.
    pub key: String,
    pub replications: Vec<Reading>,
}

/// Where finished cells are kept and found again.
pub trait Shelf: Sync {
    fn find(&self, key: &str) -> Option<CellReadings>;
    fn keep(&self, cell: &CellReadings) -> Result<(), String>;
}

/// Why a sweep has no end.
#[derive(Debug)]
pub enum SweepError {
    /// The cell, counted from 0, and what is wrong with it.
    Cell(usize, Diagnostics),
    Study(StudyError),
    Write(String),
}

/// Tells keys: what all cells share is read once.
pub struct Keys {
    program: u128,
}

impl Keys {
    /// The program itself is a part of the key: another build may simulate otherwise.
    pub fn new() -> io::Result<Keys> {
        let program = std::env::current_exe()?;
        Ok(Keys { program: digest_file(File::open(program)?)? })
    }

    fn of(&self, scenario: &Scenario, base: &Base, replications: u32) -> io::Result<String> {
        let mut hasher = SipHasher13::new();
        hasher.write_u128(self.program);
        hasher.write(format!("{scenario:?}").as_bytes());
        hasher.write_u64(base.seed());
        hasher.write_u32(replications);
        if let Some(replay) = &scenario.replay {
            hasher.write_u128(digest_file(File::open(&replay.file)?)?);
        }
        Ok(format!("{:032x}", hasher.finish128().as_u128()))
    }
}

fn digest_file(mut file: File) -> io::Result<u128> {
    let (mut hasher, mut buffer) = (SipHasher13::new(), vec![0; 1 << 16]);
    loop {
        match file.read(&mut buffer)? {
            0 => return Ok(hasher.finish128().as_u128()),
            count => hasher.write(&buffer[..count]),
        }
    }
}

/// Whether every cell is a scenario, asked before the first is simulated: a mistake in the last is told at once.
pub fn check(base: &Base, cells: &[Cell]) -> Result<(), SweepError> {
    let faulty = cells.par_iter().enumerate().find_map_first(|(index, cell)| {
        base.world(cell).err().map(|diagnostics| SweepError::Cell(index, diagnostics))
    });
    faulty.map_or(Ok(()), Err)
}

/// Reads every cell, those that lie on the shelf without a simulation; the answer is in the order of the cells.
pub fn sweep(
    base: &Base,
    cells: &[Cell],
    replications: u32,
    yardstick: &Yardstick,
    shelf: Option<&dyn Shelf>,
    ticks: &dyn Ticks,
    stop: &AtomicBool,
) -> Result<Vec<CellReadings>, SweepError> {
    let keys = Keys::new().map_err(|error| SweepError::Write(format!("this program: {error}")))?;
    let one = |(index, cell): (usize, &Cell)| {
        let world = base.world(cell).map_err(|diagnostics| SweepError::Cell(index, diagnostics))?;
        let key = keys.of(&world.scenario, base, replications);
        let key = key.map_err(|error| SweepError::Write(format!("the replay file: {error}")))?;
        read_cell(&world, key, replications, yardstick, shelf, ticks, stop)
    };
    let found: Vec<Result<CellReadings, SweepError>> = cells.par_iter().enumerate().map(one).collect();
    found.into_iter().collect()
}

fn read_cell(
    world: &World,
    key: String,
    replications: u32,
    yardstick: &Yardstick,
    shelf: Option<&dyn Shelf>,
    ticks: &dyn Ticks,
    stop: &AtomicBool,
) -> Result<CellReadings, SweepError> {
    let kept = shelf.and_then(|shelf| shelf.find(&key));
    let whole = |cell: &CellReadings| {
        cell.key == key
            && cell.replications.len() == replications as usize
            && cell.replications.iter().all(|reading| reading.values.len() == yardstick.columns.len())
    };
    if let Some(cell) = kept.filter(whole) {
        (0..replications).for_each(|_| ticks.tick());
        return Ok(cell);
    }
    let readings =
        world.replications(yardstick, (0, replications), ticks, stop).map_err(SweepError::Study)?;
    let cell = CellReadings { key, replications: readings };
    if let Some(shelf) = shelf {
        shelf.keep(&cell).map_err(SweepError::Write)?;
    }
    Ok(cell)
}

/// The cells that no other beats: as good in both measures and better in one. `less` says which way is better.
pub fn frontier(points: &[(f64, f64)], less: (bool, bool)) -> Vec<bool> {
    let good = |value: f64, less: bool| if less { -value } else { value };
    let beats = |a: &(f64, f64), b: &(f64, f64)| {
        let (a, b) = ((good(a.0, less.0), good(a.1, less.1)), (good(b.0, less.0), good(b.1, less.1)));
        b.0 <= a.0 && b.1 <= a.1 && (b.0 < a.0 || b.1 < a.1)
    };
    points.iter().map(|point| !points.iter().any(|other| beats(other, point))).collect()
}

/// How much of the rectangle between the worst and the best of both measures the points beat, 0 to 1: 1 where one is
/// the best in both. The hypervolume indicator of Zitzler and Thiele (1999, "Multiobjective Evolutionary Algorithms: A
/// Comparative Case Study and the Strength Pareto Approach", IEEE Transactions on Evolutionary Computation 3), from the
/// worst of each measure as the point of reference.
pub fn hypervolume(points: &[(f64, f64)], less: (bool, bool)) -> f64 {
    let scaled = |of: fn(&(f64, f64)) -> f64, less: bool| -> Vec<f64> {
        let (low, high) = points
            .iter()
            .map(of)
            .fold((f64::INFINITY, f64::NEG_INFINITY), |(low, high), value| (low.min(value), high.max(value)));
        // A measure that is the same everywhere is at its best everywhere.
        let scale = |value: f64| if low < high { (value - low) / (high - low) } else { 1.0 };
        let flip = |share: f64| if less && low < high { 1.0 - share } else { share };
        points.iter().map(|point| flip(scale(of(point)))).collect()
    };
    let (first, second) = (scaled(|point| point.0, less.0), scaled(|point| point.1, less.1));
    let mut steps: Vec<(f64, f64)> = first.into_iter().zip(second).collect();
    steps.sort_unstable_by(|a, b| b.0.total_cmp(&a.0));
    // From the best of the first measure down: each step adds what it is higher than all before it.
    let (mut area, mut height) = (0.0, 0.0);
    for (width, own) in steps {
        area += width * (own - height).max(0.0);
        height = own.max(height);
    }
    area
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_hypervolume_is_the_area_that_a_frontier_beats() {
        let close = |found: f64, told: f64| assert!((found - told).abs() < 1e-12, "{found} for {told}");
        // Cost from 10 to 12, share from 0.89 to 0.97: the first beats an eighth of the height over the whole width.
        let ends = [(10.0, 0.90), (11.5, 0.89), (12.0, 0.97)];
        close(hypervolume(&ends, (true, false)), 0.125);
        // One in the middle of both adds half the width from there on.
        close(
            hypervolume(&[&ends[..], &[(11.0, 0.93)]].concat(), (true, false)),
            0.125 + 0.5 * (0.5 - 0.125),
        );
        // The best in both beats all; so does one alone.
        close(hypervolume(&[&ends[..], &[(10.0, 0.97)]].concat(), (true, false)), 1.0);
        close(hypervolume(&ends[..1], (true, true)), 1.0);
        close(hypervolume(&[], (true, true)), 0.0);
        // The other way round, and where one measure is the same everywhere.
        close(hypervolume(&[(1.0, 4.0), (3.0, 2.0), (2.0, 3.0)], (false, false)), 0.25);
        close(hypervolume(&[(1.0, 4.0), (3.0, 4.0)], (true, true)), 1.0);
    }

    #[test]
    fn a_frontier_holds_what_nobody_beats() {
        // Cost, less is better; share on time, more is better.
        let points = [(10.0, 0.90), (12.0, 0.95), (11.0, 0.89), (12.0, 0.97), (10.0, 0.90)];
        assert_eq!(frontier(&points, (true, false)), [true, false, false, true, true]);
        assert_eq!(frontier(&points[..1], (true, true)), [true]);
        assert!(frontier(&[], (true, true)).is_empty());
    }
}
