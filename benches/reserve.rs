//! How many reservations a second does the stock map take, each picked at once, by cells, contention and threads?
//! The baselines run the same pairs: a mutex a cell, a dashmap entry a cell, and a plain array with one owner.
//!
//! `uniform` draws among all cells, `hot` sends every second pair to one cell, `sold out` asks for what is not there.
//! Time is wall time a pair of the whole: two threads that do not hinder each other halve it.
//!
//! `two lines` asks for units of two cells, all or none, and refuses nobody for a hold that does not stand (R2 of
//! `engine/stock.rs`), in three ways: our tentative marks, locks of both SKUs in ascending order, and an owner who
//! alone touches the cells and takes orders from a channel, 64 at a time.
//!
//! `one hot cell` gives every unit back, to compare a cell that is split (`engine/hot.rs`) with one too low for it.

use std::hint::black_box;
use std::sync::{Barrier, Mutex};
use std::time::{Duration, Instant};

use criterion::{BenchmarkId, Criterion, Throughput, criterion_group, criterion_main};
use dashmap::DashMap;
use ordermill::engine::Shelves;
use rustc_hash::FxBuildHasher;

const NODES: u16 = 8;
const UNITS: u32 = 200_000_000;

/// Reserve one unit of a cell, then let it leave the shelf; true if there was one.
trait Sell: Sync {
    fn sell(&self, cell: usize) -> bool;
}

impl Sell for Shelves {
    #[inline]
    fn sell(&self, cell: usize) -> bool {
        self.reserve(&[(cell, 1)]).map(|()| self.settle(cell, 1)).is_ok()
    }
}

/// Available and held.
#[derive(Clone, Copy)]
struct Plain(u32, u32);

impl Plain {
    #[inline]
    fn reserve(&mut self) -> bool {
        let Some(left) = self.0.checked_sub(1) else { return false };
        *self = Plain(left, self.1 + 1);
        true
    }
}

#[repr(align(64))]
struct Locked(Mutex<Plain>);

impl Sell for Vec<Locked> {
    #[inline]
    fn sell(&self, cell: usize) -> bool {
        let lock = || self[cell].0.lock().expect("nobody panics with the lock");
        let taken = lock().reserve();
        if taken {
            lock().1 -= 1;
        }
        taken
    }
}

impl Sell for DashMap<usize, Plain, FxBuildHasher> {
    #[inline]
    fn sell(&self, cell: usize) -> bool {
        let taken = self.get_mut(&cell).is_some_and(|mut plain| plain.reserve());
        if taken && let Some(mut plain) = self.get_mut(&cell) {
            plain.1 -= 1;
        }
        taken
    }
}

#[derive(Clone, Copy)]
enum Traffic {
    Uniform,
    Hot,
}

/// The cell of each turn, by a generator that costs the same for all.
#[inline]
fn cell(traffic: Traffic, state: &mut u64, cells: usize) -> usize {
    *state = state.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
    match traffic {
        Traffic::Hot if *state >> 63 == 0 => 0,
        _ => ((u64::from((*state >> 24) as u32) * cells as u64) >> 32) as usize,
    }
}

/// `count` pairs, shared out to threads that begin together; wall time from the first begin to the last end.
fn pairs(
    shelves: &impl Sell,
    traffic: Traffic,
    cells: usize,
    threads: u64,
    count: u64,
    sold: bool,
) -> Duration {
    let barrier = Barrier::new(threads as usize);
    let work = |thread: u64| {
        let mut state = thread + 1;
        // The first has what the division leaves over.
        let share = count / threads + if thread == 0 { count % threads } else { 0 };
        barrier.wait();
        let begin = Instant::now();
        let as_expected =
            (0..share).filter(|_| shelves.sell(cell(traffic, &mut state, cells)) == sold).count();
        let end = Instant::now();
        assert_eq!(as_expected as u64, share, "a pair that ended otherwise");
        (begin, end)
    };
    let spans: Vec<_> = std::thread::scope(|scope| {
        let work = &work;
        let workers: Vec<_> = (0..threads).map(|thread| scope.spawn(move || work(thread))).collect();
        workers.into_iter().map(|worker| worker.join().expect("a worker ends")).collect()
    });
    let begin = spans.iter().map(|span| span.0).min().expect("a thread");
    spans.iter().map(|span| span.1).max().expect("a thread") - begin
}

