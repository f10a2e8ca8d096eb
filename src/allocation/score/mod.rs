//! `score`: nodes ranked line by line by a formula of the planner's own, lower first.
//!
//! ```text
//!   allocation:
//!     strategy: score
//!     score: ["if(open, 0, 1)", "freight + 0.3 * km"]     first formula first; the next breaks its ties
//! ```
//!
//! # Promises
//! - A formula is checked when the scenario is read: unknown names, missing brackets and wrong numbers of
//!   arguments are told with their place in the text.
//! - An evaluation allocates nothing, and looks up only what its formula names.
//! - A value that is no number ranks last. Ties: the nearer node, then the cheaper one, then the lower id.

mod parse;
mod program;

use std::cmp::Ordering;

use crate::domain::NodeId;

use super::fill::Fill;
use super::tables::{Offer, Reach};
use super::view::OpenLine;

pub use parse::FormulaFault;
pub use program::Formula;

/// Formulas of one list at most.
pub const MOST_FORMULAS: usize = 4;

/// What a formula may name, and what it means, in the order of `Variable`.
pub const VARIABLES: [(&str, &str); 12] = [
    ("freight", "minor units that the line adds: a parcel, or further kilograms of an open one"),
    ("first_kg", "minor units for a parcel of up to one kilogram"),
    ("further_kg", "minor units for each further kilogram"),
    ("km", "road distance to the zone"),
    ("free", "units of the SKU that the node has for this order"),
    ("quantity", "units asked on the line"),
    ("kg", "weight of the line"),
    ("lines", "lines of the order"),
    ("serves", "lines of the order that the node has whole"),
    ("open", "1 when the plan has a box at the node already, else 0"),
    ("priority", "the planner's rank among the nodes that reach the zone, from 0"),
    ("load", "open work a server at the node, in quarter hours"),
];

pub const OPERATORS_SAID: &str = "+ - * / ^ and < <= > >= == !=, which give 1 or 0";
pub const FUNCTIONS_SAID: &str =
    "min(a, b, ...) max(a, b, ...) if(condition, then, else) abs(a) floor(a) ceil(a) sqrt(a) not(a)";

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[repr(u8)]
enum Variable {
    Freight,
    FirstKg,
    FurtherKg,
    Km,
    Free,
    Quantity,
    Kg,
    Lines,
    Serves,
    Open,
    Priority,
    Load,
}

/// A lexicographic list of formulas.
#[derive(Debug, Clone, PartialEq)]
pub struct Score {
    formulas: Vec<Formula>,
    /// Bits of the variables that any of them names.
    named: u32,
}

impl Score {
    /// At least one formula, at most `MOST_FORMULAS`.
    pub fn new(formulas: Vec<Formula>) -> Score {
        assert!((1..=MOST_FORMULAS).contains(&formulas.len()), "{} formulas in a score", formulas.len());
        let named = formulas.iter().fold(0, |named, formula| named | formula.named());
        Score { formulas, named }
    }
}

impl Default for Score {
    fn default() -> Score {
        Score::new(vec![Formula::compile("freight").expect("a variable is a formula")])
    }
}

/// Values of the formulas, compared in turn; the last is the distance.
#[derive(Debug, Clone, Copy, PartialEq)]
struct Rank([f64; MOST_FORMULAS + 1]);

impl Eq for Rank {}

impl PartialOrd for Rank {
    fn partial_cmp(&self, other: &Rank) -> Option<Ordering> {
        Some(self.cmp(other))
    }
}

impl Ord for Rank {
    fn cmp(&self, other: &Rank) -> Ordering {
        let pairs = self.0.iter().zip(&other.0);
        pairs.map(|(a, b)| a.total_cmp(b)).find(|order| order.is_ne()).unwrap_or(Ordering::Equal)
    }
}

pub(super) fn score(fill: &mut Fill<'_>, reach: Reach<'_>, score: &Score) {
    for line in fill.order.lines {
        let rank = |fill: &Fill<'_>, (node, offer): (NodeId, Offer)| {
            let mut slots = [0.0; VARIABLES.len()];
            look_up(&mut slots, score.named, fill, reach, line, node, offer);
            let mut rank = Rank([0.0; MOST_FORMULAS + 1]);
            for (value, formula) in rank.0.iter_mut().zip(&score.formulas) {
                let found = formula.evaluate(&slots);
                // Plus zero, so that the two zeros are one.
                *value = if found.is_nan() { f64::INFINITY } else { found + 0.0 };
            }
            rank.0[MOST_FORMULAS] = offer.km;
            rank
        };
        fill.by_key(line, reach.cheap, |(node, _)| node, rank);
    }
}

fn look_up(
    slots: &mut [f64; VARIABLES.len()],
    named: u32,
    fill: &Fill<'_>,
    reach: Reach<'_>,
    line: &OpenLine,
    node: NodeId,
    offer: Offer,
) {
    let mut set = |variable: Variable, value: &dyn Fn() -> f64| {
        if named >> variable as u8 & 1 == 1 {
            slots[variable as usize] = value();
        }
    };
    let packed = fill.box_weight(node, line.class);
    set(Variable::Freight, &|| {
        let adds = match packed {
            None => offer.freight(line.weight_g()),
            Some(packed) => offer.freight(packed + line.weight_g()) - offer.freight(packed),
        };
        adds.0 as f64
    });
    set(Variable::FirstKg, &|| offer.first_kg.0 as f64);
    set(Variable::FurtherKg, &|| offer.per_further_kg.0 as f64);
    set(Variable::Km, &|| offer.km);
    set(Variable::Free, &|| f64::from(fill.left(line, node)));
    set(Variable::Quantity, &|| f64::from(line.quantity));
    set(Variable::Kg, &|| line.weight_g() as f64 / 1_000.0);
    set(Variable::Lines, &|| fill.order.lines.len() as f64);
    set(Variable::Serves, &|| {
        fill.order.lines.iter().filter(|other| other.quantity <= fill.left(other, node)).count() as f64
    });
    set(Variable::Open, &|| f64::from(u8::from(packed.is_some())));
    set(Variable::Priority, &|| reach.ranked.iter().position(|&ranked| ranked == node).unwrap_or(0) as f64);
    set(Variable::Load, &|| fill.stock.load(node) as f64);
}
