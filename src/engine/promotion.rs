//! Promotions: coupons with a budget and a limit a customer, and the customers' points. Redeemed before an order is
//! submitted and given back when nothing comes of it.
//!
//! # Promises
//! - What is redeemed of a coupon never exceeds its budget, nor a customer's uses its limit, on any number of threads:
//!   load first, then compare-and-swap; nothing is taken that is not there.
//! - A customer spends points once. Their balances add up to the points that are held.
//! - A redemption is known by order and coupon: it is made once, and given back once.
//!
//! # Why the redemption is noted last
//! Whoever gives back takes the note, so there must be nothing left to take after it. A copy of a redemption finds
//! the note there and puts back what it took; until then another shopper may be refused a budget's very last part.
//!
//! # Why notes of kept orders stay
//! They make a copy that comes late a copy. An entry for each redemption, and none without promotions.

use super::edge::{self, EdgeMap, Map};
use super::sync::{AtomicU32, AtomicU64, Ordering};
use super::{Engine, say};
use crate::domain::{CouponId, CustomerId, Money, MoneyAccount, OrderId, Refusal, Step, Subject, Transition};

/// What the engine must know of a coupon.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct CouponRule {
    pub budget: Money,
    /// 0: as often as they like.
    pub per_customer: u32,
}

/// Orders of which something was redeemed are numbered below it.
const MOST_ORDERS: u64 = 1 << 56;
/// Stands for points where a coupon stands otherwise.
const POINTS: u8 = u8::MAX;

#[repr(align(64))]
struct Budget {
    left: AtomicU64,
    rule: CouponRule,
}

pub struct Promotions {
    budgets: Box<[Budget]>,
    /// By customer, then coupon; empty without limits.
    uses: Box<[AtomicU32]>,
    /// By customer; empty where points are not spent.
    points: Box<[AtomicU64]>,
    /// What was redeemed, by order and coupon.
    noted: Map<u64, (CustomerId, u64)>,
}

impl Promotions {
    pub fn new(coupons: &[CouponRule], customers: u32) -> Promotions {
        assert!(coupons.len() < usize::from(POINTS), "{} coupons", coupons.len());
        let limited = coupons.iter().any(|rule| 0 < rule.per_customer);
        let uses = if limited { customers as usize * coupons.len() } else { 0 };
        let budget = |&rule: &CouponRule| Budget { left: AtomicU64::new(rule.budget.0 as u64), rule };
        Promotions {
            budgets: coupons.iter().map(budget).collect(),
            uses: (0..uses).map(|_| AtomicU32::new(0)).collect(),
            points: (0..customers).map(|_| AtomicU64::new(0)).collect(),
            noted: edge::map(),
        }
    }

    /// The shop keeps money of the customer: so many points more.
    #[inline]
    pub fn earn(&self, customer: CustomerId, points: Money) {
        if let Some(balance) = self.points.get(customer.index()) {
            balance.fetch_add(points.0 as u64, Ordering::AcqRel);
        }
    }

    fn uses(&self, customer: CustomerId, coupon: CouponId) -> Option<&AtomicU32> {
        self.uses.get(customer.index() * self.budgets.len() + usize::from(coupon.0))
    }

    fn use_once(&self, customer: CustomerId, coupon: CouponId, most: u32) -> bool {
        let Some(uses) = self.uses(customer, coupon) else { return false };
        let once = |seen: u32| (seen < most).then_some(seen + 1);
        uses.fetch_update(Ordering::AcqRel, Ordering::Acquire, once).is_ok()
    }

    /// Budget and use of a coupon come back.
    fn put_back(&self, customer: CustomerId, coupon: CouponId, amount: u64) {
        let budget = &self.budgets[usize::from(coupon.0)];
        if 0 < budget.rule.per_customer
            && let Some(uses) = self.uses(customer, coupon)
        {
            uses.fetch_sub(1, Ordering::AcqRel);
        }
        budget.left.fetch_add(amount, Ordering::AcqRel);
    }
}

/// Takes an amount that is there.
fn take(from: &AtomicU64, amount: u64) -> bool {
    from.fetch_update(Ordering::AcqRel, Ordering::Acquire, |there| there.checked_sub(amount)).is_ok()
}

fn key(id: OrderId, coupon: u8) -> u64 {
    id.0 << 8 | u64::from(coupon)
}

impl Engine {
    /// An amount off an order to come.
    pub(super) fn redeem(
        &self,
        id: OrderId,
        customer: CustomerId,
        coupon: CouponId,
        amount: Money,
        out: &mut Transition,
    ) -> Result<(), Refusal> {
        let own = &self.promotions;
        let budget = own.budgets.get(usize::from(coupon.0)).ok_or(Refusal::PlanMismatch)?;
        if amount <= Money::ZERO || MOST_ORDERS <= id.0 {
            return Err(Refusal::PlanMismatch);
        }
        if 0 < budget.rule.per_customer && own.uses(customer, coupon).is_none() {
            return Err(Refusal::PlanMismatch);
        }
        if EdgeMap::get(&own.noted, &key(id, coupon.0)).is_some() {
            return Err(Refusal::DuplicateRedemption);
        }
        let value = amount.0 as u64;
        if !take(&budget.left, value) {
            return Err(Refusal::SpentUp);
        }
        if 0 < budget.rule.per_customer && !own.use_once(customer, coupon, budget.rule.per_customer) {
            budget.left.fetch_add(value, Ordering::AcqRel);
            return Err(Refusal::SpentUp);
        }
        if !own.noted.insert_new(key(id, coupon.0), (customer, value)) {
            own.put_back(customer, coupon, value);
            return Err(Refusal::DuplicateRedemption);
        }
        say(out, Step::Redeemed, Subject::Customer(customer));
        self.post(out, MoneyAccount::CouponBudget, MoneyAccount::CouponRedeemed, amount);
        Ok(())
    }

