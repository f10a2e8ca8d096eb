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
    /// The minute of the local week at instant zero, as clocks say from each instant on.
    starts: Vec<(Moment, u64)>,
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
    pub fn new(rows: &[ShiftRow], count: u32, starts: Vec<(Moment, u64)>) -> Option<Roster> {
        let asked = rows.iter().any(|row| 0.0 < row.temps || 0.0 < row.absence);
        let rows = rows.iter().map(|row| (row.clone(), (f64::from(count) * row.share).round() as u32));
        asked.then(|| Roster { rows: rows.collect(), starts, times: 1 })
    }

    /// Each of the staff is so many servers.
    pub fn times(self, times: u32) -> Roster {
        Roster { times, ..self }
    }

    /// One draw for each row, station and day: how many of the shift stay away.
    pub fn draw(&self, draw: &Draw, station: u32, horizon: Moment) -> Duties {
        let mut duties = Duties::default();
        let mut changes: BTreeMap<u64, (i64, i64)> = BTreeMap::from([(0, (0, 0))]);
        for (place, &(since, start_minute)) in self.starts.iter().enumerate() {
            let until = self.starts.get(place + 1).map_or(u64::MAX, |next| next.0.0);
            let start_us = Span::from_minutes(start_minute).0;
            let first_day = ((start_us + since.0) / Span::DAY.0).saturating_sub(1);
            let last_day = (start_us + horizon.0.min(until)) / Span::DAY.0;
            for (day, (number, (row, planned))) in
                (first_day..=last_day).flat_map(|day| (0u64..).zip(&self.rows).map(move |row| (day, row)))
            {
                if !row.days[(day % 7) as usize] {
                    continue;
                }
                let u = draw.uniform(ABSENT, u64::from(station) << 32 | number << 24 | day, 0);
                let present = planned - absent(u, *planned, row.absence);
                let temps = (f64::from(present) * row.temps).round() as u32;
                let begins = day * Span::DAY.0 + Span::from_minutes(row.from_minute.into()).0;
                let at = |minute: u32| {
                    let tick = begins + Span::from_minutes(minute.into()).0;
                    tick.saturating_sub(start_us).clamp(since.0, until)
                };
                let server_us = |count: u32| -> u128 {
                    let each = pieces(row, count).into_iter().map(|piece| {
                        let (from, to) = (at(piece.from_minute), at(piece.to_minute));
                        u128::from(to.min(horizon.0) - from.min(horizon.0)) * u128::from(piece.count)
                    });
                    each.sum()
                };
                duties.planned_us += server_us(*planned);
                duties.absent_us += server_us(*planned) - server_us(present);
                duties.temps_us += server_us(temps);
                for (count, new) in [(present, false), (temps, true)] {
                    for piece in pieces(row, count) {
                        let edges = [(at(piece.from_minute), 1), (at(piece.to_minute), -1)];
                        for (tick, sign) in edges {
                            let change = changes.entry(tick).or_default();
                            let change = if new { &mut change.1 } else { &mut change.0 };
                            *change += sign * i64::from(piece.count);
                        }
                    }
                }
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
    // From the mode outwards nothing underflows; a staff of thousands would from zero on.
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
        let pause = Some(ShiftBreak { at_minute: 1_410, minutes: 30, groups: 3 });
        let night = ShiftRow { pause, ..row(20, 4) };
        let told: Vec<_> =
            pieces(&night, 7).iter().map(|piece| (piece.from_minute, piece.to_minute, piece.count)).collect();
        assert_eq!(told, [(0, 210, 7), (210, 240, 4), (240, 270, 5), (270, 300, 5), (300, 480, 7)]);
        let all = ShiftRow { pause: Some(ShiftBreak { groups: 1, ..pause.unwrap() }), ..night };
        let told: Vec<_> = pieces(&all, 7).iter().map(|piece| piece.count).collect();
        assert_eq!(told, [7, 7], "nobody is there in between");
    }

    #[test]
    fn who_stays_away_is_binomial() {
        for (count, chance) in [(1, 0.3), (40, 0.1), (3_000, 0.05)] {
            let roster =
                Roster::new(&[ShiftRow { absence: chance, ..row(0, 24) }], count, vec![(Moment::ZERO, 0)])
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
        let roster = Roster::new(&rows, 10, vec![(Moment::ZERO, 2 * 1_440 + 60)]).expect("it is asked for");
        let duties = roster.draw(&Draw::new(1, 0), 0, Moment(Span::DAY.0));
        let at = |hour| duties.at(Moment::ZERO + Span::from_hours(hour));
        assert_eq!((at(0).servers, at(0).temps, at(5).servers, at(21).servers), (10, 5, 0, 10));
        assert_eq!(duties.next_change(Moment::ZERO), Some(Moment::ZERO + Span::from_hours(5)));
        assert_eq!((duties.heads, duties.absent_us), (5, 0));
        assert_eq!(duties.planned_us, 10 * u128::from(8 * Span::HOUR.0));
    }

    /// Clocks go back by an hour at noon: the night shift begins an hour later.
    #[test]
    fn a_clock_that_is_set_moves_the_shifts() {
        let noon = Moment::ZERO + Span::from_hours(12);
        let starts = vec![(Moment::ZERO, 1_440), (noon, 1_440 - 60)];
        let roster =
            Roster::new(&[ShiftRow { temps: 1.0, ..row(8, 20) }], 3, starts).expect("it is asked for");
        let duties = roster.draw(&Draw::new(1, 0), 0, Moment(Span::DAY.0));
        let at = |hour| duties.at(Moment::ZERO + Span::from_hours(hour)).servers;
        assert_eq!([7, 8, 12, 20, 21].map(at), [0, 3, 3, 3, 0]);
        assert_eq!(duties.planned_us, 3 * u128::from(13 * Span::HOUR.0));
    }
}
