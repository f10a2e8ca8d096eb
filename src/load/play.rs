//! One play of a script: workers on threads, one engine, and what came of it.

use std::sync::Barrier;
use std::sync::atomic::AtomicBool;
use std::time::{Duration, Instant};

use super::pace::{Pace, Schedule};
use super::script::Script;
use super::seen::Seen;
use super::worker::{Until, Worker};
use crate::audit::{Books, Witness};
use crate::engine::{Engine, EngineSize};
use crate::kernel::draw::Draw;
use crate::model::Model;

/// How to play.
#[derive(Debug, Clone)]
pub struct Options {
    pub pace: Pace,
    pub seed: u64,
    /// Stops then, at the latest.
    pub duration: Option<Duration>,
    /// Latencies of this first time are left out.
    pub warm_up: Duration,
}

/// What came of it.
#[derive(Debug, Clone)]
pub struct Played {
    pub threads: usize,
    pub wall: Duration,
    pub seen: Seen,
    /// Commands of the script that were due in the time played.
    pub due: u64,
    /// Commands of the script that were never played: the play was stopped.
    pub left: u64,
    /// How late the last command was finished after the schedule's end; zero in a closed loop.
    pub behind: Duration,
    /// The engine's, at the end.
    pub digest: u128,
    pub open_orders: u64,
    pub engine_bytes: u64,
}

/// Later than this, and by more than a hundredth of the play, the generator did not keep its schedule.
const BEHIND: Duration = Duration::from_millis(10);

impl Played {
    /// Whether the last command was done when the schedule ended, or little later.
    pub fn kept_schedule(&self) -> bool {
        self.behind <= BEHIND.max(self.wall / 100)
    }
}

/// A law of the engine does not hold, or the auditor's totals differ: both sides of the equation.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Broken(pub String);

/// Plays the script on a new engine, one thread a lane. `Err`: a law is broken.
/// Panics when a worker panics.
pub fn play(model: &Model, script: &Script, options: &Options, stop: &AtomicBool) -> Result<Played, Broken> {
    let orders_hint = script.peak_in_flight.min(u64::from(u32::MAX)) as u32;
    let size = EngineSize { orders_hint, ..model.engine_size };
    let engine = Engine::new(size, model.engine_rules.clone());
    let draw = Draw::new(options.seed, 0);
    let mut workers: Vec<Worker<'_>> =
        script.lanes.iter().map(|lane| Worker::new(model, &engine, lane, draw)).collect();
    // Only the first lane moves stock.
    let ready: Vec<usize> = workers.iter_mut().map(Worker::set_up).collect();
    let set_up: usize = ready.iter().sum();
    let barrier = Barrier::new(workers.len());
    let until = Until { stop, duration: options.duration, warm_up: options.warm_up };
    let finished: Vec<(usize, Schedule, Instant)> = std::thread::scope(|scope| {
        let threads: Vec<_> = workers
            .iter_mut()
            .zip(&ready)
            .map(|(worker, &from)| {
                let (barrier, until) = (&barrier, &until);
                scope.spawn(move || {
                    barrier.wait();
                    let numbers = set_up as u32..script.commands;
                    let schedule = Schedule::new(options.pace, numbers, script.orders);
                    let played = worker.play(from, &schedule, until);
                    (played, schedule, Instant::now())
                })
            })
            .collect();
        threads.into_iter().map(|thread| thread.join().expect("a worker never panics")).collect()
    });
    engine.check_laws().map_err(|breach| Broken(breach.to_string()))?;
    audit(&workers, &engine)?;
    let mut seen = Seen::default();
    workers.iter().for_each(|worker| seen.add(&worker.seen));
    let begun = finished.iter().map(|row| row.1.start()).min().expect("somebody played");
    let ended = finished.iter().map(|row| row.2).max().expect("somebody played");
    let played: usize = finished.iter().map(|row| row.0).sum();
    let counters = engine.counters();
    Ok(Played {
        threads: script.lanes.len(),
        wall: ended - begun,
        due: played as u64,
        left: u64::from(script.commands) - set_up as u64 - played as u64,
        behind: behind(script, &finished, &ready),
        seen,
        digest: engine.digest(),
        open_orders: engine.open_orders(),
        engine_bytes: counters.orders.bytes
            + counters.fulfillments.bytes
            + counters.parcels.bytes
            + counters.block_bytes,
    })
}

/// The auditor's totals of all workers, among themselves and against what the engine says.
fn audit(workers: &[Worker<'_>], engine: &Engine) -> Result<(), Broken> {
    if let Some(wrong) = workers.iter().find_map(|worker| worker.wrong.as_ref()) {
        return Err(Broken(format!("a transition that may not happen: {wrong:?}")));
    }
    let mut books = Books::default();
    workers.iter().for_each(|worker| books.merge(&worker.books));
    let found = books.weigh().and_then(|()| books.compare(&engine.totals()));
    found.map_err(|fault| Broken(fault.to_string()))
}

/// The most that a worker's last command was late.
fn behind(script: &Script, finished: &[(usize, Schedule, Instant)], ready: &[usize]) -> Duration {
    let late = |(index, (played, schedule, ended)): (usize, &(usize, Schedule, Instant))| {
        let last = (ready[index] + played).checked_sub(1)?;
        let step = script.lanes[index].steps.get(last).filter(|_| schedule.is_open())?;
        Some(ended.saturating_duration_since(schedule.due(step.number)))
    };
    finished.iter().enumerate().filter_map(late).max().unwrap_or(Duration::ZERO)
}
