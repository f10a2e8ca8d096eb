//! Strategies side by side: the same scenario under each, on common random numbers.
//!
//! # Promises
//! - Replication n of every strategy sees the same shoppers, payments and transit times: a draw belongs to an
//!   order and a purpose (`kernel::draw`), never to what a strategy did before it.
//! - A difference is judged by the differences of single replications (paired t; Law, Simulation Modeling and
//!   Analysis, 5th ed., section 10.2.1), so what all strategies share drops out.

use super::{Estimate, two_sided_p};
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

/// Parcels by node, of those that packed any, the fewest first.
fn node_loads(outcome: &Outcome) -> Vec<u64> {
    let parcels = outcome.metrics.nodes.iter().map(|node| node.parcels);
    let mut loads: Vec<u64> = parcels.filter(|&parcels| 0 < parcels).collect();
    loads.sort_unstable();
    loads
}

fn max_over_mean(sorted: &[u64]) -> f64 {
    let Some(&most) = sorted.last() else { return 0.0 };
    most as f64 * sorted.len() as f64 / sorted.iter().sum::<u64>() as f64
}

/// Half the mean difference of two nodes over the mean: 0 where all do the same, towards 1 where one does all.
fn gini(sorted: &[u64]) -> f64 {
    let (count, sum) = (sorted.len() as f64, sorted.iter().sum::<u64>() as f64);
    if sum == 0.0 {
        return 0.0;
    }
    let ranked = sorted.iter().enumerate().map(|(rank, &load)| (rank + 1) as f64 * load as f64);
    2.0 * ranked.sum::<f64>() / (count * sum) - (count + 1.0) / count
}

const fn measure(name: &'static str, kind: MeasureKind, of: fn(&Outcome) -> f64) -> Measure {
    Measure { name, kind, of }
}

/// In the order of the table.
pub const MEASURES: [Measure; 18] = [
    measure("cost_per_order", MeasureKind::MinorMoney, Outcome::cost_per_order),
    measure("freight_per_order", MeasureKind::MinorMoney, |o| cost(o, CostLine::Freight)),
    measure("packaging_per_order", MeasureKind::MinorMoney, |o| cost(o, CostLine::Packaging)),
    measure("handling_per_order", MeasureKind::MinorMoney, |o| {
        cost(o, CostLine::PickLabor) + cost(o, CostLine::PackLabor)
    }),
    measure("late_penalty_per_order", MeasureKind::MinorMoney, |o| cost(o, CostLine::LatePenalties)),
    measure("lost_sale_per_order", MeasureKind::MinorMoney, |o| {
        cost(o, CostLine::RefusedPenalties) + cost(o, CostLine::LostSales)
    }),
    measure("fulfillments_per_order", MeasureKind::Ratio, |o| {
        share(o.metrics.fulfillments, o.metrics.allocated)
    }),
    measure("split_share", MeasureKind::Share, |o| {
        share(o.metrics.split, o.metrics.steps[Step::Allocated as usize])
    }),
    measure("merged_share", MeasureKind::Share, |o| share(o.metrics.merged, o.metrics.fulfillments)),
    measure("merge_wait_mean", MeasureKind::Seconds, |o| o.metrics.merge_wait.mean_s()),
    measure("backorder_share", MeasureKind::Share, |o| share(o.metrics.backordered, o.metrics.submitted)),
    measure("refused_share", MeasureKind::Share, |o| share(o.metrics.refused_at_submit, o.metrics.submitted)),
    measure("on_time_share", MeasureKind::Share, Outcome::on_time_share),
    measure("lead_time_mean", MeasureKind::Seconds, |o| o.metrics.lead.mean_s()),
    measure("km_per_order", MeasureKind::Ratio, |o| o.metrics.km / orders(o).max(1) as f64),
    measure("kg_km_per_order", MeasureKind::Ratio, |o| o.metrics.kg_km / orders(o).max(1) as f64),
    measure("node_load_max_over_mean", MeasureKind::Ratio, |o| max_over_mean(&node_loads(o))),
    measure("node_load_gini", MeasureKind::Ratio, |o| gini(&node_loads(o))),
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

    /// What common luck did for the difference to the other side; `None` with fewer than two replications.
    pub fn pairing(&self, other: &Side, measure: usize) -> Option<Pairing> {
        let (own, other) = (&self.values[measure], &other.values[measure]);
        let degrees = (own.len() as u32).checked_sub(1).filter(|&degrees| 0 < degrees)?;
        let differences: Vec<f64> = own.iter().zip(other).map(|(own, other)| own - other).collect();
        let (own, other, both) = (Moments::of(own), Moments::of(other), Moments::of(&differences));
        let error = libm::sqrt(both.variance / differences.len() as f64);
        let p_value = if both.mean == 0.0 { 1.0 } else { two_sided_p(both.mean / error, degrees) };
        // Var(A - B) = Var A + Var B - 2 Cov(A, B).
        let covariance = (own.variance + other.variance - both.variance) / 2.0;
        let spread = libm::sqrt(own.variance * other.variance);
        Some(Pairing {
            p_value,
            correlation: (0.0 < spread).then(|| (covariance / spread).clamp(-1.0, 1.0)),
            variance_ratio: (0.0 < both.variance).then(|| (own.variance + other.variance) / both.variance),
        })
    }
}

