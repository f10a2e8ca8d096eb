//! The linear program over whole sets, by column generation: the highest bound that prices can prove, and how near.
//!
//! A column is one way to serve a group; the restricted program over the columns made so far says what they cost at
//! best, its prices say which columns are missing, and the search for sets makes those (Dantzig and Wolfe 1960,
//! Operations Research 8:101; Gilmore and Gomory 1961, Operations Research 9:849). At its end the restricted program
//! and the bound of its prices meet: the linear program is solved.
//!
//! # Promises
//! - The bound does not hang on the solver's precision: it is that of `Program::cheapest` at whole prices, valid
//!   whatever they are. A solver that fails ends the climb; what was proved before stays.
//! - Equal inputs give equal prices and bounds, on any number of threads.
//!
//! # Why prices between those of the program and the best ones
//! The prices of a program with few columns jump between its corners, and most of what they ask for is never used.
//! Half way to the best prices known (Wentges 1997, International Transactions in Operational Research 4:151) the bound
//! rises in nearly every round.
//!
//! Cost: a few interior point solutions (clarabel) over some columns a group, and a search a group and round.

use clarabel::algebra::CscMatrix;
use clarabel::solver::{
    DefaultSettings, DefaultSolver, IPSolver, NonnegativeConeT, SolverStatus, SupportedConeT, ZeroConeT,
};
use rayon::prelude::*;

use super::decomposed::{Prices, Program};
use super::set_search::{SetSearch, Share};

/// Prices of the program are thousandths of a minor unit; the solver likes numbers near one.
const SCALE: f64 = 1e6;
const ROUNDS: u32 = 60;
/// The bound is the program's value to within this share of it.
pub const NEAR: f64 = 1e-4;

/// One way to serve an order of a group.
#[derive(Debug, Clone, PartialEq)]
struct Column {
    cost: i64,
    /// Units by cell.
    uses: Vec<(u32, u32)>,
}

/// The best prices, and the share of the program's value by which their bound may be too low.
pub struct Climbed {
    pub prices: Prices,
    pub within: f64,
}

/// From prices found otherwise up to the linear program. `None` where a group is too large for an exact search, or the
/// solver gives up before the bound is within `NEAR`.
pub fn climb(program: &Program, start: &Prices) -> Option<Climbed> {
    let mut best = start.clone();
    let mut columns: Vec<Vec<Column>> = vec![Vec::new(); program.groups.len()];
    let zero = vec![0; program.cells()];
    for prices in [&zero, &start.of_cell] {
        grow(program, prices, &mut columns)?;
    }
    for _ in 0..ROUNDS {
        let master = restricted(program, &columns)?;
        let half = |(best, asked): (&i64, &f64)| ((*best as f64 + asked) / 2.0).round() as i64;
        let between: Vec<i64> = best.of_cell.iter().zip(&master.prices).map(half).collect();
        let asked: Vec<i64> = master.prices.iter().map(|price| price.round() as i64).collect();
        for prices in [between, asked] {
            let (bound, fresh) = grow(program, &prices, &mut columns)?;
            best.iterations += 1;
            if best.bound < bound {
                (best.bound, best.of_cell) = (bound, prices);
            }
            if fresh {
                break;
            }
        }
        let within = (master.cost - best.bound).max(0.0) / master.cost.abs().max(1.0);
        if within <= NEAR {
            return Some(Climbed { prices: best, within });
        }
    }
    None
}

/// The bound at these prices, and whether a column was missing. `None`: a search was cut off.
fn grow(program: &Program, prices: &[i64], columns: &mut [Vec<Column>]) -> Option<(f64, bool)> {
    const CHUNK: usize = 256;
    let column = |search: &mut SetSearch, at: usize| -> Option<(i64, Column)> {
        let group = &program.groups[at];
        let priced = program.cheapest(group, prices, search);
        let (mut cost, mut uses) = (priced, Vec::new());
        search.shares(|Share { line, tag, units }| {
            let cell = group.lines[line].0 as usize * program.nodes + usize::from(tag);
            cost -= prices[cell] * i64::from(units);
            uses.push((cell as u32, units));
        });
        search.is_exact().then_some((priced, Column { cost, uses }))
    };
    let places: Vec<usize> = (0..program.groups.len()).collect();
    let found: Vec<Vec<Option<(i64, Column)>>> = places
        .par_chunks(CHUNK)
        .map_init(SetSearch::default, |search, places| places.iter().map(|&at| column(search, at)).collect())
        .collect();
    let (mut bound, mut fresh) = (0.0, false);
    for (at, found) in found.into_iter().flatten().enumerate() {
        let (priced, column) = found?;
        bound += program.groups[at].count * priced as f64;
        if !columns[at].contains(&column) {
            columns[at].push(column);
            fresh = true;
        }
    }
    let paid = prices.iter().zip(&program.stock).filter(|(price, _)| **price != 0);
    Some((bound - paid.map(|(&price, &stock)| price as f64 * stock).sum::<f64>(), fresh))
}

