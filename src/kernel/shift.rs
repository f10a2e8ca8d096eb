//! Shifts: how many servers a station has, over business time.
//!
//! # Promises
//! - Overlapping shifts add up. A shift that ends at or before its start runs past midnight.
//! - A dated exception replaces its whole day, from midnight to midnight.
//! - `next_change` returns only moments at which the capacity really changes.

use std::collections::BTreeMap;

use super::time::{Moment, Span};

/// `count` servers from `start` to `end`, as time since the start of the day or week.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Shift {
    pub start: Span,
    pub end: Span,
    pub count: u32,
}

/// Capacity over business time: a daily or weekly pattern and dated exceptions.
#[derive(Debug, Clone)]
pub struct Shifts {
    /// One plan per day of the pattern; day 0 is the scenario's first.
    days: Vec<Plan>,
    exceptions: BTreeMap<u64, Plan>,
}

/// Capacity within one day: `(tick of the day, capacity from there on)`, the first at tick 0.
type Plan = Vec<(u64, u32)>;

const DAY: u64 = Span::DAY.0;

impl Shifts {
    /// The same capacity at all times.
    pub fn constant(count: u32) -> Shifts {
        Shifts { days: vec![vec![(0, count)]], exceptions: BTreeMap::new() }
    }

    /// Shifts that repeat every day.
    pub fn daily(shifts: &[Shift]) -> Shifts {
        Shifts::repeating(shifts, 1)
    }

    /// Shifts that repeat every seven days; the week starts with the scenario's first day.
    pub fn weekly(shifts: &[Shift]) -> Shifts {
        Shifts::repeating(shifts, 7)
    }

    /// Replaces the capacity of day `day` (0 is the scenario's first day). No shifts: closed.
    /// Panics when a shift does not lie within the day.
    pub fn with_exception(mut self, day: u64, shifts: &[Shift]) -> Shifts {
        let within = |shift: &Shift| shift.start < shift.end && shift.end.0 <= DAY;
        assert!(shifts.iter().all(within), "an exception's shifts must lie within its day");
        let plan = plan(shifts.iter().map(|shift| (shift.start.0, shift.end.0, shift.count)));
        self.exceptions.insert(day, plan);
        self
    }

    /// So many times the capacity at every moment.
    pub fn times(mut self, factor: u32) -> Shifts {
        let plans = self.days.iter_mut().chain(self.exceptions.values_mut());
        plans.flatten().for_each(|step| step.1 *= factor);
        self
    }

    /// The capacity at `moment`.
    pub fn at(&self, moment: Moment) -> u32 {
        let (day, tick) = (moment.0 / DAY, moment.0 % DAY);
        let plan = self.plan_of(day);
        plan[plan.partition_point(|step| step.0 <= tick) - 1].1
    }

    /// The first moment after `after` at which the capacity differs, and what it is from there on.
    /// `None` when it never changes again.
    pub fn next_change(&self, after: Moment) -> Option<(Moment, u32)> {
        let capacity = self.at(after);
        let today = after.0 / DAY;
        let last_exception = self.exceptions.last_key_value().map_or(0, |last| *last.0);
        // One pattern beyond the last exception shows whatever will ever be seen.
        let end = today.max(last_exception) + self.days.len() as u64 + 1;
        (today..=end)
            .flat_map(|day| self.plan_of(day).iter().map(move |step| (Moment(day * DAY + step.0), step.1)))
            .find(|change| after < change.0 && change.1 != capacity)
    }

    /// Server-ticks offered in `from..to`.
    pub fn offered(&self, from: Moment, to: Moment) -> u128 {
        let mut sum = 0;
        for day in from.0 / DAY..=to.0 / DAY {
            let plan = self.plan_of(day);
            for (step, &(tick, count)) in plan.iter().enumerate() {
                let start = (day * DAY + tick).max(from.0);
                let end = (day * DAY + plan.get(step + 1).map_or(DAY, |next| next.0)).min(to.0);
                sum += u128::from(count) * u128::from(end.saturating_sub(start));
            }
        }
        sum
    }

