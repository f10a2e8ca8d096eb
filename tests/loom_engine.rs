//! Interleavings of a few commands on the whole engine, under loom's memory model. Not all of them: each model says how
//! many preemptions it explores (the duplicate payment one; with two it did not end within a minute).
//!
//! ```text
//! RUSTFLAGS="--cfg loom" CARGO_TARGET_DIR=target/loom cargo test --release --test loom_engine
//! ```
#![cfg(loom)]

use std::borrow::Cow;

use loom::sync::Arc;
use loom::thread;
use ordermill::domain::*;
use ordermill::engine::*;
use ordermill::kernel::time::Moment;

const NODE: NodeId = NodeId(0);

fn explore(preemptions: usize, model: impl Fn() + Send + Sync + 'static) {
    let mut builder = loom::model::Builder::new();
    builder.preemption_bound = Some(preemptions);
    builder.max_branches = 50_000;
    builder.check(model);
}

fn shop(stock: &[u32]) -> Arc<Engine> {
    // Slots are made ahead: loom does not see that `OnceLock` orders a segment's making before its use.
    let size = EngineSize { skus: stock.len() as u32, nodes: 1, orders_hint: 4 };
    let engine = Engine::new(size, EngineRules::default());
    for (sku, &quantity) in (0..).map(SkuId).zip(stock) {
        apply(&engine, &Command::Receive { sku, node: NODE, quantity }).unwrap();
    }
    Arc::new(engine)
}

fn apply(engine: &Engine, command: &Command<'_>) -> Result<(Step, Transition), Refusal> {
    let mut out = Transition::default();
    engine.apply(Moment(0), command, &mut out).map(|()| (out.step, out))
}

fn step(engine: &Engine, command: &Command<'_>) -> Result<Step, Refusal> {
    apply(engine, command).map(|(step, _)| step)
}

/// One unit of each SKU, held from submit on.
fn submit(engine: &Engine, id: u64, skus: &[u32]) -> Result<Handle, Refusal> {
    let lines = skus.iter().map(|&sku| Line { sku: SkuId(sku), quantity: 1 }).collect();
    let hold =
        (0..skus.len() as u16).map(|line| Assignment { line, node: NODE, quantity: 1, group: 0 }).collect();
    let command = Command::Submit {
        id: OrderId(id),
        customer: CustomerId(0),
        zone: ZoneId(0),
        method: MethodId(0),
        payment: PaymentMethodId(0),
        amount: Money(100),
        promised: Moment(9),
        lines: Cow::Owned(lines),
        hold: Cow::Owned(hold),
    };
    apply(engine, &command).map(|(_, out)| out.handle.unwrap())
}

fn pay(order: Handle) -> Command<'static> {
    Command::Pay { order, reference: 5, amount: Money(100), hold: Cow::Borrowed(&[]) }
}

#[test]
fn a_duplicate_payment_races_with_expiry() {
    explore(1, || {
        let engine = shop(&[1]);
        let order = submit(&engine, 1, &[0]).unwrap();
        let racers: Vec<_> = [pay(order), Command::Expire { order }]
            .into_iter()
            .map(|command| {
                let engine = engine.clone();
                thread::spawn(move || step(&engine, &command))
            })
            .collect();
        let second = step(&engine, &pay(order));
        let mut answers: Vec<_> = racers.into_iter().map(|racer| racer.join().unwrap()).collect();
        let expired = answers.pop().unwrap();
        let mut paid = [answers.pop().unwrap(), second];
        paid.sort_by_key(|answer| answer.is_err());
        let held = engine.stock().held(SkuId(0), NODE);
        match expired {
            Ok(_) => {
                assert_eq!(paid, [Ok(Step::LatePaymentRefunded), Err(Refusal::DuplicatePayment)]);
                assert_eq!(held, 0);
            }
            Err(refusal) => {
                assert_eq!(refusal, Refusal::WrongState);
                assert_eq!(paid, [Ok(Step::Paid), Err(Refusal::DuplicatePayment)]);
                assert_eq!(held, 1);
            }
        }
        engine.check_laws().unwrap();
    });
}

#[test]
fn a_payment_races_with_expiry() {
    explore(3, || {
        let engine = shop(&[1]);
        let order = submit(&engine, 1, &[0]).unwrap();
        let payer = {
            let engine = engine.clone();
            thread::spawn(move || step(&engine, &pay(order)))
        };
        let expired = step(&engine, &Command::Expire { order });
        let (paid, held) = (payer.join().unwrap(), engine.stock().held(SkuId(0), NODE));
        match expired {
            Ok(_) => assert_eq!((paid, held), (Ok(Step::LatePaymentRefunded), 0)),
            Err(refusal) => assert_eq!((refusal, paid, held), (Refusal::WrongState, Ok(Step::Paid), 1)),
        }
        engine.check_laws().unwrap();
    });
}

#[test]
fn two_orders_want_the_same_last_units_in_opposite_order() {
    explore(2, || {
        let engine = shop(&[1, 1]);
        let other = {
            let engine = engine.clone();
            thread::spawn(move || submit(&engine, 1, &[1, 0]))
        };
        let mine = submit(&engine, 2, &[0, 1]);
        let other = other.join().unwrap();
        assert!(mine.is_ok() != other.is_ok(), "one that fits wins: {mine:?} {other:?}");
        engine.check_laws().unwrap();
    });
}

/// A+B takes A, loses B to another order and gives A back: an order for A alone was never out of stock.
#[test]
fn a_doomed_hold_makes_nobody_else_fail() {
    explore(2, || {
        let engine = shop(&[1, 1]);
        let spawn = |id, skus: &'static [u32]| {
            let engine = engine.clone();
            thread::spawn(move || submit(&engine, id, skus))
        };
        let (both, second) = (spawn(1, &[0, 1]), spawn(2, &[1]));
        let first = submit(&engine, 3, &[0]);
        let (both, second) = (both.join().unwrap(), second.join().unwrap());
        if both.is_err() {
            assert_ne!(first, Err(Refusal::OutOfStock), "refused for a hold that did not stand");
        } else {
            assert!(first.is_err() && second.is_err());
        }
        engine.check_laws().unwrap();
    });
}

/// A unit is picked for one order while another order expires and a third one asks for its unit.
#[test]
fn reserve_settle_and_expire_on_one_cell() {
    explore(2, || {
        let engine = shop(&[2]);
        let (goes, stays) = (submit(&engine, 1, &[0]).unwrap(), submit(&engine, 2, &[0]).unwrap());
        step(&engine, &pay(goes)).unwrap();
        step(&engine, &Command::Approve { order: goes }).unwrap();
        let plan = Cow::Owned(vec![Assignment { line: 0, node: NODE, quantity: 1, group: 0 }]);
        let fulfillment = apply(&engine, &Command::Allocate { order: goes, plan }).unwrap().1.created[0];
        step(&engine, &Command::Start { fulfillment }).unwrap();
        let spawn = |command: Command<'static>| {
            let engine = engine.clone();
            thread::spawn(move || step(&engine, &command))
        };
        let pick = spawn(Command::Pick { fulfillment });
        let expire = spawn(Command::Expire { order: stays });
        let third = submit(&engine, 3, &[0]);
        assert_eq!(pick.join().unwrap(), Ok(Step::Picked));
        assert_eq!(expire.join().unwrap(), Ok(Step::Expired));
        assert!(matches!(third, Ok(_) | Err(Refusal::OutOfStock)));
        assert_eq!(engine.stock().held(SkuId(0), NODE), u32::from(third.is_ok()));
        engine.check_laws().unwrap();
    });
}
