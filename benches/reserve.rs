//! How many reservations a second does the stock map take, each picked at once, by cells, contention and threads?
//! The baselines run the same pairs: a mutex a cell, a dashmap entry a cell, and a plain array with one owner.
//!
//! `uniform` draws among all cells, `hot` sends every second pair to one cell, `sold out` asks for what is not there.
//! Time is wall time a pair of the whole: two threads that do not hinder each other halve it.

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

criterion_group!(benches, reserve);
criterion_main!(benches);
