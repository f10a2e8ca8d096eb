//! From the wall time in a file to business time.

use crate::kernel::time::Moment;
use crate::scenario::spec::LocalTime;

use super::time_format::{DAY, WallMicros};

/// Business instant zero is the last instant, not after the first order, whose time of day is that of the
/// scenario's start: so hours in the file stay the hours of shifts and timetables, whatever the date. A scenario
/// whose start is the file's first day keeps the weekdays too.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Clock {
    origin: WallMicros,
    speed: f64,
}

impl Clock {
    pub fn new(first: WallMicros, start: LocalTime, speed: f64) -> Clock {
        let time_of_day = (i64::from(start.hour) * 60 + i64::from(start.minute)) * 60_000_000;
        let origin = first.div_euclid(DAY) * DAY + time_of_day;
        Clock { origin: if first < origin { origin - DAY } else { origin }, speed }
    }

    /// `None` before the origin.
    #[inline]
    pub fn moment(&self, time: WallMicros) -> Option<Moment> {
        let since = u64::try_from(time - self.origin).ok()?;
        Some(Moment(if self.speed == 1.0 { since } else { (since as f64 / self.speed) as u64 }))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn hours_of_the_day_are_kept() {
        let start = |hour| LocalTime { year: 2026, month: 11, day: 10, hour, minute: 30, weekday: 1 };
        let hour = 3_600_000_000;
        let first = 365 * DAY + 9 * hour;
        let at =
            |start_hour, speed| Clock::new(first, start(start_hour), speed).moment(first).unwrap().0 as i64;
        assert_eq!(at(0, 1.0), 9 * hour - hour / 2);
        assert_eq!(at(8, 1.0), hour / 2);
        assert_eq!(at(18, 1.0), 15 * hour - hour / 2);
        assert_eq!(at(8, 10.0), hour / 20);
        assert_eq!(Clock::new(first, start(8), 1.0).moment(first - hour), None);
    }
}
