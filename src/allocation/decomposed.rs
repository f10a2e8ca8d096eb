//! The decomposed program: prices of scarce stock, and a bound below which no strategy can go.
//!
//! Orders come in groups of equals, each a number of times; a node serves no more units of a SKU than it
//! has. Put a price `p(s, k)` on every unit that leaves cell (SKU s, node k) and drop that limit: the orders
//! fall apart, each takes its cheapest set of nodes, and
//!
//! ```text
//!   bound(p) = sum over groups  count x cheapest set at prices + p   -   sum over cells  p x stock
//! ```
//!
//! is no more than the cost of any allocation, whatever the prices (weak duality; Fisher 1981, Management
//! Science 27:1). The prices that lift it most are bid prices: what the last unit of a cell is worth to the
//! orders still to come. One code makes both.
//!
//! # Promises
//! - Every bound is valid: prices are whole numbers, and the sets are exact (`SetSearch`; where a search was
//!   cut off, the group counts with its cheapest lines alone).
//! - Equal inputs give equal prices and bounds, on any number of threads: groups are summed in order.
//! - The budget counts iterations, never seconds.
//!
//! # Why the volume algorithm
//! The plain subgradient jumps between the corners of the piecewise linear bound. Barahona and Anbil 2000
//! (Mathematical Programming 87:385) step along the excess of an average of the plans seen, which settles;
//! the average is also the plan that the prices stand for. Simplex or interior point would need the program
//! written out; this needs one search a group and a number a cell.

use rayon::prelude::*;

use super::set_search::{SetSearch, Share};

/// Orders of one kind.
#[derive(Debug, Clone, PartialEq)]
pub struct Group {
    /// How often it comes: expected, or counted.
    pub count: f64,
    /// SKU and units of each line; different SKUs.
    pub lines: Vec<(u32, u32)>,
    /// Price of opening each node, by node; `None` where it does not reach the orders.
    pub fixed: Vec<Option<i64>>,
    /// Price of a unit, by (line, node).
    pub unit: Vec<i64>,
}

/// Groups over cells. All prices in one unit, which the caller chooses.
#[derive(Debug, Default, Clone)]
pub struct Program {
    pub nodes: usize,
    pub groups: Vec<Group>,
    /// Units by (SKU, node); `f64::INFINITY` where nothing is scarce.
    pub stock: Vec<f64>,
    /// Price of a unit that nobody serves.
    pub unserved: i64,
    pub most_nodes: usize,
}

/// Prices by (SKU, node), and what they prove.
#[derive(Debug, Default, Clone, PartialEq)]
pub struct Prices {
    pub of_cell: Vec<i64>,
    pub bound: f64,
    /// Units a cell gives in the average plan, by (SKU, node).
    pub flow: Vec<f64>,
    /// Units of the average plan of one order, by group, line, node; empty unless asked for.
    pub plan: Vec<f64>,
    pub iterations: u32,
}

/// How long to look.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Budget {
    pub iterations: u32,
    /// Ends early when so many iterations in a row have lifted the bound by less than a part in 100,000.
    pub patience: u32,
    /// Keep the average plan.
    pub plan: bool,
}

/// What one pass over the groups finds at given prices.
struct Pass {
    bound: f64,
    /// Units asked of each cell.
    flow: Vec<f64>,
    /// Units by (group, line, node), those that are not zero.
    plan: Vec<(usize, u32)>,
}

/// What a chunk of groups takes: group, line, node, units.
type Taken = (f64, Vec<(u32, u16, u16, u32)>);

impl Program {
    pub fn cells(&self) -> usize {
        self.stock.len()
    }

    /// One group's cheapest set at these prices.
    pub fn cheapest(&self, group: &Group, prices: &[i64], search: &mut SetSearch) -> i64 {
        search.begin(self.unserved, group.lines.iter().map(|line| line.1));
        for (node, fixed) in group.fixed.iter().enumerate() {
            let Some(fixed) = *fixed else { continue };
            search.offer(node as u16, fixed, |line| {
                let (sku, units) = group.lines[line];
                let cell = sku as usize * self.nodes + node;
                let units = if 0.0 < self.stock[cell] { units } else { 0 };
                (units, group.unit[line * self.nodes + node] + prices[cell])
            });
        }
        search.run(self.most_nodes)
    }

