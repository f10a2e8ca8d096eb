//! What a station has seen: totals over a window, and one row per interval.
//!
//! # Promises
//! - Areas are whole ticks: the sum over time of how many there were.
//! - Two records of one station subtract exactly, which is how a warm-up is removed.

use super::time::{Moment, Span};

/// One interval of a station's series; areas in server-ticks or job-ticks.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Interval {
    pub busy: u64,
    pub offered: u64,
    pub overtime: u64,
    pub queue: u64,
    pub max_queue: u32,
    pub arrivals: u32,
    pub departures: u32,
}

impl Interval {
    /// Busy over offered and overtime, 0 to 1; `None` when no server time was offered.
    pub fn utilization(&self) -> Option<f64> {
        ratio(self.busy.into(), u128::from(self.offered) + u128::from(self.overtime))
    }
}

/// Totals of one station over `from..until`.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct StationRecord {
    pub from: Moment,
    pub until: Moment,
    /// Admitted; refused ones are counted apart.
    pub arrivals: u64,
    /// Left the queue unserved.
    pub withdrawn: u64,
    pub refused: u64,
    pub started: u64,
    pub departures: u64,
    pub area_number: u128,
    pub area_queue: u128,
    pub area_busy: u128,
    pub area_offered: u128,
    /// Server time beyond the shift, by servers who finished a job.
    pub area_overtime: u128,
    /// Sum of the waits of the jobs that started, or left unserved.
    pub waited: u128,
    pub max_queue: u32,
    pub max_queue_at: Moment,
}

impl StationRecord {
    /// The window from `earlier.until` to here. The longest queue remains the one since time zero;
    /// for a window's own, look at the intervals. Panics when `earlier` is the later one.
    pub fn since(&self, earlier: &StationRecord) -> StationRecord {
        assert!(earlier.until <= self.until, "a record was taken from an earlier one");
        StationRecord {
            from: earlier.until,
            arrivals: self.arrivals - earlier.arrivals,
            withdrawn: self.withdrawn - earlier.withdrawn,
            refused: self.refused - earlier.refused,
            started: self.started - earlier.started,
            departures: self.departures - earlier.departures,
            area_number: self.area_number - earlier.area_number,
            area_queue: self.area_queue - earlier.area_queue,
            area_busy: self.area_busy - earlier.area_busy,
            area_offered: self.area_offered - earlier.area_offered,
            area_overtime: self.area_overtime - earlier.area_overtime,
            waited: self.waited - earlier.waited,
            ..*self
        }
    }

    pub fn elapsed(&self) -> Span {
        self.until.since(self.from)
    }

    /// Busy over offered and overtime server time, 0 to 1; `None` when none was offered, because
    /// 0 would read as "idle", and for a station with unlimited servers.
    pub fn utilization(&self) -> Option<f64> {
        (0 < self.area_offered).then(|| ratio(self.area_busy, self.area_offered + self.area_overtime))?
    }

    /// Time-weighted mean number waiting and in service.
    pub fn mean_number(&self) -> Option<f64> {
        ratio(self.area_number, self.elapsed().0.into())
    }

    /// Time-weighted mean number waiting.
    pub fn mean_queue(&self) -> Option<f64> {
        ratio(self.area_queue, self.elapsed().0.into())
    }

    /// Time-weighted mean number of busy servers.
    pub fn mean_busy(&self) -> Option<f64> {
        ratio(self.area_busy, self.elapsed().0.into())
    }

    /// Mean wait of the jobs that started or left unserved, in seconds.
    pub fn mean_wait_secs(&self) -> Option<f64> {
        Some(ratio(self.waited, (self.started + self.withdrawn).into())? / 1e6)
    }

    /// Departures per hour.
    pub fn throughput_per_hour(&self) -> Option<f64> {
        (Span::ZERO < self.elapsed()).then(|| self.departures as f64 / self.elapsed().as_hours_f64())
    }
}

fn ratio(part: u128, whole: u128) -> Option<f64> {
    (0 < whole).then(|| part as f64 / whole as f64)
}
