//! Stock: one unit reserved and settled, by traffic and threads.

use std::hint::black_box;
use std::sync::Barrier;
use std::time::Instant;

use super::rivals::{CELL_IN_MAP, Locked, Mapped, Pair, Sell, Words};
use super::{Row, Size, Turn, beside, cpu, nanos_each, scattered};
use crate::engine::Shelves;
use crate::kernel::draw::Draw;

const NODES: u16 = 8;
const CELLS: usize = 100_000;
/// More than any turn sells from one cell; and all of them together.
const UNITS: u32 = 200_000_000;
const PAIRS: u64 = 1_000_000;
/// Cells asked for, in turn: drawn ahead, so that the traffic costs each the same.
const ASKED: usize = 1 << 18;

pub(super) fn rows(size: Size, tell: &mut dyn FnMut(Row) -> bool) {
    let traffics = [("uniform", uniform()), ("Zipf", zipf()), ("half on one cell", hot())];
    for (name, asked) in &traffics {
        if !tell(one_thread(name, asked, size)) {
            return;
        }
    }
    for (name, asked) in traffics.iter().filter(|(name, _)| *name != "Zipf") {
        if !tell(two_threads(name, asked, size)) {
            return;
        }
    }
}

fn uniform() -> Vec<u32> {
    (0..ASKED as u64).map(|turn| scattered(turn + 1, CELLS) as u32).collect()
}

/// The k-th most popular cell is asked for 1/k as often as the first; popular cells are no neighbors.
fn zipf() -> Vec<u32> {
    let mut sum = 0.0;
    let reach: Vec<f64> = (1..=CELLS).map(|rank| (sum += 1.0 / rank as f64, sum).1).collect();
    let dice = &mut Draw::new(1, 0).source("zipf");
    let rank = |share: f64| reach.partition_point(|&upto| upto <= share * sum);
    (0..ASKED).map(|_| (rank(dice.uniform()).min(CELLS - 1) * 7_919 % CELLS) as u32).collect()
}

fn hot() -> Vec<u32> {
    let dice = &mut Draw::new(2, 0).source("hot");
    uniform().into_iter().map(|cell| if dice.uniform() < 0.5 { 0 } else { cell }).collect()
}

fn ours() -> Shelves {
    Shelves::new((CELLS / usize::from(NODES)) as u32, NODES, UNITS)
}

pub(super) fn uniform_turn(size: Size) -> Turn<'static> {
    let (shelf, asked, pairs) = (ours(), uniform(), size.units(PAIRS));
    ("ours", Box::new(move || cpu(pairs, || sell(&shelf, &asked, 0, pairs))))
}

fn one_thread(traffic: &str, asked: &[u32], size: Size) -> Row {
    let pairs = size.units(PAIRS);
    fn turn<'a>(name: &'static str, shelf: impl Sell + 'a, asked: &'a [u32], pairs: u64) -> Turn<'a> {
        (name, Box::new(move || cpu(pairs, || sell(&shelf, asked, 0, pairs))))
    }
    let mut plain = vec![Pair(UNITS, 0); CELLS];
    let owner = move || {
        cpu(pairs, || {
            for cell in cells(asked, 0, pairs) {
                let pair = &mut plain[cell];
                pair.reserve();
                // As if somebody else could look in between.
                black_box(&mut *pair).settle();
            }
        })
    };
    let turns = vec![
        turn("ours", ours(), asked, pairs),
        ("plain array, one owner", Box::new(owner) as Box<dyn FnMut() -> f64>),
        turn("compare-and-swap, unchecked", Words::new(CELLS, UNITS), asked, pairs),
        turn("mutex a cell", Locked::new(CELLS, UNITS), asked, pairs),
        turn(CELL_IN_MAP, Mapped::new(CELLS, UNITS), asked, pairs),
    ];
    beside(format!("reserve+settle, {traffic}"), ("pair", "CPU"), size.rounds, turns)
}

fn two_threads(traffic: &str, asked: &[u32], size: Size) -> Row {
    let pairs = size.units(PAIRS);
    fn turn<'a>(name: &'static str, shelf: impl Sell + 'a, asked: &'a [u32], pairs: u64) -> Turn<'a> {
        (name, Box::new(move || both(&shelf, asked, pairs)))
    }
    let turns = vec![
        turn("ours", ours(), asked, pairs),
        turn("compare-and-swap, unchecked", Words::new(CELLS, UNITS), asked, pairs),
        turn("mutex a cell", Locked::new(CELLS, UNITS), asked, pairs),
        turn(CELL_IN_MAP, Mapped::new(CELLS, UNITS), asked, pairs),
    ];
    beside(format!("reserve+settle, {traffic}, 2 threads"), ("pair", "wall"), size.rounds, turns)
}

fn sell(shelf: &impl Sell, asked: &[u32], from: usize, pairs: u64) {
    cells(asked, from, pairs).for_each(|cell| shelf.sell(cell));
}

#[inline]
fn cells(asked: &[u32], from: usize, pairs: u64) -> impl Iterator<Item = usize> {
    (from..from + pairs as usize).map(|turn| asked[turn % ASKED] as usize)
}

/// Wall nanoseconds a pair of both threads together.
fn both(shelf: &impl Sell, asked: &[u32], pairs: u64) -> f64 {
    let barrier = Barrier::new(2);
    let work = |thread: usize| {
        barrier.wait();
        let begin = Instant::now();
        sell(shelf, asked, thread * ASKED / 2, pairs / 2);
        (begin, Instant::now())
    };
    let (one, two) = std::thread::scope(|scope| {
        let other = scope.spawn(|| work(1));
        let own = work(0);
        (own, other.join().expect("a worker ends"))
    });
    nanos_each(one.1.max(two.1) - one.0.min(two.0), pairs / 2 * 2)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn traffic_is_what_it_is_called() {
        let share = |asked: &[u32], cell: u32| {
            asked.iter().filter(|&&one| one == cell).count() as f64 / asked.len() as f64
        };
        let (uniform, zipf, hot) = (uniform(), zipf(), hot());
        assert!(uniform.iter().all(|&cell| (cell as usize) < CELLS));
        assert!(share(&uniform, 0) < 0.001);
        // 1 / (ln 100,000 + 0.577) of all for the first, half of it for the second.
        assert!((share(&zipf, 0) - 0.0827).abs() < 0.004, "{}", share(&zipf, 0));
        assert!((share(&zipf, 7_919) - 0.0414).abs() < 0.004, "{}", share(&zipf, 7_919));
        assert!((share(&hot, 0) - 0.5).abs() < 0.01);
    }
}
