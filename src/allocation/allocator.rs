//! The allocator: a built-in strategy, dispatched by enum, or one of your own behind a single `dyn` call.

use std::sync::Arc;

use crate::domain::{Money, Plan, Transition};
use crate::kernel::draw::Draw;
use crate::kernel::time::{Moment, Span};

use super::fill::Fill;
use super::forecast::Forecast;
use super::score::Score;
use super::strategy::{Snapshot, Strategy, Tables};
use super::tables::AllocationTables;
use super::view::{OrderView, Rules, StockView};
use super::{builtin, cheapest_set, fewest_splits, rounding, score, strategy, wave};

/// The strategies that come with the house.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Builtin {
    Priority,
    Nearest,
    CheapestLine,
    Balance,
    SingleOrWait,
    FewestSplits,
    CheapestSet,
    BidPrice,
    Score,
    Wave,
    IndepRound,
    DilateRound,
    DilateFallback,
}

impl Builtin {
    pub const ALL: [Builtin; 13] = [
        Builtin::Priority,
        Builtin::Nearest,
        Builtin::CheapestLine,
        Builtin::Balance,
        Builtin::SingleOrWait,
        Builtin::FewestSplits,
        Builtin::CheapestSet,
        Builtin::BidPrice,
        Builtin::Score,
        Builtin::Wave,
        Builtin::IndepRound,
        Builtin::DilateRound,
        Builtin::DilateFallback,
    ];

    /// The names, in the order of `ALL`: what a scenario may write.
    pub const NAMES: [&'static str; Builtin::ALL.len()] = {
        let mut names = [""; Builtin::ALL.len()];
        let mut at = 0;
        while at < names.len() {
            names[at] = Builtin::ALL[at].name();
            at += 1;
        }
        names
    };

    /// Whether it asks for prices of what is still to come, or for a plan of it.
    pub const fn looks_ahead(self) -> bool {
        matches!(self, Builtin::BidPrice | Builtin::Wave) || self.rounds()
    }

    /// Whether it rounds the fractions of a program.
    pub const fn rounds(self) -> bool {
        matches!(self, Builtin::IndepRound | Builtin::DilateRound | Builtin::DilateFallback)
    }

    /// Whether it asks how much is expected to be asked.
    pub const fn needs_forecast(self) -> bool {
        self.looks_ahead() || matches!(self, Builtin::Balance)
    }

    pub const fn name(self) -> &'static str {
        match self {
            Builtin::Priority => "priority",
            Builtin::Nearest => "nearest",
            Builtin::CheapestLine => "cheapest-line",
            Builtin::Balance => "balance",
            Builtin::SingleOrWait => "single-or-wait",
            Builtin::FewestSplits => "fewest-splits",
            Builtin::CheapestSet => "cheapest-set",
            Builtin::BidPrice => "bid-price",
            Builtin::Score => "score",
            Builtin::Wave => "wave",
            Builtin::IndepRound => "indep-round",
            Builtin::DilateRound => "dilate-round",
            Builtin::DilateFallback => "dilate-fallback",
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
    settings: Settings,
}

/// What some of the built-in strategies are told beside the rules.
#[derive(Debug, Default, Clone)]
pub struct Settings {
    /// What a box costs beside its freight; the strategies that weigh whole orders count it.
    pub per_box: Money,
    /// Of `score`.
    pub score: Score,
    /// Of strategies that look ahead, without one they never refresh; and of `balance`, which without one knows no demand.
    pub forecast: Option<Arc<Forecast>>,
    /// Of `wave`; without one it plans each order at once.
    pub wave_every: Option<Span>,
}

impl Allocator {
    pub fn builtin(builtin: Builtin, tables: Arc<AllocationTables>, rules: Rules) -> Allocator {
        Allocator::with_settings(builtin, tables, rules, Settings::default())
    }

    pub fn with_settings(
        builtin: Builtin,
        tables: Arc<AllocationTables>,
        rules: Rules,
        settings: Settings,
    ) -> Allocator {
        Allocator::Builtin(HouseStrategy { builtin, rules, tables, settings })
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

    /// How often orders that wait are planned together. Panics when a strategy of one's own never lets them wait.
    pub fn wave_every(&self) -> Option<Span> {
        let span = match self {
            Allocator::Builtin(house) => house.wave_every(),
            Allocator::Own(own) => own.wave_every(),
        };
        assert!(span != Some(Span::ZERO), "waves without a pause");
        span
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
    fn plan(&self, order: &OrderView<'_>, stock: &StockView<'_>, draw: &Draw, out: &mut Plan) {
        let reach = self.tables.reach(order.method, order.zone);
        let mut fill = Fill::new(order, stock, self.rules, out);
        match self.builtin {
            Builtin::Priority => builtin::priority(&mut fill, reach),
            Builtin::Nearest => builtin::nearest(&mut fill, reach),
            Builtin::CheapestLine => builtin::cheapest_line(&mut fill, reach),
            Builtin::Balance => builtin::balance(&mut fill, reach, self.settings.forecast.as_deref()),
            Builtin::SingleOrWait => cheapest_set::single_or_wait(&mut fill, reach),
            Builtin::FewestSplits => fewest_splits::fewest_splits(&mut fill, reach),
            Builtin::CheapestSet => {
                cheapest_set::cheapest_set(&mut fill, reach, self.settings.per_box.0, None);
            }
            // Alone, an order of a wave is a set with its prices.
            Builtin::BidPrice | Builtin::Wave => {
                cheapest_set::cheapest_set(&mut fill, reach, self.settings.per_box.0, stock.tables());
            }
            Builtin::Score => score::score(&mut fill, reach, &self.settings.score),
            Builtin::IndepRound => rounding::indep_round(&mut fill, reach, draw),
            Builtin::DilateRound => rounding::dilate_round(&mut fill, reach, draw),
            Builtin::DilateFallback => rounding::dilate_fallback(&mut fill, reach, draw),
        }
        out.settle();
    }

    fn plan_wave(&self, orders: &[OrderView<'_>], stock: &StockView<'_>, draw: &Draw, out: &mut [Plan]) {
        assert_eq!(orders.len(), out.len(), "one plan an order");
        if self.builtin != Builtin::Wave {
            return strategy::one_by_one(self, orders, stock, draw, out);
        }
        let HouseStrategy { tables, rules, settings, .. } = self;
        let table = wave::Table { tables, rules: *rules, per_box: settings.per_box.0 };
        wave::plan_wave(&table, orders, stock, out);
    }

    fn wave_every(&self) -> Option<Span> {
        self.settings.wave_every.filter(|_| self.builtin == Builtin::Wave)
    }

    fn refresh_every(&self) -> Option<Span> {
        let looks_ahead = self.builtin.looks_ahead();
        self.settings.forecast.as_ref().filter(|_| looks_ahead).map(|forecast| forecast.refresh_every())
    }

    fn refresh(&self, at: Moment, snapshot: &Snapshot<'_>) -> Option<Tables> {
        let forecast = self.settings.forecast.as_ref().filter(|_| self.builtin.looks_ahead());
        forecast.map(|forecast| forecast.prices(at, snapshot))
    }
}
