//! Pace: when the next command is due.

use std::ops::Range;
use std::time::{Duration, Instant};

/// The arrival model, by its k6 name.
#[derive(Debug, Clone, Copy, PartialEq)]
pub enum Pace {
    /// Each worker sends its next command as soon as the last one is done.
    Closed,
    /// Commands are due at equal distances; so many orders a second on average, over all workers. The business
    /// clock is bent for it: its nights are over as fast as its peaks.
    ConstantArrivalRate { orders_per_s: f64 },
}

/// A worker's view of the schedule.
#[derive(Debug, Clone, Copy)]
pub(super) struct Schedule {
    start: Instant,
    /// The number of the command that is due at the start.
    first: u32,
    /// Between two commands of the script; `None`: no schedule.
    gap_ns: Option<f64>,
}

/// Longer waits give the core back.
const SLEEP_FROM: Duration = Duration::from_micros(200);

impl Schedule {
    /// For the commands numbered so, which bring so many orders.
    pub fn new(pace: Pace, numbers: Range<u32>, orders: u64) -> Schedule {
        let commands = f64::from(numbers.len().max(1) as u32);
        let gap = |orders_per_s: f64| 1e9 * orders as f64 / (orders_per_s * commands);
        let gap_ns = match pace {
            Pace::Closed => None,
            Pace::ConstantArrivalRate { orders_per_s } => Some(gap(orders_per_s)),
        };
        Schedule { start: Instant::now(), first: numbers.start, gap_ns }
    }

    pub fn is_open(&self) -> bool {
        self.gap_ns.is_some()
    }

    pub fn start(&self) -> Instant {
        self.start
    }

    /// When the command of that number is due.
    #[inline]
    pub fn due(&self, number: u32) -> Instant {
        let place = f64::from(number.saturating_sub(self.first));
        self.start + Duration::from_nanos((place * self.gap_ns.unwrap_or(0.0)) as u64)
    }

    /// Waits until then: sleeps through most of a long gap, then spins.
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
