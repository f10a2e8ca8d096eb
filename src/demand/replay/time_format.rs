//! Time formats: a strftime pattern made once into a small program that reads a cell in some 10 ns.
//!
//! # Promises
//! - Times are local wall time as written; an offset (`%z`) is read over, not applied.
//! - A date that is not in the calendar (February 30) or a rest behind the time is no time.
//!
//! # Why not `jiff` or `time`
//! Nine letters serve the files that shops export, and a program of fixed steps that reads them is shorter than
//! the glue to a general parser. `benches/replay.rs` shows what a row costs.

/// Microseconds since 1970-01-01 00:00 of the local calendar.
pub type WallMicros = i64;

const SECOND: i64 = 1_000_000;
pub const DAY: i64 = 86_400 * SECOND;

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Step {
    Literal(u8),
    /// One or more blanks.
    Blank,
    Year,
    YearOfCentury,
    Month,
    MonthName,
    Day,
    Hour,
    Hour12,
    HalfDay,
    Minute,
    Second,
    Fraction,
    Offset,
    EpochSeconds,
}

#[derive(Debug, Clone, PartialEq, Eq)]
pub struct TimeFormat {
    steps: Vec<Step>,
    /// The file tells days, not times of day.
    pub days_only: bool,
}

/// What a pattern may hold, for remedies.
pub const KNOWN: &str = "%Y %y %m %b %d %H %I %p %M %S %f %z %s %F %T %%";

impl TimeFormat {
    /// The remedy when the pattern cannot be read.
    pub fn new(pattern: &str) -> Result<TimeFormat, String> {
        let mut steps = Vec::new();
        let mut letters = pattern.trim().chars();
        while let Some(letter) = letters.next() {
            match letter {
                '%' => match letters.next() {
                    // The padding flags say what is accepted anyhow.
                    Some('-' | '0' | '_') => field(letters.next(), &mut steps)?,
                    letter => field(letter, &mut steps)?,
                },
                ' ' => steps.push(Step::Blank),
                _ => steps.extend(letter.encode_utf8(&mut [0; 4]).bytes().map(Step::Literal)),
            }
        }
        let has = |step: Step| steps.contains(&step);
        let dated = (has(Step::Year) || has(Step::YearOfCentury))
            && (has(Step::Month) || has(Step::MonthName))
            && has(Step::Day);
        if !dated && !has(Step::EpochSeconds) {
            return Err("a time needs year, month and day (%Y, %m, %d) or seconds since 1970 (%s)".into());
        }
        let days_only = !has(Step::Hour) && !has(Step::Hour12) && !has(Step::EpochSeconds);
        if days_only && [Step::Minute, Step::Second, Step::Fraction, Step::HalfDay].into_iter().any(has) {
            return Err("a time of day needs its hour (%H, or %I with %p)".into());
        }
        Ok(TimeFormat { steps, days_only })
    }

