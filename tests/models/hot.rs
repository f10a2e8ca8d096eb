//! A hot cell: split while others take and give back, closed again before it runs out. R1 to R3 as for any cell.

use ordermill::domain::*;

use crate::harness::{explore, thread};
use crate::shop::{Shop, at, shop, submit};

fn split(shop: &Shop) {
    assert!(shop.0.stock().split(SkuId(0), NodeId(0)), "it has enough");
}

/// Waiting may run out; but nobody is told that there is nothing while there is something.
fn served_or_late(result: &Result<impl std::fmt::Debug, Refusal>) {
    assert!(matches!(result, Ok(_) | Err(Refusal::Contended)), "{result:?}");
}

/// What is left lies in the lane of one thread; two others want it.
#[test]
fn units_in_another_ones_lane_are_for_sale() {
    explore(4, || {
        let shop = shop(&[[3, 0]]);
        split(&shop);
        shop.order(1, &[0]).unwrap();
        let want = |id| submit(id, &[(0, 1)], &[at(0, 0, 1)]);
        let [first, second] = shop.race(vec![want(2), want(3)]);
        served_or_late(&first);
        served_or_late(&second);
        let sold = 1 + u32::from(first.is_ok()) + u32::from(second.is_ok());
        assert_eq!(shop.cell(), (3 - sold, sold));
        shop.laws();
    });
}

/// A hold of one lane is given back by another thread, while a third one wants all there is.
#[test]
fn a_hold_goes_back_while_the_lanes_close() {
    explore(3, || {
        let shop = shop(&[[2, 0]]);
        split(&shop);
        let order = shop.order(1, &[0]).unwrap();
        let [cancelled, other] =
            shop.race(vec![Command::Cancel { order }, submit(2, &[(0, 2)], &[at(0, 0, 2)])]);
        assert_eq!(cancelled, Ok(Step::Cancelled));
        assert_eq!(shop.cell(), if other.is_ok() { (0, 2) } else { (2, 0) });
        shop.laws();
    });
}

/// The cell is split while one order takes from it and another one gives back.
#[test]
fn a_cell_is_split_in_the_middle_of_its_trade() {
    explore(3, || {
        let shop = shop(&[[2, 0], [2, 0]]);
        // Lanes are made ahead, as slots are.
        assert!(shop.0.stock().split(SkuId(1), NodeId(0)));
        let order = shop.order(1, &[0]).unwrap();
        let splits = {
            let shop = shop.clone();
            thread::spawn(move || shop.0.stock().split(SkuId(0), NodeId(0)))
        };
        let [cancelled, other] =
            shop.race(vec![Command::Cancel { order }, submit(2, &[(0, 1)], &[at(0, 0, 1)])]);
        splits.join().unwrap();
        assert_eq!(cancelled, Ok(Step::Cancelled));
        served_or_late(&other);
        assert_eq!(shop.cell(), if other.is_ok() { (1, 1) } else { (2, 0) });
        shop.laws();
    });
}

/// A+B takes A of a split cell, loses B and gives A back: an order for A alone was never out of stock.
#[test]
fn a_doomed_hold_in_a_lane_makes_nobody_else_fail() {
    explore(2, || {
        let shop = shop(&[[1, 0], [1, 0]]);
        split(&shop);
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
