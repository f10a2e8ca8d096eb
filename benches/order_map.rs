//! How many order lives a second does our order map take, a million orders in it, beside dashmap, papaya and scc?
//!
//! A life is one insert, five steps and one removal; each step is of another order, far from the last one in memory.
//! A step writes an instant into the order and moves its version. Ours finds an order by its handle, the others by
//! its number; `handles beside dashmap` is ours behind a dashmap from number to handle, which is what ours costs
//! where no handle is at hand. `grouped` prefetches sixteen orders, then moves them. Two threads have orders of their
//! own in one map. Time is wall time a life of all threads together.

use std::hint::black_box;
use std::sync::Barrier;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::{Duration, Instant};

use criterion::{BenchmarkId, Criterion, Throughput, criterion_group, criterion_main};
use dashmap::DashMap;
use ordermill::domain::{Handle, OrderId};
use ordermill::engine::Roster;
use rustc_hash::FxBuildHasher;

const STEPS: u64 = 5;
const GROUP: usize = 16;

/// As large as our record.
struct Record {
    state: AtomicU64,
    at: AtomicU64,
    _rest: [u64; 6],
}

impl Record {
    fn new(id: u64) -> Record {
        Record { state: AtomicU64::new(0), at: AtomicU64::new(0), _rest: [id; 6] }
    }

    #[inline]
    fn step(&self, at: u64) {
        // As safe as ours: whoever moves the version first owns the step.
        let seen = self.state.load(Ordering::Acquire);
        let moved = self.state.compare_exchange(seen, seen + 1, Ordering::AcqRel, Ordering::Acquire);
        self.at.store(at + u64::from(moved.is_err()), Ordering::Relaxed);
    }
}

/// `Key` is what its user keeps of an order.
trait Orders: Sync {
    type Key: Copy + Send;
    fn open(&self, id: u64) -> Self::Key;
    fn step(&self, key: Self::Key, at: u64) -> bool;
    fn finish(&self, key: Self::Key) -> bool;

    fn steps(&self, keys: &[Self::Key], at: u64) -> bool {
        keys.iter().all(|&key| self.step(key, at))
    }
}

impl Orders for Roster {
    type Key = Handle;

    #[inline]
    fn open(&self, id: u64) -> Handle {
        Roster::open(self, OrderId(id))
    }

    #[inline]
    fn step(&self, key: Handle, at: u64) -> bool {
        Roster::step(self, key, at).is_ok()
    }

    #[inline]
    fn finish(&self, key: Handle) -> bool {
        Roster::finish(self, key).is_ok()
    }
}

struct Grouped(Roster);

impl Orders for Grouped {
    type Key = Handle;

    #[inline]
    fn open(&self, id: u64) -> Handle {
        self.0.open(OrderId(id))
    }

    #[inline]
    fn step(&self, key: Handle, at: u64) -> bool {
        self.0.step(key, at).is_ok()
    }

    #[inline]
    fn finish(&self, key: Handle) -> bool {
        self.0.finish(key).is_ok()
    }

    #[inline]
    fn steps(&self, keys: &[Handle], at: u64) -> bool {
        keys.iter().for_each(|&key| self.0.prefetch(key));
        keys.iter().all(|&key| self.step(key, at))
    }
}

struct Beside(Roster, DashMap<u64, Handle, FxBuildHasher>);

impl Orders for Beside {
    type Key = u64;

    fn open(&self, id: u64) -> u64 {
        self.1.insert(id, self.0.open(OrderId(id)));
        id
    }

    fn step(&self, id: u64, at: u64) -> bool {
        let handle = self.1.get(&id).map(|entry| *entry);
        handle.is_some_and(|handle| self.0.step(handle, at).is_ok())
    }

    fn finish(&self, id: u64) -> bool {
        self.1.remove(&id).is_some_and(|(_, handle)| self.0.finish(handle).is_ok())
    }
}

impl Orders for DashMap<u64, Record, FxBuildHasher> {
    type Key = u64;

    fn open(&self, id: u64) -> u64 {
        self.insert(id, Record::new(id));
        id
    }

    fn step(&self, id: u64, at: u64) -> bool {
        self.get(&id).map(|record| record.step(at)).is_some()
    }

    fn finish(&self, id: u64) -> bool {
        self.remove(&id).is_some()
    }
}

impl Orders for papaya::HashMap<u64, Record, FxBuildHasher> {
    type Key = u64;

    fn open(&self, id: u64) -> u64 {
        self.pin().insert(id, Record::new(id));
        id
    }

    fn step(&self, id: u64, at: u64) -> bool {
        self.pin().get(&id).map(|record| record.step(at)).is_some()
    }

    fn finish(&self, id: u64) -> bool {
        self.pin().remove(&id).is_some()
    }
}

impl Orders for scc::HashMap<u64, Record, FxBuildHasher> {
    type Key = u64;

