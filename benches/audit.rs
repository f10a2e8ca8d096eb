//! What does the auditor cost: the engine's throughput with its books and without, and a simulation at each level?
//!
//! Pairs run one after the other in one process, alternating which goes first, in thread CPU time; told are the
//! median of the ratios and the range from their first to their third quartile. `ROUNDS=N` sets the pairs; a word, `engine` or `simulation`, picks a half.

use std::borrow::Cow;
use std::hint::black_box;
use std::path::Path;

use ordermill::audit::{Audit, Books};
use ordermill::domain::*;
use ordermill::engine::*;
use ordermill::kernel::time::Moment;
use ordermill::model::Model;
use ordermill::scenario;
use ordermill::sim::{Options, simulate};

const SKUS: u32 = 10_000;

/// One engine, and orders at every step of their lives.
struct Floor {
    engine: Engine,
    out: Transition,
    books: Books,
    audited: bool,
    orders: Vec<(Handle, Handle, u64, u8)>,
    next: u64,
    turn: u64,
}

impl Floor {
    fn new(alive: usize) -> Floor {
        let size = EngineSize { skus: SKUS, nodes: 8, orders_hint: alive as u32 };
        let orders = vec![(Handle::default(), Handle::default(), 0, 0); alive];
        let engine = Engine::new(size, EngineRules::default());
        let mut floor = Floor {
            engine,
            out: Transition::default(),
            books: Books::default(),
            audited: true,
            orders,
            next: 0,
            turn: 0,
        };
        for sku in (0..SKUS).map(SkuId) {
            for node in (0..8).map(NodeId) {
                floor.apply(Command::Receive { sku, node, quantity: 200_000_000 });
            }
        }
        floor
    }

    /// One call site, as in a driver.
    #[inline(never)]
    fn apply(&mut self, command: Command<'_>) {
        self.engine.apply(Moment(self.next), &command, &mut self.out).expect("what is allowed");
        if self.audited {
            // The books see every other stretch only, so their totals do not weigh up.
            black_box(self.books.enter(&self.out));
        }
    }

    /// Ten commands are a life; scattered over the orders that are alive.
    fn steps(&mut self, count: u64) {
        for _ in 0..count {
            self.turn += 1;
            let at = self.turn.wrapping_mul(0x9E37_79B9_7F4A_7C15) % self.orders.len() as u64;
            let (order, child, number, step) = self.orders[at as usize];
            let mut entry = (order, child, number, (step + 1) % 10);
            match step {
                0 => {
                    self.next += 1;
                    let (lines, hold, count) = basket(self.next);
                    self.apply(Command::Submit {
                        id: OrderId(self.next),
                        customer: CustomerId(self.next as u32),
                        zone: ZoneId(3),
                        method: MethodId(1),
                        payment: PaymentMethodId(0),
                        amount: Money(9_900),
                        promised: Moment(self.next + 1_000),
                        lines: Cow::Borrowed(&lines[..count]),
                        hold: Cow::Borrowed(&hold[..count]),
                    });
                    entry = (self.out.handle.expect("an order"), Handle::default(), self.next, 1);
                }
                1 => {
                    let hold = Cow::Borrowed(&[][..]);
                    self.apply(Command::Pay { order, reference: number, amount: Money(9_900), hold })
                }
                2 => self.apply(Command::Approve { order }),
                3 => {
                    let (_, plan, count) = basket(number);
                    self.apply(Command::Allocate { order, plan: Cow::Borrowed(&plan[..count]) });
                    entry.1 = self.out.created[0];
                }
                4 => self.apply(Command::Start { fulfillment: child }),
                5 => self.apply(Command::Pick { fulfillment: child }),
                6 => {
                    self.apply(Command::Pack { fulfillment: child, parcels: 1 });
                    entry.1 = self.out.created[0];
                }
                7 => self.apply(Command::Ship { parcel: child }),
                8 => self.apply(Command::Deliver { parcel: child }),
                _ => self.apply(Command::Accept { order }),
            }
            self.orders[at as usize] = entry;
        }
    }
}

