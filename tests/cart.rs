//! Carts on real threads: every history is one that operations one after the other could have made (linearizability),
//! holds never oversell, and nobody gets between a cart and its order.

mod twin;

use std::borrow::Cow;
use std::collections::HashSet;
use std::sync::Barrier;
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};

use ordermill::domain::*;
use ordermill::engine::*;
use ordermill::kernel::time::{Moment, Span};
use twin::{Ask, Names, Twin, command};

fn engine(skus: u32, units: u32, lifetime: u64) -> Engine {
    let rules =
        EngineRules { carts: CartRules { lifetime: Span(lifetime), ready: 16 }, ..EngineRules::default() };
    let engine = Engine::new(EngineSize { skus, nodes: 1, orders_hint: 1 }, rules);
    for sku in (0..skus).map(SkuId).filter(|_| 0 < units) {
        let receive = Command::Receive { sku, node: NodeId(0), quantity: units };
        engine.apply(Moment(0), &receive, &mut Transition::default()).unwrap();
    }
    engine
}

fn cart(engine: &Engine, cart: u64) -> Vec<CartLine> {
    let mut lines = Vec::new();
    engine.cart(CartId(cart), &mut lines);
    lines
}

/// Random numbers, always the same ones.
struct Dice(u64);

impl Dice {
    fn roll(&mut self, sides: u64) -> u64 {
        self.0 = self.0.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        (self.0 >> 33) % sides
    }
}

/// One operation of a history: what was asked and answered, and between which ticks of a common counter.
struct Call {
    ask: Ask,
    answer: Result<(), Refusal>,
    began: u64,
    ended: u64,
}

const THREADS: usize = 3;
const CALLS: usize = 5;
const SKUS: u32 = 2;
const UNITS: u32 = 3;

fn ask(dice: &mut Dice) -> Ask {
    let (own, other, sku) = (dice.roll(2), dice.roll(2), dice.roll(u64::from(SKUS)) as u32);
    let hold = (dice.roll(2) == 0).then_some(0);
    let quantity = 1 + dice.roll(2) as u32;
    match dice.roll(12) {
        0..=4 => Ask::AddToCart(own, sku, quantity, hold),
        5 | 6 => Ask::SetQuantity(own, sku, quantity, hold),
        7 => Ask::RemoveFromCart(own, sku),
        8 => Ask::ClearCart(own),
        9 => Ask::MergeCarts(own, other, CartMerge::Sum),
        10 => Ask::ExpireCart(own),
        _ => {
            let hold = vec![Assignment { line: 0, node: NodeId(0), quantity: 1, group: 0 }];
            Ask::SubmitCart { cart: own, customer: 0, amount: 1, lines: vec![(sku, quantity)], hold }
        }
    }
}

fn start() -> Twin {
    let available = (0..SKUS).map(|sku| ((sku, 0), UNITS)).collect();
    Twin { nodes: 1, skus: SKUS, available, ..Twin::default() }
}

/// Whether some order of the calls that keeps what ended before what began explains every answer, and ends where the
/// engine did (Wing and Gong, "Testing and verifying concurrent objects", 1993).
fn explain(
    calls: &[Vec<Call>],
    done: &mut [usize],
    twin: &Twin,
    last: &[Vec<CartLine>],
    seen: &mut HashSet<String>,
) -> bool {
    let open = |done: &[usize]| -> Vec<usize> {
        (0..calls.len()).filter(|&thread| done[thread] < calls[thread].len()).collect()
    };
    let threads = open(done);
    if threads.is_empty() {
        return (0..2).all(|cart| twin_lines(twin, cart) == last[cart as usize]);
    }
    if !seen.insert(format!("{done:?} {:?} {:?}", [twin_lines(twin, 0), twin_lines(twin, 1)], twin.available))
    {
        return false;
    }
    let first_end = threads.iter().map(|&thread| calls[thread][done[thread]].ended).min().unwrap();
    for &thread in &threads {
        let call = &calls[thread][done[thread]];
        if first_end < call.began {
            continue;
        }
        let mut next = twin.clone();
        let answer = match call.answer {
            // Changed nothing, and may be said at any time while others are at it.
            Err(Refusal::Contended) => call.answer,
            _ => next.apply(&call.ask),
        };
        if answer == call.answer {
            done[thread] += 1;
            if explain(calls, done, &next, last, seen) {
                return true;
            }
            done[thread] -= 1;
        }
    }
    false
}

