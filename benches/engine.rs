//! How many whole order lives a second does one thread take through `Engine::apply`, with 10^5 and 10^6 orders
//! alive around them? And how many reservations does one hot SKU survive on 1 and 2 threads?
//!
//! A life is ten commands: submit with a hold, pay, approve, allocate, start, pick, pack, ship, deliver, accept.
//! `warm` runs one life after the other; `alive` takes a shuffled step of another order each time, so nearly
//! every command meets a cold order.

use std::borrow::Cow;
use std::hint::black_box;
use std::time::{Duration, Instant};

use criterion::{Criterion, Throughput, criterion_group, criterion_main};
use ordermill::domain::*;
use ordermill::engine::*;
use ordermill::kernel::time::Moment;

const SKUS: u32 = 10_000;
const NODES: u16 = 8;

struct Bench {
    engine: Engine,
    out: Transition,
    next: u64,
}

/// What of an order the next command needs.
#[derive(Clone, Copy)]
struct Life {
    order: Handle,
    child: Handle,
    number: u64,
    step: u8,
}

impl Bench {
    fn new(orders_hint: u32) -> Bench {
        let engine =
            Engine::new(EngineSize { skus: SKUS, nodes: NODES, orders_hint }, EngineRules::default());
        let mut bench = Bench { engine, out: Transition::default(), next: 0 };
        for sku in (0..SKUS).map(SkuId) {
            for node in (0..NODES).map(NodeId) {
                bench.apply(Command::Receive { sku, node, quantity: 200_000_000 });
            }
        }
        bench
    }

    #[inline]
    fn apply(&mut self, command: Command<'_>) {
        self.engine
            .apply(Moment(self.next), &command, &mut self.out)
            .expect("the bench asks for what is allowed");
    }

    /// Odd orders have two lines: 1.5 on average.
    fn basket(number: u64) -> ([Line; 2], [Assignment; 2], usize) {
        let hash = number.wrapping_mul(0x9E37_79B9_7F4A_7C15);
        let sku = |shift: u32| SkuId((hash >> shift) as u32 % SKUS);
        let node = NodeId((hash >> 40) as u16 % NODES);
        let line = |line| Assignment { line, node, quantity: 1, group: 0 };
        let lines = [Line { sku: sku(8), quantity: 1 }, Line { sku: sku(24), quantity: 1 }];
        (lines, [line(0), line(1)], 1 + number as usize % 2)
    }

    fn submit(&mut self) -> Life {
        self.next += 1;
        let number = self.next;
        let (lines, hold, count) = Bench::basket(number);
        self.apply(Command::Submit {
            id: OrderId(number),
            customer: CustomerId(number as u32),
            zone: ZoneId(3),
            method: MethodId(1),
            payment: PaymentMethodId(0),
            amount: Money(9_900),
            promised: Moment(number + 1_000),
            lines: Cow::Borrowed(&lines[..count]),
            hold: Cow::Borrowed(&hold[..count]),
        });
        Life { order: self.out.handle.expect("an order"), child: Handle::default(), number, step: 1 }
    }

    /// One more command; the tenth begins another life.
    #[inline]
    fn step(&mut self, life: &mut Life) {
        let Life { order, child, number, step } = *life;
        match step {
            1 => self.apply(Command::Pay {
                order,
                reference: number,
                amount: Money(9_900),
                hold: Cow::Borrowed(&[]),
            }),
            2 => self.apply(Command::Approve { order }),
            3 => {
                let (_, plan, count) = Bench::basket(number);
                self.apply(Command::Allocate { order, plan: Cow::Borrowed(&plan[..count]) });
                life.child = self.out.created[0];
            }
            4 => self.apply(Command::Start { fulfillment: child }),
            5 => self.apply(Command::Pick { fulfillment: child }),
            6 => {
                self.apply(Command::Pack { fulfillment: child, parcels: 1 });
                life.child = self.out.created[0];
            }
            7 => self.apply(Command::Ship { parcel: child }),
            8 => self.apply(Command::Deliver { parcel: child }),
            9 => self.apply(Command::Accept { order }),
            _ => {
                *life = self.submit();
                return;
            }
        }
        life.step += 1;
    }
}

fn lives(criterion: &mut Criterion) {
    let mut group = criterion.benchmark_group("lives");
    group.throughput(Throughput::Elements(1)).sample_size(10).measurement_time(Duration::from_secs(3));
    group.bench_function("warm", |bencher| {
        let mut bench = Bench::new(1);
        bencher.iter(|| {
            let mut life = bench.submit();
            (0..9).for_each(|_| bench.step(&mut life));
        });
    });
    for alive in [100_000_usize, 1_000_000] {
        let name = format!("{alive} alive");
        group.bench_function(&name, |bencher| {
            let mut bench = Bench::new(alive as u32);
            let mut lives: Vec<_> = (0..alive).map(|_| bench.submit()).collect();
            let mut turn = 0_u64;
            let mut steps = |bench: &mut Bench, count: u64| {
                for _ in 0..count {
                    turn += 1;
                    // A full-period walk over the orders that no hardware prefetcher follows.
                    let index = turn.wrapping_mul(0x9E37_79B9_7F4A_7C15) % alive as u64;
                    bench.step(&mut lives[index as usize]);
                }
            };
            // Until orders stand at every step.
            steps(&mut bench, alive as u64 * 6);
            bencher.iter_custom(|count| {
                let start = Instant::now();
                steps(&mut bench, count * 10);
                start.elapsed()
            });
            black_box(bench.engine.counters());
        });
    }
    group.finish();
}

fn hot_sku(criterion: &mut Criterion) {
    let mut group = criterion.benchmark_group("hot SKU");
    group.throughput(Throughput::Elements(1)).sample_size(10).measurement_time(Duration::from_secs(2));
    for threads in [1_u64, 2] {
        group.bench_function(format!("submit and cancel, {threads} threads"), |bencher| {
            let bench = Bench::new(1);
            bencher.iter_custom(|count| {
                let start = Instant::now();
                std::thread::scope(|scope| {
                    for thread in 0..threads {
                        let engine = &bench.engine;
                        scope.spawn(move || sell(engine, thread, count / threads));
                    }
                });
                start.elapsed()
            });
        });
    }
    group.finish();
}

fn sell(engine: &Engine, thread: u64, count: u64) {
    let mut out = Transition::default();
    let lines = [Line { sku: SkuId(0), quantity: 1 }];
    let hold = [Assignment { line: 0, node: NodeId(0), quantity: 1, group: 0 }];
    for number in 0..count {
        let command = Command::Submit {
            id: OrderId(thread << 40 | number),
            customer: CustomerId(0),
            zone: ZoneId(0),
            method: MethodId(0),
            payment: PaymentMethodId(0),
            amount: Money(100),
            promised: Moment(1),
            lines: Cow::Borrowed(&lines),
            hold: Cow::Borrowed(&hold),
        };
        engine.apply(Moment(0), &command, &mut out).expect("enough stock");
        let order = out.handle.expect("an order");
        let pay = Command::Pay { order, reference: number, amount: Money(100), hold: Cow::Borrowed(&[]) };
        engine.apply(Moment(0), &pay, &mut out).expect("a new order waits for its payment");
        engine.apply(Moment(0), &Command::Cancel { order }, &mut out).expect("a paid order can be cancelled");
    }
}

criterion_group!(benches, lives, hot_sku);
criterion_main!(benches);
