//! The roster: who really comes, and who of them is new. Planned staff is in the shifts of a station; a roster is there
//! where some of it may stay away, or has to learn.

use std::collections::BTreeMap;

use crate::kernel::draw::{Draw, Purpose};
use crate::kernel::time::{Moment, Span};
use crate::scenario::spec::ShiftRow;

const ABSENT: Purpose = Purpose::named("absent");
const DAY_MINUTES: u32 = 1_440;

/// So many people from one minute of a shift to another.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Piece {
    pub from_minute: u32,
    pub to_minute: u32,
    pub count: u32,
}

/// A shift of `count` people, cut where a group of them has its break. Pieces without anybody are left out.
pub fn pieces(row: &ShiftRow, count: u32) -> Vec<Piece> {
    let into = |minute: u16| (u32::from(minute) + DAY_MINUTES - u32::from(row.from_minute)) % DAY_MINUTES;
    let end = match into(row.to_minute) {
        0 => DAY_MINUTES,
        end => end,
    };
    let mut pieces = Vec::new();
    let mut add = |from_minute, to_minute, count| {
        if from_minute < to_minute && 0 < count {
            pieces.push(Piece { from_minute, to_minute, count });
        }
    };
    let Some(pause) = row.pause else {
        add(0, end, count);
        return pieces;
    };
    let (at, each) = (into(pause.at_minute), u32::from(pause.minutes));
    add(0, at, count);
    for group in 0..pause.groups {
        let away = count / pause.groups + u32::from(group < count % pause.groups);
        add(at + group * each, at + (group + 1) * each, count - away);
    }
    add(at + pause.groups * each, end, count);
    pieces
}

/// Shift rows of a station of which somebody may be new or absent.
#[derive(Debug, Clone, PartialEq)]
pub struct Roster {
    rows: Vec<(ShiftRow, u32)>,
    start_minute: u64,
    /// How far the place's clock is ahead of the scenario's, in seconds, from each instant on; the first from zero.
    ahead_s: Vec<(Span, i64)>,
    /// Servers for each of the staff.
    times: u32,
}

/// Who is there from an instant on.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Duty {
    pub at: Moment,
    pub servers: u32,
    /// Of them, new.
    pub temps: u32,
}

/// The staff of one station over one run.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Duties {
    /// Rising; the first at instant zero.
    pub steps: Vec<Duty>,
    /// The most new people at one time.
    pub heads: u32,
    /// Server time up to the horizon.
    pub planned_us: u128,
    pub absent_us: u128,
    pub temps_us: u128,
}

impl Roster {
    /// `None` where all come and all know how.
    pub fn new(rows: &[ShiftRow], count: u32, start_minute: u64, ahead_s: &[(Span, i64)]) -> Option<Roster> {
        let asked = rows.iter().any(|row| 0.0 < row.temps || 0.0 < row.absence);
        let rows = rows.iter().map(|row| (row.clone(), (f64::from(count) * row.share).round() as u32));
        asked.then(|| Roster { rows: rows.collect(), start_minute, ahead_s: ahead_s.to_vec(), times: 1 })
    }

    /// Each of the staff is so many servers.
    pub fn times(self, times: u32) -> Roster {
        Roster { times, ..self }
    }