fn twin_lines(twin: &Twin, cart: u64) -> Vec<CartLine> {
    let units = twin.carts.get(&cart).map_or(&[][..], |own| &own.units);
    let line = |units: &[(u32, Option<u16>)]| CartLine {
        sku: SkuId(units[0].0),
        quantity: units.len() as u32,
        hold: units[0].1.map(NodeId),
    };
    units.chunk_by(|a, b| a == b).map(line).collect()
}

fn history(engine: &Engine, seed: u64) -> Vec<Vec<Call>> {
    let (clock, barrier) = (AtomicU64::new(0), Barrier::new(THREADS));
    let run = |thread: u64| {
        let (mut dice, mut out) = (Dice(seed << 8 | thread), Transition::default());
        let asks: Vec<_> = (0..CALLS).map(|_| ask(&mut dice)).collect();
        barrier.wait();
        let call = |ask: Ask| {
            let command = command(&ask, &Names::default());
            let began = clock.fetch_add(1, Ordering::SeqCst);
            let answer = engine.apply(Moment(0), &command, &mut out);
            Call { ask, answer, began, ended: clock.fetch_add(1, Ordering::SeqCst) }
        };
        asks.into_iter().map(call).collect()
    };
    let run = &run;
    std::thread::scope(|scope| {
        let threads: Vec<_> = (0..THREADS as u64).map(|thread| scope.spawn(move || run(thread))).collect();
        threads.into_iter().map(|thread| thread.join().unwrap()).collect()
    })
}

/// `CART_HISTORIES` says how many; 3,000 in `cargo test`.
#[test]
fn every_history_of_two_carts_is_one_of_operations_one_after_the_other() {
    let histories = std::env::var("CART_HISTORIES").map_or(3_000, |count| count.parse().expect("a number"));
    let mut overlaps = 0;
    for seed in 0..histories {
        let engine = engine(SKUS, UNITS, 0);
        let calls = history(&engine, seed);
        let last = [cart(&engine, 0), cart(&engine, 1)];
        let told = |call: &Call| format!("{}-{} {:?}: {:?}", call.began, call.ended, call.ask, call.answer);
        let explained = explain(&calls, &mut [0; THREADS], &start(), &last, &mut HashSet::new());
        let calls_told: Vec<_> = calls.iter().flatten().map(told).collect();
        assert!(explained, "history {seed} has no order: {calls_told:#?} ends in {last:#?}");
        overlaps += u64::from(calls.iter().flatten().any(|call| 1 < call.ended - call.began));
        engine.check_laws().unwrap();
    }
    assert!(0 < overlaps, "no two calls ever met");
}

/// The checker finds what no order explains: an add that was answered and is not there.
#[test]
fn a_lost_add_is_no_history() {
    let call = |began, ask| Call { ask, answer: Ok(()), began, ended: began + 1 };
    let calls =
        vec![vec![call(0, Ask::AddToCart(0, 0, 1, None))], vec![call(1, Ask::AddToCart(0, 1, 1, None))]];
    let line = |sku| CartLine { sku: SkuId(sku), quantity: 1, hold: None };
    let explained = |last: Vec<CartLine>| {
        explain(&calls, &mut [0; 2], &start(), &[last, Vec::new()], &mut HashSet::new())
    };
    assert!(explained(vec![line(0), line(1)]) && explained(vec![line(1), line(0)]));
    assert!(!explained(vec![line(1)]));
}

fn add(cart: u64, quantity: u32) -> Command<'static> {
    Command::AddToCart { cart: CartId(cart), sku: SkuId(0), quantity, hold: Some(NodeId(0)) }
}

