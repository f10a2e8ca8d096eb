//! Time zones: how far each place's local time is ahead of the clock that shows `start`, from when on, through the
//! scenario's horizon. The database of time zones is embedded (jiff); a run looks nothing up.

use jiff::Timestamp;
use jiff::civil::DateTime;
use jiff::tz::{TimeZone, TimeZoneDatabase};

use super::spec::{LocalClock, LocalTime};
use crate::kernel::time::Span;

/// What is still delivered after the horizon has local time as well.
const BEYOND_S: i64 = 60 * 86_400;

/// A time zone by its name in the IANA database: `America/New_York`.
pub fn find(name: &str) -> Option<TimeZone> {
    TimeZoneDatabase::bundled().get(name).ok()
}

/// Names to suggest for one that is unknown.
pub fn names() -> Vec<String> {
    TimeZoneDatabase::bundled().available().map(|name| name.to_string()).collect()
}

/// The scenario's start on the time line; `None` beyond the years that the database knows.
pub struct Start {
    at: Timestamp,
    offset_s: i64,
    end: Timestamp,
}

impl Start {
    pub fn new(start: LocalTime, zone: &TimeZone, horizon: Span) -> Option<Start> {
        let (year, month, day) = (start.year.try_into().ok()?, start.month as i8, start.day as i8);
        let local = DateTime::new(year, month, day, start.hour as i8, start.minute as i8, 0, 0).ok()?;
        let at = zone.to_ambiguous_timestamp(local).compatible().ok()?;
        let end = at.as_second().checked_add((horizon.0 / 1_000_000) as i64 + BEYOND_S)?;
        let offset_s = zone.to_offset(at).seconds().into();
        Some(Start { at, offset_s, end: Timestamp::from_second(end).ok()? })
    }

    /// The clock of a place, relative to the one that shows `start`.
    pub fn clock(&self, zone: &TimeZone) -> LocalClock {
        let ahead = |at: Timestamp| i64::from(zone.to_offset(at).seconds()) - self.offset_s;
        let mut rows = vec![(Span::ZERO, ahead(self.at))];
        for switch in zone.following(self.at).take_while(|switch| switch.timestamp() <= self.end) {
            let at = switch.timestamp();
            let since = Span::from_secs_f64((at.as_second() - self.at.as_second()) as f64);
            // Zones change their names and rules as well, with clocks as they were.
            if rows.last().is_some_and(|row| row.1 != ahead(at)) {
                rows.push((since, ahead(at)));
            }
        }
        LocalClock { ahead_s: rows }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn clocks_are_set_in_the_night_to_the_first_of_november() {
        let chicago = find("America/Chicago").expect("a zone");
        let start = LocalTime::new(2026, 10, 31, 18, 0).expect("a day");
        let start = Start::new(start, &chicago, Span::from_hours(48)).expect("a start");
        let hours = Span::from_hours;
        // 02:00 of daylight time is eight hours after 18:00.
        assert_eq!(start.clock(&chicago).ahead_s, [(Span::ZERO, 0), (hours(8), -3_600)]);
        let clock = |name| start.clock(&find(name).expect("a zone")).ahead_s;
        assert_eq!(clock("America/New_York"), [(Span::ZERO, 3_600), (hours(7), 0)]);
        assert_eq!(clock("America/Phoenix"), [(Span::ZERO, -7_200)]);
        assert_eq!(clock("Asia/Shanghai"), [(Span::ZERO, 13 * 3_600)]);
        assert!(find("America/Chikago").is_none());
    }
}
