//! Payment: a capture has its effect once, or goes straight back.

use std::collections::BTreeMap;

use super::before::{hold_units, skus};
use super::{Before, Effect, Shadow};
use crate::audit::violation::Fault;
use crate::domain::{Assignment, Command, Handle, MoneyAccount, NodeId, OrderState, SkuId, Step};

impl Shadow {
    /// Whether a capture has any effect: it settles the order, or is sent back for the first time.
    pub(super) fn may_pay(&self, handle: Handle, reference: u64) -> bool {
        let fresh = !self.sent_back.contains(&(handle, reference));
        match (self.orders.get(&handle), self.ended.get(&handle)) {
            (Some(order), _) if order.state == OrderState::AwaitingPayment => true,
            (Some(order), _) => order.reference != Some(reference) && fresh,
            (None, Some((_, _, unpaid))) => *unpaid && fresh,
            (None, None) => false,
        }
    }

    pub(super) fn is_duplicate(&self, command: &Command<'_>) -> bool {
        let Command::Pay { order, reference, .. } = command else { return false };
        (self.orders.contains_key(order) || self.ended.contains_key(order))
            && !self.may_pay(*order, *reference)
    }

    pub(super) fn pay(
        &mut self,
        handle: Handle,
        reference: u64,
        amount: i64,
        hold: &[Assignment],
        before: &Before<'_>,
    ) -> Result<Effect, Box<Fault>> {
        let waits = |order: &super::Order| order.state == OrderState::AwaitingPayment;
        if !self.orders.get(&handle).is_some_and(waits) {
            return Ok(self.send_back(handle, reference, amount));
        }
        let short = self.short_of(handle, hold, before);
        let order = self.orders.get_mut(&handle).expect("it was just there");
        order.deposit += amount;
        order.captured += amount;
        let step = if short { Step::PaidThenRefused } else { Step::Paid };
        let mut effect = Effect::of(step);
        effect.post(MoneyAccount::Shopper, MoneyAccount::Deposit, amount);
        order.reference = Some(reference);
        self.settle(handle, hold, short, effect)
    }

    pub(super) fn confirm(
        &mut self,
        handle: Handle,
        hold: &[Assignment],
        before: &Before<'_>,
    ) -> Result<Effect, Box<Fault>> {
        let short = self.short_of(handle, hold, before);
        let order = self.orders.get_mut(&handle).expect("an order that awaits its payment");
        order.cash_on_delivery = true;
        let step = if short { Step::PaidThenRefused } else { Step::Paid };
        self.settle(handle, hold, short, Effect::of(step))
    }

    fn settle(
        &mut self,
        handle: Handle,
        hold: &[Assignment],
        short: bool,
        mut effect: Effect,
    ) -> Result<Effect, Box<Fault>> {
        if short {
            self.release_all(handle, &mut effect);
            self.refund_deposit(handle, self.orders[&handle].deposit, &mut effect);
            self.finish(handle, OrderState::Cancelled, &mut effect)?;
            return Ok(effect);
        }
        let order = self.orders.get_mut(&handle).expect("an order that is paid");
        hold_units(order, hold, &mut effect)?;
        self.step(handle, OrderState::AwaitingReview, &mut effect);
        Ok(effect)
    }

    /// Nobody waits for this money.
    fn send_back(&mut self, handle: Handle, reference: u64, amount: i64) -> Effect {
        let mut effect = Effect::of(Step::LatePaymentRefunded);
        self.sent_back.insert((handle, reference));
        let (id, state) = match self.orders.get(&handle) {
            Some(order) => (order.id, order.state),
            None => (self.ended[&handle].0, self.ended[&handle].1),
        };
        effect.change(handle, id, Some(state), state);
        effect.post(MoneyAccount::Shopper, MoneyAccount::Deposit, amount);
        effect.post(MoneyAccount::Deposit, MoneyAccount::Shopper, amount);
        effect
    }

    fn short_of(&self, handle: Handle, hold: &[Assignment], before: &Before<'_>) -> bool {
        let skus = skus(&self.orders[&handle]);
        let mut wanted: BTreeMap<(SkuId, NodeId), i64> = BTreeMap::new();
        for assignment in hold {
            let Some(&sku) = skus.get(&assignment.line) else { continue };
            *wanted.entry((sku, assignment.node)).or_default() += i64::from(assignment.quantity);
        }
        wanted.into_iter().any(|((sku, node), units)| before.available(sku, node) < units)
    }
}
