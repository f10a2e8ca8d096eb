//! What the faults of a scenario did: each replication beside itself without them.
//!
//! # Promises
//! - Both sides have the same shoppers, payments and transit times (`kernel::draw`): until the first fault they are
//!   one run, so what differs afterwards is the faults' doing.
//! - Differences are judged by the differences of single replications, as in `compare`.
//!
//! # Recovery
//! The orders in work (`OrderState::is_in_work`) of both sides are compared at the end of every interval. A fault is
//! recovered from at the first of these instants from which on the run with faults has at most `SLACK` of the other's
//! peak more in work, until the next fault begins or the horizon comes. This is the time to recovery of resilience
//! engineering (Bruneau et al., Earthquake Spectra 19, 2003, "rapidity"), with work in process as the measure.

use std::sync::atomic::{AtomicBool, Ordering};

use rayon::prelude::*;

use super::slo::SloResult;
use super::study::{Progress, Study, StudyError, StudyOptions};
use crate::kernel::time::{Moment, Span};
use crate::model::{FaultRow, Model};
use crate::scenario::Scenario;
use crate::sim::{Options, Outcome, simulate};

/// Of the most orders in work without faults: more than this is not recovered.
const SLACK: f64 = 0.01;

/// A study beside itself without faults.
pub struct FaultAccount {
    /// Replication n without faults, on the draws of replication n of the study.
    pub without: Vec<Outcome>,
    /// The scenario's service levels without faults.
    pub slo: Vec<SloResult>,
    /// By fault, then replication.
    pub wakes: Vec<Vec<Wake>>,
}

/// What one fault left behind in one replication.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Wake {
    /// The most orders more in work than without faults, from its start to the next fault after its end.
    pub extra: i64,
    /// From its end to recovery; `None` when that did not come.
    pub recovery: Option<Span>,
}

/// Runs every replication of the study again with `calm`, the model without faults. `None` when it was stopped.
pub fn fault_account(
    scenario: &Scenario,
    (model, calm): (&Model, &Model),
    study: &Study,
    options: &StudyOptions,
    progress: &dyn Progress,
    stop: &AtomicBool,
) -> Result<Option<FaultAccount>, StudyError> {
    progress.wants(2 * study.outcomes.len() as u32);
    let again = |with: &Outcome| {
        if stop.load(Ordering::Relaxed) {
            return None;
        }
        let (seed, replication) = (study.seed, with.replication);
        let watched = Options { seed, replication, audit: options.audit, ..Options::default() };
        let without = simulate(calm, &watched);
        if let Ok(without) = &without {
            progress.finished(without);
        }
        Some(without.map_err(|error| StudyError::Simulation { seed, replication, error }))
    };
    let runs: Vec<_> = study.outcomes.par_iter().map(again).collect();
    let Some(runs) = runs.into_iter().collect::<Option<Vec<_>>>() else { return Ok(None) };
    let without = runs.into_iter().collect::<Result<Vec<Outcome>, _>>()?;
    let slo = scenario.slo.iter().map(|slo| SloResult::of(slo, &without, study.look)).collect();
    let pairs: Vec<_> = study
        .outcomes
        .iter()
        .zip(&without)
        .map(|(with, without)| (with.metrics.in_work(), without.metrics.in_work()))
        .collect();
    let rows = model.faults.as_deref().map_or(&[][..], |faults| &faults.rows);
    let wake = |fault: &FaultRow| {
        let (from, to) = (fault.from, fault.until.min(model.horizon));
        let later = rows.iter().map(|row| row.from).filter(|&start| to <= start && start < model.horizon);
        let window = Window { from, to, end: later.min().unwrap_or(model.horizon), interval: model.interval };
        pairs.iter().map(|(with, without)| window.wake(with, without)).collect()
    };
    Ok(Some(FaultAccount { slo, wakes: rows.iter().map(wake).collect(), without }))
}

/// When a fault acts, and until when its wake is looked at.
struct Window {
    from: Moment,
    to: Moment,
    end: Moment,
    interval: Span,
}

impl Window {
    /// Both series hold the orders in work at the end of each interval.
    fn wake(&self, with: &[i64], without: &[i64]) -> Wake {
        let slack = (without.iter().copied().max().unwrap_or(0) as f64 * SLACK).max(1.0) as i64;
        let ends_by = |at: Moment| (at.0 / self.interval.0) as usize;
        let last = ends_by(self.end).min(with.len()).min(without.len());
        let extra = |index: usize| with[index] - without[index];
        let most = (ends_by(self.from)..last).map(extra).max().unwrap_or(0);
        // The first value that is seen at or after the fault's end.
        let first = (self.to.0.div_ceil(self.interval.0) as usize).saturating_sub(1);
        let recovery = match (first..last).rev().find(|&index| slack < extra(index)) {
            _ if last <= first || self.end <= self.to => None,
            None => Some(Span(0)),
            Some(index) if index + 1 == last => None,
            Some(index) => Some(Span((index as u64 + 2) * self.interval.0 - self.to.0)),
        };
        Wake { extra: most.max(0), recovery }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const HOUR: u64 = 3_600_000_000;

    fn wake(from: u64, to: u64, end: u64, with: &[i64]) -> Wake {
        let at = |hour| Moment(hour * HOUR);
        let window = Window { from: at(from), to: at(to), end: at(end), interval: Span(HOUR) };
        // The peak is 300: three orders more are slack, four are not.
        window.wake(with, &[100, 200, 300, 300, 300, 200, 100, 100])
    }

    #[test]
    fn recovered_is_back_for_good() {
        let seen = wake(1, 3, 8, &[100, 250, 400, 390, 303, 210, 103, 100]);
        // Four hours after the start of time it is back for an instant; at seven for good.
        assert_eq!(seen, Wake { extra: 100, recovery: Some(Span(4 * HOUR)) });
    }

    #[test]
    fn nothing_extra_is_recovered_at_once() {
        let seen = wake(1, 3, 8, &[100, 200, 290, 303, 300, 200, 100, 100]);
        assert_eq!(seen, Wake { extra: 3, recovery: Some(Span(0)) });
    }

    #[test]
    fn what_is_still_extra_at_the_end_is_not_recovered() {
        let with = [100, 250, 400, 390, 330, 230, 130, 104];
        assert_eq!(wake(1, 3, 8, &with), Wake { extra: 100, recovery: None });
        // The next fault begins before it was.
        assert_eq!(wake(1, 3, 5, &[100, 250, 400, 390, 330, 200, 100, 100]).recovery, None);
        // A fault that acts to the end leaves nothing to look at.
        assert_eq!(wake(1, 8, 8, &[100, 200, 300, 300, 300, 200, 100, 100]).recovery, None);
    }
}
