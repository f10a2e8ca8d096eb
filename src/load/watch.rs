//! The watch: what workers did in each second, while they play.

use std::time::Duration;

use crossbeam::channel::Sender;
use hdrhistogram::Histogram;

/// What was done in one second of a play, by one worker or by all.
#[derive(Debug, Clone)]
pub struct Interval {
    /// Seconds since the start at its end.
    pub second: u32,
    pub orders: u64,
    pub commands: u64,
    pub refused: u64,
    /// Nanoseconds, of those commands that were timed.
    pub latency: Histogram<u64>,
}

impl Interval {
    fn new(second: u32) -> Interval {
        let latency = Histogram::new(3).expect("three significant digits are legal");
        Interval { second, orders: 0, commands: 0, refused: 0, latency }
    }

    fn add(&mut self, other: &Interval) {
        self.orders += other.orders;
        self.commands += other.commands;
        self.refused += other.refused;
        self.latency.add(&other.latency).expect("the histogram grows");
    }
}

/// A worker's end: counts, and hands over a second when it is full.
pub(super) struct Counter {
    now: Interval,
    reader: Sender<Interval>,
}

impl Counter {
    pub fn new(reader: Sender<Interval>) -> Counter {
        Counter { now: Interval::new(1), reader }
    }

    #[inline]
    pub fn count(&mut self, orders: u64, refused: bool) {
        self.now.commands += 1;
        self.now.orders += orders;
        self.now.refused += u64::from(refused);
    }

    #[inline]
    pub fn took(&mut self, nanos: u64) {
        self.now.latency.record(nanos).expect("the histogram grows");
    }

    /// Hands the second over when it is past.
    #[inline]
    pub fn tick(&mut self, elapsed: Duration) {
        if Duration::from_secs(self.now.second.into()) <= elapsed {
            self.hand_over(elapsed.as_secs() as u32 + 1);
        }
    }

    /// Hands over what is left.
    pub fn close(&mut self) {
        self.hand_over(self.now.second + 1);
    }

    #[cold]
    fn hand_over(&mut self, next: u32) {
        let full = std::mem::replace(&mut self.now, Interval::new(next));
        // Nobody reads on after an interrupt.
        let _ = self.reader.send(full);
    }
}

/// All workers' seconds, in order.
#[derive(Debug, Default)]
pub(super) struct Sums {
    pub intervals: Vec<Interval>,
}

impl Sums {
    pub fn add(&mut self, interval: &Interval) {
        match self.intervals.binary_search_by_key(&interval.second, |known| known.second) {
            Ok(place) => self.intervals[place].add(interval),
            Err(place) => self.intervals.insert(place, interval.clone()),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn seconds_of_all_workers_add_up() {
        let (sender, reader) = crossbeam::channel::unbounded();
        for worker in 1..=2 {
            let mut counter = Counter::new(sender.clone());
            counter.count(1, false);
            counter.took(100 * worker);
            counter.tick(Duration::from_millis(1_500));
            counter.count(0, true);
            counter.tick(Duration::from_millis(1_600));
            counter.close();
        }
        drop(sender);
        let mut sums = Sums::default();
        reader.iter().for_each(|interval| sums.add(&interval));
        let seen: Vec<_> =
            sums.intervals.iter().map(|row| (row.second, row.orders, row.commands, row.refused)).collect();
        assert_eq!(seen, [(1, 2, 2, 0), (2, 0, 2, 2)]);
        assert_eq!((sums.intervals[0].latency.len(), sums.intervals[0].latency.max()), (2, 200));
    }
}
