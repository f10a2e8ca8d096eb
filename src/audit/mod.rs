//! IS IT TRUE: an auditor that re-derives stock, money, points, orders and parcels from transitions alone and
//! compares them with what the engine says. It shares no code with the engine.
//!
//! ```text
//!                    counters              barrier                   paranoid
//! Command ------------------------------------------------------->   shadow/  (every order, naively)
//! Transition ---->   books.rs  ------->    cells.rs (shelves,  --->  compared with the engine after each transition
//!                    (totals)              open orders)
//! end of run ---->   totals and figures    + every shelf and order   + the same
//! ```
//!
//! # Promises
//! - `counters` costs a few additions a transition and no allocation; `benches/audit.rs` holds the price.
//! - The first breach is kept; nothing is repaired and nothing is passed over.
//! - The auditor decides nothing: results are the same bytes at every level.
//!
//! # Why the last transitions are not kept at `counters`
//! Keeping them costs more than checking them. A replication is deterministic, so whoever finds a breach runs it
//! again with the trail on (`Auditor::with_trail`), up to the same transition.

mod books;
mod cells;
mod figures;
mod grid;
mod shadow;
mod trail;
mod violation;

use serde::{Deserialize, Serialize};

pub use books::Books;
pub use figures::{Basis, CostFigures, PhaseFigures, RunFigures, Shelf, StationFigures, Totals, Witness};
pub use violation::{Fault, Invariant, Side, Violation};

use crate::domain::{Command, Money, Refusal, Transition};
use crate::kernel::time::{Moment, Span};
use cells::Cells;
use shadow::Shadow;
use trail::Trail;
use violation::{Verdict, at_most};

/// How closely a run is watched.
#[derive(Debug, Default, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Audit {
    Off,
    /// Totals, on the spot and at the end.
    #[default]
    Counters,
    /// Every shelf and every order, at intervals and at the end.
    Barrier,
    /// A shadow model of every order, compared after every transition.
    Paranoid,
}

impl Audit {
    pub const ALL: [(Audit, &str); 4] = [
        (Audit::Off, "off"),
        (Audit::Counters, "counters"),
        (Audit::Barrier, "barrier"),
        (Audit::Paranoid, "paranoid"),
    ];
}

/// At `paranoid` the totals are weighed after so many transitions.
const WEIGHED: u64 = 64;

/// A barrier after so many transitions.
pub const BARRIER: u64 = 1 << 18;

/// What the auditor must know of the world that it watches.
#[derive(Debug, Clone, Default)]
pub struct Setup {
    pub skus: u32,
    pub nodes: u16,
    /// Price by SKU: how an order's amount is shared over its units. Empty: every unit counts the same.
    pub prices: Vec<Money>,
    /// Points for each 10,000 minor units that the shop keeps.
    pub points_basis_points: u32,
    /// Budget and limit a customer by coupon; a limit of 0 is none.
    pub coupons: Vec<(i64, u32)>,
    /// So long after its last change a cart is too old.
    pub cart_lifetime: Span,
    pub seed: u64,
    pub replication: u32,
}

/// Watches one stream of transitions.
#[derive(Debug)]
pub struct Auditor {
    level: Audit,
    books: Books,
    events: u64,
    now: Moment,
    deep: Option<Box<Deep>>,
    trail: Option<Box<Trail>>,
    violation: Option<Box<Violation>>,
    seed: u64,
    replication: u32,
}

#[derive(Debug)]
struct Deep {
    cells: Cells,
    shadow: Option<Shadow>,
    next_barrier: u64,
}

impl Auditor {
    pub fn new(level: Audit, setup: Setup) -> Auditor {
        let Setup { skus, nodes, seed, replication, .. } = setup;
        let deep = (Audit::Barrier <= level).then(|| {
            let shadow = (level == Audit::Paranoid).then(|| Shadow::new(setup));
            Box::new(Deep { cells: Cells::new(skus, nodes), shadow, next_barrier: BARRIER })
        });
        Auditor {
            level,
            books: Books::default(),
            events: 0,
            now: Moment::ZERO,
            deep,
            trail: (level == Audit::Paranoid).then(Box::default),
            violation: None,
            seed,
            replication,
        }
    }

