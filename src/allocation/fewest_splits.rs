//! `fewest-splits`: the smallest set of nodes that serves the most units of an order.
//!
//! # Promises
//! - For each handling class, in the order of `HandlingClass::ALL`: no plan within the rules serves more
//!   units, and none that serves as many uses fewer nodes. Ties by the sum of the nodes' price for a first
//!   kilogram, then by the earlier nodes in order of that price, distance, id.
//! - Exact for up to 20 nodes that have anything of the class; beyond that greedy, with what turned out to
//!   be superfluous dropped. `considered` tells how many sets were weighed.
//! - Two lines that ask for one SKU are served line by line from the cheapest box: sets of nodes are
//!   weighed for independent lines only.
//!
//! # Why branch and bound and not all 2^20 sets
//! Nine orders in ten fit one node and are done before any set is built. For the others, nodes are tried
//! cheapest first and a branch is left as soon as its remaining picks cannot cover some line even if all
//! were as full as the fullest left, or cannot be cheaper than the best set found.

use std::cell::RefCell;

use crate::domain::{HandlingClass, Money, NodeId};

use super::fill::Fill;
use super::tables::{Offer, Reach};
use super::view::OpenLine;

/// The most nodes for which every set is weighed.
pub const EXACT_NODES: usize = 20;

pub(super) fn fewest_splits(fill: &mut Fill<'_>, reach: Reach<'_>) {
    let order = fill.order;
    if fill.lines_compete() {
        let cheap = reach.cheap.iter().map(|&(node, _)| node);
        return order.lines.iter().for_each(|line| fill.in_order(line, cheap.clone()));
    }
    if order.lines.iter().all(|line| line.class == order.lines[0].class) {
        return one_class(fill, reach, order.lines);
    }
    let mut lines = OF_CLASS.take();
    for class in HandlingClass::ALL {
        lines.clear();
        lines.extend(order.lines.iter().filter(|line| line.class == class));
        one_class(fill, reach, &lines);
    }
    OF_CLASS.set(lines);
}

fn one_class(fill: &mut Fill<'_>, reach: Reach<'_>, lines: &[OpenLine]) {
    let Some(first) = lines.first() else { return };
    // Cheapest first: the first that has everything is the best set.
    for &(node, _) in reach.cheap {
        fill.out.considered += 1;
        if lines.iter().all(|line| line.quantity <= fill.left(line, node)) {
            return lines.iter().for_each(|line| fill.assign(line, node, line.quantity));
        }
    }
    SEARCH.with_borrow_mut(|search| {
        search.load(fill, reach.cheap, lines);
        search.run(fill.may_open(first.class) as usize);
        fill.out.considered = fill.out.considered.saturating_add(search.considered);
        for line in lines {
            serve(fill, line, &search.best);
        }
    });
}

/// From the first node of the set that has the whole line, else in parts in the order of the set.
fn serve(fill: &mut Fill<'_>, line: &OpenLine, set: &[NodeId]) {
    if let Some(&node) = set.iter().find(|&&node| line.quantity <= fill.left(line, node)) {
        return fill.assign(line, node, line.quantity);
    }
    let mut rest = line.quantity;
    if fill.splits_lines() {
        for &node in set {
            rest -= fill.take(line, node, rest);
        }
    }
    fill.backorder(line, rest);
}

thread_local! {
    // Buffers: nothing is read that this call did not write.
    static SEARCH: RefCell<Search> = RefCell::default();
    static OF_CLASS: RefCell<Vec<OpenLine>> = RefCell::default();
}

/// The search's tables: reused, so that a warm search allocates nothing.
#[derive(Default)]
struct Search {
    lines: usize,
    /// Nodes that have something, cheapest first, with the price of a first kilogram.
    nodes: Vec<(NodeId, Money)>,
    /// Useful units by (node, line): at most what is asked; where lines are not split, all or nothing.
    units: Vec<u32>,
    /// The most useful units at this node or a later one, by (node, line).
    fullest: Vec<u32>,
    /// Units asked and not yet covered, by (depth, line).
    rest: Vec<u32>,
    chosen: Vec<usize>,
    best: Vec<NodeId>,
    best_cost: Option<Money>,
    /// Units left uncovered by `best`.
    best_rest: u64,
    considered: u32,
    /// What each node has of one line.
    column: Vec<u32>,
}

impl Search {
    fn load(&mut self, fill: &Fill<'_>, cheap: &[(NodeId, Offer)], lines: &[OpenLine]) {
        self.lines = lines.len();
        self.considered = 0;
        self.nodes.clear();
        self.units.clear();
        for &(node, offer) in cheap {
            let start = self.units.len();
            self.units.extend(lines.iter().map(|line| {
                let units = fill.left(line, node).min(line.quantity);
                if fill.splits_lines() || units == line.quantity { units } else { 0 }
            }));
            if self.units[start..].iter().any(|&units| 0 < units) {
                self.nodes.push((node, offer.first_kg));
            } else {
                self.units.truncate(start);
            }
        }
        self.fullest.clear();
        self.fullest.resize(self.units.len() + self.lines, 0);
        for at in (0..self.units.len()).rev() {
            self.fullest[at] = self.units[at].max(self.fullest[at + self.lines]);
        }
        self.rest.clear();
        self.rest.extend(lines.iter().map(|line| line.quantity));
    }

