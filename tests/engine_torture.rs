//! Real threads on one engine: N units sell exactly N times, and the laws hold after the storm.

use std::borrow::Cow;
use std::sync::atomic::{AtomicU64, Ordering};

use ordermill::domain::*;
use ordermill::engine::*;
use ordermill::kernel::time::Moment;

fn engine(skus: u32, units: u32) -> Engine {
    let engine = Engine::new(EngineSize { skus, nodes: 1, orders_hint: 1 }, EngineRules::default());
    for sku in (0..skus).map(SkuId) {
        let receive = Command::Receive { sku, node: NodeId(0), quantity: units };
        engine.apply(Moment(0), &receive, &mut Transition::default()).unwrap();
    }
    engine
}

fn submit(engine: &Engine, id: u64, lines: &[(u32, u32)], out: &mut Transition) -> Result<Handle, Refusal> {
    let command = Command::Submit {
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
            .map(|(line, &(_, quantity))| Assignment { line, node: NodeId(0), quantity, group: 0 })
            .collect(),
    };
    engine.apply(Moment(0), &command, out).map(|()| out.handle.unwrap())
}

fn pay(order: Handle, reference: u64) -> Command<'static> {
    Command::Pay { order, reference, amount: Money(100), hold: Cow::Borrowed(&[]) }
}

/// Joins one by one: ThreadSanitizer does not see how the end of a scope waits for its threads.
fn on_threads(count: u64, act: impl Fn(u64) + Sync) {
    let act = &act;
    std::thread::scope(|scope| {
        let threads: Vec<_> = (0..count).map(|thread| scope.spawn(move || act(thread))).collect();
        threads.into_iter().for_each(|thread| thread.join().unwrap());
    });
}

#[test]
fn n_units_of_a_hot_sku_sell_exactly_n_times() {
    const UNITS: u32 = 5_000;
    let engine = engine(1, UNITS);
    let sold = AtomicU64::new(0);
    on_threads(2, |thread| {
        let mut out = Transition::default();
        for number in 0..u64::from(UNITS) {
            match submit(&engine, thread << 32 | number, &[(0, 1)], &mut out) {
                Ok(_) => drop(sold.fetch_add(1, Ordering::Relaxed)),
                Err(refusal) => assert_eq!(refusal, Refusal::OutOfStock),
            }
        }
    });
    assert_eq!(sold.into_inner(), u64::from(UNITS));
    assert_eq!(engine.stock().available(SkuId(0), NodeId(0)), 0);
    engine.check_laws().unwrap();
}

/// Two threads throw the same commands at the same orders: pay (twice), expire, cancel, approve, allocate, ...
/// Whoever wins, nothing is lost.
#[test]
fn two_threads_fight_over_every_order() {
    let engine = engine(3, 40);
    let handles: Vec<AtomicU64> = (0..16).map(|_| AtomicU64::new(0)).collect();
    on_threads(2, |thread| fight(&engine, &handles, thread + 1));
    engine.check_laws().unwrap();
    let ended = engine.counters().by_state;
    for state in [OrderState::Completed, OrderState::Returned, OrderState::Expired, OrderState::Cancelled] {
        assert!(0 < ended[state as usize], "the fight never came to {}", state.name());
    }
    let ledgers = engine.ledgers();
    let everywhere =
        ledgers.available + ledgers.held + ledgers.picked + ledgers.in_transit + ledgers.customer;
    assert_eq!(everywhere + ledgers.scrapped + ledgers.missing, ledgers.supplied);
    assert!(0 < ledgers.missing, "nothing was ever found missing");
}

