//! Payments: exactly one of pay, expire, cancel and their copies has the effect; money that nobody asked for
//! goes back once.

use std::borrow::Cow;

use ordermill::domain::*;

use crate::harness::explore;
use crate::shop::{at, pay, pay_and_hold, shop};

use Refusal::{DuplicatePayment, WrongState};
use Step::{LatePaymentRefunded, Paid, PaidThenRefused};

#[test]
fn a_payment_races_with_expiry() {
    explore(7, || {
        let shop = shop(&[[1, 0]]);
        let order = shop.order(1, &[0]).unwrap();
        let [paid, expired] = shop.race(vec![pay(order, 5), Command::Expire { order }]);
        match expired {
            Ok(_) => assert_eq!((paid, shop.cell()), (Ok(LatePaymentRefunded), (1, 0))),
            Err(refusal) => assert_eq!((refusal, paid, shop.cell()), (WrongState, Ok(Paid), (0, 1))),
        }
        shop.laws();
    });
}

/// A command that is refused lets the order go: the other one does not wait for ever.
#[test]
fn a_refused_command_lets_go() {
    explore(7, || {
        let shop = shop(&[[1, 0]]);
        let order = shop.approved(1, 1);
        let [expired, cancelled] = shop.race(vec![Command::Expire { order }, Command::Cancel { order }]);
        assert!(expired.is_err(), "a paid order does not expire: {expired:?}");
        assert_eq!((cancelled, shop.cell()), (Ok(Step::Cancelled), (1, 0)));
        shop.laws();
    });
}

#[test]
fn a_duplicate_payment_races_with_expiry() {
    explore(2, || {
        let shop = shop(&[[1, 0]]);
        let order = shop.order(1, &[0]).unwrap();
        let [first, expired, second] =
            shop.race(vec![pay(order, 5), Command::Expire { order }, pay(order, 5)]);
        let mut paid = [first, second];
        paid.sort_by_key(|answer| answer.is_err());
        match expired {
            Ok(_) => assert_eq!(paid, [Ok(LatePaymentRefunded), Err(DuplicatePayment)]),
            Err(_) => assert_eq!(paid, [Ok(Paid), Err(DuplicatePayment)]),
        }
        assert_eq!(shop.cell(), if expired.is_ok() { (1, 0) } else { (0, 1) });
        shop.laws();
    });
}

#[test]
fn a_payment_and_its_copy_race_with_cancel() {
    explore(3, || {
        let shop = shop(&[[1, 0]]);
        let order = shop.order(1, &[0]).unwrap();
        let [cancelled, first, second] =
            shop.race(vec![Command::Cancel { order }, pay(order, 5), pay(order, 5)]);
        assert_eq!(cancelled, Ok(Step::Cancelled));
        assert!(first.is_ok() != second.is_ok(), "one capture has one effect: {first:?} {second:?}");
        assert_eq!(first.and(second), Err(DuplicatePayment));
        let ledgers = shop.0.ledgers();
        assert_eq!((shop.cell(), ledgers.deposit, ledgers.shopper), ((1, 0), Money(0), Money(0)));
        shop.laws();
    });
}

/// Two captures come after expiry, one of them twice.
#[test]
fn late_payments_go_back_once_each() {
    explore(3, || {
        let shop = shop(&[[1, 0]]);
        let order = shop.order(1, &[0]).unwrap();
        shop.ok(Command::Expire { order });
        let [other, first, second] = shop.race(vec![pay(order, 6), pay(order, 5), pay(order, 5)]);
        assert_eq!(other, Ok(LatePaymentRefunded));
        let mut copies = [first, second];
        copies.sort_by_key(|answer| answer.is_err());
        assert_eq!(copies, [Ok(LatePaymentRefunded), Err(DuplicatePayment)]);
        shop.laws();
    });
}

#[test]
fn cash_and_card_race() {
    explore(7, || {
        let shop = shop(&[[1, 0]]);
        let order = shop.order(1, &[0]).unwrap();
        let cash = Command::ConfirmCashOnDelivery { order, hold: Cow::Borrowed(&[]) };
        match shop.race(vec![cash, pay(order, 5)]) {
            [Ok(Paid), Ok(LatePaymentRefunded)] => assert_eq!(shop.0.ledgers().deposit, Money(0)),
            [Err(WrongState), Ok(Paid)] => assert_eq!(shop.0.ledgers().deposit, Money(100)),
            other => panic!("{other:?}"),
        }
        shop.laws();
    });
}

/// Stock is held at payment, and there is one unit.
#[test]
fn two_payments_want_the_last_unit() {
    explore(4, || {
        let shop = shop(&[[1, 0]]);
        let orders = [1, 2].map(|id| shop.submit(id, &[(0, 1)], &[]).unwrap());
        let [first, second] = shop.race(orders.map(|order| pay_and_hold(order, 5, &[at(0, 0, 1)])).to_vec());
        let mut answers = [first, second];
        answers.sort_by_key(|answer| *answer == Ok(PaidThenRefused));
        assert_eq!(answers, [Ok(Paid), Ok(PaidThenRefused)]);
        let ledgers = shop.0.ledgers();
        assert_eq!((shop.cell(), ledgers.deposit, ledgers.shopper), ((0, 1), Money(100), Money(-100)));
        shop.laws();
    });
}

#[test]
fn decline_expire_and_cancel_give_the_stock_back_once() {
    explore(3, || {
        let shop = shop(&[[2, 0]]);
        let (order, _stays) = (shop.order(1, &[0]).unwrap(), shop.order(2, &[0]).unwrap());
        let answers: [_; 3] =
            shop.race(vec![Command::Decline { order }, Command::Expire { order }, Command::Cancel { order }]);
        assert_eq!(answers.iter().filter(|answer| answer.is_ok()).count(), 1, "{answers:?}");
        assert_eq!(shop.cell(), (1, 1));
        shop.laws();
    });
}