/// One owner, no thread beside: what the pair costs without any care.
fn owner(traffic: Traffic, cells: usize, count: u64) -> Duration {
    let mut shelves = vec![Plain(UNITS, 0); cells];
    let mut state = 1;
    let begin = Instant::now();
    for _ in 0..count {
        let plain = black_box(&mut shelves[cell(traffic, &mut state, cells)]);
        let taken = plain.reserve();
        black_box(&mut *plain).1 -= u32::from(taken);
    }
    begin.elapsed()
}

fn reserve(criterion: &mut Criterion) {
    let mut group = criterion.benchmark_group("reserve");
    group.throughput(Throughput::Elements(1)).sample_size(10);
    // Short: shelves are full at the begin of each measurement, and none may sell out within it.
    group.warm_up_time(Duration::from_millis(200)).measurement_time(Duration::from_secs(1));
    for (cells, traffic, name) in [
        (8_000, Traffic::Uniform, "uniform, 8,000 cells"),
        (800_000, Traffic::Uniform, "uniform, 800,000 cells"),
        (8_000, Traffic::Hot, "hot, 8,000 cells"),
    ] {
        let id = |threads: u64, rival: &str| BenchmarkId::new(format!("{name}, {threads} threads"), rival);
        for threads in [1, 2] {
            group.bench_function(id(threads, "stock map"), |bencher| {
                bencher.iter_custom(|count| {
                    let map = Shelves::new((cells / NODES as usize) as u32, NODES, UNITS);
                    pairs(&map, traffic, cells, threads, count, true)
                });
            });
            group.bench_function(id(threads, "mutex"), |bencher| {
                bencher.iter_custom(|count| {
                    let shelves: Vec<_> = (0..cells).map(|_| Locked(Mutex::new(Plain(UNITS, 0)))).collect();
                    pairs(&shelves, traffic, cells, threads, count, true)
                });
            });
            group.bench_function(id(threads, "dashmap"), |bencher| {
                bencher.iter_custom(|count| {
                    let shelves: DashMap<_, _, FxBuildHasher> =
                        (0..cells).map(|cell| (cell, Plain(UNITS, 0))).collect();
                    pairs(&shelves, traffic, cells, threads, count, true)
                });
            });
        }
        group.bench_function(id(1, "plain owner"), |bencher| {
            bencher.iter_custom(|count| owner(traffic, cells, count));
        });
    }
    for threads in [1, 2] {
        let empty = Shelves::new(1, NODES, 0);
        group.bench_function(
            BenchmarkId::new(format!("sold out, {threads} threads"), "stock map"),
            |bencher| {
                bencher
                    .iter_custom(|count| pairs(&empty, Traffic::Hot, NODES as usize, threads, count, false));
            },
        );
    }
    group.finish();
}

/// Two units of two cells, all or none, then off the shelf.
trait SellTwo: Sync {
    fn sell_two(&self, cells: [usize; 2]);
}

impl SellTwo for Shelves {
    #[inline]
    fn sell_two(&self, cells: [usize; 2]) {
        self.reserve(&cells.map(|cell| (cell, 1))).expect("enough stock");
        cells.into_iter().for_each(|cell| self.settle(cell, 1));
    }
}

/// A lock a SKU, eight cells behind it.
struct Ordered(Vec<LockedRow>);

#[repr(align(128))]
struct LockedRow(Mutex<[Plain; NODES as usize]>);

impl SellTwo for Ordered {
    #[inline]
    fn sell_two(&self, cells: [usize; 2]) {
        let nodes = NODES as usize;
        let lock = |row: usize| self.0[row].0.lock().expect("nobody panics with the lock");
        let [low, high] = cells.map(|cell| cell / nodes);
        {
            let (mut first, mut second) = (lock(low), lock(high));
            assert!(first[cells[0] % nodes].reserve() && second[cells[1] % nodes].reserve());
        }
        cells.into_iter().for_each(|cell| lock(cell / nodes)[cell % nodes].1 -= 1);
    }
}

/// Two cells of different SKUs, ascending.
#[inline]
fn two_cells(traffic: Traffic, state: &mut u64, cells: usize) -> [usize; 2] {
    let (first, second) = (cell(traffic, state, cells), cell(Traffic::Uniform, state, cells));
    let apart = if first / NODES as usize == second / NODES as usize {
        (second + NODES as usize) % cells
    } else {
        second
    };
    [first.min(apart), first.max(apart)]
}

