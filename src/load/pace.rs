//! Pace: when the next command is due.

use std::ops::Range;
use std::time::{Duration, Instant};

use super::script::Step;
use crate::kernel::time::Moment;

/// The arrival model, by its k6 name. In an open one, a rate is one of orders; their other commands keep their
/// share of it, so the business clock is bent: nights are over as fast as peaks.
#[derive(Debug, Clone, PartialEq)]
pub enum Pace {
    /// Each worker sends its next command as soon as the last one is done.
    Closed,
    /// Commands are due at equal distances.
    ConstantArrivalRate { orders_per_s: f64 },
    /// The rate goes straight from each target to the next; the play ends with the last stage.
    RampingArrivalRate { from: f64, stages: Vec<RateStage> },
    /// Commands are due when the run had them: so many business seconds in a second of wall time.
    Replay { speed: f64 },
}

/// A straight ramp to a rate.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct RateStage {
    pub over: Duration,
    /// Orders a second at its end.
    pub to: f64,
}

impl Pace {
    pub const NAMES: [&str; 4] = ["closed", "constant-arrival-rate", "ramping-arrival-rate", "replay"];

    pub fn name(&self) -> &'static str {
        match self {
            Pace::Closed => Pace::NAMES[0],
            Pace::ConstantArrivalRate { .. } => Pace::NAMES[1],
            Pace::RampingArrivalRate { .. } => Pace::NAMES[2],
            Pace::Replay { .. } => Pace::NAMES[3],
        }
    }

    /// How long the model itself goes on.
    pub fn length(&self) -> Option<Duration> {
        match self {
            Pace::RampingArrivalRate { stages, .. } => Some(stages.iter().map(|stage| stage.over).sum()),
            _ => None,
        }
    }

    /// The highest rate it offers, where it offers one.
    pub fn orders_per_s(&self) -> Option<f64> {
        match self {
            Pace::ConstantArrivalRate { orders_per_s } => Some(*orders_per_s),
            Pace::RampingArrivalRate { from, stages } => {
                Some(stages.iter().map(|stage| stage.to).fold(*from, f64::max))
            }
            Pace::Closed | Pace::Replay { .. } => None,
        }
    }
}

/// When the orders of a ramp have come, by their number.
#[derive(Debug, Clone)]
struct Ramp {
    /// Rate at its begin and end, length in seconds, orders before it.
    legs: Vec<(f64, f64, f64, f64)>,
}

impl Ramp {
    fn new(from: f64, stages: &[RateStage]) -> Ramp {
        let (mut begin, mut before) = (from, 0.0);
        let legs = stages.iter().map(|stage| {
            let (length, leg_begin) = (stage.over.as_secs_f64(), begin);
            let leg = (leg_begin, stage.to, length, before);
            before += (leg_begin + stage.to) / 2.0 * length;
            begin = stage.to;
            leg
        });
        Ramp { legs: legs.collect() }
    }

    /// Seconds until so many orders are due; infinite for those that never are.
    fn seconds(&self, orders: f64) -> f64 {
        let mut begun = 0.0;
        for &(begin, end, length, before) in &self.legs {
            let (left, whole) = (orders - before, (begin + end) / 2.0 * length);
            if left <= whole {
                // left = begin t + (end - begin) t^2 / 2 length, solved so that a flat leg is no special case.
                let slope = (end - begin) / length;
                let root = (begin * begin + 2.0 * slope * left).max(0.0).sqrt();
                return begun + if begin + root == 0.0 { 0.0 } else { 2.0 * left / (begin + root) };
            }
            begun += length;
        }
        f64::INFINITY
    }
}

#[derive(Debug, Clone)]
enum Plan {
    Closed,
    /// Between two commands.
    Gap(f64),
    /// Orders a command, and when they come.
    Ramp(f64, Ramp),
    /// Wall nanoseconds a business microsecond.
    Replay(f64),
}

/// A worker's view of the schedule.
#[derive(Debug, Clone)]
pub(super) struct Schedule {
    start: Instant,
    /// The script's part that is on the clock, and its business time: from the first command to the last.
    numbers: Range<u32>,
    times: Range<Moment>,
    plan: Plan,
}