    fn open(&self, id: u64) -> u64 {
        assert!(self.insert_sync(id, Record::new(id)).is_ok(), "an order twice");
        id
    }

    fn step(&self, id: u64, at: u64) -> bool {
        self.read_sync(&id, |_, record| record.step(at)).is_some()
    }

    fn finish(&self, id: u64) -> bool {
        self.remove_sync(&id).is_some()
    }
}

/// One thread's orders.
struct Shop<K> {
    keys: Vec<K>,
    next: u64,
    turn: u64,
}

impl<K: Copy> Shop<K> {
    fn open(orders: &impl Orders<Key = K>, thread: u64, alive: usize) -> Shop<K> {
        let first = thread << 40;
        let keys = (first..first + alive as u64).map(|id| orders.open(id)).collect();
        Shop { keys, next: first + alive as u64, turn: 0 }
    }

    /// A place far from the last one.
    #[inline]
    fn place(&mut self) -> usize {
        self.turn += 1;
        let hash = self.turn.wrapping_mul(0x9E37_79B9_7F4A_7C15);
        ((u128::from(hash) * self.keys.len() as u128) >> 64) as usize
    }

    /// `GROUP` lives: as many end as begin, and each live order is met alike.
    fn lives(&mut self, orders: &impl Orders<Key = K>) {
        for at in 0..STEPS {
            let mut keys = [self.keys[0]; GROUP];
            keys.fill_with(|| {
                let place = self.place();
                self.keys[place]
            });
            assert!(orders.steps(&keys, at), "an order was lost");
        }
        for _ in 0..GROUP {
            let place = self.place();
            assert!(orders.finish(self.keys[place]), "an order was lost");
            self.keys[place] = orders.open(self.next);
            self.next += 1;
        }
    }
}

/// Wall time of `count` lives, shared out to threads that begin together.
fn timed<O: Orders>(orders: &O, shops: &mut [Shop<O::Key>], count: u64) -> Duration {
    let barrier = Barrier::new(shops.len());
    let groups = (count / (GROUP * shops.len()) as u64).max(1);
    let spans: Vec<(Instant, Instant)> = std::thread::scope(|scope| {
        let barrier = &barrier;
        let workers: Vec<_> = shops
            .iter_mut()
            .map(|shop| {
                scope.spawn(move || {
                    barrier.wait();
                    let begin = Instant::now();
                    (0..groups).for_each(|_| shop.lives(orders));
                    (begin, Instant::now())
                })
            })
            .collect();
        workers.into_iter().map(|worker| worker.join().expect("a worker ends")).collect()
    });
    let begin = spans.iter().map(|span| span.0).min().expect("a thread");
    let wall = spans.iter().map(|span| span.1).max().expect("a thread") - begin;
    // Whole groups were done: what was asked for is their share.
    wall.mul_f64(count as f64 / (groups * (GROUP * shops.len()) as u64) as f64)
}

fn order_map(criterion: &mut Criterion) {
    let quick = std::env::args().any(|arg| arg == "--test");
    let mut group = criterion.benchmark_group("order map");
    group.throughput(Throughput::Elements(1)).sample_size(10);
    group.warm_up_time(Duration::from_millis(500)).measurement_time(Duration::from_secs(2));
    for alive in if quick { vec![1_000] } else { vec![10_000, 1_000_000] } {
        for threads in [1, 2] {
            let mut bench = |rival: &str, work: &mut dyn FnMut(u64) -> Duration| {
                let id = BenchmarkId::new(format!("{alive} alive, {threads} threads"), rival);
                group.bench_function(id, |bencher| bencher.iter_custom(&mut *work));
            };
            macro_rules! rival {
                ($name:literal, $orders:expr) => {{
                    let orders = $orders;
                    let share = alive / threads;
                    let mut shops: Vec<_> =
                        (0..threads).map(|thread| Shop::open(&orders, thread as u64 + 1, share)).collect();
                    bench($name, &mut |count| timed(&orders, &mut shops, count));
                    black_box(&orders);
                }};
            }
            let hasher = FxBuildHasher;
            rival!("ours", Roster::new(alive));
            rival!("ours, grouped", Grouped(Roster::new(alive)));
            rival!(
                "handles beside dashmap",
                Beside(Roster::new(alive), DashMap::with_capacity_and_hasher(alive, hasher))
            );
            rival!("dashmap", DashMap::<u64, Record, _>::with_capacity_and_hasher(alive, hasher));
            rival!("papaya", papaya::HashMap::<u64, Record, _>::with_capacity_and_hasher(alive, hasher));
            rival!("scc", scc::HashMap::<u64, Record, _>::with_capacity_and_hasher(alive, hasher));
        }
    }
    group.finish();
}

criterion_group!(benches, order_map);
criterion_main!(benches);
