//! Payment callbacks that are duplicated, shuffled, late, replayed and forged, through the gate to the engine: each order
//! is captured once, and money is where it belongs.

use std::borrow::Cow;
use std::sync::atomic::{AtomicU64, Ordering};

use ordermill::domain::*;
use ordermill::engine::*;
use ordermill::kernel::time::{Moment, Span};
use proptest::prelude::*;

const RULES: SigningRules =
    SigningRules { window: Span(1_000), rotate_every: Span(5_000), overlap: Span(1_000) };
const AMOUNT: i64 = 100;

fn engine(orders: u64) -> (Engine, Vec<Handle>) {
    let engine = Engine::new(EngineSize { skus: 1, nodes: 1, orders_hint: 1 }, EngineRules::default());
    let mut out = Transition::default();
    let submit = |id: u64| Command::Submit {
        id: OrderId(id),
        customer: CustomerId(0),
        zone: ZoneId(0),
        method: MethodId(0),
        payment: PaymentMethodId(0),
        amount: Money(AMOUNT),
        promised: Moment(1),
        lines: Cow::Owned(vec![Line { sku: SkuId(0), quantity: 1 }]),
        hold: Cow::Borrowed(&[]),
    };
    let handle = |id: u64, out: &mut Transition| {
        engine.apply(Moment(0), &submit(id), out).unwrap();
        out.handle.unwrap()
    };
    let handles = (0..orders).map(|id| handle(id, &mut out)).collect();
    (engine, handles)
}

fn callback(keys: &mut Keyring, order: u64, attempt: u64, sent: u64) -> Signed {
    let (sent, reference) = (Moment(sent), order << 8 | attempt);
    let key = keys.key_at(sent);
    keys.sign(Callback { order: OrderId(order), reference, amount: Money(AMOUNT), sent, key })
}

/// What came of one message: let through, and paid.
fn deliver(
    (engine, gate, keys): (&Engine, &Gate, &mut Keyring),
    at: u64,
    order: Handle,
    signed: &Signed,
    out: &mut Transition,
) -> (bool, bool) {
    if gate.admit(keys, Moment(at), signed).is_err() {
        return (false, false);
    }
    let Callback { reference, amount, .. } = signed.callback;
    let pay = Command::Pay { order, reference, amount, hold: Cow::Borrowed(&[]) };
    let done = engine.apply(Moment(at), &pay, out).is_ok();
    (true, done && out.step == Step::Paid)
}

/// Three orders; each message is genuine (of one of two attempts), a copy of one, or changed; or the order expires.
fn play(messages: &[(u64, u8, u64, u64, u8)]) -> Result<(), TestCaseError> {
    let (engine, handles) = engine(3);
    let (gate, mut keys) = (Gate::new(RULES), Keyring::new(RULES, 1));
    let (mut out, mut paid, mut expired) = (Transition::default(), [0; 3], [false; 3]);
    let mut passed: Vec<Signed> = Vec::new();
    let mut at = 0;
    for &(order, kind, age, pause, bit) in messages {
        at += pause;
        let handle = handles[order as usize];
        let sent = at.saturating_sub(age);
        let mut signed = match kind % 8 {
            0 if !passed.is_empty() => passed[age as usize % passed.len()],
            _ => callback(&mut keys, order, u64::from(kind % 2), sent),
        };
        let forged = kind % 8 == 1;
        if forged {
            signed.signature[usize::from(bit) / 8] ^= 1 << (bit % 8);
        }
        if kind == 255 {
            expired[order as usize] |=
                engine.apply(Moment(at), &Command::Expire { order: handle }, &mut out).is_ok();
            continue;
        }
        let of = signed.callback.order.0 as usize;
        let (through, now_paid) = deliver((&engine, &gate, &mut keys), at, handles[of], &signed, &mut out);
        let again = passed.contains(&signed);
        prop_assert!(!(through && (forged || again)), "forged {forged}, again {again}");
        let age = at - signed.callback.sent.0;
        prop_assert!(!(through && RULES.window.0 < age));
        if through {
            passed.push(signed);
        }
        paid[of] += u64::from(now_paid);
        prop_assert!(!(now_paid && expired[of]), "an expired order was revived");
    }
    prop_assert!(paid.iter().all(|&times| times <= 1), "{paid:?}");
    let paid: u64 = paid.iter().sum();
    prop_assert_eq!(engine.ledgers().deposit, Money(paid as i64 * AMOUNT));
    prop_assert!(engine.check_laws().is_ok(), "{:?}", engine.check_laws());
    Ok(())
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 500, ..ProptestConfig::default() })]

    #[test]
    fn each_order_is_captured_once_whatever_comes(
        messages in prop::collection::vec((0..3_u64, any::<u8>(), 0..1_500_u64, 0..900_u64, any::<u8>()), 1..120)
    ) {
        play(&messages)?;
    }
}

/// Of each order: two genuine callbacks, three copies of each, a forged one, and half of the orders expire meanwhile;
/// shuffled over four threads that share a gate.
#[test]
fn four_threads_capture_each_order_once() {
    const ORDERS: u64 = 3_000;
    const THREADS: u64 = 4;
    let (engine, handles) = engine(ORDERS);
    let gate = Gate::new(RULES);
    let mut keys = Keyring::new(RULES, 7);
    let mut messages = Vec::new();
    for order in 0..ORDERS {
        for attempt in 0..2 {
            let genuine = callback(&mut keys, order, attempt, 4_800 + order % 200);
            messages.extend([(genuine, true); 4]);
        }
        let mut forged = callback(&mut keys, order, 3, 4_900);
        forged.callback.amount = Money(AMOUNT + 1);
        messages.push((forged, false));
    }
    // Always the same shuffle: a product with an odd number walks through all places.
    let count = messages.len() as u64;
    let step = (1..).map(|n| 7_919 + n).find(|step| gcd(*step, count) == 1).unwrap();
    let (paid, through) = (AtomicU64::new(0), AtomicU64::new(0));
    std::thread::scope(|scope| {
        for thread in 0..THREADS {
            let (engine, gate, handles, messages) = (&engine, &gate, &handles, &messages);
            let (paid, through, mut keys) = (&paid, &through, keys.clone());
            scope.spawn(move || {
                let mut out = Transition::default();
                for turn in (thread..count).step_by(THREADS as usize) {
                    let (signed, genuine) = &messages[(turn * step % count) as usize];
                    let order = handles[signed.callback.order.0 as usize];
                    if signed.callback.order.0 % 2 == 1 && turn % 5 == 0 {
                        let _ = engine.apply(Moment(5_100), &Command::Expire { order }, &mut out);
                    }
                    let (admitted, captured) =
                        deliver((engine, gate, &mut keys), 5_100, order, signed, &mut out);
                    assert!(*genuine || !admitted, "a forged callback passed");
                    through.fetch_add(u64::from(admitted), Ordering::Relaxed);
                    paid.fetch_add(u64::from(captured), Ordering::Relaxed);
                }
            });
        }
    });
    assert_eq!(through.into_inner(), 2 * ORDERS, "each genuine callback passes once");
    let expired = engine.counters().by_state[OrderState::Expired as usize];
    assert!(0 < expired && expired < ORDERS / 2, "{expired} expired");
    assert_eq!(paid.into_inner() + expired, ORDERS, "an order is paid once or expires");
    assert_eq!(engine.ledgers().deposit, Money((ORDERS - expired) as i64 * AMOUNT));
    engine.check_laws().unwrap();
}

fn gcd(a: u64, b: u64) -> u64 {
    if b == 0 { a } else { gcd(b, a % b) }
}
