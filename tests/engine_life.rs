//! Whole lives of orders through the engine, one way after the other, with the laws checked after each.

use std::borrow::Cow;

use ordermill::domain::*;
use ordermill::engine::*;
use ordermill::kernel::time::Moment;

struct Shop {
    engine: Engine,
    out: Transition,
    next: u64,
}

impl Shop {
    fn new() -> Shop {
        let size = EngineSize { skus: 4, nodes: 9, orders_hint: 16 };
        let rules = EngineRules {
            points_basis_points: 100,
            prices: Vec::new(),
            unique_orders: true,
            ..EngineRules::default()
        };
        let mut shop = Shop { engine: Engine::new(size, rules), out: Transition::default(), next: 0 };
        for sku in 0..4 {
            for node in [0, 8] {
                shop.ok(Command::Receive { sku: SkuId(sku), node: NodeId(node), quantity: 10 });
            }
        }
        shop
    }

    fn apply(&mut self, command: Command<'_>) -> Result<Step, Refusal> {
        let answer = self.engine.apply(Moment(self.next), &command, &mut self.out).map(|()| self.out.step);
        self.engine.check_laws().unwrap_or_else(|breach| panic!("{breach} after {command:?}"));
        answer
    }

    #[track_caller]
    fn ok(&mut self, command: Command<'_>) -> Step {
        self.apply(command.clone()).unwrap_or_else(|refusal| panic!("{command:?}: {refusal:?}"))
    }

    fn submit(&mut self, amount: i64, lines: &[(u32, u32)], hold: &[Assignment]) -> Result<Handle, Refusal> {
        self.next += 1;
        let lines: Vec<_> = lines.iter().map(|&(sku, quantity)| Line { sku: SkuId(sku), quantity }).collect();
        self.apply(Command::Submit {
            id: OrderId(self.next),
            customer: CustomerId(7),
            zone: ZoneId(3),
            method: MethodId(1),
            payment: PaymentMethodId(2),
            amount: Money(amount),
            promised: Moment::NEVER,
            lines: Cow::Owned(lines),
            hold: Cow::Borrowed(hold),
        })?;
        Ok(self.out.handle.expect("a new order"))
    }

    fn pay(&mut self, order: Handle, reference: u64, amount: i64) -> Result<Step, Refusal> {
        self.apply(Command::Pay { order, reference, amount: Money(amount), hold: Cow::Borrowed(&[]) })
    }

    /// Pays, approves and allocates; the fulfillment orders.
    fn allocated(&mut self, order: Handle, amount: i64, plan: &[Assignment]) -> Vec<Handle> {
        self.pay(order, 1, amount).unwrap();
        self.ok(Command::Approve { order });
        self.ok(Command::Allocate { order, plan: Cow::Borrowed(plan) });
        self.out.created.clone()
    }

    fn picked(&mut self, fulfillment: Handle) {
        self.ok(Command::Start { fulfillment });
        self.ok(Command::Pick { fulfillment });
    }

    fn packed(&mut self, fulfillment: Handle, parcels: u8) -> Vec<Handle> {
        self.picked(fulfillment);
        self.ok(Command::Pack { fulfillment, parcels });
        self.out.created.clone()
    }

    fn to(&self) -> OrderState {
        self.out.to.expect("a state")
    }

    fn posted(&self) -> Vec<(MoneyAccount, MoneyAccount, i64)> {
        self.out.postings.iter().map(|posting| (posting.from, posting.to, posting.amount.0)).collect()
    }
}

fn at(node: u16, line: u16, quantity: u32) -> Assignment {
    Assignment { line, node: NodeId(node), quantity, group: 0 }
}

use MoneyAccount::{Deposit, PointsHeld, PointsIssued, Revenue, Shopper};