    /// The instant in a cell.
    #[inline]
    pub fn read(&self, cell: &[u8]) -> Option<WallMicros> {
        let mut text = cell;
        let (mut year, mut month, mut day) = (0i64, 0i64, 0i64);
        let (mut micros, mut half, mut twelve) = (0i64, 0i64, false);
        for (index, step) in self.steps.iter().enumerate() {
            match step {
                Step::Literal(letter) => text = text.strip_prefix(&[*letter])?,
                Step::Blank => {
                    let rest = text.trim_ascii_start();
                    if rest.len() == text.len() {
                        return None;
                    }
                    text = rest;
                }
                Step::Year => year = digits(&mut text, 4, 4)?,
                Step::YearOfCentury => {
                    // POSIX: 69 to 99 are of the twentieth century.
                    let two = digits(&mut text, 2, 2)?;
                    year = if two < 69 { 2_000 + two } else { 1_900 + two };
                }
                Step::Month => month = digits(&mut text, self.least(index), 2)?,
                Step::MonthName => month = month_name(&mut text)?,
                Step::Day => day = digits(&mut text, self.least(index), 2)?,
                Step::Hour => {
                    micros +=
                        3_600 * SECOND * digits(&mut text, self.least(index), 2).filter(|&hour| hour < 24)?;
                }
                Step::Hour12 => {
                    let hour =
                        digits(&mut text, self.least(index), 2).filter(|hour| (1..=12).contains(hour))?;
                    micros += 3_600 * SECOND * (hour % 12);
                    twelve = true;
                }
                Step::HalfDay => {
                    let (word, rest) = text.split_at_checked(2)?;
                    half = match word.to_ascii_lowercase().as_slice() {
                        b"am" => 0,
                        b"pm" => 12 * 3_600 * SECOND,
                        _ => return None,
                    };
                    text = rest;
                }
                Step::Minute => {
                    micros += 60
                        * SECOND
                        * digits(&mut text, self.least(index), 2).filter(|&minute| minute < 60)?;
                }
                // 60 is a leap second.
                Step::Second => {
                    micros +=
                        SECOND * digits(&mut text, self.least(index), 2).filter(|&second| second <= 60)?;
                }
                Step::Fraction => micros += fraction(&mut text)?,
                Step::Offset => offset(&mut text)?,
                Step::EpochSeconds => {
                    (year, month, day) = (1970, 1, 1);
                    micros += SECOND * digits(&mut text, 1, 12)?;
                }
            }
        }
        let leap = year % 4 == 0 && (year % 100 != 0 || year % 400 == 0);
        let legal = text.is_empty() && 1 <= day && day <= days_of(month, leap);
        let half = if twelve { half } else { 0 };
        legal.then(|| days_from_civil(year, month, day) * DAY + micros + half)
    }

    /// `%m` before a literal may be one digit (`3/14/2026`), before another number it is two (`20260314`).
    #[inline]
    fn least(&self, index: usize) -> usize {
        match self.steps.get(index + 1) {
            None | Some(Step::Literal(_) | Step::Blank | Step::HalfDay) => 1,
            Some(_) => 2,
        }
    }
}

fn field(letter: Option<char>, steps: &mut Vec<Step>) -> Result<(), String> {
    use Step::*;
    match letter {
        Some('Y') => steps.push(Year),
        Some('y') => steps.push(YearOfCentury),
        Some('m') => steps.push(Month),
        Some('b' | 'h') => steps.push(MonthName),
        Some('d' | 'e') => steps.push(Day),
        Some('H' | 'k') => steps.push(Hour),
        Some('I' | 'l') => steps.push(Hour12),
        Some('p' | 'P') => steps.push(HalfDay),
        Some('M') => steps.push(Minute),
        Some('S') => steps.push(Second),
        Some('f') => steps.push(Fraction),
        Some('z') => steps.push(Offset),
        Some('s') => steps.push(EpochSeconds),
        Some('F') => steps.extend([Year, Literal(b'-'), Month, Literal(b'-'), Day]),
        Some('T') => steps.extend([Hour, Literal(b':'), Minute, Literal(b':'), Second]),
        Some('%') => steps.push(Literal(b'%')),
        Some(letter) => return Err(format!("%{letter} is not known; known: {KNOWN}")),
        None => return Err(format!("the pattern ends with a single %; known: {KNOWN}")),
    }
    Ok(())
}

#[inline]
fn digits(text: &mut &[u8], least: usize, most: usize) -> Option<i64> {
    let mut value = 0;
    let mut read = 0;
    while read < most {
        match text.get(read) {
            Some(letter @ b'0'..=b'9') => value = value * 10 + i64::from(letter - b'0'),
            _ => break,
        }
        read += 1;
    }
    *text = &text[read..];
    (least <= read).then_some(value)
}

/// Digits behind the second, to the microsecond; finer ones are read over.
fn fraction(text: &mut &[u8]) -> Option<i64> {
    let length = text.iter().take_while(|letter| letter.is_ascii_digit()).count();
    let (mut value, mut scale) = (0, SECOND);
    for letter in &text[..length.min(6)] {
        scale /= 10;
        value += i64::from(letter - b'0') * scale;
    }
    *text = &text[length..];
    (0 < length).then_some(value)
}

/// `Z`, `+01`, `+0100` or `+01:00`.
fn offset(text: &mut &[u8]) -> Option<()> {
    if let Some(rest) = text.strip_prefix(b"Z") {
        *text = rest;
        return Some(());
    }
    let mut rest = text.strip_prefix(b"+").or(text.strip_prefix(b"-"))?;
    digits(&mut rest, 2, 2)?;
    let mut minutes = rest.strip_prefix(b":").unwrap_or(rest);
    if digits(&mut minutes, 2, 2).is_some() {
        rest = minutes;
    }
    *text = rest;
    Some(())
}

