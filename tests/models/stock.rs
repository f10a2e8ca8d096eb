//! Stock: R1 (nothing is promised twice), R2 (no refusal for a hold that does not stand) and R3 (of those that
//! compete only with each other one wins).

use ordermill::domain::*;

use crate::harness::{explore, thread};
use crate::shop::{Shop, allocate, at, receive, shop, submit};

#[test]
fn two_orders_want_the_last_unit() {
    explore(7, || {
        let shop = shop(&[[1, 0]]);
        let want = |id| submit(id, &[(0, 1)], &[at(0, 0, 1)]);
        let [first, second] = shop.race(vec![want(1), want(2)]);
        assert!(first.is_ok() != second.is_ok(), "{first:?} {second:?}");
        assert_eq!(first.and(second), Err(Refusal::OutOfStock));
        assert_eq!(shop.cell(), (0, 1));
        shop.laws();
    });
}

#[test]
fn two_orders_want_the_same_last_units_in_opposite_order() {
    explore(7, || {
        let shop = shop(&[[1, 0], [1, 0]]);
        let other = {
            let shop = shop.clone();
            thread::spawn(move || shop.order(1, &[1, 0]))
        };
        let mine = shop.order(2, &[0, 1]);
        let other = other.join().unwrap();
        assert!(mine.is_ok() != other.is_ok(), "one that fits wins: {mine:?} {other:?}");
        shop.laws();
    });
}

/// A+B takes A and loses B to another order: its unit of A is for sale again.
#[test]
fn a_refused_hold_leaves_nothing_behind() {
    explore(7, || {
        let shop = shop(&[[1, 0], [1, 0]]);
        let other = {
            let shop = shop.clone();
            thread::spawn(move || shop.order(1, &[1]))
        };
        let both = shop.order(2, &[0, 1]);
        let other = other.join().unwrap();
        assert!(both.is_ok() != other.is_ok(), "one that fits wins: {both:?} {other:?}");
        assert_eq!(shop.cell(), if both.is_ok() { (0, 1) } else { (1, 0) });
        shop.laws();
    });
}

/// A+B takes A, loses B to another order and gives A back: an order for A alone was never out of stock.
#[test]
fn a_doomed_hold_makes_nobody_else_fail() {
    explore(4, || {
        let shop = shop(&[[1, 0], [1, 0]]);
        let spawn = |id, skus: &'static [u32]| {
            let shop = shop.clone();
            thread::spawn(move || shop.order(id, skus))
        };
        let (both, second) = (spawn(1, &[0, 1]), spawn(2, &[1]));
        let first = shop.order(3, &[0]);
        let (both, second) = (both.join().unwrap(), second.join().unwrap());
        if both.is_err() {
            assert_ne!(first, Err(Refusal::OutOfStock), "refused for a hold that did not stand");
        } else {
            assert!(first.is_err() && second.is_err());
        }
        shop.laws();
    });
}

/// A unit is picked for one order while another order expires and a third one asks for its unit.
#[test]
fn reserve_settle_and_expire_on_one_cell() {
    explore(3, || {
        let shop = shop(&[[2, 0]]);
        let order = shop.approved(1, 1);
        let stays = shop.order(2, &[0]).unwrap();
        let fulfillment = shop.ok(allocate(order, &[at(0, 0, 1)])).created[0];
        shop.ok(Command::Start { fulfillment });
        let [picked, expired, third] = shop.race(vec![
            Command::Pick { fulfillment },
            Command::Expire { order: stays },
            submit(3, &[(0, 1)], &[at(0, 0, 1)]),
        ]);
        assert_eq!((picked, expired), (Ok(Step::Picked), Ok(Step::Expired)));
        assert!(matches!(third, Ok(_) | Err(Refusal::OutOfStock)));
        shop.laws();
    });
}

/// Holds at two nodes; one order goes, another one asks for what it held at the second node.
#[test]
fn a_hold_goes_back_to_where_it_came_from() {
    explore(3, || {
        let shop = shop(&[[1, 1]]);
        let hold = [at(0, 0, 1), at(1, 0, 1)];
        let order = shop.submit(1, &[(0, 2)], &hold).unwrap();
        let [cancelled, other] =
            shop.race(vec![Command::Cancel { order }, submit(2, &[(0, 1)], &[at(1, 0, 1)])]);
        assert_eq!(cancelled, Ok(Step::Cancelled));
        let held = shop.0.stock().held(SkuId(0), NodeId(1));
        assert_eq!((shop.cell(), held), ((1, 0), u32::from(other.is_ok())));
        shop.laws();
    });
}

/// Safety stock is set while goods come in and an order takes some.
#[test]
fn a_fence_a_receipt_and_an_order() {
    explore(3, || {
        let shop = shop(&[[1, 0]]);
        let fence = Command::Fence { sku: SkuId(0), node: NodeId(0), quantity: 1 };
        let [fenced, received, ordered] =
            shop.race(vec![fence, receive(0, 0, 1), submit(1, &[(0, 1)], &[at(0, 0, 1)])]);
        assert_eq!((fenced, received), (Ok(Step::Fenced), Ok(Step::Received)));
        let set_aside = shop.0.stock().fenced(SkuId(0), NodeId(0));
        let (available, held) = shop.cell();
        assert_eq!(available + held + set_aside, 2);
        assert_eq!(held, u32::from(ordered.is_ok()));
        shop.laws();
    });
}

/// Goods come in for an order that waits, while its shopper gives up waiting.
#[test]
fn stock_for_an_order_that_waits() {
    explore(3, || {
        let shop = shop(&[[0, 0]]);
        let order = waits(&shop);
        let [received, dropped, allocated] = shop.race(vec![
            receive(0, 0, 1),
            Command::DropBackorder { order },
            allocate(order, &[at(0, 0, 1)]),
        ]);
        assert_eq!(received, Ok(Step::Received));
        let ledgers = shop.0.ledgers();
        match allocated {
            Ok(_) => assert_eq!((dropped, ledgers.deposit), (Err(Refusal::WrongState), Money(100))),
            Err(_) => assert_eq!((dropped, ledgers.deposit), (Ok(Step::BackorderDropped), Money(0))),
        }
        assert_eq!(shop.cell(), if allocated.is_ok() { (0, 1) } else { (1, 0) });
        shop.laws();
    });
}

fn waits(shop: &Shop) -> Handle {
    let order = shop.submit(1, &[(0, 1)], &[]).unwrap();
    shop.ok(crate::shop::pay(order, 5));
    shop.ok(Command::Approve { order });
    shop.ok(allocate(order, &[]));
    order
}
