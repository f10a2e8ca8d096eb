//! Whether a run also looks for what to change, and what it needs for that.

use std::path::PathBuf;
use std::sync::atomic::AtomicBool;

use clap::ValueEnum;

use crate::experiment::advice::{Advice, CELLS, advise};
use crate::experiment::lab::{Base, Ticks};
use crate::experiment::{Study, StudyError, Verdict};
use crate::model::Model;
use crate::scenario::Scenario;

/// When a run looks for what to change.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, ValueEnum)]
pub enum When {
    /// When a promise is broken, and it takes seconds.
    #[default]
    Auto,
    Always,
    Never,
}

/// More orders than this are not simulated unasked: about ten seconds.
const UNASKED: f64 = 2e7;

/// The scenario's file, from which changed scenarios are read; the embedded one has none.
pub struct Source {
    pub path: PathBuf,
    pub set: Vec<(String, String)>,
    pub when: When,
}

impl Source {
    pub fn base(&self, scenario: &Scenario, seed: Option<u64>) -> Base {
        Base { path: self.path.clone(), overrides: self.set.clone(), seed, scenario: scenario.clone() }
    }

    /// Nothing when it is not wanted, or the user stopped.
    pub fn advice(
        &self,
        base: &Base,
        model: &Model,
        study: &Study,
        ticks: &dyn Ticks,
        stop: &AtomicBool,
    ) -> Result<Option<Advice>, StudyError> {
        let wanted = match self.when {
            When::Always => true,
            When::Never => false,
            When::Auto => study.verdict == Verdict::Fails && orders(study) <= UNASKED,
        };
        if wanted && !study.interrupted { advise(base, model, study, ticks, stop) } else { Ok(None) }
    }
}

/// That the cells would have together, at most.
fn orders(study: &Study) -> f64 {
    let all: u64 = study.outcomes.iter().map(|outcome| outcome.metrics.submitted).sum();
    let replications = study.outcomes.len();
    all as f64 / replications as f64 * replications.min(5) as f64 * CELLS as f64
}
