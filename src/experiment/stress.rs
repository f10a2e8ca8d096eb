//! A wrong forecast: the plan as it is, under more and less demand than it was made for.

use std::sync::atomic::AtomicBool;

use super::design::Cell;
use super::lab::{Base, Reading, Ticks, Yardstick};
use super::levers::Lever;
use super::tornado::TornadoError;

/// Steps to each side of the forecast.
const STEPS: i32 = 6;

/// Demand by a factor, and what came of it.
#[derive(Debug, Clone)]
pub struct Stressed {
    pub factor: f64,
    pub cell: Cell,
    pub readings: Vec<Reading>,
}

/// Demand from 1 - `by` to 1 + `by`. People, lanes and stock are those of the forecast: where stock is a cover of demand,
/// the cover is taken by what makes its units equal.
pub fn stress(
    base: &Base,
    yardstick: &Yardstick,
    by: f64,
    replications: u32,
    ticks: &dyn Ticks,
    stop: &AtomicBool,
) -> Result<Vec<Stressed>, TornadoError> {
    let factor = |step: i32| 1.0 + by * f64::from(step) / f64::from(STEPS);
    (-STEPS..=STEPS).map(|step| at(base, yardstick, factor(step), replications, ticks, stop)).collect()
}

/// How many cells that are.
pub const CELLS: u64 = 2 * STEPS as u64 + 1;

fn at(
    base: &Base,
    yardstick: &Yardstick,
    factor: f64,
    replications: u32,
    ticks: &dyn Ticks,
    stop: &AtomicBool,
) -> Result<Stressed, TornadoError> {
    let demand = ("demand*".to_owned(), factor.to_string());
    let cover = ("stock.cover*".to_owned(), (1.0 / factor).to_string());
    let with_stock = vec![demand.clone(), cover];
    // Without a cover to be changed, stock is told in units, and stays.
    let (cell, world) = match base.world(&with_stock) {
        Ok(world) => (with_stock, world),
        Err(_) => {
            let alone = vec![demand];
            let lever = Lever { name: "demand".to_owned(), path: "demand*".to_owned() };
            let world = base.world(&alone).map_err(|error| TornadoError::Lever(lever, error))?;
            (alone, world)
        }
    };
    let readings = world.replications(yardstick, (0, replications), ticks, stop);
    Ok(Stressed { factor, cell, readings: readings.map_err(TornadoError::Study)? })
}