    /// Keeps the last transitions for the report of a violation.
    pub fn with_trail(self) -> Auditor {
        Auditor { trail: Some(Box::default()), ..self }
    }

    pub fn level(&self) -> Audit {
        self.level
    }

    pub fn books(&self) -> &Books {
        &self.books
    }

    pub fn is_broken(&self) -> bool {
        self.violation.is_some()
    }

    /// The first breach.
    pub fn violation(&self) -> Option<&Violation> {
        self.violation.as_deref()
    }

    /// An event of the calendar fires.
    #[inline]
    pub fn event(&mut self, now: Moment) {
        self.events += 1;
        if now < self.now {
            self.goes_back(now);
        }
        self.now = now;
    }

    #[cold]
    fn goes_back(&mut self, now: Moment) {
        let order = ("the last event", self.now.0.into());
        self.keep(at_most(Invariant::I12, || "calendar".into(), order, ("this event", now.0.into())));
    }

    /// A command had an effect.
    #[inline]
    pub fn saw(&mut self, command: &Command<'_>, transition: &Transition, engine: &dyn Witness) {
        if self.level == Audit::Off {
            return;
        }
        let before = self.books.last();
        if !self.books.enter(transition) || self.deep.is_some() || self.trail.is_some() {
            self.look_closer(before, command, transition, engine);
        }
    }

    /// A command was refused.
    #[inline]
    pub fn refused(&mut self, command: &Command<'_>, refusal: Refusal) {
        let Some(deep) = &self.deep else { return };
        if let Some(shadow) = &deep.shadow {
            let verdict = shadow.refused(command, refusal, &deep.cells, self.now);
            self.keep(verdict);
        }
    }

    #[cold]
    #[inline(never)]
    fn look_closer(
        &mut self,
        before: Moment,
        command: &Command<'_>,
        transition: &Transition,
        engine: &dyn Witness,
    ) {
        if let Some(trail) = &mut self.trail {
            trail.saw(transition);
        }
        // Entered before: asked once more, it gives the same answer with its reason.
        let verdict = self.books.explain(transition, before);
        self.keep(verdict);
        if self.is_broken() {
            return;
        }
        let Some(deep) = &mut self.deep else { return };
        let verdict = deep.saw(command, transition, engine, &self.books);
        self.keep(verdict);
    }

    /// The end of a run: every total, shelf, order and figure.
    pub fn close(&mut self, engine: &dyn Witness, figures: &RunFigures) {
        if self.level == Audit::Off || self.is_broken() {
            return;
        }
        let verdict = self.books.weigh().and_then(|()| match &self.deep {
            Some(deep) => deep.cells.compare(engine),
            None => Ok(()),
        });
        let verdict = verdict
            .and_then(|()| self.books.compare(&engine.totals()))
            .and_then(|()| figures::check(figures, &self.books, self.events));
        self.keep(verdict);
    }

    fn keep(&mut self, verdict: Verdict) {
        let Err(equation) = verdict else { return };
        if self.is_broken() {
            return;
        }
        self.violation = Some(Box::new(Violation {
            invariant: equation.invariant,
            name: equation.invariant.name().to_owned(),
            seed: self.seed,
            replication: self.replication,
            event: self.books.seen(),
            at_us: self.now.0.max(self.books.last().0),
            equation: *equation,
            transitions: self.trail.as_ref().map(|trail| trail.transitions()).unwrap_or_default(),
            replay: String::new(),
        }));
    }
}

impl Deep {
    fn saw(
        &mut self,
        command: &Command<'_>,
        transition: &Transition,
        engine: &dyn Witness,
        books: &Books,
    ) -> Verdict {
        self.cells.saw(transition)?;
        if let Some(shadow) = &mut self.shadow {
            if books.seen().is_multiple_of(WEIGHED) {
                books.weigh()?;
            }
            shadow.saw(command, transition, &self.cells)?;
            self.cells.compare_touched(transition, engine)?;
            shadow.compare_carts(command, engine)?;
        }
        if self.next_barrier <= books.seen() {
            self.next_barrier = books.seen() + BARRIER;
            self.cells.compare(engine)?;
            books.compare(&engine.totals())?;
        }
        Ok(())
    }
}