/// What the restricted program finds, in the program's unit.
struct Restricted {
    cost: f64,
    /// By cell, not below zero.
    prices: Vec<f64>,
}

/// Least cost over the columns: each group is served whole, no cell gives more than it has. What a cell lacks may be
/// had at the price of a unit that nobody serves, so that there always is a solution; no price goes above that.
fn restricted(program: &Program, columns: &[Vec<Column>]) -> Option<Restricted> {
    let (scarce, mut left, fixed) = scarce(program, columns);
    let mut rows: Vec<(usize, usize, f64)> = Vec::new();
    let (mut costs, mut served) = (Vec::new(), 0);
    let choosing = program.groups.iter().zip(columns).filter(|(_, own)| 1 < own.len());
    for (group, own) in choosing {
        for column in own {
            let place = costs.len();
            costs.push(group.count * column.cost as f64 / SCALE);
            rows.push((served, place, 1.0));
        }
        served += 1;
    }
    let mut place = 0;
    for (group, own) in program.groups.iter().zip(columns).filter(|(_, own)| 1 < own.len()) {
        for column in own {
            for &(cell, units) in &column.uses {
                if let Some(row) = scarce[cell as usize] {
                    rows.push((served + row, place, group.count * f64::from(units)));
                }
            }
            place += 1;
        }
    }
    for row in 0..left.len() {
        rows.push((served + row, costs.len(), -1.0));
        costs.push(program.unserved as f64 / SCALE);
    }
    let first = served + left.len();
    rows.extend((0..costs.len()).map(|place| (first + place, place, -1.0)));
    let mut limits = vec![1.0; served];
    limits.append(&mut left);
    limits.resize(first + costs.len(), 0.0);
    let (cost, prices) = solve(&costs, served, &rows, &limits)?;
    let of_cell = |row: &Option<usize>| row.map_or(0.0, |row| prices[row].max(0.0) * SCALE);
    Some(Restricted { cost: cost * SCALE + fixed, prices: scarce.iter().map(of_cell).collect() })
}

/// Cells that the columns could empty, numbered; what is left of them by the groups that have no choice; what those cost.
fn scarce(program: &Program, columns: &[Vec<Column>]) -> (Vec<Option<usize>>, Vec<f64>, f64) {
    let (mut most, mut taken) = (vec![0.0; program.cells()], vec![0.0; program.cells()]);
    let mut fixed = 0.0;
    for (group, own) in program.groups.iter().zip(columns) {
        let mut asked: Vec<(u32, u32)> = own.iter().flat_map(|column| column.uses.iter().copied()).collect();
        asked.sort_unstable_by(|a, b| a.0.cmp(&b.0).then(b.1.cmp(&a.1)));
        asked.dedup_by_key(|used| used.0);
        for (cell, units) in asked {
            most[cell as usize] += group.count * f64::from(units);
        }
        if let [only] = own.as_slice() {
            fixed += group.count * only.cost as f64;
            only.uses
                .iter()
                .for_each(|&(cell, units)| taken[cell as usize] += group.count * f64::from(units));
        }
    }
    let mut left = Vec::new();
    let number = |cell: usize| {
        (program.stock[cell] < most[cell]).then(|| {
            left.push(program.stock[cell] - taken[cell]);
            left.len() - 1
        })
    };
    ((0..program.cells()).map(number).collect(), left, fixed)
}

/// Least `costs . x` with the first rows equal to their limits and the others not above: its value, and the prices of
/// the others.
fn solve(
    costs: &[f64],
    equal: usize,
    rows: &[(usize, usize, f64)],
    limits: &[f64],
) -> Option<(f64, Vec<f64>)> {
    let column = |pick: fn(&(usize, usize, f64)) -> usize| rows.iter().map(pick).collect::<Vec<usize>>();
    let values = rows.iter().map(|row| row.2).collect();
    let matrix = CscMatrix::new_from_triplets(
        limits.len(),
        costs.len(),
        column(|row| row.0),
        column(|row| row.1),
        values,
    );
    let cones: [SupportedConeT<f64>; 2] = [ZeroConeT(equal), NonnegativeConeT(limits.len() - equal)];
    let settings = DefaultSettings { verbose: false, ..DefaultSettings::default() };
    let quadratic = CscMatrix::zeros((costs.len(), costs.len()));
    let mut solver = DefaultSolver::new(&quadratic, costs, &matrix, limits, &cones, settings).ok()?;
    solver.solve();
    let solved = matches!(solver.solution.status, SolverStatus::Solved | SolverStatus::AlmostSolved);
    solved.then(|| (solver.solution.obj_val, solver.solution.z[equal..].to_vec()))
}