fn month_name(text: &mut &[u8]) -> Option<i64> {
    const NAMES: &[u8; 36] = b"janfebmaraprmayjunjulaugsepoctnovdec";
    let (name, rest) = text.split_at_checked(3)?;
    let index = NAMES.chunks(3).position(|known| known.eq_ignore_ascii_case(name))?;
    *text = rest;
    Some(index as i64 + 1)
}

fn days_of(month: i64, leap: bool) -> i64 {
    match month {
        2 => 28 + i64::from(leap),
        4 | 6 | 9 | 11 => 30,
        1..=12 => 31,
        _ => 0,
    }
}

/// Days since 1970-01-01 of the Gregorian calendar (Howard Hinnant, "chrono-Compatible Low-Level Date
/// Algorithms", `days_from_civil`).
pub fn days_from_civil(year: i64, month: i64, day: i64) -> i64 {
    let year = year - i64::from(month <= 2);
    let era = year.div_euclid(400);
    let year_of_era = year.rem_euclid(400);
    let day_of_year = (153 * ((month + 9) % 12) + 2) / 5 + day - 1;
    era * 146_097 + year_of_era * 365 + year_of_era / 4 - year_of_era / 100 + day_of_year - 719_468
}

#[cfg(test)]
mod tests {
    use super::*;

    fn check(pattern: &str, cell: &str, expect: Option<i64>) {
        let seconds = TimeFormat::new(pattern).unwrap().read(cell.as_bytes()).map(|micros| micros / SECOND);
        assert_eq!(seconds, expect, "{pattern} of {cell}");
    }

    #[test]
    fn times_that_shops_export() {
        let noon = 1_000_000_000 + 12 * 3_600 - (1_000_000_000 % 86_400); // 2001-09-09 12:00
        check("%Y%m%d", "20010909", Some(noon - 43_200));
        check("%Y-%m-%dT%H:%M", "2001-09-09T12:00", Some(noon));
        check("%Y-%m-%d %H:%M:%S", "2001-09-09 12:00:07", Some(noon + 7));
        check("%F %T", "2001-09-09 12:00:07", Some(noon + 7));
        check("%Y-%m-%dT%H:%M:%S.%f%z", "2001-09-09T12:00:07.123456789Z", Some(noon + 7));
        check("%Y-%m-%dT%H:%M:%S%z", "2001-09-09T12:00:00+08:00", Some(noon));
        check("%m/%d/%Y %H:%M", "9/9/2001 12:00", Some(noon));
        check("%m/%d/%y %I:%M %p", "09/09/01 12:00 pm", Some(noon));
        check("%d.%m.%Y, %H.%M", "9.9.2001, 12.00", Some(noon));
        check("%d-%b-%Y", "09-Sep-2001", Some(noon - 43_200));
        check("%s", "1000000000", Some(1_000_000_000));
        check("%Y-%m-%d", "1960-01-01", Some(-3_653 * 86_400));
    }

    #[test]
    fn what_is_not_a_time() {
        for cell in
            ["", "2001", "20010230", "20011301", "20010900", "200109091", "2001090x", "-2001909", "20O10909"]
        {
            check("%Y%m%d", cell, None);
        }
        for cell in ["2001-09-09 24:00", "2001-09-09 12:60", "2001-09-09", "2001-09-09 12:00 "] {
            check("%Y-%m-%d %H:%M", cell, None);
        }
        check("%Y%m%d", "19000229", None);
        check("%Y%m%d", "20000229", Some(951_782_400));
    }

    #[test]
    fn patterns_that_tell_no_time_are_refused() {
        for pattern in ["", "%H:%M", "%Y-%m", "%Y-%m-%d %Q", "%Y%m%d%", "%Y%m%d %M"] {
            assert!(TimeFormat::new(pattern).is_err(), "{pattern}");
        }
        assert!(TimeFormat::new("%Y-%m-%d").unwrap().days_only);
        assert!(!TimeFormat::new("%s").unwrap().days_only);
    }
}