/// Carts and orders want more than there is, on four threads: what is sold, held and free adds up at the end, and was
/// never more than there is.
#[test]
fn carts_that_hold_never_oversell() {
    const STOCK: u32 = 50;
    let engine = engine(3, STOCK, 0);
    std::thread::scope(|scope| {
        for thread in 0..4_u64 {
            let engine = &engine;
            scope.spawn(move || {
                let (mut dice, mut out) = (Dice(thread), Transition::default());
                for turn in 0..20_000 {
                    let cart = CartId(dice.roll(12));
                    let (sku, quantity) = (SkuId(dice.roll(3) as u32), 1 + dice.roll(6) as u32);
                    let hold = Some(NodeId(0));
                    let command = match dice.roll(10) {
                        0..=3 => Command::AddToCart { cart, sku, quantity, hold },
                        4 => Command::SetQuantity { cart, sku, quantity, hold },
                        5 => Command::RemoveFromCart { cart, sku },
                        6 => Command::ExpireCart { cart },
                        7 => {
                            let (into, rule) = (CartId(dice.roll(12)), CartMerge::Larger);
                            Command::MergeCarts { from: cart, into, rule }
                        }
                        _ => {
                            order(engine, cart, thread << 32 | turn, &mut out);
                            continue;
                        }
                    };
                    let _ = engine.apply(Moment(0), &command, &mut out);
                    let free = engine.stock().available(sku, NodeId(0));
                    assert!(free <= STOCK, "{free} of {STOCK} are free");
                }
            });
        }
    });
    engine.check_laws().unwrap();
    let submitted = engine.counters().submitted;
    assert!(100 < submitted, "only {submitted} carts became orders");
}

/// Submits what is in the cart, held where it is held, and gives the order up again.
fn order(engine: &Engine, cart: CartId, id: u64, out: &mut Transition) {
    let mut lines = Vec::new();
    engine.cart(cart, &mut lines);
    let mut ordered: Vec<Line> = Vec::new();
    for &CartLine { sku, quantity, .. } in &lines {
        match ordered.iter_mut().find(|line| line.sku == sku) {
            Some(line) => line.quantity += quantity,
            None => ordered.push(Line { sku, quantity }),
        }
    }
    let hold: Vec<_> = (0..)
        .zip(&ordered)
        .map(|(line, own)| Assignment { line, node: NodeId(0), quantity: own.quantity, group: 0 })
        .collect();
    if engine.apply(Moment(0), &submit(cart, id, &ordered, hold), out).is_ok() {
        let order = out.handle.unwrap();
        engine.apply(Moment(0), &Command::Cancel { order }, out).unwrap();
    }
}

fn submit(cart: CartId, id: u64, lines: &[Line], hold: Vec<Assignment>) -> Command<'static> {
    Command::SubmitCart {
        cart,
        id: OrderId(id),
        customer: CustomerId(0),
        zone: ZoneId(0),
        method: MethodId(0),
        payment: PaymentMethodId(0),
        amount: Money(100),
        promised: Moment(1),
        lines: Cow::Owned(lines.to_vec()),
        hold: Cow::Owned(hold),
    }
}

/// All units are in carts. A thief asks for one without pause while the carts become orders, and never gets it.
#[test]
fn nobody_takes_what_a_cart_holds_while_it_becomes_an_order() {
    const CARTS: u32 = 20_000;
    let (engine, done) = (engine(1, CARTS, 0), AtomicBool::new(false));
    let mut out = Transition::default();
    (0..CARTS.into()).for_each(|cart| engine.apply(Moment(0), &add(cart, 1), &mut out).unwrap());
    std::thread::scope(|scope| {
        let (engine, done) = (&engine, &done);
        let thief = scope.spawn(move || {
            let (mut tries, mut out) = (0_u64, Transition::default());
            while !done.load(Ordering::Relaxed) || tries == 0 {
                assert_eq!(engine.apply(Moment(0), &add(u64::MAX, 1), &mut out), Err(Refusal::OutOfStock));
                tries += 1;
            }
        });
        for cart in 0..u64::from(CARTS) {
            let hold = vec![Assignment { line: 0, node: NodeId(0), quantity: 1, group: 0 }];
            let line = Line { sku: SkuId(0), quantity: 1 };
            engine.apply(Moment(0), &submit(CartId(cart), cart, &[line], hold), &mut out).unwrap();
            assert!(out.moves.is_empty(), "a unit that stays where it is held does not move");
        }
        done.store(true, Ordering::Relaxed);
        thief.join().unwrap();
    });
    assert_eq!((engine.carts(), engine.counters().submitted), (0, u64::from(CARTS)));
    engine.check_laws().unwrap();
}

