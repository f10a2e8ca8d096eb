//! The laws: what must hold when no command is running, recomputed from the records themselves.

use std::fmt;

use super::Engine;
use super::edge::EdgeMap;
use super::floor::member;
use super::portion::Fate;
use super::record::{FulfillmentWord, OrderWord, split48};
use super::sync::Ordering;
use crate::domain::{Handle, Money, MoneyAccount, NodeId, OrderState, SkuId};

/// A broken law: ours, never the planner's. Stops the run.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Breach {
    pub law: &'static str,
    pub place: String,
    pub expected: i128,
    pub found: i128,
}

impl fmt::Display for Breach {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Breach { law, place, expected, found } = self;
        write!(f, "broken law: {law} ({place}): expected {expected}, found {found}")
    }
}

impl std::error::Error for Breach {}

impl Engine {
    /// Checks conservation of stock and money, the holds and the counters. For when no command is running.
    pub fn check_laws(&self) -> Result<(), Breach> {
        self.check_units()?;
        self.check_holds()?;
        self.check_money()?;
        self.check_counts()?;
        self.check_ids()?;
        self.check_carts()
    }

    /// Every cart has something in it, and stands in the map under its number.
    fn check_carts(&self) -> Result<(), Breach> {
        let (mut carts, mut empty) = (0, 0);
        self.cart_map().each(|_, _, portions| {
            carts += 1;
            empty += i128::from(portions.is_empty());
        });
        equal("no cart is empty", || "carts".to_owned(), 0, empty)?;
        equal("carts are found by their numbers", || "carts".to_owned(), self.carts().into(), carts)
    }

    /// With unique orders, as many were taken as there are ids.
    fn check_ids(&self) -> Result<(), Breach> {
        if !self.rules.unique_orders {
            return Ok(());
        }
        let (ids, orders) = (self.taken.count() as i128, i128::from(self.tally.submitted_count()));
        equal("one order for each id", || "order ids".to_owned(), ids, orders)
    }

    /// What came in and was restocked, less what was picked or written off, is on hand: for every SKU.
    fn check_units(&self) -> Result<(), Breach> {
        for sku in (0..self.stock.skus()).map(SkuId) {
            let place = || format!("SKU {}", sku.0);
            let Some(balances) = self.ledger.balances(sku) else {
                return Err(Breach { law: "no account is negative", place: place(), expected: 0, found: -1 });
            };
            let mut on_hand = 0;
            for node in (0..self.stock.nodes()).map(NodeId) {
                let word = self.stock.word(self.stock.cell(sku, node));
                let fenced = self.stock.fenced(sku, node);
                on_hand += i128::from(word.available()) + i128::from(word.held()) + i128::from(fenced);
            }
            equal("units are conserved", place, i128::from(balances.on_hand), on_hand)?;
        }
        Ok(())
    }

    /// What cells hold is what open orders hold there, and nobody is half way through a hold.
    fn check_holds(&self) -> Result<(), Breach> {
        let (skus, nodes) = (self.stock.skus(), self.stock.nodes());
        let mut owed = vec![0_u64; skus as usize * usize::from(nodes)];
        let mut owe = |sku: u32, node: u16, quantity: u32| {
            owed[sku as usize * usize::from(nodes) + usize::from(node)] += u64::from(quantity);
        };
        for (_, _, record) in self.live_orders() {
            self.orders.each_portion(record, |portion| {
                if portion.fate() == Fate::Held {
                    owe(portion.sku(), portion.place(), portion.quantity());
                }
            });
        }
        self.cart_map().each(|_, _, portions| {
            for portion in portions.iter().filter(|portion| portion.fate() == Fate::Held) {
                owe(portion.sku(), portion.place(), portion.quantity());
            }
        });
        for (slot, record) in self.fulfillments.iter() {
            let word = FulfillmentWord(record.state.load(Ordering::Acquire));
            if word.state().is_none() || word.has(FulfillmentWord::PICKED) {
                continue;
            }
            let member = member(slot, record);
            self.orders.read(member.order, |_, record| {
                self.orders.each_portion(record, |portion| {
                    if portion.is_of(member.ordinal) {
                        owe(portion.sku(), member.node.0, portion.quantity());
                    }
                })
            });
        }
        for ((sku, node, word), owed) in self.stock.iter().zip(owed) {
            let place = || format!("SKU {}, node {}", sku.0, node.0);
            equal("holds belong to open orders", place, i128::from(owed), i128::from(word.held()))?;
            equal("no hold is half done", place, 0, i128::from(word.tentative()))?;
        }
        Ok(())
    }