    /// One draw for each row, station and day: how many of the shift stay away.
    pub fn draw(&self, draw: &Draw, station: u32, horizon: Moment) -> Duties {
        let mut duties = Duties::default();
        let mut changes: BTreeMap<u64, (i64, i64)> = BTreeMap::from([(0, (0, 0))]);
        // A week later, so that the days before the start have numbers; a place's clock is at most a day ahead or behind.
        let start_us = Span::from_minutes(self.start_minute).0 + 7 * Span::DAY.0;
        let first_day = start_us / Span::DAY.0 - 2;
        let last_day = (start_us + horizon.0) / Span::DAY.0 + 1;
        for day in first_day..=last_day {
            for (number, (row, planned)) in (0u64..).zip(&self.rows) {
                if !row.days[(day % 7) as usize] {
                    continue;
                }
                let u = draw.uniform(ABSENT, u64::from(station) << 32 | number << 24 | day, 0);
                let present = planned - absent(u, *planned, row.absence);
                let temps = (f64::from(present) * row.temps).round() as u32;
                let begins = day * Span::DAY.0 + Span::from_minutes(row.from_minute.into()).0;
                let at =
                    |minute: u32| self.business_us(begins + Span::from_minutes(minute.into()).0, start_us);
                let mut sum = |count: u32, of: fn(&mut (i64, i64)) -> &mut i64| {
                    let mut us = 0;
                    for piece in pieces(row, count) {
                        let (from, to) = (at(piece.from_minute), at(piece.to_minute));
                        if from < to {
                            *of(changes.entry(from).or_default()) += i64::from(piece.count);
                            *of(changes.entry(to).or_default()) -= i64::from(piece.count);
                            let seen = to.min(horizon.0).saturating_sub(from.min(horizon.0));
                            us += u128::from(seen) * u128::from(piece.count);
                        }
                    }
                    us
                };
                let (there, new) = (sum(present, |change| &mut change.0), sum(temps, |change| &mut change.1));
                let planned_us = pieces(row, *planned).into_iter().map(|piece| {
                    let seen = at(piece.to_minute).min(horizon.0) - at(piece.from_minute).min(horizon.0);
                    u128::from(seen) * u128::from(piece.count)
                });
                let planned_us: u128 = planned_us.sum();
                duties.planned_us += planned_us;
                duties.absent_us += planned_us - there;
                duties.temps_us += new;
            }
        }
        let (mut servers, mut temps) = (0, 0);
        for (tick, change) in changes {
            (servers, temps) = (servers + change.0, temps + change.1);
            let times = self.times;
            let duty = Duty {
                at: Moment(tick),
                servers: servers as u32 * times,
                temps: temps.min(servers) as u32 * times,
            };
            duties.heads = duties.heads.max(duty.temps);
            duties.steps.push(duty);
        }
        duties
    }

    /// From the place's own clock, counted from the Monday before the start, to business time; what was before the
    /// start is at zero.
    fn business_us(&self, local_us: u64, start_us: u64) -> u64 {
        let at = |&(_, ahead_s): &(Span, i64)| local_us as i64 - start_us as i64 - ahead_s * 1_000_000;
        let set = self.ahead_s.iter().rposition(|step| step.0.0 as i64 <= at(step)).unwrap_or(0);
        // An hour that the clock skips is the instant at which it does.
        let skipped = self.ahead_s.get(set + 1).map_or(i64::MAX, |next| next.0.0 as i64);
        at(&self.ahead_s[set]).min(skipped).max(0) as u64
    }
}

impl Duties {
    pub fn at(&self, now: Moment) -> Duty {
        let after = self.steps.partition_point(|step| step.at <= now);
        self.steps[after - 1]
    }

    pub fn next_change(&self, now: Moment) -> Option<Moment> {
        let after = self.steps.partition_point(|step| step.at <= now);
        self.steps.get(after).map(|step| step.at)
    }
}

