//! What to change, for the document, and in words.

use super::assemble::{slo_row, verdict};
use super::document::{AdviceFacts, ChangeRow, Estimate, FixRow, SloRow, UnitRow};

use crate::experiment::advice::{Advice, Fix, Unit};
use crate::experiment::design::Assignment;
use crate::experiment::lab::{Base, Yardstick, quoted};
use crate::experiment::{self, Study};

pub(super) fn facts(base: &Base, study: &Study, advice: &Advice) -> AdviceFacts {
    let yardstick = Yardstick::of(&base.scenario);
    let estimate = |found: experiment::Estimate| Estimate { mean: found.mean, half_width: found.half_width };
    let column = |name: &str| yardstick.index(name).expect("a column of every yardstick");
    let unit = |own: &Unit| UnitRow {
        station: own.station.clone(),
        set: set(&own.cell),
        promise: advice.promise.map(|promise| estimate(own.differences[promise])),
        lead_time_s_p99: estimate(own.differences[column("lead_time_p99")]),
        cost_minor: estimate(own.differences[column("total_cost")]),
    };
    let fix = |own: &Fix| FixRow {
        changes: own
            .changes
            .iter()
            .map(|change| ChangeRow {
                path: change.path.clone(),
                from: change.from.clone(),
                to: change.to.clone(),
            })
            .collect(),
        verdict: verdict(own.verdict),
        slo: own.slo.iter().map(slo_row).collect(),
        cost_minor: estimate(own.cost),
        next: own.next.clone(),
        set: set(&own.cell),
    };
    AdviceFacts {
        promise: advice.promise.map(|promise| slo_row(&study.slo[promise])),
        units: advice.units.iter().map(unit).collect(),
        next: advice.next.clone(),
        fixes: advice.fixes.iter().map(fix).collect(),
        runs: advice.runs,
    }
}

/// For a shell.
fn set(cell: &[Assignment]) -> String {
    let one = |(path, value): &Assignment| format!("--set {}", quoted(&format!("{path}={value}")));
    cell.iter().map(one).collect::<Vec<_>>().join(" ")
}

/// `nodes.Dallas.pickers 30 -> 42`, `stock.cover x 1.2`.
pub(super) fn change(row: &ChangeRow) -> String {
    match &row.from {
        Some(from) => format!("{} {from} -> {}", row.path, row.to),
        None => format!("{} x {}", row.path.trim_end_matches('*'), row.to),
    }
}

/// The promises that the change brings over, before and after.
pub(super) fn turned<'a>(before: &'a [SloRow], fix: &'a FixRow) -> Vec<(&'a SloRow, &'a SloRow)> {
    before.iter().zip(&fix.slo).filter(|(before, after)| before.verdict != after.verdict).collect()
}

/// Of a promise, without its bound: `pick time p99`.
pub(super) fn name(row: &SloRow) -> &str {
    let bound = if row.sense == "at-most" { " at most " } else { " at least " };
    row.text.split(bound).next().unwrap_or(&row.text)
}