#[test]
fn an_order_that_goes_well() {
    let mut shop = Shop::new();
    let hold = [at(8, 0, 3), at(8, 1, 1)];
    let order = shop.submit(20_000, &[(0, 3), (1, 1)], &hold).unwrap();
    assert_eq!(shop.engine.stock().held(SkuId(0), NodeId(8)), 3);
    let made = shop.allocated(order, 20_000, &hold);
    assert!(shop.out.moves.is_empty(), "the hold is kept");
    let facts = shop.engine.fulfillment(made[0]).unwrap();
    assert_eq!((facts.units, facts.line_count, facts.node, facts.zone), (4, 2, NodeId(8), ZoneId(3)));
    let parcel = shop.packed(made[0], 1)[0];
    shop.ok(Command::Ship { parcel });
    shop.ok(Command::Deliver { parcel });
    assert_eq!((shop.to(), shop.posted()), (OrderState::Delivered, vec![(Deposit, Revenue, 20_000)]));
    shop.ok(Command::Accept { order });
    assert_eq!(shop.posted(), [(PointsIssued, PointsHeld, 200)]);
    assert_eq!((shop.engine.order(order), shop.engine.parcel(parcel)), (None, None));
    let counters = shop.engine.counters();
    assert_eq!((counters.orders.in_use, counters.fulfillments.in_use, counters.parcels.in_use), (0, 0, 0));
    assert_eq!(shop.apply(Command::Accept { order }), Err(Refusal::Gone));
    assert_eq!(shop.engine.ledgers().customer, 4);
}

#[test]
fn three_parcels_share_the_amount_exactly() {
    let mut shop = Shop::new();
    let order = shop.submit(1_000, &[(0, 2), (1, 5)], &[]).unwrap();
    let made = shop.allocated(order, 1_000, &[at(0, 0, 2), at(0, 1, 5)]);
    let parcels = shop.packed(made[0], 3);
    let mut sum = 0;
    for &parcel in &parcels {
        shop.ok(Command::Ship { parcel });
        shop.ok(Command::Deliver { parcel });
        sum += shop.out.postings[0].amount.0;
    }
    assert_eq!((sum, shop.to()), (1_000, OrderState::Delivered));
    // Two go back, one after the other has begun.
    shop.ok(Command::RequestReturn { parcel: parcels[0] });
    shop.ok(Command::RequestReturn { parcel: parcels[2] });
    shop.ok(Command::Grade { parcel: parcels[0], restock: true });
    assert_eq!(shop.to(), OrderState::Returning);
    shop.ok(Command::Grade { parcel: parcels[2], restock: false });
    assert_eq!(shop.to(), OrderState::Returned);
    assert_eq!(shop.engine.open_orders(), 0);
    assert_eq!((shop.engine.ledgers().scrapped, shop.engine.ledgers().customer), (3, 2));
}

#[test]
fn one_parcel_carries_two_orders() {
    let mut shop = Shop::new();
    let orders: Vec<_> = (0..2).map(|_| shop.submit(500, &[(2, 2)], &[]).unwrap()).collect();
    let made: Vec<_> = orders.iter().map(|&order| shop.allocated(order, 500, &[at(0, 0, 2)])[0]).collect();
    shop.ok(Command::Merge { fulfillment: made[1], into: made[0] });
    let parcel = shop.packed(made[0], 1)[0];
    assert_eq!(shop.engine.parcel(parcel).unwrap().units, 4);
    shop.ok(Command::Ship { parcel });
    shop.ok(Command::Deliver { parcel });
    assert_eq!((shop.out.changes().count(), shop.to()), (2, OrderState::Delivered));
    assert!(shop.out.also.iter().all(|change| change.to == OrderState::Delivered));
    shop.ok(Command::Accept { order: orders[0] });
    assert_eq!(shop.apply(Command::RequestReturn { parcel }), Err(Refusal::WrongState));
    shop.ok(Command::Accept { order: orders[1] });
    assert_eq!(shop.engine.counters().parcels.in_use, 0);
}

