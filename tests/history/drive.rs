//! Threads that reserve and give back, and keep a record of it.

use std::sync::Barrier;
use std::sync::atomic::{AtomicU64, Ordering};
use std::thread::ScopedJoinHandle;
use std::time::Instant;

use ordermill::domain::*;
use ordermill::engine::*;
use ordermill::kernel::time::Moment;

use super::check::{Call, Kind, check};

/// Calls between two checks.
const ROUND: u64 = 1_000_000;
const NODE: NodeId = NodeId(0);

pub struct Setting {
    pub skus: u32,
    /// Of each SKU: few, so that about half of all takes are refused.
    pub units: u32,
    pub threads: u64,
}

/// Runs so many operations on the engine, in rounds; each round's history is checked. What a round must have left is
/// what the next one starts from: the engine is compared with it, never asked for it. A contended call changed
/// nothing and does not count.
pub fn drive(setting: Setting, operations: u64) {
    let Setting { skus, units, threads } = setting;
    let engine = stocked(skus, units);
    let mut workers: Vec<_> = (0..threads).map(|thread| Worker::new(thread, skus)).collect();
    let (clock, mut done, mut counts) = (Instant::now(), 0, [0_u64; 3]);
    let mut free = vec![i64::from(units); skus as usize];
    while done < operations {
        let turns = ROUND.min(operations - done).div_ceil(threads);
        let start = Barrier::new(threads as usize);
        let run = |worker: &mut Worker| {
            start.wait();
            worker.run(&engine, clock, turns);
        };
        let run = &run;
        std::thread::scope(|scope| {
            join(workers.iter_mut().map(|worker| scope.spawn(move || run(worker))).collect());
        });
        let calls: Vec<Call> =
            workers.iter_mut().flat_map(|worker| std::mem::take(&mut worker.calls)).collect();
        check(&calls, &free).unwrap_or_else(|violation| panic!("after {done} operations: {violation:?}"));
        for call in &calls {
            counts[call.kind as usize] += 1;
            free[call.cell as usize] += match call.kind {
                Kind::Granted => -i64::from(call.quantity),
                Kind::Refused => 0,
                Kind::Give => i64::from(call.quantity),
            };
        }
        done += turns * threads;
        for (sku, &free) in (0..).zip(&free) {
            let found = engine.stock().available(SkuId(sku), NODE);
            assert_eq!(i64::from(found), free, "SKU {sku} after {done} operations");
        }
    }
    engine.check_laws().unwrap();
    let contended: u64 = workers.iter().map(|worker| worker.contended).sum();
    assert!(1 < skus || contended == 0, "orders of one line wait for nobody");
    let [granted, refused, given] = counts;
    assert!(0 < granted.min(refused).min(given), "a history of one kind says little");
    eprintln!(
        "{skus} SKUs, {threads} threads: {done} operations ({granted} lines granted, {refused} refused, {given} \
         given back, {contended} calls contended), 0 violations, {:.1} s",
        clock.elapsed().as_secs_f64()
    );
}

/// Joins one by one: ThreadSanitizer does not see how the end of a scope waits for its threads.
fn join(threads: Vec<ScopedJoinHandle<'_, ()>>) {
    threads.into_iter().for_each(|thread| thread.join().unwrap());
}

fn stocked(skus: u32, units: u32) -> Engine {
    let engine = Engine::new(EngineSize { skus, nodes: 1, orders_hint: 1 }, EngineRules::default());
    for sku in (0..skus).map(SkuId) {
        let receive = Command::Receive { sku, node: NODE, quantity: units };
        engine.apply(Moment(0), &receive, &mut Transition::default()).unwrap();
    }
    engine
}

struct Worker {
    thread: u64,
    skus: u32,
    dice: u64,
    number: u64,
    out: Transition,
    held: Vec<(Handle, [(u32, u32); 2])>,
    calls: Vec<Call>,
    answered: u64,
    contended: u64,
}

impl Worker {
    fn new(thread: u64, skus: u32) -> Worker {
        Worker {
            thread,
            skus,
            dice: thread + 1,
            number: 0,
            out: Transition::default(),
            held: Vec::new(),
            calls: Vec::new(),
            answered: 0,
            contended: 0,
        }
    }

    fn roll(&mut self) -> u32 {
        self.dice = self.dice.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        (self.dice >> 33) as u32
    }

