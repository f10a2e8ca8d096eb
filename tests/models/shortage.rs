//! What a node cannot or will not serve, and what got lost: a fulfillment order is given up or found short, a parcel is
//! replaced, while others touch it.

use ordermill::domain::*;

use crate::harness::explore;
use crate::shop::{Answer, Shop, allocate, at, shop};

/// An order of so many units and its fulfillment order, with the picker.
fn started(shop: &Shop, id: u64, quantity: u32) -> (Handle, Handle) {
    let order = shop.approved(id, quantity);
    let fulfillment = shop.ok(allocate(order, &[at(0, 0, quantity)])).created[0];
    shop.ok(Command::Start { fulfillment });
    (order, fulfillment)
}

fn short(fulfillment: Handle, quantity: u32) -> Command<'static> {
    Command::Short { fulfillment, sku: SkuId(0), quantity }
}

#[test]
fn a_pick_races_with_unassign() {
    explore(5, || {
        let shop = shop(&[[1, 0]]);
        let (order, fulfillment) = started(&shop, 1, 1);
        let [picked, unassigned] =
            shop.race(vec![Command::Pick { fulfillment }, Command::Unassign { fulfillment }]);
        assert!(picked.is_ok() != unassigned.is_ok(), "{picked:?} {unassigned:?}");
        let units = u32::from(unassigned.is_ok());
        assert_eq!((shop.cell(), shop.0.ledgers().picked), ((units, 0), u64::from(1 - units)));
        if unassigned.is_ok() {
            shop.ok(allocate(order, &[at(0, 0, 1)]));
        }
        shop.laws();
    });
}

/// One of two units is missing: the picker says so before the pick, or not at all.
#[test]
fn a_short_races_with_the_pick() {
    explore(5, || {
        let shop = shop(&[[2, 0]]);
        let (_, fulfillment) = started(&shop, 1, 2);
        let [short, picked] = shop.race(vec![short(fulfillment, 1), Command::Pick { fulfillment }]);
        assert_eq!(picked, Ok(Step::Picked), "there was something left");
        let (ledgers, missing) = (shop.0.ledgers(), u64::from(short.is_ok()));
        assert_eq!((ledgers.picked, ledgers.missing), (2 - missing, missing));
        shop.laws();
    });
}

/// All units are missing. Nobody cancels what is on the floor, and nobody's window closes there.
#[test]
fn a_short_of_everything_races_with_pick_cancel_and_expiry() {
    explore(1, || {
        let shop = shop(&[[1, 0]]);
        let (order, fulfillment) = started(&shop, 1, 1);
        let [short, picked, cancelled, expired] = shop.race(vec![
            short(fulfillment, 1),
            Command::Pick { fulfillment },
            Command::Cancel { order },
            Command::Expire { order },
        ]);
        assert!(short.is_ok() != picked.is_ok(), "{short:?} {picked:?}");
        assert_eq!((cancelled, expired), (Err(Refusal::WrongState), Err(Refusal::WrongState)));
        if short.is_ok() {
            shop.ok(Command::DropBackorder { order });
            assert_eq!((shop.ended(OrderState::Cancelled), shop.0.ledgers().shopper), (1, Money(0)));
        }
        shop.laws();
    });
}

/// The rest of the order is given up while its picker finds nothing: each unit is refunded once, and the last one
/// to go ends the order and frees its slots.
#[test]
fn a_short_races_with_the_end_of_patience() {
    explore(4, || {
        let shop = shop(&[[1, 0]]);
        let order = shop.submit(1, &[(0, 2)], &[]).unwrap();
        shop.ok(crate::shop::pay(order, 5));
        shop.ok(Command::Approve { order });
        let fulfillment = shop.ok(allocate(order, &[at(0, 0, 1)])).created[0];
        shop.ok(Command::Start { fulfillment });
        let answers: [Answer; 2] = shop.race(vec![short(fulfillment, 1), Command::DropBackorder { order }]);
        assert_eq!(answers, [Ok(Step::Shorted), Ok(Step::BackorderDropped)]);
        let _ = shop.ask(Command::DropBackorder { order });
        let counters = shop.0.counters();
        assert_eq!((shop.ended(OrderState::Cancelled), counters.fulfillments.in_use), (1, 0));
        assert_eq!((shop.0.ledgers().deposit, shop.0.ledgers().shopper), (Money(0), Money(0)));
        shop.laws();
    });
}

