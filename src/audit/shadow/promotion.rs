//! Coupons and points by the shadow: plain maps and sums.

use std::collections::BTreeMap;

use super::Shadow;
use super::effect::Effect;
use crate::domain::{Command, MoneyAccount, Step};

/// What a shop has given and taken.
#[derive(Debug, Default)]
pub struct Promotions {
    /// Redemptions that were not given back: order, coupon -> customer, amount. Points are coupon 255.
    noted: BTreeMap<(u64, u8), (u32, i64)>,
    /// Points by customer.
    pub points: BTreeMap<u32, i64>,
}

const POINTS: u8 = 255;

impl Shadow {
    /// Whether the command of a promotion is one that a shop may follow.
    pub(super) fn may_promote(&self, command: &Command<'_>) -> bool {
        let own = &self.promotions;
        match *command {
            Command::Redeem { id, customer, coupon, amount } => {
                let Some(&(budget, limit)) = self.setup.coupons.get(usize::from(coupon.0)) else {
                    return false;
                };
                let of_it = || own.noted.iter().filter(|(key, _)| key.1 == coupon.0).map(|(_, value)| value);
                let spent: i64 = of_it().map(|value| value.1).sum();
                let uses = of_it().filter(|value| value.0 == customer.0).count() as u32;
                let new = !own.noted.contains_key(&(id.0, coupon.0));
                new && 0 < amount.0 && spent + amount.0 <= budget && (limit == 0 || uses < limit)
            }
            Command::SpendPoints { id, customer, points } => {
                let there = own.points.get(&customer.0).copied().unwrap_or(0);
                0 < points.0 && points.0 <= there && !own.noted.contains_key(&(id.0, POINTS))
            }
            Command::GiveBack { id, coupons } => {
                own.noted.keys().any(|key| key.0 == id.0 && (coupons || key.1 == POINTS))
            }
            Command::ExpirePoints { customer, points } => {
                0 < points.0 && own.points.get(&customer.0).is_some_and(|&there| 0 < there)
            }
            _ => false,
        }
    }

    pub(super) fn promote(&mut self, command: &Command<'_>) -> Effect {
        use MoneyAccount::*;
        let own = &mut self.promotions;
        match *command {
            Command::Redeem { id, customer, coupon, amount } => {
                own.noted.insert((id.0, coupon.0), (customer.0, amount.0));
                let mut effect = Effect::of(Step::Redeemed);
                effect.post(CouponBudget, CouponRedeemed, amount.0);
                effect
            }
            Command::SpendPoints { id, customer, points } => {
                own.noted.insert((id.0, POINTS), (customer.0, points.0));
                *own.points.entry(customer.0).or_default() -= points.0;
                let mut effect = Effect::of(Step::PointsSpent);
                effect.post(PointsHeld, PointsSpent, points.0);
                effect
            }
            Command::GiveBack { id, coupons } => {
                let mut effect = Effect::of(Step::GivenBack);
                let back = |key: &(u64, u8)| key.0 == id.0 && (coupons || key.1 == POINTS);
                let keys: Vec<_> = own.noted.keys().copied().filter(back).collect();
                for key in keys {
                    let (customer, amount) = own.noted.remove(&key).expect("a key of the map");
                    if key.1 == POINTS {
                        *own.points.entry(customer).or_default() += amount;
                        effect.post(PointsSpent, PointsHeld, amount);
                    } else {
                        effect.post(CouponRedeemed, CouponBudget, amount);
                    }
                }
                effect
            }
            Command::ExpirePoints { customer, points } => {
                let there = own.points.entry(customer.0).or_default();
                let gone = points.0.min(*there);
                *there -= gone;
                let mut effect = Effect::of(Step::PointsExpired);
                effect.post(PointsHeld, PointsExpired, gone);
                effect
            }
            _ => unreachable!("not a promotion: {command:?}"),
        }
    }
}