    fn pass(&self, prices: &[i64]) -> Pass {
        const CHUNK: usize = 256;
        let chunks: Vec<Taken> = self
            .groups
            .par_chunks(CHUNK)
            .map_init(SetSearch::default, |search, groups| self.chunk(groups, prices, search))
            .collect();
        let (mut bound, mut flow, mut plan) = (0.0, vec![0.0; self.cells()], Vec::new());
        let (mut first, mut offset) = (0, 0);
        for (groups, (sum, used)) in self.groups.chunks(CHUNK).zip(chunks) {
            bound += sum;
            let mut at = 0;
            for (group, line, node, units) in used {
                while at < group as usize {
                    offset += groups[at].lines.len() * self.nodes;
                    at += 1;
                }
                let found = &self.groups[first + at];
                let cell = found.lines[usize::from(line)].0 as usize * self.nodes + usize::from(node);
                flow[cell] += found.count * f64::from(units);
                plan.push((offset + usize::from(line) * self.nodes + usize::from(node), units));
            }
            offset += groups[at..].iter().map(|group| group.lines.len() * self.nodes).sum::<usize>();
            first += groups.len();
        }
        for (&price, &stock) in prices.iter().zip(&self.stock) {
            if price != 0 {
                bound -= price as f64 * stock;
            }
        }
        Pass { bound, flow, plan }
    }

    fn chunk(&self, groups: &[Group], prices: &[i64], search: &mut SetSearch) -> Taken {
        let (mut sum, mut used) = (0.0, Vec::new());
        for (at, group) in groups.iter().enumerate() {
            let cost = self.cheapest(group, prices, search);
            sum += group.count * if search.is_exact() { cost } else { self.alone(group, prices) } as f64;
            search.shares(|Share { line, tag, units }| used.push((at as u32, line as u16, tag, units)));
        }
        (sum, used)
    }

    /// Every line at its cheapest node, with the cheapest box for all of them: no set costs less.
    fn alone(&self, group: &Group, prices: &[i64]) -> i64 {
        let reached = || (0..self.nodes).filter(|&node| group.fixed[node].is_some());
        let line = |(line, &(sku, units)): (usize, &(u32, u32))| {
            let price =
                |node| group.unit[line * self.nodes + node] + prices[sku as usize * self.nodes + node];
            reached().map(price).min().unwrap_or(self.unserved).min(self.unserved) * i64::from(units)
        };
        let fixed = group.fixed.iter().flatten().min().copied().unwrap_or(0);
        let nobody: i64 = group.lines.iter().map(|line| i64::from(line.1) * self.unserved).sum();
        (fixed + group.lines.iter().enumerate().map(line).sum::<i64>()).min(nobody)
    }

    /// The best prices found from `start` on (all zero when empty).
    pub fn solve(&self, start: &[i64], budget: Budget) -> Prices {
        let mut center: Vec<f64> = match start {
            [] => vec![0.0; self.cells()],
            start => start.iter().map(|&price| price as f64).collect(),
        };
        let mut tried = whole(&center);
        let Pass { mut bound, mut flow, plan: first } = self.pass(&tried);
        let mut best = Prices { of_cell: tried.clone(), bound, ..Prices::default() };
        if budget.plan {
            best.plan = vec![0.0; self.groups.iter().map(|group| group.lines.len() * self.nodes).sum()];
            first.iter().for_each(|&(at, units)| best.plan[at] = f64::from(units));
        }
        let (mut step, mut target) = (0.1, lifted(bound, 0.05));
        let (mut idle, mut stale, mut last_lift) = (0, 0, bound);
        for iteration in 1..=budget.iterations {
            best.iterations = iteration;
            let excess: Vec<f64> = (0..self.cells()).map(|cell| self.excess(&flow, &center, cell)).collect();
            let square: f64 = excess.iter().map(|excess| excess * excess).sum();
            if square <= 0.0 {
                break;
            }
            let length = step * (target - bound) / square;
            let moved: Vec<f64> = center
                .iter()
                .zip(&excess)
                .map(|(price, excess)| (price + length * excess).max(0.0))
                .collect();
            tried = whole(&moved);
            let found = self.pass(&tried);
            let along: f64 =
                (0..self.cells()).map(|cell| excess[cell] * self.excess(&found.flow, &moved, cell)).sum();
            // The average plan drifts towards the newest.
            let weight = if iteration < 20 { 0.5 } else { 0.1f64.max(step).min(0.3) };
            for (average, new) in flow.iter_mut().zip(&found.flow) {
                *average += weight * (new - *average);
            }
            if budget.plan {
                best.plan.iter_mut().for_each(|units| *units *= 1.0 - weight);
                found.plan.iter().for_each(|&(at, units)| best.plan[at] += weight * f64::from(units));
            }
            if bound < found.bound {
                // A lift: the next step starts from here; a longer one if it would have gone on.
                step = (step * if 0.0 < along { 1.1 } else { 1.0 }).min(2.0);
                (center, bound, idle) = (moved, found.bound, 0);
                best.bound = bound;
                best.of_cell.clone_from(&tried);
            } else {
                idle += 1;
                if 10 <= idle {
                    (step, idle) = ((step * 0.66).max(1e-4), 0);
                }
            }
            if lifted(bound, 0.01) > target {
                target = lifted(bound, 0.05);
            } else if idle == 0 {
                target = target.min(lifted(bound, 0.05));
            }
            if last_lift + last_lift.abs() * 1e-5 < bound {
                (last_lift, stale) = (bound, 0);
            } else {
                stale += 1;
                if budget.patience <= stale {
                    break;
                }
            }
        }
        best.flow = flow;
        best
    }

