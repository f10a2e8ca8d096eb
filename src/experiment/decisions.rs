//! The decisions alone: every order of a stream planned once, on the stock that is left, and the least that all
//! of them together could have cost.
//!
//! The ledger: freight of each box by its rate card, the box itself, and for each unit that stays unserved
//! twice the dearest way to serve a unit of the mean weight. Nothing is cancelled, returned or held back as safety
//! stock; receipts come in at their time. What a run costs beside that (wages, vehicles, penalties) is the same
//! for every strategy here, and left out.
//!
//! # Promises
//! - Every strategy plans the same orders in the same order.
//! - No strategy's ledger is below the bound: the bound has all receipts from the start, and pays for weight by the
//!   gram where a box of several units pays for started kilograms.

use std::collections::BTreeMap;
use std::sync::Arc;

use crate::allocation::decomposed::{Budget, Group, Prices, Program};
use crate::allocation::{
    Allocator, Builtin, Offer, OpenLine, OrderView, Settings, Shelf, Snapshot, StockView, Tables,
};
use crate::demand::OrderDraft;
use crate::domain::{HandlingClass, MethodId, Money, NodeId, OrderId, Plan, SkuId, ZoneId};
use crate::kernel::draw::Draw;
use crate::kernel::time::Moment;
use crate::model::Model;

/// Prices in thousandths of a minor unit: a gram of a rate a kilogram is a whole number.
const PER_MINOR: i64 = 1_000;

/// The most orders that are kept.
pub const MOST_ORDERS: usize = 500_000;

/// Up to so many orders the bound is lifted as far as it goes: with the feature `lp`, to the linear program.
pub const FEW_ORDERS: usize = 20_000;

/// A stream of orders over the stock of a model.
pub struct Decisions {
    asked: Vec<Asked>,
    /// Price of a unit that nobody serves, in thousandths.
    lost: i64,
}

/// What all decisions together could at least have cost, and what proves it.
#[derive(Debug, Clone)]
pub struct Bound {
    /// Their `bound` in thousandths of a minor unit.
    pub prices: Prices,
    pub kind: BoundKind,
}

#[derive(Debug, Clone, Copy, PartialEq)]
pub enum BoundKind {
    Lagrangian,
    /// No prices prove more than so small a share.
    LinearProgram {
        within: f64,
    },
}

impl BoundKind {
    pub fn name(self) -> &'static str {
        match self {
            BoundKind::Lagrangian => "Lagrangian over exact sets, all receipts known",
            BoundKind::LinearProgram { .. } => "linear program over exact sets, all receipts known",
        }
    }
}

struct Asked {
    at: Moment,
    id: OrderId,
    zone: ZoneId,
    method: MethodId,
    lines: Vec<(SkuId, u32)>,
}

/// What the decisions of one strategy cost.
#[derive(Debug, Default, Clone, Copy, PartialEq, Eq)]
pub struct DecisionTally {
    pub orders: u64,
    /// In thousandths of a minor unit.
    pub cost: i64,
    pub parcels: u64,
    pub units: u64,
    pub unserved: u64,
}

impl Asked {
    fn open(&self, model: &Model) -> Vec<OpenLine> {
        let lines = self.lines.iter().enumerate();
        lines.map(|(line, &(sku, units))| model.open_line(line as u16, sku, units)).collect()
    }

    fn view<'a>(&self, at: Moment, lines: &'a [OpenLine]) -> OrderView<'a> {
        let Asked { id, zone, method, .. } = *self;
        OrderView { id, zone, method, at, promised: Moment::NEVER, lines, own: &[] }
    }
}

impl Decisions {
    /// The orders of replication 0; `Err` with their number when there are too many.
    pub fn draw(model: &Model, seed: u64) -> Result<Decisions, usize> {
        let draw = Draw::new(seed, 0);
        let Ok(mut arrivals) = model.arrivals(draw) else { return Err(0) };
        let (mut asked, mut draft) = (Vec::new(), OrderDraft::default());
        while let Some(arrival) = arrivals.next() {
            arrivals.content(&model.demand, &mut draft);
            if asked.len() == MOST_ORDERS {
                return Err(model.demand.expected_orders() as usize);
            }
            asked.push(Asked {
                at: arrival.at,
                id: arrival.id,
                zone: draft.zone,
                method: draft.method,
                lines: draft.lines.iter().map(|line| (line.sku, line.quantity)).collect(),
            });
        }
        Ok(Decisions { asked, lost: lost_price(model) })
    }

    pub fn len(&self) -> usize {
        self.asked.len()
    }

    pub fn is_empty(&self) -> bool {
        self.asked.is_empty()
    }

    /// Plans all orders by the model's allocator: one after another, or wave after wave.
    pub fn play(&self, model: &Model) -> DecisionTally {
        self.play_by(model, &model.allocator, None)
    }