    /// Finds `best` with at most `cap` nodes.
    fn run(&mut self, cap: usize) {
        let cap = cap.min(self.nodes.len());
        self.best.clear();
        self.rest.resize(self.lines * (cap + 1), 0);
        let asked: u64 = self.rest[..self.lines].iter().map(|&units| u64::from(units)).sum();
        self.best_rest = asked;
        if EXACT_NODES < self.nodes.len() {
            return self.greedy(cap);
        }
        let (unserved, least) = self.whole_network();
        // First only sets that serve everything there is; failing that within the cap, the most.
        for goal in [unserved, asked] {
            self.best_rest = asked;
            self.best.clear();
            let from = if goal == unserved { least } else { 1 };
            for size in from..=cap {
                self.best_cost = None;
                self.chosen.clear();
                self.extend(0, size, Money::ZERO, goal);
                if self.best_rest == unserved {
                    return;
                }
            }
        }
    }

    /// Units that nobody has, and a size below which no set serves all the others.
    fn whole_network(&mut self) -> (u64, usize) {
        let (mut unserved, mut least) = (0, 1);
        let column = &mut self.column;
        for line in 0..self.lines {
            column.clear();
            column.extend((0..self.nodes.len()).map(|node| self.units[node * self.lines + line]));
            column.sort_unstable_by(|a, b| b.cmp(a));
            let mut rest = self.rest[line];
            let mut picks = 0;
            for &units in column.iter().take_while(|&&units| 0 < units) {
                if rest == 0 {
                    break;
                }
                rest = rest.saturating_sub(units);
                picks += 1;
            }
            unserved += u64::from(rest);
            least = least.max(picks);
        }
        (unserved, least)
    }

    /// Adds `picks` more nodes from `first` on in every way that can still leave no more than `goal` units
    /// and beat `best`.
    fn extend(&mut self, first: usize, picks: usize, cost: Money, goal: u64) {
        let depth = self.chosen.len() * self.lines;
        if picks == 0 {
            return self.weigh(cost, goal);
        }
        for node in first..=self.nodes.len() - picks {
            if !self.is_promising(node, picks, cost, goal) {
                return;
            }
            for line in 0..self.lines {
                let units = self.units[node * self.lines + line];
                self.rest[depth + self.lines + line] = self.rest[depth + line].saturating_sub(units);
            }
            self.chosen.push(node);
            self.extend(node + 1, picks - 1, cost + self.nodes[node].1, goal);
            self.chosen.pop();
        }
    }

    /// Can `picks` nodes from `first` on still reach the goal and beat the best? Later starts cannot, if
    /// this one cannot: both bounds only get worse.
    fn is_promising(&self, first: usize, picks: usize, cost: Money, goal: u64) -> bool {
        let depth = self.chosen.len() * self.lines;
        let left = (0..self.lines).map(|line| {
            let most = u64::from(self.fullest[first * self.lines + line]) * picks as u64;
            u64::from(self.rest[depth + line]).saturating_sub(most)
        });
        let least_rest: u64 = left.sum();
        if goal.min(self.best_rest) < least_rest {
            return false;
        }
        let cheapest: Money = self.nodes[first..first + picks].iter().map(|node| node.1).sum();
        least_rest < self.best_rest || self.best_cost.is_some_and(|best| cost + cheapest < best)
    }

    fn weigh(&mut self, cost: Money, goal: u64) {
        self.considered = self.considered.saturating_add(1);
        let depth = self.chosen.len() * self.lines;
        let rest: u64 = self.rest[depth..depth + self.lines].iter().map(|&units| u64::from(units)).sum();
        let cheaper = self.best_cost.is_some_and(|best| cost < best);
        if rest <= goal && (rest < self.best_rest || (rest == self.best_rest && cheaper)) {
            self.best_rest = rest;
            self.best_cost = Some(cost);
            self.best.clear();
            self.best.extend(self.chosen.iter().map(|&node| self.nodes[node].0));
        }
    }

    /// The node that covers the most of what is left, again and again; then without those that turned out
    /// to be superfluous.
    fn greedy(&mut self, cap: usize) {
        let mut rest: Vec<u32> = self.rest[..self.lines].to_vec();
        let mut set: Vec<usize> = Vec::new();
        while set.len() < cap {
            self.considered += 1;
            let gain = |node: usize| -> u64 {
                let row = &self.units[node * self.lines..][..self.lines];
                row.iter().zip(&rest).map(|(&units, &rest)| u64::from(units.min(rest))).sum()
            };
            let candidates = (0..self.nodes.len()).filter(|node| !set.contains(node));
            let best = candidates.map(|node| (gain(node), std::cmp::Reverse(node))).max();
            let Some((gain @ 1.., std::cmp::Reverse(node))) = best else { break };
            self.best_rest -= gain;
            set.push(node);
            for (line, rest) in rest.iter_mut().enumerate() {
                *rest = rest.saturating_sub(self.units[node * self.lines + line]);
            }
        }
        // Dearest first: what the others cover as well is not needed.
        set.sort_unstable();
        for at in (0..set.len()).rev() {
            let others =
                || set.iter().enumerate().filter(move |&(other, _)| other != at).map(|(_, &node)| node);
            let covered =
                |line: usize| others().map(|node| u64::from(self.units[node * self.lines + line])).sum();
            let left = |line: usize| u64::from(self.rest[line]).saturating_sub(covered(line));
            if (0..self.lines).map(left).sum::<u64>() == self.best_rest {
                set.remove(at);
            }
        }
        self.best.extend(set.iter().map(|&node| self.nodes[node].0));
    }
}
