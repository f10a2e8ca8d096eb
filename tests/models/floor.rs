//! The floor and after: a whole life, parcels of several orders, returns.

use ordermill::domain::*;

use crate::harness::{explore, thread};
use crate::shop::{Answer, Shop, allocate, at, pay, shop};

/// All steps from payment to acceptance, as far as they go.
fn live(shop: &Shop, order: Handle) -> Result<(), Refusal> {
    shop.ask(pay(order, 5))?;
    shop.ask(Command::Approve { order })?;
    let made = shop.done(&allocate(order, &[at(0, 0, 1)]));
    made.answer?;
    let fulfillment = made.out.created[0];
    shop.ok(Command::Start { fulfillment });
    shop.ok(Command::Pick { fulfillment });
    let parcel = shop.ok(Command::Pack { fulfillment, parcels: 1 }).created[0];
    shop.ok(Command::Ship { parcel });
    shop.ok(Command::Deliver { parcel });
    shop.ok(Command::Accept { order });
    Ok(())
}

/// A life, while the shopper cancels and the provider tells the capture once more.
#[test]
fn a_life_with_cancel_and_a_copy_of_the_capture() {
    explore(1, || {
        let shop = shop(&[[1, 0]]);
        let order = shop.order(1, &[0]).unwrap();
        let spawn = |command: Command<'static>| {
            let shop = shop.clone();
            thread::spawn(move || shop.ask(command))
        };
        let (cancel, copy) = (spawn(Command::Cancel { order }), spawn(pay(order, 5)));
        let _ = live(&shop, order);
        let (cancelled, _): (Answer, Answer) = (cancel.join().unwrap(), copy.join().unwrap());
        let (completed, ledgers) = (shop.ended(OrderState::Completed), shop.0.ledgers());
        // The copy may come first: then the life stops at its own capture, and the order waits for review.
        let open = shop.0.open_orders();
        assert_eq!(completed + u64::from(cancelled.is_ok()) + open, 1);
        assert_eq!((ledgers.customer, ledgers.revenue), (completed, Money(100 * completed as i64)));
        shop.laws();
    });
}

/// A life, while its payment window closes.
#[test]
fn a_life_with_expiry_and_a_late_capture() {
    explore(1, || {
        let shop = shop(&[[1, 0]]);
        let order = shop.order(1, &[0]).unwrap();
        let spawn = |command: Command<'static>| {
            let shop = shop.clone();
            thread::spawn(move || shop.ask(command))
        };
        let (expiry, other) = (spawn(Command::Expire { order }), spawn(pay(order, 6)));
        let _ = live(&shop, order);
        let (expired, _): (Answer, Answer) = (expiry.join().unwrap(), other.join().unwrap());
        let completed = shop.ended(OrderState::Completed);
        assert_eq!(completed + u64::from(expired.is_ok()) + shop.0.open_orders(), 1);
        if expired.is_ok() {
            assert_eq!((shop.cell(), shop.0.ledgers().shopper), ((1, 0), Money(0)));
        }
        shop.laws();
    });
}

#[test]
fn a_return_races_with_acceptance() {
    explore(7, || {
        let shop = shop(&[[1, 0]]);
        let (order, fulfillment) = shop.picked(1, 1);
        let parcel = shop.ok(Command::Pack { fulfillment, parcels: 1 }).created[0];
        shop.ok(Command::Ship { parcel });
        shop.ok(Command::Deliver { parcel });
        let [returns, accepted] =
            shop.race(vec![Command::RequestReturn { parcel }, Command::Accept { order }]);
        assert!(returns.is_ok() != accepted.is_ok(), "{returns:?} {accepted:?}");
        if returns.is_ok() {
            shop.ok(Command::Grade { parcel, restock: true });
            assert_eq!((shop.cell(), shop.0.ledgers().revenue), ((1, 0), Money(0)));
        }
        assert_eq!((shop.0.open_orders(), shop.0.counters().parcels.in_use), (0, 0));
        shop.laws();
    });
}