    /// As `play`, with cheapest sets at prices that know the whole stream: what can be reached in hindsight.
    pub fn play_at(&self, model: &Model, prices: &[i64]) -> DecisionTally {
        let settings = Settings { per_box: model.costs.packaging_per_parcel, ..Settings::default() };
        let tables = Arc::clone(&model.tables);
        let allocator = Allocator::with_settings(Builtin::BidPrice, tables, model.rules, settings);
        let minor = |&price: &i64| Money((price + PER_MINOR / 2) / PER_MINOR);
        let bid_prices = prices.iter().map(minor).collect();
        let tables = Tables { bid_prices, nodes: model.nodes.len(), ..Tables::default() };
        self.play_by(model, &allocator, Some(tables))
    }

    fn play_by(&self, model: &Model, allocator: &Allocator, mut tables: Option<Tables>) -> DecisionTally {
        let mut shelf = Shelf::new(model.catalog().len(), model.nodes.len());
        model.initial_stock.iter().for_each(|&(sku, node, units)| shelf.set(sku, node, units));
        let (mut tally, mut due) = (DecisionTally::default(), Moment::ZERO);
        let mut receipts = model.receipts.iter().peekable();
        let (draw, mut plans) = (Draw::new(1, 0), Vec::new());
        let every = allocator.wave_every();
        let together = |a: &Asked, b: &Asked| every.is_some_and(|every| a.at.0 / every.0 == b.at.0 / every.0);
        for wave in self.asked.chunk_by(together) {
            let at = every.map_or(wave[0].at, |every| Moment((wave[0].at.0 / every.0 + 1) * every.0));
            while let Some(receipt) = receipts.next_if(|receipt| receipt.at <= at) {
                let units = shelf.available(receipt.sku, receipt.node) + receipt.quantity;
                shelf.set(receipt.sku, receipt.node, units);
            }
            let mut stock = StockView::of_shelf(&shelf);
            if let Some(every) = allocator.refresh_every().filter(|_| due <= at) {
                if let Some(tables) = &tables {
                    stock = stock.with_tables(tables);
                }
                let snapshot = Snapshot { skus: model.catalog().len(), nodes: model.nodes.len(), stock };
                tables = allocator.refresh(at, &snapshot).or(tables);
                due = at + every;
            }
            let lines: Vec<Vec<OpenLine>> = wave.iter().map(|asked| asked.open(model)).collect();
            let orders: Vec<OrderView<'_>> =
                wave.iter().zip(&lines).map(|(asked, lines)| asked.view(at, lines)).collect();
            let mut stock = StockView::of_shelf(&shelf);
            if let Some(tables) = &tables {
                stock = stock.with_tables(tables);
            }
            plans.resize_with(orders.len(), Plan::default);
            match (orders.as_slice(), plans.as_mut_slice()) {
                ([order], [plan]) if every.is_none() => allocator.plan(order, &stock, &draw, plan),
                (orders, plans) => allocator.plan_wave(orders, &stock, &draw, plans),
            }
            for (order, plan) in orders.iter().zip(&mut plans) {
                plan.settle();
                self.book(model, order, plan, &mut shelf, &mut tally);
            }
        }
        tally
    }

    /// Takes a plan off the shelves and enters it into the ledger. A plan of what is not there stops the run.
    fn book(
        &self,
        model: &Model,
        order: &OrderView<'_>,
        plan: &Plan,
        shelf: &mut Shelf,
        tally: &mut DecisionTally,
    ) {
        tally.orders += 1;
        tally.units += order.lines.iter().map(|line| u64::from(line.quantity)).sum::<u64>();
        let mut served = 0;
        for shares in plan.assignments.chunk_by(|a, b| (a.node, a.group) == (b.node, b.group)) {
            let mut weight = 0;
            for share in shares {
                let line = &order.lines[usize::from(share.line)];
                let left = shelf.available(line.sku, share.node).checked_sub(share.quantity);
                shelf.set(line.sku, share.node, left.expect("a strategy planned stock that is not there"));
                weight += u64::from(share.quantity) * u64::from(line.unit_g);
                served += u64::from(share.quantity);
            }
            let offer = offer_of(model, order.method, order.zone, shares[0].node);
            let box_price = offer.freight(weight).0 + model.costs.packaging_per_parcel.0;
            tally.cost += box_price * PER_MINOR;
            tally.parcels += 1;
        }
        let asked: u64 = order.lines.iter().map(|line| u64::from(line.quantity)).sum();
        tally.unserved += asked - served;
        tally.cost += (asked - served) as i64 * self.lost;
    }

    /// The decomposed bound on the whole stream, in thousandths of a minor unit, and the prices that prove it.
    pub fn bound(&self, model: &Model) -> Bound {
        let program = self.program(model);
        let prices = self.multipliers(&program);
        if FEW_ORDERS < self.len() {
            return Bound { prices, kind: BoundKind::Lagrangian };
        }
        lifted(&program, prices)
    }

