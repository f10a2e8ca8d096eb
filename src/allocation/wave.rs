//! `wave`: orders decided together, then improved by moves that no order alone could make.
//!
//! ```text
//!   each order in turn: cheapest-set ---> order swap ---> SKU exchange ---> again, until nothing gets cheaper
//! ```
//!
//! - *Order swap*: an order in several boxes goes to one node, or from three boxes to two, and the orders that had
//!   what it lacks there look for another set.
//! - *SKU exchange*: for one SKU, all orders of the wave change their nodes for it at once; the cheapest exchange,
//!   cyclic ones included, is a transport problem in which every order is a zone.
//!
//! Source: Xu, Allgor and Graves 2009, Benefits of Reevaluating Real-Time Order Fulfillment Decisions (M&SOM 11:340).
//!
//! # Promises
//! - The wave never costs more than its orders planned one by one, and serves no fewer units.
//! - Its plans can be committed in any order: what an order holds and does not use stays locked.
//! - The budget counts rounds and trials, never seconds.

use std::collections::{BTreeMap, BTreeSet};

use crate::domain::{Assignment, Backorder, NodeId, Plan, SkuId};

use super::cheapest_set;
use super::fill::Fill;
use super::strategy::Tables;
use super::tables::{AllocationTables, Offer};
use super::transport::Transport;
use super::view::{OpenLine, OrderView, Rules, StockView, Taken};

/// Rounds of both moves.
const ROUNDS: u32 = 4;
/// Orders that are asked to give way for one line.
const DONORS: usize = 6;
/// Prices in thousandths of a minor unit.
const PER_MINOR: i64 = 1_000;
/// No unit is dearer than one that nobody serves.
const UNSERVED: i64 = 1 << 36;

/// What the orders of a wave are planned by.
pub(super) struct Table<'a> {
    pub tables: &'a AllocationTables,
    pub rules: Rules,
    /// Price of a box, in minor units.
    pub per_box: i64,
}

/// Plans the orders one by one, then together.
pub(super) fn plan_wave(
    table: &Table<'_>,
    orders: &[OrderView<'_>],
    stock: &StockView<'_>,
    out: &mut [Plan],
) {
    let mut wave = Wave { table, orders, stock, taken: Taken::default(), users: BTreeMap::new() };
    for (at, plan) in out.iter_mut().enumerate() {
        wave.plan(at, plan);
        wave.book(at, plan);
    }
    for _ in 0..ROUNDS {
        let swapped = wave.swap_orders(out);
        let exchanged = wave.exchange_skus(out);
        if !swapped && !exchanged {
            return;
        }
    }
}

/// So many units of a SKU at a node.
#[derive(Clone, Copy)]
struct Cell {
    sku: SkuId,
    node: NodeId,
    units: u32,
}

struct Wave<'a> {
    table: &'a Table<'a>,
    orders: &'a [OrderView<'a>],
    stock: &'a StockView<'a>,
    taken: Taken,
    /// Orders by the cells that their plans use.
    users: BTreeMap<(SkuId, NodeId), BTreeSet<usize>>,
}