/// Two orders in one delivered parcel.
fn shared_parcel(shop: &Shop) -> ([Handle; 2], Handle) {
    let ((a, host), (b, guest)) = (shop.picked(1, 1), shop.picked(2, 1));
    shop.ok(Command::Merge { fulfillment: guest, into: host });
    let parcel = shop.ok(Command::Pack { fulfillment: host, parcels: 1 }).created[0];
    shop.ok(Command::Ship { parcel });
    shop.ok(Command::Deliver { parcel });
    ([a, b], parcel)
}

#[test]
fn the_last_of_two_orders_frees_their_parcel() {
    explore(3, || {
        let shop = shop(&[[2, 0]]);
        let (orders, _) = shared_parcel(&shop);
        let answers: [_; 2] = shop.race(orders.map(|order| Command::Accept { order }).to_vec());
        assert_eq!(answers, [Ok(Step::Accepted); 2]);
        let counters = shop.0.counters();
        assert_eq!((counters.fulfillments.in_use, counters.parcels.in_use), (0, 0));
        shop.laws();
    });
}

#[test]
fn a_shared_parcel_goes_back_whole_or_not_at_all() {
    explore(2, || {
        let shop = shop(&[[2, 0]]);
        let ([a, b], parcel) = shared_parcel(&shop);
        let [returns, first, second] = shop.race(vec![
            Command::RequestReturn { parcel },
            Command::Accept { order: a },
            Command::Accept { order: b },
        ]);
        match returns {
            Ok(_) => assert!(first.is_err() && second.is_err(), "{first:?} {second:?}"),
            Err(_) => assert!(first.is_ok() && second.is_ok(), "{first:?} {second:?}"),
        }
        shop.laws();
    });
}

#[test]
fn two_merges_into_one_parcel() {
    explore(3, || {
        let shop = shop(&[[3, 0]]);
        let [host, first, second] = [1, 2, 3].map(|id| shop.picked(id, 1).1);
        let merge = |fulfillment| Command::Merge { fulfillment, into: host };
        let answers: [_; 2] = shop.race(vec![merge(first), merge(second)]);
        assert_eq!(answers, [Ok(Step::Merged); 2]);
        let parcel = shop.ok(Command::Pack { fulfillment: host, parcels: 1 }).created[0];
        assert_eq!(shop.0.parcel(parcel).unwrap().units, 3);
        shop.laws();
    });
}

/// A guest is picked while it joins its host, then the host is picked with all its guests; each unit leaves the shelf
/// once.
#[test]
fn a_merge_races_with_the_pick_of_its_guest() {
    explore(4, || {
        let shop = shop(&[[2, 0]]);
        let [host, guest] = [1, 2].map(|id| {
            let order = shop.approved(id, 1);
            let fulfillment = shop.ok(allocate(order, &[at(0, 0, 1)])).created[0];
            shop.ok(Command::Start { fulfillment });
            fulfillment
        });
        let _: [Answer; 2] = shop.race(vec![
            Command::Merge { fulfillment: guest, into: host },
            Command::Pick { fulfillment: guest },
        ]);
        let _ = shop.ask(Command::Pick { fulfillment: host });
        let picked = shop.0.ledgers().picked;
        assert_eq!(u64::from(shop.cell().1) + picked, 2);
        shop.laws();
    });
}

/// One parcel of an order is handed over while the other one comes back.
#[test]
fn two_parcels_of_one_order_end_differently() {
    explore(3, || {
        let shop = shop(&[[2, 0]]);
        let (_, fulfillment) = shop.picked(1, 2);
        let parcels = shop.ok(Command::Pack { fulfillment, parcels: 2 }).created;
        for &parcel in &parcels {
            shop.ok(Command::Ship { parcel });
        }
        shop.ok(Command::FailDelivery { parcel: parcels[1] });
        let answers: [_; 2] = shop.race(vec![
            Command::Deliver { parcel: parcels[0] },
            Command::Grade { parcel: parcels[1], restock: true },
        ]);
        assert_eq!(answers, [Ok(Step::Delivered), Ok(Step::Restocked)]);
        let ledgers = shop.0.ledgers();
        assert_eq!((ledgers.revenue, ledgers.deposit, ledgers.customer), (Money(50), Money(0), 1));
        assert_eq!(shop.ended(OrderState::Delivered), 1);
        shop.laws();
    });
}
