//! The decomposed program written out for an interior point method (clarabel): an oracle that shares no code
//! with the search for sets or with the volume algorithm.

use clarabel::algebra::CscMatrix;
use clarabel::solver::{
    DefaultSettings, DefaultSolver, IPSolver, NonnegativeConeT, SolverStatus, SupportedConeT, ZeroConeT,
};
use ordermill::allocation::SetSearch;
use ordermill::allocation::decomposed::{Group, Program};

const MILLION: f64 = 1e6;

/// Cost, in the program's unit, the values of the columns, and the prices of the rows that are bounds.
pub struct Solution {
    pub cost: f64,
    pub columns: Vec<f64>,
    pub prices: Vec<f64>,
}

type Row = Vec<(usize, f64)>;

/// Least `costs . x` with `equal x = 1`, `most x <= limits` and `x >= 0`.
fn solve(costs: &[f64], equal: &[Row], most: &[(Row, f64)]) -> Solution {
    let (mut i, mut j, mut v, mut b) = (Vec::new(), Vec::new(), Vec::new(), Vec::new());
    let mut put = |row: &[(usize, f64)], limit: f64| {
        for &(column, value) in row {
            i.push(b.len());
            j.push(column);
            v.push(value);
        }
        b.push(limit);
    };
    equal.iter().for_each(|row| put(row, 1.0));
    most.iter().for_each(|(row, limit)| put(row, *limit));
    (0..costs.len()).for_each(|column| put(&[(column, -1.0)], 0.0));
    let matrix = CscMatrix::new_from_triplets(b.len(), costs.len(), i, j, v);
    let cones: [SupportedConeT<f64>; 2] =
        [ZeroConeT(equal.len()), NonnegativeConeT(most.len() + costs.len())];
    let quadratic = CscMatrix::zeros((costs.len(), costs.len()));
    let settings = DefaultSettings { verbose: false, ..DefaultSettings::default() };
    let mut solver = DefaultSolver::new(&quadratic, costs, &matrix, &b, &cones, settings).unwrap();
    solver.solve();
    assert!(matches!(solver.solution.status, SolverStatus::Solved | SolverStatus::AlmostSolved));
    let prices = solver.solution.z[equal.len()..equal.len() + most.len()].to_vec();
    Solution { cost: solver.solution.obj_val, columns: solver.solution.x.clone(), prices }
}

/// The program of the literature: a box of a node may be opened in part, and a line goes no further than its box.
/// `columns` of the solution are the units by (group, line, node).
#[allow(dead_code)]
pub fn relaxed(program: &Program) -> Solution {
    let nodes = program.nodes;
    let (mut costs, mut equal, mut most) = (Vec::new(), Vec::new(), Vec::new());
    let mut cells: Vec<Row> = vec![Vec::new(); program.cells()];
    let mut units_at = Vec::new();
    for group in &program.groups {
        let first = costs.len();
        costs.extend(group.fixed.iter().map(|fixed| group.count * fixed.unwrap() as f64 / MILLION));
        for (line, &(sku, units)) in group.lines.iter().enumerate() {
            let mut served = Vec::new();
            for node in 0..nodes {
                let column = costs.len();
                units_at.push(column);
                let unit = group.unit[line * nodes + node] as f64 / MILLION;
                costs.push(group.count * f64::from(units) * unit);
                served.push((column, 1.0));
                most.push((vec![(column, 1.0), (first + node, -1.0)], 0.0));
                cells[sku as usize * nodes + node].push((column, group.count * f64::from(units)));
            }
            equal.push(served);
        }
    }
    for (cell, uses) in cells.into_iter().enumerate() {
        if program.stock[cell].is_finite() && !uses.is_empty() {
            most.push((uses, program.stock[cell]));
        }
    }
    let found = solve(&costs, &equal, &most);
    let columns = units_at.into_iter().map(|column| found.columns[column].max(0.0)).collect();
    Solution { cost: found.cost * MILLION, columns, prices: Vec::new() }
}

/// The same with whole sets: every way to serve a group is a column, made when the prices ask for it (column
/// generation). No fraction of a box: the bound that the multipliers climb to.
#[allow(dead_code)]
pub fn whole_sets(program: &Program) -> f64 {
    let cells: Vec<usize> = (0..program.cells()).filter(|&cell| program.stock[cell].is_finite()).collect();
    let mut prices = vec![0.0; program.cells()];
    let (mut costs, mut equal) = (Vec::new(), vec![Row::new(); program.groups.len()]);
    let mut uses: Vec<Row> = vec![Row::new(); program.cells()];
    for round in 0.. {
        let mut fresh = 0;
        let mut lower = -cells.iter().map(|&cell| prices[cell] * program.stock[cell]).sum::<f64>();
        for (at, group) in program.groups.iter().enumerate() {
            // At first also the way that uses nothing scarce, so that the program has a solution.
            for plan in
                [Some(cheapest_plan(program, group, &prices)), (round == 0).then(|| outside(program, group))]
                    .into_iter()
                    .flatten()
            {
                let cost = group.count * plan.0 / MILLION;
                let column = costs.len();
                costs.push(cost);
                equal[at].push((column, 1.0));
                plan.1.iter().for_each(|&cell| uses[cell].push((column, group.count)));
                fresh += 1;
            }
            let (cost, used) = cheapest_plan(program, group, &prices);
            lower += group.count * (cost / MILLION + used.iter().map(|&cell| prices[cell]).sum::<f64>());
        }
        let most: Vec<(Row, f64)> =
            cells.iter().map(|&cell| (uses[cell].clone(), program.stock[cell])).collect();
        let found = solve(&costs, &equal, &most);
        for (&cell, &price) in cells.iter().zip(&found.prices) {
            prices[cell] = price.max(0.0);
        }
        if fresh == 0 || found.cost - lower < 1e-4 * found.cost.abs() || 60 < round {
            return found.cost * MILLION;
        }
    }
    unreachable!("the rounds end")
}