/// What two sides owe to their common luck.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Pairing {
    /// Two-sided, of the paired t-test that the difference is 0.
    pub p_value: f64,
    /// `None` where a side does not vary.
    pub correlation: Option<f64>,
    /// Variance of the difference of independent runs over that of the paired ones: so many times as many runs would
    /// be needed without common luck. `None` where the difference does not vary.
    pub variance_ratio: Option<f64>,
}

struct Moments {
    mean: f64,
    variance: f64,
}

impl Moments {
    fn of(values: &[f64]) -> Moments {
        let n = values.len() as f64;
        let mean = values.iter().sum::<f64>() / n;
        let squares: f64 = values.iter().map(|value| (value - mean) * (value - mean)).sum();
        Moments { mean, variance: squares / (n - 1.0) }
    }
}

/// Which of many hypotheses of no difference fall, so that the chance of even one false fall stays below `alpha`:
/// from the smallest p-value on, the i-th of m must be at most alpha / (m - i), and the first that is not ends it
/// (Holm, A simple sequentially rejective multiple test procedure, Scandinavian Journal of Statistics 6, 1979).
pub fn holm(p_values: &[f64], alpha: f64) -> Vec<bool> {
    let mut order: Vec<usize> = (0..p_values.len()).collect();
    order.sort_by(|&a, &b| p_values[a].total_cmp(&p_values[b]));
    let mut falls = vec![false; p_values.len()];
    for (rank, &at) in order.iter().enumerate() {
        if alpha < p_values[at] * (p_values.len() - rank) as f64 {
            break;
        }
        falls[at] = true;
    }
    falls
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn holm_is_stricter_with_the_first_than_with_the_last() {
        // By hand, alpha 0.05, m = 4: limits 0.0125, 0.0167, 0.025, 0.05.
        assert_eq!(holm(&[0.01, 0.04, 0.03, 0.005], 0.05), [true, false, false, true]);
        assert_eq!(holm(&[0.04], 0.05), [true]);
        assert_eq!(holm(&[0.02, 0.04], 0.05), [true, true]);
        assert_eq!(holm(&[0.03, 0.04], 0.05), [false, false]);
        assert!(holm(&[], 0.05).is_empty());
    }

    #[test]
    fn loads_of_nodes_are_told_by_hand() {
        assert_eq!((max_over_mean(&[]), gini(&[])), (0.0, 0.0));
        assert_eq!((max_over_mean(&[5, 5, 5, 5]), gini(&[5, 5, 5, 5])), (1.0, 0.0));
        // Mean 4; differences of all pairs 4, 8, 4, each twice, over 9 pairs: 32 / 9, half of it over the mean: 4 / 9.
        assert_eq!(max_over_mean(&[0, 4, 8]), 2.0);
        assert!((gini(&[0, 4, 8]) - 4.0 / 9.0).abs() < 1e-12);
    }

    #[test]
    fn pairing_tells_what_common_luck_did() {
        let side = |values: &[f64]| Side { strategy: "a".into(), values: vec![values.to_vec()], seed: 1 };
        let (a, b) = (side(&[10.0, 20.0, 30.0]), side(&[9.0, 19.5, 28.5]));
        let found = b.pairing(&a, 0).unwrap();
        // Variances 100, 95.25 and 0.25 of the difference; covariance (195.25 - 0.25) / 2 = 97.5.
        assert!((found.variance_ratio.unwrap() - 781.0).abs() < 1e-9, "{found:?}");
        assert!((found.correlation.unwrap() - 97.5 / 9_525f64.sqrt()).abs() < 1e-12, "{found:?}");
        // t = -1 / (0.5 / sqrt 3) = -3.4641, two degrees: p = 1 - t / sqrt(t^2 + 2) = 0.0742.
        assert!((found.p_value - 0.07418).abs() < 1e-5, "{found:?}");
        let same = a.pairing(&a, 0).unwrap();
        assert_eq!((same.p_value, same.variance_ratio), (1.0, None));
        assert_eq!(side(&[1.0]).pairing(&side(&[2.0]), 0), None);
    }

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