    /// The Lagrangian bound: by the volume algorithm, then subgradient steps.
    pub fn multipliers(&self, program: &Program) -> Prices {
        let lifts = if self.len() <= FEW_ORDERS { 2_000 } else { 400 };
        let budget = Budget { iterations: lifts, patience: lifts / 6, plan: false };
        let found = program.solve(&[], budget);
        program.polish(found, lifts)
    }

    /// Equal orders together.
    pub fn program(&self, model: &Model) -> Program {
        type Key = (ZoneId, MethodId, Vec<(SkuId, u32)>);
        let mut counts: BTreeMap<Key, f64> = BTreeMap::new();
        for asked in &self.asked {
            // Goods of different classes never share a box: each class is an order of its own.
            for class in HandlingClass::ALL {
                let of_class = |line: &&(SkuId, u32)| model.catalog().sku(line.0).class == class;
                let mut lines: Vec<(SkuId, u32)> = asked.lines.iter().filter(of_class).copied().collect();
                if !lines.is_empty() {
                    lines.sort_unstable();
                    *counts.entry((asked.zone, asked.method, lines)).or_insert(0.0) += 1.0;
                }
            }
        }
        let nodes = model.nodes.len();
        let mut groups = Vec::with_capacity(counts.len());
        for ((zone, method, lines), count) in counts {
            let open: Vec<OpenLine> =
                lines.iter().map(|&(sku, units)| model.open_line(0, sku, units)).collect();
            let grams: u64 = open.iter().map(OpenLine::weight_g).sum();
            // One unit goes whole or not at all: its box is rounded up by just so much. Several may part.
            let alone = lines.len() == 1 && lines[0].1 == 1;
            let slack = if alone { grams.max(1).next_multiple_of(1_000) - grams } else { 0 } as i64;
            let mut fixed = vec![None; nodes];
            let mut unit = vec![0; lines.len() * nodes];
            for &(node, offer) in model.reach(method, zone).cheap {
                // Started kilograms cost no less than the grams in them, whichever of the two prices is lower.
                let further = offer.per_further_kg.0.min(offer.first_kg.0);
                let opened = offer.first_kg.0 - further + model.costs.packaging_per_parcel.0;
                fixed[node.index()] = Some(opened * PER_MINOR + further * slack);
                for (line, open) in open.iter().enumerate() {
                    unit[line * nodes + node.index()] = further * i64::from(open.unit_g);
                }
            }
            groups.push(Group {
                count,
                lines: lines.iter().map(|line| (line.0.0, line.1)).collect(),
                fixed,
                unit,
            });
        }
        let mut stock = vec![0.0; model.catalog().len() * nodes];
        for &(sku, node, units) in &model.initial_stock {
            stock[sku.index() * nodes + node.index()] += f64::from(units);
        }
        for receipt in &model.receipts {
            stock[receipt.sku.index() * nodes + receipt.node.index()] += f64::from(receipt.quantity);
        }
        Program { nodes, groups, stock, unserved: self.lost, most_nodes: nodes }
    }
}

#[cfg(feature = "lp")]
fn lifted(program: &Program, prices: Prices) -> Bound {
    match crate::allocation::linear::climb(program, &prices) {
        Some(climbed) => {
            Bound { prices: climbed.prices, kind: BoundKind::LinearProgram { within: climbed.within } }
        }
        None => Bound { prices, kind: BoundKind::Lagrangian },
    }
}

#[cfg(not(feature = "lp"))]
fn lifted(_: &Program, prices: Prices) -> Bound {
    Bound { prices, kind: BoundKind::Lagrangian }
}

fn offer_of(model: &Model, method: MethodId, zone: ZoneId, node: NodeId) -> Offer {
    let found = model.reach(method, zone).cheap.iter().find(|offer| offer.0 == node);
    found.expect("a strategy planned a node that does not reach the zone").1
}

/// Twice the dearest box of one unit of the mean weight.
fn lost_price(model: &Model) -> i64 {
    let skus = &model.catalog().skus;
    let mean: u64 = skus.iter().map(|sku| u64::from(sku.weight_g)).sum::<u64>() / skus.len().max(1) as u64;
    let zones = (0..model.zones.len() as u16).map(ZoneId);
    let methods = 0..model.methods.len() as u8;
    let offers = zones.flat_map(|zone| {
        methods.clone().flat_map(move |method| model.reach(MethodId(method), zone).cheap.iter())
    });
    let dearest = offers.map(|(_, offer)| offer.freight(mean).0).max().unwrap_or(0);
    2 * (dearest + model.costs.packaging_per_parcel.0) * PER_MINOR
}
