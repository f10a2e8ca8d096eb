//! Strategies side by side: the same scenario under each, on common random numbers.
//!
//! # Promises
//! - Replication n of every strategy sees the same shoppers, payments and transit times: a draw belongs to an
//!   order and a purpose (`kernel::draw`), never to what a strategy did before it.
//! - A difference is judged by the differences of single replications (paired t; Law, Simulation Modeling and
//!   Analysis, 5th ed., section 10.2.1), so what all strategies share drops out.

use super::Estimate;
use crate::domain::Step;
use crate::metrics::CostLine;
use crate::sim::Outcome;

/// What is compared, by replication.
#[derive(Debug, Clone, Copy)]
pub struct Measure {
    /// As in tables: unit, then statistic.
    pub name: &'static str,
    pub kind: MeasureKind,
    pub of: fn(&Outcome) -> f64,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum MeasureKind {
    MinorMoney,
    Share,
    Ratio,
    Seconds,
}

fn share(part: u64, whole: u64) -> f64 {
    if whole == 0 { 0.0 } else { part as f64 / whole as f64 }
}

fn orders(outcome: &Outcome) -> u64 {
    outcome.metrics.submitted - outcome.metrics.refused_at_submit
}

fn cost(outcome: &Outcome, line: CostLine) -> f64 {
    outcome.metrics.costs.of(line) / orders(outcome).max(1) as f64
}

const fn measure(name: &'static str, kind: MeasureKind, of: fn(&Outcome) -> f64) -> Measure {
    Measure { name, kind, of }
}

/// In the order of the table.
pub const MEASURES: [Measure; 9] = [
    measure("cost_per_order", MeasureKind::MinorMoney, Outcome::cost_per_order),
    measure("freight_per_order", MeasureKind::MinorMoney, |o| cost(o, CostLine::Freight)),
    measure("packaging_per_order", MeasureKind::MinorMoney, |o| cost(o, CostLine::Packaging)),
    measure("fulfillments_per_order", MeasureKind::Ratio, |o| {
        share(o.metrics.fulfillments, o.metrics.allocated)
    }),
    measure("split_share", MeasureKind::Share, |o| {
        share(o.metrics.split, o.metrics.steps[Step::Allocated as usize])
    }),
    measure("backorder_share", MeasureKind::Share, |o| share(o.metrics.backordered, o.metrics.submitted)),
    measure("refused_share", MeasureKind::Share, |o| share(o.metrics.refused_at_submit, o.metrics.submitted)),
    measure("on_time_share", MeasureKind::Share, Outcome::on_time_share),
    measure("lead_time_mean", MeasureKind::Seconds, |o| o.metrics.lead.mean_s()),
];

/// One strategy's values, by measure, then replication.
#[derive(Debug, Clone, PartialEq)]
pub struct Side {
    pub strategy: String,
    pub values: Vec<Vec<f64>>,
    pub seed: u64,
}

impl Side {
    pub fn of(strategy: &str, seed: u64, outcomes: &[Outcome]) -> Side {
        let values = |measure: &Measure| outcomes.iter().map(measure.of).collect();
        Side { strategy: strategy.to_owned(), values: MEASURES.iter().map(values).collect(), seed }
    }

    pub fn estimate(&self, measure: usize, confidence: f64) -> Estimate {
        Estimate::of(&self.values[measure], confidence)
    }

    /// This side less the other, replication by replication.
    pub fn less(&self, other: &Side, measure: usize, confidence: f64) -> Estimate {
        let pairs = self.values[measure].iter().zip(&other.values[measure]);
        Estimate::of(&pairs.map(|(own, other)| own - other).collect::<Vec<f64>>(), confidence)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_both_share_drops_out_of_a_difference() {
        let side = |values: &[f64]| Side { strategy: "a".into(), values: vec![values.to_vec()], seed: 1 };
        let (a, b) = (side(&[10.0, 20.0, 30.0]), side(&[9.0, 19.5, 28.5]));
        let difference = b.less(&a, 0, 0.95);
        assert_eq!(difference.mean, -1.0);
        // s = 0.5, t(0.975, 2) = 4.303: 4.303 x 0.5 / sqrt 3.
        assert!((difference.half_width.unwrap() - 1.242).abs() < 1e-3);
        assert!(24.0 < a.estimate(0, 0.95).half_width.unwrap(), "alone they say nothing");
        assert!(difference.high() < 0.0 || difference.half_width.unwrap() > 1.0);
    }
}