/// The plan wants a unit elsewhere: it is taken there first, and given back here then.
#[test]
fn a_submit_moves_what_the_plan_wants_elsewhere() {
    let rules = EngineRules::default();
    let engine = Engine::new(EngineSize { skus: 1, nodes: 2, orders_hint: 1 }, rules);
    let mut out = Transition::default();
    for node in [0, 1].map(NodeId) {
        let receive = Command::Receive { sku: SkuId(0), node, quantity: 1 };
        engine.apply(Moment(0), &receive, &mut out).unwrap();
    }
    engine.apply(Moment(0), &add(1, 1), &mut out).unwrap();
    let hold = vec![Assignment { line: 0, node: NodeId(1), quantity: 1, group: 0 }];
    let line = Line { sku: SkuId(0), quantity: 1 };
    engine.apply(Moment(0), &submit(CartId(1), 1, &[line], hold), &mut out).unwrap();
    let went: Vec<_> = out.moves.iter().map(|moved| (moved.node.0, moved.from, moved.to)).collect();
    assert_eq!(went, [(1, Account::Available, Account::Held), (0, Account::Held, Account::Available)]);
    engine.check_laws().unwrap();
}

#[test]
fn a_refused_submit_leaves_the_cart_as_it_was() {
    let engine = engine(1, 1, u64::MAX);
    let mut out = Transition::default();
    engine.apply(Moment(5), &add(1, 1), &mut out).unwrap();
    let not_held = Command::AddToCart { cart: CartId(1), sku: SkuId(0), quantity: 1, hold: None };
    engine.apply(Moment(5), &not_held, &mut out).unwrap();
    let before = (cart(&engine, 1), engine.digest());
    let hold = vec![Assignment { line: 0, node: NodeId(0), quantity: 2, group: 0 }];
    let line = Line { sku: SkuId(0), quantity: 2 };
    let refused = engine.apply(Moment(6), &submit(CartId(1), 1, &[line], hold), &mut out);
    assert_eq!(refused, Err(Refusal::OutOfStock));
    let changed =
        engine.apply(Moment(6), &submit(CartId(1), 1, &[Line { quantity: 1, ..line }], vec![]), &mut out);
    assert_eq!(changed, Err(Refusal::WrongState));
    assert_eq!((cart(&engine, 1), engine.digest()), before);
    assert_eq!(
        engine.apply(Moment(7), &Command::ExpireCart { cart: CartId(1) }, &mut out),
        Err(Refusal::WrongState)
    );
}

/// Slots, blocks and places of the map are used again.
#[test]
fn carts_that_come_and_go_leave_nothing() {
    let engine = engine(40, 0, 0);
    let mut out = Transition::default();
    let bytes = engine.counters().cart_bytes;
    for number in 0..200_000_u64 {
        for sku in (0..1 + number as u32 % 12).map(SkuId) {
            let add = Command::AddToCart { cart: CartId(number), sku, quantity: 1, hold: None };
            engine.apply(Moment(0), &add, &mut out).unwrap();
        }
        engine.apply(Moment(0), &Command::ExpireCart { cart: CartId(number) }, &mut out).unwrap();
    }
    let grown = engine.counters().cart_bytes - bytes;
    assert!(engine.carts() == 0 && grown <= 2 << 20, "{grown} bytes for one cart at a time");
    engine.check_laws().unwrap();
}
