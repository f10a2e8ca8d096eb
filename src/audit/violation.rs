//! The violation: which invariant broke, where, when, and both sides of its equation.

use std::fmt;

use serde::{Deserialize, Serialize};

use crate::domain::Transition;

/// The invariants, by the numbers under which reports and tests name them.
///
/// I10 (determinism) and I15 (engine = model) compare whole runs; tests hold them, not the auditor.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
pub enum Invariant {
    /// No oversell: nothing is promised that is not there.
    I1,
    /// Units are conserved: they go along known ways only, and no account is overdrawn.
    I2,
    /// What is held is what open orders hold.
    I3,
    /// Money is conserved, in all and for each order: 0 <= refunded <= captured <= amount.
    I4,
    /// Points are granted once, for what the shop keeps, and never negative.
    I5,
    /// An order is in one state and moves along legal steps.
    I6,
    /// A payment has its effect once.
    I7,
    /// No order is lost: submitted = ended + open.
    I8,
    /// Every unit is in one parcel, or given up: parcels partition what was packed.
    I9,
    /// Little's law, exactly, at every station.
    I11,
    /// Time never goes back; every event fires once.
    I12,
    /// Stations lose nobody, and nobody works more than is offered.
    I13,
    /// Every time that was measured is in its distribution.
    I14,
    /// Costs add up, and trace to what was used.
    I16,
    /// A cart is what its operations make of it.
    I17,
    /// Payment callbacks that are forged or replayed have no effect.
    I18,
}

impl Invariant {
    pub const fn name(self) -> &'static str {
        match self {
            Invariant::I1 => "no oversell",
            Invariant::I2 => "stock conservation",
            Invariant::I3 => "reservation ledger",
            Invariant::I4 => "money conservation",
            Invariant::I5 => "points ledger",
            Invariant::I6 => "one state, legal moves",
            Invariant::I7 => "idempotent callbacks",
            Invariant::I8 => "no lost order",
            Invariant::I9 => "parcels are shipments",
            Invariant::I11 => "Little's law",
            Invariant::I12 => "time",
            Invariant::I13 => "flow balance",
            Invariant::I14 => "latency bookkeeping",
            Invariant::I16 => "cost accounting",
            Invariant::I17 => "carts",
            Invariant::I18 => "signed callbacks",
        }
    }
}

/// One side of an equation.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Side {
    pub what: String,
    pub value: String,
}

/// What does not hold: `left relation right` was expected.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Fault {
    pub invariant: Invariant,
    /// Which order, cell, account, station.
    pub place: String,
    pub left: Side,
    /// `=`, `<=`, `in`.
    pub relation: String,
    pub right: Side,
}

/// A broken invariant: ours, never the planner's. The run stops with exit code 70.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Violation {
    pub invariant: Invariant,
    pub name: String,
    pub seed: u64,
    pub replication: u32,
    /// How many transitions the auditor had seen; the last of them is the one at fault, or the last before.
    pub event: u64,
    /// Business time since the start, in microseconds.
    pub at_us: u64,
    pub equation: Fault,
    /// The last transitions, oldest first, at most 64.
    pub transitions: Vec<Transition>,
    /// What to type to see it again; filled in by whoever knows the command.
    pub replay: String,
}

pub type Verdict = Result<(), Box<Fault>>;

impl Fault {
    #[cold]
    pub fn new(
        invariant: Invariant,
        place: impl fmt::Display,
        left: (&str, impl fmt::Display),
        relation: &str,
        right: (&str, impl fmt::Display),
    ) -> Box<Fault> {
        let side = |what: &str, value: String| Side { what: what.to_owned(), value };
        Box::new(Fault {
            invariant,
            place: place.to_string(),
            left: side(left.0, left.1.to_string()),
            relation: relation.to_owned(),
            right: side(right.0, right.1.to_string()),
        })
    }
}

/// `left = right`, or the fault.
pub fn equal(
    invariant: Invariant,
    place: impl FnOnce() -> String,
    left: (&str, i128),
    right: (&str, i128),
) -> Verdict {
    if left.1 == right.1 { Ok(()) } else { Err(Fault::new(invariant, place(), left, "=", right)) }
}

/// `left <= right`, or the fault.
pub fn at_most(
    invariant: Invariant,
    place: impl FnOnce() -> String,
    left: (&str, i128),
    right: (&str, i128),
) -> Verdict {
    if left.1 <= right.1 { Ok(()) } else { Err(Fault::new(invariant, place(), left, "<=", right)) }
}

impl fmt::Display for Fault {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Fault { invariant, place, left, relation, right } = self;
        write!(
            f,
            "{invariant:?} {} ({place}): expected {} {relation} {}, found {} and {}",
            invariant.name(),
            left.what,
            right.what,
            left.value,
            right.value
        )
    }
}

impl fmt::Display for Violation {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Violation { event, replication, equation, .. } = self;
        write!(f, "{equation}; transition {event} of replication {replication}")
    }
}
