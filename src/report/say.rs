//! How numbers are said: one form a unit, in the terminal and on the page.
//!
//! Thousands are grouped by spaces, which no locale reads as a decimal sign. A value that is not a number
//! (nothing was observed) is a dash, never a zero.

use super::document::{Estimate, Unit};
use crate::kernel::time::Span;

const NOTHING: &str = "-";

/// `27 h 10 m`; a second unit of zero is not said: `24 h`, `4 d`.
pub fn seconds(seconds: f64) -> String {
    if !seconds.is_finite() {
        return NOTHING.into();
    }
    let said = Span::from_secs_f64(seconds.abs()).to_string();
    let said = [" 00 s", " 00 m", " 00 h"].iter().find_map(|zero| said.strip_suffix(zero)).unwrap_or(&said);
    format!("{}{said}", if seconds < 0.0 { "-" } else { "" })
}

/// `41 200`.
pub fn count(count: f64) -> String {
    if !count.is_finite() {
        return NOTHING.into();
    }
    grouped(count.round())
}

/// `99.2 %`; never rounds up to a whole that was not reached.
pub fn percent(share: f64) -> String {
    if !share.is_finite() {
        return NOTHING.into();
    }
    let rounds_to_whole = |digits: i32| share < 1.0 && 100.0 <= rounded(share * 100.0, digits);
    let digits = (1..4).find(|&digits| !rounds_to_whole(digits)).unwrap_or(4);
    format!("{:.*} %", digits as usize, share * 100.0)
}

/// Major units from minor ones: `412 300`, `1 204.50`, `0.215`.
pub fn money(minor: f64) -> String {
    let major = minor / 100.0;
    match major.abs() {
        m if !m.is_finite() => NOTHING.into(),
        m if 10_000.0 <= m => grouped(major.round()),
        m if 0.0 < m && m < 1.0 => format!("{major:.3}"),
        m => {
            let cents = (m * 100.0).round();
            let sign = if major < 0.0 { "-" } else { "" };
            format!("{sign}{}.{:02}", grouped((cents / 100.0).floor()), cents as u64 % 100)
        }
    }
}

/// A value in its unit; money with its currency.
pub fn value(value: f64, unit: Unit, currency: &str) -> String {
    match unit {
        Unit::Seconds => seconds(value),
        Unit::Share => percent(value),
        Unit::MinorMoney => format!("{} {currency}", money(value)),
        Unit::Count => count(value),
    }
}

/// `27 h 10 m +- 22 m`; the mean alone when there is no interval.
pub fn estimate(estimate: &Estimate, unit: Unit, currency: &str) -> String {
    let mean = value(estimate.mean, unit, currency);
    match estimate.half_width {
        Some(half_width) if half_width.is_finite() => {
            let half_width = match unit {
                // In the decimals of the mean.
                Unit::MinorMoney if 1e6 <= estimate.mean.abs() => grouped((half_width / 100.0).round()),
                Unit::MinorMoney if 100.0 <= estimate.mean.abs() => format!("{:.2}", half_width / 100.0),
                Unit::MinorMoney => money(half_width),
                unit => value(half_width, unit, currency),
            };
            format!("{mean} +- {half_width}")
        }
        _ => mean,
    }
}

/// A difference, with its sign: `+27 h 10 m +- 22 m`.
pub fn difference(difference: &Estimate, unit: Unit, currency: &str) -> String {
    let said = estimate(difference, unit, currency);
    if 0.0 < difference.mean { format!("+{said}") } else { said }
}

/// `1.92 M`, `41.2 k`, `512`: for rates, where the first digits are enough.
pub fn short(count: f64) -> String {
    match count.abs() {
        c if !c.is_finite() => NOTHING.into(),
        c if 1e9 <= c => format!("{:.2} G", count / 1e9),
        c if 1e6 <= c => format!("{:.2} M", count / 1e6),
        c if 1e4 <= c => format!("{:.1} k", count / 1e3),
        _ => grouped(count.round()),
    }
}

fn rounded(value: f64, digits: i32) -> f64 {
    let scale = 10f64.powi(digits);
    (value * scale).round() / scale
}

fn grouped(whole: f64) -> String {
    let digits = format!("{:.0}", whole.abs());
    let mut said = String::with_capacity(digits.len() * 4 / 3 + 1);
    if whole < 0.0 {
        said.push('-');
    }
    for (index, digit) in digits.chars().enumerate() {
        if 0 < index && (digits.len() - index).is_multiple_of(3) {
            said.push(' ');
        }
        said.push(digit);
    }
    said
}

/// A latency.
pub fn nanos(nanos: u64) -> String {
    let nanos = nanos as f64;
    match nanos {
        n if n < 1e3 => format!("{n:.0}ns"),
        n if n < 1e4 => format!("{:.1}us", n / 1e3),
        n if n < 1e6 => format!("{:.0}us", n / 1e3),
        n if n < 1e7 => format!("{:.1}ms", n / 1e6),
        n if n < 1e9 => format!("{:.0}ms", n / 1e6),
        n => format!("{:.1}s", n / 1e9),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_in_the_form_of_their_unit() {
        assert_eq!(seconds(97_800.0), "27 h 10 m");
        assert_eq!(seconds(f64::NAN), "-");
        assert_eq!([seconds(-90.0), seconds(86_400.0), seconds(345_600.0)], ["-1 m 30 s", "24 h", "4 d"]);
        assert_eq!([count(999.0), count(41_200.4), count(-1_234_567.0)], ["999", "41 200", "-1 234 567"]);
        assert_eq!(
            [percent(0.992), percent(0.9996), percent(1.0), percent(0.999_999_9)],
            ["99.2 %", "99.96 %", "100.0 %", "100.0000 %"]
        );
        assert_eq!(
            [money(41_230_000.0), money(120_450.0), money(21.5), money(-250.0), money(0.0)],
            ["412 300", "1 204.50", "0.215", "-2.50", "0.00"]
        );
        assert_eq!([short(1_923_000.0), short(41_234.0), short(512.0)], ["1.92 M", "41.2 k", "512"]);
    }

    #[test]
    fn an_interval_is_said_only_when_there_is_one() {
        let one = Estimate { mean: 0.951, half_width: None };
        assert_eq!(estimate(&one, Unit::Share, "CNY"), "95.1 %");
        let many = Estimate { mean: 215.0, half_width: Some(3.0) };
        assert_eq!(estimate(&many, Unit::MinorMoney, "CNY"), "2.15 CNY +- 0.03");
    }
}