    /// Every posting has two ends, and deposits are those of open orders.
    fn check_money(&self) -> Result<(), Breach> {
        use MoneyAccount::*;
        let sum = |accounts: &[MoneyAccount]| -> i128 {
            accounts.iter().map(|&account| i128::from(self.tally.balance(account))).sum()
        };
        equal("money is conserved", || "all accounts".into(), 0, sum(&[Shopper, Deposit, Revenue]))?;
        let points = sum(&[PointsIssued, PointsHeld, PointsSpent, PointsExpired]);
        equal("points are conserved", || "all accounts".into(), 0, points)?;
        if let Some(balances) = self.points_of_all() {
            let held = sum(&[PointsHeld]);
            equal("points held are those of customers", || "points".into(), balances.into(), held)?;
        }
        let coupons = sum(&[CouponBudget, CouponRedeemed]);
        equal("coupons are conserved", || "all accounts".into(), 0, coupons)?;
        equal("budgets are redeemed", || "coupons".into(), self.redeemed(), sum(&[CouponRedeemed]))?;
        let deposits: i128 = self
            .live_orders()
            .map(|(_, _, record)| i128::from(split48(record.deposit.load(Ordering::Relaxed)).0))
            .sum();
        equal("deposits belong to open orders", || "deposit".into(), deposits, sum(&[Deposit]))?;
        let revenue = Money(self.tally.balance(Revenue));
        match revenue < Money::ZERO {
            true => equal("no account is negative", || "revenue".into(), 0, i128::from(revenue.0)),
            false => Ok(()),
        }
    }

    /// Every submitted order is in exactly one state, and the open ones are in the arena.
    fn check_counts(&self) -> Result<(), Breach> {
        let mut live = [0_i128; OrderState::ALL.len()];
        self.live_orders().for_each(|(_, word, _)| live[word.live() as usize] += 1);
        let count = |state: OrderState| i128::from(self.tally.state(state) as i64);
        for state in OrderState::ALL.into_iter().filter(|state| !state.is_final()) {
            equal("open orders are counted", || state.name().into(), live[state as usize], count(state))?;
        }
        let all = OrderState::ALL.into_iter().map(count).sum();
        equal("no order is lost", || "all states".into(), i128::from(self.tally.submitted_count()), all)?;
        let fulfillments = self
            .fulfillments
            .iter()
            .filter(|(_, record)| FulfillmentWord(record.state.load(Ordering::Relaxed)).state().is_some());
        let counted = i128::from(self.tally.fulfillment_count() as i64);
        equal("fulfillment orders are counted", || "arena".into(), fulfillments.count() as i128, counted)
    }

    /// Every open order, by slot.
    pub(super) fn live_orders(
        &self,
    ) -> impl Iterator<Item = (Handle, OrderWord, &super::record::OrderRecord)> {
        self.orders.arena.iter().filter_map(|(slot, record)| {
            let word = OrderWord(record.state.load(Ordering::Acquire));
            word.state().map(|_| (word.handle(slot), word, record))
        })
    }
}

fn equal(law: &'static str, place: impl Fn() -> String, expected: i128, found: i128) -> Result<(), Breach> {
    if expected == found { Ok(()) } else { Err(Breach { law, place: place(), expected, found }) }
}
