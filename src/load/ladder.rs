//! The ladder: the same commands in an open loop, at tenths of the rate that a closed loop reaches, and beside each
//! play the machine alone: an empty loop on the same schedule.

use std::sync::Barrier;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::{Duration, Instant};

use hdrhistogram::Histogram;

use super::pace::Schedule;
use super::pins::Pins;
use super::play::Broken;
use super::{Options, Pace, Played, Script, Verb, play};
use crate::model::Model;

/// Of the closed loop's rate, in percent: the last one is more than the engine takes.
pub const RUNGS: [u32; 11] = [10, 20, 30, 40, 50, 60, 70, 80, 90, 100, 110];
/// The machine alone is looked at no longer.
const ALONE: Duration = Duration::from_secs(1);

/// One play, and the machine alone.
#[derive(Debug, Clone)]
pub struct Rung {
    pub percent: u32,
    pub pace: Pace,
    pub played: Played,
    /// Nanoseconds from the instant that was due to the one that was found.
    pub alone: Histogram<u64>,
}

/// Climbs from the lowest rung up; each is shown when it is done. Returns the orders a second of the closed loop.
/// Stops early when it is told to.
pub fn climb(
    model: &Model,
    script: &Script,
    options: &Options,
    stop: &AtomicBool,
    each: &mut dyn FnMut(Rung),
) -> Result<f64, Broken> {
    let closed = play(model, script, &Options { pace: Pace::Closed, ..options.clone() }, stop)?;
    let per_s = |count: u64| count as f64 / closed.wall.as_secs_f64();
    let saturation = per_s(closed.seen.verbs[Verb::Submit as usize].count);
    for percent in RUNGS {
        if stop.load(Ordering::Relaxed) {
            break;
        }
        let share = f64::from(percent) / 100.0;
        let pace = Pace::ConstantArrivalRate { orders_per_s: share * saturation };
        let played = play(model, script, &Options { pace: pace.clone(), ..options.clone() }, stop)?;
        let alone =
            empty_loop(played.threads, &options.pins, share * per_s(closed.steps), played.wall.min(ALONE));
        each(Rung { percent, pace, played, alone });
    }
    Ok(saturation)
}

/// How late so many threads find instants that are due at that rate, with nothing to do at any of them.
fn empty_loop(threads: usize, pins: &Pins, per_s: f64, length: Duration) -> Histogram<u64> {
    let (gap, count) = (1e9 / per_s, (per_s * length.as_secs_f64()) as u64);
    let barrier = Barrier::new(threads);
    let work = |thread: usize| {
        let mut late = Histogram::new(3).expect("three significant digits are legal");
        pins.hold(thread);
        barrier.wait();
        let start = Instant::now();
        let mut now = start;
        for number in (thread as u64..count).step_by(threads) {
            let due = start + Duration::from_nanos((number as f64 * gap) as u64);
            Schedule::wait(due, now);
            now = Instant::now();
            let nanos = now.saturating_duration_since(due).as_nanos() as u64;
            late.record(nanos).expect("the histogram grows");
        }
        late
    };
    let mut all = Histogram::new(3).expect("three significant digits are legal");
    std::thread::scope(|scope| {
        let work = &work;
        let workers: Vec<_> = (0..threads).map(|thread| scope.spawn(move || work(thread))).collect();
        for worker in workers {
            all.add(worker.join().expect("a worker never panics")).expect("the histogram grows");
        }
    });
    all
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_empty_loop_meets_each_instant_once_and_never_early() {
        let begin = Instant::now();
        let late = empty_loop(2, &Pins::FREE, 10_000.0, Duration::from_millis(100));
        assert!(Duration::from_millis(99) <= begin.elapsed());
        assert_eq!(late.len(), 1_000);
    }
}