    /// Lifts the bound further by plain subgradient steps, in turns: the prices of a SKU all together by what is asked
    /// of it beyond its whole stock, and cell by cell. Steps that gain nothing are shortened and begin again from the
    /// best prices (Held, Wolfe and Crowder 1974, Mathematical Programming 6:62).
    ///
    /// # Why SKUs beside cells
    /// Where two nodes cost nearly the same, a small difference of their prices sends all orders to one of them: cell
    /// by cell the excess swings, steps are short, and the prices of both hardly rise, though the SKU runs out. The
    /// volume algorithm alone stayed 5 % below the linear program (`tests/bound.rs`). Together the swings cancel.
    pub fn polish(&self, start: Prices, iterations: u32) -> Prices {
        const IDLE: u32 = 20;
        let mut best = start;
        let mut prices: Vec<f64> = best.of_cell.iter().map(|&price| price as f64).collect();
        // By SKU, by cell: length of the steps, and steps since one gained.
        let mut turns = [(1.0, 0), (1.0, 0)];
        for number in 0..iterations as usize {
            let (step, idle) = &mut turns[number % 2];
            let tried = whole(&prices);
            let found = self.pass(&tried);
            best.iterations += 1;
            *idle = if best.bound + best.bound.abs() * 1e-6 < found.bound { 0 } else { *idle + 1 };
            if best.bound < found.bound {
                best.bound = found.bound;
                best.of_cell.clone_from(&tried);
            }
            if IDLE <= *idle {
                (*step, *idle) = (*step * 0.6, 0);
                prices = best.of_cell.iter().map(|&price| price as f64).collect();
                if turns.iter().all(|turn| turn.0 < 1e-4) {
                    break;
                }
                continue;
            }
            let cells = (0..self.cells()).map(|cell| self.excess(&found.flow, &prices, cell));
            let mut excess: Vec<f64> = cells.collect();
            if number % 2 == 0 {
                excess.chunks_mut(self.nodes).enumerate().for_each(|(sku, row)| {
                    let sum = self.excess_of(&found.flow, sku);
                    let stocked = |node: usize| 0.0 < self.stock[sku * self.nodes + node];
                    (0..row.len()).for_each(|node| row[node] = if stocked(node) { sum } else { 0.0 });
                });
            }
            let square: f64 = excess.iter().map(|excess| excess * excess).sum();
            if square <= 0.0 {
                continue;
            }
            let length = *step * (lifted(best.bound, 0.02) - found.bound) / square;
            for (price, excess) in prices.iter_mut().zip(&excess) {
                *price = (*price + length * excess).max(0.0);
            }
        }
        best
    }

    /// Units asked of a SKU beyond its whole stock; 0 where some of it is not scarce.
    fn excess_of(&self, flow: &[f64], sku: usize) -> f64 {
        let cells = sku * self.nodes..(sku + 1) * self.nodes;
        let sum: f64 = cells.map(|cell| flow[cell] - self.stock[cell]).sum();
        if sum.is_finite() { sum } else { 0.0 }
    }

    /// Units asked beyond what the cell has; at price zero, only those.
    fn excess(&self, flow: &[f64], prices: &[f64], cell: usize) -> f64 {
        let excess = flow[cell] - self.stock[cell];
        if self.stock[cell] == f64::INFINITY || prices[cell] <= 0.0 && excess < 0.0 { 0.0 } else { excess }
    }
}

fn whole(prices: &[f64]) -> Vec<i64> {
    prices.iter().map(|price| price.round() as i64).collect()
}

fn lifted(bound: f64, share: f64) -> f64 {
    bound + bound.abs().max(1.0) * share
}
