//! The bench: what the engine costs beside simpler ways to do the same, in one process, in turns.
//!
//! # Promises
//! - Whoever stands in one row did as much work in the same minute: in rounds, each begun by another one of them.
//!   Told are medians, and the median of the ratios of each round, with their first and third quartile.
//! - Times are CPU time where one thread works, and wall time where two do, from the first begin to the last end.
//! - A baseline does less than ours wherever it does something else, and its name says what.

mod calendar;
mod callbacks;
mod carts;
mod cells;
mod life_rivals;
mod lives;
mod plans;
mod recording;
mod rivals;

use std::sync::atomic::{AtomicBool, Ordering};
use std::time::Duration;

use cpu_time::ThreadTime;

use super::Script;
use super::play::Broken;
use crate::model::Model;

/// How much is measured.
#[derive(Debug, Clone, Copy)]
pub struct Size {
    pub rounds: usize,
    /// A hundredth of the work: shows that everything works, and no more.
    pub quick: bool,
}

impl Size {
    fn units(self, whole: u64) -> u64 {
        if self.quick { (whole / 100).max(16) } else { whole }
    }
}

/// A strategy's checked world, and the commands of its run on one thread.
pub struct Shop {
    pub strategy: String,
    pub model: Model,
    pub script: Script,
}

/// Median, first and third quartile.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Spread {
    pub median: f64,
    pub low: f64,
    pub high: f64,
}

impl Spread {
    /// Panics on no values.
    pub fn of(mut values: Vec<f64>) -> Spread {
        values.sort_by(f64::total_cmp);
        let at = |quarter: usize| values[(values.len() - 1) * quarter / 4];
        Spread { median: at(2), low: at(1), high: at(3) }
    }
}

/// One question, ours and what stands beside it.
#[derive(Debug, Clone)]
pub struct Row {
    pub question: String,
    /// What one of them is: `pair`, `life`.
    pub unit: &'static str,
    /// `CPU` or `wall`.
    pub clock: &'static str,
    pub nanos: Spread,
    pub rivals: Vec<Rival>,
}

#[derive(Debug, Clone)]
pub struct Rival {
    pub name: &'static str,
    pub nanos: Spread,
    /// Theirs over ours, round by round: above one, ours is faster.
    pub ratio: Spread,
}

/// What the sections are called, in their order.
pub const SECTIONS: [&str; 7] = ["stock", "orders", "plans", "calendar", "recording", "carts", "callbacks"];

/// Runs the sections that are asked for; `each` sees every row as it is done. Stops between two rows when told to.
pub fn bench(
    shops: &[Shop],
    size: Size,
    sections: &[&str],
    stop: &AtomicBool,
    each: &mut dyn FnMut(Row),
) -> Result<(), Broken> {
    for section in SECTIONS.iter().filter(|name| sections.contains(name)) {
        let mut tell = |row: Row| {
            each(row);
            !stop.load(Ordering::Relaxed)
        };
        match *section {
            "stock" => cells::rows(size, &mut tell),
            "orders" => lives::rows(size, &mut tell),
            "plans" => plans::rows(shops, size, &mut tell),
            "calendar" => calendar::rows(size, &mut tell),
            "carts" => carts::rows(size, &mut tell),
            "callbacks" => callbacks::rows(size, &mut tell),
            _ => recording::rows(shops, size, &mut tell)?,
        }
        if stop.load(Ordering::Relaxed) {
            break;
        }
    }
    Ok(())
}

/// One of a row: its name, and a turn of its work, which tells nanoseconds a unit.
pub type Turn<'a> = (&'static str, Box<dyn FnMut() -> f64 + 'a>);

/// One unit reserved and settled, cells uniform: a turn for a bench that stands it beside what this crate does not build.
pub fn reserve_turn(size: Size) -> Turn<'static> {
    cells::uniform_turn(size)
}

/// A transition, one life after the other: the same for such a bench.
pub fn transition_turn(size: Size) -> Turn<'static> {
    lives::warm_turn(size)
}

/// Rounds of turns; the first of them is ours.
pub fn beside(
    question: impl Into<String>,
    (unit, clock): (&'static str, &'static str),
    rounds: usize,
    mut turns: Vec<Turn<'_>>,
) -> Row {
    let mut taken = vec![Vec::new(); turns.len()];
    for round in 0..rounds {
        for turn in 0..turns.len() {
            let at = (round + turn) % turns.len();
            taken[at].push(turns[at].1());
        }
    }
    let rival = |(name, own): (&'static str, &Vec<f64>)| Rival {
        name,
        nanos: Spread::of(own.clone()),
        ratio: Spread::of(own.iter().zip(&taken[0]).map(|(theirs, ours)| theirs / ours).collect()),
    };
    let rivals = turns.iter().map(|turn| turn.0).zip(&taken).skip(1).map(rival).collect();
    let nanos = Spread::of(taken[0].clone());
    Row { question: question.into(), unit, clock, nanos, rivals }
}

/// CPU nanoseconds a unit of what this thread does.
pub fn cpu(units: u64, work: impl FnOnce()) -> f64 {
    let clock = ThreadTime::now();
    work();
    nanos_each(clock.elapsed(), units)
}

fn nanos_each(time: Duration, units: u64) -> f64 {
    time.as_nanos() as f64 / units as f64
}

/// A place below `count`, far from that of the turn before.
#[inline]
fn scattered(turn: u64, count: usize) -> usize {
    let hash = turn.wrapping_mul(0x9E37_79B9_7F4A_7C15);
    ((u128::from(hash) * count as u128) >> 64) as usize
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Every turn is taken once a round, each round is begun by another, and ratios are those of one round.
    #[test]
    fn turns_alternate_and_ratios_are_paired() {
        let log = std::cell::RefCell::new(Vec::new());
        let turn = |name: &'static str, factor: f64| -> Turn<'_> {
            let (log, mut round) = (&log, 0.0);
            (
                name,
                Box::new(move || {
                    log.borrow_mut().push(name);
                    round += 1.0;
                    factor * round
                }),
            )
        };
        let row = beside("?", ("unit", "CPU"), 3, vec![turn("ours", 1.0), turn("slow", 3.0)]);
        assert_eq!(*log.borrow(), ["ours", "slow", "slow", "ours", "ours", "slow"]);
        assert_eq!(row.nanos, Spread { median: 2.0, low: 1.0, high: 2.0 });
        assert_eq!(row.rivals[0].nanos.median, 6.0);
        assert_eq!(row.rivals[0].ratio, Spread { median: 3.0, low: 3.0, high: 3.0 });
    }

    #[test]
    fn places_are_within_and_apart() {
        let places: Vec<usize> = (0..1_000).map(|turn| scattered(turn, 1_000)).collect();
        assert!(places.iter().all(|&place| place < 1_000));
        assert!(places.windows(2).all(|pair| 100 < pair[0].abs_diff(pair[1])), "neighbors");
    }
}
