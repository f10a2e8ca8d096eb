//! Carts: two threads at one cart, at two, and at the stock that a cart holds.

use std::borrow::Cow;

use ordermill::domain::*;
use ordermill::engine::{CartRules, Engine, EngineRules, EngineSize};
use ordermill::kernel::time::Span;

use crate::harness::{Arc, explore};
use crate::shop::{Shop, at, receive, submit};

use Refusal::{Gone, OutOfStock, WrongState};

/// So many units of SKU 0 at node 0; carts are too old at once.
fn shop(units: u32) -> Shop {
    let size = EngineSize { skus: 2, nodes: 1, orders_hint: 4 };
    let rules = EngineRules { carts: CartRules { lifetime: Span(0), ready: 4 }, ..EngineRules::default() };
    let shop = Shop(Arc::new(Engine::new(size, rules)));
    if 0 < units {
        shop.ok(receive(0, 0, units));
    }
    shop
}

fn add(cart: u64, quantity: u32, hold: bool) -> Command<'static> {
    let hold = hold.then_some(NodeId(0));
    Command::AddToCart { cart: CartId(cart), sku: SkuId(0), quantity, hold }
}

fn merge(from: u64, into: u64) -> Command<'static> {
    Command::MergeCarts { from: CartId(from), into: CartId(into), rule: CartMerge::Sum }
}

fn submit_cart(cart: u64, quantity: u32) -> Command<'static> {
    Command::SubmitCart {
        cart: CartId(cart),
        id: OrderId(cart),
        customer: CustomerId(0),
        zone: ZoneId(0),
        method: MethodId(0),
        payment: PaymentMethodId(0),
        amount: Money(100),
        promised: ordermill::kernel::time::Moment(9),
        lines: Cow::Owned(vec![Line { sku: SkuId(0), quantity }]),
        hold: Cow::Owned(vec![at(0, 0, quantity)]),
    }
}

/// Units of SKU 0 in the cart; `None` where there is no such cart.
fn units(shop: &Shop, cart: u64) -> Option<u32> {
    let mut lines = Vec::new();
    shop.0.cart(CartId(cart), &mut lines).then(|| lines.iter().map(|line| line.quantity).sum())
}

#[test]
fn two_adds_to_a_cart_that_is_not_there_make_one_cart() {
    explore(3, || {
        let shop = shop(0);
        let both = shop.race([add(1, 1, false), add(1, 2, false)].to_vec());
        assert_eq!(both, [Ok(Step::AddedToCart); 2]);
        assert_eq!((units(&shop, 1), shop.0.carts()), (Some(3), 1));
        shop.laws();
    });
}

#[test]
fn an_add_and_the_removal_of_the_last_line_leave_what_one_order_of_them_leaves() {
    explore(3, || {
        let shop = shop(0);
        shop.ok(add(1, 1, false));
        let remove = Command::RemoveFromCart { cart: CartId(1), sku: SkuId(0) };
        let both: [_; 2] = shop.race([add(1, 2, false), remove].to_vec());
        assert!(both.iter().all(Result::is_ok), "{both:?}");
        assert!(matches!(units(&shop, 1), None | Some(2)), "{:?}", units(&shop, 1));
        shop.laws();
    });
}

#[test]
fn a_log_in_loses_nothing_that_the_guest_adds_meanwhile() {
    explore(3, || {
        let shop = shop(0);
        shop.ok(add(1, 1, false));
        let both: [_; 2] = shop.race([merge(1, 2), add(1, 2, false)].to_vec());
        assert!(both.iter().all(Result::is_ok), "{both:?}");
        let (guest, own) = (units(&shop, 1), units(&shop, 2));
        assert!(matches!((guest, own), (None, Some(3)) | (Some(2), Some(1))), "{guest:?} {own:?}");
        shop.laws();
    });
}

/// Each waits for what the other has, were they claimed as they are named.
#[test]
fn two_carts_that_go_into_each_other_end() {
    explore(3, || {
        let shop = shop(0);
        shop.ok(add(1, 1, false));
        shop.ok(add(2, 2, false));
        let _: [_; 2] = shop.race([merge(1, 2), merge(2, 1)].to_vec());
        let left = [units(&shop, 1), units(&shop, 2)];
        assert_eq!((left.iter().flatten().sum::<u32>(), shop.0.carts()), (3, 1), "{left:?}");
        shop.laws();
    });
}

/// The last unit is in the cart: whatever happens between, it goes to the cart's order.
#[test]
fn nobody_takes_a_held_unit_between_cart_and_order() {
    explore(3, || {
        let shop = shop(1);
        shop.ok(add(1, 1, true));
        let both = shop.race([submit_cart(1, 1), submit(7, &[(0, 1)], &[at(0, 0, 1)])].to_vec());
        assert_eq!(both, [Ok(Step::Submitted), Err(OutOfStock)]);
        assert_eq!((shop.cell(), shop.0.carts()), ((0, 1), 0));
        shop.laws();
    });
}

/// Two carts for one unit: one holds it, and the other is not there.
#[test]
fn one_of_two_carts_holds_the_last_unit() {
    explore(3, || {
        let shop = shop(1);
        let both: [_; 2] = shop.race([add(1, 1, true), add(2, 1, true)].to_vec());
        assert_eq!(both.iter().filter(|answer| answer.is_ok()).count(), 1, "{both:?}");
        assert!(both.contains(&Err(OutOfStock)), "{both:?}");
        assert_eq!((shop.cell(), shop.0.carts()), ((0, 1), 1));
        shop.laws();
    });
}

#[test]
fn a_cart_is_submitted_or_too_old() {
    explore(3, || {
        let shop = shop(2);
        shop.ok(add(1, 1, true));
        let expire = Command::ExpireCart { cart: CartId(1) };
        let both = shop.race([submit_cart(1, 1), expire].to_vec());
        let known = [[Ok(Step::Submitted), Err(Gone)], [Err(Gone), Ok(Step::CartExpired)]];
        assert!(known.contains(&both), "{both:?}");
        assert_eq!(shop.0.carts(), 0);
        shop.laws();
    });
}

/// What the shopper confirmed is what is ordered, or nothing is.
#[test]
fn a_cart_that_changes_under_its_submit_is_not_ordered() {
    explore(3, || {
        let shop = shop(0);
        shop.ok(add(1, 1, false));
        let Command::SubmitCart {
            cart, id, customer, zone, method, payment, amount, promised, lines, ..
        } = submit_cart(1, 1)
        else {
            unreachable!()
        };
        let hold = Cow::Borrowed(&[][..]);
        let submit =
            Command::SubmitCart { cart, id, customer, zone, method, payment, amount, promised, lines, hold };
        let both = shop.race([submit, add(1, 1, false)].to_vec());
        match both {
            [Ok(_), Ok(_)] => assert_eq!(units(&shop, 1), Some(1)),
            [Err(refusal), Ok(_)] => assert_eq!((refusal, units(&shop, 1)), (WrongState, Some(2))),
            _ => panic!("{both:?}"),
        }
        shop.laws();
    });
}
