//! Shapes of the day by name: hourly weights from the scenario's start on.

use super::spec::LocalTime;

/// Orders by hour of the day, 0 to 23, of 9,999 orders of the Brazilian E-Commerce Public Dataset by Olist
/// (2016 to 2018): the table `olist_arrivals_hour.csv` derived from it.
pub const AVERAGE_DAY: [f64; 24] = [
    240.0, 121.0, 51.0, 27.0, 21.0, 22.0, 40.0, 124.0, 302.0, 509.0, 636.0, 698.0, 597.0, 687.0, 673.0,
    602.0, 651.0, 621.0, 546.0, 595.0, 624.0, 635.0, 558.0, 419.0,
];

/// Singles' Day, November 11, by hour, relative to the mean hour of an ordinary day. Given, not measured: 30 in
/// the first hour, when the prices change at midnight; a fall over the night; a second wave from 20:00 on.
pub const SINGLES_DAY: [f64; 24] = [
    30.0, 12.0, 5.0, 2.5, 1.5, 1.2, 1.5, 2.5, 4.0, 5.0, 5.5, 5.0, 4.5, 4.0, 4.0, 4.0, 4.0, 4.5, 5.5, 8.0,
    14.0, 11.0, 9.0, 7.0,
];

pub const NAMES: &[&str] = &["flat", "average-day", "singles-day"];

/// Weights of the hours from `start` on, for so many hours; an hour that starts between two clock hours is mixed.
pub fn hours(name: &str, start: LocalTime, count: usize) -> Option<Vec<f64>> {
    let weight: fn(LocalTime) -> f64 = match name {
        "flat" => return Some(vec![1.0]),
        "average-day" => |at| AVERAGE_DAY[usize::from(at.hour)] / mean(&AVERAGE_DAY),
        "singles-day" => |at| match (at.month, at.day) {
            (11, 11) => SINGLES_DAY[usize::from(at.hour)],
            _ => AVERAGE_DAY[usize::from(at.hour)] / mean(&AVERAGE_DAY),
        },
        _ => return None,
    };
    let part = f64::from(start.minute) / 60.0;
    let at = |hour: usize| weight(start.plus_hours(hour as u64));
    Some((0..count).map(|hour| (1.0 - part) * at(hour) + part * at(hour + 1)).collect())
}

/// Weights of the 24 hours from midnight.
pub fn day(name: &str) -> Option<Vec<f64>> {
    let midnight = LocalTime::new(2026, 11, 11, 0, 0)?;
    hours(name, midnight, 24)
}

fn mean(weights: &[f64]) -> f64 {
    weights.iter().sum::<f64>() / weights.len() as f64
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn singles_day_peaks_at_midnight_of_november_11() {
        let start = LocalTime::new(2026, 11, 10, 18, 0).unwrap();
        let hours = hours("singles-day", start, 48).unwrap();
        assert_eq!(hours[6], 30.0);
        assert_eq!(hours[6 + 20], 14.0);
        assert_eq!(hours.iter().copied().fold(0.0, f64::max), 30.0);
        assert!((hours[0] - 546.0 / (9_999.0 / 24.0)).abs() < 1e-9);
    }

    #[test]
    fn a_start_between_two_hours_mixes_them() {
        let start = LocalTime::new(2026, 11, 10, 23, 30).unwrap();
        let hours = hours("singles-day", start, 1).unwrap();
        assert!((hours[0] - (419.0 / (9_999.0 / 24.0) + 30.0) / 2.0).abs() < 1e-9);
    }
}