#[test]
fn an_order_in_two_halves() {
    let mut shop = Shop::new();
    let order = shop.submit(900, &[(0, 3)], &[]).unwrap();
    let made = shop.allocated(order, 900, &[at(0, 0, 1)]);
    let mut lines = Vec::new();
    shop.engine.order_lines(order, &mut lines);
    assert_eq!(lines, [OpenLine { line: 0, sku: SkuId(0), quantity: 2 }]);
    let too_much = Command::Allocate { order, plan: Cow::Owned(vec![at(8, 0, 3)]) };
    assert_eq!(shop.apply(too_much), Err(Refusal::PlanMismatch));
    shop.ok(Command::Allocate { order, plan: Cow::Owned(vec![at(8, 0, 1)]) });
    let later = shop.out.created[0];
    for fulfillment in [made[0], later] {
        let parcel = shop.packed(fulfillment, 1)[0];
        shop.ok(Command::Ship { parcel });
        shop.ok(Command::Deliver { parcel });
        assert_eq!(shop.to(), OrderState::InFulfillment);
    }
    shop.ok(Command::DropBackorder { order });
    assert_eq!((shop.to(), shop.posted()), (OrderState::Delivered, vec![(Deposit, Shopper, 300)]));
}

#[test]
fn a_plan_may_use_what_its_order_holds_and_move_it() {
    let mut shop = Shop::new();
    let order = shop.submit(900, &[(0, 10)], &[at(0, 0, 10)]).unwrap();
    shop.allocated(order, 900, &[at(0, 0, 4), at(8, 0, 6)]);
    let stock = shop.engine.stock();
    assert_eq!((stock.held(SkuId(0), NodeId(0)), stock.held(SkuId(0), NodeId(8))), (4, 6));
    assert_eq!(stock.available(SkuId(0), NodeId(0)), 6);
}

#[test]
fn money_that_comes_late_goes_back_once() {
    let mut shop = Shop::new();
    let order = shop.submit(700, &[(0, 1)], &[at(0, 0, 1)]).unwrap();
    shop.ok(Command::Expire { order });
    assert_eq!(shop.engine.stock().held(SkuId(0), NodeId(0)), 0);
    assert_eq!(shop.pay(order, 9, 700), Ok(Step::LatePaymentRefunded));
    assert_eq!(shop.posted(), [(Shopper, Deposit, 700), (Deposit, Shopper, 700)]);
    assert_eq!((shop.out.order, shop.to()), (Some(OrderId(1)), OrderState::Expired));
    assert_eq!(shop.pay(order, 9, 700), Err(Refusal::DuplicatePayment));
    assert_eq!(shop.pay(Handle::default(), 9, 700), Err(Refusal::Gone));

    let order = shop.submit(700, &[(0, 1)], &[]).unwrap();
    assert_eq!(shop.pay(order, 1, 700), Ok(Step::Paid));
    assert_eq!(shop.pay(order, 1, 700), Err(Refusal::DuplicatePayment));
    assert_eq!(shop.pay(order, 2, 700), Ok(Step::LatePaymentRefunded));
    assert_eq!(shop.pay(order, 2, 700), Err(Refusal::DuplicatePayment));
    shop.ok(Command::Cancel { order });
    assert_eq!(shop.posted(), [(Deposit, Shopper, 700)]);
    assert_eq!(shop.pay(order, 1, 700), Err(Refusal::DuplicatePayment));
}

#[test]
fn paid_but_the_stock_is_gone() {
    let mut shop = Shop::new();
    let order = shop.submit(700, &[(0, 11)], &[]).unwrap();
    let hold = Cow::Owned(vec![at(0, 0, 11)]);
    let paid = shop.apply(Command::Pay { order, reference: 1, amount: Money(700), hold });
    assert_eq!((paid, shop.to()), (Ok(Step::PaidThenRefused), OrderState::Cancelled));
    assert_eq!(shop.posted().len(), 2);
}

#[test]
fn cash_on_delivery_is_captured_at_the_door() {
    let mut shop = Shop::new();
    let order = shop.submit(700, &[(0, 1), (1, 1)], &[]).unwrap();
    shop.ok(Command::ConfirmCashOnDelivery { order, hold: Cow::Borrowed(&[]) });
    shop.ok(Command::Approve { order });
    shop.ok(Command::Allocate { order, plan: Cow::Owned(vec![at(0, 0, 1), at(8, 1, 1)]) });
    let made = shop.out.created.clone();
    let parcels: Vec<_> = made.iter().map(|&fulfillment| shop.packed(fulfillment, 1)[0]).collect();
    for &parcel in &parcels {
        shop.ok(Command::Ship { parcel });
    }
    shop.ok(Command::FailDelivery { parcel: parcels[0] });
    shop.ok(Command::Deliver { parcel: parcels[1] });
    assert_eq!(shop.posted(), [(Shopper, Deposit, 350), (Deposit, Revenue, 350)]);
    shop.ok(Command::Grade { parcel: parcels[0], restock: true });
    assert_eq!((shop.to(), shop.posted()), (OrderState::Delivered, vec![]));
}