/// How many of `count` stay away, each by the same chance: the binomial law, by inversion from below.
fn absent(u: f64, count: u32, chance: f64) -> u32 {
    if chance <= 0.0 {
        return 0;
    }
    if 1.0 <= chance {
        return count;
    }
    // By logarithms: as a product, the chance that nobody of thousands stays away is too small for a float.
    let n = f64::from(count);
    let log = |k: f64| {
        libm::lgamma(n + 1.0) - libm::lgamma(k + 1.0) - libm::lgamma(n - k + 1.0)
            + k * libm::log(chance)
            + (n - k) * libm::log1p(-chance)
    };
    let mut below = 0.0;
    for away in 0..count {
        below += libm::exp(log(f64::from(away)));
        if u < below {
            return away;
        }
    }
    count
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::scenario::spec::ShiftBreak;

    fn row(from: u16, to: u16) -> ShiftRow {
        ShiftRow {
            days: [true; 7],
            from_minute: 60 * from,
            to_minute: 60 * to,
            share: 1.0,
            temps: 0.0,
            absence: 0.0,
            pause: None,
        }
    }

    #[test]
    fn groups_have_their_break_one_after_the_other() {
        let pause = ShiftBreak { at_minute: 1_410, minutes: 30, groups: 3 };
        let night = ShiftRow { pause: Some(pause), ..row(20, 4) };
        let told: Vec<_> =
            pieces(&night, 7).iter().map(|piece| (piece.from_minute, piece.to_minute, piece.count)).collect();
        assert_eq!(told, [(0, 210, 7), (210, 240, 4), (240, 270, 5), (270, 300, 5), (300, 480, 7)]);
        let all = ShiftRow { pause: Some(ShiftBreak { groups: 1, ..pause }), ..night };
        let told: Vec<_> = pieces(&all, 7).iter().map(|piece| piece.count).collect();
        assert_eq!(told, [7, 7], "nobody is there in between");
    }

    #[test]
    fn who_stays_away_is_binomial() {
        for (count, chance) in [(1, 0.3), (40, 0.1), (3_000, 0.05)] {
            let roster =
                Roster::new(&[ShiftRow { absence: chance, ..row(0, 24) }], count, 0, &[(Span::ZERO, 0)])
                    .expect("it is asked for");
            let days = 4_000;
            let horizon = Moment(days * Span::DAY.0);
            let duties = roster.draw(&Draw::new(5, 0), 3, horizon);
            assert_eq!(duties.planned_us, u128::from(count) * u128::from(horizon.0));
            let share = duties.absent_us as f64 / duties.planned_us as f64;
            let error = (chance * (1.0 - chance) / f64::from(count) / days as f64).sqrt();
            assert!((share - chance).abs() < 4.0 * error, "{count} {chance}: {share}, error {error}");
        }
        assert_eq!((absent(0.99, 9, 0.0), absent(0.01, 9, 1.0)), (0, 9));
    }

    #[test]
    fn a_shift_that_runs_at_the_start_is_there() {
        let rows = [ShiftRow { temps: 0.5, ..row(22, 6) }];
        let roster = Roster::new(&rows, 10, 2 * 1_440 + 60, &[(Span::ZERO, 0)]).expect("it is asked for");
        let duties = roster.draw(&Draw::new(1, 0), 0, Moment(Span::DAY.0));
        let at = |hour| duties.at(Moment::ZERO + Span::from_hours(hour));
        assert_eq!((at(0).servers, at(0).temps, at(5).servers, at(21).servers), (10, 5, 0, 10));
        assert_eq!(duties.next_change(Moment::ZERO), Some(Moment::ZERO + Span::from_hours(5)));
        assert_eq!((duties.heads, duties.absent_us), (5, 0));
        assert_eq!(duties.planned_us, 10 * u128::from(8 * Span::HOUR.0));
    }

    #[test]
    fn a_shift_follows_the_clock_of_its_place() {
        // Two hours ahead, and on the second day at one o'clock one more.
        let (set, hour) = (Span::from_hours(23), Span::HOUR.0);
        let ahead_s = [(Span::ZERO, 7_200), (set, 10_800)];
        let rows = [ShiftRow { temps: 1.0, ..row(8, 16) }];
        let roster = Roster::new(&rows, 10, 0, &ahead_s).expect("it is asked for");
        let duties = roster.draw(&Draw::new(1, 0), 0, Moment(2 * Span::DAY.0));
        let seen = duties.steps.iter().filter(|step| step.at.0 < 2 * Span::DAY.0);
        let changes: Vec<_> = seen.map(|step| (step.at.0 / hour, step.servers)).collect();
        assert_eq!(changes, [(0, 0), (6, 10), (14, 0), (29, 10), (37, 0)]);
        // 01:00 to 02:00 is skipped once: a night shift is an hour shorter, one within it is not there at all.
        let hours = |from, to| {
            let roster = Roster::new(&[ShiftRow { temps: 1.0, ..row(from, to) }], 1, 0, &ahead_s).unwrap();
            roster.draw(&Draw::new(1, 0), 0, Moment(2 * Span::DAY.0)).planned_us / u128::from(hour)
        };
        assert_eq!((hours(22, 6), hours(1, 2)), (4 + 7 + 5, 1));
    }
}
