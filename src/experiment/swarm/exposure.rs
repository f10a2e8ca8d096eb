//! Exposure: in which states orders were while which fault acted.

use std::collections::BTreeMap;

use crate::domain::{Command, FAULTS, FaultKind, Handle, OrderState, Refusal, Transition};
use crate::journal::Sink;
use crate::kernel::time::Moment;
use crate::model::{FaultRow, Model};
use crate::sim::Outcome;

/// Orders by fault and state, and how many entities each kind struck.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Exposed {
    pub cells: BTreeMap<(FaultKind, OrderState), u64>,
    pub struck: BTreeMap<FaultKind, u64>,
}

impl Exposed {
    pub fn merge(&mut self, other: &Exposed) {
        for (cell, count) in &other.cells {
            *self.cells.entry(*cell).or_default() += count;
        }
        for (kind, count) in &other.struck {
            *self.struck.entry(*kind).or_default() += count;
        }
    }
}

/// Why an order cannot be in that state while a fault acts; `None` when it can.
pub fn unexposed_why(state: OrderState) -> Option<&'static str> {
    match state {
        OrderState::Refused => Some("a refused order never came to be"),
        state if state.is_final() => {
            Some("an order that ended is out of a fault's reach; what comes late for it is a strike")
        }
        _ => None,
    }
}

/// Kinds that take staff from a station, which nobody counts by entity.
const UNCOUNTED: &[FaultKind] = &[FaultKind::NoShows, FaultKind::GatewayOutage];

/// Follows the states of orders through the faults of one run.
pub struct Exposure<'m> {
    rows: &'m [FaultRow],
    orders: BTreeMap<Handle, (OrderState, Moment)>,
    /// By fault of the list and state.
    met: BTreeMap<(usize, OrderState), u64>,
}

impl<'m> Exposure<'m> {
    pub fn of(model: &'m Model) -> Exposure<'m> {
        let rows = model.faults.as_deref().map_or(&[][..], |faults| &faults.rows);
        Exposure { rows, orders: BTreeMap::new(), met: BTreeMap::new() }
    }

    /// An order was in the state from one instant to another.
    fn was(&mut self, state: OrderState, from: Moment, until: Moment) {
        for (index, row) in self.rows.iter().enumerate() {
            if from < row.until && row.from < until {
                *self.met.entry((index, state)).or_default() += 1;
            }
        }
    }

    /// Faults that struck nothing do not count.
    pub fn exposed(mut self, outcome: &Outcome, horizon: Moment) -> Exposed {
        for (state, since) in std::mem::take(&mut self.orders).into_values() {
            self.was(state, since, horizon);
        }
        let mut exposed = Exposed::default();
        let struck = &outcome.faults.struck;
        for ((index, state), count) in self.met {
            let kind = self.rows[index].kind;
            if !state.is_final() && (0 < struck[index] || UNCOUNTED.contains(&kind)) {
                *exposed.cells.entry((kind, state)).or_default() += count;
            }
        }
        for (row, &struck) in self.rows.iter().zip(struck) {
            *exposed.struck.entry(row.kind).or_default() += struck;
        }
        exposed
    }
}

impl Sink for Exposure<'_> {
    fn saw(&mut self, at: Moment, _: &Command<'_>, outcome: Result<&Transition, Refusal>) {
        let (Ok(said), false) = (outcome, self.rows.is_empty()) else { return };
        for (_, handle, _, to) in said.changes() {
            match self.orders.insert(handle, (to, at)) {
                // A step that leaves the order where it is.
                Some((state, since)) if state == to => drop(self.orders.insert(handle, (to, since))),
                Some((state, since)) => self.was(state, since, at),
                None => {}
            }
        }
    }
}

/// All kinds, as reports write them.
pub fn kinds() -> impl Iterator<Item = (FaultKind, &'static str)> {
    FAULTS.iter().map(|facts| (facts.kind, facts.name))
}
