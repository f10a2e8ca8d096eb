//! One play of a script: workers on threads, one engine, and what came of it.

use std::sync::Barrier;
use std::sync::atomic::AtomicBool;
use std::time::{Duration, Instant};

use cpu_time::ThreadTime;
use crossbeam::channel::unbounded;

use super::pace::{Pace, Schedule};
use super::pins::Pins;
use super::script::Script;
use super::seen::Seen;
use super::watch::{Counter, Interval, Sums};
use super::worker::{Part, Until, Worker};
use crate::audit::{Books, Witness};
use crate::engine::{Engine, EngineSize};
use crate::kernel::draw::Draw;
use crate::model::Model;

/// How to play.
#[derive(Debug, Clone)]
pub struct Options {
    pub pace: Pace,
    pub seed: u64,
    /// Plays so long: the script again and again, or not to its end.
    pub duration: Option<Duration>,
    /// Latencies of this first time are left out.
    pub warm_up: Duration,
    pub timed: Timed,
    /// Each worker on a core of its own.
    pub pins: Pins,
}

/// Which commands of a closed loop are timed; an open loop reads the clock for its schedule and times each.
#[derive(Debug, Default, Clone, Copy, PartialEq, Eq)]
pub enum Timed {
    Never,
    /// One in 61: two readings of the clock cost as much as a short command.
    #[default]
    Sample,
    Each,
}

impl Timed {
    pub const ALL: [(Timed, &str); 3] =
        [(Timed::Never, "never"), (Timed::Sample, "sample"), (Timed::Each, "each")];

    /// One in so many.
    pub(super) fn every(self) -> u64 {
        match self {
            Timed::Never => u64::MAX,
            // A prime: commands of an order come in patterns, and none of them is always met.
            Timed::Sample => 61,
            Timed::Each => 1,
        }
    }
}

/// What came of it.
#[derive(Debug, Clone)]
pub struct Played {
    pub threads: usize,
    pub wall: Duration,
    /// Of all workers, while they played.
    pub cpu: Duration,
    pub seen: Seen,
    /// Commands of the script that were played, those without a subject too; the set-up apart.
    pub steps: u64,
    /// Commands of the script that were never played: the play was stopped.
    pub left: u64,
    /// How often the script was played: more than once where the play had a length.
    pub laps: f64,
    /// Commands that were due when the play ended, and not done.
    pub missed: u64,
    /// How late the last command was, or the first one missed; zero in a closed loop.
    pub behind: Duration,
    /// What was done in each second.
    pub intervals: Vec<Interval>,
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

    /// One thread that plays the script once and whole ends where its run did.
    pub fn ends_as(&self, run_digest: u128) -> Result<(), Broken> {
        let comparable = self.threads == 1 && self.left == 0 && self.laps == 1.0;
        if comparable && self.digest != run_digest {
            return Err(Broken(format!(
                "the play ends in the digest {:032x}, its run in {run_digest:032x}",
                self.digest
            )));
        }
        Ok(())
    }
}

/// A law of the engine does not hold, or the auditor's totals differ: both sides of the equation.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Broken(pub String);

/// Plays the script on a new engine, one thread a lane. `Err`: a law is broken.
/// Panics when a worker panics.
pub fn play(model: &Model, script: &Script, options: &Options, stop: &AtomicBool) -> Result<Played, Broken> {
    play_watched(model, script, options, stop, &mut |_| {})
}

/// The same; each time a worker has finished a second, `watch` is shown all seconds so far.
pub fn play_watched(
    model: &Model,
    script: &Script,
    options: &Options,
    stop: &AtomicBool,
    watch: &mut dyn FnMut(&[Interval]),
) -> Result<Played, Broken> {
    let orders_hint = script.peak_in_flight.min(u64::from(u32::MAX)) as u32;
    let size = EngineSize { orders_hint, ..model.engine_size };
    let engine = Engine::new(size, model.engine_rules.clone());
    let draw = Draw::new(options.seed, 0);
    let mut workers: Vec<Worker<'_>> =
        script.lanes.iter().map(|lane| Worker::new(model, &engine, lane, draw)).collect();
    // Only the first lane moves stock.
    let ready: Vec<usize> = workers.iter_mut().map(Worker::set_up).collect();
    let set_up: usize = ready.iter().sum();
    let length = options.pace.length();
    let duration = options.duration.map_or(length, |own| Some(length.map_or(own, |length| own.min(length))));
    let until = Until { stop, duration, warm_up: options.warm_up, every: options.timed.every() };
    let (sender, reader) = unbounded();
    let times = script.times(&ready);
    let barrier = Barrier::new(workers.len());
    let (mut sums, begun) = (Sums::default(), Instant::now());
    let finished: Vec<(Part, Instant, Instant, Duration)> = std::thread::scope(|scope| {
        let threads: Vec<_> = workers
            .iter_mut()
            .zip(&ready)
            .enumerate()
            .map(|(place, (worker, &from))| {
                let (barrier, until, times) = (&barrier, &until, times.clone());
                let mut counter = Counter::new(sender.clone());
                scope.spawn(move || {
                    options.pins.hold(place);
                    barrier.wait();
                    let numbers = set_up as u32..script.commands;
                    let schedule = Schedule::new(&options.pace, numbers, times, script.orders);
                    let clock = ThreadTime::now();
                    let part = worker.play(from, &schedule, until, &mut counter);
                    let (ended, cpu) = (Instant::now(), clock.elapsed());
                    counter.close();
                    (part, schedule.start(), ended, cpu)
                })
            })
            .collect();
        drop(sender);
        for interval in &reader {
            sums.add(&interval);
            watch(&sums.intervals);
        }
        threads.into_iter().map(|thread| thread.join().expect("a worker never panics")).collect()
    });
    engine.check_laws().map_err(|breach| Broken(breach.to_string()))?;
    audit(&workers, &engine)?;
    let mut seen = Seen::default();
    workers.iter().for_each(|worker| seen.add(&worker.seen));
    let begun = finished.iter().map(|row| row.1).min().unwrap_or(begun);
    let ended = finished.iter().map(|row| row.2).max().unwrap_or(begun);
    let played: u64 = finished.iter().map(|row| row.0.played).sum();
    let script_commands = u64::from(script.commands) - set_up as u64;
    let counters = engine.counters();
    Ok(Played {
        threads: script.lanes.len(),
        wall: ended - begun,
        cpu: finished.iter().map(|row| row.3).sum(),
        steps: played,
        left: if duration.is_none() { script_commands - played } else { 0 },
        laps: played as f64 / script_commands.max(1) as f64,
        missed: finished.iter().map(|row| row.0.missed).sum(),
        behind: finished.iter().map(|row| row.0.behind).max().unwrap_or_default(),
        intervals: sums.intervals,
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