/// By trying every node for every line: lines of one unit.
fn cheapest_plan(program: &Program, group: &Group, prices: &[f64]) -> (f64, Vec<usize>) {
    let (nodes, lines) = (program.nodes, group.lines.len());
    let mut best = (f64::INFINITY, 0.0, Vec::new());
    for set in 1u32..1 << nodes {
        let opened = (0..nodes).filter(|node| set >> node & 1 == 1);
        let mut cost: f64 = opened.clone().map(|node| group.fixed[node].unwrap() as f64).sum();
        let (mut priced, mut used) = (cost, Vec::new());
        for line in 0..lines {
            let cell = |node: usize| group.lines[line].0 as usize * nodes + node;
            let has = opened.clone().filter(|&node| 0.0 < program.stock[cell(node)]);
            let price = |node: usize| group.unit[line * nodes + node] as f64 + prices[cell(node)] * MILLION;
            let Some(node) = has.min_by(|&a, &b| price(a).total_cmp(&price(b))) else {
                priced = f64::INFINITY;
                break;
            };
            cost += group.unit[line * nodes + node] as f64;
            priced += price(node);
            if program.stock[cell(node)].is_finite() {
                used.push(cell(node));
            }
        }
        if priced < best.0 {
            best = (priced, cost, used);
        }
    }
    (best.1, best.2)
}

/// Everything from the last node, which has all of it.
fn outside(program: &Program, group: &Group) -> (f64, Vec<usize>) {
    let last = program.nodes - 1;
    let units = (0..group.lines.len()).map(|line| group.unit[line * program.nodes + last] as f64);
    (group.fixed[last].unwrap() as f64 + units.sum::<f64>(), Vec::new())
}

/// What the program over whole sets costs, and a bound below it that does not hang on the solver's precision.
#[allow(dead_code)]
pub struct Least {
    pub cost: f64,
    pub lower: f64,
}

/// As `whole_sets`, for lines of any number of units, nodes that do not reach a group, and units that nobody serves:
/// the columns come from the house's own search, the prices and the cost from the interior point method.
#[allow(dead_code)]
pub fn least(program: &Program) -> Least {
    let mut search = SetSearch::default();
    let (mut costs, mut equal) = (Vec::new(), vec![Row::new(); program.groups.len()]);
    let mut uses: Vec<Row> = vec![Row::new(); program.cells()];
    let mut prices = vec![0i64; program.cells()];
    let mut least = Least { cost: f64::INFINITY, lower: f64::NEG_INFINITY };
    for (at, group) in program.groups.iter().enumerate() {
        let nobody: i64 = group.lines.iter().map(|line| i64::from(line.1) * program.unserved).sum();
        equal[at].push((costs.len(), 1.0));
        costs.push(group.count * nobody as f64 / MILLION);
    }
    for _ in 0..60 {
        let finite = (0..program.cells()).filter(|&cell| prices[cell] != 0);
        let mut lower = -finite.map(|cell| prices[cell] as f64 * program.stock[cell]).sum::<f64>();
        for (at, group) in program.groups.iter().enumerate() {
            let priced = program.cheapest(group, &prices, &mut search);
            assert!(search.is_exact(), "a group that is too large for the oracle");
            lower += group.count * priced as f64;
            let (column, mut cost) = (costs.len(), priced);
            search.shares(|share| {
                let cell = group.lines[share.line].0 as usize * program.nodes + usize::from(share.tag);
                cost -= prices[cell] * i64::from(share.units);
                uses[cell].push((column, group.count * f64::from(share.units)));
            });
            equal[at].push((column, 1.0));
            costs.push(group.count * cost as f64 / MILLION);
        }
        least.lower = least.lower.max(lower);
        let scarce = (0..program.cells()).filter(|&c| program.stock[c].is_finite() && !uses[c].is_empty());
        let cells: Vec<usize> = scarce.collect();
        let most: Vec<(Row, f64)> =
            cells.iter().map(|&cell| (uses[cell].clone(), program.stock[cell])).collect();
        let found = solve(&costs, &equal, &most);
        least.cost = found.cost * MILLION;
        for (&cell, &price) in cells.iter().zip(&found.prices) {
            prices[cell] = (price.max(0.0) * MILLION).round() as i64;
        }
        if least.cost - least.lower <= 1e-4 * least.cost {
            break;
        }
    }
    least
}
