//! The cheapest set of nodes for one order: a small facility location problem, solved exactly.
//!
//! Every opened node costs its `fixed` price once (a box), every unit its node's price. A unit that nobody
//! serves costs `unserved`. One search serves the strategies (prices of a rate card, with or without bid
//! prices on top) and the bound (the same problem with multipliers).
//!
//! # Promises
//! - The cheapest of all sets of at most `cap` nodes, each line served from the members in order of price;
//!   `is_exact` tells when the search was cut off after `MOST_SETS` sets instead.
//! - Equal inputs give equal answers; a set is replaced by a strictly cheaper one only.
//! - A warm search allocates nothing.
//!
//! # Why dominated nodes go first
//! A node that is dearer in every price than another which has all that it has can leave every set. In a
//! network of twenty nodes that all stock a SKU the nearest one then stands alone, and no set is built.
//! What is left is searched depth first from the best set that greed finds, nodes taken or left in turn,
//! and a branch ends when what is opened plus the cheapest price of every line, over the nodes that may
//! still be opened, is no less than the best.

/// After so many sets the best so far is taken. Two orders of magnitude above what the benches reach.
pub const MOST_SETS: u32 = 200_000;

/// One candidate node, as the caller numbers it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
struct Candidate {
    tag: u16,
    fixed: i64,
}

/// So many units of one line from one node.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Share {
    pub line: usize,
    pub tag: u16,
    pub units: u32,
}

#[derive(Debug, Default)]
pub struct SetSearch {
    /// Units asked, by line.
    wanted: Vec<u32>,
    /// Price of a unit that nobody serves.
    unserved: i64,
    nodes: Vec<Candidate>,
    /// Useful units (no more than asked) and price of one, by (node, line).
    units: Vec<u32>,
    prices: Vec<i64>,
    /// Some node has a part of a line.
    parts: bool,
    /// Whole lines: price of the line, by (node, line), and the least of this node and later ones.
    costs: Vec<i64>,
    least: Vec<i64>,
    least_fixed: Vec<i64>,
    /// Price of each line as things stand, by (depth, line).
    now: Vec<i64>,
    /// Parts: nodes in order of price, by line.
    orders: Vec<u16>,
    open: Vec<bool>,
    closed: Vec<bool>,
    chosen: Vec<u16>,
    best: Vec<u16>,
    best_cost: i64,
    considered: u32,
}

impl SetSearch {
    /// Starts anew: so many units asked of each line.
    pub fn begin(&mut self, unserved: i64, wanted: impl IntoIterator<Item = u32>) {
        self.unserved = unserved;
        self.wanted.clear();
        self.wanted.extend(wanted);
        self.nodes.clear();
        self.units.clear();
        self.prices.clear();
        self.parts = false;
        self.considered = 0;
    }

    /// Offers a node: `cell(line)` gives the units it has and the price of one. Dearer than `unserved` is no
    /// offer.
    #[inline]
    pub fn offer(&mut self, tag: u16, fixed: i64, mut cell: impl FnMut(usize) -> (u32, i64)) {
        let start = self.units.len();
        let mut any = false;
        for line in 0..self.wanted.len() {
            let (units, price) = cell(line);
            let units = if price < self.unserved { units.min(self.wanted[line]) } else { 0 };
            any |= 0 < units;
            self.units.push(units);
            self.prices.push(price);
        }
        let useful = any && !self.is_dominated(fixed, start);
        if useful {
            self.nodes.push(Candidate { tag, fixed });
        } else {
            self.units.truncate(start);
            self.prices.truncate(start);
        }
    }

    /// Whether a node offered earlier makes the last row superfluous.
    fn is_dominated(&self, fixed: i64, start: usize) -> bool {
        (0..self.nodes.len()).any(|node| self.dominates(node, fixed, start))
    }

    /// Whether a node is no dearer than the row at `start`, and has the whole of every line that the row has
    /// any of.
    fn dominates(&self, node: usize, fixed: i64, start: usize) -> bool {
        let lines = self.wanted.len();
        let row = node * lines;
        self.nodes[node].fixed <= fixed
            && (0..lines).all(|line| {
                self.units[start + line] == 0
                    || self.units[row + line] == self.wanted[line]
                        && self.prices[row + line] <= self.prices[start + line]
            })
    }