/// Longer waits give the core back.
const SLEEP_FROM: Duration = Duration::from_micros(200);
/// Later than anybody waits: a day.
const NEVER: Duration = Duration::from_secs(86_400);

impl Schedule {
    /// For the commands numbered so, at these business times, which bring so many orders.
    pub fn new(pace: &Pace, numbers: Range<u32>, times: Range<Moment>, orders: u64) -> Schedule {
        let orders_a_command = orders as f64 / f64::from(numbers.len().max(1) as u32);
        let plan = match pace {
            Pace::Closed => Plan::Closed,
            Pace::ConstantArrivalRate { orders_per_s } => Plan::Gap(1e9 * orders_a_command / orders_per_s),
            Pace::RampingArrivalRate { from, stages } => {
                Plan::Ramp(orders_a_command, Ramp::new(*from, stages))
            }
            Pace::Replay { speed } => Plan::Replay(1e3 / speed),
        };
        Schedule { start: Instant::now(), numbers, times, plan }
    }

    pub fn is_open(&self) -> bool {
        !matches!(self.plan, Plan::Closed)
    }

    pub fn start(&self) -> Instant {
        self.start
    }

    /// How much business time a lap adds: its set-up is at zero.
    pub fn lap(&self) -> u64 {
        self.times.end.0
    }

    /// When that command is due, in that lap; now where there is no schedule.
    #[inline]
    pub fn due(&self, step: &Step, lap: u32) -> Instant {
        let number = || {
            let laps = f64::from(lap) * f64::from(self.numbers.len() as u32);
            laps + f64::from(step.number.saturating_sub(self.numbers.start))
        };
        let after = match &self.plan {
            Plan::Closed => return self.start,
            Plan::Gap(gap) => Duration::from_nanos((number() * gap) as u64),
            Plan::Ramp(share, ramp) => {
                Duration::try_from_secs_f64(ramp.seconds(number() * share)).unwrap_or(NEVER)
            }
            Plan::Replay(scale) => {
                let business = u64::from(lap) * self.lap() + (step.at.0.saturating_sub(self.times.start.0));
                Duration::from_nanos((business as f64 * scale) as u64)
            }
        };
        self.start + after.min(NEVER)
    }

    /// Waits until then, or so long that nothing is missed in between: sleeps through most of a long gap, then spins.
    #[inline]
    pub fn wait(due: Instant, mut now: Instant) {
        while now < due {
            let gap = due - now;
            if SLEEP_FROM < gap {
                std::thread::sleep(gap - SLEEP_FROM);
            } else {
                std::hint::spin_loop();
            }
            now = Instant::now();
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn stage(seconds: u64, to: f64) -> RateStage {
        RateStage { over: Duration::from_secs(seconds), to }
    }

    #[test]
    fn a_ramp_brings_its_orders_in_time() {
        // 0 to 100 a second in 10 s: 500 orders; 10 s at 100: 1,000; down to 0 in 10 s: 500.
        let ramp = Ramp::new(0.0, &[stage(10, 100.0), stage(10, 100.0), stage(10, 0.0)]);
        for (orders, seconds) in
            [(0.0, 0.0), (125.0, 5.0), (500.0, 10.0), (1_000.0, 15.0), (1_500.0, 20.0), (1_875.0, 25.0)]
        {
            assert!((ramp.seconds(orders) - seconds).abs() < 1e-9, "{orders}: {}", ramp.seconds(orders));
        }
        assert!((ramp.seconds(2_000.0) - 30.0).abs() < 1e-6);
        assert_eq!(ramp.seconds(2_001.0), f64::INFINITY);
    }

    #[test]
    fn a_stage_at_rate_zero_passes() {
        let ramp = Ramp::new(10.0, &[stage(1, 0.0), stage(5, 0.0), stage(1, 10.0)]);
        assert!((ramp.seconds(5.0) - 1.0).abs() < 1e-9);
        assert!((ramp.seconds(10.0) - 7.0).abs() < 1e-6);
    }
}