fn two_lines(shelves: &impl SellTwo, traffic: Traffic, cells: usize, threads: u64, count: u64) -> Duration {
    let begin = Instant::now();
    std::thread::scope(|scope| {
        for thread in 0..threads {
            scope.spawn(move || {
                let mut state = thread + 1;
                let share = count / threads + if thread == 0 { count % threads } else { 0 };
                (0..share).for_each(|_| shelves.sell_two(two_cells(traffic, &mut state, cells)));
            });
        }
    });
    begin.elapsed()
}

/// One thread asks, the owner answers: two threads in all. Four chunks are on their way.
fn by_owner(traffic: Traffic, cells: usize, count: u64) -> Duration {
    const CHUNK: usize = 64;
    let (ask, asked) = crossbeam::channel::bounded::<Vec<[usize; 2]>>(4);
    let (answer, answered) = crossbeam::channel::bounded::<Vec<[usize; 2]>>(4);
    let mut shelf = vec![Plain(UNITS, 0); cells];
    let begin = Instant::now();
    std::thread::scope(|scope| {
        scope.spawn(move || {
            for chunk in asked {
                for &pair in &chunk {
                    for cell in pair {
                        assert!(shelf[cell].reserve());
                        black_box(&mut shelf[cell]).1 -= 1;
                    }
                }
                answer.send(chunk).expect("the asker listens");
            }
        });
        let (mut state, mut left, mut out) = (1, count, 0);
        while 0 < left || 0 < out {
            let mut chunk = if out < 4 && 0 < left {
                Vec::with_capacity(CHUNK)
            } else {
                out -= 1;
                answered.recv().expect("the owner answers")
            };
            chunk.clear();
            let size = left.min(CHUNK as u64);
            chunk.extend((0..size).map(|_| two_cells(traffic, &mut state, cells)));
            if 0 < size {
                left -= size;
                out += 1;
                ask.send(chunk).expect("the owner listens");
            }
        }
        drop(ask);
    });
    begin.elapsed()
}

fn several(criterion: &mut Criterion) {
    let mut group = criterion.benchmark_group("reserve two lines");
    group.throughput(Throughput::Elements(1)).sample_size(10);
    group.warm_up_time(Duration::from_millis(200)).measurement_time(Duration::from_secs(1));
    let cells = 8_000;
    for (traffic, name) in [(Traffic::Uniform, "uniform"), (Traffic::Hot, "hot")] {
        for threads in [1, 2] {
            let id = |way: &str| BenchmarkId::new(format!("{name}, {threads} threads"), way);
            group.bench_function(id("tentative marks"), |bencher| {
                bencher.iter_custom(|count| {
                    let map = Shelves::new((cells / NODES as usize) as u32, NODES, UNITS);
                    two_lines(&map, traffic, cells, threads, count)
                });
            });
            group.bench_function(id("locks in order"), |bencher| {
                bencher.iter_custom(|count| {
                    let row = |_| LockedRow(Mutex::new([Plain(UNITS, 0); NODES as usize]));
                    let map = Ordered((0..cells / NODES as usize).map(row).collect());
                    two_lines(&map, traffic, cells, threads, count)
                });
            });
        }
        group.bench_function(BenchmarkId::new(format!("{name}, 2 threads"), "an owner"), |bencher| {
            bencher.iter_custom(|count| by_owner(traffic, cells, count));
        });
    }
    group.finish();
}

/// Reserve one unit, then give it back: the shelf stays as full as it was, so that it can be too low to be split.
struct Returned(Shelves);

impl Sell for Returned {
    #[inline]
    fn sell(&self, cell: usize) -> bool {
        self.0.reserve(&[(cell, 1)]).map(|()| self.0.release(cell, 1)).is_ok()
    }
}

/// All threads want the same cell. It is split when it has enough; with fewer units it stays whole.
fn one_hot_cell(criterion: &mut Criterion) {
    let mut group = criterion.benchmark_group("one hot cell");
    group.throughput(Throughput::Elements(1)).sample_size(10);
    group.warm_up_time(Duration::from_millis(200)).measurement_time(Duration::from_secs(1));
    for (units, name) in [(60_000, "whole"), (UNITS, "split")] {
        for threads in [1, 2] {
            group.bench_function(BenchmarkId::new(format!("{threads} threads"), name), |bencher| {
                let map = Returned(Shelves::new(1, NODES, units));
                bencher.iter_custom(|count| pairs(&map, Traffic::Uniform, 1, threads, count, true));
            });
        }
    }
    group.finish();
}

criterion_group!(benches, reserve, several, one_hot_cell);
criterion_main!(benches);
