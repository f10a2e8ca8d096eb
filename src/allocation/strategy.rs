//! The strategy: a type of your own that chooses which node serves which line.
//!
//! # A strategy of your own
//! This one ships from the node that has the most of a SKU, and lets everything else wait:
//!
//! ```
//! use ordermill::allocation::*;
//! use ordermill::domain::*;
//! use ordermill::kernel::draw::Draw;
//! use ordermill::kernel::time::Moment;
//!
//! struct DeepestShelf { nodes: u16 }
//!
//! impl Strategy for DeepestShelf {
//!     fn plan(&self, order: &OrderView<'_>, stock: &StockView<'_>, _draw: &Draw, out: &mut Plan) {
//!         out.clear();
//!         for open in order.lines {
//!             let units = |node: &NodeId| stock.available_to(order, open.sku, *node);
//!             // Ties by id: the last of equals would win in `max_by_key`, so compare the reversed id.
//!             let deepest = (0..self.nodes).map(NodeId).max_by_key(|n| (units(n), std::cmp::Reverse(*n)));
//!             match deepest.filter(|node| open.quantity <= units(node)) {
//!                 Some(node) => out.assignments.push(Assignment {
//!                     line: open.line,
//!                     node,
//!                     quantity: open.quantity,
//!                     group: open.class as u8, // goods of different classes never share a parcel
//!                 }),
//!                 None => out.backorders.push(Backorder { line: open.line, quantity: open.quantity }),
//!             }
//!         }
//!         out.settle();
//!     }
//! }
//!
//! let allocator = Allocator::own(Box::new(DeepestShelf { nodes: 2 }));
//! let mut shelf = Shelf::new(1, 2);
//! shelf.set(SkuId(0), NodeId(1), 9);
//! let line = OpenLine { quantity: 3, ..OpenLine::default() };
//! let order = OrderView {
//!     id: OrderId(1),
//!     zone: ZoneId(0),
//!     method: MethodId(0),
//!     at: Moment::ZERO,
//!     promised: Moment::NEVER,
//!     lines: &[line],
//!     own: &[],
//! };
//! let mut plan = Plan::default();
//! allocator.plan(&order, &StockView::of_shelf(&shelf), &Draw::new(1, 0), &mut plan);
//! assert_eq!(plan.assignments[0].node, NodeId(1));
//! assert_eq!(check_plan(&order, &StockView::of_shelf(&shelf), &plan), Ok(()));
//! ```

use crate::domain::{Money, NodeId, Plan, SkuId, Transition};
use crate::kernel::draw::Draw;
use crate::kernel::time::{Moment, Span};

use super::rounding::Fractions;
use super::view::{OrderView, StockView, Taken};

/// Chooses which node serves which line. Equal inputs give equal answers.
pub trait Strategy: Send + Sync {
    /// Plans one order. Clears `out`, then fills it: every open unit is assigned or backordered; never more
    /// than `stock.available_to` the order; settled. `draw` is for strategies that roll dice.
    fn plan(&self, order: &OrderView<'_>, stock: &StockView<'_>, draw: &Draw, out: &mut Plan);

    /// Plans several orders that are decided at one instant; by default one by one, in the given order, each
    /// on what the earlier ones leave. `out` has one plan an order.
    fn plan_wave(&self, orders: &[OrderView<'_>], stock: &StockView<'_>, draw: &Draw, out: &mut [Plan]) {
        one_by_one(self, orders, stock, draw, out);
    }

    /// Orders that are ready wait for the next whole multiple of this span and are planned together, by `plan_wave`;
    /// `None`: each at once. Must not be zero.
    fn wave_every(&self) -> Option<Span> {
        None
    }

    /// How often `refresh` is called, the first time before the first order; `None`: never. Must not be zero.
    fn refresh_every(&self) -> Option<Span> {
        None
    }

    /// Called as `refresh_every` says, with the whole stock: what it returns is seen by later plans as
    /// `stock.tables()`, and by the next refresh as `snapshot.stock.tables()`; `None` leaves the tables as they
    /// are.
    fn refresh(&self, _at: Moment, _snapshot: &Snapshot<'_>) -> Option<Tables> {
        None
    }

    /// Told about everything that happened, to learn from.
    fn observe(&self, _transition: &Transition) {}
}

/// Each order on what the earlier ones leave.
pub(super) fn one_by_one<S: Strategy + ?Sized>(
    strategy: &S,
    orders: &[OrderView<'_>],
    stock: &StockView<'_>,
    draw: &Draw,
    out: &mut [Plan],
) {
    assert_eq!(orders.len(), out.len(), "one plan an order");
    let mut taken = Taken::default();
    for (order, plan) in orders.iter().zip(out) {
        strategy.plan(order, &stock.without(&taken), draw, plan);
        taken.book(order, plan);
    }
}

/// The world as a refresh sees it.
#[derive(Clone, Copy)]
pub struct Snapshot<'a> {
    pub skus: usize,
    pub nodes: usize,
    pub stock: StockView<'a>,
}

/// What a refresh makes and plans read: a price a unit for using up a cell (bid price).
#[derive(Debug, Default, Clone, PartialEq, Eq)]
pub struct Tables {
    /// By SKU, then node.
    pub bid_prices: Vec<Money>,
    pub nodes: usize,
    /// The plan that `indep-round`, `dilate-round` and `dilate-fallback` round; empty for all others.
    pub fractions: Fractions,
    /// What they were made of, for a refresh that makes anew only what has changed. May be empty.
    pub basis: Basis,
}

/// The stock and the demand that prices were made of.
#[derive(Debug, Default, Clone, PartialEq, Eq)]
pub struct Basis {
    /// Units by SKU, then node.
    pub stock: Vec<u32>,
    /// Units expected, in thousandths, by SKU.
    pub expected: Vec<u64>,
    /// SKUs of which the last refresh made the prices anew.
    pub made: usize,
}

impl Tables {
    pub fn bid_price(&self, sku: SkuId, node: NodeId) -> Money {
        self.bid_prices[sku.index() * self.nodes + node.index()]
    }
}
