//! One order's allocations as they were made: what was on the shelves, what could have been chosen, what was.
//!
//! Nothing is kept during a run. The run is made again, on the same seed, and this watches its commands: a shelf
//! follows the stock moves, and when the order is allocated the shelf is as the strategy saw it.

use std::collections::BTreeMap;

use crate::allocation::boxes::overfull;
use crate::allocation::{
    Allocator, BoxItem, Builtin, OpenLine, OrderView, Settings, Shelf, Snapshot, StockView, Tables,
    split_reasons,
};
use crate::domain::{
    Account, Assignment, Command, Handle, Line, MethodId, Money, NodeId, OrderId, Plan, Refusal, Sku, SkuId,
    SplitReason, Transition, ZoneId,
};
use crate::journal::Sink;
use crate::kernel::draw::Draw;
use crate::kernel::time::Moment;
use crate::model::Model;

/// Sets of nodes that are told.
const TOLD_SETS: usize = 5;

/// Follows one order of a run.
pub struct Watch<'m> {
    model: &'m Model,
    wanted: OrderId,
    shelf: Shelf,
    tables: Option<Tables>,
    refresh: Moment,
    /// What the order holds and has not assigned yet.
    own: BTreeMap<(SkuId, NodeId), u32>,
    pub order: Option<Followed>,
    pub choices: Vec<Choice>,
}

/// The order as it was submitted.
pub struct Followed {
    handle: Handle,
    pub at: Moment,
    pub zone: ZoneId,
    pub method: MethodId,
    promised: Moment,
    pub lines: Vec<Line>,
    /// Units of each line that are not allocated yet.
    open: Vec<u32>,
    /// The goods of its fulfillment orders.
    shipments: Vec<(Handle, NodeId, Vec<BoxItem>)>,
    pub packed: Vec<PackedApart>,
}

/// What one node packed into several parcels, and why.
pub struct PackedApart {
    pub at: Moment,
    pub node: NodeId,
    pub parcels: u8,
    pub reason: Option<SplitReason>,
}

/// One allocation.
pub struct Choice {
    pub at: Moment,
    pub lines: Vec<OpenLine>,
    pub nodes: Vec<Candidate>,
    /// Sets of one or two nodes that could have served everything, the cheapest first, and how many there were.
    pub sets: Vec<(Vec<NodeId>, Money)>,
    pub sets_count: usize,
    pub plan: Plan,
    pub price: Money,
    /// Why it has each box beyond the first.
    pub reasons: Vec<SplitReason>,
    /// What each built-in strategy would have done with the same order on the same shelf: boxes, price, units that wait.
    pub others: Vec<(Builtin, usize, Money, u32)>,
}

/// A node that reaches the order.
pub struct Candidate {
    pub node: NodeId,
    pub km: f64,
    /// Freight and box, if everything came from here.
    pub whole: Money,
    /// Units that it had for each line, and the price of the last of them to later orders, where the strategy looks.
    pub free: Vec<u32>,
    pub bids: Option<Vec<Money>>,
}

impl<'m> Watch<'m> {
    pub fn new(model: &'m Model, wanted: OrderId) -> Watch<'m> {
        Watch {
            model,
            wanted,
            shelf: Shelf::new(model.catalog().len(), model.nodes.len()),
            tables: None,
            refresh: model.allocator.refresh_every().map_or(Moment::NEVER, |_| Moment::ZERO),
            own: BTreeMap::new(),
            order: None,
            choices: Vec::new(),
        }
    }

    fn stock(&self) -> StockView<'_> {
        let stock = StockView::of_shelf(&self.shelf);
        self.tables.as_ref().map_or(stock, |tables| stock.with_tables(tables))
    }

    /// The strategy looks at the whole stock when the run's did: after all that happens at its instant.
    fn refresh_before(&mut self, at: Moment) {
        while self.refresh < at {
            let snapshot = Snapshot {
                skus: self.model.catalog().len(),
                nodes: self.model.nodes.len(),
                stock: self.stock(),
            };
            let made = self.model.allocator.refresh(self.refresh, &snapshot);
            self.tables = made.or(self.tables.take());
            let every = self.model.allocator.refresh_every();
            self.refresh = every.map_or(Moment::NEVER, |every| self.refresh + every);
        }
    }

