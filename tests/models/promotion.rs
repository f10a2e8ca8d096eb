//! Coupons and points: budgets, limits and balances hold whatever meets, and a redemption is made and given back once.

use ordermill::domain::*;
use ordermill::engine::{CouponRule, Engine, EngineRules, EngineSize};
use ordermill::kernel::time::Moment;

use crate::harness::{Arc, explore, thread};

use Refusal::{DuplicateRedemption, Gone, SpentUp};

fn engine(budget: i64, per_customer: u32) -> Arc<Engine> {
    let rules = EngineRules {
        coupons: vec![CouponRule { budget: Money(budget), per_customer }],
        customers: 2,
        ..EngineRules::default()
    };
    Arc::new(Engine::new(EngineSize { skus: 1, nodes: 1, orders_hint: 1 }, rules))
}

fn redeem(id: u64, customer: u32, amount: i64) -> Command<'static> {
    let (id, customer) = (OrderId(id), CustomerId(customer));
    Command::Redeem { id, customer, coupon: CouponId(0), amount: Money(amount) }
}

fn apply(engine: &Engine, command: &Command<'_>) -> Result<(), Refusal> {
    engine.apply(Moment(1), command, &mut Transition::default())
}

/// Both at once, on two threads.
fn race<const N: usize>(engine: &Arc<Engine>, commands: [Command<'static>; N]) -> [Result<(), Refusal>; N] {
    let threads = commands.map(|command| {
        let engine = engine.clone();
        thread::spawn(move || apply(&engine, &command))
    });
    threads.map(|thread| thread.join().unwrap())
}

#[test]
fn a_budget_is_redeemed_once() {
    explore(7, || {
        let engine = engine(10, 0);
        let both = race(&engine, [redeem(1, 0, 10), redeem(2, 1, 10)]);
        assert!(both == [Ok(()), Err(SpentUp)] || both == [Err(SpentUp), Ok(())], "{both:?}");
        assert_eq!(engine.coupon_left(CouponId(0)), Money(0));
        assert!(engine.check_laws().is_ok(), "{:?}", engine.check_laws());
    });
}

#[test]
fn a_customer_uses_a_coupon_as_often_as_they_may() {
    explore(7, || {
        let engine = engine(100, 1);
        let both = race(&engine, [redeem(1, 0, 10), redeem(2, 0, 10)]);
        assert_eq!(both.iter().filter(|answer| answer.is_ok()).count(), 1, "{both:?}");
        assert_eq!(engine.coupon_left(CouponId(0)), Money(90));
        assert!(engine.check_laws().is_ok(), "{:?}", engine.check_laws());
    });
}

/// Two copies of a redemption and its end: it is made at most once more, and nothing is given back twice.
#[test]
fn copies_of_a_redemption_race_with_its_end() {
    explore(3, || {
        let engine = engine(100, 2);
        apply(&engine, &redeem(1, 0, 10)).unwrap();
        let back = Command::GiveBack { id: OrderId(1), coupons: true };
        let [again, first, second] = race(&engine, [redeem(1, 0, 10), back.clone(), back]);
        assert!(matches!(again, Ok(()) | Err(DuplicateRedemption)), "{again:?}");
        let ended = [first, second];
        assert!(ended.iter().all(|answer| matches!(answer, Ok(()) | Err(Gone))), "{ended:?}");
        let made = 1 + usize::from(again.is_ok());
        let given_back = ended.iter().filter(|answer| answer.is_ok()).count();
        assert!((1..=made).contains(&given_back), "{again:?} {ended:?}");
        assert_eq!(engine.coupon_left(CouponId(0)), Money(100 - 10 * (made - given_back) as i64));
        assert!(engine.check_laws().is_ok(), "{:?}", engine.check_laws());
    });
}