fn fight(engine: &Engine, handles: &[AtomicU64], thread: u64) {
    let mut out = Transition::default();
    let mut state = thread;
    // The newest fulfillment orders and parcels that this thread made; both threads get some.
    let (mut boxes, mut parcels) = (vec![Handle::default(); 8], vec![Handle::default(); 8]);
    for turn in 0..400_000_u64 {
        state = state.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        let dice = (state >> 33) as usize;
        let place = &handles[dice % handles.len()];
        let order = Handle::from_bits(place.load(Ordering::Relaxed));
        let one = |line| Assignment { line, node: NodeId(0), quantity: 1, group: 0 };
        let (of, parcel) = (boxes[dice / 64 % 8], parcels[dice / 64 % 8]);
        let command = match dice / 1_024 % 29 {
            0 | 1 => {
                let lines = if dice & 1 << 20 == 0 { [(0, 1), (2, 1)] } else { [(1, 1), (0, 1)] };
                if let Ok(order) = submit(engine, thread << 40 | turn, &lines, &mut out) {
                    let old = Handle::from_bits(place.swap(order.bits(), Ordering::Relaxed));
                    let _ = engine.apply(Moment(0), &Command::Cancel { order: old }, &mut out);
                }
                continue;
            }
            2..5 => pay(order, dice as u64 & 1),
            5 => Command::Expire { order },
            6 => Command::Cancel { order },
            7..9 => Command::Approve { order },
            9..11 => Command::Allocate { order, plan: Cow::Owned(vec![one(0), one(1)]) },
            11..13 => Command::Start { fulfillment: of },
            13..15 => Command::Pick { fulfillment: of },
            15 => Command::Merge { fulfillment: of, into: boxes[(dice / 64 + 1) % 8] },
            16..18 => Command::Pack { fulfillment: of, parcels: 1 + (dice & 1) as u8 },
            18 => Command::Ship { parcel },
            19 => Command::Deliver { parcel },
            20 => Command::FailDelivery { parcel },
            21 => Command::RequestReturn { parcel },
            22 => Command::Grade { parcel, restock: true },
            23 => Command::Unassign { fulfillment: of },
            24 => Command::Short { fulfillment: of, sku: SkuId(dice as u32 % 3), quantity: 1 },
            25 => Command::DropBackorder { order },
            26 => Command::Replace { parcel },
            27 => Command::Lose { parcel },
            _ => Command::Accept { order },
        };
        if engine.apply(Moment(0), &command, &mut out).is_ok() {
            let made = match command {
                Command::Allocate { .. } => &mut boxes,
                Command::Pack { .. } => &mut parcels,
                // The shelf is filled up again: the fight goes on over as many units.
                Command::Short { .. } | Command::Lose { .. } | Command::Replace { .. } => {
                    let gone = out.moves.iter().filter(|moved| moved.to == Account::Missing);
                    let gone: Vec<_> = gone.map(|moved| (moved.sku, moved.quantity)).collect();
                    for (sku, quantity) in gone {
                        let again = Command::Receive { sku, node: NodeId(0), quantity };
                        engine.apply(Moment(0), &again, &mut out).unwrap();
                    }
                    continue;
                }
                _ => continue,
            };
            for &handle in &out.created {
                made.rotate_right(1);
                made[0] = handle;
            }
        }
    }
}

#[test]
fn copies_of_a_submit_that_meet_make_one_order() {
    const ORDERS: u64 = 2_000;
    let rules = EngineRules { unique_orders: true, ..EngineRules::default() };
    let engine = Engine::new(EngineSize { skus: 1, nodes: 1, orders_hint: 1 }, rules);
    let receive = Command::Receive { sku: SkuId(0), node: NodeId(0), quantity: 2 * ORDERS as u32 };
    engine.apply(Moment(0), &receive, &mut Transition::default()).unwrap();
    let (taken, absorbed) = (AtomicU64::new(0), AtomicU64::new(0));
    on_threads(4, |_| {
        let mut out = Transition::default();
        for id in 0..ORDERS {
            match submit(&engine, id, &[(0, 1)], &mut out) {
                Ok(_) => taken.fetch_add(1, Ordering::Relaxed),
                Err(Refusal::DuplicateOrder) => absorbed.fetch_add(1, Ordering::Relaxed),
                Err(other) => panic!("{other:?}"),
            };
        }
    });
    assert_eq!((taken.into_inner(), absorbed.into_inner()), (ORDERS, 3 * ORDERS));
    assert_eq!(u64::from(engine.stock().available(SkuId(0), NodeId(0))), ORDERS);
    engine.check_laws().unwrap();
}