    /// Searches; the price of the best set, unserved units included.
    pub fn run(&mut self, cap: usize) -> i64 {
        self.drop_dominated();
        let lines = self.wanted.len();
        self.best.clear();
        self.chosen.clear();
        self.parts = (0..self.units.len()).any(|at| {
            let units = self.units[at];
            0 < units && units < self.wanted[at % lines.max(1)]
        });
        if self.parts {
            self.run_parts(cap);
        } else {
            self.run_whole(cap.min(lines));
        }
        self.best_cost
    }

    /// Nodes that a later offer dominates.
    fn drop_dominated(&mut self) {
        let lines = self.wanted.len();
        let mut at = 0;
        while at < self.nodes.len() {
            let fixed = self.nodes[at].fixed;
            if (at + 1..self.nodes.len()).any(|later| self.dominates(later, fixed, at * lines)) {
                self.nodes.remove(at);
                self.units.drain(at * lines..(at + 1) * lines);
                self.prices.drain(at * lines..(at + 1) * lines);
            } else {
                at += 1;
            }
        }
    }

    pub fn considered(&self) -> u32 {
        self.considered
    }

    pub fn is_exact(&self) -> bool {
        self.considered < MOST_SETS
    }

    /// Hands over what the best set serves, line by line, cheapest member first.
    pub fn shares(&self, mut take: impl FnMut(Share)) {
        let lines = self.wanted.len();
        for line in 0..lines {
            let mut rest = self.wanted[line];
            let mut after: Option<(i64, u16)> = None;
            while 0 < rest {
                let members = self.best.iter().copied();
                let key = |node: u16| (self.prices[usize::from(node) * lines + line], node);
                let has = |node: u16| self.units[usize::from(node) * lines + line];
                let next = members
                    .filter(|&node| 0 < has(node) && after.is_none_or(|after| after < key(node)))
                    .min_by_key(|&node| key(node));
                let Some(node) = next else { break };
                after = Some(key(node));
                let units = rest.min(has(node));
                rest -= units;
                take(Share { line, tag: self.nodes[usize::from(node)].tag, units });
            }
        }
    }

    // Whole lines: a line costs the least of its prices over the open nodes.

    fn run_whole(&mut self, cap: usize) {
        let (lines, count) = (self.wanted.len(), self.nodes.len());
        self.costs.clear();
        self.costs.extend(self.units.iter().zip(&self.prices).enumerate().map(|(at, (&units, &price))| {
            i64::from(self.wanted[at % lines]) * if 0 < units { price } else { self.unserved }
        }));
        self.least.clear();
        let nobody = self.wanted.iter().map(|&units| i64::from(units) * self.unserved);
        self.least.resize(count * lines, 0);
        self.least.extend(nobody.clone());
        self.least_fixed.clear();
        self.least_fixed.resize(count + 1, i64::MAX);
        for node in (0..count).rev() {
            self.least_fixed[node] = self.least_fixed[node + 1].min(self.nodes[node].fixed);
            for line in 0..lines {
                let at = node * lines + line;
                self.least[at] = self.least[at + lines].min(self.costs[at]);
            }
        }
        self.now.clear();
        self.now.extend(nobody);
        self.best_cost = self.now.iter().sum();
        self.now.resize(lines * (cap + 2), 0);
        self.greedy_whole(cap);
        self.extend_whole(0, 0, 0, cap);
    }

    /// The node that lowers the price most, again and again.
    fn greedy_whole(&mut self, cap: usize) {
        let lines = self.wanted.len();
        let mut fixed = 0;
        // The row behind the deepest of the search is free here.
        let row = lines * (cap + 1);
        self.now.copy_within(0..lines, row);
        while self.best.len() < cap {
            let mut found: Option<(i64, usize)> = None;
            for node in 0..self.nodes.len() {
                self.considered += 1;
                let sum: i64 =
                    (0..lines).map(|line| self.now[row + line].min(self.costs[node * lines + line])).sum();
                let cost = fixed + self.nodes[node].fixed + sum;
                if cost < found.map_or(self.best_cost, |found| found.0) {
                    found = Some((cost, node));
                }
            }
            let Some((cost, node)) = found else { return };
            self.best_cost = cost;
            self.best.push(node as u16);
            fixed += self.nodes[node].fixed;
            for line in 0..lines {
                self.now[row + line] = self.now[row + line].min(self.costs[node * lines + line]);
            }
        }
    }

