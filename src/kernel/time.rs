//! Instants and spans: whole microseconds of business time.
//!
//! # Promises
//! - Arithmetic is checked: a clock that would wrap stops the run instead of going back.
//! - No floats are stored; `as_secs_f64` and friends are for statistics and print only.
//!
//! # Why whole microseconds
//! Integer ticks give radix keys, exact equality, sums that do not depend on their order and
//! Little's law as an identity. A `u64` of microseconds holds 584,000 years.

use std::fmt;
use std::ops::{Add, AddAssign, Sub};

use serde::{Deserialize, Serialize};

/// An instant of business time, in whole microseconds since the scenario's start.
#[derive(Debug, Default, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(transparent)]
pub struct Moment(pub u64);

/// A length of business time, in whole microseconds.
#[derive(Debug, Default, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(transparent)]
pub struct Span(pub u64);

impl Moment {
    pub const ZERO: Moment = Moment(0);
    pub const NEVER: Moment = Moment(u64::MAX >> 3);

    /// The span from `earlier` to here. Panics when `earlier` is later: time would run back.
    pub fn since(self, earlier: Moment) -> Span {
        Span(self.0.checked_sub(earlier.0).expect("an instant was subtracted from an earlier one"))
    }

    /// The span from `earlier` to here, or zero when `earlier` is later.
    pub fn saturating_since(self, earlier: Moment) -> Span {
        Span(self.0.saturating_sub(earlier.0))
    }

    pub fn as_secs_f64(self) -> f64 {
        self.0 as f64 / 1e6
    }

    pub fn as_hours_f64(self) -> f64 {
        self.0 as f64 / 3.6e9
    }
}

impl Span {
    pub const ZERO: Span = Span(0);
    pub const DAY: Span = Span::from_hours(24);
    pub const HOUR: Span = Span::from_hours(1);
    pub const MINUTE: Span = Span::from_secs(60);

    pub const fn from_micros(micros: u64) -> Span {
        Span(micros)
    }

    pub const fn from_millis(millis: u64) -> Span {
        Span(millis * 1_000)
    }

    pub const fn from_secs(seconds: u64) -> Span {
        Span(seconds * 1_000_000)
    }

    pub const fn from_minutes(minutes: u64) -> Span {
        Span::from_secs(minutes * 60)
    }

    pub const fn from_hours(hours: u64) -> Span {
        Span::from_secs(hours * 3_600)
    }

    /// Rounds to the nearest microsecond; negative and not-a-number become zero, the end is clamped.
    pub fn from_secs_f64(seconds: f64) -> Span {
        // Not `round()`: on plain x86-64 that is a library call, longer than the draw it ends.
        Span((seconds * 1e6 + 0.5) as u64)
    }

    pub fn as_secs_f64(self) -> f64 {
        self.0 as f64 / 1e6
    }

    pub fn as_hours_f64(self) -> f64 {
        self.0 as f64 / 3.6e9
    }
}

impl Add<Span> for Moment {
    type Output = Moment;
    fn add(self, span: Span) -> Moment {
        Moment(self.0.checked_add(span.0).expect("business time beyond the end of the clock"))
    }
}

impl Sub<Span> for Moment {
    type Output = Moment;
    fn sub(self, span: Span) -> Moment {
        Moment(self.0.checked_sub(span.0).expect("business time before the start of the clock"))
    }
}

impl Add for Span {
    type Output = Span;
    fn add(self, other: Span) -> Span {
        Span(self.0.checked_add(other.0).expect("a span beyond the end of the clock"))
    }
}

impl AddAssign for Span {
    fn add_assign(&mut self, other: Span) {
        *self = *self + other;
    }
}

impl Sub for Span {
    type Output = Span;
    fn sub(self, other: Span) -> Span {
        Span(self.0.checked_sub(other.0).expect("a longer span was taken from a shorter one"))
    }
}

impl fmt::Display for Span {
    /// The two largest units, as a planner says them: `27 h 10 m`, `1.80 s`, `12 ms`.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        const S: u64 = 1_000_000;
        let micros = self.0;
        match micros {
            0 => f.write_str("0 s"),
            1..1_000 => write!(f, "{micros} us"),
            1_000..S => write!(f, "{} ms", micros / 1_000),
            S..60_000_000 => write!(f, "{:.1} s", micros as f64 / 1e6),
            60_000_000..3_600_000_000 => write!(f, "{} m {:02} s", micros / S / 60, micros / S % 60),
            3_600_000_000..172_800_000_000 => {
                write!(f, "{} h {:02} m", micros / S / 3_600, micros / S / 60 % 60)
            }
            _ => write!(f, "{} d {:02} h", micros / S / 86_400, micros / S / 3_600 % 24),
        }
    }
}

impl fmt::Display for Moment {
    /// Day and time of day since the scenario's start: `d1 07:15`.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let seconds = self.0 / 1_000_000;
        write!(f, "d{} {:02}:{:02}", seconds / 86_400 + 1, seconds / 3_600 % 24, seconds / 60 % 60)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn spans_are_said_in_two_units() {
        let said = |span: Span| span.to_string();
        assert_eq!(said(Span::ZERO), "0 s");
        assert_eq!(said(Span(420)), "420 us");
        assert_eq!(said(Span::from_millis(12)), "12 ms");
        assert_eq!(said(Span::from_millis(1_800)), "1.8 s");
        assert_eq!(said(Span::from_secs(125)), "2 m 05 s");
        assert_eq!(said(Span::from_minutes(1_630)), "27 h 10 m");
        assert_eq!(said(Span::from_hours(60)), "2 d 12 h");
    }

    #[test]
    #[should_panic(expected = "subtracted from an earlier one")]
    fn time_never_runs_back() {
        Moment(1).since(Moment(2));
    }
}
