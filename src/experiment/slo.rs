//! Service levels: the metric's value in each replication, and what the interval says of the bound.

use super::Estimate;
use super::looks::Look;
use crate::metrics::Phase;
use crate::scenario::spec::{Bound, Metric, Slo};
use crate::sim::Outcome;

/// What the replications say of one bound, or of all of them.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Verdict {
    /// The whole interval keeps the bound.
    Holds,
    /// The whole interval breaks the bound.
    Fails,
    /// The bound lies within the interval: more replications may tell.
    Inconclusive,
}

/// One service level after the runs.
#[derive(Debug, Clone)]
pub struct SloResult {
    pub slo: Slo,
    /// By replication. Seconds, shares or minor units.
    pub values: Vec<f64>,
    pub estimate: Estimate,
    pub verdict: Verdict,
}

impl SloResult {
    pub fn of(slo: &Slo, outcomes: &[Outcome], look: Look) -> SloResult {
        SloResult::of_values(slo, outcomes.iter().map(|outcome| value(slo, outcome)).collect(), look)
    }

    /// Of the metric's value in each replication.
    pub fn of_values(slo: &Slo, values: Vec<f64>, look: Look) -> SloResult {
        let estimate = look.estimate(&values);
        let verdict = judge(estimate, slo.bound);
        SloResult { slo: slo.clone(), values, estimate, verdict }
    }
}

impl Verdict {
    /// One failure fails the whole; one open question leaves it open.
    pub fn of_all(verdicts: impl IntoIterator<Item = Verdict>) -> Verdict {
        verdicts.into_iter().fold(Verdict::Holds, |all, one| match (all, one) {
            (Verdict::Fails, _) | (_, Verdict::Fails) => Verdict::Fails,
            (Verdict::Inconclusive, _) | (_, Verdict::Inconclusive) => Verdict::Inconclusive,
            _ => Verdict::Holds,
        })
    }
}

pub(super) fn judge(estimate: Estimate, bound: Bound) -> Verdict {
    let (surely, surely_not) = match bound {
        Bound::AtMost(limit) => (estimate.high() <= limit, limit < estimate.low()),
        Bound::AtLeast(limit) => (limit <= estimate.low(), estimate.high() < limit),
    };
    match (surely, surely_not) {
        (true, _) => Verdict::Holds,
        (_, true) => Verdict::Fails,
        _ => Verdict::Inconclusive,
    }
}

/// The metric in one replication.
pub fn value(slo: &Slo, outcome: &Outcome) -> f64 {
    let metrics = &outcome.metrics;
    let share = |part: u64, whole: u64| if whole == 0 { 0.0 } else { part as f64 / whole as f64 };
    let time = |times: &crate::metrics::Times| match slo.quantile {
        Some(quantile) => times.quantile_s(quantile),
        None => times.mean_s(),
    };
    match slo.metric {
        Metric::OnTimeShare => outcome.on_time_share(),
        Metric::LeadTime => time(&metrics.lead),
        Metric::ShipTime => time(&metrics.ship),
        Metric::StageTime => {
            let phase = Phase::ALL.iter().find(|phase| Some(phase.name()) == slo.stage.as_deref());
            time(metrics.phases.times(*phase.expect("the scenario names a known stage")))
        }
        Metric::RefusedShare => share(metrics.refused_at_submit, metrics.submitted),
        Metric::SplitShare => share(metrics.split, metrics.steps[crate::domain::Step::Allocated as usize]),
        Metric::BackorderShare => share(metrics.backordered, metrics.submitted),
        Metric::CostPerOrder => outcome.cost_per_order(),
        Metric::OpenShare => share(outcome.open(), metrics.submitted),
        Metric::Satisfaction => metrics.experience.mean_score() / 10.0,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_bound_within_the_interval_is_inconclusive() {
        let check = |mean, half_width, bound, expected| {
            assert_eq!(judge(Estimate { mean, half_width }, bound), expected);
        };
        check(10.0, Some(1.0), Bound::AtMost(11.0), Verdict::Holds);
        check(10.0, Some(1.0), Bound::AtMost(10.5), Verdict::Inconclusive);
        check(10.0, Some(1.0), Bound::AtMost(8.0), Verdict::Fails);
        check(0.96, Some(0.005), Bound::AtLeast(0.95), Verdict::Holds);
        check(0.94, Some(0.005), Bound::AtLeast(0.95), Verdict::Fails);
        check(0.94, None, Bound::AtLeast(0.95), Verdict::Fails);
    }

    #[test]
    fn one_failure_fails_the_whole() {
        use Verdict::*;
        assert_eq!(Verdict::of_all([Holds, Inconclusive, Fails]), Fails);
        assert_eq!(Verdict::of_all([Holds, Inconclusive]), Inconclusive);
        assert_eq!(Verdict::of_all([]), Holds);
    }
}