    /// Opens nodes from `first` on in every way that can still beat the best.
    fn extend_whole(&mut self, first: usize, depth: usize, fixed: i64, cap: usize) {
        let lines = self.wanted.len();
        let row = depth * lines;
        for node in first..self.nodes.len() {
            if depth == cap || MOST_SETS <= self.considered {
                return;
            }
            let at = node * lines;
            let bound: i64 = (0..lines).map(|line| self.now[row + line].min(self.least[at + line])).sum();
            if self.best_cost <= fixed + self.least_fixed[node] + bound {
                return;
            }
            self.considered += 1;
            let (mut sum, mut before) = (0, 0);
            for line in 0..lines {
                let cost = self.now[row + line].min(self.costs[at + line]);
                self.now[row + lines + line] = cost;
                sum += cost;
                before += self.now[row + line];
            }
            if sum == before {
                // Cheaper nowhere, and no cheaper when more is open.
                continue;
            }
            let opened = fixed + self.nodes[node].fixed;
            self.chosen.push(node as u16);
            if opened + sum < self.best_cost {
                self.best_cost = opened + sum;
                self.best.clone_from(&self.chosen);
            }
            self.extend_whole(node + 1, depth + 1, opened, cap);
            self.chosen.pop();
        }
    }

    // Parts of lines: a line is filled from the open nodes, cheapest first.

    fn run_parts(&mut self, cap: usize) {
        let (lines, count) = (self.wanted.len(), self.nodes.len());
        self.orders.clear();
        for line in 0..lines {
            let start = self.orders.len();
            self.orders.extend(0..count as u16);
            let prices = &self.prices;
            self.orders[start..]
                .sort_unstable_by_key(|&node| (prices[usize::from(node) * lines + line], node));
        }
        for state in [&mut self.open, &mut self.closed] {
            state.clear();
            state.resize(count, false);
        }
        self.best_cost = self.filled(|search, node| search.open[node]);
        self.greedy_parts(cap);
        self.open.fill(false);
        self.extend_parts(0, 0, cap);
    }

    /// The price of all lines, filled from the nodes that `may` be used, without what opening them costs.
    fn filled(&self, may: impl Fn(&SetSearch, usize) -> bool) -> i64 {
        let (lines, count) = (self.wanted.len(), self.nodes.len());
        let mut sum = 0;
        for line in 0..lines {
            let mut rest = self.wanted[line];
            for &node in &self.orders[line * count..(line + 1) * count] {
                let node = usize::from(node);
                if rest == 0 {
                    break;
                }
                if may(self, node) {
                    let units = rest.min(self.units[node * lines + line]);
                    rest -= units;
                    sum += i64::from(units) * self.prices[node * lines + line];
                }
            }
            sum += i64::from(rest) * self.unserved;
        }
        sum
    }

    fn greedy_parts(&mut self, cap: usize) {
        let mut fixed = 0;
        while self.best.len() < cap {
            let mut found: Option<(i64, usize)> = None;
            for node in 0..self.nodes.len() {
                if self.open[node] {
                    continue;
                }
                self.considered += 1;
                let filled = self.filled(|search, other| search.open[other] || other == node);
                let cost = fixed + self.nodes[node].fixed + filled;
                if cost < found.map_or(self.best_cost, |found| found.0) {
                    found = Some((cost, node));
                }
            }
            let Some((cost, node)) = found else { return };
            self.best_cost = cost;
            self.best.push(node as u16);
            self.open[node] = true;
            fixed += self.nodes[node].fixed;
        }
    }

