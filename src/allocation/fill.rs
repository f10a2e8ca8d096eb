//! Filling a plan line by line: what is left at each node, which boxes are open, what may still be opened.
//!
//! # Promises
//! - Never more from a cell than it has for this order, also when two lines ask for one SKU.
//! - Never more fulfillment orders than the rules allow; every handling class may have one.
//! - What is not assigned is backordered.

use std::collections::BTreeMap;

use crate::domain::{Assignment, Backorder, HandlingClass, NodeId, Plan, SkuId};

use super::view::{OpenLine, OrderView, Rules, StockView};

/// A plan that grows.
pub(super) struct Fill<'a> {
    pub order: &'a OrderView<'a>,
    pub stock: &'a StockView<'a>,
    rules: Rules,
    pub out: &'a mut Plan,
    boxes: OpenBoxes,
    /// At most so many boxes.
    cap: u32,
    /// Bits of the handling classes that have no box yet.
    boxless: u8,
    /// Units assigned by cell; only where two lines ask for one SKU.
    spent: Option<BTreeMap<(SkuId, NodeId), u32>>,
}

/// What goes from one node in one group: a fulfillment order to be.
#[derive(Debug, Default, Clone, Copy)]
pub(super) struct OpenBox {
    node: NodeId,
    group: u8,
    weight_g: u64,
}

impl<'a> Fill<'a> {
    pub fn new(
        order: &'a OrderView<'a>,
        stock: &'a StockView<'a>,
        rules: Rules,
        out: &'a mut Plan,
    ) -> Fill<'a> {
        out.clear();
        let boxless = order.lines.iter().fold(0, |classes, line| classes | bit(line.class));
        let cap = rules.max_splits.max(boxless.count_ones());
        let spent = repeats_a_sku(order.lines).then(BTreeMap::new);
        Fill { order, stock, rules, out, boxes: OpenBoxes::default(), cap, boxless, spent }
    }

    /// Whether two lines ask for one SKU, so that lines compete with each other.
    pub fn lines_compete(&self) -> bool {
        self.spent.is_some()
    }

    pub fn splits_lines(&self) -> bool {
        self.rules.split_lines
    }

    /// Units that the node still has for a line.
    #[inline]
    pub fn left(&self, line: &OpenLine, node: NodeId) -> u32 {
        let units = self.stock.available_to(self.order, line.sku, node);
        match &self.spent {
            None => units,
            Some(spent) => units - spent.get(&(line.sku, node)).copied().unwrap_or(0).min(units),
        }
    }

    /// How many more boxes may be opened for a class, with one kept for each other class that has none.
    #[inline]
    pub fn may_open(&self, class: HandlingClass) -> u32 {
        let kept = (self.boxless & !bit(class)).count_ones();
        self.cap.saturating_sub(self.boxes.len() + kept)
    }

    /// Weight of the box of that node and class; `None` where there is none yet.
    #[inline]
    pub fn box_weight(&self, node: NodeId, class: HandlingClass) -> Option<u64> {
        self.boxes.find(node, class as u8).map(|open| open.weight_g)
    }

    /// Serves the line from the first node of `nodes` that has all of it, else in parts in that order, as
    /// far as the rules allow.
    pub fn in_order(&mut self, line: &OpenLine, nodes: impl Iterator<Item = NodeId> + Clone) {
        let opens = 0 < self.may_open(line.class);
        for node in nodes.clone() {
            self.out.considered += 1;
            let usable = opens || self.box_weight(node, line.class).is_some();
            if usable && line.quantity <= self.left(line, node) {
                return self.assign(line, node, line.quantity);
            }
        }
        let mut rest = line.quantity;
        if self.rules.split_lines {
            for node in nodes {
                rest -= self.take(line, node, rest);
            }
        }
        self.backorder(line, rest);
    }

    /// Serves the line from the candidate with the least key among those that have all of it, else in parts,
    /// least key first. Ties: the earlier candidate.
    pub fn by_key<T: Copy, K: Ord>(
        &mut self,
        line: &OpenLine,
        candidates: &[T],
        node: impl Fn(T) -> NodeId,
        key: impl Fn(&Fill<'_>, T) -> K,
    ) {
        self.out.considered += candidates.len() as u32;
        let before = self.out.assignments.len();
        // Keys are cheap and cells are not: only a candidate that would be the best so far is looked up.
        let least = |fill: &Fill<'_>, units: u32| {
            let opens = 0 < fill.may_open(line.class);
            let mut best: Option<(K, NodeId)> = None;
            for &candidate in candidates {
                let (key, node) = (key(fill, candidate), node(candidate));
                if best.as_ref().is_none_or(|best| key < best.0)
                    && units <= fill.left(line, node)
                    && (opens || fill.box_weight(node, line.class).is_some())
                    && fill.out.assignments[before..].iter().all(|part| part.node != node)
                {
                    best = Some((key, node));
                }
            }
            best.map(|best| best.1)
        };
        if let Some(node) = least(self, line.quantity) {
            return self.assign(line, node, line.quantity);
        }
        let mut rest = line.quantity;
        while self.rules.split_lines && 0 < rest {
            let Some(node) = least(self, 1) else { break };
            rest -= self.take(line, node, rest);
        }
        self.backorder(line, rest);
    }

    /// Assigns as many of `wanted` units as the node has and the rules allow; returns how many.
    pub fn take(&mut self, line: &OpenLine, node: NodeId, wanted: u32) -> u32 {
        let units = wanted.min(self.left(line, node));
        let usable = 0 < self.may_open(line.class) || self.box_weight(node, line.class).is_some();
        if units == 0 || !usable {
            return 0;
        }
        self.assign(line, node, units);
        units
    }

    #[inline]
    pub fn assign(&mut self, line: &OpenLine, node: NodeId, quantity: u32) {
        let group = line.class as u8;
        self.out.assignments.push(Assignment { line: line.line, node, quantity, group });
        self.boxless &= !bit(line.class);
        self.boxes.add(node, group, u64::from(quantity) * u64::from(line.unit_g));
        if let Some(spent) = &mut self.spent {
            *spent.entry((line.sku, node)).or_insert(0) += quantity;
        }
    }

    pub fn backorder(&mut self, line: &OpenLine, quantity: u32) {
        if 0 < quantity {
            self.out.backorders.push(Backorder { line: line.line, quantity });
        }
    }
}

