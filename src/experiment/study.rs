//! A study: replications side by side until every service level is decided, or the limit is reached.
//!
//! # Promises
//! - Replication n gives the same outcome whatever ran beside it; outcomes are collected in index order and
//!   folded one after another, so results do not depend on the number of threads.
//! - How many replications run is decided from whole rounds only, planned before the first run (`looks`).

use std::path::PathBuf;
use std::sync::atomic::{AtomicBool, Ordering};

use rayon::prelude::*;

use super::looks::{Look, looks};
use super::slo::{SloResult, Verdict};
use crate::audit::Audit;
use crate::journal::LedgerFile;
use crate::kernel::plant::planted;
use crate::model::Model;
use crate::scenario::Scenario;
use crate::scenario::spec::Replications;
use crate::sim::{Options, Outcome, SimError, simulate};

#[derive(Debug, Clone, Default)]
pub struct StudyOptions {
    /// `None`: as the scenario says.
    pub replications: Option<u32>,
    /// Without a number of replications: as `replications: auto` does, whatever the scenario says.
    pub auto: bool,
    /// `None`: the scenario's.
    pub seed: Option<u64>,
    /// The command tape of replication 0 goes there.
    pub tape: Option<PathBuf>,
    /// The tamper-evident ledger of replication 0 goes there.
    pub ledger: Option<LedgerFile>,
    /// How closely the replications are watched.
    pub audit: Audit,
}

/// All replications of one scenario.
pub struct Study {
    pub seed: u64,
    pub outcomes: Vec<Outcome>,
    /// The look the study stopped at: how its service levels were judged.
    pub look: Look,
    pub slo: Vec<SloResult>,
    pub verdict: Verdict,
    /// Stopped by the user before it was done.
    pub interrupted: bool,
}

#[derive(Debug)]
pub enum StudyError {
    Simulation { seed: u64, replication: u32, error: SimError },
    Interrupted,
}

/// Told when a replication is done: how many are, and how many the round wants.
pub trait Progress: Sync {
    fn wants(&self, replications: u32);
    fn finished(&self, outcome: &Outcome);
}

/// Runs the replications. `stop` ends the study after the round that is running.
pub fn study(
    scenario: &Scenario,
    model: &Model,
    options: &StudyOptions,
    progress: &dyn Progress,
    stop: &AtomicBool,
) -> Result<Study, StudyError> {
    let seed = options.seed.unwrap_or(scenario.run.seed);
    let chosen = if options.auto { Replications::AUTO } else { scenario.run.replications };
    let replications = options.replications.map_or(chosen, Replications::exactly);
    let mut looks = looks(replications, scenario.run.confidence).into_iter().peekable();
    let mut outcomes: Vec<Outcome> = Vec::new();
    loop {
        let look = looks.next().expect("the last look ends the study");
        let (from, to) = (outcomes.len() as u32, look.replications);
        progress.wants(to);
        let round: Vec<_> = (from..to)
            .into_par_iter()
            .map(|replication| {
                if stop.load(Ordering::Relaxed) {
                    return None;
                }
                let thread = rayon::current_thread_index().unwrap_or(0) as u32;
                let seed = seed + u64::from(if planted("thread-in-seed") { thread } else { 0 });
                let tape = options.tape.clone().filter(|_| replication == 0);
                let ledger = options.ledger.clone().filter(|_| replication == 0);
                let audit = options.audit;
                let watched = Options { seed, replication, tape, ledger, audit, ..Options::default() };
                let outcome = simulate(model, &watched);
                if let Ok(outcome) = &outcome {
                    progress.finished(outcome);
                }
                Some(outcome.map_err(|error| StudyError::Simulation { seed, replication, error }))
            })
            .collect();
        let whole = round.len();
        let finished: Vec<Outcome> = round.into_iter().map_while(|run| run).collect::<Result<_, _>>()?;
        let interrupted = finished.len() < whole;
        outcomes.extend(finished);
        if outcomes.is_empty() {
            return Err(StudyError::Interrupted);
        }
        let slo: Vec<SloResult> =
            scenario.slo.iter().map(|slo| SloResult::of(slo, &outcomes, look)).collect();
        let verdict = Verdict::of_all(slo.iter().map(|result| result.verdict));
        let open = match scenario.slo.is_empty() {
            // Nothing to decide: a chosen number of looks goes on until the means are known well enough.
            true => look.spends && !is_precise(&outcomes, look),
            false => slo.iter().any(|result| result.verdict == Verdict::Inconclusive),
        };
        if interrupted || !open || looks.peek().is_none() {
            return Ok(Study { seed, outcomes, look, slo, verdict, interrupted });
        }
    }
}

/// Half widths of the mean lead time and of the cost of an order, as shares of them, that end a study without promises.
const PRECISE: f64 = 0.05;

fn is_precise(outcomes: &[Outcome], look: Look) -> bool {
    let known = |of: fn(&Outcome) -> f64| {
        let estimate = look.estimate(&outcomes.iter().map(of).collect::<Vec<f64>>());
        estimate.half_width.is_some_and(|half| half <= PRECISE * estimate.mean.abs())
    };
    known(Outcome::cost_per_order) && known(|outcome| outcome.metrics.lead.mean_s())
}