impl Wave<'_> {
    /// The order's cheapest set on what the others leave.
    fn plan(&self, at: usize, out: &mut Plan) {
        let order = &self.orders[at];
        let stock = self.stock.without(&self.taken);
        let mut fill = Fill::new(order, &stock, self.table.rules, out);
        let reach = self.table.tables.reach(order.method, order.zone);
        cheapest_set::cheapest_set(&mut fill, reach, self.table.per_box, self.stock.tables());
        out.settle();
    }

    fn cells<'p>(&self, at: usize, plan: &'p Plan) -> impl Iterator<Item = (SkuId, NodeId)> + use<'_, 'p> {
        let lines = self.orders[at].lines;
        plan.assignments.iter().map(|share| (line_of(lines, share.line).sku, share.node))
    }

    fn book(&mut self, at: usize, plan: &Plan) {
        self.taken.book(&self.orders[at], plan);
        for cell in self.cells(at, plan).collect::<Vec<_>>() {
            self.users.entry(cell).or_default().insert(at);
        }
    }

    fn unbook(&mut self, at: usize, plan: &Plan) {
        self.taken.unbook(&self.orders[at], plan);
        for cell in self.cells(at, plan).collect::<Vec<_>>() {
            self.users.get_mut(&cell).expect("a booked cell").remove(&at);
        }
    }

    fn offer(&self, at: usize, node: NodeId) -> Offer {
        let order = &self.orders[at];
        let cheap = self.table.tables.reach(order.method, order.zone).cheap;
        cheap.iter().find(|offer| offer.0 == node).expect("a planned node reaches the zone").1
    }

    /// Boxes, weight, bid prices and what nobody serves.
    fn cost(&self, at: usize, plan: &Plan) -> i64 {
        let lines = self.orders[at].lines;
        let mut sum = plan.backorders.iter().map(|rest| i64::from(rest.quantity) * UNSERVED).sum();
        for shares in plan.assignments.chunk_by(same_box) {
            let mut weight = 0;
            for share in shares {
                let line = line_of(lines, share.line);
                weight += u64::from(share.quantity) * u64::from(line.unit_g);
                sum += i64::from(share.quantity) * self.bid(line.sku, share.node);
            }
            sum += self.box_price(at, shares[0].node, weight);
        }
        sum
    }

    fn box_price(&self, at: usize, node: NodeId, weight_g: u64) -> i64 {
        (self.offer(at, node).freight(weight_g).0 + self.table.per_box) * PER_MINOR
    }

    fn bid(&self, sku: SkuId, node: NodeId) -> i64 {
        let tables: Option<&Tables> = self.stock.tables();
        tables.map_or(0, |tables| tables.bid_price(sku, node).0 * PER_MINOR)
    }

    /// Every order in several boxes tries to go in fewer. Whether any did.
    fn swap_orders(&mut self, plans: &mut [Plan]) -> bool {
        let mut moved = false;
        for at in 0..plans.len() {
            let one_class = self.orders[at].lines.windows(2).all(|pair| pair[0].class == pair[1].class);
            let wants = plans[at].fulfillment_count() > 1 || !plans[at].is_whole();
            if wants && one_class && !repeats(self.orders[at].lines) {
                moved |= self.gather(at, plans);
            }
        }
        moved
    }

    /// The cheapest way to serve the whole order from one node, or from two if it has more boxes, others giving way;
    /// done if it pays.
    fn gather(&mut self, at: usize, plans: &mut [Plan]) -> bool {
        let order = self.orders[at];
        let old = std::mem::take(&mut plans[at]);
        let before = self.cost(at, &old);
        let boxes = old.fulfillment_count();
        self.unbook(at, &old);
        let cheap = self.table.tables.reach(order.method, order.zone).cheap;
        let mut best: (i64, Vec<(usize, Plan)>) = (0, Vec::new());
        for (place, &(first, _)) in cheap.iter().enumerate() {
            let seconds =
                if boxes < 3 || self.table.rules.max_splits < 2 { &[] } else { &cheap[place + 1..] };
            let pairs = seconds.iter().map(|&(second, _)| [first, second]);
            for nodes in std::iter::once([first, first]).chain(pairs) {
                let Some(target) = self.target(at, nodes) else { continue };
                // Not even if everybody gave way for nothing.
                if best.0 <= self.cost(at, &target) - before {
                    continue;
                }
                if let Some(found) = self.try_target(at, target, before, plans)
                    && found.0 < best.0
                {
                    best = found;
                }
            }
        }
        plans[at] = old;
        self.book(at, &plans[at]);
        for (at, _) in &best.1 {
            self.unbook(*at, &plans[*at]);
        }
        let moves = !best.1.is_empty();
        for (at, plan) in best.1 {
            self.book(at, &plan);
            plans[at] = plan;
        }
        moves
    }

    /// Every line from one of two nodes: the first that has it or where others might give way. `None` where neither
    /// can, or a pair is needless.
    fn target(&self, at: usize, nodes: [NodeId; 2]) -> Option<Plan> {
        let order = &self.orders[at];
        let stock = self.stock.without(&self.taken);
        let has = |line: &OpenLine, node: NodeId| line.quantity <= stock.available_to(order, line.sku, node);
        let used = |line: &OpenLine, node: NodeId| {
            self.users.get(&(line.sku, node)).is_some_and(|users| !users.is_empty())
        };
        let mut plan = Plan::default();
        for line in order.lines {
            let [first, second] = nodes;
            let node = [has(line, first), has(line, second), used(line, first), used(line, second)]
                .iter()
                .position(|&can| can)
                .map(|place| nodes[place % 2])?;
            let group = line.class as u8;
            plan.assignments.push(Assignment { line: line.line, node, quantity: line.quantity, group });
        }
        plan.settle();
        (nodes[0] == nodes[1] || plan.fulfillment_count() == 2).then_some(plan)
    }

    /// What it adds to the wave's cost if the order is served so; the plans that change. The books are as before
    /// when it returns.
    fn try_target(
        &mut self,
        at: usize,
        target: Plan,
        before: i64,
        plans: &[Plan],
    ) -> Option<(i64, Vec<(usize, Plan)>)> {
        let order = self.orders[at];
        let mut gain = self.cost(at, &target) - before;
        let mut changed: Vec<(usize, Plan)> = Vec::new();
        // What the order wants from the free stock; it is locked as far as it is there, so that nobody else takes it.
        let want = |share: &Assignment| {
            let sku = line_of(order.lines, share.line).sku;
            let units = share.quantity.saturating_sub(order.own(sku, share.node));
            Cell { sku, node: share.node, units }
        };
        let wants: Vec<Cell> = target.assignments.iter().map(want).collect();
        let mut locked: Vec<u32> = wants.iter().map(|&want| self.lock(want)).collect();
        for (want, locked) in wants.iter().zip(&mut locked) {
            while *locked < want.units {
                let rest = Cell { units: want.units - *locked, ..*want };
                let Some((donor, plan, more)) = self.donor(at, rest, plans, &changed) else { break };
                self.unbook(donor, &plans[donor]);
                *locked += self.lock(rest);
                self.book(donor, &plan);
                gain += more;
                changed.push((donor, plan));
            }
        }
        let fits = wants.iter().zip(&locked).all(|(want, locked)| want.units == *locked);
        wants.iter().zip(&locked).for_each(|(want, &units)| self.taken.give(want.sku, want.node, units));
        for (donor, plan) in changed.iter().rev() {
            self.unbook(*donor, plan);
            self.book(*donor, &plans[*donor]);
        }
        changed.push((at, target));
        (fits && gain < 0).then_some((gain, changed))
    }

    /// Takes up to so many units off the free stock.
    fn lock(&mut self, cell: Cell) -> u32 {
        let units = cell.units.min(self.stock.without(&self.taken).available(cell.sku, cell.node));
        self.taken.take(cell.sku, cell.node, units);
        units
    }

    /// The order to which it costs least to leave the cell to another, its new plan, and what that adds.
    fn donor(
        &mut self,
        at: usize,
        cell: Cell,
        plans: &[Plan],
        changed: &[(usize, Plan)],
    ) -> Option<(usize, Plan, i64)> {
        let users = self.users.get(&(cell.sku, cell.node))?;
        let free = |user: &&usize| **user != at && changed.iter().all(|other| other.0 != **user);
        // Orders of one line give way most easily.
        let mut donors: Vec<usize> = users.iter().filter(free).copied().collect();
        donors.sort_by_key(|&donor| (self.orders[donor].lines.len(), donor));
        donors.truncate(DONORS);
        let mut best: Option<(usize, Plan, i64)> = None;
        for donor in donors {
            let old = self.cost(donor, &plans[donor]);
            self.unbook(donor, &plans[donor]);
            // What comes free is kept for the order that asks.
            let kept = self.lock(cell);
            let mut plan = Plan::default();
            self.plan(donor, &mut plan);
            self.taken.give(cell.sku, cell.node, kept);
            self.book(donor, &plans[donor]);
            let more = self.cost(donor, &plan) - old;
            if 0 < kept && best.as_ref().is_none_or(|best| more < best.2) {
                best = Some((donor, plan, more));
            }
        }
        best
    }

    /// For each SKU of the wave, the cheapest exchange of its nodes among the orders. Whether any paid.
    fn exchange_skus(&mut self, plans: &mut [Plan]) -> bool {
        let mut askers: BTreeMap<SkuId, Vec<(usize, u16)>> = BTreeMap::new();
        for (at, order) in self.orders.iter().enumerate() {
            if !repeats(order.lines) && order.own.is_empty() {
                for line in order.lines.iter().filter(|line| line.quantity == 1) {
                    askers.entry(line.sku).or_default().push((at, line.line));
                }
            }
        }
        let mut transport = Transport::default();
        let mut moved = false;
        for (sku, askers) in askers {
            if 1 < askers.len() {
                moved |= self.exchange(sku, &askers, plans, &mut transport);
            }
        }
        moved
    }

    fn exchange(
        &mut self,
        sku: SkuId,
        askers: &[(usize, u16)],
        plans: &mut [Plan],
        transport: &mut Transport,
    ) -> bool {
        let mut nodes: BTreeSet<NodeId> = BTreeSet::new();
        let mut before = 0;
        for &(at, line) in askers {
            let order = &self.orders[at];
            nodes.extend(self.table.tables.reach(order.method, order.zone).near);
            before += match node_of(&plans[at], line) {
                Some(node) => self.adds(at, line, node, &plans[at]).expect("where it is, it may be"),
                None => UNSERVED,
            };
        }
        let nodes: Vec<NodeId> = nodes.into_iter().collect();
        let used = |node: NodeId| {
            askers.iter().filter(|&&(at, line)| node_of(&plans[at], line) == Some(node)).count() as u32
        };
        let free = |node: NodeId| self.stock.without(&self.taken).available(sku, node);
        let stock: Vec<f64> = nodes.iter().map(|&node| f64::from(free(node) + used(node))).collect();
        let mut cost = Vec::with_capacity(nodes.len() * askers.len());
        for &node in &nodes {
            cost.extend(askers.iter().map(|&(at, line)| {
                self.adds(at, line, node, &plans[at]).map_or(f64::INFINITY, |adds| adds as f64)
            }));
        }
        let after = transport.solve(&stock, &vec![1.0; askers.len()], &cost, UNSERVED as f64);
        if before as f64 - 0.5 <= after {
            return false;
        }
        for (zone, &(at, line)) in askers.iter().enumerate() {
            let node = transport.main_node(zone).map(|node| nodes[node]);
            if node != node_of(&plans[at], line) {
                let plan = moved(&plans[at], self.orders[at].lines, line, node);
                self.unbook(at, &plans[at]);
                self.book(at, &plan);
                plans[at] = plan;
            }
        }
        true
    }

    /// What the line's one unit adds to its order at a node, all else as it is; `None` where it may not be.
    fn adds(&self, at: usize, line: u16, node: NodeId, plan: &Plan) -> Option<i64> {
        let order = &self.orders[at];
        let reach = self.table.tables.reach(order.method, order.zone);
        reach.near.contains(&node).then_some(())?;
        let asked = line_of(order.lines, line);
        let others = || plan.assignments.iter().filter(|share| share.line != line);
        let group = asked.class as u8;
        let here = others().filter(|share| (share.node, share.group) == (node, group));
        let weight = |share: &Assignment| {
            u64::from(share.quantity) * u64::from(line_of(order.lines, share.line).unit_g)
        };
        let packed: u64 = here.clone().map(weight).sum();
        let own = u64::from(asked.unit_g);
        let bid = self.bid(asked.sku, node);
        if here.count() > 0 {
            let whole = self.box_price(at, node, packed + own);
            return Some(whole - self.box_price(at, node, packed) + bid);
        }
        // Where the line is, it may stay; a box more is allowed up to the rule.
        let boxes: BTreeSet<(NodeId, u8)> = others().map(|share| (share.node, share.group)).collect();
        let may = node_of(plan, line) == Some(node) || (boxes.len() as u32) < self.table.rules.max_splits;
        may.then(|| self.box_price(at, node, own) + bid)
    }
}

fn same_box(a: &Assignment, b: &Assignment) -> bool {
    (a.node, a.group) == (b.node, b.group)
}

fn line_of(lines: &[OpenLine], line: u16) -> &OpenLine {
    lines.iter().find(|open| open.line == line).expect("a plan serves open lines")
}

fn node_of(plan: &Plan, line: u16) -> Option<NodeId> {
    plan.assignments.iter().find(|share| share.line == line).map(|share| share.node)
}

fn repeats(lines: &[OpenLine]) -> bool {
    (1..lines.len()).any(|at| lines[..at].iter().any(|line| line.sku == lines[at].sku))
}

/// The plan with one line of one unit from another node, or waiting.
fn moved(plan: &Plan, lines: &[OpenLine], line: u16, node: Option<NodeId>) -> Plan {
    let mut plan = plan.clone();
    plan.assignments.retain(|share| share.line != line);
    plan.backorders.retain(|rest| rest.line != line);
    match node {
        Some(node) => {
            let group = line_of(lines, line).class as u8;
            plan.assignments.push(Assignment { line, node, quantity: 1, group });
        }
        None => plan.backorders.push(Backorder { line, quantity: 1 }),
    }
    plan.settle();
    plan
}