    fn choose(&self, at: Moment, order: &Followed, assignments: &[Assignment]) -> Choice {
        let model = self.model;
        let open = order.lines.iter().zip(&order.open).enumerate().filter(|(_, (_, units))| 0 < **units);
        let lines: Vec<OpenLine> =
            open.map(|(at, (line, &units))| model.open_line(at as u16, line.sku, units)).collect();
        let own: Vec<(SkuId, NodeId, u32)> =
            self.own.iter().map(|(&(sku, node), &units)| (sku, node, units)).collect();
        let &Followed { zone, method, promised, .. } = order;
        let view = OrderView { id: self.wanted, zone, method, at, promised, lines: &lines, own: &own };
        let stock = self.stock();
        let mut plan = Plan { assignments: assignments.to_vec(), ..Plan::default() };
        plan.settle();
        let nodes = self.candidates(&view, &stock);
        let (sets, sets_count) = self.sets(&view, &nodes);
        let others = Builtin::ALL
            .iter()
            .filter(|&&builtin| builtin != Builtin::Wave && !builtin.rounds())
            .map(|&builtin| {
                let settings = Settings { per_box: model.costs.packaging_per_parcel, ..Settings::default() };
                let tables = std::sync::Arc::clone(&model.tables);
                let mut other = Plan::default();
                let allocator = Allocator::with_settings(builtin, tables, model.rules, settings);
                allocator.plan(&view, &stock, &Draw::new(1, 0), &mut other);
                let waits = other.backorders.iter().map(|rest| rest.quantity).sum();
                (builtin, other.fulfillment_count(), self.price(&view, &other.assignments), waits)
            });
        let others = others.collect();
        let price = self.price(&view, &plan.assignments);
        let mut reasons = Vec::new();
        if !order.shipments.is_empty() && !assignments.is_empty() {
            reasons.push(SplitReason::Waited);
        }
        let reach: Vec<NodeId> = nodes.iter().map(|node| node.node).collect();
        let free = |line: &OpenLine, node| stock.available_to(&view, line.sku, node);
        split_reasons(&plan, &lines, &reach, free, |reason| reasons.push(reason));
        Choice { at, nodes, sets, sets_count, plan, price, reasons, others, lines }
    }

    fn candidates(&self, order: &OrderView<'_>, stock: &StockView<'_>) -> Vec<Candidate> {
        let reach = self.model.reach(order.method, order.zone);
        let candidate = |&node: &NodeId| {
            let offer = reach.cheap.iter().find(|offer| offer.0 == node).expect("all three lists hold it").1;
            let bid =
                |tables: &Tables| order.lines.iter().map(|line| tables.bid_price(line.sku, node)).collect();
            Candidate {
                node,
                km: offer.km,
                whole: self.whole(order, &[node]),
                free: order.lines.iter().map(|line| stock.available_to(order, line.sku, node)).collect(),
                bids: stock.tables().map(bid),
            }
        };
        reach.near.iter().map(candidate).collect()
    }

    /// The price of everything from one node.
    fn whole(&self, order: &OrderView<'_>, nodes: &[NodeId; 1]) -> Money {
        let share = |line: &OpenLine| Assignment {
            line: line.line,
            node: nodes[0],
            quantity: line.quantity,
            group: line.class as u8,
        };
        let mut plan = Plan { assignments: order.lines.iter().map(share).collect(), ..Plan::default() };
        plan.settle();
        self.price(order, &plan.assignments)
    }

    /// One or two nodes, each line whole from the cheaper of them that has it.
    fn sets(&self, order: &OrderView<'_>, nodes: &[Candidate]) -> (Vec<(Vec<NodeId>, Money)>, usize) {
        let mut sets = Vec::new();
        for (at, first) in nodes.iter().enumerate() {
            for second in &nodes[at..] {
                let mut pair = [first, second];
                pair.sort_by_key(|candidate| candidate.whole);
                let share = |(at, line): (usize, &OpenLine)| {
                    let node = pair.iter().find(|candidate| line.quantity <= candidate.free[at])?.node;
                    let group = line.class as u8;
                    Some(Assignment { line: line.line, node, quantity: line.quantity, group })
                };
                let Some(assignments) = order.lines.iter().enumerate().map(share).collect() else { continue };
                let mut plan = Plan { assignments, ..Plan::default() };
                plan.settle();
                let mut used: Vec<NodeId> = plan.assignments.iter().map(|share| share.node).collect();
                used.dedup();
                if used.len() == if first.node == second.node { 1 } else { 2 } {
                    sets.push((used, self.price(order, &plan.assignments)));
                }
            }
        }
        let count = sets.len();
        sets.sort_by_key(|(nodes, price)| (*price, nodes.len(), nodes.clone()));
        sets.truncate(TOLD_SETS);
        (sets, count)
    }