/// A guest joins while its host is found short: the parcel goes on with what is left, or there is none to join.
#[test]
fn a_short_races_with_a_merge() {
    explore(4, || {
        let shop = shop(&[[2, 0]]);
        let ((_, host), (_, guest)) = (started(&shop, 1, 1), started(&shop, 2, 1));
        let [merged, short] =
            shop.race(vec![Command::Merge { fulfillment: guest, into: host }, short(host, 1)]);
        assert_eq!(short, Ok(Step::Shorted));
        let whole = if merged.is_ok() { host } else { guest };
        shop.ok(Command::Pick { fulfillment: whole });
        let parcel = shop.ok(Command::Pack { fulfillment: whole, parcels: 1 }).created[0];
        assert_eq!(shop.0.parcel(parcel).unwrap().units, 1);
        shop.ok(Command::Ship { parcel });
        shop.ok(Command::Deliver { parcel });
        assert_eq!((shop.0.ledgers().customer, shop.ended(OrderState::Delivered)), (1, 1));
        shop.laws();
    });
}

/// A parcel of one unit on the road.
fn on_the_road(shop: &Shop, id: u64) -> Handle {
    let (_, fulfillment) = started(shop, id, 1);
    shop.ok(Command::Pick { fulfillment });
    let parcel = shop.ok(Command::Pack { fulfillment, parcels: 1 }).created[0];
    shop.ok(Command::Ship { parcel });
    parcel
}

/// Found at the door while the shop gives it up: it is one or the other, and the shelf is touched for the one alone.
#[test]
fn a_replacement_races_with_the_door() {
    explore(4, || {
        let shop = shop(&[[2, 0]]);
        let parcel = on_the_road(&shop, 1);
        let answers: [Answer; 3] = shop.race(vec![
            Command::Replace { parcel },
            Command::Deliver { parcel },
            Command::Lose { parcel },
        ]);
        assert_eq!(answers.iter().filter(|answer| answer.is_ok()).count(), 1, "{answers:?}");
        let (ledgers, again) = (shop.0.ledgers(), u64::from(answers[0].is_ok()));
        assert_eq!((ledgers.available, ledgers.held, ledgers.picked), (1 - again, 0, again));
        assert_eq!(ledgers.missing, again + u64::from(answers[2].is_ok()));
        shop.laws();
    });
}

/// The last unit goes into the second parcel or to the next order, and whoever is late changes nothing.
#[test]
fn a_replacement_races_for_the_last_unit() {
    explore(4, || {
        let shop = shop(&[[2, 0]]);
        let parcel = on_the_road(&shop, 1);
        // Nothing is held for it yet.
        let other = shop.submit(2, &[(0, 1)], &[]).unwrap();
        shop.ok(crate::shop::pay(other, 6));
        shop.ok(Command::Approve { order: other });
        let [again, allocated] =
            shop.race(vec![Command::Replace { parcel }, allocate(other, &[at(0, 0, 1)])]);
        assert!(again.is_ok() != allocated.is_ok(), "{again:?} {allocated:?}");
        assert_eq!(again.err().or(allocated.err()), Some(Refusal::OutOfStock));
        let state = shop.0.parcel(parcel).unwrap().state;
        assert_eq!(state, if again.is_ok() { ParcelState::Packed } else { ParcelState::InTransit });
        shop.laws();
    });
}
