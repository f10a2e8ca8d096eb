//! A sequence of arrivals played through a strategy on the literature instance: what it costs.

use crate::allocation::decomposed::{Budget, Prices};
use crate::allocation::rounding::{Fraction, Fractions};
use crate::allocation::strategy::Tables;
use crate::allocation::view::{OrderView, Rules, StockView};
use crate::allocation::{Allocator, Builtin, Shelf};
use crate::domain::{MethodId, Money, NodeId, OrderId, Plan, SkuId, ZoneId};
use crate::kernel::draw::Draw;
use crate::kernel::time::Moment;

use super::Instance;

/// How orders are served.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Policy {
    /// The shipped strategies of these names.
    Nearest,
    CheapestSet,
    /// `cheapest-set` with prices of the decomposed program, made at the start and again at even distances.
    BidPrice {
        refreshes: u32,
    },
    /// `indep-round`, `dilate-round`: what the node drawn has not comes from outside.
    IndependentRounding,
    DilatedRounding,
    /// `dilate-fallback`: what the node drawn has not comes from the nearest that has it.
    DilatedWithFallback,
}

impl Policy {
    /// Whether it rounds the fractions of a program.
    pub fn rounds(self) -> bool {
        use Policy::*;
        matches!(self, IndependentRounding | DilatedRounding | DilatedWithFallback)
    }
}

/// What a sequence cost.
#[derive(Debug, Default, Clone, Copy, PartialEq, Eq)]
pub struct Tally {
    pub orders: u64,
    pub items: u64,
    pub cost: i64,
    pub shipments: u64,
    /// Items that no center sent.
    pub outside: u64,
}

const RULES: Rules = Rules { split_lines: true, max_splits: 64, backorder: true };

/// Plays a sequence; `expected` is the program of expected demand as it is solved at the start, with its plan.
pub fn play(
    instance: &Instance,
    arrivals: &[(u16, u16)],
    policy: Policy,
    expected: &Prices,
    draws: u32,
) -> Tally {
    let mut game = Game::new(instance, expected.clone());
    let draw = Draw::new(1, draws);
    let allocator = |builtin| Allocator::builtin(builtin, instance.tables(), RULES);
    let (cheapest, nearest) = (allocator(Builtin::CheapestSet), allocator(Builtin::Nearest));
    let priced = allocator(Builtin::BidPrice);
    let [indep, dilate, fallback] =
        [Builtin::IndepRound, Builtin::DilateRound, Builtin::DilateFallback].map(allocator);
    for (number, &(of_type, region)) in arrivals.iter().enumerate() {
        let items = &instance.types[usize::from(of_type)];
        if items.is_empty() {
            continue;
        }
        match policy {
            Policy::Nearest => game.plan(&nearest, draw, number, of_type, region),
            Policy::CheapestSet => game.plan(&cheapest, draw, number, of_type, region),
            Policy::BidPrice { refreshes } => {
                game.refresh(number, arrivals.len(), refreshes);
                game.plan(&priced, draw, number, of_type, region);
            }
            Policy::IndependentRounding => game.round(&indep, draw, number, of_type, region),
            Policy::DilatedRounding => game.round(&dilate, draw, number, of_type, region),
            Policy::DilatedWithFallback => game.round(&fallback, draw, number, of_type, region),
        }
        game.book(items, region);
    }
    game.tally
}

struct Game<'i> {
    instance: &'i Instance,
    shelf: Shelf,
    tables: Tables,
    prices: Prices,
    plan: Plan,
    /// The node of each item.
    picks: Vec<NodeId>,
    /// First place of each group in the average plan.
    offsets: Vec<usize>,
    tally: Tally,
}

impl<'i> Game<'i> {
    fn new(instance: &'i Instance, prices: Prices) -> Game<'i> {
        let mut offsets = Vec::new();
        let mut offset = 0;
        for items in &instance.types {
            for _ in 0..Instance::REGIONS {
                offsets.push(offset);
                offset += items.len() * Instance::NODES;
            }
        }
        let mut game = Game {
            instance,
            shelf: instance.shelf(),
            tables: Tables::default(),
            prices,
            plan: Plan::default(),
            picks: Vec::new(),
            offsets,
            tally: Tally::default(),
        };
        game.publish();
        game
    }

    fn publish(&mut self) {
        let bid_prices = self.prices.of_cell.iter().map(|&price| Money(price)).collect();
        let fractions = Fractions(vec![Box::default(); self.prices.of_cell.len() / Instance::NODES]);
        self.tables = Tables { bid_prices, nodes: Instance::NODES, fractions, ..Tables::default() };
    }

    /// New prices for what is left and still to come, from the old ones on.
    fn refresh(&mut self, number: usize, orders: usize, refreshes: u32) {
        let every = orders.div_ceil(refreshes as usize);
        if number == 0 || !number.is_multiple_of(every) {
            return;
        }
        let left = |sku, node| f64::from(self.shelf.available(sku, node));
        let program = self.instance.expected((orders - number) as f64, left);
        let budget = Budget { iterations: 300, patience: 80, plan: false };
        self.prices = program.solve(&self.prices.of_cell, budget);
        self.publish();
    }

    fn plan(&mut self, allocator: &Allocator, draw: Draw, number: usize, of_type: u16, region: u16) {
        let lines = self.instance.lines(of_type);
        let order = OrderView {
            id: OrderId(number as u64),
            zone: ZoneId(region),
            method: MethodId(0),
            at: Moment::ZERO,
            promised: Moment::NEVER,
            lines: &lines,
            own: &[],
        };
        let stock = StockView::of_shelf(&self.shelf).with_tables(&self.tables);
        allocator.plan(&order, &stock, &draw, &mut self.plan);
        self.picks.clear();
        self.picks.resize(lines.len(), Instance::OUTSIDE);
        for share in &self.plan.assignments {
            self.picks[usize::from(share.line)] = share.node;
        }
    }

    /// The strategy sees the fractions of this order's type, as the published schemes do.
    fn round(&mut self, allocator: &Allocator, draw: Draw, number: usize, of_type: u16, region: u16) {
        let items = &self.instance.types[usize::from(of_type)];
        let at = self.offsets[usize::from(of_type) * Instance::REGIONS + usize::from(region)];
        let rows = self.prices.plan[at..at + items.len() * Instance::NODES].chunks(Instance::NODES);
        for (&item, row) in items.iter().zip(rows) {
            let fraction = |(node, &share): (u16, &f64)| Fraction {
                zone: ZoneId(region),
                node: NodeId(node),
                billionths: (1e9 * share) as u32,
            };
            let all = (0..).zip(row).map(fraction);
            self.tables.fractions.0[item as usize] = all.filter(|part| 0 < part.billionths).collect();
        }
        self.plan(allocator, draw, number, of_type, region);
    }

    /// Takes the picked items off the shelves and counts what they cost.
    fn book(&mut self, items: &[u32], region: u16) {
        self.tally.orders += 1;
        for (&item, &node) in items.iter().zip(&self.picks) {
            let left = self.shelf.available(SkuId(item), node);
            assert!(0 < left, "an item was sent that is not there");
            self.shelf.set(SkuId(item), node, left - 1);
            self.tally.items += 1;
            self.tally.outside += u64::from(node == Instance::OUTSIDE);
        }
        for node in (0..Instance::NODES as u16).map(NodeId) {
            let sent = self.picks.iter().filter(|&&pick| pick == node).count() as u32;
            if 0 < sent {
                self.tally.cost += self.instance.price(region, node, sent);
                self.tally.shipments += 1;
            }
        }
    }
}
