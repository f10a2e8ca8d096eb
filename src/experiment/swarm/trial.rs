//! A trial: one case, run on one, two and four threads under the auditor, then played in wall time on as many, and
//! what went wrong.

use std::panic::{AssertUnwindSafe, catch_unwind};
use std::path::Path;
use std::sync::atomic::AtomicBool;
use std::time::Duration;

use super::coverage::{Coverage, Watch};
use super::exposure::{Exposed, Exposure};
use crate::audit::Audit;
use crate::domain::{Command, Refusal, Transition};
use crate::experiment::{Progress, Study, StudyError, StudyOptions, study};
use crate::journal::Sink;
use crate::kernel::time::Moment;
use crate::load::{self, Pace, Script};
use crate::model::Model;
use crate::scenario::{self, Scenario};
use crate::sim::{Options, Outcome, SimError, simulate_onto};

/// What came of a case.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Finding {
    Passed,
    /// The scenario was refused with diagnostics: the first line.
    Refused(String),
    Failed(Failure),
}

/// A bug: of what kind, and what it says.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Failure {
    /// `I3`, `panic`, `law`, `bytes`, `replay`, `load`, `digest`, `stuck`.
    pub kind: String,
    pub said: String,
}

/// What a trial did.
#[derive(Debug, Clone, Default)]
pub struct Work {
    pub orders: u64,
    pub simulated_h: u64,
    pub transitions: u64,
    /// Commands played in wall time.
    pub played: u64,
    pub coverage: Coverage,
    pub exposed: Exposed,
}

/// How a result becomes bytes: the bytes that threads must not move.
pub type Tell<'a> = &'a (dyn Fn(&Scenario, &Model, &Study) -> Vec<u8> + Sync);

/// Runs cases on pools of one, two and four threads, which it keeps.
pub struct Bench<'a> {
    pools: Vec<rayon::ThreadPool>,
    tell: Tell<'a>,
}

struct Silent;

impl Progress for Silent {
    fn wants(&self, _: u32) {}
    fn finished(&self, _: &Outcome) {}
}

impl<'a> Bench<'a> {
    pub fn new(tell: Tell<'a>) -> Bench<'a> {
        let pool = |threads| rayon::ThreadPoolBuilder::new().num_threads(threads).build();
        let pools = [1, 2, 4].map(|threads| pool(threads).expect("a few threads")).into();
        Bench { pools, tell }
    }

    /// Runs the scenario text; a panic is a finding.
    pub fn run(&self, text: &str) -> (Finding, Work) {
        self.run_in(text, Path::new("."))
    }

    /// The same, of a text that names other files from that folder.
    pub fn run_in(&self, text: &str, folder: &Path) -> (Finding, Work) {
        let tried = catch_unwind(AssertUnwindSafe(|| self.attempt(text, folder)));
        tried.unwrap_or_else(|panic| {
            let said = panic
                .downcast_ref::<String>()
                .cloned()
                .or_else(|| panic.downcast_ref::<&str>().map(|said| said.to_string()))
                .unwrap_or_else(|| "a panic without a message".to_owned());
            (Finding::Failed(Failure { kind: "panic".to_owned(), said }), Work::default())
        })
    }

    fn attempt(&self, text: &str, folder: &Path) -> (Finding, Work) {
        let refused = |problems: scenario::Diagnostics| {
            let first = problems.to_string().lines().next().unwrap_or_default().to_owned();
            (Finding::Refused(first), Work::default())
        };
        let scenario = match scenario::read_str("swarm.yaml", text, folder, &[]) {
            Ok(scenario) => scenario,
            Err(problems) => return refused(problems),
        };
        let model = match Model::build(&scenario) {
            Ok(model) => model,
            Err(problems) => return refused(problems),
        };
        let mut work = Work::default();
        let mut first: Option<Vec<u8>> = None;
        // The closest look first; the others must tell the same, however closely they are watched.
        for (pool, audit) in self.pools.iter().zip([Audit::Paranoid, Audit::Barrier, Audit::Counters]) {
            let options = StudyOptions { audit, ..StudyOptions::default() };
            let stop = AtomicBool::new(false);
            let found = pool.install(|| study(&scenario, &model, &options, &Silent, &stop));
            let found = match found {
                Ok(found) => found,
                Err(error) => return (Finding::Failed(failure(error)), work),
            };
            let told = (self.tell)(&scenario, &model, &found);
            if first.as_ref().is_some_and(|first| *first != told) {
                let said = format!("{} threads tell other bytes than one", pool.current_num_threads());
                return (Finding::Failed(Failure { kind: "bytes".to_owned(), said }), work);
            }
            for outcome in &found.outcomes {
                work.orders += outcome.metrics.submitted;
                work.transitions += outcome.metrics.steps.iter().sum::<u64>();
                work.simulated_h += model.horizon.0 / 3_600_000_000;
            }
            first = Some(told);
        }
        match watch(&scenario, &model) {
            Ok((coverage, exposed)) => (work.coverage, work.exposed) = (coverage, exposed),
            Err(error) => return (Finding::Failed(failure(error)), work),
        }
        for pool in &self.pools {
            match played(&scenario, &model, pool.current_num_threads()) {
                Ok(commands) => work.played += commands,
                Err(failure) => return (Finding::Failed(failure), work),
            }
        }
        (Finding::Passed, work)
    }
}

/// Runs the replications once more, unaudited, and looks at the commands.
fn watch(scenario: &Scenario, model: &Model) -> Result<(Coverage, Exposed), StudyError> {
    let (mut coverage, mut exposed) = (Coverage::default(), Exposed::default());
    for replication in 0..scenario.run.replications.max {
        let seed = scenario.run.seed;
        let options = Options { seed, replication, audit: Audit::Off, ..Options::default() };
        let mut watch = Both(Watch::default(), Exposure::of(model));
        let outcome = simulate_onto(model, &options, Some(&mut watch))
            .map_err(|error| StudyError::Simulation { seed, replication, error })?;
        coverage.merge(&watch.0.coverage());
        exposed.merge(&watch.1.exposed(&outcome, Moment(model.horizon.0)));
    }
    Ok((coverage, exposed))
}

/// Two that look at the same stream.
struct Both<'m>(Watch, Exposure<'m>);