/// Odd orders have two lines: 1.5 on average.
fn basket(number: u64) -> ([Line; 2], [Assignment; 2], usize) {
    let hash = number.wrapping_mul(0x9E37_79B9_7F4A_7C15);
    let sku = |shift: u32| SkuId((hash >> shift) as u32 % SKUS);
    let node = NodeId((hash >> 40) as u16 % 8);
    let line = |line| Assignment { line, node, quantity: 1, group: 0 };
    let lines = [Line { sku: sku(8), quantity: 1 }, Line { sku: sku(24), quantity: 1 }];
    (lines, [line(0), line(1)], 1 + number as usize % 2)
}

fn cpu_s(work: impl FnOnce()) -> f64 {
    let clock = cpu_time::ThreadTime::now();
    work();
    clock.elapsed().as_secs_f64()
}

/// Runs `with` and `without` in turns; what `with` takes more.
fn compare(name: &str, unit: f64, rounds: usize, mut with: impl FnMut(), mut without: impl FnMut()) {
    let (mut ratios, mut base) = (Vec::new(), Vec::new());
    for round in 0..rounds {
        let (a, b) = if round % 2 == 0 {
            let a = cpu_s(&mut with);
            (a, cpu_s(&mut without))
        } else {
            let b = cpu_s(&mut without);
            (cpu_s(&mut with), b)
        };
        ratios.push(a / b);
        base.push(b);
    }
    ratios.sort_by(f64::total_cmp);
    base.sort_by(f64::total_cmp);
    let at = |quantile: f64| (ratios[((rounds - 1) as f64 * quantile) as usize] - 1.0) * 100.0;
    println!(
        "{name}: {:+.1} % ({:+.1} to {:+.1}), {rounds} pairs; without: {:.1} ns each",
        at(0.5),
        at(0.25),
        at(0.75),
        base[rounds / 2] * 1e9 / unit
    );
}

fn engine(name: &str, alive: usize, steps: u64, rounds: usize) {
    let mut floor = Floor::new(alive);
    floor.steps(alive as u64 * 10);
    // One floor for both: two of them differ by where their memory lies.
    let floor = std::cell::RefCell::new(floor);
    let run = |audited| {
        let mut floor = floor.borrow_mut();
        floor.audited = audited;
        floor.steps(steps);
    };
    compare(name, steps as f64, rounds, || run(true), || run(false));
    black_box(floor.borrow().books.seen());
}

fn simulation(name: &str, orders: u64, audit: Audit, rounds: usize) {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("scenarios/singles-day-peak.yaml");
    let set = [("arrivals.profile.orders".to_owned(), orders.to_string())];
    let scenario = scenario::read(&path, &set).unwrap_or_else(|problems| panic!("{problems}"));
    let model = Model::build(&scenario).unwrap_or_else(|problems| panic!("{problems}"));
    let run = |audit| {
        let options = Options { seed: 1, audit, ..Options::default() };
        black_box(simulate(&model, &options).expect("a run that keeps the laws"));
    };
    compare(name, orders as f64, rounds, || run(audit), || run(Audit::Off));
}

fn main() {
    let quick = std::env::args().any(|arg| arg == "--test");
    let asked = std::env::var("ROUNDS").ok().and_then(|text| text.parse().ok()).unwrap_or(15);
    let rounds = if quick { 1 } else { asked };
    let only = std::env::args().skip(1).find(|arg| !arg.starts_with('-')).unwrap_or_default();
    let size = |whole: u64| if quick { whole / 100 } else { whole };
    if "engine".contains(&only) {
        engine("engine, 1,000 orders alive, a command", 1_000, size(2_000_000), rounds);
        engine(
            "engine, 1,000,000 orders alive, a command",
            size(1_000_000) as usize,
            size(2_000_000),
            rounds,
        );
    }
    if "simulation".contains(&only) {
        simulation("simulation at counters, an order", size(200_000), Audit::Counters, rounds);
        simulation("simulation at barrier, an order", size(200_000), Audit::Barrier, rounds.min(5));
        simulation("simulation at paranoid, an order", size(20_000), Audit::Paranoid, 1);
    }
}
