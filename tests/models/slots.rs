//! Slots: reuse of records, stale handles, and readers between two steps.

use ordermill::domain::*;

use crate::harness::{explore, thread};
use crate::shop::{allocate, at, pay, shop, submit};

/// The handle of an order that ended never reaches the order that has its slot now.
#[test]
fn a_stale_handle_never_meets_the_next_tenant() {
    explore(3, || {
        let shop = shop(&[[1, 0]]);
        let order = shop.submit(1, &[(0, 1)], &[]).unwrap();
        let next = {
            let shop = shop.clone();
            thread::spawn(move || {
                let expired = shop.ask(Command::Expire { order });
                (expired, shop.order(2, &[0]).unwrap())
            })
        };
        let late = {
            let shop = shop.clone();
            thread::spawn(move || shop.ask(pay(order, 5)))
        };
        let declined = shop.ask(Command::Decline { order });
        let ((expired, next), late) = (next.join().unwrap(), late.join().unwrap());
        let ended = [expired, declined].iter().filter(|answer| answer.is_ok()).count();
        let captured = late == Ok(Step::Paid);
        assert_eq!(ended + usize::from(captured), 1, "{expired:?} {declined:?} {late:?}");
        assert!(captured || late == Ok(Step::LatePaymentRefunded), "{late:?}");
        assert_eq!(shop.0.order_state(next), Some(OrderState::AwaitingPayment));
        assert_eq!(shop.0.order_id(next), Some(OrderId(2)));
        shop.laws();
    });
}

/// Each thread opens and ends orders of its own; no slot has two tenants.
#[test]
fn slots_are_taken_and_given_back() {
    explore(3, || {
        let shop = shop(&[[4, 0]]);
        let work = |id: u64| {
            let shop = shop.clone();
            thread::spawn(move || {
                for turn in 0..2 {
                    let order = shop.order(id + turn, &[0]).unwrap();
                    assert_eq!(shop.0.order_id(order), Some(OrderId(id + turn)), "another order's record");
                    shop.ok(Command::Cancel { order });
                }
            })
        };
        let (first, second) = (work(10), work(20));
        first.join().unwrap();
        second.join().unwrap();
        assert_eq!(shop.cell(), (4, 0));
        assert!(shop.0.counters().orders.peak <= 2);
        shop.laws();
    });
}

/// A slot is taken from a list of two while another thread takes both and gives the first one back (ABA).
#[test]
fn a_list_that_looks_the_same_is_another_one() {
    explore(3, || {
        let shop = shop(&[[4, 0]]);
        let [old, older] = [1, 2].map(|id| shop.order(id, &[0]).unwrap());
        shop.ok(Command::Cancel { order: old });
        shop.ok(Command::Cancel { order: older });
        let other = {
            let shop = shop.clone();
            thread::spawn(move || [10, 11].map(|id| (id, shop.order(id, &[0]).unwrap())))
        };
        let [given, kept] = [20, 21].map(|id| (id, shop.order(id, &[0]).unwrap()));
        shop.ok(Command::Cancel { order: given.1 });
        for (id, order) in other.join().unwrap().into_iter().chain([kept]) {
            assert_eq!(shop.0.order_id(order), Some(OrderId(id)), "a slot with two tenants");
        }
        shop.laws();
    });
}

/// Whoever reads an order sees it before or after a step, never between.
#[test]
fn a_reader_sees_whole_orders() {
    explore(6, || {
        let shop = shop(&[[2, 1]]);
        let order = shop.approved(1, 2);
        let reader = {
            let shop = shop.clone();
            thread::spawn(move || {
                let (mut lines, mut holds) = (Vec::new(), Vec::new());
                shop.0.order_needs(order, &mut lines, &mut holds);
                let open: Vec<_> = lines.iter().map(|line| line.quantity).collect();
                let before = open == [2] && holds == [(SkuId(0), NodeId(0), 2)];
                assert!(before || (open.is_empty() && holds.is_empty()), "half an order: {open:?} {holds:?}");
            })
        };
        shop.ok(allocate(order, &[at(0, 0, 1), at(1, 0, 1)]));
        reader.join().unwrap();
        shop.laws();
    });
}

/// An order is looked at while its slot goes to another one.
#[test]
fn a_reader_never_mixes_two_tenants() {
    explore(3, || {
        let shop = shop(&[[3, 0]]);
        let order = shop.submit(1, &[(0, 1)], &[]).unwrap();
        let reader = {
            let shop = shop.clone();
            thread::spawn(move || {
                if let Some(facts) = shop.0.order(order) {
                    assert_eq!((facts.id, facts.state), (OrderId(1), OrderState::AwaitingPayment));
                }
            })
        };
        shop.ok(Command::Expire { order });
        shop.ok(submit(2, &[(0, 3)], &[at(0, 0, 3)]));
        reader.join().unwrap();
        shop.laws();
    });
}
