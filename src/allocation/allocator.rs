//! The allocator: a built-in strategy, dispatched by enum, or one of your own behind a single `dyn` call.

use std::sync::Arc;

use crate::domain::{Plan, Transition};
use crate::kernel::draw::Draw;
use crate::kernel::time::{Moment, Span};

use super::fill::Fill;
use super::strategy::{Snapshot, Strategy, Tables};
use super::tables::AllocationTables;
use super::view::{OrderView, Rules, StockView};
use super::{builtin, fewest_splits};

/// The strategies that come with the house.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Builtin {
    Priority,
    Nearest,
    CheapestLine,
    Balance,
    FewestSplits,
}

impl Builtin {
    pub const ALL: [Builtin; 5] =
        [Builtin::Priority, Builtin::Nearest, Builtin::CheapestLine, Builtin::Balance, Builtin::FewestSplits];

    pub const fn name(self) -> &'static str {
        match self {
            Builtin::Priority => "priority",
            Builtin::Nearest => "nearest",
            Builtin::CheapestLine => "cheapest-line",
            Builtin::Balance => "balance",
            Builtin::FewestSplits => "fewest-splits",
        }
    }
}

/// Who chooses the nodes in a run.
pub enum Allocator {
    Builtin(HouseStrategy),
    Own(Box<dyn Strategy>),
}

/// A built-in strategy with its tables and rules.
#[derive(Debug, Clone)]
pub struct HouseStrategy {
    pub builtin: Builtin,
    pub rules: Rules,
    tables: Arc<AllocationTables>,
}

impl Allocator {
    pub fn builtin(builtin: Builtin, tables: Arc<AllocationTables>, rules: Rules) -> Allocator {
        Allocator::Builtin(HouseStrategy { builtin, rules, tables })
    }

    pub fn own(strategy: Box<dyn Strategy>) -> Allocator {
        Allocator::Own(strategy)
    }

    /// Clears `out` and plans one order.
    #[inline]
    pub fn plan(&self, order: &OrderView<'_>, stock: &StockView<'_>, draw: &Draw, out: &mut Plan) {
        match self {
            Allocator::Builtin(house) => house.plan(order, stock, draw, out),
            Allocator::Own(own) => own.plan(order, stock, draw, out),
        }
    }

    /// Plans orders that are decided together; `out` has one plan an order.
    pub fn plan_wave(&self, orders: &[OrderView<'_>], stock: &StockView<'_>, draw: &Draw, out: &mut [Plan]) {
        match self {
            Allocator::Builtin(house) => house.plan_wave(orders, stock, draw, out),
            Allocator::Own(own) => own.plan_wave(orders, stock, draw, out),
        }
    }

    /// How often `refresh` is due. Panics when a strategy of one's own wants it all the time.
    pub fn refresh_every(&self) -> Option<Span> {
        let span = match self {
            Allocator::Builtin(house) => house.refresh_every(),
            Allocator::Own(own) => own.refresh_every(),
        };
        assert!(span != Some(Span::ZERO), "a strategy that refreshes without a pause");
        span
    }

    pub fn refresh(&self, at: Moment, snapshot: &Snapshot<'_>) -> Option<Tables> {
        match self {
            Allocator::Builtin(house) => house.refresh(at, snapshot),
            Allocator::Own(own) => own.refresh(at, snapshot),
        }
    }

    pub fn observe(&self, transition: &Transition) {
        match self {
            Allocator::Builtin(house) => house.observe(transition),
            Allocator::Own(own) => own.observe(transition),
        }
    }
}

impl Strategy for HouseStrategy {
    #[inline]
    fn plan(&self, order: &OrderView<'_>, stock: &StockView<'_>, _draw: &Draw, out: &mut Plan) {
        let reach = self.tables.reach(order.method, order.zone);
        let mut fill = Fill::new(order, stock, self.rules, out);
        match self.builtin {
            Builtin::Priority => builtin::priority(&mut fill, reach),
            Builtin::Nearest => builtin::nearest(&mut fill, reach),
            Builtin::CheapestLine => builtin::cheapest_line(&mut fill, reach),
            Builtin::Balance => builtin::balance(&mut fill, reach),
            Builtin::FewestSplits => fewest_splits::fewest_splits(&mut fill, reach),
        }
        out.settle();
    }
}