    fn extend_parts(&mut self, first: usize, fixed: i64, cap: usize) {
        for node in first..self.nodes.len() {
            if self.chosen.len() == cap || MOST_SETS <= self.considered {
                return;
            }
            let bound = self.filled(|search, other| search.open[other] || node <= other);
            let cheapest = self.nodes[node..].iter().map(|node| node.fixed).min().unwrap_or(0);
            if self.best_cost <= fixed + cheapest + bound {
                return;
            }
            self.considered += 1;
            let opened = fixed + self.nodes[node].fixed;
            self.open[node] = true;
            self.chosen.push(node as u16);
            let cost = opened + self.filled(|search, other| search.open[other]);
            if cost < self.best_cost {
                self.best_cost = cost;
                self.best.clone_from(&self.chosen);
            }
            self.extend_parts(node + 1, opened, cap);
            self.chosen.pop();
            self.open[node] = false;
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::kernel::draw::Draw;

    const UNSERVED: i64 = 10_000;

    struct Case {
        wanted: Vec<u32>,
        fixed: Vec<i64>,
        units: Vec<Vec<u32>>,
        prices: Vec<Vec<i64>>,
    }

    impl Case {
        fn drawn(seed: u64, parts: bool) -> Case {
            let dice = &mut Draw::new(seed, 0).source("case");
            let mut below = |n: u64| dice.bits() % n;
            let (nodes, lines) = (1 + below(7) as usize, 1 + below(5) as usize);
            let wanted: Vec<u32> = (0..lines).map(|_| 1 + below(4) as u32).collect();
            let mut row = || -> Vec<u32> {
                wanted
                    .iter()
                    .map(|&wanted| match (below(3), parts) {
                        (0, _) => 0,
                        (1, true) => below(4) as u32,
                        _ => wanted + below(2) as u32,
                    })
                    .collect()
            };
            let units = (0..nodes).map(|_| row()).collect();
            let fixed = (0..nodes).map(|_| 50 + 10 * below(6) as i64).collect();
            let prices = (0..nodes).map(|_| (0..lines).map(|_| 5 * below(9) as i64).collect()).collect();
            Case { wanted, fixed, units, prices }
        }

        fn brute(&self, cap: usize) -> i64 {
            let price = |set: u32| {
                let members: Vec<usize> = (0..self.fixed.len()).filter(|node| set >> node & 1 == 1).collect();
                let mut sum: i64 = members.iter().map(|&node| self.fixed[node]).sum();
                for line in 0..self.wanted.len() {
                    let mut sorted = members.clone();
                    sorted.sort_by_key(|&node| self.prices[node][line]);
                    let mut rest = self.wanted[line];
                    for node in sorted {
                        let units = rest.min(self.units[node][line]);
                        rest -= units;
                        sum += i64::from(units) * self.prices[node][line];
                    }
                    sum += i64::from(rest) * UNSERVED;
                }
                sum
            };
            let sets = (0..1u32 << self.fixed.len()).filter(|set| set.count_ones() as usize <= cap);
            sets.map(price).min().unwrap()
        }

        fn search(&self, search: &mut SetSearch, cap: usize) -> i64 {
            search.begin(UNSERVED, self.wanted.iter().copied());
            for (node, &fixed) in self.fixed.iter().enumerate() {
                search.offer(node as u16, fixed, |line| (self.units[node][line], self.prices[node][line]));
            }
            search.run(cap)
        }

        /// What the shares handed over cost.
        fn priced(&self, search: &SetSearch) -> i64 {
            let (mut sum, mut rest) = (0, self.wanted.clone());
            let mut opened = vec![false; self.fixed.len()];
            search.shares(|share| {
                let node = usize::from(share.tag);
                assert!(share.units <= self.units[node][share.line] && 0 < share.units);
                rest[share.line] -= share.units;
                sum += i64::from(share.units) * self.prices[node][share.line];
                sum += if opened[node] { 0 } else { self.fixed[node] };
                opened[node] = true;
            });
            sum + rest.iter().map(|&units| i64::from(units) * UNSERVED).sum::<i64>()
        }
    }

    #[test]
    fn it_is_the_cheapest_of_all_sets() {
        let search = &mut SetSearch::default();
        let mut larger = 0;
        for seed in 0..3_000 {
            let case = Case::drawn(seed, seed % 2 == 0);
            let cap = 1 + seed as usize % 4;
            let cost = case.search(search, cap);
            assert_eq!(cost, case.brute(cap), "seed {seed}");
            assert_eq!(cost, case.priced(search), "seed {seed}");
            assert!(search.is_exact());
            larger += u32::from(1 < search.best.len());
        }
        assert!(500 < larger, "the cases are too easy: {larger} sets of more than one node");
    }

    #[test]
    fn greed_that_covers_most_is_beaten() {
        // Six lines; {0,1,2,3}, {0,1,4}, {2,3,5}: coverage first takes three nodes, two are enough.
        let has: [&[usize]; 3] = [&[0, 1, 2, 3], &[0, 1, 4], &[2, 3, 5]];
        let search = &mut SetSearch::default();
        search.begin(UNSERVED, [1; 6]);
        for (node, has) in has.iter().enumerate() {
            search.offer(node as u16, 100, |line| (u32::from(has.contains(&line)), 1));
        }
        assert_eq!(search.run(6), 206);
        let mut tags = Vec::new();
        search.shares(|share| tags.push(share.tag));
        tags.sort_unstable();
        tags.dedup();
        assert_eq!(tags, [1, 2]);
    }
}