impl Sink for Both<'_> {
    fn saw(&mut self, at: Moment, command: &Command<'_>, outcome: Result<&Transition, Refusal>) {
        self.0.saw(at, command, outcome);
        self.1.saw(at, command, outcome);
    }
}

/// Plays the first replication in wall time, on so many threads. The engine's laws and the auditor's totals hold; on
/// one thread the play ends where the run did. Tells how many commands were played.
fn played(scenario: &Scenario, model: &Model, threads: usize) -> Result<u64, Failure> {
    let seed = scenario.run.seed;
    let failed = |kind: &str, said: String| Failure { kind: kind.to_owned(), said };
    let mut script = Script::new(threads);
    let options = Options { seed, audit: Audit::Off, ..Options::default() };
    let ran = simulate_onto(model, &options, Some(&mut script))
        .map_err(|error| failure(StudyError::Simulation { seed, replication: 0, error }))?;
    script.close(ran.peak_in_flight);
    if script.orders == 0 {
        return Ok(0);
    }
    let options = load::Options {
        pace: Pace::Closed,
        seed,
        duration: None,
        warm_up: Duration::ZERO,
        timed: load::Timed::Sample,
        pins: load::Pins::FREE,
    };
    let done = load::play(model, &script, &options, &AtomicBool::new(false))
        .map_err(|broken| failed("load", format!("{} on {threads} threads", broken.0)))?;
    // A wave plans orders together, a play one by one.
    if model.allocator.wave_every().is_none() {
        done.ends_as(ran.digest).map_err(|broken| failed("digest", broken.0))?;
    }
    Ok(done.steps)
}

fn failure(error: StudyError) -> Failure {
    let failed = |kind: &str, said: String| Failure { kind: kind.to_owned(), said };
    match error {
        StudyError::Interrupted => failed("interrupted", "nobody asked for it".to_owned()),
        StudyError::Simulation { error, .. } => match error {
            SimError::Violation(found) => failed(&format!("{:?}", found.invariant), found.to_string()),
            SimError::Breach(breach) => failed("law", format!("{}: {}", breach.law, breach.detail)),
            SimError::Write(error) => failed("write", error.to_string()),
            SimError::Replay(problem) => failed("replay", problem.to_string()),
        },
    }
}
