//! What faults did, for the document: each figure with them, without them, and the paired difference.

use super::assemble::{bottlenecks, slo_row};
use super::document::{
    BottleneckRow, DifferenceRow, Document, Estimate, FaultFactRow, FaultFacts, Unit, WorkSeries,
};
use super::say;
use crate::domain::OrderState;
use crate::experiment::{self, FaultAccount, Study};
use crate::metrics::CostLine;
use crate::model::Model;
use crate::scenario::Scenario;
use crate::sim::Outcome;

/// Both sides of the account.
struct Sides<'a> {
    with: &'a [Outcome],
    without: &'a [Outcome],
    confidence: f64,
}

pub(super) fn facts(scenario: &Scenario, model: &Model, study: &Study, account: &FaultAccount) -> FaultFacts {
    let sides =
        Sides { with: &study.outcomes, without: &account.without, confidence: scenario.run.confidence };
    FaultFacts {
        faults: faults(model, &sides, account),
        slo_without: account.slo.iter().map(slo_row).collect(),
        broken: broken(model, &sides),
        differences: sides.differences(),
        in_work: WorkSeries {
            with: sides.with[0].metrics.in_work(),
            without: sides.without[0].metrics.in_work(),
        },
    }
}

fn faults(model: &Model, sides: &Sides<'_>, account: &FaultAccount) -> Vec<FaultFactRow> {
    let rows = model.faults.as_deref().map_or(&[][..], |faults| &faults.rows);
    let fact = |(index, (row, wakes)): (usize, (&crate::model::FaultRow, &Vec<experiment::Wake>))| {
        let struck: u64 = sides.with.iter().map(|outcome| outcome.faults.struck[index]).sum();
        let extra: Vec<f64> = wakes.iter().map(|wake| wake.extra as f64).collect();
        let recoveries: Vec<f64> =
            wakes.iter().filter_map(|wake| wake.recovery).map(|span| span.as_secs_f64()).collect();
        let all = recoveries.len() == wakes.len();
        FaultFactRow {
            fault: row.name.clone(),
            from_s: row.from.as_secs_f64(),
            until_s: row.until.min(model.horizon).as_secs_f64(),
            struck_mean: struck as f64 / sides.with.len() as f64,
            extra_in_work: sides.estimate(&extra),
            recovered: recoveries.len() as u32,
            recovery_s: all.then(|| sides.estimate(&recoveries)),
        }
    };
    rows.iter().zip(&account.wakes).enumerate().map(fact).collect()
}

/// A station that breaks on fewer replications without the faults.
fn broken(model: &Model, sides: &Sides<'_>) -> Vec<BottleneckRow> {
    let calm = bottlenecks(model, sides.without);
    let times = |place: &str| calm.iter().find(|row| row.place == place).map_or(0, |row| row.replications);
    let mut rows = bottlenecks(model, sides.with);
    rows.retain(|row| times(&row.place) < row.replications);
    rows
}

fn late(outcome: &Outcome) -> f64 {
    (outcome.metrics.delivered - outcome.metrics.on_time + outcome.overdue) as f64
}

/// How a fault ended, for people.
pub(super) fn recovery(row: &FaultFactRow, document: &Document) -> String {
    let replications = document.replications.len();
    match &row.recovery_s {
        Some(recovery) if recovery.mean == 0.0 => "recovered at once".to_owned(),
        Some(recovery) => format!("recovered in {}", say::estimate(recovery, Unit::Seconds, "")),
        None if document.scenario.horizon_s <= row.until_s => "acting to the horizon".to_owned(),
        None if row.recovered == 0 => "not recovered".to_owned(),
        None => format!("recovered in {} of {replications} replications", row.recovered),
    }
}

impl Sides<'_> {
    fn estimate(&self, values: &[f64]) -> Estimate {
        let found = experiment::Estimate::of(values, self.confidence);
        Estimate { mean: found.mean, half_width: found.half_width }
    }

    fn differences(&self) -> Vec<DifferenceRow> {
        let mut rows = vec![
            self.row("cost", "total cost", Unit::MinorMoney, |o| o.metrics.costs.total()),
            self.row("cost", "cost per order", Unit::MinorMoney, Outcome::cost_per_order),
        ];
        let line =
            |&(line, name)| self.row("cost", name, Unit::MinorMoney, move |o| o.metrics.costs.of(line));
        rows.extend(CostLine::ALL.iter().map(line));
        rows.push(self.row("cost", "refunded", Unit::MinorMoney, |o| o.metrics.refunded as f64));
        rows.push(self.row("cost", "revenue", Unit::MinorMoney, |o| o.ledgers.revenue.0 as f64));
        rows.push(self.row("orders", "submitted", Unit::Count, |o| o.metrics.submitted as f64));
        rows.push(self.row("orders", "late", Unit::Count, late));
        let ended = |&state: &OrderState| {
            self.row("orders", state.name(), Unit::Count, move |o| o.metrics.finals[state as usize] as f64)
        };
        rows.extend(OrderState::ALL.iter().filter(|state| state.is_final()).map(ended));
        rows.push(self.row("orders", "open at the horizon", Unit::Count, |o| o.open() as f64));
        rows.push(self.row("orders", "backordered", Unit::Count, |o| o.metrics.backordered as f64));
        rows.push(self.row("orders", "lead time, mean", Unit::Seconds, |o| o.metrics.lead.mean_s()));
        rows.retain(|row| row.with != 0.0 || row.without != 0.0);
        rows
    }

    fn row(&self, group: &str, name: &str, unit: Unit, of: impl Fn(&Outcome) -> f64) -> DifferenceRow {
        let side = |outcomes: &[Outcome]| outcomes.iter().map(&of).collect::<Vec<f64>>();
        let (with, without) = (side(self.with), side(self.without));
        let differences: Vec<f64> = with.iter().zip(&without).map(|(a, b)| a - b).collect();
        DifferenceRow {
            group: group.to_owned(),
            name: name.to_owned(),
            unit,
            without: self.estimate(&without).mean,
            with: self.estimate(&with).mean,
            difference: self.estimate(&differences),
        }
    }
}
