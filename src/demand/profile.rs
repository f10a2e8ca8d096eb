//! Profiles: the arrival rate that a planner described, as steps in time.

use crate::kernel::rate::Rate;
use crate::kernel::time::{Moment, Span};
use crate::scenario::spec::Arrivals;

/// A straight ramp is cut into steps of one minute, but into no more than so many.
const RAMP_STEPS: u64 = 1_440;

/// The rate, and when the last order may come.
pub(super) fn rate(arrivals: &Arrivals) -> (Rate, Moment) {
    let (mut steps, end) = match arrivals {
        Arrivals::Constant { per_hour, duration } => {
            (vec![(Moment::ZERO, *per_hour)], Moment::ZERO + *duration)
        }
        Arrivals::Profile { orders, duration, hours } => {
            (profile(*orders, *duration, hours), Moment::ZERO + *duration)
        }
        Arrivals::Ramp { start_per_hour, stages } => ramp(*start_per_hour, stages),
    };
    if end == Moment::ZERO {
        return (Rate::constant(0.0), end);
    }
    steps.push((end, 0.0));
    (Rate::steps(&steps), end)
}

/// All rates and weights: they must be finite and not negative.
pub(super) fn numbers(arrivals: &Arrivals) -> Vec<f64> {
    match arrivals {
        Arrivals::Constant { per_hour, .. } => vec![*per_hour],
        Arrivals::Profile { orders, hours, .. } => hours.iter().copied().chain([*orders]).collect(),
        Arrivals::Ramp { start_per_hour, stages } => {
            stages.iter().map(|stage| stage.0).chain([*start_per_hour]).collect()
        }
    }
}

/// Weights repeat hour by hour until the duration ends; the expected number of orders is met exactly.
fn profile(orders: f64, duration: Span, hours: &[f64]) -> Vec<(Moment, f64)> {
    let flat = [1.0];
    let hours = if hours.iter().sum::<f64>() <= 0.0 { &flat[..] } else { hours };
    let count = duration.0.div_ceil(Span::HOUR.0);
    let length =
        |hour: u64| (duration.0 - hour * Span::HOUR.0).min(Span::HOUR.0) as f64 / Span::HOUR.0 as f64;
    let weight = |hour: u64| hours[(hour % hours.len() as u64) as usize];
    let total: f64 = (0..count).map(|hour| weight(hour) * length(hour)).sum();
    if total <= 0.0 {
        return vec![(Moment::ZERO, orders / duration.as_hours_f64())];
    }
    (0..count).map(|hour| (Moment(hour * Span::HOUR.0), orders * weight(hour) / total)).collect()
}

/// Each step has the rate at its middle, so every stage expects exactly what the straight line would.
fn ramp(start_per_hour: f64, stages: &[(f64, Span)]) -> (Vec<(Moment, f64)>, Moment) {
    let (mut steps, mut from, mut at) = (Vec::new(), start_per_hour, Moment::ZERO);
    for &(to, length) in stages.iter().filter(|stage| stage.1 != Span::ZERO) {
        let flat = from == to;
        let count = if flat { 1 } else { (length.0 / Span::MINUTE.0).clamp(60, RAMP_STEPS).min(length.0) };
        for step in 0..count {
            let middle = (step as f64 + 0.5) / count as f64;
            let offset = (u128::from(length.0) * u128::from(step) / u128::from(count)) as u64;
            steps.push((at + Span(offset), from + (to - from) * middle));
        }
        (from, at) = (to, at + length);
    }
    (steps, at)
}

/// Expected orders in each hour of the horizon; the last hour may be a part of one.
pub(super) fn hourly(rate: &Rate, horizon: Span) -> Vec<f64> {
    let hours = horizon.0.div_ceil(Span::HOUR.0);
    let edge = |hour: u64| Moment((hour * Span::HOUR.0).min(horizon.0));
    (0..hours).map(|hour| rate.mean(edge(hour), edge(hour + 1))).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn check(arrivals: &Arrivals, horizon: Span, expect: &[f64]) {
        let hours = hourly(&rate(arrivals).0, horizon);
        assert_eq!(hours.len(), expect.len(), "{hours:?}");
        for (hour, expect) in hours.iter().zip(expect) {
            assert!((hour - expect).abs() < 1e-6 * expect.max(1.0), "{hours:?}");
        }
    }

    #[test]
    fn expected_orders_by_hour() {
        let h = Span::from_hours;
        check(&Arrivals::Constant { per_hour: 60.0, duration: h(2) }, h(3), &[60.0, 60.0, 0.0]);
        let profile = Arrivals::Profile { orders: 100.0, duration: h(4), hours: vec![1.0, 4.0] };
        check(&profile, h(4), &[10.0, 40.0, 10.0, 40.0]);
        let part = Arrivals::Profile { orders: 90.0, duration: Span::from_minutes(90), hours: vec![1.0] };
        check(&part, h(2), &[60.0, 30.0]);
        let none = Arrivals::Profile { orders: 90.0, duration: h(1), hours: vec![] };
        check(&none, Span::from_minutes(30), &[45.0]);
        let ramp =
            Arrivals::Ramp { start_per_hour: 0.0, stages: vec![(100.0, h(1)), (100.0, h(1)), (0.0, h(1))] };
        check(&ramp, h(4), &[50.0, 100.0, 50.0, 0.0]);
        check(&Arrivals::Ramp { start_per_hour: 9.0, stages: vec![] }, h(1), &[0.0]);
    }
}
