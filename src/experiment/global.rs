//! All levers at once: the points of a screening design as cells, and what each of them reads.

use std::sync::atomic::AtomicBool;

use rayon::prelude::*;

use super::design::Cell;
use super::lab::{Base, Ticks, Yardstick};
use super::levers::Lever;
use super::tornado::TornadoError;

/// What a point of the unit cube sets: each lever by a factor from 1 - `by` to 1 + `by`.
pub fn cell(levers: &[Lever], point: &[f64], by: f64) -> Cell {
    let factor = |place: f64| 1.0 + by * (2.0 * place - 1.0);
    levers.iter().zip(point).map(|(lever, &place)| (lever.path.clone(), factor(place).to_string())).collect()
}

/// By column, then point: the mean of the replications. The replications of all points have the same draws, so what
/// differs between points is the levers' doing.
pub fn answers(
    base: &Base,
    yardstick: &Yardstick,
    (levers, by): (&[Lever], f64),
    points: &[Vec<f64>],
    replications: u32,
    ticks: &dyn Ticks,
    stop: &AtomicBool,
) -> Result<Vec<Vec<f64>>, TornadoError> {
    let read = |point: &Vec<f64>| {
        let world = base.world(&cell(levers, point, by)).map_err(|error| {
            // Levers fit one by one at both ends; together they are told by the first.
            TornadoError::Lever(levers[0].clone(), error)
        })?;
        let readings = world.replications(yardstick, (0, replications), ticks, stop);
        let readings = readings.map_err(TornadoError::Study)?;
        let mean = |column| yardstick.estimate(&readings, column).mean;
        Ok((0..yardstick.columns.len()).map(mean).collect::<Vec<f64>>())
    };
    let rows: Vec<Result<Vec<f64>, TornadoError>> = points.par_iter().map(read).collect();
    let rows = rows.into_iter().collect::<Result<Vec<_>, _>>()?;
    Ok((0..yardstick.columns.len()).map(|column| rows.iter().map(|row| row[column]).collect()).collect())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_point_is_factors_around_one() {
        let lever = |path: &str| Lever { name: path.to_owned(), path: path.to_owned() };
        let found = cell(&[lever("a*"), lever("b*"), lever("c*")], &[0.0, 0.5, 1.0], 0.25);
        let said: Vec<&str> = found.iter().map(|(_, value)| value.as_str()).collect();
        assert_eq!(said, ["0.75", "1", "1.25"]);
    }
}