#[test]
fn nothing_could_be_handed_over() {
    let mut shop = Shop::new();
    let order = shop.submit(700, &[(0, 1)], &[]).unwrap();
    let made = shop.allocated(order, 700, &[at(0, 0, 1)]);
    let parcel = shop.packed(made[0], 1)[0];
    shop.ok(Command::Ship { parcel });
    shop.ok(Command::FailDelivery { parcel });
    assert_eq!(shop.to(), OrderState::InFulfillment);
    shop.ok(Command::Grade { parcel, restock: true });
    assert_eq!((shop.to(), shop.posted()), (OrderState::Undelivered, vec![(Deposit, Shopper, 700)]));
}

#[test]
fn sold_out_takes_nothing() {
    let mut shop = Shop::new();
    let before = shop.engine.digest();
    assert_eq!(
        shop.submit(700, &[(0, 10), (1, 11)], &[at(0, 0, 10), at(0, 1, 11)]),
        Err(Refusal::OutOfStock)
    );
    assert_eq!(shop.engine.digest(), before);
}

#[test]
fn an_order_of_a_thousand_lines() {
    let mut shop = Shop::new();
    let lines: Vec<_> = (0..1_024).map(|line| (line % 4, 1 + line % 2)).collect();
    for sku in 0..4 {
        shop.ok(Command::Receive { sku: SkuId(sku), node: NodeId(3), quantity: 1_000 });
    }
    let hold: Vec<_> = (0..).zip(&lines).map(|(line, &(_, quantity))| at(3, line, quantity)).collect();
    let order = shop.submit(999_999, &lines, &hold).unwrap();
    let made = shop.allocated(order, 999_999, &hold);
    let parcels = shop.packed(made[0], 255);
    for parcel in parcels {
        shop.ok(Command::Ship { parcel });
        shop.ok(Command::Deliver { parcel });
    }
    assert_eq!(shop.to(), OrderState::Delivered);
    assert_eq!(shop.engine.ledgers().revenue, Money(999_999));
    shop.ok(Command::Accept { order });
}

#[test]
fn safety_stock_is_never_promised() {
    let mut shop = Shop::new();
    let (sku, node) = (SkuId(0), NodeId(0));
    assert_eq!(shop.engine.stock().fence(sku, node, 4), 4);
    assert_eq!(shop.submit(1, &[(0, 7)], &[at(0, 0, 7)]), Err(Refusal::OutOfStock));
    shop.submit(1, &[(0, 6)], &[at(0, 0, 6)]).unwrap();
    assert_eq!(shop.engine.stock().fence(sku, node, 6), 4, "no more than there is");
    assert_eq!(shop.engine.stock().fence(sku, node, 1), 1);
    assert_eq!(shop.engine.stock().available(sku, node), 3);
    shop.engine.check_laws().unwrap();
}

/// The shop heard no answer and sends the same submit again, in every state of the order and after its end.
#[test]
fn an_order_id_is_taken_once() {
    let mut shop = Shop::new();
    let order = shop.submit(700, &[(0, 2)], &[at(0, 0, 2)]).unwrap();
    let again = |shop: &mut Shop| {
        let before = shop.engine.digest();
        shop.next -= 1;
        assert_eq!(shop.submit(700, &[(0, 2)], &[at(0, 0, 2)]), Err(Refusal::DuplicateOrder));
        assert_eq!(shop.engine.digest(), before);
    };
    again(&mut shop);
    shop.pay(order, 1, 700).unwrap();
    again(&mut shop);
    shop.ok(Command::Cancel { order });
    again(&mut shop);
    // What was refused for another reason may come again.
    assert_eq!(shop.submit(700, &[(0, 11)], &[at(0, 0, 11)]), Err(Refusal::OutOfStock));
    shop.next -= 1;
    shop.submit(700, &[(0, 10)], &[at(0, 0, 10)]).unwrap();
}