    pub(super) fn spend_points(
        &self,
        id: OrderId,
        customer: CustomerId,
        points: Money,
        out: &mut Transition,
    ) -> Result<(), Refusal> {
        let own = &self.promotions;
        let balance = own.points.get(customer.index()).ok_or(Refusal::PlanMismatch)?;
        if points <= Money::ZERO || MOST_ORDERS <= id.0 {
            return Err(Refusal::PlanMismatch);
        }
        if EdgeMap::get(&own.noted, &key(id, POINTS)).is_some() {
            return Err(Refusal::DuplicateRedemption);
        }
        if !take(balance, points.0 as u64) {
            return Err(Refusal::SpentUp);
        }
        if !own.noted.insert_new(key(id, POINTS), (customer, points.0 as u64)) {
            balance.fetch_add(points.0 as u64, Ordering::AcqRel);
            return Err(Refusal::DuplicateRedemption);
        }
        say(out, Step::PointsSpent, Subject::Customer(customer));
        self.post(out, MoneyAccount::PointsHeld, MoneyAccount::PointsSpent, points);
        Ok(())
    }

    /// Nothing came of the order: its points go back, and its coupons where the shopper never had the goods.
    pub(super) fn give_back_redeemed(
        &self,
        id: OrderId,
        coupons: bool,
        out: &mut Transition,
    ) -> Result<(), Refusal> {
        let own = &self.promotions;
        if MOST_ORDERS <= id.0 {
            return Err(Refusal::PlanMismatch);
        }
        let mut whose = None;
        if let Some((customer, points)) = own.noted.take(&key(id, POINTS)) {
            whose = Some(customer);
            self.post(out, MoneyAccount::PointsSpent, MoneyAccount::PointsHeld, Money(points as i64));
            own.earn(customer, Money(points as i64));
        }
        let redeemed = if coupons { own.budgets.len() as u8 } else { 0 };
        for coupon in (0..redeemed).map(CouponId) {
            if let Some((customer, amount)) = own.noted.take(&key(id, coupon.0)) {
                whose = Some(customer);
                let amount_back = Money(amount as i64);
                self.post(out, MoneyAccount::CouponRedeemed, MoneyAccount::CouponBudget, amount_back);
                own.put_back(customer, coupon, amount);
            }
        }
        let customer = whose.ok_or(Refusal::Gone)?;
        say(out, Step::GivenBack, Subject::Customer(customer));
        Ok(())
    }

    /// So many points of the customer are too old, as far as they are still there.
    pub(super) fn expire_points(
        &self,
        customer: CustomerId,
        points: Money,
        out: &mut Transition,
    ) -> Result<(), Refusal> {
        let balance = self.promotions.points.get(customer.index()).ok_or(Refusal::PlanMismatch)?;
        if points <= Money::ZERO {
            return Err(Refusal::PlanMismatch);
        }
        let old = points.0 as u64;
        let less = |there: u64| (0 < there).then(|| there.saturating_sub(old));
        let before = balance.fetch_update(Ordering::AcqRel, Ordering::Acquire, less);
        let gone = before.map_err(|_| Refusal::SpentUp)?.min(old);
        say(out, Step::PointsExpired, Subject::Customer(customer));
        self.post(out, MoneyAccount::PointsHeld, MoneyAccount::PointsExpired, Money(gone as i64));
        Ok(())
    }

    /// What the customer may spend.
    pub fn points_of(&self, customer: CustomerId) -> u64 {
        self.promotions.points.get(customer.index()).map_or(0, |balance| balance.load(Ordering::Acquire))
    }

    /// What is left of a coupon's budget.
    pub fn coupon_left(&self, coupon: CouponId) -> Money {
        Money(self.promotions.budgets[usize::from(coupon.0)].left.load(Ordering::Acquire) as i64)
    }

    /// Sum of all balances; `None` where points are not spent.
    pub(super) fn points_of_all(&self) -> Option<u64> {
        let points = &self.promotions.points;
        (!points.is_empty()).then(|| points.iter().map(|balance| balance.load(Ordering::Acquire)).sum())
    }

    /// Sum of all budgets, less what is left of them.
    pub(super) fn redeemed(&self) -> i128 {
        let of = |budget: &Budget| {
            i128::from(budget.rule.budget.0) - i128::from(budget.left.load(Ordering::Acquire))
        };
        self.promotions.budgets.iter().map(of).sum()
    }
}