    /// Freight and boxes.
    fn price(&self, order: &OrderView<'_>, assignments: &[Assignment]) -> Money {
        let cheap = self.model.reach(order.method, order.zone).cheap;
        let mut sum = Money(0);
        for shares in assignments.chunk_by(|a, b| (a.node, a.group) == (b.node, b.group)) {
            let unit = |share: &Assignment| {
                let line = order.lines.iter().find(|line| line.line == share.line);
                u64::from(line.map_or(0, |line| line.unit_g)) * u64::from(share.quantity)
            };
            let offer = cheap.iter().find(|offer| offer.0 == shares[0].node);
            let freight = offer.map_or(Money(0), |offer| offer.1.freight(shares.iter().map(unit).sum()));
            sum = sum + freight + self.model.costs.packaging_per_parcel;
        }
        sum
    }

    /// The fulfillment orders that the plan made.
    fn ship(&self, order: &mut Followed, plan: &[Assignment], transition: &Transition) {
        let chunks = plan.chunk_by(|a, b| (a.node, a.group) == (b.node, b.group));
        for (&handle, shares) in transition.created.iter().zip(chunks) {
            let item = |share: &Assignment| {
                let sku = order.lines[usize::from(share.line)].sku;
                let &Sku { weight_g, volume_ml, longest_mm, .. } = self.model.catalog().sku(sku);
                BoxItem { sku, quantity: share.quantity, weight_g, volume_ml, longest_mm }
            };
            order.shipments.push((handle, shares[0].node, shares.iter().map(item).collect()));
        }
    }

    fn follow(&mut self, transition: &Transition) {
        for moved in &transition.moves {
            let (sku, node) = (moved.sku, moved.node);
            let units = self.shelf.available(sku, node);
            if moved.from == Account::Available {
                self.shelf.set(sku, node, units - moved.quantity);
            } else if moved.to == Account::Available {
                self.shelf.set(sku, node, units + moved.quantity);
            }
        }
    }
}

impl Sink for Watch<'_> {
    fn saw(&mut self, at: Moment, command: &Command<'_>, outcome: Result<&Transition, Refusal>) {
        let Ok(transition) = outcome else { return };
        self.refresh_before(at);
        match command {
            Command::Submit { id, zone, method, promised, lines, .. } if *id == self.wanted => {
                self.order = Some(Followed {
                    handle: transition.handle.expect("a new order has a handle"),
                    at,
                    zone: *zone,
                    method: *method,
                    promised: *promised,
                    open: lines.iter().map(|line| line.quantity).collect(),
                    shipments: Vec::new(),
                    packed: Vec::new(),
                    lines: lines.to_vec(),
                });
            }
            Command::Allocate { order, plan } => {
                if let Some(mut followed) = self.order.take() {
                    if followed.handle == *order {
                        // What a node gave back is open again.
                        for (line, open) in followed.open.iter_mut().enumerate() {
                            let planned = plan.iter().filter(|share| usize::from(share.line) == line);
                            *open = (*open).max(planned.map(|share| share.quantity).sum());
                        }
                        let choice = self.choose(at, &followed, plan);
                        self.choices.push(choice);
                        for share in plan.iter() {
                            followed.open[usize::from(share.line)] -= share.quantity;
                        }
                        self.own.clear();
                        self.ship(&mut followed, plan, transition);
                    }
                    self.order = Some(followed);
                }
            }
            Command::Pack { fulfillment, parcels } if 1 < *parcels => {
                if let Some(order) = &mut self.order
                    && let Some(found) = order.shipments.iter().find(|found| found.0 == *fulfillment)
                {
                    let reason = overfull(&found.2, self.model.boxes).map(SplitReason::from);
                    order.packed.push(PackedApart { at, node: found.1, parcels: *parcels, reason });
                }
            }
            _ => {}
        }
        self.follow(transition);
        let of_order = transition.order == Some(self.wanted);
        if of_order && !matches!(command, Command::Allocate { .. }) {
            for moved in transition.moves.iter().filter(|moved| moved.to == Account::Held) {
                *self.own.entry((moved.sku, moved.node)).or_insert(0) += moved.quantity;
            }
        }
    }
}