    fn repeating(shifts: &[Shift], days: u64) -> Shifts {
        let period = days * DAY;
        let inside = |shift: &Shift| shift.start.0 < period && shift.end.0 <= period;
        assert!(shifts.iter().all(inside), "a shift beyond its day or week");
        // A shift past midnight of the last day goes on in the first.
        let pieces: Vec<_> = shifts
            .iter()
            .flat_map(|shift| {
                let (start, end, count) = (shift.start.0, shift.end.0, shift.count);
                if start < end {
                    [(start, end, count), (0, 0, 0)]
                } else {
                    [(start, period, count), (0, end, count)]
                }
            })
            .collect();
        let day_plan = |day: u64| {
            let (from, to) = (day * DAY, (day + 1) * DAY);
            let clip = |tick: u64| tick.clamp(from, to) - from;
            plan(pieces.iter().map(|&(start, end, count)| (clip(start), clip(end), count)))
        };
        Shifts { days: (0..days).map(day_plan).collect(), exceptions: BTreeMap::new() }
    }

    fn plan_of(&self, day: u64) -> &Plan {
        self.exceptions.get(&day).unwrap_or(&self.days[day as usize % self.days.len()])
    }
}

/// Adds up the pieces `(start, end, count)` of one day.
fn plan(pieces: impl Iterator<Item = (u64, u64, u32)>) -> Plan {
    let mut changes = BTreeMap::from([(0, 0i64)]);
    for (start, end, count) in pieces.filter(|piece| piece.0 < piece.1) {
        *changes.entry(start).or_default() += i64::from(count);
        *changes.entry(end).or_default() -= i64::from(count);
    }
    let mut capacity = 0;
    let mut plan: Plan = changes
        .into_iter()
        .filter(|change| change.0 < DAY)
        .map(|(tick, change)| {
            capacity += change;
            (tick, u32::try_from(capacity).expect("the capacity of one day fits 32 bits"))
        })
        .collect();
    plan.dedup_by_key(|step| step.1);
    plan
}

#[cfg(test)]
mod tests {
    use super::*;

    fn h(hours: u64) -> Moment {
        Moment::ZERO + Span::from_hours(hours)
    }

    fn shift(start: u64, end: u64, count: u32) -> Shift {
        Shift { start: Span::from_hours(start), end: Span::from_hours(end), count }
    }

    fn check(shifts: &Shifts, hour: u64, at: u32, next: Option<(u64, u32)>) {
        assert_eq!(shifts.at(h(hour)), at, "capacity at hour {hour}");
        assert_eq!(shifts.next_change(h(hour)), next.map(|(hour, count)| (h(hour), count)), "after {hour}");
    }

    #[test]
    fn shifts_repeat_overlap_and_wrap() {
        let two = Shifts::daily(&[shift(6, 14, 5), shift(13, 22, 3)]);
        check(&two, 0, 0, Some((6, 5)));
        check(&two, 6, 5, Some((13, 8)));
        check(&two, 13, 8, Some((14, 3)));
        check(&two, 22, 0, Some((30, 5)));
        let night = Shifts::daily(&[shift(22, 6, 2)]);
        check(&night, 0, 2, Some((6, 0)));
        check(&night, 23, 2, Some((30, 0)));
        check(&Shifts::constant(4), 100, 4, None);
        check(&Shifts::daily(&[shift(0, 24, 4)]), 100, 4, None);
        let week = Shifts::weekly(&[shift(6 * 24 + 20, 4, 1)]);
        check(&week, 5, 0, Some((6 * 24 + 20, 1)));
        check(&week, 7 * 24, 1, Some((7 * 24 + 4, 0)));
    }

    #[test]
    fn an_exception_replaces_its_day() {
        let shifts = Shifts::daily(&[shift(8, 16, 5)]).with_exception(1, &[shift(8, 20, 50)]);
        check(&shifts, 16, 0, Some((24 + 8, 50)));
        check(&shifts, 24 + 19, 50, Some((24 + 20, 0)));
        check(&shifts, 24 + 20, 0, Some((48 + 8, 5)));
        let holiday = Shifts::constant(3).with_exception(5, &[]);
        check(&holiday, 0, 3, Some((5 * 24, 0)));
        check(&holiday, 5 * 24, 0, Some((6 * 24, 3)));
        check(&holiday, 6 * 24, 3, None);
    }

    #[test]
    fn offered_is_the_sum_of_capacity_over_time() {
        let shifts =
            Shifts::weekly(&[shift(6, 14, 5), shift(20, 30, 2)]).with_exception(8, &[shift(1, 2, 9)]);
        for (from, to) in [(0, 0), (0, 24), (7, 9), (0, 400), (23, 25), (190, 260)] {
            let by_hour: u128 =
                (from..to).map(|hour| u128::from(shifts.at(h(hour))) * u128::from(Span::HOUR.0)).sum();
            assert_eq!(shifts.offered(h(from), h(to)), by_hour, "{from}..{to}");
        }
    }
}