fn bit(class: HandlingClass) -> u8 {
    1 << class as u8
}

fn repeats_a_sku(lines: &[OpenLine]) -> bool {
    if lines.len() <= 16 {
        return (1..lines.len()).any(|at| lines[..at].iter().any(|line| line.sku == lines[at].sku));
    }
    let mut skus: Vec<SkuId> = lines.iter().map(|line| line.sku).collect();
    skus.sort_unstable();
    skus.windows(2).any(|pair| pair[0] == pair[1])
}

/// The first few boxes lie in the plan's frame, the rare others on the heap.
#[derive(Default)]
struct OpenBoxes {
    near: [OpenBox; 4],
    more: Vec<OpenBox>,
    count: u32,
}

impl OpenBoxes {
    fn len(&self) -> u32 {
        self.count
    }

    #[inline]
    fn find(&self, node: NodeId, group: u8) -> Option<&OpenBox> {
        let near = self.near[..self.near.len().min(self.count as usize)].iter();
        near.chain(&self.more).find(|open| (open.node, open.group) == (node, group))
    }

    #[inline]
    fn add(&mut self, node: NodeId, group: u8, weight_g: u64) {
        let held = self.near.len().min(self.count as usize);
        let mut all = self.near[..held].iter_mut().chain(&mut self.more);
        if let Some(open) = all.find(|open| (open.node, open.group) == (node, group)) {
            open.weight_g += weight_g;
            return;
        }
        let fresh = OpenBox { node, group, weight_g };
        match self.near.get_mut(self.count as usize) {
            Some(place) => *place = fresh,
            None => self.more.push(fresh),
        }
        self.count += 1;
    }
}