    fn run(&mut self, engine: &Engine, clock: Instant, turns: u64) {
        let most = if self.skus == 1 { 4 } else { 5_000 };
        let goal = self.answered + turns;
        while self.answered < goal {
            let full = self.held.len() == most;
            if full || (self.roll().is_multiple_of(3) && !self.held.is_empty()) {
                self.give(engine, clock);
            } else {
                self.take(engine, clock);
            }
        }
    }

    /// An order of one line, or of two; the other line's quantity is 0 where there is one only.
    fn take(&mut self, engine: &Engine, clock: Instant) {
        self.number += 1;
        let number = self.thread << 48 | self.number;
        let (first, second) = (self.roll() % self.skus, self.roll() % self.skus);
        let two = 1 < self.skus && first != second && self.roll().is_multiple_of(2);
        let most = if self.skus == 1 { 3 } else { 1 };
        let lines = [(first, 1 + self.roll() % most), (second, u32::from(two))];
        let command = submit(number, &lines[..1 + usize::from(two)]);
        let called = clock.elapsed().as_nanos() as u64;
        let answer = engine.apply(Moment(0), &command, &mut self.out);
        let returned = clock.elapsed().as_nanos() as u64;
        let kind = match answer {
            Ok(()) => Kind::Granted,
            Err(Refusal::OutOfStock) => Kind::Refused,
            Err(Refusal::Contended) => return self.contended += 1,
            Err(other) => panic!("{other:?}"),
        };
        if kind == Kind::Granted {
            self.held.push((self.out.handle.expect("a new order"), lines));
        }
        self.record(lines, kind, number, called, returned);
    }

    fn give(&mut self, engine: &Engine, clock: Instant) {
        let place = self.roll() as usize % self.held.len();
        let (order, lines) = self.held.swap_remove(place);
        self.number += 1;
        let called = clock.elapsed().as_nanos() as u64;
        engine.apply(Moment(0), &Command::Cancel { order }, &mut self.out).unwrap();
        let returned = clock.elapsed().as_nanos() as u64;
        self.record(lines, Kind::Give, self.thread << 48 | self.number, called, returned);
    }

    fn record(&mut self, lines: [(u32, u32); 2], kind: Kind, number: u64, called: u64, returned: u64) {
        self.answered += 1;
        for (cell, quantity) in lines.into_iter().filter(|line| 0 < line.1) {
            self.calls.push(Call { cell, kind, quantity, number, called, returned });
        }
    }
}

fn submit(id: u64, lines: &[(u32, u32)]) -> Command<'static> {
    Command::Submit {
        id: OrderId(id),
        customer: CustomerId(0),
        zone: ZoneId(0),
        method: MethodId(0),
        payment: PaymentMethodId(0),
        amount: Money(100),
        promised: Moment(1),
        lines: lines.iter().map(|&(sku, quantity)| Line { sku: SkuId(sku), quantity }).collect(),
        hold: (0..)
            .zip(lines)
            .map(|(line, &(_, quantity))| Assignment { line, node: NODE, quantity, group: 0 })
            .collect(),
    }
}

/// One sale after the other, each of its own SKU, on two, four and eight threads in turn.
pub fn flash_sale(sales: u32) {
    const UNITS: u32 = 60;
    let engine = stocked(sales, UNITS);
    for sale in 0..sales {
        let threads = 2 << (sale % 3);
        let (sold, start) = (AtomicU64::new(0), Barrier::new(threads));
        let shop = |thread: u64| {
            let mut out = Transition::default();
            start.wait();
            for number in 0..u64::from(UNITS) {
                let want = submit(u64::from(sale) << 32 | thread << 16 | number, &[(sale, 1)]);
                match engine.apply(Moment(0), &want, &mut out) {
                    Ok(()) => drop(sold.fetch_add(1, Ordering::Relaxed)),
                    Err(refusal) => assert_eq!(refusal, Refusal::OutOfStock),
                }
            }
        };
        let shop = &shop;
        std::thread::scope(|scope| {
            join((0..threads as u64).map(|thread| scope.spawn(move || shop(thread))).collect());
        });
        assert_eq!(sold.into_inner(), u64::from(UNITS), "sale {sale} on {threads} threads");
    }
    engine.check_laws().unwrap();
}
