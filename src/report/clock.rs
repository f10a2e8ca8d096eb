//! The scenario's wall clock: turns seconds since the start into the weekday and time that people on site say.

use crate::kernel::time::Moment;

/// The proleptic Gregorian calendar from a scenario's start on, without time zones or leap seconds.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Clock {
    /// Minutes of the start since 1970-01-01T00:00.
    start_minutes: i64,
    /// Beyond a week a weekday alone is not enough.
    with_date: bool,
}

const WEEKDAYS: [&str; 7] = ["Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun"];
const MONTHS: [&str; 12] =
    ["Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"];

impl Clock {
    /// `start` as `2026-11-10T18:00`; what cannot be read counts as 1970-01-01T00:00, a Thursday.
    pub fn new(start: &str, horizon_s: f64) -> Clock {
        Clock { start_minutes: minutes(start).unwrap_or(0), with_date: 7.0 * 86_400.0 < horizon_s }
    }

    /// `Wed 02:40`, or `Nov 19 02:40` in scenarios longer than a week.
    pub fn say(&self, at_s: f64) -> String {
        let minutes = self.start_minutes + (at_s / 60.0).floor() as i64;
        let (days, minute) = (minutes.div_euclid(1_440), minutes.rem_euclid(1_440));
        let time = format!("{:02}:{:02}", minute / 60, minute % 60);
        match self.with_date {
            false => format!("{} {time}", weekday(days)),
            true => {
                let (_, month, day) = date(days);
                format!("{} {day} {time}", MONTHS[month as usize - 1])
            }
        }
    }

    /// The day alone, as an axis says it: `Wed`, or `Nov 19`.
    pub fn say_day(&self, at_s: f64) -> String {
        let said = self.say(at_s);
        said.rsplit_once(' ').map_or(said.clone(), |(day, _)| day.to_owned())
    }

    /// Minutes of the day at the scenario's start.
    pub fn start_minute_of_day(&self) -> i64 {
        self.start_minutes.rem_euclid(1_440)
    }

    /// `2026-11-10T18:00:00.000000Z`: the scenario's local time, written as UTC.
    pub fn iso(&self, at: Moment) -> String {
        let micros = self.start_minutes as i128 * 60_000_000 + at.0 as i128;
        let (seconds, micros) = (micros.div_euclid(1_000_000) as i64, micros.rem_euclid(1_000_000));
        let (year, month, day) = date(seconds.div_euclid(86_400));
        let second = seconds.rem_euclid(86_400);
        let (hour, minute, second) = (second / 3_600, second / 60 % 60, second % 60);
        format!("{year:04}-{month:02}-{day:02}T{hour:02}:{minute:02}:{second:02}.{micros:06}Z")
    }
}

fn minutes(start: &str) -> Option<i64> {
    let (date, time) = start.split_once(['T', ' '])?;
    let mut date = date.splitn(3, '-').map(str::parse::<i64>);
    let mut time = time.split(':').map(str::parse::<i64>);
    let (year, month, day) = (date.next()?.ok()?, date.next()?.ok()?, date.next()?.ok()?);
    let (hour, minute) = (time.next()?.ok()?, time.next()?.ok()?);
    let fits = (1..=12).contains(&month)
        && (1..=31).contains(&day)
        && (0..24).contains(&hour)
        && (0..60).contains(&minute);
    fits.then(|| (days(year, month, day) * 24 + hour) * 60 + minute)
}

fn weekday(days: i64) -> &'static str {
    // 1970-01-01 was a Thursday.
    WEEKDAYS[(days + 3).rem_euclid(7) as usize]
}

/// Days since 1970-01-01. Howard Hinnant, "chrono-Compatible Low-Level Date Algorithms", `days_from_civil`:
/// years begin in March, so that the leap day is a year's last; an era is 400 years, 146,097 days.
fn days(year: i64, month: i64, day: i64) -> i64 {
    let year = if month <= 2 { year - 1 } else { year };
    let (era, year_of_era) = (year.div_euclid(400), year.rem_euclid(400));
    let day_of_year = (153 * (month + if 2 < month { -3 } else { 9 }) + 2) / 5 + day - 1;
    era * 146_097 + year_of_era * 365 + year_of_era / 4 - year_of_era / 100 + day_of_year - 719_468
}

/// (year, month, day) of a day since 1970-01-01: the same source, `civil_from_days`.
fn date(days: i64) -> (i64, i64, i64) {
    let days = days + 719_468;
    let (era, day_of_era) = (days.div_euclid(146_097), days.rem_euclid(146_097));
    let year_of_era = (day_of_era - day_of_era / 1_460 + day_of_era / 36_524 - day_of_era / 146_096) / 365;
    let day_of_year = day_of_era - (365 * year_of_era + year_of_era / 4 - year_of_era / 100);
    let march_month = (5 * day_of_year + 2) / 153;
    let day = day_of_year - (153 * march_month + 2) / 5 + 1;
    let month = if march_month < 10 { march_month + 3 } else { march_month - 9 };
    (year_of_era + era * 400 + i64::from(month <= 2), month, day)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn moments_are_weekdays_and_times_of_day() {
        let clock = Clock::new("2026-11-10T18:00", 48.0 * 3_600.0);
        assert_eq!(clock.say(0.0), "Tue 18:00");
        assert_eq!(clock.say(31_259.0), "Wed 02:40");
        assert_eq!(clock.say_day(31_259.0), "Wed");
        assert_eq!(Clock::new("2026-11-10T18:00", 9.0 * 86_400.0).say(31_259.0), "Nov 11 02:40");
    }

    #[test]
    fn iso_keeps_microseconds_and_crosses_years() {
        let clock = Clock::new("2024-02-28T23:59", 0.0);
        assert_eq!(clock.iso(Moment(60_000_001)), "2024-02-29T00:00:00.000001Z");
        assert_eq!(Clock::new("nonsense", 0.0).iso(Moment(0)), "1970-01-01T00:00:00.000000Z");
        assert_eq!(
            Clock::new("2026-12-31T23:00", 0.0).iso(Moment(3_600_000_000)),
            "2027-01-01T00:00:00.000000Z"
        );
    }

    #[test]
    fn days_and_dates_are_inverse() {
        for day in (-800_000..800_000).step_by(17) {
            let (year, month, month_day) = date(day);
            assert_eq!(days(year, month, month_day), day);
        }
    }
}
